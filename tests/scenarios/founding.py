"""The set-up of a scenario: stores, people, the scheme, members and designers taken over, devices that have synced."""

from typing import Any

import msgspec
from sqlmodel import Session, select

from mobile.state.exchange import sync_once
from server.auth.tables import Credential
from server.domain.designers.levels import publish_levels
from server.domain.designers.roster import NewDesigner, take_in
from server.domain.figures.targets import agree_target, publish_kpi_rules
from server.domain.loyalty.opening import OpeningLot, lot_id, open_balance
from shared_models.ids import new_id
from shared_models.loyalty.scheme import parse_rules
from shared_models.loyalty.tables import Scheme as SchemeRow
from shared_models.moments import DAY_MS, HOUR_MS
from shared_models.money import parse_yuan
from shared_models.people.tables import Role, Staff, Store
from shared_models.phone import normalise_phone
from shared_models.sales.promise import first_due_ms
from shared_models.sales.tables import Customer, FollowUp, Lead, LeadStage
from shared_models.stock.tables import Product
from sync.clock import IMPLAUSIBLE_SKEW_MS
from sync.hub.recorder import SERVER, recording
from tests.passwords import quickly_hashed
from tests.scenarios.actions import Sale
from tests.scenarios.clock import MINUTE_MS, moment_ms
from tests.scenarios.desk import PASSWORD
from tests.scenarios.founding_format import Scheme
from tests.scenarios.founding_format import Staff as StaffEntry
from tests.scenarios.names import line_key
from tests.scenarios.values import UNSET
from tests.scenarios.world import COMPANY, MANAGER_CODE, Device, World, log_in

_LONG_AGO_MS = 800 * DAY_MS
_ROLES = {"sales": Role.SALES, "manager": Role.COMPANY_MANAGER}


async def found(world: World) -> None:
    """Make the world what the file says it is before the first step.

    In the product a store is a border: its people see its customers and orders. A scenario's stores are none, everything
    in the file may be observed on any of its devices; so all of them are counters of one showroom.
    """
    world.clock.now_ms = moment_ms(world.scenario.steps[0].at) if world.scenario.steps else 0
    with world.services.database.writing() as session:
        with recording(session, author=SERVER, at_ms=world.clock.now_ms):
            _found_stores_and_people(world, session)
        with recording(session, author=SERVER, at_ms=world.clock.now_ms):
            _found_open_leads(world, session)
            _found_scheme(world, session)
        with recording(session, author=SERVER, at_ms=world.clock.now_ms):
            _take_members_over(world, session)
            _take_designers_in(world, session)
            _found_kpi(world, session)
            _found_products(world, session)
    for device, entry in zip(world.devices.values(), world.scenario.founding.devices, strict=True):
        await _start_device(world, device, entry.clock_minutes)


def _found_stores_and_people(world: World, session: Session) -> None:
    founding = world.scenario.founding
    showroom = Store(company_id=COMPANY, name="the showroom")
    session.add(showroom)
    for number, entry in enumerate(founding.staff):
        person = _person(entry, f"S{number:04}", showroom.id)
        session.add(person)
        session.flush()
        session.add(_credential(person, world))
        world.names.bind("staff", entry.id, person.id)
        world.codes[entry.id] = person.code
    manager = Staff(company_id=COMPANY, code=MANAGER_CODE, name="manager", role=Role.COMPANY_MANAGER)
    manager.store_id = showroom.id
    session.add(manager)
    session.flush()
    session.add(_credential(manager, world))


def _credential(person: Staff, world: World) -> Credential:
    return Credential(
        staff_id=person.id, password_hash=quickly_hashed(PASSWORD), changed_at_ms=world.clock.now_ms
    )


def _person(entry: StaffEntry, code: str, store_id: str) -> Staff:
    return Staff(
        company_id=COMPANY,
        code=code,
        name=entry.id,
        role=_ROLES[entry.role],
        store_id=store_id,
        regions=sorted(entry.regions),
        categories=sorted(entry.categories),
        capacity=entry.capacity,
        on_leave=entry.on_leave,
    )


