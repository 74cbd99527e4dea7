"""Works out the formula of a numeric item: a small part of Python's expressions, and nothing else.

Numbers, names of parameters, + - * / **, parentheses, sum min max zip round len abs, and the form
`sum(w*s for w, s in zip(weights, scores))`. Authored text is walked as a tree and never executed.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_MAX_LENGTH = 500
_MAX_STEPS = 20_000
_MAX_VALUE = 1e15
_MAX_EXPONENT = 100

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "max": max,
    "min": min,
    "round": round,
    "sum": sum,
    "zip": lambda *lists: list(zip(*lists, strict=True)),
}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


class FormulaError(ValueError):
    """The formula cannot be worked out; the message says why."""


def evaluate(formula: str, parameters: Mapping[str, Any]) -> float:
    """The value of `formula` with `parameters` (numbers and lists of numbers) put in.

    Raises FormulaError for anything that is not on the list, and for what takes too long.
    """
    if len(formula) > _MAX_LENGTH:
        raise FormulaError(f"is longer than {_MAX_LENGTH} characters")
    try:
        tree = ast.parse(formula.strip(), mode="eval")
        return float(_number(_Evaluation().value(tree.body, parameters)))
    except FormulaError:
        raise
    except SyntaxError:
        raise FormulaError("is not an expression") from None
    except ZeroDivisionError:
        raise FormulaError("divides by zero") from None
    except (ArithmeticError, MemoryError, RecursionError, TypeError, ValueError) as error:
        raise FormulaError(f"cannot be worked out ({error})") from None


class _Evaluation:
    def __init__(self) -> None:
        self._steps = 0

    def value(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        """The value of one node: a number, or a list of numbers or of tuples of numbers."""
        self._spend(1)
        if isinstance(node, ast.BinOp):
            return self._operation(node, names)
        if isinstance(node, ast.Call):
            return self._call(node, names)
        if isinstance(node, ast.UnaryOp) and type(node.op) in _SIGNS:
            return _SIGNS[type(node.op)](_number(self.value(node.operand, names)))
        return self._atom(node, names)

    def _atom(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        if isinstance(node, ast.Constant):
            return _number(node.value)
        if isinstance(node, ast.Name):
            if node.id not in names:
                raise FormulaError(f"uses {node.id}, which is not among the parameters")
            return names[node.id]
        if isinstance(node, ast.GeneratorExp):
            return list(self._items(node, names))
        raise FormulaError(f"uses what a formula may not use: {type(node).__name__}")

    def _operation(self, node: ast.BinOp, names: Mapping[str, Any]) -> float:
        if type(node.op) not in _OPERATORS:
            raise FormulaError(f"uses what a formula may not use: {type(node.op).__name__}")
        left = _number(self.value(node.left, names))
        right = _number(self.value(node.right, names))
        if isinstance(node.op, ast.Pow) and abs(right) > _MAX_EXPONENT:
            raise FormulaError(f"has an exponent beyond {_MAX_EXPONENT}")
        return _number(_OPERATORS[type(node.op)](left, right))

    def _call(self, node: ast.Call, names: Mapping[str, Any]) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS or node.keywords:
            raise FormulaError(f"may call only {', '.join(_FUNCTIONS)}")
        values = [self.value(argument, names) for argument in node.args]
        self._spend(sum(len(value) for value in values if isinstance(value, list)))
        return _FUNCTIONS[name](*values)

    def _items(self, node: ast.GeneratorExp, names: Mapping[str, Any]) -> Iterator[Any]:
        loop = node.generators[0]
        if len(node.generators) > 1 or loop.ifs or loop.is_async:
            raise FormulaError("may use only the form `... for a, b in zip(x, y)`")
        for item in self.value(loop.iter, names):
            yield self.value(node.elt, {**names, **_bound(loop.target, item)})

    def _spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > _MAX_STEPS:
            raise FormulaError(f"takes more than {_MAX_STEPS} steps")


def _bound(target: ast.expr, item: Any) -> dict[str, Any]:
    """The names that one turn of a loop binds."""
    if isinstance(target, ast.Name):
        return {target.id: item}
    if isinstance(target, ast.Tuple):
        names = [name.id for name in target.elts if isinstance(name, ast.Name)]
        if len(names) == len(target.elts):
            return dict(zip(names, item, strict=True))
    raise FormulaError("may bind only names in `for ... in`")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormulaError(f"works with {type(value).__name__}, not with a number")
    if not abs(value) <= _MAX_VALUE:  # also false for nan
        raise FormulaError("leaves the range of numbers")
    return value
