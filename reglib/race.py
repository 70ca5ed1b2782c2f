"""A race: networks that differ in their penalty alone, trained from the same start on the same batches.

A `Run` trains a little at a time, so that whoever shows it can draw progress, stop it, and keep what is there;
its `Race` is frozen, can be replayed, and can be continued from any recorded epoch.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from reglib import _checks, datasets
from reglib.datasets import Dataset, Scaling
from reglib.errors import DataError, ParameterError
from reglib.mlp import Networks, Stack, State, Stop
from reglib.mlp.networks import layer_views

Vector = NDArray[np.float64]

PENALTIES = ("none", "l1", "l2", "elastic")
SETS = ("train", "validation", "test")
REAL: MappingProxyType[str, Any] = MappingProxyType(
    {"breast_cancer": datasets.breast_cancer, "digits": datasets.digits, "diabetes": datasets.diabetes}
)
TEST_ROWS = 1000  # of synthetic data, drawn afresh
MOST_ROWS = 2000  # training rows of any race
FRAMES = 60
CHECKPOINT_BYTES = 8_000_000
WORK_SECONDS = 5.0  # of one run, by `epoch_seconds`: what a class on one machine can bear
_MOST_FRAMES = 3 * FRAMES
_WEIGHT_BYTES = 16_000_000  # recorded weights, for the replay


@dataclass(frozen=True)
class Setup:
    """What a race is run with; equal setups give equal races.

    Parameters
    ----------
    data : str
        A key of `reglib.datasets.PLANES`, a key of `REAL`, or ``"own"`` for a data set that the caller has.
    n : int
        Training rows, 10 to `MOST_ROWS`; of a real data set, at most what its training part has.
    noise : float
        Of synthetic data, in [0, 1000].
    data_seed : int
        Of the draw, or of the division into training, validation and test rows.
    layers, units : int
        Hidden layers, 1 to 4, and units in each, 1 to 64.
    activation : {"tanh", "relu", "sigmoid", "linear"}
    learning_rate, momentum : float
    batch : int
        Rows per step; 0 is all of them.
    epochs : int
        1 to 20,000.
    warmup : int
        First epochs trained without any penalty, fewer than `epochs`.
    l1, l2 : float
        λ1 of the L1 and elastic-net networks, λ2 of the L2 and elastic-net networks.
    penalties : tuple of str
        Who runs: among `PENALTIES`, each at most once.
    seed : int
        Of the first start; the others follow it.
    seeds : int
        Starts per penalty, 1 to 16.
    """

    data: str = "moons"
    n: int = 80
    noise: float = 0.35
    data_seed: int = 1
    layers: int = 2
    units: int = 8
    activation: str = "tanh"
    learning_rate: float = 0.1
    momentum: float = 0.9
    batch: int = 20
    epochs: int = 300
    warmup: int = 0
    l1: float = 0.005
    l2: float = 0.01
    penalties: tuple[str, ...] = ("none", "l1", "l2")
    seed: int = 0
    seeds: int = 1

    def continues(self, other: Setup) -> bool:
        """Tell whether a race of `other` can go on with these settings: same data, networks and batches.

        Parameters
        ----------
        other : Setup
            May differ in l1, l2, learning_rate, momentum, epochs and warmup, and in nothing else.

        Returns
        -------
        bool
        """
        free = {"learning_rate": 0.0, "momentum": 0.0, "epochs": 1, "warmup": 0, "l1": 0.0, "l2": 0.0}
        return replace(self, **free) == replace(other, **free)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Segment:
    """What one press of a button trained.

    The segments of a race are all that it takes, with its data, to train it again (`Replan`).

    Parameters
    ----------
    setup : Setup
        The settings asked for.
    until : int
        Epoch up to which it is kept, counted from the start of the race.
    """

    setup: Setup
    until: int


@dataclass(frozen=True, eq=False)
class Plane:
    """The plane on which networks are drawn: two inputs, or the two main directions of the training rows.

    Parameters
    ----------
    origin : ndarray of shape (p,)
    axes : ndarray of shape (2, p)
        Orthonormal; for one input, the second is 0.
    reach : ndarray of shape (2, 2)
        Low and high of each axis.
    points : ndarray of shape (n, 2)
        Training rows, projected.
    share : float
        Share of the training rows' variance that lies in the plane, 1 for two inputs.
    """

    origin: Vector
    axes: Vector
    reach: Vector
    points: Vector
    share: float

    def place(self, X: Vector) -> Vector:
        """Give where inputs lie in the picture.

        Parameters
        ----------
        X : ndarray of shape (n, p)
            Standardised, as the training rows.

        Returns
        -------
        ndarray of shape (n, 2)
            From the left and from the top: 0 to 1 within `reach`, below or above beyond it.
        """
        (left, right), (bottom, top) = self.reach
        across, up = ((X - self.origin) @ self.axes.T).T
        places: Vector = np.column_stack([(across - left) / (right - left), (up - top) / (bottom - top)])
        return places

    def grid(self, size: int) -> Vector:
        """Give evenly spaced inputs on the plane, the ends of `reach` among them.

        Parameters
        ----------
        size : int
            Points along each side.

        Returns
        -------
        ndarray of shape (size², p)
            Row by row, the top one first, each from left to right.
        """
        (low, high), (bottom, top) = self.reach
        across, down = np.meshgrid(np.linspace(low, high, size), np.linspace(top, bottom, size))
        points: Vector = (
            self.origin + across.reshape(-1, 1) * self.axes[0] + down.reshape(-1, 1) * self.axes[1]
        )
        return points


@dataclass(frozen=True, eq=False)
class Problem:
    """Standardised data in three parts.

    Parameters
    ----------
    name : str
    task : {"binary", "multiclass", "regression"}
    X, y : dict of str to ndarray
        By the names in `SETS`; X is standardised with the training rows' mean and standard deviation, and so
        is the target of a regression.
    raw : dict of str to (X, y)
        The same in their own units.
    feature_names, class_names : tuple of str
    target_name : str
    scaling : Scaling
        Of the inputs.
    source : str
    drawn : bool
        Whether the three parts were drawn independently (synthetic) rather than divided.
    plane : Plane
    """

    name: str
    task: str
    X: dict[str, Vector]
    y: dict[str, Vector]
    raw: dict[str, tuple[Vector, Vector]]
    feature_names: tuple[str, ...]
    target_name: str
    class_names: tuple[str, ...]
    scaling: Scaling
    source: str
    drawn: bool
    plane: Plane

    @property
    def outputs(self) -> int:
        """Units of the output layer."""
        return len(self.class_names) if self.task == "multiclass" else 1

    def rows(self, name: str) -> int:
        """Count the rows of a part.

        Parameters
        ----------
        name : {"train", "validation", "test"}

        Returns
        -------
        int
        """
        return len(self.y[name])


def assemble(
    X: Mapping[str, Vector], y: Mapping[str, Vector], kind: Dataset, *, drawn: bool = False
) -> Problem:
    """Standardise data that are already in three parts.

    Parameters
    ----------
    X, y : mapping of str to ndarray
        By the names in `SETS`, in their own units.
    kind : Dataset
        Gives names and task; its own rows are not used.
    drawn : bool
        As `Problem`.

    Returns
    -------
    Problem
        Standardised with the training rows' mean and standard deviation, the target too for a regression.

    Raises
    ------
    DataError
        As `reglib.datasets.fit_scaling`.
    """
    scaling = datasets.fit_scaling(X["train"])
    scaled = {name: scaling.apply(X[name]) for name in SETS}
    target = {name: np.asarray(y[name], dtype=np.float64) for name in SETS}
    if kind.task == "regression":
        own = datasets.fit_scaling(target["train"][:, None])
        target = {name: own.apply(part[:, None])[:, 0] for name, part in target.items()}
    return Problem(
        name=kind.name,
        task=kind.task,
        X=scaled,
        y=target,
        raw={name: (X[name], y[name]) for name in SETS},
        feature_names=kind.feature_names,
        target_name=kind.target_name,
        class_names=kind.class_names,
        scaling=scaling,
        source=kind.source,
        drawn=drawn,
        plane=_plane(scaled["train"]),
    )


def read_parts(path: str, task: str, class_names: Sequence[str] = ()) -> Problem:
    """Read a problem from a CSV file: inputs, then the target as a number, then ``train``, ``validation`` or ``test``.

    Columns count by their place, so that their names may be anything.

    Parameters
    ----------
    path : str
    task : {"binary", "multiclass", "regression"}
    class_names : sequence of str
        Of a classification.

    Returns
    -------
    Problem

    Raises
    ------
    OSError, UnicodeDecodeError
        The file cannot be read, or is not UTF-8.
    ParameterError
        ``unknown_choice`` for a part or a task that is none of the three.
    DataError
        As `assemble`; ``not_numbers`` for a cell, or a row of another length than the header; ``not_finite`` for
        nan; ``no_data`` for a file without rows or with fewer than three columns.
    """
    with open(path, newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    if len(lines) < 2 or len(lines[0]) < 3:
        raise DataError("no_data")
    names, *rows = lines
    if any(len(row) != len(names) for row in rows):
        raise DataError("not_numbers", name="rows")
    try:
        cells = np.array([row[:-1] for row in rows], dtype=np.float64)
    except ValueError:
        raise DataError("not_numbers", name="rows") from None
    numbers = _checks.array("rows", cells, 2)
    part = np.array([row[-1] for row in rows])
    for name in np.unique(part):
        _checks.choice("part", str(name), SETS)
    X = {name: numbers[part == name, :-1] for name in SETS}
    y = {name: numbers[part == name, -1] for name in SETS}
    whole = Dataset(
        name="own",
        X=numbers[:, :-1],
        y=numbers[:, -1],
        feature_names=tuple(names[:-2]),
        target_name=names[-2],
        task=cast("Any", _checks.choice("task", task, ("binary", "multiclass", "regression"))),
        class_names=tuple(class_names),
        source=path,
    )
    return assemble(X, y, whole)


def prepare(setup: Setup, own: Dataset | None = None) -> Problem:
    """Draw or divide the data of a race, and standardise them.

    Synthetic data are drawn three times: n rows to train, n to validate and `TEST_ROWS` to test.  Real data
    are divided 60/20/20 by class, and n of the training rows are kept, by class again.

    Parameters
    ----------
    setup : Setup
        Of it data, n, noise and data_seed (0 to 1,000,000) are used.
    own : Dataset, optional
        What ``data="own"`` stands for.

    Returns
    -------
    Problem
        Of real data with at most n training rows: the training part may have fewer.

    Raises
    ------
    ParameterError
        ``unknown_choice`` (data), ``out_of_range`` (n, noise, data_seed) or ``not_an_integer`` (n, data_seed).
    DataError
        ``no_data`` (own without a data set), ``too_few_rows_to_split``, or as `reglib.datasets.fit_scaling`.
    """
    n = _checks.whole("n", setup.n, 10, MOST_ROWS)
    choices = (*datasets.PLANES, *REAL, "own")
    _checks.choice("data", setup.data, choices)
    seed = _checks.whole("data_seed", setup.data_seed, 0, 10**6)
    if setup.data in datasets.PLANES:
        drawn = {
            name: datasets.make_plane(setup.data, rows, noise=setup.noise, seed=seed + shift)
            for name, rows, shift in (
                ("train", n, 0),
                ("validation", n, 2_000_003),
                ("test", TEST_ROWS, 4_000_037),
            )
        }
        whole = drawn["train"]
        X = {name: part.X for name, part in drawn.items()}
        y = {name: part.y.astype(np.float64) for name, part in drawn.items()}
    else:
        if setup.data == "own" and own is None:
            raise DataError("no_data")
        whole = own if own is not None and setup.data == "own" else REAL[setup.data]()
        labels = None if whole.task == "regression" else whole.y
        split = datasets.split_rows(len(whole.y), seed=seed, labels=labels)
        kept = _some_of_each(split.train, labels, n, seed)
        rows_of = {"train": kept, "validation": split.validation, "test": split.test}
        X = {name: whole.X[rows] for name, rows in rows_of.items()}
        y = {name: np.asarray(whole.y, dtype=np.float64)[rows] for name, rows in rows_of.items()}
    return assemble(X, y, replace(whole, name=setup.data), drawn=setup.data in datasets.PLANES)


def _some_of_each(rows: NDArray[np.int64], labels: Any | None, n: int, seed: int) -> NDArray[np.int64]:
    """Keep `n` rows, every class in its share, so that a smaller n is part of a larger one."""
    order = np.random.default_rng(seed).permutation(rows)
    kind = np.zeros(len(order)) if labels is None else np.asarray(labels)[order]
    place = np.empty(len(order))
    for k in np.unique(kind):
        mine = kind == k
        place[mine] = (np.arange(mine.sum()) + 0.5) / mine.sum()
    return np.asarray(np.sort(order[np.argsort(place, kind="stable")[:n]]))


def _plane(X: Vector) -> Plane:
    p = X.shape[1]
    share = 1.0
    if p <= 2:
        origin, axes = np.zeros(p), np.eye(2)[:, :p]
    else:
        origin = X.mean(axis=0)
        _, singular, right = np.linalg.svd(X - origin, full_matrices=False)
        axes = np.zeros((2, p))
        axes[: len(right[:2])] = right[:2]
        # The sign of a direction is arbitrary: let its largest entry be positive.
        axes *= np.where(axes[np.arange(2), np.abs(axes).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
        total = float((singular**2).sum())
        share = float((singular[:2] ** 2).sum()) / total if total > 0 else 1.0
    points = (X - origin) @ axes.T
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum(0.12 * (high - low), 0.1)
    return Plane(origin, axes, np.column_stack([low - margin, high + margin]), points, share)


# --- the race itself ------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Race:
    """A race as far as it was run: frozen.

    F moments were recorded of K = P·S networks: penalty by penalty, S seeds each.

    Parameters
    ----------
    setup : Setup
        Of the last stretch.
    stretches : tuple of (int, Setup)
        Epoch at which each stretch of training began, and its settings.
    segments : tuple of Segment
        What was asked for, one after the other.
    epochs : ndarray of int, shape (F,)
    loss, score : dict of str to ndarray of shape (F, K)
        Mean data loss, without penalty, and accuracy or R²; by the names in `SETS`.
    l1_penalty, l2_penalty, sum_abs, sum_squares : ndarray of shape (F, K)
        λ1 Σ|w|, (λ2/2) Σw², Σ|w|, Σw².
    zeros : ndarray of int, shape (F, K, layers)
        Weights that are exactly 0.
    replay : dict of int to Networks
        By frame, the networks of the first seed, one per penalty; of large networks not every frame is kept.
    checkpoints : dict of int to State
        By frame, all that `Run.resume` needs; together at most `CHECKPOINT_BYTES`.
    stops : tuple of (Stop or None)
        One per network.
    complete : bool
        False if the run was stopped before its last epoch, or cut short at `WORK_SECONDS`.
    cut : bool
        Whether it was the latter.
    """

    setup: Setup
    stretches: tuple[tuple[int, Setup], ...]
    segments: tuple[Segment, ...]
    epochs: NDArray[np.int64]
    loss: dict[str, Vector]
    score: dict[str, Vector]
    l1_penalty: Vector
    l2_penalty: Vector
    sum_abs: Vector
    sum_squares: Vector
    zeros: NDArray[np.intp]
    replay: dict[int, Networks]
    checkpoints: dict[int, State]
    stops: tuple[Stop | None, ...]
    complete: bool
    cut: bool

    @property
    def penalties(self) -> tuple[str, ...]:
        """Who ran, in the order of the networks."""
        return self.setup.penalties

    def member(self, penalty: str, seed: int = 0) -> int:
        """Give the index of a network among the K.

        Parameters
        ----------
        penalty : str
            One of `penalties`; another raises ValueError.
        seed : int, optional
            Which of the S starts, 0 to S − 1; unchecked.

        Returns
        -------
        int
            0 to K − 1: S times the place of the penalty in `penalties`, plus seed.
        """
        return self.penalties.index(penalty) * self.setup.seeds + seed

    def of(self, values: Any, penalty: str) -> Any:
        """Give the columns of a recorded array that belong to a penalty.

        Parameters
        ----------
        values : ndarray of shape (F, K) or (F, K, …)
            One of this race's, such as `sum_abs` or `zeros`.
        penalty : str
            One of `penalties`; another raises ValueError.

        Returns
        -------
        ndarray of shape (F, S) or (F, S, …)
            A view.
        """
        first = self.member(penalty)
        return values[:, first : first + self.setup.seeds]

    def middle(self, values: Vector, penalty: str) -> tuple[Vector, Vector, Vector]:
        """Give the median over the seeds, and the band from the lower to the upper quartile.

        Parameters
        ----------
        values : ndarray of shape (F, K)
            One of this race's, such as `sum_abs`.
        penalty : str
            One of `penalties`; another raises ValueError.

        Returns
        -------
        median, low, high : ndarray of shape (F,)
            Quantiles 0.5, 0.25 and 0.75, interpolated linearly.
        """
        low, median, high = np.quantile(self.of(values, penalty), [0.25, 0.5, 0.75], axis=1)
        return median, low, high

    def stopped(self, frame: int) -> tuple[str, ...]:
        """Give the penalties of which a network had already been stopped at a frame.

        Parameters
        ----------
        frame : int
            0 to F − 1.

        Returns
        -------
        tuple of str
            In the order of `penalties`.
        """
        epoch = int(self.epochs[frame])
        late = [stop is not None and stop.epoch < epoch for stop in self.stops]
        return tuple(p for p in self.penalties if any(late[self.member(p) :][: self.setup.seeds]))

    def best(self, penalty: str) -> int:
        """Give the frame that early stopping would have kept: the lowest validation loss, median over the seeds.

        Parameters
        ----------
        penalty : str
            One of `penalties`; another raises ValueError.

        Returns
        -------
        int
            0 to F − 1; of equals the first.
        """
        return int(self.middle(self.loss["validation"], penalty)[0].argmin())

    def weights(self) -> int:
        """Count the weights of one network, intercepts left out.

        Returns
        -------
        int
            Σ fan_in · fan_out over the layers, zeros among them.
        """
        networks = next(iter(self.replay.values()))
        return sum(w.shape[1] * w.shape[2] for w in networks.weights)

    def nearest_replay(self, frame: int) -> int:
        """Give the recorded frame with weights that is nearest to a frame.

        Parameters
        ----------
        frame : int
            0 to F − 1.

        Returns
        -------
        int
            A key of `replay`; of two equally near the earlier.
        """
        return min(self.replay, key=lambda kept: abs(kept - frame))


def build(setup: Setup, problem: Problem) -> Stack:
    """Make the stack of a race and load its training data.

    With a warm-up it starts without any penalty.

    Parameters
    ----------
    setup : Setup
        All but data, n, noise, data_seed and epochs is used.
    problem : Problem
        From `prepare`, of the same setup.

    Returns
    -------
    Stack
        K = P·S networks, penalty by penalty; seed number s of every penalty starts from ``setup.seed`` + s.

    Raises
    ------
    ParameterError
        ``out_of_range``, ``not_a_number``, ``not_an_integer`` or ``unknown_choice``: a setting is outside its range,
        or a penalty is named twice or none is.
    DataError
        As `Stack.load`.
    """
    layers = _checks.whole("layers", setup.layers, 1, 4)
    units = _checks.whole("units", setup.units, 1, 64)
    seeds = _checks.whole("seeds", setup.seeds, 1, 16)
    batch = _checks.whole("batch", setup.batch, 0, 10**6)
    for penalty in setup.penalties:
        _checks.choice("penalties", penalty, PENALTIES)
    if len(set(setup.penalties)) != len(setup.penalties) or not setup.penalties:
        raise ParameterError("unknown_choice", name="penalties", value=setup.penalties, choices=PENALTIES)
    l1, l2 = _lambdas(setup, warm=setup.warmup > 0)
    stack = Stack(
        (problem.X["train"].shape[1], *(units,) * layers, problem.outputs),
        activation=setup.activation,
        task=problem.task,
        l1=l1,
        l2=l2,
        learning_rate=setup.learning_rate,
        momentum=setup.momentum,
        seed=np.tile(setup.seed + np.arange(seeds), len(setup.penalties)),
        batch_size=batch or None,
        order_seed=setup.seed,
    )
    return stack.load(problem.X["train"], problem.y["train"])


def _lambdas(setup: Setup, *, warm: bool) -> tuple[Vector, Vector]:
    on = 0.0 if warm else 1.0
    l1 = [on * setup.l1 * (penalty in ("l1", "elastic")) for penalty in setup.penalties]
    l2 = [on * setup.l2 * (penalty in ("l2", "elastic")) for penalty in setup.penalties]
    return np.repeat(l1, setup.seeds), np.repeat(l2, setup.seeds)


def epoch_seconds(networks: int, sizes: Sequence[int], rows: int, batch: int) -> float:
    """Estimate what an epoch of a stack takes on one core of 2024, the same on every machine.

    Parameters
    ----------
    networks : int
        K.
    sizes : sequence of int
        Units per layer, inputs first.
    rows, batch : int
        Training rows, at least 1, and rows per step; 0 is all of them.

    Returns
    -------
    float
        Seconds: per step 5e-5 and, for every row and network, 3e-10 for each weight or intercept and 5e-9 for each
        unit.
    """
    step = min(batch or rows, rows)
    weights = sum((low + 1) * high for low, high in pairwise(sizes))
    each = 5e-5 + step * networks * (3e-10 * weights + 5e-9 * sum(sizes[1:]))
    return each * -(-rows // step)


def _apply(stack: Stack, setup: Setup, *, warm: bool) -> None:
    l1, l2 = _lambdas(setup, warm=warm)
    stack.set(l1=l1, l2=l2, learning_rate=setup.learning_rate, momentum=setup.momentum)


def stack_at(race: Race, problem: Problem, frame: int) -> Stack:
    """Give the stack exactly as it was at a recorded moment, settings, velocity and batch order included.

    From the last checkpoint before that moment, the way there is trained again.

    Parameters
    ----------
    race : Race
    problem : Problem
        Of that race.
    frame : int
        0 to F − 1.

    Returns
    -------
    Stack
        New; training it does not change the race.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer``: there is no such frame; ``state_does_not_fit`` if the problem has not
        the race's inputs and outputs.
    """
    frame = _checks.whole("frame", frame, 0, len(race.epochs) - 1)
    stack = build(replace(race.setup, warmup=0), problem)
    stack.restore(race.checkpoints[max(kept for kept in race.checkpoints if kept <= frame)])
    goal = int(race.epochs[frame])
    for epoch, setup in race.stretches:
        if stack.epoch < epoch <= goal:
            stack.advance(epoch - stack.epoch)
            _apply(stack, setup, warm=False)
    return stack.advance(goal - stack.epoch)


def select(networks: Networks, members: Sequence[int]) -> Networks:
    """Pick some networks of a stack, as a smaller stack.

    Parameters
    ----------
    networks : Networks
        Of K networks.
    members : sequence of int
        At least one, each 0 to K − 1; unchecked.

    Returns
    -------
    Networks
        Copies, in the order of ``members``.
    """
    kind = networks.parameters.dtype
    flat = np.empty(len(networks.parameters) // networks.count * len(members), dtype=kind)
    pairs = zip(
        layer_views(flat, networks.sizes, len(members)),
        layer_views(networks.parameters, networks.sizes, networks.count),
        strict=True,
    )
    for mine, theirs in pairs:
        mine[...] = theirs[list(members)]
    flat.setflags(write=False)
    return Networks(networks.sizes, networks.activation, networks.task, len(members), flat)


@dataclass(frozen=True, eq=False)
class _Moment:
    epoch: int
    loss: dict[str, Vector]
    score: dict[str, Vector]
    l1_penalty: Vector
    l2_penalty: Vector
    sum_abs: Vector
    sum_squares: Vector
    zeros: NDArray[np.intp]
    replay: Networks | None
    state: State | None


_SERIES = ("l1_penalty", "l2_penalty", "sum_abs", "sum_squares", "zeros")


def check_warmup(warmup: int, epochs: int) -> int:
    """Return a warm-up that leaves epochs for the penalty.

    Parameters
    ----------
    warmup : int
        Epochs without a penalty, 0 to 20,000.
    epochs : int
        Epochs that are trained, the warm-up among them, at least 1.

    Returns
    -------
    int

    Raises
    ------
    ParameterError
        As `reglib._checks.whole`; ``warmup_too_long`` (warmup, epochs) unless warmup is 0 or less than epochs.
    """
    checked = _checks.whole("warmup", warmup, 0, 20_000)
    if 0 < epochs <= checked:
        raise ParameterError("warmup_too_long", warmup=checked, epochs=epochs)
    return checked


class Run:
    """A race under way; a very long one is cut short at `WORK_SECONDS`, and can be continued from there.

    Parameters
    ----------
    setup : Setup
    problem : Problem
        From `prepare`, of the same setup.
    until : int, optional
        Epoch after which it ends, if that is before the setup's last one.

    Attributes
    ----------
    done : bool
        Whether the last epoch is trained, or every network has been stopped.

    Raises
    ------
    ParameterError, DataError
        As `build`; ``out_of_range`` if the epochs are not 1 to 20,000, ``warmup_too_long`` (warmup, epochs) if
        the warm-up leaves none of the epochs that are trained.
    """

    def __init__(self, setup: Setup, problem: Problem, until: int | None = None) -> None:
        self.problem = problem
        self._stack = build(setup, problem)
        self._moments: list[_Moment] = []
        self._stretches: list[tuple[int, Setup]] = []
        self._before: tuple[Segment, ...] = ()
        self._begin(setup, until)
        self._record()

    def _begin(self, setup: Setup, until: int | None) -> None:
        epochs = _checks.whole("epochs", setup.epochs, 1, 20_000)
        self.setup = setup
        self._first = self._stack.epoch
        seconds = epoch_seconds(self._stack.count, self._stack.sizes, self.problem.rows("train"), setup.batch)
        self._cut = epochs * seconds > WORK_SECONDS
        epochs = min(epochs, max(1, int(WORK_SECONDS / seconds)))
        self._last = self._first + epochs
        self._end = self._last if until is None else max(self._first, min(self._last, until))
        self._switch = self._first + check_warmup(setup.warmup, epochs)
        self._stride = -(-epochs // FRAMES)
        if setup.warmup:
            self._stretches.append((self._first, replace(setup, l1=0.0, l2=0.0, warmup=0)))
        if self._switch < self._end:
            self._stretches.append((self._switch, replace(setup, warmup=0)))

    @classmethod
    def resume(cls, race: Race, problem: Problem, frame: int, setup: Setup, until: int | None = None) -> Run:
        """Go back to a recorded moment and go on from there with other settings.

        Weights, velocity and batch order are those of that moment to the last bit: from the checkpoint before
        it, the way there is trained again.

        Parameters
        ----------
        race : Race
        problem : Problem
            Of that race.
        frame : int
            0 to F − 1.
        setup : Setup
            λ's, learning rate, momentum and epochs may differ from the race's, nothing else.
        until : int, optional
            As the class.

        Returns
        -------
        Run
            Standing at that moment, which it has recorded; the moments before it are the race's.

        Raises
        ------
        ParameterError
            ``cannot_continue`` if anything else differs; ``out_of_range`` or ``not_an_integer`` for frame and settings;
            ``warmup_too_long``, as the class.
        """
        frame = _checks.whole("frame", frame, 0, len(race.epochs) - 1)
        if not setup.continues(race.setup):
            raise ParameterError("cannot_continue")
        run = cls.__new__(cls)
        run.problem = problem
        run._stack = stack_at(race, problem, frame)
        goal = int(race.epochs[frame])
        run._moments = [_moment(race, k) for k in range(frame)]
        run._stretches = [(epoch, old) for epoch, old in race.stretches if epoch < goal]
        starts = (0, *(segment.until for segment in race.segments))
        run._before = tuple(
            replace(segment, until=min(segment.until, goal))
            for start, segment in zip(starts, race.segments, strict=False)
            if start < goal
        )
        run._begin(setup, until)
        run._apply(setup, warm=setup.warmup > 0)
        run._record()
        return run

    def _apply(self, setup: Setup, *, warm: bool) -> None:
        _apply(self._stack, setup, warm=warm)

    @property
    def done(self) -> bool:
        """Whether the last epoch is trained, or every network has been stopped."""
        return self._stack.epoch >= self._end or all(stop is not None for stop in self._stack.stops)

    @property
    def progress(self) -> float:
        """Share of the epochs trained, 0 to 1."""
        return 1.0 if self.done else (self._stack.epoch - self._first) / (self._end - self._first)

    @property
    def epoch(self) -> int:
        """Epochs trained, from the start of the race."""
        return self._stack.epoch

    @property
    def end(self) -> int:
        """Epoch after which it ends."""
        return self._end

    @property
    def recorded(self) -> int:
        """Last epoch of which there is a record."""
        return self._moments[-1].epoch

    def advance(self, seconds: float) -> float:
        """Train on for about this long, at least one epoch, and give `progress`; when done, do nothing.

        Parameters
        ----------
        seconds : float
            Time after which no further epoch is begun; 0 or less for one.

        Returns
        -------
        float
            0 to 1; 1 when done.
        """
        end = time.perf_counter() + seconds
        while not self.done:
            self._stack.advance(1)
            if self._stack.epoch == self._switch and self._first < self._switch < self._end:
                self._apply(self.setup, warm=False)
                self._record()
            elif (self._stack.epoch - self._first) % self._stride == 0 or self.done:
                self._record()
            if time.perf_counter() >= end:
                break
        return self.progress

    def _record(self) -> None:
        parts = {name: (self.problem.X[name], self.problem.y[name]) for name in SETS[1:]}
        frame = self._stack.frame(**parts)
        seeds = self.setup.seeds
        members = range(0, self._stack.count, seeds)
        self._moments.append(
            _Moment(
                epoch=frame.epoch,
                loss=frame.data_loss,
                score=frame.score,
                replay=select(frame.state.networks, members),
                state=frame.state,
                **{name: getattr(frame, name) for name in _SERIES},
            )
        )
        self._thin()

    def _thin(self) -> None:
        """Keep the memory bounded: fewer moments of a long race, fewer weights of a large one."""
        fixed = {epoch for epoch, _ in self._stretches} | {0, self._moments[-1].epoch}
        if len(self._moments) > _MOST_FRAMES:
            self._moments = [m for k, m in enumerate(self._moments) if k % 2 == 0 or m.epoch in fixed]
        for name, limit in (("state", CHECKPOINT_BYTES), ("replay", _WEIGHT_BYTES)):
            while True:
                kept = [k for k, m in enumerate(self._moments) if getattr(m, name) is not None]
                if sum(_size(getattr(self._moments[k], name)) for k in kept) <= limit:
                    break
                spare = [k for k in kept[1:-1:2] if self._moments[k].epoch not in fixed]
                if not spare:
                    break
                for k in spare:
                    without: dict[str, Any] = {name: None}
                    self._moments[k] = replace(self._moments[k], **without)

    def result(self) -> Race:
        """Freeze what there is, the very last epoch included.

        Returns
        -------
        Race
            Unchanged by further training; its last frame is the epoch reached.
        """
        if self._moments[-1].epoch < self._stack.epoch:
            self._record()
        return self.so_far()

    def so_far(self) -> Race:
        """Give the moments recorded until now, to look at while it goes on; `result` also has the very last.

        Returns
        -------
        Race
            Its last frame is of epoch `recorded`.
        """
        moments = self._moments
        return Race(
            setup=self.setup,
            stretches=tuple(self._stretches),
            segments=(*self._before, Segment(self.setup, moments[-1].epoch)),
            epochs=np.array([m.epoch for m in moments]),
            loss={name: np.stack([m.loss[name] for m in moments]) for name in SETS},
            score={name: np.stack([m.score[name] for m in moments]) for name in SETS},
            replay={k: m.replay for k, m in enumerate(moments) if m.replay is not None},
            checkpoints={k: m.state for k, m in enumerate(moments) if m.state is not None},
            stops=self._stack.stops,
            complete=self.done and self._end == self._last and not self._cut,
            cut=self._cut and self._stack.epoch == self._end == self._last,
            **{name: np.stack([getattr(m, name) for m in moments]) for name in _SERIES},
        )


class Replan:
    """A race trained again from its segments, piece by piece as a `Run` is.

    Parameters
    ----------
    segments : sequence of Segment
        Of a `Race`: at least one, each continuing the one before it.
    problem : Problem

    Raises
    ------
    ParameterError, DataError
        As `Run`; ``no_data`` without a segment.
    """

    def __init__(self, segments: Sequence[Segment], problem: Problem) -> None:
        self.problem = problem
        self._segments = tuple(segments)
        if not self._segments:
            raise DataError("no_data")
        self._at = 0
        self._run = Run(self._segments[0].setup, problem, self._segments[0].until)

    @property
    def done(self) -> bool:
        """Whether the last segment is trained."""
        return self._run.done and self._at == len(self._segments) - 1

    @property
    def epoch(self) -> int:
        """Epochs trained."""
        return self._run.epoch

    @property
    def end(self) -> int:
        """Epoch after which it ends."""
        return self._segments[-1].until

    @property
    def recorded(self) -> int:
        """Last epoch of which there is a record."""
        return self._run.recorded

    def advance(self, seconds: float) -> float:
        """Train on for about this long, at least one epoch, and give the share done.

        Each segment counts alike, whatever its length.

        Parameters
        ----------
        seconds : float
            Time after which no further epoch is begun; 0 or less for one.

        Returns
        -------
        float
            0 to 1; 1 when done.

        Raises
        ------
        ParameterError, DataError
            As `Run.resume`, where a segment does not continue the one before it.
        """
        if self._run.done and not self.done:
            race = self._run.result()
            self._at += 1
            segment = self._segments[self._at]
            self._run = Run.resume(race, self.problem, len(race.epochs) - 1, segment.setup, segment.until)
        return (self._at + self._run.advance(seconds)) / len(self._segments)

    def result(self) -> Race:
        """Freeze what there is.

        Returns
        -------
        Race
            As `Run.result`, from the first segment on.
        """
        return self._run.result()

    def so_far(self) -> Race:
        """Give the moments recorded until now, to look at while it goes on.

        Returns
        -------
        Race
            As `Run.so_far`, from the first segment on.
        """
        return self._run.so_far()


def retrain(segments: Sequence[Segment], problem: Problem) -> Race:
    """Train a run of several segments to its end.

    Parameters
    ----------
    segments, problem
        As in `Replan`.

    Returns
    -------
    Race
        Its networks are, to the last bit, those of the race whose segments these are.

    Raises
    ------
    ParameterError, DataError
        As `Replan` and `Replan.advance`.
    """
    run = Replan(segments, problem)
    while not run.done:
        run.advance(1.0)
    return run.result()


def _size(kept: State | Networks) -> int:
    return kept.nbytes if isinstance(kept, State) else int(kept.parameters.nbytes)


def _moment(race: Race, frame: int) -> _Moment:
    return _Moment(
        epoch=int(race.epochs[frame]),
        loss={name: values[frame] for name, values in race.loss.items()},
        score={name: values[frame] for name, values in race.score.items()},
        replay=race.replay.get(frame),
        state=race.checkpoints.get(frame),
        **{name: getattr(race, name)[frame] for name in _SERIES},
    )


# --- pictures of a race ---------------------------------------------------------------------------


def maps(race: Race, problem: Problem, frames: Sequence[int], size: int) -> NDArray[np.uint8]:
    """Evaluate the first seed's networks on the plane at some frames, as bytes for a picture.

    Parameters
    ----------
    race : Race
    problem : Problem
        Of that race.
    frames : sequence of int
        Keys of ``race.replay``.
    size : int
        Points along each side.

    Returns
    -------
    ndarray of uint8, shape (len(frames), penalties, size, size)
        Binary: 255 × probability of class 1.  Regression: the value between the lowest and the highest
        training target, clipped.  Multiclass: with L = 250 // classes levels, class · L + its probability
        scaled to 0 … L − 1.
    """
    grid = problem.plane.grid(size)
    out = np.empty((len(frames), len(race.penalties), size * size), dtype=np.uint8)
    low, high = float(problem.y["train"].min()), float(problem.y["train"].max())
    for row, frame in enumerate(frames):
        values = race.replay[frame].predict(grid)
        if problem.task == "multiclass":
            levels = 250 // values.shape[2]
            out[row] = values.argmax(axis=2) * levels + np.rint(values.max(axis=2) * (levels - 1))
        else:
            if problem.task == "regression":
                values = (values - low) / ((high - low) or 1.0)
            out[row] = np.rint(np.clip(values, 0, 1) * 255)
    return out.reshape(len(frames), len(race.penalties), size, size)


def confusion(race: Race, problem: Problem, frame: int, part: str = "test") -> NDArray[np.int64]:
    """Count true class against predicted class of the first seed's networks.

    Parameters
    ----------
    race : Race
        Of a classification.
    problem : Problem
        Of that race.
    frame : int
        0 to F − 1; the networks are those of `Race.nearest_replay`, the nearest frame with weights.
    part : {"train", "validation", "test"}, optional

    Returns
    -------
    ndarray of int, shape (penalties, classes, classes)
        Rows by penalty, true class and predicted class; for each penalty they sum to the part's rows.
    """
    networks = race.replay[race.nearest_replay(frame)]
    scores = networks.predict(problem.X[part])
    guess = scores > 0.5 if problem.task == "binary" else scores.argmax(axis=2)
    classes = max(2, len(problem.class_names))
    truth = problem.y[part].astype(np.int64)
    return np.stack(
        [
            np.bincount(truth * classes + mine.astype(np.int64), minlength=classes**2).reshape(
                classes, classes
            )
            for mine in guess
        ]
    )
