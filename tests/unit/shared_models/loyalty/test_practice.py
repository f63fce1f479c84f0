"""The part of a scheme that changes no figure: strict for whoever publishes it, lenient for whoever reads it."""

from typing import Any

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.practice import (
    DEFAULT_PRACTICE,
    LeaseWhen,
    Practice,
    parse_practice,
    read_practice,
)

AT_CHECK_IN = Practice(lease_when=LeaseWhen.CHECK_IN)


@pytest.mark.parametrize("read", [parse_practice, read_practice])
def test_a_practice_says_when_points_are_set_aside_and_by_hand_where_it_says_nothing(read: Any):
    assert read({}) == DEFAULT_PRACTICE == Practice(lease_when=LeaseWhen.BY_HAND)
    assert read({"lease_when": "check_in"}) == AT_CHECK_IN


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"lease_when": "always"}, "lease_when"),
        ({"lease_when": None}, "lease_when"),
        ({"colour": 1}, "colour"),
    ],
)
def test_whoever_publishes_is_refused_what_is_not_known(document: dict[str, Any], key: str):
    with pytest.raises(RuleError) as refused:
        parse_practice(document)
    assert (refused.value.code, refused.value.details) == ("scheme", {"key": key})


def test_a_device_that_does_not_know_a_key_of_a_newer_server_reads_the_others():
    assert read_practice({"lease_when": "check_in", "colour": 1}) == AT_CHECK_IN


@pytest.mark.parametrize("document", [{"lease_when": "at_dawn"}, {"lease_when": 3}, None])
def test_a_device_that_does_not_know_a_value_takes_the_default_and_never_fails(document: Any):
    assert read_practice(document) == DEFAULT_PRACTICE
