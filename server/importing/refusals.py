"""What an import refused, row by row, and the file in which a person reads why."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TextIO

COLUMNS = ("file", "row", "column", "value", "code", "sentence_zh", "sentence_en")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

SENTENCES: dict[str, tuple[str, str]] = {
    "value_missing": (
        "这一格是空的，而这一列必须有值；本行未导入。请补上后再导入一次。",
        "This cell is empty but the column needs a value; the row was not loaded. Fill it in and import again.",
    ),
    "date_unreadable": (
        "日期读不懂，应为 {format} 的样子；本行未导入。请改正后再导入一次。",
        "The date cannot be read, it should look like {format}; the row was not loaded. Correct it and import again.",
    ),
    "number_unreadable": (
        "这里应为数字；本行未导入。请改正后再导入一次。",
        "A number belongs here; the row was not loaded. Correct it and import again.",
    ),
    "number_out_of_range": (
        "数字超出允许的范围（{range}）；本行未导入。请改正后再导入一次。",
        "The number is outside what is allowed ({range}); the row was not loaded. Correct it and import again.",
    ),
    "label_unknown": (
        "这个取值不在映射的对照表里；本行未导入。请改成表中的取值，或在映射文件里加上它。",
        "The mapping has no label for this value; the row was not loaded. Use a known value or add it to the mapping.",
    ),
    "phone_unreadable": (
        "手机号读不懂；本行未导入。请改成 11 位数字后再导入一次。",
        "The phone number cannot be read; the row was not loaded. Write its digits and import again.",
    ),
    "level_unknown": (
        "级别方案里没有这个级别；本行未导入。请改成方案里的级别，或先在后台加上它。",
        "The levels do not have this one; the row was not loaded. Use a level they have, or add it in the back office first.",
    ),
    "store_unknown": (
        "没有叫这个名字的门店；本行未导入。请改成门店的全名，或留空。",
        "There is no store of this name; the row was not loaded. Use the store's full name, or leave it empty.",
    ),
    "designer_known": (
        "这个号码的设计师已经建档；本行未导入，档案保持不变。请在后台修改。",
        "A designer with this number is on file already; the row was not loaded. Change the file in the back office.",
    ),
    "member_held": (
        "同一号码的第 {row} 行有误，这位会员没有导入。改正那一行后再导入一次。",
        "Row {row} of the same number is wrong, so this member was not loaded. Correct that row and import again.",
    ),
    "member_opened": (
        "这位会员在这里已经有自己的积分；没有导入，积分保持不变。需要补积分请在会员页上调整。",
        "This member holds points here already; nothing was loaded and they stay as they are. Adjust them on the member's page.",
    ),
    "store_missing": (
        "公司有几家门店，不知道新会员属于哪一家；本行未导入。请在“门店”一列写上门店的全名。",
        "The company has several stores and a new member needs one; the row was not loaded. Name it in the column “store”.",
    ),
    "text_unstorable": (
        "文字里有无法保存的控制字符；本行未导入。请删去后再导入一次。",
        "The text holds a control character that cannot be stored; the row was not loaded. Remove it and import again.",
    ),
    "cell_count": (
        "这一行有 {found} 格，表头有 {expected} 列；本行未导入。请检查分隔符和引号。",
        "The row has {found} cells, the header {expected}; it was not loaded. Check its separators and quotes.",
    ),
    "other_table_header": (
        "从这一行起是另一张表（{table}）；本行未导入。请把那张表存成单独的文件再导入。",
        "Another table ({table}) starts here; the row was not loaded. Save that table as a file of its own and import it.",
    ),
    "other_table_row": (
        "这一行属于另一张表（{table}）；本行未导入。请把那张表存成单独的文件再导入。",
        "The row belongs to another table ({table}) and was not loaded. Save that table as a file of its own and import it.",
    ),
    "duplicate": (
        "与第 {first} 行重复；只算一次，无须处理。",
        "Repeats row {first}; counted once, nothing to do.",
    ),
    "repeated_differently": (
        "编号与第 {first} 行相同而内容不同；导入了第 {first} 行，本行未导入。请确认哪一行是对的。",
        "Has the key of row {first} but other content; row {first} was loaded, this one was not. Decide which one is right.",
    ),
    "not_selected": (
        "这一列的取值表示本行不需要导入；已跳过。",
        "The value of this column says that the row is not to be loaded; it was skipped.",
    ),
    "held_by_row": (
        "同一单的第 {row} 行有误，整单未导入。改正那一行后再导入一次。",
        "Row {row} of the same order is wrong, so the order was not loaded. Correct that row and import again.",
    ),
    "reference_unknown": (
        "找不到它所指的{table}；本行未导入。请先导入那张表，或与它一起导入。",
        "The {table} it refers to does not exist; the row was not loaded. Import that table first or together with this one.",
    ),
    "recorded_differently": (
        "这一笔已经入账而内容不同（{fields}）；账上的保持不变。要更正请在后台办理。",
        "This is already in the books with other figures ({fields}); the books stay as they are. Correct it in the back office.",
    ),
    "order_settled": (
        "这张订单已经入账，不能再加行；本行未导入。要更正请在后台办理。",
        "The order is already in the books and takes no more lines; the row was not loaded. Correct it in the back office.",
    ),
    "order_unpaid": (
        "这张订单还没有付清，不能退货；本行未导入。请先收齐款项，或在后台取消订单。",
        "The order is not fully paid and cannot be returned; the row was not loaded. Take the payment or cancel the order.",
    ),
    "already_returned": (
        "这张订单的商品都已退过；本行未导入，无须处理。",
        "All goods of this order were returned before; the row was not loaded, nothing to do.",
    ),
    "stage_closed": (
        "线索现在的阶段不允许改为导入的阶段；线索保持不变。需要时请在应用里修改。",
        "The lead's present stage does not allow the imported one; the lead stays as it is. Change it in the app if needed.",
    ),
}

TABLE_NAMES = {
    "store": ("门店", "store"),
    "staff": ("员工", "person"),
    "product": ("商品", "product"),
    "designerfirm": ("设计公司", "design firm"),
    "designer": ("设计师", "designer"),
    "customer": ("客户", "customer"),
    "lead": ("线索", "lead"),
    "sales_order": ("订单", "order"),
}

NOT_MISTAKES = frozenset({"duplicate", "not_selected", "already_returned"})
"""Rows that need nobody's attention: nothing of theirs is missing from the books."""


