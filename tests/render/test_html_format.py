"""HTML: read back by the parser of the standard library, as cells, notes and the styles of bars."""

from __future__ import annotations

import re
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.render import render
from costcalc.render.cells import visible
from costcalc.table import Column, Table, Typeset

from .sample import MULT_ADDS, PARAMS, mobilenet, sums, table_of
from .test_markup_formats import NASTY

VOID = ("br",)


class Page(HTMLParser):
    """The texts of a fragment by where they stand, and every attribute; elements have to be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.styles: list[list[str]] = []
        self.notes: list[str] = []
        self.titles: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
            self.styles.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.styles[-1].append(dict(attrs).get("style") or "")
        elif tag == "li":
            self.notes.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        where = self.open[-1] if self.open else ""
        if where in ("td", "th"):
            self.rows[-1][-1] += data
        elif where == "li":
            self.notes[-1] += data
        elif where in ("caption", "strong"):
            self.titles.append(data)
        else:
            assert not data.strip(), data


def shares(page: Page, column: int) -> list[str]:
    """Where the bars of a column end, in percent of the cell."""
    found = (re.search(r"transparent ([0-9.]+)%", styles[column]) for styles in page.styles)
    return [match[1] if match else "" for match in found]


def test_the_rows_add_up_to_the_totals() -> None:
    page = Page(render([mobilenet()], "html"))
    header, *rows, last = page.rows
    assert header == ["layer", "op", "input", "output", "n", "params", "mult-adds", "share"]
    assert [row[0] for row in rows] == ["stem.conv", "block1.dw", "block1.pw", "fc"]
    assert sums(rows, 5, 6) == sums([last], 5, 6) == (PARAMS, MULT_ADDS)
    assert last[0] == "total"
    assert rows[2][7] == "62.41\u00a0%"
    assert page.titles == ["MobileNet, α = 1"]
    assert page.notes == mobilenet().notes


def test_a_share_has_a_bar_as_long_as_it_is_beside_the_largest() -> None:
    page = Page(render([mobilenet()], "html"))
    # 10,838,016 and 3,612,672 and 1,024,000 of 25,690,112; neither header nor total has one
    assert shares(page, 7) == ["", "42.2", "14.1", "100.0", "4.0", ""]
    assert shares(page, 6) == [""] * 6


def test_nothing_of_nothing_has_no_bar() -> None:
    column = Column("share", "share", "share")
    for rows in ([(None,), (0,)], [(Fraction(0),)], [("x",)], []):
        assert set(shares(Page(render([Table([column], rows)], "html")), 0)) == {""}


def test_figures_stand_right_also_where_styles_are_dropped() -> None:
    text = render([mobilenet()], "html")
    right = re.findall(r"<t[dh] align=\"right\" style=\"text-align:right", text)
    assert len(right) == 4 * len(Page(text).rows)


@pytest.mark.parametrize(
    "text", [*NASTY, "<script>alert(1)</script>", '" onload="x', "</table>", "&amp;", "<!--", "]]>"]
)
def test_every_text_is_shown_as_it_is(text: str) -> None:
    table = table_of(text, text)
    table.title, table.notes, table.columns = text, [text], [Column("a", text), *table.columns[1:]]
    page = Page(render([table], "html"))
    assert page.rows[1] == [visible(text)] * 2 + ["1"]
    assert page.rows[0][0] == page.notes[0] == visible(text)
    assert page.titles == [visible(text).strip()]


PLAIN = Page(render([table_of("a", "b")], "html"))


@given(st.text())
def test_no_text_is_markup(text: str) -> None:
    page = Page(render([table_of(text, "b")], "html"))
    assert page.tags == PLAIN.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in PLAIN.attributes]
    allowed = {*PLAIN.attributes, ("style", "text-align:left;white-space:nowrap")}
    assert set(page.attributes) <= allowed
    assert page.rows[1][0] == visible(text)


def test_a_short_text_stays_in_a_line() -> None:
    for words, one_line in (("mult-adds", True), ("conv / s2", True), ("conv", False), ("a " * 20, False)):
        assert ("white-space:nowrap" in render([table_of(words, "x")], "html")) == one_line


def test_it_is_right_in_any_encoding_and_any_theme() -> None:
    text = render([mobilenet()], "html")
    assert text.isascii()
    assert "&#945; = 1" in text
    colours = set(re.findall(r"#[0-9a-f]{3,6}\b|(?<![\w-])(?:black|white)\b", re.sub(r"&#\d+;", "", text)))
    assert colours == set()


def test_a_table_without_columns_is_its_title_and_notes() -> None:
    page = Page(render([Table([], [], title="t", notes=["n"])], "html"))
    assert (page.rows, page.titles, page.notes) == ([], ["t"], ["n"])
    assert "table" not in page.tags


def test_a_citation_is_a_link_and_marks_stand_below() -> None:
    cited = Typeset("He & al.", r"\cite{he2016}", 'https://example.org/?a=1&b="2"')
    text = render([Table([Column("by", "by")], [(cited,)], marks=["† not reached"], notes=["n"])], "html")
    assert '<a href="https://example.org/?a=1&amp;b=&quot;2&quot;">He &amp; al.</a>' in text
    assert "<li>&#8224; not reached</li><li>n</li>" in text


def test_a_folded_table_stands_in_details() -> None:
    table = mobilenet()
    table.folded = "a <b> & c"
    text = render([table], "html")
    page = Page(text.replace("<details><summary>a &lt;b&gt; &amp; c</summary>", "").replace("</details>", ""))
    assert page.rows == Page(render([mobilenet()], "html")).rows
    assert text.count("<details>") == text.count("</details>") == 1
    markdown = render([table], "markdown")
    assert markdown.startswith("<details>\n<summary>a &lt;b&gt; &amp; c</summary>\n\n**MobileNet")
    assert markdown.endswith("\n\n</details>\n")
    for fmt in ("table", "csv", "latex"):
        assert render([table], fmt) == render([mobilenet()], fmt)


def test_a_difference_has_its_sign() -> None:
    column = Column("d", "d", "difference", adds="sum")
    table = Table([column], [(1234,), (-1234,), (0,), (None,)], totals={"d": 0})
    assert [row[0] for row in Page(render([table], "html")).rows] == ["d", "+1,234", "-1,234", "0", "", "0"]
    assert render([table], "csv") == 'd\n1234\n-1234\n0\n""\n'
