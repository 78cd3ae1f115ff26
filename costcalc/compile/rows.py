"""Tables → closures: each row calls its operator on the row above's result; rules say how columns are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SpecError, nearest, quoted
from ..evaluate.arguments import LayerDef
from ..evaluate.frame import Frame
from ..evaluate.repeat import Repeat
from ..evaluate.run import CALL_WORK
from ..graph import Path, path_text
from ..language.closures import Value, const, constant, is_const
from ..language.model import Cell, LayerTable, Rule, TableRow
from ..language.source import Text
from ..language.syntax import Constant, Name, Node, mentions
from ..language.tables import SPECIAL
from ..record import Record
from .calls import Callee, bind, compile_argument, params_of, unknown
from .expressions import compile_value
from .scope import Scope
from .shapes import assert_shape

Body = Callable[[Frame, Any, Path], Any]
PER_COPY = ("i", "first", "in")


class _Arguments(Record):
    """The arguments of a row's operator, its number of copies, and whether they differ from copy to copy."""

    given: dict[str, Value]
    number: Value | None
    varies: bool


def compile_table(table: LayerTable, scope: Scope) -> Body:
    """A closure that runs the rows."""
    cells_scope = scope.with_i()
    cells_scope.has_in, cells_scope.has_it = True, False
    rows: list[tuple[str, Body, TableRow]] = []
    columns = [c for c in table.columns if c not in SPECIAL]
    above: dict[str, Value | None] = {}
    for row in table.rows:
        if row.broken:
            above = dict.fromkeys(columns, const(None))
            continue
        cells_scope.path = scope.below(row.label)
        callee = scope.callable(row.operator.value)
        printed = {c: _printed(cell, c, callee, cells_scope) for c, cell in row.cells.items()}
        rules = cells_scope.child()
        rules.path, rules.cells, rules.columns, rules.prev = "", printed, columns, above
        rows.append((row.label, _row(row, table, cells_scope, rules), row))
        above = {c: _for_next(row.cells[c], code) for c, code in printed.items()}
    _check_rules(table, scope)

    def run_table(fr: Frame, cur: Any, path: Path) -> Any:
        run = fr.run
        frame = Frame(run, fr.point, fr.v, fr.tensor, fr.path)
        for label, body, row in rows:
            if run.check_shapes and row.input is not None:
                assert_shape(run, row.input, "the table says input", cur, (path, label))
            cur = body(frame, cur, (path, label))
            if run.check_shapes and row.output is not None:
                assert_shape(run, row.output, "the table says output", cur, (path, label))
            if run.record is not None:
                run.record[(path, label)] = cur
        return cur

    return run_table


def _printed(cell: Cell, column: str, callee: Callee | None, scope: Scope) -> Value | None:
    """The cell as printed; None if it is blank."""
    if cell.node is None:
        return None
    return (
        compile_argument(cell.node, callee, column, scope)
        if isinstance(callee, LayerDef)
        else compile_value(cell.node, scope)
    )


def _for_next(cell: Cell, code: Value | None) -> Value | None:
    """What ``prev.COLUMN`` of the next row means; None where it means nothing."""
    return None if cell.node is None or mentions(cell.node, *PER_COPY) else code


def _check_rules(table: LayerTable, scope: Scope) -> None:
    for name, rule in table.rules.items():
        if name in table.columns:
            if name in SPECIAL:
                scope.file.problems.append(rule.text.error(f"the column {quoted(name)} can't be rewritten"))
            continue
        operators = [scope.callable(row.operator.value) for row in table.rows]
        if None not in operators and not any(name in params_of(o) for o in operators if o is not None):
            message = f"{quoted(name)} is neither a column nor a parameter of an operator in the table"
            scope.file.problems.append(rule.text.error(message + nearest(name, table.columns)))


