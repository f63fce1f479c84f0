"""Every HTTP route × every role × own, same store, other store, other company (S5), held to a table written by hand.

The routes are those of the OpenAPI document: one without a line here fails, so nobody can add one without saying who may.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from server.app import assemble, create_app
from server.auth.tokens import Claims, access_token
from server.domain.photos.store import PhotoStore
from server.importing.tables import ImportJob
from server.routes.photos import PIECE_TYPE
from server.services import Services
from server.settings import Settings
from shared_models.designers.tables import Designer
from shared_models.people.tables import Staff, Store
from shared_models.phone import normalise_phone
from shared_models.sales.tables import Customer
from sync.hub.tables import SyncDevice
from sync.schema import catalogue, model_of
from tests.convergence.world import COMPANY
from tests.databases import migrated_sqlite_url
from tests.rights.oracle import PEOPLE
from tests.rights.showrooms import RIVAL, Showrooms

NOW_MS = 1_790_000_000_000
REFUSED = frozenset({401, 403, 404})
COLUMNS = {"amy": 0, "max": 1, "cora": 2, "olga": 3, "dora": 4}
COLLEAGUES = {"bob": ("sales", "north"), "cat": ("sales", "south"), "rival": ("company_manager", "rival")}
Y = "y"
"""A route about nothing in particular that this role may use."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route: for each role the places (O own, S same store, X other store) whose rows it may be used on.

    `about` is the table of the row in the path, or in `body` where `{id}` stands; places of rows of another company are
    for nobody. Without `about` the columns say `y` or nothing.
    """

    sales: str
    manager: str
    company: str
    office: str
    designer: str
    about: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    member: str | None = None
    """None: what is anybody's own business is a member's too."""

    def allows(self, person: str, place: str) -> bool:
        if person not in COLUMNS:
            return place == Y and (self.designer if self.member is None else self.member) == Y
        columns = (self.sales, self.manager, self.company, self.office, self.designer)
        return place in columns[COLUMNS[person]]


REFUSALS = {
    "lead": {"not_owner"},
    "staff": {"unknown"},
    "designer": {"unknown"},
    "referral": {"unknown"},
    "product": {"unknown"},
    "commissionstatement": {"unknown"},
}
"""What a rule of the house says instead of 403 or 404, by what the route is about."""

OPEN = {
    "POST /api/auth/login", "POST /api/auth/refresh", "POST /api/members/code", "POST /api/members/login",
    "GET /api/demo", "GET /api/health", "GET /api/ready",
}  # fmt: skip
"""What needs no log-in."""

EVERYBODY, STAFF = (Y, Y, Y, Y, Y), (Y, Y, Y, Y, "")
MANAGERS, BACK_OFFICE = ("", Y, Y, Y, ""), ("", "", Y, Y, "")
SHOT = b"a small picture"
LINES = [{"price_fen": 10_000}]
RULES = {
    # Anybody's own business.
    "POST /api/auth/logout": Rule(*EVERYBODY),
    "GET /api/live": Rule(*EVERYBODY),
    "POST /api/sync": Rule(*EVERYBODY),
    # A designer has no scope of the company to forget.
    "POST /api/sync/forget": Rule(*STAFF, body={"cursor": "", "scope": f"company:{COMPANY}"}),
    "POST /api/sync/proof": Rule(*EVERYBODY, body={"columns": {}}),
    # Leads: whose they are and who manages their store; anybody in the company notes an inquiry.
    "POST /api/leads": Rule(*EVERYBODY, body={"channel": "web"}, member=""),
    "GET /api/leads/{lead_id}": Rule("O", "OS", "OSX", "OSX", "", "lead"),
    "GET /api/leads/{lead_id}/card": Rule("O", "OS", "OSX", "OSX", "", "lead"),
    "PATCH /api/leads/{lead_id}": Rule("O", "OS", "OSX", "OSX", "", "lead", {"attributes": {"floor": "3"}}),
    # Whoever was called by a lead logs it: logs are always accepted (R13).
    "POST /api/leads/{lead_id}/contacts": Rule(
        "OSX", "OSX", "OSX", "OSX", "", "lead", {"outcome": "no_answer"}
    ),
    "POST /api/leads/{lead_id}/reassignment": Rule("O", "OS", "OSX", "OSX", "", "lead", {"staff_id": "bob"}),
    # Members: the store's staff; a counter serves whoever stands at it.
    "POST /api/customers": Rule(Y, Y, Y, Y, "", body={"phone": "13800001111", "store_id": "north"}),
    "GET /api/customers/lookup": Rule(*STAFF, query="?phone=13900002222"),
    "GET /api/customers/{customer_id}": Rule("OS", "OS", "OSX", "OSX", "", "customer"),
    "PATCH /api/customers/{customer_id}": Rule(
        "OS", "OS", "OSX", "OSX", "", "customer", {"attributes": {"a": "b"}}
    ),
    "GET /api/customers/{customer_id}/points": Rule("OS", "OS", "OSX", "OSX", "", "customer"),
    "POST /api/customers/{customer_id}/adjustments": Rule(
        "", "OS", "OSX", "OSX", "", "customer", {"reason": "x"}
    ),
    "POST /api/redemptions": Rule(
        "OSX", "OSX", "OSX", "OSX", "", "customer", {"customer_id": "{id}", "points": 1}
    ),
    "POST /api/redemptions/{redemption_id}/cancellation": Rule("OS", "OS", "OSX", "OSX", "", "redemption"),
    "POST /api/redemptions/{redemption_id}/hand-over": Rule("OS", "OS", "OSX", "OSX", "", "redemption"),
    "POST /api/gifts": Rule(*BACK_OFFICE, body={"name": "x", "points": 1, "value_fen": 1}),
    "POST /api/gifts/{gift_id}": Rule(
        "", "", "OSX", "OSX", "", "gift", {"name": "x", "points": 1, "value_fen": 1}
    ),
    "POST /api/activities": Rule(*BACK_OFFICE, body={"name": "x", "points": 1}),
    "POST /api/coupons": Rule(
        "", "OS", "OSX", "OSX", "", "customer", {"customer_ids": ["{id}"], "amount_fen": 100}
    ),
    "POST /api/coupons/preview": Rule(
        "", "OS", "OSX", "OSX", "", "customer", {"customer_ids": ["{id}"], "amount_fen": 100}
    ),
    "GET /api/coupons": Rule(*MANAGERS),
    "GET /api/coupons/latest": Rule(*MANAGERS, query="?amount_fen=100"),
    "POST /api/activities/{activity_id}/grants": Rule(
        "", "OSX", "OSX", "OSX", "", "activity", {"customer_id": "customer:S", "event": "x"}
    ),
    "POST /api/leases": Rule(
        "OSX", "OSX", "OSX", "OSX", "", "customer", {"customer_id": "{id}", "points": 1}
    ),
    "POST /api/leases/release": Rule("OS", "OS", "OSX", "OSX", "", "customer", {"customer_id": "{id}"}),
    "GET /api/points-entries/{entry_id}/explanation": Rule("OS", "OS", "OSX", "OSX", "", "pointsentry"),
    # Orders: the store's staff.
    "POST /api/sales": Rule(
        "OSX",
        "OSX",
        "OSX",
        "OSX",
        "",
        "customer",
        {"customer_id": "{id}", "lines": LINES, "store_id": "north"},
    ),
    "GET /api/orders/{order_id}": Rule("OS", "OS", "OSX", "OSX", "", "sales_order"),
    "POST /api/orders/{order_id}/payments": Rule(
        "OS", "OS", "OSX", "OSX", "", "sales_order", {"amount_fen": 1}
    ),
    "POST /api/orders/{order_id}/returns": Rule(
        "OS", "OS", "OSX", "OSX", "", "sales_order", {"line_ids": ["x"]}
    ),
    "POST /api/orders/{order_id}/returns/preview": Rule(
        "OS", "OS", "OSX", "OSX", "", "sales_order", {"line_ids": ["x"]}
    ),
    "POST /api/orders/{order_id}/survey": Rule("OS", "OS", "OSX", "OSX", "", "sales_order", {"score": "4"}),
    # Photos: seen by whoever sees the visit, sent by who took them.
    "GET /api/photos/{photo_id}/{part}": Rule("O", "OS", "OSX", "OSX", "", "photo"),
    "HEAD /api/photos/{photo_id}/{part}": Rule("O", "O", "O", "O", "O", "photo"),
    "PATCH /api/photos/{photo_id}/{part}": Rule("O", "O", "O", "O", "O", "photo"),
    # What people decide about: the row's owner and whoever is above them.
    "POST /api/held/{held_id}/approval": Rule("O", "OS", "OSX", "OSX", "", "held_edit"),
    "POST /api/held/{held_id}/rejection": Rule("O", "OS", "OSX", "OSX", "", "held_edit"),
    "POST /api/conflicts/{conflict_id}/undo": Rule("O", "OS", "OSX", "OSX", "", "conflict"),
    # Devices: a store's manager and the back office.
    "GET /api/devices": Rule(*MANAGERS),
    "POST /api/devices/{device_id}/resync": Rule("", "OS", "OSX", "OSX", "", "sync_device"),
    "POST /api/devices/{device_id}/revoke": Rule("", "OS", "OSX", "OSX", "", "sync_device"),
    "POST /api/devices/{device_id}/wipe": Rule("", "OS", "OSX", "OSX", "", "sync_device"),
    # Figures about people: their own, and those of whom one manages.
    "GET /api/staff/{staff_id}/kpi": Rule(
        "O",
        "OS",
        "OSX",
        "OSX",
        "O",
        "staff",
        query="?from=2026-01-01T00:00:00%2B08:00&to=2026-02-01T00:00:00%2B08:00",
    ),
    "POST /api/staff/{staff_id}/targets": Rule("", "OS", "OSX", "OSX", "", "staff", {"followups": 3}),
    "GET /api/figures/team": Rule(*MANAGERS, query="?first_day=2026-01-01&last_day=2026-01-31"),
    "GET /api/figures/surveys": Rule(*MANAGERS, query="?first_day=2026-01-01&last_day=2026-01-31"),
    "GET /api/figures/programme": Rule(*BACK_OFFICE, query="?first_day=2026-01-01&last_day=2026-01-31"),
    "GET /api/customers/value": Rule(*BACK_OFFICE, query="?year=2026"),
    "GET /api/campaigns": Rule(*BACK_OFFICE),
    "POST /api/campaigns/evaluation": Rule(
        *BACK_OFFICE,
        body=dict.fromkeys(
            (
                "sent",
                "bounced",
                "opened",
                "clicked",
                "joined",
                "bought",
                "returned_everything",
                "sales_fen",
                "returns_fen",
                "cost_fen",
            ),
            0,
        ),
    ),
    # The rules of the house, and designers' money.
    "POST /api/schemes": Rule(*BACK_OFFICE, body={"rules": {}}),
    "POST /api/schemes/simulation": Rule(
        *BACK_OFFICE, body={"rules": {}, "first_day": "2026-01-01", "last_day": "2026-01-02"}
    ),
    "POST /api/kpi-schemes": Rule(*BACK_OFFICE, body={"rules": {}}),
    "GET /api/designer-levels": Rule(*BACK_OFFICE),
    "POST /api/designer-levels": Rule(*BACK_OFFICE, body={"rules": {}}),
    "GET /api/designers": Rule(*BACK_OFFICE),
    "POST /api/designers": Rule(*BACK_OFFICE, body={"name": "x"}),
    "GET /api/designers/{designer_id}": Rule("", "", "OSX", "OSX", "O", "designer"),
    "POST /api/designers/{designer_id}/corrections": Rule(
        "", "", "OSX", "OSX", "", "designer", {"year": 2026, "level": "x", "reason": "x"}
    ),
    "POST /api/designers/{designer_id}/log-in": Rule(
        "", "", "OSX", "OSX", "", "designer", {"code": "x", "password": "short"}
    ),
    "POST /api/designers/reviews/{year}": Rule(*BACK_OFFICE),
    "POST /api/designers/statements": Rule(*BACK_OFFICE),
    "GET /api/designers/statements/{statement_id}": Rule("", "", "OSX", "OSX", "O", "commissionstatement"),
    "POST /api/designers/statements/{statement_id}/payout": Rule(
        "", "", "OSX", "OSX", "", "commissionstatement", {"reference": "x"}
    ),
    "POST /api/referrals/{referral_id}/decision": Rule("", "", "OSX", "OSX", "", "referral", {"reason": "x"}),
    "POST /api/recommendations": Rule("", "", "OSX", "OSX", "", "product", {"product_id": "{id}"}),
    "POST /api/imports": Rule(*BACK_OFFICE),
    "GET /api/imports/{job_id}": Rule("", "", "OSX", "OSX", "", "import_job"),
    "GET /api/imports/{job_id}/errors.csv": Rule("", "", "OSX", "OSX", "", "import_job"),
    "POST /api/jobs/{name}": Rule("", "", Y, "", ""),
}
"""Everything else: who may use it, and on whose rows."""

PUBLISHED = {"scheme", "kpischeme", "designerlevels", "commissionentry"}
"""What the server computes with: an empty one is none."""

PARTS = {"year": "2026", "name": "feed_trimming", "part": "thumbnail"}


class Showfloor:
    """The real server on its database, with rows in every place."""

    def __init__(self, client: TestClient[Litestar], services: Services) -> None:
        self.client = client
        self.services = services
        self.routes = {
            f"{method.upper()} {path}"
            for path, operations in client.app.openapi_schema.to_schema()["paths"].items()
            for method in operations
            if method in {"get", "head", "post", "put", "patch", "delete"}
        }
        self._found()

    def ask(self, route: str, person: str | None, place: str) -> Any:
        """The answer to that route for a row of that place, made for this question alone."""
        rule = RULES.get(route, Rule(*EVERYBODY))
        row_id = self._row(rule.about, place, f"{route} {person}") if rule.about else ""
        method, path = route.split(" ")
        path = re.sub(r"\{(\w+)\}", lambda blank: PARTS.get(blank[1]) or row_id, path)
        headers = {}
        if person:
            token = access_token(self.services.settings, Claims(person, f"{person}-1"), now_ms=NOW_MS)
            headers["Authorization"] = f"Bearer {token}"
        body = {
            key: row_id if value == "{id}" else [row_id] if value == ["{id}"] else value
            for key, value in rule.body.items()
        }
        sent = {"json": body} if body else {}
        if route.startswith("PATCH /api/photos"):
            headers |= {"Content-Type": PIECE_TYPE, "Upload-Offset": "0"}
            sent = {"content": SHOT}
        if route == "POST /api/imports":
            sent = {"files": {"files": ("x.csv", b"x")}}
        return self.client.request(method, path + rule.query, headers=headers, **sent)

    def _row(self, table: str, place: str, why: str) -> str:
        """A row of that table in that place that nobody has touched."""
        suffix = f"+{sha256(why.encode()).hexdigest()[:8]}"  # no identifier is longer than 40
        person = {"S": "bob", "X": "cat", "F": "rival"}.get(place, place[1:])
        company = RIVAL if place == "F" else COMPANY
        with self.services.database.writing() as session:
            if table == "sync_device":
                row_id = f"{person}{suffix}"
                session.add(SyncDevice(id=row_id, company_id=company, staff_id=person, registered_at_ms=0))
                return row_id
            if table == "import_job":
                row_id = f"{place}{suffix}"
                session.add(
                    ImportJob(
                        id=row_id,
                        company_id=company,
                        staff_id=person,
                        state="done",
                        started_at_ms=0,
                        touched_at_ms=NOW_MS,
                    )
                )
                return row_id
            if table == "staff":
                return person
            spec = catalogue()[table]
            if table == "designer" and place == "Odora":
                return "dora"
            values = Showrooms.row(spec, place)
            values["id"] += suffix
            if table == "photo":
                values |= {"thumbnail_sha256": sha256(SHOT).hexdigest(), "thumbnail_bytes": len(SHOT)}
                self._store_shot(values)
            if table == "held_edit":
                values |= {"field": "notes", "value": '"x"', "base": '""'}
            session.add(model_of(table)(**values))
            return str(values["id"])

    def _store_shot(self, photo: dict[str, Any]) -> None:
        """Have the photo's thumbnail at the server."""
        store = PhotoStore(self.services.settings.data_dir)
        photo["thumbnail_at_ms"] = NOW_MS
        store.append(photo["id"], 0, SHOT)
        store.finish(photo["id"], photo["thumbnail_sha256"])

    def _found(self) -> None:
        with self.services.database.writing() as session:
            for store, company in (("north", COMPANY), ("south", COMPANY), ("rival", RIVAL)):
                session.add(Store(id=store, company_id=company, name=store))
            session.flush()
            for person, (role, store) in (PEOPLE | COLLEAGUES).items():
                company = RIVAL if person == "rival" else COMPANY
                session.add(
                    Staff(id=person, company_id=company, code=person, name=person, role=role, store_id=store)
                )
                session.add(
                    SyncDevice(id=f"{person}-1", company_id=company, staff_id=person, registered_at_ms=0)
                )
            session.flush()
            for spec in catalogue().values():
                if spec.name in {"store", "staff", *PUBLISHED}:
                    continue
                for place in Showrooms.places():
                    session.add(model_of(spec.name)(**Showrooms.row(spec, place)))
                session.flush()
            for person in (PEOPLE | COLLEAGUES).keys() - {"dora"}:
                company = RIVAL if person == "rival" else COMPANY
                session.add(Designer(id=person, company_id=company, name=person))
            session.get_one(Customer, "customer:S").phone = normalise_phone("13900002222")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showfloor]:
    folder: Path = tmp_path_factory.mktemp("routes")
    settings = Settings(
        migrated_sqlite_url(folder),
        "k" * 40,
        data_dir=folder,
        web_dir=folder / "web",
        jobs="off",
        log_level="ERROR",
    )
    services = assemble(settings, lambda: NOW_MS)
    with TestClient(create_app(settings, now_ms=lambda: NOW_MS), raise_server_exceptions=False) as client:
        yield Showfloor(client, services)
    services.database.close()


