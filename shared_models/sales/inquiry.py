"""Somebody asks: what they told becomes a lead that is due 24 hours later (R14), the same way on a device and at the server."""

from dataclasses import dataclass

from shared_models.phone import normalise_phone
from shared_models.sales.promise import first_due_ms
from shared_models.sales.tables import Lead


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What somebody who asks has told: how they came, where they live, what they look for."""

    channel: str
    region: str
    category: str
    name: str = ""
    phone: str = ""


def lead_of(inquiry: Inquiry, *, company_id: str, store_id: str, at_ms: int) -> Lead:
    """A new lead of `inquiry`, which came in at `at_ms`; nobody's yet."""
    return Lead(
        company_id=company_id,
        store_id=store_id,
        name=inquiry.name.strip(),
        phone=normalise_phone(inquiry.phone),
        source=inquiry.channel,
        region=inquiry.region,
        category=inquiry.category,
        inquired_at_ms=at_ms,
        next_due_at_ms=first_due_ms(at_ms),
    )
