"""What the stories of this folder begin with."""

import pytest

from tests.convergence.world import World


@pytest.fixture
def world() -> World:
    """A company that has just been founded."""
    return World()
