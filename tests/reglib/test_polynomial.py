from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import Polynomial

from reglib.datasets import CURVES, make_curve
from reglib.errors import DataError, ParameterError
from reglib.polynomial import basis, conditioning, fit_degrees, fit_minimum_norm

# --- the basis ------------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [(-1, 1), (0, 10), (1950, 1973)])
def test_the_orthonormal_basis_is_orthonormal_for_uniform_x(interval):
    nodes, weights = np.polynomial.legendre.leggauss(60)
    low, high = interval
    columns = basis(low + (high - low) * (nodes + 1) / 2, 40, interval)
    np.testing.assert_allclose((columns.T * weights / 2) @ columns, np.eye(41), atol=1e-10)


def test_the_classical_basis_is_1_at_the_right_end():
    np.testing.assert_allclose(basis([3.0], 150, (1, 3), scaling="classical"), 1)
    np.testing.assert_allclose(basis([1.0], 5, (1, 3), scaling="classical"), [[1, -1, 1, -1, 1, -1]])
    np.testing.assert_allclose(basis([2.5], 2, (1, 3), scaling="classical"), [[1, 0.5, -0.125]])


# --- all degrees at once --------------------------------------------------------------------------


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("interval", [(-1.0, 1.0), (0.0, 3.0), (10.0, 11.0)])
def test_every_degree_agrees_with_numpy_polynomial(curve, interval):
    data = make_curve(curve, 300, noise=0.3, seed=4, interval=interval)
    test = data.fresh(50, seed=5)
    fits = fit_degrees(data.x, data.y, 25, interval=interval)
    predicted = fits.predict(test.x)
    for degree in range(26):
        theirs = np.polynomial.Legendre.fit(data.x, data.y, degree, domain=interval)
        size = np.abs(theirs(test.x)).max()
        np.testing.assert_allclose(predicted[degree], theirs(test.x), rtol=0, atol=1e-8 * size)
        np.testing.assert_allclose(
            fits.train_error[degree], np.mean((theirs(data.x) - data.y) ** 2), rtol=1e-8
        )
        np.testing.assert_allclose(
            fits.errors(test.x, test.y)[degree], np.mean((theirs(test.x) - test.y) ** 2), rtol=1e-8
        )


@pytest.mark.parametrize("degree", [0, 1, 3, 6, 9, 12])
def test_low_degrees_agree_with_scikit_learn_on_monomials(degree):
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

    data = make_curve("sine", 100, seed=2)
    theirs = make_pipeline(
        PolynomialFeatures(degree, include_bias=False) if degree else PolynomialFeatures(0),
        LinearRegression(tol=0),
    )
    grid = np.linspace(-1, 1, 101)
    expected = theirs.fit(data.x[:, None], data.y).predict(grid[:, None])
    ours = fit_degrees(data.x, data.y, 40, interval=(-1, 1)).predict(grid)[degree]
    np.testing.assert_allclose(ours, expected, atol=1e-8 * np.abs(expected).max())


def test_a_line_by_hand():
    fits = fit_degrees([0.0, 1.0, 2.0], [1.0, 3.0, 2.0], 1)
    np.testing.assert_allclose(fits.predict([0.0, 1.0, 2.0]), [[2, 2, 2], [1.5, 2, 2.5]])
    np.testing.assert_allclose(fits.train_error, [2 / 3, (0.25 + 1 + 0.25) / 3])


def test_a_polynomial_is_found_again_from_its_degree_on():
    data = make_curve("cubic", 30, noise=0.0, seed=0)
    fits = fit_degrees(data.x, data.y, 20, interval=(-1, 1))
    assert (fits.train_error[:3] > 0.01).all()
    assert (fits.train_error[3:] < 1e-25).all()
    # 4x³ − 3x = 1.6·P_3 − 0.6·P_1
    np.testing.assert_allclose(
        fits.coefficients[3], np.eye(21)[3] * 1.6 / np.sqrt(7) - np.eye(21)[1] * 0.6 / np.sqrt(3), atol=1e-12
    )


