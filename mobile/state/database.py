"""The device's own database: where it lives on this platform, and the engine that opens it."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import QueuePool

from sync.sqlite import dialect, driver

IS_BROWSER = sys.platform == "emscripten"
DATABASE_NAME = "app.db"
KEY_NAME = "app.key"
KEY_BYTES = 32
POOL_TIMEOUT_S = 0 if IS_BROWSER else 5
LONGEST_LOG_PAGES = 1_000 if IS_BROWSER else 4_000
"""4 MB where storage has a quota, else 16 MB; in either case a log is moved while nobody waits, if it can (`checkpoints.py`)."""
OWNER_ONLY = 0o600


class DeviceStorageError(RuntimeError):
    """The device's database cannot be opened; `zh` and `en` tell a person what to do."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(reason)
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class DeviceStorage:
    """Where the database is and the key that opens it; `is_persistent` is false where a browser may evict it.

    `is_cut_to_nothing` says that there was a database, and nothing is left of its file.
    """

    path: str
    hexkey: str = field(repr=False)
    is_persistent: bool = True
    is_cut_to_nothing: bool = False


def open_engine(path: str, hexkey: str) -> Engine:
    """An engine on the encrypted file at `path`, with a single connection.

    A second session while one is open raises `sqlalchemy.exc.TimeoutError`: in the browser only one connection can
    exist, and here it is the same so that such code fails where it is written. Raises `DatabaseError` on the first
    use when the key is not the file's.
    """
    return create_engine(
        URL.create(dialect.NAME, database=path),
        creator=lambda: driver.connect(
            path, hexkey, exclusive=IS_BROWSER, longest_log_pages=LONGEST_LOG_PAGES
        ),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
    )


def device_storage(folder: Path | None = None) -> DeviceStorage:
    """The database's place and key on this platform, made on the first start.

    In the browser both come from the page's worker: the file lies on the origin private file system, its key is
    wrapped by a WebCrypto key that no script can read out. Natively they are a file in `folder`, else in the data
    folder that Flet names (`FLET_APP_STORAGE_DATA`), with the key in a file beside it that only the owner can read.
    Limitation: natively whoever can read the owner's files can read the key too; the encryption then protects a
    copied database file, not a device that is unlocked. Raises `DeviceStorageError`.
    """
    return _browser_storage() if IS_BROWSER else _native_storage(folder)


def _browser_storage() -> DeviceStorage:
    import js

    device = js.showfloor
    if device.isUnreadable:
        raise DeviceStorageError(
            "the database's key is gone",
            "本机数据的密钥已丢失（可能清除过浏览器数据），旧数据无法读取。请联系管理员，重新登录后从服务器取回数据。",
            "The key of this device's data is gone (browser data may have been cleared), so it cannot be read. "
            "Tell your administrator; after logging in again the data comes back from the server.",
        )
    return DeviceStorage(
        str(device.databasePath),
        str(device.hexkey),
        bool(device.isPersistent),
        bool(device.isCutToNothing),
    )


def _native_storage(folder: Path | None) -> DeviceStorage:
    named = os.environ.get("FLET_APP_STORAGE_DATA")
    if folder is None and named is None:
        raise DeviceStorageError(
            "no data folder: FLET_APP_STORAGE_DATA is not set",
            "找不到本机数据文件夹，无法保存。请重新安装应用。",
            "The app's data folder was not found, so nothing can be saved. Please install the app again.",
        )
    home = folder if folder is not None else Path(cast("str", named))
    home.mkdir(parents=True, exist_ok=True)
    return DeviceStorage(str(home / DATABASE_NAME), _native_key(home / KEY_NAME))


def _native_key(file: Path) -> str:
    if not file.exists():
        # Whole or not there: a key that was half written would lock the database for ever.
        partial = file.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(file)
    return file.read_text(encoding="ascii")
