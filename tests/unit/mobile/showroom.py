"""A device with a small showroom on it: a member, a lead who is nobody's customer yet, a few articles."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import Session

from mobile.state.application import App
from mobile.state.database import open_engine
from mobile.state.server import Server
from shared_models.loyalty.tables import MemberAccount, PointsEntry, Scheme
from shared_models.people.tables import Staff, Store
from shared_models.sales.tables import Customer, Lead
from shared_models.stock.tables import Product, ProductKind

NOW = 1_780_000_000_000
DAY = 86_400_000
RULES = {"tiers": [{"name": "S1", "from": 0}, {"name": "S2", "from": 8001, "discount_percent": "2"}]}


@contextmanager
def open_showroom(folder: Path) -> Iterator[App]:
    """The app of amy, who sells in store `s`; nothing of it is pending."""
    app = open_app(folder)
    app.replica.register(device_id="d", staff_id="amy", company_id="c")
    with Session(app.engine) as session:
        session.add_all(_rows())
        session.commit()
    yield app
    app.engine.dispose()


def open_app(folder: Path) -> App:
    """The app as it starts on the database in the folder."""
    engine = open_engine(str(folder / "app.db"), "cd" * 32)
    app = App(engine, Server("http://localhost"), device_now_ms=lambda: NOW)
    app.loop.wake = lambda **_: None  # type: ignore[method-assign] # there is no running loop to wake
    return app


def _rows() -> list:
    return [
        Store(id="s", company_id="c", name="南山店"),
        Staff(id="amy", company_id="c", code="S001", name="艾米", store_id="s"),
        Scheme(id="v1", company_id="c", version=1, valid_from_ms=0, rules=RULES),
        Customer(
            id="ling",
            company_id="c",
            store_id="s",
            name="陈玉兰",
            phone="13800138000",
            enrolled_at_ms=NOW - 90 * DAY,
        ),
        Customer(id="bo", company_id="c", store_id="s", name="李建国", phone="13900139000"),
        MemberAccount(id="ling", company_id="c", customer_id="ling", balance=7990, growth=7990, tier="S1"),
        PointsEntry(
            company_id="c", customer_id="ling", kind="base", points=7990, posted_at_ms=NOW - 80 * DAY
        ),
        Lead(
            id="zhou",
            company_id="c",
            store_id="s",
            owner_id="amy",
            name="周欣怡",
            phone="13700137000",
            styles=["北欧"],
            inquired_at_ms=NOW - DAY,
        ),
        _product("sofa", "YQ01", "云栖沙发", "沙发", 99_950),
        _product("chair", "YQ02", "听松餐椅", "餐椅", 33_300),
        _product("install", "FW01", "家具安装", "服务", 20_000, ProductKind.SERVICE),
        _product("old", "YQ99", "停产沙发", "沙发", 1_000, active=False),
    ]


def _product(
    product_id: str, sku: str, name: str, category: str, price_fen: int, kind: str = "product", *, active=True
) -> Product:
    from shared_models.pinyin import search_key

    return Product(
        id=product_id,
        company_id="c",
        sku=sku,
        name=name,
        name_key=search_key(name),
        category=category,
        kind=kind,
        price_fen=price_fen,
        active=active,
    )
