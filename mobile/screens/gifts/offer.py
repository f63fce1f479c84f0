"""When something is offered: from a day, to a day, and whether at all; the same in every form that has terms."""

from collections.abc import Mapping
from typing import Any, Protocol

from mobile.screens.office.form import Field, FieldKind
from mobile.screens.office.typed import optional_day
from mobile.text import t


class Offered(Protocol):
    """A row with terms: a gift, an activity."""

    valid_from: str | None
    valid_until: str | None
    active: bool


def offer_fields(on: str, off: str) -> list[Field]:
    """The fields of the terms; `on` and `off` are the words for being offered or not."""
    return [
        Field("valid_from", t("gift_office.valid_from"), hint="2026-05-01"),
        Field("valid_until", t("gift_office.valid_until"), hint="2026-12-31"),
        state_field(on, off),
    ]


def state_field(on: str, off: str) -> Field:
    """Whether it is offered at all."""
    return Field("active", t("gift_office.state"), FieldKind.CHOICE, ((True, on), (False, off)))


def offer_values(row: Offered | None) -> dict[str, Any]:
    """What the fields hold first; something new is offered without end."""
    return {
        "valid_from": (row and row.valid_from) or "",
        "valid_until": (row and row.valid_until) or "",
        "active": row.active if row else True,
    }


def offer_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The terms that were typed. Refuses what is no day (`RuleError("date")`)."""
    return {
        "valid_from": optional_day(values["valid_from"]),
        "valid_until": optional_day(values["valid_until"]),
        "active": values["active"],
    }
