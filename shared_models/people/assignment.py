"""Who gets a new lead (R18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared_models.people.tables import Role


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of staff as assignment sees them; `open_leads` are those they hold that are neither won nor lost."""

    staff_id: str
    role: str = Role.SALES
    regions: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    capacity: int = 99
    open_leads: int = 0
    on_leave: bool = False

    @property
    def is_free(self) -> bool:
        """Whether they take leads at all, are here, and have room for one more."""
        return self.role == Role.SALES and not self.on_leave and self.open_leads < self.capacity

    @property
    def load(self) -> Fraction:
        """Open leads over capacity."""
        return Fraction(self.open_leads, self.capacity)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who gets the lead, and whether it was merely their turn: the next turn goes on from there."""

    staff_id: str
    by_turn: bool = False


def assign(
    candidates: Sequence[Candidate], *, region: str, category: str, last_by_turn: str | None
) -> Assignment | None:
    """Choose among candidates, given in staff order; None when nobody is free and a manager must be told.

    Those who match region and category come first, then the region, then the category; within each the lowest load,
    then staff order. Where nobody matches it goes round in staff order, on from `last_by_turn`.
    """
    free = [candidate for candidate in candidates if candidate.is_free]
    in_region = [candidate for candidate in free if region in candidate.regions]
    in_category = [candidate for candidate in free if category in candidate.categories]
    in_both = [candidate for candidate in in_region if candidate in in_category]
    for group in (in_both, in_region, in_category):
        if group:
            return Assignment(min(group, key=lambda candidate: candidate.load).staff_id)
    return _next_by_turn(candidates, last_by_turn)


def _next_by_turn(candidates: Sequence[Candidate], last_by_turn: str | None) -> Assignment | None:
    order = [candidate.staff_id for candidate in candidates]
    start = order.index(last_by_turn) + 1 if last_by_turn in order else 0
    for candidate in (*candidates[start:], *candidates[:start]):
        if candidate.is_free:
            return Assignment(candidate.staff_id, by_turn=True)
    return None
