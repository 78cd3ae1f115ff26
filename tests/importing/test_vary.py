"""``--vary``: an argument of the code becomes a parameter, also where its name means something in a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..cli.running import run

pytestmark = pytest.mark.torch
CODE = """
from torch import nn


class Net(nn.Sequential):
    def __init__(self, width=1.0):
        c = int(32 * width)
        super().__init__(
            nn.Conv2d(3, c, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, 10)
        )
"""


def test_an_argument_called_like_a_word_of_the_language_gets_a_name_of_its_own(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    code, spec = tmp_path / "net.py", tmp_path / "net.yaml"
    code.write_text(CODE)
    done = run("import", f"{code}:Net", "--input", "3x32x32", "--vary", "width=0.5,1", "-o", str(spec))
    assert done.exit_code == 0, done.output
    assert "width_" in spec.read_text()
    shown = run("show", str(spec), "--set", "width_=0.5", "--format", "json")
    assert shown.exit_code == 0, shown.output
    assert f'"params": {27 * 16 + 16 + 16 * 10 + 10}' in shown.stdout
