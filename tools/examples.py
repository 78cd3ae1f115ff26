"""What a page's commands work on: a folder with files of docs/examples, which the page may change."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import docs

EXAMPLES = docs.ROOT / "docs" / "examples"


class Folder:
    """A folder of its own for the commands of a page, with these files of docs/examples."""

    def __init__(self, *names: str) -> None:
        self._made = tempfile.TemporaryDirectory()
        self.path = Path(self._made.name)
        for name in names:
            shutil.copy(EXAMPLES / name, self.path)

    def text(self, name: str) -> str:
        """A fenced block: a file of the folder."""
        text = (self.path / name).read_text(encoding="utf-8").rstrip("\n")
        kind = {"py": "python", "csv": "text"}.get(name.rpartition(".")[2], name.rpartition(".")[2])
        return f"```{kind}\n{text}\n```"

    def change(self, name: str, old: str, new: str) -> None:
        """Put ``new`` in the place of ``old``, which the file has just once."""
        text = (self.path / name).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise SystemExit(f"{name} has {old!r} {text.count(old)} times")
        (self.path / name).write_text(text.replace(old, new), encoding="utf-8")

    def shell(self, command: str, **cut: Any) -> str:
        """As `docs.shell`, run in the folder."""
        with contextlib.chdir(self.path):
            return docs.shell(command, **cut)
