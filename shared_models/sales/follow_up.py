"""The promise to answer a lead within a day, and what is due after that (R14)."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared_models.sales.promise import first_due_ms, hours_later_ms
from shared_models.sales.tables import Channel, LeadStage, Outcome

_MINUTE_MS = 60_000
_VISITS = frozenset({Channel.STORE_VISIT, Channel.HOME_VISIT})


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt to reach the customer, at its corrected time (R12), and when the next one was promised."""

    occurred_at_ms: int
    outcome: str
    next_due_at_ms: int | None = None
    next_in_hours: int | None = None

    @property
    def promised_ms(self) -> int | None:
        """When the next contact was promised: so many hours after this one, or at a moment; None if it was not."""
        if self.next_in_hours is not None:
            return hours_later_ms(self.occurred_at_ms, self.next_in_hours)
        return self.next_due_at_ms


def first_reached_ms(contacts: Iterable[Contact]) -> int | None:
    """When the customer was first reached; None if nobody has reached them. Calls without an answer do not count."""
    return min((contact.occurred_at_ms for contact in _reached(contacts)), default=None)


def is_promise_met(inquired_at_ms: int, first_reached_at_ms: int | None, now_ms: int) -> bool | None:
    """Whether the first follow-up came at or before its due time; None while there is still time.

    A contact that syncs late is judged by when it happened, so the answer can turn from False to True.
    """
    due_ms = first_due_ms(inquired_at_ms)
    if first_reached_at_ms is not None:
        return first_reached_at_ms <= due_ms
    return False if is_overdue(due_ms, now_ms) else None


def response_minutes(inquired_at_ms: int, first_reached_at_ms: int) -> int:
    """Whole minutes from the inquiry to the first follow-up."""
    return (first_reached_at_ms - inquired_at_ms) // _MINUTE_MS


def next_due_ms(inquired_at_ms: int, contacts: Iterable[Contact]) -> int | None:
    """When the lead's owner, whoever that is by then, has to act next; None if nothing was promised.

    Until the customer is reached it is the first due time; then whatever the latest such contact promised.
    """
    latest = max(_reached(contacts), key=lambda contact: contact.occurred_at_ms, default=None)
    return first_due_ms(inquired_at_ms) if latest is None else latest.promised_ms


def stage_after(stage: str, channel: str) -> str:
    """How far a lead has come once a contact by this channel has reached the customer; it never goes back."""
    if channel in _VISITS and stage in {LeadStage.NEW, LeadStage.CONTACTED, LeadStage.LOST}:
        return LeadStage.VISITED
    if stage in {LeadStage.NEW, LeadStage.LOST}:
        return LeadStage.CONTACTED
    return stage


def is_overdue(due_at_ms: int | None, now_ms: int) -> bool:
    """Whether a due time has passed; at the due time itself it has not."""
    return due_at_ms is not None and now_ms > due_at_ms


def _reached(contacts: Iterable[Contact]) -> list[Contact]:
    return [contact for contact in contacts if contact.outcome == Outcome.REACHED]
