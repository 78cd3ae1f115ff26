"""How a run ends: its exit status, one line on stderr for each error, and no traceback for what a user did."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from collections.abc import Callable
from typing import TextIO

import click

FAILED_CHECK = 1
WRONG_INPUT = 2
INTERRUPTED = 130


def run(command: Callable[[], int]) -> int:
    """The exit status of ``command``. What a user can cause is told on stderr, a line for each problem."""
    for stream in (sys.stdout, sys.stderr):
        _never_fails_to_encode(stream)
    try:
        status = command()
        if sys.stdout is not None:
            sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except click.ClickException as e:
        return _failed(e.format_message())
    except OSError as e:
        drop_stdout()
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
    """One line on stderr; what could steer a terminal is spelled out."""
    from ..errors import printable

    line = printable(message).replace("\n", "\\n")
    click.echo(f"Error: {line}", err=True)


def _failed(*messages: str) -> int:
    for message in messages:
        complain(message)
    return WRONG_INPUT


def drop_stdout() -> None:
    """What stdout still holds goes nowhere, so that the flush at exit can't fail once more."""
    try:
        descriptor = os.open(os.devnull, os.O_WRONLY)
        if sys.stdout is not None:
            os.dup2(descriptor, sys.stdout.fileno())
        os.close(descriptor)
    except (OSError, ValueError):  # a stdout without a descriptor has nothing to flush to
        pass


_PLAIN = {"─": "-", "²": "^2", "×": "x", "…": "...", "≥": ">=", "≤": "<=", "ρ": "rho", "α": "alpha"}


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
