"""Which share of a sample must be moved far away to carry its mean or its median away (reglab, lesson 2)."""

import numpy as np

from reglib.outliers import breakdown

n = 20  # values in a sample
repeats = 500  # samples

found = breakdown(n, repeats, seed=0)
mean, median = found.breaking_share()
print("breakdown point of the mean", mean)
print("breakdown point of the median", median)
for moved in sorted({1, (n - 1) // 2, (n + 1) // 2}):  # in the middle sample, in standard deviations
    print(f"with {moved} of {n} values moved, the mean goes", np.median(found.mean_shift[:, moved]))
    print(f"with {moved} of {n} values moved, the median goes", np.median(found.median_shift[:, moved]))
