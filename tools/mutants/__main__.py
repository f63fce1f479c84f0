"""Mutation testing: change one thing in the product at a time, and see whether a test notices.

    python -m tools.mutants sync                                                    every mutant of a folder
    python -m tools.mutants shared_models/loyalty --sample 200 --seed 7 --json build/mutants.jsonl

A mutant is killed when a test that reaches its line fails, or never ends; for `sync/` the simulation of tests/convergence
plays some seeds on those that the tests leave alive. What cannot be judged counts as alive. A run that was stopped goes
on with --resume; --again tries those anew that were left alive. --measured takes the reach of the tests from the last run,
but for files of tests that have changed since; where the product has changed, all of it is to be measured.
"""

import argparse
import importlib
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

import pytest

from tools.mutants import reach
from tools.mutants.changes import ROOT, Mutant, mutants_of
from tools.mutants.forking import TEMPORARY, CannotJudge
from tools.mutants.postgresql import serving
from tools.mutants.trial import Equal, FreshTrial, Heard, NeedsFreshImport, WarmTrial

TESTS_S = 150.0
"""So many seconds of tests a mutant faces, the quick ones first."""
FRESH_TESTS_S = 20.0
"""The same for what runs at import: any test of the file may be the one that tells, and each of them begins anew."""
KILLED = frozenset({"killed", "timeout"})
_SETTLED = KILLED | {"equal"}
_NO_TABLES = frozenset({"tables.py", "pinyin_data.py"})
"""Tables are data; what they declare is tested by what is done with them."""

Fate = tuple[str, str]
"""What became of a mutant, and by which test or why."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that judge a part of the product together."""

    name: str
    tests: Sequence[str]
    simulate: bool

    @property
    def coverage(self) -> Path:
        """Where the reach of its tests is kept."""
        return ROOT / "build" / f"mutants.{self.name}.coverage"


RULES = Suite("rules", reach.RULE_TESTS, simulate=False)
ENGINE = Suite("engine", reach.ENGINE_TESTS, simulate=True)


