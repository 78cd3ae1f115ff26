"""The site that Sphinx makes of these pages: python tools/website.py, or just docs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import latex2mathml
from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.docutils import SphinxTranslator

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from costcalc import __version__  # noqa: E402

project = "costcalc"
author = "The costcalc authors"
version = release = __version__

extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
html_math_renderer = "mathml"

html_theme = "furo"
html_title = f"costcalc {release}"
html_show_sphinx = html_show_copyright = html_show_sourcelink = False
html_copy_source = False
html_static_path, html_css_files = ["_static"], ["site.css"]
pygments_style, pygments_dark_style = "default", "github-dark"

SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n)*)", re.MULTILINE)
ENTRY = re.compile(r"^- \[(.+?)\]\(([\w/-]+)\.md\)", re.MULTILINE)
SPEC = re.compile(r"\]\(\.\./specs/networks/[\w/.-]*?([\w.-]+)\.yaml\)")
TREE = "\n```{{toctree}}\n:hidden:\n{}\n\n{}\n```\n"
ANCHOR = re.compile(r'^(\W*)<a id="(\w+)"></a>', re.MULTILINE)


def for_the_site(app: Sphinx, name: str, source: list[str]) -> None:
    """Give a page what only the site needs, so that it stays Markdown that can be read as it is.

    The lists of the index are the sidebar; a spec is its network's page; an anchor has MyST's form.
    """
    if name == "index":
        sections = SECTION.findall(source[0])
        trees = [
            (title, "\n".join(f"{text} <{page}>" for text, page in ENTRY.findall(body))) for title, body in sections
        ]
        source[0] += "".join(TREE.format(f":caption: {title}", pages) for title, pages in trees)
    if name == "networks":
        source[0] += TREE.format(":glob:", "networks/*")
    if "/" not in name:
        source[0] = SPEC.sub(r"](networks/\1.md)", source[0])
    source[0] = source[0].replace("```mermaid\n", "```text\n")  # it is drawn by a script, which a page here hasn't
    source[0] = ANCHOR.sub(lambda m: f"{m[1]}({m[2]})=\n{' ' * len(m[1])}", source[0])


def inline_math(visitor: SphinxTranslator, node: nodes.math) -> None:
    """MathML, which browsers show by themselves: no script, and nothing from elsewhere."""
    visitor.body.append(latex2mathml.tex2mathml(node.astext()))
    raise nodes.SkipNode


def display_math(visitor: SphinxTranslator, node: nodes.math_block) -> None:
    visitor.body.append(f'<div class="math">{latex2mathml.tex2mathml(node.astext(), as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    app.add_lexer("mermaid", TextLexer)  # as text: drawing it takes a script from elsewhere
    app.connect("source-read", for_the_site)
    app.add_html_math_renderer("mathml", (inline_math, None), (display_math, None))
