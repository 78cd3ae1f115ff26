"""What holds for all tests."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """The collector leaves alone what is there for the whole session (every test, every module), and looks seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
