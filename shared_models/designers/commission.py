"""What a designer is owed, as a fold of append-only entries: pending, payable, paid (R10)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared_models.moments import DAY_MS
from shared_models.money import percent_of


class CommissionKind(StrEnum):
    """Why a commission moved."""

    RECOGNISED = "recognised"
    """A payment came in for the products of a referred order."""
    REVERSAL = "reversal"
    """Products came back, or the order turned out to be another designer's."""
    SETTLED = "settled"
    """Taken onto a statement: what is settled is no longer payable."""


@dataclass(frozen=True, slots=True)
class CommissionLine:
    """One entry about one order. `payable_from_ms` stands on the entry that completed the order's payment."""

    kind: CommissionKind
    order_id: str
    amount_fen: int
    performance_fen: int
    """What the entry adds to the performance of its `year`: net product amount paid, minus what came back."""
    year: int
    posted_at_ms: int
    payable_from_ms: int | None = None
    rate_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed to a designer at a moment, in fen. `payable` includes negative lines, the carry not."""

    pending_fen: int
    payable_fen: int


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What a year adds up to: performance, and commission recognised minus reversals."""

    performance_fen: int
    commission_fen: int


def commission_fen(products_fen: int, rate_percent: Decimal) -> int:
    """The commission on a net product amount, half up to the fen: 5 % of ¥100,000.10 is ¥5,000.01."""
    return percent_of(products_fen, rate_percent)


def commission_change(products_held_fen: int, rate_percent: Decimal, recognised_fen: int) -> int:
    """What is to be posted so that the commission is right for the products paid for and still held.

    Always at the rate of the order, whatever the level is by now: returning ¥50,000.05 twice out of ¥100,000.10 at 5 %
    reverses ¥2,500.01, then ¥2,500.00.
    """
    return commission_fen(products_held_fen, rate_percent) - recognised_fen


def change_after_return(lines: Sequence[CommissionLine], returned_fen: int) -> int:
    """What a return of products worth so much changes of an order's commission, which these are the lines of (R10).

    A former owner of the order, who holds nothing of it any more, loses nothing.
    """
    rates = [line.rate_percent for line in lines if line.kind != CommissionKind.SETTLED]
    held_fen = sum(line.performance_fen for line in lines)
    if not rates or not held_fen:
        return 0
    return commission_change(held_fen - returned_fen, rates[0], recognised_fen(lines))


def payable_from_ms(fully_paid_at_ms: int, return_window_days: int) -> int:
    """When the return window is over: so many times 24 hours after the order was fully paid."""
    return fully_paid_at_ms + return_window_days * DAY_MS


def recognised_fen(lines: Iterable[CommissionLine]) -> int:
    """Commission recognised minus reversals."""
    return sum(line.amount_fen for line in lines if line.kind != CommissionKind.SETTLED)


def unsettled_by_order(lines: Iterable[CommissionLine], now_ms: int) -> dict[str, int]:
    """By order whose window is over, or which has been on a statement before: what is on no statement yet.

    Orders with nothing to be settled are left out; the others come in the order of their first entry.
    """
    return {
        order_id: open_fen
        for order_id, of_order in _by_order(lines).items()
        if _is_mature(of_order, now_ms) and (open_fen := _open_fen(of_order))
    }


def balance(lines: Iterable[CommissionLine], now_ms: int) -> Balance:
    """What is pending and what is payable at a moment."""
    lines = list(lines)
    payable_fen = sum(unsettled_by_order(lines, now_ms).values())
    return Balance(pending_fen=_open_fen(lines) - payable_fen, payable_fen=payable_fen)


def figures_of_year(lines: Iterable[CommissionLine], year: int) -> YearFigures:
    """What counts in a year."""
    counted = [line for line in lines if line.year == year and line.kind != CommissionKind.SETTLED]
    return YearFigures(sum(line.performance_fen for line in counted), recognised_fen(counted))


def clawed_back_fen(lines: Iterable[CommissionLine]) -> int:
    """What returns have taken back so far; zero or negative."""
    return sum(line.amount_fen for line in lines if line.kind == CommissionKind.REVERSAL)


def _by_order(lines: Iterable[CommissionLine]) -> dict[str, list[CommissionLine]]:
    grouped: dict[str, list[CommissionLine]] = defaultdict(list)
    for line in lines:
        grouped[line.order_id].append(line)
    return grouped


def _open_fen(lines: Iterable[CommissionLine]) -> int:
    """Settled lines carry the opposite sign of what they settle, so everything adds up."""
    return sum(line.amount_fen for line in lines)


def _is_mature(of_order: list[CommissionLine], now_ms: int) -> bool:
    if any(line.kind == CommissionKind.SETTLED for line in of_order):
        return True
    return any(line.payable_from_ms is not None and line.payable_from_ms <= now_ms for line in of_order)
