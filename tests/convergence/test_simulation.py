"""Whatever happens in whatever order, once everybody has synced every promise holds (S1 to S5, S9).

Plays the number of seeds that `SEEDS` says, in processes of their own (see `simulation.py`). The first seed is `SEED`.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.convergence.simulation import on_all_cores, repeatable

SEEDS = int(os.environ.get("SEEDS", "10000"))
FIRST = int(os.environ.get("FIRST_SEED", "0"))


def test_no_seed_breaks_a_promise(capfd):
    failed = on_all_cores(FIRST, SEEDS, os.cpu_count() or 1)
    assert failed == 0, capfd.readouterr().out


def test_a_seed_plays_the_same_run_every_time():
    with ThreadPoolExecutor() as at_once:
        first, again, other = at_once.map(lambda seed: run("--digest", "--seed", seed), "778")
    assert first == again != other


def run(*arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.convergence.simulation", *arguments]
    done = subprocess.run(command, env=repeatable(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
