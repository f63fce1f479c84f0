"""Whose client it is when several designers claim one: a decision by a named person, else the earliest claim (R12)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim on a client, at its corrected time; `decided_at_ms` when somebody in charge gave this one the client."""

    id: str
    designer_id: str
    claimed_at_ms: int
    decided_at_ms: int | None = None


def in_order(claims: Iterable[Claim]) -> list[Claim]:
    """The claims, the owner's first: the latest decision, then the earliest claim, ties by identifier."""
    return sorted(claims, key=_order)


def owner_among(claims: Iterable[Claim]) -> Claim | None:
    """The claim that owns the client; None where there is none."""
    return min(claims, key=_order, default=None)


def _order(claim: Claim) -> tuple[bool, int, int, str]:
    decided_at_ms = claim.decided_at_ms
    return decided_at_ms is None, -(decided_at_ms or 0), claim.claimed_at_ms, claim.id
