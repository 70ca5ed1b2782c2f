"""Norms, distances on the grid, routes, and balls."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reglib import norms
from reglib.errors import DataError, ParameterError

START, END = (-5, 4), (3, 10)
VECTORS = arrays(
    float, st.integers(1, 40), elements=st.floats(-1e9, 1e9).map(lambda v: v if abs(v) > 1e-9 else 0.0)
)


def test_C07_the_posts_example_is_14_blocks():
    assert norms.distance(START, END, 1) == 14


def test_C08_the_posts_example_is_10_as_the_crow_flies():
    assert norms.distance(START, END, 2) == 10


@pytest.mark.parametrize(("legs", "size"), [((3, 4), 5), ((5, 12), 13), ((20, 21), 29), ((119, 120), 169)])
def test_whole_numbers_stay_whole(legs, size):
    assert norms.norm(legs, 2) == size


@pytest.mark.parametrize("p", [0.3, 0.5, 1, 1.5, 2, 3, 7, math.inf])
def test_C12_norms_equal_numpys(p):
    x = np.random.default_rng(0).normal(0, 5, 30)
    assert norms.norm(x, p) == pytest.approx(np.linalg.norm(x, p), rel=1e-13)


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3, 50, 1e6, math.inf])
@pytest.mark.parametrize("unit", [1e-320, 1e-200, 1e200, 1e307])
def test_no_norm_overflows_or_vanishes_on_the_way(p, unit):
    expected = norms.norm([3, 4], p)
    # 1e-320 itself has only about three digits.
    assert norms.norm([3 * unit, 4 * unit], p) / unit == pytest.approx(
        expected, rel=1e-2 if unit < 1e-300 else 1e-13
    )


def test_the_largest_float_has_norms_and_two_of_them_have_no_l1():
    assert norms.norm([1e308], 1) == 1e308
    assert norms.norm([1e308, 1e308], 2) == pytest.approx(math.sqrt(2) * 1e308)
    with pytest.raises(DataError, match="overflow"):
        norms.norm([1e308, 1e308], 1)
    with pytest.raises(DataError, match="overflow"):
        norms.norm(np.ones(1000), 0.001)
    with pytest.raises(DataError, match="overflow"):
        norms.difference([1.7e308], [-1.7e308])
    with pytest.raises(DataError, match="overflow"):
        norms.summarise([1e308, 1e308])


@settings(deadline=None)
@given(VECTORS)
def test_C12_l2_is_at_most_l1_is_at_most_root_n_times_l2(x):
    s = norms.summarise(x)
    slack = 1 + 1e-12
    assert s.linf <= s.l2 * slack
    assert s.l2 <= s.l1 * slack
    assert s.l1 <= s.upper * slack


def test_C12_the_bounds_are_reached():
    one, even = norms.summarise([0, 0, 7, 0]), norms.summarise([3, -3, 3, -3])
    assert one.l1 == one.l2 == 7
    assert even.l1 == even.upper == 12


def test_C13_the_vector_1_1_1_10():
    s = norms.summarise(norms.difference([2, 2, 2, 11], [1, 1, 1, 1]), p=2)
    assert (s.n, s.nonzero, s.l1, s.linf) == (4, 4, 13, 10)
    assert s.l2 == s.lp == math.sqrt(103)


@settings(deadline=None)
@given(VECTORS, st.sampled_from([(0.5, 1.0), (1.0, 1.5), (1.5, 2.0), (2.0, 5.0), (5.0, math.inf)]))
def test_a_larger_p_gives_a_smaller_value(x, pair):
    assert norms.norm(x, pair[0]) >= norms.norm(x, pair[1]) * (1 - 1e-12)


@settings(deadline=None)
@given(arrays(float, (2, 3), elements=st.floats(-100, 100)), st.sampled_from([1, 1.5, 2, 4, math.inf]))
def test_the_triangle_inequality_holds_from_1_on(pair, p):
    u, v = pair
    assert norms.is_norm(p)
    assert norms.norm(u + v, p) <= (norms.norm(u, p) + norms.norm(v, p)) * (1 + 1e-12)


def test_the_zero_vector_has_size_0():
    s = norms.summarise([0, 0, 0])
    assert (s.nonzero, s.l1, s.l2, s.linf, s.lp) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("p", [0, -1, math.nan, "two"])
def test_a_p_that_is_not_positive_is_refused(p):
    with pytest.raises(ParameterError):
        norms.norm([1, 2], p)


@pytest.mark.parametrize(
    ("bad", "code"),
    [([], "too_few_rows"), ([math.nan], "not_finite"), ([math.inf], "not_finite"), (["3"], "not_numbers"),
     ([[1, 2]], "wrong_shape"), (5, "wrong_shape"), ([10**400], "not_numbers"), ([1, None], "not_finite")],
)  # fmt: skip
def test_unusable_vectors_are_refused(bad, code):
    with pytest.raises(DataError, match=code):
        norms.norm(bad)


def test_vectors_of_different_length_have_no_difference():
    with pytest.raises(DataError, match="wrong_length"):
        norms.difference([1, 2], [1])


# --- pasted text


@pytest.mark.parametrize(
    "text",
    [
        "1 2.5 -3",
        "1, 2.5, -3",
        "1;2.5;−3",
        "[1, 2.5, -3]",
        "1\n2.5\r\n-3\n",
        "(1\t2.5\t-3.0e0)",
        "1,,2.5, -3,",
    ],
)
def test_pasted_numbers_are_read(text):
    np.testing.assert_array_equal(norms.parse_vector(text), [1, 2.5, -3])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("[]", "empty"),
        ("1 two 3", "word_not_a_number"),
        ("nan", "word_not_finite"),
        ("1 -inf", "word_not_finite"),
        ("1e999", "word_not_finite"),
        ("1 " * 1001, "too_many_numbers"),
    ],
)
def test_text_that_is_no_vector_is_refused(text, code):
    with pytest.raises(DataError) as error:
        norms.parse_vector(text)
    assert error.value.code == code


def test_the_error_about_a_word_says_which_and_cuts_it():
    with pytest.raises(DataError) as error:
        norms.parse_vector("1, 2, " + "x" * 5000)
    assert error.value.params == {"position": 3, "text": "x" * 40}


# --- routes


def test_C09_there_are_3003_shortest_routes():
    assert norms.count_shortest_routes(8, 6) == norms.count_shortest_routes(-8, 6) == 3003


@pytest.mark.parametrize(("dx", "dy"), list(product(range(-3, 4), range(-3, 4))))
def test_the_number_of_routes_is_that_of_a_walk_counted_step_by_step(dx, dy):
    def walks(x, y):
        if x == 0 and y == 0:
            return 1
        return (walks(x - 1, y) if x else 0) + (walks(x, y - 1) if y else 0)

    assert norms.count_shortest_routes(dx, dy) == walks(abs(dx), abs(dy))


def test_the_number_of_routes_is_exact_beyond_any_float():
    assert norms.count_shortest_routes(500, 500) == math.factorial(1000) // math.factorial(500) ** 2
    assert len(str(norms.count_shortest_routes(5000, 5000))) == 3009
    with pytest.raises(ParameterError, match="route_too_long"):
        norms.count_shortest_routes(5000, 5001)


def is_walk(route):
    return (np.abs(np.diff(route, axis=0)).sum(axis=1) == 1).all()


@settings(deadline=None)
@given(
    st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    st.integers(1, 12),
    st.integers(0, 5),
)
def test_C09_sampled_routes_are_shortest_and_different(start, end, count, seed):
    routes = norms.sample_shortest_routes(start, end, count, seed)
    dx, dy = end[0] - start[0], end[1] - start[1]
    assert routes.shape == (min(count, norms.count_shortest_routes(dx, dy)), abs(dx) + abs(dy) + 1, 2)
    assert len({route.tobytes() for route in routes}) == len(routes)
    for route in routes:
        assert tuple(route[0]) == start
        assert tuple(route[-1]) == end
        assert is_walk(route)


def test_C09_every_shortest_route_is_equally_likely():
    # 10 routes of 5 blocks; over 4,000 draws each is expected 400 times with a deviation of 19.
    seen = Counter(
        norms.sample_shortest_routes((0, 0), (3, -2), 1, seed)[0].tobytes() for seed in range(4000)
    )
    assert len(seen) == 10
    chi_squared = sum((count - 400) ** 2 / 400 for count in seen.values())
    assert chi_squared < 27.9  # 99.9 % of chi squared with 9 degrees of freedom


def test_the_same_seed_gives_the_same_routes():
    first, again, other = (norms.sample_shortest_routes(START, END, 5, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("extra", [0, 2, 4, 10])
@pytest.mark.parametrize("seed", range(5))
def test_C10_a_detour_is_longer_by_what_was_asked_for(extra, seed):
    route = norms.detour_route(START, END, extra, seed)
    assert len(route) - 1 == 14 + extra
    assert is_walk(route)
    assert tuple(route[0]) == START
    assert tuple(route[-1]) == END
    assert len({tuple(p) for p in route}) == len(route)  # no intersection twice


@pytest.mark.parametrize("seed", [-1, 1.5, "x", float("nan")])
def test_a_detours_seed_is_checked(seed):
    with pytest.raises(ParameterError):
        norms.detour_route(START, END, 2, seed)


def test_a_whole_number_may_be_a_float_here_too():
    assert np.array_equal(norms.detour_route(START, END, 2.0, 3.0), norms.detour_route(START, END, 2, 3))


@pytest.mark.parametrize("extra", [1, 3, 7])
def test_C10_there_is_no_detour_of_odd_length(extra):
    with pytest.raises(ParameterError, match="odd_detour"):
        norms.detour_route(START, END, extra, 0)
    # By enumeration: no walk of 2 + 1 blocks ends where one of 2 does.
    moves = ((1, 0), (-1, 0), (0, 1), (0, -1))
    ends = [{tuple(np.sum(w, axis=0)) for w in product(moves, repeat=k)} for k in (2, 3)]
    assert ends[0].isdisjoint(ends[1])


@settings(deadline=None)
@given(
    st.tuples(st.integers(0, 5), st.integers(0, 3)),
    st.tuples(st.integers(0, 5), st.integers(0, 3)),
    st.integers(0, 8),
    st.integers(0, 3),
)
def test_a_detour_stays_on_the_map(start, end, half, seed):
    route = norms.detour_route(start, end, 2 * half, seed, within=(0, 5, 0, 3))
    assert len(route) - 1 == norms.distance(start, end, 1) + 2 * half
    assert is_walk(route)
    assert tuple(route[-1]) == end
    assert (route >= 0).all()
    assert (route <= [5, 3]).all()


def test_a_detour_on_a_single_street_goes_back_and_forth():
    route = norms.detour_route((0, 0), (3, 0), 4, 0, within=(0, 3, 0, 0))
    assert len(route) == 8
    assert is_walk(route)
    assert (route[:, 1] == 0).all()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: norms.detour_route((0, 0), (9, 0), 2, 0, (0, 5, 0, 5)), "outside_the_map"),
        (lambda: norms.detour_route((0, 0), (0, 0), 2, 0, (0, 0, 0, 0)), "map_too_small"),
        (lambda: norms.detour_route((0, 0), (1, 0), -2, 0), "out_of_range"),
        (lambda: norms.sample_shortest_routes((0, 0), (1, 1), 0, 0), "out_of_range"),
        (lambda: norms.sample_shortest_routes((0, 0), (1, 1), 2, -1), "out_of_range"),
        (lambda: norms.count_shortest_routes(1.5, 0), "not_an_integer"),
        (lambda: norms.count_shortest_routes(math.nan, 0), "out_of_range"),
    ],
)
def test_impossible_routes_are_refused(call, code):
    with pytest.raises(ParameterError, match=code):
        call()


# --- tables for the browser


def test_the_route_table_says_what_the_single_functions_say():
    grid = np.array(list(product(range(-4, 5), range(-3, 4))))
    table = norms.route_table(grid[:, None], grid[None])
    assert {len(column) for column in table.values()} == {len(grid) ** 2}
    for k in np.random.default_rng(0).integers(len(grid) ** 2, size=100):
        row = {name: column[k] for name, column in table.items()}
        start, end = (row["start_x"], row["start_y"]), (row["end_x"], row["end_y"])
        assert row["l1"] == norms.distance(start, end, 1)
        assert row["l2"] == pytest.approx(norms.distance(start, end, 2), rel=1e-15)
        assert row["routes"] == norms.count_shortest_routes(int(row["dx"]), int(row["dy"]))
        assert (row["corner_x"], row["corner_y"]) == (row["end_x"], row["start_y"])
        assert (row["dx"], row["dy"]) == (end[0] - start[0], end[1] - start[1])
    apart = table["l1"] > 0
    assert table["ratio"][apart].min() == 1
    assert table["ratio"][apart].max() == pytest.approx(math.sqrt(2))
    assert np.isnan(table["ratio"][~apart]).all()


def test_the_posts_example_in_the_table_of_displacements():
    table = norms.route_table([0, 0], [[8, 6], [0, 0]])
    assert [column[0] for column in (table["l1"], table["l2"], table["routes"])] == [14, 10, 3003]
    assert [column[1] for column in (table["l1"], table["l2"], table["routes"])] == [0, 0, 1]


def test_the_largest_count_in_a_table_survives_a_browsers_number():
    routes = int(norms.route_table([0, 0], [28, 28])["routes"][0])
    assert routes == math.comb(56, 28)
    assert int(float(routes)) == routes < 2**53
    with pytest.raises(ParameterError, match="route_too_long"):
        norms.route_table([0, 0], [28, 29])


@pytest.mark.parametrize("bad", [[0.5, 1], [math.nan, 1], [[1, 2, 3]], [], ["a", "b"], 3])
def test_tables_want_intersections(bad):
    with pytest.raises(DataError):
        norms.route_table([0, 0], bad)


# --- turned axes


def test_turning_the_axes_changes_l1_but_not_l2():
    turned = norms.rotated_norms(8, 6, np.linspace(-180, 360, 2161))
    np.testing.assert_allclose(turned.l2, 10, rtol=1e-14)
    assert turned.l1.min() == pytest.approx(10, rel=5e-3)  # one axis along the displacement
    assert turned.l1.max() == pytest.approx(10 * math.sqrt(2), rel=1e-3)  # both at 45° to it
    rebuilt = turned.u[:, None] * turned.axis_u + turned.v[:, None] * turned.axis_v
    np.testing.assert_allclose(rebuilt, np.tile([8, 6], (2161, 1)), atol=1e-13)


def test_quarter_turns_are_exact():
    turned = norms.rotated_norms(8, 6, [-90, 0, 90, 180, 270, 360])
    np.testing.assert_array_equal(turned.l1, 14)
    np.testing.assert_array_equal(turned.u, [-6, 8, 6, -8, -6, 8])


def test_l1_along_the_displacement_is_l2():
    angle = math.degrees(math.atan2(6, 8))
    turned = norms.rotated_norms(8, 6, angle)
    assert turned.l1[0] == pytest.approx(10)
    assert turned.v[0] == pytest.approx(0, abs=1e-14)


# --- balls


@pytest.mark.parametrize("p", [0.25, 0.5, 0.9, 1, 1.5, 2, 4, 50, math.inf])
def test_every_point_of_the_boundary_has_size_1(p):
    ball = norms.ball_boundary(p, 160)
    assert ball.shape == (161, 2)
    np.testing.assert_allclose([norms.norm(point, p) for point in ball], 1, rtol=1e-12)
    np.testing.assert_array_equal(ball[0], ball[-1])
    assert (np.diff(np.unwrap(np.arctan2(ball[:, 1], ball[:, 0]))) > 0).all()
    for tip in ([1, 0], [0, 1], [-1, 0], [0, -1]):
        assert (ball == tip).all(axis=1).any()
    # The square's symmetries, exactly: turned by 90° and mirrored on the diagonal.
    points = {tuple(point) for point in ball}
    assert {(-y, x) for x, y in points} == points == {(y, x) for x, y in points}


def test_the_corners_of_the_square_ball_are_there():
    assert {(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)} <= set(
        map(tuple, norms.ball_boundary(math.inf, 8))
    )


@pytest.mark.parametrize("p", [0.25, 0.5, 0.75])
def test_below_1_the_triangle_inequality_fails(p):
    example = norms.triangle_counterexample(p)
    assert not norms.is_norm(p)
    assert example.detour == 2
    assert example.straight == pytest.approx(2 ** (1 / p))
    assert example.straight > example.detour
    assert example.midpoint_size == pytest.approx(example.straight / 2)
    assert example.midpoint_size > 1  # halfway between two points of the ball, and outside it


def test_a_norm_has_no_counterexample():
    with pytest.raises(ParameterError, match="is_a_norm"):
        norms.triangle_counterexample(1)


@pytest.mark.parametrize(("p", "points"), [(0.05, 16), (math.nan, 16), (2, 12), (2, 0), (2, 8.5)])
def test_unusable_balls_are_refused(p, points):
    with pytest.raises(ParameterError):
        norms.ball_boundary(p, points)


def test_a_walk_changes_parity_with_every_block():
    for route in norms.sample_shortest_routes(START, END, 3, 0):
        assert all((sum(a) + sum(b)) % 2 for a, b in pairwise(route.tolist()))
