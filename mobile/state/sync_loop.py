"""When to sync: at the start, soon after each local action, when told of news, and now and then.

The loop is one async task. It never raises into the app: whatever happens becomes a visible state, and it tries again,
later each time and at a random moment so that devices do not return together.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.failures import code_for
from mobile.state.sync_state import Phase, SyncState

SETTLE_S = 0.3
"""Wait after a local action, so that what a person does in one go is sent in one go."""
PERIOD_S = 300.0
"""Longest rest between two syncs while all is well."""
FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 16.0

_log = logging.getLogger(__name__)


def retry_after_s(failures: int, chance: float, longest_s: float = LONGEST_RETRY_S) -> float:
    """The rest after so many failures in a row: doubling up to the longest, then anywhere in its upper half.

    `chance` is uniform in [0, 1).
    """
    rest_s = min(longest_s, FIRST_RETRY_S * 2.0 ** max(0, failures - 1))
    return rest_s * (0.5 + chance / 2)


class SyncLoop:
    """Syncs at the right moments and keeps `state` true."""

    def __init__(
        self,
        state: SyncState,
        *,
        chance: Callable[[], float] = random.random,
        settle_s: float = SETTLE_S,
    ) -> None:
        """May be woken from now on; nothing happens before `run`."""
        self._state = state
        self._chance = chance
        self._settle_s = settle_s
        self._woken = asyncio.Event()
        self._next_at_s = 0.0
        self.failures = 0

    def wake(self, *, at_once: bool = False) -> None:
        """Sync soon: something was done here, or is new there. Cheap, may be called at every action."""
        wait = 0.0 if at_once else self._settle_s
        self._next_at_s = min(self._next_at_s, asyncio.get_running_loop().time() + wait)
        self._woken.set()

    def network_is_back(self) -> None:
        """Sync at once: earlier failures say nothing about the network there is now, nor how long to rest after the next."""
        self.failures = 0
        self.wake(at_once=True)

    async def run(self, sync_once: Callable[[], Awaitable[None]]) -> None:
        """Sync for as long as the task lives.

        `sync_once` syncs whole or raises `Unreachable`, `LogInNeeded` or `ServerRefusal`.
        """
        while True:
            self._woken.clear()
            rest_s = await self._attempt(sync_once)
            self._plan(rest_s)
            await self._rest()

    def _plan(self, rest_s: float) -> None:
        """When the next attempt is: soon if something happened during this one, else after the rest."""
        now = asyncio.get_running_loop().time()
        if self._woken.is_set() and self.failures == 0:
            rest_s = min(rest_s, self._settle_s)
        self._next_at_s = now + rest_s

    async def _rest(self) -> None:
        clock = asyncio.get_running_loop().time
        self._woken.clear()
        while (left := self._next_at_s - clock()) > 0:
            try:
                await asyncio.wait_for(self._woken.wait(), timeout=left)
            except TimeoutError:
                return
            self._woken.clear()

    async def _attempt(self, sync_once: Callable[[], Awaitable[None]]) -> float:
        """One sync; the seconds to rest after it."""
        self._state.enter(Phase.SYNCING)
        try:
            await sync_once()
        except LogInNeeded:
            self._state.enter(Phase.LOGIN)
            return PERIOD_S
        except Unreachable:
            return self._failed("unreachable")
        except ServerRefusal as refusal:
            return self._failed(refusal.code)
        except Exception as error:  # noqa: BLE001 - the loop outlives a mistake of ours, which is logged and shown
            _log.exception("sync failed")
            return self._failed(code_for(error) or "internal")
        self.failures = 0
        self._state.enter(Phase.IDLE)
        return PERIOD_S

    def _failed(self, code: str) -> float:
        self.failures += 1
        # Without room to note the answers everything is sent again each time, which costs whoever pays for the data.
        longest_s = PERIOD_S if code == "storage_full" else LONGEST_RETRY_S
        rest_s = retry_after_s(self.failures, self._chance(), longest_s)
        self._state.enter(Phase.OFFLINE, error_code=code, retry_in_ms=int(rest_s * 1000))
        return rest_s
