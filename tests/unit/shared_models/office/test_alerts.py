"""What the people in charge were told stays told: an alert is settled or withdrawn, never unsaid."""

from shared_models.office.tables import Alert, AlertState

POLICY = Alert.__table__.info["sync"]  # type: ignore[attr-defined] # every table has one


def test_a_settled_alert_can_be_opened_again_and_a_withdrawn_one_cannot() -> None:
    assert POLICY.transitions[AlertState.SETTLED] == {AlertState.OPEN}
    assert POLICY.transitions[AlertState.WITHDRAWN] == frozenset()
    assert POLICY.transitions[AlertState.OPEN] == {AlertState.SETTLED, AlertState.WITHDRAWN}


def test_an_alert_is_for_managers_and_the_office_alone() -> None:
    assert set(POLICY.scopes) == {"manager:{store_id}", "office:{company_id}"}
