"""How much λ: the network under every λ, from several starts; medians over them (reglab, lesson 4)."""

from itertools import pairwise

import numpy as np

from reglib.race import Setup, prepare, read_parts
from reglib.storage import csr_bytes
from reglib.sweep import SweepRun

file = ""  # of your own data: the downloaded CSV
task, classes = "binary", ("0", "1")  # of your own data
setup = Setup()
penalty = "l2"
seeds = 8
strengths = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)

problem = read_parts(file, task, classes) if file else prepare(setup)
run = SweepRun(setup, problem, penalty, strengths, seeds)
while not run.done:
    run.advance(1.0)
found = run.result()
sizes = (problem.X["train"].shape[1], *[setup.units] * setup.layers, problem.outputs)
weights = sum(a * b for a, b in pairwise(sizes))
print("weights", weights)
print("CSR with half of them 0", csr_bytes(sizes, weights // 2))
half = np.abs(np.median(found.zeros, axis=1) - 0.5).argmin()
for words, i in (("weakest", 0), ("chosen", found.best), ("strongest", -1), ("half zeros", half)):
    print(words, "strength", found.strengths[i])
    print(words, "validation loss", np.median(found.loss["validation"][i]))
    print(words, "test loss", np.median(found.loss["test"][i]))
    print(words, "sum of |w|", np.median(found.sum_abs[i]))
    print(words, "share exactly 0", np.median(found.zeros[i]))
    for kind in ("dense", "csr", "pruned"):
        print(words, "bytes", kind, np.median(found.bytes[kind][i]))
print("highest test score", np.median(found.score["test"], axis=1).max())
print("diverged", found.stopped.sum())
