"""The scheme's rule for leases: points set aside by themselves, so that they can be spent without a network (R11).

A member checks in when whoever serves opens their page or begins a sale for them. Their points stay set aside until another
member checks in, and those of who is due today until the day ends; or until the device was without a network and is back, as
those that somebody reserved by hand. A device takes at most one such lease on a member.
"""

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state import points_actions
from mobile.state.application import App
from mobile.state.counter_actions import reserve_points
from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.queries.customers import customer_meant, identifiers_of
from mobile.state.queries.leads import CLOSED
from mobile.state.queries.schemes import practice_of, rules_of, scheme_in_force
from shared_models.errors import RuleError
from shared_models.loyalty.practice import LeaseWhen
from shared_models.loyalty.tables import Lease, LeaseState, MemberAccount, Scheme
from shared_models.moments import day_bounds_ms, local_date
from shared_models.people.tables import Role
from shared_models.sales.tables import Lead

SERVING = frozenset({Role.SALES, Role.STORE_MANAGER})
"""Who is at a counter."""
_MOST_DUE = 20
"""For more members than this a day brings no visits; their points stay free for others."""


async def check_in(app: App, customer_id: str) -> None:
    """Note that a member is here, and follow the rule."""
    if customer_id != app.checked_in.customer_id:
        app.checked_in.declined = app.checked_in.declined - {customer_id}
    app.checked_in.customer_id = customer_id
    await follow_rule(app)


async def follow_rule(app: App) -> None:
    """Set points aside for whom the rule names and let go of what it took for others, which the next sync gives back.

    Quiet whatever happens, and without a network it asks for nothing: what went wrong stands in `App.checked_in`.
    """
    state, person, now_ms = app.checked_in, app.session.person, app.now_ms()
    if person is None or person.role not in SERVING:
        return
    staff_id, present = app.replica.staff_id, state.customer_id
    try:
        wanted, due = app.read(lambda session: _named(session, present, staff_id, now_ms))
    except RuleError:
        # A scheme of a newer server that this app cannot read: its screens say so, and the sync must go on.
        return
    state.due = due
    for member in state.leases.keys() - wanted.keys():
        app.reserved -= state.leases[member]
    state.leases = {member: held for member, held in state.leases.items() if member in wanted}
    state.failures = {member: code for member, code in state.failures.items() if member in wanted}
    if state.asking or not app.sync.online:
        return
    for member, points in wanted.items():
        if points and member not in state.declined:
            await _take(app, member, points)
    if state.customer_id != present:  # somebody else came while the server was asked
        await follow_rule(app)


def _named(
    session: Session, present: str, staff_id: str, now_ms: int
) -> tuple[dict[str, int], frozenset[str]]:
    """Whom the rule names, each with the points it sets aside now, and who of them is due today."""
    scheme = scheme_in_force(session, now_ms)
    when = practice_of(scheme).lease_when
    if when == LeaseWhen.BY_HAND:
        return {}, frozenset()
    here = customer_meant(session, present) if present else None
    due = _due_today(session, staff_id, now_ms) if when == LeaseWhen.DUE_TODAY else []
    named = dict.fromkeys([*([here.id] if here else []), *due])
    return {each: _points_wanted(session, each, scheme) for each in named}, frozenset(due)


def _points_wanted(session: Session, customer_id: str, scheme: Scheme | None) -> int:
    """What the scheme sets aside for a member: 0 where nothing is free, or this device holds some already."""
    account = session.get(MemberAccount, customer_id)
    if account is None or account.debt:
        return 0
    # One whose end waits to be sent counts too: it is open at the server, which would give it once more.
    same = col(Lease.customer_id).in_(identifiers_of(session, customer_id))
    if session.scalars(select(Lease).where(same, col(Lease.state) == LeaseState.OPEN).limit(1)).first():
        return 0
    return max(0, min(rules_of(scheme).lease_points, account.balance - account.leased))


def _due_today(session: Session, staff_id: str, now_ms: int) -> list[str]:
    """The members whom somebody is to follow up on this day, in the order of the day."""
    first_ms, end_ms = day_bounds_ms(local_date(now_ms))
    due = col(Lead.next_due_at_ms)
    chosen = (
        select(col(MemberAccount.customer_id))
        .join(Lead, col(Lead.customer_id) == col(MemberAccount.customer_id))
        .where(col(Lead.owner_id) == staff_id, due >= first_ms, due < end_ms, col(Lead.stage).not_in(CLOSED))
        .order_by(due, col(Lead.id))
        .limit(_MOST_DUE)
    )
    return list(dict.fromkeys(session.scalars(chosen)))


async def _take(app: App, member: str, points: int) -> None:
    state, before, failure = app.checked_in, points_actions.leases_held(app), ""
    state.asking = member
    try:
        await reserve_points(app, member, points, at_most=True)
    except ServerRefusal as refusal:
        failure = refusal.code
    except Unreachable:
        failure = "unreachable"
    except LogInNeeded:
        failure = "not_logged_in"
    finally:
        state.asking = ""
    taken = points_actions.leases_held(app) - before
    others = {each: code for each, code in state.failures.items() if each != member}
    state.failures = others | ({member: failure} if failure else {})
    if taken:
        state.leases = state.leases | {member: state.leases.get(member, frozenset()) | taken}
