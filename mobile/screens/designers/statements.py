"""All statements: made by one button, read as PDF, noted as paid."""

from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from mobile.design.buttons import primary_button, text_button
from mobile.design.cards import Figure, figures_card
from mobile.design.marks import Tone, chip
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state
from mobile.design.type import section_label
from mobile.screens.designer.statement import StatementLine
from mobile.screens.designers.office import use_office
from mobile.screens.office.form import Field, Form, use_form
from mobile.state.designer_office import note_payout, settle
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_office import STATEMENT_TABLES, StatementItem, statement_items
from mobile.text import formats, t

_SHOWN = 60


@ft.component
def StatementsPane(back: ft.Control | None) -> ft.Control:  # noqa: N802
    """What waits to be paid first, with its sum."""
    app = use_app()
    items = use_query(statement_items, STATEMENT_TABLES)
    busy, ask = use_office()
    pay = use_payout()

    async def settling() -> str:
        done = await settle(app)
        return t("designers.settled", n=done.statements, amount=formats.money(done.pay_fen))

    waiting = [item for item in items if item.payout is None and item.statement.pay_fen > 0]
    rest = [item for item in items if item not in waiting][:_SHOWN]
    sum_fen = sum(item.statement.pay_fen for item in waiting)
    content: list[ft.Control] = [
        figures_card(
            [
                Figure(formats.money(sum_fen), t("statements.waiting_sum"), "to-pay", accent=True),
                Figure(formats.count(len(waiting)), t("statements.waiting"), "statements-waiting"),
            ]
        )
    ]
    for label, found in (("statements.to_pay", waiting), ("statements.done", rest)):
        if found:
            content.append(section_label(t(label)))
            content += [_line(item, app.now_ms(), pay) for item in found]
    if not items:
        content.append(
            empty_state(t("statements.none"), t("statements.none_hint"), icon=ft.Icons.RECEIPT_LONG_OUTLINED)
        )
    make = primary_button(t("designers.settle"), lambda _: ask(settling), identifier="settle", busy=busy)
    return detail_pane(
        t("designers.statements"),
        t("statements.context"),
        content,
        actions=[make],
        back=back,
        identifier="statements-page",
    )


def use_payout() -> Callable[[StatementItem], None]:
    """A function that opens the form by which a payment is noted; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    def open_item(item: StatementItem) -> None:
        amount = formats.money(item.statement.pay_fen)

        async def save(values: Mapping[str, Any]) -> str:
            await note_payout(app, item.statement.id, str(values["reference"]))
            return t("statements.paid_to", amount=amount, name=item.designer)

        form = Form(
            t("statements.pay", amount=amount, name=item.designer),
            [Field("reference", t("statements.reference"))],
            confirm=t("statements.note_paid"),
            note=t("statements.pay_note"),
            identifier="payout-form",
        )
        open_form(form, {"reference": ""}, save)

    return open_item


def _line(item: StatementItem, now_ms: int, pay: Callable[[StatementItem], None]) -> ft.Control:
    statement = item.statement
    end: ft.Control | None = None
    if item.payout is not None:
        end = chip(t("statements.paid", day=formats.moment(item.payout.paid_at_ms, now_ms)), Tone.ACCENT)
    elif statement.pay_fen > 0:
        end = text_button(t("statements.note_paid"), lambda _: pay(item), identifier=f"pay-{statement.id}")
    return ft.Container(StatementLine(statement, now_ms, item.designer, end), key=statement.id)
