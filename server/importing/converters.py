"""Small named conversions of cells, which the mapping files refer to by name.

Each takes the cells it needs and the options the mapping gives, and raises `CellError` for what it cannot read.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any

from server.importing.refusals import CellError
from shared_models.moments import business_zone
from shared_models.phone import is_phone, normalise_phone

Options = Mapping[str, Any]
LARGEST_FEN = 10**15
LARGEST_QUANTITY = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def text(cells: tuple[str, ...], _options: Options) -> str:
    """The cell without surrounding blanks; hard spaces inside become ordinary ones."""
    cleaned = cells[0].replace("\xa0", " ").strip()
    if _CONTROL.search(cleaned):
        raise CellError("text_unstorable")
    return cleaned


def code(cells: tuple[str, ...], options: Options) -> str:
    """A log-in code: capitals, without blanks."""
    return "".join(text(cells, options).upper().split())


def phone(cells: tuple[str, ...], options: Options) -> str:
    """A phone number as it is stored: digits only, without the country's prefix (R19)."""
    number = normalise_phone(text(cells, options))
    if not is_phone(number):
        raise CellError("phone_unreadable")
    return number


def several(cells: tuple[str, ...], options: Options) -> list[str]:
    """The distinct words of a cell that commas or semicolons part, sorted."""
    return sorted({part.strip() for part in re.split("[,，、;；]", text(cells, options)) if part.strip()})


def year(cells: tuple[str, ...], _options: Options) -> int:
    """A year of this or the last century."""
    return _whole(cells[0], 1900, 2100)


def integer(cells: tuple[str, ...], _options: Options) -> int:
    """A whole number that fits four bytes."""
    return _whole(cells[0], -(2**31), 2**31 - 1)


def quantity(cells: tuple[str, ...], _options: Options) -> int:
    """How many pieces: at least one."""
    return _whole(cells[0], 1, LARGEST_QUANTITY)


def plain_number(cells: tuple[str, ...], _options: Options) -> str:
    """A number for reading: `1000.0` becomes `1000`, and a zero that says nothing becomes empty."""
    number = _decimal(cells[0])
    return f"{number.normalize():f}" if number else ""


def label(cells: tuple[str, ...], options: Options) -> str:
    """The word that the mapping's dictionary `labels` has for the cell."""
    words: Mapping[str, str] = options["words"]
    found = words.get(cells[0].strip())
    if found is None:
        raise CellError("label_unknown")
    return found


def date(cells: tuple[str, ...], options: Options) -> int:
    """A moment in milliseconds: the date, with its time if `format` has one, as the business's clock shows it."""
    return int(_moment(cells[0].strip(), options["format"]).timestamp()) * 1000


def local_date(cells: tuple[str, ...], options: Options) -> str:
    """A local date as `YYYY-MM-DD`."""
    return _moment(cells[0].strip(), options["format"]).date().isoformat()


def money(cells: tuple[str, ...], options: Options) -> int:
    """An amount in fen, half up; `fen_per_unit` fen make one unit of the file's currency."""
    amount = _decimal(cells[0]) * options["fen_per_unit"]
    return _fen(int(amount.quantize(Decimal(1), ROUND_HALF_UP)), 0)


def list_price(cells: tuple[str, ...], options: Options) -> int:
    """The price of one piece before discount, in fen, from the line's net, discount rate and quantity.

    Rounded up, so that list price times quantity never falls short of what was paid.
    """
    return _list_price(cells, options["fen_per_unit"])


def line_discount(cells: tuple[str, ...], options: Options) -> int:
    """What the whole line was reduced by, in fen: list price times quantity minus its net."""
    pieces = _whole(cells[2], 1, LARGEST_QUANTITY, 2)
    return list_price(cells, options) * pieces - money(cells[:1], options)


def unit_cost(cells: tuple[str, ...], options: Options) -> int:
    """What one piece cost, in fen half up, from the line's net, profit and quantity."""
    pieces = _whole(cells[2], 1, LARGEST_QUANTITY, 2)
    cost = (_decimal(cells[0]) - _decimal(cells[1], 1)) * options["fen_per_unit"] / pieces
    return int(cost.quantize(Decimal(1), ROUND_HALF_UP))


CONVERTERS: dict[str, Callable[[tuple[str, ...], Options], Any]] = {
    converter.__name__: converter
    for converter in (
        text, code, phone, several, year, integer, quantity, plain_number, label, date, local_date, money, list_price,
        line_discount, unit_cost,
    )
}  # fmt: skip


@lru_cache(maxsize=20_000)
def _moment(cell: str, pattern: str) -> datetime:
    try:
        return datetime.strptime(cell, pattern).replace(tzinfo=business_zone())
    except ValueError:
        raise CellError("date_unreadable", format=pattern) from None


@lru_cache(maxsize=1_000)
def _list_price(cells: tuple[str, ...], fen_per_unit: int) -> int:
    net = _decimal(cells[0])
    discount = _decimal(cells[1], 1)
    pieces = _whole(cells[2], 1, LARGEST_QUANTITY, 2)
    if not 0 <= discount < 1:
        raise CellError("number_out_of_range", 1, range="0 – 0.99")
    return _fen(ceil(Fraction(net) * fen_per_unit / (1 - Fraction(discount)) / pieces), 0)


def _decimal(cell: str, position: int = 0) -> Decimal:
    try:
        number = Decimal(cell.strip())
    except InvalidOperation:
        raise CellError("number_unreadable", position) from None
    if not number.is_finite():
        raise CellError("number_unreadable", position)
    if abs(number.adjusted()) > 15:
        raise CellError("number_out_of_range", position, range="±10¹⁵")
    return number


def _whole(cell: str, least: int, most: int, position: int = 0) -> int:
    number = _decimal(cell, position)
    if number != number.to_integral_value():
        raise CellError("number_unreadable", position)
    if not least <= number <= most:
        raise CellError("number_out_of_range", position, range=f"{least} – {most}")
    return int(number)


def _fen(amount_fen: int, position: int) -> int:
    if not 0 <= amount_fen <= LARGEST_FEN:
        raise CellError("number_out_of_range", position, range="0 – 10¹³")
    return amount_fen
