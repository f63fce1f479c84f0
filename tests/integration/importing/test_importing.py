"""What an import promises, on small files."""

import csv
import io

import pytest

from server.database import Database
from server.importing.reading import open_source
from server.importing.refusals import FileRefusedError, errors_text
from server.importing.run import draft_files, import_drafts
from tests.integration.importing.books import COMPANY, NOW_MS, everything, load, one, rows
from tests.integration.importing.sources import (
    DEAL_COLUMNS,
    LEAD_COLUMNS,
    csv_of,
    deal_row,
    lead_row,
    made_up,
    order_row,
    orders_csv,
)

DAY_MS = 86_400_000


def leads_csv(*made: dict[str, str]) -> bytes:
    return csv_of(LEAD_COLUMNS, list(made))


def test_a_dry_run_shows_what_would_happen_and_changes_nothing(database: Database) -> None:
    files, counts = made_up()
    before = everything(database)
    report = load(
        database, files | {"superstore_raw_three_tables.csv": files["superstore_orders.csv"]}, dry_run=True
    )
    assert everything(database) == before
    assert report.dry_run
    assert report.created("sales_order") == counts.orders
    assert len(report.preview["customer"]) == 5


def test_one_bad_line_holds_back_its_order_and_nothing_else(database: Database) -> None:
    content = orders_csv(
        order_row(Row_ID="1", Order_ID="A"),
        order_row(Row_ID="2", Order_ID="A", Sales="a lot"),
        order_row(Row_ID="3", Order_ID="B"),
    )
    report = load(database, {"orders.csv": content})
    assert report.created("sales_order") == report.created("orderline") == 1
    reasons = [(refusal.row, refusal.code, refusal.column, refusal.value) for refusal in report.refusals]
    assert reasons == [(2, "held_by_row", "", ""), (3, "number_unreadable", "Sales", "a lot")]


def test_a_line_cut_short_holds_back_its_order_too(database: Database) -> None:
    whole = orders_csv(order_row(Row_ID="1", Order_ID="A"), order_row(Row_ID="3", Order_ID="B"))
    report = load(database, {"orders.csv": whole + b"2,A,11/8/2017,oops\r\n"})
    assert {refusal.row: refusal.code for refusal in report.refusals} == {2: "held_by_row", 4: "cell_count"}
    assert rows(database, "SELECT number FROM sales_order") == [("B",)]


def test_a_corrected_file_loads_what_was_refused_before(database: Database) -> None:
    bad = order_row(Row_ID="2", Order_ID="A", Quantity="0")
    load(database, {"orders.csv": orders_csv(order_row(Row_ID="1", Order_ID="A"), bad)})
    assert one(database, "SELECT count(*) FROM sales_order") == 0
    corrected = orders_csv(order_row(Row_ID="1", Order_ID="A"), bad | {"Quantity": "3"})
    assert load(database, {"orders.csv": corrected}).created("orderline") == 2
    assert one(database, "SELECT balance FROM memberaccount") == 2 * 261_960 // 100


def test_every_kind_of_bad_cell_is_refused_with_its_reason(database: Database) -> None:
    changes = [
        {"Order_Date": "2017-11-08"}, {"Order_Date": ""}, {"Discount": "1"}, {"Sales": "NaN"}, {"Quantity": "2.5"},
        {"Sub-Category": "Spaceships"}, {"Customer_Name": "a\x00b"}, {"Sales": "9e99"}, {"Sales": "-1"}, {"Product_Name": " "},
    ]  # fmt: skip
    content = orders_csv(
        *(order_row(Row_ID=str(n), Order_ID=str(n), **change) for n, change in enumerate(changes, start=1))
    )
    report = load(database, {"orders.csv": content})
    assert [refusal.code for refusal in report.refusals] == [
        "date_unreadable", "value_missing", "number_out_of_range", "number_unreadable", "number_unreadable", "label_unknown",
        "text_unstorable", "number_out_of_range", "number_out_of_range", "value_missing",
    ]  # fmt: skip
    assert report.created("sales_order") == 0
    for refusal in report.refusals:
        zh, en = refusal.sentences()
        assert "{" not in zh + en


