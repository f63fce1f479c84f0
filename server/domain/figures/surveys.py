"""What customers say about an order: asked once, counted for whoever sold it."""

from sqlmodel import Session

from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.sales.tables import Order
from shared_models.service.survey import checked_score
from shared_models.service.tables import Survey


def answer_survey(session: Session, order: Order, score: str, *, comment: str = "", now_ms: int) -> Survey:
    """Note the answer about an order. Refuses a second one (`RuleError("answered")`) and what is no score (`"score"`)."""
    checked_score(score)
    survey_id = derived_id("survey", order.id)
    if session.get(Survey, survey_id) is not None:
        raise RuleError("answered")
    survey = Survey(
        id=survey_id,
        company_id=order.company_id,
        order_id=order.id,
        staff_id=order.staff_id,
        score=score,
        comment=comment,
        answered_at_ms=now_ms,
    )
    session.add(survey)
    session.flush()
    return survey
