"""What printed figures showed to be wrong in the specs, each against arithmetic by hand."""

import costcalc


def counts(name: str, **at: object) -> tuple[int, int]:
    cost = costcalc.load(name).cost(**at)
    return cost.params, cost.mult_adds


def test_squeezenet_is_released_with_a_ring_of_zeros_around_its_last_map():
    params, work = counts("squeezenet_1_0", res=227)
    assert (params, work) == (1_248_424, 832_667_936)
    assert counts("squeezenet_1_0", res=227, pad10=True) == (params, work + 512 * 1000 * (15**2 - 13**2))


def test_googlenets_auxiliary_classifiers():
    def side(channels: int) -> int:
        return (channels * 128 + 128) + (4 * 4 * 128 * 1024 + 1024) + (1024 * 1000 + 1000)

    assert counts("googlenet_aux")[0] == counts("googlenet")[0] + side(512) + side(528) == 13_378_280


def test_yolov2s_first_form_passes_the_whole_map():
    params, work = counts("yolov2")
    passed = 512 * 64 * 26 * 26  # the 1x1 convolution, gone; the next one reads 4*512 channels for 4*64
    more = 9 * 4 * (512 - 64) * 1024
    assert counts("yolov2", whole=True) == (params - 512 * 64 - 2 * 64 + more, work - passed + more * 13 * 13)


def test_nas_fpn_has_a_projection_for_each_use_of_c4():
    def without(size: int) -> int:  # two uses of C4 at stride 16, of which one is taken away
        return counts("retinanet_50_nas_fpn", res=640)[1] - 1024 * 256 * (size // 16) ** 2

    params, work = counts("retinanet_50_nas_fpn", res=640)
    assert (params, work) == (60_320_910, 140_504_409_600)
    assert params - (1024 * 256 + 256 + 2 * 256) == 60_057_998  # weights, bias and batch norm of one
    assert without(640) == 140_084_979_200


def test_slim_rounds_squeeze_widths_to_multiples_of_8():
    inputs = (24, 40, 40, 80, 112, 112, 160, 160)  # of the eight blocks with squeeze and excitation
    expanded = (72, 120, 120, 480, 672, 672, 960, 960)
    floors, rounded = (6, 10, 10, 20, 28, 28, 40, 40), (8, 16, 16, 24, 32, 32, 40, 40)
    assert [n // 4 for n in inputs] == list(floors)
    more = sum((2 * e + 1) * (r - f) for e, f, r in zip(expanded, floors, rounded, strict=True))
    assert counts("mnasnet_a1_slim")[0] == counts("mnasnet_a1")[0] + more


def test_facenets_mobilenet_begins_with_16_channels():
    params, work = counts("facenet_mobilenet", res=160)
    stem, depthwise, pointwise = 27 * 16 + 32, 9 * 16 + 32, 16 * 64
    there, whole = counts("mobilenet_v1", res=160, classes=128)
    assert there - params == stem + depthwise + pointwise  # half of each, batch norm included
    assert whole - work == (27 * 16 + 9 * 16 + 16 * 64) * 80 * 80


def test_deeplabs_resnet_strides_in_the_last_block_of_a_stage():
    plain, beta = costcalc.load("resnet_101_v1_5").cost(), costcalc.load("resnet_101_beta").cost()
    stem = (27 * 64 + 9 * 64 * 64 + 9 * 64 * 128 + 2 * 256) - (49 * 3 * 64 + 2 * 64)
    wider = (128 - 64) * 64 + (128 - 64) * 256  # conv2_x reads 128 channels
    assert beta.params == plain.params + stem + wider
    heights = {row.name: row.out_shape[1] for row in beta.by("stage")}
    assert [heights[s] for s in ("conv2_x", "stride2", "conv3_x", "stride3", "conv4_x", "stride4", "grid3")] == [
        56, 28, 28, 14, 14, 7, 7,
    ]  # fmt: skip
    held = costcalc.load("deeplabv3").cost(backbone="resnet_101_beta", output_stride=16).graph
    rates = {
        layer.name: layer.op.dilation for layer in held.layers if layer.op.kind == "conv2d" and layer.op.window > 1
    }
    assert [rates[f"net.grid{k}.branch.2.conv"] for k in (1, 2, 3)] == [(2, 2), (4, 4), (8, 8)]
    assert rates["net.stride4.branch.2.conv"] == (1, 1)


def test_yolov2s_passthrough_has_no_pools():
    layers = costcalc.load("yolov2").cost().graph.layers
    assert [layer.op.kind for layer in layers if "pool" in layer.op.kind] == ["max_pool"] * 5
