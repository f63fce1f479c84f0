"""`showfloor ledger`: opening balances from a file, and the replay that finds what does not add up."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from server.cli import main
from server.domain.loyalty.schemes import publish_scheme
from shared_models.loyalty.tables import MemberAccount, PointsEntry, PointsLot
from shared_models.sales.tables import Customer
from tests.databases import migrated_sqlite_url
from tests.integration.server.company import COMPANY, Company, make_settings, running_company

FILE = """phone,name,points,growth,expires_on,earned_on
139 0000 0031,李静,150,950,,2025-01-05
13900000031,李静,300,,2026-12-31,2025-06-01
１３９００００００３２,王强,0,80001,,
"""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url = migrated_sqlite_url(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SHOWFLOOR_DATA_DIR", str(tmp_path))
    with running_company(make_settings(url, tmp_path)) as running:
        yield running


def enter(tmp_path: Path, text: str, store: str = "north") -> int:
    file = tmp_path / "members.csv"
    file.write_text(text, encoding="utf-8")
    return main(["ledger", "open", str(file), "--store", store])


def test_members_come_with_dated_lots_and_growth_once(company: Company, tmp_path: Path):
    assert enter(tmp_path, FILE) == 0
    assert enter(tmp_path, FILE) == 0

    with company.services.database.reading() as session:
        members = {row.phone: row.id for row in session.exec(select(Customer)) if row.member_no}
        jing = session.get_one(MemberAccount, members["13900000031"])
        lots = session.exec(select(PointsLot).order_by(col(PointsLot.earned_at_ms))).all()
        assert (jing.balance, jing.growth, jing.tier) == (450, 950, "S1")
        assert [(lot.remaining, lot.expires_on) for lot in lots] == [(150, None), (300, "2026-12-31")]
        assert session.get_one(MemberAccount, members["13900000032"]).tier == "S3"
        assert {line.kind for line in session.exec(select(PointsEntry))} == {"opening"}
    assert main(["ledger", "verify"]) == 0


def test_members_come_with_what_they_bought_and_a_scheme_by_purchases_counts_it(
    company: Company, tmp_path: Path
):
    with company.services.database.writing() as session:
        publish_scheme(
            session,
            COMPANY,
            {"tier_basis": "spent", "tiers": [{"name": "basic", "from": 0}, {"name": "gold", "from": 3_000}]},
            now_ms=company.clock.now_ms,
        )
    file = (
        "phone,points,growth,purchases\n13900000031,150,950,2999.99\n13900000031,50,,\n13900000032,0,,3000\n"
    )
    assert enter(tmp_path, file) == 0
    assert enter(tmp_path, file.replace("3000", "9000")) == 0  # the first word stands

    with company.services.database.reading() as session:
        accounts = session.exec(select(MemberAccount).order_by(col(MemberAccount.spent_fen))).all()
        assert [(each.spent_fen, each.tier, each.balance, each.orders) for each in accounts] == [
            (299_999, "basic", 200, 0),
            (300_000, "gold", 0, 0),
        ]
    assert main(["ledger", "verify"]) == 0


def test_one_bad_line_keeps_the_whole_file_out_and_is_named(
    company: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    bad = FILE + "12,x,1,,,\n13900000033,y,-5,,,\n13900000034,z,5,,31.12.2026,\n"

    assert enter(tmp_path, "phone,points,purchases\n13900000033,5,-3\n13900000034,5,much\n") == 1
    assert enter(tmp_path, bad) == 1

    said = capsys.readouterr().err
    assert "line 2: purchases '-3': The number is outside what is allowed" in said
    assert "line 3: purchases 'much': A number belongs here" in said
    assert "line 5: phone '12': The phone number cannot be read" in said
    assert "line 6: points '-5': The number is outside what is allowed (≥ 0)" in said
    assert "line 7: expires_on '31.12.2026': The date cannot be read" in said
    with company.services.database.reading() as session:
        assert session.exec(select(PointsEntry)).all() == []


@pytest.mark.parametrize("header", ["phone,name", "phone,points,colour"])
def test_a_file_with_other_columns_is_refused(company: Company, tmp_path: Path, header: str):
    assert enter(tmp_path, f"{header}\n") == 1
    assert enter(tmp_path, FILE, store="nowhere") == 1


def test_a_member_with_points_of_their_own_gets_no_opening_balance(
    company: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert enter(tmp_path, FILE) == 0
    assert enter(tmp_path, "phone,points\n13900000032,5\n") == 0
    other = "phone,points,expires_on\n13900000031,70,\n"
    with company.services.database.writing() as session:
        for lot in session.exec(select(PointsLot)):
            session.delete(lot)
        session.add(
            PointsLot(
                company_id="acme",
                customer_id=session.exec(select(Customer.id).where(Customer.phone == "13900000031")).one(),
                earned=5,
                remaining=5,
                earned_at_ms=0,
            )
        )

    assert enter(tmp_path, other) == 1
    assert "holds points here already" in capsys.readouterr().err


def test_the_replay_prints_each_difference_and_fails(
    company: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    enter(tmp_path, FILE)
    with company.services.database.writing() as session:
        account = session.exec(select(MemberAccount).where(MemberAccount.balance == 450)).one()
        account.balance, account.debt = 449, 3
        customer_id = account.customer_id

    assert main(["ledger", "verify", "--member", customer_id]) == 1

    said = capsys.readouterr().out
    assert f"{customer_id}: balance: stored 449, replayed 450" in said
    assert f"{customer_id}: debt: stored 3, replayed 0" in said
