"""Diagrams: figures that add up, copies that are all there, arrows of the graph, and texts that can't be markup."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from fractions import Fraction
from functools import cache
from math import prod
from pathlib import Path
from xml.etree import ElementTree

import pytest

from costcalc import UsageError
from costcalc.diagram.blocks import SHADES, Diagram, DrawnArrow, DrawnBlock, diagram_of
from costcalc.diagram.to_dot import dot_text, drawn_by_dot
from costcalc.diagram.to_mermaid import mermaid_text
from costcalc.graph import Layer, path_labels

from ..cli.running import refused, run, shown
from ..loading import load

NETWORKS = (
    "mobilenet_v1", "mobilenet_v2", "resnet_50", "inception_v3", "nasnet_a", "densenet_121", "efficientdet", "vit_b_16",
    "swin_t", "shufflenet_v2",
)  # fmt: skip
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz's dot")


@cache
def made(name: str, depth: int) -> Diagram:
    network = load(name)
    return diagram_of(network.cost(), network.graph(expand=True), depth)


def named(diagram: Diagram) -> dict[str, str]:
    """What stands at each block, in the boxes around it, by its id."""
    return {
        block.id: "/".join([*(diagram.boxes[box] for box in block.boxes if diagram.boxes), block.lines[0]])
        for block in diagram.blocks
    }


def arrows(diagram: Diagram) -> set[tuple[str, str, str]]:
    names = named(diagram)
    return {(names[a.source], names[a.target], a.text) for a in diagram.arrows}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("depth", [1, 2, 3, 9])
def test_the_figures_of_the_blocks_are_the_network_s(name: str, depth: int) -> None:
    diagram, cost = made(name, depth), load(name).cost()
    assert sum(block.params for block in diagram.blocks) == cost.params
    assert sum(block.mult_adds for block in diagram.blocks) == cost.mult_adds
    assert sum(block.share for block in diagram.blocks) == 1


def copies(text: str) -> int:
    match = re.search(r" × (\d+)$", text)
    return int(match[1]) if match else 1


@pytest.mark.parametrize("name", NETWORKS)
def test_copies_times_those_of_the_boxes_are_the_calls_written_out(name: str) -> None:
    diagram = made(name, 9)
    drawn = sum(
        prod([block.copies, *(copies(diagram.boxes[box]) for box in block.boxes)])
        for block in diagram.blocks
        if not block.is_end
    )
    assert drawn == len({tuple(path_labels(layer.call)) for layer in load(name).graph(expand=True).layers})


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_block_is_between_an_input_and_an_output(name: str, depth: int) -> None:
    diagram = made(name, depth)
    sources, targets = ({getattr(a, side) for a in diagram.arrows} for side in ("source", "target"))
    ids = {block.id for block in diagram.blocks}
    learned = {block.id for block in diagram.blocks if block.about == "learned"}  # a tensor made of nothing
    assert sources | targets == ids
    assert {id for id in ids - targets - learned if id[0] != "i"} == set()
    assert {id for id in ids - sources if id[0] != "o"} == set()
    position = {block.id: k for k, block in enumerate(diagram.blocks)}
    assert all(position[a.source] < position[a.target] for a in diagram.arrows if a.source[0] == a.target[0] == "n")


def test_the_deepest_arrows_are_the_tensors_between_the_calls() -> None:
    for name in ("resnet_50", "inception_v3"):
        graph = load(name).graph()
        expected = {
            (layer_in.layer.call, layer.call)
            for layer in graph.layers
            for layer_in in layer.inputs
            if isinstance(layer_in.layer, Layer) and layer_in.layer.call != layer.call
        }
        assert len([a for a in made(name, 9).arrows if a.source[0] == a.target[0] == "n"]) == len(expected)


def test_a_row_tells_how_often_its_block_is_repeated() -> None:
    lines = {block.name: block.lines for block in made("mobilenet_v2", 1).blocks}
    assert lines["stage1"] == ["stage1", "conv 3x3 / s2", "3.6 %"]
    assert lines["stage4"] == ["stage4", "bottleneck × 3", "12.4 %"]
    assert lines["stage10"] == ["stage10", "avgpool"]
    about = {block.name: block.about for name in NETWORKS for block in made(name, 1).blocks}
    assert about["dense3"] == "dense × 24"
    assert about["cells"] == "normal × 12, reduction"
    assert about["transition1"] == "transition"
    assert about["encoder"] == "encoder × 12"
    assert about["head"] == "crop, fc" or about["head"] == "fc"


def test_a_residual_goes_around_its_block() -> None:
    found = arrows(made("mobilenet_v2", 3))
    shape = "28x28x32"
    inside = "stage4/stage4.2: bottleneck × 2"
    assert (f"{inside}/project", f"{inside}/out", shape) in found
    assert ("stage4/stage4.1: bottleneck/project", f"{inside}/expand", shape) in found
    assert ("stage4/stage4.1: bottleneck/project", f"{inside}/out", shape) in found
    branches = arrows(made("resnet_50", 3))
    for part in ("branch", "down"):
        assert ("pool1", f"conv2_x/conv2_x.1: unit/{part}", "56x56x64") in branches
        assert (f"conv2_x/conv2_x.1: unit/{part}", "conv2_x/conv2_x.1: unit/sum", "56x56x256") in branches


def test_a_box_has_several_inside() -> None:
    for name in NETWORKS:
        for depth in (2, 3):
            diagram = made(name, depth)
            for box in diagram.boxes:
                assert len(diagram.blocks_in(box)) + len(diagram.boxes_in(box)) > 1, (name, box)
            drawn = [block for box in [(), *diagram.boxes] for block in diagram.blocks_in(box)]
            assert sorted(block.id for block in drawn) == sorted(block.id for block in diagram.blocks)


def test_several_inputs_outputs_and_shapes() -> None:
    diagram = made("efficientdet", 1)
    texts = [a.text for a in diagram.arrows]
    assert "16x16x320, 32x32x112, 1 more" in texts
    assert [block.name for block in diagram.blocks if block.is_end] == ["input", "5 outputs", "5 outputs"]
    assert "output class_net.1" in [block.name for block in made("efficientdet", 2).blocks]


@pytest.mark.parametrize(
    ("share", "shade"),
    [
        (Fraction(0), 0),
        (Fraction(1, 10**9), 1),
        (Fraction(1, 100), 2),
        (Fraction(5, 100), 3),
        (Fraction(20, 100), 4),
        (Fraction(1), 4),
    ],
)
def test_a_shade_is_what_the_key_says(share: Fraction, shade: int) -> None:
    assert DrawnBlock("n0", "a", 1, "", 0, 0, share).shade == shade


def luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_is_read_on_every_shade() -> None:
    """WCAG's contrast of 4.5, and shades that darken."""
    for _, _, fill, text in SHADES:
        low, high = sorted((luminance(fill), luminance(text)))
        assert (high + 0.05) / (low + 0.05) >= 4.5
    fills = [luminance(fill) for _, _, fill, _ in SHADES]
    assert fills == sorted(fills, reverse=True)


