"""A spec's parameters are its options: found, read, checked, and told in the help."""

from __future__ import annotations

import json
from typing import Any

import pytest

from costcalc.reports.parameters import number

from .running import TINY, refused, run, shown

TINY_HAS = "the parameters of tiny are --alpha, --res, --kind, --deep, --classes, --rho"


def values(*args: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shown("show", "--format", "json", *args, **options))["parameters"]
    return found


def test_options_stand_before_or_behind_the_spec(tiny: str) -> None:
    for args in (
        ["--alpha", "0.5", tiny],
        [tiny, "--alpha", "0.5"],
        [tiny, "--alpha=0.5"],
        ["--alpha=0.5", "--", tiny],
    ):
        assert values(*args)["alpha"] == 0.5


@pytest.mark.parametrize(
    ("args", "deep"),
    [
        (["{}", "--deep"], True), (["--deep", "{}"], True), (["{}", "--deep", "yes"], True),
        (["{}", "--deep=no"], False), (["--deep", "no", "{}"], False),
        (["--deep", "--alpha", "0.5", "{}"], True), (["{}", "--deep", "TRUE"], True),
        (["--deep", "{}", "--by", "kind"], True), (["--set", "deep=yes", "{}"], True), (["{}"], False),
    ],
)  # fmt: skip
def test_yes_and_no_are_flags_too(tiny: str, args: list[str], deep: bool) -> None:
    assert values(*[arg.format(tiny) for arg in args])["deep"] is deep


def test_letter_for_letter() -> None:
    assert values("efficientdet_d0", "--D_class", "4", "--W", "88", "--D", "2")["D_class"] == 4
    assert "--d_class" in refused("show", "efficientdet_d0", "--d_class", "4")


def test_rho_is_the_resolution_said_another_way(tiny: str) -> None:
    assert values(tiny, "--rho", "2")["res"] == 16
    assert values("mobilenet_v1", "--rho", "6/7")["res"] == 192
    assert values("mobilenet_v1", "--rho", "6/7", "--res", "192")["res"] == 192
    assert refused("show", "mobilenet_v1", "--rho", "6/7", "--res", "160") == (
        "res 160 and rho 6/7 are in conflict: rho 6/7 is res 192; give one of them"
    )


def test_without_a_resolution_there_is_no_rho(eyes: str) -> None:
    assert refused("show", eyes, "--rho", "1") == ("there is no option '--rho'; the parameters of eyes are --alpha")


def test_set_takes_a_parameter_by_its_name(tiny: str) -> None:
    assert values(tiny, "--set", "alpha=1/2", "--set", "kind=swish")["kind"] == "swish"
    assert values(tiny, "--set", "rho=2")["res"] == 16
    assert values(tiny, "--set", "alpha=2", "--alpha", "2")["alpha"] == 2
    assert refused("show", tiny, "--set", "alpha=2", "--alpha", "1") == "alpha is given twice: '1' and '2'"
    assert refused("show", tiny, "--set", "alpha") == "--set takes name=value, such as alpha=0.5, not 'alpha'"
    assert refused("show", tiny, "--set", "alpa=1") == (
        f"there is no parameter 'alpa' (did you mean 'alpha'?); {TINY_HAS.replace('--', '')}"
    )


def test_variants(tiny: str) -> None:
    assert values(tiny, "--variant", "tiny_wide") == {
        "alpha": 2, "res": 8, "kind": "relu", "deep": True, "classes": 10,
    }  # fmt: skip
    assert values(tiny, "--variant", "tiny_wide", "--alpha", "0.5")["alpha"] == 0.5
    assert refused("show", tiny, "--variant", "tiny_wid") == (
        "tiny has no variant 'tiny_wid' (did you mean 'tiny_wide'?); there are tiny_wide"
    )
    assert values("efficientnet_b1", "--variant", "efficientnet_b1")["res"] == 240
    assert refused("show", "efficientnet_b1", "--variant", "efficientnet_b2") == (
        "efficientnet_b1 is a variant already, and --variant says 'efficientnet_b2'; give one of them"
    )
    assert refused("show", "mobilenet_v1", "--variant", "x") == "mobilenet_v1 has no variant 'x'"


# -- several specs


def test_a_value_is_for_those_that_have_the_parameter(tiny: str, eyes: str) -> None:
    text = shown("show", tiny, eyes, "--alpha", "0.5", "--classes", "7", "--format", "json")
    every = json.loads(text)["networks"]
    assert [found["parameters"].get("classes") for found in every] == [7, None]
    assert [found["parameters"]["alpha"] for found in every] == [0.5, 0.5]


def test_a_parameter_that_none_has(tiny: str, eyes: str) -> None:
    assert refused("show", tiny, eyes, "--depth", "2") == (
        f"there is no option '--depth' (did you mean '--deep'?); {TINY_HAS.replace('tiny', 'tiny, eyes')}"
    )


