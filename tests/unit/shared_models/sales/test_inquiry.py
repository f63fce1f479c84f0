"""An inquiry becomes a lead that is due 24 hours later (R14)."""

from shared_models.moments import HOUR_MS
from shared_models.sales.inquiry import Inquiry, lead_of
from shared_models.sales.numbers import member_number, order_number


def test_an_inquiry_becomes_a_lead_that_is_nobodys_and_due_a_day_later():
    inquiry = Inquiry("web", "南山", "床", "  王 ", "+86 139-0000-0001")
    lead = lead_of(inquiry, company_id="c", store_id="s", at_ms=1_000)
    assert (lead.company_id, lead.store_id, lead.owner_id) == ("c", "s", None)
    assert (lead.source, lead.region, lead.category) == ("web", "南山", "床")
    assert (lead.name, lead.phone) == ("王", "13900000001")
    assert (lead.inquired_at_ms, lead.next_due_at_ms) == (1_000, 1_000 + 24 * HOUR_MS)


def test_numbers_are_the_same_on_every_machine_and_day():
    at_ms = 1_795_312_800_000  # 2026-11-22 10:00 in the business's zone
    assert order_number("a" * 32, at_ms) == "SF-261122-0BWFSY"
    assert [member_number(each * 32) for each in "ab"] == ["M-0BWFSY0", "M-T85P906"]
