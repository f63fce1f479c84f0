"""Apps whose only network is the real server, and a network that breaks where it is told to."""

import asyncio
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from sqlmodel import Session, col, select

from mobile.state.application import App
from mobile.state.database import open_engine
from mobile.state.exchange import sync_once
from mobile.state.lead_actions import Report, log_follow_up
from mobile.state.photo_carrier import carry_once
from mobile.state.photos import keep_shot
from mobile.state.scaling import Shot, scaled
from mobile.state.server import Server
from shared_models.sales.tables import FollowUp
from shared_models.service.tables import Photo
from sync.device import contents
from sync.lane import Item
from tests.integration.server.company import PASSWORD, Company

REPORT = Report("store_visit", "reached", "high", "看中了沙发")


class BreakingNetwork(httpx.AsyncBaseTransport):
    """Passes requests on to the server. `breaks_at` picks those whose answer is lost; `asked` has all that were made."""

    def __init__(self, server: httpx.AsyncBaseTransport) -> None:
        self._server = server
        self.asked: list[tuple[str, str]] = []
        self.breaks_at = lambda request: False
        self.is_cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("no network", request=request)
        self.asked.append((request.method, request.url.path))
        response = await self._server.handle_async_request(request)
        if self.breaks_at(request):
            self.is_cut = True
            raise httpx.ReadError("the answer was lost", request=request)
        return response

    def count(self, method: str, end: str = "") -> int:
        return sum(asked == method and path.endswith(end) for asked, path in self.asked)


class Photographer:
    """One person with the app on one device."""

    def __init__(self, company: Company, code: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.company = company
        self.path = folder / "app.db"
        self.network = BreakingNetwork(
            httpx.ASGITransport(app=company.client.app, raise_app_exceptions=False)
        )
        self.app = self._open()
        asyncio.run(self._log_in(code))
        self.sync()

    def _open(self) -> App:
        app = App(
            open_engine(str(self.path), "ef" * 32),
            Server("http://showroom"),
            device_now_ms=self.company.clock,
        )
        app.server.use(httpx.AsyncClient(transport=self.network, base_url="http://showroom"))
        # Nothing runs by itself here: the tests sync and carry when they say so.
        app.loop.wake = app.photo_lane.wake = lambda **_: None  # type: ignore[method-assign]
        return app

    async def _log_in(self, code: str) -> None:
        await self.app.log_in(code, PASSWORD, "web")

    def log_in_as(self, code: str) -> None:
        asyncio.run(self._log_in(code))

    def start_again(self) -> None:
        """The app is killed and opened again on what the disk has."""
        self.app.engine.dispose()
        self.app = self._open()

    def sync(self) -> None:
        asyncio.run(sync_once(self.app))

    def carry(self) -> None:
        asyncio.run(carry_once(self.app))

    def everything(self) -> None:
        self.sync()
        self.carry()
        self.sync()

    def visit(self, shot: Shot, lead_id: str | None = None) -> str:
        """Log a visit with that photo; the photo's identifier."""
        draft = keep_shot(self.app, shot)
        log_follow_up(self.app, lead_id or self.company.ids["lead"], REPORT, [draft])
        return str(draft["id"])

    def photos(self) -> list[Photo]:
        return self.app.read(lambda session: list(session.scalars(select(Photo))))

    def visits(self) -> list[FollowUp]:
        return self.app.read(
            lambda session: list(session.scalars(select(FollowUp).order_by(col(FollowUp.id))))
        )

    @property
    def waiting(self) -> int:
        return self.app.replica.status().contents

    def ask(self, method: str, path: str, **options) -> httpx.Response:
        """A request of this person's own, past the app."""

        async def send() -> httpx.Response:
            token = await self.app.session.access_token()
            headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
            return await self.app.server._http().request(method, path, headers=headers, **options)

        return asyncio.run(send())

    def close(self) -> None:
        self.app.engine.dispose()


@dataclass(frozen=True, slots=True)
class Look:
    """What is on a device of a photo."""

    picture: bytes | None
    thumbnail: bytes | None
    item: Item | None


def look_at(app: App, photo_id: str) -> Look:
    with app.engine.connect() as connection:
        picture, thumbnail = (contents.read(connection, photo_id, part) for part in ("picture", "thumbnail"))
        return Look(picture, thumbnail, contents.item_of(connection, photo_id, "picture"))


def shot(width: int = 1000, height: int = 800) -> Shot:
    """A picture of noise, which needs several pieces; no two are alike."""
    made = BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(made, "JPEG", quality=60)
    return asyncio.run(scaled(made.getvalue()))


def stored(session: Session, photo_id: str) -> Photo:
    return session.get_one(Photo, photo_id)
