"""A campaign is judged by what stayed sold (R17)."""

from dataclasses import replace

from shared_models.office.campaigns import CampaignCounts, CampaignSales, evaluate_campaign, sales_of

COUNTS = CampaignCounts(
    sent=400, bounced=20, opened=95, clicked=38, joined=120, bought=19, returned_everything=3,
    sales_fen=15_200_000, returns_fen=2_100_000, cost_fen=1_850_000,
)  # fmt: skip


def test_the_golden_figures():
    figures = evaluate_campaign(COUNTS)
    assert str(figures.delivered_percent) == "95.00"
    assert str(figures.opened_percent) == "25.00"
    assert str(figures.clicked_percent) == "10.00"
    assert str(figures.converted_percent) == "13.33"
    assert figures.net_sales_fen == 13_100_000
    assert str(figures.return_on_cost) == "7.08"


def test_what_cannot_be_divided_is_not_known():
    figures = evaluate_campaign(replace(COUNTS, sent=20, joined=0, cost_fen=0))
    assert figures.delivered_percent == 0
    assert (figures.opened_percent, figures.clicked_percent) == (None, None)
    assert (figures.converted_percent, figures.return_on_cost) == (None, None)
    assert evaluate_campaign(replace(COUNTS, sent=0, bounced=0)).delivered_percent is None


def test_sales_are_told_by_the_orders_and_people_are_counted_once():
    orders = [
        ("zhao", 100_000, 0),
        ("zhao", 20_000, 20_000),  # kept the first
        ("qian", 50_000, 50_000),
        ("qian", 1_000, 1_000),  # returned everything
        ("sun", 30_000, 29_999),
        ("li", 0, 0),  # services alone
    ]
    assert sales_of(orders) == CampaignSales(
        orders=6, bought=4, returned_everything=1, sales_fen=201_000, returns_fen=100_999
    )
    assert sales_of([]) == CampaignSales(0, 0, 0, 0, 0)
