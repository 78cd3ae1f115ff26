"""The command line: parse arguments, call the library, print. One small module per command, loaded when it is called.

Exit status: 0 done, 1 a check failed, 2 wrong usage or input. Results go to stdout, all else to stderr.
"""


def main() -> None:
    """Run the command that ``sys.argv`` asks for, and exit."""
    from .root import costcalc

    costcalc.main()
