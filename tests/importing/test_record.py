"""A record that is written and read again is the same one."""

import json

from costcalc.importing.record import ModuleCall, Read, Trace, TraceNode

STACK = (ModuleCall("net", "", "Net"), ModuleCall("net.conv", "conv", "Conv2d"))
CALL = TraceNode(
    "conv2d",
    "call",
    "conv2d",
    ((1, 8, 4, 4),),
    (Read("x"), Read("w"), None, (2, 2), True, 0.5, "same", (Read("parts", 1),)),
    {"scale": None},
    STACK,
    "net.py:3",
)
RECORD = Trace(
    "net",
    "torch",
    (
        TraceNode("x", "input", "x", ((1, 3, 8, 8),)),
        TraceNode("w", "param", "conv.weight", ((8, 3, 3, 3),)),
        TraceNode("size", "constant", "size", ((2,),), value=(4, 4)),
        CALL,
    ),
    (Read("conv2d"),),
    216,
    3456,
    (("head.weight", 10),),
    ("a note",),
)


def test_a_record_survives_json() -> None:
    assert Trace.from_json(RECORD.to_json()) == RECORD


def test_each_node_is_a_line() -> None:
    lines = RECORD.to_json().splitlines()
    assert len(lines) == 2 + len(RECORD.nodes)
    assert json.loads(lines[-2])["op"] == "conv2d"


def test_path_and_shape_are_of_the_innermost_module_and_the_first_output() -> None:
    assert CALL.path == "conv"
    assert CALL.shape == (1, 8, 4, 4)
    assert [node.name for node in RECORD.inputs] == ["x"]
