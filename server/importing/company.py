"""Which company an import belongs to, where nobody said."""

from sqlmodel import Session, col, select

from server.importing.refusals import FileRefusedError
from shared_models.people.tables import Store

FIRST_COMPANY = "main"
"""The company of an installation that has none yet."""


def company_for(session: Session, named: str | None) -> str:
    """The named company, else the only one there is, else `FIRST_COMPANY` on an empty database.

    Raises `FileRefusedError` when there are several to choose from.
    """
    if named:
        return named
    present = session.exec(select(Store.company_id).distinct().order_by(col(Store.company_id)).limit(2)).all()
    if len(present) > 1:
        raise FileRefusedError(
            "company_unclear",
            "数据库里有多家公司；什么都没有导入。请用 --company 指明导入到哪一家。",
            "The database holds several companies; nothing was imported. Say which one with --company.",
        )
    return present[0] if present else FIRST_COMPANY
