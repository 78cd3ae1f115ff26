"""What φ makes of the other parameters: 1911.09070, equations 1 to 3, and Table 1 for φ of 0, 1 and 3."""

from __future__ import annotations

import pytest

from ..loading import load


@pytest.mark.parametrize(
    ("phi", "res", "w", "d", "d_class", "backbone"),
    [
        (0, 512, 64, 3, 3, "efficientnet_b0"),
        (1, 640, 88, 4, 3, "efficientnet_b1"),
        (3, 896, 160, 6, 4, "efficientnet_b3"),
    ],
)
def test_compound_scaling(phi: int, res: int, w: int, d: int, d_class: int, backbone: str) -> None:
    found = load("efficientdet").cost(phi=phi).parameters
    assert (found["res"], found["W"], found["D"], found["D_class"]) == (res, w, d, d_class)
    assert str(found["backbone"]) == backbone
