"""A photo is seen by whoever sees its visit, and by nobody else; it moves with its lead (S5)."""

import pytest

from mobile.state.errors import LogInNeeded, OtherPersonsWork, ServerRefusal
from mobile.state.photos import thumbnail_of
from sync.device import contents
from tests.integration.photos.acts import (
    give_to,
    lead_of,
    row_at_server,
    send,
)
from tests.integration.photos.photographer import look_at, shot


def test_whoever_does_not_see_the_visit_gets_neither_picture_nor_thumbnail(amy, open_device):
    photo_id = amy.visit(shot())
    amy.everything()
    for code in ("S002", "S101"):
        other = open_device(code)
        other.everything()
        assert other.photos() == []
        for part in ("picture", "thumbnail"):
            answer = other.ask("GET", f"/api/photos/{photo_id}/{part}")
            assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
            assert other.ask("HEAD", f"/api/photos/{photo_id}/{part}").status_code == 403
            assert send(other, f"/api/photos/{photo_id}/{part}", b"x").status_code == 403
    assert amy.ask("GET", "/api/photos/no-such-photo/picture").status_code == 404


def test_an_attempt_at_somebody_elses_photo_is_logged(amy, open_device, capsys):
    photo_id = amy.visit(shot())
    amy.everything()
    other = open_device("S002")
    capsys.readouterr()
    other.ask("GET", f"/api/photos/{photo_id}/picture")
    logged = [line for line in capsys.readouterr().err.splitlines() if "scope_refused" in line]
    assert len(logged) == 1
    assert photo_id in logged[0]
    assert other.app.replica.staff_id in logged[0]


def test_who_knows_a_hash_gets_neither_the_picture_nor_whether_it_exists(amy, open_device):
    taken = shot()
    amy.visit(taken)
    amy.everything()
    thief = open_device("S101")
    own_lead = lead_of(thief, "S101")
    stolen = thief.visit(taken, own_lead)  # a photo that names the same hashes, on a visit of the thief's own
    thief.sync()
    unknown = thief.visit(shot(), own_lead)
    thief.sync()
    for photo_id in (stolen, unknown):
        for part in ("picture", "thumbnail"):
            answer = thief.ask("GET", f"/api/photos/{photo_id}/{part}")
            assert (answer.status_code, answer.json()["code"]) == (404, "photo_on_its_way")
            assert thief.ask("HEAD", f"/api/photos/{photo_id}/{part}").headers["Upload-Offset"] == "0"


def test_a_revoked_device_neither_sends_nor_fetches(amy, manager, company):
    photo_id = amy.visit(shot())
    amy.sync()
    device_id = amy.app.replica.device_id
    assert manager.ask("POST", f"/api/devices/{device_id}/revoke").status_code == 204
    answer = amy.ask("GET", f"/api/photos/{photo_id}/thumbnail")
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")
    with pytest.raises((LogInNeeded, ServerRefusal)):
        amy.carry()
    assert row_at_server(company, photo_id).thumbnail_at_ms is None
    assert amy.waiting == 1


def test_a_photo_of_a_lead_that_was_given_away_meanwhile_still_arrives_and_leaves_the_device(
    amy, open_device, company
):
    taken = shot()
    amy.network.is_cut = True
    photo_id = amy.visit(taken)
    give_to(company, "S002")
    amy.network.is_cut = False
    amy.everything()
    assert amy.waiting == 0
    amy.carry()
    assert amy.photos() == []
    assert look_at(amy.app, photo_id).item is None
    new_owner = open_device("S002")
    new_owner.everything()
    assert thumbnail_of(new_owner.app, photo_id) == taken.thumbnail
    assert amy.ask("GET", f"/api/photos/{photo_id}/picture").status_code == 403


def test_a_picture_leaves_the_device_with_its_lead(amy, manager, company):
    photo_id = amy.visit(shot())
    amy.everything()
    give_to(company, "S002")
    amy.everything()
    amy.carry()
    with amy.app.engine.connect() as connection:
        assert contents.read(connection, photo_id, "thumbnail") is None
        assert contents.read(connection, photo_id, "picture") is None


def test_the_unsent_photos_of_a_colleague_are_not_wiped_by_another_log_in(amy):
    amy.visit(shot())
    amy.sync()
    with pytest.raises(OtherPersonsWork):
        amy.log_in_as("S002")
    assert amy.waiting == 1
