"""One round of a sync at the hub: units in, results and a page of rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from shared_models import versions
from shared_models.errors import RuleError
from sync import wire
from sync.clock import Correction
from sync.hub import cursors, devices, feed, handing_out, orders, upgrades
from sync.hub.applying import Caller
from sync.hub.errors import UnknownDevice
from sync.hub.reading import RecentRows
from sync.hub.receiving import Derive, Receiver, Rename
from sync.hub.sightings import Sighting, Sightings
from sync.hub.tables import SyncDevice

_DEVICE = SyncDevice.__table__  # type: ignore[attr-defined]
_SEEN_AGAIN_MS = 30_000
_LITTLE_SKEW_MS = 10_000
"""How far a device's clock may drift, and how long ago it may have been seen, before that is written down again.

A request that had to wait looks like drift: a busy server must not be given more to write by being slow.
"""


@dataclass(frozen=True, slots=True)
class Hub:
    """The server's end of every sync.

    `derive` runs the rules of the business on the applied units of a push that write a table in `watched` (None: on all).
    `rename` lets units that speak of a row which became one with another speak of that other.
    """

    derive: Derive | None = None
    watched: frozenset[str] | None = None
    rename: Rename | None = None
    recent: RecentRows = field(default_factory=RecentRows, compare=False, repr=False)
    seen: Sightings = field(default_factory=Sightings, compare=False, repr=False)
    """What is to be written of the devices that called; a server does so now and then."""

    def exchange(self, session: Session, caller: Caller, request: wire.Request, now_ms: int) -> wire.Response:
        """Answer one request; commits what it applied before it hands out rows.

        Raises `ForbiddenScope`, `MalformedCursor`, `UnknownDevice`, or `UpgradeRequired` for an app that is too old once it
        has no more units to send, all before anything is written.
        """
        cursor = cursors.parse(request.cursor)
        device = _locked(session, caller)
        _require_upgrade(device, request)
        granted = frozenset(device.granted)
        scopes = handing_out.effective_scopes(caller.scopes, granted, request.scopes, cursor)
        correction = Correction.measured(request.device_now_ms, now_ms)
        caller = _with_former(caller, granted, device.lost)
        receiver = Receiver(
            session,
            caller,
            correction,
            self.derive,
            self.watched,
            self.rename,
            takes_filled=request.protocol >= wire.TAKES_FILLED,
        )
        results = receiver.receive(request.units)
        cursor.add_own(receiver.known)
        if _is_news(device, request, correction, caller.scopes | scopes):
            _note_device(session, caller, request, correction, granted | scopes)
        order = orders.obey(session.connection(), device, request, now_ms)
        session.commit()
        response = self._response(
            session, request, cursor, scopes, correction, results, order, receiver.filled
        )
        self._note_seen(device, request, response, correction)
        return response

    def look(
        self, session: Session, caller: Caller, request: wire.Request, now_ms: int
    ) -> wire.Response | None:
        """Answer a request for which nothing has to be written, in one transaction that locks nothing.

        None when it brings units, when an order waits for the device, or when it tells of itself what the hub does not know
        yet: then `exchange` answers.
        Who calls is looked up each time, here and there: a device that was revoked is refused at once. Raises as `exchange`.
        """
        if request.units:
            return None
        cursor = cursors.parse(request.cursor)
        device = _checked(
            caller.device or devices.known(session.connection(), caller.device_id, locked=False), caller
        )
        _require_upgrade(device, request)
        scopes = handing_out.effective_scopes(
            caller.scopes, frozenset(device.granted), request.scopes, cursor
        )
        correction = Correction.measured(request.device_now_ms, now_ms)
        if _is_news(device, request, correction, caller.scopes | scopes):
            return None
        response = self._response(session, request, cursor, scopes, correction)
        self._note_seen(device, request, response, correction)
        return response

    def _note_seen(
        self,
        device: devices.KnownDevice,
        request: wire.Request,
        response: wire.Response,
        correction: Correction,
    ) -> None:
        """Have it written soon that a device called and has everything, unless that was written lately."""
        now_ms = correction.received_at_ms
        has_all = request.pull and not response.more
        caught_up = has_all and _is_long_ago(device.caught_up_at_ms, now_ms)
        if caught_up or _is_long_ago(device.last_seen_at_ms, now_ms):
            at_ms = now_ms if has_all else None
            self.seen.note(device.id, Sighting(now_ms, correction.skew_ms, request.storage_bytes, at_ms))

    def _response(
        self,
        session: Session,
        request: wire.Request,
        cursor: cursors.Cursor,
        scopes: frozenset[str],
        correction: Correction,
        results: Sequence[wire.UnitResult] = (),
        order: orders.Order = "",
        filled: Sequence[wire.Rows] = (),
    ) -> wire.Response:
        page = orders.page_for(order, request) or self._page(session, scopes, request, cursor)
        session.rollback()
        return wire.Response(
            server_now_ms=correction.received_at_ms,
            results=list(results),
            filled=upgrades.rows_for(filled, request.schema),
            rows=upgrades.rows_for(page.rows, request.schema),
            gone=page.gone,
            cursor="" if page.begins_anew else page.cursor or request.cursor,
            more=page.more,
            remaining=page.remaining,
            scopes=sorted(scopes),
            skew_flagged=correction.is_implausible,
            protocol=wire.PROTOCOL,
            schema=versions.RELEASE.schema,
            order=orders.told(order, request),
        )

    def act(self, session: Session, caller: Caller, unit: wire.Unit, now_ms: int) -> None:
        """Carry out what a person does at the server itself, as a unit like any other; commits nothing.

        Raises `RuleError` when it is refused. Nothing may be held: a person at the server sees what they have lost.
        """
        _locked(session, caller)
        receiver = Receiver(session, caller, Correction(0, now_ms), self.derive, self.watched, self.rename)
        (result,) = receiver.receive([unit])
        if result.outcome != "applied":
            raise RuleError("not_owner" if result.outcome == "held" else result.code, **result.details)

    def _page(
        self, session: Session, scopes: frozenset[str], request: wire.Request, cursor: cursors.Cursor
    ) -> handing_out.Page:
        if request.schema < versions.RELEASE.oldest:
            # Results first: the next request hears that an upgrade is due.
            return handing_out.Page(cursor=request.cursor, more=True)
        if not request.pull:
            return handing_out.Page(cursor=cursors.text_of(cursor) if cursor.own else request.cursor)
        return handing_out.hand_out(session.connection(), scopes, cursor, request.limit, self.recent)


def _require_upgrade(device: devices.KnownDevice, request: wire.Request) -> None:
    """Raises `UpgradeRequired` for an app that is too old and has nothing left to send; a wipe it still hears of."""
    is_ordered = device.order or request.obeyed
    if request.schema < versions.RELEASE.oldest and not request.units and not is_ordered:
        raise upgrades.UpgradeRequired


def _with_former(caller: Caller, granted: feed.Scopes, lost: Mapping[str, int]) -> Caller:
    """The caller with the scopes that they once had; one missed for the first time ended when their rights changed."""
    ended = {scope: lost.get(scope, caller.scopes_since_ms) for scope in granted - caller.scopes}
    return replace(caller, former=ended)


def _locked(session: Session, caller: Caller) -> devices.KnownDevice:
    """The caller's device, locked: one request of a device is answered at a time. Raises `UnknownDevice`."""
    return _checked(devices.known(session.connection(), caller.device_id, locked=True), caller)


