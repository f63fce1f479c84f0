"""The draft of the next version: typed, checked as it is typed, tried on past orders, published."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import text_field
from mobile.design.marks import Tone
from mobile.design.scaffold import detail_pane
from mobile.design.sheets import sheet
from mobile.design.states import notice
from mobile.design.type import secondary
from mobile.screens.designers.office import use_office
from mobile.screens.schemes.editor import editor_cards, mistake_sentence
from mobile.screens.schemes.result import result_cards
from mobile.state.application import App
from mobile.state.drafts import SheetDrafts
from mobile.state.hooks import go, latest, use_app, use_observable, use_query
from mobile.state.queries.schemes import practice_of, rules_of, scheme_versions
from mobile.state.scheme_draft import SUBJECT, SchemeDraft
from mobile.state.scheme_office import publish, simulate
from mobile.text import error_sentence, t
from shared_models.errors import RuleError

Step = Callable[[SchemeDraft], SchemeDraft]


@ft.component
def DraftPane(back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The editor, and in its place what the simulator found."""
    app = use_app()
    use_observable(app.window)
    busy, ask = use_office()
    versions = use_query(scheme_versions, ("scheme",))
    newest = versions[0] if versions else None
    blank = SchemeDraft.of(rules_of(newest), app.now_ms(), practice_of(newest))
    draft, edit, forget = _use_draft(app, blank)
    nothing: dict[str, Any] | None = None
    found, show = ft.use_state(nothing)
    publishing, ask_when = ft.use_state(initial=False)

    async def simulating() -> str:
        show(await simulate(app, _now(edit)))
        return ""

    async def publishing_it() -> str:
        done = await publish(app, _now(edit))
        forget()
        ask_when(False)
        go(f"/schemes/{done.id}")
        return t("schemes.published", version=done.version)

    ft.use_dialog(
        _when(draft, edit, lambda: ask(_checked(publishing_it)), lambda: ask_when(False), busy=busy)
        if publishing
        else None
    )
    mistake = draft.mistake()
    if found is None:
        body = editor_cards(draft, edit, mistake, wide=app.window.wide)
        actions: list[ft.Control] = [
            primary_button(
                t("schemes.simulate"),
                lambda _: ask(_checked(simulating)),
                identifier="simulate",
                busy=busy,
                disabled=bool(mistake),
            ),
            secondary_button(
                t("schemes.discard"), lambda _: _start_over(edit, forget, blank), identifier="discard"
            ),
        ]
        if mistake:
            # Last of the bar: put in above the fields, it would move them while somebody types in one.
            actions.append(_mistake(mistake))
    else:
        body = result_cards(found, wide=app.window.wide)
        actions = [
            primary_button(t("schemes.publish"), lambda _: ask_when(True), identifier="publish", busy=busy),
            secondary_button(t("schemes.edit_on"), lambda _: show(None), identifier="edit-on"),
        ]
    context = t("schemes.draft_context") if found is None else _period(draft)
    title = t("schemes.draft" if found is None else "schemes.result")
    pane = detail_pane(title, context, body, actions=actions, back=back, identifier="scheme-editor")
    # Another control than the editor's, so that the result begins at its top, not where the editor was scrolled to.
    return pane if found is None else ft.Container(pane, expand=True)


def _mistake(place: str) -> ft.Control:
    words = notice(mistake_sentence(place), Tone.DANGER, identifier="scheme-mistake")
    return ft.Container(words, expand=True)


def _use_draft(
    app: App, blank: SchemeDraft
) -> tuple[SchemeDraft, Callable[[Step], None], Callable[[], None]]:
    """The draft as it was left, a function that changes and keeps it, and one that forgets it."""
    drafts = SheetDrafts(app.facts, "scheme")
    begin: Any = lambda: replace(blank, **drafts.load(SUBJECT, blank))  # noqa: E731 - Flet's state makes its first value once
    draft, hold = ft.use_state(begin)

    def edit(step: Step) -> None:
        def take(before: SchemeDraft) -> SchemeDraft:
            after = step(before)
            if after is not before:
                drafts.keep(SUBJECT, blank, after)
            return after

        hold(take)

    return cast("SchemeDraft", draft), edit, lambda: drafts.forget(SUBJECT)


def _now(edit: Callable[[Step], None]) -> SchemeDraft:
    """The draft with the last letters in it."""
    return latest(edit)


def _start_over(edit: Callable[[Step], None], forget: Callable[[], None], blank: SchemeDraft) -> None:
    edit(lambda _: blank)
    forget()


def _checked(task: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
    """The task, saying in words what the rules refuse before the server is asked."""

    async def work() -> str:
        try:
            return await task()
        except RuleError as refused:
            if refused.code == "scheme":
                return mistake_sentence(str(refused.details["key"]))
            return error_sentence(refused.code, refused.details)

    return work


def _when(
    draft: SchemeDraft,
    edit: Callable[[Step], None],
    confirm: Callable[[], None],
    dismiss: Callable[[], None],
    *,
    busy: bool,
) -> ft.BottomSheet:
    content: list[ft.Control] = [
        secondary(t("schemes.publish_hint"), lines=4),
        text_field(
            t("schemes.valid_from"),
            draft.valid_from,
            lambda value: edit(lambda before: replace(before, valid_from=value)),
            identifier="valid-from",
            hint="2026-05-01",
        ),
    ]
    actions = [
        primary_button(t("schemes.publish"), lambda _: confirm(), identifier="publish-confirm", busy=busy),
        secondary_button(t("common.cancel"), lambda _: dismiss()),
    ]
    return sheet(t("schemes.publish_title"), content, actions, dismiss)


def _period(draft: SchemeDraft) -> str:
    return t("schemes.period_line", first=draft.first_day, last=draft.last_day)
