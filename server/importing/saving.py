"""Writes a plan: everything of one run in the caller's transaction, so that it is there whole or not at all."""

from collections.abc import Callable

from sqlalchemy import insert, update
from sqlmodel import Session, col

from server.importing.planning import Plan
from server.importing.rows import MODELS
from server.importing.tables import ImportedRow
from sync.hub.recorder import publish, recording

_BATCH = 2_000


def save(session: Session, plan: Plan, *, author: str, at_ms: int, progress: Callable[[int], None]) -> None:
    """Write the plan and put it into the feed, so that every device gets it. `progress` is told the rows written so far."""
    written = 0
    for table in MODELS:
        created = plan.of(table).created
        for start in range(0, len(created), _BATCH):
            batch = created[start : start + _BATCH]
            publish(session, table, batch, at_ms)
            written += len(batch)
            progress(written)
    _update(session, plan, author=author, at_ms=at_ms)
    _remember(session, plan)


def _update(session: Session, plan: Plan, *, author: str, at_ms: int) -> None:
    """Changes of existing rows go through the session, where the recorder captures them."""
    if not any(each.updated for each in plan.tables.values()):
        return
    with recording(session, author=author, at_ms=at_ms):
        for table, model in MODELS.items():
            for row_id, changes in plan.of(table).updated.items():
                row = session.get_one(model, row_id)
                for name, value in changes.items():
                    setattr(row, name, value)
        session.flush()


def _remember(session: Session, plan: Plan) -> None:
    connection = session.connection()
    for start in range(0, len(plan.told), _BATCH):
        connection.execute(insert(ImportedRow), plan.told[start : start + _BATCH])
    for row in plan.retold:
        same = (col(ImportedRow.row_id) == row["row_id"]) & (col(ImportedRow.mapping) == row["mapping"])
        connection.execute(update(ImportedRow).where(same).values(said=row["said"]))
