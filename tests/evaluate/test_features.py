"""Backbones and heads in two files: named features, a network chosen by a parameter, output stride, regions."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from costcalc import CostcalcError, Network, load
from costcalc.evaluate.reach import unread
from costcalc.ops import AvgPool, Conv2d, MaxPool

from .evaluating import assert_loops_agree, network, three_ways

TABLE = """
network: table
parameters: {alpha: 1, res: 64}
blocks:
  unit(c, s):
    dw:  dwconv(3x3, s)
    pw:  conv(1x1, c)
    out: add(in, pw) if s == 1 and c == in.c
input: res x res x 3
layers: |
  stage | operator | c       | n | s
  1     | conv 3x3 | 4*alpha | - | 2
  2     | unit     | 6       | 2 | 2
  3     | unit     | 8       | 2 | 2
  4     | unit     | 8       | 2 | 2
  pool  | avgpool  | -       | - | -
  fc    | fc       | 10      | - | -
features: {C2: stage2, C3: 'stage3[2].dw', C4: stage4}
"""
STEPS = """
network: steps
parameters: {alpha: 1}
input: 64 x 64 x 3
layers:
  stem: conv(7x7, 4*alpha, 2, pad=3) -> maxpool(3x3, 2, pad=1)
  a:    conv(3x3, 8, 2, pad=1)
  b:    conv(3x3, 8, 2, pad=1) -> conv(3x3, 8, pad=1)
  out:  concat(b -> conv(1x1, 4), b -> avgpool(3x3, 1))
features: {C2: stem, C3: a, C4: out}
variants: |
  name  | alpha
  wider | 2
"""
HEAD = """
network: head
uses: {table: [table], steps: [steps]}
parameters:
  body: {default: table, choices: [table, steps, steps.variants]}
  os:   32
  alpha: 1
  n: 3
