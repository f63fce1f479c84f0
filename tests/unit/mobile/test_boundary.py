"""A part of the screen that cannot be drawn is replaced by a sentence; what is around it works on."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import flet as ft
import msgpack
import pytest
from flet.components import component as drawing
from flet.controls.context import _context_page
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

from mobile.boundary import bounded, contain_failures
from mobile.state.application import App
from mobile.state.hooks import AppContext
from mobile.state.session import Person
from mobile.text import t
from tests.unit.mobile.showroom import open_app


class Weather(ft.Observable):
    """Whether what depends on it can be drawn, and what it says."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.words = "sun"


class Client(Connection):
    """A client that is sent everything and says nothing."""

    def send_message(self, message: Any) -> None:
        # What was sent is what the next change is told from.
        msgpack.packb(message.body, default=configure_encode_object_for_msgpack(ft.BaseControl))


@ft.component
def Sky(weather: Weather) -> ft.Control:  # noqa: N802
    if weather.broken:
        message = "no sky"
        raise LookupError(message)
    return ft.Text(weather.words)


@ft.component
def Screen(weather: Weather) -> ft.Control:  # noqa: N802
    return ft.Column([ft.Text("screen"), Sky(weather)])


@ft.component
def Frame(app: App, weather: Weather, screen: Callable[..., ft.Control] = Screen) -> ft.Control:  # noqa: N802
    def parts() -> ft.Control:
        return ft.Column([ft.Text("list"), bounded("here", partial(screen, weather)), Beside(weather)])

    return AppContext(app, parts)


@ft.component
def Beside(weather: Weather) -> ft.Control:  # noqa: N802
    return ft.Text(f"beside {weather.words}")


@pytest.fixture
def app(tmp_path) -> Iterator[App]:
    opened = open_app(tmp_path)
    opened.session.person = Person("amy", "S001", "艾米", "sales", "s", "c")
    yield opened
    opened.engine.dispose()


@pytest.fixture(autouse=True)
def contained(monkeypatch) -> None:
    monkeypatch.setattr(drawing, "Renderer", drawing.Renderer)
    contain_failures()


def played(scene: Callable[[ft.Page], Any]) -> None:
    """Play a scene on a page of its own."""

    async def play() -> None:
        connection = Client()
        connection.pubsubhub, connection.loop = PubSubHub(), asyncio.get_running_loop()
        session = Session(connection)
        registered = RegisterClientResponseBody(session.id, session.get_page_patch(), "")
        connection.send_message(Message(MessageAction.REGISTER_CLIENT, registered))
        _context_page.set(session.page)
        await scene(session.page)

    asyncio.run(play())


async def drawn(page: ft.Page) -> list[str]:
    """Let everything be drawn that waits to be; the words that are then on the page."""
    for _ in range(20):
        await asyncio.sleep(0)
    return [each.value for each in _controls(page.views) if isinstance(each, ft.Text)]


async def press(page: ft.Page, identifier: str) -> list[str]:
    """Press the button of that identifier; the words after that."""
    [named] = [
        each
        for each in _controls(page.views)
        if isinstance(each, ft.Semantics) and each.identifier == identifier
    ]
    [button] = [each for each in _controls(named.content) if getattr(each, "on_click", None)]
    button.on_click(None)
    return await drawn(page)


def _controls(root: Any) -> Iterator[Any]:
    if isinstance(root, list):
        for each in root:
            yield from _controls(each)
    elif isinstance(root, drawing.Component):
        yield from _controls(root._b)
    elif isinstance(root, ft.BaseControl):
        yield root
        for name in ("controls", "content", "actions"):
            yield from _controls(getattr(root, name, None))


def test_what_fails_at_once_is_replaced_and_its_neighbours_are_there(app, caplog):
    async def scene(page: ft.Page) -> None:
        page.render(Frame, app, Weather(broken=True))
        words = await drawn(page)
        assert {"list", "beside sun", t("app.not_drawn")} <= set(words)
        assert t("app.not_drawn_hint", kind="LookupError") in words
        assert "screen" not in words

    played(scene)
    assert "LookupError: no sky" in caplog.text


def test_what_fails_later_is_replaced_and_the_page_is_still_drawn_again(app):
    async def scene(page: ft.Page) -> None:
        weather = Weather()
        page.render(Frame, app, weather)
        assert await drawn(page) == ["list", "screen", "sun", "beside sun"]
        weather.broken = True
        assert t("app.not_drawn") in await drawn(page)
        weather.words = "rain"
        assert "beside rain" in await drawn(page)

    played(scene)


def test_trying_again_shows_the_part_once_it_can_be_drawn(app):
    async def scene(page: ft.Page) -> None:
        weather = Weather(broken=True)
        page.render(Frame, app, weather)
        await drawn(page)
        assert t("app.not_drawn") in await press(page, "retry")
        weather.broken = False
        assert await press(page, "retry") == ["list", "screen", "sun", "beside sun"]

    played(scene)


def test_a_screen_that_cannot_even_be_imported_is_replaced(app):
    def gone(_weather: Weather) -> ft.Control:
        raise ImportError("no such screen")

    async def scene(page: ft.Page) -> None:
        page.render(Frame, app, Weather(), gone)
        assert {"list", t("app.not_drawn_hint", kind="ImportError")} <= set(await drawn(page))

    played(scene)


def test_one_may_leave_for_the_first_place(app, monkeypatch):
    went: list[str] = []
    monkeypatch.setattr(ft.Page, "navigate", lambda _page, route, **_: went.append(route))

    async def scene(page: ft.Page) -> None:
        weather = Weather(broken=True)
        page.render(Frame, app, weather)
        await drawn(page)
        labels = [each.content for each in _controls(page.views) if isinstance(each, ft.TextButton)]
        assert labels == [t("app.back_to", place=t("nav.today"))]
        weather.broken = False
        assert "sun" in await press(page, "leave")

    played(scene)
    assert went == ["/"]


def test_a_frame_that_fails_itself_is_replaced_whole_and_can_be_tried_again(app):
    async def scene(page: ft.Page) -> None:
        weather = Weather(broken=True)
        page.render_views(Sky, weather)
        assert t("app.not_drawn") in await drawn(page)
        weather.broken = False
        assert await press(page, "retry") == ["sun"]

    played(scene)
