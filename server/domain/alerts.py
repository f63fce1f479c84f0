"""Telling the people in charge, once for each thing there is to tell."""

from sqlmodel import Session

from shared_models.ids import derived_id
from shared_models.office.tables import Alert


def raise_alert(
    session: Session,
    *,
    company_id: str,
    store_id: str | None,
    kind: str,
    about_table: str,
    about_id: str,
    details: dict[str, str | int],
    at_ms: int,
) -> Alert:
    """Tell the managers of a store, or the back office where there is none, of a row; once for each kind and row.

    What has been raised before is given back as it stands, also when it was settled or withdrawn meanwhile. `kind` is one
    of `AlertKind`. Call it inside `recording`, or the alert reaches no device.
    """
    alert_id = alert_id_of(kind, about_table, about_id)
    standing = session.get(Alert, alert_id)
    if standing is not None:
        return standing
    alert = Alert(
        id=alert_id,
        company_id=company_id,
        store_id=store_id,
        kind=kind,
        about_table=about_table,
        about_id=about_id,
        details=details,
        raised_at_ms=at_ms,
    )
    session.add(alert)
    session.flush()
    return alert


def alert_id_of(kind: str, about_table: str, about_id: str) -> str:
    """The identifier of the one alert of this kind about this row."""
    return derived_id("alert", kind, about_table, about_id)
