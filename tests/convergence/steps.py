"""The vocabulary of the simulation: everything that people, networks and clocks do to the engine.

A step is a name and four small numbers; what they mean is up to the step. So a run is a list of plain values: it can be
printed, replayed, and made shorter by leaving steps out.
"""

import random
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from shared_models.loyalty.tables import Scheme
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Lead, LeadStage
from shared_models.stock.tables import Product
from sync.device import state
from tests.convergence.company import STAGES, Trial, make_trial
from tests.convergence.faults import ConnectionLost, Crash
from tests.convergence.record import Written, by_key
from tests.convergence.run import Fault, Link, Run, is_long
from tests.convergence.world import (
    COMPANY,
    Device,
    connection_of,
    make_customer,
    make_follow_up,
    make_lead,
    make_payment,
    make_sale,
)

Step = tuple[str, int, int, int, int]
Doing = Callable[[Run, Device, int, int, int], None]

_DOING: dict[str, tuple[int, Doing]] = {}
YEAR_MS = 365 * 24 * 3_600_000


def step(weight: int) -> Callable[[Doing], Doing]:
    """Register a step, drawn in proportion to its weight."""

    def register(doing: Doing) -> Doing:
        _DOING[doing.__name__] = (weight, doing)
        return doing

    return register


def drawn(seed: int) -> list[Step]:
    """The steps of a seed."""
    chance = random.Random(seed)
    count = chance.randint(8, 24) if is_long(seed) else chance.randint(3, 8)
    names = chance.choices(list(_DOING), [weight for weight, _ in _DOING.values()], k=count)
    return [(name, *(chance.randrange(1_000) for _ in range(4))) for name in names]  # type: ignore[misc]


def take(run: Run, each: Step) -> None:
    """Do one step."""
    name, who, *numbers = each
    _DOING[name][1](run, run.device(who), *numbers)


# --- what people do --------------------------------------------------------------------------------------------------


