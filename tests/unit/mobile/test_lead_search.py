"""Ten thousand leads in a real encrypted database: found by name, pinyin, initials and number, and read in order."""

import random

import pytest
from sqlmodel import Session

from mobile.state.application import App
from mobile.state.database import open_engine
from mobile.state.queries.leads import LeadFilter, folded, lead_ids, lead_rows, lead_with_phone
from mobile.state.queries.today import SHOWN, today
from mobile.state.server import Server
from mobile.text.formats import DAY, HOUR, midnight_ms
from shared_models.people.tables import Store
from shared_models.sales.tables import Channel, FollowUp, Lead

NOW = 1_780_000_000_000
COUNT = 10_000
SURNAMES, GIVEN = "陈李周王张刘赵黄吴徐孙胡朱高林", "玉兰建国欣怡明晓伟芳娜敏静丽强磊军"
"""A search of this size takes some 20 ms; the bar only catches a search that got out of hand."""


def make_lead(name: str, at: int = 0, **fields) -> Lead:
    given = {"phone": f"1390000{at:04d}"} | fields
    return Lead(
        company_id="c", store_id="s", owner_id="amy", name=name, inquired_at_ms=NOW - at * HOUR, **given
    )


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    engine = open_engine(str(tmp_path_factory.mktemp("leads") / "app.db"), "ab" * 32)
    app = App(engine, Server("http://localhost"), device_now_ms=lambda: NOW)
    chance = random.Random(7)
    leads = [
        make_lead(
            chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN), at, phone=f"137{at:08d}"
        )
        for at in range(COUNT - 4)
    ]
    leads += [
        make_lead("欧阳明珠", phone="13800138000", next_due_at_ms=NOW - 2 * HOUR, intent="high"),
        make_lead("Claire Gute", phone="13900001111", next_due_at_ms=NOW + HOUR),
        make_lead("单晓彤", phone="13622223333", next_due_at_ms=NOW - DAY, stage="lost"),
        make_lead("100%_满意", phone="13644445555", stage="contacted"),
    ]
    with Session(engine) as session:
        session.add(Store(id="s", company_id="c", name="南山旗舰店"))
        session.add_all(leads)
        visitor = leads[-4].id
        session.add(
            FollowUp(
                company_id="c",
                lead_id=visitor,
                staff_id="amy",
                channel=Channel.STORE_VISIT,
                occurred_at_ms=NOW - HOUR,
            )
        )
        session.commit()
    yield app
    engine.dispose()


def names(app: App, text: str, which: LeadFilter = LeadFilter.ALL) -> list[str]:
    def query(session):
        ids = lead_ids(session, text=text, which=which, due_before_ms=midnight_ms(NOW, days=1))
        return [row.name for row in lead_rows(session, ids[:50])]

    return app.read(query)


@pytest.mark.parametrize(
    "typed", ["欧阳", "欧阳明珠", "oymz", "OYMZ", "ouyangmingzhu", "ouyang", "ｏｙｍｚ", "138000", "8000"]
)
def test_a_lead_is_found_first_by_name_pinyin_initials_or_tail_of_the_number(app, typed):
    assert names(app, typed)[0] == "欧阳明珠"


def test_a_given_name_is_found_by_its_pinyin(app):
    assert "欧阳明珠" in names(app, "mingzhu")


def test_a_latin_name_is_found_by_either_word_and_by_initials(app):
    for typed in ("claire", "gute", "Claire  Gute", "cg"):
        assert "Claire Gute" in names(app, typed)


def test_a_surname_is_searched_by_how_it_is_read_in_a_name(app):
    assert names(app, "shanxiaotong") == ["单晓彤"]


def test_what_is_typed_is_never_a_pattern(app):
    assert names(app, "%_满") == ["100%_满意"]
    assert names(app, "_____") == []


def test_the_tail_of_a_number_comes_before_its_middle(app):
    found = app.read(
        lambda session: lead_rows(
            session, lead_ids(session, text="0138", which=LeadFilter.ALL, due_before_ms=NOW)[:1]
        )
    )
    assert found[0].phone.endswith("0138")


def test_filters_leave_out_what_is_closed_and_not_due(app):
    assert names(app, "", LeadFilter.DUE) == ["欧阳明珠", "Claire Gute"]
    assert names(app, "", LeadFilter.HIGH) == ["欧阳明珠"]
    assert "100%_满意" not in names(app, "满意", LeadFilter.NEW)


def test_ten_thousand_leads_are_listed_soonest_due_first_and_read_a_page_at_a_time(app):
    ids = app.read(lambda session: lead_ids(session, text="", which=LeadFilter.ALL, due_before_ms=NOW))
    rows = app.read(lambda session: lead_rows(session, ids[5_000:5_040]))
    assert len(ids) == len(set(ids)) == COUNT
    assert [row.id for row in rows] == ids[5_000:5_040]
    first = app.read(lambda session: lead_rows(session, ids[:3]))
    assert [row.name for row in first] == ["单晓彤", "欧阳明珠", "Claire Gute"]


def test_a_number_that_is_listed_already_is_noticed_unless_that_lead_is_closed(app):
    assert app.read(lambda session: lead_with_phone(session, "13800138000")) == "欧阳明珠"
    assert app.read(lambda session: lead_with_phone(session, "13622223333")) is None


def test_today_shows_what_is_overdue_what_comes_and_who_was_here(app):
    day = app.read(
        lambda session: today(
            session,
            now_ms=NOW,
            day_from_ms=midnight_ms(NOW),
            day_to_ms=midnight_ms(NOW, days=1),
            store_id="s",
        )
    )
    assert day.store == "南山旗舰店"
    assert [row.name for row in day.overdue] == ["欧阳明珠"]
    assert [row.name for row in day.later] == ["Claire Gute"]
    assert [visit.lead.name for visit in day.visits] == ["欧阳明珠"]
    assert (day.overdue_count, day.later_count) == (1, 1)
    assert SHOWN > 1


def test_typed_text_is_folded_as_names_are():
    assert folded("  Ｃlaire   GUTE ") == "claire gute"
