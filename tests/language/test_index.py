"""The index of the shipped specs: it is as they are, and what is newer than it is read from them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from costcalc import UsageError, catalogue, indexing, load, network
from costcalc.conventions import DEFAULT
from costcalc.language import find, folders, index
from costcalc.language.index import CONVENTION, SpecIndex

SHIPPED = Path(folders.specs_folder())
SQUEEZENET = "networks/classic/squeezenet.yaml"


def test_it_is_as_the_specs_are() -> None:
    """If this fails: python tools/docs.py"""
    kept = json.loads((SHIPPED / index.INDEX).read_text(encoding="utf-8"))
    made = json.loads(json.dumps(indexing.made_index()))
    assert list(kept["files"]) == list(made["files"])
    for file, told in made["files"].items():
        assert kept["files"][file] == told, file
    assert kept == made


def test_its_costs_are_those_of_the_default_convention() -> None:
    assert f"conventions/{DEFAULT}.yaml" == CONVENTION


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of specs that may be changed, with the index of those that are shipped."""
    folder = tmp_path / "specs"
    shutil.copytree(SHIPPED, folder)
    for module in (folders, index, find, network, indexing):
        monkeypatch.setattr(module, "specs_folder", lambda: str(folder))
    return folder


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """No spec may be read, nor a network be built."""

    def refuse(*_: object) -> None:
        raise AssertionError("a spec is read")

    monkeypatch.setattr(find, "read_spec", refuse)
    monkeypatch.setattr(indexing, "described", refuse)


def names() -> set[str]:
    return {entry.name for entry in catalogue.entries()[0]}


def test_nothing_is_read_while_nothing_is_newer(specs: Path, unread: None) -> None:
    assert {"squeezenet", "squeezenet_1_1"} <= names()
    assert "mobilenetv2_050" in {known.name for known in find.known_names()}


def test_that_something_is_read_would_be_noticed(specs: Path, unread: None) -> None:
    (specs / SQUEEZENET).write_text((specs / SQUEEZENET).read_text() + "\n")
    with pytest.raises(AssertionError, match="a spec is read"):
        list(find.known_names())
    with pytest.raises(AssertionError, match="a spec is read"):
        names()


def test_other_line_ends_are_no_change(specs: Path, unread: None) -> None:
    text = (specs / SQUEEZENET).read_bytes()
    (specs / SQUEEZENET).write_bytes(text.replace(b"\n", b"\r\n"))
    assert "squeezenet_1_1" in names()


def test_a_newer_spec_is_read(specs: Path) -> None:
    text = (specs / SQUEEZENET).read_text()
    (specs / SQUEEZENET).write_text(text.replace("squeezenet_1_1", "squeezenet_new"))
    known = {k.name for k in find.known_names()}
    assert "squeezenet_new" in known
    assert "squeezenet_1_1" not in known
    assert "squeezenet_new" in names()
    assert load("squeezenet_new").name == "squeezenet_new"
    with pytest.raises(UsageError, match="no spec is called 'squeezenet_1_1' "):
        load("squeezenet_1_1")


def test_costs_follow_a_newer_library_of_blocks(specs: Path) -> None:
    before = {entry.name: entry.params for entry in catalogue.entries()[0]}
    common = specs / "blocks" / "common.yaml"
    text = common.read_text()
    changed = (
        text.replace("fc(in.c", "fc(2*in.c") if "fc(in.c" in text else text.replace("conv(1x1, ", "conv(1x1, 2*", 1)
    )
    assert changed != text
    common.write_text(changed)
    after = {entry.name: entry.params for entry in catalogue.entries()[0]}
    assert before.keys() == after.keys()
    assert before["se_resnet_50"] != after["se_resnet_50"]
    assert before["mobilenet_v1"] == after["mobilenet_v1"]


def test_a_new_file_and_one_that_is_gone(specs: Path) -> None:
    (specs / SQUEEZENET).rename(specs / "networks" / "classic" / "squeezed.yaml")
    assert not SpecIndex().is_whole(index.NETWORKS)
    assert "squeezenet_1_1" in names()
    assert load("squeezenet_1_1").program.spec.origin.name.endswith("squeezed.yaml")
    (specs / "networks" / "classic" / "squeezed.yaml").unlink()
    assert "squeezenet_1_1" not in names()
    with pytest.raises(UsageError):
        load("squeezenet_1_1")


@pytest.mark.parametrize("text", [None, "{", '{"format": 0, "files": {}}'])
def test_without_an_index_that_can_be_read_everything_is_as_with_it(specs: Path, text: str | None) -> None:
    if text is None:
        (specs / index.INDEX).unlink()
    else:
        (specs / index.INDEX).write_text(text)
    assert load("squeezenet1_1").name == "squeezenet_1_1"
    assert load("mobilenetv2_050").cost().params == 1968680
    assert not SpecIndex().is_whole(index.NETWORKS)
