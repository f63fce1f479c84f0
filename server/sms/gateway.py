"""Sending short messages: who does it is the operator's choice, `SHOWFLOOR_SMS`."""

import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from server.settings import Settings, SettingsError


class SmsFailed(Exception):
    """The message could not be sent; a gateway raises this for whatever kept it from sending."""


class SmsGateway(Protocol):
    """Sends a text to a phone number."""

    def send(self, phone: str, text: str) -> None:
        """Send `text` to `phone`, digits alone. Raises `SmsFailed`. Writes neither into a log."""


class ConsoleGateway:
    """Prints messages where the server was started, with the last four digits of the number: for trying the product."""

    def send(self, phone: str, text: str) -> None:
        """Print it."""
        print(f"  SMS …{phone[-4:]}: {text}", flush=True)


class FileGateway:
    """Appends messages to a file of JSON lines that its owner alone may read: for tests and for a gateway that polls."""

    def __init__(self, path: Path) -> None:
        """Write to `path`."""
        self._path = path

    def send(self, phone: str, text: str) -> None:
        """Append it, in one write, so that several processes may."""
        line = json.dumps({"phone": phone, "text": text}, ensure_ascii=False) + "\n"
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise SmsFailed(str(error.strerror)) from error


def gateway_of(settings: Settings) -> SmsGateway:
    """The gateway that the settings name: `console`, `file`, or `package.module:factory` of one's own.

    The factory is called with the settings. Raises `SettingsError` when there is no such factory.
    """
    if settings.sms == "console":
        return ConsoleGateway()
    if settings.sms == "file":
        return FileGateway(settings.data_dir / "sms.jsonl")
    module, _, name = settings.sms.partition(":")
    try:
        factory: Callable[[Settings], SmsGateway] = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        message = f"SHOWFLOOR_SMS is {settings.sms!r}; write console, file or package.module:factory"
        raise SettingsError(message) from error
    return factory(settings)
