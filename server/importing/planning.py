"""Compares drafts with the books: what is new, what the source changed since the last import, what stays as it is."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from server.importing.drafting import Draft, Drafts, Fields
from server.importing.rows import MODELS, Row, is_fact, rows_by_id, whole_row
from server.importing.tables import ImportedRow
from shared_models.sales.tables import LEAD_TRANSITIONS, LeadStage


@dataclass(slots=True)
class TablePlan:
    """What will happen to one table."""

    created: list[Row] = field(default_factory=list)
    updated: dict[str, Fields] = field(default_factory=dict)
    unchanged: int = 0


@dataclass(slots=True)
class Plan:
    """Everything a run will write. `told` is what each mapping says now, where that is new."""

    company_id: str
    tables: dict[str, TablePlan] = field(default_factory=dict)
    told: list[Row] = field(default_factory=list)
    retold: list[Row] = field(default_factory=list)

    def of(self, table: str) -> TablePlan:
        """The plan of one table."""
        return self.tables.setdefault(table, TablePlan())

    def create(self, table: str, row_id: str, fields: Fields) -> Row:
        """Plan a new row, its other columns at their defaults."""
        row = whole_row(table, row_id, self.company_id, fields)
        self.of(table).created.append(row)
        return row


def plan(session: Session, drafts: Drafts) -> Plan:
    """Decide for every draft; what cannot be done is added to the refusals of `drafts`."""
    made = Plan(drafts.company_id)
    for table in MODELS:
        table_drafts = drafts.of(table)
        if not table_drafts:
            continue
        known = rows_by_id(session, table, table_drafts)
        told = _told_before(session, table_drafts)
        for row_id, draft in table_drafts.items():
            if row_id not in known:
                made.create(table, row_id, draft.fields)
            elif is_fact(table):
                _compare_fact(drafts, made, draft, known[row_id])
            else:
                _compare_record(drafts, made, draft, known[row_id], told)
            if not is_fact(table):
                _remember(made, draft, told)
    return made


def refuse_unknown_references(session: Session, drafts: Drafts) -> None:
    """Drop drafts that amend or refer to a row which neither exists nor is being made; their rows are refused once each."""
    seen = {(refusal.file, refusal.row) for refusal in drafts.refusals}
    for table in MODELS:
        needs = [(draft, table, draft.id) for draft in drafts.of(table).values() if draft.amends]
        for draft in drafts.of(table).values():
            needs += [(draft, other, draft.fields[name]) for name, other in draft.must_exist.items()]
        for draft, other, _ in _unmet(session, drafts, needs):
            if (draft.origin.file, draft.origin.row) not in seen:
                drafts.refuse(draft.origin, "reference_unknown", table=other)
                seen.add((draft.origin.file, draft.origin.row))
            drafts.of(draft.table).pop(draft.id, None)


def _unmet(
    session: Session,
    drafts: Drafts,
    needs: list[tuple[Draft, str, str]],
) -> list[tuple[Draft, str, str]]:
    unmet = []
    for other in {table for _, table, _ in needs}:
        open_needs = [need for need in needs if need[1] == other and not _is_made(drafts, other, need[2])]
        present = rows_by_id(session, other, (row_id for _, _, row_id in open_needs))
        unmet += [need for need in open_needs if need[2] not in present]
    return unmet


def _is_made(drafts: Drafts, table: str, row_id: str) -> bool:
    draft = drafts.of(table).get(row_id)
    return draft is not None and not draft.amends


def _compare_fact(drafts: Drafts, made: Plan, draft: Draft, present: Row) -> None:
    """A fact is never changed: one that the source now tells differently is refused."""
    said = {name: value for each in draft.said.values() for name, value in each.items()}
    differing = sorted(name for name, value in said.items() if present[name] != value)
    if differing:
        drafts.refuse(draft.origin, "recorded_differently", fields=", ".join(differing))
    else:
        made.of(draft.table).unchanged += 1


def _compare_record(
    drafts: Drafts, made: Plan, draft: Draft, present: Row, told: dict[tuple[str, str], Fields]
) -> None:
    """Write what the source changed since it was last imported, and leave the rest to the people who work with the row."""
    changes: dict[str, Any] = {}
    for mapping, said in draft.said.items():
        before = told.get((draft.id, mapping))
        for name, value in said.items():
            is_news = before is None or name not in before or before[name] != value
            is_ours = (mapping, name) not in draft.create_only
            if is_news and is_ours and present[name] != value:
                changes[name] = value
    if draft.table == "lead" and not _may_become(present["stage"], changes.get("stage")):
        drafts.refuse(draft.origin, "stage_closed", "stage", present["stage"])
        del changes["stage"]
    if changes:
        made.of(draft.table).updated[draft.id] = changes
    else:
        made.of(draft.table).unchanged += 1


def _may_become(present: str, wanted: str | None) -> bool:
    return wanted is None or LeadStage(wanted) in LEAD_TRANSITIONS[LeadStage(present)]


def _remember(made: Plan, draft: Draft, told: dict[tuple[str, str], Fields]) -> None:
    for mapping, said in draft.said.items():
        before = told.get((draft.id, mapping))
        row = {
            "row_id": draft.id,
            "mapping": mapping,
            "company_id": made.company_id,
            "table_name": draft.table,
            "said": said,
        }
        if before is None:
            made.told.append(row)
        elif before != said:
            made.retold.append(row)


def _told_before(session: Session, drafts: dict[str, Draft]) -> dict[tuple[str, str], Fields]:
    ids = list(drafts)
    told: dict[tuple[str, str], Fields] = {}
    for start in range(0, len(ids), 500):
        query = select(ImportedRow.row_id, ImportedRow.mapping, ImportedRow.said)
        for row_id, mapping, said in session.exec(
            query.where(col(ImportedRow.row_id).in_(ids[start : start + 500]))
        ):
            told[row_id, mapping] = dict(said)
    return told