# -- wrong values


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--alhpa", "1"], f"there is no option '--alhpa' (did you mean '--alpha'?); {TINY_HAS}"),
        (["--formt", "csv"], f"there is no option '--formt' (did you mean '--format'?); {TINY_HAS}"),
        (["-x"], f"there is no option '-x'; {TINY_HAS}"),
        (["--alpha", "nan"], "--alpha takes a number such as 0.5, 224 or 6/7, not 'nan'"),
        (["--alpha", "inf"], "--alpha takes a number such as 0.5, 224 or 6/7, not 'inf'"),
        (["--alpha", "-inf"], "--alpha takes a number such as 0.5, 224 or 6/7, not '-inf'"),
        (["--alpha", "1e999"], "--alpha takes a number such as 0.5, 224 or 6/7, not '1e999'"),
        (["--alpha", "1/0"], "--alpha takes a number such as 0.5, 224 or 6/7, not '1/0'"),
        (["--alpha", "half"], "--alpha takes a number such as 0.5, 224 or 6/7, not 'half'"),
        (["--alpha", "١"], "--alpha takes a number such as 0.5, 224 or 6/7, not '١'"),
        (["--alpha", "0_1"], "--alpha takes a number such as 0.5, 224 or 6/7, not '0_1'"),
        (["--alpha", "8x4"], "--alpha is one number, not 8x4: it isn't both height and width of the input"),
        (["--res", "8x3"], "res is from 4 to 64, not 3"),
        (["--alpha", ""], "--alpha takes a number such as 0.5, 224 or 6/7, not ''"),
        (["--alpha", "-1"], "alpha is from 0.25 to 2, not -1"),
        (["--alpha", "0"], "alpha is from 0.25 to 2, not 0"),
        (["--alpha", "9/4"], "alpha is from 0.25 to 2, not 9/4"),
        (["--deep=maybe"], "--deep takes yes or no, not 'maybe'"),
        (["--alpha"], "Option '--alpha' requires an argument."),
        (["--alpha", "--format", "json"], "Option '--alpha' requires an argument."),
        (["--by", "foo"], "Invalid value for '--by': 'foo' is not one of "
                          "'layer', 'primitive', 'block', 'stage', 'op', 'kind'."),
    ],
)  # fmt: skip
def test_wrong_values(tiny: str, args: list[str], message: str) -> None:
    assert refused("show", tiny, *args) == message


def test_values_that_the_network_cant_have(tiny: str) -> None:
    message = refused("show", tiny, "--kind", "relo")
    assert message.startswith("kind is one of ")
    assert message.endswith(" (did you mean 'relu'?)")
    assert refused("show", tiny, "--classes", "2.5").startswith(f"{tiny}:")
    assert refused("show", tiny, "--classes", "-5").startswith((f"{tiny}:", "classes "))


def test_escape_sequences_in_arguments_are_spelled_out(tiny: str) -> None:
    for args in (
        ["\x1b[31mx"],
        [tiny, "--\x1b[31mx", "1"],
        [tiny, "--alpha", "\x1b]0;x\x07"],
        [tiny, "--by", "\x1b[2J"],
    ):
        message = refused("show", *args)
        assert "\x1b" not in message
        assert "\\x1b" in message


def test_an_option_without_a_spec() -> None:
    assert refused("show") == "Missing argument 'SPEC...'."
    assert refused("show", "--alpha", "1") == "there is no option '--alpha', and no SPEC whose parameter it may be"


def test_a_wrong_name_gets_the_nearest() -> None:
    assert "(did you mean 'mobilenet_v1'" in refused("show", "mobilnet_v1")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("0.5", 0.5), (".5", 0.5), ("1e-1", 0.1), ("-2", -2), ("nan", None), ("infinity", None), ("1/0", None),
     ("1/2/3", None), ("a/b", None), ("0x10", None), ("", None), ("9" * 5000, None)],
)  # fmt: skip
def test_numbers(text: str, value: Any) -> None:
    assert number(text) == value


def test_a_fraction_is_exact() -> None:
    from fractions import Fraction

    assert number("6/7") == Fraction(6, 7)


# -- help


def test_the_help_has_a_section_for_the_parameters(tiny: str) -> None:
    text = shown("show", tiny, "--help")
    section = text.split("Parameters of tiny:\n")[1].split("\n\n")[0]
    assert [" ".join(line.split()) for line in section.splitlines()] == [
        "--alpha NUMBER width multiplier [default: 1.0; from 0.25 to 2]",
        "--res NUMBER|HxW input resolution [default: 8; from 4 to 64]",
        "--kind WORD activation [default: relu; one of relu, swish]",
        "--deep [yes|no] one layer more [default: no]",
        "--classes NUMBER [default: 10]",
        "--rho NUMBER resolution multiplier: res = its default times rho",
        "[default: 1]",
    ]
    assert text.index("Options:") < text.index("Parameters of tiny:") < text.index("Examples:")


def test_the_help_of_a_variant_has_its_defaults() -> None:
    assert "[default: 240;" in shown("show", "efficientnet_b1", "--help")


def test_the_help_of_several_specs(tiny: str, eyes: str) -> None:
    text = shown("show", tiny, eyes, "-h")
    assert text.count("Parameters of ") == 2
    assert text.count("--alpha NUMBER") == 2


def test_without_a_spec_the_help_has_no_parameters() -> None:
    assert "Parameters of" not in shown("show", "--help")


def test_a_spec_from_stdin_has_options_too() -> None:
    assert values("-", "--deep", stdin=TINY)["deep"] is True
    assert run("show", "-", "--nope", "1", stdin=TINY).exit_code == 2
