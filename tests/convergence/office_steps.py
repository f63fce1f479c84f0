"""What the office does at the server itself."""

from typing import Any

from sqlmodel import Session

from shared_models.loyalty.tables import Scheme
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Lead
from shared_models.stock.tables import Product
from sync.hub import sightings
from sync.hub.trimming import DAY_MS, trim
from tests.convergence.company import Trial
from tests.convergence.record import Written, by_key
from tests.convergence.run import Run
from tests.convergence.vocabulary import picked_at_hub, step
from tests.convergence.world import COMPANY, Device


@step(3)
def office_edits(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    model: Any = (Trial, Lead)[what % 2]
    row_id = picked_at_hub(run, model.__tablename__, pick)
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
    row_id = picked_at_hub(run, "simulated_trial", pick)
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


@step(2)
def days_pass(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Something is deleted, some tablets call and others do not; then the hub forgets what it need not tell any more (S7)."""
    office_deletes(run, device, pick, what, more)
    run.world.now_ms += (2, 40, 400)[what % 3] * DAY_MS
    for at, each in enumerate(run.devices):
        if more >> at & 1:
            run.sync(each)
    with Session(run.world.engine) as session:
        sightings.write(session, run.world.hub.seen.take())
        trim(session, run.world.now_ms)
        session.commit()
