"""``lint``: all problems of a file at once, each with its place."""

from __future__ import annotations

import json

from costcalc.language.find import shipped

from .running import TINY, refused, run, shown

BAD = """\
network: bad
paramters: {}
input: 8 x 8 x 3
layers: |
  operator | c
  conv 3x3 | nope
  cnv 3x3  | 8
"""
AT_POINTS = """\
network: points
parameters:
  alpha: {default: 2, range: 1..4}
input: 8 x 8 x 3
layers: |
  input | operator | c
  8²x3  | conv 3x3 | 2*alpha
  8²x5  | conv 1x1 | 3
variants: |
  name | alpha
  even | 3
  odd  | 1.1
"""


def write(folder, text: str, name: str = "net.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_without_problems(tiny: str) -> None:
    assert shown("lint", tiny) == f"{tiny}: no problems\n"


def test_every_shipped_file() -> None:
    for kind in ("networks", "blocks", "conventions", "papers"):
        for name in shipped(kind):
            assert shown("lint", name) == f"{name}: no problems\n"


def test_all_problems_at_once_in_the_order_of_the_text(tmp_path) -> None:
    path = write(tmp_path, BAD)
    result = run("lint", path)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{path}:2:1", f"{path}:6:14", f"{path}:7:3"]
    assert "no section is called 'paramters' (did you mean 'parameters'?)" in lines[0]
    assert "'nope'" in lines[1]
    assert "'cnv'" in lines[2]
    assert result.stderr == "3 problems\n"


def test_what_goes_wrong_at_the_defaults_and_at_the_variants(tmp_path) -> None:
    path = write(tmp_path, AT_POINTS)
    result = run("lint", path)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{path}:7:11: variant odd: stage1: ")
    assert lines[1] == f"{path}:8:3: stage2: the table says input 8²x5, the graph has 8²x4"
    assert result.stderr == "2 problems\n"


def test_values_out_of_range_are_problems_of_the_text(tmp_path) -> None:
    text = AT_POINTS.replace("default: 2", "default: 9").replace("1.1", "0.5")
    result = run("lint", write(tmp_path, text))
    assert result.exit_code == 1
    assert [line.split(": ")[1] for line in result.stdout.splitlines()] == [
        "alpha is from 1 to 4, not 9",
        "alpha is from 1 to 4, not 0.5",
    ]


def test_several_files(tmp_path, tiny: str) -> None:
    path = write(tmp_path, BAD)
    result = run("lint", tiny, path)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == f"{tiny}: no problems"
    assert result.stderr == "3 problems in 1 of 2 files\n"


def test_a_single_problem(tmp_path) -> None:
    path = write(tmp_path, "network: x\ninput: 8 x 8 x 3\nlayers: {a: cnv(3x3, 4)}\n")
    assert run("lint", path).stderr == "1 problem\n"


def test_a_library_of_blocks(tmp_path) -> None:
    assert shown("lint", write(tmp_path, "blocks:\n  a(c): conv(3x3, c)\n")).endswith(": no problems\n")
    result = run("lint", write(tmp_path, "blocks:\n  a(c): conv(3x3, d)\n"))
    assert (result.exit_code, "net.yaml:2:19: " in result.stdout) == (1, True)


def test_a_convention(tmp_path) -> None:
    result = run("lint", write(tmp_path, "convention: x\nunit: y\nwrok: {}\n"))
    assert (result.exit_code, "net.yaml:3:1: " in result.stdout) == (1, True)


def test_stdin() -> None:
    assert shown("lint", "-", stdin=TINY) == "-: no problems\n"
    result = run("lint", "-", stdin="network: [")
    assert (result.exit_code, result.stdout.startswith("<stdin>:1:")) == (1, True)


def test_what_is_no_text_is_a_problem_of_the_file(tmp_path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"network: \xff\n")
    result = run("lint", str(path))
    assert (result.exit_code, result.stdout.count("\n")) == (1, 1)


def test_a_file_that_cant_be_read(tmp_path, tiny: str) -> None:
    assert refused("lint", str(tmp_path)) == f"{tmp_path}:1:1: the file can't be read: it is a folder"
    assert refused("lint", str(tmp_path / "nope.yaml")) == f"there is no file '{tmp_path}/nope.yaml'"
    result = run("lint", str(tmp_path / "nope.yaml"), tiny)
    assert (result.exit_code, result.stdout) == (2, f"{tiny}: no problems\n")


def test_json(tmp_path, tiny: str) -> None:
    path = write(tmp_path, AT_POINTS)
    result = run("lint", path, tiny, "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["files"] == [path, tiny]
    assert found["problems"][1] == {
        "file": path, "line": 8, "column": 3, "path": "stage2", "variant": None,
        "severity": "error", "message": "the table says input 8²x5, the graph has 8²x4",
    }  # fmt: skip
    assert found["problems"][0]["variant"] == "odd"


def test_escape_sequences_in_a_file_are_spelled_out(tmp_path) -> None:
    path = write(tmp_path, 'network: x\n"\\e[31mlayers": y\n')
    result = run("lint", path)
    assert result.exit_code == 1
    assert "\x1b" not in result.output


def test_a_shipped_file_is_found_by_the_names_that_people_type() -> None:
    for name in ("MobileNetV2", "vgg16", "ResNet-50", "mobilenetv2_050"):
        assert shown("lint", name) == f"{name}: no problems\n"


CHANNELS = """\
network: net
input: 16 x 16 x 3
layers: |
  input  | operator | c | s
  16²x3  | conv 3x3 | 8 | 1
  16²x9  | conv 3x3 | 8 | 1
  16²x10 | conv 3x3 | 8 | 2
  15²x8  | conv 3x3 | 8 | 1
  15²x16 | conv 3x3 | 8 | 1
  15²x16 | conv 3x3 | 8 | 1
"""


def test_a_wrong_number_of_channels_hides_the_next_one(tmp_path) -> None:
    """Each wrong shape is told; one that is as far off as the one above may follow from it."""
    found = run("lint", write(tmp_path, CHANNELS)).stdout.splitlines()
    assert [line.partition(":")[2] for line in found] == [
        "6:3: stage2: the table says input 16²x9, the graph has 16²x8",
        "7:3: stage3: the table says input 16²x10, the graph has 16²x8",
        "8:3: stage4: the table says input 15²x8, the graph has 8²x8",
        "9:3: stage5: the table says input 15²x16, the graph has 8²x8",
        "10:3: stage6: the table says input 15²x16, the graph has 8²x8; it may follow from the one above",
    ]


DEAD = """\
network: dead
parameters: {SE: no}
input: 8 x 8 x 16
layers:
  x:    conv(3x3, 16)
  gate: avgpool -> conv(1x1, 16, norm=none, act=sigmoid)
  out:  mul(x, gate) if SE else x
variants: |
  name | SE
  with | yes
"""


def test_a_layer_that_nothing_reads_is_counted_without_a_word(tmp_path) -> None:
    text = DEAD
    path = write(tmp_path, text)
    result = run("lint", path)
    assert (result.exit_code, result.stderr) == (0, "1 warning\n")
    assert result.stdout == f"{path}:6:3: warning: gate.2: no output depends on it here, and it is counted\n"
    assert "Counted, though no output depends on it here: gate.2.conv." in shown("show", path)
    assert json.loads(shown("show", path, "--format", "json"))["unread"] == ["gate.2.conv"]
    assert "no output" not in shown("show", path, "--SE", "yes")
    assert run("lint", write(tmp_path, text.replace("{SE: no}", "{SE: yes}").replace("| yes", "| no"))).stdout == (
        f"{path}:6:3: warning: variant with: gate.2: no output depends on it here, and it is counted\n"
    )


def test_a_copy_that_nothing_reads_is_no_news(tmp_path) -> None:
    """The last of a repeated cell's levels, say: the text is read in another copy."""
    cell = "  cell(h, g;):\n    x: concat(h, g) -> conv(3x3, 4)\n    y: g -> conv(3x3, 4)\n    out: (x, y)\n"
    layers = "layers:\n  a, _: (in, in) -> {} * cell\n  out: a -> fc(3)\n"
    text = f"network: n\nblocks:\n{cell}input: 8 x 8 x 4\n{layers}"
    assert shown("lint", write(tmp_path, text.format(2))).endswith("no problems\n")
    assert "warning: a.1.y: no output" in run("lint", write(tmp_path, text.format(1))).stdout


GATE = """\
network: gate
input: 8 x 8 x 16
layers:
  x:   conv(3x3, 16)
  g:   avgpool -> conv(1x1, 16, act=hsigmoid{})
  out: mul(x, g)
"""


def test_a_gate_has_a_batch_norm_that_nobody_wrote(tmp_path) -> None:
    found = run("lint", write(tmp_path, GATE.format("")))
    assert "net.yaml:5:3: warning: g.2: a norm on one number per channel, before the sigmoid of a gate" in found.stdout
    assert found.exit_code == 0
    for written in (", norm=none", ", norm=bn"):
        assert shown("lint", write(tmp_path, GATE.format(written))).endswith("no problems\n")


def test_a_pooled_map_that_is_no_gate_may_have_a_norm(tmp_path) -> None:
    """The pooled branch of DeepLab's pyramid has one."""
    text = "network: n\ninput: 8 x 8 x 4\nlayers:\n  g: avgpool -> conv(1x1, 4, act=sigmoid) -> fc(3)\n"
    assert shown("lint", write(tmp_path, text)).endswith("no problems\n")
