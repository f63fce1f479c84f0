"""A tablet whose replica is the real one and whose network is the real application."""

import asyncio
from dataclasses import dataclass

from sync import wire
from sync.client import Outcome, synchronise
from sync.device.replica import Replica
from tests.convergence.world import memory_engine
from tests.integration.server.company import COMPANY, Company


@dataclass
class Tablet:
    """One person's copy on one device, logged in."""

    company: Company
    replica: Replica
    headers: dict[str, str]

    @staticmethod
    def of(company: Company, code: str) -> "Tablet":
        tokens = company.tokens(code)
        replica = Replica.open(memory_engine(), now_ms=company.clock)
        replica.register(device_id=tokens["device_id"], staff_id=tokens["staff"]["id"], company_id=COMPANY)
        return Tablet(company, replica, {"Authorization": f"Bearer {tokens['access_token']}"})

    def log_in_again(self) -> None:
        body = self.company.log_in("S001", id=self.replica.device_id).json()
        self.headers = {"Authorization": f"Bearer {body['access_token']}"}

    def sync(self) -> Outcome:
        return asyncio.run(synchronise(self.replica, self._exchange))

    async def _exchange(self, request: wire.Request) -> wire.Response:
        answer = self.company.client.post(
            "/api/sync", content=wire.encode(request), headers={**self.headers, "Content-Type": wire.MSGPACK}
        )
        assert answer.status_code == 200, answer.text
        return wire.decode_response(answer.content)