@pytest.mark.parametrize("seed", range(10))
def test_train_error_never_rises_with_the_degree_and_ends_at_0(seed):
    data = make_curve("sine", 12, seed=seed, spacing="equispaced")
    fits = fit_degrees(data.x, data.y, 40)
    assert fits.limited_by == "distinct_x"
    assert list(fits.degrees) == list(range(12))
    assert (np.diff(fits.train_error) <= 1e-12).all()
    assert fits.train_error[-1] < 1e-20


def test_C01_test_error_falls_and_rises_again_while_train_error_falls():
    turned = 0
    for seed in range(50):
        data = make_curve("sine", 30, noise=0.3, seed=seed)
        test = data.fresh(2000, seed=1000 + seed)
        fits = fit_degrees(data.x, data.y, 15, interval=data.interval)
        errors = fits.errors(test.x, test.y)
        best = int(errors.argmin())
        turned += errors[0] > 2 * errors[best] and errors[15] > 1.2 * errors[best]
        assert (np.diff(fits.train_error) <= 1e-12).all()
    assert turned >= 45


def test_C04_three_fits_have_high_bias_the_right_size_and_high_variance():
    train, test = [], []
    for seed in range(50):
        data = make_curve("sine", 20, noise=0.3, seed=seed)
        fresh = data.fresh(1000, seed=500 + seed)
        fits = fit_degrees(data.x, data.y, 12, interval=data.interval)
        train.append(fits.train_error[[1, 3, 12]])
        test.append(fits.errors(fresh.x, fresh.y)[[1, 3, 12]])
    stiff, right, wild = np.median(train, axis=0)
    assert stiff > right > wild
    stiff, right, wild = np.median(test, axis=0)
    assert right < stiff < wild


@given(
    x=st.lists(
        st.floats(-1e100, 1e100) | st.sampled_from([0.0, 1.0, 1 + 1e-15, 2.0]), min_size=1, max_size=12
    ),
    scale=st.sampled_from([0.0, 1.0, 1e-300, 1e100]),
    degree=st.integers(0, 150),
)
@settings(max_examples=200)
def test_nothing_is_ever_nan(x, scale, degree):
    y = scale * np.sin(np.arange(len(x)))
    fits = fit_degrees(x, y, degree)
    assert np.isfinite(fits.coefficients).all()
    assert np.isfinite(fits.train_error).all()
    assert np.isfinite(fits.errors(x, y)).all()
    assert 1 <= len(fits.degrees) <= min(degree + 1, len(set(x)))
    np.testing.assert_allclose(fits.predict(x)[0], y.mean(), atol=1e-12 * max(scale, 1e-280))


@pytest.mark.parametrize(
    ("x", "y", "degrees"),
    [
        ([3.0], [7.0], 1),
        ([3.0, 3.0, 3.0], [1.0, 2.0, 6.0], 1),
        ([0.0, 1.0, 1.0], [1.0, 2.0, 4.0], 2),
        ([0.0, 1.0, 2.0], [5.0, 5.0, 5.0], 3),
    ],
)
def test_one_point_equal_x_and_constant_y_are_fitted_as_far_as_they_go(x, y, degrees):
    fits = fit_degrees(x, y, 10)
    assert len(fits.degrees) == degrees
    means = [np.mean([b for a, b in zip(x, y, strict=True) if a == point]) for point in x]
    np.testing.assert_allclose(fits.predict(x)[-1], means, atol=1e-12)


