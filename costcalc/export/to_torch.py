"""A network as a Python file that needs PyTorch alone: its layers under the table's names, and who takes what."""

from __future__ import annotations

import inspect
import json
import keyword
import re
from types import ModuleType
from typing import Any

from torch import nn

from ..errors import printable
from ..graph import Graph
from ..witness.module import GraphModule, ModuleGroup
from ..witness.parts import SplitModule
from ..witness.rearranging import SplitAlong
from .calls import OWN, constructor
from .flow import Access, Chain, flow, plain

SPLITS = (SplitModule, SplitAlong)
"""Modules that give a tuple also of one tensor."""

LAYERS = '''
class Layers(nn.Module):
    """Layers by name. Called itself, it runs them one after the other."""

    def __init__(self, layers: dict[str, nn.Module]) -> None:
        super().__init__()
        self._modules.update(layers)

    def __getitem__(self, name: str) -> nn.Module:
        return self._modules[name]

    def __setitem__(self, name: str, layer: nn.Module) -> None:
        self._modules[name] = layer

    def forward(self, x: Tensor) -> Tensor:
        for layer in self._modules.values():
            x = layer(x)
        return x
'''

HOLDING = '''
def holding(layer: nn.Module, operands: dict[str, nn.Module]) -> nn.Module:
    """``layer``, with what makes its operands below its name."""
    layer._modules.update(operands)
    return layer
'''

INDENT = "    "


def torch_source(module: GraphModule, graph: Graph, name: str, about: str) -> str:
    """The file's text. ``module`` is that of ``graph``, on any device; ``about`` tells what it is, in a line."""
    class_name = _class_name(name)
    net = _network(module, graph, class_name, about)
    helpers = [HOLDING] if "holding(" in net else []
    helpers += [LAYERS] if "Layers(" in net else []
    helpers = [*_helpers(net), *helpers]
    text = "".join(f"\n{source.strip()}\n\n" for source in [*helpers, net])
    return f'"""{_quotable(about)}."""\n\n{_imports(text)}\n{text}{_main(module, class_name)}'


def _class_name(name: str) -> str:
    words = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))
    taken = {"Layers", *vars(nn), *(name for file in OWN for name in vars(file))}
    return words if plain(words) and words not in taken else f"Net{words}"


def _quotable(text: str) -> str:
    """``text`` for a line of a docstring."""
    return printable(text).replace("\n", " ").replace("\\", "/").replace('"', "'")


def _imports(text: str) -> str:
    lines = ["from __future__ import annotations\n"]
    if "Sequence[" in text:
        lines.append("from collections.abc import Sequence\n")
    lines += ["import torch", "from torch import Tensor, nn"]
    if re.search(r"\bF\.", text):
        lines.append("from torch.nn import functional as F")
    return "\n".join(lines) + "\n"


# -- what stands before the network


def _helpers(text: str) -> list[str]:
    """The classes and functions of our own that ``text`` needs, and those that they need."""
    sources = {name: source for file in OWN for name, source in _sources(file).items()}
    needed: set[str] = set()
    texts = [text]
    while texts:
        words = set(re.findall(r"\w+(?=[(,])", texts.pop()))
        new = (words & set(sources)) - needed
        needed |= new
        texts += [sources[name] for name in new]
    return [source for name, source in sources.items() if name in needed]


def _sources(file: ModuleType) -> dict[str, str]:
    own = [(k, v) for k, v in vars(file).items() if getattr(v, "__module__", None) == file.__name__]
    return {k: re.sub(r"  # type: ignore\S*", "", inspect.getsource(v)) for k, v in own}


# -- the network


def _network(module: GraphModule, graph: Graph, class_name: str, about: str) -> str:
    access = Access(module)
    chains = flow(module)
    lines = [f"class {class_name}(nn.Module):", f'{INDENT}"""{_quotable(about)}."""', ""]
    lines += [f"{INDENT}def __init__(self) -> None:", f"{INDENT * 2}super().__init__()"]
    for label, child in module._modules.items():
        lines.append(f"{INDENT * 2}{access.path(label)} = {_written(child, 2)}")
    lines += [f"{INDENT * 2}{line}" for line in _shared(module, access)]
    lines += ["", *_forward(module, graph, access, chains)]
    return "\n".join(lines)


def _written(module: nn.Module, depth: int) -> str:
    """The module and all below it as an expression."""
    operands = _below(module)
    if not operands:
        return "Layers({})" if type(module) is ModuleGroup else constructor(module)
    inner = INDENT * (depth + 1)
    rows = [f"{inner}{json.dumps(label)}: {_written(child, depth + 1)},\n" for label, child in operands.items()]
    entries = "{\n" + "".join(rows) + INDENT * depth + "}"
    return f"Layers({entries})" if type(module) is ModuleGroup else f"holding({constructor(module)}, {entries})"


