"""The trial of a mutant: the tests that reach it run in a fork, changed, until one fails.

`WarmTrial` forks from a process in which everything is imported and every test is collected, and puts the changed code into
the functions that are there. What runs at import needs `FreshTrial`: a fork of a process that has only the libraries,
in which an import hook serves the changed module. No file is touched.

A test that fails is believed only if it passes alone, in such a fork, with nothing changed.
"""

import gc
import importlib.abc
import importlib.util
import inspect
import resource
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count, filterfalse, islice, pairwise
from math import inf
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from tools.mutants.changes import ROOT, Mutant, mutated
from tools.mutants.forking import CannotJudge, forked

SHORT_RUNS, LONG_RUNS = 16, 16
"""How many runs of the simulation a mutant of the engine faces that all tests left alive."""
SLOWER, LONGER_S = 10, 5
"""A test that takes so many times as long as without a change, and so many seconds more, never ends."""


class NeedsFreshImport(Exception):
    """The change is in code that no living function holds."""


class Equal(Exception):
    """The mutant is the same program: there is nothing to notice."""


@dataclass(slots=True, eq=False)
class Heard:
    """A plugin that remembers the first test that failed."""

    failed: str = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hear of a phase of a test."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


Patches = list[tuple[FunctionType, CodeType]]


class WarmTrial:
    """Tries what is inside functions; lives in a session of pytest that has collected the tests."""

    def __init__(
        self, session: pytest.Session, heard: Heard, seconds: Mapping[str, float], *, simulate: bool
    ) -> None:
        """Get everything ready that the forks will share; `seconds` is what each test takes."""
        self._seconds = seconds
        self._items = {item.nodeid: item for item in session.items}
        self._heard = heard
        self._functions = _living_functions()
        self._company = _company() if simulate else None
        gc.freeze()  # or each fork would copy what the collector looks at

    def knows(self, test: str) -> bool:
        """Whether the test was collected."""
        return test in self._items

    def run(self, mutant: Mutant, tests: Sequence[str], limit_s: float) -> str:
        """The test that fails with the mutant in place, or nothing.

        Raises `NeedsFreshImport`, `Equal`, `CannotJudge`, and `TimeoutError` for one that does not come to an end.
        """
        judge = partial(self._judge, self._patches(mutant), tests, simulate=self._company is not None)
        return forked(judge, limit_s)

    def fails_alone(self, test: str, limit_s: float) -> bool:
        """Whether a test fails although nothing is changed."""
        try:
            return bool(forked(partial(self._judge, [], [test], simulate=False), limit_s))
        except (CannotJudge, TimeoutError):
            return True

    def _patches(self, mutant: Mutant) -> Patches:
        path = str(ROOT / mutant.path)
        before = compile(Path(path).read_text(), path, "exec", dont_inherit=True)
        after = compile(mutated(mutant), path, "exec", dont_inherit=True)
        if before == after:
            raise Equal
        patches = []
        for old, new in zip(_outer_functions(before), _outer_functions(after), strict=True):
            if old == new:
                continue
            living = self._functions[old.co_filename, old.co_qualname, old.co_firstlineno]
            if not living or old.co_freevars != new.co_freevars:
                raise NeedsFreshImport
            patches += [(function, new) for function in living]
        if not patches:
            raise NeedsFreshImport
        return patches

    def _judge(self, patches: Patches, tests: Sequence[str], *, simulate: bool) -> str:
        for function, code in patches:
            function.__code__ = code
        items = [self._items[test] for test in tests if test in self._items]
        for item, following in pairwise([*items, None]):
            _calm(item)
            _bound(LONGER_S + SLOWER * self._seconds.get(item.nodeid, 0))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._heard.failed:
                return self._heard.failed
        _bound(inf)
        return _simulated(self._company) if simulate else ""


