"""docs/compiled-forms.md: the operations that it explains are those that there are, its example is true."""

import json
import re

from costcalc import load
from costcalc.compiled import compile_form
from costcalc.compiled.recording import ARITY

from ..cli.running import ROOT

TEXT = (ROOT / "docs/compiled-forms.md").read_text(encoding="utf-8")


def test_every_operation_is_explained():
    table = TEXT.split("| operation | value |")[1].split("\n\n")[0]
    explained = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert explained == set(ARITY)


def test_the_example_is_true():
    found = compile_form(load("mobilenet_v2"), free=("alpha", "res")).at(alpha=0.35, res=160)
    assert str(found) in TEXT


def test_every_key_is_explained():
    data = json.loads(compile_form(load("hbonet"), free=("alpha", "divisor"), detail=True).to_json())
    tables = TEXT.split("## The record")[1].split("A value is")[0]
    explained = set(re.findall(r"^\| `(\w+)` \|", tables, flags=re.MULTILINE))
    assert explained == data.keys() | data["cases"][0].keys()
