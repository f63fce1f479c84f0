"""One simulated run: a few tablets, their hub, a bad network, and people who act."""

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from sqlmodel import Session

from shared_models.people.access import scopes_of
from shared_models.people.tables import Role, Staff, Store
from sync import client, wire
from sync.hub import Caller
from sync.schema import catalogue
from tests.convergence.company import TABLETS, Company
from tests.convergence.faults import ConnectionLost, Crash, Mailbox
from tests.convergence.memory import connection_of
from tests.convergence.record import (
    Confirmed,
    Record,
    Written,
    changes_of,
    kept_units,
    newest_unit,
    pending,
    put_aside,
)
from tests.convergence.world import COMPANY, STORES, Device


class Violation(AssertionError):
    """A promise was broken; the text begins with which one."""


def is_long(seed: int) -> bool:
    """Whether the run of this seed is one of the few long ones; most faults need few steps and two tablets."""
    return seed % 10 == 0


class Run:
    """The state of one run. `seed` decides who takes part and how the network cuts its pages, nothing else."""

    def __init__(self, company: Company, seed: int) -> None:
        chance = random.Random(f"run {seed}")
        names = sorted(
            chance.sample(sorted(TABLETS), chance.choice((3, 3, 4) if is_long(seed) else (2, 2, 2, 3)))
        )
        self.company = company
        self.world = company.world(seed, names)
        self.devices = [self.world.devices[name] for name in names]
        self.page_rows = chance.choice((3, 20, 20, 1_000, 1_000, 1_000))
        client.UNITS_A_ROUND = chance.choice((2, 500))
        self.record = Record()
        self.mailbox = Mailbox()
        self.clock_settings = dict.fromkeys(names, 0)
        self.serial = 1_000_000

    def device(self, pick: int) -> Device:
        return self.devices[pick % len(self.devices)]

    def next_serial(self) -> int:
        """A number that nothing in this run has had before."""
        self.serial += 1
        return self.serial

    # --- acting ------------------------------------------------------------------------------------------------------

    def act(
        self, device: Device, body: Callable[[Session], list[Written]], crash_at: int | None = None
    ) -> str | None:
        """Have a person do something, and write down what the app confirmed; None when nothing was changed.

        With `crash_at` the app is killed at the statement of that number, if it gets so far.
        """
        written: list[Written] = []
        fuse = self.company.fuses[device.name]

        def doing() -> None:
            with device.act("simulated") as session:
                written.extend(body(session))
                if crash_at is not None:
                    fuse.set(crash_at)

        unit = self.do(device, doing)
        self.record.written += written if unit else []
        return unit

    def do(self, device: Device, doing: Callable[[], None]) -> str | None:
        """Have a person do something that writes at most one unit, and write down what the app confirmed."""
        before, waiting = newest_unit(device), pending(device)
        fuse = self.company.fuses[device.name]
        try:
            doing()
        except Crash:
            fuse.put_out()
            device.open()
            if (newest_unit(device), pending(device)) != (before, waiting):
                raise Violation(
                    f"S2: {device.name} kept part of an action that was never confirmed"
                ) from None
            return None
        finally:
            fuse.put_out()
        after = newest_unit(device)
        if after is None or after == before:
            return None
        self._note(device, *after)
        return after[1]

    def _note(self, device: Device, seq: int, unit: str) -> None:
        self.record.units[unit] = Confirmed(
            device.name, self.world.now_ms, self.clock_settings[device.name], changes_of(device, seq)
        )

    def drop_one(self, device: Device, pick: int) -> None:
        """Have the owner give up a refused unit."""
        aside = sorted(put_aside(device))
        if aside:
            unit = aside[pick % len(aside)]
            device.replica.drop(unit)
            self.record.dropped.add(unit)

    def resend_one(self, device: Device, pick: int) -> None:
        """Have the owner send a refused unit again."""
        aside = sorted(put_aside(device))
        if aside:
            before = kept_units(device)
            device.replica.resend(aside[pick % len(aside)])
            after = kept_units(device)
            # What is sent again keeps its place, or goes to the end when nothing waits for it.
            renamed = [unit for unit in before if unit not in after]
            fresh = [unit for unit in after if unit not in before]
            if len(renamed) != len(fresh):
                raise Violation("S4: a unit that was to be sent again is gone")
            for old, new in zip(renamed, fresh, strict=True):
                made = self.record.units[old]
                self.record.sent_again[old] = new
                self.record.units[new] = Confirmed(
                    made.tablet, made.true_ms, made.clock_setting, made.changes
                )

    # --- the office --------------------------------------------------------------------------------------------------

    def office(self) -> Any:
        """A session of the server itself."""
        self.world.now_ms += 1_000
        return self.world.office()

    # --- the network -------------------------------------------------------------------------------------------------

    def deliver(self, device: Device, body: bytes, *, late: bool) -> bytes:
        """Have the hub answer a request, and look whether the answer shows what the person may not see."""
        scopes = self.scopes_of(device)
        with Session(self.world.engine) as session:
            caller = Caller(device.name, device.owner, COMPANY, scopes)
            request = wire.decode_request(body)
            response = self.world.hub.look(session, caller, request, self.world.now_ms)
            if response is None:
                session.rollback()
                response = self.world.hub.exchange(session, caller, request, self.world.now_ms)
        _refuse_foreign(response, scopes)
        if not late:
            self._note_arrival(device, request)
        self.world.now_ms += 7
        return wire.encode(response)

    def _note_arrival(self, device: Device, request: wire.Request) -> None:
        setting = self.clock_settings[device.name]
        for unit in request.units:
            made = self.record.units.get(unit.id)
            if made is not None and made.clock_setting == setting:
                self.record.arrived_at_once[unit.id, self.world.now_ms] = made.true_ms

    def scopes_of(self, device: Device) -> frozenset[str]:
        """What the device's owner may see now."""
        statement = "SELECT role, store_id, active FROM staff WHERE id = ?"
        found = connection_of(self.world.engine).execute(statement, [device.owner]).fetchone()
        return _scopes_in(device.owner, *found)

    def sync(self, device: Device, link: "Link | None" = None) -> bool:
        """A whole sync over a link; False when it broke off."""
        try:
            device.sync_over((link or Link(self, device)).exchange)
        except ConnectionLost:
            return False
        return True

    def sync_and_crash(self, device: Device, at: int) -> None:
        """A sync in which the app is killed at its statement of that number, and started again."""
        fuse = self.company.fuses[device.name]
        fuse.set(at)
        try:
            self.sync(device)
        except Crash:
            fuse.put_out()
            device.open()
        finally:
            fuse.put_out()

    def settle(self) -> None:
        """Let everything that is on its way arrive, and everybody sync until nothing is left to say."""
        self.mailbox.deliver_all()
        # Who has something to say goes first: the others then hear all of it at once, and need not come again.
        behind = sorted(self.devices, key=lambda device: not pending(device))
        heard: dict[str, int] = {}
        for _ in range(8):
            for device in behind:
                device.sync_over(Link(self, device).exchange)
                heard[device.name] = self._newest_news()
            stuck = [device for device in self.devices if pending(device)]
            for device in stuck:  # they wait for a refused unit: its owner gives it up
                self.drop_one(device, 0)
            newest = self._newest_news()
            behind = [device for device in self.devices if device in stuck or heard[device.name] < newest]
            if not behind:
                return
        raise Violation(f"S1: still not settled: {[(d.name, pending(d)) for d in self.devices]}")

    def look_for_echoes(self) -> None:
        """Have everybody sync once more after all is settled: nobody may have anything to say."""
        for device in self.devices:
            outcome = device.sync_over(Link(self, device).exchange)
            if outcome.sent or outcome.received:
                raise Violation(
                    f"S1: settled, {device.name} sends {outcome.sent}, receives {outcome.received}"
                )

    def _newest_news(self) -> int:
        """How much the hub has entered into its feed; whoever has synced since then has heard everything."""
        statement = "SELECT n FROM sync_counter WHERE name = 'feed'"
        newest: int = connection_of(self.world.engine).execute(statement).fetchone()[0]
        return newest


