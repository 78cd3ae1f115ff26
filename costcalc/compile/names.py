"""Names → closures: locals, cells, parameters, lets, words; and what stands behind a dot."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError, nearest, quoted
from ..evaluate.frame import Frame
from ..evaluate.results import NetResult
from ..graph import Path
from ..language.closures import Value, const, placed
from ..language.functions import FUNCTIONS
from ..language.syntax import Attribute, Name
from .scope import Scope, is_let_function


def compile_name(node: Name, scope: Scope) -> Value:
    """A closure for a bare name where a value is due."""
    name = node.id
    if name in ("in", "i", "first", "prev"):
        return _reserved(node, scope)
    if scope.is_it(name):
        return placed(node, _current)
    if name in scope.cells:
        cell = scope.cells[name]
        return cell if cell is not None else scope.blank(name)
    if name in scope.locals:
        slot = scope.locals[name][0]
        return lambda fr: fr.v[slot]
    return _file_name(node, scope)


def _reserved(node: Name, scope: Scope) -> Value:
    name = node.id
    if name == "in":
        if not scope.has_in:
            return scope.error(node, "no 'in' here: it is the one tensor that enters a block, row or network")
        return lambda fr: fr.tensor
    if name == "prev":
        if scope.has_prev:
            return placed(node, _previous)
        return scope.error(node, "'prev' is written prev.COLUMN, in a rule of 'where'; alone it stands in an each")
    if not scope.has_i:
        return scope.error(node, f"no {quoted(name)} here: it is the copy's number in a repeat, a member's in each")
    if name == "i":
        return lambda fr: fr.i
    if not scope.has_first:
        return scope.error(node, "'first' means something in a repeat; in an each write i == 1")
    return lambda fr: fr.first


def _current(fr: Frame) -> Any:
    if fr.it is None:
        raise SpecError("no current tensor here, so 'it' is none; begin with one: x -> …")
    return fr.it


def _previous(fr: Frame) -> Any:
    if fr.prev is None:
        raise SpecError("the first member of an each has no 'prev'; write: … if i > 1")
    return fr.prev


def _file_name(node: Name, scope: Scope) -> Value:
    name, file = node.id, scope.file
    if name in file.spec.parameters:
        if scope.only_parameters is not None and name not in scope.only_parameters:
            return scope.error(node, f"only the parameters above may be used here, and {quoted(name)} is not")
        return lambda fr: fr.point.values[name]
    let = file.spec.lets.get(name)
    if let is not None:
        if is_let_function(let):
            return scope.error(node, f"{quoted(name)} is a function: write {name}(…)")
        if scope.only_parameters is not None:
            return scope.error(node, f"only the parameters above may be used here, and {quoted(name)} is not one")
        scope.let_calls.add(name)
        return lambda fr: fr.let(name)
    word = scope.word(name)
    if word is not None:
        return const(word)
    if scope.callable(name) is not None:
        return scope.error(node, f"{quoted(name)} is a layer or block, where a number, list or word is due")
    if name in FUNCTIONS:
        return scope.error(node, f"{quoted(name)} is a function: write {name}(…)")
    return scope.undefined(node)


def compile_prev(node: Attribute, scope: Scope) -> Value:
    """``prev.COLUMN``."""
    if scope.prev is None:
        return scope.error(node, "'prev' is the row above, in a rule of 'where'; here is none")
    if node.name not in scope.columns:
        return scope.error(node, f"the table has no column {quoted(node.name)}{nearest(node.name, scope.columns)}")
    if not scope.prev:
        return scope.error_of_row(f"prev.{node.name}: no row stands above the first")
    cell = scope.prev.get(node.name)
    if cell is None:
        what = "is blank, or differs from copy to copy"
        return scope.error_of_row(f"prev.{node.name}: the cell of the row above {what}")
    return cell


def part_of(x: Any, label: str) -> Any:
    """``net.stage4``: the result of a row, copy or step of a used network."""
    if not isinstance(x, NetResult):
        raise SpecError(f"no .{label} here: a tensor has .c, .size, .h and .w; a used network has its rows and steps")
    if label in x.features:
        for step in x.features[label]:
            x = part_of(x, step)
        return x
    path: Path = (x.path, label)
    if path not in x.record:
        labels = [p[1] for p in x.record if p is not None and p[0] == x.path]
        known = f"; its features are {', '.join(x.features)}" if x.features else ""
        raise SpecError(f"the used network has no {quoted(label)} there{known}{nearest(label, [*x.features, *labels])}")
    value = x.record[path]
    return NetResult(value.value if isinstance(value, NetResult) else value, x.record, path)
