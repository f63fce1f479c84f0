"""Reading a scenario file: everything in it is known, or the file is refused with the place."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, cast

from tests.scenarios.actions import (
    ON_DEVICE_ONLY,
    ONLINE_ONLY,
    VERBS,
    Action,
    Approve,
    Enrol,
    Inquiry,
    Redeem,
    Sale,
)
from tests.scenarios.founding_format import Founding, check_founding
from tests.scenarios.observation_format import KINDS, ON_DEVICE, Observation
from tests.scenarios.values import UNSET, FormatError, Id, Moment, Strict, UnsetType, decode


class Expectation(Strict, kw_only=True):
    """What must be seen at a moment, at the server or on a device."""

    at: Moment
    expect: list[dict[str, Any]]
    on: Id | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Looking:
    """An expectation with its observations read."""

    at: Any
    on: str | UnsetType
    seen: tuple[Observation, ...]


Step = Action | Looking


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file, wholly understood."""

    founding: Founding
    steps: tuple[Step, ...]


_ANY_VERB = reduce(or_, VERBS)


def read_scenario(path: Path) -> Scenario:
    """The scenario in the file. Raises `FormatError` for anything that the format does not have."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique_keys)
    except ValueError as error:
        raise FormatError(path.name, f"this is no JSON: {error}") from None
    try:
        return parse_scenario(raw)
    except FormatError as error:
        raise FormatError(path.name, str(error)) from None


def parse_scenario(raw: Any) -> Scenario:
    """The scenario that a JSON document describes. Raises `FormatError`."""
    if not isinstance(raw, dict) or not isinstance(raw.get("steps"), list):
        raise FormatError("$", "a scenario is an object with a list of `steps`")
    above = {key: value for key, value in raw.items() if key != "steps"}
    founding = cast("Founding", decode(above, Founding, "$"))
    check_founding(founding)
    steps = tuple(_step(each, f"$.steps[{index}]") for index, each in enumerate(raw["steps"]))
    _check_order(steps)
    _check_people_and_ids(founding, steps)
    return Scenario(founding, steps)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is given twice in one object")
        found[key] = value
    return found


def _step(raw: Any, place: str) -> Step:
    if not isinstance(raw, dict):
        raise FormatError(place, "a step is an object")
    if "expect" in raw:
        given = cast("Expectation", decode(raw, Expectation, place))
        seen = [_observation(each, f"{place}.expect[{at}]") for at, each in enumerate(given.expect)]
        for at, each in enumerate(seen):
            if given.on is not UNSET and type(each) not in ON_DEVICE:
                raise FormatError(f"{place}.expect[{at}]", "a device shows only `member`, `order` and `lead`")
            _check_as_of(each, given.on, f"{place}.expect[{at}]")
        return Looking(given.at, given.on, tuple(seen))
    if "do" not in raw:
        raise FormatError(place, "a step has `do` or `expect`")
    action = cast("Action", decode(raw, _ANY_VERB, place))
    _check_action(action, raw, place)
    return action


def _observation(raw: Any, place: str) -> Observation:
    kinds = [key for key in raw if key in KINDS] if isinstance(raw, dict) else []
    if not kinds:
        raise FormatError(place, f"an observation begins with one of {', '.join(KINDS)}")
    # Where a key of one kind is the name of another (`paid`, `order`…), the one that comes first says the kind.
    return cast("Observation", decode(raw, KINDS[kinds[0]], place))


def _check_as_of(seen: Observation, on: str | UnsetType, place: str) -> None:
    if on is UNSET and getattr(seen, "as_of", UNSET) is not UNSET:
        raise FormatError(place, "`as_of` is shown on a device, not at the server")


def _check_action(action: Action, raw: dict[str, Any], place: str) -> None:
    verb = raw["do"]
    if action.on is UNSET and isinstance(action, ON_DEVICE_ONLY):
        raise FormatError(place, f"`{verb}` needs `on`")
    if action.on is not UNSET and isinstance(action, ONLINE_ONLY):
        raise FormatError(place, f"`{verb}` is done at the server, without `on`")
    if action.refused is False:
        raise FormatError(f"{place}.refused", "this is `true` or a reason code")
    if action.refused is not UNSET and "result" in raw:
        raise FormatError(place, "an action has `result` or `refused`, not both")
    if isinstance(action, Approve) and action.by is UNSET:
        raise FormatError(place, "`approve` needs `by`")
    if isinstance(action, Sale):
        ids = [line.id for line in action.lines]
        if len(set(ids)) < len(ids):
            raise FormatError(f"{place}.lines", "two lines have one id")


def _check_order(steps: tuple[Step, ...]) -> None:
    for index in range(1, len(steps)):
        if steps[index].at < steps[index - 1].at:
            raise FormatError(f"$.steps[{index}].at", "time runs backwards")


def _check_people_and_ids(founding: Founding, steps: tuple[Step, ...]) -> None:
    owners = {device.id: device.owner for device in founding.devices}
    people = {person.id for person in founding.staff}
    taken: dict[str, set[str]] = {"member": {each.id for each in founding.members}}
    for place, step in _numbered(steps):
        if step.on is not UNSET and step.on not in owners:
            raise FormatError(f"{place}.on", f"no entry of `devices` is {step.on!r}")
        if isinstance(step, Looking):
            continue
        if step.by is not UNSET and step.by not in people:
            raise FormatError(f"{place}.by", f"nobody in `staff` is {step.by!r}")
        if step.by is not UNSET and step.on is not UNSET and step.by != owners[step.on]:
            raise FormatError(f"{place}.by", "what is done on a device is done by its owner")
        for kind, named in _MAKES.items():
            if isinstance(step, named):
                if step.id in taken.setdefault(kind, set()):  # type: ignore[attr-defined]
                    raise FormatError(f"{place}.id", f"{step.id!r} is taken")  # type: ignore[attr-defined]
                taken[kind].add(step.id)  # type: ignore[attr-defined]


_MAKES: dict[str, type[Action]] = {"member": Enrol, "order": Sale, "redemption": Redeem, "lead": Inquiry}


def _numbered(steps: tuple[Step, ...]) -> Iterator[tuple[str, Step]]:
    return ((f"$.steps[{index}]", step) for index, step in enumerate(steps))


Printer = Callable[[str], None]
