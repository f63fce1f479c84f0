"""Where a device's database lives and what opens it."""

from pathlib import Path

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from mobile.state.database import DeviceStorageError, device_storage, open_engine

KEY = "0123456789abcdef" * 4


def test_a_second_session_at_the_same_time_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(str(tmp_path / "app.db"), KEY)
    monkeypatch.setattr(engine.pool, "_timeout", 0)
    with engine.connect(), pytest.raises(PoolTimeoutError):
        engine.connect()
    engine.dispose()


def test_a_native_device_keeps_one_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    first, second = device_storage(tmp_path / "data"), device_storage(tmp_path / "data")
    assert first == second
    assert len(first.hexkey) == len(KEY)
    assert first.hexkey not in repr(first)
    assert (tmp_path / "data" / "app.key").stat().st_mode & 0o777 == 0o600


def test_the_data_folder_is_the_one_flet_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLET_APP_STORAGE_DATA", str(tmp_path))
    assert device_storage().path == str(tmp_path / "app.db")


def test_a_missing_data_folder_is_told_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLET_APP_STORAGE_DATA", raising=False)
    with pytest.raises(DeviceStorageError) as raised:
        device_storage()
    assert raised.value.zh
    assert raised.value.en
