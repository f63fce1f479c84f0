"""Sync: the connection, what is pending, what was refused, what others changed."""

from collections.abc import Callable, Mapping, Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button
from mobile.design.cards import Figure, card, figures_card
from mobile.design.marks import Tone, icon_mark
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state, notice
from mobile.design.type import body, secondary, section_label
from mobile.screens.status import StatusPill
from mobile.screens.sync.conflicts import ConflictCard
from mobile.screens.sync.deciding import HandedOverCard, HeldCard
from mobile.screens.sync.proof import ProofCard
from mobile.screens.sync.units import DroppedRow, PendingRow, RefusedCard
from mobile.state.application import App
from mobile.state.hooks import use_app, use_observable, use_tables
from mobile.state.sync_state import Phase, SyncState
from mobile.text import error_sentence, formats, t
from sync.conflict import Conflict
from sync.device import contents
from sync.device.outbox import Unit
from sync.handed_over import HandedOver
from sync.held import HeldEdit

_WATCHED = (
    "lead",
    "followup",
    "photo",
    "customer",
    "sales_order",
    "payment",
    "conflict",
    "held_edit",
    "handed_over",
)
_SHOWN = 30


@ft.component
def SyncPane(selected: str | None) -> ft.Control:  # noqa: N802
    """What a person can see and do about the sync."""
    del selected
    app = use_app()
    use_observable(app.sync)
    use_tables(_WATCHED)
    sync = app.sync
    conflicts = app.replica.open_conflicts() if sync.conflicts else []
    refused = app.replica.refused_units() if sync.refused else []
    pending = app.replica.pending_units() if sync.pending else []
    dropped = app.replica.dropped_units()[::-1]
    causes = app.replica.waiting_units() if refused and pending else {}
    blocks: list[ft.Control] = [
        _connection(sync, lambda: app.loop.wake(at_once=True)),
        _counts(sync),
    ]
    blocks += _photos(app, sync.photos)
    blocks += _group(t("sync.conflicts"), _keyed(ConflictCard, conflicts), len(conflicts))
    held = app.replica.held_edits()
    handed = app.replica.handed_over()
    blocks += _group(t("held.title"), _keyed(HeldCard, held), len(held))
    blocks += _group(t("handed.title"), _keyed(HandedOverCard, handed), len(handed))
    blocks += _group(t("sync.refused"), _refused(refused, pending, causes), len(refused))
    blocks += _group(t("sync.pending"), _pending(pending, causes), len(pending))
    if not (conflicts or held or handed or refused or sync.pending):
        blocks.append(empty_state(t("sync.clear"), t("sync.clear_hint"), icon=ft.Icons.CLOUD_DONE_OUTLINED))
    blocks.append(ProofCard())
    blocks += _group(t("sync.dropped_title"), _keyed(DroppedRow, dropped), len(dropped))
    return list_pane(
        t("sync.title"),
        t("sync.last", ago=formats.ago(sync.last_sync_at_ms, app.now_ms())),
        status=StatusPill(),
        body=scroll_body(
            blocks, spacing=tokens.SPACE_3, width=tokens.PAGE_WIDTH if app.window.wide else None
        ),
        identifier="sync",
    )


def _connection(sync: SyncState, sync_now: Callable[[], None]) -> ft.Control:
    words, icon, tone = _state_words(sync)
    button = secondary_button(
        t("sync.now"), lambda _: sync_now(), identifier="sync-now", disabled=sync.phase == Phase.SYNCING
    )
    line = ft.Row(
        [icon_mark(icon, tone=tone), ft.Container(body(words), expand=True), button], spacing=tokens.SPACE_3
    )
    return ft.Semantics(content=card(line), identifier="connection")


def _state_words(sync: SyncState) -> tuple[str, ft.IconData, Tone]:
    if sync.phase == Phase.LOGIN:
        return t("login.again"), ft.Icons.LOCK_OUTLINED, Tone.WARM
    if sync.phase == Phase.OFFLINE and sync.error_code == "unreachable":
        again = (
            t("sync.unreachable", span=_span(sync.retry_in_ms))
            if sync.retry_in_ms
            else t("sync.disconnected")
        )
        return again, ft.Icons.CLOUD_OFF_OUTLINED, Tone.WARM
    if sync.phase == Phase.OFFLINE and sync.error_code == "storage_full":
        return t("sync.storage_full"), ft.Icons.SD_CARD_ALERT_OUTLINED, Tone.DANGER
    if sync.phase == Phase.OFFLINE:
        return error_sentence(sync.error_code or "unreachable"), ft.Icons.CLOUD_OFF_OUTLINED, Tone.WARM
    if sync.phase in {Phase.SYNCING, Phase.STARTING}:
        return t("sync.connecting"), ft.Icons.SYNC_OUTLINED, Tone.ACCENT
    return t("sync.connected"), ft.Icons.CLOUD_DONE_OUTLINED, Tone.ACCENT


def _span(length_ms: int) -> str:
    return (
        t("span.seconds", n=max(1, length_ms // 1000))
        if length_ms < formats.MINUTE
        else formats.span(length_ms)
    )


def _counts(sync: SyncState) -> ft.Control:
    return figures_card(
        [
            Figure(
                formats.count(sync.pending),
                t("sync.pending_count"),
                "pending-count",
                accent=bool(sync.pending),
            ),
            Figure(formats.count(sync.refused), t("sync.refused_count"), "refused-count"),
            Figure(formats.count(sync.conflicts), t("sync.conflict_count"), "conflict-count"),
        ]
    )


def _photos(app: App, waiting: int) -> list[ft.Control]:
    """How many photos wait, and what keeps them."""
    if not waiting:
        return []
    lines = [t("photo.waiting_photos", n=formats.count(waiting))]
    lines += [
        error_sentence(code) for code in app.read(lambda session: contents.troubles(session.connection()))
    ]
    return [notice("\n".join(lines), Tone.WARM, identifier="photos-waiting")]


def _group(title: str, rows: list[ft.Control], count: int) -> list[ft.Control]:
    if not rows:
        return []
    more = [secondary(t("sync.more", n=formats.count(count - len(rows))))] if count > len(rows) else []
    return [section_label(f"{title} · {formats.count(count)}"), *rows, *more]


def _refused(refused: Sequence[Unit], pending: Sequence[Unit], causes: Mapping[str, str]) -> list[ft.Control]:
    """The refused units, each with those that wait for it."""
    return [
        RefusedCard(unit, [each for each in pending if causes.get(each.id) == unit.id], key=unit.id)  # type: ignore[call-arg] # Flet takes the key
        for unit in refused[:_SHOWN]
    ]


def _pending(pending: Sequence[Unit], causes: Mapping[str, str]) -> list[ft.Control]:
    """What is held up by a refusal first, then the oldest."""
    ordered = sorted(pending, key=lambda unit: unit.id not in causes)
    return [PendingRow(unit, causes.get(unit.id, ""), key=unit.id) for unit in ordered[:_SHOWN]]  # type: ignore[call-arg]


def _keyed(
    component: Callable[..., ft.Control],
    items: Sequence[Conflict] | Sequence[HeldEdit] | Sequence[HandedOver] | Sequence[Unit],
) -> list[ft.Control]:
    """One component each for the first items, which keep their state when others come and go."""
    return [component(item, key=item.id) for item in items[:_SHOWN]]
