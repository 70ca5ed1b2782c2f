"""What one residual contributes to each loss, with and without the root (reglab, lesson 2)."""

from reglib.losses import summarise
from reglib.outliers import best_constants

residuals = (1.0, 1.0, 1.0, 10.0)
outlier = 3  # counted from 0

found = summarise(residuals)
for name, all_points, others, drop in (
    ("sum of |r|", found.sum_abs, found.without_abs, found.share_abs),
    ("sum of squares", found.sum_sq, found.without_sq, found.share_sq),
    ("root of the sum of squares", found.root_sum_sq, found.without_root, found.drop_root),
):
    print(name, all_points)
    print(name, "without the outlier", others[outlier])
    print(name, "falls by", drop[outlier])
plain, rooted = best_constants(residuals)
print("constant with the least sum of squares", plain)
print("constant with the least root", rooted)
