"""Every sentence in both languages, and a sentence for every error a person can meet."""

import re
from pathlib import Path

import pytest

from mobile import VERSION
from mobile.screens.places import SECTIONS
from mobile.text import error_sentence, language, sentences, t, use_language, word
from shared_models.people.tables import Role
from shared_models.sales.tables import Channel, Intent, LeadStage, OrderStatus, Outcome

ROOT = Path(__file__).parents[3]
BLANK = re.compile(r"{(\w+)}")


@pytest.fixture(autouse=True)
def _chinese():
    use_language("zh")
    yield
    use_language("zh")


def test_both_languages_have_the_same_sentences_with_the_same_blanks():
    chinese, english = sentences("zh"), sentences("en")
    assert chinese.keys() == english.keys()
    for key, sentence in chinese.items():
        assert set(BLANK.findall(sentence)) == set(BLANK.findall(english[key])), key
        assert sentence.strip()
        assert english[key].strip()


def test_no_sentence_stands_twice_in_the_modules_of_a_language():
    for name in ("zh", "en"):
        written = [
            key
            for file in (ROOT / "mobile/text").glob(f"{name}*.py")
            for key in re.findall(r'^    "([\w.]+)":', file.read_text(encoding="utf-8"), re.MULTILINE)
        ]
        assert len(written) == len(set(written)) == len(sentences(name))


def test_every_code_that_the_rules_the_engine_and_the_server_refuse_with_has_a_sentence():
    codes = set()
    for folder, pattern in (
        ("shared_models", r'RuleError\(\s*"(\w+)"'),
        ("sync", r'RuleError\(\s*"(\w+)"'),
        ("sync/hub", r'Refusal\(\s*"(\w+)"|Held\(\s*"(\w+)"'),
        ("server", r'RuleError\(\s*"(\w+)"'),
        ("server/auth", r'^    code = "(\w+)"'),
    ):
        for file in (ROOT / folder).rglob("*.py"):
            found = re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
            codes |= {
                code for match in found for code in ([match] if isinstance(match, str) else match) if code
            }
    assert {"overpaid", "wrong_login", "not_yours"} <= codes
    assert not {code for code in codes if f"error.{code}" not in sentences("zh")}


def test_an_unknown_code_is_shown_within_a_sentence():
    assert "no_such_code" in error_sentence("no_such_code")
    use_language("en")
    assert "no_such_code" in error_sentence("no_such_code")


def test_details_that_are_missing_leave_the_sentence_readable():
    assert "bonus.0" in error_sentence("scheme", {"key": "bonus.0"})
    assert "?" in error_sentence("scheme")


def test_every_stored_value_that_is_shown_has_a_word():
    for group, values in (
        ("channel", Channel),
        ("outcome", Outcome),
        ("intent", Intent),
        ("stage", LeadStage),
        ("status_of", OrderStatus),
        ("role", Role),
    ):
        for value in values:
            assert word(group, value) != value


def test_a_value_without_a_word_is_shown_as_it_is():
    assert word("source", "trade_fair") == "trade_fair"
    assert word("intent", None) == ""


def test_every_place_has_a_name():
    for section in SECTIONS:
        assert t(section.label)


def test_an_unknown_key_or_language_is_noticed():
    with pytest.raises(KeyError):
        t("no.such.key")
    use_language("fr")
    assert language() == "zh"


def test_the_app_says_the_version_that_is_packaged():
    packaged = re.search(
        r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert packaged is not None
    assert packaged[1] == VERSION
