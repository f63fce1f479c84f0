"""The proof that this device equals the server: one button, an answer for each scope, and repair of a scope."""

from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button, text_button
from mobile.design.cards import card
from mobile.design.marks import Tone, chip
from mobile.design.states import notice
from mobile.design.type import body, row_title, secondary
from mobile.state.application import App
from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.hooks import use_app
from mobile.state.proof_actions import check_copy, repair_scope
from mobile.text import error_sentence, formats, t, word
from shared_models.people.tables import Store
from sync.proof import Comparison

_FAILURES = (ServerRefusal, Unreachable, LogInNeeded)


@ft.component
def ProofCard() -> ft.Control:  # noqa: N802
    """Says what it does before it has been asked, and afterwards how each scope stands."""
    app = use_app()
    page = ft.context.page
    nothing: list[Comparison] | None = None
    found, show = ft.use_state(nothing)
    busy, set_busy = ft.use_state(initial=False)
    wrong, set_wrong = ft.use_state("")

    async def work(what: Callable[[], Awaitable[object]]) -> None:
        try:
            await what()
            show(await check_copy(app))
        except _FAILURES as error:
            set_wrong(error_sentence(getattr(error, "code", "unreachable")))
        finally:
            set_busy(False)

    def start(what: Callable[[], Awaitable[object]]) -> None:
        set_busy(True)
        set_wrong("")
        page.run_task(work, what)

    async def only_check() -> None:
        return

    button = secondary_button(
        t("proof.busy" if busy else "proof.check"),
        lambda _: start(only_check),
        identifier="proof-check",
        disabled=busy,
    )
    head = ft.Row([ft.Container(row_title(t("proof.title")), expand=True), button], spacing=tokens.SPACE_3)
    lines: list[ft.Control] = [head, _verdict(found)]
    if wrong:
        lines.append(notice(wrong, Tone.WARM, identifier="proof-wrong"))
    lines += [
        _line(app, each, partial(start, partial(repair_scope, app, each.scope)), busy=busy)
        for each in found or []
        if each.here or each.there
    ]
    return ft.Semantics(content=card(ft.Column(lines, spacing=tokens.SPACE_3)), identifier="proof")


def _verdict(found: list[Comparison] | None) -> ft.Control:
    if found is None:
        return secondary(t("proof.hint"), lines=3)
    rows = formats.count(sum(each.there for each in found))
    unequal = sum(bool(each.unequal) for each in found)
    if not unequal:
        return ft.Semantics(content=body(t("proof.equal", n=rows), tokens.ACCENT), identifier="proof-equal")
    words = body(t("proof.unequal", n=formats.count(unequal)), tokens.DANGER)
    return ft.Semantics(content=words, identifier="proof-unequal")


def _line(app: App, each: Comparison, repair: Callable[[], None], *, busy: bool) -> ft.Control:
    counts = t("proof.counts", here=formats.count(each.here), there=formats.count(each.there))
    tables = t("common.comma").join(word("table", table) for table in each.unequal)
    parts: list[ft.Control] = [
        ft.Container(
            ft.Column(
                [
                    body(_name(app, each.scope)),
                    secondary(" · ".join(part for part in (counts, tables) if part), lines=2),
                ],
                spacing=2,
            ),
            expand=True,
        ),
        chip(
            t("proof.differs" if each.unequal else "proof.same"), Tone.DANGER if each.unequal else Tone.ACCENT
        ),
    ]
    if each.unequal and not busy:
        parts.append(text_button(t("proof.repair"), lambda _: repair(), identifier=f"repair-{each.scope}"))
    row = ft.Row(parts, spacing=tokens.SPACE_2)
    return ft.Semantics(content=row, identifier=f"proof-{each.scope}")


def _name(app: App, scope: str) -> str:
    """What a scope holds, in words: its kind is what stands before the colon, a store's goes with the store's name."""
    kind, _, key = scope.partition(":")
    store = app.read(lambda session: session.get(Store, key))
    return " · ".join(part for part in (word("scope", kind), store.name if store else "") if part)
