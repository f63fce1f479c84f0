"""Adding a synced table is one class: no line in the engine, no serialiser, no list to extend."""

import pytest
from sqlmodel import SQLModel

from shared_models.sales.tables import Lead
from shared_models.synced import Kind, Merge, Parent, Synced, column, string_set, synced
from tests.convergence.world import COMPANY, World, make_lead


@pytest.fixture
def measurement():
    class Measurement(Synced, table=True):
        __tablename__ = "test_measurement"
        __table_args__ = synced(Kind.RECORD, parent=Parent("lead_id", "lead"))
        lead_id: str = column(references="lead")
        width_mm: int = 0
        remarks: str = column("", merge=Merge.TEXT)
        rooms: list[str] = string_set()

    yield Measurement
    SQLModel.metadata.remove(Measurement.__table__)


def test_a_table_made_of_one_class_syncs_merges_follows_its_lead_and_is_searched_for_conflicts(measurement):
    world = World()
    a, b, m = world.device("A", "amy"), world.device("B", "bob"), world.device("M", "max")
    lead = make_lead()
    with a.act() as session:
        session.add(lead)
        session.add(
            measurement(id="one", company_id=COMPANY, lead_id=lead.id, width_mm=2_400, rooms=["客厅"])
        )
    world.settle()
    assert (m.get(measurement, "one").width_mm, b.get(measurement, "one")) == (2_400, None)

    for device, width, room in ((a, 2_500, "卧室"), (m, 2_600, "书房")):
        with device.act() as session:
            row = session.get(measurement, "one")
            row.width_mm, row.rooms = width, [*row.rooms, room]
    world.settle()
    for row in (world.get(measurement, "one"), a.get(measurement, "one"), m.get(measurement, "one")):
        assert (row.width_mm, sorted(row.rooms)) == (2_600, sorted(["客厅", "卧室", "书房"]))
    assert [conflict.lost_value() for conflict in a.replica.open_conflicts()] == [2_500]

    with world.office() as session:
        session.get_one(Lead, lead.id).owner_id = "bob"
    world.settle()
    assert a.get(measurement, "one") is None
    assert b.get(measurement, "one").width_mm == 2_600
