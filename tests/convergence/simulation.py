"""The simulation: one seed is one run is one failure that anybody can replay.

    python -m tests.convergence.simulation --seeds 10000            the seeds 0 to 9999, on all cores
    python -m tests.convergence.simulation --seed 4711              one seed, step by step

A failing seed is made as short as it gets by leaving steps out, and printed with the command that replays it.
"""

import argparse
import gc
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, filterfalse, islice
from multiprocessing.connection import Connection

from tests.convergence.company import Company
from tests.convergence.memory import connection_of, lines_of
from tests.convergence.oracles import check
from tests.convergence.run import Run, is_long
from tests.convergence.sabotage import BREAKS
from tests.convergence.steps import Step, drawn, take

_ECHOES = 8
"""One seed in so many is looked at once more when all is said: each sync costs, and this one finds the least."""

_EXAMPLES = 3
"""Failures that are shortened and printed; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A seed that broke a promise, the shortest steps that still do, and how."""

    seed: int
    reason: str
    steps: list[Step]


def play(company: Company, seed: int, steps: Iterable[Step], *, say: bool = False) -> None:
    """One run; raises what it finds."""
    run = Run(company, seed)
    if say:
        print(f"tablets {[device.name for device in run.devices]}, pages of {run.page_rows} rows")
    for each in steps:
        if say:
            print(*each)
        take(run, each)
    run.settle()
    check(run)
    if seed % _ECHOES == 3:
        run.look_for_echoes()


def reason_of(company: Company, seed: int, steps: Iterable[Step]) -> str | None:
    """Why the run fails, or None; an unexpected exception is a failure like any other."""
    try:
        play(company, seed, steps)
    except Exception as failure:  # noqa: BLE001 - whatever comes out of the engine is what we are looking for
        where = traceback.extract_tb(failure.__traceback__)[-1]
        return f"{type(failure).__name__} at {where.name}: {failure}"
    return None


