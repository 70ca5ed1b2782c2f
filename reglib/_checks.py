"""Checks of arguments, shared so that one fault has one code everywhere.

What comes back is a new array, or a plain number.  Text is never taken for a number, nan is out of every
range, and the codes are among those of `reglib.errors.ERROR_CODES`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib.errors import DataError, ParameterError

Floats = NDArray[np.float64]

# Data: their differences, squares, and sums of these over any table we accept, stay far from overflow (1.8e308).
LARGEST = 1e100
# What is computed from data (residuals, gradients): its squares, times 10,000 and summed, do not overflow.
LARGEST_SQUARABLE = 1e150


def number(name: str, value: float, low: float, high: float, *, above: bool = False) -> float:
    """Return a number inside a range.

    Parameters
    ----------
    name : str
        What the number is called in an error.
    value : float
    low, high : float
        The range; its ends belong to it, infinite ones too.
    above : bool, optional
        The lower end does not belong to it.

    Raises
    ------
    ParameterError
        ``not_a_number`` (name, value) or ``out_of_range`` (name, value, low, high).
    """
    try:
        if isinstance(value, str | bytes):
            raise TypeError
        checked = float(value)
    except (TypeError, ValueError):
        raise ParameterError("not_a_number", name=name, value=value) from None
    except OverflowError:  # a whole number beyond float64
        checked = math.nan
    if not (low < checked <= high if above else low <= checked <= high):
        raise ParameterError("out_of_range", name=name, value=value, low=low, high=high)
    return checked


def numbers(name: str, values: ArrayLike, low: float, high: float) -> Floats:
    """Return a parameter of many values, of any shape, each of them in [low, high].

    Raises
    ------
    ParameterError
        ``not_a_number`` or ``out_of_range``, as `number`, with the first value that is wrong.
    """
    try:
        checked = _floats(values)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError("not_a_number", name=name, value=values) from None
    outside = ~((checked >= low) & (checked <= high))
    if outside.any():
        raise ParameterError("out_of_range", name=name, value=float(checked[outside][0]), low=low, high=high)
    return checked


def whole(name: str, value: int, low: int, high: int) -> int:
    """Return a whole number in [low, high]; 3.0 is one.

    Raises
    ------
    ParameterError
        ``not_a_number`` or ``out_of_range``, as `number`; ``not_an_integer`` (name, value).
    """
    checked = number(name, value, low, high)
    if checked != int(checked):
        raise ParameterError("not_an_integer", name=name, value=value)
    return int(checked)


def seed(value: int, name: str = "seed") -> int:
    """Return a seed for numpy's generators, the old ones too: 0 to 2³² − 1.  Errors as in `whole`."""
    return whole(name, value, 0, 2**32 - 1)


def choice(name: str, value: str, choices: Iterable[str]) -> str:
    """Return ``value`` if it is one of ``choices``.

    Raises
    ------
    ParameterError
        ``unknown_choice`` (name, value, choices).
    """
    known = tuple(choices)
    if value not in known:
        raise ParameterError("unknown_choice", name=name, value=value, choices=known)
    return value


def interval(value: tuple[float, float]) -> tuple[float, float]:
    """Return ``(low, high)`` with low < high, far enough apart for float64 to tell points between them.

    Raises
    ------
    ParameterError
        ``not_a_number`` or ``out_of_range``, as `number`.
    """
    try:
        low, high = value
    except (TypeError, ValueError):
        raise ParameterError(
            "out_of_range", name="interval", value=value, low=-LARGEST, high=LARGEST
        ) from None
    low, high = number("interval", low, -LARGEST, LARGEST), number("interval", high, -LARGEST, LARGEST)
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        raise ParameterError("out_of_range", name="interval", value=value, low=low, high=LARGEST)
    return low, high


def array(
    name: str,
    values: ArrayLike,
    ndim: int | None,
    *,
    rows: int | None = None,
    columns: int | None = None,
    need: int = 1,
    limit: float = LARGEST,
) -> Floats:
    """Return data as a new float64 array: finite, of the shape asked for, at most ``limit`` in size.

    Parameters
    ----------
    name : str
        What the array is called in an error.
    values : array_like
    ndim : int or None
        Number of axes; None for one or more, the last of length ``columns``.
    rows : int, optional
        The length of the first axis, that of the array it belongs to.
    columns : int, optional
        The length of the last axis.  Without it a table has to have at least one column.
    need : int, optional
        The smallest number of rows allowed.
    limit : float, optional
        Largest absolute value; inf for all of float64.

    Raises
    ------
    DataError
        ``not_numbers`` (name), ``wrong_shape`` (name, shape, expected), ``wrong_length`` (name, rows, need),
        ``too_few_rows`` (name, rows, need), ``not_finite`` (name, row) or ``too_large`` (name, row, limit);
        a row is counted from 0 along the first axis.
    """
    try:
        checked = _floats(values)
    except (TypeError, ValueError, OverflowError):
        raise DataError("not_numbers", name=name) from None
    fits = checked.ndim == ndim if ndim is not None else checked.ndim >= 1
    if fits and (columns is not None or ndim == 2):
        fits = checked.shape[-1] == columns if columns is not None else checked.shape[-1] > 0
    if not fits:
        first = "…" if ndim is None else "n"
        last = "" if ndim == 1 else " p" if columns is None else f" {columns}"
        raise DataError("wrong_shape", name=name, shape=checked.shape, expected=f"({first},{last})")
    if rows is not None and len(checked) != rows:
        raise DataError("wrong_length", name=name, rows=len(checked), need=rows)
    if len(checked) < need:
        raise DataError("too_few_rows", name=name, rows=len(checked), need=need)
    bad = ~np.isfinite(checked)
    if bad.any():
        raise DataError("not_finite", name=name, row=int(np.argwhere(bad)[0][0]))
    large = np.abs(checked) > limit
    if large.any():
        raise DataError("too_large", name=name, row=int(np.argwhere(large)[0][0]), limit=limit)
    return checked


def _floats(values: ArrayLike) -> Floats:
    """Return a new float64 array; text, which numpy would convert silently, raises TypeError."""
    given = np.asarray(values)
    if given.dtype.kind not in "biufO" or (
        given.dtype.kind == "O" and any(isinstance(item, str | bytes) for item in given.flat)
    ):
        raise TypeError
    return given.astype(np.float64)
