"""Activities that give points, and whom they gave some."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from shared_models.loyalty.activities import ActivityTerms
from shared_models.loyalty.tables import Activity, ActivityGrant
from shared_models.moments import local_date
from shared_models.sales.tables import Customer

TABLES = ("activity", "activitygrant", "customer")
_LATEST = 30


@dataclass(frozen=True, slots=True)
class ActivityItem:
    """An activity, whether it runs today, and what it has given so far to members whom this device sees."""

    activity: Activity
    is_on: bool
    grants: int
    points: int


@dataclass(frozen=True, slots=True)
class GrantItem:
    """One grant and whose it is."""

    grant: ActivityGrant
    customer: str


def activity_items(session: Session, now_ms: int) -> list[ActivityItem]:
    """All activities, those that run today first, by name."""
    today = local_date(now_ms)
    sums = select(
        col(ActivityGrant.activity_id), func.count(), func.coalesce(func.sum(ActivityGrant.points), 0)
    ).group_by(col(ActivityGrant.activity_id))
    given = {activity_id: (int(n), int(points)) for activity_id, n, points in session.execute(sums)}
    items = [
        ActivityItem(row, terms_of(row).is_on(today), *given.get(row.id, (0, 0)))
        for row in session.scalars(select(Activity))
    ]
    return sorted(items, key=lambda item: (not item.is_on, item.activity.name, item.activity.id))


def activity_item(session: Session, activity_id: str, now_ms: int) -> ActivityItem | None:
    """One activity; None for one that this device does not have."""
    return next((item for item in activity_items(session, now_ms) if item.activity.id == activity_id), None)


def latest_grants(session: Session, activity_id: str) -> list[GrantItem]:
    """Whom an activity gave points last."""
    found = (
        select(ActivityGrant, col(Customer.name))
        .join(Customer, col(Customer.id) == col(ActivityGrant.customer_id), isouter=True)
        .where(col(ActivityGrant.activity_id) == activity_id)
        .order_by(col(ActivityGrant.granted_at_ms).desc(), col(ActivityGrant.id))
        .limit(_LATEST)
    )
    return [GrantItem(grant, name or "") for grant, name in session.execute(found)]


def terms_of(activity: Activity) -> ActivityTerms:
    """What the row says, as the rules take it."""
    return ActivityTerms(
        activity.points, activity.cap, activity.valid_from, activity.valid_until, activity.active
    )
