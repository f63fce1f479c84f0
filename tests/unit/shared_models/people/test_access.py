"""Which scopes each role is handed: exactly these, and none to somebody who has left."""

import pytest

from shared_models.people.access import scopes_of
from shared_models.people.tables import Role, Staff, Store

NORTH, SOUTH = (Store(id=name, company_id="c", name=name) for name in ("north", "south"))
OF_SALES = {"company:c", "staff:p", "store:north"}


def scopes(role: Role, *, store_id: str | None = "north", active: bool = True) -> frozenset[str]:
    person = Staff(id="p", company_id="c", code="P", name="P", role=role, store_id=store_id, active=active)
    return scopes_of(person, [NORTH, SOUTH])


@pytest.mark.parametrize("role", list(Role))
def test_who_has_left_sees_nothing(role):
    assert scopes(role, active=False) == frozenset()


def test_a_salesperson_sees_their_store():
    assert scopes(Role.SALES) == OF_SALES
    assert scopes(Role.SALES, store_id=None) == {"company:c", "staff:p"}


def test_a_store_manager_sees_the_leads_and_the_costs_as_well():
    assert scopes(Role.STORE_MANAGER) == OF_SALES | {"manager:north", "margins:c"}
    assert scopes(Role.STORE_MANAGER, store_id=None) == {"company:c", "staff:p"}


@pytest.mark.parametrize("role", [Role.COMPANY_MANAGER, Role.OFFICE])
def test_the_back_office_sees_all_stores(role):
    every_store = {"store:north", "store:south", "manager:north", "manager:south"}
    assert scopes(role, store_id=None) == {"company:c", "staff:p", "office:c", "margins:c"} | every_store


def test_designers_and_members_see_what_is_theirs():
    assert scopes(Role.DESIGNER) == {"partners:c", "designer:p"}
    assert scopes(Role.MEMBER) == {"members:c", "member:p"}
