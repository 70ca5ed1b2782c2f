"""Losses: values, derivatives, and what one residual contributes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error

from reglib.errors import DataError, ParameterError
from reglib.losses import (
    Absolute,
    BinaryLogLoss,
    Huber,
    MulticlassLogLoss,
    Squared,
    residual_loss,
    summarise,
)

REGRESSION = [Squared(), Absolute(), Huber(0.5), Huber(2.0)]


@pytest.mark.parametrize("loss", REGRESSION, ids=str)
def test_C18_the_derivative_is_the_slope_of_the_value(loss):
    r = np.random.default_rng(0).normal(0, 3, 200)
    r = r[np.abs(r) > 1e-3]  # |r| has no derivative at 0
    h = 1e-6
    numeric = (loss.value(r + h) - loss.value(r - h)) / (2 * h)
    np.testing.assert_allclose(loss.derivative(r), numeric, atol=1e-6)


@pytest.mark.parametrize("loss", REGRESSION, ids=str)
def test_every_loss_is_0_at_0_symmetric_and_convex(loss):
    r = np.arange(-50, 51) / 10
    value = loss.value(r)
    assert loss.value([0.0])[0] == 0
    assert loss.derivative([0.0])[0] == 0
    np.testing.assert_array_equal(value, value[::-1])
    assert (np.diff(value, 2) > -1e-12).all()


def test_C18_the_pull_of_l2_grows_with_the_residual_that_of_l1_and_huber_does_not():
    r = [1.0, 10.0, 1e6]
    np.testing.assert_array_equal(Squared().derivative(r), r)
    np.testing.assert_array_equal(Absolute().derivative(r), [1, 1, 1])
    np.testing.assert_array_equal(Huber(2.0).derivative(r), [1, 2, 2])


def test_huber_by_hand():
    # δ = 2: ½·1², ½·2², 2·(3 − 1), 2·(10 − 1)
    np.testing.assert_allclose(Huber(2.0).value([1, 2, 3, -10]), [0.5, 2, 4, 18])


def test_huber_is_half_the_square_for_a_large_delta_and_delta_times_l1_for_a_small_one():
    r = np.random.default_rng(1).normal(0, 3, 50)
    np.testing.assert_allclose(Huber(1e6).value(r), Squared().value(r))
    np.testing.assert_allclose(Huber(1e-9).value(r) / 1e-9, Absolute().value(r), atol=1e-9)


@pytest.mark.parametrize("loss", REGRESSION, ids=str)
def test_large_residuals_do_not_overflow(loss):
    assert np.isfinite(loss.value([1e150, -1e150])).all()
    with pytest.raises(DataError, match="too_large"):
        loss.value([1e151])


@pytest.mark.parametrize("bad", [[], [math.nan], [math.inf], ["1"], [[1.0]], ["x", 2], [None]])
@pytest.mark.parametrize("loss", REGRESSION, ids=str)
def test_unusable_residuals_are_refused(loss, bad):
    with pytest.raises(DataError):
        loss.value(bad)


@pytest.mark.parametrize("delta", [0, -1, math.nan, math.inf, "wide"])
def test_a_delta_that_is_no_positive_number_is_refused(delta):
    with pytest.raises(ParameterError):
        Huber(delta)


@pytest.mark.parametrize(
    ("name", "loss"), [("squared", Squared()), ("absolute", Absolute()), ("huber", Huber(3.0))]
)
def test_losses_are_found_by_name(name, loss):
    assert residual_loss(name, 3.0) == loss


def test_an_unknown_loss_is_refused():
    with pytest.raises(ParameterError, match="unknown_choice"):
        residual_loss("cubic")


# --- log-loss


def test_binary_log_loss_equals_scikit_learns():
    rng = np.random.default_rng(2)
    z, label = rng.normal(0, 3, 100), rng.integers(0, 2, 100)
    ours = BinaryLogLoss().value(label, z).mean()
    assert ours == pytest.approx(log_loss(label, 1 / (1 + np.exp(-z))), rel=1e-12)


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_multiclass_log_loss_equals_scikit_learns(classes):
    rng = np.random.default_rng(classes)
    z, label = rng.normal(0, 3, (100, classes)), rng.integers(0, classes, 100)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    ours = MulticlassLogLoss().value(label, z).mean()
    assert ours == pytest.approx(log_loss(label, p, labels=range(classes)), rel=1e-12)


def test_two_classes_are_the_binary_case():
    rng = np.random.default_rng(3)
    z, label = rng.normal(0, 3, 50), rng.integers(0, 2, 50)
    two = np.column_stack([np.zeros(50), z])
    np.testing.assert_allclose(
        BinaryLogLoss().value(label, z), MulticlassLogLoss().value(label, two), rtol=1e-12
    )
    np.testing.assert_allclose(
        BinaryLogLoss().derivative(label, z),
        MulticlassLogLoss().derivative(label, two)[:, 1],
        rtol=1e-12,
        atol=1e-15,
    )


def test_the_derivatives_of_log_loss_are_the_slopes_of_the_value():
    rng = np.random.default_rng(4)
    h = 1e-6
    z, label = rng.normal(0, 3, 30), rng.integers(0, 2, 30)
    numeric = (BinaryLogLoss().value(label, z + h) - BinaryLogLoss().value(label, z - h)) / (2 * h)
    np.testing.assert_allclose(BinaryLogLoss().derivative(label, z), numeric, atol=1e-8)
    many, label = rng.normal(0, 3, (30, 4)), rng.integers(0, 4, 30)
    derivative = MulticlassLogLoss().derivative(label, many)
    for k in range(4):
        step = h * np.eye(4)[k]
        up, down = (MulticlassLogLoss().value(label, many + s) for s in (step, -step))
        np.testing.assert_allclose(derivative[:, k], (up - down) / (2 * h), atol=1e-8)


def test_log_loss_of_huge_logits_is_the_logit_itself():
    np.testing.assert_array_equal(BinaryLogLoss().value([0, 1, 0, 1], [1e300, -1e300, -1e300, 1e300]),
                                  [1e300, 1e300, 0, 0])  # fmt: skip
    np.testing.assert_array_equal(BinaryLogLoss().derivative([0, 1, 0, 1], [800, -800, -800, 800]),
                                  [1, -1, 0, 0])  # fmt: skip
    np.testing.assert_array_equal(MulticlassLogLoss().value([0, 1], [[0, 1e100], [0, 1e100]]), [1e100, 0])


@pytest.mark.parametrize(
    ("label", "z", "code"),
    [
        ([2, 0], [0.0, 1.0], "not_a_class"),
        ([0.5, 0], [0.0, 1.0], "not_a_class"),
        ([-1, 0], [0.0, 1.0], "not_a_class"),
        ([1e300, 0], [0.0, 1.0], "not_a_class"),
        ([0], [0.0, 1.0], "wrong_length"),
        ([0, 1], [0.0, math.nan], "not_finite"),
    ],
)
def test_unusable_labels_are_refused(label, z, code):
    with pytest.raises(DataError, match=code):
        BinaryLogLoss().value(label, z)
    with pytest.raises(DataError, match=code):
        MulticlassLogLoss().value(label, np.column_stack([np.zeros(2), z]))


def test_one_column_of_logits_is_too_few_classes():
    with pytest.raises(DataError, match="too_few_classes"):
        MulticlassLogLoss().value([0, 0], [[0.0], [1.0]])


# --- residuals taken apart


def test_C13_the_residuals_1_1_1_10_give_13_and_103_and_10_15():
    s = summarise([1, 1, 1, 10])
    assert (s.sum_abs, s.sum_sq, s.n) == (13, 103, 4)
    assert s.root_sum_sq == pytest.approx(math.sqrt(103), rel=1e-15)
    assert f"{s.root_sum_sq:.4f}" == "10.1489"


def test_C14_the_outliers_share_is_77_percent_of_l1_and_97_percent_of_l2():
    s = summarise([1, 1, 1, 10])
    assert s.share_abs[3] == pytest.approx(10 / 13, rel=1e-15)
    assert s.share_sq[3] == pytest.approx(100 / 103, rel=1e-15)


def test_C15_removing_the_outlier_lowers_the_losses_by_77_and_97_and_83_percent():
    s = summarise([1, 1, 1, 10])
    assert (s.without_abs[3], s.without_sq[3]) == (3, 3)
    assert s.without_root[3] == pytest.approx(math.sqrt(3), rel=1e-15)
    assert f"{s.share_abs[3]:.3f} {s.share_sq[3]:.3f} {s.drop_root[3]:.3f}" == "0.769 0.971 0.829"


def test_means_equal_scikit_learns():
    r = np.random.default_rng(5).normal(0, 2, 37)
    s = summarise(r)
    assert s.mean_abs == pytest.approx(mean_absolute_error(r, np.zeros(37)))
    assert s.mean_sq == pytest.approx(mean_squared_error(r, np.zeros(37)))
    assert s.root_mean_sq == pytest.approx(math.sqrt(mean_squared_error(r, np.zeros(37))))


@settings(deadline=None)
@given(arrays(float, st.integers(1, 30), elements=st.floats(-1e6, 1e6)))
def test_what_is_left_is_what_a_sum_without_the_point_gives(r):
    s = summarise(r)
    for i in range(len(r)):
        rest = np.delete(r, i)
        assert s.without_abs[i] == pytest.approx(np.abs(rest).sum(), rel=1e-12, abs=1e-300)
        assert s.without_sq[i] == pytest.approx((rest**2).sum(), rel=1e-12, abs=1e-300)
    if r.any():
        assert s.share_abs.sum() == pytest.approx(1)
        assert s.share_sq.sum() == pytest.approx(1)
        # The root hides part of the drop, and ranks the points the same.
        assert (s.drop_root <= s.share_sq + 1e-12).all()
        assert (np.diff(s.drop_root[np.argsort(s.share_sq)]) >= -1e-12).all()


def test_shares_of_all_zeros_are_zeros():
    s = summarise([0, 0])
    np.testing.assert_array_equal([s.share_abs, s.share_sq, s.drop_root], np.zeros((3, 2)))


def test_tiny_and_huge_residuals_keep_their_shares():
    for unit in (1e-200, 1e140):
        s = summarise(np.array([1, 1, 1, 10]) * unit)
        assert s.share_sq[3] == pytest.approx(100 / 103)
        assert s.root_sum_sq == pytest.approx(math.sqrt(103) * unit)
