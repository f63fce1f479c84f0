"""Photos from a tap at a visit to the manager who sees them, with the real app, the real server and a bad network (S4, S5)."""

import os

import pytest

from mobile.state.errors import LogInNeeded, Unreachable
from mobile.state.photos import thumbnail_of, want_picture
from sync.device import contents
from sync.device.contents import PIECE_BYTES
from sync.lane import State
from tests.integration.photos.acts import (
    files_of,
    row_at_server,
    send,
)
from tests.integration.photos.photographer import look_at, shot


def test_a_photo_taken_without_a_network_reaches_the_manager_thumbnail_first(amy, manager):
    taken = shot()
    amy.network.is_cut = True
    photo_id = amy.visit(taken)
    with pytest.raises(Unreachable):
        amy.sync()
    assert amy.waiting == 1
    assert amy.app.sync.pending == 2
    amy.network.is_cut = False
    amy.everything()
    assert (amy.waiting, amy.app.sync.pending) == (0, 0)

    manager.everything()
    assert thumbnail_of(manager.app, photo_id) == taken.thumbnail
    assert look_at(manager.app, photo_id).picture is None
    assert manager.network.count("GET", "/picture") == 0
    want_picture(manager.app, photo_id)
    manager.carry()
    assert look_at(manager.app, photo_id).picture == taken.picture


def test_a_photo_survives_a_kill_before_anything_was_sent(amy):
    taken = shot()
    photo_id = amy.visit(taken)
    amy.start_again()
    assert amy.waiting == 1
    amy.everything()
    assert amy.waiting == 0
    assert look_at(amy.app, photo_id).picture == taken.picture


def test_an_upload_that_was_cut_goes_on_where_it_was(amy, company):
    taken = shot()
    pieces = -(-len(taken.picture) // PIECE_BYTES)
    assert pieces > 3
    photo_id = amy.visit(taken)
    amy.sync()
    amy.network.breaks_at = lambda request: request.headers.get("Upload-Offset") == str(2 * PIECE_BYTES)
    with pytest.raises(Unreachable):
        amy.carry()
    assert amy.network.count("PATCH", "/picture") == 3
    amy.start_again()
    amy.network.is_cut, amy.network.breaks_at = False, lambda request: False
    amy.everything()
    assert amy.network.count("PATCH", "/picture") == pieces
    assert amy.waiting == 0
    row = row_at_server(company, photo_id)
    assert row.picture_at_ms is not None
    content = amy.ask("GET", f"/api/photos/{photo_id}/picture").content
    assert content == taken.picture
    assert [file.name for file in files_of(company) if "partial" in file.parts] == []


def test_an_upload_whose_last_answer_was_lost_is_not_sent_again(amy):
    taken = shot()
    amy.visit(taken)
    amy.sync()
    last = (len(taken.picture) - 1) // PIECE_BYTES * PIECE_BYTES
    amy.network.breaks_at = lambda request: request.headers.get("Upload-Offset") == str(last)
    with pytest.raises(Unreachable):
        amy.carry()
    sent = amy.network.count("PATCH")
    amy.network.is_cut, amy.network.breaks_at = False, lambda request: False
    amy.everything()
    assert amy.network.count("PATCH") == sent
    assert amy.waiting == 0


def test_a_download_that_was_cut_goes_on_where_it_was(amy, manager):
    taken = shot()
    photo_id = amy.visit(taken)
    amy.everything()
    manager.everything()
    want_picture(manager.app, photo_id)
    manager.network.breaks_at = lambda request: request.headers.get("Range", "").startswith(
        f"bytes={2 * PIECE_BYTES}-"
    )
    with pytest.raises(Unreachable):
        manager.carry()
    manager.start_again()
    manager.network.is_cut, manager.network.breaks_at = False, lambda request: False
    manager.network.asked.clear()
    manager.carry()
    assert look_at(manager.app, photo_id).picture == taken.picture
    assert manager.network.count("GET", "/picture") == -(-len(taken.picture) // PIECE_BYTES) - 2


def test_a_picture_that_nobody_else_wants_is_never_fetched_and_a_thumbnail_only_once(amy, manager):
    amy.visit(shot())
    amy.everything()
    for _ in range(3):
        manager.everything()
    assert manager.network.count("GET", "/thumbnail") == 1
    assert manager.network.count("GET", "/picture") == 0


def test_bytes_that_are_not_what_the_row_says_are_refused_and_not_kept(amy, company):
    taken = shot()
    photo_id = amy.visit(taken)
    amy.sync()
    wrong = os.urandom(len(taken.picture))
    path = f"/api/photos/{photo_id}/picture"
    answer = send(amy, path, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_damaged")
    assert row_at_server(company, photo_id).picture_at_ms is None
    assert files_of(company) == []
    assert amy.ask("GET", path).json()["code"] == "photo_on_its_way"
    amy.everything()
    assert amy.ask("GET", path).content == taken.picture


def test_bytes_that_were_damaged_on_the_way_to_a_device_are_not_shown(amy, manager, company):
    photo_id = amy.visit(shot())
    amy.everything()
    row = row_at_server(company, photo_id)
    for file in files_of(company):
        if file.name == row.thumbnail_sha256:
            file.write_bytes(b"x" * row.thumbnail_bytes)
    manager.everything()
    assert thumbnail_of(manager.app, photo_id) is None
    with manager.app.engine.connect() as connection:
        item = contents.item_of(connection, photo_id, "thumbnail")
    assert (item.state, item.code) == (State.WANTED, "photo_damaged")


def test_the_same_picture_of_two_visits_is_kept_once_and_sent_twice(amy, company):
    taken = shot()
    photos = [amy.visit(taken), amy.visit(taken)]
    amy.everything()
    assert len(files_of(company)) == 2
    for photo_id in photos:
        assert amy.ask("GET", f"/api/photos/{photo_id}/picture").content == taken.picture
    assert amy.network.count("PATCH", "/thumbnail") == 2


def test_a_device_that_is_to_be_wiped_sends_its_pictures_first(amy, manager, company):
    taken = shot()
    photo_id = amy.visit(taken)
    assert manager.ask("POST", f"/api/devices/{amy.app.replica.device_id}/wipe").status_code == 204
    with pytest.raises(LogInNeeded):
        amy.sync()
    assert amy.app.session.was_wiped
    with amy.app.engine.connect() as connection:
        assert contents.read(connection, photo_id, "picture") is None
    manager.everything()
    assert thumbnail_of(manager.app, photo_id) == taken.thumbnail
    assert row_at_server(company, photo_id).picture_at_ms is not None
