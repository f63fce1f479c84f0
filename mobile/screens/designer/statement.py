"""A statement of commissions in a list, with the button that saves it as a PDF; the same for designers and the back office."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button
from mobile.design.marks import Tone, chip, icon_mark
from mobile.design.rows import row
from mobile.design.type import row_title
from mobile.screens.designers.office import use_office
from mobile.state.designer_office import fetch_statement
from mobile.state.hooks import use_app
from mobile.text import formats, language, t
from shared_models.designers.tables import CommissionStatement


@ft.component
def StatementLine(  # noqa: N802
    statement: CommissionStatement, now_ms: int, designer: str = "", end: ft.Control | None = None
) -> ft.Control:
    """A statement, whose it is where that has to be said, `end`, and the button that saves it as a PDF."""
    app = use_app()
    busy, ask = use_office()

    async def save() -> str:
        content = await fetch_statement(app, statement.id, language())
        name = f"statement-{statement.number:04}.pdf"
        await ft.FilePicker().save_file(file_name=name, src_bytes=content)
        return ""

    colour = tokens.SOFT if busy else tokens.ACCENT
    button = icon_button(
        ft.Icons.DOWNLOAD_OUTLINED,
        t("designers.pdf"),
        lambda _: ask(save),
        identifier=f"pdf-{statement.number}",
        colour=colour,
    )
    tools = ft.Row([*([end] if end else []), button], tight=True, spacing=tokens.SPACE_1)
    return statement_row(statement, now_ms, trailing=tools, designer=designer)


def statement_row(
    statement: CommissionStatement, now_ms: int, *, trailing: ft.Control | None = None, designer: str = ""
) -> ft.Control:
    """A statement: whose it is where that has to be said, its number and date, what it paid, and what it carried on."""
    settled = formats.day(formats.local(statement.settled_at_ms).date(), year=formats.local(now_ms).year)
    number = t("designer.statement", number=statement.number)
    marks = []
    if statement.carry_fen:
        marks.append(chip(t("designer.carries", amount=formats.money(statement.carry_fen)), Tone.WARM))
    return row(
        designer or number,
        f"{number} · {settled}" if designer else settled,
        identifier=f"statement-{statement.number}",
        chips=marks,
        leading=icon_mark(ft.Icons.RECEIPT_LONG_OUTLINED),
        trailing=ft.Row(
            [row_title(formats.money(statement.pay_fen)), *([trailing] if trailing else [])], tight=True
        ),
    )
