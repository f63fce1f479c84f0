"""Mutation testing: change one thing in the product at a time, and see whether a test notices.

    python tools/mutants.py sync                                every mutant of a folder
    python tools/mutants.py shared_models/loyalty --sample 200 --seed 7 --json build/mutants.json

A mutant is killed when a test that reaches its line fails; for `sync/` the simulation of tests/convergence plays some seeds
on those that the tests leave alive. Every mutant runs in a fork of a process that has the libraries loaded, with the
changed module served by an import hook, so no file is touched.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
FAST_TESTS = (
    "tests/unit/sync",
    "tests/unit/shared_models",
    *(
        f"tests/convergence/test_{name}.py"
        for name in ("promises", "one_class", "held", "handed_over", "echo", "columns")
    ),
)
SLOWER_TESTS = (
    *(
        f"tests/integration/resilience/test_{name}.py"
        for name in ("damage", "device_upgrade", "feed", "versions")
    ),
    *(
        f"tests/integration/server/test_{name}.py"
        for name in ("devices", "deciding", "proof", "quiet_rounds", "sync")
    ),
    "tests/integration/sync/test_databases.py",
)
"""Whole servers on SQLite: they are asked about what the fast ones leave alive."""
RULE_TESTS = ("tests/unit/shared_models",)
"""The rules have no need of the engine's."""
COVERAGE = ROOT / "build" / "mutants.coverage"
SHORT_RUNS, LONG_RUNS = 16, 16
LONGEST_S = 90

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}

_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
"""The libraries that are loaded already are not the ones whose assertions matter."""

Change = tuple[str, Callable[[], None]]
"""What a mutation is, and doing it to the tree."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module; `number` counts the changes of its file."""

    path: str
    line: int
    what: str
    number: int


def mutations(tree: ast.AST) -> Iterator[tuple[int, str, Callable[[], None]]]:
    """Every change of a module: its line, what it is, and doing it; always in the same order."""
    for node, line in _code(tree):
        for what, change in _changes(node):
            yield line, what, change


def _code(node: ast.AST, line: int = 0) -> Iterator[tuple[ast.AST, int]]:
    """The nodes that do something: no annotation, decorator, docstring or check of the author's own reasoning."""
    line = getattr(node, "lineno", line)
    yield node, line
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            is_typing = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            if isinstance(child, ast.AST) and not (is_text or is_typing or isinstance(child, ast.Assert)):
                yield from _code(child, line)


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _SWAPS:
            yield _swap(node, "ops", operator)
        case ast.BinOp(op=operator) | ast.BoolOp(op=operator) | ast.AugAssign(op=operator) if (
            type(operator) in _SWAPS
        ):
            yield _swap(node, "op", operator)
        case ast.Constant(value=bool() as value):
            yield f"{value} → {not value}", lambda: setattr(node, "value", not value)
        case ast.Constant(value=int() as value):
            yield f"{value} → {value + 1}", lambda: setattr(node, "value", value + 1)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield "return None", lambda: setattr(node, "value", ast.Constant(None))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if ast.unparse(test) not in {"True", "False"}:
                yield "condition negated", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), test))
    yield from _left_out(node)


def _swap(node: ast.AST, field: str, operator: ast.AST) -> Change:
    other = _SWAPS[type(operator)]()
    what = f"{type(operator).__name__} → {type(other).__name__}"
    return what, lambda: setattr(node, field, [other] if field == "ops" else other)


def _left_out(node: ast.AST) -> Iterator[Change]:
    """Statements that may be missing without the module becoming nonsense."""
    for field in ("body", "orelse"):
        statements = getattr(node, field, None)
        if not isinstance(statements, list):
            continue
        for at, statement in enumerate(statements):
            is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, (ast.Call, ast.Await))
            if is_call or isinstance(statement, (ast.Raise, ast.AugAssign, ast.Delete)):
                what = f"left out: {ast.unparse(statement)[:60]}"
                yield what, lambda statements=statements, at=at: statements.__setitem__(at, ast.Pass())


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    name = str(path.relative_to(ROOT))
    found = mutations(ast.parse(path.read_text()))
    return [Mutant(name, line, what, number) for number, (line, what, _) in enumerate(found)]


