"""Servers for the tests of this folder, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.server.company import Company, make_settings, running_company


@pytest.fixture
def company(migrated_url: str, tmp_path: Path) -> Iterator[Company]:
    with running_company(make_settings(migrated_url, tmp_path)) as running:
        yield running
