from __future__ import annotations

from pathlib import Path

import pytest

from .running import EYES, TINY


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """The path of a spec of one's own."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return str(path)


@pytest.fixture
def eyes(tmp_path: Path) -> str:
    """The path of a spec with two inputs and shared weights."""
    path = tmp_path / "eyes.yaml"
    path.write_text(EYES, encoding="utf-8")
    return str(path)
