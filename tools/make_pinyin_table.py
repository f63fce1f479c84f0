"""Write `shared_models/pinyin_data.py`: one reading for every character of the CJK Unified Ideographs block.

The readings come from pypinyin (MIT licence, https://github.com/mozillazg/python-pinyin), which is needed
only here: a device carries 30 kB instead of the library. Run it again after an upgrade of pypinyin:

    python tools/make_pinyin_table.py
"""

import base64
import textwrap
import zlib
from collections import Counter
from pathlib import Path

import pypinyin

FIRST, LAST = 0x4E00, 0x9FFF
TARGET = Path(__file__).parent.parent / "shared_models" / "pinyin_data.py"
LINE_WIDTH = 108

MODULE = '''\
"""One toneless reading for each character from U+4E00 to U+9FFF, written by `tools/make_pinyin_table.py`.

Source: pypinyin {version} (MIT licence). `SYLLABLES` is ordered by how many characters share the syllable;
"-" stands for no reading. `TABLE` holds the index into it of each character: first all low bytes, then all high
bytes, compressed by zlib, in base 85.
"""

SYLLABLES = """
{syllables}
"""

TABLE = """
{table}
"""
'''


def reading_of(character: str) -> str:
    """Read a character in its commonest way, toneless, ü as it is typed (lv, lue); "-" if unknown."""
    [reading] = pypinyin.lazy_pinyin(character, errors=lambda _unknown: ["-"], v_to_u=False)
    return reading.replace("ve", "ue")


def main() -> None:
    """Write the module anew."""
    readings = [reading_of(chr(code)) for code in range(FIRST, LAST + 1)]
    syllables = [syllable for syllable, _count in Counter(readings).most_common()]
    indexes = [syllables.index(reading) for reading in readings]
    planes = bytes(index & 0xFF for index in indexes) + bytes(index >> 8 for index in indexes)
    table = base64.b85encode(zlib.compress(planes, 9)).decode("ascii")
    TARGET.write_text(
        MODULE.format(
            version=pypinyin.__version__,
            syllables=textwrap.fill(" ".join(syllables), LINE_WIDTH),
            table="\n".join(table[start : start + LINE_WIDTH] for start in range(0, len(table), LINE_WIDTH)),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
