"""The same polynomial from the powers of x and from an orthogonal basis: digits lost (reglab, lesson 3)."""

import numpy as np

from reglib import datasets, polynomial

curve = "sine"  # of reglib.datasets.CURVES; "": read from the downloaded reglab-overfitting.csv
noise = 0.3
interval = (-1.0, 1.0)
degree = 20

if curve:
    data = datasets.make_curve(curve, 100, noise=noise, seed=0, interval=interval)
    x, y = data.x, data.y
else:
    rows = np.genfromtxt("reglab-overfitting.csv", delimiter=",", skip_header=1)
    x, y = rows[rows[:, 2] == 1, :2].T

found = polynomial.conditioning(x, y)
print("points", len(x))
print("condition number of the powers", found.monomials[degree])
print("condition number of the orthogonal basis", found.orthonormal[degree])
print("digits lost", found.digits_lost[degree])
print("difference by singular value decomposition", found.difference_svd[degree])
print("difference by normal equations", found.difference_normal[degree])
