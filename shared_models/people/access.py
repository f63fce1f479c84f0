"""Who sees what: the one place that says which scopes a role is handed by sync.

A scope is a key such as `staff:7`, `store:3`, `manager:3`, `office:1`, `company:1` or `member:9`. Tables say which scopes
a row belongs to (`shared_models.synced`); this says which scopes a person has.
"""

from typing import Protocol

from shared_models.people.tables import Role, Store

DECIDED_BY = frozenset({"role", "store_id", "active"})
"""The columns of `Staff` that decide which scopes a person has."""

BACK_OFFICE = frozenset({Role.COMPANY_MANAGER, Role.OFFICE})


class Person(Protocol):
    """What of a row of `Staff` says what they may see."""

    @property
    def id(self) -> str: ...  # noqa: D102 - as `Staff` has it
    @property
    def company_id(self) -> str: ...  # noqa: D102
    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def store_id(self) -> str | None: ...  # noqa: D102
    @property
    def active(self) -> bool: ...  # noqa: D102


def scopes_of(staff: Person, stores: list[Store]) -> frozenset[str]:
    """The scopes a person may see; empty for one who no longer works here.

    - everybody: the company's reference data, and what is assigned to them;
    - salespeople and store managers: their store's customers, orders and points;
    - store managers: every lead of their store, and what articles cost;
    - company managers and the office: the same for all stores of the company, and what concerns no store;
    - designers: what partners may see, and what concerns themselves;
    - members: gifts, tiers and stores, and their own row as a customer with what follows it: account, ledger, orders. What
      colleagues note about them (`Customer.notes` and `attributes`, an order's note, lead and designer) is `visible_to` the
      company alone, as costs are to `margins`; conflicts and held edits, which quote such notes, are `unseen_by` them.

    `stores` are those of the person's company.
    """
    if not staff.active:
        return frozenset()
    if staff.role == Role.DESIGNER:
        return frozenset({f"partners:{staff.company_id}", f"designer:{staff.id}"})
    if staff.role == Role.MEMBER:
        return frozenset({f"members:{staff.company_id}", f"member:{staff.id}"})
    scopes = {f"company:{staff.company_id}", f"staff:{staff.id}"}
    if staff.role in BACK_OFFICE:
        scopes |= {f"office:{staff.company_id}", f"margins:{staff.company_id}"}
        for store in stores:
            scopes |= {f"store:{store.id}", f"manager:{store.id}"}
    elif staff.store_id:
        scopes.add(f"store:{staff.store_id}")
        if staff.role == Role.STORE_MANAGER:
            scopes |= {f"manager:{staff.store_id}", f"margins:{staff.company_id}"}
    return frozenset(scopes)
