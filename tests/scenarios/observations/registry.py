"""Which function looks at which kind of thing."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.scenarios.observation_format import Observation
from tests.scenarios.world import Device, World

AtServer = Callable[[World, Any], Awaitable[dict[str, Any]]]
OnDevice = Callable[[World, Device, Any], Awaitable[dict[str, Any]]]

AT_SERVER: dict[type[Observation], AtServer] = {}
ON_DEVICE: dict[type[Observation], OnDevice] = {}


def at_server(kind: type[Observation]) -> Callable[[AtServer], AtServer]:
    """Have a function say what the server shows of this kind: a figure for every key that the kind has."""

    def register(function: AtServer) -> AtServer:
        AT_SERVER[kind] = function
        return function

    return register


def on_device(kind: type[Observation]) -> Callable[[OnDevice], OnDevice]:
    """Have a function say what a device shows of this kind."""

    def register(function: OnDevice) -> OnDevice:
        ON_DEVICE[kind] = function
        return function

    return register
