"""``python -m costcalc``."""

from .cli import main

if __name__ == "__main__":  # and not where a worker process looks for what it is to do
    main()
