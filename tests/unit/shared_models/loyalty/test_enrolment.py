"""Who may join: everybody by default, or who has bought for so much (T-04)."""

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.enrolment import check_enrolment, missing_to_enrol_fen
from shared_models.loyalty.scheme import DEFAULT_RULES, parse_rules

FROM_1000 = parse_rules({"enrol_from": "1000"})


@pytest.mark.parametrize(("spent", "missing"), [(0, 100_000), (99_999, 1), (100_000, 0), (250_000, 0)])
def test_what_is_missing_is_told_to_the_fen(spent: int, missing: int) -> None:
    assert missing_to_enrol_fen(FROM_1000, spent) == missing


def test_who_has_not_bought_enough_is_told_what_it_takes() -> None:
    check_enrolment(FROM_1000, 100_000)
    with pytest.raises(RuleError) as refused:
        check_enrolment(FROM_1000, 40_050)
    assert refused.value.code == "enrol_from"
    assert refused.value.details == {"amount": "1000.00", "missing": "599.50"}


def test_everybody_may_join_by_default() -> None:
    assert DEFAULT_RULES.enrol_from_fen == parse_rules({"enrol_from": None}).enrol_from_fen == 0
    check_enrolment(DEFAULT_RULES, 0)
