"""Broken, forged and hostile sync requests, made from a seed."""

import gzip
import json
import math
import random
import zlib
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sync import wire

NASTY: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        "",
        0,
        -1,
        1,
        2**31,
        2**53,
        2**63 - 1,
        2**63,
        2**64 - 1,
        -(2**63),
        0.5,
        math.inf,
        math.nan,
    ),
    *(
        "\x00",
        "a\x00b",
        "\ufeff",
        "𠮷" * 50,
        "x" * 5_000,
        "'; DROP TABLE lead; --",
        "../../etc",
        "{}",
        "[]",
        "null",
    ),
    *(
        [],
        [[]],
        [None],
        [1, 2, 3],
        ["a", None],
        [{"a": 1}],
        {},
        {"": ""},
        {"a": {"b": {"c": 1}}},
        b"",
        b"\xff\xfe",
    ),
    *("lead", "conflict", "staff", "points_entry", "sqlite_master", "sync_device", "put", "del"),
)
DEEP = (b"[" * 200_000, b'{"a":' * 100_000, b"\x91" * 200_000, b"\x81\xa1a" * 100_000)
HUGE = (
    b"\xdd\xff\xff\xff\xff",  # an array of four thousand million
    b"\x81\xa5units\xdd\xff\xff\xff\xff",
    b"\x81\xa6cursor\xdb\xff\xff\xff\xff" + b"x" * 10,
    b"\x81\xaddevice_now_ms\xc7\xff\x01",
    b'{"device_now_ms": ' + b"9" * 20_000 + b"}",
    b'{"device_now_ms": 1e' + b"9" * 300 + b"}",
)
CONTENT_TYPES = (wire.MSGPACK, wire.JSON)
ODD_TYPES = (
    "",
    "text/plain",
    "application/x-msgpack",
    "multipart/form-data",
    "application/json; charset=utf-7",
)


@dataclass(frozen=True)
class Frame:
    """One request: a body, and the headers that say what it is."""

    body: bytes
    content_type: str = wire.MSGPACK
    encoding: str = ""
    kind: str = ""


