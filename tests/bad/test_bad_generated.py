"""What no one would write by hand: huge, deep, binary, and files that aren't files."""

from __future__ import annotations

import inspect
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import costcalc
from costcalc.errors import CostcalcError, SpecError

SECONDS = 1.0
BYTES = 200 * 2**20
HEAD = "network: net\ninput: 32 x 32 x 3\n"


def told(path: Path | str) -> list[str]:
    """The problems of ``path``, without its name; within a second, at the third try on a busy machine."""
    for _ in range(3):
        begun = time.process_time()
        with pytest.raises(SpecError) as caught:
            costcalc.load(str(path)).cost()
        if time.process_time() - begun < SECONDS:
            break
    else:
        pytest.fail(f"takes more than {SECONDS} s")
    return [str(p).removeprefix(f"{path}:") for p in caught.value.problems]


def write(folder: Path, text: str | bytes, name: str = "net.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def steps(*lines: str) -> str:
    return HEAD + "layers:\n" + "".join(f"  {line}\n" for line in lines)


def table(*lines: str) -> str:
    return HEAD + "layers: |\n" + "".join(f"  {line}\n" for line in lines)


# -- files


EMPTY = "1:1: the file is empty; a network has the sections network, input and layers"
BINARY = "1:1: the file is binary or UTF-16, not UTF-8 text"
DIMS = (
    "2:8: an input is height x width x channels, such as 224 x 224 x 3; "
    "of a sequence length x channels (128 x 32), of a video frames x height x width x channels"
)
FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", EMPTY),
    "comments only": (b"# one\n# two\n", EMPTY),
    "5 MB": (b"# a\n" * 1_250_000, "1:1: the file is larger than 1 MiB; a spec is a page or two"),
    "NUL": (HEAD.encode() + b"layers: \0\n", BINARY),
    "binary": (bytes(range(256)) * 16, BINARY),
    "UTF-16": (HEAD.encode("utf-16"), BINARY),
    "Latin-1": ("network: net\ntitle: é\n".encode("latin-1"), "2:8: the file is not UTF-8 text"),
    "escape code": (b"network: net\ntitle: \x1b[31mred\n", r"2:8: the character '\x1b'; a spec is plain text"),
    "line separator": ("network: net\u2028\n".encode(), r"1:13: the character '\u2028'; a spec is plain text"),
    "old Mac": (b"network: net\rinput: 3\rlayers:\r  a: conv(3x3, 8)\r", DIMS),
    "CRLF": (b"network: net\r\ninput: 3\r\nlayers:\r\n  a: conv(3x3, 8)\r\n", DIMS),
    "byte order mark": (b"\xef\xbb\xbfnetwork: net\ninput: 3\nlayers:\n  a: conv(3x3, 8)\n", DIMS),
}


@pytest.mark.parametrize("name", FILES)
def test_file(name: str, tmp_path: Path) -> None:
    data, message = FILES[name]
    assert told(write(tmp_path, data)) == [message]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_are_fine(ending: str, tmp_path: Path) -> None:
    text = steps("a: conv(3x3, 8)", "b: fc(10)") + "title: ± 1\n"
    path = write(tmp_path, b"\xef\xbb\xbf" + text.replace("\n", ending).encode())
    assert costcalc.load(str(path)).cost().params == 27 * 8 + 16 + 8 * 32 * 32 * 10 + 10


def test_a_folder(tmp_path: Path) -> None:
    assert told(f"{tmp_path}{os.sep}") == ["1:1: the file can't be read: it is a folder"]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        costcalc.load(str(tmp_path / "none.yaml"))
    assert str(caught.value) == f"there is no file '{tmp_path}/none.yaml'"
    with pytest.raises(SpecError, match="embedded null"):
        costcalc.load("a\0b.yaml")


