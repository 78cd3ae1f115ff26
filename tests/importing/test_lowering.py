"""Stored traces of small modules, one for each operation and each gap: the spec has PyTorch's own counts and shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from costcalc.importing.calls import Flat
from costcalc.importing.checking import check
from costcalc.importing.flat_text import flat_text
from costcalc.importing.lowering.context import Gaps
from costcalc.importing.lowering.lower import lower
from costcalc.importing.record import Trace
from costcalc.importing.rewrites import rewritten

FOLDER = Path(__file__).parent / "records"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
GAPS = {
    "gap_fft": "an operation without a word",
    "gap_dynamic_weight": "a convolution whose weights are computed from the input",
    "gap_topk": "a running sum, a spread or an order of elements",
    "gap_gather": "positions that a table of indices picks",
    "gap_weight_of_others": "a weight that is made of other weights",
    "gap_swapped_axes": "positions in another order",
}


def trace_of(name: str) -> Trace:
    return Trace.from_json((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def flat_of(name: str) -> Flat:
    return rewritten(lower(trace_of(name)))


def words(name: str) -> list[str]:
    return [call.word for call in flat_of(name).calls]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in GAPS])
def test_the_spec_has_the_modules_counts_and_shapes(name):
    flat, trace = flat_of(name), trace_of(name)
    checked = check(flat_text(flat), flat, trace, None)
    assert checked.shapes == ()
    assert checked.agrees, checked.sides
    assert sum(call.params for call in flat.calls) == checked.sides[0].params


@pytest.mark.parametrize("name", sorted(GAPS))
def test_a_gap_is_told_by_name(name):
    with pytest.raises(Gaps) as found:
        lower(trace_of(name))
    assert {gap.kind for gap in found.value.gaps} == {GAPS[name]}
    assert all(gap.source.startswith("importer_records.py:") for gap in found.value.gaps)


def test_every_gap_has_a_record():
    assert GAPS.keys() == {name for name in NAMES if name.startswith("gap_")}


def test_convolution_norm_and_activation_are_one_call():
    (call,) = flat_of("conv_norm_act").calls
    assert (call.word, call.arguments["norm"], call.arguments["act"], call.path) == ("conv", "bn", "relu", "conv")


def test_what_something_else_reads_stays_apart():
    assert words("conv_read_twice") == ["conv", "act", "add"]


def test_tensorflows_padding_is_same_and_other_padding_stays():
    assert words("conv_same_padding") == ["conv"]
    assert words("conv_other_padding") == ["pad", "conv"]


def test_views_cost_no_call():
    assert words("channels_last") == ["ln", "conv", "scale"]
    assert words("shuffle") == ["shuffle"]
    assert words("patches_as_channels") == ["space_to_depth", "conv"]


def test_attention_is_one_call_however_it_is_written():
    for name in ("attention", "attention_by_hand"):
        assert words(name) == ["conv", "split", "attend", "conv"]
    (attend,) = [call for call in flat_of("attention_by_hand").calls if call.word == "attend"]
    assert attend.arguments == {"heads": 2, "bias": 961}


def test_windows_begin_where_the_code_cuts_them():
    assert words("attention_in_windows")[:3] == ["windows", "conv", "split"]
    assert words("attention_in_a_grid")[:3] == ["grid", "conv", "split"]


def test_shared_weights_are_said_and_norms_are_their_own():
    first, second = flat_of("shared").calls
    assert second.sharing == ("weights", first.id)


def test_what_the_forward_pass_does_not_read_is_told():
    assert dict(trace_of("unused").unused) == {"other.weight": 32, "other.bias": 4}
