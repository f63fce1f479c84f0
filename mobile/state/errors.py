"""What can go wrong between the device and the server, as codes that `mobile.text.error_sentence` reads."""

from collections.abc import Mapping


class ServerRefusal(Exception):
    """The server answered with an error."""

    def __init__(self, code: str, details: Mapping[str, object] | None = None, status: int = 400) -> None:
        """Keep the stable code, what fills the blanks of its sentence, and the HTTP status."""
        super().__init__(code)
        self.code = code
        self.details = dict(details or {})
        self.status = status


class Unreachable(Exception):
    """There was no answer: no network, or no server behind it."""


class LogInNeeded(Exception):
    """The session is over; the person has to log in again. What is on the device stays."""


class OtherPersonsWork(Exception):
    """Somebody else's unsent work is on this device and would be lost."""

    def __init__(self, pending: int) -> None:
        """Say how many units are not sent."""
        super().__init__(pending)
        self.pending = pending
