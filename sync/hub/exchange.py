"""One round of a sync at the hub: units in, results and a page of rows out."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared_models import versions
from sync import wire
from sync.clock import Correction
from sync.hub import handing_out, upgrades
from sync.hub.applying import Caller
from sync.hub.errors import UnknownDevice
from sync.hub.receiving import Derive, Receiver, Rename
from sync.hub.tables import SyncDevice

_DEVICE = SyncDevice.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Hub:
    """The server's end of every sync.

    `derive` runs the rules of the business on the applied units of a push that write a table in `watched` (None: on all).
    `rename` lets units that speak of a row which became one with another speak of that other.
    """

    derive: Derive | None = None
    watched: frozenset[str] | None = None
    rename: Rename | None = None

    def exchange(self, session: Session, caller: Caller, request: wire.Request, now_ms: int) -> wire.Response:
        """Answer one request; commits what it applied before it hands out rows.

        Raises `ForbiddenScope`, `MalformedCursor` or `UnknownDevice`, all before anything is applied; `UpgradeRequired` for
        an app that is too old, once it has no more units to send.
        """
        granted = self._lock_device(session, caller)
        scopes = handing_out.effective_scopes(caller.scopes, granted, request)
        correction = Correction.measured(request.device_now_ms, now_ms)
        receiver = Receiver(session, caller, correction, self.derive, self.watched, self.rename)
        results = receiver.receive(request.units)
        _note_device(session, caller, request, correction, granted | scopes)
        session.commit()

        page = self._page(session, scopes, request)
        session.rollback()
        return wire.Response(
            server_now_ms=now_ms,
            results=results,
            rows=upgrades.rows_for(page.rows, request.schema),
            gone=page.gone,
            cursor="" if page.begins_anew else page.cursor or request.cursor,
            more=page.more,
            remaining=page.remaining,
            scopes=sorted(scopes),
            skew_flagged=correction.is_implausible,
            schema=versions.RELEASE.schema,
        )

    @staticmethod
    def _page(session: Session, scopes: frozenset[str], request: wire.Request) -> handing_out.Page:
        if request.schema < versions.RELEASE.oldest:
            if not request.units:
                raise upgrades.UpgradeRequired
            return handing_out.Page(more=True)  # results first: the next request hears that an upgrade is due
        if not request.pull:
            return handing_out.Page()
        return handing_out.hand_out(session.connection(), scopes, request)

    @staticmethod
    def _lock_device(session: Session, caller: Caller) -> frozenset[str]:
        """Let one request of a device be answered at a time; the scopes it was ever granted."""
        chosen = select(_DEVICE).where(_DEVICE.c.id == caller.device_id).with_for_update()
        device = session.connection().execute(chosen).one_or_none()
        if device is None or device.revoked_at_ms is not None or device.staff_id != caller.staff_id:
            raise UnknownDevice(caller.device_id)
        return frozenset(device.granted)


def _note_device(
    session: Session, caller: Caller, request: wire.Request, correction: Correction, granted: frozenset[str]
) -> None:
    session.connection().execute(
        update(_DEVICE)
        .where(_DEVICE.c.id == caller.device_id)
        .values(
            last_seen_at_ms=correction.received_at_ms,
            skew_ms=correction.skew_ms,
            pending=max(0, request.pending - len(request.units)),
            granted=sorted(granted),
        )
    )
