"""Photos on this device: kept with the action that they belong to, and brought to the server by their own lane."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from mobile.state.scaling import Shot
from shared_models.ids import new_id
from shared_models.service.tables import Photo
from sync.device import contents
from sync.schema import catalogue

if TYPE_CHECKING:
    from mobile.state.application import App

Draft = dict[str, Any]
"""A photo that was taken and belongs to nothing yet: `id`, and what its row will say. Plain values, so that drafts keep it."""


def keep_shot(app: "App", shot: Shot) -> Draft:
    """Keep a shot on this device, so that a kill before the visit is saved does not lose it."""
    draft: Draft = {"id": new_id(), "width_px": shot.width_px, "height_px": shot.height_px}
    parts = {"picture": shot.picture, "thumbnail": shot.thumbnail}
    with app.engine.begin() as connection:
        draft |= contents.keep(connection, _spec(), draft["id"], parts, app.now_ms())
    return draft


def drop_shots(app: "App", drafts: Iterable[Draft]) -> None:
    """Remove shots that nobody saved."""
    with app.engine.begin() as connection:
        for draft in drafts:
            contents.forget(connection, draft["id"])


def add_photos(app: "App", session: Session, about: tuple[str, str], drafts: Iterable[Draft]) -> None:
    """Make the shots photos of this row, (table, identifier), within the action that writes it."""
    connection = session.connection()
    for draft in drafts:
        if contents.item_of(connection, draft["id"], "picture") is None:
            continue  # a draft from before this device was wiped
        session.add(
            Photo(
                company_id=app.replica.company_id,
                about_table=about[0],
                about_id=about[1],
                staff_id=app.replica.staff_id,
                taken_at_ms=app.now_ms(),
                **draft,
            )
        )
        contents.claim(connection, draft["id"])
    session.flush()


def thumbnail_of(app: "App", photo_id: str) -> bytes | None:
    """The thumbnail, or None while it is not here."""
    with app.engine.connect() as connection:
        return contents.read(connection, photo_id, "thumbnail")


def want_picture(app: "App", photo_id: str) -> None:
    """Somebody opened the photo: fetch the picture if it is not here, and try at once where that failed."""
    with app.engine.begin() as connection:
        contents.want(connection, _spec(), photo_id, "picture", app.now_ms())
    app.photo_lane.wake(at_once=True)


def _spec() -> Any:
    return catalogue()[str(Photo.__tablename__)]
