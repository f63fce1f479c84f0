"""Apps and servers tell by one number which tables the other has, so no table may change without another number."""

import subprocess
import sys
from pathlib import Path

from shared_models.versions import RELEASE

ROOT = Path(__file__).parents[3]
KEPT = Path(__file__).with_name(f"tables_of_release_{RELEASE.schema}.txt")


def test_whoever_changes_a_table_gives_the_release_another_number():
    # In a process of its own: other tests register tables that no release has.
    module = "tests.unit.shared_models.tables_of_release"
    told = subprocess.run(
        [sys.executable, "-m", module], cwd=ROOT, capture_output=True, text=True, check=True
    )
    changed = set(told.stdout.splitlines()) ^ set(KEPT.read_text().splitlines())
    assert not changed, (
        f"the tables are no longer those of schema {RELEASE.schema}: raise RELEASE.schema in shared_models/versions.py and "
        f"keep what `python -m {module}` prints as tables_of_release_{RELEASE.schema + 1}.txt"
    )
