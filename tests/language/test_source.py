"""YAML as nodes with places: both loaders alike, every shipped file sound, every place where it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from costcalc.compile import compile_spec
from costcalc.conventions import read_convention
from costcalc.errors import SpecError
from costcalc.language.find import open_shipped, shipped, specs_folder
from costcalc.language.sections import read_spec
from costcalc.language.source import Source, Text, YamlList, YamlMapping, YamlNode, compose, decode_source, loaders
from costcalc.network import SpecLoader
from costcalc.papers.read import read_paper

from ..loading import load

KINDS = ("networks", "blocks", "conventions", "papers", "code", "memory", "devices", "charts")
SHIPPED = sorted(Path(specs_folder()).rglob("*.yaml"))
BAD = sorted((Path(__file__).parents[1] / "bad").glob("*.yaml"))


def source_of(path: Path) -> Source:
    return decode_source(path.read_bytes(), path.name, str(path))


def described(node: YamlNode) -> object:
    """All that a node says, with every place."""
    if isinstance(node, Text):
        return (node.value, node.style, node.line, node.column)
    here = (node.text.line, node.text.column)
    if isinstance(node, YamlList):
        return [here, *map(described, node.items)]
    return {"": here} | {described(k): described(v) for k, v in node.items}


def outcome(path: Path, loader: object) -> object:
    problems: list[SpecError] = []
    try:
        node = compose(source_of(path), loader, problems)
    except SpecError as e:
        return [p.place for p in e.problems]
    return described(node), [str(p) for p in problems]


def test_what_is_shipped_is_tested() -> None:
    assert len(SHIPPED) == sum(len(shipped(kind)) for kind in KINDS) + 1  # references.yaml
    assert len(SHIPPED) > 20


@pytest.mark.skipif("libyaml" not in loaders(), reason="PyYAML without libyaml")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_both_loaders_give_the_same_nodes_and_places(path: Path) -> None:
    assert outcome(path, loaders()["libyaml"]) == outcome(path, loaders()["python"])


@pytest.mark.skipif("libyaml" not in loaders(), reason="PyYAML without libyaml")
@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_both_loaders_give_the_same_problems(path: Path) -> None:
    """Also of mistakes: the same messages, whichever loader is installed."""
    told = []
    for loader in loaders().values():
        try:
            _, problems = read_spec(source_of(path), loader)
            told.append([str(p) for p in problems.sorted(path.name)])
        except SpecError as e:
            told.append([str(p) for p in e.problems])
    assert told[0] == told[1]


@pytest.mark.parametrize("name", [*shipped("networks"), *shipped("blocks")])
def test_every_shipped_spec_is_sound(name: str) -> None:
    files = shipped("networks") | shipped("blocks")
    program = compile_spec(open_shipped(files[name]), SpecLoader())
    assert [str(p) for p in program.problems] == []


@pytest.mark.parametrize("name", shipped("networks"))
def test_every_shipped_network_can_be_built_at_every_variant(name: str) -> None:
    network = load(name)
    for variant in (None, *network.variants):
        assert network.program.build({}, variant).layers


def test_every_shipped_convention_and_paper_is_sound() -> None:
    for path in shipped("conventions").values():
        read_convention(open_shipped(path))
    for path in shipped("papers").values():
        read_paper(open_shipped(path))


def text_in(yaml: str) -> Text:
    """The value of the first key."""
    root = compose(Source("net.yaml", yaml))
    assert isinstance(root, YamlMapping)
    value = root.items[0][1]
    assert isinstance(value, Text)
    return value


@pytest.mark.parametrize(
    ("yaml", "mark", "line", "column"),
    [
        ("a: one two\n", "two", 1, 8),
        ("a: 'one two'\n", "two", 1, 9),
        ('a: "one two"\n', "two", 1, 9),
        ("a:   one\n     two\n", "two", 2, 6),
        ("a: one\n\n\n  two\n   three\n", "three", 5, 4),
        ("a: 'one\n  two'\n", "two", 2, 3),
        ("a: >\n  one\n  two\n", "two", 3, 3),
        ("a: |\n  one\n  two\n", "two", 3, 3),
        ("a: |\n\n    one\n     two\n", "two", 4, 6),
        ("a: |2\n    one\n  two\n", "two", 3, 3),
        ("a: |2\n    one\n  two\n", "one", 2, 5),
        ("a: |-\n  α one\n  ✓ two\n\n", "two", 3, 5),
        ("a: 𝛼 two\n", "two", 1, 6),
        ('a: "\\e one two"\n', "two", 1, 4),
    ],
)
def test_places_in_texts(yaml: str, mark: str, line: int, column: int) -> None:
    """An offset of a text is found in the file, however YAML folds it; after an escape it is the text's beginning."""
    for loader in loaders().values():
        root = compose(Source("net.yaml", yaml), loader)
        assert isinstance(root, YamlMapping)
        text = root.items[0][1]
        assert isinstance(text, Text)
        place = text.place(text.value.index(mark))
        assert (place.line, place.column) == (line, column)


def test_places_of_parts_and_ends() -> None:
    assert text_in("a: one two\n").place(7).column == 11
    assert text_in("a: 'one two'\n").part(0, 3).place().column == 5
    assert text_in("a: 'one two'\n").part(4, 7).place(1).column == 10
    assert text_in("a: one\n  two\n").place(7) == ("net.yaml", 2, 6)


def test_yaml_is_text_only() -> None:
    """No typing of YAML's applies, whatever the version."""
    for value in ("no", "yes", "null", "~", "1e3", "0x10", "010", "3:4", "2001-01-01", "1_000", ".inf", "<<", "="):
        assert text_in(f"a: {value}\n").value == value
    assert text_in("a:\n").value == ""
