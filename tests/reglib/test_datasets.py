from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reglib import datasets
from reglib.errors import DataError, ParameterError


def test_telephone_calls_give_the_published_slopes():
    calls = datasets.telephone_calls()
    assert calls.x.shape == (24,)
    assert calls.x[0] == 1950
    assert calls.x[-1] == 1973
    assert list(calls.x[calls.suspect]) == [1964, 1965, 1966, 1967, 1968, 1969]
    assert np.polyfit(calls.x, calls.y, 1)[0] == pytest.approx(5.04, abs=0.005)
    good = ~calls.suspect
    assert np.polyfit(calls.x[good], calls.y[good], 1)[0] == pytest.approx(1.30, abs=0.005)


@pytest.mark.parametrize("name", ["moons", "circles", "xor"])
def test_noise_of_minus_zero_is_none(name):
    np.testing.assert_array_equal(
        datasets.make_plane(name, 40, noise=-0.0, seed=1).X,
        datasets.make_plane(name, 40, noise=0.0, seed=1).X,
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("n", "noise"), [(80, 0.35), (2000, 0.35), (101, 0.0), (5, 1.0)])
def test_moons_and_circles_are_those_of_scikit_learn(n, noise, seed):
    from sklearn.datasets import make_circles, make_moons

    for name, draw in (
        ("moons", make_moons(n, noise=noise, random_state=seed)),
        ("circles", make_circles(n, noise=noise, random_state=seed, factor=0.5)),
    ):
        ours = datasets.make_plane(name, n, noise=noise, seed=seed)
        np.testing.assert_array_equal(ours.X, draw[0])
        np.testing.assert_array_equal(ours.y, draw[1])


@pytest.mark.parametrize("name", datasets.PLANES)
def test_planes_are_balanced_seeded_and_learnable(name):
    from sklearn.neighbors import KNeighborsClassifier

    first = datasets.make_plane(name, 401, noise=0.05, seed=3)
    again = datasets.make_plane(name, 401, noise=0.05, seed=3)
    other = datasets.make_plane(name, 401, noise=0.05, seed=4)
    np.testing.assert_array_equal(first.X, again.X)
    assert not np.array_equal(first.X, other.X)
    assert abs(int((first.y == 0).sum()) - int((first.y == 1).sum())) <= 1
    # The rows come in random order, so that a batch of the first rows holds both classes.
    assert 0.2 < first.y[:50].mean() < 0.8
    neighbours = KNeighborsClassifier(5).fit(first.X, first.y)
    assert neighbours.score(other.X, other.y) > 0.9


def test_xor_and_spirals_cannot_be_separated_by_a_line():
    from sklearn.linear_model import LogisticRegression

    for name in ("xor", "spirals"):
        plane = datasets.make_plane(name, 1000, noise=0.02, seed=0)
        assert LogisticRegression().fit(plane.X, plane.y).score(plane.X, plane.y) < 0.75


@pytest.mark.parametrize("name", datasets.CURVES)
@pytest.mark.parametrize("spacing", ["random", "equispaced"])
def test_curves_have_the_noise_they_state_around_the_truth_they_state(name, spacing):
    data = datasets.make_curve(name, 20_000, noise=0.4, seed=7, interval=(-1.5, 1.0), spacing=spacing)
    residual = data.y - data.curve(data.x)
    assert residual.mean() == pytest.approx(0, abs=4 * 0.4 / np.sqrt(20_000))
    assert residual.std() == pytest.approx(0.4, rel=4 / np.sqrt(2 * 20_000))
    assert (np.diff(data.x) >= 0).all()
    assert data.x[0] >= -1.5
    assert data.x[-1] <= 1.0
    if spacing == "equispaced":
        np.testing.assert_allclose(np.diff(data.x), 2.5 / 19_999, rtol=1e-6)
    fresh = data.fresh(100, seed=8)
    assert fresh.noise == data.noise
    assert fresh.interval == data.interval
    assert not np.isin(fresh.y, data.y).any()


@pytest.mark.parametrize(
    ("name", "x", "value"),
    [
        ("sine", 0.5, 1.0),
        ("step", -0.1, -1.0),
        ("step", 0.0, 1.0),
        ("runge", 0.2, 0.5),
        ("cubic", 0.5, -1.0),
        ("bumps", -0.5, 1 - 0.8 * np.exp(-25)),
    ],
)
def test_curves_at_points_worked_by_hand(name, x, value):
    assert float(datasets.CURVES[name](x)) == pytest.approx(value, abs=1e-9)


