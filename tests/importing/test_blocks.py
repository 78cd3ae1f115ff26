"""Small networks whose blocks must say just what they say: conditions, repeats, what passes on."""

from __future__ import annotations

import re

from costcalc.importing.calls import Flat, ModuleRun
from costcalc.importing.folding import fold

from .random_flats import Growing
from .stored import stored


def blocks(flat: Flat) -> str:
    """The blocks and layers of the folded text; without a note."""
    found = fold(flat)
    assert found.folded
    assert not found.notes
    start = found.text.find("blocks:")
    return found.text[start if start >= 0 else found.text.index("input:") :]


def rows(flat: Flat) -> list[list[str]]:
    """The cells of the table, without stage and input."""
    table = blocks(flat).partition("layers: |\n")[2].splitlines()
    return [[cell.strip() for cell in row.split("|")][2:] for row in table]


def test_an_expansion_by_one_that_is_there_is_no_absent_one() -> None:
    net = Growing(8, 16)
    for number, t in enumerate((None, 1, 6)):
        net.module(f"m.{number}", "Unit")
        if t is not None:
            net.conv(1, 8 * t, name="expand")
        net.dwconv(3, 1, "dw")
    text = blocks(net.flat())
    assert "t != 1" not in text
    assert "with_expand" in text


def test_a_stride_without_new_channels_has_no_sum() -> None:
    net = Growing(8, 16)
    for number, (c, s) in enumerate(((8, 1), (8, 2), (16, 1), (16, 1), (16, 2))):
        net.module(f"m.{number}", "Unit")
        start, before = net.current, net.shapes[net.current][0]
        net.conv(3, c, s, name="wide")
        net.conv(1, c, name="conv")
        if s == 1 and c == before:
            net.join("add", start, net.current)
    assert "add(in, conv) if s == 1 and c == in.c" in blocks(net.flat())


def test_copies_between_which_something_is_taken_are_no_repeat() -> None:
    net = Growing(8, 16)
    made = []
    for number in range(4):
        net.module(f"m.{number}", "Unit")
        net.conv(3, 8, name="a")
        made.append(net.conv(1, 8, name="b"))
    net.stack = ()
    net.join("add", made[1], net.current)
    text = blocks(net.flat())
    assert text.count("2 * unit") == 2


def test_what_a_block_gives_need_not_be_its_last_call() -> None:
    net = Growing(8, 16)
    for number in range(3):
        net.module(f"m.{number}", "Unit")
        start = net.current
        x = net.conv(3, 8, name="a")
        net.current = start
        y = net.conv(1, 8, name="b")
        net.join("add", x, y) if number != 1 else net.join("add", y, x)
    fold_text = blocks(net.flat())
    assert "add(a, b)" in fold_text
    assert "add(b, a)" in fold_text


def test_another_tensor_than_the_current_one_passes_on_by_name() -> None:
    net = Growing(8, 16)
    for number, gated in enumerate((True, False, True)):
        net.module(f"m.{number}", "Unit")
        x = net.conv(3, 8, name="a")
        if gated:
            net.call("avgpool", {}, (x,), (8, 1, 1), name="pool")
            gate = net.conv(1, 8, name="gate")
            net.join("mul", x, gate)
        net.conv(1, 8, name="last")
    text = blocks(net.flat())
    assert "mul(a, gate) if" in text


def test_the_tensor_that_stands_for_a_missing_sum_is_named() -> None:
    net = Growing(8, 16)
    for number, whole in enumerate((True, False, True)):
        net.module(f"m.{number}", "Unit")
        start = net.current
        x = net.conv(3, 8, name="a")
        net.current = start
        y = net.conv(5, 8, name="b")
        net.join("mul", net.join("add", x, y) if whole else x, y)
    assert "add(a, b) if residual else a\n" in blocks(net.flat())


def test_a_class_of_two_bodies_has_two_blocks() -> None:
    net = Growing(8, 16)
    for number in range(4):
        net.module(f"m.{number}", "Unit")
        start = net.current
        if number % 2:
            net.conv(3, 8, name="a")
            net.join("add", start, net.current)
        else:
            net.conv(3, 8, name="a")
            net.conv(5, 8, name="b")
            net.dwconv(3, 2 if number == 0 else 1, "c")
    text = blocks(net.flat())
    assert "\n  unit(" in text
    assert "\n  unit_2:" in text or "\n  unit_down" in text


def test_two_like_modules_with_a_sum_around_them_stay_in_their_block() -> None:
    net = Growing(8, 16)
    for number in range(3):
        unit = ModuleRun(f"m.{number}", f"m.{number}", "Unit")
        start = net.current
        for part in ("conv1", "conv2"):
            net.stack = (unit, ModuleRun(f"m.{number}.{part}", f"m.{number}.{part}", "Pair"))
            net.conv(3, 8, name="a")
            net.dwconv(3, 1, "b")
        net.stack = (unit,)
        net.join("add", start, net.current)
    assert rows(net.flat()) == [["operator", "n"], ["unit", "3"]]


def test_strides_of_rows_are_those_of_their_first_copy() -> None:
    net = Growing(8, 32)
    for number, s in enumerate((2, 1, 1, 2, 2)):
        net.module(f"m.{number}", "Unit")
        net.conv(3, 8, s, name="a")
        net.conv(1, 8, name="b")
    assert rows(net.flat()) == [["operator", "s", "n"], ["unit", "2", "3"], ["unit", "2", "1"], ["unit", "2", "1"]]


