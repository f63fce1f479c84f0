"""What a survey may say."""

from decimal import Decimal, InvalidOperation

from shared_models.errors import RuleError

BEST_SCORE = 5


def checked_score(text: str) -> Decimal:
    """A score from 0 to 5, such as `"4.5"`. Refuses anything else (`RuleError("score")`)."""
    try:
        score = Decimal(text)
    except InvalidOperation:
        raise RuleError("score", text=text) from None
    if not score.is_finite() or not 0 <= score <= BEST_SCORE:
        raise RuleError("score", text=text)
    return score
