"""What the points programme comes to: how much of what was issued is used or expires, and what a promotion moved (L-18)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared_models.office.figures import percent, rounded


@dataclass(frozen=True, slots=True)
class PointsFlow:
    """Points in a period, all positive: issued, used for offsets and gifts, expired, and taken back by returns."""

    issued: int = 0
    used: int = 0
    expired: int = 0
    taken_back: int = 0

    @property
    def kept(self) -> int:
        """What was issued and not taken back, which the rates are of."""
        return max(0, self.issued - self.taken_back)

    @property
    def use_percent(self) -> Decimal | None:
        """How much was used for each hundred points that stayed; None where none did."""
        return percent(self.used, self.kept)

    @property
    def expiry_percent(self) -> Decimal | None:
        """How much expired for each hundred points that stayed; None where none did."""
        return percent(self.expired, self.kept)


@dataclass(frozen=True, slots=True)
class Promotion:
    """Net product sales in a promotion, and in as many days right before it."""

    during_fen: int
    before_fen: int

    @property
    def lift_percent(self) -> Decimal | None:
        """By how many per cent sales rose, negative where they fell; None where nothing was sold before."""
        if self.before_fen <= 0:
            return None
        return rounded(Fraction(100 * (self.during_fen - self.before_fen), self.before_fen))


def days_before(from_ms: int, to_ms: int) -> tuple[int, int]:
    """The period of the same length that ends where this one begins."""
    return from_ms - (to_ms - from_ms), from_ms
