"""What a network is when nobody says more: the usual one of its family, as its source has it."""

from __future__ import annotations

import pytest

from ..loading import load

USUAL = """
ds_cnn:ds_cnn_s tc_resnet:tc_resnet_8
squeezenet:squeezenet_1_0 squeezenext:sqnxt_23_1_0 vgg:vgg_16
convnext:convnext_t fasternet:fasternet_t2
efficientdet:efficientdet_d0 efficientdet_seg:efficientdet_d4_seg feature_network:feature_network_d0
faster_rcnn:faster_rcnn_mobilenet_v1 faster_rcnn_fpn:faster_rcnn_50_fpn mask_rcnn:mask_rcnn_50 retinanet:retinanet_50
hrnet_pose:pose_hrnet_w32 ssd:ssdlite_mobilenet_v2 ssd_vgg:ssd300_vgg
yolov5:yolov5s yolov5_p6:yolov5s6 yolov8:yolov8n
efficientnet:efficientnet_b0 efficientnet_v2:efficientnet_v2_s mixnet:mixnet_s tinynet:tinynet_a
edgenext:edgenext_s mobilenet_edgetpu_v2:mobilenet_edgetpu_v2_m mobileone:mobileone_s1 repvit:repvit_m0_9
shufflenet_v1_units:shufflenet_v1_resnet_units shufflenet_v2_deep:shufflenet_v2_50
shufflenet_v2_plus:shufflenet_v2_plus_large starnet:starnet_s4
condensenet:condensenet_74_c4_g4 cspresnet:cspresnet_50 densenet:densenet_121 dla:dla_60 dpn:dpn_131 hrnet:hrnet_w18
repvgg:repvgg_a0 res2net:res2net_50 resnest:resnest_50 resnet:resnet_50 resnet_beta:resnet_101_beta
resnet_d:resnet_50_d resnet_rs:resnet_rs_50 vovnet:vovnet_39 resnet_3d:r3d_18
amoebanet:amoebanet_a hardcore_nas:hardcorenas_a mcunet:mcunet_in3 mcunet_int4:mcunet_320kb_int4
mcunet_vww:mcunet_vww2 nasnet_a:nasnet_a_large pnasnet_5:pnasnet_5_large regnet:regnetx_4_0gf
carn:carn_x2 espcn:espcn_x3 fsrcnn:fsrcnn_x3
coatnet:coatnet_0 efficientformer:efficientformer_l1 efficientformer_v2:efficientformer_v2_s0 fastvit:fastvit_t8
levit:levit_256 maxvit:maxvit_t mlp_mixer:mixer_b_16 mobilevit:mobilevit_s mobilevit_v2:mobilevit_v2_100
pvt_v2:pvt_v2_b2 swin:swin_t swin_v2:swin_v2_t vit:vit_b_16 xcit:xcit_n12_16
"""


@pytest.mark.parametrize(("name", "variant"), [pair.split(":") for pair in USUAL.split()])
def test_a_bare_name_is_the_usual_variant(name: str, variant: str) -> None:
    assert load(name).parameters == load(variant).parameters


def _internal(dk: int, m: int, n: int, df: int) -> dict[str, int]:
    return {"DK": dk, "M": m, "N": n, "DF": df}


LAYERS = {
    # 1704.04861, Table 3: an internal layer with 14x14 x 512 in and out
    "standard": _internal(3, 512, 512, 14),
    "separable": _internal(3, 512, 512, 14),
    "grouped": {**_internal(3, 512, 512, 14), "g": 2},
    "flattened_cnn": {**_internal(3, 512, 512, 14), "l": 1},
    "low_rank": {**_internal(3, 512, 512, 14), "R": 128},
    # 1801.04381, Table 2: the stage of 14x14 x 64 with t = 6
    "inverted_residual": {**_internal(3, 64, 64, 14), "t": 6},
    # 2007.02269, Table 2: the stage of 14x14 x 384 with t = 6
    "sandglass": {**_internal(3, 384, 384, 14), "t": 6},
    # 1707.01083, Table 1: stage 2 with 3 groups; bottlenecks of a fourth
    "shuffle_unit": {"DK": 3, "c": 240, "m": 60, "g": 3, "DF": 28},
    # 1709.01507, Table 1 and Section 3: the first stage's 256 channels, r = 16
    "squeeze_excite": {"C": 256, "r": 16},
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_single_layer_is_the_usual_one_of_its_source(name: str) -> None:
    network = load(name)
    values = network.cost().parameters
    assert {key: values[key] for key in LAYERS[name]} == LAYERS[name]


def test_features_only_begins_at_stride_8() -> None:
    """C3, C4 and C5: what a detector takes."""
    network = load("features_only")
    assert [224 // t.h for t in network.graph().outputs.values()] == [8, 16, 32]
    for finest in (4, 16, 32):
        strides = [224 // t.h for t in network.graph(finest=finest).outputs.values()]
        assert strides == [s for s in (4, 8, 16, 32) if s >= finest]


def test_a_basis_of_filters_costs_what_its_paper_says() -> None:
    """1405.3866, Section 2.1, Scheme 1: R·M·(2·D_K + N) for each place of the map, and as many weights."""
    network = load("low_rank_basis")
    for kernel, m, n, r in ((3, 512, 512, 2), (5, 32, 64, 4), (1, 7, 9, 1)):
        cost = network.cost(DK=kernel, M=m, N=n, R=r, DF=14)
        assert cost.params == r * m * (2 * kernel + n)
        assert cost.mult_adds == cost.params * 14 * 14


@pytest.mark.parametrize(
    ("name", "c", "after_conv", "after_block1"),
    [("ds_cnn_s", 64, 25 * 5, 25 * 5), ("ds_cnn_m", 172, 25 * 10, 13 * 5)],
)
def test_ds_cnn_by_hand(name: str, c: int, after_conv: int, after_block1: int) -> None:
    """49 x 10 coefficients. S: the first convolution strides over both axes; M: over time alone, and then block 1."""
    convolution = after_conv * c * 10 * 4
    blocks = 4 * after_block1 * (9 * c + c * c)
    assert load(name).cost().mult_adds == convolution + blocks + 12 * c
