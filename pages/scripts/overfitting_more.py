"""Twice the data or half the noise: the excess error of one degree (reglab, lesson 3)."""

from reglib import datasets, resampling

curve = "sine"  # of reglib.datasets.CURVES
noise = 0.3
interval = (-1.0, 1.0)
degree = 7
sizes = (9, 160)  # few points and many

for n in sizes:
    bet = resampling.bet(
        datasets.CURVES[curve], degree, n, noise=noise, interval=interval, seed=2, repeats=200
    )
    print(n, "as it is", bet.plain.median)
    print(n, "twice the data", bet.more.median)
    print(n, "half the noise", bet.better.median)
    print("winner at", n, bet.winner)
