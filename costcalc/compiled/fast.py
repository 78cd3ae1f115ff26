"""A program as machine code, by numba (the extra ``fast``): one loop over the points, kept on disk.

The text of the loop has numbers and names made here, nothing of a spec. numba keeps what it makes of a file beside it,
so that a program with the same text is compiled once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .array_code import BOOL, F64, FLOAT, INT, ArrayCode
from .on_arrays import ArrayRunner

CHUNK = 1 << 16
_HEAD = """\
import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy", nogil=True)
def run(valid, {arrays}):
    for k in range(len(valid)):
"""
_TEXT: dict[str, str] = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "div": "{} / {}",
    "mod": "{} % {}",
    "sqrt": "np.sqrt({})",
    "floor": "np.floor({})",
    "ceil": "np.ceil({})",
    "round": "np.rint({})",
    "min": "min({}, {})",
    "max": "max({}, {})",
    "select": "{1} if {0} else {2}",
    "less": "{} < {}",
    "less_equal": "{} <= {}",
    "equal": "{} == {}",
    "same": "{} == {}",
    "and": "{} & {}",
    "not": "not {}",
    "whole": "{0} == np.floor({0})",
    "small": "abs({}) < 9007199254740992.0",
    "to_int": "np.int64({})",
    "to_float": "np.float64({})",
}
_BY_NUMPY = "pow"
"""Python's own power, in the last digit too: numba has another."""


class FastRunner:
    """``program`` compiled."""

    def __init__(self, program: ArrayCode, name: str) -> None:
        self.program = program
        powers = [k for k, (op, *_) in enumerate(program.instructions, len(program.parameters)) if op == _BY_NUMPY]
        self._powers = [f"power{k}" for k in powers]
        self._before = ArrayRunner(_part(program, powers)) if powers else None
        self._run = _loaded(text_of(program, powers), name)

    def run(self, arrays: Mapping[str, Any], found: Mapping[str, Any], valid: Any) -> None:
        """Fill ``found`` and ``valid`` for ``arrays`` of one length; 0 where a point isn't valid."""
        for start in range(0, len(valid), CHUNK):
            part = slice(start, min(start + CHUNK, len(valid)))
            here = {n: np.ascontiguousarray(arrays[n][part], np.float64) for n in self.program.parameters}
            powers = {n: np.empty(part.stop - start) for n in self._powers}
            if self._before is not None:
                self._before.run(here, powers, np.empty(part.stop - start, bool))
            outputs = [found[name][part] for name, _, _ in self.program.outputs]
            self._run(valid[part], *outputs, *here.values(), *powers.values())


def _part(program: ArrayCode, places: list[int]) -> ArrayCode:
    """The program of what stands at ``places``."""
    part = ArrayCode(program.parameters)
    part.instructions, part.stores = program.instructions, program.stores
    part.outputs = [(f"power{k}", k, FLOAT) for k in places]
    return part


def text_of(program: ArrayCode, given: list[int]) -> str:
    """The loop. ``given`` are places whose values are arrays too, behind the outputs and the parameters."""
    first = len(program.parameters)
    outputs = [f"o{k}" for k in range(len(program.outputs))]
    arrays = [*outputs, *(f"a{k}" for k in (*range(first), *given))]
    lines = [f"v{k} = a{k}[k]" for k in range(first)]
    names = {k: f"v{k}" for k in range(first)}
    for place, (operation, *of) in enumerate(program.instructions, first):
        names[place] = f"v{place}"
        if operation == "constant":
            names[place] = f"np.int64({of[0]!r})" if program.stores[place] not in (F64, BOOL) else repr(of[0])
        elif place in given:
            lines.append(f"v{place} = a{place}[k]")
        else:
            lines.append(f"v{place} = {_TEXT[operation].format(*(names[k] for k in of))}")
    lines.append(f"ok = {' & '.join(names[k] for k in program.guards) or 'True'}")
    lines.append("valid[k] = ok")
    for output, (_, place, kind) in zip(outputs, program.outputs, strict=True):
        value = f"np.int64({names[place]})" if kind == INT else f"np.float64({names[place]})"
        lines.append(f"{output}[k] = {value} if ok else 0")
    return _HEAD.format(arrays=", ".join(arrays)) + "".join(f"        {line}\n" for line in lines)


def _folder() -> str:
    """Where compiled programs are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(home, "costcalc", "compiled")
    try:
        os.makedirs(folder, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return tempfile.mkdtemp(prefix="costcalc-")


def _loaded(text: str, name: str) -> Callable[..., None]:
    """The function of ``text``, compiled or as it was kept."""
    folder, module = _folder(), f"form_{hashlib.sha256(text.encode()).hexdigest()[:32]}"
    path, kept = os.path.join(folder, f"{module}.py"), os.path.join(folder, "__pycache__")
    if not _holds(path, text):
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".tmp", delete=False, encoding="utf-8") as file:
            file.write(text)
        os.replace(file.name, path)
    if not (os.path.isdir(kept) and any(f.startswith(f"{module}.") and f.endswith(".nbi") for f in os.listdir(kept))):
        print(f"compiling {name} (once; kept in {folder})", file=sys.stderr)
    spec = importlib.util.spec_from_file_location(f"costcalc_{module}", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # by which numba finds the function's names again in what it kept
    spec.loader.exec_module(made)
    function: Callable[..., None] = made.run
    return function


def _holds(path: str, text: str) -> bool:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read() == text
    except OSError:
        return False
