"""The same points under three polynomials, and the errors of every degree (reglab, lesson 3)."""

import numpy as np

from reglib import datasets, polynomial

curve = "sine"  # of reglib.datasets.CURVES; "": read from the downloaded reglab-overfitting.csv
n = 20
noise = 0.3
seed = 0
interval = (-1.0, 1.0)
degrees = (1, 4, 15)  # of the three pictures

if curve:
    data = datasets.make_curve(curve, n, noise=noise, seed=seed, interval=interval)
    fresh = data.fresh(2000, seed + 100_000)
    x, y, x_test, y_test = data.x, data.y, fresh.x, fresh.y
else:
    rows = np.genfromtxt("reglab-overfitting.csv", delimiter=",", skip_header=1)
    seen = rows[:, 2] == 1
    (x, y), (x_test, y_test) = rows[seen, :2].T, rows[~seen, :2].T

fits = polynomial.fit_degrees(x, y, 40, interval=interval)
test_error = fits.errors(x_test, y_test)
print("best degree", int(test_error.argmin()))
print("smallest test error", test_error.min())
for degree in degrees:
    print("degree", degree, "training error", fits.train_error[degree])
    print("degree", degree, "test error", test_error[degree])
if curve:
    print("noise floor", noise**2)
