"""The terminal's table: what it looks like, and what it gives up first when it gets narrow."""

from __future__ import annotations

import re
from fractions import Fraction
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from costcalc.render import UNLIMITED, render
from costcalc.render.to_table import _ONE_CELL
from costcalc.table import Column, Table

from .sample import MULT_ADDS, PARAMS, mobilenet, sums, table_of


def shown(table: Table, width: int, *, color: bool = False) -> str:
    return render([table], "table", width=width, color=color)


def test_a_wide_terminal_shows_every_digit_and_column() -> None:
    assert shown(mobilenet(), 120) == dedent(
        """\
        MobileNet, α = 1
        layer      op      input    output   n     params   mult-adds     share
        ───────────────────────────────────────────────────────────────────────
        stem.conv  conv2d  224²x3   112²x32  1        864  10,838,016   26.33 %
        block1.dw  conv2d  112²x32  112²x32  1        288   3,612,672    8.78 %
        block1.pw  conv2d  112²x32  112²x64  1      2,048  25,690,112   62.41 %
        fc         linear  1²x1024  1000        1,024,000   1,024,000    2.49 %
        ───────────────────────────────────────────────────────────────────────
        total                                   1,027,200  41,164,800  100.00 %
        mult_adds: one per multiply-accumulate of convolutions and linear layers
        """
    )
    assert shown(mobilenet(), 120) == shown(mobilenet(), UNLIMITED)


def without_notes() -> Table:
    table = mobilenet()
    table.notes = []
    return table


def test_a_table_that_just_fits_gives_up_nothing() -> None:
    wide, tight = (shown(without_notes(), width) for width in (71, 64))
    assert wide == shown(without_notes(), UNLIMITED) != shown(without_notes(), 70)
    assert tight == shown(without_notes(), 70)
    assert "Not shown" not in tight
    assert "Not shown" in shown(without_notes(), 63)


def test_a_little_too_narrow_it_moves_the_columns_together() -> None:
    assert shown(mobilenet(), 66) == dedent(
        """\
        MobileNet, α = 1
        layer     op     input   output  n    params  mult-adds    share
        ────────────────────────────────────────────────────────────────
        stem.conv conv2d 224²x3  112²x32 1       864 10,838,016  26.33 %
        block1.dw conv2d 112²x32 112²x32 1       288  3,612,672   8.78 %
        block1.pw conv2d 112²x32 112²x64 1     2,048 25,690,112  62.41 %
        fc        linear 1²x1024 1000      1,024,000  1,024,000   2.49 %
        ────────────────────────────────────────────────────────────────
        total                              1,027,200 41,164,800 100.00 %
        mult_adds: one per multiply-accumulate of convolutions and linear
        layers
        """
    )


def test_narrower_it_drops_the_columns_of_smallest_keep_and_says_so() -> None:
    assert shown(mobilenet(), 45) == dedent(
        """\
        MobileNet, α = 1
        layer         params   mult-adds     share
        ──────────────────────────────────────────
        stem.conv        864  10,838,016   26.33 %
        block1.dw        288   3,612,672    8.78 %
        block1.pw      2,048  25,690,112   62.41 %
        fc         1,024,000   1,024,000    2.49 %
        ──────────────────────────────────────────
        total      1,027,200  41,164,800  100.00 %
        mult_adds: one per multiply-accumulate of
        convolutions and linear layers
        Not shown at this width: op, input, output,
        n.
        """
    )


def test_narrower_still_it_shortens_the_counts_before_it_drops_what_is_worth_more_and_says_so() -> None:
    assert shown(mobilenet(), 36) == dedent(
        """\
        MobileNet, α = 1
        layer     params mult-adds    share
        ───────────────────────────────────
        stem.conv    864    10.8 M  26.33 %
        block1.dw    288    3.61 M   8.78 %
        block1.pw 2.05 k    25.7 M  62.41 %
        fc        1.02 M    1.02 M   2.49 %
        ───────────────────────────────────
        total     1.03 M    41.2 M 100.00 %
        mult_adds: one per
        multiply-accumulate of convolutions
        and linear layers
        Not shown at this width: op, input,
        output, n. Rounded to three digits
        at this width; --format csv has all.
        """
    )


def test_exact_figures_stay_where_short_ones_would_cost_as_many_columns() -> None:
    assert "Rounded" not in shown(mobilenet(), 30)
    assert shown(mobilenet(), 30).endswith("op,\ninput, output, n, share.\n")
    assert "10,838,016" in shown(mobilenet(), 30)


