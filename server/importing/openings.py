"""Opening balances from a CSV file: who the members are, and the points they bring, lot by lot.

The header names the columns, in any order: `phone`, `points`, and optionally `name`, `growth`, `purchases`, `earned_on`,
`expires_on` and `member_no`. Each line is one lot; several lines of one number are one member, whose growth and purchases
stand on the first. `purchases` is what they bought there, in yuan; it counts towards tiers by purchases (T-04).
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from server.domain.loyalty.opening import OpeningLot, open_balance
from server.domain.loyalty.uniting import customer_with_phone
from shared_models.errors import RuleError
from shared_models.moments import day_bounds_ms
from shared_models.money import parse_yuan
from shared_models.people.tables import Store
from shared_models.phone import is_phone, normalise_phone
from shared_models.sales.numbers import member_number
from shared_models.sales.tables import Customer

_NEEDED = frozenset({"phone", "points"})
_KNOWN = _NEEDED | {"name", "growth", "purchases", "earned_on", "expires_on", "member_no"}


class OpeningRefused(Exception):
    """The file cannot be entered; `sentences` says of each line what is wrong. Nothing was entered."""

    def __init__(self, sentences: list[str]) -> None:
        """Say what is wrong, line by line."""
        super().__init__("; ".join(sentences))
        self.sentences = sentences


@dataclass
class _Incoming:
    name: str
    member_no: str
    growth: int
    spent_fen: int
    line: int
    lots: list[OpeningLot] = field(default_factory=list)


def open_members(session: Session, store: Store, content: bytes, *, at_ms: int) -> int:
    """Enter every member of the file with their lots and growth; how many members. The same file again adds nothing.

    A number that is known is the same customer, who becomes a member with these points. Raises `OpeningRefused`.
    """
    incoming = _read(content)
    problems = []
    for phone, member in incoming.items():
        customer = customer_with_phone(session, store.company_id, phone)
        if customer is None:
            customer = Customer(
                company_id=store.company_id, store_id=store.id, name=member.name or phone, phone=phone
            )
            session.add(customer)
            session.flush()
        customer.member_no = customer.member_no or member.member_no or member_number(customer.id)
        try:
            open_balance(
                session,
                customer.id,
                member.lots,
                growth=member.growth,
                at_ms=at_ms,
                spent_fen=member.spent_fen,
            )
        except RuleError as refused:
            problems.append(f"line {member.line}: {phone} holds points here already ({refused.code})")
    if problems:
        raise OpeningRefused(problems)
    return len(incoming)


def _read(content: bytes) -> dict[str, _Incoming]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = frozenset(reader.fieldnames or ())
    if not columns >= _NEEDED or not columns <= _KNOWN:
        wrong = ", ".join(sorted((_NEEDED - columns) | (columns - _KNOWN)))
        raise OpeningRefused([f"line 1: these columns are missing or unknown: {wrong}"])
    members: dict[str, _Incoming] = {}
    problems = []
    for number, row in enumerate(reader, start=2):
        try:
            _take(members, row, number)
        except ValueError as problem:
            problems.append(f"line {number}: {problem}")
    if problems:
        raise OpeningRefused(problems)
    return members


def _take(members: dict[str, _Incoming], row: Mapping[str, str | None], number: int) -> None:
    cells = {name: (value or "").strip() for name, value in row.items() if name}
    phone = normalise_phone(cells["phone"])
    if not is_phone(phone):
        raise ValueError(f"{cells['phone']!r} is no phone number")
    if phone not in members:
        growth = _count(cells.get("growth") or "0", "growth")
        spent_fen = _money(cells.get("purchases", ""), "purchases")
        members[phone] = _Incoming(
            cells.get("name", ""), cells.get("member_no", ""), growth, spent_fen, number
        )
    member = members[phone]
    points = _count(cells["points"] or "0", "points")
    if points:
        earned_on, expires_on = (_date(cells.get(name, ""), name) for name in ("earned_on", "expires_on"))
        member.lots.append(OpeningLot(str(len(member.lots)), points, expires_on, earned_on))


def _count(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"{name} is {text!r}; write a whole number, 0 or more")
    return int(text)


def _money(text: str, name: str) -> int:
    try:
        fen = parse_yuan(text) if text else 0
    except RuleError:
        fen = -1
    if fen < 0:
        raise ValueError(f"{name} is {text!r}; write an amount in yuan such as 12880.50, 0 or more")
    return fen


def _date(text: str, name: str) -> str | None:
    if not text:
        return None
    try:
        day_bounds_ms(text)
    except ValueError:
        raise ValueError(f"{name} is {text!r}; write a date such as 2026-12-31") from None
    return text