def test_a_share_that_is_small_is_not_none() -> None:
    assert DrawnBlock("n0", "a", 1, "", 0, 1, Fraction(1, 10**6)).lines == ["a", "< 0.1 %"]
    assert DrawnBlock("n0", "fc", 1, "fc", 0, 0, Fraction(0)).lines == ["fc"]


# -- languages

HOSTILE = (
    '"',
    "\\",
    '\\"]',
    "a|b",
    "<img src=x onerror=alert(1)>",
    "&lt;",
    "`md`",
    "%%{init}%%",
    "#35;",
    "\x1b[31m",
    "α×²",
    "end",
    "\\N",
)


def hostile(text: str) -> Diagram:
    block = DrawnBlock("n0", text, 1, text, 1, 1, Fraction(1), [(text,)])
    other = DrawnBlock("n1", text, 2, text, 1, 1, Fraction(0), [(text,)])
    ends = [
        DrawnBlock("i0", "input", 1, "", 0, 0, Fraction(0), is_end=True),
        DrawnBlock("o0", "output", 1, "", 0, 0, Fraction(0), is_end=True),
    ]
    return Diagram(text, [*ends, block, other], [DrawnArrow("n0", "n1", [(1, 2, 3)])], {(text,): text})


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_markup_for_mermaid(text: str) -> None:
    plain, lines = (mermaid_text(hostile(t)).split("\n") for t in ("a", text))
    assert len(lines) == len(plain)
    quoted = r'"(?:[^"\\#<>&`|\[\]{}]|<br/>|#\d+;)*"'
    for line, own in zip(lines[3:], plain[3:], strict=True):
        assert re.sub(quoted, '""', line) == re.sub(quoted, '""', own)
        assert line.isprintable()
    assert isinstance(json.loads(lines[1].removeprefix("title: ")), str)


