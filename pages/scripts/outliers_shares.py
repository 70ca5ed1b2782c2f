"""What one point contributes to the loss of the L1 and of the L2 line (reglab, lesson 2)."""

import numpy as np

from reglib.linear import fit_l1, fit_l2
from reglib.losses import summarise
from reglib.outliers import best_constants

points = [(0, 1), (1, 1.4), (2, 2.1), (3, 2.4), (4, 3.1), (5, -4)]  # None: read from the downloaded CSV
outlier = 5  # counted from 0

if points is None:
    points = np.loadtxt(
        "reglab-outliers-shares.csv", delimiter=",", skiprows=1, usecols=(1, 2), encoding="utf-8-sig"
    )
x, y = np.array(points).T
l1, l2 = (summarise(y - fit(x, y).predict(x)) for fit in (fit_l1, fit_l2))
for name, all_points, others, drop in (
    ("sum of |r|", l1.sum_abs, l1.without_abs, l1.share_abs),
    ("sum of squares", l2.sum_sq, l2.without_sq, l2.share_sq),
    ("root of the sum of squares", l2.root_sum_sq, l2.without_root, l2.drop_root),
):
    print(name, all_points)
    print(name, "without the outlier", others[outlier])
    print(name, "falls by", drop[outlier])
plain, rooted = best_constants(l2.residuals)
print("constant with the least sum of squares", plain)
print("constant with the least root", rooted)
