"""Imported returns: whole orders that came back, posted as the app posts a return (R7)."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from server.importing.drafting import Draft, Drafts
from server.importing.loyalty import Ledger, Versions, purchase_line
from server.importing.rows import Row, rows_by_id, rows_where
from shared_models.loyalty.account import Entry
from shared_models.loyalty.earning import Purchase, PurchaseLine, net_of
from shared_models.loyalty.returns import OrderHistory, return_lines
from shared_models.loyalty.tables import EntryKind


@dataclass(frozen=True, slots=True)
class ReturnedOrder:
    """A return to be posted: the order as sold, and the lines that come back with it."""

    draft: Draft
    order: Row
    purchase: Purchase
    history: OrderHistory

    @property
    def customer_id(self) -> str:
        """Whose points are concerned."""
        return str(self.order["customer_id"])


def settle_returns(session: Session, drafts: Drafts) -> list[ReturnedOrder]:
    """Complete the returns that are new with what is left of their orders; refuse those of which nothing is left."""
    wanted = drafts.of("salereturn")
    known = rows_by_id(session, "salereturn", wanted)
    fresh = [draft for draft in wanted.values() if draft.id not in known]
    order_ids = {draft.fields["order_id"] for draft in fresh}
    orders, lines = _orders(session, drafts, order_ids), _lines(session, drafts, order_ids)
    histories = _histories(session, drafts, order_ids)
    returned = []
    for draft in fresh:
        order_id = draft.fields["order_id"]
        order, history = orders[order_id], histories[order_id]
        purchase = Purchase(order_id, tuple(lines.get(order_id, ())), order["sold_at_ms"])
        remaining = sorted(line.id for line in purchase.without(history.returned_line_ids).lines)
        refusal = "" if remaining else "already_returned"
        if history.paid_fen < purchase.due_fen:
            refusal = "order_unpaid"
        if refusal:
            drafts.refuse(draft.origin, refusal)
            del wanted[draft.id]
            continue
        draft.fields |= {"line_ids": remaining, "returned_at_ms": order["sold_at_ms"]}
        draft.fields["refund_fen"] = purchase.without(history.returned_line_ids).due_fen
        returned.append(ReturnedOrder(draft, order, purchase, history))
    return returned


def post_returns(ledger: Ledger, returned: list[ReturnedOrder], versions: Versions) -> None:
    """Claw the points of each return back, under the scheme version of its order (R7)."""
    planned = {row["id"]: row for row in ledger.plan.of("salereturn").created}
    for each in returned:
        member, return_id = ledger.members[each.customer_id], each.draft.id
        at_ms = each.draft.fields["returned_at_ms"]
        own = (*each.history.entries, *ledger.entries_of(each.purchase.order_id))
        outcome = return_lines(
            member.account,
            each.purchase,
            each.draft.fields["line_ids"],
            return_id=return_id,
            history=replace(each.history, entries=own),
            rules=versions[each.order["scheme_id"]],
            at_ms=at_ms,
        )
        planned[return_id]["refund_fen"] = outcome.refund_fen
        came_back = each.draft.fields["line_ids"]
        member.spent_fen -= net_of(line for line in each.purchase.products if line.id in came_back)
        links = {"return_id": return_id, "scheme_id": each.order["scheme_id"], "posted_at_ms": at_ms}
        ledger.post(each.customer_id, outcome.posting, action_id=return_id, **links)


def _histories(session: Session, drafts: Drafts, order_ids: set[str]) -> dict[str, OrderHistory]:
    """What has happened to each order, as stored, and its drafted payments."""
    paid: dict[str, int] = dict.fromkeys(order_ids, 0)
    for row in rows_where(session, "payment", "order_id", order_ids):
        paid[row["order_id"]] += row["amount_fen"]
    for payment in drafts.of("payment").values():
        if payment.fields["order_id"] in order_ids:
            paid[payment.fields["order_id"]] += payment.fields["amount_fen"]
    gone: dict[str, set[str]] = {order_id: set() for order_id in order_ids}
    for row in rows_where(session, "salereturn", "order_id", order_ids):
        gone[row["order_id"]].update(row["line_ids"])
    entries: dict[str, list[Entry]] = {order_id: [] for order_id in order_ids}
    for row in sorted(rows_where(session, "pointsentry", "order_id", order_ids), key=_ledger_order):
        entries[row["order_id"]].append(
            Entry(
                EntryKind(row["kind"]),
                row["points"],
                row["growth"],
                row["lot_id"],
                row["order_id"],
                row["rule"],
            ),
        )
    return {
        order_id: OrderHistory(paid[order_id], frozenset(gone[order_id]), tuple(entries[order_id]))
        for order_id in order_ids
    }


def _ledger_order(row: Row) -> tuple[int, str]:
    return row["posted_at_ms"], row["id"]


def _orders(session: Session, drafts: Drafts, order_ids: set[str]) -> dict[str, Row]:
    """The orders, as stored or else as drafted."""
    drafted = {
        order_id: draft.fields
        for order_id, draft in drafts.of("sales_order").items()
        if order_id in order_ids
    }
    return drafted | rows_by_id(session, "sales_order", order_ids)


def _lines(session: Session, drafts: Drafts, order_ids: set[str]) -> dict[str, list[PurchaseLine]]:
    """The lines of each order, as stored and as drafted."""
    found = {row["id"]: row for row in rows_where(session, "orderline", "order_id", order_ids)}
    for line in drafts.of("orderline").values():
        if line.fields["order_id"] in order_ids:
            found.setdefault(line.id, line.fields | {"id": line.id})
    lines: dict[str, list[PurchaseLine]] = {}
    for line_id, row in found.items():
        lines.setdefault(row["order_id"], []).append(purchase_line(line_id, row))
    return lines
