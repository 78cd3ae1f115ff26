"""``costcalc table``: titles, units and digits for people, exact figures for programs."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import pytest

from costcalc import load
from costcalc.network import networks
from costcalc.reports.titles import title_of
from costcalc.units import parse_printed, significant

from .running import TINY, refused, shown


def cells(text: str) -> list[list[str]]:
    """The cells of a Markdown table, header first."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|:")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_a_paper() -> None:
    assert shown("table", "mobilenet_v2", "mobilenet_v2:alpha=1.4", "resnet_50", "--format", "latex") == (
        r"""% \usepackage{booktabs}
\begin{tabular}{lrr}
\toprule
 Network           &   Params (M) &   Mult-adds (M) \\
\midrule
 MobileNetV2       &         3.50 &             301 \\
 MobileNetV2 (1.4) &         6.11 &             582 \\
 ResNet-50         &         25.6 &           3,858 \\
\bottomrule
\end{tabular}
% Mult-adds: one for each multiply-accumulate of convolutions and linear layers, batch 1.
% Input 224x224.
"""
    )


def test_programs_have_the_exact_figures_whatever_the_unit() -> None:
    args = ["table", "mobilenet_v1", "mobilenet_v2:alpha=0.35,res=96", "--unit", "G", "--digits", "1"]
    rows = list(csv.DictReader(io.StringIO(shown(*args, "--format", "csv"))))
    costs = [load("mobilenet_v1").cost(), load("mobilenet_v2").cost(alpha=0.35, res=96)]
    assert [(int(r["params"]), int(r["mult_adds"])) for r in rows] == [(c.params, c.mult_adds) for c in costs]
    document = json.loads(shown(*args, "--format", "json"))
    assert [(r["params"], r["mult_adds"]) for r in document["rows"]] == [(c.params, c.mult_adds) for c in costs]
    assert [row[1:] for row in cells(shown(*args, "--format", "markdown"))] == [
        ["Params (G)", "Mult-adds (G)"], ["0.004", "0.6"], ["0.002", "0.01"],
    ]  # fmt: skip


def test_units_of_columns_and_digits() -> None:
    args = ["table", "mobilenet_v1", "--unit", "params=1,mult_adds=G", "--digits", "4", "--format", "markdown"]
    assert cells(shown(*args)) == [
        ["Network", "Params", "Mult-adds (G)"], ["MobileNet", "4,231,976", "0.5687"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "scale", "digits", "text"),
    [
        (3_504_872, 10**6, 3, "3.50"), (8_770, 10**6, 3, "0.00877"), (3_857_973_248, 10**6, 3, "3,858"),
        (999_500, 10**6, 3, "1.00"), (999_499, 10**6, 3, "0.999"), (0, 10**6, 3, "0"), (Fraction(5, 2), 1, 1, "3"),
        (1536, 1024, 2, "1.5"),
    ],
)  # fmt: skip
def test_significant_digits(value: int, scale: int, digits: int, text: str) -> None:
    assert significant(value, scale, digits) == text


def test_titles() -> None:
    table = ["table", "mobilenet_v2", "mobilenet_v2:alpha=0.5,res=160", "--columns", "title,spec", "--format", "csv"]
    assert shown(*table).splitlines()[1:] == [
        "MobileNetV2,mobilenet_v2", '"MobileNetV2 (0.5, res 160)","mobilenet_v2:alpha=0.5,res=160"',
    ]  # fmt: skip
    assert shown(*table, "--title", "Ours").splitlines()[1] == "Ours,mobilenet_v2"
    assert shown(*table, "--title", "", "--title", "Half").splitlines()[1:] == [
        "MobileNetV2,mobilenet_v2", 'Half,"mobilenet_v2:alpha=0.5,res=160"',
    ]  # fmt: skip
    assert refused(*table, *["--title", "x"] * 3) == "there are 3 titles for 2 SPECs"


def test_a_default_value_is_no_part_of_a_title() -> None:
    assert title_of(load("mobilenet_v2"), {"alpha": 1.0, "rho": 1.0}) == "MobileNetV2"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("efficientnet_b0", "EfficientNet-B0"), ("se_resnext_50_32x4d", "SE-ResNeXt-50-32x4d"),
        ("resnet_50_v1_5", "ResNet-50-v1.5"), ("vit_b_16", "ViT-B-16"), ("regnety_1_6gf", "RegNetY-1.6GF"),
        ("yolov8n", "YOLOv8n"), ("tc_resnet_8_1_5", "TC-ResNet-8-1.5"), ("mobilenet_v1", "MobileNet"),
        ("deeplab_v3_plus_resnet_101", "DeepLabv3+-ResNet-101"), ("fsrcnn_x2", "FSRCNN-x2"), ("resnet", "ResNet"),
    ],
)  # fmt: skip
def test_titles_of_variants(name: str, title: str) -> None:
    assert title_of(load(name), {}) == title


