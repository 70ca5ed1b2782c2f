"""A weight moved by the L2 penalty alone: each step multiplies it by 1 − ηλ2 (reglab, lesson 4)."""

strength = 0.4  # ηλ2: below 1 smooth, below 2 stable, beyond that it grows
steps = 30

factor = 1 - strength
w = 1.0
for _ in range(steps):
    w = factor * w
print("factor", factor)
print("last", w)
