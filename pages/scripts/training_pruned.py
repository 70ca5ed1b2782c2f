"""The L1 network on the screen without its dead units, and the bytes that saves (reglab, lesson 4)."""

import numpy as np

from reglib import storage
from reglib.race import Segment, Setup, prepare, read_parts, retrain

file = ""  # of your own data: the downloaded CSV
task, classes = "binary", ("0", "1")  # of your own data
paused = 300  # epoch at which the replay stands
# One for each time a button was pressed: its settings, and the epoch up to which it is kept.
segments = [Segment(Setup(), 300)]

problem = read_parts(file, task, classes) if file else prepare(segments[0].setup)
race = retrain(segments, problem)
frame = int(np.abs(race.epochs - paused).argmin())
networks, k = race.replay[frame], race.penalties.index("l1")  # of the first seed
model, stored = storage.prune(networks, k), storage.sizes(networks)
for layer, kept in enumerate(model.kept, start=1):
    print(f"hidden layer {layer} units before", networks.sizes[layer])
    print(f"hidden layer {layer} units after", len(kept))
print("bytes dense", stored.dense[k])
print("bytes CSR", stored.csr[k])
print("bytes without dead units", stored.pruned[k])
