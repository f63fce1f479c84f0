"""Events that designers are invited to: colleagues invite and note who came, designers answer for themselves."""

from collections.abc import Sequence

from sqlmodel import Session

from server.domain.written import Written
from shared_models.designers.tables import InvitationState
from shared_models.errors import RuleError


def check_invitations(session: Session, written: Sequence[Written]) -> None:
    """A designer accepts or declines what they were invited to; they invite nobody and note no attendance.

    Refuses anything else of theirs (`RuleError("not_own_attendance")`).
    """
    del session
    for each in written:
        if each.unit.author != each.change.row["designer_id"]:
            continue
        attends = each.change.fields.get("state") == InvitationState.ATTENDED
        if each.change.kind == "insert" or attends:
            raise RuleError("not_own_attendance")