input: 64 x 64 x 3
layers:
"""


@pytest.fixture
def head(tmp_path: Path):
    for name, text in (("table", TABLE), ("steps", STEPS)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    def of(*steps: str) -> Network:
        path = tmp_path / "head.yaml"
        path.write_text(HEAD + "".join(f"  {step}\n" for step in steps), encoding="utf-8")
        return load(str(path))

    return of


def error(net: Network, **point: object) -> str:
    with pytest.raises(CostcalcError) as e:
        net.cost(**point)
    return e.value.message


# ---- features and the choice of a network


def test_a_feature_is_what_its_name_stands_for(head) -> None:
    named = head("net: table()", "x: concat(net.C4 -> conv(1x1, 5), net.C4)")
    direct = head("net: table()", "x: concat(net.stage4 -> conv(1x1, 5), net.stage4)")
    assert [(c.name, c.params, c.mult_adds) for c in named.cost().layers] == [
        (c.name, c.params, c.mult_adds) for c in direct.cost().layers
    ]
    inner = head("net: table()", "x: net.C3 -> bn")
    assert inner.graph().outputs["out"].shape == (8, 8, 8)
    assert not any("stage4" in c.name or "stage3.2.pw" in c.name for c in inner.cost().layers)


def test_the_parameter_chooses_the_network(head) -> None:
    net = head("net: body(alpha=alpha)", "x: net.C4 -> bn")
    shapes = {b: net.graph(body=b).outputs["out"].shape for b in ("table", "steps", "wider")}
    assert shapes == {"table": (8, 4, 4), "steps": (12, 4, 4), "wider": (12, 4, 4)}
    assert next(iter(net.cost(body="table").layers)).out_shape == (4, 32, 32)
    plain = head("net: body()", "x: net.C2 -> bn")
    assert [plain.graph(body=b).outputs["out"].c for b in ("steps", "wider")] == [4, 8]
    # what is given beside a variant wins, as everywhere
    assert net.graph(body="wider", alpha=1).layers[0].out_shape[0] == 4


def test_a_word_that_is_a_network_too_is_a_word_in_a_comparison(head) -> None:
    net = head("net: body()", "x: net.C4 -> (conv(1x1, 5) if body == table else conv(1x1, 7))")
    assert [net.graph(body=b).outputs["out"].c for b in ("table", "steps")] == [5, 7]


def test_what_the_chosen_network_lacks_is_one_clear_line(head) -> None:
    net = head("net: body()", "x: net.C5 -> bn")
    assert error(net) == "the used network has no 'C5' there; its features are C2, C3, C4"
    net = head("net: body(res=64)", "x: net.C4 -> bn")
    assert net.cost().params
    assert error(net, body="steps").startswith("steps has no parameter 'res'; it has alpha")
    assert error(net, body="tables") == (
        "body is one of 'table', 'steps', 'wider', not 'tables' (did you mean 'table'?)"
    )


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("body(beta=1)", "body has no parameter 'beta'"),
        ("body(1)", "the parameters of a network are given by name"),
        ("os()", "'os' is no function, layer or block, so it can't be called"),
    ],
)
def test_a_wrong_call_is_told_when_the_file_is_read(head, call: str, told: str) -> None:
    with pytest.raises(CostcalcError) as e:
        head(f"net: {call}", "x: net.C4 -> bn")
    assert told in str(e.value)


# ---- output stride


def strides(net: Network, **point: object) -> list[tuple[str, int, int]]:
    """Name, stride and dilation of every window."""
    windows = (layer for layer in net.graph(**point).layers if isinstance(layer.op, Conv2d | MaxPool | AvgPool))
    return [(w.name, w.op.stride[0], getattr(w.op, "dilation", (1, 1))[0]) for w in windows if w.op.kernel_size[0] > 1]


def test_strides_beyond_it_become_dilation(head) -> None:
    net = head("net: body(output_stride=os)", "x: net.C4 -> conv(3x3, 4, 2)")
    dws = [f"net.stage{k}.{i}.dw.conv" for k in (2, 3, 4) for i in (1, 2)]
    expected = {
        32: [2, 2, 1, 2, 1, 2, 1],
        8: [2, 2, 1, 2, 1, 1, 1],
        4: [2, 2, 1, 1, 1, 1, 1],
        1: [1, 1, 1, 1, 1, 1, 1],
    }
    dilated = {32: [1] * 7, 8: [1] * 6 + [2], 4: [1, 1, 1, 1, 2, 2, 4], 1: [1, 2, 4, 4, 8, 8, 16]}
    for os, left in expected.items():
        found = strides(net, os=os)
        names = ["net.stage1.conv", *dws]
        assert found == [*zip(names, left, dilated[os], strict=True), ("x.conv", 2, 1)]
        assert net.graph(os=os).outputs["out"].h == max(2, 32 // min(os, 16))


def test_explicit_padding_grows_and_pools_stride_no_more(head) -> None:
    net = head("net: body(output_stride=os)", "x: net.C4 -> bn")
    for os, size in ((16, 4), (8, 8), (4, 16), (2, 32), (1, 64)):
        graph = net.graph(body="steps", os=os)
        assert graph.outputs["out"].shape == (12, size, size)
        assert net.cost(body="steps", os=os).params == net.cost(body="steps").params
        assert_loops_agree(graph) if os > 2 else None
    assert strides(net, body="steps", os=4)[1:] == [
        ("net.stem.2", 2, 1), ("net.a.conv", 1, 1), ("net.b.1.conv", 1, 2), ("net.b.2.conv", 1, 4), ("net.out.2", 1, 1)
    ]  # fmt: skip


@pytest.mark.parametrize("os", [0, 2.5, "yes"])
def test_it_is_one_whole_number(head, os: object) -> None:
    net = head(f"net: body(output_stride={os})", "x: net.C4 -> bn")
    assert error(net).startswith("output_stride must be one whole number above 0")


def test_a_network_inside_keeps_to_the_outer_one_s_and_may_have_its_own(head, tmp_path: Path) -> None:
    inner = "network: nest\nuses: {table: [table]}\nparameters: {own: no}\ninput: 64 x 64 x 3\nlayers:\n"
    inner += (
        "  a: conv(3x3, 3, 2)\n  t: table(output_stride=2) if own else table()\n  out: t.stage4 -> conv(3x3, 4, 2)\n"
    )
    (tmp_path / "nest.yaml").write_text(inner, encoding="utf-8")
    net = head("net: body()", "x: net.C4 -> bn")
    outer = Path(net.program.spec.origin.path)
    text = "network: o\nuses: {nest: [nest]}\nparameters: {own: no}\ninput: 64 x 64 x 3\nlayers:\n"
    outer.write_text(text + "  net: nest(own=own, output_stride=8)\n  x: bn\n", encoding="utf-8")
    net = load(str(outer))
    assert net.graph().outputs["out"].h == net.graph(own=True).outputs["out"].h * 1 == 8
    assert [s for _, s, _ in strides(net, own=True)] == [2, 2, *[1] * 6, 2]
    assert [d for _, _, d in strides(net, own=True)][-2:] == [8, 1]
    assert [s for _, s, _ in strides(net)] == [2, 2, 2, *[1] * 6]


def test_the_stride_of_a_network_inside_counts_for_what_follows_it(head, tmp_path: Path) -> None:
    """2 before it, 2 in it, 2 behind: at most 4 leaves the last one out, at most 8 leaves all."""
    inner = "network: inside\ninput: 64 x 64 x 3\nlayers:\n  a: conv(3x3, 3, 2)\n  b: conv(3x3, 3, 2)\n"
    middle = "network: nest\nuses: {inside: [inside]}\ninput: 64 x 64 x 3\nlayers:\n"
    middle += "  a: conv(3x3, 3, 2)\n  t: inside(output_stride=2)\n  out: t -> conv(3x3, 4, 2)\n"
    (tmp_path / "inside.yaml").write_text(inner, encoding="utf-8")
    (tmp_path / "nest.yaml").write_text(middle, encoding="utf-8")
    net = head("net: body()", "x: net.C4 -> bn")
    outer = Path(net.program.spec.origin.path)
    text = "network: o\nuses: {nest: [nest]}\nparameters: {os: 8}\ninput: 64 x 64 x 3\nlayers:\n"
    outer.write_text(text + "  net: nest(output_stride=os)\n  x: bn\n", encoding="utf-8")
    net = load(str(outer))
    assert [s for _, s, _ in strides(net, os=8)] == [2, 2, 1, 2]
    assert [s for _, s, _ in strides(net, os=4)] == [2, 2, 1, 1]
    assert [net.graph(os=os).outputs["out"].h for os in (16, 8, 4)] == [8, 8, 16]


def test_arrays_and_symbols_have_the_same_output_stride(head) -> None:
    net = head("net: table(alpha=alpha, output_stride=8)", "x: net.C4 -> conv(1x1, n)")
    found = three_ways(net, [{"alpha": a, "n": n} for a, n in product((1, 3), (2, 5))], "alpha", "n")
    assert None not in found


SHARED = """
network: shared
input: 16 x 16 x 3
layers:
  stem: conv(3x3, 8)
  a: stem -> conv(3x3, 8)
  b: stem -> conv(3x3, 8) sharing weights with a
  c: b -> conv(3x3, 8) sharing weights with a
  head: concat(a, b, c)
