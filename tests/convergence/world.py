"""A hub and several devices with real local databases and no network: the world that the convergence tests shake."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

import shared_models.loyalty.tables
import shared_models.people.tables
import shared_models.sales.tables
import shared_models.stock.tables  # noqa: F401 - the tables of the catalogue
import sync.conflict  # noqa: F401
from shared_models.people.access import DECIDED_BY, scopes_of
from shared_models.people.tables import Role, Staff, Store
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, OrderLine, Payment
from sync import wire
from sync.ahead import Exchange
from sync.client import Outcome, synchronise
from sync.device.replica import Replica
from sync.hub import Caller, Hub, feed
from sync.hub.recorder import recording
from sync.hub.tables import SyncDevice
from tests.convergence.faults import ConnectionLost, begin_by_hand, run_by_hand
from tests.convergence.memory import hold, image_of, memory_engine, rewind

NOON_MS = 1_780_000_000_000
COMPANY = "acme"
STORES = ("north", "south")


class Device:
    """A tablet: its replica, its owner, and a clock that may be wrong."""

    def __init__(
        self, world: "World", name: str, owner: str, clock_ms: int = 0, engine: Engine | None = None
    ) -> None:
        """A new tablet; with an `engine`, the one whose database that already is."""
        self.world, self.name, self.owner, self.clock_ms = world, name, owner, clock_ms
        if engine is not None:
            self.engine = engine
            self.replica = Replica(engine, self.shown_ms)
            return
        self.engine = memory_engine(_new_tablet(tuple(SQLModel.metadata.tables)))
        self.open()
        self.replica.register(device_id=name, staff_id=owner, company_id=COMPANY)

    def shown_ms(self) -> int:
        """What its clock shows."""
        return self.world.now_ms + self.clock_ms

    def open(self) -> None:
        """Start the app on whatever the local database holds."""
        self.replica = Replica.open(self.engine, now_ms=self.shown_ms)

    def act(self, name: str = "act") -> AbstractContextManager[Any]:
        self.world.now_ms += 1_000
        return self.replica.action(name)

    def sync(
        self,
        *,
        lose_request: int | None = None,
        lose_answer: int | None = None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Outcome | None:
        """A whole sync; the exchange of that number (from 0) fails before, or after, it reached the hub.

        `meanwhile` happens once, while the first answer is on its way.
        """
        done = 0

        async def exchange(request: wire.Request) -> wire.Response:
            nonlocal done
            number, done = done, done + 1
            if number == lose_request:
                raise ConnectionLost
            answer = self.world.exchange(self, wire.decode_request(wire.encode(request)))
            if number == 0:
                meanwhile()
            if number == lose_answer:
                raise ConnectionLost
            return wire.decode_response(wire.encode(answer))

        try:
            return self.sync_over(exchange)
        except ConnectionLost:
            return None

    def sync_over(self, exchange: Exchange) -> Outcome:
        """A whole sync over this network."""
        outcome: Outcome = run_by_hand(synchronise(self.replica, exchange, begin=begin_by_hand))
        return outcome

    def get(self, model: type, row_id: str) -> Any:
        with self.replica.reading() as session:
            return session.get(model, row_id)


class World:
    """One hub, one company of two stores, and the true time."""

    def __init__(
        self, engine: Engine | None = None, hub: Hub | None = None, *, founded: bool = False
    ) -> None:
        """An empty world; `founded` says that the engine's database already has the company."""
        self.engine = engine or memory_engine(_new_company(tuple(SQLModel.metadata.tables)))
        self.hub = hub or Hub()
        self.now_ms = NOON_MS
        self.devices: dict[str, Device] = {}
        if engine is not None and not founded:
            self.found()

    def found(self) -> None:
        """Make the tables, the stores and the people."""
        SQLModel.metadata.create_all(self.engine)
        with self.office() as session:
            for store in STORES:
                session.add(Store(id=store, company_id=COMPANY, name=store))
            for code, role, at in (
                ("amy", Role.SALES, "north"),
                ("bob", Role.SALES, "north"),
                ("cat", Role.SALES, "south"),
                ("max", Role.STORE_MANAGER, "north"),
                ("olga", Role.OFFICE, "north"),
            ):
                session.add(Staff(id=code, company_id=COMPANY, code=code, name=code, role=role, store_id=at))

    def office(self) -> AbstractContextManager[Session]:
        """A session of the server itself, whose writes reach the feed."""
        return _Office(self)

    def device(self, name: str, owner: str, clock_ms: int = 0) -> Device:
        with Session(self.engine) as session:
            session.add(
                SyncDevice(
                    id=name,
                    company_id=COMPANY,
                    staff_id=owner,
                    name=f"{name}'s tablet",
                    registered_at_ms=self.now_ms,
                    granted=[],
                )
            )
            session.commit()
        self.devices[name] = Device(self, name, owner, clock_ms)
        return self.devices[name]

    def exchange(self, device: Device, request: wire.Request) -> wire.Response:
        with Session(self.engine) as session:
            caller = self.caller(session, device)
            session.rollback()
            return self.hub.exchange(session, caller, request, self.now_ms)

    def caller(self, session: Session, device: Device) -> Caller:
        """Who syncs on that device, as the server would find out."""
        states = feed.states_of(session.connection(), "staff", [device.owner])
        _, stamps = states.get(device.owner, (frozenset(), {}))
        since_ms = feed.changed_at_ms(stamps, DECIDED_BY)
        return Caller(device.name, device.owner, COMPANY, self.scopes_of(session, device.owner), since_ms)

    def scopes_of(self, session: Session, staff_id: str) -> frozenset[str]:
        """What that person may see now."""
        return scopes_of(session.get_one(Staff, staff_id), list(session.exec(select(Store))))

    def get(self, model: type, row_id: str) -> Any:
        with Session(self.engine) as session:
            return session.get(model, row_id)

    def all(self, model: type) -> list[Any]:
        with Session(self.engine) as session:
            return list(session.exec(select(model)))

    def settle(self) -> None:
        """Let every device sync until nothing is left to say."""
        for _ in range(3):
            for device in self.devices.values():
                device.sync()


