"""Write what the program prints into README.md and docs/, or check that it stands there already.

    python tools/docs.py           rewrite the generated parts
    python tools/docs.py --check   exit status 1 if one has drifted

The generated parts of README.md and docs/ stand between cog's marks (https://cog.readthedocs.io) and call the
functions of this file and of examples.py. The pages of single networks aren't in git: network_pages.py writes them.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from costcalc.papers import Result

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/*.md", "docs/how-to/*.md")


def shell(
    command: str, width: int = 80, head: int | None = None, status: int = 0, until: str = "", tail: int | None = None
) -> str:
    """A fenced block: the command, and what it prints in a terminal of ``width`` columns.

    Cut behind ``head`` lines, or before the first that begins with ``until``; or only the last ``tail`` lines.
    """
    printed = output_of(command, width, status)
    lines = printed.rstrip("\n").split("\n")
    if until:
        head = next(k for k, line in enumerate(lines) if line.startswith(until))
    if head is not None and len(lines) > head:
        lines = [*lines[:head], "…"]
    if tail is not None and len(lines) > tail:
        lines = ["…", *lines[-tail:]]
    text = "\n".join(line.rstrip() for line in lines)
    return f"```console\n$ {command}\n{text}\n```"


def mermaid(command: str) -> str:
    """The command, and the diagram that it prints, which a page draws."""
    return f"```console\n$ {command}\n```\n\n```mermaid\n{output_of(command, 80, 0)}```"


def printed(command: str, until: str) -> str:
    """What the command prints in Markdown, before the first line that begins with ``until``."""
    lines = output_of(command, 80, 0).split("\n")
    return "\n".join(lines[: next(k for k, line in enumerate(lines) if line.startswith(until))]).rstrip("\n")


def picture(command: str, shows: str, folder: str = "pictures") -> str:
    """The command and the picture that it makes, which tools/pictures.py draws; ``shows`` is read where none is seen.

    ``folder``: where it lies, seen from the page.
    """
    from pictures import split

    name, _ = split(command)
    return f"```console\n$ {command}\n```\n\n![{shows}]({folder}/{name}.svg)"


def output_of(command: str, width: int, status: int) -> str:
    """What ``command`` (costcalc …) prints to stdout and stderr, run in this process."""
    from click.testing import CliRunner

    from costcalc.cli.root import costcalc

    name, *words = shlex.split(command)
    if name != "costcalc":
        raise SystemExit(f"docs show commands of costcalc, not {name}")
    screen = {"COLUMNS": str(width)}
    done = CliRunner().invoke(costcalc, words, prog_name="costcalc", terminal_width=width, env=screen)
    if done.exit_code != status:
        raise SystemExit(f"{command}: exit status {done.exit_code}, not {status}\n{done.output}")
    return done.output


def contents(page: str) -> str:
    """The sections of a page, two levels of them, as links."""
    return contents_of((ROOT / page).read_text(encoding="utf-8"))


def contents_of(text: str) -> str:
    """The sections of a text, as `contents` has them: for one that is generated itself."""
    lines: list[str] = []
    for marks, title in re.findall(r"^(##|###) (.+)$", text, re.MULTILINE):
        anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        lines.append(f"{'  ' * (len(marks) - 2)}- [{title}](#{anchor})")
    return "\n".join(lines)


def python(code: str) -> str:
    """A fenced Python session: each line of ``code``, and what its expressions give and print."""
    from contextlib import redirect_stdout
    from io import StringIO
    from unittest.mock import patch

    names: dict[str, object] = {}
    lines = ["```python"]
    block: list[str] = []
    for line in code.strip().split("\n"):
        goes_on = line.startswith(("except ", "else:", "finally:"))
        lines.append(f"{'...' if goes_on else '>>>'} {line}")
        block = [*block, line] if goes_on or line.startswith("try:") else [line]
        if line.startswith("try:"):
            continue
        out = StringIO()
        with redirect_stdout(out), patch.dict(os.environ, COLUMNS="80"):
            try:
                value = eval("\n".join(block), names)  # the docs' own lines
            except SyntaxError:
                exec("\n".join(block), names)
                value = None
        if value is not None:
            print(repr(value), file=out)
        lines += out.getvalue().rstrip("\n").split("\n") if out.getvalue() else []
    return "\n".join([*(line.rstrip() for line in lines), "```"])


def unexplained() -> str:
    """Every figure that isn't explained, those nearest to a cause first, with what comes out and what was tried."""
    from network_pages import results

    found = [r for r in results() if r.state == "unexplained"]
    led = [r for r in found if r.figure.lead]
    lines = [f"## A reading would give them ({len(led)})", "", "Each is only inferred from the figure itself.", ""]
    for lead in sorted({str(r.figure.lead) for r in led}, key=lambda t: (-sum(r.figure.lead == t for r in led), t)):
        lines += [f"**{_sentence(lead)[:-1]}**", "", *(_line(r) for r in led if r.figure.lead == lead), ""]
    rest = sorted((r for r in found if not r.figure.lead), key=lambda r: abs(_off(r)))
    bounds = ((0, 0.01, "Within 1 %"), (0.01, 0.05, "Within 5 %"), (0.05, float("inf"), "Further off"))
    for low, high, title in bounds:
        group = [r for r in rest if low <= abs(_off(r)) < high]
        lines += [f"## {title} ({len(group)})", "", *map(_line, group), ""]
    text = "\n".join(lines)
    return f"{contents_of(text)}\n\n{text}"


