"""The articles of the demo company: twelve kinds of furniture in five lines, and three services. All invented."""

from dataclasses import dataclass

from shared_models.stock.tables import ProductKind

_LINES = ("溪山", "听松", "半岛", "拾光", "云栖")
_KINDS: dict[str, tuple[tuple[str, int], ...]] = {
    "沙发": (("三人位布艺沙发", 6_980), ("转角真皮沙发", 18_800), ("模块沙发", 12_600), ("双人位布艺沙发", 4_580), ("电动功能沙发", 9_900)),
    "床": (("一米八软包床", 7_680), ("一米五实木床", 5_280), ("一米八真皮床", 11_800), ("高箱储物床", 6_280), ("儿童实木床", 3_980)),
    "床垫": (("独立弹簧床垫", 4_680), ("天然乳胶床垫", 6_880), ("硬质护脊床垫", 3_280), ("分区弹簧床垫", 8_800), ("儿童护脊床垫", 2_380)),
    "餐桌": (("岩板餐桌", 5_680), ("实木长餐桌", 7_280), ("可伸缩圆餐桌", 4_880), ("胡桃木餐桌", 9_600), ("折叠餐桌", 2_180)),
    "餐椅": (("软包餐椅", 780), ("实木餐椅", 680), ("真皮餐椅", 1_380), ("藤编餐椅", 880), ("叠放餐椅", 420)),
    "茶几": (("岩板茶几", 2_980), ("实木茶几", 2_380), ("组合茶几", 3_680), ("升降茶几", 1_980), ("圆形边几", 980)),
    "电视柜": (("悬浮电视柜", 3_280), ("实木电视柜", 4_280), ("组合电视墙柜", 8_600), ("岩板电视柜", 3_980), ("极简电视柜", 2_680)),
    "衣柜": (("推拉门衣柜", 6_680), ("玻璃门衣柜", 9_800), ("开放式衣帽间", 16_800), ("四门实木衣柜", 8_280), ("儿童衣柜", 3_680)),
    "书柜": (("带门书柜", 4_380), ("开放式书架", 2_280), ("转角书柜", 5_680), ("玻璃门书柜", 6_480), ("儿童绘本架", 780)),
    "书桌": (("电动升降桌", 3_580), ("实木书桌", 3_280), ("儿童学习桌", 2_680), ("转角书桌", 4_180), ("极简写字台", 1_880)),
    "灯具": (("落地灯", 980), ("餐厅吊灯", 1_680), ("客厅主灯", 2_980), ("床头壁灯", 480), ("学习台灯", 580)),
    "地毯": (("羊毛地毯", 3_880), ("短绒地毯", 1_280), ("圆形地毯", 980), ("编织地毯", 1_680), ("儿童爬行毯", 680)),
}  # fmt: skip
_SERVICES = (("送货上门", 300), ("家具安装", 200), ("旧家具搬离", 260))
_COST_PERCENT = 52


@dataclass(frozen=True, slots=True)
class Article:
    """One article or service with its list price and cost."""

    sku: str
    name: str
    category: str
    kind: ProductKind
    price_fen: int
    cost_fen: int


def articles() -> list[Article]:
    """Sixty products and three services."""
    made = []
    for number, (category, members) in enumerate(_KINDS.items(), start=1):
        for line, (name, yuan) in zip(_LINES, members, strict=True):
            sku = f"YQ{number:02d}{_LINES.index(line) + 1:02d}"
            made.append(_article(sku, f"{line}{name}", category, ProductKind.PRODUCT, yuan))
    for number, (name, yuan) in enumerate(_SERVICES, start=1):
        made.append(_article(f"FW{number:02d}", name, "服务", ProductKind.SERVICE, yuan))
    return made


def _article(sku: str, name: str, category: str, kind: ProductKind, yuan: int) -> Article:
    return Article(sku, name, category, kind, yuan * 100, yuan * _COST_PERCENT)
