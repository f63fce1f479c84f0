"""What the server keeps about logging in, besides the registered devices (`sync.hub.tables`). None of it is synced."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Credential(SQLModel, table=True):
    """The password of one person, as an Argon2id hash."""

    __tablename__ = "auth_credential"
    staff_id: str = Field(primary_key=True, max_length=40)
    password_hash: str
    changed_at_ms: int = Field(sa_type=BigInteger)


class RefreshToken(SQLModel, table=True):
    """One refresh token, by the SHA-256 of its text. A family begins with a log-in and grows by each use."""

    __tablename__ = "auth_refresh_token"
    token_hash: str = Field(primary_key=True, max_length=64)
    family: str = Field(index=True, max_length=40)
    device_id: str = Field(index=True, max_length=40)
    staff_id: str = Field(index=True, max_length=40)
    expires_at_ms: int = Field(sa_type=BigInteger, index=True)
    used_at_ms: int | None = Field(None, sa_type=BigInteger)


class LoginAttempt(SQLModel, table=True):
    """One attempt that has failed, or has not succeeded yet, counted against an account and an address."""

    __tablename__ = "auth_login_attempt"
    id: str = Field(primary_key=True, max_length=40)
    subject: str = Field(index=True, max_length=64)
    """`account:` or `address:`, after what it is about, and a keyed hash, so that the table names nobody."""
    at_ms: int = Field(sa_type=BigInteger, index=True)


class MemberCode(SQLModel, table=True):
    """One code that was sent to a phone number. Neither stands here: both are keyed hashes."""

    __tablename__ = "auth_member_code"
    id: str = Field(primary_key=True, max_length=40)
    number_hash: str = Field(index=True, max_length=64)
    code_hash: str = Field(max_length=64)
    expires_at_ms: int = Field(sa_type=BigInteger, index=True)
