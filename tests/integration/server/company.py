"""A small company on a real server: two stores, four people who can log in, and some leads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from server.app import assemble
from server.auth.tables import Credential
from server.services import Services
from server.settings import Settings
from shared_models.people.tables import Role, Staff, Store
from shared_models.sales.tables import Customer, Lead, Order
from sync.hub.recorder import recording
from tests.applications import application_on
from tests.passwords import quickly_hashed

COMPANY = "acme"
PASSWORD = "correct horse battery"
SECRET = "a key of at least thirty-two characters"
START_MS = 1_790_000_000_000
NAMES = {"S001": "张伟", "S002": "王芳", "M001": "李娜", "O001": "赵敏", "S101": "陈静"}
LEAD_NAME, LEAD_PHONE = "欧阳娜娜", "13812345678"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        return self.now_ms

    def forward(self, *, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


@dataclass
class Company:
    """A running server with the company on it."""

    client: TestClient[Litestar]
    services: Services
    clock: Clock
    ids: dict[str, str] = field(default_factory=dict)

    def log_in(self, code: str = "S001", password: str = PASSWORD, **device: Any) -> Any:
        body = {"code": code, "password": password, "device": {"name": "平板一", "platform": "web", **device}}
        return self.client.post("/api/auth/login", json=body)

    def tokens(self, code: str = "S001") -> dict[str, Any]:
        answer = self.log_in(code)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def headers(self, code: str = "S001") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens(code)['access_token']}"}


def make_settings(database_url: str, folder: Path, **changes: Any) -> Settings:
    settings = Settings(database_url, SECRET, data_dir=folder, web_dir=folder / "web")
    return replace(settings, **changes)


@contextmanager
def running_company(settings: Settings) -> Iterator[Company]:
    """The real application on `settings`, with the company founded."""
    clock = Clock()
    services = assemble(settings, clock)
    with (
        application_on(assemble(settings, clock)) as app,
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        company = Company(client, services, clock)
        with services.database.writing() as session:
            company.ids = found(session, clock.now_ms)
        yield company
    services.database.close()


def found(session: Session, now_ms: int) -> dict[str, str]:
    """Write the company; its rows' identifiers by a short name."""
    stores = {name: Store(company_id=COMPANY, name=name) for name in ("north", "south")}
    people = {
        "S001": (Role.SALES, "north"),
        "S002": (Role.SALES, "north"),
        "M001": (Role.STORE_MANAGER, "north"),
        "O001": (Role.OFFICE, None),
        "S101": (Role.SALES, "south"),
    }
    staff = {
        code: Staff(
            company_id=COMPANY, code=code, name=NAMES[code], role=role, store_id=store and stores[store].id
        )
        for code, (role, store) in people.items()
    }
    north = {"company_id": COMPANY, "store_id": stores["north"].id}
    customer = Customer(**north, name=LEAD_NAME, phone=LEAD_PHONE)
    rows = {
        "lead": Lead(
            **north, owner_id=staff["S001"].id, name=LEAD_NAME, phone=LEAD_PHONE, inquired_at_ms=now_ms
        ),
        "customer": customer,
        "order": Order(
            **north,
            customer_id=customer.id,
            staff_id=staff["S001"].id,
            products_net_fen=100_000,
            sold_at_ms=now_ms,
        ),
    }
    with recording(session, author="server", at_ms=now_ms):
        session.add_all([*stores.values(), *staff.values(), *rows.values()])
    session.add_all(
        Credential(staff_id=person.id, password_hash=quickly_hashed(PASSWORD), changed_at_ms=now_ms)
        for person in staff.values()
    )
    return {name: row.id for name, row in {**stores, **staff, **rows}.items()}
