"""Two ways to measure the distance between two intersections (reglab, lesson 1)."""

from reglib import norms

start = (-5, 4)
goal = (3, 10)
angle = 0  # of the streets, in degrees

across, up = goal[0] - start[0], goal[1] - start[1]
along = norms.rotated_norms(across, up, angle)
print("L1", along.l1[0])
print("L2", along.l2[0])
print("shortest routes", norms.count_shortest_routes(across, up))
