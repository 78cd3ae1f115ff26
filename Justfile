# The tools of .venv where there is one, else those of the active environment.
export PATH := justfile_directory() / ".venv/bin:" + env_var("PATH")

# What CI runs
ci:
    bash .ci/run

# Tests of the checkout; further arguments go to pytest
test *args:
    python -m pytest {{args}}

# Style and layers
lint:
    ruff check .
    ruff format --check .
    lint-imports

# Rewrite the source in the house style
fmt:
    ruff check --fix .
    ruff format .

types:
    mypy --strict costcalc

# Regenerate the generated parts of the docs, and the pages of single networks (not in git)
docs:
    python tools/docs.py
    python tools/network_pages.py

# Have the docs drifted from the code?
docs-check:
    python tools/docs.py --check

# Break the code on purpose and see the tests notice
mutate *args:
    python tests/mutate.py {{args}}

# Random specs, expressions and arrays, for as long as you like: just fuzz --minutes 10
fuzz *args:
    python -m tests.fuzz {{args}}

bench *args:
    python benchmarks/run.py {{args}}
