"""Networks as a paper's table names them: "MobileNetV2 (1.4)", "ResNet-50", "EfficientNet-B0"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..language.index import SpecIndex
from ..network import Network
from .parameters import RHO
from .values import shown

_WORDS = {
    "t": "T", "s": "S", "m": "M", "l": "L", "xs": "XS", "xxs": "XXS", "xl": "XL", "se": "SE", "bn": "BN", "fpn": "FPN",
    "nas": "NAS", "mlperf": "MLPerf", "cifar10": "CIFAR-10",
}  # fmt: skip
"""Parts of names that are abbreviations, or that no title has."""
_DECIMAL = r"(?<![a-z0-9])([a-z]?[0-9])_([0-9]{1,2}(?![0-9])(?!_[0-9]))"


def title_of(network: Network, at: Mapping[str, Any]) -> str:
    """The network's title, and the values of ``at`` that aren't its defaults: of the width bare, others with names."""
    told, roles = network.parameters, network.roles
    words = []
    for name, value in at.items():
        if told.get(name, 1.0 if name == RHO else None) != value:
            words.append(shown(value) if name == roles.get("width") else f"{name} {shown(value)}")
    title = _title(network)
    return f"{title} ({', '.join(words)})" if words else title


def _title(network: Network) -> str:
    spec = network.program.spec
    whole = spec.title or spec.name
    if network.variant is None or network.variant == spec.name:
        return _first(whole)
    return _of_variant(network.variant, whole)


def _first(title: str) -> str:
    """The first of several names that a title joins: "ResNet" of "ResNet and ResNeXt, and …"."""
    return re.split(r", | \(| and (?=[A-Z])", title, maxsplit=1)[0]


def _of_variant(name: str, title: str) -> str:
    """A variant's name in the letters that its network's title has, or the first shipped one with that word."""
    titles = [title, *(str(entry.get("title", "")) for entry in SpecIndex().files.values())]
    own, *others = ([_word(word) for word in text.split()] for text in titles)
    every = [*(word for group in others[::-1] for word in group), *(part for word in own for part in word.split("-"))]
    words = {_bare(word): word for word in [*every, *own] if word[:1].isupper()}
    parts = re.sub(_DECIMAL, r"\1.\2", name).split("_")
    made: list[str] = []
    while parts:
        for end in range(len(parts), 0, -1):
            if found := words.get(_bare("".join(parts[:end]))):
                break
        else:
            end, found = 1, _part(parts[0], words)
        made.append(found)
        parts = parts[end:]
    return "-".join(made)


def _part(part: str, words: Mapping[str, str]) -> str:
    """A part that is no word of a title: B0, 32x4d, SE; where one begins with a word, that and the rest."""
    if part in _WORDS:
        return _WORDS[part]
    for end in range(len(part) - 1, 2, -1):
        if not (word := words.get(part[:end])):
            continue
        rest = part[end:]
        return f"{word}V{rest[1:]}" if re.fullmatch(r"v\d", rest) else f"{word}{rest}"
    if re.fullmatch(r"[\d.]+[gm]f", part):
        return part.upper()
    if re.fullmatch(r"[a-uw-z]{1,2}\d+[a-z]*|v\d", part) and not re.fullmatch(r"x\d", part):
        return re.sub("^[a-z]+", lambda letters: letters[0].upper(), part)
    return part.upper() if len(part) == 1 else part


def _word(text: str) -> str:
    """Without the signs around it: "ViT" of "(ViT),"; R(2+1)D keeps its own."""
    text = text.strip(',"')
    return text.strip("()") if text.startswith("(") or text.count(")") > text.count("(") else text


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text.replace("+", "plus")).lower()
