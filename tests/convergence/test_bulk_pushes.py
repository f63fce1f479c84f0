"""What a push costs the hub: as many statements for many rows as for a few, whatever is done to them (S7)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import CacheStats
from sqlmodel import Session

from shared_models.sales.tables import Lead
from sync import wire
from sync.hub import Hub
from tests.convergence.forged import delete, new, put
from tests.convergence.world import COMPANY, Device, World, make_customer, make_follow_up, make_lead

FEW, MANY = 3, 63
"""What is left of full statements takes one more: `MANY - FEW` rows leave nothing."""


@pytest.fixture
def amy(world) -> Device:
    """A tablet of somebody who has many leads and customers."""
    with world.office() as session:
        session.add_all([make_customer(id=f"c{n}") for n in range(MANY)])
        session.add_all([make_lead(id=f"l{n}") for n in range(MANY)])
        session.add_all([make_follow_up(make_lead(id=f"l{n}"), id=f"f{n}") for n in range(MANY)])
    tablet = world.device("A", "amy")
    tablet.sync()
    return tablet


def statements(world: World, device: Device, units: list[wire.Unit]) -> dict[str, list[str]]:
    """What the hub asks its database while it answers, in all and made `anew`; all of it has to be applied, nothing is kept."""
    run: dict[str, list[str]] = {"all": [], "anew": []}

    def hear(_connection: Any, _cursor: Any, statement: str, _given: Any, context: Any, _many: bool) -> None:
        run["all"].append(statement)
        if context is not None and context.compiled and context.cache_hit is not CacheStats.CACHE_HIT:
            run["anew"].append(statement)

    request = wire.Request(world.now_ms, units, pull=False, protocol=2, schema=99)
    with Session(world.engine) as session:
        caller = world.caller(session, device)
        session.rollback()
        event.listen(world.engine, "before_cursor_execute", hear)
        answer = world.hub.exchange(session, caller, request, world.now_ms)
        event.remove(world.engine, "before_cursor_execute", hear)
    assert [each.outcome for each in answer.results] == ["applied"] * len(units)
    return run


DOING: dict[str, Callable[[int], wire.Change]] = {
    "new rows": lambda n: new(make_lead(id=f"n{n}", customer_id=f"c{n}")),
    "new rows of another kind": lambda n: new(make_customer(id=f"d{n}", phone=f"{n}")),
    "what follows rows that are there": lambda n: new(
        make_follow_up(Lead(id=f"l{n}", company_id=COMPANY), id=f"g{n}")
    ),
    "edits": lambda n: put("lead", f"l{n}", {"customer_id": None, "region": ""}, customer_id=f"c{n}", region="x"),
    "deletions": lambda n: delete("lead", f"l{n}"),
    "rows said once more": lambda n: put("followup", f"f{n}", lead_id=f"l{n}"),
}  # fmt: skip


@pytest.mark.parametrize("doing", DOING)
@pytest.mark.parametrize("together", [True, False], ids=["one unit", "a unit each"])
def test_a_push_of_many_rows_costs_as_many_statements_as_one_of_a_few(world, amy, doing, together):
    def push(numbers: range) -> list[wire.Unit]:
        changes = [DOING[doing](n) for n in numbers]
        parts = [changes] if together else [[change] for change in changes]
        return [wire.Unit(f"{numbers.start}-{n}", "act", world.now_ms, part) for n, part in enumerate(parts)]

    few = statements(world, amy, push(range(FEW)))["all"]
    many = statements(world, amy, push(range(FEW, MANY)))["all"]
    assert len(many) == len(few)


@pytest.mark.parametrize("doing", DOING)
def test_a_push_like_one_before_makes_no_statement_anew(world, amy, doing):
    first, again = (
        statements(world, amy, [wire.Unit(f"u{n}", "act", world.now_ms, [DOING[doing](n)])]) for n in range(2)
    )
    assert again["all"]
    assert again["anew"] == [], first["anew"]


def test_what_is_derived_sees_the_rows_as_they_are_now(world, amy):
    seen: list[str] = []

    def derive(session: Session, _units: object) -> None:
        seen.append(session.get_one(Lead, "l0").region)

    world.hub = Hub(derive=derive)
    with Session(world.engine, expire_on_commit=False) as session:
        assert session.get_one(Lead, "l0").region == ""
        caller = world.caller(session, amy)
        unit = wire.Unit("u", "act", world.now_ms, [put("lead", "l0", {"region": ""}, region="南山")])
        world.hub.act(session, caller, unit, world.now_ms)
    assert seen == ["南山"]


@pytest.mark.parametrize("answering", ["exchange", "look"])
def test_no_transaction_is_open_any_more_when_the_answer_is_there(world, amy, answering):
    request = wire.Request(world.now_ms, schema=99, protocol=2)
    with Session(world.engine) as session:
        caller = world.caller(session, amy)
        session.rollback()
        world.hub.exchange(session, caller, request, world.now_ms)
        answer = getattr(world.hub, answering)(session, caller, request, world.now_ms)
        assert answer is not None
        assert not session.in_transaction()
