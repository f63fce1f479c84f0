"""Designers, people's scores and what customers brought, through the server's routes."""

from typing import Any
from urllib.parse import quote

from shared_models.money import plain_yuan
from tests.scenarios.observation_format import DesignerSeen, KpiSeen, ValueSeen
from tests.scenarios.observations.registry import at_server
from tests.scenarios.values import UNSET
from tests.scenarios.world import MANAGER_CODE, World


@at_server(DesignerSeen)
async def designer(world: World, seen: DesignerSeen) -> dict[str, Any]:
    """How a designer stands, in a year or with what is owed."""
    path = f"/api/designers/{world.names.system('designer', seen.designer)}"
    if seen.year is not UNSET:
        path += f"?year={seen.year}"
    shown = await world.desk.get(MANAGER_CODE, path)
    return {
        "level": shown["level"],
        "rate_percent": shown["rate_percent"],
        "performance": plain_yuan(shown["performance_fen"]),
        "commission": plain_yuan(shown["commission_fen"]),
        "pending": plain_yuan(shown["pending_fen"]),
        "payable": plain_yuan(shown["payable_fen"]),
        "paid": plain_yuan(shown["paid_fen"]),
        "carry": plain_yuan(shown["carry_fen"]),
    }


@at_server(ValueSeen)
async def value(world: World, seen: ValueSeen) -> dict[str, Any]:
    """What each customer brought in a year, best first."""
    found = await world.desk.get(MANAGER_CODE, f"/api/customers/value?year={seen.value}")
    asked = [
        *(seen.ranking if isinstance(seen.ranking, list) else []),
        *(seen.profit if isinstance(seen.profit, dict) else {}),
        *(seen.share_percent if isinstance(seen.share_percent, dict) else {}),
    ]
    named = {each["customer_id"]: each for each in found}
    names = {each: world.names.name_of("member", each, asked) for each in named}
    return {
        "ranking": [names[each] for each in named],
        "profit": {names[each]: plain_yuan(row["profit_fen"]) for each, row in named.items()},
        "share_percent": {names[each]: row["share_percent"] for each, row in named.items()},
    }


@at_server(KpiSeen)
async def kpi(world: World, seen: KpiSeen) -> dict[str, Any]:
    """What a person did from one moment until before another, and the score."""
    begin, end = (quote(each.isoformat()) for each in (seen.from_, seen.to))
    path = f"/api/staff/{world.names.system('staff', seen.kpi)}/kpi?from={begin}&to={end}"
    shown = await world.desk.get(MANAGER_CODE, path)
    return {
        "followups": shown["followups"],
        "won": shown["won"],
        "leads": shown["leads"],
        "sales": plain_yuan(shown["sales_fen"]),
        "satisfaction": shown["satisfaction"],
        "score": shown["score"],
    }
