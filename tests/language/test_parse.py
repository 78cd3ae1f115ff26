"""Texts and their trees, and texts that are refused, each with its message and column."""

from __future__ import annotations

import pytest

from costcalc.errors import SpecError
from costcalc.language.heads import parse_arguments, parse_head, parse_key
from costcalc.language.parse import parse_range, parse_step
from costcalc.language.syntax import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Constant,
    Each,
    Index,
    ListNode,
    Name,
    Node,
    Parentheses,
    Pipe,
    SharingNode,
    TupleNode,
    Unary,
    walk,
)
from costcalc.language.text import Source, Text


def text_of(value: str) -> Text:
    """``value`` as a plain scalar in line 1, column 1 of a file of its own."""
    return Text(value, Source("net.yaml", value), 1, 1)


def tree(node: Node | None) -> str:
    """The canonical text of a tree: the kind or operator first, then the parts."""
    match node:
        case None:
            return "-"
        case Constant(value=bool() as value):
            return "yes" if value else "no"
        case Constant(value=value):
            return repr(value)
        case Name(id=name):
            return str(name)
        case Parentheses(inner=inner):
            return f"[{tree(inner)}]"
        case Attribute(of=of, name=name):
            return f"(. {tree(of)} {name})"
        case Index(of=of, index=index):
            return f"(at {tree(of)} {tree(index)})"
        case Call(function=function, args=args):
            shown = [tree(v) if n is None else f"{n}={tree(v)}" for n, v in args]
            return f"(call {' '.join([tree(function), *shown])})"
        case Binary(op=op, left=left, right=right):
            return f"({op} {tree(left)} {tree(right)})"
        case Unary(op=op, x=x):
            return f"({op} {tree(x)})"
        case Conditional(then=then, condition=condition, otherwise=otherwise):
            return f"(if {tree(condition)} {tree(then)} {tree(otherwise)})"
        case Pipe(elements=elements):
            return f"(-> {' '.join(map(tree, elements))})"
        case Each(call=call):
            return f"(each {tree(call)})"
        case SharingNode(element=element, mode=mode, with_name=name):
            return f"(sharing {mode} {tree(element)} {name or '-'})"
        case TupleNode(items=items):
            return f"(tuple {' '.join(map(tree, items))})"
        case ListNode(items=items):
            return f"(list{''.join(' ' + tree(x) for x in items)})"
    raise AssertionError(type(node))


