"""From an access token to the person who calls, and what they may see right now."""

from typing import NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col

from server.auth.errors import DeviceRevoked, NotLoggedIn, StaffInactive
from server.auth.people import person_of
from server.auth.tokens import Claims
from shared_models.people.access import BACK_OFFICE, DECIDED_BY, scopes_of
from shared_models.people.tables import Role, Staff, Store
from sync import bulk
from sync.hub import Caller, feed
from sync.hub.devices import COLUMNS, KnownDevice
from sync.hub.tables import SyncDevice, SyncRowState


class _Working(NamedTuple):
    """What of a colleague decides what they may see: a whole row is not put together for every request."""

    id: str
    company_id: str
    role: str
    store_id: str | None
    active: bool


# One statement for every call there is; a member is found by another.
_FOUND = (
    select(*COLUMNS, col(SyncRowState.stamps), *(getattr(Staff, name) for name in _Working._fields))
    .select_from(SyncDevice)
    .outerjoin(Staff, col(Staff.id) == bindparam("staff"))
    .outerjoin(
        SyncRowState, and_(col(SyncRowState.tbl) == "staff", col(SyncRowState.row_id) == col(Staff.id))
    )
    .where(col(SyncDevice.id) == bindparam("device"))
)
_OF_DEVICE = len(COLUMNS)


def caller_of(session: Session, claims: Claims) -> Caller:
    """The caller that `claims` name; scopes are looked up, so that a transfer or dismissal counts at once.

    Raises `NotLoggedIn`, `DeviceRevoked` or `StaffInactive`.
    """
    given = {"device": claims.device_id, "staff": claims.staff_id}
    rows = bulk.fetch_lasting(session.connection(), _FOUND, given)
    if not rows:
        raise NotLoggedIn
    device, (stamps, *working) = KnownDevice._make(rows[0][:_OF_DEVICE]), rows[0][_OF_DEVICE:]
    is_colleague = working[0] is not None
    staff = _Working._make(working) if is_colleague else person_of(session, claims.staff_id)
    if staff is None or device.staff_id != staff.id:
        raise NotLoggedIn
    if device.revoked_at_ms is not None:
        raise DeviceRevoked
    if not staff.active:
        raise StaffInactive
    # Only the back office sees all stores: nobody else's scopes depend on which there are.
    of_company = select(Store).where(col(Store.company_id) == staff.company_id)
    stores = list(session.scalars(of_company)) if staff.role in BACK_OFFICE else []
    scopes = scopes_of(staff, stores) | {f"device:{claims.device_id}"}
    since_ms = feed.changed_at_ms(stamps or {}, DECIDED_BY)
    reads_only = staff.role == Role.MEMBER
    return Caller(
        *(claims.device_id, staff.id, staff.company_id, scopes, since_ms),
        reads_only=reads_only,
        device=device,
    )