def test_a_name_with_a_line_break_stays_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        costcalc.load(f"{tmp_path}/a\nb\x1b[2J.yaml")
    assert str(caught.value).isprintable()
    assert str(caught.value) == f"there is no file '{tmp_path}/a\\nb\\x1b[2J.yaml'"


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, steps("a: conv(3x3, 8)"))
    real = os.open

    def refuse(p: Any, *args: Any, **kwargs: Any) -> int:
        if str(p) == str(path):
            raise PermissionError(13, "Permission denied")
        return real(p, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    assert told(path) == ["1:1: the file can't be read: Permission denied"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)
    assert told(path) == ["1:1: the file can't be read: it is not a regular file"]


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no /dev/null here")
def test_a_device() -> None:
    assert told("/dev/null") == ["1:1: the file can't be read: it is not a regular file"]


def test_files_open_and_closed(tmp_path: Path) -> None:
    """No descriptor is left behind, whatever the file is."""
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for path in (f"{tmp_path}{os.sep}", write(tmp_path, b""), "/dev/null"):
        with pytest.raises(SpecError):
            costcalc.load(str(path))
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_files_in_a_chain(tmp_path: Path) -> None:
    """Each uses the next; the last has a mistake, which is told once, with its own place."""
    for k in range(30):
        write(tmp_path, f"uses: {{f{k + 1}: [b{k + 1}]}}\nblocks:\n  b{k}: b{k + 1}\n", f"f{k}.yaml")
    write(tmp_path, "blocks:\n  b30: convv(3x3, 8)\n", "f30.yaml")
    path = write(tmp_path, "network: net\nuses: {f0: [b0]}\ninput: 32 x 32 x 3\nlayers:\n  a: b0\n")
    assert told(path) == [
        f"{tmp_path}/f30.yaml:2:8: b30: no layer, block or function is called 'convv' (did you mean 'conv'?)"
    ]


def test_a_circle_of_three_files(tmp_path: Path) -> None:
    for k in range(3):
        write(tmp_path, f"uses: {{f{(k + 1) % 3}: [b]}}\nblocks:\n  b{k}: b\n", f"f{k}.yaml")
    path = write(tmp_path, "network: net\nuses: {f0: [b0]}\ninput: 32 x 32 x 3\nlayers:\n  a: b0\n")
    assert f"{tmp_path}/f2.yaml:1:8: files use each other in a circle: 'f0'" in told(path)


# -- large and deep


BOMB = "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 60))
RULES = "where: {c: %s}\n"
ROWS = table("operator | c", *["conv 3x3 | 8"] * 1_900).removeprefix(HEAD)
LARGE: dict[str, str] = {
    "alias bomb": "a0: &a0 [x, x]\n" + BOMB,
    "brackets": "network: " + "[" * 500_000,
    "braces": "network: " + "{" * 500_000,
    "braces with keys": "network: " + "{a: " * 250_000,
    "dashes": "- " * 500_000 + "x",
    "question marks": "? " * 500_000 + "x",
    "indented keys": "\n".join(" " * k + "a:" for k in range(1400)),
    "many sections": "".join(f"s{k}:\n" for k in range(120_000)),
    "many parameters": "network: net\nparameters:\n" + "".join(f"  p{k}: 1\n" for k in range(70_000)),
    "101 parameters": "network: net\nparameters:\n" + "".join(f"  p{k}: 1\n" for k in range(101)),
    "many lets": HEAD + "let:\n" + "".join(f"  p{k}: {k}\n" for k in range(60_000)),
    "undefined lets": HEAD + "let:\n" + "".join(f"  pp{k}: qq{k}\n" for k in range(20_000)),
    "many blocks": HEAD + "blocks:\n" + "".join(f"  b{k}: in\n" for k in range(80_000)),
    "many steps": steps(*(f"a{k}: act(relu)" for k in range(12_000))),
    "unused steps": steps(*(f"a{k}: in -> act(relu)" for k in range(10_000))),
    "many outputs": steps("a: act(relu)") + "output: " + ", ".join(f"o{k}" for k in range(100_000)),
    "many duplicates": HEAD + "".join("title: x\n" for _ in range(100_000)),
    "10,000 columns": table(" | ".join(["operator", *(f"c{k}" for k in range(10_000))]), "conv | 1"),
    "10,000 cells": table("operator | c", "conv 3x3 | 8", " | ".join(["conv 3x3"] * 10_000)),
    "50,000 rows": table("operator | c", *["conv 3x3 | 8"] * 50_000),
    "2,000 rows": table("operator | c", *["conv 3x3 | cc"] * 2_000),
    "many tables": HEAD + "blocks:\n" + "".join(f"  b{k}: |\n    operator\n    bn\n" for k in range(30_000)),
    "long line": HEAD + "layers:\n  a: conv(3x3, " + "8" * 1_000_000 + ")\n",
    "long name": f"network: {'n' * 1_000_000}\n",
    "long section": f"{'n' * 1000}: x\n",
    "long variant": HEAD + "layers:\n  a: bn\nvariants: |\n  name\n  " + "v" * 900_000 + "\n",
    "long input": "network: net\ninput: '32 x 32" + " " * 1_000_000 + "y'\nlayers:\n  a: bn\n",
    "long operator": table("operator | c", "conv" + " " * 900_000 + "! | 8"),
    "long rule line": table("operator | c", "-" * 1_000_000 + "x"),
    "long label": table("stage | operator | c", "-" * 900_000 + "! | conv 3x3 | 8"),
    "long choices": HEAD + "parameters:\n  p: {default: 1, choices: '" + "a." * 400_000 + "'}\nlayers:\n  a: bn\n",
    "blank lines": HEAD + "layers: |\n" + "\n" * 1_000_000 + "  a | b\n",
    "many choices": HEAD + f"parameters:\n  p: {{default: zz, choices: [{', '.join(['a'] * 40_000)}]}}\n",
    "many variants": HEAD + "layers:\n  a: bn\nvariants: |\n  name\n" + "".join(f"  v{k}\n" for k in range(90_000)),
    "error at the end": HEAD + "about: |\n" + "  text\n" * 140_000 + "layers: [\n",
    "error at the end of many keys": HEAD + "source: {" + ", ".join(f"k{k}: v" for k in range(24_000)) + "\n",
    "one circle": HEAD + "blocks:\n" + "".join(f"  b{k}: b{k + 1}\n" for k in range(5_000)) + "  b5000: b0\n",
    "many circles": HEAD + "blocks:\n" + "".join(f"  b{k}: b{k}\n" for k in range(12_000)),
    "rules": HEAD + RULES % "+".join(["c"] * 900) + ROWS,
    "bad rules": HEAD + RULES % "+".join(["d"] * 900) + ROWS,
}


@pytest.mark.parametrize("name", LARGE)
def test_large(name: str, tmp_path: Path) -> None:
    """A few messages of one line each, soon and in little memory."""
    found = told(write(tmp_path, LARGE[name]))
    assert 1 <= len(found) <= 50
    assert all(len(line) < 500 and line.isprintable() for line in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["alias bomb", "brackets", "many sections", "many steps", "50,000 rows", "long line"])
def test_memory_of_large(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, LARGE[name])
    tracemalloc.start()
    try:
        with pytest.raises(SpecError):
            costcalc.load(str(path)).cost()
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


# -- work: small files that would build or compute without end


def doubling(end: str) -> str:
    """f1(x) calls f2(x) twice, and so on."""
    return "".join(f"  f{k}(x): f{k + 1}(x) + f{k + 1}(x)\n" for k in range(1, 40)) + f"  f40(x): {end}\n"


HUNDRED = "[" + ", ".join(["x"] * 100) + "]"
LISTS = "[" + ", ".join(["x"] * 300) + "]"


def network(lets: str = "", blocks: str = "", *lines: str) -> str:
    sections = [("let", lets), ("blocks", blocks)]
    return steps(*lines) + "".join(f"{name}:\n{text}" for name, text in sections if text)


WORK: dict[str, str] = {
    "functions": network(doubling("x"), "", "a: conv(3x3, f1(1))"),
    "functions of lists": network(
        "  d(x): '[x, x]'\n  k: " + "d(" * 45 + "1" + ")" * 45 + "\n", "", "a: conv(3x3, len(k))"
    ),
    "long lists": network(f"  d(x): '{LISTS}'\n  k: d(d(1))\n", "", "a: conv(3x3, len(k))"),
    "lists compared": network(
        f"  d(x): '{HUNDRED}'\n  k: d(d(1))\n  f(x): 1 if k == d(d(x)) else 2\n{doubling('f(x)')}",
        "",
        "a: conv(3x3, f1(1))",
    ),
    "lists picked": network(
        f"  d(x): '{LISTS}'\n  k: d(1)\n  f(x): pick(x, k, k)\n{doubling('f(1) + max(k)')}", "", "a: conv(3x3, f1(1))"
    ),
    "tuples": steps("t0: (in, in)", *(f"t{k}: (t{k - 1}, t{k - 1})" for k in range(1, 60)), "c: t59 -> concat"),
    "splits": network("", "  part(k): split(in, 1000 - k % 2) -> concat\n", "a: conv(1x1, 5000)", "b: 9000 * part(i)"),
    "repeats without layers": steps(*(f"a{k}: 9999 * act(none if i > 0 else relu)" for k in range(300))),
    "repeats in repeats": steps("a: 9999 * (9999 * act(none))"),
    "repeats in blocks": network(
        "", "".join(f"  b{k}: 9 * b{k + 1}\n" for k in range(12)) + "  b12: act(none)\n", "a: b0"
    ),
    "repeats that grow": steps("a: 9999 * conv(1x1, in.c + i)"),
    "sizes that grow": network("", "  grow: deconv(3x3, 8, 2**50)\n", "a: 9999 * grow"),
    "channels that grow": network("", "  twice: concat(in, in)\n", "a: 9999 * twice"),
    "sharing": steps(
        "p: conv(1x1, 8)",
        "a: conv(1x1, 8)",
        "f: 6000 * conv(1x1, 8 + i % 2)",
        "g: conv(1x1, 8)",
        *(f"b{k}: conv(1x1, 8) sharing weights with a" for k in range(2000)),
    ),
    "networks in blocks": "uses: {efficientnet: [efficientnet]}\n"
    + network("", "  b(c): efficientnet -> up(32) -> conv(1x1, c)\n", "a: 1000 * b(3 + i)"),
    "parallel": network(
        "",
        "  few: split(in, 3) -> each act(relu) -> concat\n  many(k): split(in, 900 - k % 2) -> each few -> concat\n",
        "a: conv(1x1, 2700)",
        "b: 9000 * many(i)",
    ),
}


@pytest.mark.parametrize("name", WORK)
def test_work(name: str, tmp_path: Path) -> None:
    text = WORK[name]
    found = told(
        write(tmp_path, text if text.startswith("network") else f"network: net\n{text.replace('network: net', '')}")
    )
    assert len(found) == 1
    assert len(found[0]) < 500


# -- Python's stack


def deep(function: Callable[[], Any], frames: int) -> Any:
    """``function()`` from a stack that has ``frames`` more."""
    return function() if frames == 0 else deep(function, frames - 1)


EXPRESSIONS = {
    "sum": "+".join(["1"] * 990),
    "sum of names": "+".join(["k"] * 990),
    "differences": "k" + "-1" * 990 + "+1000",
    "products": "*".join(["1"] * 990),
    "quotients": "8" + "/1" * 990,
    "and": "8 if " + " and ".join(["1"] * 300) + " else 3",
    "or": "8 if " + " or ".join(["0"] * 300) + " or k else 3",
    "not": "8 if " + "not " * 480 + "1 else 3",
    "minus": "-" * 1900 + "8",
    "powers": "1**" * 45 + "8",
    "parentheses": "(" * 48 + "8" + ")" * 48,
    "parentheses of sums": "(1+" * 48 + "8" + ")" * 48,
    "choices": "8 if k == 3 else " * 48 + "8",
    "calls": "max(" * 48 + "8" + ")" * 48,
    "lists": "len([" * 24 + "8" + "])" * 24,
    "indexes": "pick(1, [1], [[8]])" + "[1]",
}


@pytest.mark.parametrize("frames", [0, 300, 600, 800, 900])
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_long_expressions(name: str, frames: int, tmp_path: Path) -> None:
    """They evaluate; from a deep stack they may be an error, but never Python's own."""
    path = write(tmp_path, steps("k: 3", f"a: conv(3x3, {EXPRESSIONS[name]})"))
    room = sys.getrecursionlimit() - 150 - len(inspect.stack())
    assert deep(lambda: outcome(path), min(frames, room)) in ("evaluated", "too deep")[: 1 if frames == 0 else 2]


def outcome(path: Path) -> str:
    try:
        return "evaluated" if costcalc.load(str(path)).cost().params > 0 else "nothing"
    except CostcalcError as e:
        return "too deep" if "deep" in str(e) else str(e)


def test_many_postfixes_in_many_parentheses(tmp_path: Path) -> None:
    text = "in"
    for _ in range(19):
        text = "(" + text + ".b" * 48 + ")"
    path = write(tmp_path, steps(f"a: conv(3x3, {text})"))
    assert outcome(path) == "too deep" or "no .b here" in outcome(path)


def test_lets_in_a_chain_of_parentheses(tmp_path: Path) -> None:
    lets = "".join(f"  f{k}(x): {'(' * 45}f{k + 1}(x){')' * 45}\n" for k in range(45)) + "  f45(x): x\n"
    assert outcome(write(tmp_path, network(lets, "", "a: conv(3x3, f0(8))"))) in ("evaluated", "too deep")
