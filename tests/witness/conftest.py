from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Small networks are faster so, and where cores are shared much faster."""
    try:
        import torch
    except ModuleNotFoundError:
        return
    torch.set_num_threads(1)
