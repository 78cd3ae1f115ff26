"""Names as people type them, and as libraries have them; what is ambiguous or unknown is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from costcalc import UsageError, load
from costcalc.errors import MAX_COMPARED
from costcalc.language.find import find_network, known_names
from costcalc.language.folders import OWN_FILES
from costcalc.language.index import PublicName, folded

from ..loading import LOADER

TRUTH = Path(__file__).parents[1] / "truth"
LIBRARIES = yaml.safe_load((TRUTH / "library_names.yaml").read_text(encoding="utf-8"))
COUNTS = [c for f in TRUTH.glob("exact_counts*.yaml") for c in yaml.safe_load(f.read_text(encoding="utf-8"))["counts"]]
ZOO = yaml.safe_load((TRUTH / "zoo_counts.yaml").read_text(encoding="utf-8"))
OURS = {"alexnet": "alexnet_one_tower", "googlenet": "googlenet_bn"}
"""Names that are our own for the paper's network, and torchvision's for another."""
KNOWN = list(known_names())


def refused(name: str) -> str:
    with pytest.raises(UsageError) as caught:
        load(name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("MobileNetV2", "mobilenet_v2"),
        ("mobilenet-v2", "mobilenet_v2"),
        ("MobileNet V3-Large", "mobilenet_v3_large"),
        ("vgg16", "vgg_16"),
        ("DenseNet121", "densenet_121"),
        ("squeezenet1_1", "squeezenet_1_1"),
        ("mnasnet1_0", "mnasnet_b1"),
        ("mobilenetv2_100", "mobilenet_v2"),
        ("EfficientNet-B3", "efficientnet_b3"),
        ("ShuffleNetV2", "shufflenet_v2"),
        ("resnet50", "resnet_50_v1_5"),
        ("NASNetLarge", "nasnet_a_large"),
        ("mnasnet_075", "mnasnet0_75"),
        ("RegNetY-1.6GF", "regnety_1_6gf"),
        ("RegNet Y 16GF", "regnety_16gf"),
    ],
)
def test_a_name_as_people_type_it(typed: str, name: str) -> None:
    assert load(typed).name == name


def test_an_exact_name_comes_first() -> None:
    assert load("resnet_50").name == "resnet_50"
    assert load("resnet_50").cost().mult_adds == 3857973248
    assert load("resnet50").cost().mult_adds == 4089184256


def test_a_name_that_may_mean_several_is_refused_with_all_of_them() -> None:
    assert refused("ResNet-50") == (
        "'ResNet-50' may mean resnet_50, resnet50 (torchvision, timm: resnet_50_v1_5) or ResNet50 (keras);"
        " write one of these"
    )
    assert "may mean se_resnet_34 or seresnet34 (timm)" in refused("SE-ResNet-34")
    for name in ("resnet_50", "resnet50", "ResNet50"):
        assert load(name).cost().mult_adds > 0


def test_a_library_s_network_that_is_another_says_why() -> None:
    assert refused("darknetaa53") == (
        "no spec is called 'darknetaa53': darknetaa53 of timm is near darknet_53,"
        " but it halves by an average pool and a 1x1 convolution"
    )
    (_, parameters, mult_adds) = ZOO["timm"]["darknetaa53"]
    ours = load("darknet_53").cost()
    # five convolutions, to 2*c channels and (256/s)² pixels, lose 8 of their 9 weights
    halved = [(c, s) for c, s in ((32, 2), (64, 4), (128, 8), (256, 16), (512, 32))]
    assert ours.params - parameters == sum(8 * c * 2 * c for c, s in halved)
    assert ours.mult_adds - mult_adds == sum(8 * c * 2 * c * (256 // s) ** 2 for c, s in halved)


def test_the_note_about_a_library_s_name() -> None:
    assert find_network("resnet50").note == (
        "resnet50 (torchvision, timm: resnet_50_v1_5); resnet_50 is another network"
        " (costcalc compare resnet_50 vs resnet_50_v1_5)"
    )
    for name in ("vgg16", "mobilenetv2_100", "mobilenetv2_050", "resnet_50", "resnet18"):
        assert find_network(name).note == ""


def test_the_nearest_of_an_unknown_name() -> None:
    assert "(did you mean 'mobilenet_v2' or 'mobilenet_v3' or 'mobilenet_v1'?)" in refused("moblienet_v2")
    assert "(did you mean 'yolov3'?)" in refused("yolv3")


def test_every_name_is_compared_with_one_that_is_unknown() -> None:
    assert len(KNOWN) + OWN_FILES < MAX_COMPARED


def test_a_network_of_ones_own_folder_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_network.yaml").write_text("# mine\nnetwork: mine\ninput: 8 x 8 x 3\nlayers: conv(3x3, 4)\n")
    (tmp_path / "my_blocks.yaml").write_text("blocks: {b: conv(3x3, 4)}\n")
    assert refused("my_network") == "no spec is called 'my_network'; for the file write my_network.yaml"
    assert "did you mean 'my_network.yaml'" in refused("my_netwrok")
    assert "my_blocks" not in refused("my_blokcs")


# -- the names of libraries


def rows() -> list[tuple[str, str]]:
    return [(library, name) for library, names in LIBRARIES.items() for name in names]


@pytest.mark.parametrize(("library", "name"), rows())
def test_a_library_s_network_is_the_same_to_the_unit(library: str, name: str) -> None:
    pixels, params, mult_adds = LIBRARIES[library][name]
    if any(k.name == name and k.differs for k in KNOWN):
        pytest.skip("the name is refused")
    cost = LOADER.network(OURS.get(name, name)).cost(res=pixels)
    assert (cost.params, cost.mult_adds) == (params, mult_adds)


@pytest.mark.parametrize("known", [k for k in KNOWN if k.libraries], ids=lambda k: k.name)
def test_every_alias_of_a_library_has_its_count(known: PublicName) -> None:
    cost = LOADER.network(known.name).cost() if not known.differs else None
    for library in known.libraries.split(", "):
        if known.name in ZOO.get(library, {}):
            shape, *count = ZOO[library][known.name]
            at_its_input = LOADER.network(known.name).cost(res=int(shape.split("x")[1])) if cost is not None else None
            assert at_its_input is None or [at_its_input.params, at_its_input.mult_adds] == count
            continue
        if known.name in LIBRARIES.get(library, {}):
            count = tuple(LIBRARIES[library][known.name][1:])
            assert (cost is None) or (cost.params, cost.mult_adds) == count
            continue
        mine = "keras.applications." if library == "keras" else f"{library}:"
        said = [c for c in COUNTS if f"{mine}{known.name}" in c["source"].replace(";", " ").split("(")[0] + " "]
        found = [c for c in said if cost is not None and c["params"] == cost.params]
        assert found, said
        for count in found:
            there = LOADER.network(known.name).cost(**count["config"])
            assert count.get("mult_adds", there.mult_adds) == there.mult_adds


def test_no_name_is_there_twice() -> None:
    assert [name for name, times in Counter(k.name for k in KNOWN).items() if times > 1] == []


def test_our_own_names_can_be_told_apart() -> None:
    own = {(folded(k.name), k.path, k.point) for k in KNOWN if not k.libraries}
    assert [name for name, times in Counter(name for name, _, _ in own).items() if times > 1] == []


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("MobileNet-V2", None), ("mobilenetv2", None), ("mobile net v2", None), ("VGG-16", "vgg_16"),
        ("EfficientNet-B0", "efficientnet_b0"), ("vit-b-16", "vit_b_16"), ("resnet50", "resnet_50_v1_5"),
        ("mobilenetv3_large_100", None), ("tf_efficientnet_b0", "efficientnet_b0"),
    ],
)  # fmt: skip
def test_names_as_people_and_libraries_have_them(typed: str, point: str | None) -> None:
    assert find_network(typed).point == point
