"""A scenario that cannot fail proves nothing: each notices when its rule is broken."""

import os
from pathlib import Path

import pytest

from tests.scenarios.breaks import BREAKS, Break
from tests.scenarios.running import run_file

OWN = Path(__file__).parent / "files"
SAMPLED = BREAKS if os.environ.get("SCENARIO_BREAKS") == "all" else BREAKS[::3]


@pytest.mark.parametrize("broken", SAMPLED, ids=[each.what for each in SAMPLED])
def test_a_broken_rule_fails_its_scenario(broken: Break, monkeypatch):
    owner, name, wrong = broken.target()
    monkeypatch.setattr(owner, name, wrong)
    assert not run_file(OWN / broken.file, lambda _: None).passed
