"""The changes: what a mutant is, and which ones are worth a trial.

Left out is what no test can notice and nobody would miss: annotations, decorators, docstrings, `__repr__`, log calls, the
text of an error, and what only states the author's own reasoning (assertions, `zip(strict=True)`).
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]

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

_OPPOSITES = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
"""To swap one of these is to negate the condition: one mutant, not two."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SILENT = frozenset({"annotation", "returns", "decorator_list", "bases", "type_params"})
_LOGGERS = frozenset({"log", "_log", "logger", "_logger", "LOG", "_LOG"})

Change = tuple[str, Callable[[], None]]
"""What a mutation is, and doing it to the tree."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module; `number` counts the changes of its file."""

    path: str
    line: int
    what: str
    number: int
    in_function: bool
    """Whether the line runs when a function is called, not when the module is imported."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Place:
    line: int = 0
    in_function: bool = False
    in_error: bool = False


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    name = str(path.relative_to(ROOT))
    found = _mutations(ast.parse(path.read_text()))
    return [
        Mutant(name, place.line, what, number, place.in_function)
        for number, (place, what, _) in enumerate(found)
    ]


def mutated(mutant: Mutant) -> ast.Module:
    """The module with the change done."""
    tree = ast.parse((ROOT / mutant.path).read_text())
    for number, (_, _, change) in enumerate(_mutations(tree)):
        if number == mutant.number:
            change()
            break
    return ast.fix_missing_locations(copy.deepcopy(tree))


def _mutations(tree: ast.AST) -> Iterator[tuple[_Place, str, Callable[[], None]]]:
    """Every change of a module: where, what it is, and doing it; always in the same order."""
    for node, place in _code(tree, _Place()):
        for what, change in _changes(node):
            yield place, what, change
        yield from _left_out(node, place)


def _code(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    """The nodes that do something."""
    place = _Place(
        getattr(node, "lineno", place.line),
        place.in_function,
        place.in_error or isinstance(node, ast.Raise) or _names(node) == ["message"],
    )
    yield node, place
    for field, value in ast.iter_fields(node):
        if field in _SILENT or (isinstance(node, ast.ClassDef) and field == "keywords"):
            continue
        inside = (
            _Place(place.line, in_function=True)
            if isinstance(node, _FUNCTIONS) and field == "body"
            else place
        )
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child, node, place):
                yield from _code(child, inside)


def _is_silent(child: ast.AST, parent: ast.AST, place: _Place) -> bool:
    match child:
        case ast.Assert() | ast.Expr(value=ast.Constant()) | ast.FunctionDef(name="__repr__"):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) if name in _LOGGERS:
            return True
        case ast.JoinedStr():
            return place.in_error
        case ast.keyword(arg="strict"):
            return ast.unparse(parent).startswith("zip(")
        case _:
            return False


def _names(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Assign):
        return []
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


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
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) not in {"None", "False"}:
            yield "return None", lambda: setattr(node, "value", ast.Constant(None))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if _is_negatable(test):
            yield "condition negated", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), test))


def _is_negatable(test: ast.expr) -> bool:
    if isinstance(test, ast.Compare):
        return not (len(test.ops) == 1 and isinstance(test.ops[0], _OPPOSITES))
    return not isinstance(test, ast.Constant)


def _swap(node: ast.AST, field: str, operator: ast.AST) -> Change:
    other = _SWAPS[type(operator)]()
    what = f"{type(operator).__name__} → {type(other).__name__}"
    return what, lambda: setattr(node, field, [other] if field == "ops" else other)


def _left_out(node: ast.AST, place: _Place) -> Iterator[tuple[_Place, str, Callable[[], None]]]:
    """Statements that may be missing without the module becoming nonsense."""
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        if not isinstance(statements, list):
            continue
        inside = place.in_function or (field == "body" and isinstance(node, _FUNCTIONS))
        for at, statement in enumerate(statements):
            is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, (ast.Call, ast.Await))
            is_worth_it = is_call or isinstance(statement, (ast.Raise, ast.AugAssign, ast.Delete))
            if is_worth_it and not _is_silent(statement, node, place):
                what = f"left out: {ast.unparse(statement)[:60]}"
                leave_out = partial(statements.__setitem__, at, ast.Pass())
                yield _Place(statement.lineno, inside), what, leave_out
