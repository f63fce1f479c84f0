"""The levels as a table that the back office changes: publishing makes a new version, the old ones stay."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import text_field
from mobile.design.sheets import sheet
from mobile.design.type import secondary
from mobile.screens.designers.level_versions import compared_levels
from mobile.screens.designers.office import use_office
from mobile.screens.office.typed import first_ms
from mobile.state.designer_office import publish_levels
from mobile.state.hooks import latest, use_app, use_query
from mobile.state.queries.designers import level_versions
from mobile.text import error_sentence, formats, t
from shared_models.designers.levels import DEFAULT_LEVEL_RULES, Level, LevelRules, parse_level_rules
from shared_models.designers.tables import DesignerLevels
from shared_models.errors import RuleError

_PARTS = ("lower", "upper", "rate_percent")


@dataclass(frozen=True, slots=True)
class _Draft:
    """The bands as they are typed, by level; the rest of the rules stays as it was."""

    rules: LevelRules
    typed: tuple[dict[str, str], ...]
    valid_from: str = ""
    """A local day, or nothing for now."""

    @staticmethod
    def of(rules: LevelRules) -> "_Draft":
        return _Draft(rules, tuple(_typed(level) for level in rules.levels))

    def document(self) -> dict[str, Any]:
        """What is published; the server checks it."""
        return {
            "levels": [
                {"name": level.name, "rate_percent": row["rate_percent"].strip()}
                | {bound: row[bound].strip() or None for bound in ("lower", "upper")}
                for level, row in zip(self.rules.levels, self.typed, strict=True)
            ],
            "return_window_days": self.rules.return_window_days,
            "protect_joining_year": self.rules.protect_joining_year,
            "review_after_days": self.rules.review_after_days,
        }


def use_levels() -> Callable[[], None]:
    """A function that opens the sheet; call the hook once in a component."""
    app = use_app()
    busy, ask = use_office()
    versions = use_query(level_versions, ("designerlevels",))
    draft, set_draft = ft.use_state(_Draft.of(DEFAULT_LEVEL_RULES))
    shown, show = ft.use_state(initial=False)

    def open_sheet() -> None:
        set_draft(_Draft.of(parse_level_rules(versions[0].rules) if versions else DEFAULT_LEVEL_RULES))
        show(True)

    def type_in(position: int, part: str, value: str) -> None:
        def change(before: _Draft) -> _Draft:
            rows = list(before.typed)
            rows[position] = rows[position] | {part: value}
            return replace(before, typed=tuple(rows))

        set_draft(change)

    def begin_on(value: str) -> None:
        set_draft(lambda before: replace(before, valid_from=value))

    async def publish() -> str:
        now = latest(set_draft)
        try:
            number = await publish_levels(app, now.document(), first_ms(now.valid_from, app.now_ms()))
        except RuleError as refused:
            return error_sentence(refused.code, refused.details)
        show(False)
        return t("designers.published", version=number)

    def dismiss() -> None:
        show(False)

    ft.use_dialog(
        _sheet(draft, versions, (type_in, begin_on), lambda: ask(publish), dismiss, busy=busy)
        if shown
        else None
    )
    return open_sheet


def _sheet(
    draft: _Draft,
    versions: list[DesignerLevels],
    typing: tuple[Callable[[int, str, str], None], Callable[[str], None]],
    publish: Callable[[], None],
    close: Callable[[], None],
    *,
    busy: bool,
) -> ft.BottomSheet:
    type_in, begin_on = typing
    content: list[ft.Control] = [secondary(t("designers.levels_hint"), lines=3)]
    content += [
        _level_row(position, level, draft.typed[position], type_in)
        for position, level in enumerate(draft.rules.levels)
    ]
    content.append(
        text_field(
            t("schemes.valid_from"),
            draft.valid_from,
            begin_on,
            identifier="levels-valid-from",
            hint="2027-01-01",
        )
    )
    if versions:
        content.append(compared_levels(versions))
    actions = [
        primary_button(t("designers.publish"), lambda _: publish(), identifier="publish-levels", busy=busy),
        secondary_button(t("common.cancel"), lambda _: close()),
    ]
    return sheet(t("designers.levels"), content, actions, close, long=True, tall=len(versions) > 1)


def _level_row(
    position: int, level: Level, typed: dict[str, str], type_in: Callable[[int, str, str], None]
) -> ft.Control:
    fields = [
        ft.Container(
            text_field(
                t(f"designers.{part}", level=level.name),
                typed[part],
                lambda value, part=part: type_in(position, part, value),  # type: ignore[misc] # bound here, not at the call
                identifier=f"level-{position}-{part}",
                keyboard=ft.KeyboardType.NUMBER,
            ),
            expand=True,
        )
        for part in _PARTS
    ]
    return ft.Row(list[ft.Control](fields), spacing=tokens.SPACE_2)


def _typed(level: Level) -> dict[str, str]:
    return {
        "lower": "" if level.lower_fen is None else formats.plain_money(level.lower_fen),
        "upper": "" if level.upper_fen is None else formats.plain_money(level.upper_fen),
        "rate_percent": str(level.rate_percent),
    }
