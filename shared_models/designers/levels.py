"""Designers' levels as data, and how a designer moves between them: once a year, one step at most (R9).

`DesignerLevels.rules` holds a JSON document, levels from the lowest to the highest. Bands may overlap or leave gaps; a
bound that is null does not bind.

    {"levels": [{"name": "L1", "lower": null, "upper": "200000.00", "rate_percent": "3"},
                {"name": "L2", "lower": "100000.00", "upper": null, "rate_percent": "5"}],
     "return_window_days": 7, "protect_joining_year": false, "review_after_days": 10}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared_models.errors import RuleError
from shared_models.loyalty.document import Section


@dataclass(frozen=True, slots=True)
class Level:
    """One level: the band of yearly performance that keeps a designer in it, and the commission it pays."""

    name: str
    lower_fen: int | None
    upper_fen: int | None
    rate_percent: Decimal

    def contains(self, performance_fen: int) -> bool:
        """Whether an amount lies in the band, both bounds included."""
        return not self.is_below(performance_fen) and not self.is_above(performance_fen)

    def is_above(self, performance_fen: int) -> bool:
        """Whether an amount lies strictly above the upper bound."""
        return self.upper_fen is not None and performance_fen > self.upper_fen

    def is_below(self, performance_fen: int) -> bool:
        """Whether an amount lies strictly below the lower bound."""
        return self.lower_fen is not None and performance_fen < self.lower_fen


DEFAULT_LEVELS = (
    Level("L1", None, 300_000_00, Decimal(3)),
    Level("L2", 200_000_00, 800_000_00, Decimal(5)),
    Level("L3", 600_000_00, None, Decimal(7)),
)


@dataclass(frozen=True, slots=True)
class LevelRules:
    """One version of the levels; its defaults are what ships."""

    levels: tuple[Level, ...] = DEFAULT_LEVELS
    """From the lowest to the highest; never empty, no name twice."""
    return_window_days: int = 7
    """Days of 24 hours after full payment until a commission becomes payable (R10)."""
    protect_joining_year: bool = False
    """Whether the review of the year of joining never moves down."""
    review_after_days: int = 10
    """Days into the new year after which the regular job reviews the old one, so that late syncs still count in it."""

    def level(self, name: str) -> Level:
        """The level of this name; refuses a name that this version does not have (`RuleError("level")`)."""
        return self.levels[self._position(name)]

    def _position(self, name: str) -> int:
        for position, level in enumerate(self.levels):
            if level.name == name:
                return position
        raise RuleError("level", level=name)

    def first_placement(self, total_fen: int) -> Level:
        """The level that a past total of referred orders gives: the lowest band that contains it.

        On an end point that two bands share it is the lower level. In a gap between bands it is the level below the gap.
        """
        for level in self.levels:
            if level.contains(total_fen):
                return level
        return next(
            (level for level in reversed(self.levels) if not level.is_below(total_fen)), self.levels[0]
        )

    def review(self, name: str, performance_fen: int, *, is_joining_year: bool) -> Level:
        """The level for the next year: one up, one down, or the same; never a look-up of the band that fits."""
        position = self._position(name)
        level = self.levels[position]
        if level.is_above(performance_fen):
            return self.levels[min(position + 1, len(self.levels) - 1)]
        is_protected = is_joining_year and self.protect_joining_year
        if level.is_below(performance_fen) and not is_protected:
            return self.levels[max(position - 1, 0)]
        return level

    def to_next_level_fen(self, name: str, performance_fen: int) -> int | None:
        """What is missing this year until the review moves up; None at the top and where nothing moves up."""
        upper_fen = self.level(name).upper_fen
        if upper_fen is None or self.next_level(name) is None:
            return None
        return max(0, upper_fen + 1 - performance_fen)

    def next_level(self, name: str) -> Level | None:
        """The level above; None at the top."""
        position = self._position(name) + 1
        return self.levels[position] if position < len(self.levels) else None


DEFAULT_LEVEL_RULES = LevelRules()


def parse_level_rules(document: Mapping[str, Any]) -> LevelRules:
    """The rules that `DesignerLevels.rules` states; what it leaves out is as it ships.

    Refuses an unknown key, a value of the wrong form, a level named twice and a band whose bounds are the wrong way round:
    `RuleError("scheme", key=...)` names the place, such as `levels.1.upper`.
    """
    section = Section(document)
    default = DEFAULT_LEVEL_RULES
    rules = LevelRules(
        levels=_levels(section),
        return_window_days=section.count("return_window_days", default.return_window_days),
        protect_joining_year=section.flag("protect_joining_year", default=default.protect_joining_year),
        review_after_days=section.count("review_after_days", default.review_after_days),
    )
    section.refuse_unread()
    return rules


def _levels(section: Section) -> tuple[Level, ...]:
    if "levels" not in section:
        return DEFAULT_LEVELS
    levels = tuple(_level(part) for part in section.sections("levels"))
    names = {level.name for level in levels}
    section.refuse_unless(len(names) == len(levels) > 0, "levels")
    return levels


def _level(section: Section) -> Level:
    level = Level(
        name=section.text("name"),
        lower_fen=section.optional_money_fen("lower"),
        upper_fen=section.optional_money_fen("upper"),
        rate_percent=section.percent("rate_percent", Decimal(0)),
    )
    lower_fen, upper_fen = level.lower_fen, level.upper_fen
    section.refuse_unless(lower_fen is None or upper_fen is None or lower_fen <= upper_fen, "upper")
    section.refuse_unread()
    return level
