"""Synthetic and real data sets, each with a seed or a source, and how their rows are divided.

The arrays in every data set are read-only.  scikit-learn is imported only where its bundled data are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.errors import DataError

Ints = NDArray[np.int64]
Task = Literal["regression", "binary", "multiclass"]
Spacing = Literal["random", "equispaced"]
T = TypeVar("T", bound=np.generic)

_MOST_POINTS = 100_000


# --- one input, one output ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LineData:
    """Points for a straight line.

    Attributes
    ----------
    name : str
        Short code of the data set.
    x, y : ndarray of shape (n,)
    x_name, y_name : str
        What x and y are, with their units, in English.
    source : str
        Where the numbers come from.
    suspect : ndarray of bool, shape (n,)
        Points known to be wrong.
    slope, intercept : float or None
        The true line, where one is known.
    """

    name: str
    x: Floats
    y: Floats
    x_name: str
    y_name: str
    source: str
    suspect: NDArray[np.bool_]
    slope: float | None = None
    intercept: float | None = None


def telephone_calls() -> LineData:
    """Return the telephone calls from Belgium, 1950–73.

    The values of 1964–69 are minutes instead of calls (the marked ``suspect`` points).

    Returns
    -------
    LineData
        n = 24; x in years, y in millions of calls.

    References
    ----------
    Rousseeuw and Leroy, Robust Regression and Outlier Detection, 1987, table 2.
    """
    calls = """4.4 4.7 4.7 5.9 6.6 7.3 8.1 8.8 10.6 12.0 13.5 14.9 16.1 21.2
               119.0 124.0 142.0 159.0 182.0 212.0 43.0 24.0 27.0 29.0"""
    year = np.arange(1950, 1974, dtype=np.float64)
    return LineData(
        name="telephone",
        x=_read_only(year),
        y=_read_only(np.array(calls.split(), dtype=np.float64)),
        x_name="year",
        y_name="millions of calls",
        source="Rousseeuw & Leroy (1987), Robust Regression and Outlier Detection, table 2",
        suspect=_read_only((year >= 1964) & (year <= 1969)),
    )


def make_line(
    n: int,
    *,
    slope: float = 0.5,
    intercept: float = 1.0,
    noise: float = 1.0,
    seed: int = 0,
    interval: tuple[float, float] = (0.0, 10.0),
) -> LineData:
    """Draw points around a known line: y = intercept + slope·x + noise·ε, ε ~ N(0, 1).

    Parameters
    ----------
    n : int
        Number of points, 1 to 100,000.
    slope, intercept : float
        The true line, each in [−1e6, 1e6].
    noise : float
        Standard deviation of the noise in units of y, in [0, 1e6].
    seed : int
        Seed of the draw, 0 to 2³² − 1.
    interval : tuple of two floats
        x is drawn uniformly from it and then sorted.

    Returns
    -------
    LineData

    Raises
    ------
    ParameterError
        ``out_of_range``: a parameter is outside the range above.
    """
    n = _checks.whole("n", n, 1, _MOST_POINTS)
    slope = _checks.number("slope", slope, -1e6, 1e6)
    intercept = _checks.number("intercept", intercept, -1e6, 1e6)
    noise = _checks.number("noise", noise, 0, 1e6)
    low, high = _checks.interval(interval)
    rng = np.random.default_rng(_checks.seed(seed))
    x = np.sort(rng.uniform(low, high, n))
    return LineData(
        name="line",
        x=_read_only(x),
        y=_read_only(intercept + slope * x + noise * rng.standard_normal(n)),
        x_name="x",
        y_name="y",
        source="synthetic",
        suspect=_read_only(np.zeros(n, dtype=bool)),
        slope=slope,
        intercept=intercept,
    )


@dataclass(frozen=True)
class Curve:
    """A true function of one variable.

    Attributes
    ----------
    name : str
    latex : str
        Its formula, for a page to show.
    function : callable
        Floats in, floats of the same shape out.
    """

    name: str
    latex: str
    function: Callable[[Floats], Floats]

    def __call__(self, x: ArrayLike) -> Floats:
        """Return the function's value at every x."""
        return self.function(np.asarray(x, dtype=np.float64))


def _sine(x: Floats) -> Floats:
    return np.sin(np.pi * x)


def _step(x: Floats) -> Floats:
    return np.where(x < 0, -1.0, 1.0)


def _runge(x: Floats) -> Floats:
    return 1 / (1 + 25 * x**2)


def _cubic(x: Floats) -> Floats:
    return 4 * x**3 - 3 * x


