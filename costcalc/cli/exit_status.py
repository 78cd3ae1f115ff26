"""How a run ends: its exit status, one line on stderr for each error, and no traceback for what a user did."""

from __future__ import annotations

import codecs
import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

import click

FAILED_CHECK = 1
WRONG_INPUT = 2
INTERRUPTED = 130


def run(command: Callable[[], int]) -> int:
    """The exit status of ``command``. What a user can cause is told on stderr, a line for each problem."""
    sys.stdout, sys.stderr = _whole(sys.stdout), _whole(sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        _never_fails_to_encode(stream)
    _end_by_exit(signal.SIGTERM)
    try:
        status = command()
        if sys.stdout is not None:
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except click.ClickException as e:
        return _failed(e.format_message())
    except OSError as e:
        drop(sys.stdout)
        if e.errno == errno.EPIPE:  # the reader had enough, as in `costcalc … | head -1`
            return 0
        where = str(e.filename) if e.filename else "can't write to standard output"
        return _failed(f"{where}: {e.strerror or e}")
    except Exception as e:
        from ..errors import CostcalcError, SpecError  # a run that ends well does without

        if isinstance(e, SpecError):
            return _failed(*(str(problem) for problem in e.problems))
        if isinstance(e, CostcalcError):
            return _failed(str(e))
        raise
    return status


def complain(message: str) -> None:
    """One line on stderr, broken between words if that is a terminal; what could steer it is spelled out.

    Where stderr can't be written to, nobody hears it, and the exit status says it.
    """
    from ..errors import printable

    line = printable(message).replace("\n", "\\n")
    try:
        click.echo(_wrapped(f"Error: {line}"), err=True)
    except (OSError, ValueError):
        drop(sys.stderr)


def _wrapped(line: str) -> str:
    """``line`` broken between words at the width of the terminal that stderr is; as it is if it is none."""
    try:
        if sys.stderr is None or not sys.stderr.isatty():
            return line
        width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (AttributeError, OSError, ValueError):
        return line
    from textwrap import wrap

    return "\n".join(wrap(line, max(width, 20), break_long_words=False, break_on_hyphens=False))


def _failed(*messages: str) -> int:
    for message in messages:
        complain(message)
    return WRONG_INPUT


def drop(stream: TextIO | None) -> None:
    """What ``stream`` still holds goes nowhere, so that the flush at exit can't fail once more."""
    try:
        descriptor = os.open(os.devnull, os.O_WRONLY)
        if stream is not None:
            os.dup2(descriptor, stream.fileno())
        os.close(descriptor)
    except (OSError, ValueError):  # a stream without a descriptor has nothing to flush to
        pass


def _end_by_exit(number: int) -> None:
    """Let a signal that ends the process do so by an exception: a file that is half written goes."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    if signal.getsignal(number) is signal.SIG_DFL:
        with suppress(ValueError):  # in another thread than the main one
            signal.signal(number, end)


def _whole(stream: Any) -> Any:
    """``stream``, or one that writes all of a text: where Python doesn't buffer, the rest of a short write is lost."""
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.RawIOBase):
        return stream
    return io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, stream.errors, line_buffering=True)


_PLAIN = {
    **{"─": "-", "²": "^2", "³": "^3", "×": "x", "·": "*", "…": "...", "≥": ">=", "≤": "<=", "–": "-", "µ": "u"},
    **{"ρ": "rho", "α": "alpha", "φ": "phi"},
    # bars: half a cell and more is one
    **dict.fromkeys("▌▋▊▉█", "#"), **dict.fromkeys("▏▎▍", ""),
}  # fmt: skip


def _in_plain_letters(e: UnicodeError) -> tuple[str, int]:
    """What the locale's encoding lacks, in letters that it has."""
    if not isinstance(e, UnicodeEncodeError):
        raise e
    return "".join(_PLAIN.get(ch, "?") for ch in e.object[e.start : e.end]), e.end


def _never_fails_to_encode(stream: TextIO | None) -> None:
    """No text is refused: under an ASCII locale ``224²`` becomes ``224^2``."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        codecs.register_error("costcalc", _in_plain_letters)
        reconfigure(errors="costcalc")
