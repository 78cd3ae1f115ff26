"""Check what would be published: that the wheel and the sdist hold what they should, and nothing large.

python tools/check_dist.py FOLDER
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = {".whl": 2_000_000, ".gz": 6_000_000}
OF_THE_SDIST = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CITATION.cff",
    "docs/index.md",
    "tests/conftest.py",
    "tools/docs.py",
)
NEVER = ("__pycache__", ".pyc", ".pytest_cache", ".mypy_cache", "docs/networks/", ".DS_Store")


def files_of(folder: str) -> set[str]:
    """The files of a folder of the checkout, without what an interpreter leaves there."""
    found = (p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {p.relative_to(ROOT).as_posix() for p in found}


def problems(wheel: Path, sdist: Path) -> list[str]:
    package, specs = files_of("costcalc"), files_of("specs")
    expected = package | {f"costcalc/{name}" for name in specs}
    in_wheel = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    own = {name for name in in_wheel if ".dist-info/" not in name}
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    found = [f"{wheel.name} lacks {name}" for name in sorted(expected - own)]
    found += [f"{wheel.name} has {name} besides" for name in sorted(own - expected)]
    found += [f"{sdist.name} lacks {name}" for name in sorted({*package, *specs, *OF_THE_SDIST} - in_sdist)]
    found += [f"{sdist.name} has {name}" for name in sorted(in_sdist) if any(part in name for part in NEVER)]
    for file in (wheel, sdist):
        if (size := file.stat().st_size) > MOST_BYTES[file.suffix]:
            found.append(f"{file.name} has {size:,} bytes, more than {MOST_BYTES[file.suffix]:,}")
    return found


def main(folder: Path) -> int:
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    found = problems(wheel, sdist)
    print("\n".join(found) or f"{wheel.name} and {sdist.name} hold what they should")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
