"""What the company sells."""

from enum import StrEnum

from shared_models.synced import Kind, Synced, column, money_fen, synced


class ProductKind(StrEnum):
    """Products earn points and carry discounts; services (freight, installation) do neither (R1, R2)."""

    PRODUCT = "product"
    SERVICE = "service"


class Product(Synced, table=True):
    """An article or service of the catalogue, with its list price. The cost is for those who may see margins."""

    __table_args__ = synced(Kind.REFERENCE, scopes=("company:{company_id}", "partners:{company_id}"), rank=12)
    sku: str = column(index=True)
    name: str
    name_key: str = ""
    category: str = ""
    kind: str = ProductKind.PRODUCT
    price_fen: int = money_fen()
    cost_fen: int | None = money_fen(None, visible_to="margins")
    active: bool = True
