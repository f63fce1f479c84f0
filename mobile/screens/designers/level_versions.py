"""Versions of designers' levels beside each other; what differs is marked."""

from collections.abc import Sequence

import flet as ft

from mobile.screens.schemes.comparison import Named, VersionComparison
from mobile.screens.schemes.facts import plain
from mobile.text import formats, t
from shared_models.designers.levels import Level, LevelRules, parse_level_rules
from shared_models.designers.tables import DesignerLevels
from shared_models.moments import local_date


def compared_levels(versions: Sequence[DesignerLevels]) -> ft.Control:
    """The newest version beside the one before it, or beside any other."""
    return VersionComparison([(each.id, _named(each)) for each in versions], identifier="compare-levels")


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
    return f"{bounds}\n{plain(level.rate_percent)}%"


def _named(row: DesignerLevels) -> Named:
    name, facts = t("schemes.version", version=row.version), level_facts(parse_level_rules(row.rules))
    return Named(name, facts, local_date(row.valid_from_ms))
