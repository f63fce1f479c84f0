"""One photo as large as the screen: at once by what is here, and what there is to say about the rest."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, text_button
from mobile.design.marks import Tone
from mobile.design.pictures import full_picture
from mobile.design.states import empty_state, notice
from mobile.design.type import row_title, secondary
from mobile.state.hooks import go, use_app, use_observable, use_query
from mobile.state.photos import want_picture
from mobile.state.queries.photos import TABLES, PhotoRecord, Standing, photo_record, standing_of
from mobile.text import error_sentence, formats, t

_TONES = {Standing.FAILED_TO_SEND: Tone.DANGER, Standing.FAILED_TO_LOAD: Tone.DANGER}


@ft.component
def PhotoPage(back: ft.Control, photo_id: str) -> ft.Control:  # noqa: N802
    """The photo of this identifier; the picture is fetched when it is not here."""
    app = use_app()
    use_observable(app.sync)
    online = app.sync.online
    record = use_query(lambda session: photo_record(session, photo_id), TABLES, photo_id)
    has_arrived = record is not None and record.photo.picture_at_ms is not None

    def ask() -> None:
        if record is not None and record.picture is None:
            want_picture(app, photo_id)

    ft.use_effect(ask, dependencies=[photo_id, online, has_arrived])
    if record is None:
        return ft.Column([back, empty_state(t("common.not_found"), t("common.not_found_hint"))])
    standing = standing_of(record.item, has_arrived=has_arrived, online=online)
    place = record.strip.index(photo_id)
    label = t("photo.title", n=place + 1, of=len(record.strip))
    return ft.Column(
        [
            _head(record, label, app.now_ms()),
            full_picture(
                record.picture or record.thumbnail,
                label,
                identifier=f"picture-{photo_id}" if record.picture else f"thumbnail-{photo_id}",
            ),
            *_words(standing, record, ask),
            *_turning(record.strip, place),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _head(record: PhotoRecord, label: str, now_ms: int) -> ft.Control:
    close = icon_button(
        ft.Icons.CLOSE,
        t("photo.close"),
        lambda _: go(f"/leads/{record.lead_id}"),
        identifier="photo-close",
        colour=tokens.INK,
    )
    moment = formats.moment(record.photo.taken_at_ms, now_ms)
    taken = t("photo.taken", name=record.taken_by, moment=moment) if record.taken_by else moment
    names = ft.Column([row_title(label), secondary(taken)], spacing=0, expand=True)
    return ft.Container(
        ft.Row([close, names], spacing=tokens.SPACE_2),
        padding=ft.Padding.only(left=tokens.SPACE_2, right=tokens.PAGE_PADDING, top=12, bottom=8),
    )


def _words(standing: Standing, record: PhotoRecord, again: Callable[[], None]) -> list[ft.Control]:
    if standing == Standing.HERE:
        return []
    code = record.item.code if record.item else ""
    words = t(f"photo.{standing}", why=error_sentence(code) if code else "")
    retry = None
    if standing == Standing.FAILED_TO_LOAD:
        retry = text_button(t("photo.again"), lambda _: again(), identifier="photo-again")
    said = notice(words, _TONES.get(standing, Tone.WARM), action=retry, identifier=f"photo-{standing}")
    return [ft.Container(said, padding=ft.Padding.symmetric(horizontal=tokens.PAGE_PADDING, vertical=12))]


def _turning(strip: tuple[str, ...], place: int) -> list[ft.Control]:
    """To the photos before and after it of the same visit."""
    if len(strip) == 1:
        return []
    before = _turn(ft.Icons.CHEVRON_LEFT, "photo.previous", strip[place - 1] if place else None)
    after = _turn(ft.Icons.CHEVRON_RIGHT, "photo.next", strip[place + 1] if place + 1 < len(strip) else None)
    row = ft.Row([before, after], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
    return [ft.Container(row, padding=ft.Padding.symmetric(horizontal=tokens.SPACE_2, vertical=8))]


def _turn(icon: ft.IconData, key: str, photo_id: str | None) -> ft.Control:
    if photo_id is None:
        return ft.Container(width=tokens.TOUCH, height=tokens.TOUCH)
    name = key.replace(".", "-")
    return icon_button(icon, t(key), lambda _: go(f"/photo/{photo_id}"), identifier=name, colour=tokens.INK)
