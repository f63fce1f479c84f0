"""A survey's score is a number from 0 to 5."""

from decimal import Decimal

import pytest

from shared_models.errors import RuleError
from shared_models.service.survey import checked_score


@pytest.mark.parametrize("text", ["0", "4.5", "5.0"])
def test_a_score_between_the_bounds_is_taken_as_it_was_written(text):
    assert checked_score(text) == Decimal(text)


@pytest.mark.parametrize("text", ["", "five", "5.1", "-0.1", "NaN", "Infinity"])
def test_anything_else_is_refused(text):
    with pytest.raises(RuleError) as refused:
        checked_score(text)
    assert (refused.value.code, refused.value.details) == ("score", {"text": text})
