"""A refused unit can be handed over to the manager: word for word, offline, and out of its author's way (S4)."""

from sync.handed_over import HandedOver
from tests.convergence.world import make_lead


def test_a_refused_unit_reaches_the_manager_word_for_word(world):
    amy, bob, boss = world.device("A", "amy"), world.device("B", "bob"), world.device("M", "max")
    lead = make_lead(owner="cat", store="south", name="黄先生")
    with amy.act("new_lead") as session:
        session.add(lead)
    world.settle()
    (refused,) = amy.replica.refused_units()
    amy.replica.hand_over(refused.id, "north")
    assert (amy.replica.status().refused, amy.replica.status().pending) == (0, 1)
    world.settle()
    (seen,) = boss.replica.handed_over()
    assert (seen.by, seen.action, seen.code, seen.about_id) == ("amy", "new_lead", "not_yours", lead.id)
    (change,) = seen.unit["changes"]
    assert (change["table"], change["fields"]["name"]) == ("lead", "黄先生")
    assert (seen.unit["id"], seen.unit["at_ms"]) == (refused.id, refused.at_ms)
    assert bob.replica.handed_over() == []
    assert [each.id for each in amy.replica.handed_over()] == [seen.id]


def test_only_the_manager_settles_what_was_handed_over(world):
    amy, boss = world.device("A", "amy"), world.device("M", "max")
    with amy.act() as session:
        session.add(make_lead(owner="cat", store="south"))
    world.settle()
    amy.replica.hand_over(amy.replica.refused_units()[0].id, "north")
    world.settle()
    (row,) = world.all(HandedOver)
    amy.replica.settle_handed_over(row.id)
    world.settle()
    assert [unit.code for unit in amy.replica.refused_units()] == ["not_owner"]
    boss.replica.settle_handed_over(row.id)
    world.settle()
    assert amy.replica.handed_over() == boss.replica.handed_over() == []
