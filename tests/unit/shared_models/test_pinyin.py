"""A name is found by its full pinyin or its initials."""

import pytest

from shared_models import pinyin
from shared_models.pinyin import initials, search_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("陈玉兰", "陈玉兰 chenyulan cyl"),
        ("Claire Gute", "claire gute clairegute cg"),
        ("社交媒体 dac32acd", "社交媒体 dac32acd shejiaomeitidac32acd sjmtd"),
        ("  张  伟 ", "张 伟 zhangwei zw"),
        ("Ｂｏｂ １２", "bob 12 bob12 b1"),
        ("O'Brien-Li", "o'brien-li obrienli obl"),
        ("", ""),
        ("——", "——"),
    ],
)
def test_a_name_is_indexed_by_itself_its_pinyin_and_its_initials(name: str, key: str) -> None:
    assert search_key(name) == key


@pytest.mark.parametrize(
    ("name", "reading"),
    [("单雄信", "shan"), ("解缙", "xie"), ("曾国藩", "zeng"), ("区婉仪", "ou"), ("仇英", "qiu"),
     ("查良镛", "zha"), ("盖叫天", "ge"), ("尉迟恭", "yuchi"), ("长孙无忌", "zhangsun"), ("吕布", "lv")],
)  # fmt: skip
def test_a_surname_is_read_as_a_surname(name: str, reading: str) -> None:
    assert search_key(name).split()[1].startswith(reading)


def test_only_the_beginning_of_a_name_is_read_as_a_surname() -> None:
    assert search_key("陈解单").split()[1] == "chenjiedan"


def test_an_article_is_not_read_as_a_surname() -> None:
    assert search_key("单人沙发", surname=False) == "单人沙发 danrenshafa drsf"
    assert initials("单人沙发", surname=False) == "drsf"


def test_initials_are_those_of_the_key() -> None:
    assert initials("陈玉兰") == "cyl"
    assert initials("Claire Gute") == "cg"


def test_a_character_without_a_known_reading_stands_for_itself() -> None:
    assert search_key("陈兙") == "陈兙 chen兙 c兙"


def test_every_surname_of_the_tables_differs_from_the_reading_elsewhere() -> None:
    for surname, reading in pinyin.SURNAMES.items():
        assert search_key(surname, surname=False).split()[1] != reading
    for surname, readings in pinyin.COMPOUND_SURNAMES.items():
        assert search_key(surname, surname=False).split()[1] != "".join(readings)
