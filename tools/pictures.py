"""Draw the pictures of README.md and docs/ again, or check that they show what the program counts.

    python tools/pictures.py                 draw all of them
    python tools/pictures.py roofline        those with this in their name
    python tools/pictures.py --check         exit status 1 if one shows other figures

A page asks for a picture by ``docs.picture("costcalc plot … -o NAME.svg", "what it shows")`` between cog's marks.
Beside each docs/pictures/NAME.svg stands NAME.csv, the figures that it shows. Checked are those, digit by digit, and
the texts of the drawing: its bytes are other ones with each version of matplotlib, which spaces letters a little
differently.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/pictures")
_ASKED = re.compile(r"""docs\.picture\(\s*"((?:[^"\\]|\\.)*)\"""")
_TEXT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def asked(root: Path = ROOT) -> dict[str, list[str]]:
    """The words of the commands that the pages ask for, by the picture's name."""
    from docs import PAGES

    found: dict[str, list[str]] = {}
    for page in sorted(page for pattern in PAGES for page in root.glob(pattern)):
        for command in _ASKED.findall(page.read_text(encoding="utf-8")):
            name, words = split(command)
            if found.setdefault(name, words) != words:
                raise SystemExit(f"{page.name}: {name} is another picture elsewhere")
    return found


def split(command: str) -> tuple[str, list[str]]:
    """The name of a picture's file without its ending, and the words of the command without ``costcalc`` and ``-o``."""
    program, *words = shlex.split(command)
    if program != "costcalc" or words[-2:-1] != ["-o"] or not re.fullmatch(r"[a-z0-9_]+\.svg", words[-1]):
        raise SystemExit(f"a picture is made by costcalc … -o NAME.svg, not by {command}")
    return words[-1].removesuffix(".svg"), words[:-2]


def draw(name: str, words: Sequence[str], folder: Path) -> None:
    """The picture and its figures, written to ``folder``."""
    from costcalc.cli.root import costcalc

    costcalc.main([*words, "-o", str(folder / f"{name}.svg")], standalone_mode=False)
    costcalc.main([*words, "--format", "csv", "-o", str(folder / f"{name}.csv")], standalone_mode=False)


def texts(svg: Path) -> list[str]:
    """The texts of a drawing, which matplotlib writes beside the paths of their letters."""
    return sorted(text.strip() for text in _TEXT.findall(svg.read_text(encoding="utf-8")))


def drifted(name: str, words: Sequence[str], folder: Path) -> str:
    """What a picture of ``folder`` lacks; empty if it shows what it should."""
    if not all((folder / f"{name}{ending}").is_file() for ending in (".svg", ".csv")):
        return "isn't there"
    with tempfile.TemporaryDirectory() as made:
        draw(name, words, Path(made))
        old, new = ((place / f"{name}.csv").read_text(encoding="utf-8") for place in (folder, Path(made)))
        if old != new:
            return "shows other figures"
        if texts(folder / f"{name}.svg") != texts(Path(made) / f"{name}.svg"):
            return "has other texts"
    return ""


def unasked(names: Sequence[str], folder: Path) -> Iterator[str]:
    """Files that no page asks for."""
    return (file.name for file in sorted(folder.glob("*.*")) if file.stem not in names)


def main() -> int:
    """Draw, or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if a picture has drifted")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only pictures with this in their name")
    args = parser.parse_args()
    sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]
    every = asked()
    wrong = [f"{file}: no page has it" for file in unasked(list(every), ROOT / FOLDER)]
    for name, words in every.items():
        if args.names and not any(part in name for part in args.names):
            continue
        if args.check:
            if found := drifted(name, words, ROOT / FOLDER):
                wrong.append(f"{name}.svg: {found}")
        else:
            (ROOT / FOLDER).mkdir(exist_ok=True)
            draw(name, words, ROOT / FOLDER)
    for line in wrong:
        print(f"{FOLDER}/{line}; run: python tools/pictures.py", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