def _bumps(x: Floats) -> Floats:
    first, second, third = (x + 0.5) / 0.2, (x - 0.1) / 0.12, (x - 0.65) / 0.15
    return np.exp(-(first**2)) - 0.8 * np.exp(-(second**2)) + 0.6 * np.exp(-(third**2))


CURVES: Mapping[str, Curve] = MappingProxyType(
    {
        curve.name: curve
        for curve in (
            Curve("sine", r"\sin \pi x", _sine),
            Curve("step", r"\operatorname{sign} x", _step),
            Curve("runge", r"\frac{1}{1 + 25 x^2}", _runge),
            Curve("cubic", r"4 x^3 - 3 x", _cubic),
            Curve(
                "bumps",
                r"e^{-((x + 0.5) / 0.2)^2} - 0.8 e^{-((x - 0.1) / 0.12)^2} + 0.6 e^{-((x - 0.65) / 0.15)^2}",
                _bumps,
            ),
        )
    }
)


@dataclass(frozen=True, eq=False)
class CurveData:
    """Points around a true curve.

    Attributes
    ----------
    curve : Curve
        The true function.
    x, y : ndarray of shape (n,)
        x ascending.
    noise : float
        Standard deviation of the noise, in units of y.
    interval : tuple of two floats
    """

    curve: Curve
    x: Floats
    y: Floats
    noise: float
    interval: tuple[float, float]

    def fresh(self, n: int, seed: int) -> CurveData:
        """Draw ``n`` unseen points from the same curve, noise and interval, x uniformly at random.

        Parameters
        ----------
        n : int
            Number of points, 1 to 100,000.
        seed : int
            Seed of the draw, 0 to 2³² − 1; not the data's own, which would draw the same points for the same n.

        Returns
        -------
        CurveData

        Raises
        ------
        ParameterError
            As :func:`make_curve`; ``unknown_choice`` if the curve is none of :data:`CURVES`.
        """
        return make_curve(self.curve.name, n, noise=self.noise, seed=seed, interval=self.interval)


def make_curve(
    name: str,
    n: int,
    *,
    noise: float = 0.3,
    seed: int = 0,
    interval: tuple[float, float] = (-1.0, 1.0),
    spacing: Spacing = "random",
) -> CurveData:
    """Draw points around a curve: y = f(x) + noise·ε, ε ~ N(0, 1).

    Parameters
    ----------
    name : str
        A key of :data:`CURVES`: sine, step, runge, cubic or bumps.
    n : int
        Number of points, 1 to 100,000.
    noise : float
        Standard deviation of the noise in units of y, in [0, 1e6].
    seed : int
        Seed of the draw, 0 to 2³² − 1.
    interval : tuple of two floats
        Where x lies, within [−1000, 1000].
    spacing : {"random", "equispaced"}
        x uniformly at random, or in equal steps with both ends included (one point: the middle).

    Returns
    -------
    CurveData

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``unknown_choice``: a parameter is outside the range above.
    """
    curve = CURVES[_checks.choice("name", name, CURVES)]
    n = _checks.whole("n", n, 1, _MOST_POINTS)
    noise = _checks.number("noise", noise, 0, 1e6)
    low, high = _checks.interval(interval)
    _checks.number("interval", low, -1000, 1000)
    _checks.number("interval", high, -1000, 1000)
    _checks.choice("spacing", spacing, ("random", "equispaced"))
    rng = np.random.default_rng(_checks.seed(seed))
    if spacing == "random":
        x = np.sort(rng.uniform(low, high, n))
    else:
        x = np.linspace(low, high, n) if n > 1 else np.array([(low + high) / 2])
    y = curve(x) + noise * rng.standard_normal(n)
    return CurveData(curve, _read_only(x), _read_only(y), noise, (low, high))


