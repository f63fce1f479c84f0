"""The garbage collector rests while many rows are passed, and then goes on as before."""

import gc
from collections.abc import Iterator

import pytest

from sync.uncollected import uncollected


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the collector as it was."""
    was_enabled = gc.isenabled()
    yield
    (gc.enable if was_enabled else gc.disable)()


@pytest.mark.parametrize("is_running", [True, False])
def test_the_collector_rests_meanwhile_and_is_afterwards_as_it_was_before(is_running):
    (gc.enable if is_running else gc.disable)()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled() is is_running


@pytest.mark.parametrize("is_running", [True, False])
def test_it_goes_on_after_a_failure_too(is_running):
    (gc.enable if is_running else gc.disable)()
    with pytest.raises(KeyError), uncollected():
        raise KeyError
    assert gc.isenabled() is is_running
