"""A draft with its price: what is due, what it earns, and what is still wrong with it, in words."""

from dataclasses import dataclass

from mobile.state.queries.sale import Party
from mobile.state.sale_draft import SaleDraft
from mobile.text import error_sentence, formats, t
from shared_models.errors import RuleError
from shared_models.loyalty.earning import Credit, credits_for_payment, spent_fen
from shared_models.loyalty.scheme import BonusKind
from shared_models.money import parse_yuan
from shared_models.phone import is_phone, normalise_phone
from shared_models.sales.pricing import PaidByPoints, PointsForecast, Quote, forecast_points, quote


@dataclass(frozen=True, slots=True)
class Priced:
    """What the summary shows. `quote` is None while a line or the coupon cannot be priced."""

    draft: SaleDraft
    party: Party
    quote: Quote | None
    line_errors: dict[str, str]
    coupon_error: str | None
    pay_now_fen: int
    deposit_error: str | None
    points: PointsForecast
    sold_at_ms: int

    @property
    def due_fen(self) -> int:
        """To be paid for everything."""
        return self.quote.due_fen if self.quote else 0

    @property
    def gross_fen(self) -> int:
        """Products at list price."""
        return sum(line.gross_fen for line in self.draft.lines if not line.is_service)

    @property
    def hand_fen(self) -> int:
        """Taken off by hand, on products and services."""
        return sum(line.cart.hand_discount_fen for line in self.quote.lines) if self.quote else 0

    @property
    def tier_fen(self) -> int:
        """Taken off by the member's tier."""
        return sum(line.discount_fen for line in self.quote.lines) - self.hand_fen if self.quote else 0

    @property
    def paid_now_fen(self) -> int:
        """What the payment made now covers of the products."""
        return spent_fen(self.quote.products_net_fen, self.pay_now_fen) if self.quote else 0

    @property
    def tier_after(self) -> str:
        """The tier once the whole sale is paid."""
        net_fen = self.quote.products_net_fen if self.quote else 0
        return self.party.tier_with(points=self.points.in_full, spent_fen=net_fen).name

    @property
    def credits(self) -> list[Credit]:
        """What the whole sale earns, each with the rule that gives it; nothing for somebody who is no member."""
        if self.quote is None or not self.points.in_full:
            return []
        bought = self.quote.purchase(
            order_id=self.draft.order_id, sold_at_ms=self.sold_at_ms, campaign=self.draft.campaign
        )
        return credits_for_payment(bought, paid_before_fen=0, amount_fen=self.due_fen, rules=self.party.rules)

    @property
    def campaign_points(self) -> int:
        """What the campaign code adds: 0 for a code that the scheme does not know, or that brings nothing here."""
        by_campaign = {rule.id for rule in self.party.rules.bonus if rule.kind == BonusKind.CAMPAIGN}
        return sum(credit.points for credit in self.credits if credit.rule in by_campaign)

    def problem(self) -> str | None:
        """The first thing that keeps the sale from being placed, as a sentence."""
        draft = self.draft
        if not draft.lines:
            return t("sale.problem_lines")
        broken = next(iter(self.line_errors.values()), None) or self.coupon_error
        return broken or _buyer_problem(draft, self.party) or self.deposit_error


def price(draft: SaleDraft, party: Party, *, now_ms: int) -> Priced:
    """Price a draft under the rules of the day, naming what cannot be read instead of failing."""
    line_errors = _line_errors(draft)
    priced, coupon_error = None, None
    if not line_errors:
        try:
            carts = [line.as_cart() for line in draft.lines]
            priced = quote(
                carts,
                tier=party.tier(),
                rules=party.rules,
                coupon_fen=_yuan(draft.coupon),
                points=PaidByPoints(draft.offset, party.spendable_points),
            )
        except RuleError as refused:
            coupon_error = error_sentence(refused.code, refused.details)
    due_fen = priced.due_fen if priced else 0
    pay_now_fen, deposit_error = _pay_now(draft, due_fen)
    points = PointsForecast(0, 0)
    if priced is not None and party.will_earn(draft, spent_fen(priced.products_net_fen, pay_now_fen)):
        purchase = priced.purchase(order_id=draft.order_id, sold_at_ms=now_ms, campaign=draft.campaign)
        points = forecast_points(purchase, pay_now_fen, party.rules)
    return Priced(draft, party, priced, line_errors, coupon_error, pay_now_fen, deposit_error, points, now_ms)


def _line_errors(draft: SaleDraft) -> dict[str, str]:
    errors = {}
    for line in draft.lines:
        try:
            line.as_cart()
        except RuleError:
            errors[line.id] = t("sale.discount_wrong", name=line.name)
    return errors


def _yuan(typed: str) -> int:
    return parse_yuan(typed) if typed.strip() else 0


def _pay_now(draft: SaleDraft, due_fen: int) -> tuple[int, str | None]:
    """The payment made now, and what is wrong with the deposit."""
    if draft.deposit is None:
        return due_fen, None
    if not draft.deposit.strip():
        return 0, t("sale.deposit_missing")
    try:
        deposit_fen = parse_yuan(draft.deposit)
    except RuleError as refused:
        return 0, error_sentence(refused.code, refused.details)
    if deposit_fen <= 0:
        return 0, t("sale.deposit_missing")
    if deposit_fen > due_fen:
        return 0, t("sale.deposit_above", due=formats.money(due_fen))
    return deposit_fen, None


def _buyer_problem(draft: SaleDraft, party: Party) -> str | None:
    if not party.store_id:
        return t("sale.problem_store")
    if party.customer is not None:
        return None
    if not draft.name.strip():
        return t("sale.problem_name")
    phone = normalise_phone(draft.phone)
    if draft.phone.strip() and not is_phone(phone):
        return t("sale.problem_phone")
    return None
