"""Designers who refer clients: firms, log-ins, events, and the commissions that their orders have earned by the rules."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.demo.people import STYLES, full_name, phone_number, some
from server.demo.scene import COMPANY, Scene
from server.domain.designers.commissions import credit_payment, note_rate
from server.domain.designers.reviews import review_year
from server.domain.designers.settlement import settle_commissions
from server.importing.rows import Row
from shared_models.designers.years import fiscal_year, year_bounds_ms
from shared_models.moments import DAY_MS, day_bounds_ms, local_date
from shared_models.people.tables import Role
from shared_models.sales.tables import Order, Payment
from sync.hub.recorder import SERVER, recording

_FIRMS = ("木石空间设计", "半山装饰", "一间设计事务所")
_DESIGNERS = (("D001", "L2"), ("D002", "L1"), ("D003", "L1"), ("D004", "L2"), ("D005", "L1"), ("D006", "L3"))
_NUMBERS_FROM = 5_000
_LEVELS = {
    "levels": [
        {"name": "L1", "lower": None, "upper": "80000.00", "rate_percent": "3"},
        {"name": "L2", "lower": "50000.00", "upper": "260000.00", "rate_percent": "5"},
        {"name": "L3", "lower": "180000.00", "upper": None, "rate_percent": "7"},
    ],
    "return_window_days": 7,
    "protect_joining_year": True,
}
_EVENTS = (
    ("visit", "新品展厅夜游", "南山店", 12, "看春季新品，晚餐后交流案例。"),
    ("training", "岩板与实木的搭配", "福田店", 4, "材料课，可带一位同事。"),
    ("inspiration", "景德镇采风", "景德镇", -40, "三天两晚，看窑看瓷。"),
)
_WORDS = ("客厅小也放得下，抽屉是静音的。", "样板间同款，交货最快。", "五年不塌陷，老人也坐得舒服。")


def engage(scene: Scene) -> None:
    """Make the designers, whom they refer, and what is done for them. Orders are theirs before they are written."""
    opened_ms = scene.moment(700)
    scene.make("designerlevels", "1", version=1, valid_from_ms=opened_ms, rules=_LEVELS)
    firms = [scene.make("designerfirm", name, name=name, address="深圳") for name in _FIRMS]
    designers = [
        _designer(scene, number, code, level, firms[number % len(firms)], opened_ms)
        for number, (code, level) in enumerate(_DESIGNERS)
    ]
    _refer(scene, designers)
    for kind, title, place, days_ahead, description in _EVENTS:
        event = scene.make(
            "designerevent", title, title=title, kind=kind, place=place, description=description,
            starts_at_ms=scene.moment(-days_ahead),
        )  # fmt: skip
        for number, designer in enumerate(designers):
            state = "attended" if days_ahead < 0 else ("invited", "accepted", "invited")[number % 3]
            scene.make(
                "designerinvitation", f"{title}.{number}", event_id=event["id"], designer_id=designer["id"], state=state
            )  # fmt: skip
    for position, words in enumerate(_WORDS):
        product = scene.products[position * 9][0]
        scene.make("recommendation", str(position), product_id=product["id"], words=words, position=position)


def _designer(scene: Scene, number: int, code: str, level: str, firm: Row, opened_ms: int) -> Row:
    """A designer and their log-in, which have one identifier."""
    name = full_name(scene.random)
    store = scene.stores[number % len(scene.stores)]
    designer = scene.make(
        "designer", code, firm_id=firm["id"], store_id=store["id"], name=name, level=level,
        phone=phone_number(_NUMBERS_FROM + number), styles=some(scene.random, STYLES), joined_year=fiscal_year(opened_ms),
    )  # fmt: skip
    fields = {"code": code, "name": name, "role": Role.DESIGNER.value, "store_id": store["id"]}
    scene.staff[code] = scene.plan.create("staff", designer["id"], fields)
    scene.make(
        "designerlevelchange", code, designer_id=designer["id"], from_year=fiscal_year(opened_ms), level=level,
        cause="opening", recorded_at_ms=opened_ms,
    )  # fmt: skip
    return designer


def _contest(scene: Scene, designers: list[Row], order: Row, customer: Row) -> None:
    """Another designer claimed this client too, a day later."""
    rival = next(designer for designer in designers if designer["id"] != order["designer_id"])
    scene.make(
        "referral", "contested", designer_id=rival["id"], store_id=order["store_id"], client_name=customer["name"],
        phone=customer["phone"], registered_by=rival["id"], standing="superseded", customer_id=customer["id"],
        note="在样板间见过", claimed_at_ms=order["sold_at_ms"] - 3 * DAY_MS,
    )  # fmt: skip


def _refer(scene: Scene, designers: list[Row]) -> None:
    """Every third client came by a designer, who claimed them some days before they bought."""
    firsts: dict[str, Row] = {}
    for order in scene.orders:
        firsts.setdefault(order["customer_id"], order)
    referred: list[str] = []
    for number, customer in enumerate(scene.customers):
        designer = designers[number // 3 % len(designers)]
        if number % 3 or customer["id"] not in firsts:
            continue
        order = firsts[customer["id"]]
        order["designer_id"] = designer["id"]
        referred.append(order["id"])
        scene.make(
            "referral", str(number), designer_id=designer["id"], store_id=order["store_id"],
            client_name=customer["name"], phone=customer["phone"], registered_by=designer["id"], standing="owner",
            customer_id=customer["id"], claimed_at_ms=order["sold_at_ms"] - 4 * DAY_MS,
        )  # fmt: skip
        if len(referred) == 1:
            _contest(scene, designers, order, customer)


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that happens to the commissions at a moment: a payment, else the statements of a month."""

    at_ms: int
    payment_id: str | None = None


def earn(session: Session, scene: Scene) -> None:
    """Post what the orders have earned, as if it had been done all along: payment by payment, month by month."""
    referred = select(Payment.id, Payment.paid_at_ms).join(Order, col(Order.id) == col(Payment.order_id))
    mine = referred.where(Order.company_id == COMPANY, col(Order.designer_id).is_not(None))
    steps = [_Step(at_ms, payment_id) for payment_id, at_ms in session.exec(mine).all()]
    steps += [_Step(at_ms) for at_ms in _months(min(step.at_ms for step in steps), scene.now_ms)]
    for step in sorted(steps, key=lambda step: (step.at_ms, step.payment_id or "")):
        with recording(session, author=SERVER, at_ms=step.at_ms):
            if step.payment_id is not None:
                payment = session.get_one(Payment, step.payment_id)
                note_rate(session, session.get_one(Order, payment.order_id))
                credit_payment(session, payment, posted_at_ms=step.at_ms)
            else:
                _close_month(session, step.at_ms)


def _close_month(session: Session, at_ms: int) -> None:
    year = fiscal_year(at_ms)
    if year_bounds_ms(year)[0] == at_ms:
        review_year(session, COMPANY, year - 1, now_ms=at_ms)
    settle_commissions(session, COMPANY, now_ms=at_ms)


def _months(from_ms: int, to_ms: int) -> list[int]:
    """The first moments of the months that begin in between."""
    starts = []
    at_ms = day_bounds_ms(local_date(to_ms)[:8] + "01")[0]
    while at_ms > from_ms:
        starts.append(at_ms)
        at_ms = day_bounds_ms(local_date(at_ms - DAY_MS)[:8] + "01")[0]
    return starts
