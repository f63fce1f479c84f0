"""What the routes about designers read and answer. Money in fen, rates as decimal strings."""

from typing import Annotated, Any

from msgspec import Meta, Struct

Short = Annotated[str, Meta(max_length=200)]
Year = Annotated[int, Meta(ge=1970, le=9999)]
Fen = Annotated[int, Meta(ge=-(10**15), le=10**15)]


class LogInBody(Struct, forbid_unknown_fields=True):
    """What a designer logs in with."""

    code: Annotated[str, Meta(min_length=1, max_length=100)]
    password: Annotated[str, Meta(max_length=256)]


class NewDesignerBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """A designer to be taken in: with the `level` held so far, or the `history_fen` referred so far."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    phone: Short = ""
    firm_id: str | None = None
    store_id: str | None = None
    contact: Short = ""
    styles: list[Short] = []
    level: Short | None = None
    history_fen: Fen = 0
    joined_year: Year | None = None
    log_in: LogInBody | None = None


class DesignerBody(Struct, kw_only=True):
    """A designer and how they stand: what is owed to them, and the year asked for."""

    id: str
    name: str
    year: int
    level: str
    rate_percent: str
    performance_fen: int
    commission_fen: int
    to_next_level_fen: int | None
    pending_fen: int
    payable_fen: int
    paid_fen: int
    carry_fen: int


class CorrectionBody(Struct, forbid_unknown_fields=True):
    """Another level than the review gave, for a year that follows a closed one."""

    year: Year
    level: Short
    reason: Short


class ReviewedBody(Struct):
    """The level of each designer for the next year, by their identifier."""

    levels: dict[str, str]


class StatementBody(Struct, kw_only=True):
    """What was settled with a designer; `id` is empty where there was nothing to settle."""

    id: str
    total_fen: int
    pay_fen: int
    carry_fen: int


class SettledBody(Struct):
    """The statements that were made, by designer."""

    statements: dict[str, StatementBody]


class LevelsBody(Struct, forbid_unknown_fields=True):
    """A new version of the levels; in force from now on unless a moment is given."""

    rules: dict[str, Any]
    valid_from_ms: int | None = None


class VersionBody(Struct):
    """One version of the levels."""

    id: str
    version: int
    valid_from_ms: int
    rules: dict[str, Any]
