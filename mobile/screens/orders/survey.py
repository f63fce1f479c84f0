"""What the customer says about an order: noted once, shown from then on."""

from collections.abc import Mapping
from typing import Any

import flet as ft
from sqlalchemy import select
from sqlmodel import col

from mobile.design import tokens
from mobile.design.buttons import icon_button
from mobile.design.cards import card, fact_line
from mobile.design.type import body
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.state.figures import note_answer
from mobile.state.hooks import use_app, use_query
from mobile.text import t
from shared_models.service.survey import BEST_SCORE
from shared_models.service.tables import Survey


@ft.component
def SurveyTool(order_id: str) -> ft.Control:  # noqa: N802
    """The button that notes an answer; nothing once there is one."""
    app = use_app()
    open_form = use_form()
    answered = use_query(lambda session: survey_of(session, order_id) is not None, ("survey",), order_id)

    async def save(values: Mapping[str, Any]) -> str:
        await note_answer(app, order_id, str(values["score"]), str(values["comment"]).strip())
        return t("survey.saved")

    scores = tuple((str(score), str(score)) for score in range(BEST_SCORE, -1, -1))
    form = Form(
        t("survey.title"),
        [
            Field("score", t("survey.score"), FieldKind.CHOICE, scores),
            Field("comment", t("survey.comment"), FieldKind.LONG),
        ],
        confirm=t("common.save"),
        note=t("survey.note"),
        identifier="survey-form",
    )
    if answered:
        return ft.Container()
    return icon_button(
        ft.Icons.RATE_REVIEW_OUTLINED,
        t("survey.title"),
        lambda _: open_form(form, {"score": "5", "comment": ""}, save),
        identifier="survey",
        colour=tokens.INK,
    )


@ft.component
def SurveyLine(order_id: str) -> ft.Control:  # noqa: N802
    """The answer, once there is one."""
    survey = use_query(lambda session: survey_of(session, order_id), ("survey",), order_id)
    if survey is None:
        return ft.Container()
    words = " · ".join(part for part in (t("figures.out_of", score=survey.score), survey.comment) if part)
    return ft.Semantics(content=card(fact_line(t("survey.title"), body(words))), identifier="order-survey")


def survey_of(session: Any, order_id: str) -> Survey | None:
    """The answer about an order, if this device has it."""
    found: Survey | None = session.scalars(select(Survey).where(col(Survey.order_id) == order_id)).first()
    return found