# --- many inputs ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table of features and a target.

    Attributes
    ----------
    name : str
        Short code of the data set.
    X : ndarray of shape (n, p)
    y : ndarray of shape (n,)
        Target: numbers, or class numbers 0 … k − 1 (as floats or integers).
    feature_names : tuple of str, length p
    target_name : str
    task : {"regression", "binary", "multiclass"}
    class_names : tuple of str
        Empty for a regression.
    source : str
        Where the numbers come from.
    """

    name: str
    X: Floats
    y: Floats | Ints
    feature_names: tuple[str, ...]
    target_name: str
    task: Task
    class_names: tuple[str, ...]
    source: str

    def column(self, name: str) -> Floats:
        """Return one feature.

        Parameters
        ----------
        name : str
            One of ``feature_names``.

        Returns
        -------
        ndarray of shape (n,)
            Read-only, in the feature's own units.

        Raises
        ------
        ParameterError
            ``unknown_choice``: there is no feature of that name.
        """
        _checks.choice("column", name, self.feature_names)
        column: Floats = self.X[:, self.feature_names.index(name)]
        return column


def diabetes() -> Dataset:
    """Return 442 diabetes patients: ten measurements in their own units, and the disease's progression.

    Returns
    -------
    Dataset
        X of shape (442, 10); y, the progression after one year, from 25 to 346.

    References
    ----------
    Efron, Hastie, Johnstone and Tibshirani, Least Angle Regression, Annals of Statistics 32, 2004;
    bundled with scikit-learn.
    """
    X, y = _diabetes()
    return Dataset(
        name="diabetes",
        X=_read_only(X.astype(np.float64)),
        y=_read_only(y.astype(np.float64)),
        feature_names=("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
        target_name="progression",
        task="regression",
        class_names=(),
        source="Efron, Hastie, Johnstone & Tibshirani (2004), Least Angle Regression; scikit-learn",
    )


def _diabetes() -> tuple[Floats, Floats]:
    """Read scikit-learn's own files: to import it for them takes a second, in which a class waits."""
    package = find_spec("sklearn")
    for place in (package and package.submodule_search_locations) or ():
        files = [
            Path(place, "datasets", "data", f"diabetes_{name}.csv.gz") for name in ("data_raw", "target")
        ]
        if all(file.is_file() for file in files):
            X, y = (np.loadtxt(file) for file in files)
            return X, y
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True, scaled=False)
    return X, y


def breast_cancer() -> Dataset:
    """Return 569 tumours: thirty measurements of cell nuclei; malignant 0, benign 1.

    Returns
    -------
    Dataset
        X of shape (569, 30), y of 0 and 1.

    References
    ----------
    Wolberg, Mangasarian, Street and Street, Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning
    Repository, 1995; bundled with scikit-learn.
    """
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    return Dataset(
        name="breast_cancer",
        X=_read_only(bunch.data.astype(np.float64)),
        y=_read_only(bunch.target.astype(np.int64)),
        feature_names=tuple(str(name) for name in bunch.feature_names),
        target_name="diagnosis",
        task="binary",
        class_names=tuple(str(name) for name in bunch.target_names),
        source="Wolberg, Mangasarian, Street & Street (1995), Breast Cancer Wisconsin; scikit-learn",
    )


def digits() -> Dataset:
    """Return 1,797 handwritten digits of 8 × 8 pixels, each 0 to 16, row by row.

    Returns
    -------
    Dataset
        X of shape (1797, 64), y of 0 to 9.

    References
    ----------
    Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998;
    bundled with scikit-learn.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return Dataset(
        name="digits",
        X=_read_only(bunch.data.astype(np.float64)),
        y=_read_only(bunch.target.astype(np.int64)),
        feature_names=tuple(str(name) for name in bunch.feature_names),
        target_name="digit",
        task="multiclass",
        class_names=tuple(str(name) for name in bunch.target_names),
        source="Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits; scikit-learn",
    )


# --- two classes in the plane ---------------------------------------------------------------------


def _moons(n: int, noise: float, seed: int) -> tuple[Floats, Ints]:
    """Two half circles, number for number what ``sklearn.datasets.make_moons`` draws."""
    outer, inner = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    first = np.column_stack([np.cos(outer), np.sin(outer)])
    second = np.column_stack([1 - np.cos(inner), 1 - np.sin(inner) - 0.5])
    return _shuffle_then_blur(first, second, noise, seed)


def _circles(n: int, noise: float, seed: int) -> tuple[Floats, Ints]:
    """Two rings, number for number what ``sklearn.datasets.make_circles(factor=0.5)`` draws."""
    outer = np.linspace(0, 2 * np.pi, n // 2, endpoint=False)
    inner = np.linspace(0, 2 * np.pi, n - n // 2, endpoint=False)
    first = np.column_stack([np.cos(outer), np.sin(outer)])
    second = np.column_stack([np.cos(inner), np.sin(inner)]) * 0.5
    return _shuffle_then_blur(first, second, noise, seed)


def _shuffle_then_blur(first: Floats, second: Floats, noise: float, seed: int) -> tuple[Floats, Ints]:
    # The legacy generator is scikit-learn's: the reference figures of the tests were measured on its draws,
    # and drawing them here spares the page the second and a half of importing it.
    rng = np.random.RandomState(seed)
    order = np.arange(len(first) + len(second))
    rng.shuffle(order)
    X = np.vstack([first, second])[order]
    y = np.repeat([0, 1], [len(first), len(second)])[order]
    return X + noise * rng.standard_normal(X.shape), y.astype(np.int64)


def _xor(n: int, noise: float, seed: int) -> tuple[Floats, Ints]:
    """Opposite quarters of a square share a class; the noise comes after the classes are set."""
    rng = np.random.default_rng(seed)
    quarter = rng.permutation(np.arange(n) % 4)
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])[quarter]
    X = signs * rng.uniform(0.1, 1.0, (n, 2))
    return X + noise * rng.standard_normal((n, 2)), (quarter % 2).astype(np.int64)


def _spirals(n: int, noise: float, seed: int) -> tuple[Floats, Ints]:
    """Two arms of one and three quarters turns, the second being the first turned by half a turn."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 2)
    along = rng.uniform(0.08, 1.0, n)
    angle = 3.5 * np.pi * along + np.pi * y
    X = along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return X + noise * rng.standard_normal((n, 2)), y.astype(np.int64)


