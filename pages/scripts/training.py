"""The race on the screen, trained again: data, network, and every change of settings (reglab, lesson 4)."""

from dataclasses import replace

import numpy as np

from reglib.race import Replan, Segment, Setup, prepare, read_parts

file = ""  # of your own data: the downloaded CSV
task, classes = "binary", ("0", "1")  # of your own data
setup = Setup()
paused = 300  # epoch at which the replay stands
# One for each time a button was pressed: kept up to epoch; epochs, λ1, λ2, learning rate, momentum, warm-up.
segments = [(300, 300, 0.005, 0.01, 0.1, 0.9, 0)]

problem = read_parts(file, task, classes) if file else prepare(setup)
plan = [
    Segment(replace(setup, epochs=epochs, l1=l1, l2=l2, learning_rate=rate, momentum=m, warmup=warmup), until)
    for until, epochs, l1, l2, rate, m, warmup in segments
]
run = Replan(plan, problem)
while not run.done:
    run.advance(1.0)
race = run.result()
frame = int(np.abs(race.epochs - paused).argmin())
for penalty in setup.penalties:  # medians, if there are several seeds
    for part in ("train", "validation", "test"):
        print(penalty, part, "loss", float(np.median(race.of(race.loss[part], penalty)[frame])))
    print(penalty, "test score", float(np.median(race.of(race.score["test"], penalty)[frame])))
    print(penalty, "weights exactly 0", int(np.median(race.of(race.zeros.sum(axis=2), penalty)[frame])))
