"""What people do at their tablets."""

from typing import Any

from sqlmodel import Session

from shared_models.sales.tables import Lead, LeadStage
from tests.convergence.company import STAGES, Trial, make_trial
from tests.convergence.memory import connection_of
from tests.convergence.record import Written
from tests.convergence.run import Run
from tests.convergence.vocabulary import has_row, ids_of, picked, step
from tests.convergence.world import (
    Device,
    make_customer,
    make_follow_up,
    make_lead,
    make_payment,
    make_sale,
)


@step(10)
def edit_a_trial(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Change one column, or several in one action; each column merges by another policy."""
    edit(run, device, picked(device, "simulated_trial", pick), what, more)


@step(2)
def count_alike(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Two tablets count the same movement in the same record, and neither knows of the other: that is two movements."""
    others = [other for other in run.devices if other is not device]
    other = others[what % len(others)]
    shared = sorted(ids_of(device, "simulated_trial") & ids_of(other, "simulated_trial"))
    if shared:
        for each in (device, other):
            edit(run, each, shared[pick % len(shared)], 64, more)


@step(3)
def be_killed_while_editing(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    edit(run, device, picked(device, "simulated_trial", pick), what, more, crash_at=more % 4)


def edit(
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
    row_id = picked(device, "lead", pick)
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
    row_id = picked(device, "lead", pick)
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
    row_id = picked(device, model.__tablename__, pick)
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
    row_id = picked(device, model.__tablename__, pick)
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
    customer = picked(device, "customer", pick, "enrolled_at_ms IS NOT NULL")
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
    order = picked(device, "sales_order", pick)
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
        if has_row(device, conflict.about_table, conflict.about_id)
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
