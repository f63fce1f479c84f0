"""Points for imported sales and returns, by the same rules and in the same ledger as those of the app."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from server.importing.drafting import Draft, Drafts
from server.importing.planning import Plan
from server.importing.rows import Row, rows_by_id, rows_where
from shared_models.ids import derived_id
from shared_models.loyalty.account import Account, Entry, Lot, Posting
from shared_models.loyalty.earning import Purchase, PurchaseLine, spent_fen
from shared_models.loyalty.ledger import Received, credit_payment
from shared_models.loyalty.scheme import LoyaltyRules, parse_rules
from shared_models.loyalty.tables import Scheme
from shared_models.loyalty.tiers import counted_for_tiers, tier_for
from shared_models.stock.tables import ProductKind

Versions = dict[str | None, LoyaltyRules]
"""The rules of each version of the scheme by its identifier."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A version of the loyalty scheme; `is_new` when this run enters it."""

    id: str
    rules: LoyaltyRules
    is_new: bool = False


@dataclass(slots=True)
class Member:
    """One customer's account while a run posts to it. `row` is the account as it is stored, if it is."""

    before: Account
    account: Account
    row: Row | None
    orders: int = 0
    spent_fen: int = 0


@dataclass(slots=True)
class Ledger:
    """The accounts of the customers whom a run concerns, and the postings it makes to them."""

    plan: Plan
    members: dict[str, Member] = field(default_factory=dict)
    _entries: dict[str, list[Entry]] = field(default_factory=dict)

    def load(self, session: Session, customer_ids: set[str]) -> None:
        """Take in the accounts of these customers as they are stored; new customers begin with nothing.

        They stay locked until the run ends, or a sale of the same moment would be lost from the balance.
        """
        rows = rows_by_id(session, "memberaccount", customer_ids, lock=True)
        lots = rows_where(session, "pointslot", "customer_id", rows)
        ordered = sorted(lots, key=lambda row: (row["customer_id"], row["earned_at_ms"], row["id"]))
        lots_of = {
            customer: tuple(map(_lot, group))
            for customer, group in groupby(ordered, lambda row: row["customer_id"])
        }
        for customer_id in sorted(customer_ids):
            row = rows.get(customer_id)
            account = Account(lots_of.get(customer_id, ()))
            if row:
                account = Account(account.lots, row["debt"], row["growth"], row["leased"])
            member = Member(account, account, row)
            if row:
                member.orders, member.spent_fen = row["orders"], row["spent_fen"]
            self.members[customer_id] = member

    def post(self, customer_id: str, posting: Posting, *, action_id: str, **links: Any) -> None:
        """Enter a posting: its lines go to the ledger, its account becomes the member's. `links` are columns of the lines."""
        self.members[customer_id].account = posting.account
        for number, entry in enumerate(posting.entries):
            if entry.order_id:
                self._entries.setdefault(entry.order_id, []).append(entry)
            fields = {
                "customer_id": customer_id,
                "kind": entry.kind.value,
                "points": entry.points,
                "growth": entry.growth,
                "lot_id": entry.lot_id,
                "order_id": entry.order_id,
                "rule": entry.rule,
                **links,
            }
            self.plan.create("pointsentry", derived_id("entry", action_id, str(number)), fields)

    def entries_of(self, order_id: str) -> list[Entry]:
        """The lines that this run has entered for an order, in order."""
        return self._entries.get(order_id, [])

    def close(self, rules: LoyaltyRules) -> None:
        """Plan the lots and accounts as they now stand."""
        for customer_id, member in self.members.items():
            stored = {lot.id for lot in member.before.lots}
            for lot in Posting(member.account, ()).changed_lots(member.before):
                if lot.id in stored:
                    self.plan.of("pointslot").updated[lot.id] = {
                        "remaining": lot.remaining,
                        "earned": lot.earned,
                    }
                else:
                    self.plan.create("pointslot", lot.id, _lot_fields(customer_id, lot))
            fields = _account_fields(customer_id, member, rules)
            if member.row is None:
                self.plan.create("memberaccount", customer_id, fields)
            elif any(member.row[name] != value for name, value in fields.items()):
                self.plan.of("memberaccount").updated[customer_id] = fields


