"""From an access token to the person who calls, and what they may see right now."""

from sqlmodel import Session, select

from server.auth.errors import DeviceRevoked, NotLoggedIn, StaffInactive
from server.auth.people import person_of
from server.auth.tokens import Claims
from shared_models.people.access import DECIDED_BY, scopes_of
from shared_models.people.tables import Role, Store
from sync.hub import Caller, feed
from sync.hub.tables import SyncDevice


def caller_of(session: Session, claims: Claims) -> Caller:
    """The caller that `claims` name; scopes are looked up, so that a transfer or dismissal counts at once.

    Raises `NotLoggedIn`, `DeviceRevoked` or `StaffInactive`.
    """
    device = session.get(SyncDevice, claims.device_id)
    staff = person_of(session, claims.staff_id)
    if device is None or staff is None or device.staff_id != staff.id:
        raise NotLoggedIn
    if device.revoked_at_ms is not None:
        raise DeviceRevoked
    if not staff.active:
        raise StaffInactive
    stores = session.exec(select(Store).where(Store.company_id == staff.company_id)).all()
    scopes = scopes_of(staff, list(stores)) | {f"device:{device.id}"}
    since_ms = feed.changed_at_ms(session.connection(), "staff", staff.id, DECIDED_BY)
    reads_only = staff.role == Role.MEMBER
    return Caller(device.id, staff.id, staff.company_id, scopes, since_ms, reads_only=reads_only)
