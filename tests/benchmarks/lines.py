"""Time the line fits: `OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.lines` from the repository's root.

The outlier lesson wants all three fits for 41 × 33 positions of one of 25 points in under 50 ms; exits with 1
if the median takes longer.  Times are the processor's, so that other work on the machine does not count.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from reglib.linear import fit_huber, fit_l1, position_table


def milliseconds(work: Callable[[], object], repeats: int = 15) -> tuple[float, float]:
    """Return the best and the median time of several runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return min(times), float(np.median(times))


def report(what: str, best: float, median: float) -> None:
    """Print one measurement."""
    print(f"{what}: best {best:.1f} ms, median {median:.1f} ms")


def main() -> int:
    """Print one line per piece of work; 1 if the lesson's table is too slow."""
    slow = 0
    rng = np.random.default_rng(0)
    xs, ys = np.linspace(0, 20, 41), np.linspace(-10, 20, 33)
    for n in (25, 60):
        x = rng.uniform(0, 10, n)
        y = 1 + 0.5 * x + rng.normal(0, 1, n)
        for delta in (0.1, 1.345):
            best, median = milliseconds(lambda x=x, y=y, d=delta: position_table(x, y, 3, xs, ys, d))
            report(f"table of 41 × 33 positions, {n} points, δ = {delta}", best, median)
            slow += n == 25 and median > 50
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
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
