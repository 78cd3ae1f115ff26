"""A network used as a part of another: its rows and steps by name, its unused layers dropped."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from costcalc import Network, SpecError, load

from .evaluating import assert_loops_agree, three_ways

BACKBONE = """
network: backbone
parameters: {alpha: 1, n: 3, res: 16}
variants: |
  name  | alpha | n
  small | 1     | 2
  large | 2     | 4
blocks:
  unit(c, s):
    dw: dwconv(3x3, s)
    pw: conv(1x1, c)
input: res x res x 3
where: {c: alpha * c}
layers: |
  operator | c   | n | s
  conv 3x3 | 4   | - | 2
  unit     | 8   | n | 2
  unit     | 12  | 3 | 2
  conv 1x1 | 32  | - | 1
  avgpool  | -   | - | -
  fc       | =10 | - | -
"""
HEAD = """
network: detector
uses: {backbone: [backbone]}
parameters: {alpha: 1, n: 3, res: 16, size: {default: small, choices: backbone.variants}}
input: res x res x 3
layers:
"""


@pytest.fixture
def detector(tmp_path: Path):
    (tmp_path / "backbone.yaml").write_text(BACKBONE, encoding="utf-8")

    def of(*steps: str) -> Network:
        path = tmp_path / "detector.yaml"
        path.write_text(HEAD + "".join(f"  {step}\n" for step in steps), encoding="utf-8")
        return load(str(path))

    return of


def names(net: Network, **point: int) -> list[str]:
    """The convolutions and linear layers, every copy written out."""
    return [c.name for c in net.cost(**point).layers if c.op in ("conv2d", "linear")]


UNITS = ["net.stage2.1.dw.conv", "net.stage2.1.pw.conv", "net.stage2.2.dw.conv", "net.stage2.2.pw.conv"]


def test_a_used_network_whose_result_is_used_is_whole(detector) -> None:
    net = detector("net: backbone(alpha=alpha, n=n, res=res)", "x: bn")
    own = load(str(Path(net.program.spec.origin.path).with_name("backbone.yaml")))
    for alpha, n, res in product((1, 3), (1, 4), (9, 16)):
        used, alone = net.cost(alpha=alpha, n=n, res=res), own.cost(alpha=alpha, n=n, res=res)
        assert (used.params, used.mult_adds) == (alone.params + 20, alone.mult_adds)
        assert [f"net.{c.name}" for c in alone.layers] == [c.name for c in used.layers[:-1]]


def test_heads_that_nothing_uses_are_dropped(detector) -> None:
    net = detector("net: backbone(n=2)", "x: net.stage2", "y: x -> conv(1x1, 4)")
    assert names(net) == ["net.stage1.conv", *UNITS, "y.conv"]
    assert net.graph().outputs["out"].shape == (4, 4, 4)


def test_a_copy_and_a_step_of_it_can_be_addressed(detector) -> None:
    net = detector("net: backbone(n=3)", "x: net.stage2[2].dw", "y: x -> conv(1x1, 4)")
    assert names(net) == ["net.stage1.conv", *UNITS[:3], "y.conv"]
    net = detector("net: backbone(n=3)", "x: net.stage2[2]", "y: x -> conv(1x1, 4)")
    assert names(net) == ["net.stage1.conv", *UNITS, "y.conv"]


def test_several_features_share_their_trunk(detector) -> None:
    steps = (
        "net: backbone(n=2)",
        "l: (net.stage1, net.stage2[1].dw, net.stage3)",
        "x: l -> each conv(1x1, 5) -> each fc(2)",
    )
    net = detector(*steps, "y: concat(x)")
    found = names(net)
    assert len(found) == len(set(found)) == 1 + 4 + 6 + 3 + 3
    assert "net.stage4.conv" not in found
    assert_loops_agree(net.graph())


def test_a_label_that_is_not_there_is_told_with_the_nearest(detector) -> None:
    for step, told in (
        ("x: net.stage7", "the used network has no 'stage7' there (did you mean"),
        ("x: net.stage2[9]", "the used network has no '9' there"),
        ("x: net.stage2[1].dv", "the used network has no 'dv' there"),
    ):
        with pytest.raises(SpecError) as e:
            detector("net: backbone(n=3)", step, "y: x -> bn").cost()
        assert told in e.value.message


def test_a_variant_of_the_part_is_a_structural_parameter(detector) -> None:
    net = detector("net: backbone(variant=size)", "x: net.stage2", "y: x -> bn")
    assert [len(names(net, size=size)) for size in ("small", "large")] == [5, 9]
    assert net.graph(size="large").outputs["out"].c == 16


PARTS = [
    ("net: backbone(alpha=alpha, n=n)", "x: bn"),
    ("net: backbone(alpha=alpha, n=n)", "x: net.stage2", "y: x -> conv(1x1, 4)"),
    ("net: backbone(alpha=alpha, n=n)", "x: net.stage2[1].dw", "y: x -> conv(1x1, 4)"),
    (
        "net: backbone(alpha=alpha, n=2)",
        "x: (net.stage3[2], net.stage1) -> each conv(1x1, 4) -> each fc(alpha)",
        "y: concat(x)",
    ),
    ("net: n * (conv(3x3, 3) -> conv(1x1, 3)) -> backbone(alpha=alpha)", "x: fc(2)"),
    ("a: backbone(alpha=alpha)", "b: in -> backbone(alpha=alpha) sharing all with a", "x: add(a.stage3, b.stage3)"),
]


@pytest.mark.parametrize("steps", PARTS)
def test_parts_are_the_same_on_ints_arrays_and_symbols(detector, steps: tuple[str, ...]) -> None:
    points = [{"alpha": a, "n": n, "res": res} for a, n, res in product((1, 2), (1, 2, 5), (9, 16))]
    found = three_ways(detector(*steps), points, "alpha", "n", "res")
    assert None not in found
