"""Designers are reviewed and paid; customers answer surveys."""

from typing import Any

from shared_models.money import plain_yuan
from tests.scenarios.actions import ReviewDesigners, SettleCommissions, Survey
from tests.scenarios.verbs.registry import online
from tests.scenarios.world import World


@online(ReviewDesigners)
async def review(world: World, action: ReviewDesigners) -> dict[str, Any]:
    """A year is closed, and everybody gets their level for the next."""
    path = f"/api/designers/reviews/{action.year}"
    answer = await world.desk.post(world.code_of(action.by), path)
    levels = answer["levels"].items()
    return {"levels": {world.names.name_of("designer", each): level for each, level in levels}}


@online(SettleCommissions)
async def settle(world: World, action: SettleCommissions) -> dict[str, Any]:
    """Statements are made of what is due."""
    answer = await world.desk.post(world.code_of(action.by), "/api/designers/statements")
    return {
        "statements": {
            world.names.name_of("designer", designer): {
                "total": plain_yuan(made["total_fen"]),
                "pay": plain_yuan(made["pay_fen"]),
                "carry": plain_yuan(made["carry_fen"]),
            }
            for designer, made in answer["statements"].items()
        }
    }


@online(Survey)
async def answer_survey(world: World, action: Survey) -> dict[str, Any]:
    """A customer says how an order went."""
    path = f"/api/orders/{world.names.system('order', action.order)}/survey"
    await world.desk.post(world.code_of(action.by), path, {"score": action.score})
    return {}
