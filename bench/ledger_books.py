"""Large books for the benchmarks: what members earned, redeemed, got back, as the product's rules post it."""

from collections.abc import Sequence
from random import Random
from typing import Any

from server.database import Database
from shared_models.ids import derived_id
from shared_models.loyalty.account import Account, Entry
from shared_models.loyalty.earning import Purchase, PurchaseLine
from shared_models.loyalty.ledger import Received, credit_payment, redeem
from shared_models.loyalty.scheme import DEFAULT_RULES
from shared_models.loyalty.tables import MemberAccount, PointsEntry, PointsLot
from shared_models.loyalty.tiers import tier_for
from shared_models.moments import DAY_MS
from shared_models.people.tables import Store
from shared_models.sales.tables import Customer
from shared_models.synced import Synced
from sync import bulk
from sync.schema import catalogue

COMPANY, STORE = "bench", "bench-store"
START_MS = 1_700_000_000_000
ENTRIES_A_MEMBER = 20
MEMBERS_A_WRITE = 5_000
TEMPLATES = 50
"""Histories that differ; members share them, under identifiers of their own."""

_History = tuple[Account, list[tuple[Entry, int]]]
_Tables = dict[type[Synced], list[dict[str, Any]]]


def member_id(number: int) -> str:
    """The identifier of a member, spread as real ones are."""
    return derived_id(COMPANY, "member", str(number))


def write_books(database: Database, members: int) -> int:
    """Write the accounts of so many members, lots and entries with them; how many entries."""
    histories = [_history(Random(seed)) for seed in range(TEMPLATES)]
    with database.writing() as session:
        session.add(Store(id=STORE, company_id=COMPANY, name="bench"))
    written = 0
    for first in range(0, members, MEMBERS_A_WRITE):
        numbers = range(first, min(first + MEMBERS_A_WRITE, members))
        with database.writing() as session:
            for model, rows in _rows(numbers, histories).items():
                _insert(session.connection(), model, rows)
                written += len(rows) if model is PointsEntry else 0
    return written


def _history(random: Random) -> _History:
    """Purchases, and now and then a redemption out of several lots, until there are exactly the entries wanted."""
    account, entries, event = Account(), list[tuple[Entry, int]](), 0
    while len(entries) < ENTRIES_A_MEMBER:
        event += 1
        at_ms = START_MS + event * DAY_MS
        posting = None
        if event % 4 == 0:
            spent = redeem(account, random.randrange(1, account.balance), at_ms=at_ms)
            posting = spent if len(entries) + len(spent.entries) <= ENTRIES_A_MEMBER else None
        if posting is None:
            amount_fen = random.randrange(10_000, 2_000_000)
            order = f"order-{event}"
            purchase = Purchase(order, (PurchaseLine(f"line-{event}", amount_fen),), at_ms)
            received = Received(f"payment-{event}", 0, amount_fen, at_ms)
            posting = credit_payment(account, purchase, received, DEFAULT_RULES)
        account = posting.account
        entries += [(entry, at_ms) for entry in posting.entries]
    return account, entries


def _rows(numbers: Sequence[int], histories: Sequence[_History]) -> _Tables:
    """The rows of these members, in the order in which they refer to each other."""
    tables: _Tables = {Customer: [], MemberAccount: [], PointsLot: [], PointsEntry: []}
    for number in numbers:
        account, entries = histories[number % len(histories)]
        customer_id = member_id(number)
        own = {lot.id: derived_id(lot.id, customer_id) for lot in account.lots}
        whose = {"company_id": COMPANY, "customer_id": customer_id}
        tables[Customer].append(
            {"id": customer_id, "company_id": COMPANY, "store_id": STORE, "name": f"member {number}",
             "phone": f"{13_000_000_000 + number}"}
        )  # fmt: skip
        tables[MemberAccount].append(
            {"id": customer_id, **whose, "balance": account.balance, "leased": 0, "debt": account.debt,
             "growth": account.growth, "tier": tier_for(account.growth, DEFAULT_RULES.tiers).name}
        )  # fmt: skip
        tables[PointsLot] += [
            {"id": own[lot.id], **whose, "earned": lot.earned, "remaining": lot.remaining, "earned_at_ms": lot.earned_at_ms}
            for lot in account.lots
        ]  # fmt: skip
        tables[PointsEntry] += [
            {"id": f"{customer_id[:28]}{place:04}", **whose, "kind": entry.kind.value, "points": entry.points,
             "growth": entry.growth, "lot_id": own[entry.lot_id] if entry.lot_id else None, "posted_at_ms": at_ms}
            for place, (entry, at_ms) in enumerate(entries)
        ]  # fmt: skip
    return tables


def _insert(connection: Any, model: type[Synced], rows: list[dict[str, Any]]) -> None:
    table = catalogue()[str(model.__tablename__)].table
    blank = _blank(model)
    names = tuple(column.name for column in table.columns)
    filled = [blank.get(name) for name in names]
    values = [[row.get(name, other) for name, other in zip(names, filled, strict=True)] for row in rows]
    bulk.insert(connection, table, names, values)


def _blank(model: type[Synced]) -> dict[str, Any]:
    """The columns of a row that nobody filled, as the model has them."""
    fields = model.model_fields.items()
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in fields
        if name != "id" and not field.is_required()
    }
