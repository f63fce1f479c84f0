"""One person, one customer: two rows with one phone number become one, and both identifiers mean it from then on (R19)."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import inspect, update
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, SQLModel, col, func, select

from server.domain.loyalty.books import Books, books_of
from server.domain.loyalty.spending import unite_purchases
from shared_models.ids import derived_id
from shared_models.loyalty.account import Entry
from shared_models.loyalty.ledger import WELCOME
from shared_models.loyalty.ledger import unite as unite_accounts
from shared_models.loyalty.stored import entry_of
from shared_models.loyalty.tables import EntryKind, MemberAccount, PointsEntry
from shared_models.phone import normalise_phone
from shared_models.sales.tables import Customer
from shared_models.synced import Merge
from sync import wire
from sync.clock import Stamp
from sync.conflict import Conflict, conflict_row
from sync.hub import devices, feed
from sync.hub.tables import SyncRowState
from sync.merge import merge_row
from sync.places import Place
from sync.schema import TableSpec, catalogue

_TABLE = "customer"
_KEPT = frozenset(
    {"id", "company_id", "store_id", "phone", "name_key", "member_no", "enrolled_at_ms", "merged_into"}
)
"""What the customer who stays keeps of itself; everything else of the two merges by R13."""
_NEVER: list[int | str] = [0, 0, "", ""]
"""The stamp of a value that nobody is known to have written."""


def customer_of(session: Session, customer_id: str) -> Customer | None:
    """The customer that an identifier means: the row itself, or the one that it turned out to be."""
    customer = session.get(Customer, customer_id)
    if customer is not None and customer.merged_into:
        return session.get_one(Customer, customer.merged_into)
    return customer


def customer_with_phone(
    session: Session, company_id: str, phone: str, *, other_than: str = ""
) -> Customer | None:
    """The company's customer with this number, however it is written; the one known first, should there be several."""
    number = normalise_phone(phone)
    if not number:
        return None
    _wait_for_others_with(session, company_id, number)
    same = select(Customer).where(
        Customer.company_id == company_id, Customer.phone == number, col(Customer.merged_into).is_(None)
    )
    return session.exec(same.where(Customer.id != other_than).order_by(col(Customer.id))).first()


def _wait_for_others_with(session: Session, company_id: str, number: str) -> None:
    """Let one transaction at a time deal with a number, so that two tills cannot both find it new; SQLite has one writer."""
    if session.get_bind().dialect.name == "postgresql":
        key = int(derived_id("phone", company_id, number), 16) % 2**63
        session.connection().execute(select(func.pg_advisory_xact_lock(key)))


def unite(session: Session, duplicate: Customer, customer: Customer, *, now_ms: int) -> None:
    """Make `duplicate` the same as `customer`: fields merge by R13, orders and points add up (R19)."""
    _merge_fields(session, duplicate, customer)
    if duplicate.store_id != customer.store_id:
        customer.known_in = sorted({*customer.known_in, duplicate.store_id})
    _unite_books(session, duplicate, customer, now_ms)
    for row, name in _references_to(session, duplicate.id):
        setattr(row, name, customer.id)
    duplicate.merged_into = customer.id
    session.flush()


def renamed(session: AnySession, units: Sequence[wire.Unit]) -> Sequence[wire.Unit]:
    """The same units, speaking of the customer who stays wherever they name one who turned out to be the same person."""
    named = _customers_in([change for unit in units for change in unit.changes])
    if not named:
        return units
    merged = select(Customer.id, Customer.merged_into).where(
        col(Customer.id).in_(named), col(Customer.merged_into).is_not(None)
    )
    now: dict[str, str] = {row.id: row.merged_into for row in session.execute(merged)}
    if not now:
        return units
    return [
        msgspec.structs.replace(unit, changes=[_renamed(change, now) for change in unit.changes])
        for unit in units
    ]


def _customers_in(changes: Sequence[wire.Change]) -> set[str]:
    found = {change.row for change in changes if change.table == _TABLE}
    columns = {table: _customer_columns(table) for table in {change.table for change in changes}}
    for change in changes:
        for name in columns[change.table]:
            value = change.fields.get(name)
            if isinstance(value, str):
                found.add(value)
    return found


def _renamed(change: wire.Change, now: dict[str, str]) -> wire.Change:
    row = now.get(change.row, change.row) if change.table == _TABLE else change.row
    names = _customer_columns(change.table)
    fields = {
        name: now.get(value, value) if name in names and isinstance(value, str) else value
        for name, value in change.fields.items()
    }
    if change.table == _TABLE and "id" in fields:
        fields["id"] = row
    return msgspec.structs.replace(change, row=row, fields=fields)


def _customer_columns(table: str) -> frozenset[str]:
    spec = catalogue().get(table)
    columns = spec.columns.values() if spec else ()
    return frozenset(column.name for column in columns if column.references == _TABLE)


