"""A table with a column of every kind that rows travel in, and some rows of it."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, MetaData, String, Table

THING = Table(
    "thing",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("name", String),
    Column("held", JSON),
    Column("done", Boolean),
    Column("at_ms", BigInteger),
)
COLUMNS = ("id", "name", "held", "done", "at_ms")
ROWS = [
    ("a", "甲", {"b": [1, None], "a": "x\ny"}, True, 1),
    ("b", "", [], False, 2**40),
    ("c", None, 5, None, None),
]