@step(10)
def edit_a_trial(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Change one column, or several in one action; each column merges by another policy."""
    _edit(run, device, _picked(device, "simulated_trial", pick), what, more)


@step(2)
def count_alike(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Two tablets count the same movement in the same record, and neither knows of the other: that is two movements."""
    others = [other for other in run.devices if other is not device]
    other = others[what % len(others)]
    shared = sorted(_ids(device, "simulated_trial") & _ids(other, "simulated_trial"))
    if shared:
        for each in (device, other):
            _edit(run, each, shared[pick % len(shared)], 64, more)


@step(3)
def be_killed_while_editing(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    _edit(run, device, _picked(device, "simulated_trial", pick), what, more, crash_at=more % 4)


def _edit(
    run: Run, device: Device, row_id: str | None, what: int, more: int, crash_at: int | None = None
) -> None:
    if row_id is None:
        return
    serial = run.next_serial()
    delta = (-2, -1, 1, 1)[more % 4]  # few, so that two count the same

    def body(session: Session) -> list[Written]:
        row = session.get_one(Trial, row_id)
        written = []
        if what & 1:
            row.amount = serial
            written.append(Written("simulated_trial", row_id, "amount", serial))
        if what & 2:
            row.title = f"title {serial}"
            written.append(Written("simulated_trial", row_id, "title", row.title))
        if what & 4:
            kept = row.tags[1:] if what & 8 else row.tags
            row.tags = sorted([*kept, f"tag {serial}"])
            written.append(Written("simulated_trial", row_id, "tags", f"tag {serial}"))
        if what & 16:
            lines = row.notes.split("\n")
            lines[more % len(lines)] += f" <{serial}>"
            row.notes = "\n".join(lines)
            written.append(Written("simulated_trial", row_id, "notes", f"<{serial}>"))
        if what & 32:
            row.stage = STAGES[more % len(STAGES)]
        if what & 64:
            row.stock += delta
        return written + (_fill_in(row, more, serial) if what & 128 else [])

    unit = run.act(device, body, crash_at)
    if unit and what & 64 and delta:
        run.record.added.append((unit, row_id, delta))


def _fill_in(row: Trial, more: int, serial: int) -> list[Written]:
    key = ("width", "floor", "colour")[more % 3]
    row.extras = {**row.extras, key: serial}
    return [Written("simulated_trial", row.id, f"extras.{key}", serial)]


@step(4)
def edit_a_lead(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    row_id = _picked(device, "lead", pick)
    if row_id is None:
        return
    serial = run.next_serial()

    def body(session: Session) -> list[Written]:
        lead = session.get_one(Lead, row_id)
        written = [Written("lead", row_id, "budget_fen", serial)]
        lead.budget_fen = serial
        if what % 3 == 0:
            lead.stage = list(LeadStage)[more % len(LeadStage)]
        if what % 4 == 0:
            lead.name = f"name {serial}"  # its search key changes with it
            written.append(Written("lead", row_id, "name", lead.name))
        return written

    run.act(device, body)


@step(4)
def log_a_follow_up(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A fact, and an edit of its lead, in one unit."""
    row_id = _picked(device, "lead", pick)
    if row_id is None:
        return

    def body(session: Session) -> list[Written]:
        lead = session.get_one(Lead, row_id)
        session.add(make_follow_up(lead, device.owner, device.replica.now_ms()))
        lead.intent = ("high", "medium", "low")[what % 3]
        return []

    run.act(device, body)


@step(4)
def make_records(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A new record, for oneself or for somebody else, perhaps with one that refers to it; perhaps a foreign one."""
    owner = ("amy", "bob", "cat", device.owner, device.owner, device.owner)[what % 6]
    store = "south" if owner == "cat" else "north"
    serial = run.next_serial()

    def body(session: Session) -> list[Written]:
        trial = make_trial(owner, store, amount=serial, tags=[f"tag {serial}"])
        session.add(trial)
        written = [Written("simulated_trial", trial.id, "amount", serial)]
        if more % 3 == 0:
            customer = make_customer(store, notes=f"<{serial}>")
            lead = make_lead(owner, store, customer_id=customer.id, budget_fen=serial)
            session.add_all([customer, lead, make_follow_up(lead, device.owner, device.replica.now_ms())])
            written.append(Written("lead", lead.id, "budget_fen", serial))
        return written

    run.act(device, body)


@step(3)
def delete_something(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    model: Any = (Trial, Lead)[what % 2]
    row_id = _picked(device, model.__tablename__, pick)
    if row_id is None:
        return

    def body(session: Session) -> list[Written]:
        session.delete(session.get_one(model, row_id))
        return []

    run.act(device, body)


@step(3)
def hand_over(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Change who is in charge, and with it who sees the row."""
    model: Any = (Trial, Lead)[what % 2]
    row_id = _picked(device, model.__tablename__, pick)
    if row_id is None:
        return

    def body(session: Session) -> list[Written]:
        row = session.get_one(model, row_id)
        row.owner_id = ("amy", "bob", "cat")[more % 3]
        row.store_id = "south" if row.owner_id == "cat" else "north"
        return []

    run.act(device, body)


@step(4)
def sell(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """An order with its line and first payment in one unit; it may spend more points than there are, or be overpaid."""
    customer = _picked(device, "customer", pick, "enrolled_at_ms IS NOT NULL")
    if customer is None:
        return
    scheme = connection_of(device.engine).execute("SELECT max(id) FROM scheme").fetchone()[0]
    spent = (0, 0, 100, 400, 1_000)[what % 5]
    total = 10_000 + what * 7

    def body(session: Session) -> list[Written]:
        paid = total + 1 if more % 9 == 0 else total * (more % 4 + 1) // 4
        now = device.replica.now_ms()
        session.add_all(
            make_sale(
                customer,
                device.owner,
                at_ms=now,
                total_fen=total,
                paid_fen=paid,
                scheme=scheme,
                spent=spent,
            )
        )
        return []

    run.act(device, body)


@step(3)
def take_a_payment(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A further payment for an order that another till may be taking money for as well."""
    order = _picked(device, "sales_order", pick)
    if order is not None:
        fen = 3_333 + what * 11

        def body(session: Session) -> list[Written]:
            session.add(make_payment(order, device.owner, device.replica.now_ms(), fen))
            return []

        run.act(device, body)


@step(2)
def enrol(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A new member, made at the tablet, with the gift that the scheme has."""

    def body(session: Session) -> list[Written]:
        store = "south" if device.owner == "cat" else "north"
        session.add(make_customer(store, enrolled_at_ms=device.replica.now_ms()))
        return []

    run.act(device, body)


@step(4)
def settle_a_conflict(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Take the other value, or keep the one that stands."""
    found = [
        conflict
        for conflict in device.replica.open_conflicts()
        if _has(device, conflict.about_table, conflict.about_id)
    ]
    if not found:
        return
    conflict = sorted(found, key=lambda each: each.id)[pick % len(found)]

    choose = device.replica.take_other if what % 3 else device.replica.keep_current
    run.do(device, lambda: choose(conflict.id))


@step(3)
def answer_a_refusal(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Send a refused unit again, or give it up."""
    if what % 2:
        run.resend_one(device, pick)
    else:
        run.drop_one(device, pick)


# --- what the office does --------------------------------------------------------------------------------------------


@step(3)
def office_edits(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    model: Any = (Trial, Lead)[what % 2]
    row_id = _picked_at_hub(run, model.__tablename__, pick)
    if row_id is None:
        return
    with run.office() as session:
        row = session.get_one(model, row_id)
        if more % 3 == 0:
            row.owner_id = ("amy", "bob", "cat")[what % 3]
            row.store_id = "south" if row.owner_id == "cat" else "north"
        elif model is Trial:
            row.verdict, row.secret = f"verdict {run.next_serial()}", f"secret {run.serial}"
        else:
            row.region = f"region {run.next_serial()}"


@step(1)
def office_deletes(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    row_id = _picked_at_hub(run, "simulated_trial", pick)
    if row_id is not None:
        with run.office() as session:
            row = session.get_one(Trial, row_id)
            run.record.deleted_by_office += [
                Written("simulated_trial", row_id, column, value)
                for column, value in by_key(row.model_dump()).items()
            ]
            session.delete(row)


@step(2)
def change_a_role(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Promote, demote, move to the other store, dismiss, or take back."""
    with run.office() as session:
        staff = session.get_one(Staff, device.owner)
        match what % 5:
            case 0 | 1:
                staff.role = Role.STORE_MANAGER if staff.role == Role.SALES else Role.SALES
            case 2 | 3:
                staff.store_id = "south" if staff.store_id == "north" else "north"
            case _:
                staff.active = not staff.active


@step(1)
def publish_a_scheme(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A new version of the scheme, and a new price."""
    with run.office() as session:
        serial = run.next_serial()
        rules = {"base_rate": str(1 + what % 3), "welcome_gift": 100 * (more % 5)}
        session.add(
            Scheme(
                id=f"scheme-{serial}",
                company_id=COMPANY,
                version=serial,
                valid_from_ms=run.world.now_ms,
                rules=rules,
            )
        )
        session.get_one(Product, "sofa").price_fen = serial


# --- what networks, clocks and machines do ---------------------------------------------------------------------------


@step(12)
def sync(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    run.sync(device)


@step(12)
def sync_badly(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A sync with one fault in one of its exchanges."""
    faults = (
        _lost,
        _kept_back,
        _answer_lost,
        _doubled,
        _hub_killed(more),
        _overtaken(more),
        _edited_meanwhile(more),
    )
    run.sync(device, Link(run, device, faults[what % len(faults)], at=pick % 3))


@step(4)
def be_killed_while_syncing(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    run.sync_and_crash(device, what % 40)


@step(3)
def late_request_arrives(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A request that the network kept back, long after newer ones, and perhaps not for the last time."""
    run.mailbox.deliver(pick, again=bool(what % 2))


@step(1)
def restart(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    device.open()


@step(1)
def begin_the_copy_anew(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """What a device does that was away for longer than the log, or that has been upgraded; pending units stay."""
    with device.engine.begin() as connection:
        state.write(connection, cursor="")


@step(2)
def set_the_clock(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Wrong by up to ten years, either way; set again it may run backwards."""
    span = (1_000, 3_600_000, 86_400_000, 10 * YEAR_MS)[what % 4]
    device.clock_ms = (pick - 500) * span // 500
    run.clock_settings[device.name] += 1


@step(2)
def time_passes(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    run.world.now_ms += (1_000, 3_600_000, 86_400_000, 40 * 86_400_000)[what % 4]


def _lost(run: Run, device: Device, body: bytes) -> bytes:
    raise ConnectionLost


def _kept_back(run: Run, device: Device, body: bytes) -> bytes:
    run.mailbox.keep(lambda: run.deliver(device, body, late=True))
    raise ConnectionLost


def _answer_lost(run: Run, device: Device, body: bytes) -> bytes:
    run.deliver(device, body, late=False)
    raise ConnectionLost


def _doubled(run: Run, device: Device, body: bytes) -> bytes:
    run.deliver(device, body, late=False)
    run.mailbox.keep(lambda: run.deliver(device, body, late=True))
    return run.deliver(device, body, late=False)


def _hub_killed(at: int) -> Fault:
    """The hub is killed at one of its statements and starts again."""

    def fault(run: Run, device: Device, body: bytes) -> bytes:
        run.company.hub_fuse.set(at % 60)
        try:
            return run.deliver(device, body, late=False)
        except Crash:
            raise ConnectionLost from None
        finally:
            run.company.hub_fuse.put_out()

    return fault


def _overtaken(pick: int) -> Fault:
    """Another device syncs between the request and its answer's arrival, and this one's request is sent twice at once."""

    def fault(run: Run, device: Device, body: bytes) -> bytes:
        answer = run.deliver(device, body, late=False)
        other = run.device(pick)
        if other is not device:
            run.sync(other)
        return answer

    return fault


def _edited_meanwhile(pick: int) -> Fault:
    """The person goes on working while the answer is on its way."""

    def fault(run: Run, device: Device, body: bytes) -> bytes:
        answer = run.deliver(device, body, late=False)
        _edit(run, device, _picked(device, "simulated_trial", pick), 215, pick)
        return answer

    return fault


def _picked(device: Device, table: str, pick: int, condition: str = "1") -> str | None:
    return _one_of(connection_of(device.engine), table, pick, condition)


def _picked_at_hub(run: Run, table: str, pick: int) -> str | None:
    return _one_of(connection_of(run.world.engine), table, pick, "1")


def _one_of(connection: Any, table: str, pick: int, condition: str) -> str | None:
    ids = connection.execute(f"SELECT id FROM {table} WHERE {condition} ORDER BY id").fetchall()
    return ids[pick % len(ids)][0] if ids else None


def _ids(device: Device, table: str) -> set[str]:
    return {row_id for (row_id,) in connection_of(device.engine).execute(f"SELECT id FROM {table}")}


def _has(device: Device, table: str, row_id: str) -> bool:
    found = connection_of(device.engine).execute(f"SELECT 1 FROM {table} WHERE id = ?", [row_id])
    return found.fetchone() is not None
