"""Photos within the room there is, on the device and at the server, and what is cleared away."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mobile.state.photos import drop_shots, keep_shot, want_picture
from server.domain.photos.parts import used_bytes
from server.jobs.job import jobs, run_job
from sync.device import refusals
from sync.lane import State
from tests.integration.photos.acts import (
    HOUR_S,
    delete_lead,
    files_of,
    row_at_server,
    run_lane,
    send,
)
from tests.integration.photos.photographer import Photographer, look_at, shot
from tests.integration.server.company import COMPANY, make_settings, running_company


def test_when_room_runs_short_confirmed_pictures_go_and_unsent_ones_stay(amy):
    first, second = shot(), shot()
    sent = amy.visit(first)
    amy.everything()
    unsent = amy.visit(second)
    run_lane(amy, room_bytes=0)
    assert look_at(amy.app, sent).picture is None
    assert look_at(amy.app, sent).thumbnail == first.thumbnail
    assert look_at(amy.app, unsent).picture == second.picture
    want_picture(amy.app, sent)
    run_lane(amy, room_bytes=10_000_000)
    assert look_at(amy.app, sent).picture == first.picture


def test_shots_that_nobody_saved_are_removed(amy, company):
    dropped, forgotten = (keep_shot(amy.app, shot()) for _ in range(2))
    drop_shots(amy.app, [dropped])
    assert look_at(amy.app, dropped["id"]).item is None
    company.clock.forward(seconds=31 * 24 * HOUR_S)
    amy.start_again()
    run_lane(amy, room_bytes=10_000_000)
    assert look_at(amy.app, forgotten["id"]).item is None


def test_the_bytes_of_a_visit_that_was_dropped_go_when_it_cannot_be_taken_back_any_more(
    amy, company, monkeypatch
):
    monkeypatch.setattr(refusals, "KEPT_DROPPED", 1)
    replica, photos = amy.app.replica, [amy.visit(shot()), amy.visit(shot())]
    delete_lead(company)
    amy.sync()
    first, second = replica.refused_units()
    amy.carry()
    assert amy.waiting == 2
    replica.drop(first.id)
    amy.carry()
    assert amy.waiting == 1
    replica.take_back(first.id)
    assert amy.waiting == 2
    replica.drop(first.id)
    replica.drop(second.id)
    amy.carry()
    assert amy.waiting == 0
    assert [look_at(amy.app, photo).item is None for photo in photos] == [True, False]


class TestLimits:
    """What a server takes is set by its operator."""

    @pytest.fixture
    def tight(self, database_url: str, tmp_path: Path) -> Iterator[Photographer]:
        settings = make_settings(database_url, tmp_path)
        limits = replace(settings, photo_max_bytes=300_000, photo_quota_bytes=400_000)
        with running_company(limits) as running:
            photographer = Photographer(running, "S001", tmp_path / "device")
            yield photographer
            photographer.close()

    def test_what_the_companys_room_does_not_hold_stays_on_the_device_with_the_reason(self, tight):
        small = shot(300, 300)
        for _ in range(12):
            tight.visit(small if len(tight.visits()) % 2 else shot(300, 300))
        tight.everything()
        with tight.company.services.database.reading() as session:
            used = used_bytes(session, COMPANY)
        assert 0 < used <= 400_000
        assert tight.waiting > 0
        codes = {look_at(tight.app, photo.id).item.code for photo in tight.photos()}
        assert codes <= {"", "photo_quota"}
        assert "photo_quota" in codes

    def test_a_picture_that_is_too_large_is_refused_before_a_byte_of_it_is_kept(self, tight):
        large = shot(1200, 1200)
        assert len(large.picture) > 300_000
        photo_id = tight.visit(large)
        tight.everything()
        item = look_at(tight.app, photo_id).item
        assert (item.state, item.code) == (State.WAITING, "photo_too_large")
        assert look_at(tight.app, photo_id).picture == large.picture
        assert [file.name for file in files_of(tight.company)] == [tight.photos()[0].thumbnail_sha256]


def test_every_night_uploads_that_nobody_finished_and_files_that_no_row_names_go(amy, company):
    kept = amy.visit(shot())
    amy.everything()
    cut = amy.visit(shot())
    amy.sync()
    assert send(amy, f"/api/photos/{cut}/picture", b"x" * 1000, whole=False).status_code == 204
    nameless = company.services.settings.data_dir / "photos" / "ab" / ("ab" * 32)
    nameless.parent.mkdir(exist_ok=True)
    nameless.write_bytes(b"nobody's")
    for file in files_of(company):
        os.utime(file, (company.clock() / 1000, company.clock() / 1000))
    company.clock.forward(seconds=6 * 24 * HOUR_S)
    assert run_job(company.services, jobs()["photo_files"]) == {"removed": 0}
    company.clock.forward(seconds=2 * 24 * HOUR_S)
    assert run_job(company.services, jobs()["photo_files"]) == {"removed": 2}
    row = row_at_server(company, kept)
    assert {file.name for file in files_of(company)} == {row.picture_sha256, row.thumbnail_sha256}
