"""What a lead wants: a card to read, a sheet to edit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button, text_button
from mobile.design.cards import card, fact_line
from mobile.design.fields import choice_chips, set_chips, text_field
from mobile.design.marks import Tone, chip
from mobile.design.sheets import sheet
from mobile.design.states import snackbar
from mobile.design.type import body, section_label
from mobile.screens.kept_sheet import KeptSheet, use_kept_sheet
from mobile.screens.leads.row import INTENT_TONES
from mobile.state.hooks import use_app
from mobile.state.lead_actions import edit_lead
from mobile.text import formats, t, word
from shared_models.sales.tables import Intent, Lead

TAGS = {
    "styles": ("现代简约", "北欧", "新中式", "轻奢", "原木", "日式", "美式"),
    "colours": ("米白", "浅灰", "深灰", "原木色", "焦糖", "墨绿"),
    "materials": ("真皮", "布艺", "科技布", "实木", "岩板"),
}
"""What is offered to choose from; a person may add words of their own."""
_MOST_YUAN = 100_000_000


def needs_card(lead: Lead, edit: Callable[[], None], now_ms: int, *, narrow: bool) -> ft.Control:
    """Budget, intent, tastes and when to follow up next, with a button that opens the sheet."""
    head = ft.Row(
        [
            section_label(t("lead.needs")),
            text_button(t("common.edit"), lambda _: edit(), identifier="edit-needs"),
        ],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )
    facts = [
        fact_line(t("lead.budget"), _budget(lead.budget_fen)),
        fact_line(t("lead.intent"), _intent(lead.intent)),
        fact_line(t("lead.category"), _words([word("category", lead.category)] if lead.category else [])),
        fact_line(t("lead.next_due"), _due(lead.next_due_at_ms, now_ms)),
    ]
    if not narrow:
        facts = [_pair(facts[0], facts[1]), _pair(facts[2], facts[3])]
    tastes = [tag for field in TAGS for tag in getattr(lead, field)]
    if tastes:
        facts.append(fact_line(t("lead.tastes"), _tags(tastes)))
    box = card(ft.Column([head, *facts], spacing=tokens.SPACE_3))
    box.padding = ft.Padding.only(left=16, right=8, top=2, bottom=16)
    return ft.Semantics(content=box, identifier="needs")


def _pair(left: ft.Control, right: ft.Control) -> ft.Control:
    return ft.Row([ft.Container(left, expand=True), ft.Container(right, expand=True)], spacing=tokens.SPACE_3)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the sheet holds; `budget` as typed, in yuan."""

    budget: str = ""
    intent: str | None = None
    category: str = ""
    styles: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    error: str | None = None


def use_needs_sheet(lead: Lead | None) -> Callable[[], None]:
    """A function that opens the sheet for `lead`; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    kept = use_kept_sheet("needs", lead.id if lead else "", lambda: _draft_of(lead), passing=("error",))

    def save() -> None:
        if lead is None:
            return
        typed = kept.now()
        try:
            budget_fen = parse_budget(typed.budget)
        except ValueError:
            kept.change(error=t("needs.budget_wrong"))
            return
        tags = {field: sorted(getattr(typed, field)) for field in TAGS}
        changes = {
            "budget_fen": budget_fen,
            "intent": typed.intent,
            "category": typed.category.strip(),
            **tags,
        }
        undo = edit_lead(app, lead.id, **changes)
        kept.finish()
        snackbar(page, t("lead.saved"), undo=(t("common.undo"), undo)) if undo else None

    ft.use_dialog(_form(kept, save) if kept.shown else None)
    return kept.open


def parse_budget(typed: str) -> int | None:
    """Yuan as typed (`80000`, `80,000`, `¥8万`) in fen; None when empty. Raises `ValueError` for anything else."""
    plain = typed.strip().lstrip("¥￥").replace(",", "").replace("，", "").replace(" ", "")
    if not plain:
        return None
    factor = 10_000 if plain.endswith("万") else 1
    yuan = int(plain.removesuffix("万")) * factor
    if not 0 <= yuan <= _MOST_YUAN:
        raise ValueError(typed)
    return yuan * 100


def _draft_of(lead: Lead | None) -> Draft:
    if lead is None:
        return Draft()
    return Draft(
        budget="" if lead.budget_fen is None else str(lead.budget_fen // 100),
        intent=lead.intent,
        category=lead.category,
        styles=tuple(lead.styles),
        colours=tuple(lead.colours),
        materials=tuple(lead.materials),
    )


def _form(kept: KeptSheet[Draft], save: Callable[[], None]) -> ft.BottomSheet:
    draft = kept.draft

    def change(**given: Any) -> None:
        kept.change(error=None, **given)

    content: list[ft.Control] = [
        *kept.note(),
        text_field(
            t("needs.budget"),
            draft.budget,
            lambda value: change(budget=value),
            identifier="budget",
            error=draft.error,
            keyboard=ft.KeyboardType.NUMBER,
        ),
        choice_chips(
            [(intent, word("intent", intent)) for intent in Intent],
            draft.intent,
            lambda intent: change(intent=intent),
            identifier="intent",
            label=t("lead.intent"),
        ),
        text_field(
            t("lead.category"), draft.category, lambda value: change(category=value), identifier="category"
        ),
        *(_tag_choice(field, draft, change) for field in TAGS),
    ]
    actions = [
        primary_button(t("common.save"), lambda _: save(), identifier="save-needs"),
        secondary_button(t("common.cancel"), lambda _: kept.finish(), identifier="cancel"),
    ]
    return sheet(t("needs.title"), content, actions, kept.close, identifier="needs-sheet", long=True)


def _tag_choice(field: str, draft: Draft, change: Callable[..., None]) -> ft.Control:
    chosen: tuple[str, ...] = getattr(draft, field)
    offered = [*TAGS[field], *(tag for tag in chosen if tag not in TAGS[field])]

    def toggle(tag: str) -> None:
        change(**{field: tuple(kept for kept in chosen if kept != tag) if tag in chosen else (*chosen, tag)})

    return set_chips(
        [(tag, word("taste", tag)) for tag in offered],
        chosen,
        toggle,
        identifier=field,
        label=t(f"lead.{field}"),
    )


def _budget(fen: int | None) -> ft.Control:
    return body(formats.money(fen)) if fen is not None else _words([])


def _intent(intent: str | None) -> ft.Control:
    if intent is None:
        return _words([])
    return ft.Row([chip(word("intent", intent), INTENT_TONES.get(intent, Tone.CALM))])


def _words(words: list[str]) -> ft.Control:
    return body("、".join(words)) if words else body(t("common.none"), tokens.SOFT)


def _tags(tags: list[str]) -> ft.Control:
    return ft.Row([chip(word("taste", tag), Tone.CALM) for tag in tags], wrap=True, spacing=6, run_spacing=6)


def _due(due_at_ms: int | None, now_ms: int) -> ft.Control:
    if due_at_ms is None:
        return _words([])
    words, overdue = formats.due(due_at_ms, now_ms)
    return body(words, tokens.DANGER if overdue else tokens.INK)
