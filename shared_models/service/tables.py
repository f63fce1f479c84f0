"""What customers say about what they bought."""

from shared_models.synced import Kind, Parent, Synced, column, moment_ms, synced


class Survey(Synced, table=True):
    """A customer's answer about one order, given once: a score from 0 to 5 as a decimal string."""

    __table_args__ = synced(Kind.FACT, parent=Parent("order_id", "sales_order"), device_writes=False, rank=44)
    order_id: str = column(references="sales_order", index=True)
    staff_id: str = column(references="staff", index=True)
    """Who sold."""
    score: str
    comment: str = ""
    answered_at_ms: int = moment_ms(index=True)
