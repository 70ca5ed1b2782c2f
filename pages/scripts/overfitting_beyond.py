"""Minimum-norm polynomials beyond degree n − 1: the peak, the way down, and a penalty (reglab, lesson 3)."""

import numpy as np

from reglib import datasets, resampling

curve = "sine"  # of reglib.datasets.CURVES
noise = 0.3
interval = (-1.0, 1.0)
n = 20
l2 = 1e-6
repeats = 20  # samples that the medians are over

errors = resampling.beyond_n(
    datasets.CURVES[curve],
    n,
    noise=noise,
    interval=interval,
    seed=3,
    repeats=repeats,
    max_degree=150,
    l2=[0.0, l2],
)
least, melted = resampling.band(np.array(list(errors))).median
first = int(least[:n].argmin())
print("first minimum at degree", first)
print("first minimum", least[first])
print("peak at degree", int(least.argmax()))
print("peak", least.max())
print("at degree 150", least[-1])
print("largest with the penalty", melted.max())
