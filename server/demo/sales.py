"""Customers, their orders, deposits and payments, and the points these earn by the rules."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from server.demo.catalogue import Article
from server.demo.founding import OLD_CUSTOMERS_DAYS
from server.demo.leads import LEADS
from server.demo.people import COLOURS, MATERIALS, STYLES, address, full_name, phone_number, some
from server.demo.scene import COMPANY, Scene
from server.importing.loyalty import Ledger, Member, purchase_line
from server.importing.rows import Row
from shared_models.ids import derived_id
from shared_models.loyalty.account import Account
from shared_models.loyalty.earning import Purchase, spent_fen
from shared_models.loyalty.ledger import Received, credit_payment
from shared_models.loyalty.scheme import parse_rules
from shared_models.moments import DAY_MS
from shared_models.money import percent_of
from shared_models.sales.tables import LeadStage, OrderStatus
from shared_models.stock.tables import ProductKind

CUSTOMERS = 300
_PROJECTS = 12
"""Customers who furnish whole buildings: they are the ones in the upper tiers."""
_RULES = parse_rules({})
_METHODS = ("wechat", "alipay", "card", "transfer")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in for an order."""

    at_ms: int
    customer: Row
    order: Row
    lines: list[Row]
    amount_fen: int


def sell(scene: Scene) -> None:
    """Make the customers and their orders, and post all payments in the order in which they came."""
    won = [lead for lead in scene.leads if lead["stage"] == LeadStage.WON]
    received: list[Receipt] = []
    for number in range(CUSTOMERS):
        lead = won[number] if number < len(won) else None
        customer = _customer(scene, number, lead)
        scene.customers.append(customer)
        for count in range(_order_count(scene.random, number, has_won=lead is not None)):
            received += _order(scene, customer, lead if count == 0 else None, f"{number}.{count}")
    _post(scene, received)


def _order_count(random: Random, number: int, *, has_won: bool) -> int:
    if number >= CUSTOMERS - _PROJECTS:
        return random.randint(2, 11)
    return random.choices((1, 2, 3), (70, 22, 8))[0] if has_won or random.random() < 0.85 else 0


def _customer(scene: Scene, number: int, lead: Row | None) -> Row:
    """A customer: of a won lead, or from before the six weeks."""
    random = scene.random
    store = scene.store_row(lead["store_id"]) if lead else scene.stores[number % len(scene.stores)]
    enrolled_at_ms = _won_at(scene, lead) if lead else scene.moment(random.uniform(50, OLD_CUSTOMERS_DAYS))
    customer = scene.make(
        "customer",
        str(number),
        store_id=store["id"],
        name=lead["name"] if lead else full_name(random),
        phone=lead["phone"] if lead else phone_number(LEADS + number),
        address=address(random, store["region"]),
        birthday=f"{random.randint(1962, 2001)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}",
        styles=lead["styles"] if lead else some(random, STYLES),
        colours=lead["colours"] if lead else some(random, COLOURS),
        materials=lead["materials"] if lead else some(random, MATERIALS),
        member_no=f"YQ{number + 1:06d}",
        enrolled_at_ms=enrolled_at_ms,
    )
    if lead:
        lead["customer_id"] = customer["id"]
    return customer


def _won_at(scene: Scene, lead: Row) -> int:
    return min(
        int(lead["inquired_at_ms"]) + 9 * DAY_MS, scene.now_ms - scene.random.randint(1, 40) * 3_600_000
    )


def _order(scene: Scene, customer: Row, lead: Row | None, key: str) -> list[Receipt]:
    """One order with its lines; returns what was paid for it."""
    random = scene.random
    sold_at_ms = customer["enrolled_at_ms"]
    if key[-1] != "0":
        sold_at_ms = random.randint(sold_at_ms, scene.now_ms - 3_600_000)
    seller_id = (
        lead["owner_id"]
        if lead
        else random.choice(scene.sellers_of(scene.store_row(customer["store_id"])))["id"]
    )
    order = scene.make(
        "sales_order",
        key,
        store_id=customer["store_id"],
        customer_id=customer["id"],
        lead_id=lead["id"] if lead else None,
        staff_id=seller_id,
        number=f"YQ-{key.replace('.', '-'):0>7}",
        scheme_id=derived_id(COMPANY, "demo", "scheme", "1"),
        products_net_fen=0,
        sold_at_ms=sold_at_ms,
    )
    scene.orders.append(order)
    lines = _lines(scene, order, key)
    products = [line for line in lines if line["kind"] == ProductKind.PRODUCT]
    order["products_net_fen"] = sum(line["net_fen"] for line in products)
    order["services_fen"] = sum(line["net_fen"] for line in lines) - order["products_net_fen"]
    return _payments(scene, customer, order, lines)


