"""The numbers under the four pictures of the first page (reglab)."""

import numpy as np

from reglib import datasets, linear, norms, penalties, polynomial

city = norms.route_table([(-5, 4)], [(3, 10)])
print("L1", city["l1"][0])
print("L2", city["l2"][0])
print("shortest routes", city["routes"][0])

calls = datasets.telephone_calls()
print("L2 slope", linear.fit_l2(calls.x, calls.y).slope)
l1 = linear.fit_l1(calls.x, calls.y)
print("lowest L1 slope", l1.slope_low)
print("highest L1 slope", l1.slope_high)

sample = datasets.make_curve("sine", 20, noise=0.3, seed=0)
unseen = sample.fresh(2000, seed=100_000)
fits = polynomial.fit_degrees(sample.x, sample.y, 15, interval=sample.interval)
errors = fits.errors(unseen.x, unseen.y)
for degree in (1, errors.argmin(), 15):
    print(f"degree {degree} test error", errors[degree])

for name in ("l1", "l2"):
    penalty = penalties.ElasticNet(**{name: 0.5})
    weight = penalties.descend(lambda w: 0 * w, [1.0], 60, 0.1, penalty).weights[:, 0]
    zeros = np.flatnonzero(weight == 0)
    print(f"{name} steps to exactly 0", zeros[0] if len(zeros) else "-")
    print(f"{name} weight after 60 steps", weight[-1])
