"""The exchange over HTTP: forms, compression, refusals, and what the server derives."""

import gzip
import json
from typing import Any

import brotli
import msgspec
import pytest
import zstandard
from sqlmodel import col, select

from shared_models.loyalty.tables import MemberAccount, PointsEntry, PointsLot
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, OrderLine, Outcome, Payment
from sync import wire
from tests.integration.server.company import COMPANY, LEAD_NAME, LEAD_PHONE, Company
from tests.integration.server.tablet import Tablet

HOUR_MS = 3_600_000


def post_sync(company: Company, code: str = "S001", content_type: str = wire.MSGPACK, **request: Any) -> Any:
    body = wire.encode(wire.Request(device_now_ms=company.clock.now_ms, **request), content_type)
    return company.client.post(
        "/api/sync", content=body, headers={**company.headers(code), "Content-Type": content_type}
    )


def sell(tablet: Tablet, *, pay_fen: tuple[int, ...], offset_points: int = 0) -> tuple[str, str]:
    """A new member buys a bed for 1,500.50 with 100.00 of delivery; the customer's and the order's identifiers."""
    now_ms, staff_id = tablet.replica.now_ms(), tablet.replica.staff_id
    own = {"company_id": COMPANY}
    store_id = tablet.company.ids["north"]
    with tablet.replica.action("sell") as session:
        customer = Customer(**own, store_id=store_id, name="周杰", phone="13911112222", enrolled_at_ms=now_ms)
        order = Order(
            **own,
            store_id=store_id,
            customer_id=customer.id,
            staff_id=staff_id,
            products_net_fen=150_050,
            services_fen=10_000,
            offset_points=offset_points,
            sold_at_ms=now_ms,
        )
        bed = {"name": "床", "list_price_fen": 150_050, "net_fen": 150_050}
        delivery = {
            "name": "送货",
            "kind": "service",
            "list_price_fen": 10_000,
            "net_fen": 10_000,
            "position": 1,
        }
        session.add_all([customer, order])
        session.add_all([OrderLine(**own, order_id=order.id, **line) for line in (bed, delivery)])
        session.flush()
    for amount_fen in pay_fen:
        pay(tablet, order.id, amount_fen)
    return customer.id, order.id


def pay(tablet: Tablet, order_id: str, amount_fen: int) -> None:
    with tablet.replica.action("pay") as session:
        session.add(
            Payment(
                company_id=COMPANY,
                order_id=order_id,
                staff_id=tablet.replica.staff_id,
                amount_fen=amount_fen,
                paid_at_ms=tablet.replica.now_ms(),
            )
        )


