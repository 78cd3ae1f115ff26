"""Compare the shipped conventions with the tools themselves, live, on networks in torchvision's form.

    python tools/compare_tools.py                     every tool that is installed
    python tools/compare_tools.py fvcore torchinfo    these
    python tools/compare_tools.py --layers            on single layers
    python tools/compare_tools.py --forms             on attention, recurrent cells and the like, in forms of code
    python tools/compare_tools.py --layers --yaml     what the tools say, for tests/truth/tool_layers.yaml
    python tools/compare_tools.py --forms --yaml      the same for tests/truth/tool_forms.yaml

Run by hand in an environment with torch and the tools; neither costcalc nor its tests need them. Exit status 1 if a
total differs. Every thop is imported as thop: install one, and give the folders (pip install --target) of
ultralytics-thop and of an old one in ULTRALYTICS_THOP and THOP_0_0_31. tests/truth/tool_counts.yaml holds what this has
printed.
"""

from __future__ import annotations

import argparse
import collections
import collections.abc
import contextlib
import importlib
import importlib.metadata
import io
import os
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402
import yaml  # noqa: E402
from tool_forms import FORMS  # noqa: E402
from torch import nn  # noqa: E402
from torchvision_forms import LAYERS, NETWORKS, SPEC, Single  # noqa: E402

import costcalc  # noqa: E402
from costcalc.conventions import load_convention, read_convention  # noqa: E402
from costcalc.errors import CostcalcError  # noqa: E402
from costcalc.language.source import Source  # noqa: E402
from costcalc.network import network_from  # noqa: E402


def by_torch(net, x):
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        net(x)
    return counter.get_total_flops()


def by_profiler(net, x):
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], with_flops=True, record_shapes=True) as prof:
        net(x)
    return sum(e.flops for e in prof.key_averages() if e.flops)


def by_fvcore(net, x):
    from fvcore.nn import FlopCountAnalysis

    return FlopCountAnalysis(net, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()


def by_ptflops(net, x, backend, config=None):
    from ptflops import get_model_complexity_info

    more = {"backend_specific_config": config} if config else {}
    return get_model_complexity_info(
        net, tuple(x.shape[1:]), as_strings=False, print_per_layer_stat=False, verbose=False, backend=backend, **more
    )[0]


def by_thop(net, x):
    importlib.metadata.version("thop")  # raises where there is the fork alone
    from thop import profile

    return profile(net, (x,), verbose=False)[0]


def by_another_thop(net, x, variable, distribution):
    """A thop that lies in a folder of its own, which the environment's ``variable`` names."""
    folder = os.environ.get(variable, "")
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "thop"}
    collections.Iterable = collections.abc.Iterable  # where old ones look for it
    sys.path.insert(0, folder)
    try:
        importlib.metadata.version(distribution)
        return importlib.import_module("thop").profile(net, (x,), verbose=False)[0]
    finally:
        sys.path.remove(folder)
        for name in [n for n in sys.modules if n.split(".")[0] == "thop"]:
            del sys.modules[name]
        sys.modules.update(kept)


def by_torchinfo(net, x):
    from torchinfo import summary

    return summary(net, input_data=x, verbose=0).total_mult_adds


def by_torchsummaryx(net, x):
    import pandas
    from torchsummaryX import summary

    whole = pandas.DataFrame.sum
    pandas.DataFrame.sum = _sum_of_numbers  # pandas before 2.0 left out the columns that it couldn't add up
    try:
        return summary(net, x)["Mult-Adds"].sum()
    finally:
        pandas.DataFrame.sum = whole


def _sum_of_numbers(frame):
    import pandas

    columns = [c for c in frame if all(isinstance(v, int | float) for v in frame[c])]
    return pandas.Series({c: frame[c].sum() for c in columns})


def by_torchstat(net, x, column):
    from torchstat import ModelHook

    calls = {m.__class__: m.__class__.__call__ for m in net.modules()}
    try:
        return sum(getattr(m, column).item() for m in ModelHook(net, x.shape[1:]).retrieve_leaf_modules().values())
    finally:  # the tool leaves the calls of every class of module changed
        for cls, call in calls.items():
            cls.__call__ = call


def by_calflops(net, x, which):
    from calflops import calculate_flops

    return calculate_flops(net, tuple(x.shape), output_as_string=False, print_results=False)[which]


def by_deepspeed(net, x, which):
    from deepspeed.profiling.flops_profiler import get_model_profile

    return get_model_profile(net, tuple(x.shape), print_profile=False, as_string=False)[which]


def by_torchprofile(net, x):
    from torchprofile import profile_macs

    return profile_macs(net, x)


