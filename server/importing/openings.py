"""Members who are taken over, from a CSV file: who they are, and the points, growth and purchases they bring, lot by lot.

The header names the columns, in any order and in either language (`COLUMNS`); all but the number and the points may be
missing. Each line is one lot; several lines of one number are one member, whose growth and purchases stand on the first.
Purchases are what they bought there, in yuan; they count towards tiers by purchases (T-04).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, select

from server.domain.loyalty.opening import OpeningLot, is_opened_otherwise, lot_id, open_balance
from server.domain.loyalty.uniting import customer_with_phone
from server.importing.converters import CONVERTERS
from server.importing.reading import NumberedRow, SourceFile, rows_of
from server.importing.refusals import CellError, Refusal
from server.importing.report import PREVIEW_ROWS, Report, TableCounts
from server.importing.rows import Row
from shared_models.loyalty.tables import MemberAccount, PointsLot
from shared_models.people.tables import Store
from shared_models.sales.numbers import member_number
from shared_models.sales.tables import Customer

COLUMNS = {
    "phone": "手机",
    "points": "积分",
    "name": "姓名",
    "member_no": "会员号",
    "store": "门店",
    "growth": "成长值",
    "purchases": "消费额",
    "earned_on": "获得日期",
    "expires_on": "到期日",
}
"""What a column is called in English and in Chinese."""


@dataclass(slots=True)
class Incoming:
    """A member as the file says; `row` is the first line about them."""

    phone: str
    file: str
    row: int
    name: str = ""
    member_no: str = ""
    store: str = ""
    growth: int = 0
    spent_fen: int = 0
    lots: list[OpeningLot] = field(default_factory=list)

    def refused(self, code: str, column: str = "", value: str = "") -> Refusal:
        """Why this member is not taken over."""
        return Refusal(self.file, self.row, code, column, value)


@dataclass(frozen=True, slots=True)
class Taking:
    """A member who can be taken over: the customer whom the company knows by the number, or the store of a new one."""

    incoming: Incoming
    customer: Customer | None
    store_id: str
    is_member: bool
    known_lots: int


def read_members(source: SourceFile) -> tuple[list[Incoming], list[Refusal], int]:
    """The members of a file, what of it was refused, and how many lines it has.

    One line that cannot be read holds back the others of its number.
    """
    columns = {name: each for name, zh in COLUMNS.items() for each in (name, zh) if each in source.header}
    members: dict[str, Incoming] = {}
    refusals: list[Refusal] = []
    spoiled: dict[str, int] = {}
    count = 0
    for row in rows_of(source):
        count += 1
        if isinstance(row, Refusal):
            refusals.append(row)
            continue
        phone = ""
        try:
            phone = _cell(row, columns, "phone")
            _take(members.setdefault(phone, Incoming(phone, source.name, row.row)), row, columns)
        except _WrongCell as wrong:
            refusals.append(
                Refusal(source.name, row.row, wrong.code, wrong.column, wrong.value, wrong.details)
            )
            spoiled.setdefault(phone, row.row)
    for phone, row_number in spoiled.items():
        held = members.pop(phone, None)
        if held is not None and held.row != row_number:
            refusals.append(Refusal(source.name, held.row, "member_held", details={"row": row_number}))
    return list(members.values()), refusals, count


def settle_members(
    session: Session, company_id: str, incoming: Iterable[Incoming], usual_store_id: str | None = None
) -> tuple[list[Taking], list[Refusal]]:
    """Who can be taken over, and who cannot and why. Writes nothing.

    A number that is known is the same customer. Somebody new belongs to the store that the file names, else to
    `usual_store_id`, else to the only store that the company has.
    """
    found = session.exec(select(Store.name, Store.id).where(Store.company_id == company_id)).all()
    stores = dict(found)
    usual = usual_store_id or (found[0][1] if len(found) == 1 else None)
    taken: list[Taking] = []
    refusals: list[Refusal] = []
    firsts: dict[str, Incoming] = {}
    for member in incoming:
        first = firsts.setdefault(member.phone, member)
        if first is not member:
            refusals.append(
                Refusal(member.file, member.row, "repeated_differently", details={"first": first.row})
            )
            continue
        customer = customer_with_phone(session, company_id, member.phone)
        store_id = stores.get(member.store) if member.store else usual
        if customer is None and store_id is None:
            code = "store_unknown" if member.store else "store_missing"
            refusals.append(member.refused(code, COLUMNS["store"], member.store))
        elif customer is not None and is_opened_otherwise(session, customer.id, member.lots):
            refusals.append(member.refused("member_opened", COLUMNS["phone"], member.phone))
        else:
            taken.append(_taking(session, member, customer, store_id or ""))
    return taken, refusals


def take_over(session: Session, company_id: str, taken: Iterable[Taking], *, at_ms: int) -> None:
    """Enter them with their lots, growth and purchases; the same again adds nothing."""
    for each in taken:
        incoming, customer = each.incoming, each.customer
        if customer is None:
            name = incoming.name or incoming.phone
            customer = Customer(
                company_id=company_id, store_id=each.store_id, name=name, phone=incoming.phone
            )
            session.add(customer)
            session.flush()
        customer.member_no = customer.member_no or incoming.member_no or member_number(customer.id)
        open_balance(
            session,
            customer.id,
            incoming.lots,
            growth=incoming.growth,
            at_ms=at_ms,
            spent_fen=incoming.spent_fen,
        )


def with_members(report: Report, taken: Sequence[Taking]) -> Report:
    """The report with how many customers, members and lots are new, and the first of those who become members."""
    if not taken:
        return report
    known, members = sum(each.customer is not None for each in taken), sum(each.is_member for each in taken)
    lots, known_lots = sum(len(each.incoming.lots) for each in taken), sum(each.known_lots for each in taken)
    tables = dict(report.tables)
    for table, new, there in (
        ("customer", len(taken) - known, known),
        ("pointslot", lots - known_lots, known_lots),
        ("memberaccount", len(taken) - members, members),
    ):
        before = tables.get(table, TableCounts(0, 0, 0))
        tables[table] = TableCounts(before.created + new, before.updated, before.unchanged + there)
    preview = {
        "memberaccount": [_shown(each.incoming) for each in taken if not each.is_member][:PREVIEW_ROWS]
    }
    return replace(
        report, tables=tables, preview=report.preview | {name: rows for name, rows in preview.items() if rows}
    )


def _shown(member: Incoming) -> Row:
    return {
        "name": member.name,
        "phone": member.phone,
        "balance": sum(lot.points for lot in member.lots),
        "growth": member.growth,
        "spent_fen": member.spent_fen,
    }


def _taking(session: Session, member: Incoming, customer: Customer | None, store_id: str) -> Taking:
    if customer is None:
        return Taking(member, None, store_id, is_member=False, known_lots=0)
    ids = [lot_id(customer.id, lot.key) for lot in member.lots]
    known = session.exec(select(PointsLot.id).where(col(PointsLot.id).in_(ids))).all()
    is_member = session.get(MemberAccount, customer.id) is not None
    return Taking(member, customer, customer.store_id, is_member=is_member, known_lots=len(known))


class _WrongCell(Exception):
    """A cell that cannot be read, and why."""

    def __init__(self, error: CellError, column: str, value: str) -> None:
        super().__init__(error.code)
        self.code, self.details, self.column, self.value = error.code, error.details, column, value


def _take(member: Incoming, row: NumberedRow, columns: dict[str, str]) -> None:
    """Add what one line says of a member."""
    values = {name: _cell(row, columns, name) for name in COLUMNS}
    if member.row == row.row:
        for name in ("name", "member_no", "store", "growth"):
            setattr(member, name, values[name])
        member.spent_fen = values["purchases"]
    if values["points"]:
        key = str(len(member.lots))
        member.lots.append(OpeningLot(key, values["points"], values["expires_on"], values["earned_on"]))


def _cell(row: NumberedRow, columns: dict[str, str], name: str) -> Any:
    """What a line says in a column, as the ledger takes it; nothing said is nothing, zero or no day."""
    column = columns.get(name, "")
    text = row.cells.get(column, "").strip()
    if not text and name != "phone":
        return _EMPTY.get(name, "")
    try:
        return _READ[name](text)
    except CellError as error:
        raise _WrongCell(error, column, text) from None


def _count(text: str) -> int:
    number: int = CONVERTERS["integer"]((text,), {})
    if number < 0:
        raise CellError("number_out_of_range", range="≥ 0")
    return number


def _converted(name: str, **options: Any) -> Callable[[str], Any]:
    return lambda text: CONVERTERS[name]((text,), options)


_READ: dict[str, Callable[[str], Any]] = {
    "phone": _converted("phone"),
    "points": _count,
    "name": _converted("text"),
    "member_no": _converted("text"),
    "store": _converted("text"),
    "growth": _count,
    "purchases": _converted("money", fen_per_unit=100),
    "earned_on": _converted("local_date", format="%Y-%m-%d"),
    "expires_on": _converted("local_date", format="%Y-%m-%d"),
}
_EMPTY: dict[str, Any] = {"points": 0, "growth": 0, "purchases": 0, "earned_on": None, "expires_on": None}
