"""``formula`` with bad input: each one line and status 2, and what is hostile ends soon."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from .running import refused, run, shown

HAS = "alpha, res, classes, rho"
NO = "mobilenet_v1 has no parameter"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--wrt", "alpah"], f"{NO} 'alpah' that could be a symbol; it has {HAS} (did you mean 'alpha'?)"),
        (["--wrt", "alpha,Q"], f"{NO} 'Q' that could be a symbol; it has {HAS}"),
        (["--wrt", ""], f"--wrt names no parameter; mobilenet_v1 has {HAS}"),
        (["--wrt", " ,"], f"--wrt names no parameter; mobilenet_v1 has {HAS}"),
        (["--wrt", "rho,res"], "rho says res another way: one of them can be a symbol"),
        (["--alpha", "7"], "alpha is from 0.05 to 4, not 7"),
        (["--alpha", "7", "--wrt", "alpha"], "alpha is from 0.05 to 4, not 7"),
        (["--rho", "40", "--wrt", "rho"], "res is from 32 to 1024, not 8960"),
        (["--res", "160", "--rho", "0.5"], "res 160 and rho 0.5 are in conflict: rho 0.5 is res 112; give one of them"),
        (["--alpha", "x"], "--alpha takes a number such as 0.5, 224 or 6/7, not 'x'"),
        (
            ["--format", "xml"],
            "Invalid value for '--format': 'xml' is not one of 'unicode', 'latex', 'python', 'json'.",
        ),
        (["--variant", "x"], "mobilenet_v1 has no variant 'x'"),
        (["mobilenet_v2"], "Got unexpected extra argument (mobilenet_v2)"),
        (["--set", "alpha"], "--set takes name=value, such as alpha=0.5, not 'alpha'"),
    ],
)
def test_bad_input(args: list[str], message: str) -> None:
    assert refused("formula", "mobilenet_v1", *args) == message


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["tiny", "--wrt", "kind"], "kind has words for values, and can't be a symbol"),
        (["tiny", "--wrt", "deep"], "deep has words for values, and can't be a symbol"),
        ([], "Missing argument 'SPEC'."),
        (["separabel"], "no spec is called 'separabel' (did you mean 'separable'?); 'costcalc list' shows all"),
    ],
)
def test_more_bad_input(tiny: str, args: list[str], message: str) -> None:
    assert refused("formula", *[tiny if a == "tiny" else a for a in args]) == message


def test_what_cannot_be_evaluated_on_the_symbol() -> None:
    told = refused("formula", "shufflenet_v2", "--wrt", "alpha")
    assert re.fullmatch(r"\S*shufflenet_v2\.yaml:\d+:\d+: stage2\.1: pick: alpha is none of 0\.5, 1, 1\.5, 2", told)
    assert "\nalpha stays 1.0: pick: alpha is none of 0.5, 1, 1.5, 2\n" in shown("formula", "shufflenet_v2")  # unasked


def test_a_whole_resolution_may_be_written_as_a_decimal() -> None:
    texts = {shown("formula", "mobilenet_v1", "--res", res, "--wrt", "rho") for res in ("112", "112.0", "112/1")}
    assert len(texts) == 1


LETTERS = [f"p{i}" for i in range(60)]
PRODUCT = "*".join(f"(p{i}k + pk + {i})" for i in range(1, 6))
HOSTILE = {
    "many symbols": (LETTERS, f"conv(3x3, {'+'.join(LETTERS)}) -> conv(3x3, {'*'.join(LETTERS)})"),
    "an open max of many": (LETTERS[:40], f"conv(3x3, 8 + floor(max({'+'.join(LETTERS[:40])}, 90)))"),
    "products of sums": (LETTERS, " -> ".join(f"conv(1x1, {PRODUCT})".replace("k", str(k)) for k in range(2, 9))),
    "huge exponents": (["n"], "conv(3x3, 8 + floor(max(1.1**n, 3))) -> conv(1x1, 1 + floor(2**(n*n)/9))"),
    "deep": (["a"], f"conv(3x3, {'floor(' * 45}a + 1{'*1.01 + 0.5)' * 45})"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_spec_ends_soon(tmp_path: Path, case: str) -> None:
    letters, layer = HOSTILE[case]
    path = tmp_path / "hostile.yaml"
    ranges = "".join(f"  {p}: {{default: 2.0, range: 0..1000000000, symbol: {p}}}\n" for p in letters)
    path.write_text(f"network: hostile\nparameters:\n{ranges}input: 8 x 8 x 8\nlayers:\n  out: {layer}\n")
    start = time.perf_counter()
    result = run("formula", str(path))
    assert time.perf_counter() - start < 20
    assert result.exit_code in (0, 2), result.exception
    assert result.exit_code == 0 or re.fullmatch(r"Error: [^\n]+\n", result.stderr)


@pytest.mark.parametrize(
    "lets",
    [
        # each level doubles the text of the one before
        [f"v{k}: max(v{k - 1}, v{k - 1}/2 + 1) + v{k - 1}/3" for k in range(1, 25)],
        [f"v{k}: max({k}, min(a + {k}, v{k - 1}/1.01 + 0.5))" for k in range(1, 25)],
    ],
    ids=["doubling", "nested"],
)
def test_max_and_min_in_each_other_end_in_time(lets: list[str], tmp_path: Path) -> None:
    path = tmp_path / "deep.yaml"
    head = "network: deep\nparameters: {a: {default: 8, range: 1..64}}\nlet:\n  v0: max(3, a/2)\n"
    body = "input: 8 x 8 x 3\nlayers:\n  x: conv(1x1, max(1, floor(min(v24, 9))))\n"
    path.write_text(head + "".join(f"  {line}\n" for line in lets) + body, encoding="utf-8")
    begun = time.process_time()
    result = run("formula", str(path), "--wrt", "a")
    assert time.process_time() - begun < 20
    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_parameters_named_like_arguments(tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    names = ("self", "exact", "wrt", "network", "around", "measured", "at")
    path.write_text(
        f"network: names\nparameters: {{{', '.join(f'{n}: 2' for n in names)}}}\ninput: 4 x 4 x 3\n"
        f"layers:\n  x: conv(1x1, {' + '.join(names)}, norm=none, bias=no)\n",
        encoding="utf-8",
    )
    settings = [word for n in names for word in ("--set", f"{n}=3")]
    assert "params     63" in run("formula", str(path), *settings).stdout
    assert "63" in run("show", str(path), *settings).stdout