def by_onnx_tool(net, x):
    import onnx_tool

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net.onnx")
        torch.onnx.export(net, (x,), path, dynamo=False)
        model = onnx_tool.Model(path)
        model.graph.shape_infer({model.graph.input[0]: x.numpy()})
        model.graph.profile()
        return model.graph.macs[0]


TOOLS = {
    "torch": by_torch,
    "torchprofiler": by_profiler,
    "fvcore": by_fvcore,
    "ptflops_pytorch": lambda net, x: by_ptflops(net, x, "pytorch"),
    "ptflops_modules": lambda net, x: by_ptflops(net, x, "pytorch", {"count_functional": False}),
    "ptflops_aten": lambda net, x: by_ptflops(net, x, "aten"),
    "thop": by_thop,
    "thop_0_0_31": lambda net, x: by_another_thop(net, x, "THOP_0_0_31", "thop"),
    "ultralytics_thop": lambda net, x: by_another_thop(net, x, "ULTRALYTICS_THOP", "ultralytics-thop"),
    "torchinfo": by_torchinfo,
    "torchsummaryx": by_torchsummaryx,
    "torchstat_flops": lambda net, x: by_torchstat(net, x, "Flops"),
    "torchstat_madd": lambda net, x: by_torchstat(net, x, "MAdd"),
    "calflops": lambda net, x: by_calflops(net, x, 0),
    "calflops_macs": lambda net, x: by_calflops(net, x, 1),
    "deepspeed": lambda net, x: by_deepspeed(net, x, 0),
    "deepspeed_macs": lambda net, x: by_deepspeed(net, x, 1),
    "torchprofile": by_torchprofile,
    "onnx_tool": by_onnx_tool,
}
"""What each convention's tool prints for a network."""


def told(name, make, shape):
    """The tool's figure, or why there is none. A network of its own: tools leave hooks behind."""
    torch.manual_seed(0)
    net, x = make().eval(), torch.randn(1, *shape)
    # Without oneDNN's LSTM, which is one operator of CPUs alone.
    torch.backends.mkldnn.enabled = not any(isinstance(m, nn.LSTM) for m in net.modules())
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
            warnings.simplefilter("ignore")
            return int(TOOLS[name](net, x))
    except Exception as e:  # whatever a tool raises must not stop the others
        return f"{type(e).__name__}: {e}".splitlines()[0][:80]


def cases(which):
    """Name, network of costcalc, words of how its code is written, what makes the module, and its input's shape."""
    if which == "layers":
        for text in LAYERS:
            network = network_from(Source(text, SPEC.format(text)))
            yield text, network, None, lambda text=text: Single(text), (3, 4, 4)
    elif which == "forms":
        for row in yaml.safe_load((ROOT / "tests/truth/tool_forms.yaml").read_text(encoding="utf-8"))["forms"]:
            text = f"network: form\ninput: 36 x 24\nlayers:\n{row['layers']}"
            yield row["form"], network_from(Source("form", text)), row["written"], FORMS[row["form"]], (36, 24)
    else:
        for name, make in NETWORKS.items():
            yield name, costcalc.load(name), None, make, (3, 224, 224)


def counted(network, convention, written):
    if written and convention.code is not None:
        text = f"convention: c\nas: {convention.name}\nunit: {convention.unit}\nwritten: {written}\n"
        convention = read_convention(Source("c", text))
    try:
        return network.cost(convention=convention).counted
    except CostcalcError as e:
        return str(e)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tools", nargs="*", metavar="CONVENTION", help=f"of {', '.join(TOOLS)}")
    parser.add_argument("--layers", action="store_true", help="single layers and not networks")
    parser.add_argument("--forms", action="store_true", help="forms of code and not networks")
    parser.add_argument("--yaml", action="store_true", help="only what the tools say")
    args = parser.parse_args()
    differ = 0
    for case, network, written, make, shape in cases("layers" if args.layers else "forms" if args.forms else ""):
        figures = {}
        for name in args.tools or TOOLS:
            convention = load_convention(name)
            ours, theirs = counted(network, convention, written), told(name, make, shape)
            same = "same" if theirs == ours else "DIFFERS" if isinstance(theirs, int) else "not run"
            differ += same == "DIFFERS"
            figures[name] = theirs
            if not args.yaml:
                print(f"{case}: {name} ({convention.tool}): costcalc {ours}, tool {theirs}: {same}", flush=True)
        if args.yaml:
            values = ", ".join(f"{k}: {v if isinstance(v, int) else 'null'}" for k, v in figures.items())
            print(f"    counts: {{{values}}}" if args.forms else f'  - {{layer: "{case}", {values}}}', flush=True)
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main())
