"""Designers over HTTP: what the back office does, and who may look."""

from typing import Any

import pytest
from sqlmodel import select

from shared_models.designers.tables import (
    CommissionEntry,
    Designer,
    DesignerEventExpense,
    DesignerYear,
    Referral,
)
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer, Lead, Order
from shared_models.stock.tables import Product
from tests.integration.server.company import COMPANY, PASSWORD, Company
from tests.integration.server.studio import Studio
from tests.integration.server.tablet import Tablet

MARCH = "2026-03-01T10:00:00+08:00"
LEVELS = {
    "levels": [
        {"name": "L1", "lower": None, "upper": "200000.00", "rate_percent": "2.5"},
        {"name": "L2", "lower": "100000.00", "upper": None, "rate_percent": "4"},
    ]
}


@pytest.fixture
def studio(company: Company) -> Studio:
    return Studio(company).at(MARCH)


def call(studio: Studio, method: str, path: str, body: Any = None, *, code: str = "O001") -> Any:
    return studio.company.client.request(
        method, f"/api{path}", json=body, headers=studio.company.headers(code)
    )


def done(studio: Studio, method: str, path: str, body: Any = None, *, code: str = "O001") -> Any:
    answer = call(studio, method, path, body, code=code)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def found_designers(studio: Studio) -> tuple[str, str]:
    """Two designers with log-ins D001 and D002 under `LEVELS`."""
    done(studio, "POST", "/designer-levels", {"rules": LEVELS})
    ids = []
    for code, name in (("D001", "林晓"), ("D002", "何平")):
        body = {
            "name": name,
            "phone": "+86 139 0000 0001",
            "level": "L1",
            "log_in": {"code": code, "password": PASSWORD},
        }
        made = done(studio, "POST", "/designers", body)
        studio.designers[name] = made["id"]
        ids.append(made["id"])
    return ids[0], ids[1]


def test_the_back_office_takes_a_designer_from_the_first_sale_to_the_pay_out(studio: Studio):
    designer_id, _ = found_designers(studio)
    studio.sell("o1", "林晓", a="200000.00", b="1000.00")

    look = done(studio, "GET", f"/designers/{designer_id}")
    assert look == {
        "id": designer_id, "name": "林晓", "year": 2026, "level": "L1", "rate_percent": "2.5", "performance_fen": 20_100_000,
        "commission_fen": 502_500, "to_next_level_fen": 0, "pending_fen": 502_500, "payable_fen": 0, "paid_fen": 0, "carry_fen": 0,
    }  # fmt: skip
    studio.at("2026-03-09T10:00:00+08:00")
    returned = done(studio, "POST", "/orders/o1/returns", {"line_ids": ["o1-b"]}, code="M001")
    assert returned["commission_fen"] == -2_500
    settled = done(studio, "POST", "/designers/statements")["statements"]
    statement = settled[designer_id]
    assert (statement["total_fen"], statement["pay_fen"], statement["carry_fen"]) == (500_000, 500_000, 0)
    pdf = call(studio, "GET", f"/designers/statements/{statement['id']}?language=en", code="D001")
    assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )

    studio.at("2027-01-11T10:00:00+08:00")
    assert done(studio, "POST", "/designers/reviews/2026")["levels"][designer_id] == "L1"
    done(
        studio,
        "POST",
        f"/designers/{designer_id}/corrections",
        {"year": 2027, "level": "L2", "reason": "约定"},
    )
    assert done(studio, "GET", f"/designers/{designer_id}?year=2027")["rate_percent"] == "4"
    assert done(studio, "GET", f"/designers/{designer_id}?year=2026")["performance_fen"] == 20_000_000


def test_new_levels_are_versions_that_can_be_read_again(studio: Studio):
    found_designers(studio)
    wrong = call(
        studio, "POST", "/designer-levels", {"rules": {"levels": [{"name": "L1", "rate_percent": 4}]}}
    )
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["details"]) == (
        422,
        "scheme",
        {"key": "levels.0.rate_percent"},
    )
    assert (
        done(studio, "POST", "/designer-levels", {"rules": LEVELS | {"return_window_days": 9}})["version"]
        == 2
    )
    versions = done(studio, "GET", "/designer-levels")
    assert [version["version"] for version in versions] == [2, 1]
    assert versions[1]["rules"] == LEVELS