def scheme_in_force(session: Session, company_id: str, now_ms: int) -> Terms:
    """The company's newest scheme that is valid now; the programme that ships for a company without one."""
    query = select(Scheme).where(Scheme.company_id == company_id, Scheme.valid_from_ms <= now_ms)
    scheme = session.exec(query.order_by(col(Scheme.version).desc())).first()
    if scheme is not None:
        return Terms(scheme.id, parse_rules(scheme.rules))
    return Terms(derived_id(company_id, "scheme", "1"), parse_rules({}), is_new=True)


def scheme_versions(session: Session, company_id: str, scheme: Terms) -> Versions:
    """The rules of every version of the company's scheme; an order without one is under the version in force."""
    schemes = session.exec(select(Scheme).where(Scheme.company_id == company_id)).all()
    stored: Versions = {each.id: parse_rules(each.rules) for each in schemes}
    return {None: scheme.rules, scheme.id: scheme.rules} | stored


def enter_scheme(plan: Plan, scheme: Terms) -> None:
    """Plan the first version of the scheme where the company has none and now sells."""
    if scheme.is_new and plan.of("sales_order").created:
        plan.create("scheme", scheme.id, {"version": 1, "valid_from_ms": 0, "rules": {}})


def credit_orders(ledger: Ledger, drafts: Drafts, scheme: Terms, orders: list[Draft]) -> None:
    """Credit the payments of new orders, in the order in which they were sold (R1, R3)."""
    lines: dict[str, list[PurchaseLine]] = {}
    for line in drafts.of("orderline").values():
        lines.setdefault(line.fields["order_id"], []).append(purchase_line(line.id, line.fields))
    payments = {payment.fields["order_id"]: payment for payment in drafts.of("payment").values()}
    for order in orders:
        customer_id, sold_at_ms = order.fields["customer_id"], order.fields["sold_at_ms"]
        member = ledger.members[customer_id]
        member.orders += 1
        payment = payments.get(order.id)
        if payment is None:
            continue
        amount_fen = payment.fields["amount_fen"]
        purchase = Purchase(order.id, tuple(lines[order.id]), sold_at_ms)
        member.spent_fen += spent_fen(purchase.products_net_fen, amount_fen)
        posting = credit_payment(
            member.account,
            purchase,
            Received(payment.id, 0, amount_fen, sold_at_ms),
            scheme.rules,
        )
        ledger.post(
            customer_id,
            posting,
            action_id=payment.id,
            payment_id=payment.id,
            scheme_id=scheme.id,
            posted_at_ms=sold_at_ms,
        )


def purchase_line(line_id: str, fields: Row) -> PurchaseLine:
    """A stored or drafted order line as the loyalty rules see it."""
    return PurchaseLine(
        line_id,
        fields["net_fen"],
        fields.get("category", ""),
        fields.get("kind", ProductKind.PRODUCT),
        fields.get("offset_points", 0),
    )


def _lot(row: Row) -> Lot:
    return Lot(
        row["id"], row["earned"], row["remaining"], row["earned_at_ms"], row["expires_on"], row["order_id"]
    )


def _lot_fields(customer_id: str, lot: Lot) -> Row:
    return {
        "customer_id": customer_id,
        "order_id": lot.order_id,
        "earned": lot.earned,
        "remaining": lot.remaining,
        "earned_at_ms": lot.earned_at_ms,
        "expires_on": lot.expires_on,
    }


def _account_fields(customer_id: str, member: Member, rules: LoyaltyRules) -> Row:
    account = member.account
    counted = counted_for_tiers(rules, growth=account.growth, spent_fen=member.spent_fen)
    return {
        "customer_id": customer_id,
        "balance": account.balance,
        "leased": account.leased,
        "debt": account.debt,
        "growth": account.growth,
        "tier": tier_for(counted, rules.tiers).name,
        "orders": member.orders,
        "spent_fen": member.spent_fen,
    }