@needs_dot
@pytest.mark.parametrize("text", HOSTILE)
def test_dot_shows_every_text_as_it_is(text: str) -> None:
    root = ElementTree.fromstring(drawn_by_dot(hostile(text)))
    shown_texts = [
        "".join(node.itertext()).replace("\u00a0", " ").strip()
        for node in root.iter("{http://www.w3.org/2000/svg}text")
    ]
    visible = text.replace("\x1b", "\\x1b")
    assert shown_texts.count(visible) >= 3  # title, box, block
    assert f"{visible} × 2" in shown_texts
    assert {node.tag.partition("}")[2] for node in root.iter()} <= {"svg", "g", "title", "polygon", "path", "text"}


@needs_dot
@pytest.mark.parametrize("name", NETWORKS)
def test_the_picture_has_every_block_and_every_arrow(name: str) -> None:
    diagram = made(name, 2)
    root = ElementTree.fromstring(drawn_by_dot(diagram))
    classes = [node.get("class") for node in root.iter("{http://www.w3.org/2000/svg}g")]
    assert classes.count("node") == len(diagram.blocks)
    assert classes.count("edge") == len(diagram.arrows)
    assert classes.count("cluster") == len(diagram.boxes)


def test_both_languages_have_the_same() -> None:
    diagram = made("inception_v3", 2)
    dot, mermaid = dot_text(diagram), mermaid_text(diagram)
    assert dot.count(" -> ") == mermaid.count(" -->|") == len(diagram.arrows)
    assert dot.count("subgraph ") == mermaid.count("subgraph ") - 1 == len(diagram.boxes)
    for _, said, fill, _ in SHADES:
        assert said in dot
        assert said in mermaid
        assert fill in dot
        assert f"fill:{fill}" in mermaid


# -- the command


def test_the_command_writes_each_language(tmp_path: Path) -> None:
    assert shown("export", "mobilenet_v2", "--to", "mermaid") == mermaid_text(made("mobilenet_v2", 1))
    assert shown("export", "resnet_50", "--to", "dot", "--depth", "3") == dot_text(made("resnet_50", 3))
    path = tmp_path / "net.mmd"
    assert shown("export", "mobilenet_v2:res=96", "--to", "mermaid", "-o", str(path)) == ""
    assert '|"96x96x3"|' in path.read_text(encoding="utf-8")


def test_the_parameter_that_is_called_depth() -> None:
    text = shown("export", "mobilenet_v2", "--to", "mermaid", "--set", "depth=2")
    assert "bottleneck × 8" in text


def test_what_the_command_refuses() -> None:
    assert refused("export", "mobilenet_v2", "--to", "torch", "--depth", "2") == (
        "--depth is for a diagram (mermaid, dot, svg); a parameter of that name: --set depth=…"
    )
    assert "0 is not in the range x>=1" in refused("export", "mobilenet_v2", "--to", "dot", "--depth", "0")
    assert refused("export", "mobilenet_v2", "--to", "dot", "--seed", "1") == "--seed is for the weights of --to onnx"
    with pytest.raises(UsageError, match=r"^a diagram has a depth from 1, not 0$"):
        made("mobilenet_v2", 0)


def test_without_dot_it_says_what_needs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused("export", "mobilenet_v2", "--to", "svg") == (
        "--to svg needs Graphviz's program dot (https://graphviz.org); --to dot and --to mermaid need nothing"
    )


def test_a_dot_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "dot"
    fake.write_text("#!/bin/sh\ncat >/dev/null\necho 'Error: no\x1b layout' >&2\nexit 3\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    result = run("export", "mobilenet_v2", "--to", "svg")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "dot failed: Error: no\\x1b layout" in result.stderr

    def slow(*args: object, **more: object) -> None:
        raise subprocess.TimeoutExpired("dot", 1)

    monkeypatch.setattr(subprocess, "run", slow)
    assert "to lay this out: a smaller --depth has fewer blocks" in run("export", "mobilenet_v2", "--to", "svg").stderr
