"""What the main view draws: the fits of every degree to one sample, as tables for the chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pages.charts.overfitting import DEGREES, GRID, PANEL_STEP, ROLES
from pages.sections.overfitting.linked import Columns, sent
from pages.sections.overfitting.source import Sample, remembered
from pages.ui.takeaway import script
from pages.ui.text import Text
from reglib import datasets, polynomial

Floats = NDArray[np.float64]
DROPPED = 14  # fresh points that are drawn; the test error uses all
ROOM = 27  # up to this degree there is room beside the curve to say why it ends
NEAR = 1.25  # times the smallest test error: up to there a degree is called hardly worse
MARKS = dict(zip(ROLES, "①②③", strict=True))  # the panels, on the error curve
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Fits:
    """Least-squares fits of every degree to one sample.

    Parameters
    ----------
    train, test : ndarray of shape (degrees,)
        Mean squared error on the training and on the unseen points.
    grid : ndarray of shape (m,)
    curves : ndarray of shape (degrees, m)
    drawn_x, drawn_y : ndarray of shape (DROPPED,)
        The fresh points that are drawn.
    drawn_fit : ndarray of shape (degrees, DROPPED)
    rounding : bool
        Whether rounding, not the number of different x, allows no higher degree.
    """

    train: Floats
    test: Floats
    grid: Floats
    curves: Floats
    drawn_x: Floats
    drawn_y: Floats
    drawn_fit: Floats
    rounding: bool

    @property
    def degrees(self) -> NDArray[np.int64]:
        """0, 1, …: those that the points determine."""
        return np.arange(len(self.train))

    @property
    def best(self) -> int:
        """Degree with the smallest test error."""
        return int(np.argmin(self.test))

    @property
    def exact(self) -> bool:
        """Whether the best degree and all above it miss the unseen points by rounding errors alone.

        Where the highest ones amplify even those, as at unlucky points, they are not told from overfitting.
        """
        size = float(np.mean(self.drawn_y**2))
        return bool(self.test[self.best] <= 1e-18 * size and self.test[self.best :].max() <= 1e-8 * size)

    def near(self, degree: int) -> bool:
        """Whether a degree other than the best misses the unseen points hardly more than that does."""
        close = bool(self.test[degree] <= NEAR * self.test[self.best])
        return degree != self.best and (close or (self.exact and degree > self.best))

    @property
    def highest(self) -> int:
        """Highest degree that the points determine."""
        return len(self.train) - 1

    def roles(self, middle: int | None) -> dict[str, int]:
        """Give the degrees of the three panels; the middle one is the best unless the reader keeps another."""
        low = 1 if self.best > 1 else 0
        high = min(self.highest, max(15, self.best + 8))
        kept = self.best if middle is None else min(middle, self.highest)
        return dict(zip(ROLES, (low, kept, high), strict=True))


@remembered
def fit(sample: Sample) -> Fits:
    """Fit every degree to a sample and measure it on the unseen points."""
    low, high = sample.interval
    fits = polynomial.fit_degrees(sample.x, sample.y, DEGREES, interval=sample.interval)
    grid = low + (high - low) * GRID
    drawn = np.linspace(0, len(sample.x_test) - 1, DROPPED).astype(int)
    return Fits(
        train=fits.train_error,
        test=fits.errors(sample.x_test, sample.y_test),
        grid=grid,
        curves=fits.predict(grid),
        drawn_x=sample.x_test[drawn],
        drawn_y=sample.y_test[drawn],
        drawn_fit=fits.predict(sample.x_test[drawn]),
        rounding=fits.limited_by == "rounding",
    )


def decades(sample: Sample) -> tuple[int, int]:
    """Give the error axis of a sample in powers of ten: around the noise, the same for every n and seed.

    That of data without a known truth begins around their variance, and goes as far down as the best fit does.
    """
    if sample.noise is None:
        size = round(float(np.log10(max(np.var(np.concatenate([sample.y, sample.y_test])), 1e-300))))
        best = float(np.log10(max(fit(sample).test.min(), 1e-300)))
        return next((size - down for down in (2, 4, 8) if best >= size - down), size - 16), size + 2
    return -4 if sample.noise else -13, 2


def axes(sample: Sample) -> dict[str, Any]:
    """Give the options of the chart: they change with the kind of data, not with its values."""
    decade_low, decade_high = decades(sample)
    return {
        "decade_low": decade_low,
        "decade_high": decade_high,
        "y_title": sample.names[1],
        "known": sample.curve is not None,
    }


def numbers(fits: Fits, middle: int | None) -> dict[str, Any]:
    """Give what the sentences around the picture say: the three degrees, the best, and their errors."""
    degrees = {**fits.roles(middle), "best": fits.best}
    return degrees | {
        f"{role}_{kind}": short(errors[degree])
        for role, degree in degrees.items()
        for kind, errors in (("train", fits.train), ("test", fits.test))
    }


def files(sample: Sample, fits: Fits) -> dict[str, pd.DataFrame]:
    """Give the points, and the errors of every degree, to take away."""
    errors = pd.DataFrame({"degree": fits.degrees, "training": fits.train, "test": fits.test})
    return {**sample.table(), "overfitting-errors": errors}


def code(sample: Sample, fits: Fits, middle: int | None) -> str:
    """Give the script that prints the numbers of the three panels."""
    return script("overfitting", **sample.settings(), degrees=tuple(fits.roles(middle).values()))


def superscript(number: int) -> str:
    """Write a whole number as an exponent or the mark of a footnote."""
    return str(number).translate(_SUPERSCRIPT)


def short(value: float) -> str:
    """Write an error with three digits, and a power of ten where it is very large or small."""
    rounded = float(f"{value:.2e}")  # first, so that 999.6 is 1,000
    if rounded == 0 or 1e-3 <= abs(rounded) < 1e3:
        return f"{rounded:.3g}"
    if 1e3 <= abs(rounded) < 1e6:
        return f"{value:,.0f}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}×10{superscript(int(exponent))}"


@remembered
def picture(sample: Sample, lang: str, middle: int | None) -> dict[str, bytes]:
    """Give the chart's tables (described at `pages.charts.overfitting.fits`) as the browser gets them."""
    return sent(_tables(Text(lang, "overfitting"), sample, fit(sample), middle))


