"""What binds files and names together: ``uses``, and the check that nothing calls itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..errors import SpecError, nearest, quoted
from ..spec.source import Source, Text
from .codes import BlockCode, NetworkCode

if TYPE_CHECKING:
    from .program import Program


class Loader(Protocol):
    """Finds and compiles the files that a spec uses."""

    def used(self, name: Text, user: Source) -> Program:
        """The program that ``name`` means in the file ``user``. Raises :class:`SpecError`."""
        ...


def import_names(program: Program, loader: Loader) -> dict[str, BlockCode | NetworkCode]:
    """The blocks and networks that ``uses`` names."""
    found: dict[str, BlockCode | NetworkCode] = {}
    for file, names in program.spec.uses:
        try:
            used = loader.used(file, program.spec.origin)
        except SpecError as e:
            program.problems.append(e if e.place is not None else file.error(e.message))
            continue
        if used.problems:
            first = used.problems[0]
            program.problems.append(file.error(f"{quoted(file.value)} has problems, the first: {first}"))
        for name in names:
            code: BlockCode | NetworkCode | None = used.blocks.get(name.value)
            if code is None and used.spec.name and name.value == used.spec.name:
                code = NetworkCode(name.value, used)
            if code is None:
                known = [*used.blocks, *([used.spec.name] if used.spec.name else [])]
                program.problems.append(
                    name.error(
                        f"{quoted(file.value)} has no block or network {quoted(name.value)}{nearest(name.value, known)}"
                    )
                )
            elif name.value in found:
                program.problems.append(name.error(f"{quoted(name.value)} comes from two files"))
            else:
                found[name.value] = code
    return found


def check_recursion(program: Program, calls: dict[str, set[str]], texts: dict[str, Text], message: str) -> None:
    """A problem for each circle among ``calls``."""
    done: set[str] = set()
    for start in calls:
        trail: list[str] = []
        _visit(program, start, calls, texts, message, trail, done)


def _visit(
    program: Program,
    name: str,
    calls: dict[str, set[str]],
    texts: dict[str, Text],
    message: str,
    trail: list[str],
    done: set[str],
) -> None:
    # An explicit stack: a chain of names in a file may be longer than Python's own.
    stack = [(name, iter(sorted(calls.get(name, ()))))]
    trail.append(name)
    while stack:
        current, following = stack[-1]
        nxt = next(following, None)
        if nxt is None:
            stack.pop()
            trail.pop()
            done.add(current)
        elif nxt in trail:
            circle = [*trail[trail.index(nxt) :], nxt]
            shown = circle if len(circle) < 8 else [*circle[:4], "…", *circle[-2:]]
            program.problems.append(texts[nxt].error(f"{message}: {' -> '.join(shown)}"))
            done.add(nxt)
        elif nxt not in done and nxt in calls:
            trail.append(nxt)
            stack.append((nxt, iter(sorted(calls[nxt]))))