def test_every_route_of_the_openapi_document_has_a_line_here(server):
    assert server.routes == OPEN | set(RULES)


def test_nobody_who_is_not_logged_in_gets_anything(server):
    for route in RULES:
        assert server.ask(route, None, "S").status_code == 401, route
    for route in OPEN:
        assert server.ask(route, None, "S").status_code != 401 or "auth" in route, route


@pytest.mark.parametrize("route", sorted(set(RULES) - {"GET /api/live"}))
@pytest.mark.parametrize("person", PEOPLE)
def test_a_route_serves_whom_it_is_for_and_refuses_the_others(server, person, route):
    rule = RULES[route]
    for place in [f"O{person}", "S", "X", "F"] if rule.about else [Y]:
        answer = server.ask(route, person, place)
        is_refused = answer.status_code in REFUSED or code_of(answer) in REFUSALS.get(rule.about, ())
        assert answer.status_code < 500, (place, answer.text)
        assert code_of(answer) != "invalid_request", (place, answer.text)
        assert is_refused is not rule.allows(person, place[0]), (place, answer.status_code, answer.text)


def code_of(answer: Any) -> str:
    """The code of a refusal; empty for any other answer."""
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    body = answer.json() if is_json and answer.content else {}
    return str(body.get("code", "")) if isinstance(body, dict) else ""
