"""Members who come with points from elsewhere, as their opening entries in the ledger."""

from collections.abc import Sequence

from server.domain.loyalty.opening import OpeningLot, open_balance
from shared_models.sales.tables import Customer
from sync.hub.recorder import recording
from tests.integration.server.company import COMPANY, Company


def opened(company: Company, customer_id: str, *lots: OpeningLot, growth: int = 0) -> str:
    """This customer with these lots."""
    now_ms = company.clock.now_ms
    with company.services.database.writing() as session, recording(session, author="server", at_ms=now_ms):
        open_balance(session, customer_id, lots, growth=growth, at_ms=now_ms)
    return customer_id


def take_over(
    company: Company, phone: str, lots: Sequence[OpeningLot], *, growth: int = 0, spent_fen: int = 0
) -> str:
    """A new customer of the first store with these lots, who bought for so much elsewhere."""
    now_ms = company.clock.now_ms
    with company.services.database.writing() as session, recording(session, author="server", at_ms=now_ms):
        customer = Customer(company_id=COMPANY, store_id=company.ids["north"], name="李", phone=phone)
        session.add(customer)
        session.flush()
        open_balance(session, customer.id, lots, growth=growth, at_ms=now_ms, spent_fen=spent_fen)
        return customer.id
