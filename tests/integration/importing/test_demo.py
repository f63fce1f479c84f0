"""The made-up company that a newcomer meets first."""

from server.database import Database
from server.demo.log_ins import DEMO_CODES
from server.demo.story import has_company, write_demo
from tests.integration.importing.books import NOW_MS, one, rows


def test_the_demo_company_has_people_work_and_points_that_add_up(database: Database) -> None:
    with database.writing() as session:
        assert not has_company(session)
        write_demo(session, NOW_MS)
        assert has_company(session)
    codes = {
        code
        for (code,) in rows(database, "SELECT code FROM staff s JOIN auth_credential c ON c.staff_id = s.id")
    }
    assert set(DEMO_CODES) <= codes
    assert one(database, "SELECT count(*) FROM lead") == 420
    assert one(database, "SELECT count(*) FROM customer") == 300
    overdue = "SELECT count(*) FROM lead WHERE next_due_at_ms < :now"
    assert one(database, overdue, now=NOW_MS) > 10
    today = "SELECT count(*) FROM lead WHERE next_due_at_ms BETWEEN :now AND :later"
    assert one(database, today, now=NOW_MS, later=NOW_MS + 24 * 3_600_000) > 10
    assert one(database, "SELECT count(DISTINCT tier) FROM memberaccount") >= 4
    for table, column in (
        ("followup", "occurred_at_ms"),
        ("sales_order", "sold_at_ms"),
        ("payment", "paid_at_ms"),
    ):
        assert one(database, f"SELECT count(*) FROM {table} WHERE {column} > :now", now=NOW_MS) == 0
    assert one(database, "SELECT sum(balance) FROM memberaccount") == one(
        database, "SELECT sum(points) FROM pointsentry"
    )
    overpaid = (
        "SELECT count(*) FROM sales_order o JOIN (SELECT order_id, sum(amount_fen) AS paid FROM payment GROUP BY order_id) p "
        "ON p.order_id = o.id WHERE p.paid > o.products_net_fen + o.services_fen"
    )
    assert one(database, overpaid) == 0
    assert one(database, "SELECT count(DISTINCT tbl) FROM sync_feed") >= 12


def test_the_demo_company_is_the_same_wherever_it_is_made_up() -> None:
    from server.demo.founding import found
    from server.demo.leads import follow_leads
    from server.demo.sales import sell
    from server.demo.scene import Scene

    def made() -> dict[str, list[dict[str, object]]]:
        scene = Scene(NOW_MS)
        found(scene)
        follow_leads(scene)
        sell(scene)
        return {name: plan.created for name, plan in scene.plan.tables.items()}

    assert made() == made()
