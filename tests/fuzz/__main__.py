"""The fuzzers of this folder for as long as you like: ``python -m tests.fuzz --minutes 10 [--seed 1]``.

Each round gives every test other examples, which its seed decides. The first that fails is shown with its seed, and the
exit status is 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

EXAMPLES = 300


def fuzzers() -> dict[str, Callable[[], Any]]:
    """The tests that hypothesis gives examples to, by name."""
    os.environ["COSTCALC_FUZZ"] = str(EXAMPLES)  # they read it when they are imported
    from . import test_evaluation, test_expressions_on_arrays, test_fuzz

    modules = (test_fuzz, test_evaluation, test_expressions_on_arrays)
    return {
        f"{module.__name__.rpartition('.')[2]}::{name}": function
        for module in modules
        for name, function in vars(module).items()
        if name.startswith("test_") and getattr(function, "is_hypothesis_test", False)
    }


def main(arguments: list[str]) -> int:
    """Exit status 0 if nothing failed in the time given."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="the first round's; each round has the next (default: 0)")
    given = parser.parse_args(arguments)
    every = fuzzers()

    from hypothesis import seed

    warnings.simplefilter("ignore")
    end, round_, examples = time.monotonic() + 60 * given.minutes, given.seed, 0
    while time.monotonic() < end:
        for name, function in every.items():
            if time.monotonic() >= end:
                break
            try:
                seed(round_)(function)()
            except Exception:
                traceback.print_exc()
                print(f"{name} fails; again by --seed {round_}", file=sys.stderr)
                return 1
            examples += EXAMPLES
        round_ += 1
    rounds = f"seeds {given.seed} to {round_ - 1}"
    print(f"{examples:,} examples of {len(every)} kinds, {rounds}: only the project's own errors")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
