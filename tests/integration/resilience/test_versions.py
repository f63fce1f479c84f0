"""S8: apps and servers of different versions work together, and what one does not know yet is kept."""

import itertools

import pytest

from sync.device import unknown
from sync.hub.upgrades import UpgradeRequired
from tests.integration.resilience.releases import NUMBERS, AppAt, HubAt

EVERY_PAIR = list(itertools.product(NUMBERS, NUMBERS))


@pytest.mark.parametrize(("app_is", "server_is"), EVERY_PAIR)
def test_an_app_of_any_release_works_with_a_server_of_any_other(app_is, server_is):
    hub = HubAt(server_is)
    sofa = hub.write("sofa", name="云栖", **{hub.version.colour: "灰"})
    app, other = AppAt(hub, "A", app_is), AppAt(hub, "B", server_is)
    app.sync()
    assert app.row("sofa", sofa)[app.version.colour] == "灰"
    app.edit("sofa", sofa, name="云栖二")
    look = app.write("look", sofa_id=sofa, note="坐了很久")
    own = app.write("sofa", name="山岚")
    app.sync()
    assert app.waiting() == (0, [])
    assert hub.row("sofa", sofa)["name"] == "云栖二"
    assert hub.row("sofa", sofa)[hub.version.colour] == "灰"
    other.sync()
    assert other.row("look", look)["note"] == "坐了很久"
    assert other.row("sofa", own)["name"] == app.row("sofa", own)["name"] == "山岚"


@pytest.mark.parametrize(("app_is", "server_is"), EVERY_PAIR)
def test_what_waits_unsent_while_the_app_or_the_server_is_upgraded_arrives(app_is, server_is):
    hub = HubAt(1)
    sofa = hub.write("sofa", name="云栖", colour="灰")
    app = AppAt(hub, "A", 1)
    app.sync()
    app.edit("sofa", sofa, colour="蓝")
    own = app.write("sofa", name="山岚", colour="白")
    app.upgrade(app_is)
    hub.upgrade(server_is)
    assert app.row("sofa", own)[app.version.colour] == "白"
    app.edit("sofa", own, name="山岚二")
    app.sync()
    assert app.waiting() == (0, [])
    assert hub.row("sofa", sofa)[hub.version.colour] == app.row("sofa", sofa)[app.version.colour] == "蓝"
    if app_is < 3 or server_is == 3:
        assert hub.row("sofa", own)[hub.version.colour] == "白"
    assert hub.row("sofa", own)["name"] == app.row("sofa", own)["name"] == "山岚二"


def test_what_an_older_app_has_no_place_for_is_kept_and_in_place_after_its_upgrade_without_a_download():
    hub = HubAt(2)
    app = AppAt(hub, "A", 1)
    sofa = hub.write("sofa", name="云栖", colour="灰", weight_kg=80)
    look = hub.write("look", sofa_id=sofa, minutes=12)
    swatch = hub.write("swatch", sofa_id=sofa, fabric="亚麻")
    app.sync()
    app.edit("sofa", sofa, name="云栖二")  # a row with something pending, too
    with app.engine.connect() as connection:
        assert unknown.count(connection) == 3
    app.upgrade(2)
    assert app.row("sofa", sofa)["weight_kg"] == 80
    assert app.row("sofa", sofa)["name"] == "云栖二"
    assert app.row("look", look)["minutes"] == 12
    assert app.row("swatch", swatch)["fabric"] == "亚麻"
    with app.engine.connect() as connection:
        assert unknown.count(connection) == 0
    outcome = app.sync()
    assert outcome.received == 1  # the row that was edited comes back, nothing else
    assert app.row("sofa", sofa)["weight_kg"] == 80


def test_rows_that_leave_take_what_was_kept_of_them_along():
    hub = HubAt(2)
    app = AppAt(hub, "A", 1)
    sofa = hub.write("sofa", name="云栖", weight_kg=80)
    app.sync()
    with app.engine.connect() as connection:
        assert unknown.count(connection) == 1
    other = AppAt(hub, "B", 2)
    other.sync()
    with other.version.running(), other.replica.action("delete") as session:
        session.delete(session.get(other.version.models["sofa"], sofa))
    other.sync()
    app.sync()
    with app.engine.connect() as connection:
        assert unknown.count(connection) == 0


