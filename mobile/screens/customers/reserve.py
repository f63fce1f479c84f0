"""Setting points aside for this device, to be spent where there is no network; how many, and until when."""

from collections.abc import Callable

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.marks import Tone
from mobile.design.sheets import sheet
from mobile.design.states import notice
from mobile.design.type import secondary
from mobile.screens.designers.office import use_office
from mobile.state.counter_actions import reserve_points
from mobile.state.hooks import latest, use_app, use_observable, use_query
from mobile.state.points_actions import figures
from mobile.state.queries import member
from mobile.state.queries.schemes import rules_of, scheme_in_force
from mobile.text import formats, t
from shared_models.loyalty.tables import MemberAccount

_SHARES = (500, 1_000, 5_000)
"""Further sizes of a lease to choose from, beside the scheme's."""


def use_reserve_sheet(customer_id: str) -> Callable[[], None]:
    """A function that opens the sheet; call the hook once in a component."""
    app = use_app()
    use_observable(app.sync)
    busy, ask = use_office()
    typed, set_typed = ft.use_state("")
    shown, show = ft.use_state(initial=False)
    free, rules = use_query(
        lambda session: (
            _free(session.get(MemberAccount, customer_id)),
            rules_of(scheme_in_force(session, app.now_ms())),
        ),
        member.TABLES,
        customer_id,
    )

    def close() -> None:
        show(False)

    async def reserve() -> str:
        points = int(latest(set_typed) or 0)
        granted = await reserve_points(app, customer_id, points)
        close()
        held = figures(app, customer_id)
        return t(
            "lease.taken", n=formats.count(granted), all=formats.count(held.available if held else granted)
        )

    content: list[ft.Control] = [
        secondary(t("lease.hint", n=formats.count(free), hours=rules.lease_hours), lines=4),
        text_field(
            t("lease.points"),
            typed,
            lambda value: set_typed("".join(each for each in value if each in "0123456789")[:9]),
            identifier="lease-points",
            keyboard=ft.KeyboardType.NUMBER,
        ),
        choice_chips(
            [(str(each), formats.count(each)) for each in _offered(free, rules.lease_points)],
            typed,
            set_typed,
            identifier="lease-offer",
        ),
    ]
    if not app.sync.online:
        content.append(notice(t("lease.offline"), Tone.WARM, identifier="lease-offline"))
    take = primary_button(
        t("lease.take"),
        lambda _: ask(reserve),
        identifier="lease-take",
        busy=busy,
        disabled=not app.sync.online or not typed or int(typed) == 0,
    )
    actions = [take, secondary_button(t("common.cancel"), lambda _: close())]
    ft.use_dialog(
        sheet(t("lease.title"), content, actions, close, identifier="lease-sheet") if shown else None
    )

    def open_sheet() -> None:
        set_typed(str(min(free, rules.lease_points) or ""))
        show(True)

    return open_sheet


def _free(account: MemberAccount | None) -> int:
    """What the server last had free to be set aside."""
    return max(0, account.balance - account.leased) if account and not account.debt else 0


def _offered(free: int, by_scheme: int) -> list[int]:
    return sorted({*(each for each in (*_SHARES, by_scheme) if 0 < each < free), *([free] if free else [])})
