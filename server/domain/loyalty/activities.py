"""Activities at the server: what they give, and granting it once for each event (L-08)."""

from dataclasses import dataclass

from sqlmodel import Session, select

from server.domain.ledger import rules_at, scheme_at
from server.domain.loyalty.leases import member_books
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.activities import ActivityTerms, activity_points, check_activity
from shared_models.loyalty.ledger import grant_activity
from shared_models.loyalty.tables import Activity, ActivityGrant
from shared_models.moments import local_date


@dataclass(frozen=True, slots=True)
class Granting:
    """Who gets points for which event of which activity, and who says so."""

    activity_id: str
    customer_id: str
    event: str
    staff_id: str


def save_activity(
    session: Session, company_id: str, activity_id: str, name: str, terms: ActivityTerms
) -> Activity:
    """Begin an activity, or change what it gives from now on; what was granted stays. Refuses what `check_activity` does."""
    check_activity(name, terms)
    activity = session.get(Activity, activity_id)
    if activity is None:
        activity = Activity(id=activity_id, company_id=company_id, name=name, points=terms.points)
        session.add(activity)
    elif activity.company_id != company_id:
        raise RuleError("unknown", id=activity_id)
    activity.name, activity.points, activity.cap = name.strip(), terms.points, terms.cap
    activity.valid_from, activity.valid_until, activity.active = (
        terms.valid_from,
        terms.valid_until,
        terms.active,
    )
    session.flush()
    return activity


def grant(session: Session, company_id: str, granting: Granting, *, now_ms: int) -> ActivityGrant:
    """Give a member the points of one event, in a lot of its own, as growth too (R4).

    Refuses an unknown activity or somebody who is no member (`RuleError("unknown")`), and what `activity_points` refuses.
    """
    activity = session.get(Activity, granting.activity_id)
    if activity is None or activity.company_id != company_id:
        raise RuleError("unknown", id=granting.activity_id)
    books = member_books(
        session, granting.customer_id, now_ms
    )  # locked: two who grant at once see each other
    before = session.exec(
        select(ActivityGrant).where(
            ActivityGrant.activity_id == activity.id, ActivityGrant.customer_id == books.member.customer_id
        )
    ).all()
    points = activity_points(
        terms_of(activity),
        granting.event,
        granted_events={each.event for each in before},
        granted_points=sum(each.points for each in before),
        today=local_date(now_ms),
    )
    row = ActivityGrant(
        id=new_id(),
        company_id=company_id,
        customer_id=books.member.customer_id,
        activity_id=activity.id,
        event=granting.event.strip(),
        points=points,
        staff_id=granting.staff_id,
        granted_at_ms=now_ms,
    )
    session.add(row)
    rules, scheme = rules_at(session, company_id, now_ms), scheme_at(session, company_id, now_ms)
    posting = grant_activity(
        books.account,
        points,
        grant_id=row.id,
        rule=f"{activity.name} · {row.event}",
        rules=rules,
        at_ms=now_ms,
    )
    about = {"staff_id": granting.staff_id, "scheme_id": scheme.id if scheme else None}
    books.post(posting, event_id=row.id, at_ms=now_ms, **about)
    books.close(now_ms)
    session.flush()
    return row


def terms_of(activity: Activity) -> ActivityTerms:
    """What the row says, as the rules take it."""
    return ActivityTerms(
        activity.points, activity.cap, activity.valid_from, activity.valid_until, activity.active
    )
