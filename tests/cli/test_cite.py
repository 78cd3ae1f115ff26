"""``costcalc cite``: BibTeX of the papers that networks are from."""

from __future__ import annotations

import json

from costcalc import load
from costcalc.references import load_references

from ..test_references import entries
from .running import TINY, refused, shown


def test_bibtex_of_networks() -> None:
    found = list(entries(shown("cite", "mobilenet_v2:alpha=0.5", "resnet_50", "resnet_18")))
    assert [key for _, key, _ in found] == [
        "sandler2018mobilenetv2",
        "he2016deep",
        "xie2017aggregated",
        "hu2018squeeze",
    ]
    kind, _, fields = found[0]
    assert kind == "inproceedings"
    assert fields == {
        "title": "{MobileNetV2}: Inverted Residuals and Linear Bottlenecks",
        "author": "Sandler, Mark and Howard, Andrew and Zhu, Menglong and Zhmoginov, Andrey and Chen, Liang-Chieh",
        "booktitle": "CVPR", "year": "2018", "eprint": "1801.04381", "archiveprefix": "arXiv",
        "doi": "10.1109/CVPR.2018.00474",
    }  # fmt: skip


def test_python_has_the_same() -> None:
    assert load("resnet_50").bibtex() == shown("cite", "resnet_50")
    assert load("features_only").bibtex() == ""


def test_all_of_them() -> None:
    assert [key for _, key, _ in entries(shown("cite"))] == list(load_references())


def test_names_as_people_type_them_and_json() -> None:
    (told,) = json.loads(shown("cite", "MobileNet-V2", "--format", "json"))["references"]
    assert (told["key"], told["year"], told["authors"][0]) == ("sandler2018mobilenetv2", "2018", "Mark Sandler")
    assert "journal" not in told


def test_what_has_no_paper(tmp_path) -> None:
    path = tmp_path / "my_net.yaml"
    path.write_text(TINY)
    assert refused("cite", str(path)).startswith(f"{path} names no publication")
    assert refused("cite", "features_only").startswith("features_only names no publication")
    assert refused("cite", "mobilenet_v22").startswith("no ")
    path.write_text(f"{TINY}\nsource: {{cite: he2016deeep}}\n")
    assert "no reference has the key 'he2016deeep'" in refused("cite", str(path))
    path.write_text(f"{TINY}\nsource: {{cite: 'a}}b'}}\n")
    assert "a key is letters, digits" in refused("cite", str(path))
