"""The names, numbers and tastes of people who do not exist."""

from random import Random

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
DOUBLE_SURNAMES = ("欧阳", "司徒", "上官", "诸葛")
GIVEN = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "明", "霞", "平", "刚",
    "子涵", "浩然", "雨桐", "欣怡", "梓萱", "思远", "俊杰", "晓彤", "嘉怡", "文博", "诗涵", "志强", "建华", "丽娟", "国栋", "海燕",
    "雅婷", "晨曦", "宇航", "佳琪", "若曦", "一鸣", "婉清", "泽宇", "慧敏", "立新", "春梅", "振宇", "梦瑶", "书豪", "可欣", "景行",
)  # fmt: skip
STYLES = ("现代简约", "新中式", "北欧", "轻奢", "原木", "法式", "侘寂", "美式")
COLOURS = ("米白", "浅灰", "深灰", "胡桃", "墨绿", "雾蓝", "焦糖", "奶咖")
MATERIALS = ("真皮", "布艺", "实木", "岩板", "藤编", "金属", "科技布")
ESTATES = (
    "海岸城",
    "香蜜湖",
    "翠竹苑",
    "前海湾",
    "梅林一村",
    "华侨城",
    "东湖花园",
    "红树湾",
    "莲花北",
    "笋岗",
    "后海",
    "景田",
)
_UNASSIGNED_PREFIX = "154"
"""No operator gives out numbers that begin so."""


def full_name(random: Random) -> str:
    """A likely name."""
    surname = random.choice(DOUBLE_SURNAMES) if random.random() < 0.02 else random.choice(SURNAMES)
    return surname + random.choice(GIVEN)


def phone_number(number: int) -> str:
    """The phone number of the so-many-th person: eleven digits that nobody can have."""
    return f"{_UNASSIGNED_PREFIX}{(number * 7_919 + 20_417_306) % 100_000_000:08d}"


def address(random: Random, district: str) -> str:
    """A made-up home in a district of Shenzhen."""
    return f"深圳市{district}区{random.choice(ESTATES)}{random.randint(1, 18)}栋{random.randint(2, 32)}0{random.randint(1, 6)}"


def some(random: Random, choices: tuple[str, ...], most: int = 2) -> list[str]:
    """One to `most` of the choices, sorted as a synced set is kept."""
    return sorted(random.sample(choices, random.randint(1, most)))
