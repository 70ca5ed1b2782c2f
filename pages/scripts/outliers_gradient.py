"""Descent with a fixed step: the L2 line settles, the L1 line keeps hopping (reglab, lesson 2)."""

import numpy as np

from reglib.outliers import descend_line

points = [(0, 1), (1, 1.4), (2, 2.1), (3, 2.4), (4, 3.1), (5, -4)]  # None: read from reglab-outliers.csv
delta = 0.5  # Huber's: up to here a residual counts squared
rate = 0.5
steps = 150

if points is None:
    points = np.loadtxt(
        "reglab-outliers.csv", delimiter=",", skiprows=1, usecols=(0, 1), encoding="utf-8-sig"
    )
x, y = np.array(points).T
for name, loss, decay in (
    ("L2", "squared", False),
    ("L1", "absolute", False),
    ("L1 with a decaying rate", "absolute", True),
    ("Huber", "huber", False),
):
    run = descend_line(x, y, loss, rate=rate, steps=steps, decay=decay, delta=delta)
    print(f"{name} last step", run.step[-1])
    print(f"{name} slope", run.slope[-1])
