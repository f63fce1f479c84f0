"""Members from a spreadsheet: the points, growth and purchases they bring, as opening entries of the ledger."""

import pytest

from server.database import Database
from server.domain.loyalty.verification import differences
from shared_models.people.tables import Staff, Store
from sync.hub.recorder import recording
from tests.integration.importing.books import COMPANY, NOW_MS, everything, load, one, rows
from tests.integration.importing.sources import csv_of

CHINESE = ("手机", "姓名", "门店", "积分", "成长值", "消费额", "获得日期", "到期日")
JING = ("139 0000 0031", "李静", "南山店", "150", "950", "88000.5", "2025-01-05", "")
JING_LATER = ("13900000031", "", "", "300", "", "", "2025-06-01", "2026-12-31")
QIANG = ("13900000032", "王强", "福田店", "0", "80001", "", "", "")


@pytest.fixture
def books(database: Database) -> Database:
    with database.writing() as session, recording(session, author="server", at_ms=NOW_MS):
        session.add(Store(id="ns", company_id=COMPANY, name="南山店"))
        session.add(Store(id="ft", company_id=COMPANY, name="福田店"))
        session.add(Staff(id="olga", company_id=COMPANY, code="O001", name="赵敏", role="office"))
    return database


def members_csv(*lines: tuple[str, ...], columns: tuple[str, ...] = CHINESE) -> bytes:
    return csv_of(columns, [dict(zip(columns, line, strict=True)) for line in lines])


def accounts(database: Database) -> list[tuple[object, ...]]:
    sql = (
        "SELECT c.name, c.store_id, m.balance, m.growth, m.spent_fen, m.tier FROM memberaccount m "
        "JOIN customer c ON c.id = m.customer_id ORDER BY c.phone"
    )
    return rows(database, sql)


def test_members_come_with_lots_growth_and_purchases_once(books: Database):
    files = {"members.csv": members_csv(JING, JING_LATER, QIANG)}
    report = load(books, files)
    assert (report.refusals, report.rows_read) == ([], 3)
    assert [report.created(table) for table in ("customer", "pointslot", "memberaccount")] == [2, 2, 2]
    assert accounts(books) == [
        ("李静", "ns", 450, 950, 8_800_050, "S1"),
        ("王强", "ft", 0, 80_001, 0, "S3"),
    ]
    assert rows(books, "SELECT remaining, expires_on FROM pointslot ORDER BY remaining") == [
        (150, None),
        (300, "2026-12-31"),
    ]
    assert one(books, "SELECT count(*) FROM pointsentry WHERE kind <> 'opening'") == 0
    with books.reading() as session:
        assert list(differences(session)) == []

    before = everything(books)
    again = load(books, files)
    assert [again.created(table) for table in ("customer", "pointslot", "memberaccount")] == [0, 0, 0]
    assert again.tables["pointslot"].unchanged == 2
    assert everything(books) == before


def test_a_dry_run_shows_who_would_come_with_what_and_writes_nothing(books: Database):
    before = everything(books)
    report = load(books, {"members.csv": members_csv(JING, JING_LATER)}, dry_run=True)
    assert report.created("memberaccount") == 1
    assert report.preview["memberaccount"] == [
        {"name": "李静", "phone": "13900000031", "balance": 450, "growth": 950, "spent_fen": 8_800_050}
    ]
    assert everything(books) == before


def test_a_wrong_line_holds_back_its_number_and_nobody_else(books: Database):
    wrong = ("13900000031", "", "", "-1", "", "", "", "")
    nowhere = ("13900000033", "z", "罗湖店", "5", "", "", "", "")
    homeless = ("13900000034", "z", "", "5", "", "", "", "")
    report = load(
        books,
        {
            "members.csv": members_csv(
                JING, wrong, QIANG, nowhere, homeless, ("12", *["", "", "1"], *[""] * 4)
            )
        },
    )
    assert [(each.row, each.code, each.column) for each in report.refusals] == [
        (2, "member_held", ""),
        (3, "number_out_of_range", "积分"),
        (5, "store_unknown", "门店"),
        (6, "store_missing", "门店"),
        (7, "phone_unreadable", "手机"),
    ]
    assert [each[0] for each in accounts(books)] == ["王强"]


def test_who_holds_points_here_already_is_refused_and_keeps_them(books: Database):
    load(books, {"members.csv": members_csv(JING)})
    with books.writing() as session:
        session.connection().exec_driver_sql("UPDATE pointslot SET id = 'x'")
    report = load(books, {"members.csv": members_csv(JING)})
    assert [each.code for each in report.refusals] == ["member_opened"]
    assert accounts(books)[0][2] == 150


def test_an_english_header_does_as_well_and_one_store_needs_no_name(books: Database):
    with books.writing() as session:
        session.delete(session.get_one(Store, "ft"))
    columns = ("points", "phone", "colour")
    report = load(books, {"a.csv": members_csv(("5", "13900000035", "red"), columns=columns)})
    assert report.refusals == []
    assert accounts(books) == [("13900000035", "ns", 5, 0, 0, "S1")]


def test_a_number_in_two_files_is_taken_over_by_the_first(books: Database):
    report = load(books, {"a.csv": members_csv(JING), "b.csv": members_csv(QIANG, JING_LATER)})
    assert [(each.file, each.row, each.code) for each in report.refusals] == [
        ("b.csv", 3, "repeated_differently")
    ]
    assert accounts(books)[0][2] == 150
