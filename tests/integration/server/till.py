"""The counter of a showroom, online: what people do there by the server's routes."""

from dataclasses import dataclass
from typing import Any

from tests.integration.server.company import Company


@dataclass
class Till:
    """One person's way to the server; what is refused comes back as its code."""

    company: Company
    headers: dict[str, str]

    @staticmethod
    def of(company: Company, code: str = "M001") -> "Till":
        return Till(company, company.headers(code))

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.company.client.post(f"/api{path}", json=body, headers=self.headers)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    def refused(self, path: str, **body: Any) -> str:
        answer = self.company.client.post(f"/api{path}", json=body, headers=self.headers)
        assert 400 <= answer.status_code < 500, answer.text
        return str(answer.json()["code"])

    def enrol(self, phone: str) -> str:
        return str(self.post("/customers", phone=phone, name="周杰")["customer_id"])

    def member(self, customer_id: str) -> dict[str, Any]:
        answer = self.company.client.get(f"/api/customers/{customer_id}/points", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sell(self, customer_id: str, *prices_fen: int, **sale: Any) -> dict[str, Any]:
        lines = [
            {"id": f"{customer_id[:24]}{price:08}", "price_fen": price, "category": "chair"}
            for price in prices_fen
        ]
        return self.post("/sales", customer_id=customer_id, **{"lines": lines} | sale)

    def figures(self, customer_id: str, *names: str) -> tuple[Any, ...]:
        standing = self.member(customer_id)
        return tuple(standing[name] for name in names)
