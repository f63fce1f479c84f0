"""What the hub refuses as a whole, before it looks at a unit."""


class HubError(Exception):
    """A request that the hub does not answer; nothing of it was applied."""


class ForbiddenScope(HubError):
    """A device asked for a scope that it was never granted."""

    def __init__(self, scopes: frozenset[str]) -> None:
        """Name the scopes that were asked for."""
        super().__init__(", ".join(sorted(scopes)))
        self.scopes = scopes


class MalformedCursor(HubError):
    """The cursor is none that this hub gave out; the device has to start a first sync."""


class UnknownDevice(HubError):
    """The device is not registered, was revoked, or belongs to somebody else."""
