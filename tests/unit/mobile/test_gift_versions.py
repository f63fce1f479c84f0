"""Versions of a gift in words: what is planned, and what each says."""

from typing import Any

import pytest

from mobile.screens.gifts.versions import begins, planned_versions, term_facts
from mobile.text import use_language
from shared_models.loyalty.tables import Gift, GiftVersion
from shared_models.moments import parse_moment

NOW = parse_moment("2026-09-21T10:00:00+08:00")
JANUARY = parse_moment("2027-01-01T00:00:00+08:00")


@pytest.fixture(autouse=True)
def _chinese():
    use_language("zh")
    yield
    use_language("zh")


def make_version(number: int, begins_at_ms: int, points: int) -> GiftVersion:
    said: dict[str, Any] = {"company_id": "c", "gift_id": "lamp", "name": "台灯", "value_fen": 49_900}
    return GiftVersion(version=number, begins_at_ms=begins_at_ms, points=points, **said)


def test_what_is_planned_is_what_will_hold_and_change_something():
    first, plan = make_version(1, 0, 300), make_version(2, JANUARY, 400)
    assert planned_versions([plan, first], NOW) == [plan]
    assert planned_versions([plan, first], JANUARY) == []


def test_a_plan_that_a_newer_version_of_the_same_moment_takes_back_is_none():
    versions = [make_version(3, JANUARY, 300), make_version(2, JANUARY, 400), make_version(1, 0, 300)]
    assert planned_versions(versions, NOW) == []


@pytest.mark.parametrize(
    ("begins_at_ms", "words"), [(0, "从一开始"), (JANUARY, "2027-01-01"), (NOW, "2026-09-21 10:00")]
)
def test_a_version_begins_at_its_day_or_its_minute(begins_at_ms: int, words: str):
    assert begins(make_version(1, begins_at_ms, 300)) == words


def test_a_version_says_the_same_lines_as_the_gift_itself():
    gift = Gift(company_id="c", name="台灯", points=300, value_fen=49_900, stock=2)
    facts = term_facts(make_version(1, 0, 300))
    assert facts == term_facts(gift)
    assert list(facts.values()) == ["台灯", "300", "¥499", "所有会员", "长期", "上架中"]
