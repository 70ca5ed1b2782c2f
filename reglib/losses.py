r"""Losses: what one row adds to the objective, and the derivative that descent follows.

A regression loss is a function of the residual r = y − f; a classification loss of the label and the
network's raw output z (the logit).  Each class gives ``value`` and ``derivative``, both elementwise.
`summarise` takes a vector of residuals apart: what each point contributes to Σ|r|, Σr² and √Σr².

References
----------
Huber, P. J. (1964), Robust estimation of a location parameter, Annals of Mathematical Statistics 35.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.errors import DataError


class ResidualLoss(Protocol):
    """A loss of the residual r = y − f."""

    def value(self, r: ArrayLike) -> Floats:
        """Return the loss of each residual.

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            At least 0.

        Raises
        ------
        DataError
            As `Squared.value`.
        """
        ...

    def derivative(self, r: ArrayLike) -> Floats:
        """Return the derivative with respect to r; by f it is the negative of this.

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            ℓ′(r); where ℓ has a kink, a subgradient.

        Raises
        ------
        DataError
            As `Squared.value`.
        """
        ...


@dataclass(frozen=True)
class Squared:
    """ℓ = ½ r²: every doubling of a residual quadruples its loss and doubles its pull."""

    def value(self, r: ArrayLike) -> Floats:
        """Return ½ r² of each residual.

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            At least 0, in squared units of y.

        Raises
        ------
        DataError
            As every array (`reglib._checks.array`): ``not_finite``, ``too_large``, …
        """
        residuals = _residuals(r)
        return 0.5 * residuals**2

    def derivative(self, r: ArrayLike) -> Floats:
        """Return r: the pull grows with the residual, without bound, and vanishes at the optimum.

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            The residuals themselves, as a new array.

        Raises
        ------
        DataError
            As `Squared.value`.
        """
        return _residuals(r)


@dataclass(frozen=True)
class Absolute:
    """ℓ = |r|: every point pulls with the same strength, however far away it is."""

    def value(self, r: ArrayLike) -> Floats:
        """Return |r| of each residual.

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            At least 0, in the units of y.

        Raises
        ------
        DataError
            As `Squared.value`.
        """
        return np.abs(_residuals(r))

    def derivative(self, r: ArrayLike) -> Floats:
        """Return the subgradient sign(r): every point pulls alike.

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            −1, 0 or 1; 0 is one of the many choices, −1 to 1, at r = 0.

        Raises
        ------
        DataError
            As `Squared.value`.
        """
        return np.sign(_residuals(r))


def huber(r: Floats, delta: float) -> Floats:
    """Return the Huber loss of residuals, unchecked; see `Huber`.

    With m = min(|r|, δ) it is m(|r| − ½m): ½ r² up to δ, δ(|r| − ½δ) beyond (Huber 1964).

    Parameters
    ----------
    r : ndarray
        Residuals, of any shape.
    delta : float
        δ > 0, in the units of r.

    Returns
    -------
    ndarray
        Of the shape of r, at least 0, in squared units of r.
    """
    size = np.abs(r)
    inner = np.minimum(size, delta)
    # One formula for both branches: inner is |r| inside and δ outside.
    return np.asarray(inner * (size - 0.5 * inner))


@dataclass(frozen=True)
class Huber:
    """ℓ = ½ r² up to δ, then δ(|r| − ½δ): the square's middle with the absolute value's arms.

    Parameters
    ----------
    delta : float
        δ > 0, in the units of y: the residual beyond which the pull no longer grows.

    Raises
    ------
    ParameterError
        ``out_of_range`` for δ ≤ 0, nan or above 1e150.
    """

    delta: float = 1.0

    def __post_init__(self) -> None:
        _checks.number("delta", self.delta, 0.0, _checks.LARGEST_SQUARABLE, above=True)

    def value(self, r: ArrayLike) -> Floats:
        """Return the Huber loss of each residual: ½ r² for |r| ≤ δ, else δ(|r| − ½δ).

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            At least 0, in squared units of y.

        Raises
        ------
        DataError
            As `Squared.value`.
        """
        return huber(_residuals(r), self.delta)

    def derivative(self, r: ArrayLike) -> Floats:
        """Return r clipped to [−δ, δ]: beyond δ the pull no longer grows.

        Parameters
        ----------
        r : array_like, shape (n,)
            Residuals, up to 1e150 in size.

        Returns
        -------
        ndarray, shape (n,)
            −δ to δ.

        Raises
        ------
        DataError
            As `Squared.value`.
        """
        return np.clip(_residuals(r), -self.delta, self.delta)


def residual_loss(name: str, delta: float = 1.0) -> ResidualLoss:
    """Return a regression loss by its name.

    Parameters
    ----------
    name : {"squared", "absolute", "huber"}
    delta : float, optional
        For Huber only, in the units of y.

    Returns
    -------
    ResidualLoss

    Raises
    ------
    ParameterError
        ``unknown_choice``, or ``out_of_range`` for δ.
    """
    _checks.choice("loss", name, ("squared", "absolute", "huber"))
    if name == "squared":
        return Squared()
    return Absolute() if name == "absolute" else Huber(delta)


@dataclass(frozen=True)
class BinaryLogLoss:
    """−log p(label), with p = 1/(1 + e^(−z)) the probability of label 1.

    The two-label case of −Σ y log p; written with log(1 + e^(−|z|)) so that no z overflows.
    """

    def value(self, label: ArrayLike, z: ArrayLike) -> Floats:
        """Return the loss of each row.

        Parameters
        ----------
        label : array_like, shape (n,)
            0 or 1.
        z : array_like, shape (n,)
            Logits, any finite size.

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        DataError
            ``not_a_class`` (value, classes), or those of every array (`reglib._checks.array`).
        """
        labels, logits = self._rows(label, z)
        return np.maximum(logits, 0.0) - labels * logits + np.log1p(np.exp(-np.abs(logits)))

    def derivative(self, label: ArrayLike, z: ArrayLike) -> Floats:
        """Return p − label, the derivative by z, with p = 1/(1 + e^(−z)).

        Parameters
        ----------
        label : array_like, shape (n,)
            0 or 1.
        z : array_like, shape (n,)
            Logits, any finite size.

        Returns
        -------
        ndarray, shape (n,)
            −1 to 1.

        Raises
        ------
        DataError
            As `value`.
        """
        labels, logits = self._rows(label, z)
        tail = np.exp(-np.abs(logits))
        return np.where(logits >= 0, 1.0, tail) / (1.0 + tail) - labels

    @staticmethod
    def _rows(label: ArrayLike, z: ArrayLike) -> tuple[Floats, Floats]:
        logits = _checks.array("z", z, 1, limit=math.inf)
        return _labels(label, 2, len(logits)).astype(np.float64), logits


@dataclass(frozen=True)
class MulticlassLogLoss:
    """−log p(label), with p = softmax(z) over k classes."""

    def value(self, label: ArrayLike, z: ArrayLike) -> Floats:
        """Return the loss of each row.

        Parameters
        ----------
        label : array_like, shape (n,)
            Whole numbers 0, …, k − 1.
        z : array_like, shape (n, k)
            Logits up to 1e150 in size; k ≥ 2.

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        DataError
            ``too_few_classes`` (classes), ``not_a_class`` (value, classes), or those of every array
            (`reglib._checks.array`).
        """
        labels, logits = self._rows(label, z)
        shifted = logits - logits.max(axis=1, keepdims=True)
        own = shifted[np.arange(len(labels)), labels]
        return np.asarray(np.log(np.exp(shifted).sum(axis=1)) - own)

    def derivative(self, label: ArrayLike, z: ArrayLike) -> Floats:
        """Return softmax(z) − one-hot(label), the derivative by z.

        Parameters
        ----------
        label : array_like, shape (n,)
            Whole numbers 0, …, k − 1.
        z : array_like, shape (n, k)
            Logits up to 1e150 in size; k ≥ 2.

        Returns
        -------
        ndarray, shape (n, k)
            −1 to 1; every row sums to 0.

        Raises
        ------
        DataError
            As `value`.
        """
        labels, logits = self._rows(label, z)
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        result = weights / weights.sum(axis=1, keepdims=True)
        result[np.arange(len(labels)), labels] -= 1.0
        return np.asarray(result)

    @staticmethod
    def _rows(label: ArrayLike, z: ArrayLike) -> tuple[NDArray[np.int64], Floats]:
        logits = _checks.array("z", z, 2, limit=_checks.LARGEST_SQUARABLE)
        if logits.shape[1] < 2:
            raise DataError("too_few_classes", classes=logits.shape[1])
        return _labels(label, logits.shape[1], len(logits)), logits


@dataclass(frozen=True)
class ResidualSummary:
    """A vector of residuals, measured and taken apart.

    Attributes
    ----------
    residuals : ndarray, shape (n,)
    n : int
    sum_abs, sum_sq, root_sum_sq : float
        Σ|r|, Σr², √Σr².
    mean_abs, mean_sq, root_mean_sq : float
        The same per point: MAE, MSE, RMSE.
    share_abs, share_sq : ndarray, shape (n,)
        |r_i| / Σ|r| and r_i² / Σr²; they sum to 1, or are all 0 if every residual is 0.  By the same
        share Σ|r| and Σr² (and their means over the same n) fall when point i is removed.
    without_abs, without_sq, without_root : ndarray, shape (n,)
        Σ|r|, Σr² and √Σr² of the other points, the line staying where it is.
    drop_root : ndarray, shape (n,)
        By what share √Σr² falls when point i is removed: 1 − √(1 − share_sq), never more than share_sq.
        The root changes the printed scale, not the ranking of the points.
    """

    residuals: Floats
    n: int
    sum_abs: float
    sum_sq: float
    root_sum_sq: float
    mean_abs: float
    mean_sq: float
    root_mean_sq: float
    share_abs: Floats
    share_sq: Floats
    without_abs: Floats
    without_sq: Floats
    without_root: Floats
    drop_root: Floats


def summarise(residuals: ArrayLike) -> ResidualSummary:
    """Measure residuals and each point's part in Σ|r|, Σr² and √Σr².

    Parameters
    ----------
    residuals : array_like, shape (n,)
        r = y_true − y_pred, up to 1e150 in size; n ≥ 1.

    Returns
    -------
    ResidualSummary

    Raises
    ------
    DataError
        As every array (`reglib._checks.array`): ``too_few_rows``, ``not_finite``, ``too_large``, …

    Examples
    --------
    >>> s = summarise([1, 1, 1, 10])
    >>> s.sum_abs, s.sum_sq, round(s.root_sum_sq, 4)
    (13.0, 103.0, 10.1489)
    """
    r = _residuals(residuals)
    size = np.abs(r)
    # Scaled by the largest, residuals below 1e-154 keep their squares and so their shares.
    largest = float(size.max()) or 1.0
    scaled = size / largest
    total_abs, total_sq = float(scaled.sum()), float((scaled**2).sum())
    others_sq = _sum_of_others(scaled**2)
    sum_abs, sum_sq = float(size.sum()), float((r**2).sum())
    root = largest * math.sqrt(total_sq)
    return ResidualSummary(
        residuals=r,
        n=len(r),
        sum_abs=sum_abs,
        sum_sq=sum_sq,
        root_sum_sq=root,
        mean_abs=sum_abs / len(r),
        mean_sq=sum_sq / len(r),
        root_mean_sq=root / math.sqrt(len(r)),
        share_abs=scaled / (total_abs or 1.0),
        share_sq=scaled**2 / (total_sq or 1.0),
        without_abs=_sum_of_others(size),
        without_sq=_sum_of_others(r**2),
        without_root=largest * np.sqrt(others_sq),
        drop_root=1.0 - np.sqrt(others_sq / total_sq) if total_sq else np.zeros_like(r),
    )


def _sum_of_others(values: Floats) -> Floats:
    """Sum of all values but the i-th, added up from both sides: no cancellation beside a huge value."""
    before = np.concatenate([[0.0], np.cumsum(values)[:-1]])
    after = np.concatenate([np.cumsum(values[::-1])[::-1][1:], [0.0]])
    return np.asarray(before + after)


def _residuals(r: ArrayLike) -> Floats:
    return _checks.array("residuals", r, 1, limit=_checks.LARGEST_SQUARABLE)


def _labels(label: ArrayLike, classes: int, rows: int) -> NDArray[np.int64]:
    labels = _checks.array("label", label, 1, rows=rows, limit=math.inf)
    wrong = (labels != np.floor(labels)) | (labels < 0) | (labels >= classes)
    if wrong.any():
        raise DataError("not_a_class", value=float(labels[wrong][0]), classes=classes)
    return labels.astype(np.int64)
