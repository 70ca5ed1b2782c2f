"""How often random problems have a weight of exactly 0 on the diamond and on the circle (reglab, lesson 1)."""

from reglib import geometry

problems = 2000
seed = 0

found = geometry.zero_shares(problems, seed)
for penalty, optima, zero in (("l1", found.l1, found.l1_zero), ("l2", found.l2, found.l2_zero)):
    print(f"{penalty} problems with an exact 0", zero)
    print(f"{penalty} share", zero / found.problems)
    for corner in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        print(f"{penalty} optima at", corner, (optima == corner).all(axis=1).sum())
