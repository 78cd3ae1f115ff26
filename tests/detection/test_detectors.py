"""The detectors of EfficientDet's tables: what their specs promise beyond the printed figures and exact counts."""

from __future__ import annotations

import time

import numpy as np
import pytest

import costcalc
from costcalc.errors import CostcalcError

from ..loading import convention, load

NAMES = [f"efficientdet_{d}" for d in ("d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d7x")]
FUSIONS = ("none", "unbounded", "softmax", "fast")


def stages(name, **at):
    cost = load(name).cost(**at)
    return cost, {row.name: row for row in cost.by("stage")}


@pytest.mark.parametrize("name", NAMES)
def test_the_stages_are_backbone_feature_network_and_two_heads(name):
    cost, rows = stages(name)
    assert list(rows) == ["backbone_net", "feature_net", "class_net", "box_net"]
    assert sum(r.params for r in rows.values()) == cost.params
    assert sum(r.mult_adds for r in rows.values()) == cost.mult_adds


@pytest.mark.parametrize("name", NAMES)
def test_a_head_has_its_convolutions_once_and_its_batch_norms_at_each_level(name):
    """2·D·L·W params of batch norms, L levels; the convolutions cost as much per pixel at each of the levels."""
    net = load(name)
    at = net.parameters
    w, d, levels = at["W"], at["D_class"], 6 if at["P8"] else 5
    convs = d * (w * w + 9 * w + w) + 9 * w + w * 810 + 810
    pixels = sum((at["res"] // 2**k) ** 2 for k in range(3, 3 + levels))
    _, rows = stages(name)
    assert rows["class_net"].params == convs + 2 * d * levels * w
    assert rows["class_net"].mult_adds == pixels * (d * (w * w + 9 * w) + 9 * w + w * 810)


def test_phi_makes_what_the_equations_say_and_the_release_what_it_chose():
    """Equations 1 to 3 at each φ, with the values of Table 1 that aren't theirs."""
    net = load("efficientdet")
    differ = {}
    for phi in range(8):
        made = net.cost(phi=phi).parameters
        assert made["res"] == 512 + 128 * phi
        assert (made["D"], made["D_class"]) == (3 + phi, 3 + phi // 3)
        assert made["W"] == round(64 * 1.35**phi / 8) * 8
        released = load(f"efficientdet_d{phi}").parameters
        keys = ("backbone", "res", "W", "D", "D_class")
        differ[phi] = {k: released[k] for k in keys if released[k] != made[k]}
    assert differ == {
        0: {}, 1: {}, 3: {}, 2: {"W": 112}, 4: {"W": 224}, 5: {"res": 1280, "D": 7},
        6: {"D": 8}, 7: {"res": 1536, "W": 384, "D": 8},
    }  # fmt: skip


def test_fusion_costs_nothing_in_mult_adds_and_something_elementwise():
    profiler = convention("tensorflow_profiler")
    costs = {w: load("efficientdet_d0").cost(weighted=w, convention=profiler) for w in FUSIONS}
    assert {c.mult_adds for c in costs.values()} == {2492331520}
    # a scalar for each of the 19 edges of a layer
    assert {w: c.params - costs["none"].params for w, c in costs.items()} == {
        "none": 0, "unbounded": 57, "softmax": 57, "fast": 57,
    }  # fmt: skip
    assert costs["none"].counted < costs["unbounded"].counted <= costs["fast"].counted


@pytest.mark.parametrize("fpn", ["bifpn", "top_down", "panet", "nas_fpn", "fully_connected"])
def test_a_feature_network_costs_the_same_alone_and_in_the_detector(fpn):
    alone = load("feature_network_d3").cost(fpn=fpn)
    _, rows = stages("efficientdet_d3", fpn=fpn)
    assert (alone.params, alone.mult_adds) == (rows["feature_net"].params, rows["feature_net"].mult_adds)


@pytest.mark.parametrize(
    ("fpn", "nodes"), [("bifpn", 8), ("top_down", 5), ("panet", 10), ("nas_fpn", 7), ("fully_connected", 5)]
)
def test_a_layer_more_is_so_many_separable_convolutions_more(fpn, nodes):
    """No layer but the first has a 1x1 on an edge, for then every tensor is W wide."""
    two, three = (load("feature_network").cost(fpn=fpn, weighted="none", D=d).params for d in (2, 3))
    assert three - two == nodes * (64 * 64 + 9 * 64 + 64 + 2 * 64)


def test_the_closed_form_in_width_and_depths_is_exact_where_no_width_meets_the_backbones():
    form = costcalc.closed_form(load("efficientdet_d0"), ["W", "D", "D_class"])
    for w, d, heads in ((64, 3, 3), (88, 4, 3), (384, 8, 5), (8, 1, 1)):
        cost = load("efficientdet_d0").cost(W=w, D=d, D_class=heads)
        assert form.at(W=w, D=d, D_class=heads) == (cost.params, cost.mult_adds)


REFUSED = [
    (
        "efficientdet",
        {"res": 500},
        "efficientdet requires res % 128 == 0 or lite, not res 500, lite no: each of the levels",
    ),
    (
        "efficientdet_d7x",
        {"res": 1408},
        "efficientdet requires res % 256 == 0 or not P8, not res 1408, P8 yes: each of",
    ),
    ("efficientdet", {"phi": 8}, "phi is one of 0, 1, 2, 3, 4, 5, 6, 7, not 8"),
    ("efficientdet", {"phi": 1.5}, "phi is one of 0, 1, 2, 3, 4, 5, 6, 7, not 1.5"),
    ("efficientdet", {"backbone": "vgg_16"}, "backbone is one of 'efficientnet_b0', "),
    (
        "efficientdet_d7x",
        {"fpn": "nas_fpn"},
        "efficientdet requires fpn != nas_fpn or not P8, not fpn nas_fpn, P8 yes: ",
    ),
    ("yolov3", {"res": 500}, "yolov3 requires res % 32 == 0, not res 500: "),
    (
        "retinanet_50_nas_fpn",
        {"res": 800},
        "retinanet requires res % 128 == 0 or not nas_fpn, not res 800, nas_fpn yes: ",
    ),
]


@pytest.mark.parametrize(("name", "at", "message"), REFUSED, ids=lambda x: str(x))
def test_what_a_detector_refuses_is_told_in_one_line(name, at, message):
    with pytest.raises(CostcalcError) as caught:
        load(name).cost(**at)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_elements_of_an_array_that_a_requirement_refuses_are_masked():
    counted = load("efficientdet_d0").cost(res=np.array([512, 500, 640])).mult_adds
    assert list(counted.mask) == [False, True, False]
    assert counted[2] == load("efficientdet_d0").cost(res=640).mult_adds


def test_torchvisions_integers_without_batch_norm():
    """torchvision freezes the backbone's batch norms, and RetinaNet has no others there."""
    bare = convention("without_batch_norm")
    assert load("retinanet_50").cost(classes=91, convention=bare).params == 34014999
    assert load("mask_rcnn_50").cost(classes=90, convention=bare).params == 44401393


def test_all_efficientdets_evaluate_within_a_second():
    nets = [load(name) for name in NAMES]
    taken = []
    for _ in range(3):  # the machine may be busy
        begun = time.process_time()
        for net in nets:
            net.cost()
        taken.append(time.process_time() - begun)
    assert min(taken) < 1
