"""Photos on a device before any network: kept with the visit, gone with a form that was given up, shown as they stand."""

import pytest
from sqlalchemy.exc import IntegrityError

from mobile.screens.lead.log import Answers
from mobile.state.drafts import SheetDrafts
from mobile.state.lead_actions import Report, log_follow_up
from mobile.state.photos import drop_shots, keep_shot, thumbnail_of
from mobile.state.queries.lead import lead_record
from mobile.state.queries.photos import Standing, photo_record, standing_of
from mobile.state.scaling import Shot
from sync.device import contents, salvaging
from sync.lane import Item, State
from tests.unit.mobile.showroom import NOW, open_app, open_showroom

SHOT = Shot(b"a picture" * 40_000, b"a thumbnail", 1600, 1200)
REPORT = Report("store_visit", "reached", "high")


@pytest.fixture
def app(tmp_path):
    with open_showroom(tmp_path) as app:
        yield app


def item(state: State, code: str = "") -> Item:
    return Item("photo", "p", "picture", "0" * 64, 1, state, first=False, at_ms=0, code=code)


def test_a_visit_and_its_photos_are_one_action(app):
    drafts = [keep_shot(app, SHOT), keep_shot(app, SHOT)]
    log_follow_up(app, "zhou", REPORT, drafts)
    (unit,) = app.replica.pending_units()
    assert sorted(change.table for change in unit.changes) == ["followup", "lead", "photo", "photo"]
    assert app.sync.photos == 2
    record = app.read(lambda session: lead_record(session, "zhou", now_ms=NOW))
    (tiles,) = record.photos.values()
    assert [(tile.thumbnail, tile.waits) for tile in tiles] == [(SHOT.thumbnail, True)] * 2
    opened = app.read(lambda session: photo_record(session, drafts[1]["id"]))
    assert (opened.picture, opened.taken_by, opened.lead_id) == (SHOT.picture, "艾米", "zhou")
    assert opened.strip == tuple(draft["id"] for draft in drafts)


def test_an_action_that_fails_leaves_the_shots_as_they_were(app):
    draft = keep_shot(app, SHOT)
    with pytest.raises(IntegrityError):
        log_follow_up(app, "zhou", REPORT, [draft, draft])
    assert app.sync.photos == 0
    log_follow_up(app, "zhou", REPORT, [draft])
    assert app.sync.photos == 1


def test_shots_on_a_form_survive_a_restart_with_it(app):
    draft = keep_shot(app, SHOT)
    drafts = SheetDrafts(app.facts, "log")
    drafts.keep("zhou", Answers(), Answers(photos=(draft,)))
    again = Answers(**SheetDrafts(app.facts, "log").load("zhou", Answers()))
    assert again.photos == (draft,)
    assert thumbnail_of(app, again.photos[0]["id"]) == SHOT.thumbnail


def test_a_form_that_was_given_up_leaves_no_bytes(app):
    draft = keep_shot(app, SHOT)
    drop_shots(app, [draft])
    assert thumbnail_of(app, draft["id"]) is None
    log_follow_up(app, "zhou", REPORT, [draft])
    assert (app.sync.photos, len(app.replica.pending_units()[0].changes)) == (0, 2)


def test_nothing_is_carried_before_its_row(app):
    draft = keep_shot(app, SHOT)
    log_follow_up(app, "zhou", REPORT, [draft])
    with app.engine.begin() as connection:
        assert contents.next_item(connection, NOW) is None


def test_unsent_pictures_are_rescued_from_a_damaged_database_with_their_visit(app, tmp_path):
    taken, on_a_form = keep_shot(app, SHOT), keep_shot(app, SHOT)
    log_follow_up(app, "zhou", REPORT, [taken])
    with app.engine.connect() as connection:
        found = salvaging.take_out(connection)
    assert (found.lost, found.is_certain) == (0, True)
    (tmp_path / "fresh").mkdir()
    rescued = open_app(tmp_path / "fresh")
    with rescued.engine.begin() as connection:
        salvaging.put_in(connection, found)
        for draft in (taken, on_a_form):
            assert contents.read(connection, draft["id"], "picture") == SHOT.picture
        assert contents.count_waiting(connection) == 1
    assert len(rescued.replica.pending_units()) == 1
    rescued.engine.dispose()


@pytest.mark.parametrize(
    ("kept", "has_arrived", "online", "standing"),
    [
        (item(State.WAITING), False, False, Standing.WAITING),
        (item(State.WAITING, "photo_quota"), False, True, Standing.FAILED_TO_SEND),
        (item(State.HERE), True, False, Standing.HERE),
        (None, False, True, Standing.NOT_THERE_YET),
        (item(State.WANTED, "photo_on_its_way"), False, True, Standing.NOT_THERE_YET),
        (None, True, False, Standing.ONLY_THUMBNAIL),
        (item(State.WANTED), True, False, Standing.ONLY_THUMBNAIL),
        (item(State.WANTED), True, True, Standing.LOADING),
        (None, True, True, Standing.LOADING),
        (item(State.WANTED, "photo_damaged"), True, True, Standing.FAILED_TO_LOAD),
    ],
)
def test_a_photo_says_how_it_stands(kept, has_arrived, online, standing):
    assert standing_of(kept, has_arrived=has_arrived, online=online) == standing
