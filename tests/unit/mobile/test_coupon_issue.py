"""Issuing coupons at the back office: one draft is one issue, however often its button is tapped."""

from dataclasses import replace
from pathlib import Path

import pytest

from mobile.screens.coupons.issuing import Draft
from mobile.state.coupon_office import Issue, Kind, Outlook
from mobile.state.drafts import SheetDrafts
from shared_models.errors import RuleError
from tests.unit.mobile.showroom import open_showroom

TODAY = "2026-09-21"
TYPED = Draft(amount="100", valid_until="2026-12-31", campaign=" SEP ", tier="S2")


def test_what_was_typed_is_what_is_issued():
    wanted = TYPED.wanted(TODAY)
    assert wanted == Issue(wanted.id, 10_000, "2026-12-31", "SEP", tier="S2")
    assert wanted.body["customer_ids"] == []
    one = replace(TYPED, tier="", customer_id="ling", valid_until="").wanted(TODAY)
    assert (one.body["customer_ids"], one.body["tier"], one.valid_until) == (["ling"], None, None)
    assert replace(TYPED, customer_id="ling").wanted(TODAY).customer_id == ""


def test_the_issue_that_was_seen_is_the_one_that_is_issued_until_something_is_changed():
    seen = replace(TYPED, issue_id=TYPED.wanted(TODAY).id, seen=Outlook(12, 0, 3, 120_000))
    assert seen.wanted(TODAY).id == seen.wanted(TODAY).id == seen.issue_id
    assert seen.changed(amount="100") is seen
    other = seen.changed(amount="200")
    assert (other.issue_id, other.seen, other.amount) == ("", None, "200")


def test_an_issue_that_was_seen_is_the_same_after_a_restart(tmp_path: Path):
    with open_showroom(tmp_path) as app:
        drafts = SheetDrafts(app.facts, "coupons")
        wanted = TYPED.wanted(TODAY)
        drafts.keep("", Draft(), replace(TYPED, issue_id=wanted.id))
        again = Draft(**drafts.load("", Draft()))
        assert again.wanted(TODAY) == wanted


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount": ""}, "coupon_amount"),
        ({"amount": "much"}, "money"),
        ({"valid_until": "31.12."}, "date"),
        ({"valid_until": "2026-09-20"}, "coupon_days"),
        ({"tier": ""}, "coupon_whom"),
    ],
)
def test_what_the_server_would_refuse_is_said_before_it_is_asked(given: dict[str, str], code: str):
    with pytest.raises(RuleError, match=code):
        replace(TYPED, **given).wanted(TODAY)


def test_coupons_that_are_alike_are_one_kind_wherever_it_is_looked_at():
    kind = Kind(10_000, "SEP", "2026-12-31", 40, 12, 3, 5)
    assert kind.id == replace(kind, issued=41, latest_at_ms=9).id
    assert len({kind.id, replace(kind, valid_until=None).id, replace(kind, amount_fen=1).id}) == 3
    assert kind.to_use == 25
