r"""Size of a vector, distance on a grid, shortest routes and their number, unit balls.

The p-norm of x is (Σ|x_i|^p)^(1/p); p = 1 counts blocks, p = 2 measures the straight line, p = ∞ takes
the largest part.  A distance is the norm *of the difference* of two points.  For p < 1 the same formula
breaks the triangle inequality and is no norm (`is_norm`, `triangle_counterexample`).

References
----------
Hardy, Littlewood and Pólya (1934), Inequalities, ch. 2: the ordering of the norms.
Krause, E. F. (1975), Taxicab Geometry: distance and routes on a grid.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.errors import DataError, ParameterError

IntArray = NDArray[np.int64]
Point = tuple[int, int]
Region = tuple[int, int, int, int]

MAX_BLOCKS = 10_000
"""Longest route that is counted or sampled; its number of routes has at most 3,010 digits."""

MAX_TABLE_BLOCKS = 56
"""Longest route in a table: C(56, 28) is the largest count that a browser's number still holds exactly."""

MAX_VECTOR = 1_000
"""Most numbers that a pasted vector may have."""


def is_norm(p: float) -> bool:
    """Whether (Σ|x|^p)^(1/p) is a norm: only for p ≥ 1 does the triangle inequality hold.

    Parameters
    ----------
    p : float
        0 < p ≤ ∞.

    Returns
    -------
    bool

    Raises
    ------
    ParameterError
        ``out_of_range`` for any other p, nan among them.
    """
    return _exponent(p) >= 1.0


def norm(x: ArrayLike, p: float = 2.0) -> float:
    """Return the p-norm of a vector without overflow or underflow on the way.

    Parameters
    ----------
    x : array_like, shape (n,)
        Finite numbers, up to the largest float64.
    p : float, optional
        0 < p ≤ ∞.  Below 1 the value is that of the same formula, which is no norm there.

    Returns
    -------
    float
        At least 0.  Exact if x and the result are whole numbers of moderate size and p is 1, 2 or ∞.

    Raises
    ------
    ParameterError
        ``out_of_range`` for p.
    DataError
        ``overflow`` (p) if the result itself exceeds float64, or as every array (`reglib._checks.array`).
    """
    values = np.abs(_checks.array("x", x, 1, limit=math.inf))
    exponent = _exponent(p)
    largest = float(values.max())
    if largest == 0.0 or math.isinf(exponent):
        return largest
    # Scaling by a power of two is exact, so 6, 8 still gives 10 and not 10.000000000000002.
    shift = math.frexp(largest)[1]
    scaled = np.ldexp(values, -shift)
    try:
        if exponent == 1.0:
            size = float(scaled.sum())
        elif exponent == 2.0:
            size = math.sqrt(float(scaled @ scaled))
        else:
            # The largest is taken out, so that a large p does not round it to 0.
            top = float(scaled.max())
            size = top * math.pow(float(((scaled / top) ** exponent).sum()), 1.0 / exponent)
        return math.ldexp(size, shift)
    except OverflowError:
        raise DataError("overflow", p=p) from None


def distance(start: ArrayLike, end: ArrayLike, p: float = 2.0) -> float:
    """Return the p-norm of ``end − start``.

    Parameters
    ----------
    start, end : array_like, shape (n,)
    p : float, optional
        0 < p ≤ ∞.

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        ``out_of_range`` for p.
    DataError
        ``overflow`` (p), or as every array (`reglib._checks.array`).

    Examples
    --------
    >>> distance((-5, 4), (3, 10), 1), distance((-5, 4), (3, 10), 2)
    (14.0, 10.0)
    """
    return norm(difference(end, start), p)


def difference(y_true: ArrayLike, y_pred: ArrayLike) -> Floats:
    """Return ``y_true − y_pred``: the vector of which a loss is the norm.

    Parameters
    ----------
    y_true, y_pred : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    DataError
        ``overflow`` (p) if a difference exceeds float64, or those of every array (`reglib._checks.array`):
        ``wrong_length`` (name, rows, need) among them.
    """
    first = _checks.array("y_true", y_true, 1, limit=math.inf)
    second = _checks.array("y_pred", y_pred, 1, rows=len(first), limit=math.inf)
    with np.errstate(over="ignore"):
        result = first - second
    if not np.isfinite(result).all():
        raise DataError("overflow", p=1.0)
    return result


