"""One degree refitted to many samples, and its error taken apart (reglab, lesson 3)."""

from reglib import datasets, resampling

curve = "sine"  # of reglib.datasets.CURVES
n = 20
noise = 0.3
seed = 0
interval = (-1.0, 1.0)
highest = 15
degree = 9
resamples = 500

data = datasets.make_curve(curve, n, noise=noise, seed=seed, interval=interval)
found = resampling.bias_variance(
    data.curve,
    data.x,
    range(highest + 1),
    noise=noise,
    interval=interval,
    seed=1,
    resamples=resamples,
    keep=12,
)
print("bias2", found.bias2[degree])
print("variance", found.variance[degree])
print("mean squared distance from the truth", found.excess[degree])
print("noise", found.noise)
print("measured on new points", found.noisy_error[degree])
print("standard error of its difference from bias2 + variance + noise", found.noisy_error_se[degree])
print("best degree", (found.bias2 + found.variance).argmin())
