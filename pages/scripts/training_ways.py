"""Three ways to take the L1 step on the same lasso: only two of them make exact zeros (reglab, lesson 4)."""

from reglib import l1_steps, penalties

l1 = 0.25
rate = 0.1
seed = 0

found = l1_steps.compare(l1, rate, seed=seed)
for rule in penalties.STEP_RULES:
    print(f"{rule} last value of the watched weight", found.paths[rule][-1, found.watched])
    print(f"{rule} weights exactly 0", found.zeros[rule])
    print(f"{rule} distance from the best", found.gap[rule])
print("lower end of the band", found.band[0])
print("upper end of the band", found.band[1])
