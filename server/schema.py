"""All tables of the server in one metadata: the business's, the sync engine's and the server's own.

A table module of a new part of the business is found by its place, `shared_models/<part>/tables.py`.
"""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from sqlalchemy import MetaData
from sqlmodel import SQLModel

import shared_models

_OWN_TABLES = (
    "sync.conflict",
    "sync.held",
    "sync.handed_over",
    "sync.hub.tables",
    "server.auth.tables",
    "server.importing.tables",
    "server.jobs.tables",
    "server.domain.leads.tables",
    "server.domain.loyalty.tables",
)


def metadata() -> MetaData:
    """The metadata with every table of the server registered."""
    for part in iter_modules(shared_models.__path__, "shared_models."):
        if part.ispkg and find_spec(f"{part.name}.tables"):
            import_module(f"{part.name}.tables")
    for module in _OWN_TABLES:
        import_module(module)
    return SQLModel.metadata