def _found_open_leads(world: World, session: Session) -> None:
    """The leads that people hold already: inquired long ago, answered in time, nothing promised."""
    at_ms = world.clock.now_ms - _LONG_AGO_MS
    for entry in world.scenario.founding.staff:
        owner = session.get_one(Staff, world.names.system("staff", entry.id))
        for _ in range(entry.open):
            lead = Lead(
                company_id=COMPANY,
                store_id=owner.store_id or "",
                owner_id=owner.id,
                name="held already",
                stage=LeadStage.CONTACTED,
                inquired_at_ms=at_ms,
                first_reached_at_ms=at_ms + HOUR_MS,
            )
            contact = FollowUp(
                id=new_id(),
                company_id=COMPANY,
                lead_id=lead.id,
                staff_id=owner.id,
                occurred_at_ms=at_ms + HOUR_MS,
            )
            assert contact.occurred_at_ms < first_due_ms(at_ms)
            session.add_all([lead, contact])


def rules_of(scheme: Scheme) -> dict[str, Any]:
    """The product's document for a scheme; it is written in the same words."""
    rules: dict[str, Any] = msgspec.to_builtins(scheme)
    return rules


def _found_scheme(world: World, session: Session) -> None:
    """Version 1, in force from before the first step."""
    rules = rules_of(world.scenario.founding.scheme)
    parse_rules(rules)
    session.add(SchemeRow(company_id=COMPANY, version=1, valid_from_ms=0, rules=rules))


def _take_members_over(world: World, session: Session) -> None:
    """Members with what they hold elsewhere, as opening balances."""
    store_id = session.exec(select(Store.id)).one()
    for entry in world.scenario.founding.members:
        customer = Customer(
            company_id=COMPANY, store_id=store_id, name=entry.id, phone=normalise_phone(entry.phone)
        )
        session.add(customer)
        session.flush()
        world.names.bind("member", entry.id, customer.id)
        lots = [OpeningLot(lot.id, lot.points, lot.expires) for lot in entry.lots or []]
        if entry.points:
            lots = [OpeningLot("points", entry.points)]
        open_balance(session, customer.id, lots, growth=entry.growth, at_ms=world.clock.now_ms)
        for lot in lots:
            world.names.bind("lot", lot.key, lot_id(customer.id, lot.key))


def _take_designers_in(world: World, session: Session) -> None:
    founding = world.scenario.founding
    if founding.designer_levels is UNSET:
        return
    document = msgspec.to_builtins(founding.designer_levels)
    publish_levels(session, COMPANY, document, valid_from_ms=0)
    for entry in founding.designers:
        new = NewDesigner(
            entry.id,
            level=entry.level or None,
            history_fen=parse_yuan(entry.history) if entry.history else 0,
            joined_year=entry.joined or None,
        )
        designer = take_in(session, COMPANY, new, staff_id=None, now_ms=world.clock.now_ms)
        world.names.bind("designer", entry.id, designer.id)


def _found_kpi(world: World, session: Session) -> None:
    kpi = world.scenario.founding.kpi
    if kpi is UNSET:
        return
    document = msgspec.to_builtins(kpi)
    targets = document.pop("targets")
    publish_kpi_rules(session, COMPANY, document, valid_from_ms=0)
    for name, target in targets.items():
        staff = session.get_one(Staff, world.names.system("staff", name))
        sales = target.get("sales")
        agree_target(
            session,
            staff,
            followups=target.get("followups"),
            sales_fen=None if sales is None else parse_yuan(sales),
            valid_from_ms=0,
        )


def _found_products(world: World, session: Session) -> None:
    """What an article costs is known in the back office alone: a device's sale names the article."""
    for step in world.scenario.steps:
        if not isinstance(step, Sale) or step.on is UNSET:
            continue
        for line in step.lines:
            if line.cost is not UNSET:
                key = line_key(step.id, line.id)
                product = Product(
                    company_id=COMPANY,
                    sku=key,
                    name=line.id,
                    category=line.category,
                    kind=line.kind,
                    price_fen=parse_yuan(line.price),
                    cost_fen=parse_yuan(line.cost),
                )
                session.add(product)
                world.names.bind("product", key, product.id)


async def _start_device(world: World, device: Device, clock_minutes: int) -> None:
    """Log in and sync; a clock that a manager would be told of is set wrong only after that."""
    plausible = abs(clock_minutes * MINUTE_MS) <= IMPLAUSIBLE_SKEW_MS
    device.clock.minutes = clock_minutes if plausible else 0
    await log_in(world, device)
    with device.network.up():
        await sync_once(device.app)
    device.clock.minutes = clock_minutes
