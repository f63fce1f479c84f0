"""A draft of the scheme says what was typed, and where it is wrong."""

from dataclasses import replace

import pytest

from mobile.screens.schemes.editor import mistake_sentence
from mobile.screens.schemes.facts import facts
from mobile.state.drafts import SheetDrafts
from mobile.state.scheme_draft import SUBJECT, SchemeDraft
from mobile.text import use_language
from shared_models.loyalty.practice import LeaseWhen, Practice
from shared_models.loyalty.scheme import DEFAULT_RULES, parse_rules
from tests.unit.mobile.showroom import NOW, open_app

RULES = parse_rules(
    {
        "base_rate": "1.5",
        "offset": {"points_per_yuan": 50, "unit": 10, "cap_percent": "30"},
        "tiers": [{"name": "A", "from": 0}, {"name": "B", "from": 900, "discount_percent": "2.5"}],
        "bonus": [
            {"id": "may", "kind": "window", "from": "2026-05-01T00:00:00+08:00", "to": "2026-06-01T00:00:00+08:00",
             "multiplier": "2", "group": "best"},
            {"id": "noon", "kind": "window", "from": "2026-05-01T12:00:00+08:00", "to": "2026-05-01T14:00:00+08:00",
             "fixed": 5},
            {"id": "sofas", "kind": "category", "category": "sofa", "multiplier": "1.2"},
            {"id": "fair", "kind": "campaign", "campaign": "FAIR", "fixed": 100},
            {"id": "big", "kind": "threshold", "min_net": "5000.50", "fixed": 300, "group": "best"},
        ],
        "expiry_days": 365,
        "grace_days": 7,
        "return_mode": "deduct_refund",
        "welcome_gift": 88,
        "lease_hours": 24,
        "lease_points": 2_500,
    }
)  # fmt: skip
DRAFT = SchemeDraft.of(RULES, NOW)


BY_PURCHASES = parse_rules(
    {"tier_basis": "spent", "tiers": [{"name": "A", "from": 0}, {"name": "B", "from": 3_000}]}
)


@pytest.mark.parametrize("rules", [RULES, DEFAULT_RULES, BY_PURCHASES])
def test_a_draft_that_nobody_changed_says_what_the_version_said(rules):
    assert SchemeDraft.of(rules, NOW).rules() == rules


def test_tiers_by_purchases_are_typed_in_yuan_and_keep_their_figures_when_the_basis_changes():
    typed = SchemeDraft.of(BY_PURCHASES, NOW)
    assert (typed.tier_basis, typed.tiers[1]["from"]) == ("spent", "3000")
    assert [tier.starts_at for tier in replace(typed, tier_basis="growth").rules().tiers] == [0, 3_000]


def test_a_version_says_what_its_tiers_are_counted_in():
    use_language("zh")
    by_purchases, by_growth = facts(BY_PURCHASES), facts(RULES)
    assert "累计购买 ¥3,000 起" in by_purchases.values()
    assert "成长值 900 起 · 减 2.5%" in by_growth.values()


def test_a_draft_keeps_when_points_are_set_aside_and_a_version_says_it():
    assert DRAFT.practice() == {"lease_when": "by_hand"}
    at_check_in = Practice(lease_when=LeaseWhen.CHECK_IN)
    assert SchemeDraft.of(RULES, NOW, at_check_in).practice() == {"lease_when": "check_in"}
    use_language("zh")
    assert "会员到店时自动" in facts(RULES, at_check_in).values()
    assert "手动" in facts(RULES).values()


def test_a_window_is_typed_by_its_first_and_its_last_day():
    assert (DRAFT.bonus[0]["from"], DRAFT.bonus[0]["to"]) == ("2026-05-01", "2026-05-31")
    longer = DRAFT.with_row("bonus", 0, "to", "2026-06-30")
    assert longer.document()["bonus"][0]["to"] == "2026-07-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("draft", "place"),
    [
        (replace(DRAFT, base_rate="eins"), "base_rate"),
        (replace(DRAFT, base_rate="-1"), "base_rate"),
        (replace(DRAFT, unit="0"), "offset.unit"),
        (replace(DRAFT, points_per_yuan="1.5"), "offset.points_per_yuan"),
        (replace(DRAFT, cap_percent="101"), "offset.cap_percent"),
        (replace(DRAFT, lease_hours=""), "lease_hours"),
        (replace(DRAFT, lease_points="-1"), "lease_points"),
        (DRAFT.with_row("tiers", 1, "from", "x"), "tiers.1.from"),
        (DRAFT.with_row("tiers", 1, "from", "0"), "tiers"),
        (DRAFT.without_row("tiers", 0), "tiers"),
        (DRAFT.with_row("bonus", 0, "to", "June"), "bonus.0.to"),
        (DRAFT.with_row("bonus", 2, "fixed", "5"), "bonus.2.multiplier"),
        (DRAFT.with_row("bonus", 4, "min_net", "much"), "bonus.4.min_net"),
    ],
)
def test_a_mistake_is_found_where_it_stands_and_said_in_both_languages(draft, place):
    assert draft.mistake() == place
    for language in ("en", "zh"):
        use_language(language)
        assert place not in mistake_sentence(place)


def test_another_kind_of_bonus_keeps_only_the_fields_of_its_kind():
    changed = DRAFT.with_row("bonus", 2, "kind", "campaign").with_row("bonus", 2, "campaign", "SPRING")
    assert changed.document()["bonus"][2] == {
        "id": "sofas", "kind": "campaign", "campaign": "SPRING", "multiplier": "1.2"
    }  # fmt: skip


def test_new_tiers_and_bonuses_have_names_of_their_own():
    more = DRAFT.with_new_bonus().with_new_bonus().with_new_tier()
    assert [row["id"] for row in more.bonus][-2:] == ["b1", "b2"]
    assert more.tiers[-1]["name"] == "S3"


def test_a_draft_is_there_after_a_restart(tmp_path):
    app = open_app(tmp_path)
    changed = DRAFT.with_row("tiers", 1, "from", "1000")
    SheetDrafts(app.facts, "scheme").keep(SUBJECT, DRAFT, changed)
    app.engine.dispose()

    again = open_app(tmp_path)
    assert replace(DRAFT, **SheetDrafts(again.facts, "scheme").load(SUBJECT, DRAFT)) == changed
    again.engine.dispose()
