"""The company itself: stores, people, articles, loyalty scheme."""

from server.demo.catalogue import articles
from server.demo.people import full_name
from server.demo.scene import COMPANY_NAME, Scene
from shared_models.people.tables import Role

DISTRICTS = ("南山", "福田", "罗湖")
SELLERS_PER_STORE = 2
OLD_CUSTOMERS_DAYS = 720


def found(scene: Scene) -> None:
    """Make the company as it was before its first customer."""
    for district in DISTRICTS:
        scene.stores.append(
            scene.make("store", district, name=f"{COMPANY_NAME}·{district}店", city="深圳", region=district),
        )
    _hire(scene)
    for article in articles():
        row = scene.make(
            "product",
            article.sku,
            sku=article.sku,
            name=article.name,
            category=article.category,
            kind=article.kind.value,
            price_fen=article.price_fen,
            cost_fen=article.cost_fen,
        )
        scene.products.append((row, article))
    scene.make("scheme", "1", version=1, valid_from_ms=scene.moment(OLD_CUSTOMERS_DAYS + 1), rules={})


def _hire(scene: Scene) -> None:
    """Salespeople S001 to S006, a manager for each store, a company manager and the office."""
    number = 0
    for store in scene.stores:
        for _ in range(SELLERS_PER_STORE):
            number += 1
            _person(scene, f"S{number:03d}", Role.SALES, store["id"], [store["region"]])
    for number, store in enumerate(scene.stores, start=1):
        _person(scene, f"M{number:03d}", Role.STORE_MANAGER, store["id"], [store["region"]])
    _person(scene, "C001", Role.COMPANY_MANAGER, None, [])
    _person(scene, "O001", Role.OFFICE, None, [])


def _person(scene: Scene, code: str, role: Role, store_id: str | None, regions: list[str]) -> None:
    name = full_name(scene.random)
    scene.staff[code] = scene.make(
        "staff",
        code,
        code=code,
        name=name,
        role=role.value,
        store_id=store_id,
        regions=regions,
    )
