"""Completes imported orders: who sold them, what their lines add up to, and how they were paid."""

from collections import defaultdict

from sqlmodel import Session

from server.importing.drafting import Draft, Drafts, Origin, stable_id
from server.importing.mapping import Mapping
from server.importing.rows import rows_by_id
from server.importing.staffing import Workforce


def settle_orders(
    session: Session,
    drafts: Drafts,
    workforce: Workforce,
    mappings: list[Mapping],
    scheme_id: str | None,
) -> list[Draft]:
    """Complete the orders that are new, and return them in the order in which they were sold.

    An order that is in the books already is left alone; a line that it does not have yet is refused.
    """
    orders, lines = drafts.of("sales_order"), _lines_by_order(drafts)
    known = rows_by_id(session, "sales_order", orders)
    _refuse_added_lines(session, drafts, {order_id: lines[order_id] for order_id in known})
    fresh = [draft for order_id, draft in orders.items() if order_id not in known]
    for order in fresh:
        _add_up(order, lines[order.id])
        order.fields["staff_id"] = _seller(workforce, order)
        order.fields["scheme_id"] = scheme_id
        for mapping in mappings:
            if mapping.payment_method and mapping.name in order.said:
                _pay_in_full(drafts, order, mapping)
    return sorted(fresh, key=lambda order: (order.fields["sold_at_ms"], order.fields["number"]))


def _lines_by_order(drafts: Drafts) -> dict[str, list[Draft]]:
    lines: dict[str, list[Draft]] = defaultdict(list)
    for line in drafts.of("orderline").values():
        lines[line.fields["order_id"]].append(line)
    return lines


def _refuse_added_lines(session: Session, drafts: Drafts, lines: dict[str, list[Draft]]) -> None:
    drafted = {line.id: line for group in lines.values() for line in group}
    present = rows_by_id(session, "orderline", drafted)
    for line_id in drafted.keys() - present.keys():
        drafts.refuse(drafted[line_id].origin, "order_settled")
        del drafts.of("orderline")[line_id]


def _add_up(order: Draft, lines: list[Draft]) -> None:
    """The order's net, and its lines numbered from 1 as they stand in the file."""
    order.fields["products_net_fen"] = sum(line.fields["net_fen"] for line in lines)
    for position, line in enumerate(lines, start=1):
        line.fields["position"] = position


def _seller(workforce: Workforce, order: Draft) -> str:
    store, customer = order.fields["store_id"], order.fields["customer_id"]
    everybody = workforce.in_order()
    return workforce.seller_for(store, customer) or everybody[int(customer, 16) % len(everybody)]


def _pay_in_full(drafts: Drafts, order: Draft, mapping: Mapping) -> None:
    """One payment of the whole order on its day."""
    payment_id = stable_id(drafts.company_id, mapping.source, "payment", order.id)
    payment = Draft("payment", payment_id, Origin(order.origin.file, order.origin.row), amends=False)
    payment.fields = {
        "order_id": order.id,
        "staff_id": order.fields["staff_id"],
        "amount_fen": order.fields["products_net_fen"],
        "method": mapping.payment_method,
        "paid_at_ms": order.fields["sold_at_ms"],
    }
    drafts.of("payment")[payment_id] = payment