def _off(r: Result) -> float:
    """How far the nearest value that would be printed so is from ours, as a part of ours."""
    assert r.figure.printed is not None
    assert r.ours is not None
    low, high = r.figure.printed.interval()
    return float((low if r.ours < low else high) / r.ours - 1)


def _line(r: Result) -> str:
    from costcalc.reports.check import computed

    assert r.figure.printed is not None
    file = r.paper.origin.name.rsplit("/", 1)[-1]
    return (
        f"- [{file.removesuffix('.yaml')}](../specs/papers/{file}), **{r.table.name}**, {r.subject},"
        f" {r.figure.measure.replace('_', '-')}: printed {r.figure.printed.text}, computed {computed(r)}"
        f" ({_off(r):+.2%}). {_sentence(r.reason)}"
    )


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."


def states(*, of_families: bool = True) -> str:
    """A table of all figures by state, and of those of each family."""
    from network_pages import results

    from costcalc.papers import STATES

    lines = [
        "| family | figures | " + " | ".join(s.replace("_", " ") for s in STATES) + " |",
        "|---" * (2 + len(STATES)) + "|",
    ]
    families = dict.fromkeys(r.paper.family for r in results())
    for family in (*families, None) if of_families else (None,):
        own = [r.state for r in results() if family in (None, r.paper.family)]
        counts = " | ".join(str(own.count(s)) for s in STATES)
        lines.append(f"| {family or '**all**'} | {len(own)} | {counts} |")
    return "\n".join(lines)


def conventions(*, of_tools: bool) -> str:
    """A table of the shipped conventions that are tools', or of the others."""
    from costcalc.reconcile import shipped_conventions

    lines = ["| convention | " + "tool | " * of_tools + "unit | counts |", "|---" * (3 + of_tools) + "|"]
    for c in shipped_conventions():
        if bool(c.tool) == of_tools:
            cells = [f"`{c.name}`", *[c.tool] * of_tools, c.unit, c.about.replace("|", "\\|")]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def catalogue() -> str:
    """Every network at its defaults and every variant: what it costs and where it comes from, by family."""
    from network_page import source

    from costcalc.catalogue import entries
    from costcalc.reports.values import listed
    from costcalc.units import exact

    families: dict[str, list[str]] = {}
    for entry in entries()[0]:
        if entry.is_variant:
            names, printed = (entry.name, listed({name: entry.parameters[name] for name in entry.sets})), ""
        else:
            names, printed = (f"[{entry.name}](../specs/{entry.file})", entry.title), source(entry.source)
        cells = (*names, exact(entry.params), exact(entry.mult_adds), printed)
        row = " | ".join(cell.replace("|", "\\|") for cell in cells)
        families.setdefault(entry.family, []).append(f"| {row} |")
    head = "| network | | params | mult-adds | source |\n|:--|:--|--:|--:|:--|"
    text = "\n\n".join("\n".join([f"## {family}\n", head, *rows]) for family, rows in sorted(families.items()))
    return f"{contents_of(text)}\n\n{text}"


