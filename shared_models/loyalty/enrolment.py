"""Who may join the programme: everybody, or who has bought for so much (T-04)."""

from shared_models.errors import RuleError
from shared_models.loyalty.scheme import LoyaltyRules
from shared_models.money import plain_yuan


def missing_to_enrol_fen(rules: LoyaltyRules, spent_fen: int) -> int:
    """What somebody who has spent so much on products has still to buy before they may join; 0 for who may."""
    return max(0, rules.enrol_from_fen - spent_fen)


def check_enrolment(rules: LoyaltyRules, spent_fen: int) -> None:
    """Refuse who has not bought enough yet: `RuleError("enrol_from")` with what it takes and what is missing, in yuan."""
    missing_fen = missing_to_enrol_fen(rules, spent_fen)
    if missing_fen:
        raise RuleError(
            "enrol_from", amount=plain_yuan(rules.enrol_from_fen), missing=plain_yuan(missing_fen)
        )