def span(sample: Sample, **more: float) -> Columns:
    """Give the table that sets the axes of a chart."""
    ends = {"x": sample.interval, "y": sample.span}
    return {
        f"{axis}_{end}": [value]
        for axis, pair in ends.items()
        for end, value in zip(("low", "high"), pair, strict=True)
    } | {name: [value] for name, value in more.items()}


def _tables(text: Text, sample: Sample, fits: Fits, middle: int | None) -> dict[str, Columns]:
    roles = fits.roles(middle)
    low, high = sample.interval
    start = {role: PANEL_STEP * place for place, role in enumerate(ROLES)}
    bottom, top = sample.span
    room = 20 * (top - bottom)  # curves are cut this far outside the picture: far enough to keep their slope

    def across(x: Floats, *chosen: str) -> Floats:
        share = (x - low) / (high - low)
        return np.concatenate([start[role] + share for role in chosen or ROLES])

    def cut(y: Floats) -> Floats:
        return np.clip(y, bottom - room, top + room)

    def path(x: Floats, y: Floats, parts: int) -> Columns:
        """Put a row without y behind each of so many equal parts."""
        ends = len(x) // parts * np.arange(1, parts + 1)
        return {
            "x": np.insert(x, ends, 0.0).astype(np.float32),
            "y": np.insert(y, ends, np.nan).astype(np.float32),
        }

    curves = cut(fits.curves)
    truth = np.empty(0)
    if sample.curve is not None:
        truth = datasets.CURVES[sample.curve](fits.grid)

    degrees = fits.degrees
    train, test = ([short(e) for e in errors] for errors in (fits.train, fits.test))
    numbers = [breakable(text("main.numbers", train=a, test=b)) for a, b in zip(train, test, strict=True)]
    lowest, largest = (10.0 ** (d + s) for d, s in zip(decades(sample), (-2, 2), strict=True))
    on_axis = np.clip([fits.train, fits.test], lowest, largest)

    beside = _beside(decades(sample), sample.noise)
    words: list[tuple[str, float, float, str, str]] = [
        ("best", fits.best, on_axis[1, fits.best], text("main.best", degree=fits.best), ""),
    ]
    for role in ("low", "high"):
        name = "best" if roles[role] == fits.best else "near" if fits.near(roles[role]) else role
        title = breakable(text(f"main.panel_{name}", mark=MARKS[role], degree=roles[role]))
        words.append(("head", start[role] + 0.5, 1.0, title, numbers[roles[role]]))
        words.append(("side", roles[role], 1.0, MARKS[role], ""))
    if sample.noise:
        floor = sample.noise**2
        side = "under" if beside > floor else "over"  # apart from the words about the limit
        if fits.highest == DEGREES:  # there are none, but the training error runs just below the floor
            side = "over" if fits.test[-1] > 4 * floor else "under"
        words.append(("floor", 0.0, floor, text("main.floor", floor=short(floor)), side))
    if fits.highest < DEGREES:
        limit = "main.limit_rounding" if fits.rounding else "main.limit"
        word = breakable(text(limit, n=fits.highest + 1, degree=fits.highest))
        words.append(("limit", fits.highest + 0.5, beside, word if fits.highest <= ROOM else "", ""))

    outer = across(fits.grid, "low", "high")
    seen, unseen = len(sample.x), len(fits.drawn_x)
    twice = np.tile(sample.y.repeat(2), len(ROLES))
    drawn = {"x": across(fits.drawn_x), "y": np.tile(fits.drawn_y, len(ROLES))}
    return {
        "axes": {
            "x": [start[role] + place for role in ROLES for place in (0.0, 0.5, 1.0)],
            "word": len(ROLES) * [_signed(low), sample.names[0], _signed(high)],
            "align": len(ROLES) * ["left", "center", "right"],
        }
        | {
            f"y_{end}": 3 * len(ROLES) * [value]
            for end, value in zip(("low", "high"), sample.span, strict=True)
        },
        "outer": path(outer, curves[[roles["low"], roles["high"]]].ravel(), 2),
        # Apart from the fits: what did not change is not drawn anew.
        "truth": path(across(fits.grid), np.tile(truth, len(ROLES)), len(ROLES))
        if len(truth)
        else {"x": truth, "y": truth},
        "train": path(across(sample.x).repeat(2), twice, len(ROLES) * seen),
        "unseen": drawn,
        "drops": {
            **drawn,
            "fit": cut(fits.drawn_fit[list(roles.values())]).ravel(),
            "role": np.arange(len(ROLES)).repeat(unseen).astype(np.uint8),
        },
        "degrees": {
            "degree": degrees.astype(np.uint8),
            "kept": degrees == roles["middle"],
            "title": [
                breakable(
                    text(
                        "main.panel_best" if d == fits.best else "main.panel_other",
                        mark=MARKS["middle"],
                        degree=d,
                    )
                )
                for d in degrees
            ],
            "numbers": numbers,
            "train": on_axis[0],
            "test": on_axis[1],
            "gap": [
                text("main.gap", mark=MARKS["middle"], gap=short(e).replace("-", "−"))
                for e in fits.test - fits.train
            ],
            "ys": [joined(curve) for curve in curves],
        },
        "words": dict(
            zip(("kind", "x", "error", "word", "more"), map(list, zip(*words, strict=True)), strict=True)
        ),
    }


def _beside(decades: tuple[int, int], noise: float | None) -> float:
    """Give an error in the middle of the larger part of the axis that the noise floor leaves free."""
    low, high = decades
    floor = 2 * np.log10(noise) if noise else low
    return float(10 ** ((floor + (high if high - floor > floor - low else low)) / 2))


def breakable(words: str) -> str:
    """Keep a gap where the chart does not break the line (a wide space, which SVG does not fold)."""
    return words.replace("\n", "\u2003\n")


def joined(values: Floats) -> str:
    """Write a curve's numbers with spaces between: a row of its own would cost the browser more."""
    return (len(values) * "%.4g ")[:-1] % tuple(values)


def _signed(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
