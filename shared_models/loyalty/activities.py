"""Points for taking part in something: so many for each event, once for each, up to a cap for each person (L-08)."""

from collections.abc import Collection
from dataclasses import dataclass

from shared_models.errors import RuleError
from shared_models.loyalty.gifts import check_days


@dataclass(frozen=True, slots=True)
class ActivityTerms:
    """What an activity gives for each event, how much at most to one person, and on which local dates, both included."""

    points: int
    cap: int | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    active: bool = True

    def is_on(self, today: str) -> bool:
        """Whether it runs on this local date."""
        begun = self.valid_from is None or self.valid_from <= today
        return self.active and begun and (self.valid_until is None or today <= self.valid_until)


def check_activity(name: str, terms: ActivityTerms) -> None:
    """Refuse an activity that makes no sense.

    `RuleError("activity_name")` without a name, `"activity_points"` where it gives nothing or its cap is below what one
    event gives, `"gift_days"` for days that are none or in disorder.
    """
    if not name.strip():
        raise RuleError("activity_name")
    if terms.points <= 0 or (terms.cap is not None and terms.cap < terms.points):
        raise RuleError("activity_points")
    check_days(terms.valid_from, terms.valid_until)


def activity_points(
    terms: ActivityTerms, event: str, *, granted_events: Collection[str], granted_points: int, today: str
) -> int:
    """Points for one event, given what the person got from the activity before; the last grant fills the cap.

    Refuses an event without a name (`RuleError("activity_event")`), one that was granted before (`"activity_granted"`), an
    activity that does not run today (`"activity_over"`), and who has reached the cap (`"activity_cap"`).
    """
    if not event.strip():
        raise RuleError("activity_event")
    if event.strip() in granted_events:
        raise RuleError("activity_granted", event=event.strip())
    if not terms.is_on(today):
        raise RuleError("activity_over")
    if terms.cap is None:
        return terms.points
    left = min(terms.points, terms.cap - granted_points)
    if left <= 0:
        raise RuleError("activity_cap", cap=terms.cap)
    return left
