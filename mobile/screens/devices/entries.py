"""One device in words: a line of a table where there is room, a card on a phone."""

from collections.abc import Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import text_button
from mobile.design.cards import card
from mobile.design.marks import Tone, avatar, chip
from mobile.design.type import body, row_title, secondary, section_label
from mobile.screens.devices.confirming import Asking
from mobile.screens.sync.words import device_words
from mobile.state.device_overview import Device, Order
from mobile.text import formats, t
from shared_models.moments import LARGEST_PLAUSIBLE_SKEW_MS

_ORDERS: tuple[Order, ...] = ("resync", "revoke", "wipe")
_FIGURES = ("version", "seen", "pending", "lag", "skew", "storage", "refused")
_NOTABLE_SKEW_MS = 60_000
_MB = 1_000_000


def device_table(devices: Sequence[Device], own_id: str, now_ms: int, ask: Asking) -> ft.Control:
    """All devices under one heading, a line each."""
    heading = _columns(
        section_label(t("devices.who")),
        [section_label(t(f"devices.{figure}")) for figure in _FIGURES],
        ft.Container(),
    )
    lines: list[ft.Control] = [heading]
    lines += [_line(each, own_id, now_ms, ask) for each in devices]
    rule = ft.Divider(height=1, thickness=1, color=tokens.LINE)
    ruled = [part for line in lines for part in (rule, line)][1:]
    return card(ft.Column(ruled, spacing=tokens.SPACE_2))


def device_card(device: Device, own_id: str, now_ms: int, ask: Asking) -> ft.Control:
    """One device with every figure named, and what can be done to it."""
    head = ft.Row(
        [avatar(device.staff_name), ft.Container(_who(device, own_id), expand=True)], spacing=tokens.SPACE_3
    )
    cells = [
        ft.Column([secondary(t(f"devices.{figure}")), _value(words, tone)], spacing=0, expand=True)
        for figure, (words, tone) in _figures(device, now_ms).items()
    ]
    cells.append(ft.Column(expand=True))
    facts = [
        ft.Row(list[ft.Control](cells[at : at + 2]), spacing=tokens.SPACE_3) for at in range(0, len(cells), 2)
    ]
    parts: list[ft.Control] = [head, *facts]
    if buttons := _buttons(device, own_id, ask):
        parts.append(ft.Row(buttons, wrap=True, spacing=0))
    box = card(ft.Column(parts, spacing=tokens.SPACE_2))
    return ft.Semantics(content=box, identifier=f"device-{device.id}")


def _line(device: Device, own_id: str, now_ms: int, ask: Asking) -> ft.Control:
    values = [_value(words, tone) for words, tone in _figures(device, now_ms).values()]
    line = _columns(_who(device, own_id), values, ft.Row(_buttons(device, own_id, ask), spacing=0))
    return ft.Semantics(content=line, identifier=f"device-{device.id}")


def _columns(who: ft.Control, values: Sequence[ft.Control], actions: ft.Control) -> ft.Control:
    cells = [ft.Container(value, expand=2) for value in values]
    return ft.Row(
        [ft.Container(who, expand=5), *cells, ft.Container(actions, width=tokens.DEVICE_ACTIONS_WIDTH)],
        spacing=tokens.SPACE_2,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _who(device: Device, own_id: str) -> ft.Control:
    state = _state(device, own_id)
    what = device_words(device.name or device.platform, device.id)
    name = ft.Container(row_title(device.staff_name), expand=True, expand_loose=True)
    head = ft.Row([name, *([chip(*state)] if state else [])], spacing=tokens.SPACE_2)
    return ft.Column([head, secondary(what)], spacing=2)


def _state(device: Device, own_id: str) -> tuple[str, Tone] | None:
    if device.wiped_at_ms is not None:
        return t("devices.wiped"), Tone.CALM
    if device.is_locked:
        return t("devices.locked"), Tone.DANGER
    if device.order:
        return t(f"devices.{device.order}_due"), Tone.WARM
    return (t("devices.own"), Tone.ACCENT) if device.id == own_id else None


def _figures(device: Device, now_ms: int) -> dict[str, tuple[str, Tone]]:
    """Each figure in words, with the tone of what needs a look."""
    skew = abs(device.skew_ms)
    even = t("devices.clock_right")
    off = t(f"devices.clock_{'fast' if device.skew_ms > 0 else 'slow'}", span=formats.span(skew))
    return {
        "version": (device.app_version or "–", Tone.CALM),
        "seen": (formats.ago(device.last_seen_at_ms, now_ms), Tone.CALM),
        "pending": (formats.count(device.pending), Tone.WARM if device.pending else Tone.CALM),
        "lag": (_lag(device), Tone.CALM),
        "skew": (
            even if skew < _NOTABLE_SKEW_MS else off,
            Tone.DANGER if skew > LARGEST_PLAUSIBLE_SKEW_MS else Tone.CALM,
        ),
        "storage": (f"{device.storage_bytes / _MB:.1f} MB", Tone.CALM),
        "refused": (formats.count(device.refused), Tone.DANGER if device.refused else Tone.CALM),
    }


def _lag(device: Device) -> str:
    if device.lag_ms is None:
        return t("moment.never")
    return t("devices.up_to_date") if device.lag_ms < formats.MINUTE else formats.span(device.lag_ms)


def _value(words: str, tone: Tone) -> ft.Control:
    colour = {Tone.WARM: tokens.WARM, Tone.DANGER: tokens.DANGER}.get(tone, tokens.INK)
    return body(words, colour)


def _buttons(device: Device, own_id: str, ask: Asking) -> list[ft.Control]:
    """What can be done: nothing to a device that is locked out, and nobody locks themselves out."""
    if device.is_locked:
        return []
    offered = _ORDERS[:1] if device.id == own_id else _ORDERS
    return [
        text_button(
            t(f"devices.{order}"),
            lambda _, order=order: ask(device, order),
            identifier=f"{order}-{device.id}",
            danger=order == "wipe",
        )
        for order in offered
    ]
