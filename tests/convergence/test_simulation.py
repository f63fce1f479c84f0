"""Whatever happens in whatever order, once everybody has synced every promise holds (S1 to S5, S9).

Plays the number of seeds that `SEEDS` says, in processes of their own (see `simulation.py`). The first seed is `SEED`.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.convergence.simulation import on_all_cores, repeatable

SEEDS = int(os.environ.get("SEEDS", "400"))
WAYS = {
    "forget_refused_units": "S2: the confirmed unit",
    "earn_twice": "S2: ",
    "keep_half_of_refused_units": "S3: ",
    "forget_losing_values": "S4: ",
    "delete_unseen": "S4: ",
    "leave_rows_that_moved": "S5: ",
    "leave_rows_of_lost_scopes": "S5: ",
    "renew_without_looking": "S5: ",
    "hand_out_everything": "S5: ",
    "show_refused_edits": "S1: ",
    "skip_positions": "S1: ",
    "believe_clocks": "S9: ",
}
"""Ways to break the engine (`sabotage.py`), and what the simulation must say about each."""
FIRST = int(os.environ.get("FIRST_SEED", "0"))


def test_no_seed_breaks_a_promise(capfd):
    failed = on_all_cores(FIRST, SEEDS, os.cpu_count() or 1)
    assert failed == 0, capfd.readouterr().out


def test_a_seed_plays_the_same_run_every_time():
    played = [_run("--digest", "--seed", "7") for _ in range(2)]
    assert played[0] == played[1] != _run("--digest", "--seed", "8")


@pytest.mark.parametrize(("way", "promise"), sorted(WAYS.items()))
def test_the_simulation_notices_an_engine_that_is_broken(way, promise):
    noticed = _run("--broken", way, "--promise", promise, "--seeds", "120")
    assert noticed, "nothing was noticed"
    assert promise in noticed[-1], noticed


def _run(*arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.convergence.simulation", *arguments]
    done = subprocess.run(command, env=repeatable(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