def field_tests() -> str:
    """A table of the public threads that were tried, and of those that couldn't be."""
    from costcalc.units import exact
    from tests.truth.field_tests import asked, counted, is_right, lacking

    def rows(thread: dict[str, Any]) -> Iterator[tuple[str, ...]]:
        place, question = _thread(thread["thread"]), thread["asks"]
        for figure in thread["figures"]:
            ours = counted(thread, figure)
            right = exact(figure["exact"]) if "exact" in figure else figure["printed"]
            what = "params" if figure.get("params") else figure.get("of", "mult_adds")
            at = "".join(f", {name} {value}" for name, value in figure.get("at", {}).items())
            verdict = "✓" if is_right(figure, ours) else f"differs: {figure['cause']}"
            mended = f"; mended: {thread['mended']}" if "mended" in thread and not question.startswith(" ") else ""
            yield place, question, f"{what}{at}", f"{right} ({figure['by']})", exact(ours), verdict + mended
            place = question = " "

    found = [row for thread in asked() for row in rows(thread)]
    lines = ["| thread | what is asked | of | right value | costcalc | |", "|:--|:--|:--|:--|--:|:--|"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in found]
    lines += ["", "## What costcalc lacks for it", "", "| thread | what is asked | what it takes |", "|:--|:--|:--|"]
    lines += [f"| {_thread(t['thread'])} | {t['asks']} | {t['needs']} |" for t in lacking()]
    return "\n".join(lines)


def _thread(name: str) -> str:
    repository, number = name.split("#")
    return f"[{name}](https://github.com/{repository}/issues/{number})"


def vectors() -> str:
    """A table of the conformance vectors: how many layers, what they cost, and how many conventions count them."""
    import json

    lines = ["| network | layers | params | mult-adds | conventions |", "|:--|--:|--:|--:|--:|"]
    for path in sorted((ROOT / "docs" / "vectors").glob("*.json")):
        if path.name == "schema.json":
            continue
        told = json.loads(path.read_text(encoding="utf-8"))
        totals = f"{told['totals']['params']:,} | {told['totals']['mult_adds']:,}"
        link = f"[{path.stem}](vectors/{path.name})"
        lines.append(f"| {link} | {len(told['layers'])} | {totals} | {len(told['conventions'])} |")
    return "\n".join(lines)


def survey() -> str:
    """What `costcalc import` makes of other libraries' models: for each family how many, and why not the others."""
    import yaml

    found = yaml.safe_load((ROOT / "tests" / "importing" / "survey.yaml").read_text(encoding="utf-8"))
    families: dict[str, list[str]] = {}
    for name, outcome in found.items():
        library, _, model = name.partition("/")
        family = f"timm {re.split(r'[_0-9]', model)[0]}" if library == "timm" else library
        families.setdefault(family, []).append(outcome)
    whole = [family for family, outcomes in families.items() if set(outcomes) == {"ok"}]
    ok = sum(outcome == "ok" for outcome in found.values())
    lines = [
        f"{ok} of {len(found)} models are exact, none is wrong.",
        "",
        "| models | exact | of | why not the others |",
        "|---|---|---|---|",
    ]
    for family, outcomes in families.items():
        good = outcomes.count("ok")
        if family not in whole or not family.startswith("timm"):
            why = "; ".join(dict.fromkeys(one.partition(": ")[2] for one in outcomes if one != "ok"))
            lines.append(f"| {family} | {good} | {len(outcomes)} | {why} |")
    rest = [family for family in whole if family.startswith("timm")]
    number = sum(len(families[family]) for family in rest)
    lines.append(f"| timm, other families | {number} | {number} | |")
    names = ", ".join(family.removeprefix("timm ") for family in rest)
    return "\n".join(lines) + f"\n\nThe other families: {names}."


def main() -> int:
    """Write the index of the specs and the conformance vectors, and run cog over the pages that it makes parts of."""
    import index
    import vectors
    from cogapp import Cog

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if a page has drifted")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="these pages alone, such as docs/commands.md")
    args = parser.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]
    pages = args.pages or [str(p.relative_to(ROOT)) for pattern in PAGES for p in sorted(ROOT.glob(pattern))]
    options = ["--check", "--check-fail-msg=run: python tools/docs.py"] if args.check else ["-r"]
    status = index.main(check=args.check)
    if not args.pages:
        status = vectors.main(check=args.check) or status
    return status or int(Cog().main(["cog", *options, "-P", "-p", "import docs, examples", *pages]) or 0)


if __name__ == "__main__":
    raise SystemExit(main())
