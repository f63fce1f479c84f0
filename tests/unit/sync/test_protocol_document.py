"""What docs/protocol.md lists is what there is."""

import re
from pathlib import Path

import pytest

import shared_models.sales.tables  # noqa: F401 - (the same)
import sync.conflict  # noqa: F401 - the tables of the catalogue
from server.errors import STATUS_AND_CODE
from sync import wire
from sync.schema import catalogue

DOCUMENT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()


@pytest.mark.parametrize("table", ["lead", "followup", "conflict"])
def test_the_columns_listed_for_a_table_are_columns_that_leave_the_server(table):
    (line,) = re.findall(rf"^\| `{table}` \| (\w+) \| (.*) \|$", DOCUMENT, re.MULTILINE)
    spec = catalogue()[table]
    assert line[0] == spec.policy.kind
    listed = re.findall(r"`(\w+)`", line[1])
    assert [name for name in listed if name not in spec.public] == []


@pytest.mark.parametrize("message", [wire.Request, wire.Unit, wire.UnitResult, wire.Response, wire.Change])
def test_every_key_of_a_message_is_explained(message):
    unnamed = [
        name
        for name in message.__struct_fields__
        if f"`{name}`" not in DOCUMENT and f'"{name}"' not in DOCUMENT
    ]
    assert unnamed == []


def test_every_code_that_a_sync_may_be_answered_with_as_a_whole_is_explained():
    whole = {
        "malformed_message",
        "unsupported_media_type",
        "forbidden_scope",
        "unknown_device",
        "malformed_cursor",
    }
    codes = {code for _, code in STATUS_AND_CODE.values()}
    assert whole <= codes
    assert [
        code for code in sorted(whole | {"too_large", "database_unavailable"}) if code not in DOCUMENT
    ] == []
