"""Experiments with outliers: nudge, descent, breakdown, corruption."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reglib.errors import DataError, ParameterError
from reglib.linear import fit_huber, fit_l1, fit_l2
from reglib.outliers import (
    best_constants,
    breakdown,
    corrupt,
    descend_line,
    location_table,
    nudge_path,
    square,
    subsample,
)


@pytest.fixture(scope="module", params=range(3))
def points(request):
    rng = np.random.default_rng(request.param)
    x = rng.uniform(0, 10, 21)
    y = 1 + 0.5 * x + rng.normal(0, 0.5, 21)
    y[4] = 30
    return x, y


# --- the square


def test_C16_the_nudge_flips_l1_and_hardly_moves_l2():
    path = nudge_path([-0.05, 0.05])
    assert [f"{v:+.3f}" for v in path["l1_slope"]] == ["-0.952", "+1.000"]
    assert [f"{v:+.4f}" for v in path["l2_slope"]] == ["-0.0238", "+0.0263"]


def test_C16_along_the_nudge_both_slopes_follow_their_formulas():
    e = np.linspace(-0.05, 0.05, 41)
    path = nudge_path(e)
    left, right = e < -1e-12, e > 1e-12
    np.testing.assert_allclose(path["l1_slope"][left], -1 / (1 + np.abs(e[left])), rtol=1e-12)
    np.testing.assert_allclose(path["l1_slope"][right], 1, rtol=1e-12)
    np.testing.assert_allclose(path["l2_slope"], 0.5 * e / (1 - e + 0.75 * e**2), atol=1e-14)
    # Unique on either side; at 0 every slope from −1 to 1 will do.
    width = path["l1_slope_high"] - path["l1_slope_low"]
    assert width[20] == 2
    np.testing.assert_array_equal(np.delete(width, 20), 0)
    # L2 is continuous: no step of the nudge moves it by more than twice the nudge.
    assert np.abs(np.diff(path["l2_slope"])).max() < 2 * (e[1] - e[0])


def test_the_square_is_a_square():
    x, y = square()
    assert set(zip(x, y, strict=True)) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert (square(0.03)[0][1], square(0.03)[1][1]) == (0.03, 1)
    with pytest.raises(ParameterError, match="out_of_range"):
        square(0.6)


# --- descent


@pytest.mark.parametrize("rate", [0.3, 1.0, 1.9])
def test_C18_with_a_fixed_step_l2_settles_on_the_exact_line(points, rate):
    path = descend_line(*points, "squared", rate=rate, steps=400)
    exact = fit_l2(*points)
    assert path.slope[-1] == pytest.approx(exact.slope, rel=1e-9)
    assert path.intercept[-1] == pytest.approx(exact.intercept, rel=1e-9)
    assert path.step[-1] < 1e-10
    assert path.gap[-1] < 1e-10


def test_C18_with_a_fixed_step_l1_keeps_hopping(points):
    for rate in (0.3, 0.1):
        path = descend_line(*points, "absolute", rate=rate, steps=2000)
        late, later = path.step[500:1000], path.step[1500:]
        # The step does not shrink: it is the rate times a subgradient, which jumps but does not fade.
        assert later.mean() == pytest.approx(late.mean(), rel=0.35)
        assert later.mean() > 0.01 * rate
        assert (path.gap[1500:] > 0).mean() > 0.95


def test_C18_the_hop_is_proportional_to_the_step():
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 10, 21)
    y = 1 + 0.5 * x + rng.normal(0, 0.5, 21)
    wide, narrow = (
        descend_line(x, y, "absolute", rate=rate, steps=6000).step[3000:].mean() for rate in (0.2, 0.002)
    )
    assert wide / narrow > 10


def test_C18_a_decaying_step_cures_it(points):
    fixed = descend_line(*points, "absolute", rate=0.3, steps=5000)
    decaying = descend_line(*points, "absolute", rate=0.3, steps=5000, decay=True)
    assert decaying.gap[-200:].mean() < 0.3 * fixed.gap[-200:].mean()
    assert decaying.step[-200:].mean() < 0.1 * fixed.step[-200:].mean()
    np.testing.assert_allclose(decaying.rate, 0.3 / np.sqrt(np.arange(1, 5001)))


def test_C18_inside_a_set_of_optimal_lines_l1_rests():
    # Start within the square's parallelogram: as many points pull up as down.
    path = descend_line(*square(), "absolute", rate=0.1, steps=20, start=(0.0, 0.0))
    np.testing.assert_array_equal(path.step, 0)
    np.testing.assert_allclose(path.gap, 0, atol=1e-15)


def test_C18_huber_settles_like_l2(points):
    path = descend_line(*points, "huber", rate=0.5, steps=3000, delta=0.5)
    exact = fit_huber(*points, 0.5)
    assert path.slope[-1] == pytest.approx(exact.slope, rel=1e-6)
    assert path.step[-1] < 1e-9


def test_C18_a_step_of_2_or_more_diverges_under_l2_and_is_stopped(points):
    assert not descend_line(*points, "squared", rate=1.99, steps=3000).diverged
    path = descend_line(*points, "squared", rate=2.1, steps=3000)
    assert path.diverged
    assert len(path.slope) == len(path.loss) == len(path.gap) == len(path.step) + 1 < 3000
    assert np.isfinite(path.loss).all()


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
def test_loss_and_gap_are_those_of_the_line_at_each_step(points, loss):
    x, y = points
    path = descend_line(x, y, loss, rate=0.2, steps=30, delta=0.7)
    for slope, intercept, value in zip(path.slope, path.intercept, path.loss, strict=True):
        r = np.abs(y - slope * x - intercept)
        expected = {
            "squared": r**2 / 2,
            "absolute": r,
            "huber": np.where(r < 0.7, r**2 / 2, 0.7 * (r - 0.35)),
        }[loss].mean()
        assert value == pytest.approx(expected, rel=1e-9)
    least = {
        "squared": fit_l2(x, y).cost / 2,
        "absolute": fit_l1(x, y).cost,
        "huber": fit_huber(x, y, 0.7).cost,
    }[loss] / len(x)
    np.testing.assert_allclose(path.gap, path.loss - least, atol=1e-12)


@pytest.mark.parametrize("decay", [False, True])
@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
def test_C18_each_step_is_the_rate_times_the_mean_pull_in_standardised_coordinates(points, loss, decay):
    x, y = points
    path = descend_line(x, y, loss, rate=0.4, steps=40, decay=decay, delta=0.7)
    u, v = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    slope, level = -1.5, -1.0
    for t in range(40):
        r = v - slope * u - level
        pull = {"squared": r, "absolute": np.sign(r), "huber": np.clip(r, -0.7 / y.std(), 0.7 / y.std())}[
            loss
        ]
        rate = 0.4 / math.sqrt(t + 1) if decay else 0.4
        turn, lift = rate * (pull * u).mean(), rate * pull.mean()
        slope, level = slope + turn, level + lift
        assert path.step[t] == pytest.approx(math.hypot(turn, lift), rel=1e-9, abs=1e-12)
    assert path.slope[-1] == pytest.approx(slope * y.std() / x.std(), rel=1e-9)


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
@pytest.mark.parametrize(
    ("x", "y"), [([2], [3]), ([1, 1], [0, 4]), ([1, 2], [5, 5]), ([0, 1e90], [1e-90, 0])]
)
def test_descent_on_degenerate_data_stays_finite(loss, x, y):
    path = descend_line(x, y, loss, rate=0.5, steps=10)
    for column in (path.slope, path.intercept, path.loss, path.gap):
        assert np.isfinite(column).all()


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"loss": "cubic"}, ParameterError, "unknown_choice"),
        ({"rate": 0}, ParameterError, "out_of_range"),
        ({"rate": math.nan}, ParameterError, "out_of_range"),
        ({"steps": 0}, ParameterError, "out_of_range"),
        ({"steps": 10**6}, ParameterError, "out_of_range"),
        ({"delta": 0, "loss": "huber"}, ParameterError, "out_of_range"),
        ({"start": (math.inf, 0)}, ParameterError, "out_of_range"),
        ({"y": [1]}, DataError, "wrong_length"),
        ({"x": [1, math.nan]}, DataError, "not_finite"),
    ],
)
def test_unusable_descents_are_refused(change, kind, code):
    arguments = {"x": [0, 1], "y": [0, 1], "loss": "squared", "rate": 0.1, "steps": 5, **change}
    with pytest.raises(kind, match=code):
        descend_line(**arguments)


# --- mean and median


@pytest.mark.parametrize("n", [1, 2, 7, 8])
def test_C14_the_dragged_point_takes_the_mean_along_and_leaves_the_median(n):
    values = np.random.default_rng(n).normal(size=n)
    positions = np.linspace(-50, 50, 11)
    table = location_table(values, n // 2, positions)
    for row, place in enumerate(positions):
        moved = values.copy()
        moved[n // 2] = place
        assert table["mean"][row] == pytest.approx(moved.mean())
        assert table["median"][row] == pytest.approx(np.median(moved))
        # Every c between the ends costs the same, and no less than anywhere else.
        ends = [np.abs(moved - table[name][row]).sum() for name in ("median_low", "median_high", "median")]
        assert np.ptp(ends) < 1e-9
        assert min(np.abs(moved - c).sum() for c in np.linspace(-60, 60, 97)) >= min(ends) - 1e-9
    if n > 2:
        assert np.ptp(table["mean"]) == pytest.approx(100 / n)
        assert np.ptp(table["median"]) < 3


@pytest.mark.parametrize("n", [20, 21, 50])
def test_C14_one_point_carries_the_mean_away_the_median_needs_half(n):
    for seed in range(5):
        mean, median = breakdown(n, 20, seed).breaking_share()
        assert mean == 1 / n
        assert median == math.ceil(n / 2) / n


def test_no_share_is_said_to_break_what_was_not_moved_far_enough():
    assert np.isnan(breakdown(20, 20, 0, distance=5.0).breaking_share()).all()


def test_the_mean_moves_by_exactly_its_share_of_the_distance():
    result = breakdown(10, 30, 0, distance=1000)
    np.testing.assert_allclose(result.mean_shift, np.tile(1000 * result.share, (30, 1)), atol=1e-9)
    np.testing.assert_array_equal(result.median_shift[:, 0], 0)
    assert (result.median_shift[:, 1:5] < 10).all()
    assert (result.median_shift[:, 6:] > 900).all()


def test_a_breakdown_in_chunks_is_the_same_as_at_once():
    whole = breakdown(15, 9, 3)
    parts = [breakdown(15, 3, 3, first=first) for first in (0, 3, 6)]
    np.testing.assert_array_equal(np.vstack([p.mean_shift for p in parts]), whole.mean_shift)
    np.testing.assert_array_equal(np.vstack([p.median_shift for p in parts]), whole.median_shift)
    assert len({row.tobytes() for row in whole.median_shift}) == 9


@pytest.mark.parametrize("values", [[1, 1, 1, 10], [3], [2, 2], [-1e99, 1e99, 5e98], [0, 1e-200]])
def test_C15_the_root_does_not_move_the_best_constant_which_is_the_mean(values):
    plain, rooted = best_constants(values)
    near = 1e-6 * np.ptp(values)
    assert plain == pytest.approx(rooted, rel=1e-9, abs=near)
    assert plain == pytest.approx(np.mean(values), rel=1e-9, abs=near)


# --- corrupted data


@pytest.mark.parametrize("percent", [0, 5, 33, 100])
def test_as_many_points_are_corrupted_as_asked_for(percent):
    y = np.random.default_rng(0).normal(5, 2, 60)
    changed, rows = corrupt(y, percent, seed=1, size=4)
    assert len(rows) == round(0.6 * percent)
    np.testing.assert_array_equal(np.flatnonzero(changed != y), rows)
    np.testing.assert_allclose((changed - y)[rows], 4 * y.std())


def test_a_larger_percentage_keeps_the_rows_of_a_smaller_one():
    y = np.arange(50.0)
    few, many, other = (corrupt(y, p, seed)[1] for p, seed in ((10, 7), (30, 7), (10, 8)))
    assert set(few) < set(many)
    assert set(few) != set(other)


def test_C14_corrupting_a_tenth_moves_l2_more_than_l1():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        x = rng.uniform(0, 10, 60)
        y = 1 + 0.5 * x + rng.normal(0, 0.5, 60)
        bad, _ = corrupt(y, 10, seed, size=10)
        shift = [
            np.abs(fit(x, bad).predict([0, 5, 10]) - fit(x, y).predict([0, 5, 10])).max()
            for fit in (fit_l1, fit_l2)
        ]
        assert shift[0] < 0.5 * shift[1]


def test_constant_values_are_corrupted_by_whole_units():
    np.testing.assert_array_equal(corrupt([3, 3], 100, 0, size=5)[0], [8, 8])


def test_a_subsample_is_part_of_the_rows_in_order():
    rows = subsample(20_000, 60, 0)
    assert len(set(rows)) == 60
    assert (np.diff(rows) > 0).all()
    assert rows.max() < 20_000
    np.testing.assert_array_equal(subsample(5, 60, 0), range(5))
    assert (subsample(1000, 60, 1) != subsample(1000, 60, 2)).any()


@pytest.mark.parametrize(
    "call",
    [
        lambda: corrupt([1, 2], 101, 0),
        lambda: corrupt([1, 2], math.nan, 0),
        lambda: corrupt([1, 2], 10, -1),
        lambda: corrupt([1, 2], 10, 0.5),
        lambda: breakdown(2, 5, 0),
        lambda: breakdown(5, 0, 0),
        lambda: location_table([1, 2], 2, [0]),
        lambda: subsample(0, 5, 0),
    ],
)
def test_unusable_experiments_are_refused(call):
    with pytest.raises(ParameterError):
        call()
