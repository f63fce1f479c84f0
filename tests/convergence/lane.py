"""A tablet with photos, and the hub's end of the lane in memory."""

from collections.abc import Callable

from sqlalchemy import select

from shared_models.ids import new_id
from shared_models.service.tables import Photo
from sync.carrying import NotCarried, carry
from sync.device import contents
from sync.device.tables import CONTENT
from sync.lane import Item
from sync.schema import catalogue
from tests.convergence.faults import run_by_hand
from tests.convergence.world import COMPANY, Device, World, make_lead

PICTURE, THUMBNAIL = b"picture " * 40_000, b"thumbnail"

PIECES = 3
"""So many make up the picture."""


class Lane:
    """The hub's end of the lane, in memory: what it has of each part, and what it refuses with which code."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        self.refuses: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.damage: Callable[[bytes], bytes] = bytes

    async def arrived(self, item: Item) -> int:
        self.asked.append(("arrived", item.part))
        return len(self.held.get((item.row_id, item.part), b""))

    async def send(self, item: Item, offset: int, piece: bytes) -> int:
        self._heard("send", item)
        have = self.held.get((item.row_id, item.part), b"")
        assert offset == len(have)
        self.held[item.row_id, item.part] = have + piece
        return offset + len(piece)

    async def fetch(self, item: Item, offset: int) -> bytes:
        self._heard("fetch", item)
        return self.damage(self.held[item.row_id, item.part][offset : offset + 200_000])

    def _heard(self, what: str, item: Item) -> None:
        self.asked.append((what, item.part))
        if item.part in self.refuses:
            raise NotCarried(self.refuses[item.part])


def spec():
    return catalogue()["photo"]


def keep(device: Device, photo_id: str) -> dict:
    with device.engine.begin() as connection:
        parts = {"picture": PICTURE, "thumbnail": THUMBNAIL}
        return contents.keep(connection, spec(), photo_id, parts, device.replica.now_ms())


def picture(row_id: str, about_table: str, about_id: str, at_ms: int = 1) -> Photo:
    """The row of a photo by amy about something; there are no bytes of it anywhere."""
    return Photo(
        id=row_id,
        company_id=COMPANY,
        about_table=about_table,
        about_id=about_id,
        staff_id="amy",
        picture_sha256="0" * 64,
        picture_bytes=1,
        width_px=1,
        height_px=1,
        thumbnail_sha256="1" * 64,
        thumbnail_bytes=1,
        taken_at_ms=at_ms,
    )


def take(device: Device) -> str:
    """A lead with one photo; its identifier."""
    photo_id = new_id()
    named = keep(device, photo_id)
    with device.act("visit") as session:
        lead = make_lead()
        session.add(lead)
        session.flush()
        session.add(
            Photo(
                id=photo_id,
                company_id=COMPANY,
                about_table="lead",
                about_id=lead.id,
                staff_id=device.owner,
                width_px=4,
                height_px=3,
                taken_at_ms=device.replica.now_ms(),
                **named,
            )
        )
        contents.claim(session.connection(), photo_id)
    return photo_id


def bring(device: Device, lane: Lane, room_bytes: int = 10**9) -> int:
    return int(run_by_hand(carry(device.replica, lane, room_bytes)))


def states(device: Device) -> dict[str, str]:
    with device.engine.connect() as connection:
        return dict(connection.execute(select(CONTENT.c.part, CONTENT.c.state)).all())


def item(device: Device, photo_id: str, part: str) -> Item:
    with device.engine.connect() as connection:
        found = contents.item_of(connection, photo_id, part)
    assert found is not None
    return found


def read(device: Device, photo_id: str, part: str) -> bytes | None:
    with device.engine.connect() as connection:
        return contents.read(connection, photo_id, part)


def arrive(world: World, photo_id: str) -> None:
    """The hub notes that it has both parts."""
    with world.office() as session:
        photo = session.get_one(Photo, photo_id)
        photo.picture_at_ms = photo.thumbnail_at_ms = world.now_ms
