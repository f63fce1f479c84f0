"""When devices were last seen, remembered until it is written for all of them at once."""

import pytest
from sqlalchemy import create_engine, event
from sqlmodel import Session

from sync.hub import sightings
from sync.hub.sightings import Sighting, Sightings
from sync.hub.tables import SyncDevice


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    SyncDevice.__table__.create(engine)
    with Session(engine) as session:
        for device_id in ("A", "B", "C"):
            session.add(
                SyncDevice(
                    id=device_id,
                    company_id="acme",
                    staff_id="amy",
                    registered_at_ms=1,
                    last_seen_at_ms=2,
                    caught_up_at_ms=3,
                    skew_ms=4,
                    storage_bytes=5,
                )
            )
        session.commit()
        yield session
    engine.dispose()


def noted(session: Session, device_id: str) -> tuple:
    session.expire_all()
    device = session.get_one(SyncDevice, device_id)
    return device.last_seen_at_ms, device.skew_ms, device.storage_bytes, device.caught_up_at_ms


def test_of_an_earlier_sighting_only_the_catching_up_stays_true():
    seen = Sightings()
    seen.note("A", Sighting(10, 1, 1, 10))
    seen.note("A", Sighting(20, 2, 2))
    seen.note("B", Sighting(10, 1, 1, 10))
    seen.note("B", Sighting(20, 2, 2, 20))
    seen.note("C", Sighting(10, 1, 1))
    assert seen.take() == {"A": Sighting(20, 2, 2, 10), "B": Sighting(20, 2, 2, 20), "C": Sighting(10, 1, 1)}


def test_what_was_taken_to_be_written_is_not_taken_twice():
    seen = Sightings()
    seen.note("A", Sighting(10, 1, 1, 10))
    assert seen.take().keys() == {"A"}
    assert seen.take() == {}
    seen.note("A", Sighting(20, 2, 2))
    assert seen.take() == {"A": Sighting(20, 2, 2)}


def test_sightings_are_written_and_who_did_not_catch_up_keeps_the_moment_when_they_last_had(session):
    sightings.write(session, {"B": Sighting(20, 6, 7), "A": Sighting(10, 8, 9, 10)})
    assert noted(session, "A") == (10, 8, 9, 10)
    assert noted(session, "B") == (20, 6, 7, 3)
    assert noted(session, "C") == (2, 4, 5, 3)


def test_devices_are_written_in_their_order_so_that_two_processes_wait_and_do_not_deadlock(session):
    written: list[str] = []

    @event.listens_for(session.get_bind(), "before_cursor_execute")
    def _hear(_connection, _cursor, _statement, parameters, *_rest):
        written.extend(each[-1] for each in parameters)

    sightings.write(session, {name: Sighting(10, 1, 1) for name in ("C", "A", "B")})
    assert written == ["A", "B", "C"]


def test_nothing_seen_is_nothing_written(session):
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *given: statements.append(given[2]))
    sightings.write(session, {})
    assert statements == []