def _checked(device: devices.KnownDevice | None, caller: Caller) -> devices.KnownDevice:
    """The device, if it is still the caller's. Raises `UnknownDevice`."""
    if device is None or device.revoked_at_ms is not None or device.staff_id != caller.staff_id:
        raise UnknownDevice(caller.device_id)
    return device


def _is_news(
    device: devices.KnownDevice, request: wire.Request, correction: Correction, scopes: frozenset[str]
) -> bool:
    """Whether a request says of its device what is worth a write; `scopes` are those that its person has now."""
    return (
        device.last_seen_at_ms is None
        or abs(correction.skew_ms - device.skew_ms) >= _LITTLE_SKEW_MS
        or device.pending != _left_to_send(request)
        or device.refused != request.refused
        or device.app_version != request.app_version
        or bool(device.order or request.obeyed)
        or not scopes <= frozenset(device.granted)
        or frozenset(device.granted) - scopes != frozenset(device.lost)
    )


def _left_to_send(request: wire.Request) -> int:
    """How many units the device still has when those of the request have been answered."""
    return max(0, request.pending - len(request.units))


def _is_long_ago(at_ms: int | None, now_ms: int) -> bool:
    return at_ms is None or abs(now_ms - at_ms) >= _SEEN_AGAIN_MS


_NOTED = (
    "last_seen_at_ms", "skew_ms", "pending", "refused", "app_version", "storage_bytes", "granted", "lost",
)  # fmt: skip
_NOTE = (
    update(_DEVICE)
    .where(_DEVICE.c.id == bindparam("device"))
    .values({name: bindparam(name, type_=_DEVICE.c[name].type) for name in _NOTED})
)


def _note_device(
    session: Session, caller: Caller, request: wire.Request, correction: Correction, granted: frozenset[str]
) -> None:
    noted = {
        "last_seen_at_ms": correction.received_at_ms,
        "skew_ms": correction.skew_ms,
        "pending": _left_to_send(request),
        "refused": request.refused,
        "app_version": request.app_version,
        "storage_bytes": request.storage_bytes,
        "granted": sorted(granted),
        "lost": dict(caller.former),
    }
    session.connection().execute(_NOTE, {"device": caller.device_id, **noted})
