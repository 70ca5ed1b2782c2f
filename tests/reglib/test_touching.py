"""Penalised optima as points where a ball touches a contour, against the constrained problem and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from reglib import geometry
from reglib.errors import ParameterError

RNG = np.random.default_rng(1)
OPTIMA = RNG.uniform(-3, 3, (200, 2))


def test_the_hessian_of_two_standardised_inputs_is_that_of_data_with_their_correlation() -> None:
    x = np.random.default_rng(0).normal(size=(400, 2))
    x[:, 1] += 0.7 * x[:, 0]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    hessian, _ = geometry.bowl(x, x[:, 0])
    rho = float(np.corrcoef(x.T)[0, 1])
    np.testing.assert_allclose(geometry.correlated(rho), hessian, atol=1e-12)


@pytest.mark.parametrize("rho", [1.0, -1.0, float("nan")])
def test_a_perfect_correlation_is_refused(rho: float) -> None:
    with pytest.raises(ParameterError, match="out_of_range"):
        geometry.correlated(rho)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("rho", [-0.9, 0.0, 0.5])
def test_the_point_is_the_constrained_optimum_of_its_own_ball(penalty: str, rho: float) -> None:
    hessian = geometry.correlated(rho)
    at = geometry.touching(hessian, OPTIMA, 0.8, penalty)
    inside = at.radius > 1e-6
    ball = geometry.constrained_optimum(hessian, OPTIMA[inside], at.radius[inside], penalty)
    np.testing.assert_allclose(ball.w, at.w[inside], atol=1e-9)
    np.testing.assert_allclose(ball.multiplier, 0.8, rtol=1e-6)
    np.testing.assert_allclose(ball.level, at.level[inside], atol=1e-9)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_the_stretched_contour_passes_the_point_and_does_not_enter_the_ball(penalty: str) -> None:
    hessian = geometry.correlated(0.6)
    unit = geometry.contour(hessian, (0, 0), 0.5, points=2000)[0]
    at = geometry.touching(hessian, OPTIMA[:40], 0.8, penalty)
    for optimum, w, radius, stretch in zip(OPTIMA, at.w, at.radius, at.stretch, strict=False):
        contour = optimum + stretch * unit
        assert np.hypot(*(contour - w).T).min() < 0.02
        assert geometry.size(contour, penalty).min() >= radius - 1e-9


def test_by_hand_uncorrelated_inputs_are_thresholded_or_shrunk() -> None:
    hessian = geometry.correlated(0.0)
    l1 = geometry.touching(hessian, (2.0, 0.5), 1.0, "l1")
    l2 = geometry.touching(hessian, (2.0, 0.5), 1.0, "l2")
    assert l1.w.tolist() == [1.0, 0.0]
    assert float(l1.radius) == 1.0
    assert float(l1.level) == pytest.approx(0.5 * (1.0 + 0.25))
    np.testing.assert_allclose(l2.w, [1.0, 0.25])
    assert float(l2.stretch) == pytest.approx(np.hypot(1.0, 0.25))


def test_without_a_penalty_the_point_is_the_optimum_itself() -> None:
    for penalty in ("l1", "l2"):
        at = geometry.touching(geometry.correlated(0.3), OPTIMA, 0.0, penalty)
        np.testing.assert_allclose(at.w, OPTIMA, atol=1e-12)
        np.testing.assert_allclose(at.stretch, 0, atol=1e-7)
