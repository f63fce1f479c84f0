"""Pictures and thumbnails of photos: sent in pieces that may be cut off anywhere, fetched whole or from where one was cut.

Sending is tus 1.0 in small: `HEAD` says how many bytes have arrived, `PATCH` brings the next ones. Files are asked for by
the photo that they belong to, never by their hash: who knows a hash knows nothing.
"""

import re
from typing import Any

import structlog
from litestar import Request, Response, Router, get, head, patch
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.params import FromPath

from server.domain.photos.errors import NoSuchRange, StillOnItsWay
from server.domain.photos.parts import Part, check_room, note_arrival, part_to_see, part_to_send
from server.domain.photos.store import PhotoStore
from server.errors import UnsupportedMediaType
from server.jobs.job import wake
from server.services import Services, Wired
from shared_models.errors import RuleError
from shared_models.service.photo import MEDIA_TYPE
from sync.hub import Caller
from sync.hub.recorder import SERVER, recording

PIECE_TYPE = "application/offset+octet-stream"
MOST_AT_ONCE = 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_NEVER_KEPT = {"Cache-Control": "private, no-store"}

_log = structlog.get_logger()
CallersRequest = Request[Caller, Any, State]


@head("/{photo_id:str}/{part:str}", sync_to_thread=True)
def arrived(
    photo_id: FromPath[str], part: FromPath[str], services: Wired, request: CallersRequest
) -> Response[None]:
    """How many bytes of the file have arrived, for who sends it."""
    with services.database.reading() as session:
        sent = part_to_send(session, request.user, photo_id, part)
    here = sent.size if sent.has_arrived else _store(services).arrived(sent.upload)
    return Response(None, headers=_NEVER_KEPT | _lengths(here) | {"Upload-Length": str(sent.size)})


@patch("/{photo_id:str}/{part:str}", status_code=204, request_max_body_size=MOST_AT_ONCE)
async def send(
    photo_id: FromPath[str], part: FromPath[str], services: Wired, request: CallersRequest
) -> Response[None]:
    """The next bytes of the file, from `Upload-Offset` on; the answer's says how many there are now.

    With the last ones the file is checked against its hash and the row says that it is here.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE_TYPE:
        raise UnsupportedMediaType
    offset = request.headers.get("upload-offset", "")
    if not re.fullmatch(r"\d{1,15}", offset, re.ASCII):
        raise RuleError("bad_value", field="Upload-Offset")
    piece = await request.body()
    here = await sync_to_thread(_take, services, request.user, (photo_id, part), int(offset), piece)
    return Response(None, status_code=204, headers=_lengths(here))


def _take(services: Services, caller: Caller, place: tuple[str, str], offset: int, piece: bytes) -> int:
    with services.database.reading() as session:
        part = part_to_send(session, caller, *place)
        if not part.has_arrived:
            check_room(session, services.settings, part)
    if part.has_arrived:
        return part.size
    if offset + len(piece) > part.size:
        raise RuleError("photo_damaged")
    store = _store(services)
    here = store.append(part.upload, offset, piece)
    if here == part.size:
        store.finish(part.upload, part.sha256)
        _tell(services, part)
    return here


def _tell(services: Services, part: Part) -> None:
    now_ms = services.now_ms()
    with services.database.writing() as session, recording(session, author=SERVER, at_ms=now_ms):
        note_arrival(session, part, now_ms)
    wake(services, session)


@get("/{photo_id:str}/{part:str}", sync_to_thread=True)
def fetch(
    photo_id: FromPath[str], part: FromPath[str], services: Wired, request: CallersRequest
) -> Response[bytes]:
    """The file, or the range of it that is asked for, for whoever sees the photo."""
    with services.database.reading() as session:
        seen = part_to_see(session, request.user, photo_id, part)
    if not seen.has_arrived:
        raise StillOnItsWay
    wanted = _range(request.headers.get("range", ""), seen.size)
    first, end = wanted or (0, seen.size)
    try:
        content = _store(services).read(seen.sha256, first, end)
    except FileNotFoundError:
        _log.error("photo_file_missing", photo_id=seen.photo_id, part=seen.part)
        raise StillOnItsWay from None
    headers = _NEVER_KEPT | {"Accept-Ranges": "bytes", "ETag": f'"{seen.sha256}"'}
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{seen.size}"
    return Response(content, status_code=206 if wanted else 200, media_type=MEDIA_TYPE, headers=headers)


def _range(header: str, size: int) -> tuple[int, int] | None:
    """First byte and end of a single range; None for no range, or one that may be answered by the whole (RFC 9110).

    Raises `NoSuchRange` where nothing of it is there.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        if int(last) == 0:
            raise NoSuchRange(size)
        return max(0, size - int(last)), size
    if int(first) >= size:
        raise NoSuchRange(size)
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size


def _store(services: Services) -> PhotoStore:
    return PhotoStore(services.settings.data_dir)


def _lengths(here: int) -> dict[str, str]:
    return {"Upload-Offset": str(here), "Tus-Resumable": "1.0.0"}


photo_routes = Router("/api/photos", route_handlers=[arrived, send, fetch], tags=["photos"])
