"""Finding a Chinese name by typing Latin letters: its full pinyin or its initials.

Readings come from a compact table (`pinyin_data`), one reading a character, decoded when first needed.
"""

import base64
import re
import unicodedata
import zlib
from functools import cache

from shared_models import pinyin_data

_FIRST, _LAST = "\u4e00", "\u9fff"
_WORD = re.compile(rf"[{_FIRST}-{_LAST}]|[^\W_{_FIRST}-{_LAST}]+")
_UNREADABLE = "-"

COMPOUND_SURNAMES = {
    "万俟": ("mo", "qi"),
    "单于": ("chan", "yu"),
    "尉迟": ("yu", "chi"),
    "澹台": ("tan", "tai"),
}
"""Surnames of two characters, one of which is read differently in a name."""

SURNAMES = {
    "乐": "yue", "乜": "nie", "仇": "qiu", "佴": "nai", "区": "ou", "单": "shan", "卜": "bu", "召": "shao",
    "员": "yun", "折": "she", "曾": "zeng", "朴": "piao", "查": "zha", "盖": "ge", "种": "chong",
    "秘": "bi", "繁": "po", "缪": "miao", "翟": "zhai", "薄": "bo", "覃": "qin", "解": "xie", "郇": "xun",
    "阚": "kan", "隗": "wei", "黑": "he", "祭": "zhai", "句": "gou",
}  # fmt: skip
"""Surnames of one character that is read differently elsewhere."""


def search_key(name: str, *, surname: bool = True) -> str:
    """The text that a name is found by: lower-cased name, full pinyin and initials, separated by spaces.

    `search_key("陈玉兰")` is `"陈玉兰 chenyulan cyl"`; `"Claire Gute"` gives `"claire gute clairegute cg"`.
    Full-width letters and digits are folded. The name of an article is read with `surname=False`, so that
    单人沙发 is found by "danren". Empty for an empty name.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).lower().split())
    readings = _readings(plain, surname=surname)
    return " ".join(part for part in (plain, "".join(readings), _first_letters(readings)) if part)


def initials(name: str, *, surname: bool = True) -> str:
    """The first letter of every character's reading and of every Latin word: `"cyl"` for 陈玉兰."""
    return _first_letters(_readings(unicodedata.normalize("NFKC", name).lower(), surname=surname))


def _first_letters(readings: list[str]) -> str:
    return "".join(reading[0] for reading in readings)


def _readings(plain: str, *, surname: bool) -> list[str]:
    words = _WORD.findall(plain)
    read_as_name = _surname_reading(words) if surname else ()
    return [*read_as_name, *(_reading(word) for word in words[len(read_as_name) :])]


def _surname_reading(words: list[str]) -> tuple[str, ...]:
    compound = COMPOUND_SURNAMES.get("".join(words[:2]))
    if compound:
        return compound
    return tuple(SURNAMES[word] for word in words[:1] if word in SURNAMES)


def _reading(word: str) -> str:
    if not _FIRST <= word[0] <= _LAST:
        return word
    syllables, table = _decoded()
    index = ord(word) - ord(_FIRST)
    reading = syllables[table[index] | table[index + len(table) // 2] << 8]
    return word if reading == _UNREADABLE else reading


@cache
def _decoded() -> tuple[list[str], bytes]:
    table = "".join(pinyin_data.TABLE.split())
    return pinyin_data.SYLLABLES.split(), zlib.decompress(base64.b85decode(table))
