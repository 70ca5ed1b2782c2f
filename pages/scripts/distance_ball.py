"""Where the contours of a loss touch the diamond of L1 and the circle of L2 (reglab, lesson 1)."""

import numpy as np

from reglib import geometry

strength = 1.0  # λ
correlation = 0.5
optimum = (2.0, 0.5)  # without a penalty

hessian = geometry.correlated(correlation)
for penalty in ("l1", "l2"):
    at = geometry.touching(hessian, optimum, strength, penalty)
    print(f"{penalty} first weight", at.w[0])
    print(f"{penalty} second weight", at.w[1])
    print(f"{penalty} weights exactly 0", np.count_nonzero(at.w == 0))
    print(f"{penalty} size", float(at.radius))
