"""Pages run in headless Chromium, without a driver: ``--dump-dom`` prints what a page made of itself."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed: what a browser shows isn't tested")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-extensions", "--disable-dev-shm-usage",
)  # fmt: skip
_VERDICT = re.compile(r'<pre id="verdict">(.*?)</pre>', re.DOTALL)


def dumped(path: Path, hash_: str = "", *, width: int = 1280, patience: int = 30_000) -> str:
    """The document that the page at ``path`` became, once it has nothing left to do (``patience`` in ms)."""
    profile = path.parent / "profile"
    command = [
        CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", f"--window-size={width},900",
        f"--virtual-time-budget={patience}", "--dump-dom", f"file://{path}{hash_}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=180, check=True)
    return done.stdout.decode()


def verdict(path: Path, hash_: str = "", *, width: int = 1280, patience: int = 30_000) -> Any:
    """What the page wrote as JSON into its element ``verdict``."""
    text = dumped(path, hash_, width=width, patience=patience)
    found = _VERDICT.search(text)
    assert found, text[-2000:]
    return json.loads(html.unescape(found[1]))
