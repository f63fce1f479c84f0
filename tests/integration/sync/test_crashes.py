"""A sync of fifty actions is killed at every statement and every network step, on both sides (S2, S3).

Each death is a run of its own: the same fifty actions, killed at the next place. What survives is one of very few states, since
a transaction is there or not; each of those is started again, synced to the end, and every confirmed action must have taken
effect once: no row is missing, none is doubled, the points are those of one payment each.
"""

import os
import shutil
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, make_url
from sqlmodel import Session, select

import server.schema
from server.database import Database
from server.domain.deriving import WATCHED, derive
from shared_models.loyalty.tables import MemberAccount, PointsEntry
from shared_models.sales.tables import FollowUp, Lead, Order, Payment
from sync.device.replica import Replica
from sync.hub import Hub
from sync.hub.tables import SyncOperation
from tests.convergence.faults import Crash, Fuse
from tests.convergence.world import NOON_MS, World, make_customer, make_follow_up, make_lead, make_sale
from tests.databases import libpq

ACTIONS = 50
STRIDE = int(os.environ.get("CRASH_STRIDE", "24"))
"""1 kills at every statement (`make soak`); CI kills at every eighth, and at the last ones."""


class Story:
    """Fifty mixed actions on one tablet, made once; every death begins with a copy of what they left behind."""

    def __init__(self, keeper):
        server.schema.metadata()
        self._keeper = keeper
        self.world = World(keeper.database.engine, Hub(derive, WATCHED))
        self.tablet, other = self.world.device("A", "amy"), self.world.device("M", "max")
        with other.act() as session:
            session.add(make_customer(id="member", enrolled_at_ms=NOON_MS))
        self.world.settle()
        self.leads, self.logs = [], set()
        for number in range(ACTIONS):
            self._act(number)
        assert self.tablet.replica.status().pending == ACTIONS
        self._copy = self._connection().serialize()
        keeper.keep()

    def begin_again(self):
        """The tablet as it was; the hub too, if it has taken anything in since."""
        self._connection().deserialize(self._copy)
        self.tablet.replica = Replica(self.tablet.engine, self.tablet.shown_ms)
        if self.hub_has_taken():
            self._keeper.restore()
            self.world.engine = self._keeper.database.engine

    def hub_has_taken(self):
        with Session(self.world.engine) as session:
            return (
                session.exec(select(func.count()).select_from(SyncOperation)).one() - 1
            )  # but for the enrolment

    def survivor(self):
        """What both sides hold on disk."""
        return self.hub_has_taken(), hash(self._connection().serialize())

    def _connection(self):
        return self.tablet.engine.raw_connection().driver_connection

    def _act(self, number):
        with self.tablet.act(f"action {number}") as session:
            match number % 5:
                case 0:
                    lead = make_lead(budget_fen=number)
                    session.add(lead)
                    self.leads.append(lead.id)
                case 1:
                    session.get_one(Lead, self.leads[-1]).notes = f"line\n{number}"
                case 2:
                    log = make_follow_up(session.get_one(Lead, self.leads[-1]), at_ms=self.world.now_ms)
                    session.add(log)
                    session.get_one(Lead, self.leads[-1]).intent = "high"
                    self.logs.add(log.id)
                case 3:
                    session.get_one(Lead, self.leads[0]).budget_fen = number
                case _:
                    session.add_all(
                        make_sale("member", "amy", at_ms=self.world.now_ms, total_fen=10_000, paid_fen=10_000)
                    )

    def finish_and_check(self):
        """Start again, sync to the end: every action has taken effect, once."""
        self.tablet.open()
        self.tablet.sync()
        assert self.tablet.replica.status().pending == self.tablet.replica.status().refused == 0
        for engine in (self.world.engine, self.tablet.engine):
            with Session(engine) as session:
                self._check(session)

    def _check(self, session):
        assert {lead.id for lead in session.exec(select(Lead))} == set(self.leads)
        assert {log.id for log in session.exec(select(FollowUp))} == self.logs
        assert session.get_one(Lead, self.leads[0]).budget_fen == ACTIONS - 2
        assert session.get_one(Lead, self.leads[-1]).notes == f"line\n{ACTIONS - 4}"
        sales = ACTIONS // 5
        assert len(session.exec(select(Order)).all()) == len(session.exec(select(Payment)).all()) == sales
        assert sum(entry.points for entry in session.exec(select(PointsEntry))) == sales * 100
        assert session.get_one(MemberAccount, "member").balance == sales * 100


class Keeper:
    """The hub's database, and a copy of it to go back to."""

    def __init__(self, url):
        self._url = make_url(url)
        self.database = Database(url)

    def keep(self):
        """Remember the database as it is."""
        self.database.close()
        self._copy("kept", self._url.database)

    def restore(self):
        """Put it back as it was."""
        self.database.close()
        self._copy(self._url.database, "kept")
        self.database = Database(self._url.render_as_string(hide_password=False))

    def _copy(self, to, source):
        if self._url.get_backend_name() == "sqlite":
            files = {"kept": self._url.database + ".kept"}
            for suffix in ("-wal", "-shm"):
                Path(files.get(to, to) + suffix).unlink(missing_ok=True)
            shutil.copyfile(files.get(source, source), files.get(to, to))
            return
        names = {"kept": f"{self._url.database}_kept"}
        to, source = (sql.Identifier(names.get(name, name)) for name in (to, source))
        with psycopg.connect(libpq(self._url.set(database="postgres")), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(to))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(to, source))


@pytest.fixture
def story(database_url):
    keeper = Keeper(database_url)
    yield Story(keeper)
    keeper.database.close()


def places(count):
    """Where to kill: with a stride not everywhere, but the end, where commits are, without a gap."""
    return sorted({*range(0, count, STRIDE), *range(max(0, count - 12), count)})


def test_a_tablet_killed_at_any_statement_of_a_sync_loses_and_doubles_nothing(story):
    fuse = Fuse(story.tablet.engine)
    fuse.set(None)
    story.tablet.sync()
    statements = fuse.count
    survivors = set()
    for place in places(statements):
        story.begin_again()
        fuse.set(place)
        with pytest.raises(Crash):
            story.tablet.sync()
        fuse.set(None)
        if story.survivor() not in survivors:
            survivors.add(story.survivor())
            story.finish_and_check()
    assert statements > ACTIONS // 2
    assert len(survivors) >= 2  # before and after the hub had answered


def test_a_server_killed_at_any_statement_of_a_sync_loses_and_doubles_nothing(story):
    fuse = Fuse(story.world.engine)
    fuse.set(None)
    story.tablet.sync()
    statements = fuse.count
    survivors = set()
    for place in places(statements):
        story.begin_again()
        fuse = Fuse(story.world.engine)
        fuse.set(place)
        with pytest.raises(Crash):
            story.tablet.sync()
        fuse.set(None)
        if story.survivor() not in survivors:
            survivors.add(story.survivor())
            story.finish_and_check()
    assert statements > ACTIONS
    assert {taken for taken, _ in survivors} == {0, ACTIONS}


def test_a_request_or_an_answer_lost_at_any_step_of_a_sync_loses_and_doubles_nothing(story):
    exchanges = story.tablet.sync().rounds
    for number in range(exchanges):
        for fault in ("lose_request", "lose_answer"):
            story.begin_again()
            assert story.tablet.sync(**{fault: number}) is None
            story.finish_and_check()