def test_line_is_drawn_around_the_slope_it_states():
    slopes = []
    for seed in range(200):
        line = datasets.make_line(30, slope=-2.0, intercept=3.0, noise=0.5, seed=seed)
        slopes.append(np.polyfit(line.x, line.y, 1)[0])
    assert np.mean(slopes) == pytest.approx(-2.0, abs=4 * np.std(slopes) / np.sqrt(200))
    exact = datasets.make_line(30, slope=-2.0, intercept=3.0, noise=0.0, seed=1)
    np.testing.assert_allclose(exact.y, 3.0 - 2.0 * exact.x)


@pytest.mark.parametrize("found", [True, False])
def test_the_patients_are_scikit_learns_with_or_without_its_files(monkeypatch, found: bool) -> None:
    from sklearn.datasets import load_diabetes

    if not found:
        monkeypatch.setattr(datasets, "find_spec", lambda name: None)
    data, theirs = datasets.diabetes(), load_diabetes(scaled=False)
    np.testing.assert_array_equal(data.X, theirs.data)
    np.testing.assert_array_equal(data.y, theirs.target)
    assert list(data.feature_names) == theirs.feature_names


def test_the_patients_do_not_wait_for_scikit_learn() -> None:
    code = "import sys; from reglib import datasets; datasets.diabetes(); assert 'sklearn' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_bundled_data_are_whole_and_in_their_own_units():
    diabetes, cancer, digits = datasets.diabetes(), datasets.breast_cancer(), datasets.digits()
    assert diabetes.X.shape == (442, 10)
    assert 15 < diabetes.column("bmi").min() < diabetes.column("bmi").max() < 50
    assert cancer.X.shape == (569, 30)
    assert cancer.feature_names[0] == "mean radius"
    assert cancer.class_names == ("malignant", "benign")
    assert (cancer.y == 0).sum() == 212
    assert digits.X.shape == (1797, 64)
    assert digits.X.max() == 16
    assert digits.class_names == tuple("0123456789")
    for data in (diabetes, cancer, digits):
        assert len(data.feature_names) == data.X.shape[1]
        assert np.isfinite(data.X).all()
        with pytest.raises(ParameterError, match="unknown_choice"):
            data.column("no such column")


@pytest.mark.parametrize(
    "data",
    [
        datasets.telephone_calls(),
        datasets.make_line(5),
        datasets.make_curve("sine", 5),
        datasets.make_plane("blobs", 8, noise=0.1, seed=0),
        datasets.split_rows(10, seed=0),
        datasets.fit_scaling([[1.0], [2.0]]),
    ],
    ids=lambda data: type(data).__name__,
)
def test_arrays_are_read_only_and_data_survive_pickling(data):
    arrays = [value for value in vars(data).values() if isinstance(value, np.ndarray)]
    assert arrays
    for values in arrays:
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0
    again = pickle.loads(pickle.dumps(data))
    np.testing.assert_array_equal(
        next(v for v in vars(again).values() if isinstance(v, np.ndarray)), arrays[0]
    )


def test_synthetic_data_do_not_import_scikit_learn():
    code = (
        "import sys; from reglib import datasets as d; d.make_plane('moons', 20, noise=.1, seed=0);"
        "d.telephone_calls(); d.make_curve('sine', 9); d.split_rows(9, seed=0); d.fit_scaling([[1.], [2.]]);"
        "sys.exit(any(name.split('.')[0] in ('sklearn', 'scipy', 'pandas') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: datasets.make_line(0),
        lambda: datasets.make_line(10, noise=-1),
        lambda: datasets.make_line(10, slope=float("nan")),
        lambda: datasets.make_line(10, seed=-1),
        lambda: datasets.make_line(10, interval=(1, 1)),
        lambda: datasets.make_curve("cosine", 10),
        lambda: datasets.make_curve("sine", 2.5),
        lambda: datasets.make_curve("sine", 10, interval=(0, 1e9)),
        lambda: datasets.make_curve("sine", 10, interval=(1, 0)),
        lambda: datasets.make_curve("sine", 10, interval=3),
        lambda: datasets.make_curve("sine", 10, spacing="chebyshev"),
        lambda: datasets.make_curve("sine", "ten"),
        lambda: datasets.make_plane("moons", 3, noise=0, seed=0),
        lambda: datasets.make_plane("moons", 30, noise=float("inf"), seed=0),
        lambda: datasets.make_plane("suns", 30, noise=0, seed=0),
        lambda: datasets.split_rows(30, seed=0, validation=0.5, test=0.5),
    ],
)
def test_parameters_out_of_range_are_typed_errors(call):
    with pytest.raises(ParameterError):
        call()


