"""A diagram in DOT, the language of Graphviz, and drawn by its program ``dot``."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from html import escape

from ..errors import CostcalcError, UsageError, printable
from .blocks import SHADES, Diagram, DrawnBlock, Key

FONT = "Helvetica,Arial,sans-serif"
SECONDS = 120
"""For the layout; beyond, the network has too many blocks to be looked at."""


def dot_text(diagram: Diagram) -> str:
    """The digraph: a cluster for each box, and a table as the key of the shades."""
    return "\n".join(_lines(diagram)) + "\n"


def drawn_by_dot(diagram: Diagram) -> str:
    """The diagram as SVG. Raises :class:`UsageError` where there is no ``dot``, :class:`CostcalcError` if it fails."""
    command = ["dot", "-Tsvg"]
    try:
        done = subprocess.run(
            command, input=dot_text(diagram).encode(), capture_output=True, check=True, timeout=SECONDS
        )
    except FileNotFoundError:
        raise UsageError(
            "--to svg needs Graphviz's program dot (https://graphviz.org); --to dot and --to mermaid need nothing"
        ) from None
    except subprocess.TimeoutExpired:
        raise CostcalcError(
            f"dot takes more than {SECONDS} s to lay this out: a smaller --depth has fewer blocks"
        ) from None
    except (OSError, subprocess.CalledProcessError) as e:
        told = getattr(e, "stderr", b"") or str(e).encode()
        raise CostcalcError(f"dot failed: {printable(told.decode(errors='replace').strip())}") from None
    return done.stdout.decode()


def _lines(diagram: Diagram) -> Iterator[str]:
    yield "digraph network {"
    yield f'  graph [label=<{_heading(diagram.title)}>, labelloc=t, fontname="{FONT}", fontsize=14, bgcolor=white,'
    yield "         nodesep=0.3, ranksep=0.3];"
    yield f'  node [shape=box, style="rounded,filled", fontname="{FONT}", fontsize=11, color="#5b636d",'
    yield '        margin="0.12,0.05"];'
    yield f'  edge [fontname="{FONT}", fontsize=9, fontcolor="#3c444c", color="#5b636d", arrowsize=0.6];'
    yield from _inside(diagram, (), "  ")
    for arrow in diagram.arrows:
        yield f"  {arrow.source} -> {arrow.target} [label={_quoted(arrow.text)}];"
    yield "}"


def _inside(diagram: Diagram, box: Key, indent: str) -> Iterator[str]:
    for block in diagram.blocks_in(box):
        yield f"{indent}{_block(block)}"
    for own in diagram.boxes_in(box):
        yield f"{indent}subgraph {_quoted('cluster ' + '.'.join(own))} {{"
        yield f"{indent}  label={_quoted(diagram.boxes[own])}; labeljust=l; fontsize=11;"
        yield f'{indent}  style=rounded; color="#9aa1a8";'
        yield from _inside(diagram, own, indent + "  ")
        yield f"{indent}}}"


def _block(block: DrawnBlock) -> str:
    _, _, fill, text = SHADES[block.shade]
    shape = ", shape=plaintext, style=filled" if block.is_end else ""
    return f'{block.id} [label={_quoted(chr(10).join(block.lines))}, fillcolor="{fill}", fontcolor="{text}"{shape}];'


def _heading(title: str) -> str:
    """The title, and below it the key of the shades, as a table of Graphviz."""
    shades = "".join(
        f'<td border="1" bgcolor="{fill}"><font color="{text}" point-size="9">{said}</font></td>'
        for _, said, fill, text in SHADES
    )
    key = f'<td><font point-size="9">share of mult-adds</font></td>{shades}'
    table = '<table border="0" cellborder="0" cellspacing="0" cellpadding="4">'
    return f'{table}<tr><td colspan="{len(SHADES) + 1}">{escape(printable(title))}</td></tr><tr>{key}</tr></table>'


def _quoted(text: str) -> str:
    """A text of DOT: quotes and backslashes are escaped, and "&", with which an entity would begin."""
    lines = (
        printable(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in text.split("\n")
    )
    return '"' + "\\n".join(lines) + '"'
