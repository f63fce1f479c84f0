"""Photos from a tap at a visit to the manager who sees them, with the real app, the real server and a bad network (S4, S5)."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mobile.state.errors import LogInNeeded, OtherPersonsWork, ServerRefusal, Unreachable
from mobile.state.photos import drop_shots, keep_shot, thumbnail_of, want_picture
from server.domain.photos.parts import used_bytes
from server.jobs.job import jobs, run_job
from shared_models.sales.tables import Lead
from shared_models.service.tables import Photo
from sync.carrying import carry
from sync.device import contents, refusals
from sync.device.contents import PIECE_BYTES
from sync.hub.recorder import recording
from sync.lane import State
from tests.integration.server.company import COMPANY, Company, make_settings, running_company
from tests.integration.server.photographer import Photographer, look_at, shot, stored

Open = Callable[[str], Photographer]
HOUR_S = 3600


@pytest.fixture
def open_device(company: Company, tmp_path: Path) -> Iterator[Open]:
    opened: list[Photographer] = []

    def open_it(code: str) -> Photographer:
        opened.append(Photographer(company, code, tmp_path / f"device{len(opened)}"))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


@pytest.fixture
def amy(open_device: Open) -> Photographer:
    return open_device("S001")


@pytest.fixture
def manager(open_device: Open) -> Photographer:
    return open_device("M001")


def files_of(company: Company) -> list[Path]:
    return sorted(
        file for file in (company.services.settings.data_dir / "photos").rglob("*") if file.is_file()
    )


def row_at_server(company: Company, photo_id: str) -> Photo:
    with company.services.database.reading() as session:
        return stored(session, photo_id)


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


def test_the_same_picture_of_two_visits_is_kept_once_and_sent_twice(amy, company):
    taken = shot()
    photos = [amy.visit(taken), amy.visit(taken)]
    amy.everything()
    assert len(files_of(company)) == 2
    for photo_id in photos:
        assert amy.ask("GET", f"/api/photos/{photo_id}/picture").content == taken.picture
    assert amy.network.count("PATCH", "/thumbnail") == 2


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


BAD_HEADERS = [
    {"Upload-Offset": "-1"}, {"Upload-Offset": "1e3"}, {"Upload-Offset": ""}, {"Upload-Offset": "9" * 40},
    {"Upload-Offset": "١"}, {"Upload-Offset": "0", "Content-Type": "text/plain"}, {"Upload-Offset": "5"},
    {"Upload-Offset": "0", "Content-Type": "application/json"},
]  # fmt: skip
BAD_RANGES = [
    "bytes=9999999-", "bytes=-0", "bytes=5-2", "bytes=a-b", "items=0-1", "bytes=0-1,4-5", "bytes=", "bytes=-", "-",
    "bytes=999999999999999999-",
]  # fmt: skip


@pytest.mark.parametrize("headers", BAD_HEADERS)
def test_a_malformed_piece_is_refused_and_changes_nothing(amy, headers):
    photo_id = amy.visit(shot())
    amy.sync()
    path = f"/api/photos/{photo_id}/thumbnail"
    sent = {"Content-Type": PIECE_TYPE, **{name: value.encode() for name, value in headers.items()}}
    answer = amy.ask("PATCH", path, content=b"x", headers=sent)
    assert 400 <= answer.status_code < 500, answer.text
    assert amy.ask("HEAD", path).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("wanted", BAD_RANGES)
def test_a_range_that_cannot_be_served_gives_the_whole_or_is_refused(amy, wanted):
    taken = shot()
    photo_id = amy.visit(taken)
    amy.everything()
    answer = amy.ask("GET", f"/api/photos/{photo_id}/thumbnail", headers={"Range": wanted})
    if answer.status_code == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(taken.thumbnail)}"
    else:
        assert (answer.status_code, answer.content) == (200, taken.thumbnail)


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-10", -10, None), ("bytes=5-99999999", 5, None)],
)
def test_a_range_is_served_alone(amy, wanted, first, end):
    taken = shot()
    photo_id = amy.visit(taken)
    amy.everything()
    answer = amy.ask("GET", f"/api/photos/{photo_id}/thumbnail", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, taken.thumbnail[first:end])
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret-key", "%00", "a" * 500, "photo%2fthumbnail", "%F0%9F%92%A9", "*"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH"])
def test_a_name_that_is_no_photo_is_not_found(amy, name, method):
    for part in ("picture", "thumbnail", "original", "..%2f"):
        headers = {"Content-Type": PIECE_TYPE, "Upload-Offset": "0"}
        answer = amy.ask(
            method, f"/api/photos/{name}/{part}", headers=headers, content=b"x" if method == "PATCH" else b""
        )
        assert 400 <= answer.status_code < 500, (name, part, answer.status_code)


def test_a_piece_larger_than_a_megabyte_is_not_read(amy):
    photo_id = amy.visit(shot())
    amy.sync()
    answer = amy.ask(
        "PATCH",
        f"/api/photos/{photo_id}/picture",
        content=b"x" * (1024 * 1024 + 1),
        headers={"Content-Type": PIECE_TYPE, "Upload-Offset": "0"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


PIECE_TYPE = "application/offset+octet-stream"


def send(photographer: Photographer, path: str, content: bytes, *, whole: bool = True):
    """Bytes past the app, in pieces; the last answer."""
    answer, offset = None, 0
    while offset < len(content):
        piece = content[offset : offset + 500_000] if whole else content
        headers = {"Content-Type": PIECE_TYPE, "Upload-Offset": str(offset)}
        answer = photographer.ask("PATCH", path, content=piece, headers=headers)
        if answer.status_code != 204:
            return answer
        offset = int(answer.headers["Upload-Offset"])
    return answer


def run_lane(photographer: Photographer, *, room_bytes: int) -> None:
    import asyncio

    from mobile.state.photo_carrier import HttpCarrier

    asyncio.run(carry(photographer.app.replica, HttpCarrier(photographer.app), room_bytes))


def give_to(company: Company, code: str) -> None:
    with (
        company.services.database.writing() as session,
        recording(session, author="server", at_ms=company.clock()),
    ):
        session.get_one(Lead, company.ids["lead"]).owner_id = company.ids[code]


def delete_lead(company: Company) -> None:
    with (
        company.services.database.writing() as session,
        recording(session, author="server", at_ms=company.clock()),
    ):
        session.delete(session.get_one(Lead, company.ids["lead"]))


def lead_of(photographer: Photographer, code: str) -> str:
    """A lead of that person's own."""
    company = photographer.company
    lead = Lead(
        company_id=COMPANY,
        store_id=company.ids["south"],
        owner_id=company.ids[code],
        name="何先生",
        inquired_at_ms=company.clock(),
    )
    with (
        company.services.database.writing() as session,
        recording(session, author="server", at_ms=company.clock()),
    ):
        session.add(lead)
    photographer.sync()
    return lead.id
