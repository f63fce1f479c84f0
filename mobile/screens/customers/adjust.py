"""Correcting points and growth by hand: for managers, with a reason, at the server."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice
from mobile.design.type import secondary
from mobile.screens.designers.office import use_office
from mobile.screens.places import BACK_OFFICE
from mobile.state.counter_actions import adjust_account
from mobile.state.hooks import latest, use_app, use_observable
from mobile.text import t
from shared_models.ids import new_id
from shared_models.people.tables import Role

MAY_ADJUST = BACK_OFFICE | {Role.STORE_MANAGER}


@dataclass(frozen=True, slots=True)
class Correction:
    """What has been typed; one correction however often it is asked for."""

    points: str = ""
    growth: str = ""
    reason: str = ""
    error: str | None = None
    id: str = field(default_factory=new_id)


def use_adjust_sheet(customer_id: str) -> Callable[[], None]:
    """A function that opens the sheet; call the hook once in a component."""
    app = use_app()
    use_observable(app.sync)
    busy, ask = use_office()
    correction, correct = ft.use_state(Correction())
    shown, show = ft.use_state(initial=False)

    def close() -> None:
        show(False)

    def change(**values: Any) -> None:
        correct(lambda before: replace(before, error=None, **values))

    async def save() -> str:
        asked = latest(correct)
        points, growth = _whole(asked.points), _whole(asked.growth)
        if points is None or growth is None or not (points or growth):
            correct(lambda before: replace(before, error=t("adjust.nothing")))
            return ""
        if not asked.reason.strip():
            correct(lambda before: replace(before, error=t("adjust.no_reason")))
            return ""
        await adjust_account(
            app, customer_id, points=points, growth=growth, reason=asked.reason, adjustment_id=asked.id
        )
        close()
        return t("adjust.done")

    ft.use_dialog(
        _form(correction, change, lambda: ask(save), close, online=app.sync.online, busy=busy)
        if shown
        else None
    )

    def open_sheet() -> None:
        correct(Correction())
        show(True)

    return open_sheet


def _form(
    correction: Correction,
    change: Callable[..., None],
    save: Callable[[], None],
    close: Callable[[], None],
    *,
    online: bool,
    busy: bool,
) -> ft.BottomSheet:
    reasons = [(each, each) for each in t("adjust.reasons").split("|")]
    content: list[ft.Control] = [
        secondary(t("adjust.hint"), lines=3),
        *(
            text_field(
                t(f"adjust.{name}"),
                getattr(correction, name),
                lambda value, name=name: change(**{name: value}),  # type: ignore[misc] # the loop's name, held
                identifier=f"adjust-{name}",
            )
            for name in ("points", "growth")
        ),
        choice_chips(reasons, correction.reason, lambda each: change(reason=each), identifier="adjust-why"),
        text_field(
            t("adjust.reason"),
            correction.reason,
            lambda value: change(reason=value),
            identifier="adjust-reason",
        ),
    ]
    if correction.error:
        content.append(notice(correction.error, Tone.DANGER, identifier="adjust-error"))
    if not online:
        content.append(notice(t("adjust.offline"), Tone.WARM, identifier="adjust-offline"))
    actions = [
        primary_button(
            t("adjust.save"), lambda _: save(), identifier="adjust-save", busy=busy, disabled=not online
        ),
        secondary_button(t("common.cancel"), lambda _: close()),
    ]
    return sheet(t("adjust.title"), content, actions, close, identifier="adjust-sheet", long=True)


def _whole(typed: str) -> int | None:
    """A whole number with its sign; 0 for nothing, None for what is none."""
    plain = typed.strip().replace(",", "").replace("−", "-")
    if not plain:
        return 0
    return int(plain) if plain.lstrip("+-").isascii() and plain.lstrip("+-").isdigit() else None
