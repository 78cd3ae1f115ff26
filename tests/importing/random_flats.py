"""Random networks as lists of calls in modules, as lowering gives them: for properties of folding."""

from __future__ import annotations

from hypothesis import strategies as st

from costcalc.importing.calls import Flat, LayerCall, ModuleRun, Ref, Shape

CLASSES = ("Unit", "Gate", "Cell")


class Growing:
    """A network that grows: calls on a current tensor, within modules."""

    def __init__(self, channels: int, size: int) -> None:
        self.shapes: dict[Ref, Shape] = {("in", 0): (channels, size, size)}
        self.calls: list[LayerCall] = []
        self.stack: tuple[ModuleRun, ...] = ()
        self.current: Ref = ("in", 0)
        self.residual = True

    def call(self, word: str, arguments: dict, inputs: tuple[Ref, ...], *outputs: Shape, name: str = "") -> Ref:
        path = self.stack[-1].path if self.stack else ""
        number = len(self.calls)
        own = f"{path}.{name}" if path and name else name or path
        self.calls.append(LayerCall(number, word, arguments, inputs, outputs, self.stack, own))
        for k, shape in enumerate(outputs):
            self.shapes[number, k] = shape
        self.current = (number, 0)
        return self.current

    def module(self, path: str, cls: str) -> None:
        """What follows runs in a module of that path, and no other."""
        self.stack = (ModuleRun(path, path, cls),)

    def flat(self) -> Flat:
        return Flat("small", (("x", self.shapes["in", 0]),), self.calls, (self.current,))

    def conv(self, k: int, c: int, s: int = 1, act: str = "relu", norm: str = "bn", name: str = "") -> Ref:
        _, h, w = self.shapes[self.current]
        arguments = {"k": (k, k), "c": c, "s": s, "act": act, "norm": norm}
        return self.call("conv", arguments, (self.current,), (c, -(-h // s), -(-w // s)), name=name)

    def dwconv(self, k: int, s: int, name: str) -> Ref:
        c, h, w = self.shapes[self.current]
        return self.call("dwconv", {"k": (k, k), "s": s}, (self.current,), (c, -(-h // s), -(-w // s)), name=name)

    def join(self, word: str, a: Ref, b: Ref) -> Ref:
        c, *size = self.shapes[a]
        return self.call(word, {}, (a, b), (c + self.shapes[b][0] if word == "concat" else c, *size))


@st.composite
def flats(draw: st.DrawFn) -> Flat:
    """Modules of a few classes, whose bodies have steps that some of them lack; the widths follow rules, or don't."""
    net = Growing(draw(st.sampled_from([1, 3, 8])), draw(st.sampled_from([7, 16, 33])))
    net.residual = draw(st.booleans())
    for number in range(draw(st.integers(1, 7))):
        cls = draw(st.sampled_from(CLASSES))
        net.stack = (ModuleRun("net", "net", "Sequential"), ModuleRun(f"net.{number}", f"net.{number}", cls))
        for _ in range(draw(st.integers(1, 2))):
            _body(draw, net, cls)
    net.stack = ()
    if draw(st.booleans()):
        c, *_ = net.shapes[net.current]
        net.call("avgpool", {}, (net.current,), (c, 1, 1), name="pool")
        net.call("fc", {"c": 10}, (net.current,), (10, 1, 1), name="head")
    return net.flat()


def _body(draw: st.DrawFn, net: Growing, cls: str) -> None:
    start = net.current
    entering = net.shapes[start][0]
    c = draw(st.sampled_from([entering, 8, 16, 24, 2 * entering]))
    s = draw(st.sampled_from([1, 1, 2]))
    act = draw(st.sampled_from(["relu", "none", "swish"]))
    named = draw(st.booleans())
    if cls == "Cell":
        left = net.conv(1, c, 1, act, "bn", "left")
        net.current = start
        right = net.conv(3, draw(st.sampled_from([c, 4])), 1, act, "none", "right")
        net.join("concat", left, right)
        return
    if draw(st.booleans()):
        net.conv(1, draw(st.sampled_from([1, 2, 6])) * entering, 1, act, "bn", "expand" if named else "conv.0")
    net.dwconv(draw(st.sampled_from([3, 5])), s, "dw" if named else "conv.1")
    if cls == "Gate" and draw(st.booleans()):
        _gate(draw, net)
    net.conv(1, c, 1, "none", draw(st.sampled_from(["bn", "none"])), "project" if named else "conv.2")
    if net.shapes[net.current] == net.shapes[start] and (net.residual or draw(st.booleans())):
        net.join("add", start, net.current) if draw(st.booleans()) else net.join("add", net.current, start)


def _gate(draw: st.DrawFn, net: Growing) -> None:
    around, (c, *_), x = net.stack, net.shapes[net.current], net.current
    net.stack = (*around, ModuleRun(f"{around[-1].key}.se", f"{around[-1].path}.se", "Squeeze"))
    net.call("avgpool", {}, (x,), (c, 1, 1), name="pool")
    net.conv(1, draw(st.sampled_from([max(1, c // 4), 8])), 1, "relu", "none", "fc1")
    weights = net.conv(1, c, 1, "sigmoid", "none", "fc2")
    net.join("mul", x, weights)
    net.stack = around


def long_flat(calls: int) -> Flat:
    """Residual units with gates, each of them another, until there are so many calls."""
    net = Growing(16, 56)
    number = 0
    while len(net.calls) < calls:
        path = f"net.{number}"
        net.stack = (ModuleRun("net", "net", "Sequential"), ModuleRun(path, path, "Unit"))
        start, c = net.current, net.shapes[net.current][0]
        net.conv(1, (2 + number % 3) * c, 1, "relu", "bn", "conv.0")
        net.dwconv(3 if number % 2 else 5, 1, "conv.1")
        net.conv(1, c + 8 * (number % 5 == 0), 1, "none", "bn", "conv.2")
        if net.shapes[net.current] == net.shapes[start]:
            net.join("add", start, net.current)
        number += 1
    return net.flat()
