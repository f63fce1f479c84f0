"""Paying with points (R6)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from shared_models.loyalty.scheme import OffsetTerms
from shared_models.money import FEN_PER_YUAN


@dataclass(frozen=True, slots=True)
class Offset:
    """Points given in payment, and the fen they are worth."""

    points: int
    fen: int


def offset_for(
    wanted_points: int | Literal["max"], *, spendable_points: int, products_fen: int, terms: OffsetTerms
) -> Offset:
    """What may be paid with points: what is wanted, clamped to what may be spent and to the cap, in whole units (R6).

    `spendable_points` is what this channel may spend: online the balance minus open leases (0 while in debt), offline
    the unspent lease. `products_fen` is the products' amount after discounts and coupon. Clamps, never refuses.
    """
    cap_yuan = Fraction(products_fen, FEN_PER_YUAN) * Fraction(terms.cap_percent) / 100
    limit = min(spendable_points, int(cap_yuan * terms.points_per_yuan))
    points = limit if wanted_points == "max" else min(wanted_points, limit)
    points = max(0, points) // terms.unit * terms.unit
    return Offset(points, fen=value_fen(points, terms))


def value_fen(points: int, terms: OffsetTerms) -> int:
    """What points are worth, rounded down to the fen."""
    return points * FEN_PER_YUAN // terms.points_per_yuan
