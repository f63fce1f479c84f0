"""What must hold once everybody has synced, whatever happened before: each promise as a question about the databases.

The answers come from plain SQL and from what the run itself wrote down, not from the engine's own functions.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from shared_models.money import whole_yuan
from sync.clock import IMPLAUSIBLE_SKEW_MS
from sync.schema import TableSpec, catalogue
from tests.convergence.company import Trial
from tests.convergence.findings import Findings
from tests.convergence.record import by_key, pending
from tests.convergence.run import Run, Violation
from tests.convergence.world import Device


def check(run: Run) -> None:
    """Raises `Violation` for the first promise that is broken."""
    found = Findings(run)
    everybody_agrees(found)
    every_confirmed_action_took_effect_once(found)
    whole_or_not_at_all(found)
    no_value_was_lost(found)
    corrected_time_is_true(found)
    the_ledger_adds_up(found)


def everybody_agrees(found: Findings) -> None:
    """S1, S5: each copy is exactly the part of the hub's rows that its user may see, column for column."""
    for device in found.run.devices:
        if pending(device):
            raise Violation(f"S1: {device.name} still has pending units")
        scopes = found.run.scopes_of(device)
        for name, rows in found.hub.items():
            ours = found.copies[device.name][name]
            seen = {row_id: row for row_id, row in rows.items() if found.scopes[name, row_id] & scopes}
            theirs = _as_shown(catalogue()[name], seen, scopes)
            if ours != theirs:
                raise Violation(_difference(device, name, ours, theirs))


def _as_shown(
    spec: TableSpec, rows: dict[str, dict[str, Any]], scopes: frozenset[str]
) -> dict[str, dict[str, Any]]:
    """The rows without what never leaves the hub, and with nothing in what these scopes do not show."""
    private = spec.columns.keys() - set(spec.public) if rows else None
    masked = spec.masked_from(scopes) if rows and spec.masks else None
    if not private and not masked:
        return rows
    shown = [(column, column in (masked or ())) for column in spec.public]
    return {
        row_id: {column: None if is_masked else row[column] for column, is_masked in shown}
        for row_id, row in rows.items()
    }


