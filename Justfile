# The tools of .venv where there is one, else those of the active environment.
export PATH := justfile_directory() / ".venv/bin:" + env_var("PATH")

# An environment with what the other recipes need, where the active one lacks it
tools:
    sphinx-build --version >/dev/null 2>&1 || (python3 -m venv .venv && .venv/bin/pip install -q -e '.[test,dev,docs]')

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

# Regenerate the generated parts of the docs, and build the site (build/site, not in git)
docs: tools
    python tools/docs.py
    python tools/pictures.py
    python tools/website.py

# Have the docs drifted from the code?
docs-check:
    python tools/docs.py --check
    python tools/pictures.py --check

# Break the code on purpose and see the tests notice
mutate *args:
    python tests/mutate.py {{args}}

# Random specs, expressions and arrays, for as long as you like: just fuzz --minutes 10
fuzz *args:
    python -m tests.fuzz {{args}}

bench *args:
    python benchmarks/run.py {{args}}
