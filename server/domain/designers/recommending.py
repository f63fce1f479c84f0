"""The articles that designers are asked to recommend, and what to say about each (D-09)."""

from dataclasses import dataclass

from sqlmodel import Session

from shared_models.designers.tables import Recommendation
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.stock.tables import Product


@dataclass(frozen=True, slots=True)
class Recommended:
    """An article, what to say about it, where it stands in the list, and whether it is recommended now."""

    product_id: str
    words: str = ""
    position: int = 0
    active: bool = True


def recommend(session: Session, company_id: str, wanted: Recommended) -> Recommendation:
    """Recommend an article, or say something else about it: each stands in the list once.

    Refuses an article that the company does not have (`RuleError("unknown")`).
    """
    product = session.get(Product, wanted.product_id)
    if product is None or product.company_id != company_id:
        raise RuleError("unknown", id=wanted.product_id)
    row_id = derived_id("recommendation", company_id, product.id)
    row = session.get(Recommendation, row_id)
    if row is None:
        row = Recommendation(id=row_id, company_id=company_id, product_id=product.id)
        session.add(row)
    row.words, row.position, row.active = wanted.words.strip(), wanted.position, wanted.active
    session.flush()
    return row