def test_every_title_is_short_and_of_its_network() -> None:
    """Letters and figures of a variant's name all stand in its title, whatever their case."""

    def bare(text: str) -> str:
        return "".join(c for c in text.replace("+", "plus").lower() if c.isalnum())

    for network in networks():
        title = title_of(network, {})
        assert 2 <= len(title) <= 60, (network.name, title)
        if network.variant and not title.startswith("SSD on"):
            assert bare(network.variant).replace("plus", "") == bare(title).replace("plus", ""), (network.name, title)


def test_two_networks_of_one_title_are_told_apart() -> None:
    rows = cells(shown("table", "dcgan", "dcgan_discriminator", "--format", "markdown"))
    assert [row[0] for row in rows[1:]] == ["DCGAN, dcgan", "DCGAN, dcgan\\_discriminator"] or [
        row[0] for row in rows[1:]
    ] == ["DCGAN, dcgan", "DCGAN, dcgan_discriminator"]


def test_bytes_by_a_definition() -> None:
    args = ["table", "mobilenet_v2:alpha=0.35,res=96", "--columns", "title,weight_bytes,peak_memory", "--bits", "8"]
    use = load("mobilenet_v2").cost(alpha=0.35, res=96).memory("live", bits=8)
    assert shown(*args, "--format", "csv").splitlines()[1].endswith(f",{use.flash},{use.peak}")
    text = shown(*args, "--unit", "weight_bytes=MiB,peak_memory=kB", "--format", "markdown")
    assert cells(text) == [
        ["Network", "Weights (MiB)", "Peak memory (kB)"],
        ["MobileNetV2 (0.35, res 96)", significant(use.flash, 2**20, 3), significant(use.peak, 10**3, 3)],
    ]
    assert "Memory by the definition live, 8 bits, batch 1." in text
    assert refused("table", "mobilenet_v1", "--bits", "8") == "--bits is for --memory"
    assert refused("table", "mobilenet_v1", "--batch", "8") == "--batch is for --memory"


def test_another_convention_is_a_column_of_its_unit() -> None:
    args = ["table", "mobilenet_v1", "resnet_50", "--convention", "thop"]
    assert cells(shown(*args, "--format", "markdown"))[0] == ["Network", "Params (M)", "Mult-adds (M)", "MACs (M)"]
    exact = [load(name).cost(convention="thop").counted for name in ("mobilenet_v1", "resnet_50")]
    assert [row["counted"] for row in json.loads(shown(*args, "--format", "json"))["rows"]] == exact


def test_the_inputs_are_said_once_or_each() -> None:
    text = shown("table", "mobilenet_v1", "mcunet_in0", "--format", "markdown")
    assert "- Input 224x224: MobileNet; 48x48: MCUNet-IN0.\n" in text
    both = cells(shown("table", "mobilenet_v1", "mcunet_in0", "--columns", "title,res", "--format", "markdown"))
    assert both == [["Network", "Input"], ["MobileNet", "224x224"], ["MCUNet-IN0", "48x48"]]


def test_rows_in_an_order() -> None:
    rows = cells(shown("table", "resnet_50", "mobilenet_v1", "--sort", "+params", "--format", "markdown"))
    assert [row[0] for row in rows[1:]] == ["MobileNet", "ResNet-50"]


def test_a_file_of_ones_own(tmp_path) -> None:
    path = tmp_path / "my_net.yaml"
    path.write_text(TINY)
    table = ["table", str(path), "--format", "markdown"]
    assert cells(shown(*table))[1][0] == "A tiny network"
    assert cells(shown(*table, "--title", "Ours & theirs"))[1][0] == "Ours \\& theirs"
    path.write_text(TINY.replace("title: A tiny network\n", ""))
    assert cells(shown(*table))[1][0] == "tiny"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--unit", "parms=M"], "no column with a unit is called 'parms' (did you mean 'params'?); there are params, "),
        (["--unit", "Q"], "--unit takes 1, k, M, G, T, B, kB, MB, GB, KiB, MiB, GiB, such as M"),
        (["--unit", "params=KiB"], "--unit takes 1, k, M, G, T, such as M or mult_adds=G, not 'params=KiB'"),
        (["--unit", ""], "--unit takes "),
        (["--columns", "title,top1"], "there is no column 'top1'"),
        (["--digits", "0"], "Invalid value for '--digits': 0 is not in the range 1<=x<=15."),
        (["--sort", "size"], "there is no column 'size'"),
    ],
)  # fmt: skip
def test_what_is_no_table(args: list[str], message: str) -> None:
    assert refused("table", "mobilenet_v1", *args).startswith(message)


