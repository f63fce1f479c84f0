"""Three releases of a small schema, and a device and a hub that each run one of them, with real databases.

1 has a record and a fact. 2 adds a column to each, and a table. 3 gives a column of the record another name.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session, registry
from sqlmodel import SQLModel

import sync.schema
from shared_models import versions
from shared_models.synced import Kind, Merge, Parent, Synced, column, synced
from shared_models.versions import Release, Renamed
from sync import wire
from sync.client import Outcome, synchronise
from sync.columns import column_spec
from sync.device.replica import Replica
from sync.hub import Caller, Hub
from sync.hub.recorder import recording
from sync.hub.replaying import replay
from sync.hub.tables import SyncDevice
from tests.convergence.world import memory_engine

COMPANY = "acme"
SCOPE = "company:acme"
ENGINES_OWN = ("conflict", "held_edit")
"""Synced tables of the engine itself; they are of every release."""
_SCOPES = ("company:{company_id}",)
_RENAMED = (Renamed(since=3, table="sofa", old="colour", new="tint"),)
NUMBERS = (1, 2, 3)


def _sofa(number: int) -> type[Any]:
    names: dict[str, Any] = {"colour" if number < 3 else "tint": (str, column("", index=True))}
    if number > 1:
        names["weight_kg"] = (int, column(0, merge=Merge.COUNTER))
    return _model(
        "sofa", synced(Kind.RECORD, scopes=_SCOPES, deletable=True), {"name": (str, column()), **names}
    )


def _model(table: str, arguments: tuple[Any, ...], columns: dict[str, tuple[Any, Any]]) -> type[Any]:
    base = type("Base", (SQLModel,), {}, registry=registry())
    body = {
        "__tablename__": table,
        "__table_args__": arguments,
        "__module__": __name__,
        "__annotations__": {name: kind for name, (kind, _) in columns.items()},
        **{name: field for name, (_, field) in columns.items()},
    }
    return type(table.title(), (Synced, base), body, table=True)


def _look(number: int) -> type[Any]:
    columns: dict[str, tuple[Any, Any]] = {
        "sofa_id": (str, column(references="sofa")),
        "note": (str, column("")),
    }
    if number > 1:
        columns["minutes"] = (int, column(0))
    return _model("look", synced(Kind.FACT, parent=Parent("sofa_id", "sofa")), columns)


def _swatch() -> type[Any]:
    arguments = synced(Kind.RECORD, parent=Parent("sofa_id", "sofa"), rank=20)
    return _model(
        "swatch", arguments, {"sofa_id": (str, column(references="sofa")), "fabric": (str, column(""))}
    )


class Version:
    """One release: its number, its models, and a way to run code as it."""

    def __init__(self, number: int, *, oldest: int = 1) -> None:
        self.number = number
        self.models = {"sofa": _sofa(number), "look": _look(number)} | (
            {"swatch": _swatch()} if number > 1 else {}
        )
        self.release = Release(number, oldest, tuple(each for each in _RENAMED if each.since <= number))
        tables = {name: model.__table__ for name, model in self.models.items()}
        tables |= {name: SQLModel.metadata.tables[name] for name in ENGINES_OWN}
        self._specs = {
            name: sync.schema.TableSpec(
                table, table.info["sync"], {str(c.name): column_spec(c) for c in table.columns}
            )
            for name, table in sorted(tables.items(), key=lambda each: (each[1].info["sync"].rank, each[0]))
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        """What runs in this block is of this release."""
        former = (sync.schema._specs, versions.RELEASE)
        sync.schema._specs, versions.RELEASE = lambda _names: self._specs, self.release
        try:
            yield
        finally:
            sync.schema._specs, versions.RELEASE = former

    @property
    def colour(self) -> str:
        """What this release calls a sofa's colour."""
        return "colour" if self.number < 3 else "tint"


VERSIONS = {number: Version(number) for number in NUMBERS}