def mutated(mutant: Mutant) -> ast.AST:
    """The module with the change done."""
    tree = ast.parse((ROOT / mutant.path).read_text())
    for number, (_, _, change) in enumerate(mutations(tree)):
        if number == mutant.number:
            change()
            break
    return ast.fix_missing_locations(copy.deepcopy(tree))


# --- which tests reach a line ----------------------------------------------------------------------------------------


def measure(tests: Sequence[str]) -> None:
    """Run these tests once, noting which of them reach which line."""
    COVERAGE.parent.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *tests,
        "-k",
        "not postgresql",
        "--cov=sync",
        "--cov=shared_models",
        "--cov-context=test",
        "--cov-report=",
    ]
    subprocess.run(
        command,
        cwd=ROOT,
        check=True,
        env=os.environ | {"COVERAGE_FILE": str(COVERAGE), "COVERAGE_CORE": "ctrace"},
    )


def tests_by_line() -> dict[str, dict[int, list[str]]]:
    """For each file the tests that reach each line, those of fewest lines first: they are the nearest."""
    from coverage.numbits import numbits_to_nums

    connection = sqlite3.connect(COVERAGE)
    query = (
        "SELECT file.path, context.context, line_bits.numbits FROM line_bits"
        " JOIN file ON file.id = line_bits.file_id JOIN context ON context.id = line_bits.context_id"
    )
    arcs = (
        "SELECT file.path, context.context, arc.tono FROM arc"
        " JOIN file ON file.id = arc.file_id JOIN context ON context.id = arc.context_id"
    )
    reached: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    sizes: Counter[str] = Counter()
    rows = [(path, context, numbits_to_nums(bits)) for path, context, bits in connection.execute(query)]
    rows += [(path, context, [line]) for path, context, line in connection.execute(arcs)]
    for path, context, lines in rows:
        test = context.partition("|")[0]
        sizes[test] += len(lines)
        for line in lines:
            if test:
                reached[str(Path(path).relative_to(ROOT))][line].add(test)
    return {
        path: {line: sorted(tests, key=lambda test: (sizes[test], test)) for line, tests in lines.items()}
        for path, lines in reached.items()
    }


def nearest_tests(reached: dict[int, list[str]], line: int) -> list[str]:
    """The tests to run for a line; one that runs at import is reached by whatever reaches the file."""
    found = reached.get(line)
    if found:
        return found
    return sorted({test.partition("::")[0] for tests in reached.values() for test in tests})


# --- running one -----------------------------------------------------------------------------------------------------


