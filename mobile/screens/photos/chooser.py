"""Taking photos while something is written down: they are scaled and kept at once, so that a kill loses none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, secondary_button
from mobile.design.marks import Tone
from mobile.design.pictures import removable_tile, tile_strip
from mobile.design.states import notice
from mobile.design.type import secondary, section_label
from mobile.state.application import App
from mobile.state.failures import sentence_for
from mobile.state.hooks import use_app
from mobile.state.photos import Draft, drop_shots, keep_shot, thumbnail_of
from mobile.state.scaling import scaled
from mobile.text import error_sentence, t
from shared_models.service.photo import PHOTOS_A_VISIT


@dataclass(frozen=True, slots=True)
class Chooser:
    """What takes photos: what opens the camera or the gallery, how many are being prepared, and what went wrong."""

    picker: ft.FilePicker
    preparing: int
    problem: str
    remove: Callable[[Draft], None]


def use_chooser(taken: Callable[[], tuple[Draft, ...]], keep: Callable[[tuple[Draft, ...]], None]) -> Chooser:
    """Photos for one form: `taken` gives those it has, `keep` hands it others. Call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    preparing, prepare = ft.use_state(0)
    problem, say = ft.use_state("")

    async def take_in(chosen: Sequence[bytes]) -> None:
        say("")
        room = PHOTOS_A_VISIT - len(taken())
        if len(chosen) > room:
            say(error_sentence("photo_most", {"most": PHOTOS_A_VISIT}))
        for at, content in enumerate(chosen[:room]):
            prepare(min(len(chosen), room) - at)
            try:
                shot = keep_shot(app, await scaled(content))
                keep((*taken(), shot))
            except Exception as error:  # noqa: BLE001 - one file that cannot be used does not stop the others
                say(sentence_for(error))
        prepare(0)

    def chosen(event: ft.FilePickerResultEvent) -> None:
        page.run_task(take_in, [bytes(file.bytes or b"") for file in event.files])

    def remove(shot: Draft) -> None:
        keep(tuple(each for each in taken() if each != shot))
        drop_shots(app, [shot])

    newest, _ = ft.use_state({"chosen": chosen})
    newest["chosen"] = chosen

    def tell(event: ft.FilePickerResultEvent) -> None:
        # The picker is built once, and has to call what the last drawing knew.
        newest["chosen"](event)

    picker = ft.use_memo(lambda: ft.FilePicker(on_result=tell), [])
    return Chooser(picker, preparing, problem, remove)


def chooser_block(app: App, drafts: Sequence[Draft], chooser: Chooser) -> list[ft.Control]:
    """The photos taken so far, each with a button that takes it away, and the button that takes more."""
    block: list[ft.Control] = []
    if drafts:
        block.append(section_label(t("photo.on_the_form", n=len(drafts), most=PHOTOS_A_VISIT)))
        tiles = [
            removable_tile(
                thumbnail_of(app, draft["id"]),
                t("photo.on_the_form", n=n, most=PHOTOS_A_VISIT),
                icon_button(
                    ft.Icons.CLOSE,
                    t("photo.remove", n=n),
                    lambda _, draft=draft: chooser.remove(draft),
                    identifier=f"remove-shot-{n}",
                    colour=tokens.SOFT,
                ),
                identifier=f"shot-{n}",
            )
            for n, draft in enumerate(drafts, 1)
        ]
        block.append(tile_strip(tiles))
    if chooser.preparing:
        block.append(secondary(t("photo.preparing")))
    elif len(drafts) < PHOTOS_A_VISIT:
        block.append(ft.Row([_take_button(chooser.picker)]))
    if chooser.problem:
        block.append(notice(chooser.problem, Tone.DANGER, identifier="photo-problem"))
    return block


def _take_button(picker: ft.FilePicker) -> ft.Control:
    choose = ft.PickFiles(
        picker,
        file_type=ft.FilePickerFileType.IMAGE,
        allow_multiple=True,
        with_data=True,
        cancel_upload_on_window_blur=False,
    )
    return secondary_button(
        t("photo.take"), None, icon=ft.Icons.PHOTO_CAMERA_OUTLINED, identifier="take-photo", action=choose
    )
