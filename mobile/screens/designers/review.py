"""The yearly review: run it, see what it gave, correct a level with a reason."""

from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button
from mobile.design.fields import choice_chips
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state
from mobile.design.type import secondary
from mobile.screens.designers.office import use_office
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.state.designer_office import correct_level, review_year
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_office import REVIEW_TABLES, ReviewItem, reviewed
from mobile.state.queries.designers import level_versions
from mobile.text import formats, t
from shared_models.designers.stored import rules_at
from shared_models.designers.years import fiscal_year

_YEARS = 3


@ft.component
def ReviewPane(back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The last years; the one that is over and not reviewed yet can be."""
    app = use_app()
    last = fiscal_year(app.now_ms()) - 1
    year, choose = ft.use_state(last)
    items = use_query(lambda session: reviewed(session, year), REVIEW_TABLES, year)
    busy, ask = use_office()
    correct = use_correction()

    async def reviewing() -> str:
        return t("designers.reviewed", n=await review_year(app, year), year=year)

    years = [(each, str(each)) for each in range(last, last - _YEARS, -1)]
    content: list[ft.Control] = [choice_chips(years, year, choose, identifier="review-year")]
    if items:
        moved = sum(item.next_level != item.year.level for item in items)
        content.append(secondary(t("review.summary", n=len(items), moved=moved), lines=2))
        content += [_row(item, correct) for item in items]
    else:
        content.append(
            empty_state(
                t("review.none", year=year), t("review.none_hint"), icon=ft.Icons.EVENT_AVAILABLE_OUTLINED
            )
        )
    run = primary_button(
        t("designers.review", year=year), lambda _: ask(reviewing), identifier="run-review", busy=busy
    )
    return detail_pane(
        t("review.title"), t("review.context"), content, actions=[run], back=back, identifier="review-page"
    )


def use_correction() -> Callable[[ReviewItem], None]:
    """A function that opens the form by which somebody gives another level; call the hook once in a component."""
    app = use_app()
    open_form = use_form()
    versions = use_query(level_versions, ("designerlevels",))

    def open_item(item: ReviewItem) -> None:
        following = item.year.year + 1

        async def save(values: Mapping[str, Any]) -> str:
            level = str(values["level"])
            await correct_level(
                app, item.designer.id, year=following, level=level, reason=str(values["reason"])
            )
            return t("review.corrected", name=item.designer.name, level=level, year=following)

        rules = rules_at(versions, app.now_ms())
        form = Form(
            t("review.correct", name=item.designer.name, year=following),
            [
                Field(
                    "level",
                    t("designers.level"),
                    FieldKind.CHOICE,
                    tuple((level.name, level.name) for level in rules.levels),
                ),
                Field("reason", t("claims.reason"), FieldKind.LONG),
            ],
            confirm=t("common.save"),
            note=t("review.correct_note"),
            identifier="correction-form",
        )
        open_form(form, {"level": item.next_level, "reason": ""}, save)

    return open_item


def _row(item: ReviewItem, correct: Callable[[ReviewItem], None]) -> ft.Control:
    about = t("review.performance", amount=formats.money(item.year.performance_fen))
    if item.is_corrected:
        about = t("review.corrected_why", reason=item.reason)
    same = item.next_level == item.year.level
    words = item.next_level if same else f"{item.year.level} → {item.next_level}"
    tone = Tone.WARM if item.is_corrected else (Tone.CALM if same else Tone.ACCENT)
    return row(
        item.designer.name,
        about,
        identifier=f"reviewed-{item.designer.id}",
        trailing=chip(words, tone),
        flush=True,
        on_click=lambda _: correct(item),
    )