@cache
def _scopes_in(owner: str, role: str, store: str, active: int) -> frozenset[str]:
    staff = Staff(
        id=owner,
        company_id=COMPANY,
        code=owner,
        name=owner,
        role=Role(role),
        store_id=store,
        active=bool(active),
    )
    return scopes_of(staff, [Store(id=each, company_id=COMPANY, name=each) for each in STORES])


def _refuse_foreign(response: wire.Response, scopes: frozenset[str]) -> None:
    specs = catalogue()
    if any(set(page.columns) - set(specs[page.table].public) for page in response.filled):
        raise Violation("S5: private columns were filled in")
    for page in response.rows:
        spec = specs[page.table]
        masked = spec.masked_from(scopes)
        if set(page.columns) - set(spec.public):
            raise Violation(f"S5: private columns of {page.table} were handed out")
        if spec.policy.parent is None:
            for row in page.rows:
                values = dict(zip(page.columns, row, strict=True))
                if any(values[column] is not None for column in masked):
                    raise Violation(f"S5: a masked column of {page.table} was handed out")
                if not (spec.own_scopes(values) | spec.reader_scopes(values)) & scopes:
                    raise Violation(f"S5: a foreign row of {page.table} was handed out")


class Link:
    """The network of one sync; at the exchange of number `at` (from 0) `fault` happens."""

    def __init__(self, run: Run, device: Device, fault: "Fault | None" = None, at: int = 0) -> None:
        self._run, self._device, self._fault, self._at = run, device, fault, at
        self._number = 0

    async def exchange(self, request: wire.Request) -> wire.Response:
        number, self._number = self._number, self._number + 1
        body = wire.encode(msgspec.structs.replace(request, limit=min(request.limit, self._run.page_rows)))
        if self._fault is not None and number == self._at:
            return wire.decode_response(self._fault(self._run, self._device, body))
        return wire.decode_response(self._run.deliver(self._device, body, late=False))


Fault = Callable[[Run, Device, bytes], bytes]
"""What happens to a request instead of being answered; the answer, or `ConnectionLost`."""
