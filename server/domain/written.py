"""What a rule of the business is told about a push: the rows of its table that the push wrote, all at once."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlmodel import Session

from sync.hub import AppliedChange, AppliedUnit


class Written(NamedTuple):
    """One row that a unit wrote.

    `at_ms` is the corrected moment of the action (R12); `unit` says who acted, on which device and what else they wrote;
    `change` which values really changed, and the row as it stood after this unit. A row that several units of a push
    wrote comes once for each, in their order.
    """

    row_id: str
    at_ms: int
    unit: AppliedUnit
    change: AppliedChange


Rule = Callable[[Session, Sequence[Written]], None]
"""Writes what follows from these rows of one table, in the same transaction; raises `RuleError` to refuse.

A push is tried as a whole first: a rule refuses there whatever it would refuse with each unit alone, and the engine then
finds the guilty units by trying fewer together.
"""


def ids_of(written: Sequence[Written]) -> list[str]:
    """The identifiers of the rows, each once, in the order in which they were written first."""
    return list(dict.fromkeys(each.row_id for each in written))
