"""What happens to photos and their leads around the app."""

import asyncio
from pathlib import Path

import httpx

from mobile.state.photo_carrier import HttpCarrier
from shared_models.sales.tables import Lead
from shared_models.service.tables import Photo
from sync.carrying import carry
from sync.hub.recorder import recording
from tests.integration.photos.photographer import Photographer, stored
from tests.integration.server.company import COMPANY, Company

HOUR_S = 3600


PIECE_TYPE = "application/offset+octet-stream"


def files_of(company: Company) -> list[Path]:
    return sorted(
        file for file in (company.services.settings.data_dir / "photos").rglob("*") if file.is_file()
    )


def row_at_server(company: Company, photo_id: str) -> Photo:
    with company.services.database.reading() as session:
        return stored(session, photo_id)


def send(
    photographer: Photographer, path: str, content: bytes, *, whole: bool = True
) -> httpx.Response | None:
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