@dataclass(frozen=True)
class VectorSummary:
    """A vector measured in every way that the lesson compares.

    Attributes
    ----------
    n, nonzero : int
        How many parts it has, and how many are not 0 (the "L0 norm", which is no norm).
    l1, l2, linf, lp : float
        Its norms; ``lp`` for the chosen p.
    p : float
    upper : float
        √n · L2, the upper bound of L1: linf ≤ l2 ≤ l1 ≤ upper for every vector.
    """

    n: int
    nonzero: int
    l1: float
    l2: float
    linf: float
    lp: float
    p: float
    upper: float


def summarise(x: ArrayLike, p: float = 3.0) -> VectorSummary:
    """Measure a vector: number of non-zeros, L1, L2, L∞, a general p-norm, and the bounds between them.

    Parameters
    ----------
    x : array_like, shape (n,)
    p : float, optional
        0 < p ≤ ∞.

    Returns
    -------
    VectorSummary

    Raises
    ------
    ParameterError
        ``out_of_range`` for p.
    DataError
        ``overflow`` (p: whose value exceeds float64), or as every array (`reglib._checks.array`).
    """
    values = _checks.array("x", x, 1, limit=math.inf)
    l1, l2 = norm(values, 1.0), norm(values, 2.0)
    upper = math.sqrt(len(values)) * l2
    if math.isinf(upper):
        raise DataError("overflow", p=2.0)
    return VectorSummary(
        n=len(values),
        nonzero=int(np.count_nonzero(values)),
        l1=l1,
        l2=l2,
        linf=norm(values, math.inf),
        lp=norm(values, p),
        p=float(p),
        upper=upper,
    )


def parse_vector(text: str, limit: int = MAX_VECTOR) -> Floats:
    """Read numbers that a reader typed or pasted: separated by spaces, commas, semicolons, tabs or lines.

    Parameters
    ----------
    text : str
        Brackets around it and the typographic minus are understood.
    limit : int, optional
        Most numbers accepted.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    DataError
        ``empty``, ``too_many_numbers`` (count, limit), ``word_not_a_number`` (position counted from 1, text
        cut to 40 characters) or ``word_not_finite`` (position, text) for nan and infinity.
    """
    cleaned = text.strip().strip("[](){}").replace("−", "-")
    words = [word for word in re.split(r"[\s,;]+", cleaned) if word]
    if not words:
        raise DataError("empty")
    if len(words) > limit:
        raise DataError("too_many_numbers", count=len(words), limit=limit)
    numbers = []
    for position, word in enumerate(words, start=1):
        try:
            value = float(word)
        except ValueError:
            raise DataError("word_not_a_number", position=position, text=word[:40]) from None
        if not math.isfinite(value):
            raise DataError("word_not_finite", position=position, text=word[:40])
        numbers.append(value)
    return np.array(numbers)


# --- Routes on the grid ------------------------------------------------------------------------------


def count_shortest_routes(dx: int, dy: int) -> int:
    """Return how many shortest block routes lead dx blocks across and dy blocks up: C(|dx|+|dy|, |dx|).

    Parameters
    ----------
    dx, dy : int
        Displacement in blocks; |dx| + |dy| ≤ 10,000.

    Returns
    -------
    int
        Exact, of any size; 1 if there is nowhere or only straight to go.

    Raises
    ------
    ParameterError
        ``not_an_integer``, ``out_of_range`` or ``route_too_long`` (blocks, limit).
    """
    across, up = _displacement((0, 0), (dx, dy))
    return math.comb(abs(across) + abs(up), abs(across))


def sample_shortest_routes(start: Point, end: Point, count: int, seed: int) -> IntArray:
    """Draw different shortest routes, every set of them equally likely.

    Shuffling the steps makes all routes equally likely; drawing again when one is already there keeps
    the set uniform among all sets of that size.

    Parameters
    ----------
    start, end : (int, int)
        Intersections, at most 10,000 blocks apart.
    count : int
        How many, 1 to 200.
    seed : int

    Returns
    -------
    ndarray of int, shape (min(count, number of shortest routes), L + 1, 2)
        The intersections passed, first ``start``, last ``end``; L is the L1 distance.

    Raises
    ------
    ParameterError
        ``not_an_integer``, ``out_of_range`` or ``route_too_long`` (blocks, limit).
    """
    dx, dy = _displacement(start, end)
    wanted = _checks.whole("count", count, 1, 200)
    rng = np.random.default_rng(_checks.seed(seed))
    across, length = abs(dx), abs(dx) + abs(dy)
    if math.comb(length, across) <= wanted:
        rows = []
        for places in combinations(range(length), across):
            row = np.zeros(length, dtype=bool)
            row[list(places)] = True
            rows.append(row)
        is_across = rng.permutation(np.array(rows).reshape(len(rows), length))
    else:
        found: dict[bytes, NDArray[np.bool_]] = {}
        steps = np.arange(length) < across
        while len(found) < wanted:
            shuffled = rng.permutation(steps)
            found.setdefault(shuffled.tobytes(), shuffled)
        is_across = np.array(list(found.values()))
    moves = np.where(is_across[..., None], [int(np.sign(dx)), 0], [0, int(np.sign(dy))])
    return _walk(start, moves)


