"""Time the line fits: `OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.lines` from the repository's root.

The outlier lesson wants all three fits for 41 × 33 positions of one of 25 points in under 50 ms.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from reglib.linear import fit_huber, fit_l1, position_table


def milliseconds(work: Callable[[], object], repeats: int = 15) -> tuple[float, float]:
    """Return the best and the median time of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return min(times), float(np.median(times))


def report(what: str, best: float, median: float) -> None:
    """Print one measurement."""
    print(f"{what}: best {best:.1f} ms, median {median:.1f} ms")


def main() -> None:
    """Print one line per piece of work."""
    rng = np.random.default_rng(0)
    xs, ys = np.linspace(0, 20, 41), np.linspace(-10, 20, 33)
    for n in (25, 60):
        x = rng.uniform(0, 10, n)
        y = 1 + 0.5 * x + rng.normal(0, 1, n)
        for delta in (0.1, 1.345):
            best, median = milliseconds(lambda x=x, y=y, d=delta: position_table(x, y, 3, xs, ys, d))
            report(f"table of 41 × 33 positions, {n} points, δ = {delta}", best, median)
    for n in (1_000, 20_000):
        x = rng.uniform(0, 10, n)
        for name, y in (
            ("Cauchy noise", 1 + 0.5 * x + rng.standard_cauchy(n)),
            ("whole numbers", np.round(1 + 0.5 * np.round(x) + rng.normal(0, 2, n))),
        ):
            px = np.round(x) if name == "whole numbers" else x
            best, median = milliseconds(lambda x=px, y=y: fit_l1(x, y), 7)
            report(f"L1 line, {n} points, {name}", best, median)
            best, median = milliseconds(lambda x=px, y=y: fit_huber(x, y, 1.345), 7)
            report(f"Huber line (with its L1 start), {n} points, {name}", best, median)


if __name__ == "__main__":
    main()
