"""What a person does with a lead is kept as one unit, and can be taken back."""

import pytest
from sqlmodel import Session, col, select

from mobile.screens.lead.log import Answers, report_of
from mobile.screens.lead.needs import parse_budget
from mobile.state.application import App
from mobile.state.conflict_actions import keep_current, take_other
from mobile.state.database import open_engine
from mobile.state.lead_actions import Report, edit_lead, log_follow_up
from mobile.state.queries.inbox import subject_of_unit, written_values
from mobile.state.server import Server
from mobile.text.formats import DAY, HOUR, local
from shared_models.sales.tables import FollowUp, Lead
from sync.conflict import Conflict

NOW = 1_780_000_000_000
ID = "lead1"


@pytest.fixture
def app(tmp_path):
    engine = open_engine(str(tmp_path / "app.db"), "cd" * 32)
    app = App(engine, Server("http://localhost"), device_now_ms=lambda: NOW)
    app.replica.register(device_id="d", staff_id="amy", company_id="c")
    app.loop.wake = lambda **_: None  # type: ignore[method-assign] # there is no running loop to wake
    with Session(engine) as session:
        session.add(
            Lead(
                id=ID,
                company_id="c",
                store_id="s",
                owner_id="amy",
                name="陈玉兰",
                inquired_at_ms=NOW - 2 * HOUR,
                next_due_at_ms=NOW + 22 * HOUR,
                budget_fen=8_000_000,
                styles=["北欧"],
            )
        )
        session.commit()
    yield app
    engine.dispose()


def lead(app: App) -> Lead:
    return app.read(lambda session: session.get_one(Lead, ID))


def report(**fields) -> Report:
    return Report(
        **(
            {
                "channel": "call",
                "outcome": "reached",
                "intent": "high",
                "note": " 想看沙发 ",
                "next_due_at_ms": NOW + DAY,
            }
            | fields
        )
    )


def test_a_logged_call_and_what_follows_for_the_lead_are_one_unit(app):
    log_follow_up(app, ID, report())
    (unit,) = app.replica.pending_units()
    assert (unit.action, {change.table for change in unit.changes}) == ("log_follow_up", {"lead", "followup"})
    entry = app.read(lambda session: session.scalars(select(FollowUp)).one())
    assert (entry.lead_id, entry.staff_id, entry.note, entry.intent) == (ID, "amy", "想看沙发", "high")
    assert (lead(app).stage, lead(app).intent, lead(app).next_due_at_ms) == ("contacted", "high", NOW + DAY)
    assert app.sync.pending == 1


def test_a_visit_moves_the_lead_to_visited_and_never_back(app):
    log_follow_up(app, ID, report(channel="store_visit"))
    assert lead(app).stage == "visited"
    log_follow_up(app, ID, report(channel="call"))
    assert lead(app).stage == "visited"


def test_a_call_nobody_answered_leaves_the_promise_standing(app):
    log_follow_up(app, ID, report(outcome="no_answer"))
    kept = lead(app)
    assert (kept.stage, kept.intent, kept.next_due_at_ms) == ("new", None, NOW + 22 * HOUR)


def test_an_edit_writes_only_what_differs_and_can_be_undone(app):
    undo = edit_lead(app, ID, budget_fen=5_000_000, styles=["北欧"], notes="养猫")
    (unit,) = app.replica.pending_units()
    assert dict(written_values(unit.changes)) == {"budget_fen": 5_000_000, "notes": "养猫"}
    assert undo is not None
    undo()
    assert (lead(app).budget_fen, lead(app).notes) == (8_000_000, "")


def test_an_edit_that_changes_nothing_sends_nothing(app):
    assert edit_lead(app, ID, budget_fen=8_000_000) is None
    assert app.replica.pending_units() == []


def test_what_is_pending_is_named_after_its_lead(app):
    log_follow_up(app, ID, report())
    (unit,) = app.replica.pending_units()
    subject = app.read(lambda session: subject_of_unit(session, unit))
    assert (subject.name, subject.path) == ("陈玉兰", f"/leads/{ID}")


@pytest.mark.parametrize("settle", [take_other, keep_current])
def test_settling_a_conflict_can_be_undone(app, settle):
    values = {"base": "1", "kept": "8000000", "lost": "5000000", "lost_by": "amy", "kept_by": "bob"}
    with Session(app.engine) as session:
        session.add(
            Conflict(
                id="x",
                company_id="c",
                about_table="lead",
                about_id=ID,
                field="budget_fen",
                lost_at_ms=NOW,
                **values,
            )
        )
        session.commit()
    (conflict,) = app.replica.open_conflicts()
    undo = settle(app, conflict)
    assert lead(app).budget_fen == (5_000_000 if settle is take_other else 8_000_000)
    assert app.replica.open_conflicts() == []
    undo()
    assert lead(app).budget_fen == 8_000_000
    assert [item.id for item in app.replica.open_conflicts()] == ["x"]


def test_screens_are_told_which_tables_an_action_changed(app):
    told = []
    stop = app.tables.subscribe(told.append)
    before = app.tables.of(["followup"])
    log_follow_up(app, ID, report())
    stop()
    edit_lead(app, ID, notes="x")
    assert told == [frozenset({"lead", "followup"})]
    assert app.tables.of(["followup"]) == before + 1


def test_the_answers_given_in_three_taps_are_complete():
    filled = report_of(Answers(result="high"), NOW)
    assert (filled.channel, filled.outcome, filled.intent) == ("call", "reached", "high")
    assert filled.next_due_at_ms is not None
    due = local(filled.next_due_at_ms)
    assert (due.date() - local(NOW).date()).days == 1
    assert due.hour == 10
    assert report_of(Answers(result="no_answer"), NOW).next_due_at_ms is None
    assert report_of(Answers(result="low", days=-1), NOW).next_due_at_ms is None
    assert report_of(Answers(result="low", days=0), NOW).next_due_at_ms == NOW + 2 * HOUR


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("", None), ("80000", 8_000_000), ("¥80,000", 8_000_000), ("8万", 8_000_000), (" 0 ", 0)],
)
def test_a_budget_is_read_as_people_write_it(typed, fen):
    assert parse_budget(typed) == fen


@pytest.mark.parametrize("typed", ["abc", "-5", "1e9", "999999999999", "1.5"])
def test_a_budget_that_is_none_is_refused(typed):
    with pytest.raises(ValueError, match=r".+"):
        parse_budget(typed)


def test_logging_out_leaves_nothing_but_how_the_person_likes_the_app(app):
    log_follow_up(app, ID, report(note="秘密"))
    app.preferences.choose_language("zh")
    app.preferences.choose_theme("dark")
    app._start_over()
    assert app.read(lambda session: session.scalars(select(col(Lead.id))).all()) == []
    assert app.replica.status().pending == 0
    assert app.facts.read("preferences") == {"language": "zh", "theme": "dark"}
    assert app.facts.read("person") is None