def _below(module: nn.Module) -> dict[str, nn.Module]:
    """The layers below a name; a pool behind its padding is one layer."""
    return {} if isinstance(module, nn.Sequential) else dict(module._modules)


def _shared(module: GraphModule, access: Access) -> list[str]:
    """What makes one module, or one tensor, of those at several names."""
    modules: dict[int, str] = {}
    tensors: dict[int, str] = {}
    lines = []
    for name, layer in _named(module, ""):
        if type(layer) is ModuleGroup:
            continue
        if id(layer) in modules:
            lines.append(f"{access.path(name)} = {access.path(modules[id(layer)])}")
            continue
        modules[id(layer)] = name
        for label, tensor in (*layer._parameters.items(), *layer._buffers.items()):
            if tensor is None:
                continue
            path = f"{access.path(name)}.{label}"
            if id(tensor) in tensors:
                lines.append(f"{path} = {tensors[id(tensor)]}")
            tensors.setdefault(id(tensor), path)
    return ["# what is shared", *lines] if lines else []


def _named(module: nn.Module, prefix: str) -> list[tuple[str, nn.Module]]:
    found = []
    for label, child in _below(module).items():
        found += [(prefix + label, child), *_named(child, f"{prefix}{label}.")]
    return found


def _forward(module: GraphModule, graph: Graph, access: Access, chains: list[Chain]) -> list[str]:
    arguments = _arguments(module)
    tensors = dict(enumerate(arguments))
    taken = {*arguments, "self", "torch", "nn", "F", "Tensor"}
    passing = _variable("x", taken)
    shapes = [t.shape for t in graph.inputs.values()]
    shapes += [shape for layer in graph.layers for shape in layer.out_shapes]
    several = len(module.outputs) > 1
    made = "dict[str, Tensor]" if several else "Tensor"
    lines = [f"{INDENT}def forward(self, {', '.join(f'{a}: Tensor' for a in arguments)}) -> {made}:"]
    for chain in chains:
        for k, number in enumerate(chain.results):
            port = f".{k + 1}" if len(chain.results) > 1 else ""
            tensors[number] = passing if chain.passed_on else _variable(chain.name + port, taken)
        given = ", ".join(tensors[k] for k in chain.sources)
        targets = ", ".join(tensors[k] for k in chain.results)
        if len(chain.results) == 1 and isinstance(module.get_submodule(chain.name), SPLITS):
            targets = f"({targets},)"
        line = f"{targets} = {access.path(chain.name)}({given})"
        told = [shapes[k] for k in chain.results if shapes[k] != shapes[chain.sources[0]]]
        comment = f"  # {', '.join(_told(shape) for shape in told)}" if told else ""
        lines.append(f"{INDENT * 2}{line}{comment}")
    ends = {name: tensors[k] + (".flatten(1)" if flat else "") for name, (k, flat) in module.outputs.items()}
    if not several:
        return [*lines, f"{INDENT * 2}return {next(iter(ends.values()))}"]
    rows = [f"{INDENT * 3}{json.dumps(name)}: {end}," for name, end in ends.items()]
    return [*lines, f"{INDENT * 2}return {{", *rows, f"{INDENT * 2}}}"]


def _told(shape: Any) -> str:
    return " x ".join(map(str, shape))


def _arguments(module: GraphModule) -> list[str]:
    taken = {"self", "torch", "nn", "F", "Tensor"}
    return [_variable(name, taken) for name in module.input_names]


def _variable(name: str, taken: set[str]) -> str:
    """A name for a tensor that nothing else has; a lone input, which the language calls so, is ``in_``."""
    found = re.sub(r"[^A-Za-z0-9_]", "_", name).lstrip("_") or "tensor"
    if keyword.iskeyword(found):
        found += "_"
    if not found.isidentifier():
        found = f"tensor_{found}"
    base, k = found, 1
    while found in taken:
        k += 1
        found = f"{base}_{k}"
    taken.add(found)
    return found


def _main(module: GraphModule, class_name: str) -> str:
    """What the file does when it is run: the shapes of the outputs."""
    zeros = ", ".join(f"torch.zeros(1, {', '.join(map(str, s))})" for s in module.input_shapes.values())
    lines = [
        'if __name__ == "__main__":',
        f"{INDENT}net = {class_name}().eval()",
        f"{INDENT}with torch.no_grad():",
        f"{INDENT * 2}made = net({zeros})",
    ]
    if len(module.outputs) > 1:
        lines += [f"{INDENT}for name, tensor in made.items():", f"{INDENT * 2}print(name, *tensor.shape)"]
    else:
        lines.append(f"{INDENT}print(*made.shape)")
    return "\n" + "\n".join(lines) + "\n"
