"""Where imported designers begin: their store by its name, and the level they hold, or by what they referred (R9)."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from server.domain.designers.levels import rules_in_force
from server.importing.drafting import Draft, Drafts
from server.importing.planning import Plan
from server.importing.rows import rows_of_company
from shared_models.designers.levels import LevelRules
from shared_models.designers.tables import Designer, LevelCause
from shared_models.designers.years import fiscal_year
from shared_models.errors import RuleError
from shared_models.ids import derived_id

SETTLED_FIELDS = frozenset({"store", "level", "history_fen"})
"""What a file says of a designer and is no column of theirs: `settle_designers` turns it into others."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The level with which a designer begins, from which year on, and why."""

    level: str
    from_year: int
    cause: LevelCause


def settle_designers(session: Session, drafts: Drafts, now_ms: int) -> dict[str, Opening]:
    """Complete the drafted designers, and say where each begins, by identifier.

    A row that names an unknown level or store, or the number of a designer who is in the books already, is refused.
    """
    designers = drafts.of("designer")
    if not designers:
        return {}
    rules = rules_in_force(session, drafts.company_id, now_ms)
    stores = {row["name"]: row["id"] for row in rows_of_company(session, "store", drafts.company_id)}
    stores |= {draft.fields["name"]: row_id for row_id, draft in drafts.of("store").items()}
    known = _known_numbers(session, drafts.company_id)
    openings: dict[str, Opening] = {}
    for designer_id, draft in list(designers.items()):
        level, history_fen = _taken(draft, "level"), _taken(draft, "history_fen")
        store = _taken(draft, "store")
        joined_year = draft.fields["joined_year"] or None
        _say(draft, "joined_year", joined_year)
        _say(draft, "store_id", stores.get(store))
        if store and store not in stores:
            drafts.refuse(draft.origin, "store_unknown", "门店", store)
        elif known.setdefault(draft.fields["phone"], designer_id) != designer_id:
            drafts.refuse(draft.origin, "designer_known", "手机", draft.fields["phone"])
        elif (opening := _opening(rules, level, history_fen, joined_year, now_ms)) is None:
            drafts.refuse(draft.origin, "level_unknown", "级别", level)
        else:
            draft.fields["level"] = opening.level
            openings[designer_id] = opening
            continue
        designers.pop(designer_id)
    return openings


def enter_levels(plan: Plan, openings: dict[str, Opening], now_ms: int) -> None:
    """Plan the opening level of each designer who is new; one who is in the books keeps theirs."""
    for row in plan.of("designer").created:
        opening = openings[row["id"]]
        plan.create(
            "designerlevelchange",
            derived_id("opening", row["id"]),
            {
                "designer_id": row["id"],
                "from_year": opening.from_year,
                "level": opening.level,
                "cause": opening.cause.value,
                "recorded_at_ms": now_ms,
            },
        )


def _opening(
    rules: LevelRules, level: str, history_fen: int, joined_year: int | None, now_ms: int
) -> Opening | None:
    """None for a level that the rules in force do not have."""
    this_year = fiscal_year(now_ms)
    from_year = min(joined_year or this_year, this_year)
    if not level:
        return Opening(rules.first_placement(history_fen).name, from_year, LevelCause.PLACEMENT)
    try:
        return Opening(rules.level(level).name, from_year, LevelCause.OPENING)
    except RuleError:
        return None


def _known_numbers(session: Session, company_id: str) -> dict[str, str]:
    """The designers in the books by their number."""
    found = select(Designer.phone, Designer.id).where(Designer.company_id == company_id, Designer.phone != "")
    return dict(session.exec(found).all())


def _taken(draft: Draft, name: str) -> Any:
    """A value of the file that is no column of the table, taken out of the draft."""
    for said in draft.said.values():
        said.pop(name, None)
    return draft.fields.pop(name)


def _say(draft: Draft, name: str, value: Any) -> None:
    """Have the draft, and every mapping that speaks of it, say this of a column."""
    for said in (draft.fields, *draft.said.values()):
        said[name] = value
