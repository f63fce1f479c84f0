"""What says on a record, in lists and on its card, that something done to it was refused; a tap leads there."""

from collections.abc import Mapping

import flet as ft

from mobile.design.buttons import text_button
from mobile.design.marks import Tone, refused_mark
from mobile.design.states import notice
from mobile.screens.sync.words import reason_of
from mobile.state.hooks import go, use_app, use_observable, use_query
from mobile.state.queries.inbox import Record, refused_records
from mobile.text import t

Refused = Mapping[Record, str]
"""The refused unit by the record that it is about, which is named by table and identifier."""


def use_refused() -> Refused:
    """Draws the component again when something was refused or settled."""
    app = use_app()
    use_observable(app.sync)
    units = app.replica.refused_units() if app.sync.refused else []
    return use_query(lambda session: refused_records(session, units), (), tuple(each.id for each in units))


def refusal_mark(refused: Refused, table: str, row_id: str) -> list[ft.Control]:
    """The mark of a record of which something was refused; nothing for any other."""
    unit = refused.get((table, row_id))
    if unit is None:
        return []
    return [
        refused_mark(t("common.refused"), lambda _: go(f"/refused/{unit}"), identifier=f"refusal-of-{row_id}")
    ]


def use_refusal_notice(table: str, row_id: str) -> list[ft.Control]:
    """For the record's own page: why something done to it was refused, and the way there; nothing when all is well."""
    app = use_app()
    unit_id = use_refused().get((table, row_id))
    unit = next((each for each in app.replica.refused_units() if each.id == unit_id), None)
    if unit is None:
        return []
    look = text_button(t("sync.look"), lambda _: go(f"/refused/{unit.id}"), identifier="open-refusal")
    return [notice(reason_of(unit), Tone.DANGER, action=look, identifier="refused-notice")]
