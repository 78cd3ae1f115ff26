"""Layouts against numpy: what a view or a permutation says where elements are is where numpy's reshape puts them."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.importing.layout import Layout, Parts, Uneven, factors_of, fresh, refined, size


def as_array(layout: Layout, home: np.ndarray) -> np.ndarray:
    """The framework's tensor of a tensor of the language."""
    order = [*layout.open, *layout.channels, *layout.positions]
    split = home.reshape([factor.size for factor in order])
    where = [order.index(factor) for dim in layout.dims for factor in dim]
    return split.transpose(where).reshape(layout.shape)


def home_of(layout: Layout) -> np.ndarray:
    return np.arange(size(layout.open) * prod(layout.own_shape)).reshape(-1)


SHAPES = st.tuples(st.sampled_from([1, 2, 6, 12]), st.sampled_from([1, 4, 6]), st.sampled_from([1, 2, 3, 8]))


@st.composite
def moves(draw: st.DrawFn) -> tuple[tuple[int, int, int], str, list[tuple[str, tuple[int, ...]]]]:
    shape = draw(SHAPES)
    order = draw(st.sampled_from(["NC01", "N01C", "C01", "01C", "N10C"]))
    sizes = {"N": 1, "C": shape[0], "0": shape[1], "1": shape[2]}
    now = [sizes[letter] for letter in order]
    found: list[tuple[str, tuple[int, ...]]] = []
    for _ in range(draw(st.integers(0, 5))):
        if draw(st.booleans()):
            wanted = tuple(draw(st.permutations(range(len(now)))))
            now = [now[k] for k in wanted]
            found.append(("permute", wanted))
        else:
            now = draw(st.sampled_from(_views(now)))
            found.append(("view", tuple(now)))
    return shape, order, found


def _views(shape: list[int]) -> list[list[int]]:
    views = [[prod(shape)], [1, *shape]]
    for k, n in enumerate(shape):
        views += [[*shape[:k], d, n // d, *shape[k + 1 :]] for d in (2, 3, 4) if n % d == 0]
        if k + 1 < len(shape):
            views.append([*shape[:k], n * shape[k + 1], *shape[k + 2 :]])
    return [view for view in views if len(view) < 9]


@given(moves())
def test_views_and_permutations_are_where_numpy_puts_them(drawn):
    shape, order, steps = drawn
    layout = fresh(shape[0], shape[1:], order)
    home = home_of(layout)
    array = as_array(layout, home)
    for what, argument in steps:
        try:
            layout = layout.view(argument) if what == "view" else layout.permute(argument)
        except Uneven:
            return
        array = array.reshape(argument) if what == "view" else array.transpose(argument)
        assert layout.shape == array.shape
        assert (as_array(layout, home) == array).all()


@given(moves(), moves())
def test_refined_layouts_have_the_same_factors_in_each_dimension(one, other):
    layouts = []
    for shape, order, steps in (one, other):
        layout = fresh(shape[0], shape[1:], order)
        try:
            for what, argument in steps:
                layout = layout.view(argument) if what == "view" else layout.permute(argument)
        except Uneven:
            return
        layouts.append(layout)
    a, b = layouts
    if a.shape != b.shape:
        return
    found = refined(a, b)
    if found is None:
        return
    x, y, match = found
    assert (as_array(x, home_of(a)) == as_array(a, home_of(a))).all()
    assert (as_array(y, home_of(b)) == as_array(b, home_of(b))).all()
    assert [[match[f] for f in dim] for dim in y.dims] == [list(dim) for dim in x.dims]


def test_a_view_through_a_factor_is_uneven():
    layout = fresh(6, (4, 4), "NC01")
    with pytest.raises(Uneven):
        layout.view((1, 4, 24))
    with pytest.raises(Uneven):
        layout.view((6, 4))


def test_open_parts_come_first_and_are_split_too():
    (head,), (channel,) = factors_of(4), factors_of(6)
    layout = Layout((Parts("heads", ((head,),)),), (channel,), ((), ()), ((head, channel),))
    assert layout.shape == (24,)
    twice = layout.view((2, 2, 6))
    assert size(twice.open) == 4
    assert twice.own_shape == (6, 1, 1)
