"""The command line: parse arguments, call the library, print. One small module per command, loaded when it is called.

Exit status: 0 done, 1 a check failed, 2 wrong usage or input. Results go to stdout, all else to stderr.
"""

import gc

YOUNG = 100_000
"""New objects before the garbage collector looks at them. A command makes few circles and soon ends; a bound stays."""


def main() -> None:
    """Run the command that ``sys.argv`` asks for, and exit."""
    gc.set_threshold(YOUNG)
    try:
        from .root import costcalc

        costcalc.main()
    except KeyboardInterrupt:  # while modules are imported; later it is the commands' business
        raise SystemExit(130) from None
    finally:
        gc.freeze()  # before it ends, Python would look through all that there is once more
