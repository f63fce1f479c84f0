"""A member's figures on this device: points and what they are worth, growth, tier, as of when, and what is reserved."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button, text_button
from mobile.design.cards import card
from mobile.design.marks import Tone
from mobile.design.states import notice
from mobile.design.type import row_title, secondary
from mobile.screens.customers.check_in import use_check_in
from mobile.screens.customers.reserve import use_reserve_sheet
from mobile.screens.designers.office import use_office
from mobile.screens.lead.member import member_cards
from mobile.state.checked_in import CheckedIn
from mobile.state.counter_actions import release_points
from mobile.state.hooks import use_app, use_observable, use_query, use_tables
from mobile.state.points_actions import figures
from mobile.state.queries import leases, member
from mobile.state.queries.customer import CustomerRecord
from mobile.state.queries.leases import Unspent, unspent_leases
from mobile.state.queries.member import MemberFigures
from mobile.text import formats, t
from shared_models.loyalty.tables import MemberAccount

_EXPLAINED = frozenset({"debt", "points", "unreachable"})
"""Why the rule set nothing aside, where that has a sentence of its own."""


def use_figures(customer_id: str) -> MemberFigures | None:
    """The figures with what waits here, read again when the copy changes or a sync ends."""
    app = use_app()
    use_observable(app.sync)
    version = use_tables(member.TABLES)
    synced_at_ms = app.replica.status().last_sync_at_ms
    return ft.use_memo(
        lambda: figures(app, customer_id),
        [version, id(app.replica), customer_id, app.sync.pending, synced_at_ms],
    )


def points_cards(
    record: CustomerRecord, found: MemberFigures, now_ms: int, *, narrow: bool
) -> list[ft.Control]:
    """The figures with what waits to be sent, said as such."""
    customer, kept = record.customer, record.account
    account = MemberAccount(
        id=customer.id,
        company_id=customer.company_id,
        customer_id=customer.id,
        balance=found.balance,
        growth=found.growth,
        spent_fen=found.spent_fen,
        debt=found.debt,
        tier=found.tier,
    )
    rules = record.scheme.rules if record.scheme else None
    cards: list[ft.Control] = [
        ft.Semantics(
            content=ft.Column(member_cards(account, rules, narrow=narrow), spacing=14),
            identifier="customer-points",
        )
    ]
    waiting = found.balance - (kept.balance if kept else 0)
    as_of = t("customer.as_of", moment=formats.ago(found.as_of_ms, now_ms))
    if waiting:
        words = t("customer.with_waiting", n=formats.signed(waiting), as_of=as_of)
        cards.append(notice(words, Tone.WARM, identifier="customer-forecast"))
    else:
        cards.append(ft.Semantics(content=secondary(as_of), identifier="customer-as-of", label=as_of))
    if found.debt:
        cards.append(
            notice(t("customer.debt", n=formats.count(found.debt)), Tone.DANGER, identifier="customer-debt")
        )
    return cards


@ft.component
def LeaseCard(customer_id: str) -> ft.Control:  # noqa: N802
    """What this device may spend of the member's points without a network: reserve, see until when, give back."""
    app = use_app()
    use_observable(app.sync)
    use_observable(app.checked_in)
    use_check_in(customer_id)
    busy, ask = use_office()
    lease_now_ms, now_ms = app.lease_clock.now_ms(), app.now_ms()
    held = use_query(
        lambda session: unspent_leases(session, customer_id, lease_now_ms),
        leases.TABLES,
        customer_id,
        lease_now_ms,
    )
    reserve = use_reserve_sheet(customer_id)

    async def give_back() -> str:
        return t("lease.released", n=formats.count(await release_points(app, customer_id)))

    lines = [_lease(each, now_ms, _until(app.checked_in, customer_id, each)) for each in held]
    if not lines:
        lines = [_none(app.checked_in, customer_id)]
    buttons: list[ft.Control] = [
        secondary_button(t("lease.take"), lambda _: reserve(), identifier="reserve-points")
    ]
    if held:
        buttons.append(
            text_button(
                t("lease.release"),
                _unless(busy or not app.sync.online, lambda: ask(give_back)),
                identifier="release-points",
            )
        )
    column = ft.Column([*lines, ft.Row(buttons, spacing=tokens.SPACE_2)], spacing=tokens.SPACE_2)
    return ft.Semantics(content=card(column), identifier="leases")


def _lease(lease: Unspent, now_ms: int, key: str) -> ft.Control:
    words = t("lease.left", n=formats.count(lease.points))
    until = t(key, until=formats.until(lease.expires_at_ms, now_ms))
    line = ft.Column([row_title(words), secondary(until, lines=3)], spacing=2)
    return ft.Semantics(content=line, identifier=f"lease-{lease.lease_id}", label=f"{words} {until}")


def _until(checked_in: CheckedIn, customer_id: str, lease: Unspent) -> str:
    """The sentence for how long a lease lasts: one that the rule took may go back earlier."""
    if lease.lease_id not in checked_in.leases.get(customer_id, ()):
        return "lease.until"
    return "lease.until_due" if customer_id in checked_in.due else "lease.until_by_rule"


def _none(checked_in: CheckedIn, customer_id: str) -> ft.Control:
    """Why nothing is set aside: the rule is at it, it could not, or nobody asked."""
    key, failure = "lease.none", checked_in.failures.get(customer_id)
    if checked_in.asking == customer_id:
        key = "lease.asking"
    elif failure:
        key = f"lease.not_by_rule_{failure if failure in _EXPLAINED else 'unreachable'}"
    return ft.Semantics(content=secondary(t(key), lines=3), identifier="no-lease", label=t(key))


def _unless(off: bool, do: Callable[[], None]) -> Callable[[object], None] | None:
    return None if off else lambda _: do()
