"""Finds where a test's code goes by the clock: fixed sleeps, waits of so many seconds, stop-watches."""

import ast
import re
from collections.abc import Iterator

_SLEEPS = {"sleep", "wait_for_timeout", "Timer"}
_STOP_WATCHES = {"monotonic", "perf_counter", "process_time", "monotonic_ns", "perf_counter_ns", "process_time_ns"}
_WAITS = {"wait", "join", "timeout", "settimeout", "set_default_timeout", "set_default_navigation_timeout"}
_LIMITS = re.compile(r"(timeout|deadline)(_ms|_seconds)?$|^seconds$|^timeout_")
_IN_A_TEXT = re.compile(
    r"\b(sleep|setTimeout)\s*\(|\b(monotonic|perf_counter)\b|^sleep [\d.]+$|\b\w*timeout\w* ?= ?[\d.]"
)
_NO_WAIT = {"timedelta"}


def by_the_clock(source: str) -> Iterator[tuple[int, str]]:
    """Give the line and the words of each place in `source` that goes by the clock.

    Also in texts, which may be programs; a docstring is none. A limit of 0 waits for nothing and is none either.
    """
    tree = ast.parse(source)
    told = {id(statement.value) for statement in ast.walk(tree) if isinstance(statement, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.Name | ast.Attribute) and _name(node) in _STOP_WATCHES:
            yield node.lineno, f"{_name(node)}: an assertion on time"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield from ((node.lineno, f"{found.group()!r} in a text") for found in _IN_A_TEXT.finditer(node.value))


def _call(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = _name(call.func)
    if name in _SLEEPS:
        yield call.lineno, f"{name}: a fixed wait"
    given = [keyword.value for keyword in call.keywords if keyword.arg and _LIMITS.search(keyword.arg)]
    if name in _WAITS:
        given += call.args[:1]
    if name not in _NO_WAIT and any(map(_figure, given)):
        yield call.lineno, f"{name}: a limit in figures"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _figure(value: ast.expr) -> bool:
    """Tell whether `value` is a number other than 0, or made of numbers alone."""
    leaves = [leaf for leaf in ast.walk(value) if isinstance(leaf, ast.Constant | ast.Name | ast.Attribute | ast.Call)]
    numbers = [leaf.value for leaf in leaves if isinstance(leaf, ast.Constant) and isinstance(leaf.value, int | float)]
    return len(numbers) == len(leaves) and any(numbers)
