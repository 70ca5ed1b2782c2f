"""The points of size 1 under a p-norm, and for p < 1 why it is no norm (reglab, lesson 1)."""

from reglib import norms

exponent = "0.5"  # p; "inf" for the largest coordinate

p = float(exponent)
print("a norm", norms.is_norm(p))
print("size of (1, 1)", norms.norm((1, 1), p))
if not norms.is_norm(p):
    case = norms.triangle_counterexample(p)
    print("two points of size 1", case.u, case.v)
    print("size of the point halfway between them", case.midpoint_size)