# --- splitting ------------------------------------------------------------------------------------


@given(
    labels=st.lists(st.integers(0, 4), min_size=1, max_size=120),
    validation=st.sampled_from([0.0, 0.1, 0.2, 0.4]),
    test=st.sampled_from([0.0, 0.1, 0.2, 0.5]),
    seed=st.integers(0, 2**32 - 1),
    stratified=st.booleans(),
)
def test_a_split_uses_every_row_once_keeps_its_shares_and_every_class(
    labels, validation, test, seed, stratified
):
    n, kinds = len(labels), np.array(labels)
    try:
        split = datasets.split_rows(
            n, seed=seed, validation=validation, test=test, labels=kinds if stratified else None
        )
    except DataError:
        needed = sum(max(1, round(share * n)) for share in (validation, test) if share)
        possible = n - needed >= (len(set(labels)) if stratified else 1)
        assert not possible
        return
    everything = np.concatenate([split.train, split.validation, split.test])
    assert sorted(everything) == list(range(n))
    for part, share in ((split.validation, validation), (split.test, test)):
        assert len(part) == (max(1, round(share * n)) if share else 0)
    if stratified:
        assert set(kinds[split.train]) == set(labels)


def test_a_stratified_split_keeps_the_shares_of_the_classes():
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    split = datasets.split_rows(1000, seed=5, labels=labels)
    for part, size in ((split.train, 600), (split.validation, 200), (split.test, 200)):
        np.testing.assert_array_equal(np.bincount(labels[part]), np.array([6, 3, 1]) * size // 10)


def test_splits_depend_on_the_seed_alone():
    first, again, other = (datasets.split_rows(100, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.test, again.test)
    assert not np.array_equal(first.test, other.test)


def test_a_class_of_one_row_is_trained_on_or_refused():
    split = datasets.split_rows(21, seed=0, labels=[0] * 20 + [1])
    assert 20 in split.train
    with pytest.raises(DataError, match="too_few_rows_to_split"):
        datasets.split_rows(4, seed=0, labels=[0, 1, 2, 3])
    with pytest.raises(DataError, match="wrong_shape"):
        datasets.split_rows(4, seed=0, labels=[0, 1, 2])


# --- standardising --------------------------------------------------------------------------------


def test_standardised_training_rows_have_mean_0_and_deviation_1_as_in_scikit_learn():
    from sklearn.preprocessing import StandardScaler

    data = datasets.diabetes()
    split = datasets.split_rows(442, seed=0)
    scaling = datasets.fit_scaling(data.X[split.train])
    scaled = scaling.apply(data.X[split.train])
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1)
    theirs = StandardScaler().fit(data.X[split.train])
    np.testing.assert_allclose(scaling.apply(data.X[split.test]), theirs.transform(data.X[split.test]))


def test_validation_and_test_rows_never_touch_the_scaling():
    data = datasets.diabetes()
    split = datasets.split_rows(442, seed=0)
    changed = data.X.copy()
    changed[split.test] *= 1e6
    changed[split.validation] += 1e6
    before, after = (datasets.fit_scaling(X[split.train]) for X in (data.X, changed))
    np.testing.assert_array_equal(before.mean, after.mean)
    np.testing.assert_array_equal(before.scale, after.scale)


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -1e99, 1e100, 1e-300])
@pytest.mark.parametrize("n", [1, 2, 3, 7, 1000])
def test_a_constant_column_is_named_and_not_divided_by_zero(value, n):
    X = np.column_stack([np.arange(n) + 0.5, np.full(n, value)])
    scaling = datasets.fit_scaling(X)
    assert scaling.constant == ((0, 1) if n == 1 else (1,))
    assert scaling.scale[1] == 1
    assert np.isfinite(scaling.apply(X)).all()


@pytest.mark.parametrize(
    ("X", "code"),
    [
        ([[np.nan]], "not_finite"),
        ([[np.inf]], "not_finite"),
        ([[1e101]], "too_large"),
        ([1.0, 2.0], "wrong_shape"),
        ([["a"]], "not_numbers"),
        (np.empty((0, 2)), "too_few_rows"),
    ],
)
def test_unusable_features_are_typed_errors(X, code):
    with pytest.raises(DataError) as caught:
        datasets.fit_scaling(X)
    assert caught.value.code == code


def test_rows_of_another_width_cannot_be_scaled():
    with pytest.raises(DataError, match="wrong_shape"):
        datasets.fit_scaling([[1.0, 2.0]]).apply([[1.0]])