def _references_to(session: Session, customer_id: str) -> Iterator[tuple[Any, str]]:
    """Every row that refers to a customer, and the column in which it does."""
    for spec in catalogue().values():
        names = set(_customer_columns(spec.name))
        parent = spec.policy.parent
        if parent and parent.table_column:
            names.add(parent.column)
        for name in names:
            model = _model(spec)
            column = getattr(model, name)
            found = select(model).where(column == customer_id)
            if parent and parent.table_column and name == parent.column:
                found = found.where(getattr(model, parent.table_column) == _TABLE)
            for row in session.exec(found).all():
                yield row, name


def _model(spec: TableSpec) -> type[Any]:
    for mapper in inspect(Customer).registry.mappers:
        if mapper.local_table is spec.table:
            found: type[Any] = mapper.class_
            return found
    raise KeyError(spec.name)


def _merge_fields(session: Session, duplicate: Customer, customer: Customer) -> None:
    """Give the customer what only the duplicate says; where both say something, the later value stands (R13)."""
    session.flush()
    states = feed.states_of(session.connection(), _TABLE, [duplicate.id, customer.id])
    theirs, stamps = (states[each.id][1] if each.id in states else {} for each in (duplicate, customer))
    for place, value in _said(duplicate):
        packed = theirs.get(place.stamp_key) or theirs.get("") or _NEVER
        merged = merge_row(
            catalogue()[_TABLE],
            customer.model_dump(),
            {name: Stamp.unpacked(known[:3]) for name, known in stamps.items()},
            {place.column: place.column_value(customer.model_dump(), value)},
            _without(place, customer.model_dump()),
            Stamp.unpacked(packed[:3]),
        )
        for lost in merged.lost:
            known = stamps.get(place.stamp_key) or stamps.get("") or _NEVER
            about = (_TABLE, customer.company_id, customer.id)
            names = devices.names(session.connection(), (packed[2], known[2]))
            session.add(Conflict(**conflict_row(duplicate.id, about, lost, (packed, known), names)))
        for column, taken in merged.fields.items():
            setattr(customer, column, taken)
        stamps |= {name: [*new.packed(), packed[3]] for name, new in merged.stamps.items()}
    session.flush()
    _keep_stamps(session, customer.id, stamps)


def _said(duplicate: Customer) -> Iterator[tuple[Place, Any]]:
    """What a row says that is not what an empty one would say, place by place."""
    empty = Customer(company_id="", store_id="", name="").model_dump()
    for name, value in duplicate.model_dump(exclude=set(_KEPT)).items():
        if value == empty[name]:
            continue
        if catalogue()[_TABLE].columns[name].merge is Merge.FIELDS:
            yield from ((Place(name, key), each) for key, each in value.items())
        else:
            yield Place(name), value


def _without(place: Place, row: dict[str, Any]) -> dict[str, Any]:
    """What somebody had seen who knew nothing of this place."""
    if place.key:
        return {place.column: place.column_value(row, None)}
    return {place.column: Customer(company_id="", store_id="", name="").model_dump()[place.column]}


def _keep_stamps(session: Session, customer_id: str, stamps: dict[str, Any]) -> None:
    """The values keep the moments at which people wrote them, so that later edits are judged against those."""
    state: Any = SQLModel.metadata.tables[str(SyncRowState.__tablename__)]
    chosen = (state.c.tbl == _TABLE) & (state.c.row_id == customer_id)
    session.connection().execute(update(state).where(chosen).values(stamps=stamps))


def _unite_books(session: Session, duplicate: Customer, customer: Customer, now_ms: int) -> None:
    """Add the duplicate's account to the customer's; the one who joined first gives the date and the number."""
    other = books_of(session, duplicate.id, now_ms)
    if other is None:
        return
    books = books_of(session, customer.id, now_ms) or _empty_books(session, customer)
    gift = _second_gift(session, duplicate.id, customer.id)
    books.member.orders += other.member.orders
    joined = [at_ms for at_ms in (customer.enrolled_at_ms, duplicate.enrolled_at_ms) if at_ms is not None]
    customer.enrolled_at_ms = min(joined, default=now_ms)
    customer.member_no = customer.member_no or duplicate.member_no
    both = unite_accounts(books.account, other.account, gift, at_ms=now_ms)
    session.delete(other.member)
    for row, name in _references_to(session, duplicate.id):
        setattr(row, name, customer.id)
    books.post(both, event_id=f"{duplicate.id}:united", at_ms=now_ms)
    unite_purchases(session, duplicate.id, customer)
    books.close(now_ms)


def _empty_books(session: Session, customer: Customer) -> Books:
    member = MemberAccount(id=customer.id, company_id=customer.company_id, customer_id=customer.id)
    session.add(member)
    session.flush()
    opened = books_of(session, customer.id, 0)
    assert opened is not None  # noqa: S101 - it was opened in the line above
    return opened


def _second_gift(session: Session, duplicate_id: str, customer_id: str) -> Entry | None:
    """The duplicate's welcome gift, if the customer got one too and neither was taken back yet."""
    gifts = select(PointsEntry).where(PointsEntry.kind == EntryKind.ACTIVITY, PointsEntry.rule == WELCOME)
    mine = session.exec(gifts.where(PointsEntry.customer_id == customer_id)).first()
    theirs = session.exec(gifts.where(PointsEntry.customer_id == duplicate_id)).first()
    return entry_of(theirs) if mine is not None and theirs is not None else None
