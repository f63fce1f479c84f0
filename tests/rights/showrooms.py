"""Two companies with a row of every synced table in every place, and callers of every role."""

from typing import Any

from sqlmodel import Session, select

from server.schema import metadata
from shared_models.people.access import scopes_of
from shared_models.people.tables import Role, Staff, Store
from shared_models.synced import Merge
from sync import wire
from sync.hub import Caller
from sync.hub.tables import SyncDevice
from sync.schema import TableSpec, catalogue, model_of
from tests.convergence.world import COMPANY, World
from tests.rights.oracle import NOTES, PEOPLE

metadata()

RIVAL = "rival"
_PERSON = frozenset({"owner_id", "staff_id", "by", "designer_id", "registered_by", "settled_by"})
"""Columns that name the person whose row it is."""


class Showrooms(World):
    """A world whose rows are named `table:place`, with place S, X, F, or O and the person whose own it is."""

    def __init__(self) -> None:
        super().__init__()
        with self.office() as session:
            session.add(Store(id="rival", company_id=RIVAL, name="rival"))
            for person, (role, store) in PEOPLE.items():
                if session.get(Staff, person) is None:
                    session.add(
                        Staff(
                            id=person, company_id=COMPANY, code=person, name=person, role=role, store_id=store
                        )
                    )
            for person in PEOPLE:
                session.add(
                    SyncDevice(id=f"{person}-1", company_id=COMPANY, staff_id=person, registered_at_ms=0)
                )
        with self.office() as session:
            for spec in catalogue().values():
                for place in self.places():
                    session.add(model_of(spec.name)(**self.row(spec, place)))
                session.flush()

    @staticmethod
    def places() -> list[str]:
        return ["S", "X", "F", *(f"O{person}" for person in PEOPLE)]

    @staticmethod
    def row(spec: TableSpec, place: str, suffix: str = "") -> dict[str, Any]:
        """A row of that table in that place, with nothing in it but whose it is."""
        person = {"S": "bob", "X": "cat", "F": "rival"}.get(place, place[1:])
        where = {
            "company_id": RIVAL if place == "F" else COMPANY,
            "store_id": {"X": "south", "F": "rival"}.get(place, "north"),
            "device_id": f"{person}-1",
            "about_table": "lead",
            "about_id": f"lead:{place}",
        }
        row = {name: column.empty() for name, column in spec.columns.items()}
        may_change = [state for state, after in (spec.policy.transitions or {}).items() if after]
        for name, column in spec.columns.items():
            if column.merge is Merge.STATE and may_change:
                row[name] = may_change[0]
        row |= {name: value for name, value in where.items() if name in row}
        row |= {name: person for name in row if name in _PERSON}
        if "cost_fen" in row:
            row["cost_fen"] = 400
        for name in NOTES.get(spec.name, ()):
            row[name] = {"floor": "oak"} if name == "attributes" else "noted"
        if spec.policy.parent and spec.policy.parent.table:
            row[spec.policy.parent.column] = f"{spec.policy.parent.table}:{place}"
        if place == "Omia":
            row |= {name: "mia" for name in row if name == "customer_id"}
        logs_in = {"designer": "Odora", "customer": "Omia"}
        own = person if logs_in.get(spec.name) == place else f"{spec.name}:{place}"
        row["id"] = own + suffix
        return row

    def scopes_of(self, session: Session, staff_id: str) -> frozenset[str]:
        stores = session.exec(select(Store).where(Store.company_id == COMPANY))
        return scopes_of(session.get_one(Staff, staff_id), list(stores))

    def as_(self, person: str, session: Session) -> Caller:
        scopes = self.scopes_of(session, person) | {f"device:{person}-1"}
        reads_only = PEOPLE.get(person, ("",))[0] == Role.MEMBER
        return Caller(f"{person}-1", person, COMPANY, scopes, reads_only=reads_only)

    def ask(self, person: str, **request: Any) -> wire.Response:
        """What the hub answers that person's device."""
        message = wire.Request(device_now_ms=self.now_ms, schema=99, **request)
        with Session(self.engine) as session:
            caller = self.as_(person, session)
            session.rollback()
            return self.hub.exchange(session, caller, message, self.now_ms)

    def send(self, person: str, name: str, *changes: wire.Change) -> wire.UnitResult:
        """What the hub says to a unit of that person's."""
        unit = wire.Unit(name, "matrix", self.now_ms, list(changes))
        return self.ask(person, units=[unit], pull=False).results[0]

    def pull(self, person: str) -> dict[str, dict[str, dict[str, Any]]]:
        """Every row that reaches a new device of that person, by table and identifier."""
        copy: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in catalogue()}
        cursor, more = "", True
        while more:
            answer = self.ask(person, cursor=cursor)
            cursor, more = answer.cursor, answer.more
            for page in answer.rows:
                for values in page.rows:
                    row = dict(zip(page.columns, values, strict=True))
                    copy[page.table][row["id"]] = row
        return copy
