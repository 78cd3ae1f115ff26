"""specs/references.yaml: every shipped network's paper, and BibTeX that reads back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from costcalc.errors import SpecError, UsageError
from costcalc.language.source import Source, compose
from costcalc.network import networks
from costcalc.references import Reference, bibtex, load_references, read_references, references_of

KNOWN = load_references()
NETWORKS = [n for n in networks() if n.variant is None]


def entries(text: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(kind, key, fields) of a BibTeX file, by a parser that counts braces and knows nothing of ours."""
    at = 0
    while (found := re.compile(r"@(\w+)\{([^,\s]+),\s*").search(text, at)) is not None:
        at, fields = found.end(), {}
        while text[at] != "}":
            name = re.compile(r"(\w+)\s*=\s*\{").match(text, at)
            assert name is not None, text[at : at + 60]
            depth, end = 1, name.end()
            while depth:
                if text[end] == "\\":
                    end += 1
                else:
                    depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            assert name[1] not in fields
            fields[name[1]] = text[name.end() : end - 1]
            at = re.compile(r"\s*,?\s*").match(text, end).end()  # type: ignore[union-attr]
        yield found[1], found[2], fields


@pytest.mark.parametrize("network", [n for n in NETWORKS if n.name != "features_only"], ids=lambda n: n.name)
def test_every_shipped_network_says_its_paper(network) -> None:
    source = network.program.spec.source
    found = references_of(source, network.name, KNOWN)
    assert found
    assert all(r.title and r.authors and re.fullmatch("(19|20)[0-9]{2}", r.year) for r in found)
    if "arxiv" in source:
        assert found[0].arxiv == source["arxiv"]


def test_every_reference_is_somebodys() -> None:
    cited = {key for n in NETWORKS for key in n.program.spec.source.get("cite", "").split("; ")} - {""}
    assert cited == set(KNOWN)


def test_bibtex_reads_back() -> None:
    text = "\n".join(bibtex(r) for r in KNOWN.values())
    assert text.isascii()
    found = list(entries(text))
    assert [key for _, key, _ in found] == list(KNOWN)
    assert len({key.lower() for _, key, _ in found}) == len(found)
    for kind, key, fields in found:
        reference = KNOWN[key]
        assert {"title", "author", "year"} <= set(fields)
        assert kind == ("inproceedings" if reference.venue else "article" if reference.journal else "misc")
        assert len(fields["author"].split(" and ")) == len(reference.authors)
        assert fields.get("eprint", "") == reference.arxiv


def test_nobody_stands_twice_among_the_authors() -> None:
    for reference in KNOWN.values():
        assert len(set(reference.authors)) == len(reference.authors), reference.key
        assert all(re.fullmatch(r"[^\W\d_][\w.'’ ,-]+", author) for author in reference.authors), reference.authors
        assert not reference.arxiv or re.fullmatch(r"[0-9]{4}\.[0-9]{4,5}", reference.arxiv)
        if reference.arxiv:
            assert int(reference.year) - (2000 + int(reference.arxiv[:2])) in (0, 1, 2)


def test_an_entry() -> None:
    reference = Reference(
        "li2026ours", 'A "50 %" Look at $x_1$ & MobileNetV2: Two–Step', ["Ann Dollár", "van der Li, Bo", "Cher"],
        year="2026", arxiv="2601.00001", url="https://example.org/a_b",
    )  # fmt: skip
    assert bibtex(reference) == (
        "@misc{li2026ours,\n"
        '  title         = {A "50 \\%" Look at \\$x\\_1\\$ \\& {MobileNetV2}: {Two--Step}},\n'
        "  author        = {Doll{\\'{a}}r, Ann and van der Li, Bo and Cher},\n"
        "  howpublished  = {arXiv:2601.00001},\n"
        "  year          = {2026},\n"
        "  eprint        = {2601.00001},\n"
        "  archiveprefix = {arXiv},\n"
        "  url           = {https://example.org/a_b},\n"
        "}\n"
    )
    assert (reference.short, reference.link) == ("Dollár et al., 2026", "https://arxiv.org/abs/2601.00001")


@pytest.mark.parametrize("text", ["}", "{", "\\", "@misc{x,", "a\nb", "中", "\x1b", "}}, note = {x"])
def test_no_text_ends_its_field(text: str) -> None:
    ((_, _, fields),) = entries(bibtex(Reference("k", text, [text], "2026", text, text)))
    assert set(fields) <= {"title", "author", "booktitle", "journal", "year"}


def read(text: str) -> dict[str, Reference]:
    return read_references(compose(Source("r.yaml", text)))


WHOLE = "title: T, authors: [Ann Li], year: 2020"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"a: {{{WHOLE}, vneue: X}}", "r.yaml:1:46: a has 'vneue' (did you mean 'venue'?); a reference has title, "),
        ("a: {title: T, year: 2020}", "a has no authors"),
        ("a: {authors: [X], year: 2020}", "a has no title"),
        ("a: {title: T, authors: [X]}", "a has no year"),
        (f"a: {{{WHOLE}}}\nb: {{{WHOLE.replace('T', 't')}}}", "b has the title of a"),
        ("a}b: {title: T}", "a key is letters, digits and _ . : + -"),
        (f"a: {{{WHOLE}, url: 'javascript:alert(1)'}}", "an address begins with https://"),
        (f"a: {{{WHOLE}, doi: '11.1/x'}}", "a DOI begins with 10."),
        ("a: {title: T, authors: [], year: 2020}", "authors is empty"),
        ("a: {title: T, authors: ['A; B'], year: 2020}", "an author is a name, not 'A; B'"),
        ("a: {title: T, authors: [X], year: 20}", "a year has four digits"),
    ],
)
def test_what_is_no_reference(text: str, message: str) -> None:
    with pytest.raises(SpecError) as e:
        read(text)
    assert message in str(e.value)


def test_a_specs_own_publication() -> None:
    own = {"title": "A Net for Étude", "authors": "Ann Dollár; Bo Li", "year": "2026", "where": "Table 1"}
    (found,) = references_of(own, "mine", KNOWN)
    assert (found.key, found.authors, found.short) == (
        "dollar2026etude",
        ["Ann Dollár", "Bo Li"],
        "Dollár and Li, 2026",
    )
    both = references_of({**own, "cite": "he2016deep"}, "mine", KNOWN)
    assert [r.key for r in both] == ["dollar2026etude", "he2016deep"]
    assert references_of({"where": "somewhere"}, "mine", KNOWN) == []
    with pytest.raises(UsageError, match=r"^mine: no reference has the key 'he2016deeep'"):
        references_of({"cite": "he2016deeep"}, "mine", KNOWN)
