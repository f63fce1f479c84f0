"""Yuan as people write them, fen as we count them: exact, with no float anywhere."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from shared_models.errors import RuleError

FEN_PER_YUAN = 100

_YUAN = re.compile(r"(?P<sign>-?)¥?\s*(?P<yuan>\d{1,3}(?:,\d{3}){1,4}|\d{1,13})(?:\.(?P<fen>\d{1,2}))?")


def parse_yuan(text: str) -> int:
    """Fen for an amount in yuan such as `"7210.05"`, `"-3"` or `"¥12,880.5"`.

    Full-width characters are folded. Refuses what is no amount, or has more than two decimals (`RuleError("money")`).
    """
    match = _YUAN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise RuleError("money", text=text)
    fen = int(match["yuan"].replace(",", "")) * FEN_PER_YUAN + int((match["fen"] or "").ljust(2, "0"))
    return -fen if match["sign"] else fen


def format_yuan(fen: int) -> str:
    """As people read it: ¥12,880 for whole yuan, ¥12,880.50 otherwise, -¥6.50 below zero."""
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    cents = f".{rest:02}" if rest else ""
    return f"{'-' if fen < 0 else ''}¥{yuan:,}{cents}"


def plain_yuan(fen: int) -> str:
    """As machines exchange it: `"12880.50"`, always two decimals; `parse_yuan` reads it back."""
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02}"


def percent_of(amount_fen: int, percent: Decimal) -> int:
    """So many per cent of an amount, rounded half up to the fen: 5 % of ¥99.90 is ¥5.00."""
    return int((amount_fen * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def whole_yuan(amount_fen: int, factor: Decimal) -> int:
    """Whole yuan in an amount times a factor, rounded down: what points are counted in (R1, R3)."""
    return int(Fraction(factor) * amount_fen // FEN_PER_YUAN)


def share_by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Shares of a total in proportion to the weights, in whole units that add up to it exactly (R2).

    Everybody gets the share rounded down; what is left goes, one unit each, to the largest remainders, ties to the
    earlier. Neither total nor weights may be negative, and a total needs a weight to go to (`ValueError`).
    """
    if total < 0 or min(weights, default=0) < 0:
        message = "neither a total nor a weight can be negative"
        raise ValueError(message)
    if total == 0:
        return [0] * len(weights)
    whole = sum(weights)
    if whole == 0:
        message = "nobody to share the total among"
        raise ValueError(message)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares
