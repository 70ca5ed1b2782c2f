"""Shortest routes between two intersections, and a walk that may be longer: by 2, 4, 6, … blocks (reglab, lesson 1)."""

from reglib import norms

start = (-5, 4)
goal = (3, 10)
drawn = 6  # routes at once; fewer if there are fewer
extra = 0  # blocks that the walk is longer than the shortest route
seed = 0
walked = 0  # blocks of the walk so far
edges = (-10, 10, -2, 12)  # of the map: west, east, south, north

routes = norms.sample_shortest_routes(start, goal, drawn, seed)
walk = norms.detour_route(start, goal, extra, seed, edges)
print("blocks of a shortest route", int(norms.distance(start, goal, 1)))
print("shortest routes", norms.count_shortest_routes(goal[0] - start[0], goal[1] - start[1]))
print("of them drawn", len(routes))
print("blocks of the walk", len(walk) - 1)
print("east after the blocks walked", walk[walked][0])
print("north after the blocks walked", walk[walked][1])

heading = {(1, 0): "E", (-1, 0): "W", (0, 1): "N", (0, -1): "S"}
for name, way in (*((f"route {i}:", route) for i, route in enumerate(routes, start=1)), ("walk:", walk)):
    print(name, "".join(heading[tuple(block)] for block in (way[1:] - way[:-1]).tolist()))
