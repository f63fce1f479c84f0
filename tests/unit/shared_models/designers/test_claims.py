"""Whose client it is: the earliest claim by corrected time, unless a named person decided (R12)."""

import pytest

from shared_models.designers.claims import Claim, in_order, owner_among

FIRST = Claim("b", "lin", 1_000)
SECOND = Claim("a", "he", 2_000)


@pytest.mark.parametrize(
    ("claims", "order"),
    [
        ([], []),
        ([SECOND, FIRST], ["b", "a"]),
        ([Claim("b", "lin", 1_000), Claim("a", "he", 1_000)], ["a", "b"]),
        ([FIRST, Claim("a", "he", 2_000, decided_at_ms=9_000)], ["a", "b"]),
        ([Claim("b", "lin", 1_000, 9_001), Claim("a", "he", 2_000, 9_000)], ["b", "a"]),
        ([Claim("c", "wu", 500), FIRST, Claim("a", "he", 2_000, 0)], ["a", "c", "b"]),
    ],
)
def test_a_decision_comes_before_the_earliest_claim_and_the_latest_decision_before_others(
    claims: list[Claim], order: list[str]
):
    assert [claim.id for claim in in_order(claims)] == order
    owner = owner_among(claims)
    assert (owner.id if owner else None) == (order[0] if order else None)
