"""Photos of a visit: on the form, in the timeline, on a page of their own, and without a network."""

from pathlib import Path
from typing import ClassVar

from PIL import Image, ImageDraw

from tests.e2e.tours.tour import START_MS, Tour


class PhotosTour(Tour):
    """A salesperson photographs a room, first without a network."""

    entries: ClassVar = {"phone": "S001", "tablet": "S001"}

    def steps(self) -> None:
        self.tap_first("lead-")
        self.find("needs").wait_for(state="attached")
        self.context.set_offline(True)
        self._log_with_photos()
        self.find("photo-waiting").wait_for(state="attached")
        self.shoot("photo-waiting")
        self.tap("photo-close")
        self.find("needs").wait_for(state="attached")
        self.rest_still()
        self.scroll_to_end()
        self.shoot("photo-timeline")
        self.context.set_offline(False)
        self.tap_first("photo-")
        self.find("photo-waiting").wait_for(state="detached", timeout=START_MS)
        self.shoot("photo")

    def _log_with_photos(self) -> None:
        self.tap("log")
        self.tap("channel-store_visit")
        self.find("take-photo").wait_for(state="attached")
        self.rest_still()
        with self.page.expect_file_chooser() as choosing:
            self.tap("take-photo")
        choosing.value.set_files([str(room(self.folder, n)) for n in (1, 2, 3)])
        self.find("shot-3").wait_for(state="attached", timeout=START_MS)
        self.shoot("photo-form", "save-log", lambda: self.tap("log"))
        self.tap("save-log")
        self.find("log-sheet").wait_for(state="detached")
        self.scroll_to_end()
        self.tap_first("photo-")


def room(folder: Path, n: int) -> Path:
    """A drawn room: wall, floor, a window and a sofa, in other colours each time."""
    wall, floor, cloth = [("#E9DFD0", "#B08A62", "#5E7F73"), ("#D9E2E0", "#8C6E54", "#B5653D"),
                          ("#EFE3D3", "#C2A37E", "#3F5873")][n - 1]  # fmt: skip
    image = Image.new("RGB", (2400, 1800), wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 1250, 2400, 1800), fill=floor)
    draw.rectangle((1500, 200, 2150, 800), fill="#CFE3EE", outline="#FFFFFF", width=40)
    draw.rounded_rectangle((300, 900, 1500, 1450), 90, fill=cloth)
    draw.rounded_rectangle((380, 700, 1420, 1100), 90, fill=cloth, outline="#00000022", width=6)
    draw.ellipse((1700, 1200, 2150, 1420), fill="#6B4A32")
    path = folder / f"room{n}.jpg"
    image.save(path, "JPEG", quality=90)
    return path