def test_points_that_float64_cannot_tell_apart_limit_the_degree():
    fits = fit_degrees([0.0, 0.5, 0.5 + 1e-16, 0.5 + 2e-16, 1.0], [0.0, 1.0, 2.0, 3.0, 0.0], 4)
    assert len(fits.degrees) < 5
    fits = fit_degrees([0.0, 1e-14, 2e-14, 3e-14, 1.0], [0.0, 1.0, 2.0, 3.0, 0.0], 4, interval=(0, 1))
    assert fits.limited_by == "rounding"


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda: fit_degrees([], []), DataError, "too_few_rows"),
        (lambda: fit_degrees([1.0, np.nan], [1.0, 2.0]), DataError, "not_finite"),
        (lambda: fit_degrees([1.0, 2.0], [1.0, np.inf]), DataError, "not_finite"),
        (lambda: fit_degrees([1.0, 2.0], [1.0, 1e200]), DataError, "too_large"),
        (lambda: fit_degrees([1.0, 2.0], [1.0]), DataError, "wrong_length"),
        (lambda: fit_degrees([[1.0, 2.0]], [1.0]), DataError, "wrong_shape"),
        (lambda: fit_degrees(["a"], [1.0]), DataError, "not_numbers"),
        (lambda: fit_degrees([1.0], [1.0], -1), ParameterError, "out_of_range"),
        (lambda: fit_degrees([1.0], [1.0], 151), ParameterError, "out_of_range"),
        (lambda: fit_degrees([1.0, 5.0], [1.0, 1.0], interval=(0, 2)), DataError, "outside_interval"),
        (lambda: fit_degrees([1.0], [1.0], interval=(2, 0)), ParameterError, "out_of_range"),
        (lambda: fit_degrees([0.0, 1.0], [1.0, 1.0]).predict([1.5]), DataError, "outside_interval"),
        (lambda: fit_degrees([0.0, 1.0], [1.0, 1.0]).errors([0.5], [1.0, 2.0]), DataError, "wrong_length"),
        (lambda: basis([0.0], 3, (-1, 1), scaling="monic"), ParameterError, "unknown_choice"),
        (lambda: fit_minimum_norm(np.arange(41.0), np.arange(41.0)), DataError, "too_many_points"),
        (lambda: fit_minimum_norm([0.0], [1.0], l2=[-1.0]), ParameterError, "out_of_range"),
        (lambda: conditioning([0.0, 1e7], [1.0, 1.0]), DataError, "outside_interval"),
    ],
)
def test_bad_input_is_a_typed_error(call, kind, code):
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.code == code


# --- beyond n -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scaling", ["classical", "orthonormal"])
@pytest.mark.parametrize("degree", [1, 5, 9, 10, 25, 60, 150])
def test_minimum_norm_fits_are_the_pseudo_inverse_with_a_free_constant(scaling, degree):
    data = make_curve("runge", 10, seed=1, spacing="equispaced")
    fits = fit_minimum_norm(data.x, data.y, degree, interval=(-1, 1), scaling=scaling)
    columns = basis(data.x, degree, (-1, 1), scaling=scaling)[:, 1:]
    expected = np.linalg.pinv(columns - columns.mean(axis=0)) @ (data.y - data.y.mean())
    np.testing.assert_allclose(fits.coefficients[0, degree, 1:], expected, rtol=1e-7, atol=1e-9)
    assert fits.train_error[0, degree] == pytest.approx(
        np.mean((columns @ expected - np.mean(columns @ expected) + data.y.mean() - data.y) ** 2), abs=1e-16
    )
    if degree >= 9:
        assert fits.train_error[0, degree] < 1e-18


def test_below_n_the_minimum_norm_fit_is_least_squares():
    data = make_curve("sine", 30, seed=1)
    minimum = fit_minimum_norm(data.x, data.y, 10, interval=(-1, 1)).predict(data.x)[0]
    np.testing.assert_allclose(
        minimum, fit_degrees(data.x, data.y, 10, interval=(-1, 1)).predict(data.x), atol=1e-9
    )


