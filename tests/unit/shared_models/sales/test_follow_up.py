"""A lead is answered within 24 hours by the clock, and only a contact that reached the customer counts (R14)."""

import pytest

from shared_models.moments import HOUR_MS, parse_moment
from shared_models.sales.follow_up import (
    Contact,
    first_reached_ms,
    is_overdue,
    is_promise_met,
    next_due_ms,
    response_minutes,
    stage_after,
)
from shared_models.sales.promise import first_due_ms, hours_later_ms
from shared_models.sales.tables import Channel, LeadStage, Outcome


def moment(text: str) -> int:
    """A moment in June 2026, written `01 09:00:00`, on the business's clock."""
    return parse_moment(f"2026-06-{text.replace(' ', 'T')}+08:00")


def contact(at: str, outcome: str = Outcome.REACHED, next_due: str | None = None) -> Contact:
    return Contact(moment(at), outcome, moment(next_due) if next_due else None)


INQUIRY = moment("01 09:00:00")
UNANSWERED = contact("02 08:00:00", Outcome.NO_ANSWER, "02 20:00:00")


def test_the_first_follow_up_is_due_24_hours_after_the_inquiry() -> None:
    assert first_due_ms(INQUIRY) == moment("02 09:00:00")


@pytest.mark.parametrize(
    ("contacts", "now", "met"),
    [
        ([], "02 09:00:00", None),
        ([], "02 09:00:01", False),
        ([UNANSWERED], "02 09:30:00", False),
        ([UNANSWERED, contact("02 09:00:00")], "03 08:00:00", True),
        ([contact("02 09:00:01")], "03 08:00:00", False),
        ([contact("02 12:00:00"), contact("01 10:00:00")], "03 08:00:00", True),
    ],
)
def test_the_promise_is_judged_by_when_the_customer_was_first_reached(
    contacts: list[Contact], now: str, met: bool | None
) -> None:
    assert is_promise_met(INQUIRY, first_reached_ms(contacts), moment(now)) is met


@pytest.mark.parametrize(
    ("inquired", "reached", "minutes"),
    [
        ("01 09:00:00", "02 09:00:00", 1440),
        ("01 09:00:30", "02 09:00:31", 1440),
        ("01 11:15:20", "02 10:15:00", 1379),
    ],
)
def test_the_response_is_counted_in_whole_minutes(inquired: str, reached: str, minutes: int) -> None:
    assert response_minutes(moment(inquired), moment(reached)) == minutes


@pytest.mark.parametrize(
    ("contacts", "due"),
    [
        ([], "02 09:00:00"),
        ([UNANSWERED], "02 09:00:00"),
        ([contact("01 10:00:00", next_due="04 10:00:00")], "04 10:00:00"),
        (
            [contact("02 10:00:00", next_due="05 09:00:00"), contact("01 10:00:00", next_due="04 10:00:00")],
            "05 09:00:00",
        ),
        ([contact("01 10:00:00", next_due="04 10:00:00"), UNANSWERED], "04 10:00:00"),
        ([contact("01 10:00:00")], None),
    ],
)
def test_what_is_due_next_was_promised_by_the_latest_contact_that_reached(
    contacts: list[Contact], due: str | None
) -> None:
    assert next_due_ms(INQUIRY, contacts) == (moment(due) if due else None)


def test_a_promise_counts_from_the_contact() -> None:
    assert hours_later_ms(moment("02 10:15:00"), 24) == moment("03 10:15:00")


def test_overdue_means_strictly_after_the_due_time() -> None:
    due = moment("02 09:00:00")
    assert not is_overdue(due, due)
    assert is_overdue(due, due + 1)
    assert not is_overdue(None, due)


def test_a_contact_promised_in_hours_is_due_that_long_after_the_contact_itself():
    contact = Contact(5 * HOUR_MS, Outcome.REACHED, next_in_hours=30)
    assert contact.promised_ms == 35 * HOUR_MS
    assert next_due_ms(0, [contact]) == 35 * HOUR_MS


def test_a_contact_moves_a_lead_on_and_never_back():
    assert stage_after(LeadStage.NEW, Channel.CALL) == LeadStage.CONTACTED
    assert stage_after(LeadStage.LOST, Channel.MESSAGE) == LeadStage.CONTACTED
    assert stage_after(LeadStage.CONTACTED, Channel.STORE_VISIT) == LeadStage.VISITED
    assert stage_after(LeadStage.QUOTED, Channel.HOME_VISIT) == LeadStage.QUOTED
    assert stage_after(LeadStage.WON, Channel.CALL) == LeadStage.WON
