"""When the app syncs and what it shows meanwhile, on a real copy and a real hub."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.exc import OperationalError

from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.sync_loop import FIRST_RETRY_S, LONGEST_RETRY_S, PERIOD_S, SyncLoop, retry_after_s
from mobile.state.sync_state import Phase, SyncState
from shared_models.sales.tables import Lead
from sync import wire
from sync.client import synchronise
from sync.sqlite.errors import DiskFullError
from tests.convergence.world import Device, World, make_lead

PATIENCE_S = 5.0


class Net:
    """The way from one device to the hub, which can be cut."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.is_up = True
        self.syncs = 0

    async def sync_once(self) -> None:
        async def exchange(request: wire.Request) -> wire.Response:
            if not self.is_up:
                raise Unreachable
            await asyncio.sleep(0)
            return self.device.world.exchange(self.device, request)

        self.syncs += 1
        await synchronise(self.device.replica, exchange)


class Phases(SyncState):
    """A state that remembers the phases it went through."""

    def __init__(self) -> None:
        self.seen: list[Phase] = []
        super().__init__()

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "phase":
            self.seen.append(value)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


def run_loop(
    loop: SyncLoop, sync_once: Callable[[], Awaitable[None]], story: Callable[[], Awaitable[None]]
) -> None:
    async def scene() -> None:
        task = asyncio.create_task(loop.run(sync_once))
        try:
            await story()
        finally:
            task.cancel()

    asyncio.run(scene())


@pytest.fixture
def net():
    return Net(World().device("A", "amy"))


def test_it_syncs_at_the_start_and_soon_after_an_action(net):
    state = Phases()
    loop = SyncLoop(state, settle_s=0.02)
    lead = make_lead()

    async def story() -> None:
        await until(lambda: state.phase == Phase.IDLE)
        with net.device.act() as session:
            session.add(lead)
        loop.wake()
        await until(lambda: net.device.world.get(Lead, lead.id) is not None)

    run_loop(loop, net.sync_once, story)
    assert state.seen[:3] == [Phase.STARTING, Phase.SYNCING, Phase.IDLE]
    assert net.device.replica.status().pending == 0


def test_actions_in_quick_succession_are_sent_together(net):
    loop = SyncLoop(SyncState(), settle_s=0.1)

    async def story() -> None:
        await until(lambda: net.device.replica.status().last_sync_at_ms is not None)
        before = net.syncs
        for _ in range(5):
            with net.device.act() as session:
                session.add(make_lead())
            loop.wake()
        await until(lambda: net.device.replica.status().pending == 0)
        assert net.syncs == before + 1

    run_loop(loop, net.sync_once, story)


def test_an_action_during_a_sync_is_sent_right_after_it(net):
    lead = make_lead()
    did_act = False
    state = SyncState()

    async def sync_once() -> None:
        nonlocal did_act
        await net.sync_once()
        if not did_act:
            did_act = True
            with net.device.act() as session:
                session.add(lead)
            loop.wake()

    loop = SyncLoop(state, settle_s=0.01)
    run_loop(loop, sync_once, lambda: until(lambda: net.device.world.get(Lead, lead.id) is not None))


def test_without_a_network_it_says_so_keeps_everything_and_comes_back_by_itself(net):
    state = SyncState()
    loop = SyncLoop(state, settle_s=0.01, chance=lambda: 0.0)
    lead = make_lead()

    async def story() -> None:
        net.is_up = False
        with net.device.act() as session:
            session.add(lead)
        await until(lambda: state.phase == Phase.OFFLINE)
        assert state.error_code == "unreachable"
        assert state.retry_in_ms == FIRST_RETRY_S * 500
        assert net.device.replica.status().pending == 1
        net.is_up = True
        await until(lambda: state.phase == Phase.IDLE)
        assert net.device.world.get(Lead, lead.id) is not None

    run_loop(loop, net.sync_once, story)
    assert loop.failures == 0


def test_being_woken_ends_the_rest_after_a_failure(net):
    state = SyncState()
    loop = SyncLoop(state, settle_s=0.01, chance=lambda: 0.99)
    loop.failures = 6

    async def story() -> None:
        net.is_up = False
        await until(lambda: state.phase == Phase.OFFLINE)
        net.is_up = True
        loop.wake(at_once=True)
        await until(lambda: state.phase == Phase.IDLE)

    run_loop(loop, net.sync_once, story)


@pytest.mark.parametrize(
    ("error", "phase", "code"),
    [
        (LogInNeeded(), Phase.LOGIN, None),
        (ServerRefusal("device_revoked", status=401), Phase.OFFLINE, "device_revoked"),
        (ZeroDivisionError(), Phase.OFFLINE, "internal"),
    ],
)
def test_whatever_goes_wrong_is_a_visible_state_and_never_the_end_of_the_loop(net, error, phase, code):
    state = SyncState()
    errors = [error]

    async def sync_once() -> None:
        if errors:
            raise errors.pop()
        await net.sync_once()

    loop = SyncLoop(state, settle_s=0.01)

    async def story() -> None:
        await until(lambda: state.phase == phase)
        assert state.error_code == code
        loop.wake(at_once=True)
        await until(lambda: state.phase == Phase.IDLE)

    run_loop(loop, sync_once, story)


def test_rests_after_failures_double_up_to_a_bound_and_are_spread():
    rests = [retry_after_s(failures, 1.0) for failures in range(1, 12)]
    assert rests[:4] == [2.0, 4.0, 8.0, 16.0]
    assert rests[-1] == LONGEST_RETRY_S
    assert retry_after_s(4, 0.0) == 8.0


def test_a_device_without_room_does_not_send_everything_again_every_few_seconds():
    async def sync_once() -> None:
        raise OperationalError("INSERT", {}, DiskFullError("full"))

    state = SyncState()
    loop = SyncLoop(state, chance=lambda: 0.0)
    loop.failures = 30
    run_loop(loop, sync_once, lambda: until(lambda: state.error_code == "storage_full"))
    assert state.retry_in_ms == PERIOD_S * 1000 / 2
