"""A sale that is being made: kept on this device at every change, so that neither leaving nor a kill loses it."""

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from mobile.state.local import LocalFacts
from mobile.state.queries.products import ProductRow
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.money import parse_yuan, percent_of
from shared_models.sales.pricing import CartLine
from shared_models.stock.tables import ProductKind

EMPTY = "new"
"""The subject of a sale that began without a lead or customer."""
METHODS = ("wechat", "alipay", "card", "cash", "transfer")
_MOST_UNITS = 999
_TENTHS = 10
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One article in the draft; `discount` as it was typed: `300` in yuan, `8.8 折` or `12%` of the line."""

    id: str
    product_id: str | None
    sku: str
    name: str
    category: str
    kind: str
    price_fen: int
    quantity: int = 1
    discount: str = ""

    @property
    def is_service(self) -> bool:
        """Whether it is a service, which earns nothing and carries no coupon."""
        return self.kind == ProductKind.SERVICE

    @property
    def gross_fen(self) -> int:
        """The whole line at its price."""
        return self.price_fen * self.quantity

    @property
    def discount_fen(self) -> int:
        """What is taken off by hand; refuses what cannot be read or exceeds the line (`RuleError`)."""
        return parse_discount(self.discount, self.gross_fen)

    def as_cart(self) -> CartLine:
        """The line as pricing takes it."""
        return CartLine(self.id, self.price_fen, self.quantity, self.kind, self.category, self.discount_fen)


@dataclass(frozen=True, slots=True)
class SaleDraft:
    """What has been entered so far. `order_id` is the order it becomes, so that it cannot become two."""

    order_id: str = field(default_factory=new_id)
    customer_id: str | None = None
    name: str = ""
    phone: str = ""
    enrol: bool = True
    lines: tuple[DraftLine, ...] = ()
    coupon: str = ""
    deposit: str | None = None
    """The deposit in yuan as typed; None when all is paid now."""
    method: str = METHODS[0]
    note: str = ""
    offset: int | Literal["max"] = 0
    """Points to pay with, as many as may be for `max`."""
    campaign: str = ""
    """The code of the campaign that the customer came by."""
    designer_id: str | None = None
    coupon_id: str | None = None
    """The recorded coupon that `coupon` is the amount of; None for one that was typed."""

    @property
    def units(self) -> int:
        """Articles in the draft."""
        return sum(line.quantity for line in self.lines)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing would be lost without it."""
        entered = (self.lines, self.name, self.phone, self.coupon, self.note, self.offset, self.campaign)
        return not any((*entered, self.designer_id))

    def adding(self, product: ProductRow) -> "SaleDraft":
        """With one more of an article, in the line that has it already if there is one."""
        for line in self.lines:
            if line.product_id == product.id:
                return self.stepping(line.id, 1)
        line = DraftLine(
            new_id(), product.id, product.sku, product.name, product.category, product.kind, product.price_fen
        )
        return replace(self, lines=(*self.lines, line))

    def adding_service(self, name: str, price_fen: int) -> "SaleDraft":
        """With a service at a price agreed for this sale, such as freight."""
        line = DraftLine(new_id(), None, "", name, "", ProductKind.SERVICE, price_fen)
        return replace(self, lines=(*self.lines, line))

    def changing(self, line_id: str, **values: Any) -> "SaleDraft":
        """With one line changed; a line of no units is gone."""
        changed = (replace(line, **values) if line.id == line_id else line for line in self.lines)
        return replace(self, lines=tuple(line for line in changed if line.quantity > 0))

    def stepping(self, line_id: str, more: int) -> "SaleDraft":
        """With so many more units, or fewer, in one line."""
        quantity = sum(line.quantity for line in self.lines if line.id == line_id)
        return self.changing(line_id, quantity=min(_MOST_UNITS, quantity + more))

    def units_of(self, product_id: str) -> int:
        """How many of an article are in the draft."""
        return sum(line.quantity for line in self.lines if line.product_id == product_id)


def parse_discount(typed: str, gross_fen: int) -> int:
    """Fen off a line for what was typed: `300` yuan, `8.8 折` or `88折` (88 per cent is paid), `12%` (is taken off).

    Refuses what is no discount or exceeds the line (`RuleError("discount")`).
    """
    plain = typed.strip().replace(" ", "").replace("％", "%")
    if not plain:
        return 0
    if plain.endswith("折"):
        paid = _number(plain.removesuffix("折"), typed)
        percent = _WHOLE - (paid * _TENTHS if paid <= _TENTHS else paid)
    elif plain.endswith("%"):
        percent = _number(plain.removesuffix("%"), typed)
    else:
        try:
            fen = parse_yuan(plain.replace("￥", "¥"))
        except RuleError:
            raise RuleError("discount", text=typed) from None
        return _within(fen, gross_fen, typed)
    return _within(percent_of(gross_fen, percent), gross_fen, typed)


def _number(text: str, typed: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise RuleError("discount", text=typed) from None
    if not number.is_finite() or not 0 < number <= _WHOLE:
        raise RuleError("discount", text=typed)
    return number


def _within(fen: int, gross_fen: int, typed: str) -> int:
    if not 0 <= fen <= gross_fen:
        raise RuleError("discount", text=typed)
    return fen


class SaleDrafts:
    """The drafts of this device, one for each lead or customer and one for a sale that began with nobody."""

    def __init__(self, facts: LocalFacts) -> None:
        """Keep them beside the other facts of the device; they never sync."""
        self._facts = facts

    def load(self, subject: str) -> SaleDraft | None:
        """The draft for a subject, or None."""
        kept = self._facts.read(_key(subject))
        if kept is None:
            return None
        lines = tuple(DraftLine(**line) for line in kept.pop("lines"))
        return SaleDraft(**kept, lines=lines)

    def keep(self, subject: str, draft: SaleDraft) -> None:
        """Remember the draft in place of the one before; one in which nothing was entered is forgotten."""
        self._facts.write(_key(subject), None if draft.is_untouched else asdict(draft))

    def forget(self, subject: str) -> None:
        """Drop the draft: it has become an order, or was given up."""
        self._facts.write(_key(subject), None)


def _key(subject: str) -> str:
    return f"sale:{subject}"
