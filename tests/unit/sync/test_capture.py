"""What a session wrote becomes changes, whichever way it is written, and nothing is written past them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Field, Session, SQLModel, select

from shared_models.sales.tables import Customer, Lead
from sync.capture import CapturingSession, RowChange, UncapturedWrite, capturing, edits_of


class Jotting(SQLModel, table=True):
    """A row that is not synced."""

    __tablename__ = "capture_test_jotting"

    id: str = Field(primary_key=True)
    body: str = ""


TABLES = [Lead.__table__, Customer.__table__, Jotting.__table__]


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = create_engine("sqlite://")
    SQLModel.metadata.create_all(opened, tables=TABLES)
    with Session(opened) as session:
        session.add_all([lead("old"), Jotting(id="old")])
        session.commit()
    yield opened
    opened.dispose()


def lead(row_id: str, **fields: object) -> Lead:
    return Lead(
        id=row_id, company_id="acme", **{"name": "陈玉兰", "inquired_at_ms": 0, "store_id": "s", **fields}
    )


def told(engine: Engine, act, *, flushes: bool) -> list[tuple[object, ...]]:
    """What a session that does this tells of its changes."""
    heard: list[RowChange] = []
    with CapturingSession(engine, heard.extend) as session:
        act(session)
        if flushes:
            session.flush()
        else:
            session.last_flush()
        session.commit()
    return [(each.spec.name, each.row_id, each.kind, each.fields, each.seen, each.row) for each in heard]


def rows(engine: Engine, table: str = "lead") -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


def add_two(session: Session) -> None:
    session.add_all(
        [lead("a", region="福田"), lead("b"), Customer(id="c", company_id="acme", store_id="s", name="x")]
    )


def edit(session: Session) -> None:
    row = session.get_one(Lead, "old")
    row.region, row.budget_fen = "南山", 5


def edit_nothing(session: Session) -> None:
    row = session.get_one(Lead, "old")
    row.region = str(row.region)


def edit_and_add(session: Session) -> None:
    edit(session)
    add_two(session)


def delete(session: Session) -> None:
    session.delete(session.get_one(Lead, "old"))


def edit_and_delete(session: Session) -> None:
    edit(session)
    delete(session)


def delete_beside_a_new_row(session: Session) -> None:
    session.add(lead("a"))
    delete(session)


def jot(session: Session) -> None:
    session.get_one(Jotting, "old").body = "new"
    session.add_all([Jotting(id="a", body="x"), lead("a")])


def jot_anew(session: Session) -> None:
    session.add_all([lead("a"), Jotting(id="a", body="x")])


def edit_a_jotting_alone(session: Session) -> None:
    session.get_one(Jotting, "old").body = "new"


ACTS = [
    add_two,
    edit,
    edit_nothing,
    edit_and_add,
    delete,
    edit_and_delete,
    delete_beside_a_new_row,
    jot,
    jot_anew,
    edit_a_jotting_alone,
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_what_is_left_to_the_end_is_written_and_told_as_a_flush_writes_and_tells_it(engine, act):
    other = create_engine("sqlite://")
    SQLModel.metadata.create_all(other, tables=TABLES)
    with Session(other) as session:
        session.add_all([lead("old"), Jotting(id="old")])
        session.commit()
    by_flush = told(other, act, flushes=True)
    assert sorted(told(engine, act, flushes=False), key=str) == sorted(by_flush, key=str)
    for table in TABLES:
        assert rows(engine, table.name) == rows(other, table.name)
    other.dispose()


def test_a_change_says_what_it_put_what_was_seen_and_how_the_row_is_now(engine):
    [(table, row_id, kind, fields, seen, row)] = told(engine, edit, flushes=False)
    assert (table, row_id, kind) == ("lead", "old", "update")
    assert fields == {"region": "南山", "budget_fen": 5}
    assert seen == {"region": "", "budget_fen": None}
    assert (row["region"], row["name"]) == ("南山", "陈玉兰")
    [(_, _, kind, fields, seen, row)] = told(engine, delete, flushes=False)
    assert (kind, fields, seen, row["region"]) == ("delete", {}, row, "南山")
    [(_, _, kind, fields, seen, row), *_] = told(engine, add_two, flushes=False)
    assert (kind, fields, seen, fields["region"]) == ("insert", row, {}, "福田")


def test_of_a_row_that_was_edited_and_deleted_in_one_breath_the_old_values_are_told(engine):
    [(_, _, kind, fields, seen, row)] = told(engine, edit_and_delete, flushes=False)
    assert (kind, fields, row) == ("delete", {}, seen)
    assert (seen["region"], seen["budget_fen"], seen["name"]) == ("", None, "陈玉兰")


@pytest.mark.parametrize("act", [edit_nothing, edit_a_jotting_alone, lambda _session: None])
def test_where_no_synced_row_changed_nothing_is_told(engine, act):
    calls: list[object] = []
    with CapturingSession(engine, calls.append) as session:
        act(session)
        session.last_flush()
    assert calls == []


def test_what_was_written_can_still_be_read_and_is_written_once(engine):
    heard: list[RowChange] = []
    with CapturingSession(engine, heard.extend) as session:
        made, old = lead("a"), session.get_one(Lead, "old")
        session.add(made)
        old.region = "南山"
        session.last_flush()
        session.last_flush()
        session.commit()
        assert (made.name, old.region) == ("陈玉兰", "南山")
    assert len(heard) == 2
    with CapturingSession(engine, heard.extend) as session:
        session.add(made)
        made.region = "宝安"
        session.last_flush()
        session.commit()
    assert [(change.kind, change.fields) for change in heard[2:]] == [("update", {"region": "宝安"})]
    assert [row[0] for row in rows(engine)] == ["a", "old"]


@pytest.mark.parametrize("act", [edit_and_add, jot, delete], ids=lambda act: act.__name__)
def test_all_is_written_and_told_before_the_commit_on_the_connection_that_is_given_back(engine, act):
    heard: list[RowChange] = []
    with CapturingSession(engine, heard.extend) as session:
        act(session)
        connection = session.last_flush()
        assert connection is session.connection()
        assert heard != []
        written = connection.exec_driver_sql("SELECT * FROM lead ORDER BY id").all()
        session.commit()
    assert [tuple(row) for row in written] == rows(engine)


@pytest.mark.parametrize("is_flushed", [True, False])
def test_what_was_read_or_written_stays_readable_when_the_session_is_closed(engine, is_flushed):
    with CapturingSession(engine, lambda _changes: None) as session:
        read, made = session.get_one(Jotting, "old"), lead("a", region="福田")
        session.add(made)
        if is_flushed:
            session.flush()
        session.last_flush()
        session.commit()
    assert (read.id, made.id, made.region) == ("old", "a", "福田")


def test_new_rows_of_one_table_are_one_statement(engine):
    run: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: run.append(each[2]))
    told(engine, add_two, flushes=False)
    assert [sql.split('"')[1] for sql in run if sql.startswith("INSERT")] == ["lead", "customer"]


def test_a_row_that_is_gone_takes_no_edit_and_one_that_is_there_no_second_insert(engine):
    heard: list[RowChange] = []
    with CapturingSession(engine, heard.extend) as session:
        row = session.get_one(Lead, "old")
        session.connection().exec_driver_sql("DELETE FROM lead")
        row.region = "南山"
        with pytest.raises(StaleDataError, match="lead old"):
            session.last_flush()
    with CapturingSession(engine, heard.extend) as session:
        session.add(lead("old"))
        with pytest.raises(IntegrityError):
            session.last_flush()
    assert heard == []


def test_the_changes_of_any_session_are_heard_while_somebody_listens(engine):
    heard: list[RowChange] = []
    with Session(engine) as session:
        with capturing(session, heard.extend):
            session.add(lead("a"))
            session.flush()
            with pytest.raises(UncapturedWrite):
                session.execute(Lead.__table__.delete())
            session.execute(Jotting.__table__.delete())
        session.add(lead("b"))
        session.flush()
        session.execute(Lead.__table__.delete())
    assert [change.row_id for change in heard] == ["a"]


def test_edits_that_were_not_flushed_are_told_and_only_those_of_synced_rows(engine):
    with Session(engine) as session, session.no_autoflush:
        edit(session)
        session.get_one(Jotting, "old").body = "new"
        session.add(lead("a"))
        [change] = edits_of(session)
    assert (change.row_id, change.fields) == ("old", {"region": "南山", "budget_fen": 5})


def test_questions_may_be_asked_as_one_likes(engine):
    with CapturingSession(engine, lambda _changes: None) as session:
        assert [row.id for row in session.exec(select(Lead))] == ["old"]
        session.execute(text("UPDATE lead SET region = 'x'"))
