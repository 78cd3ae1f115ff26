"""How much of torchvision and timm `costcalc import` can say: run by hand, it writes tests/importing/survey.yaml.

    python tools/survey_import.py trace FOLDER [NAME …]     each model's traces at two sizes, as JSON (needs torch)
    python tools/survey_import.py count FOLDER [NAME …]     what becomes of them (needs no torch)
    python tools/survey_import.py baseline FOLDER           the same, into the baseline; nothing that was ok may be lost

A trace is made once and kept, so that a change of the importer is measured in a minute.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import sys
from pathlib import Path

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
    models |= {f"backbones/{n}": (3, 224, 224) for n in torchvision.models.list_models(torchvision.models.detection)}
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
            except worker._Refused as e:
                answer = {"error": str(e)}
            with gzip.open(path, "wt") as file:
                json.dump(answer, file)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        print(name, status, flush=True)


if __name__ == "__main__":
    {"trace": trace}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3:])