@pytest.mark.parametrize("l2", [1e-6, 1e-3, 1.0])
@pytest.mark.parametrize("degree", [3, 40, 150])
def test_penalised_series_are_scikit_learns_ridge(l2, degree):
    from sklearn.linear_model import Ridge

    data = make_curve("sine", 20, seed=3)
    fits = fit_minimum_norm(data.x, data.y, degree, interval=(-1, 1), l2=[l2])
    columns = basis(data.x, degree, (-1, 1), scaling="classical")[:, 1:]
    theirs = Ridge(alpha=20 * l2, solver="svd").fit(columns, data.y)
    np.testing.assert_allclose(fits.coefficients[0, degree, 1:], theirs.coef_, atol=1e-9)
    assert fits.coefficients[0, degree, 0] == pytest.approx(theirs.intercept_)


def test_minimum_norm_is_the_limit_of_a_vanishing_penalty():
    data = make_curve("sine", 8, seed=3, spacing="equispaced")
    fits = fit_minimum_norm(data.x, data.y, 60, l2=[0.0, 1e-6, 1e-9, 1e-12])
    distance = np.abs(fits.predict(data.x) - fits.predict(data.x)[0]).max(axis=(1, 2))
    assert distance[1] > distance[2] > distance[3]
    assert distance[3] < 1e-6


@pytest.mark.parametrize(("x", "y"), [([2.0], [5.0]), ([2.0, 2.0], [4.0, 6.0]), ([0.0, 1.0], [3.0, 3.0])])
def test_minimum_norm_fits_of_next_to_nothing_are_the_mean(x, y):
    fits = fit_minimum_norm(x, y, 150, l2=[0.0, 1.0])
    np.testing.assert_allclose(fits.predict(x), np.mean(y))


# --- why the basis matters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "svd", "normal"),
    [((-1, 1), (34, 40), (18, 24)), ((0, 1), (18, 22), (9, 13)), ((0, 10), (11, 13), (8, 13))],
)
def test_monomials_lose_the_fit_at_the_degrees_that_were_measured(interval, svd, normal):
    """Reference figures: 40, 20, 12 with singular values, 20, 10, 8 with normal equations."""
    for seed in range(5):
        data = make_curve("sine", 100, seed=seed, spacing="equispaced", interval=interval)
        found = conditioning(data.x, data.y)
        assert svd[0] <= np.argmax(found.difference_svd > 1e-2) <= svd[1]
        assert normal[0] <= np.argmax(found.difference_normal > 1e-3) <= normal[1]
        assert found.orthonormal.max() < 1e3


def test_condition_numbers_are_numpys_and_grow_with_the_degree():
    x = np.linspace(-1, 1, 50)
    found = conditioning(x, np.sin(x), 20)
    for degree in (0, 1, 5, 10, 20):
        assert found.monomials[degree] == pytest.approx(np.linalg.cond(np.vander(x, degree + 1)), rel=1e-3)
    assert (np.diff(found.monomials) > 0).all()
    assert (found.digits_lost >= 0).all()
    assert found.digits_lost[10] == pytest.approx(np.log10(found.monomials[10]))


@pytest.mark.parametrize(
    "x", [[1e6, -1e6, 0.0, 5.0], [1.0], [2.0, 2.0], [0.0, 0.0], list(np.linspace(-1e6, 1e6, 60))]
)
@pytest.mark.parametrize("scale", [0.0, 1.0, 1e100])
def test_conditioning_is_finite_for_any_table(x, scale):
    found = conditioning(x, scale * np.cos(np.arange(len(x))))
    for values in vars(found).values():
        assert np.isfinite(values).all()


def test_numpy_monomials_give_the_same_curve_at_low_degree():
    data = make_curve("sine", 60, seed=0)
    ours = fit_degrees(data.x, data.y, 8).predict(data.x)
    for degree in range(9):
        theirs = Polynomial.fit(data.x, data.y, degree, domain=[-1, 1], window=[-1, 1])
        np.testing.assert_allclose(ours[degree], theirs(data.x), atol=1e-9)
