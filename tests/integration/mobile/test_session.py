"""The app against the real server: logging in, staying logged in, leaving, and the codes that come back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, col, select

from mobile import VERSION
from mobile.state.application import App
from mobile.state.database import open_engine
from mobile.state.errors import LogInNeeded, OtherPersonsWork, ServerRefusal, Unreachable
from mobile.state.exchange import sync_once
from mobile.state.lead_actions import edit_lead
from mobile.state.server import Server
from mobile.text import sentences
from shared_models.people.tables import Staff
from shared_models.sales.tables import Lead
from sync.device import state
from tests.databases import migrated_sqlite_url
from tests.integration.server.company import PASSWORD, Company, make_settings, running_company

ACCESS_TOKEN_LIFE_S = 15 * 60


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with running_company(make_settings(migrated_sqlite_url(tmp_path), tmp_path)) as running:
        yield running


@pytest.fixture
def app(company: Company, tmp_path: Path) -> Iterator[App]:
    app = open_device(company, tmp_path / "app.db")
    yield app
    app.engine.dispose()


def open_device(company: Company, path: Path) -> App:
    """The app as it starts on a device whose only network is the real server."""
    engine = open_engine(str(path), "ef" * 32)
    app = App(engine, Server("http://showroom"), device_now_ms=company.clock)
    transport = httpx.ASGITransport(app=company.client.app)  # type: ignore[arg-type] # Litestar is an ASGI app
    app.server.use(httpx.AsyncClient(transport=transport, base_url="http://showroom"))
    return app


def log_in(app: App, code: str = "S001", password: str = PASSWORD) -> None:
    asyncio.run(within_loop(app, code, password))


async def within_loop(app: App, code: str, password: str) -> None:
    await app.log_in(code, password, "web")


def sync(app: App) -> None:
    asyncio.run(sync_once(app))


def leads(app: App) -> list[str]:
    return app.read(lambda session: list(session.scalars(select(col(Lead.name)))))


def edit(app: App, company: Company, notes: str) -> None:
    app.loop.wake = lambda **_: None  # type: ignore[method-assign] # no loop is running here
    edit_lead(app, company.ids["lead"], notes=notes)


def test_after_logging_in_the_device_holds_what_the_person_may_see(app, company):
    log_in(app)
    sync(app)
    assert app.session.person is not None
    assert (app.session.person.code, app.session.person.role) == ("S001", "sales")
    assert leads(app) == ["欧阳娜娜"]
    assert app.sync.first_done


def test_a_wrong_password_is_told_by_its_code_and_changes_nothing(app):
    with pytest.raises(ServerRefusal) as refused:
        log_in(app, password="wrong")
    assert refused.value.code == "wrong_login"
    assert f"error.{refused.value.code}" in sentences("zh")
    assert app.session.person is None


def test_the_session_is_there_when_the_app_starts_again_without_a_network(app, company, tmp_path):
    log_in(app)
    sync(app)
    app.engine.dispose()
    again = open_device(company, tmp_path / "app.db")
    again.server.use(httpx.AsyncClient(transport=Cut(), base_url="http://showroom"))
    assert again.session.person is not None
    assert leads(again) == ["欧阳娜娜"]
    with pytest.raises(Unreachable):
        sync(again)
    again.engine.dispose()


def test_an_access_token_is_renewed_before_it_ends_and_when_the_server_does_not_take_it(app, company):
    log_in(app)
    company.clock.forward(seconds=ACCESS_TOKEN_LIFE_S - 30)
    sync(app)
    app.device_now_ms.forward(seconds=2 * ACCESS_TOKEN_LIFE_S)
    app.session._tokens["ends_at_ms"] = company.clock() + 10**9
    sync(app)
    assert app.session.person is not None


def test_a_session_that_the_server_ended_asks_to_log_in_again_and_keeps_the_work(app, company):
    log_in(app)
    sync(app)
    edit(app, company, "养猫")
    with company.services.database.writing() as session:
        session.scalars(select(Staff).where(col(Staff.code) == "S001")).one().active = False
    company.clock.forward(seconds=2 * ACCESS_TOKEN_LIFE_S)
    with pytest.raises(LogInNeeded):
        sync(app)
    assert app.session.expired
    assert app.session.person is not None
    assert app.replica.status().pending == 1


def test_a_colleague_cannot_take_over_a_device_with_unsent_work(app, company):
    log_in(app)
    sync(app)
    edit(app, company, "养猫")
    with pytest.raises(OtherPersonsWork) as refused:
        log_in(app, "S002")
    assert refused.value.pending == 1
    assert leads(app) == ["欧阳娜娜"]
    sync(app)
    log_in(app, "S002")
    sync(app)
    assert leads(app) == []


def test_logging_out_wipes_the_device_and_ends_the_session_at_the_server(app, company):
    log_in(app)
    sync(app)
    refresh = app.session._tokens["refresh"]
    asyncio.run(app.log_out())
    assert app.session.person is None
    assert leads(app) == []
    assert company.client.post("/api/auth/refresh", json={"refresh_token": refresh}).status_code == 401


def test_a_position_the_server_does_not_know_starts_the_first_sync_again(app):
    log_in(app)
    sync(app)
    with app.engine.begin() as connection:
        state.write(connection, cursor="nonsense")
    sync(app)
    assert leads(app) == ["欧阳娜娜"]


def test_the_local_file_shows_nothing_to_who_has_not_the_key(app, company, tmp_path):
    log_in(app)
    sync(app)
    with Session(app.engine) as session:
        assert session.scalars(select(Lead)).one().phone == "13812345678"
    app.engine.dispose()
    assert all(b"13812345678" not in file.read_bytes() for file in tmp_path.glob("app.db*"))


class Cut(httpx.AsyncBaseTransport):
    """A network that is not there."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)


