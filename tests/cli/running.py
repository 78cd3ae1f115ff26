"""Running the command line: in this process, or in one of its own where streams and exit matter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from costcalc.cli.root import costcalc

ROOT = Path(__file__).resolve().parent.parent.parent

TINY = """\
network: tiny
title: A tiny network
parameters:
  alpha:  {default: 1.0, range: 0.25..2, doc: width multiplier}
  res:    {default: 8, range: 4..64, doc: input resolution}
  kind:   {default: relu, choices: [relu, swish], doc: activation}
  deep:   {default: no, doc: one layer more}
  classes: 10
blocks:
  pair(c, s):
    dw: dwconv(3x3, s)
    pw: conv(1x1, c, act=kind)
input: res x res x 3
where:
  c: floor(alpha*c)
layers: |
  input | operator | c        | s | n
  8²x3  | conv 3x3 | 8        | 1 |
  8²x8  | pair     | 8        | 1 | 3
  8²x8  | pair     | =(16 if deep else 8) | 2 |
  4²x8  | avgpool  |          |   |
  1²x8  | fc       | =classes |   |
variants: |
  name      | alpha | deep
  tiny_wide | 2     | yes
"""
"""A network with a parameter of each kind, a repeat and a variant."""

EYES = """\
network: eyes
parameters:
  alpha: {default: 1.0, range: 0.25..2}
blocks:
  tower(c): conv(3x3, c, 2) -> 2 * conv(3x3, c)
input:
  left:  8 x 8 x 3
  right: 8 x 8 x 3
output: mix
layers:
  a:   left  -> tower(8)
  b:   right -> tower(8) sharing all with a
  mix: concat(a, b) -> conv(1x1, 4)
"""
"""Two inputs, shared weights and a layer of several inputs."""

TINY_PARAMS = (3 * 9 * 8 + 16) + 3 * (9 * 8 + 16 + 8 * 8 + 16) + (9 * 8 + 16 + 8 * 8 + 16) + (8 * 10 + 10)
TINY_MULT_ADDS = 64 * (3 * 9 * 8) + 3 * 64 * (9 * 8 + 8 * 8) + 16 * (9 * 8 + 8 * 8) + 80
"""Counted by hand: 3x3x3x8, three times dw and pw, once more at stride 2, the classifier."""


def run(*args: str, stdin: str | bytes | None = None, columns: int | None = None) -> Result:
    """The command in this process; stdout is no terminal."""
    try:
        runner = CliRunner(mix_stderr=False)  # click before 8.2
    except TypeError:
        runner = CliRunner()
    width = None if columns is None else str(columns)
    return runner.invoke(costcalc, list(args), input=stdin, env={"COLUMNS": width}, prog_name="costcalc")


def shown(*args: str, **options: Any) -> str:
    """What a command that succeeds prints, with nothing on stderr."""
    result = run(*args, **options)
    assert (result.exit_code, result.stderr) == (0, ""), result.stderr or result.exception
    return result.stdout


def refused(*args: str, **options: Any) -> str:
    """The one line of a command that fails with status 2, without its prefix."""
    result = run(*args, **options)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.startswith("Error: ")
    assert result.stderr.endswith("\n")
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr[len("Error: ") : -1]


def process(*args: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    command = [sys.executable, "-m", "costcalc", *args]
    return subprocess.run(command, env=environment(env), check=False, timeout=60, **options)


def environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """This process's environment, without what decides on width and colours."""
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "TERM", "LANG", "LC_ALL")}
    return {**kept, "PYTHONPATH": str(ROOT), **(extra or {})}