def test_at_last_it_cuts_texts_but_never_figures() -> None:
    assert shown(mobilenet(), 25) == dedent(
        """\
        MobileNet, α = 1
        layer    params mult-adds
        ─────────────────────────
        stem…onv    864    10.8 M
        bloc….dw    288    3.61 M
        bloc….pw 2.05 k    25.7 M
        fc       1.02 M    1.02 M
        ─────────────────────────
        total    1.03 M    41.2 M
        mult_adds: one per
        multiply-accumulate of
        convolutions and linear
        layers
        Not shown at this width:
        op, input, output, n,
        share. Rounded to three
        digits at this width;
        --format csv has all.
        """
    )
    narrowest = shown(without_notes(), 5)
    assert "blo… 2.05 k    25.7 M\n" in narrowest
    assert "tot… 1.03 M    41.2 M\n" in narrowest


def test_of_equal_keep_the_rightmost_goes_first() -> None:
    table = Table([Column(c, c * 10, keep=5 if c in "bc" else 9) for c in "abcd"], [("1", "2", "3", "4")])
    assert shown(table, 40).endswith("Not shown at this width: cccccccccc.\n")
    assert shown(table, 30).endswith("Not shown at this width:\nbbbbbbbbbb, cccccccccc.\n")


def test_the_widest_text_is_cut_first() -> None:
    assert shown(table_of("abcdefgh", "abcdefghijkl"), 26).splitlines()[-1] == "abcdefgh abcdefghi…      1"
    assert shown(table_of("abcdefgh", "abcdefghijkl"), 22).splitlines()[-1] == "abcdef… abcdef…      1"


