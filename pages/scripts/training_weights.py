"""Inside the networks on the screen: zeros, norms, and how linear they are (reglab, lesson 4)."""

import numpy as np

from reglib import linearity
from reglib.race import Segment, Setup, prepare, read_parts, retrain

file = ""  # of your own data: the downloaded CSV
task, classes = "binary", ("0", "1")  # of your own data
paused = 300  # epoch at which the replay stands
# One for each time a button was pressed: its settings, and the epoch up to which it is kept.
segments = [Segment(Setup(), 300)]
factor = 1.0  # on all weights of the network without a penalty

problem = read_parts(file, task, classes) if file else prepare(segments[0].setup)
race = retrain(segments, problem)
frame = int(np.abs(race.epochs - paused).argmin())
networks, inputs = race.replay[frame], problem.X["test"]  # of the first seed
held = linearity.concentration(networks, 0.1)
share, r2 = linearity.linear_share(networks, inputs), linearity.linear_r2(networks, inputs)
for k, penalty in enumerate(race.penalties):
    for layer, matrix in enumerate(networks.weights, start=1):
        print(penalty, f"layer {layer} weights exactly 0", (matrix[k] == 0).sum())
    print(penalty, "sum of |w|", race.sum_abs[frame, race.member(penalty)])
    print(penalty, "sum of squares", race.sum_squares[frame, race.member(penalty)])
    print(penalty, "sum of |w| held by the largest 10 %", held[k])
    print(penalty, "share of z in the straight part", share[k])
    print(penalty, "R2 of the linear stand-in", r2[k])
for activation in ("tanh", "sigmoid", "relu"):
    smaller = linearity.scaled(networks, factor, activation)
    print(activation, "scaled R2", linearity.linear_r2(smaller, inputs)[0])
