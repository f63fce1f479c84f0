"""Devices that sell and spend points offline, each the real app on a database of its own, and the server between them."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from mobile.screens.sale.priced import Priced, price
from mobile.state import points_actions
from mobile.state.application import App
from mobile.state.database import open_engine
from mobile.state.errors import Unreachable
from mobile.state.exchange import sync_once
from mobile.state.queries.sale import party_of
from mobile.state.sale_actions import Sale, place_order
from mobile.state.sale_draft import DraftLine, SaleDraft
from mobile.state.server import Server
from server.domain.loyalty.standing import Standing, standing_of
from server.domain.loyalty.verification import differences
from shared_models.ids import new_id
from tests.integration.server.company import PASSWORD, Company


class Network(httpx.AsyncBaseTransport):
    """A way to the server that loses the answers it is told to lose."""

    def __init__(self, company: Company) -> None:
        self._server = httpx.ASGITransport(app=company.client.app)  # type: ignore[arg-type] # it is an ASGI app
        self.answers_lost = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._server.handle_async_request(request)
        await answer.aread()
        if self.answers_lost and request.url.path == "/api/sync":
            self.answers_lost -= 1
            raise httpx.ReadError("the answer was lost", request=request)
        return answer


@dataclass
class Device:
    """One person's device; its clock shows the server's time and `ahead_ms` more."""

    company: Company
    app: App
    network: Network
    clock: "DeviceClock"

    @staticmethod
    def of(company: Company, code: str, folder: Path) -> "Device":
        clock, network = DeviceClock(company), Network(company)
        app = App(
            open_engine(str(folder / f"{new_id()}.db"), "ef" * 32),
            Server("http://showroom"),
            device_now_ms=clock,
        )
        app.loop.wake = lambda **_: None  # type: ignore[method-assign] # it syncs when the test says so
        app.server.use(httpx.AsyncClient(transport=network, base_url="http://showroom"))
        device = Device(company, app, network, clock)
        asyncio.run(app.log_in(code, PASSWORD, "tablet"))
        device.sync()
        return device

    def sync(self, *, answers_lost: int = 0) -> None:
        """Push until an answer is heard, then pull."""
        self.network.answers_lost = answers_lost
        for _ in range(answers_lost):
            self.push_unheard()
        asyncio.run(sync_once(self.app))

    def push_unheard(self) -> None:
        """Push once; the answer is lost."""
        self.network.answers_lost = 1
        try:
            asyncio.run(sync_once(self.app))
        except Unreachable:
            return
        raise AssertionError("the answer came back")

    def lease(self, customer_id: str, points: int) -> int:
        return asyncio.run(points_actions.take_lease(self.app, customer_id, points))

    def release(self, customer_id: str) -> int:
        return asyncio.run(points_actions.release_lease(self.app, customer_id))

    def redeem(self, customer_id: str, points: int) -> str:
        return points_actions.redeem(self.app, customer_id, points)

    def enrol(self, phone: str) -> points_actions.Enrolled:
        return points_actions.enrol(self.app, phone)

    def figures(self, customer_id: str, *names: str) -> tuple[Any, ...]:
        found = points_actions.figures(self.app, customer_id)
        return tuple(getattr(found, name) for name in names)

    def sell(self, customer_id: str, *prices_fen: int, **draft: Any) -> tuple[str, Priced]:
        """Sell products to somebody offline; the order and what the device computed."""
        lines = tuple(DraftLine(new_id(), None, "", "椅", "chair", "product", price) for price in prices_fen)
        wanted = SaleDraft(customer_id=customer_id, lines=lines, **draft)
        pending, lease_now_ms = self.app.replica.pending_units(), self.app.lease_clock.now_ms()
        party = self.app.read(
            lambda session: party_of(
                session,
                customer_id,
                wanted,
                now_ms=self.app.now_ms(),
                own_store_id=self.app.session.person.store_id if self.app.session.person else None,
                pending=pending,
                lease_now_ms=lease_now_ms,
            )
        )
        priced = price(wanted, party, now_ms=self.app.now_ms())
        assert priced.problem() is None
        assert priced.quote is not None
        sale = Sale(wanted, priced.quote, priced.pay_now_fen, party.scheme_id, party.store_id)
        return place_order(self.app, sale), priced


@dataclass
class DeviceClock:
    """What a device's clock shows."""

    company: Company
    ahead_ms: int = field(default=0)

    def __call__(self) -> int:
        return self.company.clock() + self.ahead_ms


def at_server(company: Company, customer_id: str, *names: str) -> tuple[Any, ...]:
    """Figures of a member as the server has them now; the books must add up."""
    with company.services.database.reading() as session:
        found = standing_of(session, customer_id, company.clock.now_ms)
        assert isinstance(found, Standing)
        assert list(differences(session)) == []
    return tuple(getattr(found, name) for name in names)
