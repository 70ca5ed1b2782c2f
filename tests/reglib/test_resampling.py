from __future__ import annotations

import numpy as np
import pytest

from reglib import polynomial
from reglib.datasets import CURVES, make_curve
from reglib.errors import DataError, ParameterError
from reglib.polynomial import fit_degrees
from reglib.resampling import band, bet, beyond_n, bias_variance, comparison_inputs, learning_curve

SINE = CURVES["sine"]
UNIT = (-1.0, 1.0)


def resampled(curve="sine", n=60, degrees=range(12), *, noise=0.3, seed=0, interval=UNIT, **options):
    x = make_curve(curve, n, seed=seed, interval=interval).x
    return bias_variance(CURVES[curve], x, degrees, noise=noise, interval=interval, seed=seed, **options)


# --- bias and variance ----------------------------------------------------------------------------


@pytest.mark.parametrize("fresh_x", [False, True])
@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("noise", [0.0, 0.3, 5.0])
def test_bias_and_variance_add_up_to_the_excess_error_to_rounding(curve, noise, fresh_x):
    parts = resampled(curve, noise=noise, fresh_x=fresh_x)
    rounding = 1e-15 * np.square(parts.mean_fit).mean()
    np.testing.assert_allclose(parts.bias2 + parts.variance, parts.excess, rtol=1e-12, atol=rounding)


