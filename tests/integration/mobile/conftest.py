"""The server that the devices of this folder talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import migrated_sqlite_url
from tests.integration.server.company import Company, make_settings, running_company


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """A company on a server of its own; both databases are tested by the server's own tests."""
    with running_company(make_settings(migrated_sqlite_url(tmp_path), tmp_path)) as running:
        yield running
