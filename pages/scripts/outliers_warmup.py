"""One value moves: the mean follows it anywhere, the median hardly moves (reglab, lesson 2)."""

import numpy as np

values = (3.0, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 20.0)  # the last one is the one that moves

print("mean", np.mean(values))
print("median", np.median(values))
print("mean of the others", np.mean(values[:-1]))
print("median of the others", np.median(values[:-1]))
