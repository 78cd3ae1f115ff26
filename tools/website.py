"""Build the site: the pages of networks, all of docs/ as HTML, and a page in which the parameters of networks move.

    python tools/website.py [FOLDER]

FOLDER is build/site if none is named. Any warning, such as a link that leads nowhere or a page that no page lists, is
an error: exit status 1. Needs the extra `docs`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import network_page
import network_pages

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    from sphinx.cmd.build import main as sphinx

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "site", metavar="FOLDER")
    folder = parser.parse_args().folder.resolve()
    network_pages.write(network_pages.pages(), network_pages.FOLDER)
    trees = folder.with_name(f"{folder.name}-doctrees")
    strict = ("--nitpicky", "--fail-on-warning", "--keep-going", "--quiet")
    status = sphinx([*strict, "--jobs", "auto", "-d", str(trees), str(ROOT / "docs"), str(folder)])
    if not status:
        options = ["costcalc", "explore", "-o", str(folder / network_page.EXPLORER)]
        subprocess.run([sys.executable, "-m", *options], cwd=ROOT, check=True)
        print(f"{sum(1 for _ in folder.rglob('*.html'))} pages: {folder / 'index.html'}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
