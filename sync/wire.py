"""The messages of the protocol and their encoding; `docs/protocol.md` describes them for other clients.

Messages are maps encoded as MessagePack, or the same maps as JSON for people and simple clients. Unknown keys are
ignored, so a newer peer may add some.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar, overload

import msgspec
from msgspec import Meta

from sync.uncollected import uncollected

PROTOCOL = 2
"""Version of the messages. 1 (November 2026): the first; keys added since then may be left out. 2: of rows that a device sent,
an answer may bring just the columns that the hub set (`Response.filled`)."""
TAKES_FILLED = 2
"""From this version on a device puts such columns in place; an older one is sent the whole rows."""

MSGPACK = "application/msgpack"
JSON = "application/json"

Id = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[^\\x00]*$")]
"""An identifier that a device made."""
Moment = Annotated[int, Meta(ge=-(2**52), le=2**52)]
"""Milliseconds since the epoch by somebody's clock, however wrong."""
Count = Annotated[int, Meta(ge=-(2**31), lt=2**31)]

Outcome = Literal["applied", "refused", "held"]
Order = Literal["", "wipe"]


class WireError(ValueError):
    """The bytes are no message of this protocol; nothing of them was applied."""


class Change(msgspec.Struct, frozen=True):
    """What one unit did to one row: the new values, and for a record what its author saw before."""

    table: str
    row: Id
    kind: Literal["put", "del"]
    fields: dict[str, Any] = {}
    seen: dict[str, Any] = {}


class Unit(msgspec.Struct, frozen=True):
    """Everything that one action of a person wrote: applied whole or refused whole, once.

    `at_ms` is the moment by the device's own clock; `schema` names the version of the tables it was written under.
    """

    id: Id
    action: Annotated[str, Meta(max_length=200, pattern="^[^\\x00]*$")]
    at_ms: Moment
    changes: list[Change]
    schema: Count = 1


class Request(msgspec.Struct, frozen=True):
    """One round: units in the order they were made, and where the device's copy stands.

    `cursor` is what the last response gave, empty for a first sync. `pull` is False while more units wait to be sent:
    rows are handed out only when the hub knows everything the device did. `pending` is how many units wait in all.
    `schema` is the version of the tables that the device's app was built with.

    `app_version`, `storage_bytes` (what the copy takes) and `refused` (units with their owner) are for the overview of
    devices. `obeyed` is the order that the device has carried out.
    """

    device_now_ms: Moment
    units: Sequence[Unit] = []
    cursor: str = ""
    scopes: list[str] | None = None
    pull: bool = True
    pending: Count = 0
    limit: Count = 5_000
    protocol: Count = 1
    schema: Count = 1
    app_version: Annotated[str, Meta(max_length=40)] = ""
    storage_bytes: Annotated[int, Meta(ge=0, le=2**52)] = 0
    refused: Count = 0
    obeyed: Order = ""


class UnitResult(msgspec.Struct, frozen=True):
    """What became of a unit; `code` and `details` say why it was not applied."""

    id: str
    outcome: Outcome
    code: str = ""
    details: dict[str, Any] = {}


class Rows(msgspec.Struct, frozen=True):
    """Rows of one table, as values in the order of `columns`."""

    table: str
    columns: list[str]
    rows: Sequence[Sequence[Any]]


class Gone(msgspec.Struct, frozen=True):
    """Rows the device may no longer hold: deleted, or moved out of its scopes."""

    table: str
    ids: list[str]


class Response(msgspec.Struct, frozen=True):
    """The hub's answer: a result for each unit, then a page of rows.

    `more` says that another request should follow at once; `remaining` is about how many rows a first sync still lacks.
    `filled` has rows that units of the request inserted, with `id` and the columns in which the hub set another value than
    they sent: these rows need not come as a whole.
    `schema` is the hub's version of the tables. `order` is what a manager wants the device to do now that it has sent
    everything: to delete all that it holds.
    """

    server_now_ms: int
    results: list[UnitResult] = []
    filled: list[Rows] = []
    rows: Sequence[Rows] = []
    gone: list[Gone] = []
    cursor: str = ""
    more: bool = False
    remaining: int = 0
    scopes: list[str] = []
    skew_flagged: bool = False
    protocol: int = 1
    schema: int = 1
    order: Order = ""


