"""Three ways to take the L1 step, against scikit-learn's Lasso, KKT and the band of the subgradient."""

from __future__ import annotations

import numpy as np
import pytest

from reglib.errors import ParameterError
from reglib.l1_steps import ROWS, compare, problem
from reglib.penalties import STEP_RULES

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_meets_the_kkt_conditions(seed: int) -> None:
    found = compare(0.25, 0.1, steps=10, starts=2, seed=seed)
    X, y = problem(seed)
    gradient = X.T @ (X @ found.optimum - y) / ROWS
    on = found.optimum != 0
    assert gradient[on] == pytest.approx(-0.25 * np.sign(found.optimum[on]), abs=1e-9)
    assert np.abs(gradient[~on]).max() < 0.25


@pytest.mark.parametrize("seed", SEEDS)
def test_C23_only_a_step_with_a_threshold_makes_exact_zeros(seed: int) -> None:
    found = compare(0.25, 0.1, seed=seed)
    assert found.zeros["subgradient"] == 0
    assert found.zeros["proximal"] == (found.optimum == 0).sum()
    assert found.gap["proximal"] < 1e-9
    assert found.gap["subgradient"] > 1e-4


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("l1", "rate"), [(0.25, 0.1), (0.25, 0.02), (0.4, 0.05)])
def test_C23_the_subgradient_jitters_in_its_band(seed: int, l1: float, rate: float) -> None:
    found = compare(l1, rate, steps=1500, starts=1, seed=seed)
    tail = found.paths["subgradient"][-400:, found.watched]
    low, high = found.band
    assert high - low == pytest.approx(2 * rate * l1)
    slack = 0.35 * rate * l1  # the other weights jitter too, and so does g
    assert low - slack <= tail.min() < 0 < tail.max() <= high + slack
    assert 0.99 * rate * l1 <= np.ptp(tail) <= 2.2 * rate * l1


def test_freeze_kills_weights_that_are_needed_and_proximal_none() -> None:
    killed = dict.fromkeys(STEP_RULES, 0)
    for seed in SEEDS:
        found = compare(0.25, 0.1, seed=seed)
        for rule in STEP_RULES:
            killed[rule] += found.killed[rule]
        assert found.gap["freeze"] > found.gap["proximal"]
    assert killed["proximal"] == killed["subgradient"] == 0
    assert killed["freeze"] > 0.1 * 100 * len(SEEDS)


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("l1", [0.05, 0.25, 0.6])
def test_whatever_the_step_size_all_three_get_there_and_the_arrival_is_named(l1: float, rate: float) -> None:
    found = compare(l1, rate, starts=5)
    assert found.gap["proximal"] < 1e-9
    near = np.abs(found.paths["proximal"][:, found.watched]) <= 3 * rate * l1
    assert near[found.arrival : found.arrival + 100].all()
    assert not near[: found.arrival].any()


def test_all_rules_start_from_the_same_weights() -> None:
    found = compare(0.25, 0.1, steps=3, starts=2)
    starts = [found.paths[rule][0] for rule in STEP_RULES]
    assert (starts[0] == starts[1]).all()
    assert (starts[1] == starts[2]).all()


@pytest.mark.parametrize(
    "wrong", [{"l1": 0.0}, {"l1": 9.0}, {"rate": 0.0}, {"rate": 2.0}, {"starts": 0}, {"steps": 0}]
)
def test_settings_out_of_range_are_typed_errors(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="out_of_range"):
        compare(**{"l1": 0.25, "rate": 0.1, **wrong})
