"""Texts that know where they stand in their file."""

from __future__ import annotations

from ..errors import Place, SpecError

MAX_PARTS = 50_000
"""Keys, values, cells and tokens of one file."""


class Source:
    """A file's text. ``name`` is the file as the user named it."""

    __slots__ = ("_lines", "name", "parts", "path", "text")

    def __init__(self, name: str, text: str, path: str = "") -> None:
        self.name = name
        self.text = text
        self.path = path
        self._lines: list[str] | None = None
        self.parts = 0

    @property
    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines

    def place(self, line: int = 1, column: int = 1) -> Place:
        return Place(self.name, line, column)

    def spend(self, parts: int, text: Text) -> None:
        """Count what the file has, so that reading it stays a matter of a second."""
        self.parts += parts
        if self.parts > MAX_PARTS:
            raise TooLarge(f"the file has more than {MAX_PARTS:,} keys, cells, names and numbers", text.place())


class TooLarge(SpecError):
    """A file that is read no further."""

    fatal = True


class Text:
    """A scalar: its value, and what is needed to find an offset of it in the file."""

    __slots__ = ("column", "line", "source", "style", "value")

    def __init__(self, value: str, source: Source, line: int, column: int, style: str | None = None) -> None:
        self.value = value
        self.source = source
        self.line = line
        self.column = column
        self.style = style

    def place(self, offset: int = 0) -> Place:
        """The place of the character at ``offset``."""
        if self.style == "|":
            before = self.value[:offset]
            line = self.line + 1 + before.count("\n")
            return self.source.place(line, self.indent() + offset - (before.rfind("\n") + 1) + 1)
        if offset == 0:
            return self.source.place(self.line, self.column)
        column = self.column + (1 if self.style in ("'", '"') else 0)
        line_text = self.source.lines[self.line - 1] if self.line <= len(self.source.lines) else ""
        if not line_text or line_text.startswith(self.value[:offset], column - 1):
            return self.source.place(self.line, column + offset)
        return self._place_in_folded(offset, column - 1)

    def _place_in_folded(self, offset: int, start: int) -> Place:
        """YAML folds line breaks and indentation of this text to spaces: all else is counted."""
        lines, row = self.source.lines, self.line - 1
        if self.style == ">":
            row, start = row + 1, 0
        at = start
        for wanted in "".join(self.value[: offset + 1].split()):
            while row < len(lines) and (at >= len(lines[row]) or lines[row][at].isspace()):
                row, at = (row, at + 1) if at < len(lines[row]) else (row + 1, 0)
            if row >= len(lines) or lines[row][at] != wanted:
                return self.source.place(self.line, self.column)  # an escape
            at += 1
        return self.source.place(row + 1, at + (offset >= len(self.value.rstrip())))

    def indent(self) -> int:
        """Columns that YAML took off the lines of a block (``|``)."""
        for line, own in zip(self.source.lines[self.line :], self.value.split("\n"), strict=False):
            if own.strip():
                return len(line) - len(own)
        return 0

    def part(self, start: int, end: int) -> Text:
        """The text from ``start`` to ``end``, on one line, with its own place."""
        place = self.place(start)
        if start == 0 and self.style in ("'", '"'):
            place = place._replace(column=place.column + 1)
        return Text(self.value[start:end], self.source, place.line, place.column)

    def error(self, message: str, offset: int = 0) -> SpecError:
        return SpecError(message, self.place(offset))