def _blobs(n: int, noise: float, seed: int) -> tuple[Floats, Ints]:
    """Two round clouds around (−1, −1) and (1, 1); the noise is their standard deviation."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 2)
    X = (2.0 * y[:, None] - 1.0) + noise * rng.standard_normal((n, 2))
    return X, y.astype(np.int64)


PLANES: Mapping[str, Callable[[int, float, int], tuple[Floats, Ints]]] = MappingProxyType(
    {"moons": _moons, "circles": _circles, "xor": _xor, "spirals": _spirals, "blobs": _blobs}
)


def make_plane(name: str, n: int, *, noise: float, seed: int) -> Dataset:
    """Draw two classes in the plane.

    Parameters
    ----------
    name : {"moons", "circles", "xor", "spirals", "blobs"}
        moons and circles are identical to scikit-learn's ``make_moons(n, noise=…, random_state=seed)`` and
        ``make_circles(n, noise=…, random_state=seed, factor=0.5)``.
    n : int
        Number of points, 4 to 100,000; the classes (for xor, the quarters) differ by at most one point.
    noise : float
        Standard deviation of the noise added to both coordinates, in [0, 1000].
    seed : int
        Seed of the draw, 0 to 2³² − 1.

    Returns
    -------
    Dataset
        X of shape (n, 2), y of 0 and 1.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``unknown_choice``: a parameter is outside the range above.
    """
    draw = PLANES[_checks.choice("name", name, PLANES)]
    n = _checks.whole("n", n, 4, _MOST_POINTS)
    noise = _checks.number("noise", noise, 0, 1000)
    X, y = draw(n, noise, _checks.seed(seed))
    return Dataset(
        name=name,
        X=_read_only(X),
        y=_read_only(y),
        feature_names=("x1", "x2"),
        target_name="class",
        task="binary",
        class_names=("0", "1"),
        source="synthetic",
    )


# --- dividing and standardising rows --------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of the three parts, each ascending; together they are all rows, each once.

    Attributes
    ----------
    train, validation, test : ndarray of int, shape (k,)
        From 0, read-only.  ``train`` has at least one; the others are empty if their share is 0.
    """

    train: Ints
    validation: Ints
    test: Ints


def split_rows(
    n: int, *, seed: int, validation: float = 0.2, test: float = 0.2, labels: ArrayLike | None = None
) -> Split:
    """Divide n rows at random into training, validation and test rows.

    Parameters
    ----------
    n : int
        Number of rows, at least 3 (2 if one of the shares is 0).
    seed : int
        Seed of the draw, 0 to 2³² − 1.
    validation, test : float
        Shares of all rows, each in [0, 0.8], together at most 0.9.  A share above 0 gets at least one row.
    labels : array_like of shape (n,), optional
        Class of each row.  Then every class is divided in these shares, up to one row, and keeps at least
        one training row.

    Returns
    -------
    Split

    Raises
    ------
    ParameterError
        ``out_of_range``: a share is outside the range above.
    DataError
        ``too_few_rows_to_split`` (rows, classes): no row, or no row of some class, is left to train on.
        ``wrong_shape``: there are not n labels.
    """
    n = _checks.whole("n", n, 0, 10**9)
    validation = _checks.number("validation", validation, 0, 0.8)
    test = _checks.number("test", test, 0, min(0.8, 0.9 - validation))
    if labels is None:
        kind = np.zeros(n, dtype=np.int64)
    else:
        given = np.asarray(labels)
        if given.shape != (n,):
            raise DataError("wrong_shape", name="labels", shape=given.shape, expected=f"({n},)")
        kind = np.unique(given, return_inverse=True)[1]
    left = np.bincount(kind, minlength=1)
    rng = np.random.default_rng(_checks.seed(seed))
    waiting = [rng.permutation(np.flatnonzero(kind == k)) for k in range(len(left))]
    parts: list[Ints] = []
    for share in (validation, test):
        wanted = max(1, round(share * n)) if share > 0 else 0
        quota = (np.bincount(kind, minlength=1) * (wanted / max(n, 1))).astype(np.float64)
        taken = _apportion(quota, left - 1, wanted)
        if taken is None:
            raise DataError("too_few_rows_to_split", rows=n, classes=len(left))
        parts.append(np.sort(np.concatenate([rows[:k] for rows, k in zip(waiting, taken, strict=True)])))
        waiting = [rows[k:] for rows, k in zip(waiting, taken, strict=True)]
        left = left - taken
    train = np.sort(np.concatenate(waiting))
    if len(train) == 0:
        raise DataError("too_few_rows_to_split", rows=n, classes=len(left))
    return Split(train=_read_only(train), validation=_read_only(parts[0]), test=_read_only(parts[1]))


