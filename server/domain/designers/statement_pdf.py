"""A commission statement on paper: one A4 page or more, in Chinese or English.

Set in a font that every PDF viewer brings for Chinese (Adobe's STSong-Light), so that the file is a few kilobytes and the
server needs no font.
"""

from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from sqlmodel import Session, col, select

from shared_models.designers.tables import CommissionEntry, CommissionStatement, Designer
from shared_models.moments import local_date
from shared_models.money import plain_yuan

_FONT = "STSong-Light"
_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT = 20 * mm, _WIDTH - 20 * mm
_TOP, _BOTTOM = _HEIGHT - 25 * mm, 25 * mm
_LINE = 8 * mm
_WORDS = {
    "zh": {
        "title": "佣金结算单",
        "designer": "设计师",
        "number": "单号",
        "date": "结算日期",
        "order": "订单",
        "client": "客户",
        "rate": "佣金比例",
        "amount": "金额（元）",
        "carried_in": "上期结转",
        "total": "合计",
        "pay": "本期应付",
        "carry": "结转下期",
    },
    "en": {
        "title": "Commission statement",
        "designer": "Designer",
        "number": "Number",
        "date": "Settled on",
        "order": "Order",
        "client": "Client",
        "rate": "Rate",
        "amount": "Amount (CNY)",
        "carried_in": "Carried from the last statement",
        "total": "Total",
        "pay": "To be paid",
        "carry": "Carried to the next statement",
    },
}

pdfmetrics.registerFont(UnicodeCIDFont(_FONT))


@dataclass(frozen=True, slots=True)
class StatementPage:
    """All that stands on a statement; amounts in fen."""

    designer: str
    statement: CommissionStatement
    lines: tuple[CommissionEntry, ...]


def statement_pdf(session: Session, statement: CommissionStatement, language: str) -> bytes:
    """The statement as a PDF file; a language other than English is Chinese."""
    designer = session.get_one(Designer, statement.designer_id)
    settled = select(CommissionEntry).where(CommissionEntry.statement_id == statement.id)
    lines = session.exec(settled.order_by(col(CommissionEntry.order_number), CommissionEntry.id)).all()
    return drawn(StatementPage(designer.name, statement, tuple(lines)), _WORDS.get(language, _WORDS["zh"]))


def drawn(page: StatementPage, words: dict[str, str]) -> bytes:
    """The same file for the same statement, whenever it is asked for."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    canvas.setTitle(f"{words['title']} {page.statement.number:04}")
    y = _head(canvas, page, words)
    for line in page.lines:
        if y < _BOTTOM + 5 * _LINE:
            canvas.showPage()
            y = _columns(canvas, words, _TOP)
        _cells(canvas, y, line.order_number, line.client_name, f"{line.rate_percent} %", -line.amount_fen)
        y -= _LINE
    _foot(canvas, page.statement, words, y)
    canvas.save()
    return target.getvalue()


def _head(canvas: Canvas, page: StatementPage, words: dict[str, str]) -> float:
    canvas.setFont(_FONT, 20)
    canvas.drawString(_LEFT, _TOP, words["title"])
    canvas.setFont(_FONT, 11)
    facts = (
        (words["designer"], page.designer),
        (words["number"], f"{page.statement.number:04}"),
        (words["date"], local_date(page.statement.settled_at_ms)),
    )
    y = _TOP - 14 * mm
    for name, value in facts:
        canvas.drawString(_LEFT, y, name)
        canvas.drawString(_LEFT + 30 * mm, y, value)
        y -= 6 * mm
    return _columns(canvas, words, y - 6 * mm)


def _columns(canvas: Canvas, words: dict[str, str], y: float) -> float:
    """Draw the heads of the columns; where the first line goes."""
    canvas.setFont(_FONT, 10)
    canvas.setFillGray(0.35)
    for x, name in zip((_LEFT, _LEFT + 60 * mm, _LEFT + 105 * mm), ("order", "client", "rate"), strict=True):
        canvas.drawString(x, y, words[name])
    canvas.drawRightString(_RIGHT, y, words["amount"])
    canvas.setFillGray(0)
    canvas.setLineWidth(0.5)
    canvas.line(_LEFT, y - 2.5 * mm, _RIGHT, y - 2.5 * mm)
    below: float = y - _LINE - 1 * mm
    return below


def _cells(canvas: Canvas, y: float, order: str, client: str, rate: str, amount_fen: int) -> None:
    canvas.setFont(_FONT, 11)
    canvas.drawString(_LEFT, y, order)
    canvas.drawString(_LEFT + 60 * mm, y, client)
    canvas.drawString(_LEFT + 105 * mm, y, rate)
    canvas.drawRightString(_RIGHT, y, plain_yuan(amount_fen))


def _foot(canvas: Canvas, statement: CommissionStatement, words: dict[str, str], y: float) -> None:
    canvas.line(_LEFT, y + 4.5 * mm, _RIGHT, y + 4.5 * mm)
    sums = (
        ("carried_in", statement.carried_in_fen),
        ("total", statement.total_fen),
        ("pay", statement.pay_fen),
        ("carry", statement.carry_fen),
    )
    for name, amount_fen in sums:
        canvas.setFont(_FONT, 13 if name == "pay" else 11)
        canvas.drawString(_LEFT + 60 * mm, y - 1 * mm, words[name])
        canvas.drawRightString(_RIGHT, y - 1 * mm, plain_yuan(amount_fen))
        y -= _LINE
