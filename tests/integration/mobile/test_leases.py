"""Spending offline within a lease (R11): what is reserved, what comes late, when a lease ends, and clocks put back."""

from pathlib import Path

import pytest
from sqlmodel import select

from mobile.state import points_actions
from mobile.state.errors import ServerRefusal
from server.domain.loyalty.opening import OpeningLot
from shared_models.errors import RuleError
from shared_models.loyalty.tables import Lease, LeaseState
from shared_models.office.tables import Alert, AlertKind
from tests.integration.mobile.points_devices import Device, at_server
from tests.integration.server.company import Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till

HOUR_S = 3_600
MINUTE_MS = 60_000


@pytest.fixture
def member(company: Company) -> str:
    return take_over(company, "13900000090", [OpeningLot("all", 900)], growth=900)


@pytest.fixture
def first(company: Company, member: str, tmp_path: Path) -> Device:
    return Device.of(company, "S001", tmp_path)


def late_spends(company: Company) -> int:
    with company.services.database.reading() as session:
        return len(session.exec(select(Alert).where(Alert.kind == AlertKind.LATE_SPEND)).all())


def refused(spend, *arguments) -> str:
    with pytest.raises((RuleError, ServerRefusal)) as refusal:
        spend(*arguments)
    return str(refusal.value.code)


def test_nothing_is_spent_offline_without_a_lease(first: Device, member: str):
    assert refused(first.redeem, member, 100) == "lease"
    _, priced = first.sell(member, 10_000, offset="max")
    assert priced.quote is not None
    assert priced.quote.offset.points == 0


def test_leased_points_are_nobody_elses(first: Device, company: Company, member: str, tmp_path: Path):
    second = Device.of(company, "S002", tmp_path)
    assert refused(first.lease, member, 901) == "points"
    assert first.lease(member, 500) == 500
    assert refused(second.lease, member, 401) == "points"
    assert at_server(company, member, "balance", "leased", "available") == (900, 500, 400)
    assert Till.of(company).refused("/redemptions", customer_id=member, points=401) == "points"
    assert refused(first.redeem, member, 501) == "lease"
    first.redeem(member, 200)
    assert first.figures(member, "balance", "available", "redemptions") == (700, 300, 1)


def test_a_sync_ends_the_devices_leases_once_it_has_heard_the_answer(
    first: Device, company: Company, member: str
):
    first.lease(member, 500)
    first.redeem(member, 200)

    first.push_unheard()
    assert at_server(company, member, "balance", "leased", "available") == (700, 300, 400)
    first.redeem(member, 100)
    first.sync(answers_lost=1)

    assert at_server(company, member, "balance", "leased", "available", "redemptions") == (600, 0, 600, 2)
    assert refused(first.redeem, member, 1) == "lease"
    assert late_spends(company) == 0


def test_a_spend_that_arrives_after_the_time_out_takes_what_is_there_and_the_rest_is_debt(
    first: Device, company: Company, member: str
):
    first.lease(member, 500)
    first.redeem(member, 200)
    company.clock.forward(seconds=73 * HOUR_S)
    assert refused(first.redeem, member, 50) == "lease"
    assert at_server(company, member, "leased", "available") == (0, 900)
    till = Till.of(company)
    till.post("/redemptions", customer_id=member, points=850)

    first.app.session.renew_next_time()
    first.sync()

    assert at_server(company, member, "balance", "available", "debt", "growth") == (0, 0, 150, 900)
    assert late_spends(company) == 1


def test_a_late_spend_that_can_be_paid_is_flagged_too(first: Device, company: Company, member: str):
    first.lease(member, 500)
    first.redeem(member, 200)
    company.clock.forward(seconds=73 * HOUR_S)
    first.app.session.renew_next_time()
    first.sync()

    assert at_server(company, member, "balance", "debt") == (700, 0)
    assert late_spends(company) == 1


def test_a_clock_put_back_opens_no_window(first: Device, company: Company, member: str):
    first.lease(member, 500)
    company.clock.forward(seconds=71 * HOUR_S)
    first.sell(member, 10_000)
    company.clock.forward(seconds=2 * HOUR_S)
    first.sell(member, 10_000)
    first.clock.ahead_ms = -600 * MINUTE_MS

    assert refused(first.redeem, member, 50) == "lease"
    assert first.figures(member, "available") == (0,)


def test_a_lease_is_timed_by_the_clocks_difference_when_it_was_given(
    first: Device, company: Company, member: str
):
    first.clock.ahead_ms = 80 * HOUR_S * 1000
    first.lease(member, 500)
    company.clock.forward(seconds=71 * HOUR_S)

    first.redeem(member, 50)


