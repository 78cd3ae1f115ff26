"""What a network of a spec is in PyTorch: layers under their own names, run in order along the graph's edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor, nn

from ..errors import quoted


class ModuleStep(NamedTuple):
    """One layer's turn: the tensors by number that it takes and makes, and those that nothing needs afterwards."""

    name: str
    kind: str
    sources: tuple[int, ...]
    results: tuple[int, ...]
    done: tuple[int, ...]


Watch = Callable[[ModuleStep, nn.Module, tuple[Tensor, ...]], None]


class ModuleGroup(nn.Module):  # type: ignore[misc]
    """Holds the layers below a name; never called itself."""


class GraphModule(nn.Module):  # type: ignore[misc]
    """A network of a spec. ``get_submodule("stage2.dw.conv")`` is the layer of that name.

    It takes a tensor (batch, channels, height, width) for each of ``input_names``, in that order or by name, and
    gives one tensor, or a dict of several by ``output_names``; a sequence has its length in place of height and
    width, a video its frames before them. An output that is 1 x 1 at any resolution, such as a classifier's, is
    (batch, channels). ``input_shapes`` are (channels, height, width) of the resolution that it was built at; layers
    that depend on that (a fully connected one on a map, ``up``) take no other.

    ``steps`` say what runs when, and on what; tensors have numbers, those of the inputs first. ``outputs`` have the
    number behind each output, and whether its size of 1 x 1 is left away.
    """

    def __init__(self, inputs: dict[str, tuple[int, ...]]) -> None:
        super().__init__()
        self.input_shapes = dict(inputs)
        self.outputs: dict[str, tuple[int, bool]] = {}
        self.steps: list[ModuleStep] = []

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(self.input_shapes)

    @property
    def output_names(self) -> tuple[str, ...]:
        return tuple(self.outputs)

    def forward(self, *inputs: Tensor, **named: Tensor) -> Tensor | dict[str, Tensor]:
        names = self.input_names[len(inputs) :]
        if len(inputs) > len(self.input_names) or set(named) != set(names):
            raise TypeError(f"the inputs are {', '.join(self.input_names)}, each once")
        found = self.run([*inputs, *(named[name] for name in names)])
        return next(iter(found.values())) if len(found) == 1 else found

    def run(self, inputs: Sequence[Tensor], watch: Watch | None = None) -> dict[str, Tensor]:
        """The outputs by name. ``watch`` is told of every step, its module and the tensors that this made."""
        tensors = dict(enumerate(inputs))
        for step in self.steps:
            module = self.get_submodule(step.name)
            made = several(module(*(tensors[k] for k in step.sources)))
            tensors.update(zip(step.results, made, strict=True))
            if watch is not None:
                watch(step, module, made)
            for number in step.done:
                tensors.pop(number, None)
        return {name: tensors[k].flatten(1) if flat else tensors[k] for name, (k, flat) in self.outputs.items()}

    def get_submodule(self, target: str) -> nn.Module:
        """By name, also where a label is that of a method which every module has: ``half``."""
        found: nn.Module = self
        for label in target.split(".") if target else ():
            if label not in found._modules:
                raise AttributeError(f"there is no layer {quoted(target)}")
            found = found._modules[label]
        return found

    def place(self, name: str, module: nn.Module) -> None:
        """Put ``module`` at ``name``, where it takes over the layers that are below that name already."""
        *above, label = name.split(".")
        holder: nn.Module = self
        for outer in above:
            # Not add_module, which refuses the names of a module's own methods.
            if outer not in holder._modules:
                holder._modules[outer] = ModuleGroup()
            holder = holder._modules[outer]
        if label in holder._modules:
            module._modules.update(holder._modules[label]._modules)
        holder._modules[label] = module


def several(made: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What a layer makes, as a tuple also if it is one tensor."""
    return made if isinstance(made, tuple) else (made,)
