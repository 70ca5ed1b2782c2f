"""Three lines through the same points, one of them an outlier (reglab, lesson 2)."""

import numpy as np

from reglib.linear import fit_huber, fit_l1, fit_l2
from reglib.losses import Huber, summarise

points = [(0, 1), (1, 1.4), (2, 2.1), (3, 2.4), (4, 3.1), (5, -4)]  # None: read from reglab-outliers.csv
outlier = 5  # counted from 0
delta = 0.5  # Huber's: up to here a residual counts squared

if points is None:
    points = np.loadtxt(
        "reglab-outliers.csv", delimiter=",", skiprows=1, usecols=(0, 1), encoding="utf-8-sig"
    )
x, y = np.array(points).T
l1, l2, huber = fit_l1(x, y), fit_l2(x, y), fit_huber(x, y, delta)
print("L1 slope", l1.slope)
print("L1 lowest optimal slope", l1.slope_low)
print("L1 highest optimal slope", l1.slope_high)
print("L2 slope", l2.slope)
print("Huber slope", huber.slope)
print("L1 loss", l1.cost)
print("L2 loss", l2.cost)
print("Huber loss", huber.cost)
parts = Huber(delta).value(y - huber.predict(x))
print("outlier's share of the L1 loss", summarise(y - l1.predict(x)).share_abs[outlier])
print("outlier's share of the L2 loss", summarise(y - l2.predict(x)).share_sq[outlier])
print("outlier's share of the Huber loss", parts[outlier] / max(parts.sum(), 1e-300))
