"""How much λ: a race's network under many λ and seeds, and the map of λ against the warm-up.

Both are runs that train a little at a time, like `reglib.race.Run`, and can be stopped with what there is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reglib import _checks
from reglib.errors import ParameterError
from reglib.mlp import Stack
from reglib.race import SETS, WORK_SECONDS, Problem, Setup, build, check_warmup, epoch_seconds
from reglib.storage import Sizes, sizes

Vector = NDArray[np.float64]

_EPOCH_SECONDS = 0.3  # about what one epoch of a group may take, so that Stop is heard
COLLAPSED, SHRUNK = 0.05, 0.7


@dataclass(frozen=True, eq=False)
class Sweep:
    """What L values of λ led to, each from S seeds.

    Attributes
    ----------
    setup : Setup
    penalty : {"l1", "l2", "elastic"}
        Elastic net: λ1 = λ2 = λ.
    strengths : ndarray of shape (L,)
    loss, score : dict of str to ndarray of shape (L, S)
        Mean data loss and accuracy or R², by the names in `reglib.race.SETS`.
    sum_abs, sum_squares : ndarray of shape (L, S)
    zeros : ndarray of shape (L, S)
        Share of the weights that are exactly 0.
    spread : ndarray of shape (L, S)
        Standard deviation of the answers on the test rows; 0 for a network that has become a constant.
    bytes : dict of str to ndarray of int, shape (L, S)
        ``dense``, ``csr`` and ``pruned`` as in `reglib.storage.Sizes`.
    stopped : ndarray of bool, shape (L, S)
        Networks that diverged.
    epochs : int
        Trained at most.
    complete : bool
        False if it was stopped, or cut short at `reglib.race.WORK_SECONDS`: fewer seeds, then fewer epochs.
    """

    setup: Setup
    penalty: str
    strengths: Vector
    loss: dict[str, Vector]
    score: dict[str, Vector]
    sum_abs: Vector
    sum_squares: Vector
    zeros: Vector
    spread: Vector
    bytes: dict[str, NDArray[np.int64]]
    stopped: NDArray[np.bool_]
    epochs: int
    complete: bool

    @property
    def best(self) -> int:
        """Index of the λ with the lowest median loss on the validation rows."""
        return int(np.median(self.loss["validation"], axis=1).argmin())


class SweepRun:
    """A sweep under way.

    The seeds are trained in groups of one stack each, all λ of a seed together; of a small network all seeds
    are one group.

    Parameters
    ----------
    setup : Setup
        Its λ's, penalties and seeds are not used, the rest is.
    problem : Problem
    penalty : {"l1", "l2", "elastic"}
    strengths : sequence of float
        λ's, at least one, 0 to 1e6; one above that is refused as it is used, in `advance`.
    seeds : int
        1 to 32.

    Raises
    ------
    ParameterError, DataError
        As `reglib.race.build`; ``unknown_choice`` for the penalty, ``out_of_range`` for a λ, ``lengths_differ`` if
        there is none; ``warmup_too_long`` if the warm-up leaves none of the epochs that there is time for.
    """

    def __init__(
        self, setup: Setup, problem: Problem, penalty: str, strengths: Sequence[float], seeds: int = 8
    ) -> None:
        _checks.choice("penalty", penalty, ("l1", "l2", "elastic"))
        self.setup, self.problem, self.penalty = setup, problem, penalty
        self.strengths = _checks.numbers("strengths", strengths, 0.0, np.inf)
        if self.strengths.ndim != 1 or not len(self.strengths):
            raise ParameterError("lengths_differ", lengths=self.strengths.shape)
        wanted = _checks.whole("seeds", seeds, 1, 32)
        epochs = _checks.whole("epochs", setup.epochs, 1, 20_000)
        shape = build(replace(setup, penalties=("none",), seeds=1), problem).sizes
        rows, count = problem.rows("train"), len(self.strengths)

        def one_epoch(group: int) -> float:
            return epoch_seconds(count * group, shape, rows, setup.batch)

        # Large networks: fewer seeds, then fewer epochs; and groups whose epoch is short enough to hear Stop.
        self.seeds = int(np.clip(WORK_SECONDS / (epochs * one_epoch(1)), 1, wanted))
        self.epochs = int(np.clip(WORK_SECONDS / one_epoch(1), 1, epochs))
        check_warmup(setup.warmup, self.epochs)
        self._cut = self.seeds < wanted or self.epochs < epochs
        group = int(np.clip(_EPOCH_SECONDS / one_epoch(1), 1, self.seeds))
        self._groups = [
            list(range(start, min(start + group, self.seeds))) for start in range(0, self.seeds, group)
        ]
        self._stacks: list[Stack] = []

    @property
    def done(self) -> bool:
        """Whether all is trained."""
        return len(self._stacks) == len(self._groups) and self._finished(self._stacks[-1])

    @property
    def progress(self) -> float:
        """Share of the work done, 0 to 1."""
        if self.done or not self._stacks:
            return float(self.done)
        trained = sum(
            len(group) * (1.0 if self._finished(stack) else stack.epoch / self.epochs)
            for group, stack in zip(self._groups, self._stacks, strict=False)
        )
        return float(trained) / self.seeds

    def _finished(self, stack: Stack) -> bool:
        return stack.epoch >= self.epochs or all(stop is not None for stop in stack.stops)

    def advance(self, seconds: float) -> float:
        """Train on for about this long, at least one epoch of a group, and give `progress`.

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
        ParameterError
            ``out_of_range`` for a λ above 1e6, once it is used.
        """
        end = time.perf_counter() + seconds
        while not self.done:
            if not self._stacks or self._finished(self._stacks[-1]):
                self._stacks.append(self._stack(self._groups[len(self._stacks)]))
            stack = self._stacks[-1]
            if 0 < self.setup.warmup == stack.epoch:
                self._penalise(stack)
            stack.advance(1)
            if time.perf_counter() >= end:
                break
        return self.progress

    def _stack(self, seeds: Sequence[int]) -> Stack:
        setup = self.setup
        stack = Stack(
            (self.problem.X["train"].shape[1], *(setup.units,) * setup.layers, self.problem.outputs),
            activation=setup.activation,
            task=self.problem.task,
            learning_rate=setup.learning_rate,
            momentum=setup.momentum,
            seed=np.tile(setup.seed + np.array(seeds), len(self.strengths)),
            batch_size=setup.batch or None,
            order_seed=setup.seed,
        ).load(self.problem.X["train"], self.problem.y["train"])
        if setup.warmup == 0:
            self._penalise(stack)
        return stack

    def _penalise(self, stack: Stack) -> None:
        each = np.repeat(self.strengths, stack.count // len(self.strengths))
        nothing = np.zeros_like(each)
        stack.set(l1=nothing if self.penalty == "l2" else each, l2=nothing if self.penalty == "l1" else each)

    def result(self) -> Sweep:
        """Freeze what there is: the groups that are trained, or the first one as far as it is.

        Returns
        -------
        Sweep
            Of S seeds, those of these groups.
        """
        finished = [stack for stack in self._stacks if self._finished(stack)]
        stacks = finished or self._stacks[:1] or [self._stack(self._groups[0])]
        frames = [
            stack.frame(**{name: (self.problem.X[name], self.problem.y[name]) for name in SETS[1:]})
            for stack in stacks
        ]
        networks = [frame.state.networks for frame in frames]
        length = len(self.strengths)

        def joined(parts: Sequence[NDArray[np.generic]]) -> NDArray[np.float64]:
            return np.concatenate([part.reshape(length, -1) for part in parts], axis=1)

        weights = sum(w.shape[1] * w.shape[2] for w in networks[0].weights)
        stored: list[Sizes] = [sizes(nets) for nets in networks]
        answers = [nets.predict(self.problem.X["test"]) for nets in networks]
        return Sweep(
            setup=self.setup,
            penalty=self.penalty,
            strengths=self.strengths,
            loss={name: joined([frame.data_loss[name] for frame in frames]) for name in SETS},
            score={name: joined([frame.score[name] for frame in frames]) for name in SETS},
            sum_abs=joined([frame.sum_abs for frame in frames]),
            sum_squares=joined([frame.sum_squares for frame in frames]),
            zeros=joined([frame.zeros.sum(axis=1) / weights for frame in frames]),
            spread=joined([part.reshape(*part.shape[:2], -1).std(axis=1).mean(axis=1) for part in answers]),
            bytes={
                name: joined([getattr(part, name) for part in stored]).astype(np.int64)
                for name in ("dense", "csr", "pruned")
            },
            stopped=joined([np.array([stop is not None for stop in stack.stops]) for stack in stacks]).astype(
                np.bool_
            ),
            epochs=max(stack.epoch for stack in stacks),
            complete=self.done and not self._cut,
        )


# --- λ against the warm-up ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class WarmupMap:
    """Which λ a network survives, by the epochs it was trained before λ set in.

    A network has *recovered* r of the way from the best constant answer (r = 0) to the training loss of the
    same network without a penalty (r = 1).  Below `COLLAPSED` it counts as collapsed, below `SHRUNK` as
    over-shrunk, else as trained.

    Attributes
    ----------
    strengths : ndarray of shape (L,)
    warmups : ndarray of int, shape (M,)
    recovered : ndarray of shape (L, M, S)
    complete : bool
    """

    strengths: Vector
    warmups: NDArray[np.int64]
    recovered: Vector
    complete: bool

    @property
    def collapsed(self) -> NDArray[np.int64]:
        """Seeds that collapsed, (L, M)."""
        return np.asarray((self.recovered < COLLAPSED).sum(axis=2))

    @property
    def verdict(self) -> NDArray[np.str_]:
        """``collapsed``, ``shrunk`` or ``trained`` by the median seed, (L, M)."""
        middle = np.median(self.recovered, axis=2)
        return np.where(middle < COLLAPSED, "collapsed", np.where(middle < SHRUNK, "shrunk", "trained"))


class WarmupRun:
    """A warm-up map under way: all λ, warm-ups and seeds as one stack.

    Parameters
    ----------
    setup : Setup
        As `SweepRun`; ``warmup`` is not used either.
    problem : Problem
    penalty : {"l1", "l2"}
    strengths : sequence of float
        λ's, 0 to 1e6; looked at only as they are used, in `advance`.
    warmups : sequence of int
        Epochs without a penalty, from 0 to below ``setup.epochs``.
    seeds : int
        1 to 16.

    Raises
    ------
    ParameterError, DataError
        As `reglib.mlp.Stack` and `Stack.load`; ``unknown_choice`` for the penalty, ``out_of_range`` or
        ``not_an_integer`` for a warm-up or the seeds.
    """

    def __init__(
        self,
        setup: Setup,
        problem: Problem,
        penalty: str,
        strengths: Sequence[float],
        warmups: Sequence[int],
        seeds: int = 4,
    ) -> None:
        _checks.choice("penalty", penalty, ("l1", "l2"))
        self.setup, self.problem, self.penalty = setup, problem, penalty
        self.strengths = np.asarray(strengths, dtype=np.float64)
        self.warmups = np.array([_checks.whole("warmup", w, 0, setup.epochs - 1) for w in warmups])
        self.seeds = _checks.whole("seeds", seeds, 1, 16)
        cells = len(self.strengths) * len(self.warmups)
        self._late = np.repeat(np.tile(self.warmups, len(self.strengths)), self.seeds)
        self._full = np.repeat(np.repeat(self.strengths, len(self.warmups)), self.seeds)
        # The last networks have no penalty: what they reach is what the others are measured by.
        self._late = np.concatenate([self._late, np.zeros(self.seeds, dtype=np.int64)])
        self._full = np.concatenate([self._full, np.zeros(self.seeds)])
        self._stack = Stack(
            (problem.X["train"].shape[1], *(setup.units,) * setup.layers, problem.outputs),
            activation=setup.activation,
            task=problem.task,
            learning_rate=setup.learning_rate,
            momentum=setup.momentum,
            seed=np.tile(setup.seed + np.arange(self.seeds), cells + 1),
            batch_size=setup.batch or None,
            order_seed=setup.seed,
        ).load(problem.X["train"], problem.y["train"])

    @property
    def done(self) -> bool:
        """Whether all is trained."""
        return self._stack.epoch >= self.setup.epochs

    @property
    def progress(self) -> float:
        """Share of the epochs trained, 0 to 1."""
        return self._stack.epoch / self.setup.epochs

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

        Raises
        ------
        ParameterError
            ``out_of_range`` for a λ outside [0, 1e6], once it is used.
        """
        end = time.perf_counter() + seconds
        while not self.done:
            if self._stack.epoch in self.warmups:
                now = np.where(self._late <= self._stack.epoch, self._full, 0.0)
                if self.penalty == "l1":
                    self._stack.set(l1=now)
                else:
                    self._stack.set(l2=now)
            self._stack.advance(1)
            if time.perf_counter() >= end:
                break
        return self.progress

    def result(self) -> WarmupMap:
        """Freeze what there is.

        A network has recovered (constant − loss) / (constant − free), all on the training rows: constant is the loss of
        the best constant answer (½ variance of the target, or the entropy of the classes), free that of the median seed
        without a penalty.

        Returns
        -------
        WarmupMap
            Of the networks as far as they are trained.
        """
        y = self.problem.y["train"]
        loss = self._stack.networks.losses(self.problem.X["train"], y)
        free = np.median(loss[-self.seeds :])
        if self.problem.task == "regression":
            constant = 0.5 * float(y.var())
        else:
            share = np.unique(y, return_counts=True)[1] / len(y)
            constant = float(-(share * np.log(share)).sum())
        recovered = (constant - loss[: -self.seeds]) / max(constant - free, 1e-12)
        shape = (len(self.strengths), len(self.warmups), self.seeds)
        return WarmupMap(self.strengths, self.warmups, recovered.reshape(shape), self.done)
