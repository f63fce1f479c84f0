"""What the demo company gives for points."""

from sqlmodel import Session

from server.demo.scene import COMPANY
from shared_models.ids import derived_id
from shared_models.loyalty.tables import Gift
from sync.hub.recorder import recording

GIFTS = (
    ("亚麻抱枕一对", 800, 158, 24, ""),
    ("黄铜台灯", 2_600, 499, 6, ""),
    ("羊毛地毯 1.6 米", 6_800, 1_280, 3, "S3"),
    ("胡桃木边几", 12_000, 2_380, 0, ""),
    ("上门软装设计一次", 18_000, 3_600, None, "S4"),
)
"""Name, points, worth in yuan, how many there are (None: no limit), lowest tier."""


def offer_gifts(session: Session, now_ms: int) -> None:
    """Put all of them on offer."""
    with recording(session, author="server", at_ms=now_ms):
        session.add_all(
            Gift(
                id=derived_id(COMPANY, "demo", "gift", name),
                company_id=COMPANY,
                name=name,
                points=points,
                value_fen=yuan * 100,
                stock=stock,
                min_tier=min_tier,
            )
            for name, points, yuan, stock, min_tier in GIFTS
        )
