"""The simulation is worth what it notices: the engine is broken on purpose, each way has to be found."""

import pytest

from tests.convergence.test_simulation import run

LONG_RUNS = 150


@pytest.fixture(scope="module")
def noticed():
    return run("--sabotage", str(LONG_RUNS))


@pytest.mark.parametrize(
    ("way", "promise"),
    [
        ("forget_refused_units", "S2: the confirmed unit"),
        ("earn_twice", "S2: "),
        ("count_equal_movements_once", "S2: the stock"),
        ("keep_half_of_refused_units", "S3: "),
        ("forget_losing_values", "S4: "),
        ("delete_unseen", "S4: "),
        ("leave_rows_that_moved", "S5: "),
        ("leave_rows_of_lost_scopes", "S5: "),
        ("renew_without_looking", "S5: "),
        ("forget_without_telling", "S5: "),
        ("hand_out_everything", "S5: "),
        ("show_refused_edits", "S1: "),
        ("skip_positions", "S1: "),
        ("leave_out_what_the_hub_set", "S1: "),
        ("believe_clocks", "S9: "),
    ],
)
def test_the_simulation_notices_an_engine_that_is_broken(noticed, way, promise):
    """`sabotage.py` has the ways."""
    assert noticed[way], "nothing was noticed"
    assert promise in noticed[way][-1], noticed[way]


def test_every_way_to_break_the_engine_is_tried(noticed):
    assert len(noticed) == 15