def shortened(company: Company, seed: int, steps: Sequence[Step]) -> list[Step]:
    """The steps without those that the failure does not need: first halves, then single ones."""
    kept = list(steps)
    size = max(1, len(kept) // 2)
    while True:
        at, before = 0, len(kept)
        while at < len(kept):
            fewer = kept[:at] + kept[at + size :]
            if reason_of(company, seed, fewer) is not None:
                kept = fewer
            else:
                at += size
        if size == 1 and len(kept) == before:
            return kept
        size = max(1, size // 2)


def _at_rest() -> Company:
    """A company that never becomes garbage: it is half of what a collection would look at."""
    company = Company()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    return company


def simulate(seeds: Iterable[int], most: int = _EXAMPLES) -> tuple[int, list[Failure], int]:
    """Play these seeds: how many were played, at most so many failures made short, and how many failed."""
    company = _at_rest()
    examples: list[Failure] = []
    played = failed = 0
    for seed in seeds:
        played += 1
        reason = reason_of(company, seed, drawn(seed))
        if reason is None:
            continue
        failed += 1
        if len(examples) < most:
            steps = shortened(company, seed, drawn(seed))
            examples.append(Failure(seed, reason_of(company, seed, steps) or reason, steps))
    return played, examples, failed


def digest_of(seed: int) -> str:
    """What the hub holds in the end, as a short text: the same whenever and wherever the seed is played."""
    company = Company()
    play(company, seed, drawn(seed))
    hub = connection_of(company.hub_engine)
    # How many pages SQLite gives a tablet's file is measured, not decided by the run: it differs by one now and then.
    hub.execute("UPDATE sync_device SET storage_bytes = 0")
    rows = "\n".join(sorted(lines_of(company.hub_engine)))
    return hashlib.blake2b(rows.encode(), digest_size=16).hexdigest()


def is_noticed(short: int, long: int) -> bool:
    """Whether one of so many short and long runs fails with the engine as it is; stops at the first that does."""
    company = _at_rest()
    seeds = [*islice(filterfalse(is_long, count()), short), *islice(filter(is_long, count()), long)]
    return any(reason_of(company, seed, drawn(seed)) is not None for seed in seeds)


def sabotaged(most: int) -> dict[str, list[str]]:
    """What the simulation says about an engine broken in each way, until it names what was broken, in so many long runs.

    Each way is tried in a process of its own, which begins with the company of this one.
    """
    company = _at_rest()
    reason_of(company, 0, drawn(0))  # what every run imports and compiles is there before the processes part
    fork, running = multiprocessing.get_context("fork"), []
    answers = {way: fork.Pipe(duplex=False) for way in BREAKS}
    for way, (_, told) in answers.items():
        while len(running) >= (os.cpu_count() or 1):
            multiprocessing.connection.wait([each.sentinel for each in running])
            running = [each for each in running if each.is_alive()]
        running.append(fork.Process(target=_notice, args=(company, way, most, told)))
        running[-1].start()
        told.close()  # here; or the end of a process that died would never be read
    return {way: heard.recv() for way, (heard, _) in answers.items()}


def _notice(company: Company, way: str, most: int, told: Connection) -> None:
    BREAKS[way].do()
    reasons: list[str] = []
    for seed in islice(filter(is_long, count()), most):
        reason = reason_of(company, seed, drawn(seed))
        if reason is not None:
            reasons.append(reason)
            if BREAKS[way].promise in reason:
                break
    told.send(reasons)


def on_all_cores(first: int, count: int, processes: int) -> int:
    """Play seeds in as many processes, print what they found; the number that failed."""
    began = time.monotonic()
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                __spec__.name if __spec__ else __name__,
                "--worker",
                f"{first + part}:{first + count}:{processes}",
            ],
            stdout=subprocess.PIPE,
            text=True,
            env=repeatable(),
        )
        for part in range(processes)
    ]
    told = [worker.communicate()[0] for worker in workers]
    if any(worker.returncode for worker in workers):
        raise SystemExit(f"a process of the simulation died: {[worker.returncode for worker in workers]}")
    reports = [json.loads(each) for each in told]
    for failure in (failure for report in reports for failure in report["examples"]):
        print(f"\nseed {failure['seed']}: {failure['reason']}")
        for each in failure["steps"]:
            print("   ", *each)
        print(f"  replay: make convergence SEED={failure['seed']}")
    played, failed = (sum(report[key] for report in reports) for key in ("played", "failed"))
    took = time.monotonic() - began
    print(f"{played} seeds from {first}, {failed} failed, {took:.0f} s, {played / took:.0f} seeds/s")
    return failed + (count - played)


def repeatable() -> dict[str, str]:
    """The environment in which a seed plays the same run every time: sets keep their order."""
    return os.environ | {"PYTHONHASHSEED": "0"}


def replay(seed: int) -> int:
    """Play one seed aloud, then the shortest steps that still fail; 1 when it failed."""
    company = Company()
    steps = drawn(seed)
    try:
        play(company, seed, steps, say=True)
    except Exception:  # noqa: BLE001 - printed and counted as a failure
        traceback.print_exc()
        print("\nThe shortest that still fails:")
        for each in shortened(company, seed, steps):
            print("   ", *each)
        return 1
    print(f"seed {seed} keeps every promise")
    return 0


def main() -> int:
    """Read the command line; 0 when every promise was kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10_000, help="how many seeds to play")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="replay this one, step by step")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--digest", action="store_true", help="say what the hub holds after --seed")
    parser.add_argument(
        "--sabotage", type=int, help="break the engine in every way, say what so many runs notice"
    )
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.sabotage:
        print(json.dumps(sabotaged(chosen.sabotage)))
        return 0
    if chosen.digest:
        print(json.dumps(digest_of(chosen.seed)))
        return 0
    if chosen.worker:
        played, examples, failed = simulate(range(*map(int, chosen.worker.split(":"))))
        found = [{"seed": each.seed, "reason": each.reason, "steps": each.steps} for each in examples]
        print(json.dumps({"played": played, "examples": found, "failed": failed}))
        return 0
    if chosen.seed is None:
        return int(on_all_cores(chosen.first, chosen.seeds, chosen.processes) > 0)
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.convergence.simulation", *sys.argv[1:]],
            repeatable(),
        )
    return replay(chosen.seed)


if __name__ == "__main__":
    sys.exit(main())
