"""A penalised polynomial: errors, exact zeros, and the λ that cross-validation chooses (reglab, lesson 3)."""

import numpy as np

from reglib import datasets, paths

curve = "sine"  # of reglib.datasets.CURVES; "": read from the downloaded reglab-overfitting.csv
n = 20
noise = 0.3
seed = 0
interval = (-1.0, 1.0)
degree = 15
l1 = 0.0
l2 = 0.022
along = "l2"  # the λ that cross-validation chooses; the other one stays

if curve:
    data = datasets.make_curve(curve, n, noise=noise, seed=seed, interval=interval)
    fresh = data.fresh(2000, seed + 100_000)
    x, y, x_test, y_test = data.x, data.y, fresh.x, fresh.y
else:
    rows = np.genfromtxt("reglab-overfitting.csv", delimiter=",", skip_header=1)
    seen = rows[:, 2] == 1
    (x, y), (x_test, y_test) = rows[seen, :2].T, rows[~seen, :2].T

lambdas = [0.0] + [float(f"{10 ** (k / 6):.2g}") for k in range(-36, 19)]
first, second = (lambdas, l2) if along == "l1" else (l1, lambdas)
fit = paths.fit_path(x, y, degree, l1=l1, l2=l2, interval=interval)
chosen = paths.cross_validate(x, y, degree, l1=first, l2=second, interval=interval, seed=0, folds=5)
print("training error", fit.train_error[0])
print("validation error", chosen.mean[lambdas.index(l1 if along == "l1" else l2)])
print("test error", fit.errors(x_test, y_test)[0])
print("exact zeros", fit.zeros[0])
print("best", lambdas[chosen.best])
print("one standard error", lambdas[chosen.one_se])
print("coefficients\n", fit.coefficients[0])
