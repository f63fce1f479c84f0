"""Spreading a coupon or an offset over the lines of an order: products carry it, services none (R2)."""

from collections.abc import Sequence

from shared_models.money import share_by_largest_remainder
from shared_models.stock.tables import ProductKind


def spread_over_products(total: int, amounts_fen: Sequence[int], kinds: Sequence[str]) -> list[int]:
    """The part of a total (fen of a coupon or an offset, or its points) that each line carries.

    In proportion to the amounts of the product lines, by the largest remainder, ties to the earlier line. `kinds` are
    those of `ProductKind`. The parts add up to the total; there must be a product to carry one (`ValueError`).
    """
    weights = [
        amount_fen if kind == ProductKind.PRODUCT else 0
        for amount_fen, kind in zip(amounts_fen, kinds, strict=True)
    ]
    return share_by_largest_remainder(total, weights)