features: {A: a, B: b, C: c}
"""


@pytest.mark.parametrize(("feature", "norms", "runs"), [("A", 1, 1), ("B", 1, 1), ("C", 2, 2)])
def test_the_first_that_is_kept_of_layers_that_share_has_their_weights(
    feature: str, norms: int, runs: int, tmp_path: Path
) -> None:
    """Once, whether that is the layer that had them or one that shared them; norms are each layer's own."""
    (tmp_path / "shared.yaml").write_text(SHARED, encoding="utf-8")
    main = "network: main\nuses: {shared: [shared]}\ninput: 16 x 16 x 3\nlayers:\n"
    (tmp_path / "main.yaml").write_text(
        f"{main}  net: shared\n  out: net.{feature} -> conv(1x1, 4)\n", encoding="utf-8"
    )
    net = load(str(tmp_path / "main.yaml"))
    cost = net.cost()
    assert cost.params == (27 * 8 + 16) + (72 * 8 + 16 * norms) + (8 * 4 + 8)
    assert cost.mult_adds == 256 * (27 * 8 + 72 * 8 * runs + 8 * 4)
    kept = net.graph().layers
    assert {layer.owner for layer in kept} <= {None, *kept}


# ---- regions


def test_what_follows_runs_for_each_region_with_the_same_weights(head) -> None:
    net = head(
        "a: conv(3x3, 4, 2)", "r: rois(n, 5x7)", "b: conv(3x3, 6, 2) -> conv(1x1, 6)", "x: add(b, b -> bn) -> fc(2)"
    )
    one, three = net.cost(n=1), net.cost(n=3)
    first = sum(c.mult_adds for c in one.layers if c.name.startswith("a."))
    assert three.params == one.params
    assert three.mult_adds - first == 3 * (one.mult_adds - first) > 0
    counts = {c.name.split(".")[0]: c.count for c in three.layers}
    assert counts == {"a": 1, "r": 3, "b": 3, "x": 3}
    assert net.graph(n=3).outputs["out"].shape == (2, 1, 1)
    assert sum(r.mult_adds for r in three.by("stage")) == three.mult_adds


def test_regions_on_ints_arrays_and_symbols(head) -> None:
    for steps in (
        ("r: rois(n, 6) -> conv(3x3, alpha, 2)", "x: fc(2)"),
        ("r: rois(n, 6) -> 2 * conv(3x3, 3) sharing weights", "x: fc(alpha)"),
        ("r: rois(2, 6) -> n * conv(3x3, 3)", "x: fc(alpha)"),
        ("r: rois(2, 6) -> rois(n, alpha) -> bn", "x: concat(r, r) -> fc(1)"),
        ("r: rois(n, 6)", "s: (r, r) -> each conv(3x3, 3) sharing all", "x: add(s) -> fc(alpha)"),
    ):
        found = three_ways(head(*steps), [{"n": n, "alpha": a} for n, a in product((1, 2, 4), (1, 3))], "n", "alpha")
        assert None not in found, steps


