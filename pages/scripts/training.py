"""The race on the screen, trained again: data, network, and every change of settings (reglab, lesson 4)."""

import numpy as np

from reglib.race import Segment, Setup, prepare, read_parts, retrain

file = ""  # of your own data: the downloaded CSV
task, classes = "binary", ("0", "1")  # of your own data
paused = 300  # epoch at which the replay stands
# One for each time a button was pressed: its settings, and the epoch up to which it is kept.
segments = [Segment(Setup(), 300)]

problem = read_parts(file, task, classes) if file else prepare(segments[0].setup)
race = retrain(segments, problem)
frame = int(np.abs(race.epochs - paused).argmin())
for penalty in race.penalties:  # medians, if there are several seeds
    for part in ("train", "validation", "test"):
        print(penalty, part, "loss", float(np.median(race.of(race.loss[part], penalty)[frame])))
    print(penalty, "test score", float(np.median(race.of(race.score["test"], penalty)[frame])))
    print(penalty, "weights exactly 0", int(np.median(race.of(race.zeros.sum(axis=2), penalty)[frame])))
