"""Devices with a camera, each test on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.photos.photographer import Photographer
from tests.integration.server.company import Company

Open = Callable[[str], Photographer]


@pytest.fixture
def open_device(company: Company, tmp_path: Path) -> Iterator[Open]:
    opened: list[Photographer] = []

    def open_it(code: str) -> Photographer:
        opened.append(Photographer(company, code, tmp_path / f"device{len(opened)}"))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


@pytest.fixture
def amy(open_device: Open) -> Photographer:
    return open_device("S001")


@pytest.fixture
def manager(open_device: Open) -> Photographer:
    return open_device("M001")
