"""The simulation is worth what it notices: the engine is broken on purpose, each way has to be found."""

import pytest

from tests.convergence.test_simulation import run

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


@pytest.mark.parametrize(("way", "promise"), sorted(WAYS.items()))
def test_the_simulation_notices_an_engine_that_is_broken(way, promise):
    noticed = run("--broken", way, "--promise", promise, "--seeds", "120")
    assert noticed, "nothing was noticed"
    assert promise in noticed[-1], noticed