# -- as its paper prints it


def test_a_papers_own_figures_its_citation_and_a_mark() -> None:
    """MobileNetV2 1.4 is a known misprint of 582 and 6.06, which the release's README prints."""
    text = shown("table", "mobilenet_v2", "mobilenet_v2:alpha=1.4", "--as", "paper", "--format", "latex")
    rows = [line.split("&") for line in text.splitlines() if r"\cite" in line]
    assert [[cell.strip(" \\") for cell in row] for row in rows] == [
        ["MobileNetV2", r"cite{sandler2018mobilenetv2}", "3.4", "300"],
        ["MobileNetV2 (1.4)", r"cite{sandler2018mobilenetv2}", r"6.9$^{\dagger}$", r"585$^{\dagger}$"],
    ]
    assert r"{\footnotesize $^{\dagger}$ printed so, where costcalc counts another figure.}" in text
    assert "% † MobileNetV2 (1.4), params, printed 6.9M, counted 6,062,633. misprint: " in text
    assert "% MobileNetV2 (1.4): Table 4, the paper, arXiv 1801.04381" in text


def test_programs_have_the_printed_text_its_state_and_the_count() -> None:
    args = ["table", "mobilenet_v2:alpha=1.4", "--as", "paper"]
    (row,) = json.loads(shown(*args, "--format", "json"))["rows"]
    cost = load("mobilenet_v2").cost(alpha=1.4)
    assert row == {
        "title": "MobileNetV2 (1.4)", "spec": "mobilenet_v2:alpha=1.4", "res": "224x224",
        "cite": "sandler2018mobilenetv2", "params": cost.params, "mult_adds": cost.mult_adds,
        "params_printed": "6.9M", "params_state": "misprint", "params_table": "Table 4",
        "mult_adds_printed": "585M", "mult_adds_state": "misprint", "mult_adds_table": "Table 4",
    }  # fmt: skip
    text = shown(*args, "--columns", "title,params,params_printed", "--unit", "k", "--format", "markdown")
    assert cells(text) == [["Network", "Params, counted (k)", "Params (k)"], ["MobileNetV2 (1.4)", "6,109", "6,900†"]]


def test_what_a_paper_does_not_print_is_no_figure() -> None:
    text = shown("table", "mobilenet_v2:alpha=0.6", "mnasnet_a1", "--as", "paper", "--format", "markdown")
    assert [row[2:] for row in cells(text)[1:]] == [["–", "–"], ["–", "–"]]  # READMEs and others aren't the paper
    assert "- – not printed there at this point.\n" in text
    assert "†" not in text


def test_several_papers_are_all_cited_where_none_prints_a_figure() -> None:
    text = shown("table", "convnext_t", "--as", "paper", "--format", "latex")
    assert r"\cite{liu2022convnet,woo2023convnext}" in text


def test_a_network_without_a_paper_has_no_citation(tmp_path) -> None:
    path = tmp_path / "my_net.yaml"
    path.write_text(TINY)
    table = ["table", str(path), "--as", "paper", "--format"]
    assert cells(shown(*table, "markdown"))[1] == ["A tiny network", "", "–", "–"]
    source = "source: {title: Tiny & Small, authors: [Ann Li, Bo Wu], year: 2026, url: 'https://example.org/_'}\n"
    path.write_text(f"{TINY}\n{source}")
    assert r"\cite{li2026tiny}" in shown(*table, "latex")
    assert "[Li and Wu, 2026](<https://example.org/_>)" in shown(*table, "markdown")


@pytest.mark.parametrize(
    ("text", "power", "shown"),
    [("3.4M", 6, "3.4"), ("300 million", 6, "300"), ("4.1 B", 6, "4,100"), ("4.1 B", 9, "4.1"), ("569", 0, "569"),
     ("0.47 M", 3, "470"), ("4,231,976", 6, "4.231976"), ("3.8×10^9", 9, "3.8")],
)  # fmt: skip
def test_a_printed_figure_keeps_its_digits(text: str, power: int, shown: str) -> None:
    assert parse_printed(text).in_unit(power) == shown
