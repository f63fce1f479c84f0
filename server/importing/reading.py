"""Reads a CSV file as numbered rows, whatever its encoding and however uneven its lines."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from server.importing.mapping import Mapping, detect, mapping_named, require_columns, shipped_mappings
from server.importing.refusals import FileRefusedError, Refusal

LARGEST_FILE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to import, in memory: its name as the person knows it, its text, and what kind of file it is."""

    name: str
    text: str
    header: tuple[str, ...]
    mapping: Mapping


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """The cells of one record by column; `row` is the line of the file on which it starts."""

    row: int
    cells: dict[str, str]


def open_source(name: str, content: bytes, mapping_name: str | None = None) -> SourceFile:
    """Recognise a file by its header, or take it for the named mapping.

    Raises `FileRefusedError` for a file that is empty, too large, no text, or of an unknown kind.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise FileRefusedError(
            "file_too_large",
            f"“{name}”超过 {LARGEST_FILE_BYTES // 1_000_000} MB；什么都没有导入。请分成几个文件。",
            f"{name!r} is larger than {LARGEST_FILE_BYTES // 1_000_000} MB; nothing was imported. Split it.",
        )
    text = _decoded(name, content)
    first = next(csv.reader(io.StringIO(text, newline="")), [])
    header = tuple(column.strip() for column in first)
    if not any(header):
        raise FileRefusedError(
            "file_empty", f"“{name}”是空的；什么都没有导入。", f"{name!r} is empty; nothing was imported.",
        )  # fmt: skip
    if mapping_name is None:
        return SourceFile(name, text, header, detect(name, header))
    mapping = mapping_named(mapping_name)
    require_columns(name, header, mapping)
    return SourceFile(name, text, header, mapping)


def rows_of(source: SourceFile) -> Iterator[NumberedRow | Refusal]:
    """Each record of the file, or why its shape makes it unreadable. Blank lines are passed over."""
    reader = csv.reader(io.StringIO(source.text, newline=""))
    next(reader)
    other: Mapping | None = None
    line = reader.line_num + 1
    for record in reader:
        row, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in record):
            continue
        if len(record) == len(source.header):
            yield NumberedRow(row, dict(zip(source.header, record, strict=True)))
            continue
        header = _header_of_other(record, source.mapping)
        other = header or other
        yield _misshapen(source, row, record, other, is_header=header is not None)


def _misshapen(
    source: SourceFile, row: int, record: list[str], other: Mapping | None, *, is_header: bool
) -> Refusal:
    value = ",".join(record)
    if other and (is_header or len(record) == len(other.columns)):
        code = "other_table_header" if is_header else "other_table_row"
        return Refusal(source.name, row, code, value=value, details={"table": other.name})
    counts: dict[str, str | int] = {"found": len(record), "expected": len(source.header)}
    return Refusal(source.name, row, "cell_count", value=value, details=counts, cells=tuple(record))


def _header_of_other(record: list[str], own: Mapping) -> Mapping | None:
    cells = {cell.strip() for cell in record}
    return next((each for each in shipped_mappings() if each is not own and cells == set(each.columns)), None)


def _decoded(name: str, content: bytes) -> str:
    """UTF-8, with or without its mark, or the encoding that Chinese spreadsheets save by default."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefusedError(
        "encoding_unknown",
        f"“{name}”不是 UTF-8 或 GB18030 编码的文字；什么都没有导入。请另存为 CSV UTF-8。",
        f"{name!r} is no text in UTF-8 or GB18030; nothing was imported. Save it as CSV UTF-8.",
    )