def test_other_numbers_of_regions_can_t_be_joined(head) -> None:
    net = head("a: rois(n, 4)", "b: in -> rois(2, 4)", "x: add(a, b)")
    assert net.cost(n=2).params == 0
    assert error(net) == "one tensor is of 3 parts (rois, heads …), another of 2"
    net = head("a: rois(n, 4)", "x: add(a, in -> resize(4))")
    assert error(net) == "one tensor is of 3 parts (rois, heads …), another of 1"
    assert error(head("x: rois(n, 4)"), n=0) == "the number of regions (n) must be above 0, not 0"


def test_what_follows_from_learned_tensors_alone_runs_once_and_joins_any_number_of_parts(head) -> None:
    net = head("t: learned(4, 2) -> conv(1x1, 3, norm=none, act=none)", "x: add(in -> rois(n, 4), t)")
    counts = {c.name: c.count for c in net.cost(n=3).layers}
    assert counts == {"t.1": 1, "t.2.conv": 1, "x.1": 3, "x": 3}
    assert net.cost(n=3).mult_adds == 2 * 3 * 4 * 4
    net = head("t: add(learned(4, 3), in -> resize(4))", "x: add(in -> rois(n, 4), t)")
    assert error(net) == "one tensor is of 3 parts (rois, heads …), another of 1"
    net = head("t: learned(4, 4) -> heads(2) -> conv(1x1, 3) -> bn", "x: add(in -> rois(n, 4), t)")
    assert error(net) == "one tensor is of 3 parts (rois, heads …), another of 2"


IDLE = """
parameters: {n: 2}
input: 2 x 2 x 4
layers:
  keep:  conv(1x1, 8)
  side:  in -> conv(1x1, 8, norm=none)
  times: matmul(in, in)
  out:   keep if n > 1 else concat(side, times)
"""


def test_layers_that_no_output_depends_on_are_told_if_they_cost_something() -> None:
    """A product of tensors has no weights, an activation neither weights nor mult-adds."""
    assert [layer.name for layer in unread(network(IDLE).graph())] == ["side.conv", "times"]
    assert [layer.name for layer in unread(network(IDLE).graph(n=1))] == ["keep.conv", "keep.bn"]


BRANCH = """
network: branch
parameters: {{n: 1}}
input: 64 x 64 x 3
layers:
  a: conv(3x3, 4, 2)
  b: conv(3x3, 4{s}) if n > 1
  c: conv(3x3, 4, 2)
features: {{C2: a, C3: c}}
"""


def _over(tmp_path: Path, s: str) -> Network:
    (tmp_path / "branch.yaml").write_text(BRANCH.format(s=s), encoding="utf-8")
    text = "network: over\nuses: {branch: [branch]}\nparameters: {n: 1}\ninput: 64 x 64 x 3\nlayers:\n"
    (tmp_path / "over.yaml").write_text(text + "  net: branch(n=n, output_stride=2)\n  x: net.C3 -> bn\n", "utf-8")
    return load(str(tmp_path / "over.yaml"))


def test_an_array_may_leave_a_layer_out_where_strides_end(tmp_path: Path) -> None:
    np = pytest.importorskip("numpy")
    net = _over(tmp_path, "")
    assert net.cost(n=np.array([1, 2])).mult_adds.tolist() == [net.cost(n=n).mult_adds for n in (1, 2)]


def test_an_array_that_decides_about_a_stride_there_is_an_error(tmp_path: Path) -> None:
    np = pytest.importorskip("numpy")
    net = _over(tmp_path, ", 2")
    with pytest.raises(CostcalcError, match="output_stride needs an array to leave strides alone"):
        net.cost(n=np.array([1, 2]))


def test_a_layer_on_a_learned_tensor_alone_has_the_pace_of_the_input(tmp_path: Path) -> None:
    inner = (
        "network: learns\ninput: 64 x 64 x 3\nlayers:\n  a: conv(3x3, 4, 2)\n  b: learned(32x32, 4) -> conv(3x3, 4)\n"
    )
    inner += "  c: add(a, b) -> conv(3x3, 4, 2)\nfeatures: {C2: a, C3: c}\n"
    (tmp_path / "learns.yaml").write_text(inner, encoding="utf-8")
    text = "network: over\nuses: {learns: [learns]}\ninput: 64 x 64 x 3\nlayers:\n  net: learns(output_stride=2)\n"
    (tmp_path / "over.yaml").write_text(text + "  x: net.C3 -> bn\n", encoding="utf-8")
    assert load(str(tmp_path / "over.yaml")).graph().outputs["out"].shape == (4, 32, 32)
