"""The catalogue: found by name, pinyin, initials or article number, by category."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col

from mobile.state.queries.search import folded
from shared_models.stock.tables import Product, ProductKind

TABLES = ("product",)


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What a row of the catalogue shows, and what a line of a sale takes over."""

    id: str
    sku: str
    name: str
    category: str
    kind: str
    price_fen: int


_SHOWN = (
    col(Product.id),
    col(Product.sku),
    col(Product.name),
    col(Product.category),
    col(Product.kind),
    col(Product.price_fen),
)


def categories(session: Session) -> list[str]:
    """The categories of what is sold, services last."""
    query = select(col(Product.category), col(Product.kind)).where(col(Product.active)).distinct()
    found = {category: kind for category, kind in session.execute(query) if category}
    return sorted(found, key=lambda category: (found[category] == ProductKind.SERVICE, category))


def product_ids(session: Session, *, text: str, category: str) -> list[str]:
    """The identifiers of what is sold and matches, by category and name; an empty category is all of them."""
    query: Select[str] = select(col(Product.id)).where(col(Product.active))
    if category:
        query = query.where(col(Product.category) == category)
    typed = folded(text)
    if typed:
        # Anywhere in the name, even for two letters: what it is comes last, as in 云栖沙发 (sf).
        found = col(Product.name_key).contains(typed, autoescape=True)
        query = query.where(or_(found, col(Product.sku).icontains(typed, autoescape=True)))
    service = col(Product.kind) == ProductKind.SERVICE
    return list(
        session.scalars(query.order_by(service, col(Product.category), col(Product.name), col(Product.id)))
    )


def product_rows(session: Session, ids: Sequence[str]) -> list[ProductRow]:
    """The rows of these identifiers, in their order; one that is gone is left out."""
    found = {
        row[0]: ProductRow(*row) for row in session.execute(select(*_SHOWN).where(col(Product.id).in_(ids)))
    }
    return [found[product_id] for product_id in ids if product_id in found]
