"""A PyTorch module as traces at two sizes. The module runs in a process of its own, with a limit of CPU time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import CostcalcError, UsageError
from .record import Shape, Trace
from .sources import InputShape, code_source

DEFAULT_TIMEOUT = 120


class Traces(NamedTuple):
    """A network at the size that was asked for, and at another one, or why there is none."""

    first: Trace
    second: Trace | None
    why_no_second: str


def trace_source(
    source: str,
    inputs: Sequence[InputShape] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    check_size: int | None = None,
    timeout: int = DEFAULT_TIMEOUT,
) -> Traces:
    """Run ``package.module:callable`` or ``file.py:callable`` and trace what it gives: this runs the user's code.

    Raises :class:`CostcalcError` with what went wrong, and the last line of the user's own where there is one.
    """
    code = code_source(source)
    request = {
        "where": os.path.abspath(code.where) if code.is_file else code.where,
        "attribute": code.attribute,
        "folder": os.path.dirname(os.path.abspath(code.where)) if code.is_file else os.getcwd(),
        "kwargs": dict(kwargs or {}),
        "inputs": [one.readings() for one in inputs],
        "check_size": check_size,
        "timeout": timeout,
    }
    answer = _run(request, timeout)
    if "error" in answer:
        raise UsageError(answer["error"])
    second = answer["second"]
    return Traces(
        Trace.from_json(answer["first"]), Trace.from_json(second) if second else None, answer["why_no_second"]
    )


def _run(request: Mapping[str, Any], timeout: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="costcalc-") as folder:
        asked, answered = os.path.join(folder, "request.json"), os.path.join(folder, "answer.json")
        with open(asked, "w", encoding="utf-8") as file:
            json.dump(request, file)
        package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "CUDA_VISIBLE_DEVICES": ""}
        command = [sys.executable, "-m", "costcalc.importing.worker", asked, answered]
        try:
            ended = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=10 * timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CostcalcError(_too_long(timeout)) from None
        if os.path.exists(answered):
            with open(answered, encoding="utf-8") as file:
                answer: dict[str, Any] = json.load(file)
            return answer
    if -ended.returncode in (getattr(signal, "SIGXCPU", None), getattr(signal, "SIGKILL", None)):
        raise CostcalcError(_too_long(timeout))
    last = ended.stderr.decode(errors="replace").strip().splitlines()[-1:]
    raise CostcalcError(f"the code ended the process with status {ended.returncode}: {''.join(last)[:300]}")


def _too_long(timeout: int) -> str:
    return f"it takes more than {timeout} seconds of CPU time; --timeout gives it more"


def trace_module(module: Any, sizes: Shape, name: str) -> Traces:
    """A module that is at hand, traced in this process. It is copied to the meta device and left as it is."""
    from .worker import NotTraced, both_traces

    try:
        return Traces(*both_traces(module, name, [InputShape("", sizes).readings()], None))
    except NotTraced as e:
        raise UsageError(str(e)) from e
