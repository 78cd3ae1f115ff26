"""The runs of modules around the calls as a tree, and which of them are worth a block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator

from ..calls import Flat, LayerCall, ModuleRun, Ref

CONTAINERS = {"Sequential", "ModuleList", "ModuleDict"}
"""Classes that say nothing about what they hold."""
MOST_INPUTS = 4
ALIKE = 4
"""Sequentials that make a block, and words that make its name."""


class Leaf:
    """A call. ``path`` names it if it has a module of its ``own``; else that is of the module whose code makes it.

    ``container`` is the Sequential or list that it stood in.
    """

    __slots__ = ("call", "container", "own", "path")

    def __init__(self, call: LayerCall) -> None:
        self.call = call
        self.path = call.path
        self.own = bool(call.path) and not (call.stack and call.stack[-1].path == call.path)
        self.container = ""


class Branch:
    """A run of a module: what ran in it, in order.

    Where a class isn't known (ONNX), the path without its numbers stands for it: ``layer.`` of layer1.0.
    """

    __slots__ = ("cls", "container", "has_class", "inputs", "kids", "path", "results")

    def __init__(self, run: ModuleRun) -> None:
        self.path = run.path
        self.cls = run.cls or re.sub(r"\d+", "", run.path)
        self.has_class = bool(run.cls)
        self.container = ""
        self.kids: list[Leaf | Branch] = []
        self.inputs: tuple[Ref, ...] = ()
        self.results: tuple[Ref, ...] = ()

    def leaves(self) -> Iterator[Leaf]:
        for kid in self.kids:
            if isinstance(kid, Leaf):
                yield kid
            else:
                yield from kid.leaves()

    def branches(self) -> Iterator[Branch]:
        """All below, the innermost first."""
        for kid in self.kids:
            if isinstance(kid, Branch):
                yield from kid.branches()
                yield kid

    def height(self) -> int:
        return 1 + max((kid.height() for kid in self.kids if isinstance(kid, Branch)), default=0)


def tree(flat: Flat, without: Collection[str] = ()) -> Branch:
    """The network as the run of a module. Runs that make no block are opened: their kids stand in their place.

    These are containers, runs of one call, those of several results or none of their own input, rows of copies,
    classes that ran once, or that ``without`` names, and runs that share weights with others.
    """
    root = _built(flat)
    _find_alike(root)
    owners = {call.sharing[1] for call in flat.calls if call.sharing is not None}
    containers = {id(run) for run in root.branches() if _is_container(run) or run.cls in without}
    _open(root, lambda run: id(run) in containers, remember=True)
    _open(root, lambda run: any(x.call.sharing is not None or x.call.id in owners for x in run.leaves()))
    rows = {run.cls for run in root.branches() if _is_row_of_copies(run)}
    _single(root, rows)
    _open(root, _is_row_of_copies)
    kept = {cls for cls in _once(root) if not all(_is_chain(run) for run in root.branches() if run.cls == cls)}
    _open_till_settled(root, flat, kept)
    if not _is_chain(root):  # such a class is worth a block only where what is left is a table
        _open_till_settled(root, flat, set())
    return root


def _once(root: Branch) -> set[str]:
    return {cls for cls, number in Counter(run.cls for run in root.branches()).items() if number == 1}


def _open_till_settled(root: Branch, flat: Flat, kept: Collection[str]) -> None:
    """Open classes that ran once, other than ``kept``, and runs that aren't functions, which may leave others alone."""
    before = -1
    while before != (before := sum(1 for _ in root.branches())):
        _find_ends(root, flat)
        once = _once(root) - set(kept)
        _open(root, lambda run, once=once: run.cls in once or not _is_function(run))  # type: ignore[misc]
        _single(root)
    _find_ends(root, flat)


def _is_container(run: Branch) -> bool:
    """Whether it only holds others: by its class, or as all that it holds has numbers for names."""
    if run.has_class:
        return run.cls in CONTAINERS
    own = any(isinstance(kid, Leaf) and not kid.own for kid in run.kids)
    return not own and all(kid.path.rpartition(".")[2].isdigit() for kid in run.kids)


