"""Specs with mistakes: each file begins with its expected messages, place and wording to the letter.

``# error: 3:9: stage2: …`` is what ``str()`` of a problem says after the file's own name; problems of a used file
keep that file's name.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import pytest

import costcalc
from costcalc.errors import SpecError

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
MARK = "# error: "
SECONDS = 1.0
BYTES = 200 * 2**20


def expected(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]


def problems(path: Path) -> list[str]:
    """All problems of loading ``path`` and evaluating it at its defaults."""
    with pytest.raises(SpecError) as caught:
        costcalc.load(str(path)).cost()
    found = [str(p).removeprefix(f"{path}:").removeprefix(f"{FOLDER}{os.sep}") for p in caught.value.problems]
    assert "\n".join(str(p) for p in caught.value.problems) == str(caught.value)
    return found


def test_there_are_many() -> None:
    assert len(FILES) > 200
    assert all(expected(path) for path in FILES)


def peak() -> int:
    """Bytes that the process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_message(path: Path) -> None:
    """Exactly the expected problems, in the order of the text, within a second and 200 MB."""
    held = peak()
    for _ in range(3):  # the machine may be busy
        begun = time.process_time()
        found = problems(path)
        if time.process_time() - begun < SECONDS:
            break
    else:
        pytest.fail(f"takes more than {SECONDS} s")
    assert peak() - held < BYTES
    assert found == expected(path)
    for line in found:
        assert line.isprintable()
        assert "\n" not in line