def test_rows_that_came_before_the_server_had_a_column_are_fetched_again_after_the_upgrade_of_the_app():
    hub = HubAt(1)
    sofa = hub.write("sofa", name="云栖")
    app = AppAt(hub, "A", 1)
    app.sync()
    hub.upgrade(2)
    app.upgrade(2)
    app.write("sofa", name="山岚")
    outcome = app.sync()
    assert app.asked[-1].units or app.asked[-2].units or app.asked[-3].units  # what was pending went first
    assert outcome.received >= 2
    assert app.row("sofa", sofa)["weight_kg"] == 0


def test_what_a_newer_app_writes_is_in_place_once_the_server_has_been_upgraded():
    hub = HubAt(1)
    app = AppAt(hub, "A", 2)
    sofa = app.write("sofa", name="云栖", weight_kg=80)
    look = app.write("look", sofa_id=sofa, minutes=12)
    swatch = app.write("swatch", sofa_id=sofa, fabric="亚麻")
    app.sync()
    app.edit("sofa", sofa, weight_kg=90)
    app.sync()
    assert app.waiting() == (0, ["unknown_table"])  # nothing of it was lost, and the others went on
    assert app.row("sofa", sofa)["weight_kg"] == 90
    hub.upgrade(2)
    assert hub.row("sofa", sofa)["weight_kg"] == 90
    assert hub.row("look", look)["minutes"] == 12
    app.sync()
    app.sync()
    assert app.waiting() == (0, [])
    assert hub.row("swatch", swatch)["fabric"] == app.row("swatch", swatch)["fabric"] == "亚麻"
    assert app.row("sofa", sofa)["weight_kg"] == 90
    hub.upgrade(2)
    assert hub.row("sofa", sofa)["weight_kg"] == 90  # put in place once


def test_a_unit_says_which_schema_it_was_written_under_and_is_never_rewritten():
    hub = HubAt(3)
    sofa = hub.write("sofa", name="云栖", tint="灰")
    app = AppAt(hub, "A", 1)
    app.sync()
    app.edit("sofa", sofa, colour="蓝")
    app.upgrade(3)
    assert app.row("sofa", sofa)["tint"] == "蓝"
    app.sync()
    (unit,) = [unit for request in app.asked for unit in request.units]
    assert (unit.schema, unit.changes[0].fields, unit.changes[0].seen) == (
        1,
        {"colour": "蓝"},
        {"colour": "灰"},
    )
    assert hub.row("sofa", sofa)["tint"] == app.row("sofa", sofa)["tint"] == "蓝"


def test_too_old_an_app_delivers_what_is_pending_and_then_hears_that_it_must_be_upgraded():
    hub = HubAt(2)
    sofa = hub.write("sofa", name="云栖")
    app = AppAt(hub, "A", 1)
    app.sync()
    app.edit("sofa", sofa, name="云栖二")
    hub.upgrade(3, oldest=3)
    with pytest.raises(UpgradeRequired):
        app.sync()
    assert hub.row("sofa", sofa)["name"] == "云栖二"
    assert app.waiting() == (0, [])
    app.edit("sofa", sofa, name="云栖三")
    app.upgrade(3)
    app.sync()
    assert hub.row("sofa", sofa)["name"] == app.row("sofa", sofa)["name"] == "云栖三"


def test_a_first_sync_under_way_goes_on_when_the_server_is_upgraded_meanwhile():
    hub = HubAt(1)
    sofas = {hub.write("sofa", name=f"沙发{number}") for number in range(30)}
    looks = {hub.write("look", sofa_id=sofa) for sofa in sofas}
    app = AppAt(hub, "A", 1)
    upgraded = False

    def upgrade_once(answer=hub.answer):
        def with_an_upgrade(device, body):
            nonlocal upgraded
            said = answer(device, body)
            if len(app.asked) == 1 and not upgraded:
                upgraded = True
                hub.upgrade(2)
            return said

        return with_an_upgrade

    hub.answer = upgrade_once()
    import sync.client

    former = sync.client.ROWS_AT_FIRST
    sync.client.ROWS_AT_FIRST = 10
    try:
        outcome = app.sync()
    finally:
        sync.client.ROWS_AT_FIRST = former
    assert upgraded
    assert outcome.received == 60  # each row once
    assert all(app.row("sofa", sofa) for sofa in sofas)
    assert all(app.row("look", look) for look in looks)