def _difference(device: Device, table: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    foreign = sorted(ours.keys() - theirs.keys())
    if foreign:
        return f"S5: {device.name} holds rows of {table} that it may not see, or that are gone: {foreign}"
    for row_id in sorted(theirs):
        if ours.get(row_id) != theirs[row_id]:
            return f"S1: {device.name} has {ours.get(row_id)} in {table}, the hub {theirs[row_id]}"
    raise AssertionError("there is no difference")


def every_confirmed_action_took_effect_once(found: Findings) -> None:
    """S2: a confirmed unit was applied, or is with its owner with the reason; a counter moved once for each."""
    for unit in found.run.record.units:
        if found.fate(unit) == "lost":
            raise Violation(f"S2: the confirmed unit {unit} is neither applied nor refused")
    stock: dict[str, int] = defaultdict(int)
    for unit, row_id, delta in found.run.record.added:
        if found.fate(unit) == "applied":
            stock[row_id] += delta
    for row_id, row in found.hub[str(Trial.__tablename__)].items():
        if row["stock"] != stock[row_id]:
            raise Violation(f"S2: the stock of {row_id} is {row['stock']} instead of {stock[row_id]}")


def whole_or_not_at_all(found: Findings) -> None:
    """S3: of a unit every row is there, or none."""
    made_by_applied = {
        row
        for unit, made in found.run.record.units.items()
        if found.fate(unit) == "applied"
        for row in made.inserted
    }
    deleted = {
        (change["table"], change["row"])
        for operation in found.operations.values()
        if operation["outcome"] == "applied"
        for change in operation["changes"]
        if change["kind"] == "del"
    }
    for unit, made in found.run.record.units.items():
        for table, row_id in made.inserted if found.fate(unit) != "held" else ():
            is_there = row_id in found.hub[table]
            if found.fate(unit) != "applied" and is_there and (table, row_id) not in made_by_applied:
                raise Violation(f"S3: {table} {row_id} is there although {unit} was not applied")
            is_deleted = (table, row_id) in deleted or _office_deleted(found, table, row_id)
            if found.fate(unit) == "applied" and not is_there and not is_deleted:
                raise Violation(f"S3: {table} {row_id} is missing although {unit} was applied")


def _office_deleted(found: Findings, table: str, row_id: str) -> bool:
    return any((gone.table, gone.row) == (table, row_id) for gone in found.run.record.deleted_by_office)


def no_value_was_lost(found: Findings) -> None:
    """S4: every value ever written is in a row, was replaced by somebody who saw it, is in the inbox, or is refused."""
    known = _places(found)
    for written in found.run.record.written:
        row = found.hub[written.table].get(written.row)
        if row is not None and _contains(by_key(row)[written.column], written.value):
            continue
        if not any(
            _contains(value, written.value) for value in known[written.table, written.row, written.column]
        ):
            raise Violation(f"S4: {written} is nowhere")


def _places(found: Findings) -> dict[tuple[str, str, str], list[Any]]:
    """For each column of a row: values that gave way, that were knowingly replaced, or that were refused or dropped."""
    places: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for conflict in found.hub["conflict"].values():
        field = f"{conflict['within']}.{conflict['field']}" if conflict["within"] else conflict["field"]
        about = conflict["about_table"], conflict["about_id"], field
        places[about].append(json.loads(conflict["lost"]))
    for gone in found.run.record.deleted_by_office:
        places[gone.table, gone.row, gone.column].append(gone.value)
    for unit, made in found.run.record.units.items():
        applied = found.fate(unit) == "applied"
        for table, row_id, _kind, fields, seen in made.changes:
            for column, value in by_key(seen if applied else fields).items():
                places[table, row_id, column].append(value)
    return places


def _contains(value: Any, searched: Any) -> bool:
    """Whether a value is, or holds as a member or a part of a text, the one that is searched."""
    if isinstance(searched, str) and isinstance(value, (str, list)):
        return searched in value
    return bool(value == searched)


def corrected_time_is_true(found: Findings) -> None:
    """S9: no clock makes an action later than its receipt, and one whose clock stood still in between is dated exactly."""
    exact = found.run.record.arrived_at_once
    for (_, unit), operation in found.operations.items():
        at_ms, received_at_ms = operation["at_ms"], operation["received_at_ms"]
        if at_ms > received_at_ms:
            raise Violation(f"S9: {unit} is dated after its receipt")
        true_ms = exact.get((unit, received_at_ms))
        if true_ms is not None and at_ms != true_ms:
            raise Violation(f"S9: {unit} is dated {at_ms - true_ms} ms off")
        if operation["outcome"] == "applied" and operation["received_at_ms"] - at_ms < 0:
            raise Violation(f"S9: {unit} was in the future by more than {IMPLAUSIBLE_SKEW_MS}")


def the_ledger_adds_up(found: Findings) -> None:
    """S2 for money: entries add up to the account, each order has earned once, and nobody spent what they had not."""
    entries = found.hub["pointsentry"].values()
    for member in found.hub["memberaccount"].values():
        own = [entry for entry in entries if entry["customer_id"] == member["id"]]
        lots = [lot for lot in found.hub["pointslot"].values() if lot["customer_id"] == member["id"]]
        sums = {
            "balance": sum(lot["remaining"] for lot in lots),
            "balance less debt": sum(entry["points"] for entry in own),
            "growth": sum(entry["growth"] for entry in own),
        }
        stored = {
            "balance": member["balance"],
            "balance less debt": member["balance"] - member["debt"],
            "growth": member["growth"],
        }
        if sums != stored or member["balance"] < 0 or any(lot["remaining"] < 0 for lot in lots):
            raise Violation(f"S2: the ledger of {member['id']} adds up to {sums}, its account says {stored}")
    for order in found.hub["sales_order"].values():
        _check_order(found, order, [entry for entry in entries if entry["order_id"] == order["id"]])


def _check_order(found: Findings, order: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    paid = sum(
        payment["amount_fen"]
        for payment in found.hub["payment"].values()
        if payment["order_id"] == order["id"]
    )
    rules = found.hub["scheme"][order["scheme_id"]]["rules"]
    due = {"base": whole_yuan(paid, rules["base_rate"]), "redeem": -order["offset_points"]}
    posted = {kind: sum(entry["points"] for entry in entries if entry["kind"] == kind) for kind in due}
    if posted != due or paid > order["products_net_fen"]:
        raise Violation(f"S2: order {order['id']}, paid {paid} fen, has {posted} posted instead of {due}")
