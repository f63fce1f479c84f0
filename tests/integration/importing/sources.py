"""The files the importer is tested on: the real ones beside the repository, else made-up ones of the same form."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from random import Random

REAL = Path(__file__).parents[3].parent / "shared" / "data"
NAMES = (
    "superstore_orders.csv",
    "superstore_people.csv",
    "superstore_returns.csv",
    "olist_leads.csv",
    "olist_closed_deals.csv",
)
THREE_TABLES = "superstore_raw_three_tables.csv"
ORDER_COLUMNS = [
    "Row ID",
    "Order ID",
    "Order Date",
    "Ship Date",
    "Ship Mode",
    "Customer ID",
    "Customer Name",
    "Segment",
    "Country",
    "City",
    "State",
    "Postal Code",
    "Region",
    "Product ID",
    "Category",
    "Sub-Category",
    "Product Name",
    "Sales",
    "Quantity",
    "Discount",
    "Profit",
]
LEAD_COLUMNS = ("mql_id", "first_contact_date", "landing_page_id", "origin")
DEAL_COLUMNS = [
    "mql_id",
    "seller_id",
    "sdr_id",
    "sr_id",
    "won_date",
    "business_segment",
    "lead_type",
    "lead_behaviour_profile",
    "has_company",
    "has_gtin",
    "average_stock",
    "business_type",
    "declared_product_catalog_size",
    "declared_monthly_revenue",
]
REGIONS = {"West": "Anna", "East": "Chuck", "Central": "Kelly", "South": "Cassandra"}


@dataclass(frozen=True)
class Counts:
    """What is in the files."""

    customers: int
    orders: int
    lines: int
    returned: int
    repeated_returns: int
    leads: int
    deals: int
    sales_fen: int


REAL_COUNTS = Counts(793, 5_009, 9_994, 296, 504, 8_000, 842, 2_297_200_867)


def all_files() -> tuple[dict[str, bytes], Counts]:
    """The five files and the one with three tables, and what they hold."""
    if REAL.is_dir():
        return {name: (REAL / name).read_bytes() for name in (*NAMES, THREE_TABLES)}, REAL_COUNTS
    return made_up()


def made_up(orders: int = 60, leads: int = 80) -> tuple[dict[str, bytes], Counts]:
    """Small files of the same form, with repeats, gaps and quotes like the real ones."""
    random = Random(7)
    lines = [row for number in range(orders) for row in _order_rows(random, number)]
    for number, line in enumerate(lines, start=1):
        line["Row ID"] = str(number)
    order_ids = sorted({line["Order ID"] for line in lines})
    returned = order_ids[::10]
    returns = [
        {"Returned": "Yes", "Order ID": order_id}
        for position, order_id in enumerate(returned)
        for _ in range(1 + position % 3)
    ]
    people = [{"Person": person, "Region": region} for region, person in REGIONS.items()]
    lead_rows = [_lead_row(random, number) for number in range(leads)]
    deals = [_deal_row(random, row["mql_id"]) for row in lead_rows[::9]]
    files = {
        "superstore_orders.csv": csv_of(ORDER_COLUMNS, lines),
        "superstore_people.csv": csv_of(("Person", "Region"), people),
        "superstore_returns.csv": csv_of(("Returned", "Order ID"), returns),
        "olist_leads.csv": csv_of(LEAD_COLUMNS, lead_rows),
        "olist_closed_deals.csv": csv_of(DEAL_COLUMNS, deals),
    }
    files[THREE_TABLES] = b"".join(files[name] for name in NAMES[:3])
    counts = Counts(
        customers=len({line["Customer ID"] for line in lines}),
        orders=len(order_ids),
        lines=len(lines),
        returned=len(returned),
        repeated_returns=len(returns) - len(returned),
        leads=leads,
        deals=len(deals),
        sales_fen=sum(round(float(line["Sales"]) * 1_000) for line in lines),
    )
    return files, counts


def order_row(**changes: str) -> dict[str, str]:
    """One good order line, with changes by column; `_` stands for a blank in the column's name."""
    row = dict(
        zip(
            ORDER_COLUMNS,
            (
                "1", "CA-2017-1", "11/8/2017", "11/11/2017", "Second Class", "CG-1", "Claire Gute", "Consumer", "United States",
                "Henderson", "Kentucky", "42420", "South", "FUR-1", "Furniture", "Bookcases", 'A "quoted", bookcase', "261.96",
                "2", "0", "41.9136",
            ),
            strict=True,
        )
    )  # fmt: skip
    return row | {name.replace("_", " "): value for name, value in changes.items()}


def lead_row(mql_id: str, origin: str = "paid_search", day: str = "2018-02-01") -> dict[str, str]:
    return dict(zip(LEAD_COLUMNS, (mql_id, f"{day} 00:00:00", "88740e65", origin), strict=True))


def deal_row(mql_id: str, sr_id: str = "4ef15afb4b2723d8") -> dict[str, str]:
    values = (
        mql_id, "2c43fb51", "a8387c01", sr_id, "2018-02-26 19:58:54", "pet", "online_medium", "cat", "False", "False", "",
        "reseller", "", "0.0",
    )  # fmt: skip
    return dict(zip(DEAL_COLUMNS, values, strict=True))


def csv_of(columns: "list[str] | tuple[str, ...]", rows: "list[dict[str, str]]") -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, columns)
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def orders_csv(*rows: dict[str, str]) -> bytes:
    return csv_of(ORDER_COLUMNS, list(rows))


def _order_rows(random: Random, number: int) -> list[dict[str, str]]:
    customer, region, month = random.randint(1, 25), random.choice(list(REGIONS)), random.randint(1, 12)
    return [
        order_row(
            Order_ID=f"CA-2017-{100_000 + number}",
            Order_Date=f"{month}/8/2017",
            Customer_ID=f"C-{customer}",
            Customer_Name=f"Customer {customer}",
            Region=region,
            Product_ID=f"P-{random.randint(1, 30)}",
            Sales=f"{random.randint(100, 90_000) / 100:.4f}",
            Quantity=str(random.randint(1, 9)),
            Discount=random.choice(("0", "0.2", "0.7")),
            Postal_Code=random.choice(("42420", "")),
        )
        for _ in range(random.randint(1, 4))
    ]


def _lead_row(random: Random, number: int) -> dict[str, str]:
    return lead_row(f"{number:032x}", random.choice(("social", "paid_search", "NaN", "unknown", "other")))


def _deal_row(random: Random, mql_id: str) -> dict[str, str]:
    return deal_row(mql_id, random.choice(("4ef15afb4b27", "d3d1e91a157e")))
