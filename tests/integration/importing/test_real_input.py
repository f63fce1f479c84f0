"""The files the product was made for load whole, and again without a change."""

from server.database import Database
from shared_models.pinyin import search_key
from tests.integration.importing.books import everything, load, one, rows
from tests.integration.importing.sources import NAMES, THREE_TABLES, all_files


def test_all_files_load_whole_and_a_second_time_change_nothing(database: Database) -> None:
    files, counts = all_files()
    given = {name: files[name] for name in reversed(NAMES)}
    report = load(database, given)

    assert report.refused == 0
    assert report.reasons() == {"duplicate": counts.repeated_returns}
    created = {name: each.created for name, each in report.tables.items()}
    assert created["customer"] == created["memberaccount"] == counts.customers
    assert created["sales_order"] == created["payment"] == counts.orders
    assert created["orderline"] == counts.lines
    assert created["salereturn"] == counts.returned
    assert created["lead"] == counts.leads
    assert created["followup"] == counts.deals
    assert one(database, "SELECT count(*) FROM lead WHERE stage = 'won'") == counts.deals
    assert one(database, "SELECT sum(net_fen) FROM orderline") == counts.sales_fen
    _points_equal_the_fold_of_the_ledger(database)
    _every_reference_is_met(database)

    before = everything(database)
    again = load(database, dict(sorted(given.items())))
    assert {name: (each.created, each.updated) for name, each in again.tables.items()} == dict.fromkeys(
        again.tables, (0, 0)
    )
    assert everything(database) == before


def test_three_tables_in_one_file_load_what_is_loadable_and_say_where_the_rest_belongs(
    database: Database,
) -> None:
    files, counts = all_files()
    report = load(database, {THREE_TABLES: files[THREE_TABLES]})
    people, returns = 4, counts.returned + counts.repeated_returns

    assert report.created("orderline") == counts.lines
    assert report.created("sales_order") == counts.orders
    assert report.created("salereturn") == 0
    assert report.reasons() == {"other_table_row": people + returns, "other_table_header": 2}
    tables = {refusal.details["table"] for refusal in report.refusals}
    assert tables == {"superstore_people", "superstore_returns"}
    first = report.refusals[0]
    assert (first.row, first.value) == (counts.lines + 2, "Person,Region")
    assert "superstore_people" in first.sentences()[0]


def test_a_lead_without_a_name_is_found_by_the_initials_of_its_channel(database: Database) -> None:
    files, _ = all_files()
    load(database, {name: files[name] for name in NAMES if name.startswith("olist")})
    [[name, key]] = rows(
        database, "SELECT name, name_key FROM lead WHERE source = '付费搜索' ORDER BY id LIMIT 1"
    )
    assert name.startswith("付费搜索 ")
    assert key == search_key(name)
    assert " ffss" in key


def _points_equal_the_fold_of_the_ledger(database: Database) -> None:
    differing = one(
        database,
        "SELECT count(*) FROM memberaccount a LEFT JOIN "
        "(SELECT customer_id, sum(points) AS points, sum(growth) AS growth FROM pointsentry GROUP BY customer_id) e "
        "ON e.customer_id = a.customer_id "
        "WHERE a.balance - a.debt <> coalesce(e.points, 0) OR a.growth <> coalesce(e.growth, 0)",
    )
    assert differing == 0
    lots = one(
        database,
        "SELECT count(*) FROM pointslot l LEFT JOIN "
        "(SELECT lot_id, sum(points) AS points FROM pointsentry GROUP BY lot_id) e ON e.lot_id = l.id "
        "WHERE l.remaining <> coalesce(e.points, 0)",
    )
    assert lots == 0
    unearned = one(
        database,
        "SELECT count(*) FROM sales_order o LEFT JOIN (SELECT order_id, sum(points) AS points FROM pointsentry "
        "WHERE kind = 'base' GROUP BY order_id) e ON e.order_id = o.id "
        "WHERE coalesce(e.points, 0) <> o.products_net_fen / 100",
    )
    assert unearned == 0
    kept = one(
        database,
        "SELECT coalesce(sum(e.points), 0) FROM pointsentry e JOIN salereturn r ON r.order_id = e.order_id",
    )
    assert kept == 0


def _every_reference_is_met(database: Database) -> None:
    for table, column, other in (
        ("lead", "owner_id", "staff"),
        ("lead", "store_id", "store"),
        ("sales_order", "staff_id", "staff"),
        ("sales_order", "customer_id", "customer"),
        ("sales_order", "scheme_id", "scheme"),
        ("orderline", "product_id", "product"),
        ("payment", "order_id", "sales_order"),
        ("salereturn", "order_id", "sales_order"),
    ):
        lost = f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM {other})"
        assert one(database, lost) == 0, (table, column)