def _row(row: TableRow, table: LayerTable, scope: Scope, rules: Scope) -> Body:
    operator = Name(row.operator, 0, row.operator.value)
    callee = scope.callable(row.operator.value)
    if callee is None:
        failing = scope.not_callable(operator, operator.id, "layer or block", scope.callables())
        return lambda fr, cur, path: failing(fr)
    args = _arguments(row, table, scope, rules, callee)
    first = bind(callee, args.given, scope, operator)
    later = first
    s = args.given.get("s")
    if s is not None and not (is_const(s) and constant(s) == 1):
        later = bind(callee, {**args.given, "s": const(1)}, scope, operator)
    entered = _entering(first)
    if args.number is None:
        return _single(entered)
    after = entered if later is first else _entering(later)
    work = CALL_WORK + sum(len(cell.text.value) for cell in row.cells.values())
    repeat = Repeat(entered, after, uniform=later is first, varies=args.varies, work=work)
    return _copies(row, repeat, args.number)


def _entering(body: Body) -> Body:
    """``in`` is the tensor that enters the copy."""

    def enter(fr: Frame, cur: Any, path: Path) -> Any:
        fr.tensor = cur
        return body(fr, cur, path)

    return enter


def _single(body: Body) -> Body:
    """A row without copies is its own first and only one."""

    def single(fr: Frame, cur: Any, path: Path) -> Any:
        fr.i, fr.first = 1, True
        return body(fr, cur, path)

    return single


def _copies(row: TableRow, repeat: Repeat, number: Value) -> Body:
    place = row.cells["n"].text if "n" in row.cells else row.operator

    def copies(fr: Frame, cur: Any, path: Path) -> Any:
        fr.tensor = cur
        try:
            return repeat(fr, cur, path, number(fr))
        except SpecError as e:
            e.place, e.path = e.place or place.place(), e.path or path_text(path)
            raise

    return copies


def _arguments(row: TableRow, table: LayerTable, scope: Scope, rules: Scope, callee: Callee) -> _Arguments:
    args = _Arguments({}, None, varies=False)
    params = params_of(callee)
    if row.kernel is not None:
        if "k" not in params:
            scope.error(row.kernel, unknown(callee, "k"))
        elif not row.cells.get("k", Cell(row.operator, None)).blank:
            scope.error(row.kernel, "the kernel size stands twice: here and in the column 'k'")
        args.given["k"] = compile_value(row.kernel, scope)
    row_varies = any(_varies(cell.node) for cell in row.cells.values())
    for column, cell in row.cells.items():
        code = rules.cells[column]
        if code is None or cell.node is None:
            continue
        rule = None if cell.exact else table.rules.get(column)
        if column == "n":
            args.number = _number(cell, code, rule, scope, rules)
        elif column not in params:
            scope.error(cell.node, unknown(callee, column), 0)
        elif rule is None:
            args.given[column] = code
            args.varies |= _varies(cell.node)
        else:
            args.given[column] = _ruled(rule, rules, cell.text, scope.path)
            args.varies |= row_varies or _varies(rule.node)
    for name, rule in table.rules.items():
        if name not in table.columns and name in params and name not in args.given:
            args.given[name] = _ruled(rule, rules, row.operator, scope.path)
            args.varies |= row_varies or _varies(rule.node)
    return args


def _varies(node: Node | None) -> bool:
    """Whether copies may differ by i or first; ``in`` alone settles with the shapes."""
    return node is not None and mentions(node, "i", "first")


def _ruled(rule: Rule, rules: Scope, cell: Text, path: str) -> Value:
    """What ``rule`` makes of ``cell``."""
    text = rule.node.text
    text.source.spend(len(text.value) // 4, text)  # a rule is compiled for every row
    rules.row = (cell, path)
    return compile_value(rule.node, rules)


def _number(cell: Cell, code: Value, rule: Rule | None, scope: Scope, rules: Scope) -> Value | None:
    """The number of copies; None for a row without copy numbers: a literal 1 and no rule."""
    if cell.node is not None and mentions(cell.node, "i", "first"):
        return scope.error(cell.node, "the number of copies can't depend on the copy", 0)
    if rule is not None:
        if mentions(rule.node, "i", "first"):
            return scope.error(rule.node, "the number of copies can't depend on the copy", 0)
        return _ruled(rule, rules, cell.text, scope.path)
    if isinstance(cell.node, Constant) and cell.node.value == 1:
        return None
    return code