class HubAt:
    """A hub that runs one release and can be upgraded to another, on the same database."""

    def __init__(self, number: int, *, oldest: int = 1) -> None:
        self.engine = memory_engine()
        self.now_ms = 1_790_000_000_000
        for table in (
            "sync_device",
            "sync_operation",
            "sync_row_state",
            "sync_feed",
            "sync_counter",
            *ENGINES_OWN,
        ):
            SQLModel.metadata.tables[table].create(self.engine)
        self.version = VERSIONS[1]
        self.upgrade(number, oldest=oldest)

    def upgrade(self, number: int, *, oldest: int = 1) -> None:
        """As a migration of the server and its next start would."""
        former, self.version = (
            self.version,
            Version(number, oldest=oldest) if oldest > 1 else VERSIONS[number],
        )
        with self.engine.begin() as connection, self.version.running():
            for name, model in self.version.models.items():
                table = model.__table__
                if not self.engine.dialect.has_table(connection, name):
                    table.create(connection)
                    continue
                for old, new in self.version.release.names(name, of=former.number).items():
                    connection.exec_driver_sql(f'ALTER TABLE "{name}" RENAME COLUMN "{old}" TO "{new}"')
                present = {row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{name}")')}
                for each in table.columns:
                    if each.name not in present:
                        connection.exec_driver_sql(
                            f'ALTER TABLE "{name}" ADD COLUMN "{each.name}" INTEGER DEFAULT 0'
                        )
        with self.version.running(), Session(self.engine) as session:
            replay(session, self.now_ms)
            session.commit()

    def register(self, device: str) -> None:
        with Session(self.engine) as session:
            row = SyncDevice(
                id=device, company_id=COMPANY, staff_id=device, registered_at_ms=self.now_ms, granted=[]
            )
            session.add(row)
            session.commit()

    def answer(self, device: str, body: bytes) -> bytes:
        """One exchange over the wire."""
        self.now_ms += 1_000
        with self.version.running(), Session(self.engine) as session:
            caller = Caller(device, device, COMPANY, frozenset({SCOPE}))
            response = Hub().exchange(session, caller, wire.decode_request(body), self.now_ms)
        return wire.encode(response)

    def write(self, table: str, **values: Any) -> str:
        """A row written at the office."""
        with (
            self.version.running(),
            Session(self.engine) as session,
            recording(session, author="office", at_ms=self.now_ms),
        ):
            row = self.version.models[table](company_id=COMPANY, **values)
            session.add(row)
            session.commit()
            return str(row.id)

    def row(self, table: str, row_id: str) -> dict[str, Any] | None:
        with Session(self.engine) as session, self.version.running():
            row = session.get(self.version.models[table], row_id)
            return row.model_dump() if row else None


class AppAt:
    """A device whose app is of one release and can be upgraded to another, on the same database."""

    def __init__(self, hub: HubAt, name: str, number: int) -> None:
        self.hub, self.name, self.engine = hub, name, memory_engine()
        self.asked: list[wire.Request] = []
        hub.register(name)
        self.upgrade(number)
        with self.version.running():
            self.replica.register(device_id=name, staff_id=name, company_id=COMPANY)

    def upgrade(self, number: int) -> None:
        """Start another release of the app on what the local database holds."""
        self.version = VERSIONS[number]
        with self.version.running():
            self.replica = Replica.open(self.engine, now_ms=lambda: self.hub.now_ms)

    def sync(self) -> Outcome:
        async def exchange(request: wire.Request) -> wire.Response:
            self.asked.append(request)
            return wire.decode_response(self.hub.answer(self.name, wire.encode(request)))

        with self.version.running():
            return asyncio.run(synchronise(self.replica, exchange))

    def write(self, table: str, **values: Any) -> str:
        with self.version.running(), self.replica.action("write") as session:
            row = self.version.models[table](company_id=COMPANY, **values)
            session.add(row)
            return str(row.id)

    def edit(self, table: str, row_id: str, **values: Any) -> None:
        with self.version.running(), self.replica.action("edit") as session:
            row = session.get(self.version.models[table], row_id)
            for name, value in values.items():
                setattr(row, name, value)

    def row(self, table: str, row_id: str) -> dict[str, Any] | None:
        with self.version.running(), self.replica.reading() as session:
            row = session.get(self.version.models[table], row_id)
            return row.model_dump() if row else None

    def waiting(self) -> tuple[int, list[str]]:
        """Pending units, and the codes of refused ones."""
        with self.version.running():
            return self.replica.status().pending, [unit.code for unit in self.replica.refused_units()]
