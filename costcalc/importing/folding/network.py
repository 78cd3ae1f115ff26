"""The blocks of a network, and what is left at the top. Of several traces of one network: blocks that hold for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ..calls import Flat
from .blocks import FoldedBlock
from .bodies import BlockCall, Body, Traced, body_of
from .families import families
from .following import paired, second_shapes
from .naming import block_name, resizing
from .order import classes_in_order
from .tree import Branch, tree
from .unify import unified


class FoldedNetwork:
    """``blocks`` by name with the class of each, and for each of ``flats`` the body that calls them.

    ``second``: the one of ``flats`` at another size of its input; raises :class:`NotFollowing` if it isn't the same.
    """

    def __init__(self, flats: Sequence[Flat], without: Collection[str] = (), second: Flat | None = None) -> None:
        self.flats = flats
        roots = [tree(flat, without) for flat in flats]
        shapes = [Traced(flat.shapes()) for flat in flats]
        if second is not None:
            shapes = [Traced(flats[0].shapes(), second_shapes(flats[0], second), paired(flats[0], second))]
        of_run = {id(run): k for k, root in enumerate(roots) for run in root.branches()}
        self.blocks: dict[str, FoldedBlock] = {}
        self.classes: dict[str, str] = {}
        called: dict[int, BlockCall] = {}
        for cls, group in classes_in_order(roots):
            self._make_blocks(cls, group, [shapes[of_run[id(run)]] for run in group], called)
        self.bodies = [_top(root, shapes[k], called, flats[k]) for k, root in enumerate(roots)]

    def _make_blocks(
        self, cls: str, group: Sequence[Branch], shapes: Sequence[Traced], called: dict[int, BlockCall]
    ) -> None:
        bodies = [body_of(run, of, called, run.results) for run, of in zip(group, shapes, strict=True)]
        found = list(families(bodies))
        most = max(len(members) for _, members in found)
        for base, members in found:
            resized = "" if len(members) == most else resizing([bodies[k] for k, _ in members])
            name = block_name(cls, group[0].path, resized, self.blocks)
            self.blocks[name], given = unified(name, base, [(bodies[k], m) for k, m in members], self.blocks)
            self.classes[name] = cls
            for (k, _), arguments in zip(members, given, strict=True):
                called[id(group[k])] = BlockCall(name, arguments)


def _top(root: Branch, shapes: Traced, called: Mapping[int, BlockCall], flat: Flat) -> Body:
    root.inputs = tuple(("in", k) for k in range(len(flat.inputs)))
    body = body_of(root, shapes, called, flat.outputs)
    owners = {call.sharing[1] for call in flat.calls if call.sharing is not None}
    for step in body.steps:
        step.owner = not owners.isdisjoint(step.calls)
    return body
