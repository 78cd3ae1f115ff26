"""How much of torchvision and timm `costcalc import` can say: run by hand, it writes tests/importing/survey.yaml.

    python tools/survey_import.py trace FOLDER [NAME …]     each model's traces at two sizes, as JSON (needs torch)
    python tools/survey_import.py count FOLDER [NAME …]     what becomes of them (needs no torch)
    python tools/survey_import.py baseline FOLDER           the same, into the baseline; nothing that was ok may be lost

COSTCALC_ZOO names a YAML file with timm's models, {timm: {NAME: [INPUT, params, …]}}; those above 100 M params are left
out. A trace is made once and kept, so that a change of the importer is measured in a few minutes.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any

from costcalc.errors import CostcalcError
from costcalc.importing.checking import check
from costcalc.importing.flat_text import flat_text
from costcalc.importing.lowering.context import Gaps
from costcalc.importing.lowering.lower import lower
from costcalc.importing.record import Trace
from costcalc.importing.rewrites import rewritten

BASELINE = Path(__file__).parents[1] / "tests" / "importing" / "survey.yaml"
ZOO = os.environ.get("COSTCALC_ZOO", "")
LARGEST = 100_000_000


def names() -> dict[str, tuple[str, tuple[int, ...]]]:
    """Every model: library and input."""
    import yaml

    found: dict[str, tuple[str, tuple[int, ...]]] = {}
    for library, models in yaml.safe_load(Path(ZOO).read_text(encoding="utf-8")).items():
        for name, (size, params, *_) in models.items():
            if params <= LARGEST:
                found[f"{library}/{name}"] = (library, tuple(int(n) for n in size.split("x")))
    return found


def trace(folder: Path, wanted: list[str]) -> None:
    import torch

    for op in (
        "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    ):
        with contextlib.suppress(RuntimeError):  # a torchvision without its compiled part
            torch.library.define(f"torchvision::{op.split('(')[0]}", "(" + op.split("(", 1)[1])
    import timm
    import torchvision

    from costcalc.importing import worker

    def build(name: str):
        library, _, model = name.partition("/")
        if library == "timm":
            return lambda: timm.create_model(model, pretrained=False)
        if library == "segmentation":
            return lambda: getattr(torchvision.models.segmentation, model)(weights=None, weights_backbone=None)
        if library == "backbones":
            return lambda: getattr(torchvision.models.detection, model)(weights=None, weights_backbone=None).backbone
        return lambda: getattr(torchvision.models, model)(weights=None)

    models = {}
    models |= {
        f"torchvision/{n}": (3, 299, 299) if n == "inception_v3" else (3, 224, 224)
        for n in torchvision.models.list_models(torchvision.models)
    }
    models |= {
        f"segmentation/{n}": (3, 224, 224) for n in torchvision.models.list_models(torchvision.models.segmentation)
    }
    detectors = torchvision.models.list_models(torchvision.models.detection)
    models |= {f"backbones/{n}": (3, 300, 300) if n.startswith("ssd3") else (3, 224, 224) for n in detectors}
    models |= {name: size for name, (_, size) in names().items()}
    for name, size in models.items():
        if wanted and name not in wanted and name.partition("/")[2] not in wanted:
            continue
        path = folder / (name.replace("/", "__") + ".json.gz")
        if path.exists():
            continue
        pid = os.fork()
        if pid == 0:
            worker._limit(60)
            try:
                module = worker._made(build(name), name, {}).eval().to("meta")
                first, shapes = worker._first(module, name.partition("/")[2], [[(1, *size)]])
                second, why = worker._second(module, name, shapes, None)
                answer = {
                    "first": first.to_json(),
                    "second": second.to_json() if second else None,
                    "why_no_second": why,
                }
            except worker.NotTraced as e:
                answer = {"error": str(e)}
            with gzip.open(path, "wt") as file:
                json.dump(answer, file)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        print(name, status, flush=True)


def count(folder: Path, wanted: list[str]) -> dict[str, str]:
    """What becomes of each trace: ``ok``, or why not."""
    found = {}
    for path in sorted(folder.glob("*.json.gz")):
        name = path.name.removesuffix(".json.gz").replace("__", "/", 1)
        if wanted and name not in wanted and name.partition("/")[2] not in wanted:
            continue
        with gzip.open(path, "rt") as file:
            found[name] = outcome(json.load(file))
        print(name, found[name], flush=True)
    return found


def outcome(answer: dict[str, Any]) -> str:
    if "error" in answer:
        return f"refused: {answer['error'].splitlines()[0][:120]}"
    traces = [Trace.from_json(answer[key]) for key in ("first", "second") if answer[key]]
    for k, trace in enumerate(traces):  # each size by itself: one that the module takes, the spec has to count
        try:
            flat = rewritten(lower(trace))
            checked = check(flat_text(flat), flat, trace, None)
        except Gaps as gaps:
            if k:  # the spec requires the first size then, and is exact there
                break
            return f"gap: {gaps.gaps[0].kind}"
        except CostcalcError as error:
            return f"error: {str(error).splitlines()[0]}"
        if not checked.agrees:
            return f"WRONG: {checked.sides} {checked.shapes}"
    return "ok"


def baseline(folder: Path, wanted: list[str]) -> None:
    """Write what is found, unless a model that was ok is lost."""
    import yaml

    old = yaml.safe_load(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    new = {**old, **count(folder, wanted)}
    lost = [name for name, was in old.items() if was == "ok" and new[name] != "ok"]
    if lost:
        raise SystemExit(f"these were ok: {', '.join(lost)}")
    BASELINE.write_text(yaml.safe_dump(new, width=1000), encoding="utf-8")


if __name__ == "__main__":
    {"trace": trace, "count": count, "baseline": baseline}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3:])
