"""Transactions that commit out of order never make a cursor skip a row (S6). For PostgreSQL, where several write at once."""

import random
import threading

import pytest
from sqlalchemy import literal
from sqlmodel import Session, select

from server.database import Database
from shared_models.sales.tables import Lead
from sync.hub import handing_out, positions, trimming
from sync.hub.recorder import recording
from tests.convergence.world import World, make_lead

WRITERS = 8
TRANSACTIONS = 50
MOST_ROWS = 12


@pytest.fixture
def world(postgresql_url):
    database = Database(postgresql_url)
    yield World(database.engine)
    database.close()


def test_a_row_whose_transaction_began_first_and_committed_last_is_handed_out(world):
    assert _seen_when_the_first_commits_last(world) == {"first", "second"}


def test_without_the_horizon_that_row_would_be_lost(world, monkeypatch):
    """The test above is worth something: positions alone, without looking for running transactions, skip the row."""

    def blind() -> None:
        monkeypatch.setattr(positions, "_OLDEST_RUNNING", literal(2**62))
        # The statements that look for running transactions, made anew each time instead of once.
        monkeypatch.setattr(handing_out, "_asked", handing_out._asked.__wrapped__)
        monkeypatch.setattr(trimming, "asked_standing", trimming.asked_standing.__wrapped__)

    assert _seen_when_the_first_commits_last(world, blind) == {"second"}


def test_eight_writers_of_thousands_of_rows_never_make_a_reader_skip_one(world):
    """Transactions of all sizes, overlapping in every way; some roll back; two devices pull all the time."""
    readers = [world.device("M", "max"), world.device("A", "amy")]
    committed: list[str] = []
    failures: list[BaseException] = []

    def write(seed: int) -> None:
        try:
            _write(world, random.Random(seed), f"{seed}", committed)
        except BaseException as failure:  # noqa: BLE001 - handed to the test's own thread below
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(WRITERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for reader in readers:
            reader.sync()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(committed) > 1_500
    for reader in readers:
        reader.sync()
        assert _names(reader) == set(committed)


def _write(world, chance, writer, committed):
    for number in range(TRANSACTIONS):
        names = [f"{writer}-{number}-{row}" for row in range(chance.randint(1, MOST_ROWS))]
        with Session(world.engine) as session:
            with recording(session, author="office", at_ms=world.now_ms):
                for name in names:
                    session.add(make_lead(name=name))
                    session.flush()
            threading.Event().wait(chance.random() / 50)  # others overtake it here
            if chance.random() < 0.1:
                continue
            session.commit()
        committed.extend(names)


def _seen_when_the_first_commits_last(world, once_begun=lambda: None):
    reader = world.device("M", "max")
    reader.sync()
    once_begun()
    first, second = Session(world.engine), Session(world.engine)
    for session, name in ((first, "first"), (second, "second")):
        with recording(session, author="office", at_ms=world.now_ms):
            session.add(make_lead(name=name))
            session.flush()
    second.commit()
    reader.sync()
    first.commit()
    reader.sync()
    for session in (first, second):
        session.close()
    return _names(reader)


def _names(reader):
    with reader.replica.reading() as session:
        return set(session.exec(select(Lead.name)).all())
