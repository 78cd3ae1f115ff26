"""Which bodies of one class are one block: those that are the longest of them without some of its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .bodies import Body, Embedding, match

Family = tuple[Body, list[tuple[int, Embedding]]]
"""The longest body, and the number of each that belongs to it with its match."""


def families(bodies: Sequence[Body]) -> Iterator[Family]:
    """Every body in one of them."""
    left = sorted(range(len(bodies)), key=lambda k: -len(bodies[k].steps))
    while left:
        base = bodies[left[0]]
        known: dict[object, Embedding | None] = {}
        passed: dict[int, tuple[int, int]] = {}
        members: list[tuple[int, Embedding]] = []
        for k in left:
            signature = bodies[k].signature
            if signature not in known:
                found = match(bodies[k], base)
                if found is not None and any(passed.get(b, wire) != wire for b, wire in found.passed.items()):
                    found = None  # another tensor would stand for the step that it lacks
                if found is not None:
                    passed |= found.passed
                known[signature] = found
            here = known[signature]
            if here is not None:
                members.append((k, here))
        yield base, members
        taken = {k for k, _ in members}
        left = [k for k in left if k not in taken]
