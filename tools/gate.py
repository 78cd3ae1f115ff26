"""What action.yml runs: the commands of costcalc in COMMANDS and SUMMARY, one a line.

Exit status 1 if one of them has another than 0; all are run. What those of SUMMARY print is added to the file that
GITHUB_STEP_SUMMARY names. A line's words are quoted as in a shell, patterns of files in it are expanded, and no shell
reads it.
"""

from __future__ import annotations

import glob
import os
import shlex
import subprocess
import sys


def words(line: str) -> list[str]:
    """The words of a line, a pattern replaced by the files that it fits, if there are any."""
    return [
        word for part in shlex.split(line, comments=True) for word in sorted(glob.glob(part, recursive=True)) or [part]
    ]


def run(line: str, summary: str = "") -> bool:
    """Whether a command ends with 0."""
    print(f"$ costcalc {line}", flush=True)
    try:
        command = [sys.executable, "-m", "costcalc", *words(line)]
    except ValueError as error:
        print(f"Error: {error}")
        return False
    done = subprocess.run(command, stdout=subprocess.PIPE if summary else None, encoding="utf-8", check=False)
    if summary:
        print(done.stdout)
        with open(summary, "a", encoding="utf-8") as file:
            file.write(done.stdout + "\n")
    return done.returncode == 0


def lines(name: str) -> list[str]:
    return [line.strip() for line in os.environ.get(name, "").splitlines() if line.strip()]


def main() -> int:
    commands, summaries = lines("COMMANDS"), lines("SUMMARY")
    if not commands and not summaries:
        print("Error: no commands")
        return 2
    good = [run(line) for line in commands]
    good += [run(line, os.environ["GITHUB_STEP_SUMMARY"]) for line in summaries]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
