"""Which λ a network survives, by the epochs it trains before λ sets in (reglab, lesson 4)."""

from reglib.race import Setup, prepare
from reglib.sweep import WarmupRun

setup = Setup(data="circles", noise=0.1)
penalty = "l2"
strengths = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
warmups = (0, 10, 25, 50, 100, 200)
seeds = 4

run = WarmupRun(setup, prepare(setup), penalty, strengths, warmups, seeds)
while not run.done:
    run.advance(1.0)
found = run.result()
print("warm-up".ljust(9), *(f"{warmup:>9}" for warmup in warmups))
for strength, row in zip(strengths, found.verdict, strict=True):
    print(f"λ = {strength:g}".ljust(9), *(f"{verdict:>9}" for verdict in row))
for column, warmup in enumerate(warmups):
    print(f"collapsed after {warmup} epochs of warm-up", (found.verdict[:, column] == "collapsed").sum())
