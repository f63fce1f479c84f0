"""What the rules post can be stored and read back without losing anything."""

from sqlmodel import Session, SQLModel, create_engine, select

from shared_models.loyalty.account import Account
from shared_models.loyalty.ledger import Received, credit_payment, redeem
from shared_models.loyalty.returns import return_lines
from shared_models.loyalty.scheme import parse_rules
from shared_models.loyalty.stored import (
    Event,
    account_of,
    entry_of,
    entry_rows,
    history_of,
    lot_rows,
    purchase_of,
)
from shared_models.loyalty.tables import MemberAccount, PointsEntry, PointsLot
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn
from tests.unit.shared_models.loyalty.member_story import lot, moment

SOLD_AT_MS = moment("03-01 10:00")
RULES = parse_rules({"expiry_days": 30})


def sofa_and_lamp() -> tuple[Order, list[OrderLine]]:
    """An order of ¥900 and ¥90 net, paid with 1,000 points besides; its lines are stored in no particular order."""
    order = Order(
        id="o", company_id="c", store_id="s", customer_id="m", staff_id="p", products_net_fen=99000,
        sold_at_ms=SOLD_AT_MS,
    )  # fmt: skip
    lamp, sofa = (
        OrderLine(
            id=name, company_id="c", order_id="o", position=position, name=name, category=name,
            list_price_fen=net_fen, net_fen=net_fen, offset_points=points,
        )
        for position, name, net_fen, points in ((2, "lamp", 9000, 100), (1, "sofa", 90000, 900))
    )  # fmt: skip
    return order, [lamp, sofa]


def event(action_id: str, **links: str) -> Event:
    return Event("c", "m", action_id, SOLD_AT_MS, **links)


def test_nobody_without_a_row_holds_anything() -> None:
    assert account_of(None, []) == Account()


def test_an_order_is_read_with_its_lines_by_position() -> None:
    order, lines = sofa_and_lamp()
    purchase = purchase_of(order, lines)
    assert [(line.id, line.net_fen, line.offset_points) for line in purchase.lines] == [
        ("sofa", 90000, 900),
        ("lamp", 9000, 100),
    ]
    assert (purchase.order_id, purchase.sold_at_ms) == ("o", SOLD_AT_MS)


def test_a_sale_that_was_stored_is_returned_as_if_it_had_never_left_memory() -> None:
    order, lines = sofa_and_lamp()
    purchase = purchase_of(order, lines)
    before = Account((lot("start", 1500, "2026-12-31"),), growth=1500)
    spent = redeem(before, 1000, at_ms=SOLD_AT_MS, order_id="o")
    earned = credit_payment(spent.account, purchase, Received("pay", 0, 99000, SOLD_AT_MS), RULES)

    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(MemberAccount(id="m", company_id="c", customer_id="m", growth=earned.account.growth))
        session.add_all(lot_rows(earned, Account(), event("pay")))
        session.add_all(entry_rows(spent, event("o")) + entry_rows(earned, event("pay", payment_id="pay")))
        session.commit()
        account = account_of(session.get(MemberAccount, "m"), session.exec(select(PointsLot)))
        rows = session.exec(select(PointsEntry)).all()

        paid = Payment(
            id="pay", company_id="c", order_id="o", staff_id="p", amount_fen=99000, paid_at_ms=SOLD_AT_MS
        )
        outcome = return_lines(
            account, purchase, {"lamp"}, return_id="back", history=history_of([paid], [], rows), rules=RULES,
            at_ms=SOLD_AT_MS,
        )  # fmt: skip

        assert {entry_of(row) for row in rows} == {*spent.entries, *earned.entries}
        assert account.growth == 1500 + 990
        assert (outcome.restored_points, outcome.clawback_points) == (100, 90)
        assert {row.id: row.remaining for row in lot_rows(outcome.posting, account, event("back"))} == {
            "start": 600,
            next(each.id for each in earned.account.lots if each.order_id == "o"): 900,
        }
    engine.dispose()


def test_posting_an_action_again_gives_the_same_lines() -> None:
    posting = redeem(Account((lot("start", 10),)), 10, at_ms=SOLD_AT_MS)
    [first], [again] = entry_rows(posting, event("r")), entry_rows(posting, event("r"))
    assert first.id == again.id != entry_rows(posting, event("other"))[0].id


def test_lines_returned_before_are_known_from_the_returns() -> None:
    back = SaleReturn(
        id="b", company_id="c", order_id="o", line_ids=["lamp"], refund_fen=9000, returned_at_ms=SOLD_AT_MS
    )
    assert history_of([], [back], []).returned_line_ids == {"lamp"}
