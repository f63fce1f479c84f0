"""What a statement pays: the orders whose window is over, every later change to them, and what was carried (R10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared_models.designers.commission import CommissionLine, unsettled_by_order


@dataclass(frozen=True, slots=True)
class Settlement:
    """A statement in fen. A negative total pays nothing and is carried to the next one."""

    lines: Mapping[str, int]
    """By order, in the order of their first entry."""
    carried_in_fen: int

    @property
    def total_fen(self) -> int:
        """All lines and what was carried in."""
        return sum(self.lines.values()) + self.carried_in_fen

    @property
    def pay_fen(self) -> int:
        """What is paid out; never negative."""
        return max(0, self.total_fen)

    @property
    def carry_fen(self) -> int:
        """What the next statement begins with; never positive."""
        return min(0, self.total_fen)


def settle(lines: Iterable[CommissionLine], *, carried_in_fen: int, now_ms: int) -> Settlement:
    """The statement that would be made at a moment; entries posted later are left to the next one."""
    known = (line for line in lines if line.posted_at_ms <= now_ms)
    return Settlement(unsettled_by_order(known, now_ms), carried_in_fen)
