"""The values that a scenario is written in, as types that refuse anything else."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Money = Annotated[str, Meta(pattern=r"^-?\d+\.\d{2}$")]
"""Yuan with two decimals, such as `"-7210.05"`."""
Amount = Annotated[str, Meta(pattern=r"^\d+\.\d{2}$")]
"""Yuan that cannot be negative."""
Rate = Annotated[str, Meta(pattern=r"^\d+(\.\d+)?$")]
Ratio = Annotated[str, Meta(pattern=r"^-?\d+\.\d{2}$")]
Moment = Annotated[datetime, Meta(tz=True)]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Id = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Year = Annotated[int, Meta(ge=1970, le=9999)]
Reason = Literal["points", "lease", "not_owner", "debt", "overpaid", "unpaid", "returned", "unknown"]


class Strict(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """An object of the file: a key that it does not know is an error."""


class FormatError(Exception):
    """The file is no scenario; the message names the place and says what is wrong there."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


def decode(raw: object, kind: object, place: str) -> object:
    """`raw` as `kind`, or a `FormatError` that names the place inside the file."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        problem, _, inner = str(error).partition(" - at `")
        raise FormatError(place + inner.rstrip("`").removeprefix("$"), problem) from None


__all__ = [
    "UNSET",
    "Amount",
    "Count",
    "Day",
    "FormatError",
    "Id",
    "Moment",
    "Money",
    "Positive",
    "Rate",
    "Ratio",
    "Reason",
    "Strict",
    "UnsetType",
    "Year",
    "decode",
]
