"""What the operator decides, read from the environment once at start.

Every setting has a working default for one machine with SQLite; what has no safe default on PostgreSQL is asked for.
`docs` of each variable is the field's comment; `VARIABLES` lists them all.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from shared_models.moments import DEFAULT_ZONE, parse_zone

SECRET_BYTES = 32
_DATABASE_SCHEMES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")
_HIGHEST_PORT = 65_535


class SettingsError(Exception):
    """A variable of the environment cannot be used; the message names it, says what is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's settings; build them with `from_environment`."""

    database_url: str
    """`DATABASE_URL`: `sqlite:///path` or `postgresql://user@host/name`."""
    secret_key: str = field(repr=False)
    """`SHOWFLOOR_SECRET_KEY`: signs access tokens; 32 characters or more, the same in every process."""
    data_dir: Path = Path("var")
    """`SHOWFLOOR_DATA_DIR`: where the embedded database and its key are kept."""
    web_dir: Path = Path("build/web")
    """`SHOWFLOOR_WEB_DIR`: the built app that is served at `/`."""
    host: str = "127.0.0.1"
    """`SHOWFLOOR_HOST`: address to listen on."""
    port: int = 8000
    """`SHOWFLOOR_PORT`: port to listen on."""
    workers: int = 1
    """`SHOWFLOOR_WORKERS`: server processes; more than one needs PostgreSQL."""
    access_token_seconds: int = 15 * 60
    """`SHOWFLOOR_ACCESS_TOKEN_SECONDS`: life of an access token."""
    refresh_token_days: int = 30
    """`SHOWFLOOR_REFRESH_TOKEN_DAYS`: how long a device may stay away without logging in again."""
    login_limit: int = 10
    """`SHOWFLOOR_LOGIN_LIMIT`: failed log-ins allowed per window, per account and per address."""
    login_window_seconds: int = 15 * 60
    """`SHOWFLOOR_LOGIN_WINDOW_SECONDS`: length of that window."""
    max_body_bytes: int = 16 * 1024 * 1024
    """`SHOWFLOOR_MAX_BODY_BYTES`: largest request body that is read."""
    trusted_proxies: int = 0
    """`SHOWFLOOR_TRUSTED_PROXIES`: how many reverse proxies in front add to `X-Forwarded-For`."""
    jobs: str = "on"
    """`SHOWFLOOR_JOBS`: whether this server runs the jobs that are due at set times, on or off."""
    sms: str = "console"
    """`SHOWFLOOR_SMS`: who sends members their codes: console, file (`sms.jsonl` in the data folder) or `module:factory`."""
    member_store: str = ""
    """`SHOWFLOOR_MEMBER_STORE`: identifier of the store that new members of the app belong to; else the first by name."""
    time_zone: str = DEFAULT_ZONE
    """`SHOWFLOOR_TIME_ZONE`: the business's offset from UTC, which decides days, months and years; devices follow it."""
    photo_max_bytes: int = 4_000_000
    """`SHOWFLOOR_PHOTO_MAX_BYTES`: largest picture that is taken; the app sends none above about one million."""
    photo_quota_bytes: int = 20_000_000_000
    """`SHOWFLOOR_PHOTO_QUOTA_BYTES`: how much room the photos of one company may take."""
    photo_grace_hours: int = 7 * 24
    """`SHOWFLOOR_PHOTO_GRACE_HOURS`: how long a photo that is not completely here may take, before what is here is removed."""
    log_level: str = "INFO"
    """`SHOWFLOOR_LOG_LEVEL`: DEBUG, INFO, WARNING or ERROR."""

    @property
    def is_postgresql(self) -> bool:
        """Whether the data is in PostgreSQL rather than in the embedded SQLite file."""
        return not self.database_url.startswith("sqlite")


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment (by default this process's) asks for.

    Raises `SettingsError` for the first value that cannot be used.
    """
    env = os.environ if environ is None else environ
    values = {name: read(env[name], name) for name, (_, read) in VARIABLES.items() if env.get(name)}
    given = {VARIABLES[name][0]: value for name, value in values.items()}
    data_dir = given.setdefault("data_dir", Path("var"))
    given.setdefault("database_url", f"sqlite:///{data_dir / 'showfloor.db'}")
    embedded = given["database_url"].startswith("sqlite")
    if not embedded and "secret_key" not in given:
        message = (
            "SHOWFLOOR_SECRET_KEY is required with PostgreSQL, so that every process signs with the same key; "
            "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
        raise SettingsError(message)
    if embedded and given.get("workers", 1) > 1:
        message = (
            "SHOWFLOOR_WORKERS must be 1 with SQLite; set DATABASE_URL to a PostgreSQL database for more"
        )
        raise SettingsError(message)
    if "secret_key" not in given:
        given["secret_key"] = _kept_secret(data_dir)
    return Settings(**given)


def _kept_secret(data_dir: Path) -> str:
    """The key of the embedded default: made at the first start and kept, readable by its owner alone."""
    path = data_dir / "secret-key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _secret(path.read_text(encoding="ascii").strip(), str(path))
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
    except OSError as error:
        message = (
            f"SHOWFLOOR_DATA_DIR: {data_dir} cannot hold the key: {error.strerror}; name a writable folder"
        )
        raise SettingsError(message) from error
    return _secret(path.read_text(encoding="ascii").strip(), str(path))


def _secret(value: str, name: str) -> str:
    if len(value) < SECRET_BYTES:
        message = f"{name} has {len(value)} characters; a key needs at least {SECRET_BYTES}"
        raise SettingsError(message)
    return value


def _database(value: str, name: str) -> str:
    if not value.startswith(_DATABASE_SCHEMES):
        scheme = value.split(":", 1)[0]
        message = f"{name} starts with {scheme!r}; write sqlite:///path/to/file.db or postgresql://user:password@host/name"
        raise SettingsError(message)
    scheme, rest = value.split("://", 1)
    return f"{scheme}://{rest}" if scheme == "sqlite" else f"postgresql+psycopg://{rest}"


def _whole(low: int, high: int) -> Callable[[str, str], int]:
    def read(value: str, name: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            message = f"{name} is {value!r}; write a whole number from {low} to {high}"
            raise SettingsError(message)
        return int(value)

    return read


def _log_level(value: str, name: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if value.upper() not in levels:
        message = f"{name} is {value!r}; write one of {', '.join(levels)}"
        raise SettingsError(message)
    return value.upper()


def _zone(value: str, name: str) -> str:
    try:
        parse_zone(value)
    except ValueError:
        message = f"{name} is {value!r}; write an offset from UTC such as {DEFAULT_ZONE}"
        raise SettingsError(message) from None
    return value


def _switch(value: str, name: str) -> str:
    if value not in {"on", "off"}:
        message = f"{name} is {value!r}; write on or off"
        raise SettingsError(message)
    return value


def _path(value: str, _name: str) -> Path:
    return Path(value)


def _text(value: str, _name: str) -> str:
    return value


_READERS: dict[str, Callable[[str, str], Any]] = {
    "database_url": _database,
    "secret_key": _secret,
    "data_dir": _path,
    "web_dir": _path,
    "host": _text,
    "port": _whole(1, _HIGHEST_PORT),
    "workers": _whole(1, 64),
    "access_token_seconds": _whole(10, 86_400),
    "refresh_token_days": _whole(1, 365),
    "login_limit": _whole(1, 10_000),
    "login_window_seconds": _whole(1, 86_400),
    "max_body_bytes": _whole(1_024, 1_073_741_824),
    "trusted_proxies": _whole(0, 8),
    "jobs": _switch,
    "sms": _text,
    "member_store": _text,
    "time_zone": _zone,
    "photo_max_bytes": _whole(10_000, 100_000_000),
    "photo_quota_bytes": _whole(0, 2**50),
    "photo_grace_hours": _whole(1, 24 * 365),
    "log_level": _log_level,
}

VARIABLES = {
    "DATABASE_URL" if each.name == "database_url" else f"SHOWFLOOR_{each.name.upper()}": (
        each.name,
        _READERS[each.name],
    )
    for each in fields(Settings)
}
"""Each variable of the environment, with the field it sets and how its value is read."""
