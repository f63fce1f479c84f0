"""Rows are read as the values the rules take, in the order in which they count."""

from shared_models.designers.claims import Claim
from shared_models.designers.commission import CommissionKind
from shared_models.designers.levels import DEFAULT_LEVEL_RULES
from shared_models.designers.stored import changes_of, claim_of, lines_of, rules_at
from shared_models.designers.tables import CommissionEntry, DesignerLevelChange, DesignerLevels, Referral
from shared_models.designers.years import LevelChange


def version(number: int, valid_from_ms: int) -> DesignerLevels:
    rules = {"return_window_days": number}
    return DesignerLevels(company_id="c", version=number, valid_from_ms=valid_from_ms, rules=rules)


def test_the_version_in_force_at_the_moment_counts():
    versions = [version(2, 200), version(1, 100), version(3, 200)]
    assert rules_at(versions, 199).return_window_days == 1
    assert rules_at(versions, 200).return_window_days == 3


def test_before_the_first_version_the_first_counts():
    assert rules_at([version(2, 200), version(1, 100)], 0).return_window_days == 1


def test_without_any_version_the_rules_that_ship_count():
    assert rules_at([], 0) == DEFAULT_LEVEL_RULES


def test_level_changes_are_read_with_what_decides_between_them():
    row = DesignerLevelChange(
        id="x", company_id="c", designer_id="d", from_year=2026, level="L1", cause="review", recorded_at_ms=7
    )
    assert changes_of([row]) == [LevelChange(2026, "L1", 7, "x")]


def test_entries_come_in_the_order_in_which_they_were_posted():
    def entry(entry_id: str, posted_at_ms: int) -> CommissionEntry:
        return CommissionEntry(
            id=entry_id, company_id="c", designer_id="d", order_id=entry_id, kind="recognised", amount_fen=1, year=2026,
            rate_percent="2.5", occurred_at_ms=0, posted_at_ms=posted_at_ms,
        )  # fmt: skip

    lines = lines_of([entry("late", 9), entry("b", 1), entry("a", 1)])
    assert [line.order_id for line in lines] == ["a", "b", "late"]
    assert (lines[0].kind, str(lines[0].rate_percent)) == (CommissionKind.RECOGNISED, "2.5")


def test_a_claim_is_read_with_what_decides_between_claims():
    row = Referral(
        id="r", company_id="c", designer_id="d", client_name="陈玉", claimed_at_ms=7, decided_at_ms=9
    )
    assert claim_of(row) == Claim("r", "d", 7, 9)