TREES = [
    # atoms
    ("3", "3"),
    ("0.25", "0.25"),
    ("1e3", "1000.0"),
    ("2.5E-2", "0.025"),
    ("3x3", "3x3"),
    ("1x7", "1x7"),
    ("0x10", "0x10"),
    ("alpha", "alpha"),
    ("α", "α"),
    ("_", "_"),
    ("D_K2", "D_K2"),
    ("yes", "yes"),
    ("no", "no"),
    ("✓", "yes"),
    ("  3  ", "3"),
    ("(3)", "[3]"),
    ("((a))", "[[a]]"),
    ("[]", "(list)"),
    ("[1, [2, 3]]", "(list 1 (list 2 3))"),
    ("(a, b)", "(tuple a b)"),
    # order of operators
    ("1 + 2 * 3", "(+ 1 (* 2 3))"),
    ("1 - 2 - 3", "(- (- 1 2) 3)"),
    ("8 / 4 / 2", "(/ (/ 8 4) 2)"),
    ("7 // 2 % 3", "(% (// 7 2) 3)"),
    ("2 ** 3 ** 2", "(** 2 (** 3 2))"),
    ("-2 ** 2", "(- (** 2 2))"),
    ("2 ** -1", "(** 2 (- 1))"),
    ("--a", "a"),
    ("---a", "(- a)"),
    ("a * -b", "(* a (- b))"),
    ("(1 + 2) * 3", "(* [(+ 1 2)] 3)"),
    ("a < b + 1", "(< a (+ b 1))"),
    ("a == b and c != d or e", "(or (and (== a b) (!= c d)) e)"),
    ("a or b and c", "(or a (and b c))"),
    ("not a == b", "(not (== a b))"),
    ("not not a", "(not (not a))"),
    ("not not not a", "(not a)"),
    ("not a and b", "(and (not a) b)"),
    ("a >= 1", "(>= a 1)"),
    ("a<=-1", "(<= a (- 1))"),
    # what stands behind an atom
    ("in.c", "(. in c)"),
    ("net.stage4[2].dw", "(. (at (. net stage4) 2) dw)"),
    ("k[i + 1]", "(at k (+ i 1))"),
    ("[3, 5][1]", "(at (list 3 5) 1)"),
    ("f()", "(call f)"),
    ("f(1, b=2)", "(call f 1 b=2)"),
    ("f(g(1), (2))", "(call f (call g 1) [2])"),
    ("prev.c*2", "(* (. prev c) 2)"),
    ("a.b(3)", "(call (. a b) 3)"),
    # conditions
    ("1 if a else 2", "(if a 1 2)"),
    ("f(1) if a", "(if a (call f 1) -)"),
    ("1 if a else 2 if b else 3", "(if a 1 (if b 2 3))"),
    ("1 if a or b else 2", "(if (or a b) 1 2)"),
    ("f(1 if a else 2)", "(call f (if a 1 2))"),
    # flows
    ("a -> f -> g(1)", "(-> a f (call g 1))"),
    ("a -> f if b", "(if b (-> a f) -)"),
    ("a -> f if b else a -> g", "(if b (-> a f) (-> a g))"),
    ("3 * f(1)", "(* 3 (call f 1))"),
    ("n * (f -> g)", "(* n [(-> f g)])"),
    ("n * f -> g", "(-> (* n f) g)"),
    ("(a, b) -> cell(C)", "(-> (tuple a b) (call cell C))"),
    ("a -> each f(k[i], s) -> concat", "(-> a (each (call f (at k i) s)) concat)"),
    ("a -> each f sharing weights", "(-> a (sharing weights (each f) -))"),
    ("b -> f(3) sharing all with a", "(-> b (sharing all (call f 3) a))"),
    ("2 * f sharing weights -> g", "(-> (sharing weights (* 2 f) -) g)"),
    ("add(a, b -> f, weighted=fast)", "(call add a (-> b f) weighted=fast)"),
    ("each (f -> g)", "(each [(-> f g)])"),
]


@pytest.mark.parametrize(("value", "expected"), TREES)
def test_tree(value: str, expected: str) -> None:
    assert tree(parse_step(text_of(value))) == expected


