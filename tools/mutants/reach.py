"""Which tests reach a line, and how long each takes: what is to be run for a mutant."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tools.mutants.changes import ROOT

_STORIES = tuple(
    str(path.relative_to(ROOT))
    for path in sorted((ROOT / "tests/convergence").glob("test_*.py"))
    if path.stem not in {"test_simulation", "test_sabotage"}
)

RULE_TESTS = ("tests/unit/shared_models",)
"""The rules have no need of the engine's."""
ENGINE_TESTS = (
    "tests/unit/sync",
    *(f"tests/unit/mobile/test_{name}.py" for name in ("correcting", "photos", "sync_loop")),
    *_STORIES,
    *(
        f"tests/integration/resilience/test_{name}.py"
        for name in ("damage", "device_upgrade", "feed", "versions")
    ),
    *(
        f"tests/integration/server/test_{name}.py"
        for name in ("devices", "deciding", "proof", "quiet_rounds", "sync")
    ),
    "tests/integration/photos",
    *(f"tests/integration/sync/test_{name}.py" for name in ("bulk", "databases", "locks", "positions")),
)
"""The stories of the engine, and those of whole servers on SQLite; the simulation is asked besides."""
CHOSEN = "not postgresql or test_databases or test_bulk"
"""On PostgreSQL just what is about the two databases: the other stories would say the same once more."""

_NOTES = "MUTANTS_NOTES"


@dataclass(slots=True)
class Reach:
    """For each file and line the tests that reach it, and what is known of each test."""

    by_line: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    at_import: dict[str, set[int]] = field(default_factory=dict)
    """Lines that run before any test: whoever wants them changed has to import the module anew."""
    seconds: dict[str, float] = field(default_factory=dict)
    """The tests that passed, and how long each took."""
    sizes: Counter[str] = field(default_factory=Counter)
    """How many lines each reaches: those of few are the nearest."""

    def tests_for(self, path: str, line: int, *, most_s: float) -> list[str]:
        """The tests to run for a line, quick and near ones first, as many as fit into so many seconds.

        A line that runs at import is reached by whatever reaches its file, and by the tests that are named after it, which come
        first.
        """
        lines = self.by_line.get(path, {})
        near = lines.get(line, set())
        is_at_import = line in self.at_import.get(path, ())
        wider = set().union(*lines.values()) - near if is_at_import else set()
        of_file = {test for test in self.seconds if f"/test_{Path(path).stem}.py::" in test}
        named = of_file - near if is_at_import else set()
        in_order = [*self._in_order(near), *self._in_order(named), *self._in_order(wider - named)]
        return list(self._affordable(in_order, most_s))

    def _in_order(self, tests: Iterable[str]) -> list[str]:
        known = [test for test in tests if test in self.seconds]
        known.sort(key=lambda test: (round(self.seconds[test], 1), self.sizes[test], test))
        # Each story once before any is told with other values: what tells of a change is seldom the tenth of its kind.
        turns: dict[str, Iterator[int]] = defaultdict(count)
        return sorted(known, key=lambda test: next(turns[test.partition("[")[0]]))

    def _affordable(self, tests: Sequence[str], most_s: float) -> Iterable[str]:
        spent = 0.0
        for test in tests:
            spent += self.seconds[test]
            if spent > most_s:
                return
            yield test


def measure(tests: Sequence[str], coverage: Path, *, again: bool = False) -> None:
    """Run these tests once, noting which of them reach which line and what each takes.

    With `again`, only those of files that have changed since; what the others reach is known.
    """
    coverage.parent.mkdir(exist_ok=True)
    files = _digests(tests)
    kept = _notes(coverage) if again else _Notes()
    changed = [path for path, digest in files.items() if kept.files.get(path) != digest]
    kept.seconds = {test: s for test, s in kept.seconds.items() if test.partition("::")[0] not in changed}
    _keep(coverage, _Notes(kept.seconds, {path: files[path] for path in files.keys() - set(changed)}))
    if not changed:
        return
    command = [sys.executable, "-m", "pytest", "-q", *changed, "-k", CHOSEN, "-p", "tools.mutants.reach"]
    command += ["--cov=sync", "--cov=shared_models", "--cov-context=test", "--cov-report="]
    command += ["-p", "no:cacheprovider", *(["--cov-append"] if again else [])]
    given = {_NOTES: str(coverage), "COVERAGE_FILE": str(coverage), "COVERAGE_CORE": "ctrace"}
    subprocess.run(command, cwd=ROOT, check=False, env=os.environ | given)
    _keep(coverage, _Notes(_notes(coverage).seconds, files))


def _digests(tests: Sequence[str]) -> dict[str, str]:
    """What each file of tests is now."""
    found = [
        path for test in tests for path in ([ROOT / test] if test.endswith(".py") else _files(ROOT / test))
    ]
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("test_*.py"))


def read(coverage: Path) -> Reach:
    """What `measure` found."""
    from coverage.numbits import numbits_to_nums

    connection = sqlite3.connect(coverage)
    tables = (
        ("line_bits", "numbits", numbits_to_nums),
        ("arc", "tono", lambda line: [line]),
    )
    by_line: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    at_import: dict[str, set[int]] = defaultdict(set)
    reach = Reach(by_line, at_import, _notes(coverage).seconds)
    for table, column, lines_of in tables:
        query = (
            f"SELECT file.path, context.context, {table}.{column} FROM {table}"  # noqa: S608 - the two names above
            f" JOIN file ON file.id = {table}.file_id JOIN context ON context.id = {table}.context_id"
        )
        for path, context, value in connection.execute(query):
            test, name = context.rpartition("|")[0], str(Path(path).relative_to(ROOT))
            lines = [line for line in lines_of(value) if line > 0]
            reach.sizes[test] += len(lines)
            for line in lines:
                if test:
                    by_line[name][line].add(test)
                else:
                    at_import[name].add(line)
    return reach


@dataclass(slots=True)
class _Notes:
    """What is kept beside the reach: how long each test took that passed, and what their files were."""

    seconds: dict[str, float] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def _notes(coverage: Path) -> _Notes:
    return _Notes(**json.loads(_beside(coverage).read_text()))


def _keep(coverage: Path, notes: _Notes) -> None:
    _beside(coverage).write_text(json.dumps(asdict(notes)))


def _beside(coverage: Path) -> Path:
    return coverage.with_suffix(".tests.json")


# --- as a plugin of the measured run ---------------------------------------------------------------------------------

_seconds: Counter[str] = Counter()
_failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what a test took; one that fails without any change can judge none."""
    if report.when in {"setup", "call"}:
        _seconds[report.nodeid] += report.duration
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Keep the notes."""
    if _NOTES in os.environ:
        coverage = Path(os.environ[_NOTES])
        notes = _notes(coverage)
        notes.seconds |= {test: seconds for test, seconds in _seconds.items() if test not in _failed}
        _keep(coverage, notes)
