"""All versions of the scheme, the draft on top of them."""

import flet as ft

from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.type import section_label
from mobile.screens.status import StatusPill
from mobile.state.drafts import SheetDrafts
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.schemes import scheme_in_force, scheme_versions
from mobile.state.scheme_draft import SUBJECT, SchemeDraft
from mobile.text import formats, t
from shared_models.loyalty.tables import Scheme


@ft.component
def SchemesPane(selected: str | None) -> ft.Control:  # noqa: N802
    """For the back office: which version is in force since when, which come, which were."""
    app = use_app()
    now_ms = app.now_ms()
    versions = use_query(scheme_versions, ("scheme",))
    current = use_query(lambda session: scheme_in_force(session, now_ms), ("scheme",), now_ms // 60_000)
    begun = bool(SheetDrafts(app.facts, "scheme").load(SUBJECT, SchemeDraft()))
    draft = row(
        t("schemes.draft"),
        t("schemes.draft_begun" if begun else "schemes.draft_hint"),
        identifier="scheme-draft",
        leading=icon_mark(ft.Icons.EDIT_NOTE_OUTLINED, tone=Tone.WARM if begun else Tone.ACCENT),
        selected=selected == SUBJECT,
        on_click=lambda _: go(f"/schemes/{SUBJECT}"),
    )
    rows = [_row(each, current, selected, now_ms) for each in versions]
    return list_pane(
        t("schemes.title"),
        t("schemes.context", version=current.version) if current else t("schemes.default"),
        status=StatusPill(),
        body=scroll_body([draft, section_label(t("schemes.versions")), *rows]),
        identifier="schemes",
    )


def _row(scheme: Scheme, current: Scheme | None, selected: str | None, now_ms: int) -> ft.Control:
    if current is not None and scheme.id == current.id:
        mark = [chip(t("schemes.in_force"), Tone.ACCENT)]
    elif scheme.valid_from_ms > now_ms:
        mark = [chip(t("schemes.coming"), Tone.WARM)]
    else:
        mark = []
    return row(
        t("schemes.version", version=scheme.version),
        since(scheme),
        identifier=f"scheme-{scheme.version}",
        chips=mark,
        leading=icon_mark(ft.Icons.LOYALTY_OUTLINED, tone=Tone.ACCENT if mark else Tone.CALM),
        selected=scheme.id == selected,
        on_click=lambda _: go(f"/schemes/{scheme.id}"),
    )


def since(scheme: Scheme) -> str:
    """From when a version counts."""
    if not scheme.valid_from_ms:
        return t("schemes.from_start")
    local = formats.local(scheme.valid_from_ms)
    return t("schemes.since", moment=f"{local:%Y-%m-%d %H:%M}")
