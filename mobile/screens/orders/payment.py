"""Taking a further payment: the open balance is filled in, more than that is refused in words."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, text_field
from mobile.design.sheets import sheet
from mobile.design.states import snackbar
from mobile.design.type import body
from mobile.state.hooks import latest, use_app
from mobile.state.sale_actions import record_payment
from mobile.state.sale_draft import METHODS
from mobile.text import error_sentence, formats, t, word
from shared_models.errors import RuleError
from shared_models.money import parse_yuan


@dataclass(frozen=True, slots=True)
class Taken:
    """What has been typed: an amount in yuan and how it is paid."""

    amount: str = ""
    method: str = METHODS[0]
    error: str | None = None


def use_payment_sheet(order_id: str, due_fen: int) -> Callable[[], None]:
    """A function that opens the sheet; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    taken, take = ft.use_state(Taken())
    shown, show = ft.use_state(initial=False)

    def close() -> None:
        show(False)

    def change(**given: str) -> None:
        take(lambda before: replace(before, error=None, **given))

    def save() -> None:
        typed = latest(take)
        try:
            record_payment(app, order_id, parse_yuan(typed.amount), typed.method)
        except RuleError as refused:
            take(replace(typed, error=refusal(refused)))
            return
        close()
        snackbar(page, t("order.payment_kept" if app.sync.online else "order.payment_kept_offline"))

    ft.use_dialog(_form(taken, due_fen, change, save, close) if shown else None)

    def open_sheet() -> None:
        take(Taken(amount=formats.plain_money(due_fen)))
        show(True)

    return open_sheet


def refusal(refused: RuleError) -> str:
    """Why an amount was not taken, in words with the figures."""
    if refused.code == "overpaid":
        return t("order.overpaid", due=formats.money(int(refused.details["due_fen"])))
    return error_sentence(refused.code, refused.details)


def _form(
    taken: Taken,
    due_fen: int,
    change: Callable[..., None],
    save: Callable[[], None],
    close: Callable[[], None],
) -> ft.BottomSheet:
    content: list[ft.Control] = [
        body(t("order.still_due", amount=formats.money(due_fen))),
        text_field(
            t("order.amount"),
            taken.amount,
            lambda value: change(amount=value),
            identifier="payment-amount",
            error=taken.error,
            keyboard=ft.KeyboardType.NUMBER,
            prefix="¥ ",
            on_submit=save,
        ),
        choice_chips(
            [(method, word("method", method)) for method in METHODS],
            taken.method,
            lambda method: change(method=method),
            identifier="method",
            label=t("sale.method"),
        ),
    ]
    actions = [
        primary_button(t("order.confirm_payment"), lambda _: save(), identifier="payment-confirm"),
        secondary_button(t("common.cancel"), lambda _: close()),
    ]
    return sheet(t("order.take_payment"), content, actions, close, identifier="payment-sheet")