def _lines(scene: Scene, order: Row, key: str) -> list[Row]:
    random = scene.random
    project = int(key.split(".", maxsplit=1)[0]) >= CUSTOMERS - _PROJECTS
    chosen = random.sample(
        [each for each in scene.products if each[1].kind == ProductKind.PRODUCT], random.randint(1, 4)
    )
    chosen += [
        each for each in scene.products if each[1].kind == ProductKind.SERVICE and random.random() < 0.4
    ]
    percent = random.choice((0, 0, 0, 3, 5, 8))
    return [
        _line(scene, order, f"{key}.{position}", position, each, percent, project=project)
        for position, each in enumerate(chosen, start=1)
    ]


def _line(
    scene: Scene,
    order: Row,
    key: str,
    position: int,
    each: tuple[Row, Article],
    percent: int,
    *,
    project: bool,
) -> Row:
    product, article = each
    is_product = article.kind == ProductKind.PRODUCT
    pieces = scene.random.choice((4, 6)) if article.category == "餐椅" else 1
    quantity = pieces * (scene.random.randint(2, 9) if project else 1) if is_product else 1
    full_fen = article.price_fen * quantity
    discount_fen = percent_of(full_fen, Decimal(percent)) if is_product else 0
    return scene.make(
        "orderline",
        key,
        order_id=order["id"],
        product_id=product["id"],
        position=position,
        name=article.name,
        category=article.category,
        kind=article.kind.value,
        quantity=quantity,
        list_price_fen=article.price_fen,
        discount_fen=discount_fen,
        net_fen=full_fen - discount_fen,
    )


def _payments(scene: Scene, customer: Row, order: Row, lines: list[Row]) -> list[Receipt]:
    """A deposit and the balance, or everything at once; a recent order may still wait for its balance."""
    random = scene.random
    due_fen, sold_at_ms = order["products_net_fen"] + order["services_fen"], order["sold_at_ms"]
    age_days = (scene.now_ms - sold_at_ms) / DAY_MS
    if random.random() < 0.35:
        amounts = [(sold_at_ms, due_fen)]
    else:
        deposit_fen = due_fen * random.choice((20, 30, 50)) // 10_000 * 100
        amounts = [
            (sold_at_ms, deposit_fen),
            (sold_at_ms + random.randint(7, 21) * DAY_MS, due_fen - deposit_fen),
        ]
    paid = [(at_ms, amount_fen) for at_ms, amount_fen in amounts if at_ms <= scene.now_ms]
    if age_days > 30:
        order["status"] = OrderStatus.DELIVERED.value
    elif age_days > 14 and len(paid) == len(amounts):
        order["status"] = OrderStatus.SHIPPED.value
    return [Receipt(at_ms, customer, order, lines, amount_fen) for at_ms, amount_fen in paid]


def _post(scene: Scene, received: list[Receipt]) -> None:
    """Enter every payment and its points, oldest first."""
    ledger = Ledger(scene.plan)
    for customer in scene.customers:
        ledger.members[customer["id"]] = Member(Account(), Account(), None)
    paid_fen: dict[str, int] = {}
    for receipt in sorted(received, key=lambda each: (each.at_ms, each.order["id"])):
        before_fen = paid_fen.get(receipt.order["id"], 0)
        paid_fen[receipt.order["id"]] = before_fen + receipt.amount_fen
        _enter(scene, ledger, receipt, before_fen)
    ledger.close(_RULES)


def _enter(scene: Scene, ledger: Ledger, receipt: Receipt, before_fen: int) -> None:
    order, customer_id = receipt.order, receipt.customer["id"]
    payment = scene.make(
        "payment",
        f"{order['id']}.{before_fen}",
        order_id=order["id"],
        staff_id=order["staff_id"],
        amount_fen=receipt.amount_fen,
        method=scene.random.choice(_METHODS),
        paid_at_ms=receipt.at_ms,
    )
    member = ledger.members[customer_id]
    member.orders += before_fen == 0
    lines = tuple(purchase_line(line["id"], line) for line in receipt.lines)
    purchase = Purchase(order["id"], lines, order["sold_at_ms"])
    paid_fen = before_fen + receipt.amount_fen
    member.spent_fen += spent_fen(purchase.products_net_fen, paid_fen)
    member.spent_fen -= spent_fen(purchase.products_net_fen, before_fen)
    posting = credit_payment(
        member.account,
        purchase,
        Received(payment["id"], before_fen, receipt.amount_fen, receipt.at_ms),
        _RULES,
    )
    links = {"payment_id": payment["id"], "scheme_id": order["scheme_id"], "posted_at_ms": receipt.at_ms}
    ledger.post(customer_id, posting, action_id=payment["id"], **links)