def test_lines_of_an_order_in_the_books_are_never_changed_or_added(database: Database) -> None:
    first = order_row(Row_ID="1", Order_ID="A")
    load(database, {"orders.csv": orders_csv(first)})
    before = everything(database)
    changed = orders_csv(first | {"Sales": "999"}, order_row(Row_ID="2", Order_ID="A"))
    report = load(database, {"orders.csv": changed})
    assert {refusal.row: refusal.code for refusal in report.refusals} == {
        2: "recorded_differently",
        3: "order_settled",
    }
    kept = ("orderline", "sales_order", "payment", "pointsentry", "memberaccount")
    after = everything(database)
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_what_people_changed_stays_and_what_the_source_changed_arrives(database: Database) -> None:
    load(database, {"orders.csv": orders_csv(order_row())})
    with database.writing() as session:
        from sqlmodel import select

        from shared_models.sales.tables import Customer
        from sync.hub.recorder import recording

        with recording(session, author="somebody", at_ms=NOW_MS):
            customer = session.exec(select(Customer)).one()
            customer.notes, customer.address = "喜欢深色", "新家"
            session.flush()
    report = load(database, {"orders.csv": orders_csv(order_row())}, now_ms=NOW_MS + 1)
    assert report.tables["customer"].updated == 0
    later = order_row(
        Row_ID="2", Order_ID="B", Order_Date="12/1/2017", City="Paris", Customer_Name="Claire G. Smith"
    )
    report = load(database, {"orders.csv": orders_csv(order_row(), later)}, now_ms=NOW_MS + 2)
    assert report.tables["customer"].updated == 1
    [[notes, address]] = rows(database, "SELECT notes, address FROM customer")
    assert notes == "喜欢深色"
    assert address.startswith("Paris")


def test_changes_of_an_import_reach_the_feed(database: Database) -> None:
    load(database, {"orders.csv": orders_csv(order_row())})
    announced = rows(database, "SELECT DISTINCT tbl FROM sync_feed")
    assert {
        "store",
        "staff",
        "product",
        "customer",
        "sales_order",
        "orderline",
        "payment",
        "memberaccount",
    } <= {name for (name,) in announced}
    before = one(database, "SELECT max(n) FROM sync_feed")
    later = order_row(Row_ID="2", Order_ID="B", Order_Date="12/1/2017", City="Paris")
    load(database, {"orders.csv": orders_csv(later)}, now_ms=NOW_MS + 1)
    news = rows(database, "SELECT DISTINCT tbl FROM sync_feed WHERE n > :before", before=before)
    assert ("customer",) in news
    assert ("memberaccount",) in news


def test_a_return_of_an_unknown_order_is_refused_once(database: Database) -> None:
    content = csv_of(
        ("Returned", "Order ID"), [{"Returned": "Yes", "Order ID": "X"}, {"Returned": "No", "Order ID": "Y"}]
    )
    report = load(database, {"orders.csv": orders_csv(order_row()), "returns.csv": content})
    assert [refusal.code for refusal in report.refusals] == ["reference_unknown", "not_selected"]
    assert report.refused == 1


def test_a_return_that_comes_later_takes_back_what_the_order_earned(database: Database) -> None:
    load(database, {"orders.csv": orders_csv(order_row(Order_ID="A"), order_row(Row_ID="2", Order_ID="B"))})
    content = csv_of(("Returned", "Order ID"), [{"Returned": "Yes", "Order ID": "A"}])
    report = load(database, {"returns.csv": content}, now_ms=NOW_MS + 1)
    assert report.created("salereturn") == 1
    assert rows(database, "SELECT balance, growth, debt, orders, spent_fen FROM memberaccount") == [
        (2_619, 2_619, 0, 2, 261_960)
    ]
    assert rows(database, "SELECT points, growth FROM pointsentry WHERE kind = 'reversal'") == [
        (-2_619, -2_619)
    ]
    assert one(database, "SELECT refund_fen FROM salereturn") == 261_960
    again = load(database, {"returns.csv": content}, now_ms=NOW_MS + 2)
    assert again.tables["salereturn"].unchanged == 1
    assert one(database, "SELECT count(*) FROM pointsentry") == 3


def test_leads_go_round_the_salespeople_and_keep_the_owner_they_were_given(database: Database) -> None:
    made = [lead_row(f"{number:032x}") for number in range(12)]
    load(database, {"leads.csv": leads_csv(*made)})
    owners = [count for _, count in rows(database, "SELECT owner_id, count(*) FROM lead GROUP BY owner_id")]
    assert owners == [4, 4, 4]
    before = rows(database, "SELECT id, owner_id FROM lead ORDER BY id")
    load(database, {"leads.csv": leads_csv(*reversed(made))}, now_ms=NOW_MS + 1)
    assert rows(database, "SELECT id, owner_id FROM lead ORDER BY id") == before


