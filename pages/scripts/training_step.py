"""The next step of one weight, taken apart under L2 and under L1 (reglab, lesson 4)."""

import numpy as np

from reglib.race import Segment, Setup, prepare, read_parts, retrain, stack_at

file = ""  # of your own data: the downloaded CSV
task, classes = "binary", ("0", "1")  # of your own data
paused = 300  # epoch at which the replay stands
# One for each time a button was pressed: its settings, and the epoch up to which it is kept.
segments = [Segment(Setup(), 300)]
layer, source, target = 1, 1, 1  # counted from 1

problem = read_parts(file, task, classes) if file else prepare(segments[0].setup)
race = retrain(segments, problem)
frame = int(np.abs(race.epochs - paused).argmin())
stack = stack_at(race, problem, frame)
step = stack.dissect(layer - 1, source - 1, target - 1)
for penalty, move in (("l2", step.l2), ("l1", step.l1)):
    k, strengths = race.member(penalty), getattr(stack.settings, penalty)
    print(penalty, "before", step.before[k])
    print(penalty, "momentum", step.momentum[k])
    print(penalty, "data", step.data[k])
    print(penalty, "penalty", move[k])
    print(penalty, "after", step.after[k])
    print(penalty, "rate times strength", stack.settings.learning_rate[k] * strengths[k])
