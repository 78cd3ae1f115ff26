"""``cite``: where networks were published, as BibTeX and as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import UsageError
from ..network import Network
from ..references import Reference, bibtex, load_references, references_of
from .values import FORMAT


def cited(networks: Iterable[tuple[str, Network]]) -> list[Reference]:
    """The references of networks, by the words that they were asked for by: each once, in their order.

    Without networks all shipped ones. Raises :class:`UsageError` for a network that says no publication.
    """
    known = load_references()
    found: dict[str, Reference] = {}
    asked = list(networks)
    for word, network in asked:
        own = references_of(network.program.spec.source, word, known)
        if not own:
            form = "source: {title: …, authors: […], year: …} or source: {cite: KEY}"
            raise UsageError(f"{word} names no publication: its spec says none, as {form}")
        found |= {reference.key: reference for reference in own}
    return list(found.values()) if asked else list(known.values())


def text(references: Iterable[Reference]) -> str:
    """A BibTeX file."""
    return "\n".join(bibtex(reference) for reference in references)


def document(references: Iterable[Reference]) -> dict[str, object]:
    """The JSON: what is known of each."""
    told = [{name: getattr(r, name) for name in r._fields} for r in references]
    return {"format": FORMAT, "references": [{k: v for k, v in one.items() if v} for one in told]}
