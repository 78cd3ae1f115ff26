"""The survey of other libraries' models: what its baseline says, and what the docs say of it."""

from __future__ import annotations

from collections import Counter

import yaml

from ..cli.running import ROOT

BASELINE = ROOT / "tests" / "importing" / "survey.yaml"


def outcomes() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(BASELINE.read_text(encoding="utf-8"))
    return found


def test_every_model_is_exact_or_a_gap_and_none_is_wrong():
    kinds = Counter(outcome.partition(":")[0] for outcome in outcomes().values())
    assert kinds.keys() == {"ok", "gap"}
    assert kinds["ok"] >= 0.9 * kinds.total()


def test_all_of_torchvision_is_exact():
    for library in ("torchvision", "segmentation", "backbones"):
        of_library = {name: outcome for name, outcome in outcomes().items() if name.startswith(f"{library}/")}
        assert set(of_library.values()) == {"ok"}, library


def test_the_page_has_every_kind_of_gap_that_was_met():
    page = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    table = page.split("## What it can't say")[1].split("\n## ")[0]
    for outcome in set(outcomes().values()) - {"ok"}:
        assert f"| {outcome.partition(': ')[2]} |" in table, outcome
