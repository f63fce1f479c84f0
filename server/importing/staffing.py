"""Who holds what was imported: salespeople for stores without any, stores for people.

Everything here follows from the files and the people of the company alone, so that the same import always assigns the same.
"""

from dataclasses import dataclass
from itertools import cycle
from typing import Any

from sqlmodel import Session

from server.importing.drafting import Draft, Drafts, Origin, stable_id
from server.importing.mapping import Mapping, Salespeople
from server.importing.refusals import FileRefusedError
from server.importing.rows import rows_of_company
from shared_models.people.tables import Role


@dataclass(slots=True)
class Workforce:
    """The stores and salespeople of a company, those that this run makes included."""

    stores: dict[str, str]
    """Name by identifier."""
    sellers: dict[str, dict[str, Any]]
    """Fields of each active salesperson by identifier."""
    homes: dict[str, str | None]
    """The store of everybody in the books, whatever their role and whether they still work here."""

    def store_of(self, staff_id: str) -> str:
        """The store where a person's leads are; for somebody without one, the first store by name."""
        seller = self.sellers.get(staff_id)
        home: str | None = seller["store_id"] if seller else self.homes.get(staff_id)
        return home or min(self.stores, key=lambda store: (self.stores[store], store))

    def in_order(self) -> list[str]:
        """Salespeople by log-in code: the order in which work goes round."""
        return sorted(self.sellers, key=lambda seller: (self.sellers[seller]["code"], seller))

    def seller_for(self, store_id: str, customer_id: str) -> str | None:
        """The salesperson who serves a customer in a store, always the same one; None when nobody works there."""
        here = [seller for seller in self.in_order() if self.sellers[seller]["store_id"] == store_id]
        return here[int(customer_id, 16) % len(here)] if here else None


def staff_the_stores(session: Session, drafts: Drafts, mappings: list[Mapping]) -> Workforce:
    """Complete the drafted people, and add the salespeople and the store that the mappings give a source without any."""
    workforce = _present(session, drafts)
    for mapping in mappings:
        if mapping.salespeople and not mapping.fallback_store:
            for store_id, draft in drafts.of("store").items():
                if mapping.name in draft.said:
                    _hire(drafts, workforce, mapping, mapping.salespeople, store_id)
    for mapping in mappings:
        if mapping.fallback_store:
            _fall_back(drafts, workforce, mapping)
    return workforce


def _present(session: Session, drafts: Drafts) -> Workforce:
    """Everybody who works in the company already, and the drafted people with a store each."""
    company = drafts.company_id
    stores = {row["id"]: row["name"] for row in rows_of_company(session, "store", company)}
    stores |= {store_id: draft.fields["name"] for store_id, draft in drafts.of("store").items()}
    known = {row["id"]: row for row in rows_of_company(session, "staff", company)}
    workforce = Workforce(stores, {}, {staff_id: row["store_id"] for staff_id, row in known.items()})
    for row in known.values():
        if row["role"] == Role.SALES and row["active"] and not row["on_leave"] and row["store_id"]:
            workforce.sellers[row["id"]] = row
    for staff_id, draft in drafts.of("staff").items():
        if staff_id in known:
            draft.fields["store_id"] = known[staff_id]["store_id"]
        elif draft.fields["role"] == Role.SALES and "store_id" in draft.fields:
            workforce.sellers[staff_id] = draft.fields
    return workforce


def _hire(drafts: Drafts, workforce: Workforce, mapping: Mapping, terms: Salespeople, store_id: str) -> None:
    """Draft the salespeople of one store."""
    store = workforce.stores[store_id]
    for number in range(1, terms.per_store + 1):
        words = {"store": store, "number": number}
        staff_id = stable_id(drafts.company_id, mapping.source, "staff", "salesperson", store_id, str(number))
        said = {
            "code": "".join(terms.code.format_map(words).upper().split()),
            "name": terms.name.format_map(words),
            "role": Role.SALES.value,
        }
        draft = _made_up(drafts, "staff", staff_id, mapping, said)
        draft.fields.setdefault("store_id", store_id)
        if staff_id not in workforce.homes:
            workforce.sellers[staff_id] = draft.fields


def _fall_back(drafts: Drafts, workforce: Workforce, mapping: Mapping) -> None:
    """Stores for drafted salespeople who have none; a store and salespeople for leads that nobody could hold."""
    unplaced = [
        (staff_id, draft) for staff_id, draft in drafts.of("staff").items() if "store_id" not in draft.fields
    ]
    needs_sellers = bool(mapping.salespeople and drafts.of("lead") and not workforce.sellers and not unplaced)
    if (unplaced or needs_sellers) and not workforce.stores:
        store_id = stable_id(drafts.company_id, mapping.source, "store", "fallback")
        said = {"name": mapping.fallback_store, "region": mapping.fallback_store}
        _made_up(drafts, "store", store_id, mapping, said)
        workforce.stores[store_id] = str(mapping.fallback_store)
    places = sorted(workforce.stores, key=lambda store: (workforce.stores[store], store))
    for (staff_id, draft), store_id in zip(sorted(unplaced), cycle(places), strict=False):
        draft.fields["store_id"] = store_id
        workforce.sellers[staff_id] = draft.fields
    if needs_sellers and mapping.salespeople:
        for store_id in places:
            _hire(drafts, workforce, mapping, mapping.salespeople, store_id)


def _made_up(drafts: Drafts, table: str, row_id: str, mapping: Mapping, said: dict[str, Any]) -> Draft:
    """A draft that the mapping declares and no line of the file states."""
    draft = drafts.of(table).setdefault(row_id, Draft(table, row_id, Origin(mapping.name, 0)))
    draft.amends = False
    draft.fields.update(said)
    draft.said.setdefault(mapping.name, {}).update(said)
    return draft


def require_sellers(drafts: Drafts, workforce: Workforce) -> None:
    """Raise `FileRefusedError` when there are leads or orders and nobody could hold them."""
    if workforce.sellers or not (drafts.of("lead") or drafts.of("sales_order")):
        return
    raise FileRefusedError(
        "nobody_sells",
        "公司里没有在职的销售人员，无人可以接手线索和订单；什么都没有导入。请先建立或导入员工。",
        "Nobody in the company sells, so nobody could hold the leads and orders; nothing was imported. "
        "Create or import people first.",
    )