def _apportion(quota: Floats, most: Ints, total: int) -> Ints | None:
    """Whole numbers near ``quota``, none above ``most``, that add up to ``total`` (largest remainders)."""
    taken: Ints = np.minimum(np.floor(quota).astype(np.int64), np.maximum(most, 0))
    for _ in range(total - int(taken.sum())):
        short = np.where(taken < most, quota - taken, -np.inf)
        if not np.isfinite(short).any():
            return None
        taken[np.argmax(short)] += 1
    return taken


@dataclass(frozen=True, eq=False)
class Scaling:
    """Mean and standard deviation of each column, taken from training rows only.

    Attributes
    ----------
    mean, scale : ndarray of shape (p,)
        ``scale`` has ddof = 0, and is 1 for a constant column.
    constant : tuple of int
        Columns with one value in all the rows they were taken from.
    """

    mean: Floats
    scale: Floats
    constant: tuple[int, ...]

    def apply(self, X: ArrayLike) -> Floats:
        """Return (X − mean) / scale for any rows.

        Parameters
        ----------
        X : array_like of shape (n, p)
            n ≥ 0; as many columns as were measured.

        Returns
        -------
        ndarray of shape (n, p)
            Distances from the training rows' mean in their standard deviations; of a constant column in its own units.

        Raises
        ------
        DataError
            Those of every array: see :mod:`reglib._checks`.
        """
        checked = _checks.array("X", X, 2, columns=len(self.mean), need=0)
        scaled: Floats = (checked - self.mean) / self.scale
        return scaled


def fit_scaling(X: ArrayLike) -> Scaling:
    """Measure each column of the training rows.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Training rows, n ≥ 1.

    Returns
    -------
    Scaling

    Raises
    ------
    DataError
        Those of every array: see :mod:`reglib._checks`.
    """
    return standardise(X)[1]


def standardise(X: ArrayLike) -> tuple[Floats, Scaling]:
    """Measure each column of the training rows, and give them in its units.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Training rows, n ≥ 1.

    Returns
    -------
    scaled : ndarray of shape (n, p)
        Each column with mean 0 and standard deviation 1 (ddof = 0), a constant one 0 throughout.
    scaling : Scaling

    Raises
    ------
    DataError
        Those of every array: see :mod:`reglib._checks`.
    """
    rows = _checks.array("X", X, 2)
    mean = rows.mean(axis=0)
    centred = rows - mean
    spread = np.abs(centred).max(axis=0)
    # The mean of equal numbers is off by rounding, and so they do not all lie exactly on it.
    rounding = np.maximum(1e-14 * np.abs(rows).max(axis=0), 1e-300)
    constant = (rows == rows[:1]).all(axis=0) | (spread <= rounding)
    # Scaled by the largest first, so that squares neither overflow nor vanish.
    spread = np.where(constant, 1.0, spread)
    scaled = np.where(constant, 0.0, centred) / spread
    sd = np.where(constant, 1.0, scaled.std(axis=0))
    scaling = Scaling(
        mean=_read_only(mean),
        scale=_read_only(sd * spread),
        constant=tuple(int(j) for j in np.flatnonzero(constant)),
    )
    return scaled / sd, scaling


def _read_only(values: NDArray[T]) -> NDArray[T]:
    values = np.ascontiguousarray(values).copy()
    values.setflags(write=False)
    return values
