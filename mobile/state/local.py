"""Facts of this device that never sync: the log-in, the language, the appearance. One row a fact."""

from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, MetaData, String, Table, inspect, select, text
from sqlalchemy.dialects.sqlite import insert

_METADATA = MetaData()
_FACTS = Table(
    "device_fact",
    _METADATA,
    Column("key", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
)


_INSERT = insert(_FACTS)
_PUT = _INSERT.on_conflict_do_update(index_elements=["key"], set_={"value": _INSERT.excluded.value})


class LocalFacts:
    """JSON values by key, in the encrypted local database."""

    def __init__(self, engine: Engine) -> None:
        """Create the table when it is not there yet."""
        self._engine = engine
        self.prepare()

    def prepare(self) -> None:
        """Make the table anew, after a wipe."""
        _METADATA.create_all(self._engine)

    def read(self, key: str) -> Any:
        """The value last written under `key`, or None."""
        with self._engine.connect() as connection:
            return connection.execute(select(_FACTS.c.value).where(_FACTS.c.key == key)).scalar_one_or_none()

    def write(self, key: str, value: Any) -> None:
        """Remember `value`; None forgets it."""
        with self._engine.begin() as connection:
            if value is None:
                connection.execute(_FACTS.delete().where(_FACTS.c.key == key))
            else:
                self.write_on(connection, key, value)

    def write_on(self, connection: Connection, key: str, value: Any) -> None:
        """Remember `value` in the transaction of something else, which waits for the disk anyhow."""
        connection.execute(_PUT, {"key": key, "value": value})


def wipe(engine: Engine) -> None:
    """Remove every row of every table from this device and give the space back; the tables are made anew on opening."""
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE IF EXISTS "{name}"'))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))
