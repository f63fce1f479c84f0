"""docs/promises.md names a test for every promise, and the tests that it names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "promises.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", DOCUMENT)))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_named_for_a_promise_exists(path, name):
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("number", range(1, 13))
def test_every_promise_of_the_architecture_has_a_row(number):
    assert f"| S{number} |" in (ROOT / "ARCHITECTURE.md").read_text()
    assert re.search(rf"^\| S{number} \w", DOCUMENT, re.MULTILINE)
