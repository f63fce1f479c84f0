"""The server's application for tests: put together once, and then lent to one server after the other.

To put all routes together takes longer than most tests. What a server has of its own, its database, its clock, what it
remembers, is in its `Services`, and those are new for every test.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace

from litestar import Litestar

from server.app import application
from server.logs import configure_logs
from server.services import Services

_FREE: dict[int, list[tuple[Litestar, Services]]] = defaultdict(list)
"""Those that nobody has, by the largest body that they take: all else is in the services that they work with."""


@contextmanager
def application_on(services: Services) -> Iterator[Litestar]:
    """The application on these parts; nobody else has it until the block ends."""
    configure_logs(services.settings.log_level)
    free = _FREE[services.settings.max_body_bytes]
    if not free:
        lent = replace(services)
        free.append((application(lent), lent))
    app, lent = free.pop()
    for part in fields(Services):
        object.__setattr__(lent, part.name, getattr(services, part.name))  # a server's own never change
    yield app
    free.append((app, lent))
