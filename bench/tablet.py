"""A device for the benchmarks: the real replica on the real encrypted database, and rows to fill it with."""

from pathlib import Path

from shared_models.sales.tables import FollowUp, Lead
from sync.device.replica import Replica

KEY = "0f" * 32
COMPANY = "bench"
STORE = "bench-store"
START_MS = 1_790_000_000_000


def open_replica(folder: Path, name: str = "app") -> Replica:
    """A new device's replica in `folder`, in its own encrypted file."""
    import time

    from mobile.state.database import open_engine

    engine = open_engine(str(folder / f"{name}.db"), KEY)
    return Replica.open(engine, now_ms=lambda: time.time_ns() // 1_000_000)


def make_lead(number: int, owner: str) -> Lead:
    """A lead of the size that salespeople write."""
    return Lead(
        company_id=COMPANY,
        store_id=STORE,
        owner_id=owner,
        name=f"陈玉兰{number}",
        phone=f"199{number:08d}",
        source="官网",
        region="南山",
        category="沙发",
        budget_fen=8_000_000,
        styles=["现代", "简约"],
        notes="希望周末带家人再来，担心清洁，喜欢云栖三人位",
        inquired_at_ms=START_MS + number,
        next_due_at_ms=START_MS + number + 86_400_000,
    )


def make_visit(lead: Lead, number: int, staff: str) -> FollowUp:
    """A visit of that lead."""
    return FollowUp(
        company_id=COMPANY,
        lead_id=lead.id,
        staff_id=staff,
        channel="store_visit",
        note="看了三款沙发，停留四十八分钟",
        occurred_at_ms=START_MS + number,
    )
