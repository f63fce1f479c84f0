"""What assignment remembers between two leads. Not synced."""

from sqlmodel import Field, SQLModel


class AssignmentTurn(SQLModel, table=True):
    """Whose turn it was last, a row a company; whoever assigns a lead holds its lock until the lead is counted."""

    __tablename__ = "assignment_turn"
    company_id: str = Field(primary_key=True, max_length=40)
    last_staff_id: str | None = Field(default=None, max_length=40)