class _Served(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves the changed module in the place of its file."""

    def __init__(self, mutant: Mutant) -> None:
        self._path = ROOT / mutant.path
        parts = Path(mutant.path).with_suffix("").parts
        self._name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self._code = compile(mutated(mutant), str(self._path), "exec")  # type: ignore[arg-type]

    def find_spec(self, name: str, path: object, target: ModuleType | None = None) -> object:
        """Answer for the one module."""
        del path, target
        if name != self._name:
            return None
        package = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, self._path, loader=self, submodule_search_locations=package
        )

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        exec(self._code, module.__dict__)  # noqa: S102 - it is the product's own code, changed in one place


def survives(mutant: Mutant, tests: list[str], *, simulate: bool) -> str:
    """Run a mutant in a fork: `killed`, `survived` or `timeout`."""
    child = os.fork()
    if child == 0:
        os._exit(_in_child(mutant, tests, simulate=simulate))
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "survived" if status == 0 else "killed"
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def _in_child(mutant: Mutant, tests: list[str], *, simulate: bool) -> int:
    import pytest

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    try:
        sys.meta_path.insert(0, _Served(mutant))
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:cov", "--no-header", *_QUIET]
        slower = [test for test in tests if test.startswith(SLOWER_TESTS)]
        for stage in ([test for test in tests if test not in slower], slower):
            if stage and pytest.main([*options, *stage]) != 0:
                return 1
        return _simulated() if simulate else 0
    except BaseException:  # noqa: BLE001 - a mutant that cannot even be imported is a dead one
        return 1


def _simulated() -> int:
    from tests.convergence.simulation import is_noticed

    return int(is_noticed(SHORT_RUNS, LONG_RUNS))


def _refuse_broken_ground(mutants: list[Mutant], reached: dict[str, dict[int, list[str]]]) -> None:
    """What is not changed at all has to survive, or every figure would be a lie."""
    for path in sorted({mutant.path for mutant in mutants} & reached.keys())[:3]:
        line = next(iter(reached[path]))
        if survives(Mutant(path, line, "nothing", -1), reached[path][line], simulate=False) != "survived":
            raise SystemExit(f"the tests of {path} fail without any change")


def run(mutants: list[Mutant], processes: int) -> Iterator[tuple[Mutant, str]]:
    """Run mutants in so many processes, and tell of each as it is done."""
    reached = tests_by_line()
    _refuse_broken_ground(mutants, reached)

    def one(mutant: Mutant) -> tuple[Mutant, str]:
        lines = reached.get(mutant.path, {})
        tests = nearest_tests(lines, mutant.line)
        simulate = mutant.path.startswith("sync/")
        return mutant, survives(mutant, tests, simulate=simulate) if tests or simulate else "unreached"

    pool = ThreadPoolExecutor(processes)
    try:
        yield from pool.map(one, mutants)
    finally:
        pool.shutdown(cancel_futures=True)


def main() -> int:
    """Read the command line; 0 when as many were killed as `--least` asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="+", help="files or folders of the product")
    parser.add_argument("--sample", type=int, help="only so many, drawn by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="write every mutant and its fate here")
    parser.add_argument("--least", type=float, default=90.0, help="per cent to be killed")
    parser.add_argument(
        "--minutes", type=float, default=inf, help="stop after so long; what was tried is a sample"
    )
    parser.add_argument("--measured", action="store_true", help="take the coverage of the last run")
    chosen = parser.parse_args()
    if not chosen.measured:
        measure(
            (*FAST_TESTS, *SLOWER_TESTS)
            if any(target.startswith("sync") for target in chosen.targets)
            else RULE_TESTS
        )
    files = sorted({file for target in chosen.targets for file in _files(ROOT / target)})
    mutants = [mutant for file in files for mutant in mutants_of(file)]
    if chosen.sample or chosen.minutes < inf:
        size = min(chosen.sample or len(mutants), len(mutants))
        mutants = random.Random(chosen.seed).sample(mutants, size)  # noqa: S311 - a sample, not a secret
    _load_libraries()
    fates: list[dict[str, object]] = []
    ends = time.monotonic() + 60 * chosen.minutes
    for mutant, fate in run(mutants, chosen.processes):
        fates.append(asdict(mutant) | {"fate": fate})
        if fate in {"survived", "unreached"}:
            print(f"{mutant.path}:{mutant.line}: {mutant.what} ({fate})", flush=True)
        if time.monotonic() > ends:
            break
    counted = Counter(str(each["fate"]) for each in fates)
    killed = counted["killed"] + counted["timeout"]
    rate = 100 * killed / max(1, len(fates))
    print(json.dumps({"mutants": len(fates), "killed_percent": round(rate, 1), **counted}))
    if chosen.json:
        chosen.json.parent.mkdir(exist_ok=True, parents=True)
        chosen.json.write_text(json.dumps(fates, indent=1))
    return int(rate < chosen.least)


def _files(target: Path) -> list[Path]:
    found = [target] if target.is_file() else sorted(target.rglob("*.py"))
    # Tables are data; what they declare is tested by what is done with them.
    return [path for path in found if path.name not in {"tables.py", "pinyin_data.py"}]


def _load_libraries() -> None:
    """What every fork needs and no mutant changes."""
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONHASHSEED"] = "0"
    for library in (
        "pytest",
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
    sys.exit(main())