def test_deals_that_come_after_their_leads_hand_them_to_who_won_them(database: Database) -> None:
    load(database, {"leads.csv": leads_csv(lead_row("a" * 32), lead_row("b" * 32, "NaN"))})
    deals = csv_of(DEAL_COLUMNS, [deal_row("a" * 32), deal_row("c" * 32)])
    report = load(database, {"deals.csv": deals}, now_ms=NOW_MS + 1)
    assert [(refusal.row, refusal.code) for refusal in report.refusals] == [(3, "reference_unknown")]
    won = rows(
        database,
        "SELECT l.stage, l.category, s.code, l.store_id = s.store_id, l.first_reached_at_ms = f.occurred_at_ms "
        "FROM lead l JOIN staff s ON s.id = l.owner_id JOIN followup f ON f.lead_id = l.id",
    )
    assert won == [("won", "宠物用品", "SR-4EF15AFB", True, True)]
    assert one(database, "SELECT source FROM lead WHERE stage = 'new'") == "来源不明"
    load(database, {"leads.csv": leads_csv(lead_row("a" * 32))}, now_ms=NOW_MS + 2)
    assert one(database, "SELECT count(*) FROM lead WHERE stage = 'won'") == 1


def test_fresh_leads_come_due_after_a_day_and_old_ones_do_not(database: Database) -> None:
    inquired_ms = NOW_MS - 2 * DAY_MS
    from shared_models.moments import day_bounds_ms, local_date

    fresh = lead_row("a" * 32, day=local_date(inquired_ms))
    load(database, {"leads.csv": leads_csv(fresh, lead_row("b" * 32))})
    due = rows(database, "SELECT next_due_at_ms FROM lead WHERE next_due_at_ms IS NOT NULL")
    assert due == [(day_bounds_ms(local_date(inquired_ms))[0] + DAY_MS,)]


def test_a_failing_import_leaves_nothing_half(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(database)
    sources = [open_source("orders.csv", orders_csv(order_row()))]
    drafts = draft_files(sources, COMPANY)

    class PowerCut(Exception):
        pass

    def cut(step: str, done: int, total: int) -> None:
        if step == "writing" and done == total:
            raise PowerCut

    with pytest.raises(PowerCut), database.writing() as session:
        import_drafts(session, drafts, sources, now_ms=NOW_MS, progress=cut)
    assert everything(database) == before


def test_the_errors_file_never_holds_a_formula(database: Database) -> None:
    report = load(
        database,
        {"=cmd.csv": orders_csv(order_row(Sales="=1+1"), order_row(Row_ID="2", Order_ID="B", Sales="@x"))},
    )
    lines = list(csv.DictReader(io.StringIO(errors_text(report.refusals).removeprefix("\ufeff"))))
    assert [line["value"] for line in lines] == ["'=1+1", "'@x"]
    assert [line["row"] for line in lines] == ["2", "3"]
    assert {line["file"] for line in lines} == {"'=cmd.csv"}


def test_an_unknown_header_is_refused_with_the_nearest_mapping(database: Database) -> None:
    with pytest.raises(FileRefusedError, match=r"mql_id|landing_page_id") as refused:
        open_source("leads.csv", b"first_contact_date,origin,landing_page_id\n2018-01-01,social,x\n")
    assert "olist_leads" in refused.value.zh
    assert refused.value.code == "header_unknown"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"\n\n", "file_empty"), (b"\xff\xfe\x00\xd8\xff", "encoding_unknown")],
)
def test_what_is_no_table_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        open_source("x.csv", content)
    assert refused.value.code == code


def test_a_file_in_the_encoding_of_chinese_spreadsheets_is_read(database: Database) -> None:
    content = orders_csv(order_row(Customer_Name="欧阳娜娜")).decode().encode("gb18030")
    load(database, {"orders.csv": content})
    assert rows(database, "SELECT name FROM customer") == [("欧阳娜娜",)]


def test_a_sale_during_an_import_is_not_lost_from_the_balance(postgresql_url: str) -> None:
    """The account is locked while the import works, so the sale waits and then sees what the import credited."""
    from concurrent.futures import ThreadPoolExecutor

    from sqlalchemy import text

    from server.migrate import upgrade

    database = Database(postgresql_url)
    upgrade(database)
    load(database, {"orders.csv": orders_csv(order_row(Order_ID="A"))})
    later = [open_source("orders.csv", orders_csv(order_row(Row_ID="2", Order_ID="B")))]
    sold = []

    def sell() -> None:
        with database.writing() as session:
            session.connection().execute(text("UPDATE memberaccount SET balance = balance + 5"))

    with ThreadPoolExecutor() as pool:

        def during(step: str, done: int, total: int) -> None:
            if step == "comparing" and done == total:
                sold.append(pool.submit(sell))

        drafts = draft_files(later, COMPANY)
        with database.writing() as session:
            import_drafts(session, drafts, later, now_ms=NOW_MS + 1, progress=during)
        sold[0].result(timeout=30)
    assert one(database, "SELECT balance FROM memberaccount") == 2_619 * 2 + 5
    database.close()
