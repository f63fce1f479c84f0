"""The report of a run: one line a step, and under it whatever differed."""

from collections.abc import Callable
from datetime import datetime

from msgspec import UNSET

from shared_models.moments import business_zone
from tests.scenarios.actions import Action
from tests.scenarios.comparing import given, shown
from tests.scenarios.format import Founding, Looking
from tests.scenarios.observation_format import ASKS, Observation

Write = Callable[[str], None]

_BESIDES = frozenset({"at", "on", "result", "refused", "by"})


def heading(file: str, founding: Founding) -> str:
    """What the file is about."""
    return f"{file}: {founding.name} ({', '.join(founding.rules)})"


def action_line(number: int, action: Action, outcome: str, *, is_right: bool) -> str:
    """A step that does something: when, where or by whom, what, and what came of it."""
    arguments = ", ".join(f"{key}={shown(value)}" for key, value in given(action, _BESIDES).items())
    verb = type(action).__struct_config__.tag
    where = action.on if action.on is not UNSET else "server"
    by = f" by {action.by}" if action.by is not UNSET else ""
    return f"{_mark(is_right)} {number:>3}  {_local(action.at)}  {where}{by}  {verb} {arguments}  → {outcome}"


def looking_line(number: int, looking: Looking, *, is_right: bool) -> str:
    """A step that looks: when, where, and at what."""
    where = looking.on if looking.on is not UNSET else "server"
    subjects = ", ".join(_subject(seen) for seen in looking.seen)
    return f"{_mark(is_right)} {number:>3}  {_local(looking.at)}  {where}  sees {subjects}"


def seen_line(seen: Observation) -> str:
    """What was compared in one observation that holds."""
    rest = ", ".join(f"{name} {shown(value)}" for name, value in given(seen, ASKS).items())
    return f"         ✓ {_subject(seen)}: {rest}"


def difference_line(seen: Observation | None, sentence: str) -> str:
    """One value that differs."""
    return f"         ✗ {_subject(seen) + ' ' if seen is not None else ''}{sentence}"


def _subject(seen: Observation) -> str:
    asked = given(seen, frozenset(given(seen, ASKS)))
    return ", ".join(f"{name} {shown(value)}" for name, value in asked.items())


def _mark(is_right: bool) -> str:
    return "✓" if is_right else "✗"


def _local(at: datetime) -> str:
    return f"{at.astimezone(business_zone()):%Y-%m-%d %H:%M:%S}"


__all__ = ["Write", "action_line", "difference_line", "heading", "looking_line", "seen_line"]
