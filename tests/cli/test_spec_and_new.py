"""``spec`` and ``new``: the text of a spec, and a copy with what it uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from costcalc.language.find import shipped
from costcalc.network import SpecLoader
from costcalc.reports.lint import open_file, problems
from costcalc.reports.new import files

from .running import TINY, refused, run, shown

NETWORKS = shipped("networks")
LOADER = SpecLoader()


def test_a_spec_is_printed_as_it_is() -> None:
    assert shown("spec", "mobilenet_v2") == Path(NETWORKS["mobilenet_v2"]).read_text(encoding="utf-8")


def test_the_point_of_a_spec_is_told() -> None:
    told = {
        ("mobilenet_v2_140",): "mobilenetv2_140 is mobilenet_v2 at alpha=1.4",
        ("mobilenet_v2:alpha=0.5,res=160",): "the point is mobilenet_v2 at alpha=0.5, res=160",
        ("mobilenet_v2", "--rho", "6/7"): "the point is mobilenet_v2 at res=192",
        ("mobilenet_v2_140", "--res", "96"): "mobilenetv2_140 with res=96 is mobilenet_v2 at alpha=1.4, res=96",
        ("mobilenet_v2", "--res", "224"): "the point is mobilenet_v2 at its defaults",
    }
    text = shown("spec", "mobilenet_v2")
    for words, line in told.items():
        result = run("spec", *words)
        assert (result.stdout, result.stderr) == (text, f"{line}\n")
    assert refused("spec", "mobilenet_v2:alpha=9") == "alpha is from 0.05 to 4, not 9"


@pytest.mark.parametrize("name", NETWORKS)
def test_a_copy_is_the_same_network(name: str, tmp_path: Path) -> None:
    target = tmp_path / "copy of it.yaml"
    network = LOADER.network(name)
    for path, text in files(network, str(target)).items():
        Path(path).write_text(text, encoding="utf-8")
    copy = SpecLoader().network(str(target))
    assert {"copy of it"} <= {path.stem for path in tmp_path.iterdir()}
    found = copy.cost()
    wanted = network.cost()
    assert (found.params, found.mult_adds) == (wanted.params, wanted.mult_adds)


def test_a_copy_needs_no_shipped_file(tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "mine.yaml"
    assert run("new", str(target), "--from", "ssd").exit_code == 0
    assert {"mine", "ssd_head", "mobilenet_v2", "common"} <= {path.stem for path in tmp_path.iterdir()}
    monkeypatch.setattr("costcalc.language.find.shipped", lambda kind: {})
    assert SpecLoader().network(str(target)).cost().params > 0


def test_a_copy_lints_as_the_spec_does(tmp_path: Path) -> None:
    target = tmp_path / "mine.yaml"
    assert run("new", str(target), "--from", "efficientdet").stderr.startswith("wrote ")
    assert problems(str(target), open_file) == problems("efficientdet", open_file) == []


def test_nothing_is_overwritten(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "mine.yaml"
    target.write_text("mine", encoding="utf-8")
    line = refused("new", "mine.yaml", "--from", "mobilenet_v1")
    assert line == "mine.yaml is there already; --force overwrites"
    assert target.read_text(encoding="utf-8") == "mine"
    assert run("new", "mine.yaml", "--from", "mobilenet_v1", "--force").stderr == "wrote mine.yaml\n"
    assert target.read_text(encoding="utf-8") == shown("spec", "mobilenet_v1")
    assert run("new", "mine.yaml", "--from", "mobilenet_v1").stderr == "all files are there already\n"


def test_a_used_file_that_is_there_stops_all(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "one.yaml", "--from", "ssd").exit_code == 0
    used = next(path for path in tmp_path.iterdir() if path.stem != "one")
    used.write_text(used.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    assert refused("new", "two.yaml", "--from", "ssd") == f"{used.name} is there already; --force overwrites"
    assert not Path("two.yaml").exists()


def test_what_is_no_way_to_copy(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused("new", "mine", "--from", "ssd") == "a spec's file ends in .yaml, which 'mine' doesn't"
    line = refused("new", "mine.yaml", "--from", "ssd:res=160")
    assert line == "a copy has every parameter, so --from takes a SPEC without a point, not 'ssd:res=160'"
    assert refused("new", "no/mine.yaml", "--from", "ssd") == "can't write to 'no/mine.yaml': No such file or directory"
    assert "no spec is called 'sssd'" in refused("new", "mine.yaml", "--from", "sssd")
    assert refused("new", "ssd_head.yaml", "--from", "ssd").endswith("so its copy needs another name")
    Path("tiny.yaml").write_text(TINY, encoding="utf-8")
    assert run("new", "mine.yaml", "--from", "tiny.yaml").stderr == "wrote mine.yaml\n"
    assert Path("mine.yaml").read_text(encoding="utf-8") == TINY
