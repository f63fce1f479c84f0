"""What a person does at the server: one action, committed whole, recorded for the devices and told to them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from server.auth.errors import NotYours
from server.jobs.job import wake
from server.services import Services
from shared_models.people.access import BACK_OFFICE
from shared_models.people.tables import Role, Staff
from sync.hub import Caller
from sync.hub.recorder import recording


@contextmanager
def acting(services: Services, caller: Caller) -> Iterator[Session]:
    """A session for one action of the caller; its writes bear their name, and the devices concerned hear of them."""
    with (
        services.database.writing() as session,
        recording(session, author=caller.staff_id, at_ms=services.now_ms()),
    ):
        yield session
    wake(services, session)


@contextmanager
def trying(services: Services) -> Iterator[Session]:
    """A session in which an action may be carried out to see what would come of it: nothing of it stays."""
    with services.database.writing() as session:
        yield session
        session.rollback()


def require_manager(session: Session, caller: Caller, what: str) -> Staff:
    """The caller, who must manage a store or work in the back office. Raises `NotYours`."""
    staff = session.get_one(Staff, caller.staff_id)
    if staff.role not in BACK_OFFICE | {Role.STORE_MANAGER}:
        raise NotYours(what, "")
    return staff


def require_back_office(session: Session, caller: Caller, what: str) -> Staff:
    """The caller, who must work in the back office. Raises `NotYours`."""
    staff = session.get_one(Staff, caller.staff_id)
    if staff.role not in BACK_OFFICE:
        raise NotYours(what, "")
    return staff


def store_of(session: Session, caller: Caller, asked_for: str | None) -> str:
    """The store that an action takes place in: the one asked for, or the caller's own. Raises `NotYours` for another's."""
    staff = session.get_one(Staff, caller.staff_id)
    store_id = asked_for or staff.store_id
    if not store_id or (staff.role not in BACK_OFFICE and store_id != staff.store_id):
        raise NotYours("store", asked_for or "")
    return store_id