# Making tables takes longer than most stories. A test may register further tables: what is made is theirs, too.
@cache
def _new_company(_tables: tuple[str, ...]) -> bytes:
    """The database of a company that has just been founded."""
    return image_of(World(memory_engine()).engine)


@cache
def _new_tablet(_tables: tuple[str, ...]) -> bytes:
    """The database of a tablet on which the app was started once."""
    engine = memory_engine()
    Replica.open(engine, now_ms=lambda: NOON_MS)
    return image_of(engine)


class Founded:
    """A world as it was when it was founded, to begin again from as often as one likes, on the same engines.

    For a new engine every statement would have to be compiled anew.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._now_ms = world.now_ms
        self._engines = [world.engine, *(device.engine for device in world.devices.values())]
        for engine in self._engines:
            hold(engine)

    def restore(self) -> None:
        """Put the world back as it was."""
        for engine in self._engines:
            rewind(engine)
        self._world.now_ms = self._now_ms
        for device in self._world.devices.values():
            device.replica = Replica(device.engine, device.shown_ms)


class _Office:
    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> Session:
        self._session = Session(self._world.engine, expire_on_commit=False)
        self._recording = recording(self._session, author="office", at_ms=self._world.now_ms)
        self._recording.__enter__()
        return self._session

    def __exit__(self, *exc: object) -> None:
        self._recording.__exit__(*exc)
        if exc[0] is None:
            self._session.commit()
        self._session.close()


def make_lead(owner: str = "amy", store: str = "north", **fields: Any) -> Lead:
    return Lead(
        company_id=COMPANY,
        store_id=store,
        owner_id=owner,
        inquired_at_ms=NOON_MS,
        **{"name": "陈玉兰", **fields},
    )


def make_customer(store: str = "north", **fields: Any) -> Customer:
    return Customer(company_id=COMPANY, store_id=store, **{"name": "李建国", **fields})


def make_follow_up(lead: Lead, staff: str = "amy", at_ms: int = NOON_MS, **fields: Any) -> FollowUp:
    return FollowUp(company_id=COMPANY, lead_id=lead.id, staff_id=staff, occurred_at_ms=at_ms, **fields)


def make_sale(
    customer: str,
    staff: str,
    *,
    at_ms: int,
    total_fen: int,
    paid_fen: int,
    scheme: str | None = None,
    spent: int = 0,
) -> list[Any]:
    """An order of one article, its line and a first payment."""
    order = Order(
        company_id=COMPANY,
        store_id="north",
        customer_id=customer,
        staff_id=staff,
        scheme_id=scheme,
        offset_points=spent,
        products_net_fen=total_fen,
        sold_at_ms=at_ms,
    )
    line = OrderLine(
        company_id=COMPANY, order_id=order.id, name="沙发", list_price_fen=total_fen, net_fen=total_fen
    )
    return [order, line, make_payment(order.id, staff, at_ms, paid_fen)]


def make_payment(order: str, staff: str, at_ms: int, fen: int) -> Payment:
    return Payment(company_id=COMPANY, order_id=order, staff_id=staff, amount_fen=fen, paid_at_ms=at_ms)


Maker = Callable[..., Any]