@given(st.integers(25, 200))
def test_it_fits_and_loses_no_row(width: int) -> None:
    lines = shown(mobilenet(), width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert sum(line.startswith(("stem", "bloc", "fc", "total")) for line in lines) == 5


def test_rows_add_up_to_the_totals() -> None:
    lines = [line.split() for line in shown(mobilenet(), UNLIMITED).splitlines()]
    rows, last = lines[3:-3], lines[-2]
    assert len(rows) == 4
    assert sums(rows, -4, -3) == sums([last], -4, -3) == (PARAMS, MULT_ADDS)


def test_no_colour_means_no_escape_sequences() -> None:
    assert "\x1b" not in shown(mobilenet(), 80)


def test_colour_changes_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")  # is the caller's to respect
    coloured = shown(mobilenet(), 80, color=True)
    assert coloured.startswith("\x1b[1mMobileNet, α = 1\x1b[0m\n")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(mobilenet(), 80)


def test_the_environment_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = shown(mobilenet(), 60)
    for name, value in {"FORCE_COLOR": "1", "TERM": "dumb", "COLUMNS": "20", "TTY_COMPATIBLE": "1"}.items():
        monkeypatch.setenv(name, value)
    assert shown(mobilenet(), 60) == plain


def test_text_is_no_markup_and_no_escape_sequence() -> None:
    table = table_of("[red]x[/red]", "\x1b[31m\x07", "a\nb\tc\r", "\u202egnp", ":smile:")
    table.title, table.notes = "[bold]t\x1b]8;;", ["[link]n\x9b"]
    table.columns = [*table.columns[:-1], Column("params", "\x1b[2J", "count")]
    text = shown(table, UNLIMITED)
    assert text == dedent(
        r"""
        [bold]t\x1b]8;;
        c0            c1            c2         c3         c4       \x1b[2J
        ──────────────────────────────────────────────────────────────────
        [red]x[/red]  \x1b[31m\x07  a\nb\tc\r  \u202egnp  :smile:        1
        [link]n\x9b
        """
    ).lstrip("\n")


@given(st.text(), st.text(), st.integers(10, 60))
def test_no_text_breaks_a_line(first: str, second: str, width: int) -> None:
    table = table_of(first, second)
    table.totals = {"params": 1}
    lines = shown(table, width).splitlines()
    assert len(lines) == 5
    assert all(line.isprintable() or line.replace("\xa0", " ").replace("\u2009", " ").isprintable() for line in lines)


def test_wide_characters_line_up() -> None:
    table = table_of("卷积", "x")
    table.rows.append(("conv", "卷积层卷积层", 1_000))
    wide = shown(table, UNLIMITED).splitlines()
    assert wide == [
        "c0    c1            params",
        "──────────────────────────",
        "卷积  x                  1",
        "conv  卷积层卷积层   1,000",
    ]
    assert all(cell_len(line) == 26 for line in wide)
    assert all(cell_len(line) <= 21 for line in shown(table, 21).splitlines())


def test_shapes() -> None:
    shapes = (
        (3, 224, 224),
        (64, 112, 56),
        (1024, 1, 1),
        (1000,),
        ((8, 7, 7), (16, 7, 5)),
        (40, 98),
        (3, 16, 112, 112),
        (),
        None,
    )
    table = Table([Column("shape", "shape", "shape")], [(shape,) for shape in shapes])
    lines = shown(table, UNLIMITED).splitlines()[2:]
    assert lines == ["224²x3", "112x56x64", "1²x1024", "1000", "7²x8 + 7x5x16", "98x40", "16x112²x3", "", ""]


def test_shapes_of_symbols_are_text_like_any_other() -> None:
    table = Table(
        [Column("shape", "shape", "shape")], [(("32·α", "112·ρ", "112·ρ"),), (("\x1b", 1, "[red]"),), ((2, "\x07"),)]
    )
    assert shown(table, UNLIMITED).splitlines()[2:] == ["112·ρ²x32·α", r"1x[red]x\x1b", r"\x07x2"]


def test_typeset_spaces_are_spaces() -> None:
    assert shown(table_of("94.86\u202f%", "4\u2009M\u00a0x"), UNLIMITED).splitlines()[2].startswith("94.86\u202f%")


def test_a_ratio_and_small_and_missing_figures() -> None:
    table = Table([Column("ratio", "ratio", "ratio"), Column("n", "n", "int")], [(8.4126, 10_000), (None, None)])
    assert shown(table, UNLIMITED) == "ratio      n\n────────────\n8.413  10000\n\n"


def test_several_tables_stand_apart() -> None:
    one = shown(table_of("a"), 80)
    assert render([table_of("a"), table_of("a")], "table", width=80) == one + "\n" + one


def test_a_table_without_rows_or_columns() -> None:
    assert shown(Table([Column("a", "a")], []), 80) == "a\n─\n"
    assert shown(Table([], [], title="t", notes=["n"]), 80) == "t\nn\n"
    assert render([], "table", width=80) == ""


@pytest.mark.parametrize("width", [19, 1, 0, -1])
def test_no_terminal_is_narrower_than_20(width: int) -> None:
    assert shown(mobilenet(), width) == shown(mobilenet(), 20) != shown(mobilenet(), 25)
    assert "卷积" in shown(table_of("卷积"), width)


def test_the_answer_is_the_last_line_and_the_notes_stand_above_it() -> None:
    table = mobilenet()
    table.answer = ["1,027,200 params"]
    assert shown(table, 80).endswith("convolutions and linear layers\n1,027,200 params\n")
    assert shown(table, 30).endswith("n, share.\n1,027,200 params\n")
    assert "\x1b[1m1,027,200 params\x1b[0m\n" in shown(table, 80, color=True)


def bars(*shares: tuple[str, Fraction | None], width: int = 80) -> str:
    columns = [
        Column("kind", "kind"),
        Column("work", "mult-adds", "count"),
        Column("share", "share", "share", of="work"),
    ]
    table = Table(columns, [(name, 1, share) for name, share in shares], "By kind", notes=["n"], bars="share")
    return shown(table, width)


def test_shares_in_one_line_the_largest_first() -> None:
    halves = bars(("fc", Fraction(1, 4)), ("conv", Fraction(3, 4)), ("add", Fraction(0)), ("pool", None))
    assert halves == f"mult-adds: conv 75.00 % {'█' * 30}▊  fc 25.00 % {'█' * 10}▎\nn\n"


def test_the_smallest_shares_are_told_together_where_they_have_no_room() -> None:
    many = [(f"kind of layer {k}", Fraction(2**k, 2**10 - 1)) for k in range(10)]
    line = bars(*many).splitlines()[0]
    assert re.sub(" [█▏▎▍▌▋▊▉]+", "", line) == "mult-adds: kind of layer 9 50.05 %  9 more 49.95 %"


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.integers(60, 200))
def test_bars_fit_and_have_one_scale(parts: list[int], width: int) -> None:
    whole = sum(parts) or 1
    line = bars(*((f"k{n}", Fraction(part, whole)) for n, part in enumerate(parts)), width=width).splitlines()[0]
    assert cell_len(line) <= min(width, 80)
    found = re.findall(r"(\d+\.\d\d) %(?: (█*)([▏▎▍▌▋▊▉]?))?", line)
    lengths = [(float(share), len(full) * 8 + " ▏▎▍▌▋▊▉█".index(rest or " ")) for share, full, rest in found]
    assert sum(share for share, _ in lengths) == pytest.approx(100 if sum(parts) else 0, abs=0.07)
    largest, eighths = max(lengths, default=(1.0, 0))
    assert all(abs(own - share * eighths / largest) <= 2.1 for share, own in lengths)  # in whole eighths


def test_totals_of_columns_that_are_not_shown_make_no_row() -> None:
    table = table_of("a")
    table.totals = {"mult_adds": 5}
    assert "total" not in shown(table, 80)
    table.totals = {"c0": "sum", "params": 1}
    assert shown(table, 80).splitlines()[-1] == "sum       1"


def test_letters_that_are_taken_to_be_one_cell_wide_are() -> None:
    every = [chr(n) for n in range(32, 0x3000) if _ONE_CELL.fullmatch(chr(n)) and chr(n).isprintable()]
    assert len(every) > 1000
    assert {letter: cell_len(letter) for letter in every} == dict.fromkeys(every, 1)
