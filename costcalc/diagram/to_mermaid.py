"""A diagram as Mermaid's text, which many pages and comments draw by themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ..errors import printable
from .blocks import SHADES, Diagram, DrawnBlock, Key


def mermaid_text(diagram: Diagram) -> str:
    """A flowchart from the top down: a subgraph for each box, a class for each shade, and their key at the end."""
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    yield "---"
    yield f"title: {json.dumps(printable(diagram.title), ensure_ascii=False)}"
    yield "---"
    yield "flowchart TB"
    yield from _inside(diagram, (), "  ")
    for arrow in diagram.arrows:
        yield f'  {arrow.source} -->|"{_escaped(arrow.text)}"| {arrow.target}'
    yield '  subgraph key ["share of mult-adds"]'
    yield "    direction LR"
    for k, (_, said, *_) in enumerate(SHADES):
        yield f'    k{k}["{said}"]:::s{k}'
    yield f"    {' ~~~ '.join(f'k{k}' for k in range(len(SHADES)))}"
    yield "  end"
    yield "  o0 ~~~ key"
    for k, (_, _, fill, text) in enumerate(SHADES):
        yield f"  classDef s{k} fill:{fill},color:{text},stroke:#5b636d"
    yield "  classDef box fill:none,stroke:#9aa1a8"
    yield f"  class {','.join(['key', *(f'b{k}' for k in range(len(diagram.boxes)))])} box"


def _inside(diagram: Diagram, box: Key, indent: str) -> Iterator[str]:
    for block in diagram.blocks_in(box):
        yield f"{indent}{_block(block)}"
    for own in diagram.boxes_in(box):
        yield f'{indent}subgraph b{list(diagram.boxes).index(own)} ["{_escaped(diagram.boxes[own])}"]'
        yield from _inside(diagram, own, indent + "  ")
        yield f"{indent}end"


def _block(block: DrawnBlock) -> str:
    text = "<br/>".join(map(_escaped, block.lines))
    return f'{block.id}(["{text}"])' if block.is_end else f'{block.id}["{text}"]:::s{block.shade}'


def _escaped(text: str) -> str:
    """Everything that could be markup by its number: a text in quotes may hold Markdown, HTML and entities."""
    return re.sub(r"[^\w .,:()+×²/%=-]", lambda match: f"#{ord(match[0])};", printable(text))