@pytest.mark.parametrize("content_type", [wire.MSGPACK, wire.JSON])
def test_a_first_sync_hands_out_the_persons_rows_in_the_form_of_the_request(
    company: Company, content_type: str
):
    answer = post_sync(company, content_type=content_type)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(content_type)
    assert answer.headers["cache-control"] == "no-store"
    handed_out = {
        page.table: len(page.rows) for page in wire.decode_response(answer.content, content_type).rows
    }
    assert handed_out["lead"] == 1
    assert handed_out["staff"] == 5


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("zstd;q=0, br;q=0.5, gzip;q=0.8", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_answers_are_compressed_as_the_caller_accepts(company: Company, accept: str, coding: str | None):
    body = wire.encode(wire.Request(device_now_ms=company.clock.now_ms))
    headers = {**company.headers(), "Content-Type": wire.MSGPACK, "Accept-Encoding": accept}
    with company.client.stream("POST", "/api/sync", content=body, headers=headers) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(raw)
    unpack = {
        "zstd": zstandard.ZstdDecompressor().decompress,
        "br": brotli.decompress,
        "gzip": gzip.decompress,
    }
    plain = unpack[coding](raw) if coding else raw
    assert wire.decode_response(plain).rows


def test_a_salesperson_is_sent_no_lead_of_a_colleague(company: Company):
    tables = {page.table for page in wire.decode_response(post_sync(company, "S002").content).rows}

    assert "customer" in tables
    assert "lead" not in tables


def test_a_forged_scope_is_refused_and_logged(company: Company, capsys: pytest.CaptureFixture[str]):
    forged = f"staff:{company.ids['S001']}"
    capsys.readouterr()

    answer = post_sync(company, "S002", scopes=[forged])

    assert (answer.status_code, answer.json()) == (403, {"code": "forbidden_scope", "details": {}})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (attempt,) = [line for line in lines if line["event"] == "scope_forged"]
    assert (attempt["staff_id"], attempt["scopes"]) == (company.ids["S002"], [forged])


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"\xc1", wire.MSGPACK, 400, "malformed_message"),
        (b"{}", wire.JSON, 400, "malformed_message"),
        (b"\x80" * 50_000, wire.MSGPACK, 400, "malformed_message"),
        (b"[" * 50_000, wire.JSON, 400, "malformed_message"),
        (
            msgspec.msgpack.encode({"device_now_ms": 1, "cursor": "nonsense"}),
            wire.MSGPACK,
            400,
            "malformed_cursor",
        ),
        (b"a,b", "text/csv", 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_message_is_refused(
    company: Company, body: bytes, content_type: str, status: int, code: str
):
    answer = company.client.post(
        "/api/sync", content=body, headers={**company.headers(), "Content-Type": content_type}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_sync_asks_for_a_log_in(company: Company):
    assert company.client.post("/api/sync", content=b"").status_code == 401


def test_a_first_follow_up_made_offline_sets_when_the_lead_was_reached_and_is_due(company: Company):
    tablet = Tablet.of(company, "S001")
    tablet.sync()
    company.clock.forward(seconds=1_800)
    reached_ms = company.clock.now_ms
    with tablet.replica.action("follow up") as session:
        for outcome, after_ms in ((Outcome.NO_ANSWER, 0), (Outcome.REACHED, 0)):
            session.add(
                FollowUp(
                    company_id=COMPANY,
                    lead_id=company.ids["lead"],
                    staff_id=tablet.replica.staff_id,
                    outcome=outcome,
                    next_due_at_ms=reached_ms + 48 * HOUR_MS,
                    occurred_at_ms=reached_ms + after_ms,
                )
            )
    company.clock.forward(seconds=7_200)
    tablet.log_in_again()
    tablet.sync()

    for session_of in (company.services.database.reading, tablet.replica.reading):
        with session_of() as session:
            lead = session.get_one(Lead, company.ids["lead"])
        assert lead.first_reached_at_ms == reached_ms
        assert lead.next_due_at_ms == reached_ms + 48 * HOUR_MS


def test_a_deposit_and_the_rest_earn_each_point_once_and_the_tablet_sees_it(company: Company):
    tablet, colleague = Tablet.of(company, "S001"), Tablet.of(company, "S002")
    tablet.sync()
    customer_id, order_id = sell(tablet, pay_fen=(99_950,))
    tablet.sync()
    pay(tablet, order_id, 60_100)
    tablet.sync()
    colleague.sync()

    for replica in (tablet.replica, colleague.replica):
        with replica.reading() as session:
            member = session.get_one(MemberAccount, customer_id)
            entries = session.exec(select(PointsEntry).order_by(col(PointsEntry.points))).all()
            lots = session.exec(select(PointsLot)).all()
        assert (member.balance, member.growth, member.debt, member.tier) == (1_500, 1_500, 0, "S1")
        assert (member.orders, member.spent_fen) == (1, 150_050)
        assert [(entry.kind, entry.points, entry.growth) for entry in entries] == [
            ("base", 501, 501),
            ("base", 999, 999),
        ]
        assert {lot.remaining for lot in lots} == {501, 999}


def test_a_unit_sent_twice_earns_its_points_once(company: Company):
    tablet = Tablet.of(company, "S001")
    tablet.sync()
    customer_id, _ = sell(tablet, pay_fen=(160_050,))
    units = [
        wire.Unit(unit.id, unit.action, unit.at_ms, unit.changes) for unit in tablet.replica.pending_units()
    ]
    body = wire.encode(wire.Request(device_now_ms=company.clock.now_ms, units=units))
    headers = {**tablet.headers, "Content-Type": wire.MSGPACK}

    first, again = (company.client.post("/api/sync", content=body, headers=headers) for _ in range(2))

    assert wire.decode_response(first.content).results == wire.decode_response(again.content).results
    tablet.sync()
    with company.services.database.reading() as session:
        assert session.get_one(MemberAccount, customer_id).balance == 1_500
        assert len(session.exec(select(PointsEntry)).all()) == 1


def test_more_than_is_due_is_refused_and_stays_on_the_tablet(company: Company):
    tablet = Tablet.of(company, "S001")
    tablet.sync()
    customer_id, _ = sell(tablet, pay_fen=(99_950, 60_101))

    outcome = tablet.sync()

    assert outcome.refused == 1
    (refused,) = tablet.replica.refused_units()
    assert (refused.action, refused.code) == ("pay", "overpaid")
    with company.services.database.reading() as session:
        assert [payment.amount_fen for payment in session.exec(select(Payment)).all()] == [99_950]
        assert session.get_one(MemberAccount, customer_id).balance == 999


def test_an_order_cannot_be_paid_with_points_that_no_lease_gave(company: Company):
    tablet = Tablet.of(company, "S001")
    tablet.sync()
    sell(tablet, pay_fen=(), offset_points=100)

    tablet.sync()

    (refused,) = tablet.replica.refused_units()
    assert (refused.action, refused.code) == ("sell", "lease")
    with company.services.database.reading() as session:
        assert session.exec(select(Customer).where(Customer.name == "周杰")).first() is None


def test_syncing_logs_neither_names_nor_phone_numbers(company: Company, capsys: pytest.CaptureFixture[str]):
    tablet = Tablet.of(company, "S001")
    tablet.sync()
    sell(tablet, pay_fen=(99_950, 60_101))
    tablet.sync()
    post_sync(company, "S002", scopes=[LEAD_PHONE])
    company.client.post(
        "/api/sync", content=LEAD_PHONE.encode(), headers={**tablet.headers, "Content-Type": wire.JSON}
    )

    written = capsys.readouterr().err
    assert written.count('"route": "/api/sync"') >= 4
    assert [each for each in (LEAD_NAME, "周杰", "13911112222") if each in written] == []
