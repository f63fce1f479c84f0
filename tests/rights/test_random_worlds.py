"""Random companies whose people are transferred, promoted and dismissed: no device ever holds a row that is not theirs (S5).

Each seed is a company of its own. After each sync the copy is compared with what its user may hold by the rules below,
written from the rules of the house and not from the tables' declarations: 0 foreign rows, 0 foreign costs, nothing missing.
`WORLDS=10000 WORLDS_SEED=…` plays more of them.
"""

import os
import random
from typing import Any

import pytest
from sqlmodel import Session, select

from shared_models.ids import new_id
from shared_models.people.access import scopes_of
from shared_models.people.tables import Role, Staff, Store
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, OrderLine
from tests.convergence.world import COMPANY, Founded, World

WORLDS = int(os.environ.get("WORLDS", "20"))
FIRST = int(os.environ.get("WORLDS_SEED", "1"))
GROUPS = 20
STEPS = 24
STORES = {"north": COMPANY, "south": COMPANY, "away": "rival"}
PEOPLE = ("amy", "bob", "cat", "max", "olga")
OF_THE_OFFICE = {Role.COMPANY_MANAGER, Role.OFFICE}
TABLES: tuple[type[Any], ...] = (Lead, FollowUp, Customer, Order, OrderLine)


class RandomWorld(World):
    """A company that changes all the time, next to another one that nobody of it may see."""

    def __init__(self) -> None:
        super().__init__()
        with self.office() as session:
            session.add(Store(id="away", company_id="rival", name="away"))
        for person in PEOPLE:
            self.device(f"{person}-1", person)
        self._founded = Founded(self)

    def begin(self, seed: int) -> None:
        """A new company, whose history follows from the seed."""
        self._founded.restore()
        self.random = random.Random(seed)
        for _ in range(6):
            self.open_file()

    def scopes_of(self, session: Session, staff_id: str) -> frozenset[str]:
        stores = session.exec(select(Store).where(Store.company_id == COMPANY))
        return scopes_of(session.get_one(Staff, staff_id), list(stores))

    def open_file(self) -> None:
        """Somebody inquires, buys, and is called back."""
        store = self.random.choice(list(STORES))
        owner = self.random.choice(PEOPLE) if STORES[store] == COMPANY else "rival"
        where = {"company_id": STORES[store], "store_id": store}
        lead = Lead(**where, owner_id=owner, name="x", inquired_at_ms=self.now_ms)
        customer = Customer(**where, name="x", phone=new_id()[-11:])
        order = Order(
            **where, customer_id=customer.id, staff_id=owner, products_net_fen=1, sold_at_ms=self.now_ms
        )
        call = FollowUp(
            company_id=lead.company_id, lead_id=lead.id, staff_id=owner, channel="phone", outcome="no_answer",
            occurred_at_ms=self.now_ms,
        )  # fmt: skip
        line = OrderLine(
            company_id=order.company_id, order_id=order.id, name="x", category="x", kind="product",
            list_price_fen=1, net_fen=1, cost_fen=400,
        )  # fmt: skip
        with self.office() as session:
            session.add_all([lead, customer, order])
            session.flush()
            session.add_all([call, line])

    def transfer(self) -> None:
        """A lead goes to somebody else, maybe in another store."""
        leads = sorted(lead.id for lead in self.all(Lead) if lead.company_id == COMPANY)
        if not leads:
            return
        with self.office() as session:
            row = session.get_one(Lead, self.random.choice(leads))
            row.owner_id = self.random.choice(PEOPLE)
            row.store_id = self.random.choice(["north", "south"])

    def employ(self) -> None:
        """Somebody gets another role or store, is dismissed, or comes back."""
        with self.office() as session:
            person = session.get_one(Staff, self.random.choice(PEOPLE))
            person.role = self.random.choice([role for role in Role if role != Role.MEMBER])
            person.store_id = self.random.choice(["north", "south", None])
            person.active = self.random.random() < 0.8

    def sync_somebody(self) -> None:
        """One device syncs, and is held to the rules."""
        name = self.random.choice(list(self.devices))
        self.devices[name].sync()
        self.check(name)

    def check(self, name: str) -> None:
        """The device holds what its user may, to the row and to the field."""
        device = self.devices[name]
        person = self.get(Staff, device.owner)
        rows = {table: self.all(table) for table in TABLES}
        by_id = {row.id: row for row in (*rows[Lead], *rows[Order])}
        with device.replica.reading() as session:
            for table in TABLES:
                held = set(session.exec(select(table.id)))
                allowed = {row.id for row in rows[table] if self.may_hold(person, row, by_id)}
                assert held == allowed, (name, person.role, person.store_id, person.active, table.__name__)
            costs = set(session.exec(select(OrderLine.cost_fen)))
        sees_costs = person.role in OF_THE_OFFICE | {Role.STORE_MANAGER}
        assert costs <= ({400} if sees_costs else {None}), (name, person.role)

    @staticmethod
    def may_hold(person: Staff, row: Any, by_id: dict[str, Any]) -> bool:
        """The rules of the house about leads, customers and orders; what belongs to them goes where they go."""
        above: Any = row
        if isinstance(row, FollowUp):
            above = by_id[row.lead_id]
        elif isinstance(row, OrderLine):
            above = by_id[row.order_id]
        if not person.active or person.role == Role.DESIGNER or above.company_id != person.company_id:
            return False
        if person.role in OF_THE_OFFICE:
            return True
        is_in_store = above.store_id == person.store_id
        if isinstance(above, Lead):
            return above.owner_id == person.id or (is_in_store and person.role == Role.STORE_MANAGER)
        return is_in_store


@pytest.fixture(scope="module")
def world():
    return RandomWorld()


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_device_of_a_company_that_changes_holds_a_row_or_a_cost_that_is_not_its_users(world, group):
    for seed in range(FIRST + group, FIRST + WORLDS, GROUPS):
        world.begin(seed)
        steps = (world.open_file, world.transfer, world.employ, world.sync_somebody, world.sync_somebody)
        for _ in range(STEPS):
            world.now_ms += 1_000
            world.random.choice(steps)()
        for name, device in world.devices.items():  # people only read here: one sync each, and all is said
            device.sync()
            world.check(name)
