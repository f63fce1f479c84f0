"""A photo taken without a network shows on the manager's tablet once there is one, and opens there in full."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import wait_for_pending
from tests.e2e.lead_page import find_by_initials, find_by_name
from tests.e2e.leads import FreshLead
from tests.e2e.people import MANAGER, SELLER
from tests.e2e.running_server import RunningServer
from tests.e2e.tablet import Tablet

SIDEWAYS, MODEL = 0x0112, 0x0110


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture as a camera makes it: large, on its side, and telling which camera it was."""
    image = Image.new("RGB", (3200, 2400), "#d8c3a5")
    draw = ImageDraw.Draw(image)
    for at in range(0, 3200, 40):
        draw.rectangle((at, at // 2, at + 900, at // 2 + 300), outline="#1f5d4c", width=9)
    tags = Image.Exif()
    tags[SIDEWAYS], tags[MODEL] = 6, "Telltale 9"
    path = tmp_path_factory.mktemp("camera") / "IMG_0001.jpg"
    image.save(path, "JPEG", exif=tags, quality=92)
    return path


def test_a_photo_taken_offline_survives_a_kill_and_appears_on_the_other_tablet(
    server: RunningServer, tablet: MakeTablet, fresh_lead: FreshLead, camera: Path
) -> None:
    lead = fresh_lead(SELLER)
    a, b = tablet("a"), tablet("b")
    a.start()
    a.log_in(SELLER)
    b.start()
    b.log_in(MANAGER)

    a.go_offline()
    find_by_initials(a, lead)
    log_visit_with(a, camera)
    [photo] = a.identifiers("photo-")
    wait_for_pending(a, 2)
    a.kill()
    a.start(offline=True)
    wait_for_pending(a, 2)
    find_by_initials(a, lead)
    a.tap(photo)
    a.wait_for(photo.replace("photo-", "picture-"))
    a.wait_for("photo-waiting")
    a.tap("photo-close")

    find_by_name(b, lead)
    assert b.identifiers("photo-") == []
    a.go_online()
    b.wait_for(photo)
    b.wait_until(lambda: "尚未" not in b.spoken(photo), "the thumbnail to be there")
    wait_for_pending(a, 0)
    b.tap(photo)
    b.wait_for(photo.replace("photo-", "picture-"))
    assert b.identifiers("photo-waiting") == []

    kept = picture_at(server, photo.removeprefix("photo-"))
    image = Image.open(BytesIO(kept))
    assert image.size == (1200, 1600)
    assert not image.getexif()
    assert b"Telltale 9" not in kept


def log_visit_with(tablet: Tablet, picture: Path) -> None:
    """Log a visit with this picture from the open lead."""
    tablet.tap("log")
    tablet.tap("channel-store_visit")
    tablet.wait_for("take-photo")
    with tablet.page.expect_file_chooser() as choosing:
        tablet.tap("take-photo")
    choosing.value.set_files(str(picture))
    tablet.wait_for("shot-1")
    tablet.tap("save-log")
    tablet.wait_until_gone("log-sheet")
    tablet.wait_until(lambda: tablet.identifiers("photo-"), "the photo to be in the timeline")


def picture_at(server: RunningServer, photo_id: str) -> bytes:
    """The file that the server keeps for this photo."""
    row = server.row("SELECT picture_sha256 FROM photo WHERE id = :id", id=photo_id)
    return server.file(row["picture_sha256"])
