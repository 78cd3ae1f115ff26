"""Which elements of a tensor of the language each dimension of a framework's tensor holds, as einops writes it.

A tensor of the language has channels and axes, and perhaps stands for many parts. Each of those is made of factors:
``view`` splits and joins factors, ``permute`` reorders dimensions, and neither moves anything. So a linear layer on the
last dimension is a 1x1 convolution wherever height and width went.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import NamedTuple

_numbers = itertools.count()


class Factor(NamedTuple):
    """A range of indices that stays together. ``id`` tells it from others of its size."""

    id: int
    size: int


Factors = tuple[Factor, ...]


class Parts(NamedTuple):
    """A cut that is open: ``heads`` of channels, ``windows`` or ``grid`` of the axes; its factors for each axis.

    ``inner`` are the axes of a part when it was cut: to which ``merge`` goes back.
    """

    word: str
    factors: tuple[Factors, ...]
    inner: tuple[Factors, ...] = ()

    @property
    def all(self) -> Factors:
        """All of its factors, in order."""
        return tuple(factor for axis in self.factors for factor in axis)


class Uneven(Exception):
    """A view that cuts through a factor."""


class Layout(NamedTuple):
    """Where a framework's dimensions lie in a tensor of the language. Factors of size 1 are left out everywhere."""

    parts: tuple[Parts, ...]
    channels: Factors
    axes: tuple[Factors, ...]
    dims: tuple[Factors, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The framework's shape."""
        return tuple(map(size, self.dims))

    @property
    def own_shape(self) -> tuple[int, ...]:
        """The language's shape: channels, then a size for each axis."""
        return size(self.channels), *map(size, self.axes)

    @property
    def positions(self) -> Factors:
        """The factors of all axes, row by row."""
        return tuple(factor for axis in self.axes for factor in axis)

    @property
    def open(self) -> Factors:
        """The factors of all open cuts."""
        return tuple(factor for part in self.parts for factor in part.all)

    def view(self, shape: Sequence[int]) -> Layout:
        """Another shape of the same elements in the same order. Raises :class:`Uneven`."""
        try:
            return self._view(shape)
        except Uneven:
            return self.joined()._view(shape)

    def joined(self) -> Layout:
        """Neighbours in the framework's order that are neighbours in the tensor as well, as one factor each."""
        layout = self
        again = True
        while again:
            again = False
            for one, other in itertools.pairwise(itertools.chain(*layout.dims)):
                if layout._are_neighbours(one, other):
                    layout, again = layout._fused(one, other), True
                    break
        return layout

    def _are_neighbours(self, one: Factor, other: Factor) -> bool:
        within = [self.channels, *self.axes]
        within += [factors for part in self.parts for factors in (*part.factors, *part.inner)]
        found = [factors for factors in within if one in factors or other in factors]
        return bool(found) and all((one, other) in itertools.pairwise(factors) for factors in found)

    def _fused(self, one: Factor, other: Factor) -> Layout:
        both = new_factor(one.size * other.size)

        def within(factors: Factors) -> Factors:
            return tuple(both if factor == one else factor for factor in factors if factor != other)

        parts = tuple(Parts(p.word, tuple(map(within, p.factors)), tuple(map(within, p.inner))) for p in self.parts)
        return Layout(parts, within(self.channels), tuple(map(within, self.axes)), tuple(map(within, self.dims)))

    def _view(self, shape: Sequence[int]) -> Layout:
        layout = self
        left = list(itertools.chain(*self.dims))
        dims = []
        for wanted in shape:
            taken: list[Factor] = []
            while wanted > 1:
                if not left:
                    raise Uneven
                factor = left.pop(0)
                if wanted % factor.size == 0:
                    wanted //= factor.size
                elif factor.size % wanted == 0:
                    pieces = new_factor(wanted), new_factor(factor.size // wanted)
                    layout = layout.split(factor, pieces)
                    taken = [*taken]
                    factor, rest = pieces
                    left.insert(0, rest)
                    wanted = 1
                else:
                    raise Uneven
                taken.append(factor)
            dims.append(tuple(taken))
        if left:
            raise Uneven
        return layout._replace(dims=tuple(dims))

    def permute(self, order: Sequence[int]) -> Layout:
        """The dimensions in another order."""
        return self._replace(dims=tuple(self.dims[k] for k in order))

    def split(self, factor: Factor, pieces: Factors) -> Layout:
        """``factor`` as ``pieces``, wherever it stands."""

        def within(factors: Factors) -> Factors:
            at = factors.index(factor) if factor in factors else -1
            return factors if at < 0 else (*factors[:at], *pieces, *factors[at + 1 :])

        return Layout(
            tuple(
                Parts(part.word, tuple(map(within, part.factors)), tuple(map(within, part.inner)))
                for part in self.parts
            ),
            within(self.channels),
            tuple(map(within, self.axes)),
            tuple(map(within, self.dims)),
        )

    def renamed(self, names: Mapping[Factor, Factor]) -> Layout:
        """The same layout with other factors in place of its own."""

        def of(factors: Factors) -> Factors:
            return tuple(names.get(f, f) for f in factors)

        parts = tuple(Parts(part.word, tuple(map(of, part.factors)), tuple(map(of, part.inner))) for part in self.parts)
        return Layout(parts, of(self.channels), tuple(map(of, self.axes)), tuple(map(of, self.dims)))

    def anew(self) -> Layout:
        """The same layout with factors that no other has."""
        own = {*self.open, *self.channels, *self.positions, *(f for dim in self.dims for f in dim)}
        own |= {f for part in self.parts for axis in part.inner for f in axis}
        return self.renamed({factor: new_factor(factor.size) for factor in own})

    def replaced(self, old: Factors, new: Factors) -> Layout:
        """Other channels in place of ``old``, which all lie in one dimension or in none."""
        gone = set(old)
        dims = []
        placed = False
        for dim in self.dims:
            if gone and gone & set(dim):
                dims.append(tuple(f for f in dim if f not in gone) if placed else _swapped(dim, gone, new))
                placed = True
            else:
                dims.append(dim)
        return self._replace(channels=new, dims=tuple(dims))


def _adjacent(factors: Factors, one: Factor, two: Factor) -> bool:
    return one in factors and factors[factors.index(one) + 1 :][:1] == (two,)


def _swapped(dim: Factors, gone: set[Factor], new: Factors) -> Factors:
    at = next(k for k, factor in enumerate(dim) if factor in gone)
    kept = [f for f in dim[:at] if f not in gone], [f for f in dim[at:] if f not in gone]
    return (*kept[0], *new, *kept[1])


def size(factors: Iterable[Factor]) -> int:
    """How many indices ``factors`` have together."""
    return prod(factor.size for factor in factors)


def new_factor(number: int) -> Factor:
    """A factor like no other."""
    return Factor(next(_numbers), number)


def factors_of(number: int) -> Factors:
    """A new factor, or none for 1."""
    return (new_factor(number),) if number > 1 else ()


def fresh(channels: int, sizes: Sequence[int], order: str) -> Layout:
    """A whole tensor. ``order`` has a letter for each dimension: N (1), C, and 0, 1, 2 for the axes."""
    of = {"N": (), "C": factors_of(channels)} | {str(k): factors_of(n) for k, n in enumerate(sizes)}
    axes = tuple(of[str(k)] for k in range(len(sizes)))
    return Layout((), of["C"], axes, tuple(of[letter] for letter in order))


def refined(a: Layout, b: Layout) -> tuple[Layout, Layout, dict[Factor, Factor]] | None:
    """Both with factors of the same sizes in each dimension, and which of ``b`` is which of ``a``.

    Dimensions of 1 match anything. None if they can't be split so.
    """
    match: dict[Factor, Factor] = {}
    k = 0
    while k < len(a.dims):
        left, right = list(a.dims[k]), list(b.dims[k])
        again = False
        while left and right:
            one, other = left.pop(0), right.pop(0)
            if one.size == other.size:
                match[other] = one
                continue
            large, small = max(one.size, other.size), min(one.size, other.size)
            if large % small:
                return None
            pieces = new_factor(small), new_factor(large // small)
            if one.size == large:
                a = a.split(one, pieces)
            else:
                b = b.split(other, pieces)
            again = True
            break
        if again:
            match = {other: one for other, one in match.items() if other not in b.dims[k]}
            continue
        if (left or right) and a.dims[k] and b.dims[k]:
            return None
        k += 1
    return a, b, match


def grouped_as(factors: Factors, sizes: Sequence[int]) -> tuple[Factors, ...] | None:
    """``factors`` in groups of these sizes, in order; None if a group's border is inside of one."""
    left = list(factors)
    groups = []
    for wanted in sizes:
        group: list[Factor] = []
        while wanted > 1 and left and wanted % left[0].size == 0:
            wanted //= left[0].size
            group.append(left.pop(0))
        if wanted != 1:
            return None
        groups.append(tuple(group))
    return None if left else tuple(groups)