@pytest.mark.parametrize("fresh_x", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_the_noisy_test_error_is_the_sum_of_three_within_its_monte_carlo_error(seed, fresh_x):
    parts = resampled(seed=seed, fresh_x=fresh_x)
    distance = np.abs(parts.noisy_error - (parts.bias2 + parts.variance + parts.noise))
    assert (distance <= 4 * parts.noisy_error_se).all()
    assert (parts.noisy_error_se > 0).all()
    assert (parts.noisy_error_se[:8] < 0.02 * parts.noisy_error[:8]).all()


def test_the_monte_carlo_error_is_as_large_as_stated():
    """Over many seeds, the distance in standard errors has a standard deviation of about 1."""
    scores = []
    for seed in range(150):
        parts = resampled(degrees=[3], seed=seed, resamples=50, keep=0)
        scores.append((parts.noisy_error - parts.excess - parts.noise) / parts.noisy_error_se)
    assert 0.8 < np.std(scores) < 1.25
    assert abs(np.mean(scores)) < 4 / np.sqrt(150)


@pytest.mark.parametrize("fresh_x", [False, True])
def test_the_stacked_refits_are_those_of_one_at_a_time(fresh_x):
    n, degrees = 50, [0, 2, 5, 9]
    x = make_curve("runge", n, seed=3).x
    truth = CURVES["runge"]
    parts = bias_variance(
        truth, x, degrees, noise=0.2, interval=UNIT, seed=9, resamples=20, fresh_x=fresh_x, keep=20
    )
    rng = np.random.default_rng(9)
    draws = rng.standard_normal((20, n))
    inputs = rng.uniform(-1, 1, (20, n)) if fresh_x else np.tile(x, (20, 1))
    for k in range(20):
        fits = fit_degrees(inputs[k], truth(inputs[k]) + 0.2 * draws[k], 9, interval=UNIT)
        np.testing.assert_allclose(parts.curves[:, k], fits.predict(parts.x)[degrees], atol=1e-8)
    np.testing.assert_allclose(parts.mean_fit, parts.curves.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(parts.variance, parts.curves.var(axis=1).mean(axis=1), rtol=1e-9)


def test_variance_at_fixed_x_is_the_one_that_the_formula_gives():
    """σ²·trace over test inputs of Φ(XᵀX)⁻¹Φᵀ, for ordinary least squares."""
    x = make_curve("sine", 40, seed=1).x
    parts = bias_variance(SINE, x, range(8), noise=0.5, interval=UNIT, seed=0, resamples=5000, keep=0)
    for degree in range(8):
        design = polynomial.basis(x, degree, UNIT)
        there = polynomial.basis(parts.x, degree, UNIT)
        exact = 0.25 * np.einsum("ij,jk,ik->i", there, np.linalg.inv(design.T @ design), there).mean()
        assert parts.variance[degree] == pytest.approx(exact, rel=4 * np.sqrt(2 / 5000))


def test_C04_C05_low_degrees_are_biased_and_high_degrees_wander():
    parts = resampled(n=30, degrees=range(13))
    assert parts.bias2[1] > 10 * parts.variance[1]
    assert parts.variance[12] > 10 * parts.bias2[12]
    assert (np.diff(parts.variance) > 0).all()
    best = int(np.argmin(parts.excess))
    assert 3 <= best <= 8


def test_without_noise_there_is_no_variance_and_no_monte_carlo_error():
    parts = resampled(noise=0.0)
    np.testing.assert_allclose(parts.variance, 0, atol=1e-20)
    np.testing.assert_allclose(parts.noisy_error, parts.bias2, rtol=1e-9, atol=1e-15)
    np.testing.assert_array_equal(parts.noisy_error_se, 0)


def test_the_same_seed_gives_the_same_parts():
    first, again, other = resampled(seed=1), resampled(seed=1), resampled(seed=2)
    np.testing.assert_array_equal(first.variance, again.variance)
    assert (first.variance != other.variance).all()


# --- more data, better data -----------------------------------------------------------------------


def test_C02_more_data_lower_the_excess_error_as_one_over_n():
    points = list(learning_curve(SINE, 5, [12, 25, 50, 100, 200, 400, 800], noise=0.5, interval=UNIT, seed=0))
    medians = np.array([float(point.band.median) for point in points])
    assert (np.diff(medians) < 0).all()
    assert medians[-2] / medians[-1] == pytest.approx(2, rel=0.35)
    for point in points:
        assert point.excess.shape == (100,)
        assert point.band.low < point.band.median < point.band.high


def test_a_learning_curve_comes_point_by_point_and_each_point_stands_alone():
    curve = learning_curve(SINE, 3, [20, 40], noise=0.3, interval=UNIT, seed=4, repeats=30)
    first = next(curve)
    assert first.n == 20
    alone = next(learning_curve(SINE, 3, [40], noise=0.3, interval=UNIT, seed=4, repeats=30))
    np.testing.assert_array_equal(next(curve).excess, alone.excess)


def test_learning_points_are_fits_of_one_data_set_each():
    point = next(learning_curve(SINE, 4, [25], noise=0.3, interval=UNIT, seed=11, repeats=15))
    rng = np.random.default_rng([11, 25])
    x, draws = rng.uniform(-1, 1, (15, 25)), rng.standard_normal((15, 25))
    grid = comparison_inputs(UNIT)
    for k in range(15):
        fits = fit_degrees(x[k], SINE(x[k]) + 0.3 * draws[k], 4, interval=UNIT)
        assert point.excess[k] == pytest.approx(fits.errors(grid, SINE(grid))[4], rel=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_C03_far_above_the_degree_half_the_noise_beats_twice_the_data_and_near_it_loses(seed):
    for n in (10, 11, 12):
        near = bet(SINE, 9, n, noise=0.3, interval=UNIT, seed=seed)
        assert near.winner == "more"
        assert near.share_more > 0.6
    for n in (200, 1000):
        far = bet(SINE, 9, n, noise=0.3, interval=UNIT, seed=seed)
        assert far.winner == "better"
        assert far.share_more < 0.4


def test_C03_half_the_noise_is_worth_four_times_the_data():
    decided = bet(SINE, 5, 400, noise=0.3, interval=UNIT, seed=0, repeats=400)
    four_times = next(learning_curve(SINE, 5, [1600], noise=0.3, interval=UNIT, seed=0, repeats=400))
    assert float(decided.better.median) == pytest.approx(float(four_times.band.median), rel=0.15)
    assert float(decided.plain.median) / float(decided.more.median) == pytest.approx(2, rel=0.2)


# --- beyond n -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scaling", "last"), [("classical", (0.02, 0.15)), ("orthonormal", (0.2, 0.8))])
def test_the_error_peaks_at_n_minus_1_and_comes_down_but_not_to_the_first_minimum(scaling, last):
    """Reference figures, found independently over 20 data sets: best 0.0037, peak 3e12, degree 150 0.051 and 0.43."""
    errors = np.array(list(beyond_n(SINE, 20, noise=0.1, interval=UNIT, seed=1, scaling=scaling)))
    median = band(errors).median[0]
    first_minimum = median[:19].min()
    assert median.argmax() == 19
    assert 0.001 < first_minimum < 0.01
    assert median[19] > 1e9
    assert last[0] < median[150] < last[1]
    assert first_minimum < median[150] < 1e-6 * median[19]


def test_l2_melts_the_peak():
    errors = np.array(list(beyond_n(SINE, 20, noise=0.1, interval=UNIT, seed=2, l2=[0, 1e-9, 1e-6, 1e-3])))
    peaks = band(errors).median.max(axis=1)
    assert (np.diff(peaks) < 0).all()
    assert peaks[3] < 1 < 1e6 < peaks[0]


# --- bad input ------------------------------------------------------------------------------------

X = np.linspace(-1, 1, 40)


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: bias_variance(SINE, X, [40], noise=0.1, interval=UNIT, seed=0), ParameterError),
        (
            lambda: bias_variance(SINE, X, [11], noise=0.1, interval=UNIT, seed=0, fresh_x=True),
            ParameterError,
        ),
        (lambda: bias_variance(SINE, X, [], noise=0.1, interval=UNIT, seed=0), ParameterError),
        (lambda: bias_variance(SINE, X, [1], noise=-0.1, interval=UNIT, seed=0), ParameterError),
        (lambda: bias_variance(SINE, X, [1], noise=0.1, interval=UNIT, seed=0, resamples=1), ParameterError),
        (lambda: bias_variance(SINE, X, [1], noise=0.1, interval=(0, 1), seed=0), DataError),
        (lambda: bias_variance(SINE, [0.0, 0.0], [1], noise=0.1, interval=UNIT, seed=0), ParameterError),
        (
            lambda: bias_variance(SINE, [0.0, 1e-15, 2e-15, 1.0], [3], noise=0.1, interval=UNIT, seed=0),
            ParameterError,
        ),
        (lambda: bet(SINE, 9, 20, noise=0.1, interval=(1, 1 + 1e-12), seed=0), ParameterError),
        (lambda: bias_variance(lambda x: x * np.nan, X, [1], noise=0.1, interval=UNIT, seed=0), DataError),
        (lambda: learning_curve(SINE, 5, [11], noise=0.1, interval=UNIT, seed=0), ParameterError),
        (lambda: learning_curve(SINE, 41, [100], noise=0.1, interval=UNIT, seed=0), ParameterError),
        (lambda: bet(SINE, 9, 9, noise=0.1, interval=UNIT, seed=0), ParameterError),
        (lambda: bet(SINE, 9, 20, noise=0.1, interval=(1, 1), seed=0), ParameterError),
        (lambda: beyond_n(SINE, 41, noise=0.1, interval=UNIT, seed=0), ParameterError),
    ],
)
def test_bad_input_is_a_typed_error_before_any_work(call, kind):
    with pytest.raises(kind):
        call()
