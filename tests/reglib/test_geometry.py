"""Ball and contour: the constrained optimum is solved, not scaled inwards."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import Lasso, Ridge

from reglib import geometry
from reglib.errors import DataError, ParameterError
from reglib.penalties import ElasticNet, l1_max

H = np.array([[1.0, 0.6], [0.6, 1.0]])
C = np.array([1.5, 2.5])


def problems(count, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, 6, 2)) * rng.uniform(0.2, 3, (count, 1, 2))
    return np.swapaxes(X, 1, 2) @ X / 6, rng.normal(0, 3, (count, 2))


def gradient(h, c, w):
    return (h @ (w - c)[..., None])[..., 0]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2)) @ np.array([[1.0, 0.5], [0.0, 0.8]])
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X, X @ [2.0, 0.5] + 3 + rng.normal(size=60)


def test_the_bowl_of_two_inputs_has_the_least_squares_optimum(data):
    X, y = data
    h, c = geometry.bowl(X, y)
    expected = np.linalg.lstsq(np.column_stack([X, np.ones(60)]), y, rcond=None)[0][:2]
    np.testing.assert_allclose(c, expected)
    for w in ([0.0, 0.0], [1.0, -1.0]):
        above = np.array([0.5 * np.var(y - X @ v) for v in (np.array(w), c)])
        assert geometry.loss(h, c, w) == pytest.approx(above[0] - above[1])


@pytest.mark.parametrize("lam", [0.01, 0.3, 1.0, 5.0])
def test_penalised_optima_equal_scikit_learns(data, lam):
    X, y = data
    h, c = geometry.bowl(X, y)
    lasso = Lasso(alpha=lam, tol=1e-14, max_iter=10**5).fit(X, y).coef_
    ridge = Ridge(alpha=60 * lam).fit(X, y).coef_
    np.testing.assert_allclose(geometry.penalised_optimum(h, c, lam, "l1"), lasso, atol=1e-8)
    np.testing.assert_allclose(geometry.penalised_optimum(h, c, lam, "l2"), ridge, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_penalised_optima_satisfy_the_kkt_conditions(penalty, seed):
    h, c = problems(300, seed)
    lam = np.random.default_rng(seed).uniform(0, 5, 300)
    w = geometry.penalised_optimum(h, c, lam, penalty)
    slope = gradient(h, c, w)
    for k in range(300):
        rule = ElasticNet(l1=lam[k]) if penalty == "l1" else ElasticNet(l2=lam[k])
        assert rule.subdiff_distance(w[k], slope[k]).max() < 1e-9
    assert penalty == "l2" or (w == 0).any()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_constrained_optima_satisfy_the_kkt_conditions(penalty, seed):
    h, c = problems(300, seed)
    t = np.random.default_rng(seed).uniform(0.2, 4, 300)
    result = geometry.constrained_optimum(h, c, t, penalty)
    size = geometry.size(result.w, penalty)
    assert (size <= t * (1 + 1e-14)).all()
    inside = geometry.size(c, penalty) <= t
    assert inside.any()
    assert not inside.all()
    np.testing.assert_array_equal(result.w[inside], c[inside])
    np.testing.assert_array_equal(result.multiplier[inside], 0)
    np.testing.assert_allclose(size[~inside], t[~inside], rtol=1e-14)
    assert (result.multiplier[~inside] > 0).all()
    # Stationary: −g is the multiplier times a subgradient of the norm (for L2 of half its square).
    slope = gradient(h, c, result.w)
    for k in np.flatnonzero(~inside):
        lam = result.multiplier[k]
        rule = ElasticNet(l1=lam) if penalty == "l1" else ElasticNet(l2=lam)
        assert rule.subdiff_distance(result.w[k], slope[k]).max() < 1e-10 * (1 + lam)
    np.testing.assert_allclose(result.level, geometry.loss(h, c, result.w))


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_no_point_of_the_ball_is_better(penalty):
    h, c = problems(40, 9)
    result = geometry.constrained_optimum(h, c, 1.0, penalty)
    angle = np.linspace(0, 2 * math.pi, 4001)
    border = np.column_stack([np.cos(angle), np.sin(angle)])
    border /= geometry.size(border, penalty)[:, None]
    least = geometry.loss(h[:, None], c[:, None], border[None]).min(axis=1)
    outside = geometry.size(c, penalty) > 1
    assert (result.level[outside] <= least[outside] + 1e-12).all()
    np.testing.assert_allclose(result.level[outside], least[outside], rtol=1e-3, atol=1e-5)


def test_the_circle_agrees_with_a_general_solver():
    result = geometry.constrained_optimum(H, C, 1.0, "l2")
    other = minimize(
        lambda w: float(geometry.loss(H, C, w)),
        [0.1, 0.1],
        jac=lambda w: H @ (w - C),
        constraints={"type": "ineq", "fun": lambda w: 1 - w @ w, "jac": lambda w: -2 * w},
        method="SLSQP",
        options={"ftol": 1e-15},
    )
    np.testing.assert_allclose(result.w, other.x, atol=1e-6)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_ball_and_penalty_are_two_words_for_the_same_point(penalty):
    h, c = problems(200, 4)
    ball = geometry.constrained_optimum(h, c, 0.7, penalty)
    same = geometry.penalised_optimum(h, c, ball.multiplier, penalty)
    np.testing.assert_allclose(same, ball.w, atol=1e-8)
    # And from λ to the ball: the size of the penalised optimum is the radius.
    w = geometry.penalised_optimum(h, c, 0.4, penalty)
    back = geometry.constrained_optimum(h, c, np.maximum(geometry.size(w, penalty), 1e-9), penalty)
    np.testing.assert_allclose(back.w, w, atol=1e-7)


def test_the_constrained_optimum_is_not_the_least_squares_optimum_scaled_inwards():
    for penalty in ("l1", "l2"):
        w = geometry.constrained_optimum(H, [2.0, -0.2], 1.0, penalty).w
        scaled = np.array([2.0, -0.2]) / geometry.size([2.0, -0.2], penalty)
        assert np.linalg.norm(w - scaled) > 0.05
    # It is, for L2 and uncorrelated inputs of equal size.
    w = geometry.constrained_optimum(2.5 * np.eye(2), [3.0, 4.0], 1.0, "l2").w
    np.testing.assert_allclose(w, [0.6, 0.8])


def test_l1_sends_a_weight_to_exactly_0_and_l2_does_not():
    l1, l2 = (geometry.constrained_optimum(H, [2.0, 0.3], 1.0, p).w for p in ("l1", "l2"))
    np.testing.assert_array_equal(l1, [1.0, 0.0])
    assert (l2 != 0).all()


def test_along_the_path_the_size_shrinks_until_lambda_max():
    lam = np.linspace(0, 1.2 * float(geometry.largest_useful_l1(H, C)), 200)
    for penalty in ("l1", "l2"):
        path = geometry.penalised_optimum(H, C, lam, penalty)
        assert path.shape == (200, 2)
        np.testing.assert_allclose(path[0], C)
        assert (np.diff(geometry.size(path, penalty)) <= 1e-14).all()
    l1 = geometry.penalised_optimum(H, C, lam, "l1")
    limit = geometry.largest_useful_l1(H, C)
    assert limit == l1_max(H @ C)
    np.testing.assert_array_equal((l1 == 0).all(axis=1), lam >= limit)


def test_a_contour_has_its_level_everywhere_and_goes_through_the_touching_point():
    ball = geometry.constrained_optimum(H, C, 1.0, "l1")
    curve = geometry.contour(H, C, [0.3, float(ball.level)], 720)
    assert curve.shape == (2, 721, 2)
    np.testing.assert_allclose(geometry.loss(H, C, curve[0]), 0.3)
    np.testing.assert_array_equal(curve[:, 0], curve[:, -1])
    assert np.linalg.norm(curve[1] - ball.w, axis=1).min() < 0.02
    # It touches: no point of the contour lies inside the diamond.
    assert geometry.size(curve[1], "l1").min() > 1 - 1e-4


def test_zeros_are_frequent_under_l1_and_absent_under_l2():
    draws = [geometry.zero_shares(1000, seed) for seed in range(5)]
    for draw in draws:
        assert draw.problems == 1000
        assert 400 < draw.l1_zero < 700
        assert draw.l2_zero == 0
        assert draw.l1_zero == (draw.l1 == 0).any(axis=1).sum()
        np.testing.assert_allclose(geometry.size(draw.l1, "l1"), 1, rtol=1e-12)
        np.testing.assert_allclose(geometry.size(draw.l2, "l2"), 1, rtol=1e-12)
    assert len({draw.l1_zero for draw in draws}) > 1


def test_the_same_seed_draws_the_same_problems():
    first, again = geometry.zero_shares(50, 3), geometry.zero_shares(50, 3)
    np.testing.assert_array_equal(first.optimum, again.optimum)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_badly_scaled_problems_are_solved_too(penalty):
    h = np.array([[1e6, 30.0], [30.0, 1e-2]])
    for t in (1e-6, 1e-3, 1.0, 500.0):
        result = geometry.constrained_optimum(h, [300.0, -800.0], t, penalty)
        assert geometry.size(result.w, penalty) == pytest.approx(t, rel=1e-12)
        slope = gradient(h, np.array([300.0, -800.0]), result.w)
        lam = float(result.multiplier)
        rule = ElasticNet(l1=lam) if penalty == "l1" else ElasticNet(l2=lam)
        # The gradient itself is only known to rounding of H·w.
        assert rule.subdiff_distance(result.w, slope).max() < 1e-15 * 1e6 * 1e3


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda: geometry.loss([[1, 2], [2, 1]], C, C), DataError, "not_positive_definite"),
        (lambda: geometry.loss([[1, 0], [1, 1]], C, C), DataError, "not_positive_definite"),
        (lambda: geometry.loss([1, 2], C, C), DataError, "wrong_shape"),
        (lambda: geometry.loss(H, [1, 2, 3], C), DataError, "wrong_shape"),
        (lambda: geometry.loss(H, [1, math.nan], C), DataError, "not_finite"),
        (lambda: geometry.loss(np.ones((3, 2)), C, C), DataError, "wrong_shape"),
        (lambda: geometry.bowl([[1, 2], [2, 1]], [1]), DataError, "wrong_length"),
        (lambda: geometry.penalised_optimum(H, C, "much", "l1"), ParameterError, "not_a_number"),
        (lambda: geometry.loss(H, [1, 1e300], C), DataError, "too_large"),
        (lambda: geometry.loss([[math.nan, 0], [0, 1]], C, C), DataError, "not_finite"),
        (lambda: geometry.bowl([[1, 1], [2, 2], [3, 3]], [1, 2, 3]), DataError, "not_positive_definite"),
        (lambda: geometry.bowl([[1], [2]], [1, 2]), DataError, "wrong_shape"),
        (lambda: geometry.contour(H, C, -1.0), ParameterError, "out_of_range"),
        (lambda: geometry.constrained_optimum(H, C, 0.0, "l1"), ParameterError, "out_of_range"),
        (lambda: geometry.constrained_optimum(H, C, math.nan, "l2"), ParameterError, "out_of_range"),
        (lambda: geometry.penalised_optimum(H, C, -1.0, "l1"), ParameterError, "out_of_range"),
        (lambda: geometry.penalised_optimum(H, C, 1.0, "l3"), ParameterError, "unknown_choice"),
        (lambda: geometry.zero_shares(0, 0), ParameterError, "out_of_range"),
        (lambda: geometry.zero_shares(5, 0, radius=3.0, reach=2.0), ParameterError, "out_of_range"),
    ],
)
def test_unusable_problems_are_refused(call, kind, code):
    with pytest.raises(kind, match=code):
        call()