class FileRefusedError(Exception):
    """A whole file cannot be imported; nothing of the run was stored.

    `code` is stable; `zh` and `en` are the sentences a person reads.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        """Say why in both languages."""
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


class CellError(Exception):
    """A cell cannot be converted; the row is refused and the import goes on."""

    def __init__(self, code: str, cell: int = 0, **details: str | int) -> None:
        """Name the reason and which of the converter's cells is at fault."""
        super().__init__(code)
        self.code, self.cell, self.details = code, cell, details


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not loaded; `row` is the line of the file on which it starts, the header being line 1."""

    file: str
    row: int
    code: str
    column: str = ""
    value: str = ""
    details: dict[str, str | int] = field(default_factory=dict)
    cells: tuple[str, ...] = ()
    """What a row of the wrong shape holds, as far as it can be told apart."""

    @property
    def is_mistake(self) -> bool:
        """Whether somebody should look at it."""
        return self.code not in NOT_MISTAKES

    def sentences(self) -> tuple[str, str]:
        """The reason in Chinese and in English, each saying what happened and what to do."""
        zh, en = SENTENCES[self.code]
        table = str(self.details.get("table", ""))
        table_zh, table_en = TABLE_NAMES.get(table, (table, table))
        return zh.format(**{**self.details, "table": table_zh}), en.format(
            **{**self.details, "table": table_en}
        )


def without_formula(text: str) -> str:
    """The text as a spreadsheet shows it and never computes it: what starts like a formula gets an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_errors(refusals: Iterable[Refusal], target: TextIO) -> None:
    """Write the errors file: one line a refused row, with its reason in Chinese and in English."""
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for refusal in refusals:
        cells = (
            refusal.file,
            str(refusal.row),
            refusal.column,
            refusal.value,
            refusal.code,
            *refusal.sentences(),
        )
        writer.writerow(without_formula(cell) for cell in cells)


def errors_text(refusals: Iterable[Refusal]) -> str:
    """The errors file as text, with the mark by which spreadsheets know that it is UTF-8."""
    target = io.StringIO()
    target.write("\ufeff")
    write_errors(refusals, target)
    return target.getvalue()
