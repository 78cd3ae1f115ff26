"""The page: template, style, interpreter and data joined to one HTML file, which asks nothing of any server.

A content security policy holds the scripts to the ones that stand here, by their hashes, and the page to no connection.
The data is deflated and in base64, so nothing of a spec's text is markup or code.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from .._version import __version__

SCRIPTS = ("run.js", "model.js", "app.js")


def page(networks: Sequence[Any], starts: Sequence[tuple[int, dict[str, str]]], title: str) -> str:
    """The HTML of ``networks`` (:func:`described`), opened at ``starts``: number of a network, texts of parameters.

    The same input gives the same page, byte for byte.
    """
    data = {"version": __version__, "networks": list(networks), "starts": [list(start) for start in starts]}
    return assembled(data, [asset(name) for name in SCRIPTS], title)


def assembled(data: Any, scripts: Iterable[str], title: str, body: str | None = None) -> str:
    """One HTML file of ``scripts`` and the data that they read from the element ``data``; ``body`` for another page."""
    script, style = "\n".join(scripts), asset("style.css")
    sources = {"script-src": script, "style-src": style}
    policy = ["default-src 'none'", *(f"{name} 'sha256-{_hash(text)}'" for name, text in sources.items())]
    policy += ["img-src data:", "base-uri 'none'", "form-action 'none'"]
    parts = {
        "TITLE": escape(title),
        "POLICY": "; ".join(policy),
        "STYLE": style,
        "BODY": asset("body.html") if body is None else body,
        "DATA": deflated(data),
        "SCRIPT": script,
    }
    # In one pass: what is put in isn't searched again.
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda found: parts[found[1]], asset("template.html"))


def asset(name: str) -> str:
    """The text of a file of this package."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def deflated(data: Any) -> str:
    """JSON, deflated, in base64."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b64encode(packer.compress(text.encode("utf-8", "replace")) + packer.flush()).decode()


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
