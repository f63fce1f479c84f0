"""Designers from a spreadsheet: their files, and the level with which they begin (R9)."""

import pytest
from sqlmodel import Session

from server.database import Database
from server.domain.designers.levels import correct_level, publish_levels
from server.domain.designers.reviews import review_year
from shared_models.designers.tables import Designer
from shared_models.moments import parse_moment
from shared_models.people.tables import Staff, Store
from sync.hub.recorder import recording
from tests.integration.importing.books import COMPANY, NOW_MS, everything, load, one, rows
from tests.integration.importing.sources import csv_of

COLUMNS = ("姓名", "手机", "公司", "门店", "风格", "其他联系方式", "级别", "历史成交额", "加入年份")
LIN = {
    "姓名": "林晓", "手机": "+86 139 0000 0001", "公司": "半山装饰", "门店": "南山店", "风格": "北欧、侘寂,北欧",
    "其他联系方式": "wx-lin", "级别": "L2", "历史成交额": "", "加入年份": "2019",
}  # fmt: skip
BLANK = dict.fromkeys(COLUMNS, "")
LEVELS = {
    "levels": [
        {"name": "L1", "lower": None, "upper": "200000.00", "rate_percent": "3"},
        {"name": "L2", "lower": "200000.00", "upper": None, "rate_percent": "5"},
    ]
}


@pytest.fixture
def books(database: Database) -> Database:
    with database.writing() as session, recording(session, author="server", at_ms=NOW_MS):
        session.add(Store(id="ns", company_id=COMPANY, name="南山店"))
        session.add(Staff(id="olga", company_id=COMPANY, code="O001", name="赵敏", role="office"))
        publish_levels(session, COMPANY, LEVELS, valid_from_ms=0)
    return database


def designers_csv(*made: dict[str, str]) -> bytes:
    return csv_of(COLUMNS, [BLANK | each for each in made])


def levels(database: Database) -> list[tuple[str, str, str, int]]:
    sql = (
        "SELECT designer.name, designerlevelchange.level, cause, from_year FROM designerlevelchange "
        "JOIN designer ON designer.id = designer_id ORDER BY designer.name, from_year"
    )
    return rows(database, sql)


def test_a_designer_comes_with_file_firm_store_and_the_level_they_hold(books: Database):
    report = load(books, {"designers.csv": designers_csv(LIN)})
    assert (report.refusals, report.created("designer"), report.created("designerfirm")) == ([], 1, 1)
    with books.reading() as session:
        designer = only(session)
    assert (designer.name, designer.phone, designer.contact) == ("林晓", "13900000001", "wx-lin")
    assert (designer.styles, designer.store_id, designer.level) == (["侘寂", "北欧"], "ns", "L2")
    assert one(books, "SELECT name FROM designerfirm WHERE id = :firm", firm=designer.firm_id) == "半山装饰"
    assert levels(books) == [("林晓", "L2", "opening", 2019)]


def only(session: Session) -> Designer:
    return session.get_one(
        Designer, session.connection().exec_driver_sql("SELECT id FROM designer").scalar_one()
    )


@pytest.mark.parametrize(("history", "level"), [("", "L1"), ("200000", "L1"), ("200000.01", "L2")])
def test_a_designer_without_a_level_is_placed_by_what_they_referred(
    books: Database, history: str, level: str
):
    load(
        books,
        {"designers.csv": designers_csv({"姓名": "何平", "手机": "13900000002", "历史成交额": history})},
    )
    assert levels(books) == [("何平", level, "placement", 2026)]
    assert rows(books, "SELECT level, firm_id, store_id, joined_year FROM designer") == [
        (level, None, None, None)
    ]


def test_the_same_file_again_changes_nothing_not_even_a_level_given_since(books: Database):
    content = designers_csv(LIN, {"姓名": "何平", "手机": "13900000002", "历史成交额": "900000"})
    load(books, {"designers.csv": content})
    later_ms = parse_moment("2027-02-01T10:00:00+08:00")
    with books.writing() as session, recording(session, author="server", at_ms=later_ms):
        review_year(session, COMPANY, 2026, now_ms=later_ms)
        for designer in session.exec(all_designers()).all():
            correct_level(
                session, designer, year=2027, level="L1", reason="约定", staff_id="olga", now_ms=later_ms
            )
    before = everything(books)

    report = load(books, {"designers.csv": content}, now_ms=later_ms)

    assert everything(books) == before
    assert (report.created("designer"), report.tables["designer"].unchanged) == (0, 2)


def all_designers():
    from sqlmodel import select

    return select(Designer)


def test_what_the_source_says_anew_is_written_and_the_level_stays(books: Database):
    load(books, {"designers.csv": designers_csv(LIN)})
    load(
        books,
        {"designers.csv": designers_csv(LIN | {"其他联系方式": "wx-new", "级别": "L1", "加入年份": "2001"})},
    )
    assert rows(books, "SELECT contact, level, joined_year FROM designer") == [("wx-new", "L2", 2019)]
    assert levels(books) == [("林晓", "L2", "opening", 2019)]


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"级别": "L9"}, "level_unknown", "级别"),
        ({"门店": "月球店"}, "store_unknown", "门店"),
        ({"手机": "12"}, "phone_unreadable", "手机"),
        ({"手机": ""}, "value_missing", "手机"),
        ({"姓名": ""}, "value_missing", "姓名"),
        ({"历史成交额": "很多"}, "number_unreadable", "历史成交额"),
        ({"加入年份": "19"}, "number_out_of_range", "加入年份"),
    ],
)
def test_a_row_with_a_mistake_is_refused_with_its_line_and_the_others_are_loaded(
    books: Database, change: dict[str, str], code: str, column: str
):
    good = {"姓名": "何平", "手机": "13900000002"}
    report = load(books, {"designers.csv": designers_csv(good, LIN | change)})
    assert [(each.row, each.code, each.column) for each in report.refusals] == [(3, code, column)]
    assert all(report.refusals[0].sentences())
    assert rows(books, "SELECT name FROM designer") == [("何平",)]


def test_a_designer_who_is_on_file_by_another_way_is_not_made_twice(books: Database):
    with books.writing() as session, recording(session, author="server", at_ms=NOW_MS):
        session.add(Designer(company_id=COMPANY, name="林晓", phone="13900000001"))
    report = load(books, {"designers.csv": designers_csv(LIN)})
    assert [each.code for each in report.refusals] == ["designer_known"]
    assert one(books, "SELECT count(*) FROM designer") == 1
