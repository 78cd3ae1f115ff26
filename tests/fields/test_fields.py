"""Receptive fields: published ones, what each op says, and what gradients say."""

from __future__ import annotations

import pytest

from costcalc.errors import UsageError
from costcalc.fields import Field, joined, through
from costcalc.ops import Activation, Op, Seen

from ..cli.running import run
from ..loading import load
from ..ops.cases import CASES, IDS, Case

# Araujo, Norris and Sim 2019, Distill, and the table of github.com/google-research/receptive_field: the last map.
# Offsets where the spec pads as their models do (SAME); theirs are "effective padding", with the other sign.
PUBLISHED = [
    ("alexnet_one_tower", 195, 32, None),
    ("vgg_16", 212, 32, -90),
    ("inception_v2", 699, 32, -318),
    ("inception_v3", 1311, 32, -618),
    ("inception_v4", 2071, 32, -998),
    ("inception_resnet_v2", 3039, 32, -1482),
    ("mobilenet_v1", 315, 32, -126),
    ("resnet_50", 483, 32, None),
    ("resnet_101", 1027, 32, None),
    ("resnet_152", 1507, 32, None),
]
VGG_16 = {"conv1.1": (3, 1), "maxpool1": (6, 2), "conv2.1": (10, 4), "maxpool2": (16, 6), "conv3.2": (32, 14),
          "maxpool3": (44, 18), "maxpool4": (100, 42), "conv5.2": (164, 74), "conv5.3": (196, 90)}  # fmt: skip


@pytest.mark.parametrize(("name", "size", "stride", "offset"), PUBLISHED)
def test_published_fields(name: str, size: int, stride: int, offset: int | None) -> None:
    fields = load(name).cost().receptive_fields().values()
    for axis in [field for field in fields if field[0].size is not None][-1]:
        assert (axis.size, axis.stride, axis.finer) == (size, stride, 1)
        assert offset is None or axis.offset == offset


def test_vgg_16_layer_by_layer() -> None:
    fields = load("vgg_16").cost().receptive_fields()
    found = {name: next(field for path, field in fields.items() if path.startswith(name))[0] for name in VGG_16}
    assert {name: (field.size, -(field.offset or 0)) for name, field in found.items()} == VGG_16


def test_stride_in_the_3x3_makes_resnet_s_field_smaller_and_its_paths_unaligned() -> None:
    fields = load("resnet_50_v1_5").cost().receptive_fields()["conv5_x.3.out"]
    assert fields == (Field(427, 32, 1, None),) * 2


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_op_says_what_it_sees_along_each_axis(case: Case) -> None:
    op, shapes = case.at({name: k % 3 + 1 for k, name in enumerate(case.numbers)})
    output = op.out_shapes(shapes)[0]
    for shape in shapes or (output,):
        seen = op.sees(shape, output)
        assert len(seen) == len(shape) - 1
        assert all(one.size >= 1 and one.stride >= 1 and one.finer >= 1 for one in seen)


def test_an_op_that_says_nothing_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"what relu sees of its input isn't said"):
        Op.sees(Activation("relu"), (4, 3, 3), (4, 3, 3))


# -- by hand


def test_a_field_grows_by_the_stride_so_far() -> None:
    field = through(through(Field(), Seen(7, 2, 3)), Seen(3, 2, 1))
    assert field == Field(11, 4, 1, -5)
    assert through(field, Seen(5, 1, 2)) == Field(11 + 4 * 4, 4, 1, -5 - 2 * 4)


def test_a_map_made_finer_again() -> None:
    coarse = Field(5, 4, 1, 0)
    finer = through(coarse, Seen(1, 1, None, finer=2))
    assert finer == Field(5, 2, 1, None, grain=4)
    assert through(finer, Seen(2)).size == 9, "two that lie side by side may be of two of the coarse elements"
    assert through(finer, Seen(3)).size == 9
    assert through(coarse, Seen(2, 2, None, finer=16)) == Field(9, 1, 2, None, grain=4)
    assert through(Field(3, 1, 2, 0), Seen(2)).size == 4, "half a pixel more touches one more pixel"


@pytest.mark.parametrize(
    ("fields", "whole"),
    [
        ([Field(3, 1, 1, -1), Field(5, 1, 1, -2)], Field(5, 1, 1, -2)),
        ([Field(3, 2, 1, 0), Field(1, 2, 1, 0)], Field(3, 2, 1, None)),  # other middles
        ([Field(3, 2, 1, -1), Field(3, 1, 1, -1)], Field(None, offset=None, why="strides")),
        ([Field(3, 2, 1, -1), Field(None, why="nothing", offset=None)], Field(3, 2, 1, -1)),
        ([Field(3, 2, 1, -1), Field(None, why="all", offset=None)], Field(None, why="all", offset=None)),
        ([Field(None, why="part", offset=None), Field(None, why="all", offset=None)],
         Field(None, why="part", offset=None)),
    ],
)  # fmt: skip
def test_joined_paths(fields: list[Field], whole: Field) -> None:
    made = joined(fields)
    assert (made.size, made.offset, made.why) == (whole.size, whole.offset, whole.why)


def test_attention_in_windows_doesnt_see_all_and_a_global_pool_behind_them_does() -> None:
    fields = load("swin_t").cost().receptive_fields()
    assert {one.why for name, field in fields.items() if "attend" in name for one in field} == {"part"}
    assert list(fields.values())[-1][0].why == "all"


# -- the columns


def _out(*words: str) -> str:
    return run(*words).stdout


def test_columns_of_show() -> None:
    columns = "name,receptive_field,receptive_stride,receptive_offset"
    text = _out("show", "vgg_16", "--columns", columns, "--format", "csv")
    assert "conv5.1.conv,196x196,16x16,-90 -90" in text
    assert "fc6.1,all,," in text


def test_columns_are_of_rows_that_have_a_last_layer() -> None:
    assert "no column 'receptive_field'" in run("show", "vgg_16", "--by", "op", "--columns", "receptive_field").stderr


def test_the_words_are_explained_below() -> None:
    text = _out("show", "retinanet_50", "--by", "stage", "--columns", "name,receptive_field,receptive_offset")
    assert "Offset ?: joined paths have other middles" in text
    assert "all: every position" not in text
    assert "all: every position" in _out("show", "vit_b_16", "--by", "stage", "--columns", "name,receptive_field")