class Packed(Sequence[Unit]):
    """Units of a request whose bytes are made already: a device makes them while it waits for an answer."""

    def __init__(self, units: Sequence[Unit]) -> None:
        """Make the bytes (MessagePack)."""
        self._units = units
        self.body = msgspec.Raw(msgspec.msgpack.encode(units))

    @overload
    def __getitem__(self, at: int) -> Unit: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Unit]: ...
    def __getitem__(self, at: int | slice) -> Unit | Sequence[Unit]:
        """One unit, or some."""
        return self._units[at]

    def __len__(self) -> int:
        """How many units there are."""
        return len(self._units)


def _bytes_of(units: object) -> msgspec.Raw:
    """What stands for ready units in MessagePack. Raises `TypeError` for what no message can hold."""
    return _packed(units).body


def _list_of(units: object) -> list[Unit]:
    """What stands for them in JSON. Raises as `_bytes_of`."""
    return list(_packed(units))


def _packed(units: object) -> Packed:
    if not isinstance(units, Packed):
        message = f"no message can hold a {type(units).__name__}"
        raise TypeError(message)
    return units


class Pages(Sequence[Rows]):
    """The pages of an answer as they arrived, read when they are first looked at.

    They are nearly all of the answer, and the device can ask for the next ones before it reads them. Whoever looks may be
    told by `WireError` that they are none.
    """

    def __init__(self, body: msgspec.Raw) -> None:
        """Keep the bytes of the pages (MessagePack)."""
        self._body: msgspec.Raw | None = body
        self._pages: list[Rows] = []

    def _read(self) -> list[Rows]:
        if self._body is not None:
            self._pages, self._body = _decoded(_UNPACK_PAGES, self._body), None
        return self._pages

    @overload
    def __getitem__(self, at: int) -> Rows: ...
    @overload
    def __getitem__(self, at: slice) -> list[Rows]: ...
    def __getitem__(self, at: int | slice) -> Rows | list[Rows]:
        """One page, or some."""
        return self._read()[at]

    def __len__(self) -> int:
        """How many pages there are."""
        return len(self._read())

    def __eq__(self, other: object) -> bool:
        """Whether the pages are these."""
        return self._read() == (other._read() if isinstance(other, Pages) else other)

    __hash__ = None  # type: ignore[assignment]


class _Arrived(Response, frozen=True):
    """An answer whose pages have not been read yet."""

    rows: msgspec.Raw = msgspec.Raw(b"\x90")  # type: ignore[assignment]


_Message = TypeVar("_Message")
_Decoder = msgspec.msgpack.Decoder[_Message] | msgspec.json.Decoder[_Message]

_PACK = msgspec.msgpack.Encoder(enc_hook=_bytes_of)
_UNPACK_REQUEST = msgspec.msgpack.Decoder(Request)
_UNPACK_ARRIVED = msgspec.msgpack.Decoder(_Arrived)
_UNPACK_PAGES = msgspec.msgpack.Decoder(list[Rows])
_UNPACK_UNIT = msgspec.msgpack.Decoder(Unit)
_PARSE_REQUEST = msgspec.json.Decoder(Request)
_PARSE_RESPONSE = msgspec.json.Decoder(Response)


def encode(message: Request | Response | Unit | list[Change], content_type: str = MSGPACK) -> bytes:
    """The message as bytes of the given content type."""
    return msgspec.json.encode(message, enc_hook=_list_of) if content_type == JSON else _PACK.encode(message)


def decode_request(body: bytes, content_type: str = MSGPACK) -> Request:
    """Read a request. Raises `WireError` saying what is wrong with it."""
    return _decoded(_PARSE_REQUEST if content_type == JSON else _UNPACK_REQUEST, body)


def decode_unit(body: bytes) -> Unit:
    """A unit as it was kept (MessagePack). Raises `WireError`."""
    return _decoded(_UNPACK_UNIT, body)


def decode_response(body: bytes, content_type: str = MSGPACK) -> Response:
    """Read a response; its pages of rows are read when they are first looked at. Raises `WireError` saying what is wrong."""
    if content_type == JSON:
        return _decoded(_PARSE_RESPONSE, body)
    arrived = _decoded(_UNPACK_ARRIVED, body)
    given = {name: getattr(arrived, name) for name in Response.__struct_fields__}
    return Response(**given | {"rows": Pages(arrived.rows)})


def _decoded(decoder: _Decoder[_Message], body: bytes | msgspec.Raw) -> _Message:
    try:
        with uncollected():
            return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(str(error)) from error
    except RecursionError as error:
        raise WireError("nested too deep") from error
