"""What a salesperson does with a lead, and what the screen then shows of it."""

import re
from dataclasses import dataclass
from typing import Any

from tests.e2e.leads import Lead
from tests.e2e.tablet import REACT_S, Tablet


@dataclass(frozen=True, slots=True)
class Shown:
    """A lead as a tablet shows it: the card of what is wanted, and what happened."""

    needs: tuple[str, ...]
    happened: frozenset[str]
    """Identifiers of the follow-ups and orders in the timeline."""


def find_by_initials(tablet: Tablet, lead: Lead) -> None:
    """Open the lead by the initials of its name, which a few others of its owner share."""
    _find(tablet, lead.id, lead.initials, lead.alike)


def find_by_name(tablet: Tablet, lead: Lead) -> None:
    """Open the lead by its whole name."""
    _find(tablet, lead.id, lead.name, frozenset({lead.id}))


def _find(tablet: Tablet, lead_id: str, typed: str, found: frozenset[str]) -> None:
    tablet.tap("go-leads")
    tablet.wait_for("leads")
    tablet.search("search", typed, rows="lead-", found=found)
    tablet.tap(f"lead-{lead_id}")
    tablet.wait_for("needs")


def log_visit(tablet: Tablet, note: str) -> str:
    """Log a visit to the showroom from the open lead; its identifier."""
    before = set(tablet.identifiers("follow-up-"))
    tablet.tap("log")
    tablet.tap("channel-store_visit")
    tablet.tap("outcome-high")
    tablet.enter("log-note", note)
    tablet.tap("save-log")
    tablet.wait_until_gone("log-sheet")
    tablet.wait_until(
        lambda: set(tablet.identifiers("follow-up-")) - before, "the visit to be in the timeline"
    )
    [visit] = set(tablet.identifiers("follow-up-")) - before
    return visit.removeprefix("follow-up-")


def change_needs(tablet: Tablet, *, budget_yuan: int, category: str | None = None) -> None:
    """Change the budget of the open lead, and what they want to buy if given, in one go."""
    tablet.tap("edit-needs")
    tablet.enter("budget", str(budget_yuan))
    if category is not None:
        tablet.enter("category", category)
    tablet.tap("save-needs")
    tablet.wait_until_gone("needs-sheet")
    wait_for_budget(tablet, budget_yuan)


def change_notes(tablet: Tablet, notes: str) -> None:
    """Write these notes and leave the field, which keeps them."""
    tablet.enter("notes", notes)
    tablet.tap("needs")


def read_notes(tablet: Tablet) -> str:
    """The notes of the open lead, read without changing them."""
    notes = tablet.read("notes")
    tablet.tap("needs")
    return notes


def wait_for_budget(tablet: Tablet, budget_yuan: int, seconds: float = REACT_S) -> None:
    """Wait until the open lead shows this budget."""
    tablet.wait_until(
        lambda: money(budget_yuan) in tablet.spoken("needs"), f"a budget of {money(budget_yuan)}", seconds
    )


def shown(tablet: Tablet) -> Shown:
    """The open lead as it is shown now."""
    needs = tuple(part for part in (each.strip() for each in tablet.spoken("needs").split("\n")) if part)
    happened = [*tablet.identifiers("follow-up-"), *tablet.identifiers("order-")]
    return Shown(needs, frozenset(re.sub("^(follow-up|order)-", "", each) for each in happened))


def differences(screen: Shown, row: dict[str, Any], happened: set[str]) -> list[str]:
    """What the screen shows otherwise than the server has it, in words; empty when they agree."""
    intents = {"high": "高意向", "medium": "中意向", "low": "低意向"}
    wanted = {
        "budget": money(row["budget_fen"] // 100),
        "intent": intents.get(row["intent"], "未填写"),
        "category": row["category"] or "未填写",
    }
    wrong = [
        f"{name}: {words!r} not in {screen.needs}"
        for name, words in wanted.items()
        if words not in screen.needs
    ]
    if screen.happened != happened:
        wrong.append(f"timeline: {sorted(screen.happened)}, at the server {sorted(happened)}")
    return wrong


def money(yuan: int) -> str:
    """An amount as the app writes it."""
    return f"¥{yuan:,}"
