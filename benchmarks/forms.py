"""How fast compiled forms are, beside the engine on arrays: the same points in the same run.

    python -m venv /tmp/bench && /tmp/bench/bin/pip install '.[fast]'
    /tmp/bench/bin/python benchmarks/forms.py

Each network has a process of its own, whose peak memory is that of the forms: the engine is measured after it. What
numba compiles goes to an empty folder, so that compiling is measured too. Times are the best of some runs, in turn.
docs/benchmarks.md has the goals and figures.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

NETWORKS: dict[str, dict[str, tuple[float, float]]] = {
    "mobilenet_v1": {"alpha": (0.25, 1.5), "res": (96, 320)},
    "mobilenet_v2": {"alpha": (0.25, 1.5), "res": (96, 320)},
    "efficientnet": {"depth": (0.5, 3), "width": (0.5, 2), "res": (96, 600)},
    "ofa_mobilenet_v3": {},
}
"""Random numbers between these; of the others the declared choices."""
CHUNK = 16_000


def seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def points_of(network: Any, name: str, count: int) -> dict[str, Any]:
    import numpy as np

    rng = np.random.default_rng(1)
    ranges = NETWORKS[name]
    if not ranges:
        codes = network.parameter_codes
        return {n: rng.choice(codes[n].choices, count) for n in codes if codes[n].choices and not codes[n].structural}
    return {
        n: rng.integers(int(low), int(high), count) if n == "res" else rng.uniform(low, high, count)
        for n, (low, high) in ranges.items()
    }


def measure(name: str, count: int, runs: int) -> None:
    """Print one network's figures."""
    import numpy as np

    from costcalc import load
    from costcalc.compiled import compile_form

    network = load(name)
    points = points_of(network, name, count)
    before = peak_mib()
    form = compile_form(network, free=points)
    made = min(seconds(lambda: compile_form(network, free=points)) for _ in range(3))
    print(f"{name}: {', '.join(points)}; {count:,} points")
    print(f"  the form is made in {1e3 * made:.0f} ms; {len(form.to_json()):,} bytes as JSON")
    some = [{n: a[k].item() for n, a in points.items()} for k in range(300)]
    form.at(**some[0])
    plain = min(seconds(lambda: [form.at(**point) for point in some]) for _ in range(runs)) / len(some)
    print(f"  at a point, without NumPy: {1e6 * plain:.0f} us")

    engines = ["numpy", *(["fast"] if find_spec("numba") else [])]
    for engine in engines:
        first = {n: a[:2] for n, a in points.items()}
        print(f"  {engine}, until the first points are there: {seconds(lambda: form.on(first, engine=engine)):.1f} s")  # noqa: B023
    # In turn, so that a change of the machine's speed meets all of them.
    part = {n: a[: 4 * CHUNK] for n, a in points.items()}
    times: dict[str, list[float]] = {}
    results = {}
    for _ in range(runs):
        for engine in engines:
            start = time.perf_counter()
            results[engine] = form.on(points, engine=engine)
            times.setdefault(engine, []).append((time.perf_counter() - start) / count)
    memory = peak_mib() - before
    for _ in range(runs):
        times.setdefault("engine, chunks", []).append(seconds(lambda: chunked(network, part)) / (4 * CHUNK))
        for engine in engines:
            times[engine].append(seconds(lambda: form.on(points, engine=engine)) / count)  # noqa: B023
    whole = {n: a[: count // 5] for n, a in points.items()}
    times["engine, at once"] = [seconds(lambda: network.cost(whole).mult_adds) / (count // 5)]
    base = min(times["engine, chunks"])
    for what, found in times.items():
        print(f"  {what:16} {1e9 * min(found):8.1f} ns a point   {base / min(found):6.1f} times as fast as chunks")
    print(f"  memory of the forms beyond that of the points: {memory:.0f} MiB (peak {before + memory:.0f})")
    check = network.cost(part)
    for engine in engines:
        columns, valid = results[engine]
        assert (valid[: 4 * CHUNK] == np.broadcast_to(check.valid, 4 * CHUNK)).all()
        assert (columns["mult_adds"][: 4 * CHUNK] == np.ma.filled(check.mult_adds, 0)).all()
        assert (columns["params"][: 4 * CHUNK] == np.ma.filled(check.params, 0)).all()


def chunked(network: Any, points: dict[str, Any]) -> None:
    """The engine on arrays, a chunk at a time."""
    count = len(next(iter(points.values())))
    for start in range(0, count, CHUNK):
        cost = network.cost({n: a[start : start + CHUNK] for n, a in points.items()})
        _ = cost.params, cost.mult_adds, cost.valid


def main() -> None:
    """All measurements, or those of one network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000, help="points")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--network", choices=NETWORKS)
    options = parser.parse_args()
    if options.network:
        measure(options.network, options.count, options.runs)
        return
    with tempfile.TemporaryDirectory() as cache:
        for name in NETWORKS:
            command = [sys.executable, __file__, "--network", name, "--count", str(options.count)]
            command += ["--runs", str(options.runs)]
            subprocess.run(command, check=True, env={**os.environ, "XDG_CACHE_HOME": cache})


if __name__ == "__main__":
    main()
