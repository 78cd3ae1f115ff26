"""Where results go: stdout, or a file that is either wholly new or still the old one."""

from __future__ import annotations

import errno
import os
import stat
import sys
from _thread import get_ident
from collections.abc import Sequence
from typing import TYPE_CHECKING

from click.core import ParameterSource

from ..errors import CostcalcError, UsageError, printable, quoted
from ..render import UNLIMITED, render, terminal_width

if TYPE_CHECKING:
    import click

    from ..plotting import Picture
    from ..table import Table

_STDOUT = ("-", "/dev/stdout")


class OutputError(CostcalcError):
    """The results can't be written."""


def write_tables(tables: Sequence[Table], fmt: str, path: str | None, document: object = None) -> None:
    """The tables in the format ``fmt`` to ``path`` or stdout; ``document`` is what json has in their place."""
    if to_stdout(path):
        write_text(render(tables, fmt, document=document, color=_colors()), path)
    else:
        write_text(render(tables, fmt, document=document, width=UNLIMITED), path)


def picture_format(ctx: click.Context, path: str | None) -> str | None:
    """The form of the picture that the ending of ``-o FILE`` asks for; None: no picture.

    Raises :class:`UsageError` with ``--format``, which is of tables, and :class:`OutputError` for a FILE that can't be.
    """
    from ..plotting import FORMATS

    if path is None or (form := FORMATS.get(os.path.splitext(path)[1].lower())) is None:
        return None
    if ctx.get_parameter_source("fmt") is not ParameterSource.DEFAULT:
        raise UsageError(f"{quoted(path)} is a picture, which has no --format: leave it out, or name another file")
    check_writable(path)
    return form


def write_picture(picture: Picture, form: str, path: str | None) -> None:
    """Draw ``picture`` and write it to ``path``, whole or not at all."""
    from ..plotting.draw import draw

    assert path is not None
    write_bytes(draw(picture, form), path)


def to_stdout(path: str | None) -> bool:
    """Whether ``-o PATH`` (None: not given) means stdout."""
    return path is None or path in _STDOUT


def is_piped(path: str | None) -> bool:
    """Whether a table goes where no line has a width: to a file, or to a program that reads stdout."""
    return not to_stdout(path) or terminal_width() == UNLIMITED


def write_bytes(data: bytes, path: str) -> None:
    """``data`` to ``path``, whole or not at all. Raises :class:`OutputError` if it can't be written."""
    try:
        _to_file(data, path)
    except (OSError, ValueError) as e:
        raise cannot_write(path, e) from e


def check_writable(path: str) -> None:
    """Raise :class:`OutputError` for a directory, or a file in none: sooner than after all the work."""
    reason = None
    if os.path.isdir(path):
        reason = errno.EISDIR
    elif not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        reason = errno.ENOENT
    if reason is not None:
        raise cannot_write(path, OSError(reason, os.strerror(reason)))


def cannot_write(path: str | None, e: Exception) -> OutputError:
    """The error for results that ``e`` keeps from being written."""
    where = "standard output" if to_stdout(path) else f"'{printable(str(path))}'"
    reason = e.strerror if isinstance(e, OSError) and e.strerror else str(e)
    return OutputError(f"can't write to {where}: {reason}")


def write_text(text: str, path: str | None) -> None:
    """``text`` to ``path`` or stdout. Raises :class:`OutputError` if it can't be written, a closed pipe aside."""
    try:
        if to_stdout(path):
            _to_stdout(text)
        else:
            assert path is not None
            _to_file(text.encode(), path)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as e:  # ValueError: a path with a null character, a closed stdout
        if to_stdout(path):
            from .exit_status import drop

            drop(sys.stdout)
        raise cannot_write(path, e) from e


def _to_stdout(text: str) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed")
    sys.stdout.write(text)
    sys.stdout.flush()


def _to_file(data: bytes, path: str) -> None:
    """Written beside ``path`` and then put in its place, with its permissions; what is no regular file, directly."""
    target = os.path.realpath(path)
    try:
        old = os.stat(target)
    except FileNotFoundError:
        old = None
    if old is not None and not stat.S_ISREG(old.st_mode):
        _to_special(data, path)
        return
    if old is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    # Of its own name, as the file's may be as long as a name can be.
    beside = os.path.join(os.path.dirname(target), f".costcalc.{os.getpid()}.{get_ident()}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as f:
            f.write(data)
        if old is not None:
            os.chmod(beside, stat.S_IMODE(old.st_mode))
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise


def _to_special(data: bytes, path: str) -> None:
    """To a terminal, a device, a named pipe: that nobody reads from the pipe is an error, and nothing to wait for."""
    try:
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as e:
        if e.errno != errno.ENXIO:
            raise
        raise OSError(e.errno, "nobody reads from it") from e
    os.set_blocking(descriptor, True)
    with open(descriptor, "wb") as f:
        f.write(data)


def _colors() -> bool:
    """Whether stdout is a terminal that takes colours, and nobody said NO_COLOR."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):
        return False