def test_flags_that_alternate_are_one_row() -> None:
    net = Growing(8, 16)
    for number in range(6):
        net.module(f"m.{number}", "Unit")
        if number % 2:
            net.call("roll", {"by": (3, 3)}, (net.current,), net.shapes[net.current], name="shift")
        net.conv(3, 8, name="a")
        net.conv(1, 8, name="b")
    assert rows(net.flat()) == [["operator", "shifted", "n"], ["unit", "i % 2 == 0", "6"]]


def test_a_size_is_that_of_the_tensor_that_has_it_at_both_sizes() -> None:
    def made(size: int) -> Flat:
        net = Growing(8, size)
        half = net.conv(3, 8, 2, name="half")
        fixed = net.call("resize", {"size": (32, 32)}, (("in", 0),), (8, 32, 32), name="fixed")
        net.current = half
        net.conv(3, 8, 2, name="quarter")
        net.call("resize", {"size": net.shapes[half][1:]}, (net.current,), net.shapes[half], name="up")
        up = net.join("add", half, net.current)
        net.call("resize", {"size": (32, 32)}, (up,), (8, 32, 32), name="last")
        net.join("add", fixed, net.current)
        return net.flat()

    found = fold(made(64), made(96))  # at the first, fixed and half are of one size
    assert found.fixed == ""
    assert "resize(half.size)" in found.text
    assert found.text.count("resize(32x32)") == 2


def test_windows_are_cut_where_the_map_is_larger_and_merged_in_the_module_that_cut() -> None:
    net = Growing(8, 28)
    for number in range(6):
        unit = ModuleRun(f"m.{number}", f"m.{number}", "Unit")
        attn = ModuleRun(f"m.{number}.attn", f"m.{number}.attn", "Attention")
        start, (c, *size) = net.current, net.shapes[net.current]
        net.stack = (unit, attn)
        x = net.current
        if number % 2 and size[0] > 7:
            by = tuple(n - 3 for n in size)
            x = net.call("roll", {"by": by}, (x,), (c, *size), name="shift")
        if size[0] > 7:
            x = net.call("windows", {"size": (7, 7)}, (x,), (c, 7, 7))
        net.current = x
        net.conv(1, c, name="proj")
        net.stack = (unit,)
        if size[0] > 7:
            net.call("merge", {}, (net.current,), (c, *size))
        net.join("add", start, net.current)
        if number % 2:
            net.stack = ()
            net.conv(2, 2 * c, 2, name=f"down{number}")
    text = blocks(net.flat())
    assert "windows(7x7) if in.h > 7" in text
    assert "merge if in.h > 7" in text
    assert "roll([in.h - 3, in.w - 3]) if shifted" in text
    assert "unit:" not in text  # it has a flag for its attention
    assert text.count("i % 2 == 0") == 2


def without_classes(flat: Flat) -> Flat:
    """As of an ONNX file, whose nodes have the paths of modules and no classes."""
    for call in flat.calls:
        call.stack = tuple(run._replace(cls="") for run in call.stack)
    return flat


def test_paths_alone_make_blocks() -> None:
    text = blocks(without_classes(stored("resnet50")))
    assert "\n  layer(c, s):\n" in text
    assert re.search(r"layer2 .* layer .* 512 .* 2 .* 4\n", text)
    assert "inverted" not in blocks(without_classes(stored("mobilenet_v2")))
    for name in ("resnet50", "mobilenet_v2", "efficientnet_b0", "vit_b_16"):
        assert len(blocks(without_classes(stored(name))).splitlines()) <= 34


def test_sequentials_in_a_row_are_a_block() -> None:
    net = Growing(8, 32)
    for number, (c, s) in enumerate(((16, 1), (32, 2), (32, 1), (64, 2))):
        net.stack = tuple(ModuleRun(path, path, "Sequential") for path in ("model", f"model.{number}"))
        net.dwconv(3, s, "0")
        net.conv(1, c, name="3")
    text = blocks(net.flat())
    assert "\n  dwconv_conv(c, s): dwconv(3x3, s) -> conv(1x1, c)\n" in text
    assert "model_3" in text


def test_a_bias_that_some_runs_have_is_an_argument() -> None:
    net = Growing(8, 16)
    for number, bias in enumerate((True, False, True)):
        net.module(f"m.{number}", "Unit")
        net.call("conv", {"k": (3, 3), "c": 8, "bias": bias}, (net.current,), (8, 16, 16), name="a")
        net.conv(1, 8, name="b")
    text = blocks(net.flat())
    assert "conv(3x3, in.c, bias=bias)" in text
    assert rows(net.flat())[1:] == [["unit", "yes"], ["unit", "no"], ["unit", "yes"]]


def test_a_norm_that_some_runs_have_decides_about_their_bias() -> None:
    net = Growing(8, 16)
    for number, norm in enumerate(("bn", "none", "bn")):
        net.module(f"m.{number}", "Unit")
        net.conv(3, 8, norm=norm, name="a")
        net.conv(1, 8, name="b")
    assert "norm=norm, bias=bias" in blocks(net.flat())


def test_where_a_block_of_two_tensors_is_lacking_one_of_them_passes_on() -> None:
    net = Growing(8, 16)
    for number, mixed in enumerate((True, False, True)):
        unit = ModuleRun(f"m.{number}", f"m.{number}", "Unit")
        net.stack, start = (unit,), net.current
        x = net.conv(3, 8, name="a")
        net.current = start
        y = net.conv(5, 8, name="b") if mixed else start
        if mixed:
            net.stack = (unit, ModuleRun(f"m.{number}.mix", f"m.{number}.mix", "Mix"))
            net.current = net.join("mul", x, y)
            net.conv(1, 8, name="c")
            net.stack = (unit,)
        else:
            net.current = x
        net.conv(1, 8, name="d")
    assert "(a, b) -> mix" in blocks(net.flat())
    assert " else a\n" in blocks(net.flat())
