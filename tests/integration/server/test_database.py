"""The server's connections to its database, of which some break while nobody uses them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from server import database as module
from server.database import Database

_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@pytest.fixture
def database(postgresql_url):
    database = Database(postgresql_url)
    yield database
    database.close()


def cut_all_others(session: Session) -> None:
    assert session.execute(_OTHERS).scalars().all() == [True]


def one(database: Database) -> int:
    with database.reading() as session:
        return session.execute(text("SELECT 1")).scalar_one()


def cut_what_is_idle(database: Database, url: str) -> None:
    other = Database(url)
    with other.reading() as session:
        cut_all_others(session)
    other.close()


def test_a_connection_that_was_cut_while_it_was_idle_is_replaced_before_it_is_used(
    database, postgresql_url, monkeypatch
):
    assert one(database) == 1
    cut_what_is_idle(database, postgresql_url)
    monkeypatch.setattr(module, "_ASKED_AFTER_S", 0.0)  # as if a while had passed
    assert one(database) == 1


def test_a_connection_that_was_cut_just_after_its_use_fails_one_request_and_no_more(database, postgresql_url):
    assert one(database) == 1
    cut_what_is_idle(database, postgresql_url)
    with pytest.raises(OperationalError):
        one(database)
    assert one(database) == 1
