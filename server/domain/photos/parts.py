"""The two files of a photo, picture and thumbnail: whose they are, and what becomes of the row when they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar.exceptions import NotFoundException
from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from server.auth.errors import NotYours
from server.domain.written import Written
from server.settings import Settings
from server.visibility import visible
from shared_models.errors import RuleError
from shared_models.service.photo import checked_photo
from shared_models.service.tables import Photo
from sync.hub import Caller
from sync.schema import catalogue, is_identifier


@dataclass(frozen=True, slots=True)
class Part:
    """One file of one photo as its row describes it. `has_arrived` is whether the server was sent it for this row.

    The same bytes may be here for another row: that says nothing, or a hash would be enough to get a picture.
    """

    photo_id: str
    company_id: str
    part: str
    sha256: str
    size: int
    arrived: str
    has_arrived: bool

    @property
    def upload(self) -> str:
        """What the file is called while it arrives."""
        return f"{self.photo_id}.{self.part}"


def check(session: Session, written: Sequence[Written]) -> None:
    """Refuse photos whose rows cannot be true: `RuleError("photo")`."""
    del session
    for each in written:
        checked_photo(each.change.row)


def part_to_see(session: Session, caller: Caller, photo_id: str, part: str) -> Part:
    """For whoever sees the photo. Raises `NotFoundException`, `NotYours`."""
    return _part(visible(session, caller, Photo, photo_id), part)


def part_to_send(session: Session, caller: Caller, photo_id: str, part: str) -> Part:
    """For who took it, also when the visit is somebody else's by now. Raises `NotFoundException`, `NotYours`."""
    photo = session.get(Photo, photo_id) if is_identifier(photo_id) else None
    if photo is None or photo.company_id != caller.company_id:
        raise NotFoundException
    if photo.staff_id != caller.staff_id:
        raise NotYours("photo", photo_id)
    return _part(photo, part)


def _part(photo: Photo, part: str) -> Part:
    for column, content in catalogue()["photo"].contents.items():
        if content.part == part:
            return Part(
                photo.id,
                photo.company_id,
                part,
                sha256=getattr(photo, column),
                size=getattr(photo, content.size),
                arrived=content.arrived,
                has_arrived=getattr(photo, content.arrived) is not None,
            )
    raise NotFoundException


def check_room(session: Session, settings: Settings, part: Part) -> None:
    """Refuses a file that is too large (`photo_too_large`), or has no room in its company's share (`photo_quota`)."""
    if part.size > settings.photo_max_bytes:
        raise RuleError("photo_too_large", most_mb=settings.photo_max_bytes // 1_000_000)
    if used_bytes(session, part.company_id) + part.size > settings.photo_quota_bytes:
        raise RuleError("photo_quota", quota_mb=settings.photo_quota_bytes // 1_000_000)


def used_bytes(session: Session, company_id: str) -> int:
    """How many bytes of photos the server has for this company."""
    total = 0
    for content in catalogue()["photo"].contents.values():
        size, arrived = (getattr(Photo, name) for name in (content.size, content.arrived))
        chosen = select(func.sum(size)).where(col(Photo.company_id) == company_id, col(arrived).is_not(None))
        total += session.scalar(chosen) or 0
    return total


def note_arrival(session: Session, part: Part, at_ms: int) -> None:
    """The server has the file: the row says so from now on, to every device that has it."""
    setattr(session.get_one(Photo, part.photo_id), part.arrived, at_ms)


def named(session: Session, hashes: Sequence[str]) -> set[str]:
    """Those of the hashes that the row of a photo names."""
    columns = [getattr(Photo, name) for name in catalogue()["photo"].contents]
    rows = session.execute(select(*columns).where(or_(*(col(column).in_(hashes) for column in columns))))
    return {value for row in rows for value in row}
