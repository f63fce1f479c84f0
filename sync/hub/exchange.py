"""One round of a sync at the hub: units in, results and a page of rows out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from shared_models import versions
from shared_models.errors import RuleError
from sync import wire
from sync.clock import Correction
from sync.hub import cursors, feed, handing_out, upgrades
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
        cursor = cursors.parse(request.cursor)
        device = self._lock_device(session, caller)
        granted = frozenset(device.granted)
        scopes = handing_out.effective_scopes(caller.scopes, granted, request.scopes, cursor)
        correction = Correction.measured(request.device_now_ms, now_ms)
        caller = _with_former(caller, granted, device.lost)
        receiver = Receiver(session, caller, correction, self.derive, self.watched, self.rename)
        results = receiver.receive(request.units)
        cursor.add_own(receiver.written_as_sent)
        _note_device(session, caller, request, correction, granted | scopes)
        session.commit()

        page = self._page(session, scopes, request, cursor)
        session.rollback()
        return wire.Response(
            server_now_ms=now_ms,
            results=results,
            rows=upgrades.rows_for(page.rows, request.schema),
            gone=page.gone,
            cursor="" if page.begins_anew else page.cursor,
            more=page.more,
            remaining=page.remaining,
            scopes=sorted(scopes),
            skew_flagged=correction.is_implausible,
            schema=versions.RELEASE.schema,
        )

    def act(self, session: Session, caller: Caller, unit: wire.Unit, now_ms: int) -> None:
        """Carry out what a person does at the server itself, as a unit like any other; commits nothing.

        Raises `RuleError` when it is refused. Nothing may be held: a person at the server sees what they have lost.
        """
        self._lock_device(session, caller)
        receiver = Receiver(session, caller, Correction(0, now_ms), self.derive, self.watched, self.rename)
        (result,) = receiver.receive([unit])
        if result.outcome != "applied":
            raise RuleError("not_owner" if result.outcome == "held" else result.code, **result.details)

    @staticmethod
    def _page(
        session: Session, scopes: frozenset[str], request: wire.Request, cursor: cursors.Cursor
    ) -> handing_out.Page:
        if request.schema < versions.RELEASE.oldest:
            if not request.units:
                raise upgrades.UpgradeRequired
            # Results first: the next request hears that an upgrade is due.
            return handing_out.Page(cursor=request.cursor, more=True)
        if not request.pull:
            return handing_out.Page(cursor=cursors.text_of(cursor) if cursor.own else request.cursor)
        return handing_out.hand_out(session.connection(), scopes, cursor, request.limit)

    @staticmethod
    def _lock_device(session: Session, caller: Caller) -> Row[Any]:
        """Let one request of a device be answered at a time; what the hub knows of the device."""
        chosen = select(_DEVICE).where(_DEVICE.c.id == caller.device_id).with_for_update()
        device = session.connection().execute(chosen).one_or_none()
        if device is None or device.revoked_at_ms is not None or device.staff_id != caller.staff_id:
            raise UnknownDevice(caller.device_id)
        return device


def _with_former(caller: Caller, granted: feed.Scopes, lost: Mapping[str, int]) -> Caller:
    """The caller with the scopes that they once had; one missed for the first time ended when their rights changed."""
    ended = {scope: lost.get(scope, caller.scopes_since_ms) for scope in granted - caller.scopes}
    return replace(caller, former=ended)


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
            lost=dict(caller.former),
        )
    )