def test_a_release_gives_back_the_unspent_part_and_keeps_the_rest_for_what_is_on_its_way(
    first: Device, company: Company, member: str
):
    first.lease(member, 500)
    first.redeem(member, 200)

    assert first.release(member) == 300
    assert at_server(company, member, "balance", "leased", "available") == (900, 200, 700)
    assert refused(first.redeem, member, 1) == "lease"
    first.sync()
    assert at_server(company, member, "balance", "leased") == (700, 0)
    assert late_spends(company) == 0


def test_a_sale_spends_under_the_lease_and_earns_when_it_arrives(
    first: Device, company: Company, member: str
):
    first.lease(member, 350)
    order_id, priced = first.sell(member, 9_900, offset="max")

    assert priced.quote is not None
    assert (priced.quote.offset.points, priced.due_fen, priced.points.now) == (300, 9_600, 96)
    assert first.figures(member, "balance", "available", "growth") == (900 - 300 + 96, 50, 996)
    first.sync()
    assert at_server(company, member, "balance", "leased", "growth", "orders") == (696, 0, 996, 1)
    assert first.figures(member, "balance", "available", "growth") == (696, 0, 996)
    assert order_id


def test_leased_points_are_spent_even_while_the_member_owes_some(
    first: Device, company: Company, member: str
):
    first.lease(member, 300)
    till = Till.of(company)
    sold = till.sell(member, 60_000)
    till.post("/redemptions", customer_id=member, points=1_200)
    till.post(f"/orders/{sold['id']}/returns", line_ids=list(sold["net_fen_by_line"]))
    assert at_server(company, member, "available", "leased", "debt") == (0, 300, 600)
    assert refused(first.lease, member, 1) == "debt"

    first.redeem(member, 100)
    first.sync()

    assert at_server(company, member, "balance", "leased", "debt") == (0, 0, 400)
    assert late_spends(company) == 0


def test_a_lease_obtained_while_a_sync_runs_is_not_ended_by_it(first: Device, company: Company, member: str):
    before = frozenset[str]()
    first.lease(member, 100)
    from mobile.state.points_actions import end_leases, leases_held

    assert not end_leases(first.app, before)
    assert len(leases_held(first.app)) == 1


def test_the_job_ends_leases_whose_time_is_up_and_repays_debt(first: Device, company: Company, member: str):
    first.lease(member, 300)
    till = Till.of(company)
    sold = till.sell(member, 60_000)
    till.post("/redemptions", customer_id=member, points=1_200)
    till.post(f"/orders/{sold['id']}/returns", line_ids=list(sold["net_fen_by_line"]))
    company.clock.forward(seconds=72 * HOUR_S)

    from server.jobs.job import jobs, run_job

    assert run_job(company.services, jobs()["leases"]) == {"ended": 1}
    assert run_job(company.services, jobs()["leases"]) == {"ended": 0}
    assert at_server(company, member, "balance", "debt", "leased") == (0, 300, 0)
    with company.services.database.reading() as session:
        assert session.exec(select(Lease.state)).all() == [LeaseState.EXPIRED]


def test_another_devices_lease_cannot_be_spent_or_ended(
    first: Device, company: Company, member: str, tmp_path: Path
):
    from shared_models.loyalty.tables import LeaseEnd, Redemption

    first.lease(member, 300)
    second = Device.of(company, "S002", tmp_path)
    with company.services.database.reading() as session:
        lease_id = session.exec(select(Lease.id)).one()
    with second.app.action("steal") as session:
        session.add(
            Redemption(
                company_id=second.app.replica.company_id,
                customer_id=member,
                staff_id="",
                points=100,
                lease_points={lease_id: 100},
                redeemed_at_ms=0,
            )
        )
    with second.app.action("end") as session:
        session.add(LeaseEnd(company_id=second.app.replica.company_id, lease_id=lease_id, ended_at_ms=0))
    second.sync()

    assert {unit.code for unit in second.app.replica.refused_units()} <= {"lease", "not_yours"}
    assert len(second.app.replica.refused_units()) == 2
    assert at_server(company, member, "balance", "leased") == (900, 300)


def test_a_member_of_another_store_is_served_there_and_known_there_from_then_on(
    company: Company, member: str, tmp_path: Path
):
    south = Device.of(company, "S101", tmp_path)
    assert points_actions.figures(south.app, member) is None

    assert south.lease(member, 500) == 500
    assert south.figures(member, "balance", "available") == (900, 500)
    south.sell(member, 10_000, offset="max")
    south.sync()
    Till.of(company).sell(member, 10_000)
    south.sync()

    assert at_server(company, member, "balance", "leased", "orders") == (900 - 500 + 95 + 100, 0, 2)
    assert south.figures(member, "balance") == (595,)
