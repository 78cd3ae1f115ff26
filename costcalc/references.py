"""Where networks were published: ``specs/references.yaml`` and what a spec says of itself, as BibTeX and in short."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping

from .errors import UsageError, nearest, quoted
from .language.find import open_shipped
from .language.folders import specs_folder
from .language.nodes import YamlMapping, YamlNode, as_mapping
from .language.published import checked, read_source_section
from .language.source import Text, compose
from .record import Record, fresh

FILE = "references.yaml"
FIELDS = ("title", "authors", "year", "venue", "journal", "arxiv", "doi", "url")

_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u030a": "r", "\u030c": "v",
    "\u0327": "c", "\u0328": "k", "\u0304": "=", "\u0306": "u", "\u0307": ".", "\u030b": "H",
}  # fmt: skip
"""Combining marks, and how BibTeX writes them."""
_LETTERS = {
    "ß": r"{\ss}", "ø": r"{\o}", "Ø": r"{\O}", "ł": r"{\l}", "Ł": r"{\L}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}",
    "ı": r"{\i}", "\u2013": "--", "\u2014": "---", "\u2019": "'", "\u2018": "`", "\u201c": "``", "\u201d": "''",
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "<": "$<$", ">": "$>$", "|": "$|$",
}  # fmt: skip


class Reference(Record):
    """A publication. What isn't known is empty; ``authors`` are "First Last" or "von Last, First"."""

    key: str
    title: str = ""
    authors: list[str] = fresh(default_factory=list)
    year: str = ""
    venue: str = ""
    journal: str = ""
    arxiv: str = ""
    doi: str = ""
    url: str = ""

    @property
    def short(self) -> str:
        """``Sandler et al., 2018``."""
        names = [_last(author) for author in self.authors]
        who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return ", ".join(part for part in (who or self.title, self.year) if part)

    @property
    def link(self) -> str:
        """Where it can be read, if that is known."""
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        return f"https://doi.org/{self.doi}" if self.doi else self.url


def load_references() -> dict[str, Reference]:
    """The shipped ones by their keys. Raises :class:`costcalc.errors.SpecError` with the place of what is wrong."""
    return read_references(compose(open_shipped(os.path.join(specs_folder(), FILE))))


def read_references(root: YamlNode) -> dict[str, Reference]:
    """The references of a file's mapping, each once, with a title, authors and a year."""
    found: dict[str, Reference] = {}
    titles: dict[str, str] = {}
    for key, node in as_mapping(root, "key: {title: …, authors: […], year: …}").items:
        checked("cite", key)
        mapping = as_mapping(node, "title, authors, year, …")
        _known(mapping, key)
        said = read_source_section(mapping)
        for field in ("title", "authors", "year"):
            if field not in said:
                raise key.error(f"{key.value} has no {field}")
        made = _reference(key.value, said)
        if (other := titles.setdefault(made.title.lower(), key.value)) != key.value:
            raise key.error(f"{key.value} has the title of {other}")
        found[key.value] = made
    return found


def _known(mapping: YamlMapping, at: Text) -> None:
    for key, _ in mapping.items:
        if key.value not in FIELDS:
            there = ", ".join(FIELDS)
            raise key.error(f"{at.value} has {quoted(key.value)}{nearest(key.value, FIELDS)}; a reference has {there}")


def references_of(source: Mapping[str, str], name: str, known: Mapping[str, Reference]) -> list[Reference]:
    """Where a spec's ``source`` says that it was published, the network itself first; none if it says no title.

    ``known`` are those of its keys. Raises :class:`UsageError` for a key that there isn't.
    """
    found: list[Reference] = []
    if source.get("title"):
        found.append(_reference(_key(source, name), source))
    for key in source.get("cite", "").split("; "):
        if key and key not in known:
            raise UsageError(f"{name}: no reference has the key {quoted(key)}{nearest(key, known)}")
        found += [known[key]] if key else []
    return found


def _reference(key: str, said: Mapping[str, str]) -> Reference:
    texts = {field: " ".join(said[field].split()) for field in FIELDS if field in said and field != "authors"}
    return Reference(key, authors=[a for a in said.get("authors", "").split("; ") if a], **texts)


def _key(source: Mapping[str, str], name: str) -> str:
    """``li2026ours``: the first author, the year, the title's first long word; of letters and figures alone."""
    authors = source.get("authors", "").split("; ")
    words = [word for word in re.findall(r"\w+", source["title"]) if len(word) > 3] or [name]
    parts = (_last(authors[0]) if authors[0] else "", source.get("year", ""), words[0])
    plain = unicodedata.normalize("NFKD", "".join(parts)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain).lstrip("0123456789") or "source"


# -- BibTeX


def bibtex(reference: Reference) -> str:
    """The entry, in ASCII: accents and signs as TeX writes them, words of a title whose capitals stay in braces."""
    kind = "inproceedings" if reference.venue else "article" if reference.journal else "misc"
    fields = {
        "title": " ".join(_word(word) for word in reference.title.split()),
        "author": " and ".join(_tex(_last_first(author)) for author in reference.authors),
        "booktitle": _tex(reference.venue),
        "journal": _tex(reference.journal),
        "howpublished": f"arXiv:{reference.arxiv}" if reference.arxiv and kind == "misc" else "",
        "year": reference.year,
        "eprint": reference.arxiv,
        "archiveprefix": "arXiv" if reference.arxiv else "",
        "doi": reference.doi,
        "url": reference.url,
    }
    wide = max(len(name) for name, text in fields.items() if text)
    lines = [f"  {name:<{wide}} = {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@{kind}{{{reference.key},", *lines, "}"]) + "\n"


def _last(author: str) -> str:
    last, comma, _ = author.partition(",")
    return last.strip() if comma else author.split()[-1]


def _last_first(author: str) -> str:
    if "," in author or " " not in author:
        return author
    *first, last = author.split()
    return f"{last}, {' '.join(first)}"


def _word(word: str) -> str:
    """A word of a title; with capitals beyond the first letter in braces, or a style would make them small."""
    bare = word.rstrip(":,.;")
    kept = any(re.search(r"[A-Z]", part[1:]) for part in bare.split("-"))
    return f"{{{_tex(bare)}}}{word[len(bare) :]}" if kept else _tex(word)


def _tex(text: str) -> str:
    return "".join(_LETTERS.get(c) or _accented(c) for c in text)


def _accented(c: str) -> str:
    r"""``{\'e}``; what has no letter in TeX is named: "U+4E2D"."""
    if c.isascii():
        return c if c.isprintable() else " "
    parts = list(unicodedata.normalize("NFD", c))
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return rf"{{\{_ACCENTS[parts[1]]}{{{parts[0]}}}}}"
    return f"U+{ord(c):04X}"
