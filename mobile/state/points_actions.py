"""Members and their points on the device: joining, leases, redeeming without a network, figures and previews."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from mobile.state.application import App
from mobile.state.online import ask
from mobile.state.queries.customers import customer_meant, customer_with_phone
from mobile.state.queries.gifts import left_here, taken_here, versions_of
from mobile.state.queries.leases import leases_spent, open_leases, share_out, spent_by_lease, unspent_leases
from mobile.state.queries.member import MemberFigures, member_figures
from mobile.state.queries.purchases import bought_fen
from mobile.state.queries.return_preview import return_preview
from mobile.state.queries.schemes import rules_of, scheme_in_force
from shared_models.errors import RuleError
from shared_models.loyalty.enrolment import check_enrolment
from shared_models.loyalty.gifts import points_for, version_at
from shared_models.loyalty.returns import ReturnFigures
from shared_models.loyalty.tables import Gift, LeaseEnd, Redemption, RedemptionState
from shared_models.phone import is_phone, normalise_phone
from shared_models.sales.numbers import member_number
from shared_models.sales.tables import Customer
from sync import wire
from sync.device import rows
from sync.schema import catalogue


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who joined, and the points of the welcome gift; 0 for somebody who was a member already."""

    customer_id: str
    welcome: int


def enrol(app: App, phone: str, *, name: str = "", store_id: str | None = None) -> Enrolled:
    """Make somebody a member; a number that this device knows is the same customer (R19).

    Refuses what is no phone number (`RuleError("phone")`), and who has not bought enough to join as far as this device
    knows (`"enrol_from"`). `store_id` is the person's own store unless given.
    """
    number = normalise_phone(phone)
    if not is_phone(number):
        raise RuleError("phone", text=phone)
    now_ms = app.now_ms()
    with app.action("enrol") as session:
        customer = customer_with_phone(session, number)
        if customer is not None and customer.enrolled_at_ms is not None:
            return Enrolled(customer.id, 0)
        rules = rules_of(scheme_in_force(session, now_ms))
        check_enrolment(rules, bought_fen(session, customer.id) if customer else 0)
        if customer is None:
            store = store_id or (app.session.person.store_id if app.session.person else None) or ""
            customer = Customer(
                company_id=app.replica.company_id, store_id=store, name=name.strip(), phone=number
            )
            session.add(customer)
        customer.enrolled_at_ms = now_ms
        customer.member_no = customer.member_no or member_number(customer.id)
        session.flush()
        return Enrolled(customer.id, rules.welcome_gift)


async def take_lease(app: App, customer_id: str, points: int, *, at_most: bool = False) -> int:
    """Have the server set points aside for this device; how many. Nothing else is sent or fetched.

    `at_most`: so many or what is free of them; the server gives no second lease on the member.

    Raises `Unreachable`, `LogInNeeded` or `ServerRefusal` (`points`, `debt`).
    """
    answer = await ask(app, "/api/leases", {"customer_id": customer_id, "points": points, "at_most": at_most})
    _take_leases(app, answer)
    return int(answer["leases"][0]["points"])


async def release_lease(app: App, customer_id: str) -> int:
    """Give back what this device has not spent of a member's points; how many. What it spent stays covered.

    Raises as `take_lease` does.
    """
    spent = app.read(lambda session: spent_by_lease(session, customer_id))
    answer = await ask(app, "/api/leases/release", {"customer_id": customer_id, "spent": spent})
    _take_leases(app, answer)
    return int(answer["released"])


def redeem(
    app: App,
    customer_id: str,
    points: int | None = None,
    *,
    gift_id: str | None = None,
    note: str = "",
    handed_over: bool = True,
) -> str:
    """Give points for a gift, or for something agreed on the spot, under this device's leases; the redemption.

    Without `points` what the gift costs. Refuses more than the unspent leases hold (`RuleError("lease")`), a gift that is
    out of stock as far as this device knows (`"gift_stock"`), and what is not positive or less than the gift costs by the
    version in force (`"points"`).
    """
    now_ms, at_ms = app.lease_clock.note(), app.now_ms()
    taken = taken_here(app.replica.pending_units())
    with app.action("redeem") as session:
        customer = customer_meant(session, customer_id)
        gift = session.get(Gift, gift_id) if gift_id else None
        if customer is None or (gift_id and gift is None):
            raise RuleError("unknown", id=customer_id)
        version = version_at(versions_of(session, gift.id), at_ms) if gift else None
        left = left_here(gift, taken) if gift is not None else None
        if gift is not None and left is not None and left < 1:
            raise RuleError("gift_stock", name=(version or gift).name)
        wanted = points_for(version or gift, points)
        redemption = Redemption(
            company_id=customer.company_id,
            customer_id=customer.id,
            staff_id=app.replica.staff_id,
            gift_id=gift_id,
            gift_version_id=version.id if version else None,
            points=wanted,
            lease_points=share_out(wanted, unspent_leases(session, customer.id, now_ms)),
            note=note.strip(),
            state=RedemptionState.DONE if handed_over else RedemptionState.RESERVED,
            redeemed_at_ms=at_ms,
        )
        session.add(redemption)
        return redemption.id


def figures(app: App, customer_id: str) -> MemberFigures | None:
    """What this device shows of a member: the last sync with its own pending work on top."""
    pending = app.replica.pending_units()
    as_of_ms, lease_now_ms = app.replica.status().last_sync_at_ms, app.lease_clock.now_ms()

    def query(session: Session) -> MemberFigures | None:
        return member_figures(
            session,
            customer_id,
            pending,
            now_ms=app.now_ms(),
            lease_now_ms=lease_now_ms,
            as_of_ms=as_of_ms,
        )

    return app.read(query)


def preview_return(app: App, order_id: str, line_ids: Collection[str]) -> ReturnFigures:
    """What taking these lines back would do; nothing changes. Refuses as the server would (`RuleError`)."""
    pending = app.replica.pending_units()
    return app.read(lambda session: return_preview(session, order_id, line_ids, pending, now_ms=app.now_ms()))


def leases_held(app: App) -> frozenset[str]:
    """The leases that are open on this device."""
    return app.read(lambda session: frozenset(lease.id for lease in open_leases(session)))


def leases_to_end(app: App) -> frozenset[str]:
    """The leases that the next whole sync ends: all but those reserved for a time without a network and not yet used."""
    held = leases_held(app)
    if not app.reserved & held:
        return held
    return held - (app.reserved - app.read(leases_spent))


def end_leases(app: App, lease_ids: Collection[str]) -> bool:
    """Spend nothing more under these leases: the server knows of all that was spent (R11). Whether there was one."""
    still_open = sorted(leases_held(app) & frozenset(lease_ids))
    if not still_open:
        return False
    with app.action("end_leases") as session:
        session.add_all(
            LeaseEnd(company_id=app.replica.company_id, lease_id=lease_id, ended_at_ms=app.now_ms())
            for lease_id in still_open
        )
    return True


def _take_leases(app: App, answer: dict[str, Any]) -> None:
    """Put what the server has just given into the copy, as a sync would: leases, and a member who is new in this store."""
    app.lease_clock.heard(int(answer["server_now_ms"]))
    given = {**answer.get("rows", {}), "lease": answer["leases"]}
    with app.engine.begin() as connection:
        for table, found in given.items():
            columns = [name for name in catalogue()[table].public if all(name in row for row in found)]
            page = wire.Rows(table, columns, [[row[name] for name in columns] for row in found])
            rows.take_rows(connection, catalogue()[table], page)
    app.replica.tell(frozenset(given))
