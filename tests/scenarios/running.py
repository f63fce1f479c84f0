"""A scenario is carried out step by step; every result, refusal and expectation in it has to hold."""

import asyncio
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import UNSET

from mobile.state.errors import ServerRefusal
from shared_models.errors import RuleError
from tests.scenarios import observations, printing, verbs
from tests.scenarios.actions import Action
from tests.scenarios.clock import moment_ms
from tests.scenarios.comparing import differences, given, shown
from tests.scenarios.desk import Refused
from tests.scenarios.format import Looking, Scenario, read_scenario
from tests.scenarios.founding import found
from tests.scenarios.observation_format import ASKS
from tests.scenarios.printing import Write
from tests.scenarios.world import World, running_world


@dataclass
class Outcome:
    """How a run ended: one sentence for each thing that was not as the file says."""

    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the file passes."""
        return not self.failures


_REASONS = dict.fromkeys(("not_found", "not_here", "missing_row", "missing_reference"), "unknown")
"""What a scenario calls the product's more particular codes."""


class Broken(Exception):
    """An action neither succeeded nor was refused: what comes after it means nothing."""


def run_file(path: Path, write: Write = print, database_url: str | None = None) -> Outcome:
    """Run a file on a fresh system and print each step. Raises `FormatError` when it is no scenario."""
    return run_scenario(read_scenario(path), write, path.name, database_url)


def run_scenario(
    scenario: Scenario, write: Write = print, file: str = "scenario", database_url: str | None = None
) -> Outcome:
    """Run a scenario that has been read; on SQLite in a folder of its own unless a database is named."""
    write(printing.heading(file, scenario.founding))
    with tempfile.TemporaryDirectory(prefix="showfloor-scenario-") as name:
        folder = Path(name)
        url = database_url or f"sqlite:///{folder / 'server.db'}"
        return asyncio.run(_run(scenario, folder, url, write))


async def _run(scenario: Scenario, folder: Path, url: str, write: Write) -> Outcome:
    outcome = Outcome()
    async with running_world(scenario, folder, url) as world:
        await found(world)
        for number, step in enumerate(scenario.steps, start=1):
            world.clock.now_ms = moment_ms(step.at)
            try:
                if isinstance(step, Looking):
                    await _look(world, number, step, write, outcome)
                else:
                    await _act(world, number, step, write, outcome)
            except Broken as broken:
                outcome.failures.append(f"step {number}: {broken}")
                write(f"  the run ends here: {broken}")
                break
    return outcome


async def _act(world: World, number: int, action: Action, write: Write, outcome: Outcome) -> None:
    try:
        result = await _carried_out(world, action)
    except (Refused, RuleError, ServerRefusal) as refusal:
        wrong = _wrong_refusal(action, _REASONS.get(refusal.code, refusal.code))
        text = f"refused: {refusal.code}"
        if wrong:
            text += f" {refusal.details}" if refusal.details else ""
        write(printing.action_line(number, action, text, is_right=not wrong))
        _note(number, wrong, write, outcome)
        if wrong and action.refused is UNSET:
            raise Broken("an action that must succeed was refused") from None
        return
    except Exception as error:
        write(printing.action_line(number, action, f"{type(error).__name__}: {error}", is_right=False))
        write("".join(traceback.format_exception(error)))
        raise Broken(f"{type(error).__name__}: {error}") from error
    wrong = _wrong_result(action, result)
    shown_result = ", ".join(f"{key} {shown(value)}" for key, value in result.items()) or "done"
    write(printing.action_line(number, action, shown_result, is_right=not wrong))
    _note(number, wrong, write, outcome)


async def _carried_out(world: World, action: Action) -> dict[str, Any]:
    if action.on is UNSET:
        return await verbs.ONLINE[type(action)](world, action)
    return await verbs.ON_DEVICE[type(action)](world, world.devices[action.on], action)


def _wrong_refusal(action: Action, code: str) -> list[str]:
    if action.refused is UNSET:
        return [f"it must succeed, and was refused: {code}"]
    wanted = action.refused
    return [] if wanted is True or wanted == code else [f"refused: expected {wanted}, got {code}"]


def _wrong_result(action: Action, result: dict[str, Any]) -> list[str]:
    if action.refused is not UNSET:
        wanted = "" if action.refused is True else f" ({action.refused})"
        return [f"it must be refused{wanted}, and went through"]
    expected = getattr(action, "result", UNSET)
    return [] if expected is UNSET else differences(expected, result)


async def _look(world: World, number: int, looking: Looking, write: Write, outcome: Outcome) -> None:
    found_wrong: list[tuple[Any, list[str]]] = []
    for seen in looking.seen:
        if looking.on is UNSET:
            actual = await observations.AT_SERVER[type(seen)](world, seen)
        else:
            actual = await observations.ON_DEVICE[type(seen)](world, world.devices[looking.on], seen)
        found_wrong.append((seen, differences(given(seen, ASKS), actual)))
    is_right = not any(wrong for _, wrong in found_wrong)
    write(printing.looking_line(number, looking, is_right=is_right))
    for seen, wrong in found_wrong:
        if not wrong:
            write(printing.seen_line(seen))
        for sentence in wrong:
            line = printing.difference_line(seen, sentence)
            write(line)
            outcome.failures.append(f"step {number}: {line.strip()}")


def _note(number: int, wrong: list[str], write: Write, outcome: Outcome) -> None:
    for sentence in wrong:
        write(printing.difference_line(None, sentence))
        outcome.failures.append(f"step {number}: {sentence}")
