"""Settling a value that gave way, with a way back."""

from collections.abc import Callable
from typing import Any

from mobile.state.application import App
from sync.conflict import Conflict, ConflictState
from sync.schema import model_of


def take_other(app: App, conflict: Conflict) -> Callable[[], None]:
    """Put the value that gave way into the record; returns what puts everything back as it was."""
    before = value_now(app, conflict)
    app.replica.take_other(conflict.id)
    return lambda: _reopen(app, conflict, before)


def keep_current(app: App, conflict: Conflict) -> Callable[[], None]:
    """Leave the record as it is; returns what opens the question again."""
    app.replica.keep_current(conflict.id)
    return lambda: _reopen(app, conflict, value_now(app, conflict))


def put_instead(app: App, conflict: Conflict, value: Any) -> Callable[[], None]:
    """Put a third value into the record; returns what puts everything back as it was."""
    before = value_now(app, conflict)
    app.replica.edit_conflict(conflict.id, value)
    return lambda: _reopen(app, conflict, before)


def value_now(app: App, conflict: Conflict) -> Any:
    """What the record holds now in the field in question; what was kept then, when the record is gone."""
    model = model_of(conflict.about_table)
    record = app.read(lambda session: session.get(model, conflict.about_id))
    return conflict.place.read_from(record) if record is not None else conflict.kept_value()


def _reopen(app: App, conflict: Conflict, value: Any) -> None:
    with app.action("undo_edit") as session:
        record = session.get(model_of(conflict.about_table), conflict.about_id)
        if record is not None and conflict.place.read_from(record) != value:
            conflict.place.write_to(record, value)
        session.get_one(Conflict, conflict.id).state = ConflictState.OPEN
