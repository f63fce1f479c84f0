"""Versions of designers' levels beside each other; what differs is marked."""

from collections.abc import Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.fields import choice_chips
from mobile.screens.schemes.comparison import Named, comparison_card
from mobile.screens.schemes.facts import plain
from mobile.text import formats, t
from shared_models.designers.levels import Level, LevelRules, parse_level_rules
from shared_models.designers.tables import DesignerLevels
from shared_models.moments import local_date

_MOST_CHOICES = 8


@ft.component
def LevelVersions(versions: Sequence[DesignerLevels]) -> ft.Control:  # noqa: N802
    """The newest version beside the one before it, or beside any other."""
    chosen, choose = ft.use_state("")
    newest, *others = versions
    if not others:
        return comparison_card(_named(newest), None)
    other = next((each for each in others if each.id == chosen), others[0])
    options = [(each.id, _name(each)) for each in others[:_MOST_CHOICES]]
    chips = choice_chips(
        options,
        other.id,
        choose,
        identifier="compare-levels",
        label=t("schemes.compare_with"),
        one_line=True,
    )
    return ft.Column(
        [chips, comparison_card(_named(newest), _named(other))],
        spacing=tokens.SPACE_2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def level_facts(rules: LevelRules) -> dict[str, str]:
    """What a version says, in words by label: a line a level, then what holds for all of them."""
    found = {level.name: _level_words(level) for level in rules.levels}
    return found | {
        t("designers.return_window"): t("schemes.days", n=rules.return_window_days),
        t("designers.protected"): t("common.yes" if rules.protect_joining_year else "common.no"),
        t("designers.review_after"): t("schemes.days", n=rules.review_after_days),
    }


def _level_words(level: Level) -> str:
    lower, upper = level.lower_fen, level.upper_fen
    bounds = " – ".join("…" if fen is None else formats.money(fen) for fen in (lower, upper))
    return f"{bounds} · {plain(level.rate_percent)}%"


def _named(row: DesignerLevels) -> Named:
    return _name(row), {t("designers.valid_from"): local_date(row.valid_from_ms)} | level_facts(
        parse_level_rules(row.rules)
    )


def _name(row: DesignerLevels) -> str:
    return t("schemes.version", version=row.version)