REFUSED = [
    ("", 1, "an expression is missing here"),
    ("   ", 1, "an expression is missing here"),
    ("1 +", 4, "the text ends where a value is due"),
    ("+ 1", 1, "'+' where a value is due"),
    ("1 2", 3, "'2' is left over"),
    ("conv 3x3", 6, "'3x3' is left over; arguments stand in parentheses: conv(3x3, 32)"),
    ("a = 3", 3, "'=' is left over; '==' compares"),
    ("a < b < c", 7, "comparisons can't be chained; join two with 'and'"),
    ("(1", 3, "the text ends where ',' or ')' is due"),
    ("1)", 2, "')' is left over"),
    ("[1, 2", 6, "the text ends where ',' or ']' is due"),
    ("[1, 2)", 6, "')' where ',' or ']' is due"),
    ("[a=1]", 2, "a list's members have no names ('a')"),
    ("()", 2, "')' where a value is due"),
    ("(1,)", 4, "')' where a value is due"),
    ("f(1,, 2)", 5, "',' where a value is due"),
    ("f(a=1, 2)", 8, "an argument by position after one by name"),
    ("f(1=2)", 4, "'=' where ',' or ')' is due"),
    ("f(in=2)", 3, "'in' is a reserved word"),
    ("3(4)", 2, "only a name can be called"),
    ("f(1)(2)", 5, "only a name can be called"),
    ("a.3", 3, "'3' where a name is due"),
    ("a.", 3, "the text ends where a name is due"),
    ("a.if", 3, "'if' is a reserved word"),
    ("a[]", 3, "']' where a value is due"),
    ("a[1", 4, "the text ends where ']' is due"),
    ("1 if", 5, "the text ends where a value is due"),
    ("1 if a else", 12, "the text ends where a value is due"),
    ("1 else 2", 3, "'else' is left over"),
    ("if a", 1, "'if' where a value is due"),
    ("not", 4, "the text ends where a value is due"),
    ("a -> ", 5, "the text ends where a value is due"),
    ("-> a", 1, "'->' where a value is due"),
    ("a -> each", 10, "the text ends where a value is due"),
    ("f sharing", 10, "the text ends where 'weights' or 'all' is due"),
    ("f sharing norms", 11, "'norms' where 'weights' or 'all' is due"),
    ("f sharing all with", 19, "the text ends where a step's name is due"),
    ("f sharing all with 3", 20, "'3' where a step's name is due"),
    (".5", 1, "a number begins with a digit: 0.5"),
    ("5.", 3, "the text ends where a name is due"),
    ("1_000", 1, "'1_000' is neither a number nor a name"),
    ("3x3x3x3", 1, "'3x3x3x3' is neither a number nor a name"),
    ("2a", 1, "'2a' is neither a number nor a name"),
    ("224²", 1, "'224²' is neither a number nor a name"),
    ("²", 1, "'²' is neither a number nor a name"),
    ("a²", 1, "'a' has no meaning here"),
    ("1e400", 1, "1e400 is too large: numbers are below 2**53"),
    ("9007199254740992", 1, "9007199254740992 is too large: numbers are below 2**53"),
    ("1x9007199254740992", 1, "9007199254740992 is too large: numbers are below 2**53"),
    ("9" * 41, 1, "a number of more than 40 digits"),
    ("a & b", 3, "'&' has no meaning here; write 'and'"),
    ("a | b", 3, "'|' has no meaning here; write 'or'"),
    ("a × b", 3, "'×' has no meaning here; write '*'"),
    ("a − b", 3, "'−' has no meaning here; write '-'"),
    ("2^3", 2, "'^' has no meaning here; write '**'"),
    ("!a", 1, "'!' has no meaning here; write 'not' or '!='"),
    ("a; b", 2, "';' is left over"),
    ("a: b", 2, "':' has no meaning here"),
    ("act='relu'", 5, "a quotation mark; words stand without: act=relu"),
    ("\x1b[31m", 1, r"'\x1b' has no meaning here"),
    ("a\\b", 2, r"'\' has no meaning here"),
    ("lambda: 1", 7, "':' has no meaning here"),
    ("__import__('os')", 12, "a quotation mark; words stand without: act=relu"),
    ("1" + "+1" * 1000, 1, "an expression of 2,001 characters; at most 2,000"),
    ("(" * 50 + "1" + ")" * 50, 51, "an expression nested more than 50 deep"),
    ("1**" * 50 + "1", 149, "an expression nested more than 50 deep"),
    ("a" + ".b" * 51, 102, "an expression nested more than 50 deep"),
    ("a[1]" * 1 + "[1]" * 50, 152, "an expression nested more than 50 deep"),
]


