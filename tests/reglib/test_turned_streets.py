"""Displacements measured along turned axes, and the streets that go with them."""

from __future__ import annotations

import numpy as np
import pytest

from reglib.errors import DataError, ParameterError
from reglib.norms import rotated_norms, street_lines


def test_turning_the_axes_changes_l1_and_leaves_l2_alone() -> None:
    turned = rotated_norms(8, 6, np.arange(0, 91, 15))
    np.testing.assert_allclose(turned.l2, 10, rtol=1e-14)
    assert turned.l1[0] == turned.l1[-1] == 14
    assert np.ptp(turned.l1) > 2.5
    assert ((turned.ratio >= 1 - 1e-12) & (turned.ratio <= np.sqrt(2) + 1e-12)).all()


def test_many_displacements_at_one_angle_agree_with_a_rotation_matrix() -> None:
    rng = np.random.default_rng(0)
    points, angle = rng.integers(-20, 21, size=(50, 2)), 35.0
    cos, sin = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    inside = points @ np.array([[cos, -sin], [sin, cos]])  # parts along the turned axes
    turned = rotated_norms(points[:, 0], points[:, 1], angle)
    np.testing.assert_allclose(np.column_stack([turned.u, turned.v]), inside, atol=1e-12)
    np.testing.assert_allclose(turned.l1, np.abs(inside).sum(axis=1))


def test_the_bend_lies_on_the_first_axis_and_a_right_angle_before_the_end() -> None:
    turned = rotated_norms(8, 6, [0, 20, 90])
    rest = np.array([8, 6]) - turned.corner
    np.testing.assert_allclose((turned.corner * rest).sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.hypot(*turned.corner.T), np.abs(turned.u))
    np.testing.assert_allclose(turned.corner[0], [8, 0])


def test_the_ratio_of_no_displacement_is_0_over_0_and_has_no_value() -> None:
    assert np.isnan(rotated_norms([0, 3], [0, 4], 0).ratio).tolist() == [True, False]


@pytest.mark.parametrize("angle", [0, 25, 90])
def test_streets_are_one_block_apart_and_cross_at_right_angles(angle: float) -> None:
    lines = street_lines(angle, 3)
    assert lines.shape == (14, 2, 2)
    along = (lines[:, 1] - lines[:, 0]) / 6
    np.testing.assert_allclose(np.hypot(*along.T), 1)
    first = along[np.abs(along @ along[0]) > 0.5]
    assert len(first) == 7
    others = along[np.abs(along @ along[0]) <= 0.5]
    np.testing.assert_allclose(others @ along[0], 0, atol=1e-12)
    across = np.array([-along[0][1], along[0][0]])
    distances = np.sort(
        [line[0] @ across for line, way in zip(lines, along, strict=True) if abs(way @ along[0]) > 0.5]
    )
    np.testing.assert_allclose(np.diff(distances), 1)
    np.testing.assert_allclose(distances[3], 0, atol=1e-12)  # one street passes the origin


def test_bad_displacements_and_angles_are_refused() -> None:
    with pytest.raises(ParameterError, match="out_of_range"):
        rotated_norms(float("nan"), 1, 0)
    with pytest.raises(DataError, match="wrong_length"):
        rotated_norms([1, 2, 3], [1, 2, 3], [0, 1])
    with pytest.raises(DataError, match="not_finite"):
        rotated_norms(1, 1, float("nan"))
    with pytest.raises(ParameterError, match="out_of_range"):
        street_lines(0, 0)


def test_the_ratio_is_placed_between_its_ends() -> None:
    turned = rotated_norms([8, 3, 8, 0], [0, 3, 6, 0], 0)
    np.testing.assert_allclose(turned.between[:3], [0, 1, 0.4 / (np.sqrt(2) - 1)])
    assert np.isnan(turned.between[3])
    anywhere = rotated_norms(7, 3, np.linspace(-180, 180, 1001)).between
    assert (anywhere >= 0).all()
    assert (anywhere <= 1).all()
    assert anywhere.min() < 0.01
    assert anywhere.max() > 0.99