class FreshTrial:
    """Tries what runs at import; lives in a process that has not imported the product."""

    def __init__(self, *, simulate: bool) -> None:
        """Say whether the simulation is asked about what the tests leave alive."""
        self._simulate = simulate
        self._sound: dict[tuple[str, ...], bool] = {}

    def run(self, mutant: Mutant, tests: Sequence[str], limit_s: float) -> str:
        """As `WarmTrial.run`; a module that cannot be imported any more counts as noticed by the import."""
        if not self._is_sound(tuple(tests), limit_s):
            raise CannotJudge("the tests fail without any change")
        return forked(partial(self._judge, mutant, tests), limit_s)

    def _is_sound(self, tests: tuple[str, ...], limit_s: float) -> bool:
        if tests not in self._sound:
            try:
                self._sound[tests] = not forked(partial(self._judge, None, tests), 3 * limit_s)
            except (CannotJudge, TimeoutError):
                self._sound[tests] = False
        return self._sound[tests]

    def _judge(self, mutant: Mutant | None, tests: Sequence[str]) -> str:
        if mutant is not None:
            sys.meta_path.insert(0, _Served(mutant))
        heard = Heard()
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:cov", "--no-header", "-W", _QUIET]
        code = pytest.main([*options, *tests], plugins=[heard])
        if code != pytest.ExitCode.OK:
            return heard.failed or f"import ({code})"
        return _simulated(_company()) if self._simulate else ""


_QUIET = "ignore::pytest.PytestAssertRewriteWarning"
"""The libraries that are loaded already are not the ones whose assertions matter."""


@dataclass(slots=True)
class _Served(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves the changed module in the place of its file."""

    mutant: Mutant
    _code: CodeType = field(init=False)
    _name: str = field(init=False)

    def __post_init__(self) -> None:
        parts = Path(self.mutant.path).with_suffix("").parts
        self._name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self._code = compile(mutated(self.mutant), str(ROOT / self.mutant.path), "exec", dont_inherit=True)

    def find_spec(self, name: str, path: object, target: ModuleType | None = None) -> Any:
        """Answer for the one module."""
        del path, target
        if name != self._name:
            return None
        file = ROOT / self.mutant.path
        package = [str(file.parent)] if file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            name, file, loader=self, submodule_search_locations=package
        )

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        exec(self._code, module.__dict__)  # noqa: S102 - it is the product's own code, changed in one place


def _living_functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """Every function of the product by where it stands."""
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(ROOT)):
            code = each.__code__
            found[code.co_filename, code.co_qualname, code.co_firstlineno].append(each)
    return found


def _outer_functions(code: CodeType) -> Iterator[CodeType]:
    """The functions of a module or class that lie in no other function."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & inspect.CO_OPTIMIZED:
                yield constant
            else:
                yield from _outer_functions(constant)


def _bound(seconds: float) -> None:
    """Have this process killed when it uses so many more seconds of a processor, or what it was given at first."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    soft = min(most - 5, int(used.ru_utime + used.ru_stime + min(seconds, most)) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, most))


def _calm(item: pytest.Item) -> None:
    """Have a property test try the same examples each time, and not search for the simplest that fails."""
    from hypothesis import Phase, settings

    test = getattr(item, "obj", None)
    chosen = getattr(test, "_hypothesis_internal_use_settings", None)
    if chosen is not None or hasattr(test, "hypothesis"):
        calm = settings(
            chosen or settings.default,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
        )
        getattr(test, "__func__", test)._hypothesis_internal_use_settings = calm  # noqa: SLF001 - there is no other way


def _company() -> Any:
    from tests.convergence import simulation

    return simulation._at_rest()  # noqa: SLF001 - the simulation's own way to begin


def _simulated(company: Any) -> str:
    from tests.convergence.run import is_long
    from tests.convergence.simulation import drawn, reason_of

    seeds = [*islice(filterfalse(is_long, count()), SHORT_RUNS), *islice(filter(is_long, count()), LONG_RUNS)]
    for seed in seeds:
        if reason_of(company, seed, drawn(seed)) is not None:
            return f"simulation, seed {seed}"
    return ""
