"""Training a stack of networks: epochs, settings changed in between, snapshots, recording, divergence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib.errors import DataError, ParameterError
from reglib.mlp.networks import (
    ACTIVATIONS,
    TASKS,
    Array,
    Networks,
    check_inputs,
    check_sizes,
    check_targets,
    layer_views,
    parameter_count,
)
from reglib.mlp.step import L1_STEPS, Batch, Call, Gradient, batches_of, update_calls

Vector = NDArray[np.float64]

# Largest value of λ1, λ2 and learning rate that is taken.
LARGEST_SETTING = 1e6
# Of epochs and of rows per batch.
LARGEST_COUNT = 10**9
# Up to here float64 holds every whole number.
LARGEST_SEED = 2**53
# A weight this many times larger than 1, or than the largest target, has diverged.
WEIGHT_LIMIT = 1e9
# Up to this many inputs the curvature of a linear model is worked out for the stability check.
CURVATURE_INPUTS = 1024


@dataclass(frozen=True, eq=False)
class Settings:
    """What may differ between the networks of a stack and change between calls.

    Parameters
    ----------
    l1, l2 : ndarray of shape (K,)
        λ1 and λ2, from 0 to 1e6.
    learning_rate : ndarray of shape (K,)
        η, above 0 and up to 1e6.
    momentum : ndarray of shape (K,)
        m, from 0 to below 1.
    l1_step : tuple of K str
        Rules for the L1 step: ``"proximal"``, ``"subgradient"`` or ``"freeze"``.
    """

    l1: Vector
    l2: Vector
    learning_rate: Vector
    momentum: Vector
    l1_step: tuple[str, ...]


@dataclass(frozen=True)
class Stop:
    """Why a network was stopped.

    Parameters
    ----------
    epoch : int
        Epochs it had finished when it was stopped; its weights are those of that moment.
    code : {"step_too_large", "weights_too_large", "not_finite"}
        The step is beyond the stability limit (`Stack.stability`), a weight grew beyond `limit`, or a
        weight became infinite or not a number.
    value, limit : float
        What was found, and what is allowed; both nan for ``"not_finite"``.
    """

    epoch: int
    code: str
    value: float
    limit: float


@dataclass(frozen=True, eq=False)
class State:
    """Everything that training needs to go on exactly as it would have: immutable.

    Parameters
    ----------
    networks : Networks
        The weights, ready to predict.
    velocity : ndarray
        Flat, as the parameters.
    alive : ndarray of bool or None
        False where the freeze rule has killed a weight; None where all are alive.
    epoch : int
        Epochs trained.
    order : tuple of int
        State of the generator of the batch order.
    settings : Settings
    stops : tuple of (Stop or None)
        One per network.
    """

    networks: Networks
    velocity: Array
    alive: Array | None
    epoch: int
    order: tuple[int, int, int, int]
    settings: Settings
    stops: tuple[Stop | None, ...]

    @property
    def nbytes(self) -> int:
        """Memory of its arrays, in bytes: about 2·K·P numbers, with P weights and intercepts each."""
        s = self.settings
        arrays = [self.networks.parameters, self.velocity, s.l1, s.l2, s.learning_rate, s.momentum]
        return sum(array.nbytes for array in arrays) + (0 if self.alive is None else self.alive.nbytes)


@dataclass(frozen=True, eq=False)
class Frame:
    """One recorded moment of a training run.

    Parameters
    ----------
    state : State
        Weights to replay, and all that `Stack.restore` needs to go on from here.
    data_loss : dict of str to ndarray of shape (K,)
        Mean data loss, without penalty, on ``"train"`` and on every other set that was given.
    score : dict of str to ndarray of shape (K,)
        Accuracy or R² on the same sets.
    l1_penalty, l2_penalty : ndarray of shape (K,)
        λ1 Σ|w| and (λ2/2) Σw².
    sum_abs, sum_squares : ndarray of shape (K,)
        Σ|w| and Σw².
    zeros : ndarray of shape (K, layers)
        Weights that are exactly 0.
    """

    state: State
    data_loss: dict[str, Vector]
    score: dict[str, Vector]
    l1_penalty: Vector
    l2_penalty: Vector
    sum_abs: Vector
    sum_squares: Vector
    zeros: NDArray[np.intp]

    @property
    def epoch(self) -> int:
        """Epochs trained."""
        return self.state.epoch

    @property
    def objective(self) -> Vector:
        """Training data loss plus both penalties, (K,)."""
        return self.data_loss["train"] + self.l1_penalty + self.l2_penalty


@dataclass(frozen=True, eq=False)
class StepParts:
    """One step of one weight taken apart, for each of the K networks.

    ``before + momentum + data + l2 + l1`` is ``after``, to rounding.

    Parameters
    ----------
    before, after : ndarray of shape (K,)
        The weight.
    momentum : ndarray of shape (K,)
        m v, what the velocity carries on.
    data : ndarray of shape (K,)
        −η g.
    l2 : ndarray of shape (K,)
        −η λ2 w.
    l1 : ndarray of shape (K,)
        What the rule for the L1 step adds.
    gradient : ndarray of shape (K,)
        g, of the data loss alone.
    """

    before: Vector
    momentum: Vector
    data: Vector
    l2: Vector
    l1: Vector
    after: Vector
    gradient: Vector


class Stack:
    r"""K networks of one architecture that share data and batch order, trained in lockstep.

    Each network minimises, over its weights w and its unpenalised intercepts,

    .. math:: \frac1n \sum_i \ell(y_i, f(x_i; w)) + \lambda_1 \lVert w\rVert_1
              + \frac{\lambda_2}{2} \lVert w\rVert_2^2

    by mini-batch steps with heavy-ball momentum.  With g the data gradient of the batch and
    u = m v − η g − η λ2 w, the rules for the L1 step are

    - ``"proximal"``: w⁺ = S(w + u, η λ1), S the soft threshold; v⁺ = w⁺ − w (Parikh & Boyd, *Proximal
      Algorithms*, 2014, section 4.3, with the prox inside the velocity, so that momentum does not change
      where it ends),
    - ``"subgradient"``: v⁺ = u − η λ1 sign(w), w⁺ = w + v⁺,
    - ``"freeze"``: d = w + u, then d − η λ1 sign(w); a weight that this second step carries across 0
      becomes 0 and stays 0 for good (TensorFlow Playground's rule).

    Weights start as N(0, 1/fan-in), intercepts at 0.  A network starts from its own seed alone: equal seeds
    start equal, whatever the size of the stack.  Equal arguments give equal results, bit for bit, and a
    network in a stack ends bit for bit where it ends alone: its products have the same shapes and layout (only
    a matrix library whose sums depend on where in memory they stand could tell them apart).

    Parameters
    ----------
    sizes : sequence of int
        Units per layer, inputs first, outputs last.
    activation : {"tanh", "relu", "sigmoid", "linear"}, default "tanh"
    task : {"binary", "multiclass", "regression"}, default "binary"
        Binary: one output, classes 0 and 1.  Multiclass: one output per class, classes 0, 1, ….
    l1, l2 : float or array_like of shape (K,), default 0
        λ1 and λ2, from 0 to 1e6.
    learning_rate : float or array_like of shape (K,), default 0.1
        η, above 0 and up to 1e6.
    momentum : float or array_like of shape (K,), default 0
        m, from 0 to below 1.
    l1_step : {"proximal", "subgradient", "freeze"} or sequence of K of them, default "proximal"
    seed : int or array_like of shape (K,), default 0
        Starts of the weights; up to 2⁵³.
    batch_size : int or None, default None
        Rows per step; the last batch of an epoch takes what is left.  None, or anything not below n, is all
        rows, in their own order.
    order_seed : int, default 0
        Of the batch order, which all networks share.
    shuffle : bool, default True
        A new order for every epoch, else the rows as they came.
    dtype : {"float32", "float64"}, default "float32"
        Of training; evaluation is always in float64.  In float32 a step below about 1e-7 of a weight is
        lost to rounding.

    Attributes
    ----------
    count : int
        K.
    epoch : int
        Epochs trained.
    settings : Settings
    stops : tuple of (Stop or None)
        When and why each network was stopped, None while it trains.

    Raises
    ------
    ParameterError
        ``unknown_choice``, ``out_of_range``, ``not_a_number``, ``not_an_integer``, ``sizes_invalid``,
        ``outputs_do_not_fit_task``, or ``lengths_differ`` if the arrays are not of one length K.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "tanh",
        task: str = "binary",
        l1: ArrayLike = 0.0,
        l2: ArrayLike = 0.0,
        learning_rate: ArrayLike = 0.1,
        momentum: ArrayLike = 0.0,
        l1_step: str | Sequence[str] = "proximal",
        seed: ArrayLike = 0,
        batch_size: int | None = None,
        order_seed: int = 0,
        shuffle: bool = True,
        dtype: str = "float32",
    ) -> None:
        self.activation = _checks.choice("activation", activation, ACTIVATIONS)
        self.task = _checks.choice("task", task, TASKS)
        self.dtype = np.dtype(_checks.choice("dtype", dtype, ("float32", "float64")))
        self.sizes = check_sizes(sizes, task)
        self.shuffle = shuffle
        self.batch_size = (
            None if batch_size is None else _checks.whole("batch_size", batch_size, 1, LARGEST_COUNT)
        )
        self._rng = np.random.default_rng(_checks.whole("order_seed", order_seed, 0, LARGEST_SEED))

        rules = _rules(l1_step)
        given: dict[str, Any] = {"l1": l1, "l2": l2, "learning_rate": learning_rate, "momentum": momentum}
        lengths = {np.size(value) for value in (*given.values(), seed, rules)} - {1}
        if len(lengths) > 1 or 0 in lengths:
            raise ParameterError("lengths_differ", lengths=tuple(sorted(lengths)))
        self.count = lengths.pop() if lengths else 1
        self.settings = self._checked(l1_step=rules, **given)
        seeds = np.broadcast_to(_per_network("seed", seed, 0, LARGEST_SEED), self.count)

        total = self.count * parameter_count(self.sizes)
        self._parameters = np.zeros(total, dtype=self.dtype)
        self._velocity, self._gradient = np.zeros_like(self._parameters), np.zeros_like(self._parameters)
        self._last_good = np.zeros_like(self._parameters)
        self._alive = np.ones(total, dtype=bool)
        views = layer_views(self._parameters, self.sizes, self.count)
        for network, one_seed in enumerate(seeds):
            rng = np.random.default_rng(_checks.whole("seed", one_seed, 0, LARGEST_SEED))
            for view in views:
                fan_out, fan_in = view.shape[1], view.shape[2] - 1
                view[network, :, :-1] = rng.standard_normal((fan_in, fan_out)).T / np.sqrt(fan_in)
        self.epoch = 0
        self.stops: tuple[Stop | None, ...] = (None,) * self.count
        # Last good weights of stopped networks; in the running arrays these are 0, so that they stay finite.
        self._held: dict[int, Array] = {}
        # What was loaded, for evaluation and, with a column of ones, for training.
        self._checked_data: tuple[Vector, Vector] | None = None
        self._data: tuple[Array, Array] | None = None
        self._curvature: Array | None = None
        self._weight_limit = WEIGHT_LIMIT
        self._program: list[tuple[Gradient, list[Batch]]] | None = None
        self._update: list[Call] = []
        self._mixed: tuple[Array, Array] | None = None
        self._turned: list[tuple[Array, Array]] = []

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the compiled calls: they hold views, which a copy would tear from their arrays."""
        return self.__dict__ | {"_program": None, "_update": [], "_mixed": None, "_turned": []}

    # ---------------------------------------------------------------- data and settings

    def load(self, X: ArrayLike, y: ArrayLike) -> Stack:
        """Give all networks their training data; weights and epochs are kept.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like of shape (n,), or (n, outputs) for a regression with several outputs

        Returns
        -------
        Stack
            Itself.

        Raises
        ------
        DataError
            ``not_numbers``, ``not_finite``, ``too_large``, ``wrong_shape``, ``too_few_rows``,
            ``not_a_class``.
        """
        inputs = check_inputs(X, self.sizes[0])
        targets = check_targets(y, inputs.shape[0], self.task, self.sizes[-1])
        for name, values in (("X", inputs), ("y", targets)):
            if np.abs(values).max() > np.finfo(self.dtype).max:
                row = int(np.abs(values).max(axis=1).argmax())
                raise DataError("too_large", name=name, row=row, limit=float(np.finfo(self.dtype).max))
        n = inputs.shape[0]
        extended = np.ones((n, self.sizes[0] + 1), dtype=self.dtype)
        extended[:, :-1] = inputs
        self._checked_data = inputs, targets
        self._data = extended, targets.astype(self.dtype)
        self._weight_limit = WEIGHT_LIMIT * max(1.0, float(np.abs(targets).max()))
        # Only a linear model under the squared loss has one curvature everywhere.
        linear = len(self.sizes) == 2 and self.task == "regression" and self.sizes[0] <= CURVATURE_INPUTS
        self._curvature = extended.T.astype(np.float64) @ extended / n if linear else None
        self._program = None
        return self

    def set(
        self,
        *,
        l1: ArrayLike | None = None,
        l2: ArrayLike | None = None,
        learning_rate: ArrayLike | None = None,
        momentum: ArrayLike | None = None,
        l1_step: str | Sequence[str] | None = None,
    ) -> None:
        """Change settings from the next step on; what is left out stays.

        A network whose rule is no longer ``"freeze"`` gets its dead weights back; one whose momentum is or was
        0 starts from rest.  A stopped network stays stopped: `restore` an earlier state to try again.

        Parameters
        ----------
        l1, l2, learning_rate, momentum : float or array_like of shape (K,)
        l1_step : str or sequence of K str

        Raises
        ------
        ParameterError
            As the class.
        """
        old = self.settings
        self.settings = self._checked(
            old.l1 if l1 is None else l1,
            old.l2 if l2 is None else l2,
            old.learning_rate if learning_rate is None else learning_rate,
            old.momentum if momentum is None else momentum,
            old.l1_step if l1_step is None else l1_step,
        )
        thaw = np.array([rule != "freeze" for rule in self.settings.l1_step])
        self._by_network(self._alive)[thaw] = True
        # Without momentum before, too: beside networks that have it, there is a velocity that was not used.
        self._by_network(self._velocity)[(old.momentum == 0) | (self.settings.momentum == 0)] = 0
        self._program = None

    def _checked(
        self,
        l1: ArrayLike,
        l2: ArrayLike,
        learning_rate: ArrayLike,
        momentum: ArrayLike,
        l1_step: str | Sequence[str],
    ) -> Settings:
        tiny = float(np.finfo(np.float32).tiny)
        numbers = {
            "l1": _per_network("l1", l1, 0, LARGEST_SETTING),
            "l2": _per_network("l2", l2, 0, LARGEST_SETTING),
            "learning_rate": _per_network("learning_rate", learning_rate, tiny, LARGEST_SETTING),
            "momentum": _per_network("momentum", momentum, 0, float(np.nextafter(1, 0))),
        }
        rules = _rules(l1_step)
        lengths = {value.size for value in (*numbers.values(), np.array(rules))} - {1, self.count}
        if lengths:
            raise ParameterError("lengths_differ", lengths=(self.count, *sorted(lengths)))
        spread = {}
        for name, value in numbers.items():
            spread[name] = np.broadcast_to(value, self.count).astype(np.float64)
            spread[name].setflags(write=False)
        return Settings(**spread, l1_step=rules * self.count if len(rules) == 1 else rules)

    def stability(self) -> tuple[Vector, Vector]:
        """Where each network's step stands against its stability limit.

        With heavy-ball momentum m the step on a quadratic of curvature c settles for 0 < η c < 2(1 + m) and
        without momentum is smooth below 1 (Polyak 1964).  Here c is λ2 alone for a network, whose data
        curvature changes from place to place; for a linear model under the squared loss it is the largest
        eigenvalue of the Hessian of data loss and L2 penalty.  A network at or beyond its limit is stopped.

        Returns
        -------
        value, limit : ndarray of shape (K,)
            η c and 2(1 + m).
        """
        curvature = self.settings.l2.copy()
        if self._curvature is not None:
            penalised = np.ones(len(self._curvature))
            penalised[-1] = 0.0
            known: dict[float, float] = {}
            for network, l2 in enumerate(self.settings.l2):
                if l2 not in known:
                    known[l2] = float(np.linalg.eigvalsh(self._curvature + l2 * np.diag(penalised))[-1])
                curvature[network] = known[l2]
        return self.settings.learning_rate * curvature, 2.0 * (1.0 + self.settings.momentum)

    # ---------------------------------------------------------------- training

    def advance(self, epochs: int = 1) -> Stack:
        """Train on for some epochs from where it is.

        After every epoch each network is checked: one with a weight that is infinite, not a number or larger
        than 1e9 (times the largest absolute target, where that is above 1) goes back to its weights of the
        end of the epoch before and is stopped; so is, before it starts, one whose step is at or beyond the
        limit of `stability`.  The rest train on.

        Parameters
        ----------
        epochs : int
            0 or more.

        Returns
        -------
        Stack
            Itself.

        Raises
        ------
        ParameterError
            ``out_of_range``, ``not_a_number`` or ``not_an_integer``.
        DataError
            ``no_data`` if nothing was loaded.
        """
        rounds = _checks.whole("epochs", epochs, 0, LARGEST_COUNT)
        inputs, targets = _loaded(self._data)
        n, p = len(inputs), self._parameters
        limit = self._weight_limit**2
        with np.errstate(all="ignore"):
            for _ in range(rounds):
                if self._program is None:
                    self._compile()
                program = cast("list[tuple[Gradient, list[Batch]]]", self._program)
                if self._mixed is not None:
                    order = self._rng.permutation(n)
                    inputs.take(order, 0, self._mixed[0], "clip")
                    targets.take(order, 0, self._mixed[1], "clip")
                    for copy, rows in self._turned:
                        np.copyto(copy, rows)
                np.copyto(self._last_good, p)
                for gradient, batches in program:
                    gradient.run(batches, self._update)
                # One number tells that all is well; it is not when it overflows, so then look closer.
                if not p.dot(p) < limit:
                    self._stop_diverged()
                self.epoch += 1
        return self

    def _compile(self) -> None:
        """Make the calls of one epoch, after stopping networks whose step is too large."""
        inputs, targets = _loaded(self._data)
        value, limit = self.stability()
        for network in np.flatnonzero(value >= limit):
            if self.stops[network] is None:
                self._stop(int(network), "step_too_large", float(value[network]), float(limit[network]))
        running = np.array([stop is None for stop in self.stops])
        rates = self.settings.learning_rate * running
        n = len(inputs)
        batch = n if self.batch_size is None else min(self.batch_size, n)
        self._mixed = (np.empty_like(inputs), np.empty_like(targets)) if batch < n and self.shuffle else None
        x, y = self._mixed or (inputs, targets)
        full = n - n % batch
        self._program, self._turned = [], []
        for start, stop, size in ((0, full, batch), (full, n, n % batch)):
            if start < stop:
                gradient = Gradient(
                    self.sizes, self.activation, self.task, self._parameters, self._gradient, rates, size
                )
                batches, turned = batches_of(x[start:stop], y[start:stop], size)
                self._program.append((gradient, batches))
                self._turned += turned
        self._update = update_calls(
            self.sizes,
            self._parameters,
            self._gradient,
            self._velocity,
            self._alive,
            # Of stopped networks too: it does not move them from 0, and the calls stay the same for the rest.
            decay=self.settings.learning_rate * self.settings.l2,
            thresholds=self.settings.learning_rate * self.settings.l1,
            momentum=self.settings.momentum,
            rules=self.settings.l1_step,
        )

    def _stop_diverged(self) -> None:
        rows, good = self._by_network(self._parameters), self._by_network(self._last_good)
        largest = np.abs(rows).max(axis=1)
        for network in np.flatnonzero(~(largest <= self._weight_limit)):
            finite = bool(np.isfinite(largest[network]))
            rows[network] = good[network]
            value, limit = (float(largest[network]), self._weight_limit) if finite else (np.nan, np.nan)
            self._stop(int(network), "weights_too_large" if finite else "not_finite", value, limit)

    def _stop(self, network: int, code: str, value: float, limit: float) -> None:
        stops = list(self.stops)
        stops[network] = Stop(self.epoch, code, value, limit)
        self.stops = tuple(stops)
        self._hold(network)
        self._program = None

    def _hold(self, network: int) -> None:
        """Put the network's weights aside and 0 in their place."""
        parameters = self._by_network(self._parameters)[network]
        self._held[network] = parameters.copy()
        parameters[:] = 0
        self._by_network(self._velocity)[network] = 0

    def _by_network(self, flat: Array) -> Array:
        return flat.reshape(self.count, -1)

    # ---------------------------------------------------------------- states and frames

    def state(self) -> State:
        """Take a snapshot: weights, velocity, dead weights, epoch, batch order, settings and stops.

        Returns
        -------
        State
            A read-only copy, which further training does not change.
        """
        parameters, velocity = self._parameters.copy(), self._velocity.copy()
        for network, values in self._held.items():
            self._by_network(parameters)[network] = values
        alive = None if self._alive.all() else self._alive.copy()
        for array in (parameters, velocity, alive):
            if array is not None:
                array.setflags(write=False)
        generator = cast("dict[str, Any]", self._rng.bit_generator.state)
        order = (
            generator["state"]["state"],
            generator["state"]["inc"],
            generator["has_uint32"],
            generator["uinteger"],
        )
        networks = Networks(self.sizes, self.activation, self.task, self.count, parameters)
        return State(networks, velocity, alive, self.epoch, order, self.settings, self.stops)

    def restore(self, state: State) -> None:
        """Go back to a snapshot, settings included; training then repeats itself exactly.

        Parameters
        ----------
        state : State
            Of this stack or of one with the same sizes, activation, task, K and dtype.

        Raises
        ------
        ParameterError
            ``state_does_not_fit``.
        """
        other = state.networks
        mine = (self.sizes, self.activation, self.task, self.count, self.dtype)
        if mine != (other.sizes, other.activation, other.task, other.count, other.parameters.dtype):
            raise ParameterError("state_does_not_fit")
        np.copyto(self._parameters, other.parameters)
        np.copyto(self._velocity, state.velocity)
        np.copyto(self._alive, True if state.alive is None else state.alive)
        self.epoch, self.settings, self.stops = state.epoch, state.settings, state.stops
        value, increment, has_uint32, uinteger = state.order
        self._rng.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": value, "inc": increment},
            "has_uint32": has_uint32,
            "uinteger": uinteger,
        }
        self._held = {}
        for network, stop in enumerate(self.stops):
            if stop is not None:
                self._hold(network)
        self._program = None

    def frame(self, **sets: tuple[ArrayLike, ArrayLike]) -> Frame:
        """Record this moment.

        Parameters
        ----------
        **sets : (X, y)
            Sets to evaluate beside the training data, by name: ``validation=(X_val, y_val)``.  The name
            ``train`` is taken.

        Returns
        -------
        Frame

        Raises
        ------
        DataError
            ``no_data``, or as `Networks.losses`.
        """
        train = _loaded(self._checked_data)
        state = self.state()
        networks = state.networks
        results = {name: networks.evaluate(X, y) for name, (X, y) in sets.items()}
        results["train"] = networks.evaluate_checked(*train)
        sum_abs, sum_squares = networks.norms()
        return Frame(
            state=state,
            data_loss={name: loss for name, (loss, _) in results.items()},
            score={name: score for name, (_, score) in results.items()},
            l1_penalty=self.settings.l1 * sum_abs,
            l2_penalty=0.5 * self.settings.l2 * sum_squares,
            sum_abs=sum_abs,
            sum_squares=sum_squares,
            zeros=networks.zeros(),
        )

    def objective(self) -> Vector:
        """Compute J where the networks stand: training data loss plus both penalties.

        J = (1/n) Σ ℓ + λ1 Σ|w| + (λ2/2) Σw², in float64, with the λ's of `settings`.

        Returns
        -------
        ndarray of shape (K,)

        Raises
        ------
        DataError
            ``no_data``.
        """
        networks = self.networks
        losses, _ = networks.evaluate_checked(*_loaded(self._checked_data))
        sum_abs, sum_squares = networks.norms()
        return losses + self.settings.l1 * sum_abs + 0.5 * self.settings.l2 * sum_squares

    def record(self, epochs: int, every: int = 1, **sets: tuple[ArrayLike, ArrayLike]) -> Iterator[Frame]:
        """Train on and yield a frame every few epochs and one at the end; none for 0 epochs.

        The caller may stop at any frame: the stack then stands exactly there.  Nothing is trained, or checked, before
        the first frame is asked for.

        Parameters
        ----------
        epochs : int
            To train in all, 0 or more.
        every : int
            Epochs from frame to frame, 1 or more.
        **sets : (X, y)
            As for `frame`.

        Yields
        ------
        Frame

        Raises
        ------
        ParameterError
            ``out_of_range``, ``not_a_number`` or ``not_an_integer``.
        DataError
            As `frame`.
        """
        left = _checks.whole("epochs", epochs, 0, LARGEST_COUNT)
        stride = _checks.whole("every", every, 1, LARGEST_COUNT)
        while left > 0:
            self.advance(min(stride, left))
            left -= stride
            yield self.frame(**sets)

    # ---------------------------------------------------------------- gradients, one step taken apart

    def gradients(self, batch: str = "full") -> tuple[list[Array], list[Array]]:
        """Gradient of the data loss where the networks stand, from the very code that trains.

        Parameters
        ----------
        batch : {"full", "next"}
            All rows, or the batch that the next step would take.

        Returns
        -------
        weights, biases : list of ndarray
            Per layer (K, fan_in, fan_out) and (K, fan_out).

        Raises
        ------
        ParameterError
            ``unknown_choice``.
        DataError
            ``no_data``.
        """
        _checks.choice("batch", batch, ("full", "next"))
        inputs, targets = _loaded(self._data)
        n = len(inputs)
        if batch == "next" and self.batch_size is not None and self.batch_size < n:
            order = np.arange(n)
            if self.shuffle:
                ahead = np.random.Generator(np.random.PCG64())
                ahead.bit_generator.state = self._rng.bit_generator.state
                order = ahead.permutation(n)
            inputs, targets = inputs[order[: self.batch_size]], targets[order[: self.batch_size]]
        parameters = self.state().networks.parameters
        gradient = np.empty_like(parameters)
        with np.errstate(all="ignore"):
            Gradient(
                self.sizes, self.activation, self.task, parameters, gradient, np.ones(self.count), len(inputs)
            ).run(batches_of(inputs, targets, len(inputs))[0])
        views = layer_views(gradient, self.sizes, self.count)
        return [view[:, :, :-1].transpose(0, 2, 1) for view in views], [view[:, :, -1] for view in views]

    def dissect(
        self, layer: int, source: int | None, target: int, *, batch: str = "next", l1_step: str | None = None
    ) -> StepParts:
        """Take the coming step of one weight apart, without taking it.

        Parameters
        ----------
        layer : int
            0 for the weights behind the inputs.
        source : int or None
            Unit that the weight comes from; None for the intercept.
        target : int
            Unit that it leads to.
        batch : {"next", "full"}
            The batch that the next step would take, or all rows.
        l1_step : {"proximal", "subgradient", "freeze"}, optional
            A rule to try in place of the networks' own.

        Returns
        -------
        StepParts
            A stopped network and a dead weight do not move.

        Raises
        ------
        ParameterError
            ``unknown_choice``, or ``no_such_weight``.
        DataError
            ``no_data``.
        """
        rules = self.settings.l1_step
        if l1_step is not None:
            rules = (_checks.choice("l1_step", l1_step, L1_STEPS),) * self.count
        depth = len(self.sizes) - 1
        row = 0 if source is None else source
        known = layer in range(depth)
        if not (known and row in range(self.sizes[layer]) and target in range(self.sizes[layer + 1])):
            raise ParameterError("no_such_weight", layer=layer, source=source, target=target)
        column = -1 if source is None else source
        weights, biases = self.gradients(batch)
        found = biases[layer][:, target] if source is None else weights[layer][:, source, target]
        g = found.astype(np.float64)

        def here(flat: Array) -> Array:
            return layer_views(flat, self.sizes, self.count)[layer][:, target, column]

        s = self.settings
        running = np.array([stop is None for stop in self.stops])
        moves = running & (here(self._alive) | np.array([rule != "freeze" for rule in rules]))
        rate = s.learning_rate * moves
        before = here(self.state().networks.parameters).astype(np.float64)
        momentum = moves * s.momentum * here(self._velocity)
        data = -rate * g
        l2 = -rate * s.l2 * before if source is not None else np.zeros(self.count)
        threshold = rate * s.l1 if source is not None else np.zeros(self.count)
        smooth = before + momentum + data + l2
        pull = threshold * np.sign(before)
        crosses = np.sign(smooth) * np.sign(smooth - pull) < 0
        by_rule = {
            "proximal": -np.clip(smooth, -threshold, threshold),
            "subgradient": -pull,
            "freeze": np.where(crosses, -smooth, -pull),
        }
        l1 = np.choose([L1_STEPS.index(rule) for rule in rules], [by_rule[rule] for rule in L1_STEPS])
        return StepParts(before, momentum, data, l2, l1, smooth + l1, g)

    # ---------------------------------------------------------------- the networks as they stand

    @property
    def networks(self) -> Networks:
        """The networks as they stand, as an immutable copy."""
        return self.state().networks


def _loaded(data: tuple[Array, Array] | None) -> tuple[Array, Array]:
    if data is None:
        raise DataError("no_data")
    return data


def _per_network(name: str, value: ArrayLike, low: float, high: float) -> Vector:
    """Return one number or one per network, each in [low, high], or raise."""
    numbers = _checks.numbers(name, value, low, high)
    if numbers.ndim > 1:
        raise ParameterError("not_a_number", name=name, value=value)
    return numbers


def _rules(l1_step: str | Sequence[str]) -> tuple[str, ...]:
    """Return one rule or one per network as a tuple."""
    if isinstance(l1_step, str) or not isinstance(l1_step, Sequence | np.ndarray):
        return (_checks.choice("l1_step", l1_step, L1_STEPS),)
    return tuple(_checks.choice("l1_step", rule, L1_STEPS) for rule in l1_step)
