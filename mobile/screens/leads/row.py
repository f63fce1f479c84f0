"""How a lead looks in any list."""

from collections.abc import Sequence

import flet as ft

from mobile.design.marks import Tone, chip, pending_mark
from mobile.design.rows import row, trailing_moment
from mobile.state.hooks import go
from mobile.state.queries.leads import LeadRow
from mobile.text import formats, t, word

INTENT_TONES = {"high": Tone.DANGER, "medium": Tone.GOLD, "low": Tone.CALM}


def lead_row(
    lead: LeadRow,
    *,
    section: str,
    now_ms: int,
    pending: bool,
    selected: bool,
    refused: Sequence[ft.Control] = (),
    trailing: str | None = None,
    subtitle: str | None = None,
) -> ft.Control:
    """A row that opens the lead within `section`; `trailing` replaces when it is due, `refused` is a mark at its end."""
    marks: list[ft.Control] = []
    if trailing is not None:
        marks.append(trailing_moment(trailing))
    elif lead.next_due_at_ms is not None:
        words, overdue = formats.due(lead.next_due_at_ms, now_ms)
        marks.append(trailing_moment(words, overdue=overdue))
    if pending:
        marks.append(pending_mark(t("common.pending")))
    end = ft.Column(
        marks,
        spacing=2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.END,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    return row(
        lead.name,
        subtitle if subtitle is not None else wants(lead),
        identifier=f"lead-{lead.id}",
        chips=[mark] if (mark := _chip(lead)) else [],
        trailing=ft.Row([end, *refused], spacing=0, tight=True) if marks or refused else None,
        selected=selected,
        on_click=lambda _: go(f"/{section}/{lead.id}"),
    )


def wants(lead: LeadRow) -> str:
    """What they look for, in one line: category, budget, first style."""
    parts = [word("category", lead.category)]
    if lead.budget_fen is not None:
        parts.append(f"{t('lead.budget')} {formats.money(lead.budget_fen)}")
    parts += [word("taste", style) for style in lead.styles[:1]]
    return " · ".join(part for part in parts if part) or formats.masked_phone(lead.phone)


def _chip(lead: LeadRow) -> ft.Control | None:
    if lead.stage in {"won", "lost"}:
        return chip(word("stage", lead.stage), Tone.ACCENT if lead.stage == "won" else Tone.CALM)
    if lead.intent:
        return chip(word("intent", lead.intent), INTENT_TONES.get(lead.intent, Tone.CALM))
    if lead.stage == "new":
        return chip(word("stage", lead.stage), Tone.ACCENT)
    return None
