"""What the sync engine relies on in any database it runs on, and that every test has one of its own."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, MetaData, Session, SQLModel


class Visit(SQLModel, table=True):
    metadata = MetaData()
    id: int = Field(primary_key=True)
    note: str


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


def count_visits(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


def add_visits(engine: Engine, *visits: Visit) -> None:
    with Session(engine) as writer, writer.begin():
        for visit in visits:
            writer.add(visit)
            writer.flush()
            writer.expunge(visit)


def test_a_unit_is_seen_by_others_only_when_it_is_committed(engine: Engine) -> None:
    Visit.metadata.create_all(engine)
    with Session(engine) as writer:
        writer.add(Visit(id=1, note="看了沙发"))
        writer.flush()
        assert count_visits(engine) == 0
        writer.commit()
    assert count_visits(engine) == 1


def test_a_unit_that_fails_half_way_leaves_nothing(engine: Engine) -> None:
    Visit.metadata.create_all(engine)
    with pytest.raises(IntegrityError):
        add_visits(engine, Visit(id=1, note="看了餐桌"), Visit(id=1, note="同一条"))
    assert count_visits(engine) == 0


@pytest.mark.parametrize("_time", ["first", "second"])
def test_every_test_begins_with_an_empty_database(engine: Engine, _time: str) -> None:
    assert inspect(engine).get_table_names() == []
    Visit.metadata.create_all(engine)


def test_each_url_is_answered_by_the_database_it_names(
    engine: Engine, request: pytest.FixtureRequest
) -> None:
    assert engine.dialect.name in request.node.name
