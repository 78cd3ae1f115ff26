"""What binds files and names together: ``uses``, and the check that nothing calls itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..errors import SpecError, nearest, quoted
from ..language.source import Source, Text
from .codes import BlockCode, NetworkCode

if TYPE_CHECKING:
    from .program import Program


class Loader(Protocol):
    """Finds and compiles the files that a spec uses."""

    def used(self, name: Text, user: Source) -> Program:
        """The program that ``name`` means in the file ``user``. Raises :class:`SpecError`."""
        ...


def import_names(program: Program, loader: Loader) -> dict[str, BlockCode | NetworkCode]:
    """The blocks and networks that ``uses`` names. Problems of the used files are told as this one's."""
    found: dict[str, BlockCode | NetworkCode] = {}
    for file, names in program.spec.uses:
        try:
            used = loader.used(file, program.spec.origin)
        except SpecError as e:
            program.problems.append(e if e.place is not None else file.error(e.message))
            program.spec.broken.update(name.value for name in names)
            continue
        for problem in used.problems:
            program.problems.append(problem)
        for name in names:
            _import_name(program, used, file, name, found)
    return found


def _import_name(
    program: Program, used: Program, file: Text, name: Text, found: dict[str, BlockCode | NetworkCode]
) -> None:
    code: BlockCode | NetworkCode | None = used.blocks.get(name.value)
    if code is None and used.spec.name and name.value == used.spec.name:
        code = NetworkCode(name.value, used)
    if name.value in found:
        twice = "is here twice" if found[name.value].program is used else "comes from two files"
        program.problems.append(name.error(f"{quoted(name.value)} {twice}"))
    elif code is not None:
        found[name.value] = code
    elif name.value in used.spec.broken:
        program.spec.broken.add(name.value)
    else:
        known = nearest(name.value, [*used.blocks, *([used.spec.name] if used.spec.name else [])])
        message = f"{quoted(file.value)} has no block or network {quoted(name.value)}{known}"
        program.problems.append(name.error(message))
        program.spec.broken.add(name.value)


def check_recursion(program: Program, calls: dict[str, set[str]], texts: dict[str, Text], message: str) -> None:
    """A problem for each circle among ``calls``."""
    done: set[str] = set()
    for start in calls:
        if start not in done:
            _visit(program, start, calls, texts, message, done)


def _visit(
    program: Program, name: str, calls: dict[str, set[str]], texts: dict[str, Text], message: str, done: set[str]
) -> None:
    # An explicit stack: a chain of names in a file may be longer than Python's own.
    stack = [(name, iter(sorted(calls.get(name, ()))))]
    trail = {name: None}
    while stack:
        current, following = stack[-1]
        nxt = next(following, None)
        if nxt is None:
            stack.pop()
            del trail[current]
            done.add(current)
        elif nxt in trail:
            names = list(trail)
            circle = [*names[names.index(nxt) :], nxt]
            shown = circle if len(circle) < 8 else [*circle[:4], "…", *circle[-2:]]
            program.problems.append(texts[nxt].error(f"{message}: {' -> '.join(shown)}"))
        elif nxt not in done and nxt in calls:
            trail[nxt] = None
            stack.append((nxt, iter(sorted(calls[nxt]))))
