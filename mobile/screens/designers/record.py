"""What stands at the right of the designers' lists: whichever record the address names."""

import flet as ft

from mobile.screens.designers.claims import ClaimPane
from mobile.screens.designers.detail import DesignerPane
from mobile.screens.designers.event import EventPane
from mobile.screens.designers.firm import FirmPane
from mobile.screens.designers.review import ReviewPane
from mobile.screens.designers.statements import StatementsPane
from mobile.screens.places import BACK_OFFICE
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_office import table_of

_PAGES = {"review": ReviewPane, "statements": StatementsPane}
_PANES = {"designerfirm": FirmPane, "referral": ClaimPane, "designerevent": EventPane}


@ft.component
def DesignerRecordPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """A designer, a firm, a claim, an event, or one of the pages about all of them; all but the first for the office."""
    app = use_app()
    person = app.session.person
    in_office = person is not None and person.role in BACK_OFFICE
    table = use_query(
        lambda session: table_of(session, record_id), ("designerfirm", "referral", "designerevent"), record_id
    )
    if in_office and record_id in _PAGES:
        return _PAGES[record_id](back)
    if in_office and table is not None:
        return _PANES[table](record_id, back)
    return DesignerPane(record_id, back)
