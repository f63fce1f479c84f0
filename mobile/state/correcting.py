"""Giving values of a refused action, or of a conflict, anew: which can be given, and how what is typed becomes one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from mobile.state.application import App
from mobile.state.sale_draft import METHODS
from mobile.text import formats, word
from shared_models.errors import RuleError
from shared_models.moments import business_zone
from shared_models.money import parse_yuan
from shared_models.phone import is_phone, normalise_phone
from shared_models.sales.tables import Channel, Intent, LeadStage, OrderStatus, Outcome
from shared_models.synced import Merge
from sync.columns import ColumnSpec
from sync.device.outbox import Unit
from sync.device.refusals import Corrections
from sync.schema import SET_BY_HUB, TableSpec, catalogue, model_of
from sync.wire import Change

CHOICES: Mapping[str, Sequence[str]] = {
    "intent": tuple(Intent),
    "stage": tuple(LeadStage),
    "channel": tuple(Channel),
    "outcome": tuple(Outcome),
    "method": METHODS,
    "status": tuple(OrderStatus),
}
"""What the fields hold that are chosen instead of typed."""
_RECKONED_TABLES = frozenset({"orderline", "lease", "leaseend"})
_RECKONED = frozenset(
    {"products_net_fen", "services_fen", "coupon_fen", "offset_points", "offset_fen", "points", "number", "member_no"}
)  # fmt: skip
"""What was worked out when the action was done: changed alone it would no longer fit the rest."""
_ALWAYS_ASKED = frozenset({"name", "phone", "client_name", "note"})
"""Asked for a new row even where nothing was given."""
_FIELD_OF_CODE = {"overpaid": "amount_fen", "amount": "amount_fen", "phone": "phone", "reason": "reason"}
"""What a rule is about that says no field."""
_MOMENT = "%Y-%m-%d %H:%M"
Typed = str | tuple[str, ...] | None
"""What an editor holds: what was typed or chosen, or the chosen ones of several."""


class Form(StrEnum):
    """How a value is given."""

    TEXT = "text"
    LINES = "lines"
    PHONE = "phone"
    MONEY = "money"
    COUNT = "count"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a refused unit: where it stands, whether it is the refused one, and how it is given.

    `form` is None for the refused value of an edit that cannot be given anew here: it returns to what it was.
    """

    table: str
    row: str
    field: str
    value: Any
    before: Any
    is_refused: bool
    form: Form | None

    @property
    def key(self) -> str:
        """Its name within the unit."""
        return f"{self.table}-{self.row}-{self.field}"


def form_of(table: str, field: str) -> Form | None:
    """How a value of this column is given; None for what nobody gives by hand."""
    spec = catalogue().get(table)
    column = spec.columns.get(field) if spec else None
    if spec is None or column is None or column.private or column.references or column.merge in SET_BY_HUB:
        return None
    if word("field", field) == field:
        return None
    return _form(column)


def entries_of(unit: Unit) -> list[Entry]:
    """The values of a refused unit that its owner may give anew, in the order of the tables' columns."""
    tables = {change.table for change in unit.changes}
    found = [entry for change in unit.changes for entry in _entries(unit, change, tables)]
    return sorted(found, key=lambda entry: not entry.is_refused)


def as_typed(form: Form | None, value: Any) -> Typed:
    """A stored value as an editor holds it."""
    if form is Form.TAGS:
        return tuple(value or ())
    if form is Form.CHOICE:
        return None if value is None else str(value)
    if value is None:
        return ""
    if form is Form.MONEY:
        return formats.plain_money(int(value))
    return formats.local(int(value)).strftime(_MOMENT) if form is Form.MOMENT else str(value)


def as_value(table: str, field: str, typed: Any) -> Any:
    """What was typed as a value of this column. Raises `RuleError` (`money`, `phone`, `moment`, `quantity`, `bad_value`)."""
    column = catalogue()[table].columns[field]
    value = _read(_form(column), typed)
    if value is None and not column.nullable:
        value = column.empty()
    if not column.accepts(value):
        raise RuleError("bad_value", table=table, field=field)
    return value


