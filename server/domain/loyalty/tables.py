"""What the programme remembers at the server alone. Not synced."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class OpeningPurchases(SQLModel, table=True):
    """What a member had bought elsewhere when the books were opened here; it counts towards tiers by purchases (T-04)."""

    __tablename__ = "opening_purchases"
    customer_id: str = Field(primary_key=True, max_length=40)
    company_id: str = Field(max_length=40, index=True)
    spent_fen: int = Field(sa_type=BigInteger)
