"""Trying something that may be refused: what came of it, or the sentence that says why not."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.text import error_sentence
from shared_models.errors import RuleError

T = TypeVar("T")


async def attempt(task: Callable[[], Awaitable[T]]) -> tuple[T | None, str]:
    """What the task gives, and an empty sentence; or None, and what was wrong in words."""
    try:
        return await task(), ""
    except (RuleError, ServerRefusal) as refused:
        return None, error_sentence(refused.code, refused.details)
    except Unreachable:
        return None, error_sentence("unreachable_now")
    except LogInNeeded:
        return None, error_sentence("not_logged_in")