def correct(app: App, unit: Unit, values: Mapping[str, Any]) -> None:
    """Send the unit again with `values` by the keys of its entries; what cannot be given anew returns to what it was."""
    corrections: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries_of(unit):
        value = entry.before if entry.form is None else values.get(entry.key, entry.value)
        corrections.setdefault((entry.table, entry.row), {})[entry.field] = value
    app.replica.correct(unit.id, _with_followers(unit.changes, corrections))
    app.loop.wake(at_once=True)


def _form(column: ColumnSpec) -> Form | None:  # noqa: PLR0911 - one line for each form
    if column.name in CHOICES:
        return Form.CHOICE
    if column.name.endswith("_fen"):
        return Form.MONEY
    if column.name.endswith("_at_ms"):
        return Form.MOMENT
    if column.name == "birthday":
        return Form.DAY
    if column.name == "phone":
        return Form.PHONE
    if column.types == (str,):
        return Form.LINES if column.merge is Merge.TEXT or column.name in {"note", "reason"} else Form.TEXT
    if column.types == (list,) and column.merge is Merge.SET:
        return Form.TAGS
    return Form.COUNT if column.types == (int,) else None


def _entries(unit: Unit, change: Change, tables: Iterable[str]) -> Iterable[Entry]:
    spec = catalogue().get(change.table)
    if spec is None or change.kind != "put":
        return
    for field in spec.public:
        if field not in change.fields:
            continue
        is_refused = _is_refused(unit, change, field)
        form = _form_here(spec, field, change, tables)
        value, before = change.fields[field], change.seen.get(field)
        is_asked = change.seen or is_refused or value not in (None, "", [], 0) or field in _ALWAYS_ASKED
        if (form and is_asked) or (is_refused and field in change.seen):
            yield Entry(change.table, change.row, field, value, before, is_refused, form)


def _form_here(spec: TableSpec, field: str, change: Change, tables: Iterable[str]) -> Form | None:
    """How the field is given, unless its value follows from something else in the unit."""
    follows = spec.columns[field].follows
    if (
        spec.name in _RECKONED_TABLES
        or field in _RECKONED
        or (follows and follows in {*change.fields, *tables})
    ):
        return None
    return form_of(spec.name, field)


def _is_refused(unit: Unit, change: Change, field: str) -> bool:
    if unit.details.get("table", change.table) != change.table:
        return False
    return field == (unit.details.get("field") or _FIELD_OF_CODE.get(unit.code))


def _with_followers(
    changes: Iterable[Change], corrections: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Corrections:
    """The corrections with what the model itself derives from them, such as the key by which a name is found."""
    complete: dict[tuple[str, str], dict[str, Any]] = {}
    for change in changes:
        given = dict(corrections.get((change.table, change.row), {}))
        if not given:
            continue
        made = model_of(change.table)(**(change.fields | given))
        columns = catalogue()[change.table].columns
        followers = [name for name in change.fields if columns[name].follows in given]
        complete[change.table, change.row] = given | {name: getattr(made, name) for name in followers}
    return complete


def _read(form: Form | None, typed: Any) -> Any:
    if form is Form.TAGS:
        return sorted(typed)
    text = (typed or "").strip()
    if not text:
        return "" if form in {Form.TEXT, Form.LINES, Form.PHONE, Form.DAY} else None
    return _READERS[form](text) if form in _READERS else text


def _phone(text: str) -> str:
    number = normalise_phone(text)
    if not is_phone(number):
        raise RuleError("phone", phone=text)
    return number


def _count(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise RuleError("quantity") from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise RuleError("moment", text=text) from None


def _moment(text: str) -> int:
    try:
        return int(datetime.strptime(text, _MOMENT).replace(tzinfo=business_zone()).timestamp() * 1000)
    except ValueError:
        raise RuleError("moment", text=text) from None


_READERS = {
    Form.MONEY: parse_yuan,
    Form.PHONE: _phone,
    Form.COUNT: _count,
    Form.DAY: _day,
    Form.MOMENT: _moment,
}