def _find_alike(run: Branch) -> None:
    """Sequentials in a row that do the same, four or more, are runs of a class, which has its calls for a name."""
    forms: dict[tuple[str, ...], list[Branch]] = {}
    for kid in run.kids:
        if isinstance(kid, Branch):
            _find_alike(kid)
            if (
                run.cls in (*CONTAINERS, "")
                and kid.cls in CONTAINERS
                and len(kid.kids) > 1
                and not _is_row_of_copies(kid)
            ):
                forms.setdefault(tuple(x.cls if isinstance(x, Branch) else x.call.word for x in kid.kids), []).append(
                    kid
                )
    for form, runs in forms.items():
        if len(runs) >= ALIKE:
            for found in runs:
                found.cls = "_".join(form) if len(form) <= ALIKE else f"{run.path.rpartition('.')[2]}_block"


def _built(flat: Flat) -> Branch:
    root = Branch(ModuleRun("", "", ""))
    open_runs = [root]
    open_keys: list[str] = []
    for call in flat.calls:
        stack = [run for run in call.stack if run.path]
        common = 0
        while common < min(len(stack), len(open_keys)) and stack[common].key == open_keys[common]:
            common += 1
        del open_runs[common + 1 :], open_keys[common:]
        for run in stack[common:]:
            branch = Branch(run)
            open_runs[-1].kids.append(branch)
            open_runs.append(branch)
            open_keys.append(run.key)
        open_runs[-1].kids.append(Leaf(call))
    return root


def _open(run: Branch, test: Callable[[Branch], bool], *, remember: bool = False) -> None:
    """Let the kids of runs that pass ``test`` stand in their place; ``remember`` which container they are from."""
    kids: list[Leaf | Branch] = []
    for kid in run.kids:
        if isinstance(kid, Branch):
            _open(kid, test, remember=remember)
            if test(kid):
                if remember:
                    for inner in kid.kids:
                        inner.container = inner.container or kid.path
                kids += kid.kids
                continue
        kids.append(kid)
    run.kids = kids


def _single(root: Branch, rows: Collection[str] = ()) -> None:
    """A run of one call, or of one run, is that, under its own name; not so if most runs of its class do more.

    ``rows`` are classes of rows of copies, of which one may have a single copy.
    """
    more: Counter[str] = Counter()
    for run in root.branches():
        more[run.cls] += 1 if len(run.kids) > 1 else -1
    _collapse(root, {cls for cls, number in more.items() if number > 0 and cls not in rows})


def _collapse(run: Branch, whole: set[str]) -> None:
    for k, kid in enumerate(list(run.kids)):
        while isinstance(kid, Branch) and len(kid.kids) == 1 and kid.cls not in whole:
            (only,) = kid.kids
            only.container = kid.container
            only.path = kid.path
            if isinstance(only, Leaf):
                only.own = True
            run.kids[k] = only
            kid = only
        if isinstance(kid, Branch):
            _collapse(kid, whole)


def _is_row_of_copies(run: Branch) -> bool:
    """Whether it is mostly runs of one class, one behind the other: a stage."""
    classes = Counter(kid.cls for kid in run.kids if isinstance(kid, Branch))
    if not classes:
        return False
    number = max(classes.values())
    return number >= 2 and 2 * number >= len(run.kids) and _is_chain(run)


def _is_chain(run: Branch) -> bool:
    before: set[int | str] | None = None
    for kid in run.kids:
        leaves = [kid] if isinstance(kid, Leaf) else list(kid.leaves())
        made: set[int | str] = {leaf.call.id for leaf in leaves}
        taken = {ref[0] for leaf in leaves for ref in leaf.call.inputs} - made
        if before is not None and not taken <= before:
            return False
        before = made
    return True


def _is_function(run: Branch) -> bool:
    return len(run.results) == 1 and 1 <= len(run.inputs) <= MOST_INPUTS


def _find_ends(root: Branch, flat: Flat) -> None:
    """What each run takes from outside, and which of its tensors others take."""
    at = {leaf.call.id: k for k, leaf in enumerate(root.leaves())}
    last: dict[Ref, int] = {}
    for leaf in root.leaves():
        for ref in leaf.call.inputs:
            last[ref] = at[leaf.call.id]
    last |= dict.fromkeys(flat.outputs, len(at))
    for run in root.branches():
        leaves = [leaf.call for leaf in run.leaves()]
        first, end = at[leaves[0].id], at[leaves[-1].id]
        taken = dict.fromkeys(ref for call in leaves for ref in call.inputs)
        run.inputs = tuple(ref for ref in taken if ref[0] == "in" or not first <= at[int(ref[0])] <= end)
        made = ((call.id, port) for call in leaves for port in range(len(call.outputs)))
        run.results = tuple(ref for ref in made if last.get(ref, -1) > end)
