"""The photos of visits, as their timeline and their page show them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.people.tables import Staff
from shared_models.sales.tables import FollowUp
from shared_models.service.tables import Photo
from sync.device import contents
from sync.lane import Item, State

TABLES = ("photo", "followup", "staff")


@dataclass(frozen=True, slots=True)
class Tile:
    """A photo in a strip; its thumbnail if that is here, and whether something of it still has to be sent."""

    id: str
    thumbnail: bytes | None
    waits: bool


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """A photo with what its page shows; `strip` are all of the same visit, in the order in which they were taken.

    `picture` and `thumbnail` are None while they are not here, `item` says how it stands with the picture.
    """

    photo: Photo
    strip: tuple[str, ...]
    taken_by: str
    lead_id: str
    picture: bytes | None
    thumbnail: bytes | None
    item: Item | None


class Standing(StrEnum):
    """What there is to say about a picture that is being looked at."""

    HERE = "here"
    WAITING = "waiting"
    FAILED_TO_SEND = "failed_to_send"
    LOADING = "loading"
    ONLY_THUMBNAIL = "only_thumbnail"
    NOT_THERE_YET = "not_there_yet"
    FAILED_TO_LOAD = "failed_to_load"


def standing_of(item: Item | None, *, has_arrived: bool, online: bool) -> Standing:
    """How it stands with a picture; `has_arrived` is whether the server has it."""
    if item is not None and item.state == State.WAITING:
        return Standing.FAILED_TO_SEND if item.code else Standing.WAITING
    if item is not None and item.state == State.HERE:
        return Standing.HERE
    if not has_arrived:
        return Standing.NOT_THERE_YET
    if not online:
        return Standing.ONLY_THUMBNAIL
    return Standing.FAILED_TO_LOAD if item is not None and item.code else Standing.LOADING


def tiles_of(session: Session, about_ids: Collection[str]) -> Mapping[str, tuple[Tile, ...]]:
    """The photos of these rows by the row's identifier, in the order in which they were taken."""
    query = select(Photo).where(col(Photo.about_id).in_(about_ids))
    photos = list(session.scalars(query.order_by(col(Photo.taken_at_ms), col(Photo.id))))
    connection = session.connection()
    waiting = contents.waiting_rows(connection)
    thumbnails = contents.read_all(connection, [photo.id for photo in photos], "thumbnail")
    found: dict[str, tuple[Tile, ...]] = {}
    for photo in photos:
        tile = Tile(photo.id, thumbnails.get(photo.id), photo.id in waiting)
        found[photo.about_id] = (*found.get(photo.about_id, ()), tile)
    return found


def photo_record(session: Session, photo_id: str) -> PhotoRecord | None:
    """The photo as this device knows it, or None when it does not."""
    photo = session.get(Photo, photo_id)
    if photo is None:
        return None
    same = select(col(Photo.id)).where(col(Photo.about_id) == photo.about_id)
    visit = session.get(FollowUp, photo.about_id)
    taker = session.get(Staff, photo.staff_id)
    connection = session.connection()
    return PhotoRecord(
        photo,
        tuple(session.scalars(same.order_by(col(Photo.taken_at_ms), col(Photo.id)))),
        taken_by=taker.name if taker else "",
        lead_id=visit.lead_id if visit else photo.about_id,
        picture=contents.read(connection, photo_id, "picture"),
        thumbnail=contents.read(connection, photo_id, "thumbnail"),
        item=contents.item_of(connection, photo_id, "picture"),
    )
