"""Where a long sweep's rows go: ``FILE.part``, which becomes FILE when it is whole, and can be gone on with until then.

Beside it stands ``FILE.part.json``: first what was asked, then how many blocks are done and how many bytes they are.
What is behind these bytes was being written when the sweep was stopped; going on, it is cut off and done again.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import Any, BinaryIO

from ..errors import UsageError

_SECONDS = 1.0
"""The state is written down so often: more than this is never done twice."""


class State:
    """How far a sweep is, in a small file that is always whole."""

    def __init__(self, path: str, asked: dict[str, Any]) -> None:
        self.path = path
        self.asked = asked
        self.blocks = 0
        self.rows = 0
        self.invalid = 0
        self.bytes = 0
        self._written = 0.0

    def read(self) -> bool:
        """The state that is written there; False if there is none.

        Raises :class:`UsageError` if another sweep wrote it.
        """
        try:
            with open(self.path, encoding="utf-8") as f:
                found = json.load(f)
            blocks, rows, invalid, size = (int(found[key]) for key in ("blocks", "rows", "invalid", "bytes"))
            asked = found["asked"]
        except FileNotFoundError:
            return False
        except (ValueError, KeyError, TypeError):
            raise UsageError(f"'{self.path}' doesn't tell how far a sweep is; remove it to begin anew") from None
        if asked != json.loads(json.dumps(self.asked)):
            what = ", ".join(sorted(key for key in {*asked, *self.asked} if asked.get(key) != self.asked.get(key)))
            raise UsageError(f"'{self.path}' is of another sweep: it differs in {what}; remove it to begin anew")
        self.blocks, self.rows, self.invalid, self.bytes = blocks, rows, invalid, size
        return True

    def write(self) -> None:
        """Put the state down."""
        done = {key: getattr(self, key) for key in ("blocks", "rows", "invalid", "bytes")}
        beside = f"{self.path}.new"
        with open(beside, "w", encoding="utf-8") as f:
            json.dump({"asked": self.asked, **done}, f)
            f.write("\n")
        os.replace(beside, self.path)
        self._written = time.monotonic()

    def is_due(self) -> bool:
        return time.monotonic() - self._written >= _SECONDS

    def remove(self) -> None:
        os.unlink(self.path)


def left_over(part: str) -> str:
    """What to do with what a sweep left."""
    return f"'{part}' is left of a sweep that was stopped: --resume goes on with it, or remove it"


class PartFile:
    """A file of text that grows block by block."""

    def __init__(self, path: str, asked: dict[str, Any], *, resume: bool, head: str = "") -> None:
        self.target = path
        self.part = f"{path}.part"
        self.state = State(f"{self.part}.json", asked)
        if not resume and (os.path.exists(self.part) or os.path.exists(self.state.path)):
            raise UsageError(left_over(self.part))
        if resume and self.state.read():
            self._go_on()
            return
        self._file: BinaryIO = open(self.part, "wb")  # noqa: SIM115 - closed by whole() or stop()
        self._size = 0
        self._put(head)
        self.state.bytes = self._size
        self.state.write()

    def _go_on(self) -> None:
        try:
            self._file = open(self.part, "r+b")  # noqa: SIM115
        except FileNotFoundError:
            raise UsageError(f"'{self.part}' isn't there; remove '{self.state.path}' to begin anew") from None
        if os.fstat(self._file.fileno()).st_size < self.state.bytes:
            self._file.close()
            raise UsageError(f"'{self.part}' is shorter than it was; remove '{self.state.path}' to begin anew")
        self._file.truncate(self.state.bytes)
        self._file.seek(0, os.SEEK_END)
        self._size = self.state.bytes

    def add(self, text: str, rows: int, invalid: int) -> None:
        """The rows of the next block."""
        self._put(text)
        state = self.state
        state.blocks, state.rows, state.invalid = state.blocks + 1, state.rows + rows, state.invalid + invalid
        state.bytes = self._size
        if state.is_due():
            self._file.flush()
            os.fsync(self._file.fileno())
            state.write()

    def _put(self, text: str) -> None:
        data = text.encode()
        self._file.write(data)
        self._size += len(data)

    def whole(self, tail: str = "") -> None:
        """All is written: the part becomes the file."""
        self._put(tail)
        self._file.close()
        os.replace(self.part, self.target)
        self.state.remove()

    def stop(self) -> None:
        """Leave what there is for later."""
        try:
            self._file.flush()
            self.state.write()
            self._file.close()
        except OSError:  # as on a full disk: the state is that of a second ago
            self._drop()

    def discard(self) -> None:
        """Leave nothing."""
        self._drop()
        os.unlink(self.part)
        self.state.remove()

    def _drop(self) -> None:
        """Close the file, and with it what its buffer can't get rid of."""
        with suppress(OSError):
            self._file.close()
