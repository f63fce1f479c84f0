"""Settings from the environment, with a clear sentence for each value that cannot be used."""

import stat
from pathlib import Path

import pytest

from server.settings import VARIABLES, SettingsError, from_environment

KEY = "k" * 32


def test_without_any_variable_the_server_works_on_its_own_folder(tmp_path: Path):
    settings = from_environment({"SHOWFLOOR_DATA_DIR": str(tmp_path)})

    assert settings.database_url == f"sqlite:///{tmp_path / 'showfloor.db'}"
    assert not settings.is_postgresql
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path):
    first, second = (from_environment({"SHOWFLOOR_DATA_DIR": str(tmp_path)}).secret_key for _ in range(2))

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg_however_it_is_written(scheme: str):
    environ = {
        "DATABASE_URL": f"{scheme}://user@host/name",
        "SHOWFLOOR_SECRET_KEY": KEY,
        "SHOWFLOOR_WORKERS": "4",
    }
    settings = from_environment(environ)

    assert settings.database_url == "postgresql+psycopg://user@host/name"
    assert settings.workers == 4


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"SHOWFLOOR_PORT": "http"}, "SHOWFLOOR_PORT is 'http'; write a whole number from 1 to 65535"),
        ({"SHOWFLOOR_PORT": "0"}, "SHOWFLOOR_PORT is '0'"),
        ({"SHOWFLOOR_LOG_LEVEL": "loud"}, "write one of DEBUG, INFO, WARNING, ERROR"),
        ({"DATABASE_URL": "mysql://host/name"}, "DATABASE_URL starts with 'mysql'"),
        ({"DATABASE_URL": "postgresql://host/name"}, "SHOWFLOOR_SECRET_KEY is required with PostgreSQL"),
        ({"SHOWFLOOR_SECRET_KEY": "short"}, "SHOWFLOOR_SECRET_KEY has 5 characters; a key needs at least 32"),
        ({"SHOWFLOOR_WORKERS": "2"}, "SHOWFLOOR_WORKERS must be 1 with SQLite"),
        ({"SHOWFLOOR_LOGIN_LIMIT": "-1"}, "SHOWFLOOR_LOGIN_LIMIT"),
        ({"SHOWFLOOR_JOBS": "no"}, "SHOWFLOOR_JOBS is 'no'; write on or off"),
        ({"SHOWFLOOR_MAX_BODY_BYTES": "1e6"}, "SHOWFLOOR_MAX_BODY_BYTES"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_to_write(
    tmp_path: Path, environ: dict[str, str], says: str
):
    with pytest.raises(SettingsError) as refused:
        from_environment({"SHOWFLOOR_DATA_DIR": str(tmp_path), **environ})

    assert says in str(refused.value)


def test_a_password_in_the_database_url_is_not_repeated_in_an_error():
    with pytest.raises(SettingsError) as refused:
        from_environment({"DATABASE_URL": "mysql://user:hunter2@host/name"})

    assert "hunter2" not in str(refused.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="SHOWFLOOR_DATA_DIR"):
        from_environment({"SHOWFLOOR_DATA_DIR": str(tmp_path / "file" / "var")})


def test_every_setting_has_a_variable_that_is_documented_beside_it():
    source = Path("server/settings.py").read_text(encoding="utf-8")

    assert [name for name in VARIABLES if f"`{name}`" not in source] == []


def test_the_signing_key_does_not_show_when_settings_are_printed(tmp_path: Path):
    assert KEY not in repr(
        from_environment({"SHOWFLOOR_DATA_DIR": str(tmp_path), "SHOWFLOOR_SECRET_KEY": KEY})
    )
