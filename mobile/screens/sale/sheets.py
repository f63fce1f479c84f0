"""Two short tasks within a sale: a discount agreed by hand, and a service at a price of its own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.sheets import sheet
from mobile.design.type import secondary
from mobile.state.hooks import latest
from mobile.state.sale_draft import DraftLine, parse_discount
from mobile.text import error_sentence, formats, t
from shared_models.errors import RuleError
from shared_models.money import parse_yuan

SERVICES = ("install", "freight", "other")


@dataclass(frozen=True, slots=True)
class Reduction:
    """The line, the discount as typed, and what is wrong with it."""

    line: DraftLine | None = None
    typed: str = ""
    error: str | None = None


def use_discount_sheet(keep: Callable[[str, str], None]) -> Callable[[DraftLine], None]:
    """A function that opens the sheet for a line; `keep` is told the line and the discount as typed."""
    reduction, reduce = ft.use_state(Reduction())
    line = reduction.line

    def close() -> None:
        reduce(lambda _: Reduction())

    def type_in(typed: str) -> None:
        reduce(lambda before: replace(before, typed=typed, error=None))

    def save() -> None:
        if line is None:
            return
        typed = latest(reduce).typed
        try:
            parse_discount(typed, line.gross_fen)
        except RuleError:
            wrong = t("sale.discount_wrong", name=line.name)
            reduce(lambda before: replace(before, error=wrong))
            return
        keep(line.id, typed.strip())
        close()

    ft.use_dialog(_discount_form(line, reduction, type_in, save, close) if line else None)
    return lambda chosen: reduce(lambda _: Reduction(chosen, chosen.discount))


def _discount_form(
    line: DraftLine,
    reduction: Reduction,
    type_in: Callable[[str], None],
    save: Callable[[], None],
    close: Callable[[], None],
) -> ft.BottomSheet:
    gross = formats.money(line.gross_fen)
    offered = [("", t("sale.no_discount")), *((each, each) for each in t("sale.offers").split("|"))]
    content: list[ft.Control] = [
        secondary(f"{line.name} · {gross}"),
        choice_chips(offered, reduction.typed, type_in, identifier="discount"),
        text_field(
            t("sale.discount_field"),
            reduction.typed,
            type_in,
            identifier="discount-field",
            hint=t("sale.discount_hint"),
            error=reduction.error,
            on_submit=save,
        ),
    ]
    actions = [
        primary_button(t("common.save"), lambda _: save(), identifier="discount-save"),
        secondary_button(t("common.cancel"), lambda _: close()),
    ]
    return sheet(t("sale.discount"), content, actions, close, identifier="discount-sheet")


@dataclass(frozen=True, slots=True)
class Service:
    """Which service, what it costs as typed, and what is wrong with that."""

    shown: bool = False
    kind: str = SERVICES[0]
    name: str = ""
    amount: str = ""
    error: str | None = None


def use_service_sheet(add: Callable[[str, int], None]) -> Callable[[], None]:
    """A function that opens the sheet; `add` is told the name and the price in fen."""
    service, change = ft.use_state(Service())

    def close() -> None:
        change(lambda _: Service())

    def edit(**given: str | None) -> None:
        values: dict[str, Any] = {"error": None, **given}
        change(lambda before: replace(before, **values))

    def save() -> None:
        typed = latest(change)
        try:
            price_fen = parse_yuan(typed.amount)
            if price_fen < 0:
                raise RuleError("price")  # noqa: TRY301 - refused like one that cannot be read
        except RuleError as refused:
            edit(error=error_sentence(refused.code, refused.details))
            return
        other = typed.name.strip() or t("sale.service_other")
        add(other if typed.kind == "other" else t(f"sale.service_{typed.kind}"), price_fen)
        close()

    ft.use_dialog(_service_form(service, edit, save, close) if service.shown else None)
    return lambda: change(lambda _: Service(shown=True))


def _service_form(
    service: Service, edit: Callable[..., None], save: Callable[[], None], close: Callable[[], None]
) -> ft.BottomSheet:
    kinds = [(kind, t(f"sale.service_{kind}")) for kind in SERVICES]
    content: list[ft.Control] = [
        choice_chips(kinds, service.kind, lambda kind: edit(kind=kind), identifier="service"),
    ]
    if service.kind == "other":
        content.append(
            text_field(
                t("sale.service_name"), service.name, lambda name: edit(name=name), identifier="service-name"
            )
        )
    content.append(
        text_field(
            t("sale.service_amount"),
            service.amount,
            lambda amount: edit(amount=amount),
            identifier="service-amount",
            error=service.error,
            keyboard=ft.KeyboardType.NUMBER,
            prefix="¥ ",
            on_submit=save,
        )
    )
    actions = [
        primary_button(t("common.save"), lambda _: save(), identifier="service-save"),
        secondary_button(t("common.cancel"), lambda _: close()),
    ]
    return sheet(t("sale.add_service"), content, actions, close, identifier="service-sheet")