@dataclass
class Forge:
    """Makes frames. `own` and `others` are (table, row) that the caller may and may not write."""

    random: random.Random
    own: list[tuple[str, str]]
    others: list[tuple[str, str]]
    scopes: list[str]
    now_ms: int
    cursors: list[str] = field(default_factory=lambda: [""])

    def frame(self) -> Frame:
        """The next one."""
        makers = (
            *((self._noise, 4), (self._bitten, 10), (self._twisted, 10), (self._trespassing, 2)),
            *(
                (self._deep, 0.05),
                (self._huge, 0.5),
                (self._compressed, 0.3),
                (self._mislabelled, 0.5),
                (self._sound, 1),
            ),
        )
        (make,) = self.random.choices([each for each, _ in makers], [weight for _, weight in makers])
        return make()

    def message(self) -> dict[str, Any]:
        """A sound request, as a map."""
        pick = self.random
        units = [self._unit() for _ in range(pick.choice((0, 1, 1, 1, 2, 5)))]
        return {
            "device_now_ms": self.now_ms + pick.randrange(-10_000, 10_000),
            "units": units,
            "cursor": pick.choice(self.cursors),
            "pull": pick.random() < 0.2,
            "pending": len(units),
            "limit": pick.choice((1, 50)),
            "protocol": pick.choice((1, wire.PROTOCOL)),
            "schema": pick.choice((1, 2)),
        }

    def _unit(self) -> dict[str, Any]:
        pick = self.random
        table, row = pick.choice(self.own)
        new = f"{pick.getrandbits(128):032x}"
        visit = {"id": new, "company_id": "acme", "lead_id": row, "note": "看了三款沙发", "channel": "call"}
        edits = {"region": "南山", "budget_fen": pick.randrange(10**7), "styles": ["现代"], "notes": "周末"}
        names = pick.sample(sorted(edits), pick.randrange(1, 4))
        changes = [
            {"table": "followup", "row": new, "kind": "put", "fields": visit, "seen": {}},
            {
                "table": table,
                "row": row,
                "kind": "put",
                "fields": {name: edits[name] for name in names},
                "seen": dict.fromkeys(names),
            },
        ]
        return {
            "id": f"{pick.getrandbits(128):032x}",
            "action": "act",
            "at_ms": self.now_ms - pick.randrange(10**6),
            "schema": 1,
            "changes": pick.sample(changes, pick.choice((1, 2))),
        }

    def _encoded(self, message: Any, kind: str) -> Frame:
        content_type = self.random.choice(CONTENT_TYPES)
        if content_type == wire.JSON:
            body = json.dumps(message, default=lambda value: value.decode("latin-1")).encode()
        else:
            body = msgspec.msgpack.encode(_packable(message))
        return Frame(body, content_type, kind=kind)

    def _sound(self) -> Frame:
        return self._encoded(self.message(), "sound")

    def _noise(self) -> Frame:
        body = self.random.randbytes(self.random.choice((0, 1, 3, 40, 400)))
        return Frame(body, self.random.choice(CONTENT_TYPES), kind="noise")

    def _bitten(self) -> Frame:
        frame = self._encoded(self.message(), "")
        body = bytearray(frame.body)
        for _ in range(self.random.choice((1, 1, 2, 8))):
            at = self.random.randrange(len(body) + 1)
            match self.random.randrange(4):
                case 0 if at < len(body):
                    body[at] ^= 1 << self.random.randrange(8)
                case 1:
                    del body[at:]
                case 2:
                    body[at:at] = self.random.randbytes(self.random.choice((1, 4)))
                case _:
                    other = self.random.randrange(len(body) + 1)
                    body[at:at] = body[min(at, other) : max(at, other)][:200]
        return Frame(bytes(body), frame.content_type, kind="bitten")

    def _twisted(self) -> Frame:
        message: Any = self.message()
        for _ in range(self.random.choice((1, 1, 2, 4))):
            message = self._twist(message)
        return self._encoded(message, "twisted")

    def _twist(self, message: Any) -> Any:
        places = list(_places(message))
        holder, key = self.random.choice(places)
        nasty = deepcopy(self.random.choice((*NASTY, *(row for _, row in self.others), *self.scopes)))
        match self.random.randrange(6):
            case 0:
                holder.pop(key)
            case 1 if isinstance(holder, dict):
                holder[self.random.choice(("id", "company_id", "owner_id", "state", "x" * 300))] = nasty
            case 2 if isinstance(holder, list):
                holder.extend([holder[key]] * self.random.choice((2, 2, 2, 2, 2, 2, 2, 2, 2, 200)))
            case _:
                holder[key] = nasty
        return message

    def _trespassing(self) -> Frame:
        message = self.message()
        table, row = self.random.choice(self.others)
        fields = {"name": "我的", "notes": "改了", "region": "南山"}
        change = {"table": table, "row": row, "kind": self.random.choice(("put", "del")), "fields": fields}
        change["seen"] = self.random.choice(({}, dict.fromkeys(fields, "")))
        unit = self._unit() | {"changes": [change]}
        if self.random.random() < 0.3:
            forged = {
                "at": [0, 0],
                "scopes": self.scopes,
                "snapshot": self.random.choice((None, {"scopes": self.scopes})),
            }
            message |= {"cursor": json.dumps(forged), "scopes": self.scopes}
        return self._encoded(message | {"units": [unit], "pull": True}, "trespassing")

    def _deep(self) -> Frame:
        body = self.random.choice(DEEP)
        content_type = wire.JSON if body[0] in b"[{" else wire.MSGPACK
        nested = b'{"device_now_ms": 1, "units": [{"id": "a", "action": "a", "at_ms": 1, "changes": [{"table": "lead", '
        nested += b'"row": "a", "kind": "put", "fields": {"styles": ' + b"[" * 50_000
        return self.random.choice(
            (Frame(body, content_type, kind="deep"), Frame(nested, wire.JSON, kind="deep"))
        )

    def _huge(self) -> Frame:
        body = self.random.choice(HUGE)
        return Frame(body, wire.JSON if body.startswith(b"{") else wire.MSGPACK, kind="huge")

    def _compressed(self) -> Frame:
        plain = self.random.choice((b"\x00" * 10_000_000, msgspec.msgpack.encode(self.message())))
        name, pack = self.random.choice((("gzip", gzip.compress), ("deflate", zlib.compress), ("br", bytes)))
        return Frame(pack(plain)[:100_000], wire.MSGPACK, encoding=name, kind="compressed")

    def _mislabelled(self) -> Frame:
        frame = self._sound()
        return Frame(frame.body, self.random.choice((*ODD_TYPES, *CONTENT_TYPES)), kind="mislabelled")


def _places(value: Any) -> Any:
    """Every (holder, key) inside a message."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in list(pairs):
        yield value, key
        yield from _places(held)


def _packable(value: Any) -> Any:
    """MessagePack holds integers of 64 bits."""
    if isinstance(value, dict):
        return {str(key): _packable(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_packable(held) for held in value]
    return value
