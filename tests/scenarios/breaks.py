"""Rules broken on purpose, each with the scenario that has to notice."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Break:
    """A rule gone wrong: the name that is replaced where it is used, and what `make` makes of the right one."""

    file: str
    what: str
    module: str
    name: str
    make: Callable[[Any], Any]

    def target(self) -> tuple[Any, str, Any]:
        """Whose attribute is replaced, its name, and by what."""
        owner: Any = import_module(self.module)
        *path, name = self.name.split(".")
        for part in path:
            owner = getattr(owner, part)
        return owner, name, self.make(getattr(owner, name))


def _nothing(_right: Any) -> Any:
    return lambda *_args, **_named: None


BREAKS = (
    Break(
        "01-earning.json",
        "points are rounded up",
        "shared_models.loyalty.earning",
        "whole_yuan",
        lambda right: lambda fen, factor: right(fen + 99, factor),
    ),
    Break(
        "03-tiers.json",
        "a tier begins a point too early",
        "server.domain.loyalty.standing",
        "tier_for",
        lambda right: lambda growth, tiers: right(growth + 1, tiers),
    ),
    Break(
        "10-assignment.json",
        "region and category do not matter",
        "server.domain.leads.assigning",
        "assign",
        lambda right: (
            lambda people, *, last_by_turn, **_: right(
                people, region="", category="", last_by_turn=last_by_turn
            )
        ),
    ),
    Break(
        "11-nobody-free.json",
        "nobody hears of a lead without an owner",
        "server.domain.leads.assigning",
        "_tell_managers",
        _nothing,
    ),
    Break(
        "12-follow-up.json",
        "a late sync never withdraws the flag",
        "server.domain.follow_ups",
        "withdraw_if_kept",
        _nothing,
    ),
    Break(
        "13-merge.json",
        "whoever arrives last wins",
        "sync.merge",
        "_Edit.is_later",
        lambda _right: property(lambda _edit: True),
    ),
    Break(
        "15-lease.json",
        "nobody hears of a late spend",
        "server.domain.loyalty.redeeming",
        "raise_alert",
        _nothing,
    ),
    Break(
        "16-clocks.json",
        "the device's clock is believed",
        "sync.clock",
        "Correction.corrected_ms",
        lambda _right: lambda self, device_ms: min(device_ms, self.received_at_ms),
    ),
)
"""More of them are run by `make soak`; a plain test run takes the first few."""
