"""When a lead has to be answered: the promise of R14."""

from shared_models.moments import HOUR_MS

FIRST_CONTACT_HOURS = 24


def first_due_ms(inquired_at_ms: int) -> int:
    """When the first follow-up is due: 24 hours after the inquiry, by the clock."""
    return hours_later_ms(inquired_at_ms, FIRST_CONTACT_HOURS)


def hours_later_ms(at_ms: int, hours: int) -> int:
    """When the next contact is due that was promised in so many hours."""
    return at_ms + hours * HOUR_MS