FOR_THE_BACK_OFFICE = (
    ("GET", "/designers", None),
    ("POST", "/designers", {"name": "x"}),
    ("POST", "/designers/reviews/2025", None),
    ("POST", "/designers/statements", None),
    ("GET", "/designer-levels", None),
    ("POST", "/designer-levels", {"rules": {}}),
    ("GET", "/designers/{other}", None),
    ("POST", "/designers/{own}/corrections", {"year": 2026, "level": "L2", "reason": "x"}),
    ("POST", "/designers/{own}/log-in", {"code": "D009", "password": PASSWORD}),
    ("GET", "/designers/statements/{statement}", None),
    ("GET", "/customers/value?year=2026", None),
)


@pytest.mark.parametrize("code", ["S001", "M001", "D001"])
def test_what_the_back_office_does_nobody_else_may(studio: Studio, code: str):
    own, other = found_designers(studio)
    studio.sell("o1", "何平", a="100.00")
    studio.at("2026-03-20T10:00:00+08:00")
    statement = done(studio, "POST", "/designers/statements")["statements"][other]["id"]
    headers = studio.company.headers(code)
    for method, path, body in FOR_THE_BACK_OFFICE:
        where = path.format(own=own, other=other, statement=statement)
        answer = studio.company.client.request(method, f"/api{where}", json=body, headers=headers)
        assert (where, answer.status_code, answer.json()["code"]) == (where, 403, "not_yours")


def test_a_designer_s_device_is_handed_their_own_and_what_partners_may_see_alone(studio: Studio):
    own, other = found_designers(studio)
    with studio.acting() as session:
        session.add(Product(company_id=COMPANY, sku="A1", name="沙发", price_fen=100, cost_fen=50))
        session.add(
            DesignerEventExpense(
                company_id=COMPANY, event_id="e", what="大巴", amount_fen=1, staff_id="x", spent_at_ms=0
            )
        )
    for order_id, name in (("mine", "林晓"), ("theirs", "何平")):
        studio.sell(order_id, name, a="100.00")
    done(studio, "POST", "/designers/statements")
    studio.at("2027-01-11T10:00:00+08:00")
    done(studio, "POST", "/designers/reviews/2026")

    phone = Tablet.of(studio.company, "D001")
    phone.sync()

    with phone.replica.reading() as session:
        assert session.scalars(select(Designer.id)).all() == [own]
        assert session.scalars(select(CommissionEntry.order_id)).all() == ["mine"]
        assert session.scalars(select(DesignerYear.designer_id)).all() == [own]
        assert session.scalars(select(Product.sku)).all() == ["A1"]
        for hidden in (Staff, Lead, Customer, Order, DesignerEventExpense):
            assert session.scalars(select(hidden.id)).all() == []
    assert other != own


def test_the_counter_sees_who_referred_and_not_what_they_earn(studio: Studio):
    own, _ = found_designers(studio)
    studio.sell("o1", "林晓", a="100.00")
    phone = Tablet.of(studio.company, "D001")
    refer(phone, own, studio.company.ids["north"])
    assert phone.sync() is not None

    tablet = Tablet.of(studio.company, "S001")
    tablet.sync()

    with tablet.replica.reading() as session:
        assert set(session.scalars(select(Designer.name))) == {"林晓", "何平"}
        assert session.scalars(select(Referral.client_name)).all() == ["周先生"]
        assert session.scalars(select(CommissionEntry.id)).all() == []
        assert session.get_one(Order, "o1").designer_rate_percent == "2.5"


def test_a_designer_refers_for_themselves_and_for_nobody_else(studio: Studio):
    _, other = found_designers(studio)
    phone = Tablet.of(studio.company, "D001")
    refer(phone, other, studio.company.ids["north"])
    phone.sync()
    with studio.company.services.database.reading() as session:
        assert session.exec(select(Referral)).all() == []


def refer(phone: Tablet, designer_id: str, store_id: str) -> None:
    with phone.replica.action("register_referral") as session:
        session.add(
            Referral(
                company_id=COMPANY, designer_id=designer_id, store_id=store_id, client_name="周先生", phone="13700002222",
                registered_by=phone.replica.staff_id, claimed_at_ms=phone.replica.now_ms(),
            )
        )  # fmt: skip
