"""Access tokens (JWT, 15 minutes) and refresh tokens (random, used once, rotated)."""

import hashlib
import secrets
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey
from sqlmodel import Session, col, delete, select, update

from server.auth.errors import NotLoggedIn, RefreshRefused, RefreshReused, TokenExpired
from server.auth.tables import RefreshToken
from server.settings import Settings
from shared_models.ids import new_id
from sync.hub.tables import SyncDevice

_ISSUER = "showfloor"
_AUDIENCE = "showfloor-api"
_ALGORITHM = "HS256"
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token of ours says."""

    staff_id: str
    device_id: str


def access_token(settings: Settings, claims: Claims, *, now_ms: int) -> str:
    """A signed access token for one person on one device."""
    now = now_ms // 1000
    body = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": claims.staff_id,
        "device": claims.device_id,
        "iat": now,
        "exp": now + settings.access_token_seconds,
    }
    return jwt.encode({"alg": _ALGORITHM}, body, _key(settings.secret_key))


def read_access_token(settings: Settings, token: str, *, now_ms: int) -> Claims:
    """What `token` says, if we signed it for this purpose and it has not expired.

    Raises `TokenExpired` or `NotLoggedIn`.
    """
    expected = jwt.JWTClaimsRegistry(
        now=now_ms // 1000,
        iss={"essential": True, "value": _ISSUER},
        aud={"essential": True, "value": _AUDIENCE},
        sub={"essential": True},
        device={"essential": True},
        exp={"essential": True},
    )
    try:
        claims = _signed_claims(settings.secret_key, token)
        expected.validate(claims)
    except ExpiredTokenError as error:
        raise TokenExpired from error
    except (JoseError, ValueError) as error:
        raise NotLoggedIn from error
    return Claims(str(claims["sub"]), str(claims["device"]))


@lru_cache(maxsize=2_048)
def _signed_claims(secret_key: str, token: str) -> dict[str, Any]:
    """What a token says that we signed; a device shows the same one for a quarter of an hour, in every request."""
    return jwt.decode(token, _key(secret_key), algorithms=[_ALGORITHM]).claims


def issue_refresh_token(
    session: Session, settings: Settings, device: SyncDevice, *, now_ms: int, family: str | None = None
) -> str:
    """A new refresh token of `family`, or the first of a new family; expired ones of the device are cleared."""
    session.exec(
        delete(RefreshToken).where(
            col(RefreshToken.device_id) == device.id, col(RefreshToken.expires_at_ms) <= now_ms
        )
    )
    token = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            token_hash=_hash(token),
            family=family or new_id(),
            device_id=device.id,
            staff_id=device.staff_id,
            expires_at_ms=now_ms + settings.refresh_token_days * _DAY_MS,
            used_at_ms=None,
        )
    )
    return token


def use_refresh_token(session: Session, token: str, *, now_ms: int) -> RefreshToken:
    """Mark `token` as used and return its row; of two uses at once exactly one succeeds.

    Raises `RefreshRefused`, or `RefreshReused`: then it is the caller who has to `end_family`, in a transaction of its own.
    """
    used = session.exec(
        update(RefreshToken)
        .where(col(RefreshToken.token_hash) == _hash(token), col(RefreshToken.used_at_ms).is_(None))
        .values(used_at_ms=now_ms)
    ).rowcount
    row = session.exec(select(RefreshToken).where(RefreshToken.token_hash == _hash(token))).first()
    if row is None or row.expires_at_ms <= now_ms:
        raise RefreshRefused
    if not used:
        raise RefreshReused(row.family)
    return row


def end_family(session: Session, family: str) -> None:
    """No token of this family works any more."""
    session.exec(delete(RefreshToken).where(col(RefreshToken.family) == family))


def end_device(session: Session, device_id: str) -> None:
    """No refresh token of this device works any more."""
    session.exec(delete(RefreshToken).where(col(RefreshToken.device_id) == device_id))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _key(secret_key: str) -> OctKey:
    return OctKey.import_key(secret_key)
