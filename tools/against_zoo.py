"""Every name that is timm's or torchvision's, layer by layer against that library's own module.

    python tools/against_zoo.py                      all of them
    python tools/against_zoo.py vit swin             of these specs
    python tools/against_zoo.py --names resnet50     these names
    python tools/against_zoo.py --all                also tell every difference of a name
    python tools/against_zoo.py --markdown           the table of docs/against.md

Run by hand where torch, timm and torchvision are installed; neither costcalc nor its tests need them. Modules are made
and run on the meta device, untrained and at the spec's own resolution, as "costcalc verify NAME --against" does it:
timm's by timm.create_model, torchvision's by torchvision.models.get_model. Exit status 1 if one differs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402

import costcalc  # noqa: E402
from costcalc.errors import CostcalcError  # noqa: E402
from costcalc.language.find import known_names  # noqa: E402
from costcalc.language.index import SpecIndex  # noqa: E402
from costcalc.reports.verify_against import Against, compared  # noqa: E402

MAKE = {"timm": ("timm:create_model", "model_name"), "torchvision": ("torchvision.models:get_model", "name")}
TOLD = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"aux_logits": False, "init_weights": False},
    "deeplabv3_resnet50": {"weights_backbone": None},
    "deeplabv3_resnet101": {"weights_backbone": None},
    "deeplabv3_mobilenet_v3_large": {"weights_backbone": None},
    "lraspp_mobilenet_v3_large": {"weights_backbone": None},
    "ssdlite320_mobilenet_v3_large": {"weights_backbone": None},
    "ssd300_vgg16": {"weights_backbone": None},
}
"""What torchvision must be told: no auxiliary heads, as in the specs, and no weights."""
LARGE = 3 * 10**8
"""Params of a network that isn't made with values."""
OURS = {"alexnet": "alexnet_one_tower", "googlenet": "googlenet_bn"}
"""Where torchvision's network has another name here, as ours is the paper's."""


class Row:
    """One name of one library: how many convolutions and linear layers agree, of how many; and what differs."""

    def __init__(self, spec: str, library: str, name: str) -> None:
        self.spec, self.library, self.name = spec, library, name
        self.layers = self.agreeing = self.outside = 0
        self.differences: list[str] = []
        self.problem = ""

    @property
    def verdict(self) -> str:
        return self.problem or ("agrees" if not self.differences else f"differs: {self.differences[0]}")


def rows() -> list[Row]:
    """Every name that is both a name here and one of a library's, in the order of the specs."""
    import timm
    import torchvision

    theirs = {"timm": set(timm.list_models()), "torchvision": set(torchvision.models.list_models())}
    found = {
        (spec_of(known), library, known.name): None
        for known in known_names(SpecIndex())
        for library in theirs
        if known.name in theirs[library] and not known.differs and library in (known.libraries or library)
    }
    return [Row(*key) for key in sorted(found)]


def spec_of(known: object) -> str:
    return Path(known.path).stem  # type: ignore[attr-defined]


def measure(row: Row) -> None:
    target, argument = MAKE[row.library]
    kwargs: dict[str, object] = {argument: row.name}
    name = row.name
    if row.library == "torchvision":
        kwargs |= TOLD.get(name, {})
        name = OURS.get(name, name)
    try:
        told = told_of(name, target, kwargs)
    except CostcalcError as e:
        row.problem = f"not run: {str(e).splitlines()[0][:120]}"
        return
    row.layers = sum(pair.ours is not None for pair in told.pairs)
    row.agreeing = sum(pair.ours is not None and not pair.differences for pair in told.pairs)
    row.outside = told.foreign.elsewhere
    row.differences = [f"{d.layer or 'in total'}: {d.figure} {d.ours} and {d.measured}" for d in told.differences]


def told_of(name: str, target: str, kwargs: dict[str, object]) -> Against:
    """Made on the meta device, or on the CPU where code asks for values; run on the meta device."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        network, arguments = costcalc.load(name), json.dumps(kwargs)
        try:
            with torch.device("meta"):
                return compared(network, {}, target, arguments, "meta")
        except CostcalcError:
            if network.cost().params > LARGE:
                raise
            return compared(network, {}, target, arguments, "meta")


def markdown(found: list[Row]) -> str:
    """A line for each spec and library: how many names, layers and layers that agree, and what differs."""
    lines = ["| spec | library | names | layers | agree | |", "|---|---|---|---|---|---|"]
    for spec, library in dict.fromkeys((row.spec, row.library) for row in found):
        own = [row for row in found if (row.spec, row.library) == (spec, library)]
        apart = "; ".join(f"`{row.name}` {row.verdict}" for row in own if row.verdict != "agrees")
        names = ", ".join(row.name for row in own)
        agree = "all" if not apart else f"{sum(row.agreeing for row in own):,}"
        lines.append(f"| `{spec}` | {library} | {names} | {sum(row.layers for row in own):,} | {agree} | {apart} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specs", nargs="*", metavar="SPEC", help="only names of these specs")
    parser.add_argument("--names", nargs="+", default=[], metavar="NAME", help="only these names")
    parser.add_argument("--all", action="store_true", help="every difference, and not only the first")
    parser.add_argument("--markdown", action="store_true", help="a table by spec, at the end")
    args = parser.parse_args()
    found = [row for row in rows() if row.spec in (args.specs or [row.spec]) and row.name in (args.names or [row.name])]
    for row in found:
        measure(row)
        outside = f", {row.outside:,} mult-adds outside of layers" if row.outside else ""
        print(
            f"{row.spec} {row.library}:{row.name}: {row.agreeing} of {row.layers}{outside}: {row.verdict}", flush=True
        )
        for line in row.differences[1:] if args.all else []:
            print(f"    {line}", flush=True)
    agreeing = sum(row.verdict == "agrees" for row in found)
    print(f"{agreeing} of {len(found)} names agree; timm {version('timm')}, torchvision {version('torchvision')}")
    if args.markdown:
        print(markdown(found))
    return 0 if agreeing == len(found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
