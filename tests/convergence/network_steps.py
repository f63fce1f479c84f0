"""What networks, clocks and machines do."""

from sync.device import state
from tests.convergence.faults import ConnectionLost, Crash
from tests.convergence.people_steps import edit
from tests.convergence.run import Fault, Link, Run
from tests.convergence.vocabulary import picked, step
from tests.convergence.world import Device

YEAR_MS = 365 * 24 * 3_600_000


@step(12)
def sync(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    run.sync(device)


@step(12)
def sync_badly(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A sync with one fault in one of its exchanges."""
    faults = (
        _lost,
        _kept_back,
        _answer_lost,
        _doubled,
        _hub_killed(more),
        _overtaken(more),
        _edited_meanwhile(more),
    )
    run.sync(device, Link(run, device, faults[what % len(faults)], at=pick % 3))


@step(4)
def be_killed_while_syncing(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    run.sync_and_crash(device, what % 40)


@step(3)
def late_request_arrives(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """A request that the network kept back, long after newer ones, and perhaps not for the last time."""
    run.mailbox.deliver(pick, again=bool(what % 2))


@step(1)
def restart(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    device.open()


@step(1)
def begin_the_copy_anew(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """What a device does that was away for longer than the log, or that has been upgraded; pending units stay."""
    with device.engine.begin() as connection:
        state.write(connection, cursor="")


@step(2)
def set_the_clock(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    """Wrong by up to ten years, either way; set again it may run backwards."""
    span = (1_000, 3_600_000, 86_400_000, 10 * YEAR_MS)[what % 4]
    device.clock_ms = (pick - 500) * span // 500
    run.clock_settings[device.name] += 1


@step(2)
def time_passes(run: Run, device: Device, pick: int, what: int, more: int) -> None:
    run.world.now_ms += (1_000, 3_600_000, 86_400_000, 40 * 86_400_000)[what % 4]


def _lost(run: Run, device: Device, body: bytes) -> bytes:
    raise ConnectionLost


def _kept_back(run: Run, device: Device, body: bytes) -> bytes:
    run.mailbox.keep(lambda: run.deliver(device, body, late=True))
    raise ConnectionLost


def _answer_lost(run: Run, device: Device, body: bytes) -> bytes:
    run.deliver(device, body, late=False)
    raise ConnectionLost


def _doubled(run: Run, device: Device, body: bytes) -> bytes:
    run.deliver(device, body, late=False)
    run.mailbox.keep(lambda: run.deliver(device, body, late=True))
    return run.deliver(device, body, late=False)


def _hub_killed(at: int) -> Fault:
    """The hub is killed at one of its statements and starts again."""

    def fault(run: Run, device: Device, body: bytes) -> bytes:
        run.company.hub_fuse.set(at % 60)
        try:
            return run.deliver(device, body, late=False)
        except Crash:
            raise ConnectionLost from None
        finally:
            run.company.hub_fuse.put_out()

    return fault


def _overtaken(pick: int) -> Fault:
    """Another device syncs between the request and its answer's arrival, and this one's request is sent twice at once."""

    def fault(run: Run, device: Device, body: bytes) -> bytes:
        answer = run.deliver(device, body, late=False)
        other = run.device(pick)
        if other is not device:
            run.sync(other)
        return answer

    return fault


def _edited_meanwhile(pick: int) -> Fault:
    """The person goes on working while the answer is on its way."""

    def fault(run: Run, device: Device, body: bytes) -> bytes:
        answer = run.deliver(device, body, late=False)
        edit(run, device, picked(device, "simulated_trial", pick), 215, pick)
        return answer

    return fault
