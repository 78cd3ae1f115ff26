"""The convolutions and linear layers of a module as they run, whether they are called as modules or as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import linear
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from .uses import Use, convolution_use, linear_use, weight_use

_WHOLE = nn.modules.conv._ConvNd | nn.Linear | nn.MultiheadAttention
"""Modules that are told of as such, whatever runs in them."""


class Watch(TorchFunctionMode):  # type: ignore[misc, unused-ignore]
    """What runs while this is entered: ``uses`` in their order, and ids of the modules that ``ran`` or are in ``uses``.

    ``mult_adds`` tells how many were counted so far.
    """

    def __init__(self, module: nn.Module, mult_adds: Callable[[], int]) -> None:
        super().__init__()
        self.uses: list[Use] = []
        self.ran: set[int] = set()
        self.compared: set[int] = set()
        self._mult_adds = mult_adds
        self._begun: list[int] = []
        """Mult-adds when each of the modules began that run as a whole."""
        self._names = {id(m): name for name, m in module.named_modules()}
        self._owners = {id(p): m for m in module.modules() for p in m.parameters(recurse=False)}
        self._module = module
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> Watch:
        for m in self._module.modules():
            self._handles += [m.register_forward_pre_hook(self._before), m.register_forward_hook(self._after)]
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        for handle in self._handles:
            handle.remove()

    def _before(self, layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        if isinstance(layer, _WHOLE):
            self._begun.append(self._mult_adds())

    def _after(self, layer: nn.Module, inputs: tuple[Any, ...], made: Any) -> None:
        self.ran.add(id(layer))
        if not isinstance(layer, _WHOLE):
            return
        done = self._mult_adds() - self._begun.pop()
        name = self._names.get(id(layer), "")
        if isinstance(layer, nn.MultiheadAttention):
            self._attention(name, layer, inputs)
        elif isinstance(made, Tensor):
            self.compared.add(id(layer))
            use = linear_use if isinstance(layer, nn.Linear) else convolution_use
            self.uses.append(use(name, layer, tuple(made.shape), done))

    def _attention(self, name: str, layer: nn.MultiheadAttention, inputs: tuple[Any, ...]) -> None:
        """Its two projections, if one makes queries, keys and values of one tensor; the products aren't theirs."""
        if layer.in_proj_weight is None or len({id(x) for x in inputs[:3]}) != 1:
            return
        x = inputs[0]
        self.compared |= {id(layer), id(layer.out_proj)}
        self.ran.add(id(layer.out_proj))
        batch_first = layer.batch_first or x.dim() == 2
        shape = tuple(x.shape) if batch_first else (x.shape[1], x.shape[0], x.shape[2])
        for part, weight, bias in (
            ("in_proj", layer.in_proj_weight, layer.in_proj_bias),
            ("out_proj", layer.out_proj.weight, layer.out_proj.bias),
        ):
            run = weight.numel() * shape[0] * shape[1] if x.dim() == 3 else weight.numel() * shape[0]
            self.uses.append(weight_use(f"{name}.{part}", weight, bias is not None, shape, run))

    def __torch_function__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        by_name = kwargs or {}
        if func is not linear or self._begun:
            return func(*args, **by_name)
        before = self._mult_adds()
        made = func(*args, **by_name)
        weight = args[1] if len(args) > 1 else by_name["weight"]
        bias = args[2] if len(args) > 2 else by_name.get("bias")
        owner = self._owners.get(id(weight))
        name = "" if owner is None else self._names[id(owner)]
        if owner is not None:
            self.ran.add(id(owner))
            self.compared.add(id(owner))
        # A bias that is made, as by joining others, is none of the layer.
        has_bias = id(bias) in self._owners
        self.uses.append(weight_use(name, weight, has_bias, tuple(made.shape), self._mult_adds() - before))
        return made
