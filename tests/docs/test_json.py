"""docs/json.md: the JSON output of every command is as its schema there says, and begins with its format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest

from costcalc.cli.root import COMMANDS, costcalc

from ..cli.running import ROOT, TINY, run

SCHEMAS: dict[str, Any] = {
    section.split("\n")[0]: json.loads(section.split("```json\n")[1].split("```")[0])
    for section in (ROOT / "docs/json.md").read_text(encoding="utf-8").split("\n## ")[1:]
}
PAPER = """\
paper: Mine
tables:
  - table: Table 1
    rows:
      - {network: mobilenet_v2, mult_adds: 300M, params: 3.4M}
      - {network: mobilenet_v1, mult_adds: 575M}
"""
OUTPUTS = [
    ["show", "mobilenet_v1"],
    ["show", "mobilenet_v1", "efficientnet_b0", "--by", "stage", "--top", "2"],
    ["show", "yolov2", "--bits", "8", "--prune", "0.3", "--convention", "thop"],
    ["show", "shufflenet_v1", "--prune", "0.3", "--rho", "6/7"],
    ["show", "mobilenet_v1:res=160", "--convention", "mobilenet_v1_paper", "--by", "layer", "--sort", "name"],
    ["show", "mobilenet_v1", "--memory", "--bits", "8,4", "--by", "stage"],
    ["show", "mobilenet_v1", "--training", "adam", "--batch", "8"],
    ["formula", "mobilenet_v1"],
    ["formula", "separable", "--by", "layer", "--exact"],
    ["formula", "mobilenet_v1", "--memory", "tflm", "--bits", "8"],
    ["formula", "mobilenet_v2", "--convention", "fvcore", "--by", "op"],
    ["reconcile", "efficientnet_b0", "--convention", "convnet_burden", "--convention", "thop"],
    ["compare", "standard", "vs", "separable"],
    ["compare", "mobilenet_v1", "vs", "mobilenet_v2", "--memory", "--bits", "8", "--batch", "4"],
    ["compare", "mobilenet_v1", "vs", "mobilenet_v2:alpha=0.5", "--diff", "--convention", "fvcore"],
    ["fit", "mobilenet_v1", "--max", "mult_adds=200M", "--accuracy", "--convention", "flops", "--all"],
    ["fit", "mobilenet_v1", "--max", "mult_adds=1M"],
    ["reconcile", "mobilenet_v1"],
    ["explain", "mobilenet_v2", "stage2.1.dw", "--alpha", "0.5"],
    ["explain", "efficientnet_b0", "stage2.1.SE.out"],
    ["explain", "convention", "fvcore"],
    ["explain", "convention", "mobilenet_v1_paper"],
    ["explain", "parameter", "mobilenet_v2", "alpha"],
    ["explain", "parameter", "mobilenet_v2", "depthwise"],
    ["explain", "parameter", "alpha"],
    ["explain", "kind", "conv2d"],
    ["explain", "kind", "transpose"],
    ["explain", "memory", "tflm"],
    ["explain", "device", "coral_edge_tpu"],
    ["reconcile", "mobilenet_v1", "--memory", "--bits", "8", "--batch", "4"],
    ["reconcile", "mobilenet_v1", "--batch", "4", "--convention", "fvcore"],
    ["show", "googlenet", "--memory", "--order", "best", "--by", "stage"],
    ["reconcile", "mobilenet_v1", "--between", "fvcore", "thop"],
    ["reconcile", "mobilenet_v1", "--explain", "569M"],
    ["reconcile", "mobilenet_v1", "--explain", "123M"],
    ["reconcile", "--any", "--explain", "569M"],
    ["sweep", "mobilenet_v2", "--alpha", "0.35:1.4:0.35", "--res", "96,160"],
    ["sweep", "efficientnet", "mobilenet_v1", "--lite", "yes,no", "--rho", "6/7,1", "--convention", "fvcore"],
    [
        "sweep",
        "mobilenet_v1",
        "--alpha",
        "0.5,1",
        "--res",
        "96,160",
        "--where",
        "alpha < res / 100",
        "--grid",
        "params",
    ],
    ["sweep", "mobilenet_v1", "--alpha", "0.5,1", "--bits", "8", "--max", "peak_memory=1MiB"],
    ["scale", "efficientnet", "--phi", "0:2:0.5", "--convention", "tensorflow_profiler"],
    ["scale", "mobilenet_v1", "--search", "--top", "4", "--step", "0.1"],
    ["scale", "mobilenet_v2", "--compare", "--res", "96x160"],
    ["roofline", "mobilenet_v1", "--device", "t4", "--dtype", "int8"],
    ["roofline", "mobilenet_v1", "vgg_16", "--device", "coral_edge_tpu"],
    ["algorithms", "mobilenet_v1", "--rank", "16", "--max", "workspace=1MB"],
    ["algorithms", "vgg_16", "resnet_50", "--implicit"],
    ["plot", "mobilenet_v2", "--by", "layer", "--top", "5"],
    ["plot", "mobilenet_v1", "mobilenet_v2", "--over", "alpha=0.5:1:0.25,res=128,224"],
    ["plot", "mobilenet_v1", "mobilenet_v2", "-x", "params", "-y", "mult_adds"],
    ["plot", "mobilenet_v1", "-y", "top1"],
    ["plot", "--figure", "mobilenet_v1:4"],
    ["fit", "mobilenet_v1", "--max", "bound=200ms", "--device", "stm32h747"],
    ["table", "mobilenet_v2:alpha=0.5", "resnet_50", "--convention", "thop", "--memory", "--bits", "8"],
    ["table", "mobilenet_v2", "--columns", "title,year,params"],
    ["table", "mobilenet_v2:alpha=1.4", "yolov8", "--as", "paper"],
    ["cite", "resnet_50", "yolov8"],
    ["list", "mobilenet"],
    ["list", "mobilenet_v1", "--convention", "fvcore"],
    ["list", "mobilenet", "--columns", "name,params"],
    ["list", "mobilenet_v1", "--memory", "tflm", "--bits", "8"],
    ["list", "xyzzy"],
    ["check", "mobilenet_v1"],
    ["check", "mobilenet_v2"],
    ["check", "mine.yaml"],
    ["check", "costs.yaml"],
    ["lint", "mobilenet_v1", "bad.yaml"],
]


def validated(command: str, text: str) -> Any:
    """The document, which is as docs/json.md says."""
    found = json.loads(text)
    assert next(iter(found.items())) == ("format", 1)
    schema = {**SCHEMAS[command], "$defs": SCHEMAS["$defs"]}
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(found, schema, jsonschema.Draft202012Validator)
    return found


@pytest.mark.parametrize("args", OUTPUTS, ids=" ".join)
def test_every_output_is_as_its_schema_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(PAPER)
    Path("costs.yaml").write_text("statement: 1\nnetworks: [{spec: vgg_16, params: 1, mult_adds: 15470264320}]\n")
    Path("bad.yaml").write_text(TINY.replace("conv 3x3", "cnv 3x3"))
    result = run(*args, "--format", "json")
    assert result.exit_code in (0, 1), result.output
    validated(args[0], result.stdout)


@pytest.mark.torch
@pytest.mark.parametrize("args", [["standard"], ["standard", "separable", "--all-layers"]])
def test_verify_is_as_its_schema_says(args: list[str]) -> None:
    pytest.importorskip("torch")
    validated("verify", run("verify", *args, "--format", "json").stdout)


def test_every_command_with_json_has_a_schema() -> None:
    found = {"$defs"}
    for name in COMMANDS:
        command = costcalc.get_command(click.Context(costcalc), name)
        assert command is not None
        formats = [p.type for p in command.params if "--format" in p.opts]
        found |= {name for kind in formats if isinstance(kind, click.Choice) and "json" in kind.choices}
    assert found == set(SCHEMAS)


def test_a_key_that_is_not_described_is_noticed() -> None:
    found = json.loads(run("show", "standard", "--format", "json").stdout)
    with pytest.raises(jsonschema.ValidationError):
        validated("show", json.dumps({**found, "new": 1}))
