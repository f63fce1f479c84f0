"""A scenario that cannot fail proves nothing: each notices when its rule is broken."""

import os
from pathlib import Path

import pytest

from tests.databases import migrated_sqlite_url
from tests.scenarios.breaks import BREAKS, Break
from tests.scenarios.running import run_file

OWN = Path(__file__).parent / "files"
SAMPLED = BREAKS if os.environ.get("SCENARIO_BREAKS") == "all" else BREAKS[3::7]


@pytest.mark.parametrize("broken", SAMPLED, ids=[each.what for each in SAMPLED])
def test_a_broken_rule_fails_its_scenario(broken: Break, monkeypatch, tmp_path):
    owner, name, wrong = broken.target()
    monkeypatch.setattr(owner, name, wrong)
    assert not run_file(OWN / broken.file, lambda _: None, migrated_sqlite_url(tmp_path)).passed


def test_every_file_has_a_break_that_it_must_notice():
    assert [each.file for each in BREAKS] == sorted(path.name for path in OWN.glob("*.json"))
