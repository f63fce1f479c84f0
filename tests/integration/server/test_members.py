"""A member's own log-in: codes by SMS, joining, and what is refused."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from server.auth.tables import LoginAttempt, MemberCode
from shared_models.loyalty.tables import Gift, MemberAccount, PointsEntry
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer
from sync.hub.recorder import recording
from tests.integration.server.company import COMPANY, LEAD_PHONE, Company, make_settings, running_company
from tests.integration.server.till import Till

PHONE = "13911112222"


@pytest.fixture
def company(migrated_url, tmp_path):
    settings = replace(make_settings(migrated_url, tmp_path), sms="file")
    with running_company(settings) as running:
        yield running


def ask(company: Company, phone: str = PHONE) -> Any:
    return company.client.post("/api/members/code", json={"phone": phone})


def code_sent(company: Company, phone: str = PHONE) -> str:
    answer = ask(company, phone)
    assert answer.status_code == 204, answer.text
    last = (company.services.settings.data_dir / "sms.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    message = json.loads(last)
    assert message["phone"] == phone
    return "".join(letter for letter in message["text"] if letter.isdigit())[:6]


def log_in(company: Company, code: str, phone: str = PHONE, name: str = "") -> Any:
    body = {"phone": phone, "code": code, "name": name, "device": {"name": "手机", "platform": "web"}}
    return company.client.post("/api/members/login", json=body)


def member(company: Company, phone: str = PHONE, name: str = "周杰") -> dict[str, Any]:
    answer = log_in(company, code_sent(company, phone), phone, name)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def headers(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_new_number_joins_and_the_answer_is_that_of_any_log_in(company: Company):
    body = member(company)

    assert (body["staff"]["role"], body["staff"]["name"]) == ("member", "周杰")
    assert body["staff"]["code"].startswith("M-")
    with company.services.database.reading() as session:
        customer = session.get_one(Customer, body["staff"]["id"])
        assert (customer.phone, customer.member_no) == (PHONE, body["staff"]["code"])
        assert session.get(MemberAccount, customer.id) is not None
        assert session.get(Staff, customer.id) is None
    refreshed = company.client.post("/api/auth/refresh", json={"refresh_token": body["refresh_token"]})
    assert refreshed.status_code == 200


def test_a_known_number_is_the_same_customer_and_the_welcome_gift_comes_once(company: Company):
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["O001"]).store_id = company.ids["north"]
    Till.of(company, "O001").post("/schemes", rules={"welcome_gift": 88})

    first, again = member(company, LEAD_PHONE, "别人"), member(company, f"{LEAD_PHONE[:3]}{LEAD_PHONE[3:]}")

    assert first["staff"]["id"] == again["staff"]["id"] == company.ids["customer"]
    with company.services.database.reading() as session:
        entries = session.exec(select(PointsEntry)).all()
        assert [entry.points for entry in entries] == [88]
        assert session.get_one(Customer, company.ids["customer"]).name == "欧阳娜娜"


def test_a_code_works_once_and_a_wrong_one_never(company: Company):
    code = code_sent(company)

    wrong = log_in(company, other_than(code))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_code")
    assert log_in(company, code).status_code == 200
    assert log_in(company, code).json()["code"] == "wrong_code"


def test_a_code_is_of_one_number(company: Company):
    code = code_sent(company)

    assert log_in(company, code, "13911113333").json()["code"] == "wrong_code"


def test_a_code_is_good_for_ten_minutes(company: Company):
    code = code_sent(company)
    company.clock.forward(seconds=600)

    assert log_in(company, code).json()["code"] == "wrong_code"


def test_of_several_log_ins_at_once_with_one_code_one_succeeds(company: Company):
    code = code_sent(company)

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(lambda _: log_in(company, code).status_code, range(4)))

    assert statuses == [200, 401, 401, 401]


def test_a_number_gets_five_codes_in_a_quarter_of_an_hour(company: Company):
    assert [ask(company).status_code for _ in range(6)] == [204] * 5 + [429]

    company.clock.forward(seconds=901)
    assert ask(company).status_code == 204


def test_an_address_gets_five_codes_in_a_quarter_of_an_hour(company: Company):
    statuses = [ask(company, f"1391111000{number}").status_code for number in range(6)]

    assert statuses == [204] * 5 + [429]


def test_five_wrong_guesses_close_the_number_even_for_the_right_code(company: Company):
    code = code_sent(company)
    for _ in range(5):
        assert log_in(company, other_than(code)).status_code == 401

    assert log_in(company, code).status_code == 429


def test_neither_numbers_nor_codes_stand_in_the_database_or_the_logs(company: Company, capfd):
    code = code_sent(company)
    log_in(company, other_than(code))

    with company.services.database.reading() as session:
        kept = str(
            [
                row.model_dump()
                for row in (*session.exec(select(MemberCode)), *session.exec(select(LoginAttempt)))
            ]
        )
    logged = "".join(capfd.readouterr())
    assert "wrong_code" not in kept
    for secret in (PHONE, code):
        assert secret not in kept
        assert secret not in logged


def test_what_is_no_phone_number_is_refused(company: Company):
    assert ask(company, "12").json()["code"] == "phone"


def test_a_member_reaches_nothing_of_others(company: Company):
    mine, other = member(company), member(company, "13911113333")
    theirs, own = other["staff"]["id"], headers(mine)

    def status(method: str, path: str, **body: Any) -> int:
        sent = {"json": body} if body else {}
        return int(company.client.request(method, f"/api{path}", headers=own, **sent).status_code)

    assert status("GET", f"/customers/{mine['staff']['id']}/points") == 200
    assert status("GET", f"/customers/{theirs}/points") == 403
    assert status("GET", "/customers/lookup?phone=13911113333") == 403
    assert status("GET", f"/customers/{theirs}") == 403
    assert status("GET", f"/leads/{company.ids['lead']}") == 403
    assert status("GET", "/devices/") == 403
    assert status("POST", "/customers", phone="13911114444") == 403
    assert status("POST", "/redemptions", customer_id=theirs, gift_id="any") == 403
    assert status("POST", "/leases", customer_id=mine["staff"]["id"], points=1) == 403


def test_a_member_redeems_a_gift_at_its_price_and_nothing_else(company: Company):
    mine = member(company)
    member_id = mine["staff"]["id"]
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["M001"]).role = "company_manager"
    till = Till.of(company, "M001")
    till.post(f"/customers/{member_id}/adjustments", reason="开业", points=500)
    with (
        company.services.database.writing() as session,
        recording(session, author="server", at_ms=company.clock.now_ms),
    ):
        session.add(Gift(id="cup", company_id=COMPANY, name="杯子", points=300, value_fen=3_000))

    def redeem(**body: Any) -> Any:
        return company.client.post(
            "/api/redemptions", json={"customer_id": member_id, **body}, headers=headers(mine)
        )

    assert redeem(points=10).status_code == 403
    assert redeem(gift_id="cup").json()["points"] == 300
    assert redeem(gift_id="cup").json()["code"] == "points"
