"""Opening the app on this device: its database, and what to say when that cannot be opened."""

import errno
import gc
import os
import time

import flet as ft
from sqlalchemy.exc import DatabaseError

from mobile.design.states import error_state
from mobile.state.application import App
from mobile.state.database import DeviceStorageError, device_storage
from mobile.state.failures import code_for
from mobile.state.rescue import open_sound
from mobile.state.server import Server
from mobile.text import error_sentence, language, t

DEFAULT_SERVER = "http://127.0.0.1:8000"


async def open_app(page: ft.Page) -> App | None:
    """The app on this device's own database; None, with the reason on the page, when it cannot be opened."""
    try:
        storage = device_storage()
        engine, rescue = open_sound(storage)
        server = Server(os.environ.get("SHOWFLOOR_SERVER", DEFAULT_SERVER))
        app = App(engine, server, device_now_ms=device_now_ms)
        app.notice = rescue.sentence() if rescue else ""
        # All that was loaded by now stays. Looking through it for garbage again and again would make a tap wait for 60 ms.
        gc.freeze()
        return app
    except DeviceStorageError as error:
        _show(page, error.en if language() == "en" else error.zh)
    except DatabaseError as error:
        _show(page, error_sentence(code_for(error) or "database_unreadable"))
    except OSError as error:
        _show(page, error_sentence("storage_full" if error.errno == errno.ENOSPC else "database_unreadable"))
    return None


def device_now_ms() -> int:
    """The device's own clock."""
    return time.time_ns() // 1_000_000


def _show(page: ft.Page, sentence: str) -> None:
    page.add(error_state(t("app.name"), sentence))
