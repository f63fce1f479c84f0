"""The vocabulary of the simulation: everything that people, networks and clocks do to the engine.

A step is a name and four small numbers; what they mean is up to the step. So a run is a list of plain values: it can be
printed, replayed, and made shorter by leaving steps out.
"""

import random

from tests.convergence import network_steps, office_steps, people_steps
from tests.convergence.run import Run, is_long
from tests.convergence.vocabulary import DOING

Step = tuple[str, int, int, int, int]

_NAMES = [
    name for part in (people_steps, office_steps, network_steps) for name in vars(part) if name in DOING
]
"""In an order of their own, whichever part was imported first: a seed draws by it."""


def drawn(seed: int) -> list[Step]:
    """The steps of a seed."""
    chance = random.Random(seed)
    count = chance.randint(8, 24) if is_long(seed) else chance.randint(3, 8)
    names = chance.choices(_NAMES, [DOING[name][0] for name in _NAMES], k=count)
    return [(name, *(chance.randrange(1_000) for _ in range(4))) for name in names]  # type: ignore[misc]


def take(run: Run, each: Step) -> None:
    """Do one step."""
    name, who, *numbers = each
    DOING[name][1](run, run.device(who), *numbers)