def detour_route(start: Point, end: Point, extra: int, seed: int, within: Region | None = None) -> IntArray:
    """Return a route that is ``extra`` blocks longer than the shortest.

    Only even extras exist: every block changes the parity of x + y, so all routes between two
    intersections have lengths of the same parity.  Starting from a random shortest route, one step at a
    time is replaced by "aside, step, back": two blocks more.  Where it can be done, no intersection is
    passed twice.

    Parameters
    ----------
    start, end : (int, int)
    extra : int
        Even, 0 to 1,000.
    seed : int
    within : (int, int, int, int), optional
        x_min, x_max, y_min, y_max of the map that the route must not leave; it holds both points and at
        least two intersections.

    Returns
    -------
    ndarray of int, shape (L + extra + 1, 2)

    Raises
    ------
    ParameterError
        ``odd_detour`` (extra), ``outside_the_map`` (start, end, within), ``map_too_small`` (within),
        ``not_an_integer``, ``out_of_range`` or ``route_too_long`` (blocks, limit).
    """
    extra = _checks.whole("extra", extra, 0, 1_000)
    seed = _checks.seed(seed)
    if extra % 2:
        raise ParameterError("odd_detour", extra=extra)
    if within is not None:
        x_min, x_max, y_min, y_max = within
        if any(not (x_min <= x <= x_max and y_min <= y <= y_max) for x, y in (start, end)):
            raise ParameterError("outside_the_map", start=start, end=end, within=within)
        if x_min == x_max and y_min == y_max:
            raise ParameterError("map_too_small", within=within)
    rng = np.random.default_rng(seed)
    route = [(int(x), int(y)) for x, y in sample_shortest_routes(start, end, 1, seed)[0]]
    for _ in range(extra // 2):
        bumps = _bumps(route, within)
        visited = set(route)
        fresh = [bump for bump in bumps if len(set(bump[1])) == len(bump[1]) and visited.isdisjoint(bump[1])]
        choices = fresh or bumps
        at, inserted = choices[int(rng.integers(len(choices)))]
        route[at:at] = inserted
    return np.array(route, dtype=np.int64)


def _bumps(route: list[Point], within: Region | None) -> list[tuple[int, list[Point]]]:
    """List every way to make a route two blocks longer: the index to insert at and the two points."""
    sides = ((1, 0), (-1, 0), (0, 1), (0, -1))

    def on_map(point: Point) -> bool:
        if within is None:
            return True
        return within[0] <= point[0] <= within[1] and within[2] <= point[1] <= within[3]

    bumps: list[tuple[int, list[Point]]] = []
    for index, ((x0, y0), (x1, y1)) in enumerate(pairwise(route)):
        for dx, dy in sides:
            aside, beside = (x0 + dx, y0 + dy), (x1 + dx, y1 + dy)
            across = dx * (x1 - x0) + dy * (y1 - y0) == 0
            if across and on_map(aside) and on_map(beside):
                bumps.append((index + 1, [aside, beside]))
    if not bumps:
        # Nowhere to go, or a map one block wide: step out and back.
        for index, (x, y) in enumerate(route):
            bumps += [(index + 1, [(x + dx, y + dy), (x, y)]) for dx, dy in sides if on_map((x + dx, y + dy))]
    return bumps


def _walk(start: Point, moves: IntArray) -> IntArray:
    origin = np.broadcast_to(np.array(start, dtype=np.int64), (len(moves), 1, 2))
    return np.concatenate([origin, np.array(start) + np.cumsum(moves, axis=1, dtype=np.int64)], axis=1)


def _displacement(start: Point, end: Point) -> Point:
    points = [
        _checks.whole(name, value, -(10**6), 10**6)
        for value, name in zip((*start, *end), ("start_x", "start_y", "end_x", "end_y"), strict=True)
    ]
    dx, dy = points[2] - points[0], points[3] - points[1]
    if abs(dx) + abs(dy) > MAX_BLOCKS:
        raise ParameterError("route_too_long", blocks=abs(dx) + abs(dy), limit=MAX_BLOCKS)
    return dx, dy


# --- Tables for lookups in the browser, and the axes ---------------------------------------------------


def route_table(start: ArrayLike, end: ArrayLike) -> dict[str, NDArray[np.int64] | Floats]:
    """Tabulate block route, straight line and both totals for many pairs of intersections at once.

    Parameters
    ----------
    start, end : array_like of int, shapes (…, 2) that broadcast
        For every displacement let ``start`` be (0, 0); for every pair of positions on a map give one the
        shape (m, 1, 2) and the other (1, m, 2).

    Returns
    -------
    dict of ndarray, shape (k,)
        ``start_x``, ``start_y``, ``end_x``, ``end_y``; the corner of the block route that goes across
        first, ``corner_x``, ``corner_y`` (the straight line needs none); ``dx``, ``dy`` with their sign;
        ``l1`` in blocks, ``l2`` in block lengths, ``ratio`` = L1 / L2 between 1 and √2 (nan if the
        points coincide: 0/0); ``routes``, the number of shortest routes, exact in int64 and in a browser.

    Raises
    ------
    DataError
        ``not_integers`` or ``wrong_shape`` for the points.
    ParameterError
        ``route_too_long`` (blocks, limit) above 56 blocks.
    """
    first, second = _intersections(start, "start"), _intersections(end, "end")
    first, second = np.broadcast_arrays(first, second)
    first, second = first.reshape(-1, 2), second.reshape(-1, 2)
    dx, dy = (second - first).T
    blocks = np.abs(dx) + np.abs(dy)
    if blocks.max() > MAX_TABLE_BLOCKS:
        raise ParameterError("route_too_long", blocks=int(blocks.max()), limit=MAX_TABLE_BLOCKS)
    counts = np.array(
        [
            [math.comb(total, part) for part in range(MAX_TABLE_BLOCKS + 1)]
            for total in range(int(blocks.max()) + 1)
        ]
    )
    straight = np.sqrt(dx * dx + dy * dy)
    return {
        "start_x": first[:, 0].copy(),
        "start_y": first[:, 1].copy(),
        "end_x": second[:, 0].copy(),
        "end_y": second[:, 1].copy(),
        "corner_x": second[:, 0].copy(),
        "corner_y": first[:, 1].copy(),
        "dx": dx,
        "dy": dy,
        "l1": blocks,
        "l2": straight,
        "ratio": np.divide(blocks, straight, out=np.full(len(dx), np.nan), where=blocks > 0),
        "routes": counts[blocks, np.abs(dx)],
    }


@dataclass(frozen=True)
class RotatedNorms:
    """One displacement seen along axes that are turned.

    Attributes
    ----------
    angle : ndarray, shape (k,)
        Degrees, anticlockwise.
    u, v : ndarray, shape (k,)
        The displacement's parts along the turned axes.
    l1, l2 : ndarray, shape (k,)
        Norms computed from u and v: L1 depends on the angle, L2 does not.
    ratio : ndarray, shape (k,)
        L1 / L2, between 1 (along a street) and √2 (diagonally across); nan for no displacement (0/0).
    between : ndarray, shape (k,)
        Where the ratio stands from 1 to √2, as a share: 0 along a street, 1 diagonally across.
    axis_u, axis_v : ndarray, shape (k, 2)
        The turned axes' unit vectors in map coordinates; u·axis_u + v·axis_v is the displacement.
    corner : ndarray, shape (k, 2)
        u·axis_u: where a route along the turned axes has its only bend, in map coordinates.
    """

    angle: Floats
    u: Floats
    v: Floats
    l1: Floats
    l2: Floats
    ratio: Floats
    between: Floats
    axis_u: Floats
    axis_v: Floats
    corner: Floats


def rotated_norms(dx: ArrayLike, dy: ArrayLike, angle: ArrayLike) -> RotatedNorms:
    """Measure displacements along axes turned by some angles.

    Parameters
    ----------
    dx, dy : array_like, shape (k,) or a single number
        Displacement, each at most 1e150 in size; a single one is measured at every angle.
    angle : array_like, shape (k,) or a single number
        Degrees; multiples of 90 are exact.

    Returns
    -------
    RotatedNorms

    Raises
    ------
    ParameterError
        ``out_of_range`` for dx or dy.
    DataError
        ``wrong_length`` (name, rows, need), or those of every array (`reglib._checks.array`) for the angles.
    """
    degrees = _checks.array("angle", np.atleast_1d(np.asarray(angle)), 1, limit=1e6)
    x, y = (
        np.atleast_1d(_checks.numbers(name, part, -_checks.LARGEST_SQUARABLE, _checks.LARGEST_SQUARABLE))
        for name, part in (("dx", dx), ("dy", dy))
    )
    try:
        degrees, x, y = np.broadcast_arrays(degrees, x, y)
    except ValueError:
        raise DataError("wrong_length", name="angle", rows=len(degrees), need=max(len(x), len(y))) from None
    # Quarter turns are exact: only the rest within a quarter goes through sine and cosine.
    quarter = np.floor(degrees / 90.0).astype(np.int64)
    rest = np.deg2rad(degrees - 90.0 * quarter)
    cos, sin = np.cos(rest), np.sin(rest)
    c = np.choose(quarter % 4, [cos, -sin, -cos, sin])
    s = np.choose(quarter % 4, [sin, cos, -sin, -cos])
    u, v = c * x + s * y, c * y - s * x
    blocks, straight = np.abs(u) + np.abs(v), np.hypot(u, v)
    ratio = np.divide(blocks, straight, out=np.full(straight.shape, np.nan), where=straight > 0)
    return RotatedNorms(
        angle=degrees,
        u=u,
        v=v,
        l1=blocks,
        l2=straight,
        ratio=ratio,
        between=np.clip((ratio - 1.0) / (math.sqrt(2.0) - 1.0), 0.0, 1.0),  # rounding may pass the ends
        axis_u=np.column_stack([c, s]),
        axis_v=np.column_stack([-s, c]),
        corner=np.column_stack([c * u, s * u]),
    )


def street_lines(angle: float, reach: int) -> Floats:
    """Return the streets of a city whose axes are turned: lines one block apart, in both directions.

    Parameters
    ----------
    angle : float
        Degrees, anticlockwise, −1e6 to 1e6.
    reach : int
        How many blocks each way from the origin, 1 to 1,000.

    Returns
    -------
    ndarray, shape (2 · (2 · reach + 1), 2, 2)
        For every street its two ends in map coordinates; one street of each direction passes the origin.

    Raises
    ------
    ParameterError
        ``not_an_integer`` or ``out_of_range`` for reach, ``out_of_range`` for the angle.
    """
    blocks = _checks.whole("reach", reach, 1, 1_000)
    across = np.repeat(np.arange(-blocks, blocks + 1.0), 2)
    along = np.tile([-float(blocks), float(blocks)], 2 * blocks + 1)
    # Turning back by the same angle leads from places along the streets to places on the map.
    ends = rotated_norms(
        np.concatenate([along, across]),
        np.concatenate([across, along]),
        -_checks.number("angle", angle, -1e6, 1e6),
    )
    return np.column_stack([ends.u, ends.v]).reshape(-1, 2, 2)


# --- Unit balls --------------------------------------------------------------------------------------


def ball_boundary(p: float, points: int = 240) -> Floats:
    """Return points of the plane whose p-norm is 1, around the origin.

    Each lies in the direction of an evenly spaced angle, so the tips on the axes and the corners on the
    diagonals are always among them, and the shape has the symmetry of the square exactly.

    Parameters
    ----------
    p : float
        0.1 ≤ p ≤ ∞.
    points : int, optional
        A multiple of 8 from 8 to 10,000.

    Returns
    -------
    ndarray, shape (points + 1, 2)
        Anticlockwise from (1, 0); the last repeats the first.

    Raises
    ------
    ParameterError
        ``out_of_range`` for p or points, ``not_a_multiple`` (name, value, factor) for points.
    """
    exponent = _checks.number("p", p, 0.1, math.inf)
    count = _checks.whole("points", points, 8, 10_000)
    if count % 8:
        raise ParameterError("not_a_multiple", name="points", value=points, factor=8)
    # Directions of the first half quadrant, the larger part scaled to 1; the rest by symmetry.
    t = np.tan(np.linspace(0.0, math.pi / 4, count // 8 + 1))
    t[-1] = 1.0
    if math.isinf(exponent):
        size = np.ones_like(t)
    else:
        size = (1.0 + t**exponent) ** (1.0 / exponent)
    octant = np.column_stack([1.0 / size, t / size])
    quadrant = np.concatenate([octant, octant[-2::-1, ::-1]])[:-1]
    x, y = quadrant.T
    circle = np.concatenate(
        [quadrant, np.column_stack([-y, x]), np.column_stack([-x, -y]), np.column_stack([y, -x])]
    )
    # Adding 0.0 turns −0.0 into 0.0.
    return np.concatenate([circle, circle[:1]]) + 0.0


@dataclass(frozen=True)
class TriangleCounterexample:
    """Two unit vectors whose sum is "longer" than going along one and then the other.

    Attributes
    ----------
    p : float
    u, v : (float, float)
        (1, 0) and (0, 1).
    detour : float
        ‖u‖ + ‖v‖ = 2.
    straight : float
        ‖u + v‖ = 2^(1/p), more than 2 for p < 1.
    midpoint : (float, float)
        (½, ½), halfway between u and v …
    midpoint_size : float
        … and yet outside the ball: 2^(1/p) / 2 > 1.  The ball of a norm is convex; this one is not.
    """

    p: float
    u: tuple[float, float]
    v: tuple[float, float]
    detour: float
    straight: float
    midpoint: tuple[float, float]
    midpoint_size: float


def triangle_counterexample(p: float) -> TriangleCounterexample:
    """Show that p < 1 gives no norm.

    Parameters
    ----------
    p : float
        0.01 ≤ p < 1.

    Returns
    -------
    TriangleCounterexample

    Raises
    ------
    ParameterError
        ``is_a_norm`` (p) for p ≥ 1, ``out_of_range`` for p < 0.01.
    """
    exponent = _checks.number("p", p, 0.01, math.inf)
    if exponent >= 1:
        raise ParameterError("is_a_norm", p=p)
    u, v = (1.0, 0.0), (0.0, 1.0)
    return TriangleCounterexample(
        p=exponent,
        u=u,
        v=v,
        detour=norm(u, exponent) + norm(v, exponent),
        straight=norm((1.0, 1.0), exponent),
        midpoint=(0.5, 0.5),
        midpoint_size=norm((0.5, 0.5), exponent),
    )


def _exponent(p: float) -> float:
    return _checks.number("p", p, 0.0, math.inf, above=True)


def _intersections(points: ArrayLike, name: str) -> IntArray:
    array = np.asarray(points)
    if array.dtype.kind not in "iuf" or array.size == 0:
        raise DataError("not_integers", name=name)
    if array.ndim < 1 or array.shape[-1] != 2:
        raise DataError("wrong_shape", name=name, shape=array.shape, expected="(…, 2)")
    if not (np.abs(array) <= 10**6).all() or (np.floor(array) != array).any():
        raise DataError("not_integers", name=name)
    return array.astype(np.int64)
