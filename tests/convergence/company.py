"""The company that the simulation plays with, founded once and copied for every run.

Importing this module registers a table of its own, with a column of every merge policy, whatever the product's tables
have at the moment; so it is imported by the simulation's processes alone.
"""

import random
from typing import Any

from sqlalchemy import Engine

import shared_models.ids as identifiers
from server.domain.deriving import WATCHED, derive
from shared_models.loyalty.tables import Scheme
from shared_models.stock.tables import Product
from shared_models.synced import FirstValue, Kind, Merge, Synced, column, free_fields, string_set, synced
from sync.hub import Hub
from tests.convergence.faults import Fuse
from tests.convergence.memory import connection_of, hold, image_of, memory_engine, rewind
from tests.convergence.world import (
    COMPANY,
    NOON_MS,
    Device,
    World,
    make_customer,
    make_lead,
    make_sale,
)

TABLETS = {"amy-1": "amy", "amy-2": "amy", "bob": "bob", "max": "max", "cat": "cat", "olga": "olga"}
"""Every tablet that may take part, and whose it is; amy has two."""

STAGES = ("open", "busy", "done", "dropped")


class Trial(Synced, table=True):
    """A record with one column of every merge policy; it moves between people and stores, and may be deleted."""

    __tablename__ = "simulated_trial"
    __table_args__ = synced(
        Kind.RECORD,
        scopes=("staff:{owner_id}", "manager:{store_id}"),
        deletable=True,
        transitions={"open": frozenset(STAGES), "busy": frozenset({"done", "dropped"})},
        first_values={"verdict": FirstValue("title", "none yet on {}".format)},
        rank=22,
    )
    store_id: str = column(references="store")
    owner_id: str = column(references="staff")
    title: str = ""
    amount: int = 0
    tags: list[str] = string_set()
    stock: int = column(0, merge=Merge.COUNTER)
    extras: dict[str, Any] = free_fields()
    notes: str = column("one\ntwo\nthree", merge=Merge.TEXT)
    stage: str = column("open", merge=Merge.STATE)
    verdict: str | None = column(None, merge=Merge.SERVER)
    secret: str | None = column(None, private=True)


def make_trial(owner: str = "amy", store: str = "north", **fields: Any) -> Trial:
    return Trial(company_id=COMPANY, store_id=store, owner_id=owner, **fields)


class RepeatableIds:
    """Identifiers that follow from a seed, in the place of the library that draws them from clock and chance."""

    def __init__(self) -> None:
        self.restart(-1)  # what the company is founded with has names that no run gives again
        identifiers.uuid_utils.uuid7 = lambda: self  # type: ignore[attr-defined,assignment]

    def restart(self, seed: int) -> None:
        """Begin the sequence of this seed."""
        self._chance, self._count = random.Random(f"ids {seed}"), 0

    @property
    def hex(self) -> str:
        """The next identifier; later ones sort after earlier ones, as version 7 does."""
        self._count += 1
        return f"{self._count:012x}{self._chance.getrandbits(80):020x}"


class Company:
    """The hub and every tablet, each with an engine that is refilled from a template for every run."""

    def __init__(self) -> None:
        self.ids = RepeatableIds()
        self.hub_engine = memory_engine()
        self.engines = {name: memory_engine() for name in TABLETS}
        self.fuses = {name: Fuse(engine) for name, engine in self.engines.items()}
        self.hub_fuse = Fuse(self.hub_engine)
        for name, found in self._found().items():
            connection_of(self._engine(name)).deserialize("main", found)
            hold(self._engine(name))

    def world(self, seed: int, names: list[str]) -> World:
        """A fresh copy of the company with these tablets, everybody's copy complete and nothing pending."""
        self.ids.restart(seed)
        rewind(self.hub_engine)
        world = World(self.hub_engine, Hub(derive, WATCHED), founded=True)
        for name in names:
            engine = self.engines[name]
            rewind(engine)
            world.devices[name] = Device(world, name, TABLETS[name], engine=engine)
        return world

    def _engine(self, name: str) -> Engine:
        return self.engines[name] if name else self.hub_engine

    def _found(self) -> dict[str, bytes]:
        world = World(memory_engine(), Hub(derive, WATCHED))
        with world.office() as session:
            session.add(
                Product(id="sofa", company_id=COMPANY, sku="S1", name="沙发", price_fen=1, cost_fen=1)
            )
            rules = {"base_rate": "1", "welcome_gift": 500}
            session.add(Scheme(id="scheme-1", company_id=COMPANY, version=1, valid_from_ms=0, rules=rules))
        for name, owner in TABLETS.items():
            world.device(name, owner)
        world.settle()
        with world.devices["max"].act() as session:
            session.add_all(make_lead(owner=owner) for owner in ("amy", "amy", "bob"))
            session.add_all(make_trial(owner=owner) for owner in ("amy", "amy", "bob"))
            session.add_all(make_customer(id=f"member-{n}", enrolled_at_ms=NOON_MS) for n in (1, 2))
        with world.devices["max"].act() as session:
            session.add_all(
                make_sale(
                    "member-1", "max", at_ms=NOON_MS, total_fen=200_000, paid_fen=100_050, scheme="scheme-1"
                )
            )
        with world.devices["cat"].act() as session:
            session.add_all([make_lead(owner="cat", store="south"), make_trial(owner="cat", store="south")])
        world.settle()
        if any(device.replica.status().refused for device in world.devices.values()):
            raise AssertionError("the company could not be founded")
        return {"": image_of(world.engine)} | {
            name: image_of(device.engine) for name, device in world.devices.items()
        }
