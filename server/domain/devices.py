"""Which devices somebody is in charge of: a store manager those of their store, the back office all of the company."""

from dataclasses import dataclass

from litestar.exceptions import NotFoundException
from sqlmodel import Session, col, select

from server.auth.errors import NotYours
from server.auth.people import person_of
from shared_models.people.tables import Staff
from sync.hub import Caller
from sync.hub.tables import SyncDevice
from sync.schema import kinds_of

IN_CHARGE = frozenset({"manager", "office"})
"""The kinds of scopes that people in charge have."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A device and the person it belongs to."""

    device: SyncDevice
    staff: Staff


def devices_in_charge(session: Session, caller: Caller) -> list[Overview]:
    """The devices that the caller answers for, by person. Raises `NotYours` for somebody in charge of none."""
    if not kinds_of(caller.scopes) & IN_CHARGE:
        raise NotYours("sync_device", "")
    found = session.exec(
        select(SyncDevice, Staff)
        .join(Staff, col(Staff.id) == col(SyncDevice.staff_id))
        .where(SyncDevice.company_id == caller.company_id)
        .order_by(col(Staff.name), col(SyncDevice.id))
    )
    return [Overview(device, staff) for device, staff in found if _is_in_charge(caller, staff)]


def device_in_charge(session: Session, caller: Caller, device_id: str) -> SyncDevice:
    """The device, for whoever answers for it. Raises `NotFoundException`, `NotYours`."""
    device = session.get(SyncDevice, device_id)
    if device is None or device.company_id != caller.company_id:
        raise NotFoundException
    owner = person_of(session, device.staff_id)
    if owner is None or not _is_in_charge(caller, owner):
        raise NotYours("sync_device", device_id)
    return device


def _is_in_charge(caller: Caller, staff: Staff) -> bool:
    over = {f"office:{staff.company_id}", f"manager:{staff.store_id}"}
    return bool(caller.scopes & over)
