"""A network as a Python file that needs PyTorch alone: its layers under the table's names, and who takes what."""

from __future__ import annotations

import inspect
import json
import keyword
import re
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from torch import nn

from ..errors import printable
from ..graph import Graph
from ..witness.module import GraphModule, ModuleGroup
from ..witness.parts import SplitModule
from ..witness.rearranging import SplitAlong
from .calls import INDENT, OWN, WIDTH, written
from .classes import Classes
from .differences import Absent, BlockClass
from .flow import Access, flow, plain
from .units import Item, Unit, every_unit, whole_unit

SPLITS = (SplitModule, SplitAlong)
"""Modules that give a tuple also of one tensor."""

LAYERS = '''
class Layers(nn.Module):
    """Layers by name. Called itself, it runs them one after the other."""

    def __init__(self, layers: dict[str, nn.Module] | None = None, /, **named: nn.Module) -> None:
        super().__init__()
        self._modules.update(layers or named)

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

RESERVED = frozenset({"self", "torch", "nn", "F", "Tensor"})


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
    return words if plain(words) and words not in _taken() else f"Net{words}"


def _taken() -> set[str]:
    """Names of classes that mean something in the file already."""
    return {"Layers", "Tensor", "holding", *vars(nn), *(name for file in OWN for name in vars(file))}


def _quotable(text: str) -> str:
    """``text`` for a line of a docstring."""
    return printable(text).replace("\n", " ").replace("\\", "/").replace('"', "'")


def _imports(text: str) -> str:
    own = ["import math"] if re.search(r"\bmath\.", text) else []
    own += ["from collections.abc import Sequence"] if "Sequence[" in text else []
    torchs = ["import torch", "from torch import Tensor, nn"]
    torchs += ["from torch.nn import functional as F"] if re.search(r"\bF\.", text) else []
    blocks = [["from __future__ import annotations"], own, torchs]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


# -- what stands before the network


def _helpers(text: str) -> list[str]:
    """The classes and functions of our own that ``text`` needs, and those that they need."""
    sources = {name: source for file in OWN for name, source in _sources(file).items()}
    needed: set[str] = set()
    texts = [text]
    while texts:
        words = set(re.findall(r"\w+(?=[(,)])", texts.pop()))
        new = (words & set(sources)) - needed
        needed |= new
        texts += [sources[name] for name in new]
    return [source for name, source in sources.items() if name in needed]


def _sources(file: ModuleType) -> dict[str, str]:
    own = [(k, v) for k, v in vars(file).items() if getattr(v, "__module__", None) == file.__name__]
    return {k: re.sub(r"  # type: ignore\S*", "", inspect.getsource(v)) for k, v in own}


# -- the network and its blocks


def _network(module: GraphModule, graph: Graph, class_name: str, about: str) -> str:
    shapes = [t.shape for t in graph.inputs.values()]
    shapes += [shape for layer in graph.layers for shape in layer.out_shapes]
    chains = flow(module, graph.blocks)
    root = whole_unit(module, graph.blocks, chains, class_name)
    classes = Classes(root, [shape[0] for shape in shapes], _taken() | {class_name})
    access = Access(module, [unit.module for unit in every_unit(root)])
    texts = [_block(module, one) for one in classes.found]
    lines = [f"class {class_name}(nn.Module):", f'{INDENT}"""{_quotable(about)}."""', ""]
    lines += [f"{INDENT}def __init__(self) -> None:", f"{INDENT * 2}super().__init__()"]
    for label, call in classes.layers(root).items():
        path = access.path(label)
        lines.append(f"{INDENT * 2}{path} = {written(call, 2, before=len(path) + 3)}")
    lines += [f"{INDENT * 2}{line}" for line in _shared(module, access)]
    lines += ["", *_forward(module, root, access, shapes)]
    return "\n\n\n".join([*texts, "\n".join(lines)])


def _block(module: GraphModule, found: BlockClass) -> str:
    """The class of a block."""
    base = found.base
    access = Access(base.module, [unit.module for unit in every_unit(base)])
    given = "".join(f", {name}: {_type(found.values[name])}" for name in found.parameters)
    lines = [f"class {found.name}(nn.Module):", f'{INDENT}"""The block {_quotable(base.name)}."""', ""]
    head = f"{INDENT}def __init__(self{given}) -> None:"
    if len(head) > WIDTH:
        rows = [f"{INDENT * 2}{name}: {_type(found.values[name])}," for name in found.parameters]
        head = "\n".join([f"{INDENT}def __init__(", f"{INDENT * 2}self,", *rows, f"{INDENT}) -> None:"])
    lines += [head, f"{INDENT * 2}super().__init__()"]
    for label, call in found.layers.items():
        path = access.path(label)
        text = written(call, 2, found.say, (label,), len(path) + 3)
        if label in found.absent:
            text += f" if {found.absent[label].condition} else None"
            if "\n" not in text and len(path) + 3 + 8 + len(text) > WIDTH:
                text = f"(\n{INDENT * 3}{text}\n{INDENT * 2})"
        lines.append(f"{INDENT * 2}{path} = {text}")
    lines += ["", *_unit_forward(module, base, access, found.absent)]
    return "\n".join(lines)


def _type(values: list[Any]) -> str:
    kinds = {type(value) for value in values}
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in (int, bool, float, str):
            return str(kind.__name__)
    return "int | tuple[int, ...]" if kinds <= {int, tuple} else "object"


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


def _forward(module: GraphModule, root: Unit, access: Access, shapes: list[Any]) -> list[str]:
    """The network's forward pass, with the shapes at its resolution."""
    arguments = _arguments(module)
    tensors = dict(enumerate(arguments))
    several = len(module.outputs) > 1
    made = "dict[str, Tensor]" if several else "Tensor"
    lines = [f"{INDENT}def forward(self, {', '.join(f'{a}: Tensor' for a in arguments)}) -> {made}:"]
    ends = {number for number, _ in module.outputs.values()}
    for item, line in _calls(module, root, access, tensors, arguments, ends, {}):
        told = [shapes[k] for k in item.results if shapes[k] != shapes[item.sources[0]]] if item.sources else []
        comment = f"  # {', '.join(_told(shape) for shape in told)}" if told else ""
        lines.append(f"{INDENT * 2}{line}{comment}")
    found = {name: tensors[k] + (".flatten(1)" if flat else "") for name, (k, flat) in module.outputs.items()}
    if not several:
        return [*lines, f"{INDENT * 2}return {next(iter(found.values()))}"]
    rows = [f"{INDENT * 3}{json.dumps(name)}: {end}," for name, end in found.items()]
    return [*lines, f"{INDENT * 2}return {{", *rows, f"{INDENT * 2}}}"]


def _unit_forward(module: GraphModule, unit: Unit, access: Access, absent: dict[str, Absent]) -> list[str]:
    """A block's forward pass."""
    taken = set(RESERVED)
    names = ["in"] if len(unit.inputs) == 1 else [f"in{k}" for k, _ in enumerate(unit.inputs, 1)]
    arguments = [_variable(name, taken) for name in names]
    tensors = dict(zip(unit.inputs, arguments, strict=True))
    made = "Tensor" if len(unit.outputs) == 1 else "tuple[Tensor, ...]"
    lines = [f"{INDENT}def forward({', '.join(['self', *(f'{a}: Tensor' for a in arguments)])}) -> {made}:"]
    for _, line in _calls(module, unit, access, tensors, arguments, set(unit.outputs), absent):
        lines.append(f"{INDENT * 2}{line}")
    return [*lines, f"{INDENT * 2}return {', '.join(tensors[k] for k in unit.outputs)}"]


def _calls(
    module: GraphModule,
    unit: Unit,
    access: Access,
    tensors: dict[int, str],
    arguments: list[str],
    ends: set[int],
    absent: dict[str, Absent],
) -> Iterator[tuple[Item, str]]:
    """A line for each item. What only the next one takes is called ``x``."""
    taken = {*arguments, *RESERVED}
    passing = _variable("x", taken)
    uses = Counter(n for item in unit.items for n in set(item.sources))
    for k, item in enumerate(unit.items):
        after = unit.items[k + 1].sources if k + 1 < len(unit.items) else tuple(ends)
        (first, *more) = item.results
        last = k + 1 == len(unit.items)
        passed_on = not more and first in after and (len(ends) == 1 if last else uses[first] == 1 and first not in ends)
        given = [tensors[n] for n in item.sources]
        for port, number in enumerate(item.results, 1):
            label = f"{item.label}.{port}" if more else item.label
            tensors[number] = passing if passed_on else _variable(label, taken)
        targets = ", ".join(tensors[n] for n in item.results)
        if item.label not in unit.units and not more and isinstance(unit_layer(unit, module, item.label), SPLITS):
            targets = f"({targets},)"
        path = access.path(item.label)
        call = f"{path}({', '.join(given)})"
        if item.label in absent:
            call = f"{given[absent[item.label].source]} if {path} is None else {call}"
        yield item, f"{targets} = {call}"


def unit_layer(unit: Unit, module: GraphModule, label: str) -> nn.Module:
    """The layer of a label below the unit's name."""
    return module.get_submodule(f"{unit.path}.{label}" if unit.path else label)


def _told(shape: Any) -> str:
    return " x ".join(map(str, shape))


def _arguments(module: GraphModule) -> list[str]:
    taken = set(RESERVED)
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