class Judge:
    """Tries the mutants of a suite and writes down what becomes of each."""

    def __init__(self, suite: Suite, record: "Record") -> None:
        """Read which tests reach what."""
        self._suite, self._record = suite, record
        self._reach = reach.read(suite.coverage)
        self._unsound: set[str] = set()
        self._sound: set[str] = set()
        self._killers: dict[str, set[str]] = defaultdict(set)

    def try_all(self, mutants: Sequence[Mutant]) -> None:
        """In forks of a session of pytest what can be tried there, in new processes the others."""
        warm = [mutant for mutant in mutants if self._is_warm(mutant)]
        if warm:
            child = os.fork()
            if child == 0:
                os._exit(self._session(warm))
            if os.waitpid(child, 0)[1]:
                raise SystemExit("pytest could not begin a session with these tests")
        _load_libraries()
        fresh = FreshTrial(simulate=self._suite.simulate)
        for mutant in self._record.open(mutants):
            tests = self._tests(mutant)
            self._record.add(mutant, _fate(fresh, mutant, tests, self._limit(tests)) if tests else _UNREACHED)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try mutants in the place of running the tests."""
        warm = WarmTrial(session, self._heard, self._reach.seconds, simulate=self._suite.simulate)
        for mutant in self._record.open(self._warm):
            try:
                fate = self._warm_fate(warm, mutant)
            except NeedsFreshImport:
                continue
            self._record.add(mutant, fate)
        return True

    def _is_warm(self, mutant: Mutant) -> bool:
        return mutant.in_function and mutant.line not in self._reach.at_import.get(mutant.path, ())

    def _session(self, mutants: Sequence[Mutant]) -> int:
        self._warm, self._heard = mutants, Heard()
        options = ["-s", "-q", "-p", "no:cacheprovider", "-p", "no:cov", "--no-header"]
        options += ["-k", reach.CHOSEN, f"--basetemp={TEMPORARY}", *self._suite.tests]
        ended = pytest.main(options, plugins=[self, self._heard])
        return int(ended not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED})

    def _warm_fate(self, warm: WarmTrial, mutant: Mutant) -> Fate:
        while True:
            tests = self._tests(mutant)
            if not tests and not self._suite.simulate:
                return _UNREACHED
            fate, by = _fate(warm, mutant, tests, self._limit(tests))
            if fate == "killed":
                self._killers[mutant.path].add(by)
            if fate != "killed" or by in self._sound or not warm.knows(by):
                return fate, by
            if warm.fails_alone(by, self._limit([by])):
                print(f"not believed any more, it fails without any change: {by}", flush=True)
                self._unsound.add(by)
            else:
                self._sound.add(by)

    def _tests(self, mutant: Mutant) -> list[str]:
        most_s = TESTS_S if self._is_warm(mutant) else FRESH_TESTS_S
        found = self._reach.tests_for(mutant.path, mutant.line, most_s=most_s)
        sound = [test for test in found if test not in self._unsound]
        # What has told of one change of the file may tell of the next.
        return sorted(sound, key=lambda test: test not in self._killers[mutant.path])

    def _limit(self, tests: Iterable[str]) -> float:
        return 10 + 3 * sum(self._reach.seconds[test] for test in tests) + 30 * self._suite.simulate


_UNREACHED: Fate = ("unreached", "")


def _fate(trial: WarmTrial | FreshTrial, mutant: Mutant, tests: Sequence[str], limit_s: float) -> Fate:
    try:
        failed = trial.run(mutant, tests, limit_s)
    except Equal:
        return "equal", ""
    except TimeoutError:
        return "timeout", ""
    except CannotJudge as reason:
        return "unjudged", str(reason)
    return ("killed", failed) if failed else ("survived", "")


class Record:
    """What became of each mutant, in a file of one JSON object a line."""

    def __init__(self, path: Path, ends: float, *, resume: bool, again: bool) -> None:
        """Go on with the file, or begin it anew; no mutant is begun after `ends` by the monotonic clock.

        With `again`, what was left alive is tried once more.
        """
        self._path, self._ends = path, ends
        path.parent.mkdir(exist_ok=True, parents=True)
        kept = path.read_text().splitlines(keepends=True) if (resume or again) and path.exists() else []
        path.write_text("".join(line for line in kept if not again or json.loads(line)["fate"] in _SETTLED))

    def add(self, mutant: Mutant, fate: Fate) -> None:
        """Note one."""
        if fate[0] not in KILLED:
            print(f"{mutant} ({' '.join(fate).strip()})", flush=True)
        with self._path.open("a") as file:
            print(
                json.dumps(asdict(mutant) | {"fate": fate[0], "by": fate[1]}, ensure_ascii=False), file=file
            )

    def open(self, mutants: Iterable[Mutant]) -> Iterator[Mutant]:
        """Those that are not noted yet, while there is time."""
        noted = self.fates()
        for mutant in mutants:
            if mutant not in noted and time.monotonic() < self._ends:
                yield mutant

    def fates(self) -> dict[Mutant, str]:
        """What is noted."""
        rows = (
            [json.loads(line) for line in self._path.read_text().splitlines()] if self._path.exists() else []
        )
        return {
            Mutant(**{key: value for key, value in row.items() if key not in {"fate", "by"}}): row["fate"]
            for row in rows
        }


def main() -> int:
    """Read the command line; 0 when as many were killed as `--least` asks."""
    chosen = _chosen()
    files = sorted({file for target in chosen.targets for file in _files(ROOT / target)})
    mutants = [mutant for file in files for mutant in mutants_of(file)]
    if chosen.sample:
        drawn = random.Random(chosen.seed)  # noqa: S311 - a sample, not a secret
        mutants = drawn.sample(mutants, min(chosen.sample, len(mutants)))
    ends = time.monotonic() + 60 * chosen.minutes
    record = Record(chosen.json, ends, resume=chosen.resume, again=chosen.again)
    for suite in (RULES, ENGINE):
        judged = [mutant for mutant in mutants if mutant.path.startswith("sync/") == suite.simulate]
        if judged:
            with serving() if suite.simulate else nullcontext():
                reach.measure(suite.tests, suite.coverage, again=chosen.measured and suite.coverage.exists())
                Judge(suite, record).try_all(judged)
    return int(_report(mutants, record.fates(), chosen.seed) < chosen.least)


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("targets", nargs="+", help="files or folders of the product")
    parser.add_argument("--sample", type=int, help="only so many, drawn by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--json", type=Path, default=ROOT / "build" / "mutants.jsonl", help="each mutant's fate"
    )
    parser.add_argument("--least", type=float, default=90.0, help="per cent to be killed")
    parser.add_argument("--minutes", type=float, default=inf, help="begin no mutant after so long")
    parser.add_argument("--resume", action="store_true", help="leave out what the file of --json has already")
    parser.add_argument(
        "--again", action="store_true", help="try those in the file of --json anew that were left alive"
    )
    parser.add_argument(
        "--measured", action="store_true", help="measure only files of tests that changed since the last run"
    )
    return parser.parse_args()


def _files(target: Path) -> list[Path]:
    found = [target] if target.is_file() else sorted(target.rglob("*.py"))
    return [path for path in found if path.name not in _NO_TABLES]


def _report(mutants: Sequence[Mutant], fates: dict[Mutant, str], seed: int) -> float:
    counted = Counter(fates[mutant] for mutant in mutants if mutant in fates)
    same = counted.pop("equal", 0)
    tried = counted.total()
    rate = 100 * sum(counted[fate] for fate in KILLED) / max(1, tried)
    told = {"mutants": len(mutants) - same, "tried": tried, "seed": seed, "killed_percent": round(rate, 1)}
    print(json.dumps(told | counted))
    return rate


def _load_libraries() -> None:
    """What every fork needs and no mutant changes."""
    for library in (
        "sqlalchemy.orm",
        "sqlmodel",
        "msgspec",
        "merge3",
        "_pytest.assertion.rewrite",
        "uuid_utils",
        "litestar",
        "litestar.testing",
        "alembic.command",
        "structlog",
    ):
        importlib.import_module(library)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tools.mutants", *sys.argv[1:]],
            os.environ | {"PYTHONHASHSEED": "0"},
        )
    sys.exit(main())
