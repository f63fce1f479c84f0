"""What was typed into a sheet and not saved is there again after a restart, and nothing else is."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from mobile.state.database import open_engine
from mobile.state.drafts import SheetDrafts
from mobile.state.local import LocalFacts
from sync.sqlite.errors import DiskFullError


@dataclass(frozen=True)
class Form:
    budget: str = ""
    styles: tuple[str, ...] = ()


def drafts(folder: Path, sheet: str = "needs") -> SheetDrafts:
    """The drafts of a device as it finds them when it starts."""
    return SheetDrafts(LocalFacts(open_engine(str(folder / "app.db"), "ab" * 32)), sheet)


def test_a_draft_is_there_after_a_restart_with_only_the_fields_that_were_changed(tmp_path):
    opened_with = Form(budget="80000", styles=("北欧",))
    drafts(tmp_path).keep("lead-1", opened_with, replace(opened_with, styles=("北欧", "轻奢")))
    assert drafts(tmp_path).load("lead-1", Form()) == {"styles": ("北欧", "轻奢")}


def test_a_draft_belongs_to_its_sheet_and_its_record(tmp_path):
    drafts(tmp_path).keep("lead-1", Form(), Form(budget="1"))
    assert drafts(tmp_path).load("lead-2", Form()) == {}
    assert drafts(tmp_path, "log").load("lead-1", Form()) == {}


def test_a_draft_that_was_saved_given_up_or_changed_back_is_gone(tmp_path):
    kept = drafts(tmp_path)
    kept.keep("lead-1", Form(), Form(budget="1"))
    kept.keep("lead-1", Form(), Form())
    assert kept.load("lead-1", Form()) == {}
    kept.keep("lead-1", Form(), Form(budget="1"))
    kept.forget("lead-1")
    assert kept.load("lead-1", Form()) == {}


def test_without_room_a_draft_is_given_up_and_typing_goes_on(tmp_path, caplog):
    engine = open_engine(str(tmp_path / "app.db"), "ab" * 32)
    kept = SheetDrafts(LocalFacts(engine), "needs")
    kept.keep("lead-1", Form(), Form(budget="1"))
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    kept.keep("lead-1", Form(), Form(budget="长" * 20_000))
    assert kept.load("lead-1", Form()) == {"budget": "1"}
    assert "no room" in caplog.text
    engine.dispose()


def test_what_was_saved_is_no_failure_because_its_draft_could_not_be_removed(tmp_path, caplog):
    engine = open_engine(str(tmp_path / "app.db"), "ab" * 32)
    kept = SheetDrafts(LocalFacts(engine), "needs")
    kept.keep("lead-1", Form(), Form(budget="1"))

    def without_room(*_given):
        raise OperationalError("INSERT", {}, DiskFullError("database or disk is full"))

    event.listen(engine, "before_cursor_execute", without_room)
    kept.forget("lead-1")
    assert "no room" in caplog.text
    engine.dispose()
