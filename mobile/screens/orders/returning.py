"""Taking lines of an order back: choose, see everything it does, then do it; offline it is a preview only."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, primary_button, secondary_button
from mobile.design.cards import card
from mobile.design.marks import Tone, chip
from mobile.design.scaffold import detail_pane
from mobile.design.states import notice
from mobile.design.type import body, row_title, secondary, section_label
from mobile.screens.designers.office import use_office
from mobile.screens.orders.outcome import outcome_card
from mobile.state.counter_actions import post_return
from mobile.state.hooks import latest, use_app, use_observable, use_query, use_tables
from mobile.state.points_actions import preview_return
from mobile.state.queries import pending_points
from mobile.state.queries.order import TABLES, OrderRecord, order_record
from mobile.text import error_sentence, formats, t
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.returns import ReturnFigures
from shared_models.sales.tables import OrderLine


@dataclass(frozen=True, slots=True)
class Choice:
    """The lines that come back, one return however often it is asked for, and what it did once it is done."""

    line_ids: frozenset[str] = frozenset()
    done: ReturnFigures | None = None
    id: str = field(default_factory=new_id)

    def toggling(self, line_id: str) -> "Choice":
        """With a line more or less."""
        return replace(self, line_ids=self.line_ids ^ {line_id})


@ft.component
def ReturnFlow(order_id: str, leave: Callable[[], None], on_phone: bool) -> ft.Control:  # noqa: N802
    """In the place of the order until `leave`; `on_phone` narrows it."""
    app = use_app()
    use_observable(app.sync)
    busy, ask = use_office()
    choice, choose = ft.use_state(Choice())
    record = use_query(lambda session: order_record(session, order_id, waiting=()), TABLES, order_id)
    preview, refusal = _use_preview(order_id, choice)
    back = icon_button(
        ft.Icons.ARROW_BACK, t("common.back"), lambda _: leave(), identifier="return-back", colour=tokens.INK
    )
    if record is None:
        return detail_pane("", "", [], back=back)

    async def confirm() -> str:
        asked = latest(choose)
        done = await post_return(app, order_id, asked.line_ids, asked.id)
        choose(lambda before: replace(before, done=done))
        return ""

    if choice.done is not None:
        return _result(record, choice.done, leave, back)
    online = app.sync.online
    content = [
        section_label(t("return.choose")),
        _lines(record, choice, lambda line_id: choose(lambda before: before.toggling(line_id))),
        section_label(t("return.preview")),
        _shown(preview, refusal, record),
    ]
    if not online:
        content.append(notice(t("return.offline"), Tone.WARM, identifier="return-offline"))
    words = t("return.confirm", amount=formats.money(preview.refund_fen)) if preview else t("return.title")
    confirm_button = primary_button(
        words,
        lambda _: ask(confirm),
        identifier="return-confirm",
        busy=busy,
        disabled=preview is None or not online,
        wide=on_phone,
    )
    cancel = secondary_button(t("common.cancel"), lambda _: leave(), identifier="return-cancel")
    return detail_pane(
        t("return.title"),
        record.order.number,
        content,
        actions=[confirm_button, cancel],
        back=back,
        identifier="return",
    )


def _use_preview(order_id: str, choice: Choice) -> tuple[ReturnFigures | None, str]:
    """What the return would do by what this device knows, or the sentence that refuses it; neither without lines."""
    app = use_app()
    version = use_tables((*pending_points.TABLES, "salereturn", "pointsentry"))

    def read() -> tuple[ReturnFigures | None, str]:
        if not choice.line_ids or choice.done is not None:
            return None, ""
        try:
            return preview_return(app, order_id, choice.line_ids), ""
        except RuleError as refused:
            return None, error_sentence(refused.code, refused.details)

    return ft.use_memo(read, [version, order_id, choice])


def _lines(record: OrderRecord, choice: Choice, toggle: Callable[[str], None]) -> ft.Control:
    rows = [
        _line(
            line,
            chosen=line.id in choice.line_ids,
            gone=line.id in record.returned_line_ids,
            toggle=lambda _, line_id=line.id: toggle(line_id),
        )
        for line in record.lines
    ]
    return ft.Semantics(content=card(ft.Column(rows, spacing=0)), identifier="return-lines")


def _line(line: OrderLine, *, chosen: bool, gone: bool, toggle: Callable[..., None]) -> ft.Control:
    icon = ft.Icons.CHECK_BOX if chosen else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    about = t("return.of", n=line.quantity, amount=formats.money(line.net_fen))
    content = ft.Row(
        [
            ft.Icon(icon, size=tokens.ICON, color=tokens.ACCENT if chosen else tokens.SOFT),
            ft.Column([row_title(line.name), secondary(about)], spacing=2, expand=True),
            *([chip(t("order.returned"), Tone.WARM)] if gone else []),
        ],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    area = ft.Container(
        content,
        padding=ft.Padding.symmetric(vertical=10),
        on_click=None if gone else toggle,
        ink=True,
        opacity=0.5 if gone else 1,
    )
    return ft.Semantics(
        content=area, identifier=f"return-line-{line.id}", label=line.name, checked=chosen, button=True
    )


def _shown(preview: ReturnFigures | None, refusal: str, record: OrderRecord) -> ft.Control:
    if preview is not None:
        return outcome_card(preview, record)
    if refusal:
        return notice(refusal, Tone.DANGER, identifier="return-refused")
    return body(t("return.nothing"), tokens.SOFT)


def _result(
    record: OrderRecord, done: ReturnFigures, leave: Callable[[], None], back: ft.Control
) -> ft.Control:
    content = [
        notice(
            t("return.done", amount=formats.money(done.refund_fen)), Tone.ACCENT, identifier="return-done"
        ),
        outcome_card(done, record),
    ]
    actions = [primary_button(t("sale.done_order"), lambda _: leave(), identifier="return-order")]
    return detail_pane(
        t("return.done_title"), record.order.number, content, actions=actions, back=back, identifier="return"
    )