def test_a_wiped_device_has_sent_everything_holds_nothing_and_says_so_even_after_a_restart(
    company, app, tmp_path
):
    log_in(app)
    asyncio.run(sync_once(app))
    edit(app, company, "宝安")
    wipe_by_manager(company, app)
    with pytest.raises(LogInNeeded):
        asyncio.run(sync_once(app))
    with company.services.database.reading() as session:
        assert session.get_one(Lead, company.ids["lead"]).notes == "宝安"
    assert app.read(lambda session: session.exec(select(Lead)).all()) == []
    assert (app.session.person, app.session.was_wiped, app.session.expired) == (None, True, False)
    app.engine.dispose()
    again = open_device(company, tmp_path / "app.db")
    assert again.session.was_wiped
    log_in(again)
    asyncio.run(sync_once(again))
    assert not again.session.was_wiped
    assert again.read(lambda session: session.get(Lead, company.ids["lead"])) is not None
    again.engine.dispose()


def test_a_device_that_never_heard_that_the_server_knows_of_its_wipe_begins_anew_all_the_same(company, app):
    log_in(app)
    asyncio.run(sync_once(app))
    wipe_by_manager(company, app)
    answer = app.server.post_bytes

    async def lost_after_the_wipe(*arguments: Any) -> bytes:
        was_wiped = app.replica.is_wiped
        body = await answer(*arguments)
        if was_wiped:
            raise Unreachable
        return body

    app.server.post_bytes = lost_after_the_wipe  # type: ignore[method-assign] # the network of this one sync
    with pytest.raises(Unreachable):
        asyncio.run(sync_once(app))
    app.server.post_bytes = answer  # type: ignore[method-assign] # and it is back
    assert app.session.person is not None
    with pytest.raises(LogInNeeded):
        asyncio.run(sync_once(app))
    assert (app.session.person, app.session.was_wiped) == (None, True)


def test_the_server_is_told_which_version_of_the_app_a_device_runs(company, app):
    log_in(app)
    asyncio.run(sync_once(app))
    devices = company.client.get("/api/devices", headers=company.headers("M001")).json()
    assert [each["app_version"] for each in devices if each["id"] == app.replica.device_id] == [VERSION]


def wipe_by_manager(company: Company, app: App) -> None:
    path = f"/api/devices/{app.replica.device_id}/wipe"
    assert company.client.post(path, headers=company.headers("M001")).status_code == 204
