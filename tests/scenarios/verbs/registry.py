"""Which function carries out which verb."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.scenarios.actions import Action
from tests.scenarios.world import Device, World

Online = Callable[[World, Any], Awaitable[dict[str, Any]]]
OnDevice = Callable[[World, Device, Any], Awaitable[dict[str, Any]]]

ONLINE: dict[type[Action], Online] = {}
ON_DEVICE: dict[type[Action], OnDevice] = {}


def online(kind: type[Action]) -> Callable[[Online], Online]:
    """Have a function carry out this verb at the server; it gives every figure that the verb reports."""

    def register(function: Online) -> Online:
        ONLINE[kind] = function
        return function

    return register


def on_device(kind: type[Action]) -> Callable[[OnDevice], OnDevice]:
    """Have a function carry out this verb on a device."""

    def register(function: OnDevice) -> OnDevice:
        ON_DEVICE[kind] = function
        return function

    return register
