"""A sync of fifty actions is killed at every statement and every network step, on both sides (S2, S3).

Each death is a run of its own: the same fifty actions, killed at the next place. What survives is one of very few states, since
a transaction is there or not; each of those is started again, synced to the end, and every confirmed action must have taken
effect once: no row is missing, none is doubled, the points are those of one payment each.
"""

from contextlib import closing

import apsw
import pytest
from sqlalchemy import func, make_url
from sqlmodel import Session, select

import server.schema
from server.database import Database
from server.domain.deriving import WATCHED, derive
from shared_models.loyalty.tables import MemberAccount, PointsEntry
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, Payment
from sync.device.replica import Replica
from sync.hub import Hub
from sync.hub.tables import SyncOperation
from sync.sqlite import driver
from tests.convergence.faults import NEVER, Crash, Fuse
from tests.convergence.memory import connection_of, lines_of
from tests.convergence.world import NOON_MS, World, make_customer, make_follow_up, make_lead, make_sale

ACTIONS = 50
PARTS = 4
"""The places where a server is killed are taken in turn by so many tests, so that two can be under way at once."""


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
        self._held = apsw.Connection(":memory:")
        copy_all(of=connection_of(self.tablet.engine), into=self._held)
        keeper.keep()

    def begin_again(self):
        """The tablet as it was; the hub too, if it has taken anything in since. Neither has anything in memory."""
        self.world.hub = Hub(derive, WATCHED)
        # Not `deserialize`: SQLite then goes on using what json_each belonged to, which is freed.
        copy_all(of=self._held, into=connection_of(self.tablet.engine))
        self.tablet.replica = Replica(self.tablet.engine, self.tablet.shown_ms)
        if self.hub_has_taken():
            self._keeper.restore()

    def hub_has_taken(self):
        with Session(self.world.engine) as session:
            return (
                session.exec(select(func.count()).select_from(SyncOperation)).one() - 1
            )  # but for the enrolment

    def survivor(self):
        """What both sides hold on disk."""
        # What is in the tables: a database that was put back counts how often that was done.
        return self.hub_has_taken(), hash("\n".join(lines_of(self.tablet.engine)))

    def _act(self, number):
        with self.tablet.act(f"action {number}") as session:
            match number % 10:
                case 0 | 5:
                    lead = make_lead(budget_fen=number)
                    session.add(lead)
                    self.leads.append(lead.id)
                case 1 | 6:
                    session.get_one(Lead, self.leads[-1]).notes = f"line\n{number}"
                case 2 | 7:
                    log = make_follow_up(session.get_one(Lead, self.leads[-1]), at_ms=self.world.now_ms)
                    session.add(log)
                    session.get_one(Lead, self.leads[-1]).intent = "high"
                    self.logs.add(log.id)
                case 3 | 8:
                    session.get_one(Lead, self.leads[0]).budget_fen = number
                case 4:
                    session.add(make_customer(notes=f"line {number}"))
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
        sales = ACTIONS // 10
        assert len(session.exec(select(Customer)).all()) == 1 + ACTIONS // 10
        assert len(session.exec(select(Order)).all()) == len(session.exec(select(Payment)).all()) == sales
        assert sum(entry.points for entry in session.exec(select(PointsEntry))) == sales * 100
        assert session.get_one(MemberAccount, "member").balance == sales * 100


def copy_all(*, of: apsw.Connection, into: apsw.Connection) -> None:
    """Make the one database what the other is, through the library that the hub has it open with.

    Two copies of SQLite in one process do not see each other's locks.
    """
    with into.backup("main", of, "main") as copying:
        copying.step()


class Keeper:
    """The hub's database, and a copy of what is in it to go back to; the engine stays, with all that it has compiled."""

    def __init__(self, url):
        self.database = Database(url)
        self._file = make_url(url).database if url.startswith("sqlite") else None
        self._held = apsw.Connection(":memory:")
        self._restoring = ""

    def keep(self):
        """Remember what is in the database now."""
        if self._file is not None:
            with closing(driver.connect(self._file)) as file:
                copy_all(of=file.apsw, into=self._held)
            return
        with self.database.engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA kept")
            tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            statements = []
            for table in tables.scalars().all():
                connection.exec_driver_sql(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
                statements.append(f'DELETE FROM public."{table}"')
                if connection.exec_driver_sql(f'SELECT 1 FROM public."{table}" LIMIT 1').first():
                    statements.append(f'INSERT INTO public."{table}" SELECT * FROM kept."{table}"')
            # All of it without constraints: rows come back in no order.
            self._restoring = "; ".join(["SET LOCAL session_replication_role = replica", *statements])

    def restore(self):
        """Put that back."""
        if self._file is not None:
            with closing(driver.connect(self._file)) as file:
                file.apsw.execute("PRAGMA synchronous = OFF")
                copy_all(of=self._held, into=file.apsw)
            return
        with self.database.engine.begin() as connection:
            connection.exec_driver_sql(self._restoring)

    def close(self):
        self.database.close()
        self._held.close()


@pytest.fixture
def story(migrated_url):
    keeper = Keeper(migrated_url)
    yield Story(keeper)
    keeper.close()


def kill_everywhere(story, engine, part=0, parts=1):
    """Kill a sync at each statement on that engine, or a part of them; how many there are, and what survived."""
    fuse = Fuse(engine)
    story.begin_again()
    fuse.set(NEVER)
    story.tablet.sync()
    fuse.put_out()
    statements = fuse.count
    survivors = set()
    for place in range(part, statements, parts):
        story.begin_again()
        fuse.set(place)
        with pytest.raises(Crash):
            story.tablet.sync()
        fuse.put_out()
        survivor = story.survivor()
        if survivor not in survivors:
            survivors.add(survivor)
            story.finish_and_check()
    return statements, survivors


def test_a_tablet_killed_at_any_statement_of_a_sync_loses_and_doubles_nothing(story):
    statements, survivors = kill_everywhere(story, story.tablet.engine)
    assert statements > ACTIONS // 2
    assert len(survivors) >= 2  # before and after the hub had answered


@pytest.mark.parametrize("part", range(PARTS))
def test_a_server_killed_at_any_statement_of_a_sync_loses_and_doubles_nothing(story, part):
    statements, survivors = kill_everywhere(story, story.world.engine, part, PARTS)
    assert statements > ACTIONS
    assert {taken for taken, _ in survivors} == {0, ACTIONS}


def test_a_request_or_an_answer_lost_at_any_step_of_a_sync_loses_and_doubles_nothing(story):
    exchanges = story.tablet.sync().rounds
    for number in range(exchanges):
        for fault in ("lose_request", "lose_answer"):
            story.begin_again()
            assert story.tablet.sync(**{fault: number}) is None
            story.finish_and_check()
