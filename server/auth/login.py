"""Logging in, staying logged in, and being locked out."""

import re
from dataclasses import dataclass

import structlog
from sqlmodel import Session, col, select

from server.auth.attempts import Attempts
from server.auth.errors import DeviceRevoked, RefreshRefused, RefreshReused, StaffInactive, WrongLogin
from server.auth.passwords import is_password_of
from server.auth.people import person_of
from server.auth.tables import Credential
from server.auth.tokens import (
    Claims,
    access_token,
    end_device,
    end_family,
    issue_refresh_token,
    use_refresh_token,
)
from server.database import Database
from server.settings import Settings
from shared_models.ids import new_id
from shared_models.people.tables import Staff
from sync.hub.tables import SyncDevice

_log = structlog.get_logger()
_DEVICE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Device:
    """What a device says about itself; `id` is None until it has been given one."""

    id: str | None
    name: str
    platform: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens for one person on one device."""

    access_token: str
    refresh_token: str
    staff: Staff
    device_id: str


@dataclass(frozen=True, slots=True)
class LoginDesk:
    """Hands out tokens."""

    database: Database
    settings: Settings

    def log_in(self, code: str, password: str, device: Device, *, address: str, now_ms: int) -> Tokens:
        """Tokens for the active person with this login code and password, on a device that is not locked out.

        Raises `TooManyAttempts`, `WrongLogin` or `DeviceRevoked`.
        """
        attempts = Attempts(self.database, self.settings)
        attempt = attempts.begin(code, address, now_ms=now_ms)
        with self.database.reading() as session:
            staff, credential = _account(session, code)
        # The hash takes a while: no transaction is held open meanwhile.
        if not is_password_of(credential, password) or staff is None:
            _log.warning("login_failed", staff_id=staff.id if staff else None)
            raise WrongLogin
        attempts.succeeded(attempt)
        with self.database.writing() as session:
            return self.let_in(session, staff, device, now_ms=now_ms)

    def let_in(self, session: Session, person: Staff, device: Device, *, now_ms: int) -> Tokens:
        """Tokens for somebody who has proved who they are, on a device that is registered by it.

        Raises `DeviceRevoked`.
        """
        registered = _register(session, person, device, now_ms=now_ms)
        return self._tokens(session, person, registered, now_ms=now_ms)

    def refresh(self, refresh_token: str, *, now_ms: int) -> Tokens:
        """A new pair for an unused refresh token, which is used up by this.

        Raises `RefreshRefused`, `DeviceRevoked`, `StaffInactive`, or `RefreshReused` after ending the token's family.
        """
        try:
            with self.database.writing() as session:
                used = use_refresh_token(session, refresh_token, now_ms=now_ms)
                device = session.get(SyncDevice, used.device_id)
                staff = person_of(session, used.staff_id)
                if device is None or staff is None:
                    raise RefreshRefused
                if device.revoked_at_ms is not None:
                    raise DeviceRevoked
                if not staff.active:
                    raise StaffInactive
                return self._tokens(session, staff, device, now_ms=now_ms, family=used.family)
        except RefreshReused as reused:
            with self.database.writing() as session:
                end_family(session, reused.family)
            _log.warning("refresh_token_reused", family=reused.family)
            raise

    def log_out(self, device_id: str) -> None:
        """No refresh token of this device works any more."""
        with self.database.writing() as session:
            end_device(session, device_id)

    def revoke(self, device_id: str, *, now_ms: int) -> bool:
        """Lock the device out, from its next request on; False when there is no such device."""
        with self.database.writing() as session:
            device = session.get(SyncDevice, device_id)
            if device is None:
                return False
            device.revoked_at_ms = device.revoked_at_ms or now_ms
            end_device(session, device_id)
        _log.warning("device_revoked", device_id=device_id)
        return True

    def _tokens(
        self, session: Session, staff: Staff, device: SyncDevice, *, now_ms: int, family: str | None = None
    ) -> Tokens:
        refresh = issue_refresh_token(session, self.settings, device, now_ms=now_ms, family=family)
        access = access_token(self.settings, Claims(staff.id, device.id), now_ms=now_ms)
        return Tokens(access, refresh, staff, device.id)


def _account(session: Session, code: str) -> tuple[Staff | None, Credential | None]:
    found = session.exec(
        select(Staff, Credential)
        .join(Credential, col(Credential.staff_id) == col(Staff.id))
        .where(Staff.code == code, col(Staff.active).is_(True))
        .order_by(Staff.id)
    ).first()
    return found or (None, None)


def _register(session: Session, staff: Staff, device: Device, *, now_ms: int) -> SyncDevice:
    """The registration of `staff` on this device.

    An identifier belongs to one person: whoever else logs in there gets another one, as the local copy is theirs alone.
    An unknown one is taken as it is, so that a device keeps its name when the server was restored from a backup.
    """
    known = session.get(SyncDevice, device.id) if device.id else None
    if known and known.staff_id == staff.id:
        if known.revoked_at_ms is not None:
            raise DeviceRevoked
        known.name, known.platform = device.name, device.platform
        return known
    own_id = device.id if device.id and known is None and _DEVICE_ID.fullmatch(device.id) else new_id()
    registered = SyncDevice(
        id=own_id,
        staff_id=staff.id,
        company_id=staff.company_id,
        name=device.name,
        platform=device.platform,
        registered_at_ms=now_ms,
        revoked_at_ms=None,
        last_seen_at_ms=None,
        skew_ms=0,
    )
    session.add(registered)
    return registered
