"""A spec's ``source``: where the network was published, and what a citation needs."""

from __future__ import annotations

import re

from ..errors import SpecError, quoted
from .nodes import YamlList, YamlNode, as_mapping, as_text, as_texts, place_of
from .text import Text

LISTS = ("authors", "cite")
"""Keys that may have several values, which are joined by "; "."""
KEY = r"[A-Za-z][A-Za-z0-9_.:+-]{0,79}"
"""Of BibTeX and of \\cite, where nothing is escaped."""
PATTERNS = {
    "year": (r"(19|20)[0-9]{2}", "a year has four digits, such as 2017"),
    "cite": (KEY, "a key is letters, digits and _ . : + -, such as he2016deep"),
    "doi": (r"10\.[0-9]{4,9}/[^\s{}\\]+", "a DOI begins with 10., such as 10.1109/CVPR.2018.00474"),
    "url": (r"https?://[^\s{}\\]+", "an address begins with https://"),
}
"""What the text of a key looks like, and how to say it; other keys have any text."""


def read_source_section(value: YamlNode) -> dict[str, str]:
    """The texts by their keys; a plain text is where it is from."""
    if isinstance(value, Text):
        return {"where": value.value}
    found: dict[str, str] = {}
    for key, v in as_mapping(value, "{cite: …, where: …}").items:
        if key.value in LISTS and isinstance(v, YamlList):
            texts = as_texts(v, "a list of texts")
            if not texts:
                raise SpecError(f"{key.value} is empty", place_of(v))
        else:
            texts = [as_text(v, "a text")]
        for text in texts:
            checked(key.value, text)
        found[key.value] = "; ".join(text.value for text in texts)
    return found


def checked(key: str, text: Text) -> None:
    """Raise :class:`SpecError` for a text that no such key has."""
    pattern, says = PATTERNS.get(key, (r"(?s).*", ""))
    if not re.fullmatch(pattern, text.value):
        raise text.error(f"{says}, not {quoted(text.value)}")
    if key == "authors" and (not text.value.strip() or ";" in text.value):
        raise text.error(f"an author is a name, not {quoted(text.value)}; several are a list: [Ann Li, Bo Wu]")
