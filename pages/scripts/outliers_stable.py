"""A hair's nudge of one corner of a square: the L1 line jumps, the L2 line hardly moves (reglab, lesson 2)."""

from reglib.linear import fit_l1, fit_l2
from reglib.outliers import square

nudge = 0.05  # of the upper left corner, sideways

x, y = square(nudge)
l1, l2 = fit_l1(x, y), fit_l2(x, y)
print("L1 slope", l1.slope)
print("L1 lowest optimal slope", l1.slope_low)
print("L1 highest optimal slope", l1.slope_high)
print("L1 loss", l1.cost)
print("corners of the set of optimal lines", len(l1.vertices))
print("L2 slope", l2.slope)
