"""Time that devices cannot falsify: corrected time and hybrid stamps (R12, R13).

A device reports the moment of an action as its own clock showed it, and with each request what its clock shows now. The
hub compares that with its own clock and corrects. Stamps order concurrent edits; an edit made by somebody who had seen
the value it replaces always gets a later stamp than that value, whatever any clock says.
"""

from dataclasses import dataclass

IMPLAUSIBLE_SKEW_MS = 12 * 3_600_000
"""A device clock that is off by more than this is flagged (R12)."""


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When a value was written: corrected milliseconds, a count for the same millisecond, the device as tie-break."""

    at_ms: int
    count: int
    node: str

    def after(self, seen: "Stamp | None") -> "Stamp":
        """This stamp, or the next one past `seen` where this is not later: what follows knowingly is later."""
        if seen is None or self > seen:
            return self
        return Stamp(seen.at_ms, seen.count + 1, self.node)

    def packed(self) -> list[int | str]:
        """The stamp as plain values for storing."""
        return [self.at_ms, self.count, self.node]

    @staticmethod
    def unpacked(values: list[int | str]) -> "Stamp":
        """The stamp that `packed` made these values of."""
        at_ms, count, node = values
        return Stamp(int(at_ms), int(count), str(node))


@dataclass(frozen=True, slots=True)
class Correction:
    """How far a device's clock was from the hub's when a request arrived."""

    skew_ms: int
    received_at_ms: int

    @staticmethod
    def measured(device_now_ms: int, server_now_ms: int) -> "Correction":
        """Measure at receipt; the time the request travelled counts as skew, which errs to the early side."""
        return Correction(device_now_ms - server_now_ms, server_now_ms)

    @property
    def is_implausible(self) -> bool:
        """Whether the device's clock is so wrong that a manager should hear of it."""
        return abs(self.skew_ms) > IMPLAUSIBLE_SKEW_MS

    def corrected_ms(self, device_ms: int) -> int:
        """The true moment of what the device's clock called `device_ms`, never later than its receipt (R12)."""
        return min(device_ms - self.skew_ms, self.received_at_ms)