@pytest.mark.parametrize(("value", "column", "message"), REFUSED)
def test_refused(value: str, column: int, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_step(text_of(value))
    assert (str(caught.value.place), caught.value.message) == (f"net.yaml:1:{column}", message)


def test_places_of_nodes() -> None:
    """Each node knows where it stands."""
    node = parse_step(text_of("f(a, b=1 + 2)"))
    assert isinstance(node, Call)
    assert node.starts == [2, 5]
    assert node.place.column == 1
    assert node.args[1][1].place.column == 10  # an operation stands at its operator


def test_as_long_and_deep_as_allowed() -> None:
    chain = parse_step(text_of("1" + "+1" * 999 + " "))
    assert sum(isinstance(n, Binary) for n in walk(chain)) == 999
    assert tree(parse_step(text_of("(" * 49 + "1" + ")" * 49))) == "[" * 49 + "1" + "]" * 49


HEADS = [
    ("block", ("block", None, None, [], False)),
    ("f()", ("f", None, None, [], True)),
    ("b(t, c, s=1)", ("b", None, None, [("t", "-"), ("c", "-"), ("s", "1")], True)),
    ("cell(h, g; C)", ("cell", ["h", "g"], None, [("C", "-")], True)),
    ("root(x, *kids; c)", ("root", ["x"], "kids", [("c", "-")], True)),
    ("join(*kids;)", ("join", [], "kids", [], True)),
    ("b(c, d=2*c)", ("b", None, None, [("c", "-"), ("d", "(* 2 c)")], True)),
]


@pytest.mark.parametrize(("value", "expected"), HEADS)
def test_head(value: str, expected: tuple[object, ...]) -> None:
    head = parse_head(text_of(value))
    assert (head.name, head.tensors, head.rest, [(n, tree(d)) for n, d in head.params], head.is_call) == expected


REFUSED_HEADS = [
    ("", 1, "the text ends where a name is due"),
    ("3", 1, "'3' where a name is due"),
    ("in(c)", 1, "'in' is a reserved word"),
    ("b(c", 4, "the text ends where ',' or ')' is due"),
    ("b(c d)", 5, "'d' where ',' or ')' is due"),
    ("b(c, c)", 6, "'c' is named twice"),
    ("b(h; h)", 6, "'h' is named twice"),
    ("b(i)", 3, "'i' is a reserved word"),
    ("b(;c)", 3, "';' where a tensor's name is due"),
    ("b(h, *k, g; c)", 8, "',' where ';' is due"),
    ("b(c)(d)", 5, "'(' is left over"),
    ("b(c=)", 5, "')' where a value is due"),
    ("b(*c)", 3, "'*' where a parameter's name is due"),
]


@pytest.mark.parametrize(("value", "column", "message"), REFUSED_HEADS)
def test_refused_head(value: str, column: int, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_head(text_of(value))
    assert (str(caught.value.place), caught.value.message) == (f"net.yaml:1:{column}", message)


def test_keys() -> None:
    assert parse_key(text_of("a")) == ["a"]
    assert parse_key(text_of("_, last")) == ["_", "last"]
    for value, message in {
        "a b": "'b' is left over",
        "a,": "the text ends where a name is due",
        "first": "'first' is a reserved word",
        "3": "'3' where a name is due",
    }.items():
        with pytest.raises(SpecError) as caught:
            parse_key(text_of(value))
        assert caught.value.message == message


def test_ranges() -> None:
    assert tuple(map(tree, parse_range(text_of("0.05..4")))) == ("0.05", "4")
    assert tuple(map(tree, parse_range(text_of("-1 .. 2**3")))) == ("(- 1)", "(** 2 3)")
    for value, message in {
        "4": "the text ends where '..' (a range is low..high) is due",
        "0..": "the text ends where a value is due",
        "0..1..2": "'..' is left over",
        "0-4": "the text ends where '..' (a range is low..high) is due",
    }.items():
        with pytest.raises(SpecError) as caught:
            parse_range(text_of(value))
        assert caught.value.message == message


def test_arguments_under_defaults() -> None:
    args = parse_arguments(text_of("act=relu6, norm=none"))
    assert [(n.id, tree(v)) for n, v in args] == [("act", "relu6"), ("norm", "none")]
    assert [n.place.column for n, _ in args] == [1, 12]
    with pytest.raises(SpecError, match="the text ends where '=' is due"):
        parse_arguments(text_of("act"))
