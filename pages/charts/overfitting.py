"""Pictures of the overfitting lesson."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np

from pages.charts.theme import DASHES, FIT, SHAPES, Look, finish, layer, named, with_params

ROLES = ("low", "middle", "high")
PANEL_STEP = 1.06  # the panels share one coordinate system: panel i spans i·PANEL_STEP to i·PANEL_STEP + 1
DEGREES = 40
# Where curves are drawn, as a share of the interval: denser at its ends, where a high degree turns fastest.
# Few points, joined by a natural spline: every row costs the browser as much as a mark.
GRID = (1 - np.cos(np.linspace(0, np.pi, 73))) / 2
_SMOOTH: dict[str, Any] = {"interpolate": "natural"}
PLAIN = "datum.value >= 1000 ? format(datum.value, ',') : format(datum.value, '~g')"
_HOVERING = "isDefined(hover.degree)"
_SHOWN = f"{_HOVERING} ? datum.degree == hover.degree[0] : datum.kept"
_BROKEN: dict[str, Any] = {"order": False, "invalid": "break-paths-show-domains"}  # at rows without y
# On a phone the words above a panel take two lines each; on a wide screen the break is just a space.
_NARROW = "width < 600"
_BREAK = {"expr": f"{_NARROW} ? '\\n' : '\\r'"}
_MIDDLE = ROLES.index("middle")


def fits(
    labels: Mapping[str, str],
    look: Look,
    *,
    decade_low: int,
    decade_high: int,
    y_title: str,
    known: bool,
    panel_height: int = 158,
    curve_height: int = 112,
) -> alt.VConcatChart:
    """Draw three fits side by side and, below, their errors against the degree, linked in the browser.

    Moving over the lower picture puts that degree into the middle panel; a click on it is the selection ``keep``.

    Data
    ----
    Rows in which ``y`` is null break a path.

    axes : ``y_low``, ``y_high`` in every row; ``x``, ``word``, ``align`` of the words below the panels.
    outer, truth : ``x``, ``y`` of the outer panels' fits and, in all panels, of the true function.
    train : ``x``, ``y`` twice for every training point, a segment of length 0, and a break behind it.
    unseen : ``x``, ``y``; apart from the fits, so that the points stay where they are.
    drops : ``x``, ``y``, ``role`` (index in `ROLES`), ``fit``, where the panel's curve passes.
    degrees : ``degree``, ``kept``, ``title``, ``numbers``, ``train``, ``test``, ``gap`` (in words), ``ys``: the
        middle panel's curve for that degree on `GRID`, numbers with spaces between.
    words : ``kind``, ``x``, ``error``, ``word``, ``more``.  ``"head"``: titles and numbers of the outer panels;
        ``"side"``: the degrees of the outer panels; ``"best"``; the noise ``"floor"``, its words ``"over"`` or
        ``"under"`` the line; the ``"limit"`` above which the points determine no degree.

    Tables are apart by what changes together: the browser leaves alone what comes unchanged.
    """
    chart = alt.vconcat(
        _three_fits(look, y_title, panel_height),
        _errors(labels, look, decade_low, decade_high, known, curve_height),
        spacing=18,
        autosize=FIT,
    )
    chart = finish(chart, look)
    chart.config.view = alt.ViewConfig(stroke=None)
    chart = with_params(chart, alt.param("highest", expr="length(data('degrees')) - 1"))
    return _linked(chart, "y_low", "y_high")


def _three_fits(look: Look, y_title: str, height: int) -> alt.LayerChart:
    """Draw the three fits over their points, side by side in one coordinate system, with words above and below."""
    across = alt.Scale(domain=[0, 2 * PANEL_STEP + 1], nice=False, zero=False)
    x = alt.X("x:Q", scale=across, axis=None)
    y = alt.Y(
        "y:Q",
        scale=_scale("y"),
        title=y_title,
        axis=alt.Axis(grid=False, tickCount=5, domain=False, labelPadding=4),
    )
    return layer(
        _frames(look, x, height),
        _truth(look, x, y, **_BROKEN),
        _drops(look, x),
        *_points(look, x, y),
        *_curves(look, x, y),
        _ticks(look, x, height),
        *_heads(look, x, across),
        height=height,
    )


def _frames(look: Look, x: alt.X, height: int) -> alt.Chart:
    """Draw the panels' frames; that of the middle one, which the reader chooses, is darker."""
    return (
        alt.Chart(alt.sequence(len(ROLES), as_="role"))
        .transform_calculate(x=f"datum.role * {PANEL_STEP}", x2=f"datum.role * {PANEL_STEP} + 1")
        .mark_rect(fillOpacity=0, strokeWidth=1)
        .encode(
            x=x,
            x2=alt.X2("x2:Q"),
            y=alt.YValue(0),
            y2=alt.Y2Value(height),
            stroke=alt.condition(
                f"datum.role == {_MIDDLE}", alt.value(look.color("muted")), alt.value(look.color("grid"))
            ),
        )
    )


def _drops(look: Look, x: alt.X) -> alt.Chart:
    """Draw how far the unseen points are from each panel's fit; in the middle not while the pointer is on a degree."""
    return (
        _data("drops")
        .transform_filter(f"datum.role != {_MIDDLE} || !{_HOVERING}")
        .transform_fold(["y", "fit", "nothing"], as_=["part", "end"])
        .mark_line(color=look.color("test"), strokeWidth=1, opacity=0.55, clip=True, **_BROKEN)
        .encode(x=x, y=alt.Y("end:Q", scale=_scale("y")))
    )


def _points(look: Look, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw the unseen points and, upon them, the training points."""
    unseen = (
        _data("unseen")
        .mark_point(
            shape=SHAPES["test"], size=_dots(26), color=look.color("test"), strokeWidth=1.5, clip=True
        )
        .encode(x=x, y=y)
    )
    # All points are one path of dots (segments of length 0 with round ends): an element each would be slow.
    train = (
        _data("train")
        .mark_line(
            **_BROKEN,
            strokeCap="round",
            strokeWidth={"expr": f"{_NARROW} ? 4 : 6"},
            opacity=0.9,
            color=look.color("train"),
            clip=True,
        )
        .encode(x=x, y=y)
    )
    return [unseen, train]


def _curves(look: Look, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw the fits of the outer panels and the one shown in the middle."""
    line = {"strokeWidth": look.size(2.5), "clip": True, "color": look.color("train"), **_SMOOTH}
    outer = _data("outer").mark_line(**line, **_BROKEN).encode(x=x, y=y)
    # One row for each degree: only the one shown is taken apart into its points.
    middle = (
        _data("degrees")
        .transform_filter(_SHOWN)
        .transform_calculate(
            xs=f"{_grid(_MIDDLE * PANEL_STEP, _MIDDLE * PANEL_STEP + 1)}", ys="split(datum.ys, ' ')"
        )
        .transform_flatten(["xs", "ys"])
        .transform_calculate(x="datum.xs", y="toNumber(datum.ys)")
        .mark_line(**line)
        .encode(x=x, y=y)
    )
    return [outer, middle]


def _ticks(look: Look, x: alt.X, height: int) -> alt.Chart:
    """Write below every panel where it begins and ends and what x is: the axis they share can say neither."""
    return (
        _data("axes")
        .mark_text(
            align={"expr": "datum.align"},
            baseline="top",
            fontSize=look.size(11),
            color=look.color("muted"),
        )
        .encode(x=x, y=alt.YValue(height + 5), text=alt.Text("word:N"))
    )


def _heads(look: Look, x: alt.X, across: alt.Scale) -> list[alt.Chart]:
    """Write title and numbers above every panel; those of the middle one are of the degree shown."""
    shown = _data("degrees").transform_filter(_SHOWN)
    centre = alt.X(datum=_MIDDLE * PANEL_STEP + 0.5, scale=across)
    return [
        part.mark_text(
            align="center",
            baseline="bottom",
            fontSize=look.size(size),
            fontWeight=weight,
            color=look.ink,
            lineBreak=_BREAK,
            dy={"expr": f"{_NARROW} ? {narrow} : {wide}"},
        ).encode(x=place, y=alt.YValue(0), text=alt.Text(f"{field}:N"))
        for part, place, fields in (
            (_words("head"), x, ("word", "more")),
            (shown, centre, ("title", "numbers")),
        )
        for field, size, weight, wide, narrow in (
            (fields[0], 13, "bold", -22, -50),
            (fields[1], 11.5, "normal", -6, -18),
        )
    ]


def _errors(
    labels: Mapping[str, str], look: Look, decade_low: int, decade_high: int, known: bool, height: int
) -> alt.LayerChart:
    """Draw the errors of every degree, the noise floor, and the strip that the reader moves over."""
    along = alt.Scale(domain=[-0.6, DEGREES + 0.6], nice=False)
    x = alt.X(
        "degree:Q",
        scale=along,
        axis=alt.Axis(values=list(range(0, DEGREES + 1, 5)), grid=False, labelPadding=4, titlePadding=4),
        title=labels["degree"],
    )
    size, y = _error_axis(labels, decade_low, decade_high, gridOpacity=0.8)
    series = ["train", "test", "truth"] if known else ["train", "test"]
    lines = (
        _data("degrees")
        .transform_fold(["train", "test"], as_=["series", "error"])
        .mark_line(strokeWidth=look.size(2.5), clip=True)
        .encode(x=x, y=y, **_by_series(labels, look, series, symbolSize=120))
    )
    # Not of the table of degrees: other fits would make every strip anew.
    degrees = alt.Chart(alt.sequence(0, DEGREES + 1, as_="degree")).transform_filter(
        "datum.degree <= highest"
    )
    return layer(
        *_notes(look, alt.X("x:Q", scale=along), y),
        lines,
        *_gap(look, x, size),
        _strips(degrees, "degree", alt.X("left:Q", scale=along)),
        height=height,
    )


def _notes(look: Look, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw what the table ``words`` says, each with its words: limit, outer panels' degrees, noise floor, and best."""
    small = {"fontSize": look.size(11.5)}
    return [
        _words("limit")
        .mark_rect(color=look.color("grid"), opacity=0.5)
        .encode(x=x, x2=alt.X2Datum(DEGREES + 0.6), y=alt.YValue(0), y2=alt.Y2Value("height")),
        _words("limit")
        .mark_text(
            align="left",
            baseline="middle",
            dx=8,
            dy={"expr": f"{_NARROW} ? -13 : 0"},
            lineBreak=_BREAK,
            **small,
        )
        .encode(x=x, y=y, text=alt.Text("word:N")),
        _words("side").mark_rule(strokeDash=[2, 3], strokeWidth=1, color=look.color("muted")).encode(x=x),
        _words("side")
        .mark_text(align="left", baseline="top", dx=3, **small)
        .encode(x=x, y=alt.YValue(3), text=alt.Text("word:N")),
        _words("floor")
        .mark_rule(strokeDash=DASHES["truth"], strokeWidth=1.5, color=look.color("truth"), clip=True)
        .encode(y=y),
        _words("floor")
        .mark_text(
            align="right",
            baseline={"expr": "datum.more == 'over' ? 'bottom' : 'top'"},
            dx=-4,
            dy={"expr": "datum.more == 'over' ? -3 : 4"},
            **small,
        )
        .encode(x=alt.XValue("width"), y=y, text=alt.Text("word:N")),
        _words("best")
        .mark_point(size=150, strokeWidth=2, color=look.color("test"), clip=True)
        .encode(x=x, y=y),
        _words("best")
        .mark_text(align="center", baseline="bottom", **small)
        .encode(x=x, y=alt.YValue(-4), text=alt.Text("word:N")),
    ]


def _gap(look: Look, x: alt.X, size: alt.Scale) -> list[alt.Chart]:
    """Draw the gap between both errors of the degree shown, and how large it is."""
    shown = _data("degrees").transform_filter(_SHOWN)
    gap = shown.mark_rule(strokeWidth=look.size(4), color=look.color("test"), opacity=0.45, clip=True).encode(
        x=x, y=alt.Y("train:Q", scale=size), y2=alt.Y2("test:Q")
    )
    beside = "datum.degree > 27"  # no room to the right
    difference = shown.mark_text(
        align={"expr": f"{beside} ? 'right' : 'left'"},
        dx={"expr": f"{beside} ? -6 : 6"},
        baseline="bottom",
        dy=-3,
        fontWeight="bold",
        fontSize=look.size(11.5),
    ).encode(x=x, y=alt.YValue("height"), text=alt.Text("gap:N"))
    return [gap, difference]


def _linked(chart: alt.VConcatChart, *measures: str) -> alt.VConcatChart:
    """Take `measures` from the table ``axes``, so that other data leave the specification as it is.

    Leave out the attributes for screen readers on every mark, which cost more than the marks.

    The picture speaks as a whole, in the alternative text and the status line of
    `pages.sections.overfitting.linked`.
    """
    chart.config.aria = False
    chart.config.mark.invalid = "show"  # no row is without a number: no need to look
    return with_params(
        chart,
        *(
            alt.param(name, expr=f"length({_AXES}) ? {_AXES}[0].{name} : {float(not name.endswith('_low'))}")
            for name in measures
        ),
    )


_AXES = "data('axes')"


def _scale(axis: str) -> alt.Scale:
    """Give the scale of an axis that follows the table ``axes``."""
    return alt.Scale(domain=[{"expr": f"{axis}_low"}, {"expr": f"{axis}_high"}], nice=False, zero=False)


def _plane(x_title: str, y_title: str) -> tuple[alt.X, alt.Y]:
    """Give the channels of a picture of points and curves."""
    x = alt.X(
        "x:Q",
        scale=_scale("x"),
        axis=alt.Axis(grid=False, tickCount=7, labelPadding=4, titlePadding=4),
        title=x_title,
    )
    y = alt.Y("y:Q", scale=_scale("y"), title=y_title, axis=alt.Axis(tickCount=5, labelPadding=4))
    return x, y


def _error_axis(
    labels: Mapping[str, str], decade_low: int, decade_high: int, **style: Any
) -> tuple[alt.Scale, alt.Y]:
    """Give the log scale of errors, and the channel that has it with its axis."""
    decades = [10.0**d for d in range(decade_low, decade_high + 1)]
    scale = alt.Scale(type="log", domain=[decades[0], decades[-1]], nice=False)
    axis = alt.Axis(values=decades, labelExpr=PLAIN, labelPadding=4, **style)
    return scale, alt.Y("error:Q", scale=scale, axis=axis, title=labels["error"])


def _by_series(labels: Mapping[str, str], look: Look, series: list[str], **style: Any) -> dict[str, Any]:
    """Give the channels that tell lines apart by colour and dash, with one legend for both."""
    legend = alt.Legend(
        title=None,
        labelExpr=named(labels, "series_"),
        symbolStrokeWidth=2,
        columns=alt.ExprRef(f"{_NARROW} ? 1 : 3"),
        **style,
    )
    return {
        "color": alt.Color("series:N", scale=look.colors(series), legend=legend),
        "strokeDash": alt.StrokeDash("series:N", scale=look.dashes(series), legend=legend),
    }


def _data(name: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name))


def _grid(low: float = 0.0, high: float = 1.0) -> list[float]:
    return [float(f"{low + (high - low) * share:.6g}") for share in GRID]


def _unseen_axes() -> alt.Chart:
    """Give a mark that shows nothing: without one the browser would not get the table."""
    return _data("axes").mark_rule(opacity=0).encode(y=alt.YValue(0))


_PLACED = "x_low + (x_high - x_low) * datum.xs"  # from a share of the interval


def _words(kind: str) -> alt.Chart:
    return _data("words").transform_filter(f"datum.kind == '{kind}'")


def _dots(size: int) -> dict[str, str]:
    return {"expr": f"{_NARROW} ? {size // 2} : {size}"}


def _truth(look: Look, x: alt.X, y: alt.Y, *, width: float = 2, **style: Any) -> alt.Chart:
    """Draw the true function."""
    return (
        _data("truth")
        .mark_line(
            strokeWidth=look.size(width),
            strokeDash=DASHES["truth"],
            color=look.color("truth"),
            clip=True,
            **style,
        )
        .encode(x=x, y=y)
    )


def _strips(rows: alt.Chart, field: str, left: alt.X, **channels: Any) -> alt.Chart:
    """Draw what the reader moves over and clicks on: an unseen strip from top to bottom for every row."""
    return (
        rows.transform_calculate(left=f"datum.{field} - 0.5", right=f"datum.{field} + 0.5")
        .mark_rect(opacity=0, cursor="pointer")
        .encode(x=left, x2=alt.X2("right:Q"), y=alt.YValue(0), y2=alt.Y2Value("height"), **channels)
        .add_params(
            # ``hover`` follows the pointer, ``keep`` is a click.
            alt.selection_point("hover", fields=[field], on="pointermove", clear="pointerout", empty=False),
            alt.selection_point("keep", fields=[field], on="click", clear=False, toggle=False, empty=False),
        )
    )


def penalty(
    labels: Mapping[str, str],
    look: Look,
    *,
    linear: float,
    decade_low: int,
    decade_high: int,
    x_title: str,
    y_title: str,
    lambdas: tuple[str, ...],
) -> alt.VConcatChart:
    """Draw a penalised fit, its coefficients, and both errors and coefficients along λ, linked in the browser.

    Parameters
    ----------
    linear : float
        Up to where the axis of the coefficients is nearly linear; beyond it is logarithmic.
    lambdas : tuple of str
        The λ's along the lower axes, as they are written; positions are their indices.

    Data
    ----
    axes : ``degree`` (number of coefficients), ``largest`` (where their axis ends), ``x_low``, ``x_high``,
        ``y_low``, ``y_high`` and ``kind`` (``"l1"``, ``"l2"`` or ``"elastic"``: the colour of the fit) in one row.
    points : ``x``, ``y``, ``series`` (``"train"`` or ``"test"``).
    truth : ``x``, ``y``.
    paths : ``k``, ``w``, ``i``: the coefficients for every λ.
    steps : for every λ ``i``, ``kept``, ``title``, ``numbers``, ``low``, ``high`` (validation error ± one standard
        error), ``train``, ``validation``, ``test``, ``said_*`` of each, and, numbers with spaces between, ``ys``
        (the curve on `GRID`) and ``ws`` (the coefficients).
    notes : ``kind`` (``"best"``, ``"one_se"``, or the ``"rest"`` that is not shown yet), ``i``, ``word``, ``error``.
    """
    weight = _weight_axis(labels, linear)
    large = look.scale > 1  # to an audience, the curve and its errors are enough
    fit = _penalised_fit(look, x_title, y_title)
    bars = _coefficients(labels, look, weight)
    errors = _errors_along(
        labels, look, lambdas, decade_low, decade_high, title=labels["lambda"] if large else None
    )
    paths = _paths(labels, look, lambdas, weight)
    panels = (fit, errors) if large else (fit, bars, errors, paths)
    chart = alt.vconcat(*panels, spacing=24, autosize=FIT)
    tones = {kind: look.color(kind) for kind in ("l1", "l2", "elastic")}
    chart = with_params(chart, alt.param("tone", expr=f"{tones}[length({_AXES}) ? {_AXES}[0].kind : 'l2']"))
    return _linked(finish(chart, look), "degree", "largest", "x_low", "x_high", "y_low", "y_high")


_TONE = {"expr": "tone"}  # the colour of the penalty


def _step() -> alt.Chart:
    """Give the row of the λ shown: where the pointer is, or else the one kept."""
    return _data("steps").transform_filter("isDefined(hover.i) ? datum.i == hover.i[0] : datum.kept")


def _penalised_fit(look: Look, x_title: str, y_title: str) -> alt.LayerChart:
    """Draw the fit for the λ shown over its points, with title and numbers above."""
    x, y = _plane(x_title, y_title)
    points = [
        _data("points")
        .transform_filter(f"datum.series == '{which}'")
        .mark_point(
            shape=SHAPES[which],
            filled=which == "train",
            size=_dots(30),
            color=look.color(which),
            clip=True,
        )
        .encode(x=x, y=y)
        for which in ("test", "train")
    ]
    curve = (
        _step()
        .transform_calculate(xs=f"{_grid()}", ys="split(datum.ys, ' ')")
        .transform_flatten(["xs", "ys"])
        .transform_calculate(x=_PLACED, y="toNumber(datum.ys)")
        .mark_line(strokeWidth=look.size(2.5), color=_TONE, clip=True, **_SMOOTH)
        .encode(x=x, y=y)
    )
    words = [
        _step()
        .mark_text(
            align="left",
            baseline="bottom",
            fontSize=look.size(12.5),
            fontWeight=weight,
            lineBreak=_BREAK,
            dy={"expr": f"{_NARROW} ? {narrow} : {wide}"},
        )
        .encode(x=alt.XValue(0), y=alt.YValue(0), text=alt.Text(f"{field}:N"))
        for field, weight, wide, narrow in (("title", "bold", -22, -48), ("numbers", "normal", -6, -32))
    ]
    return layer(_unseen_axes(), _truth(look, x, y), *points, curve, *words, height=190)


def _weight_axis(labels: Mapping[str, str], linear: float) -> alt.Y:
    """Give the channel of coefficients.

    A wild fit has coefficients thousands of times those of a tame one; both have to be seen.
    """
    ends = [{"expr": "-largest"}, {"expr": "largest"}]
    ticked = f"[-largest, {-10 * linear!r}, 0, {10 * linear!r}, largest]"
    return alt.Y(
        "w:Q",
        scale=alt.Scale(type="symlog", constant=linear, domain=ends, nice=False),
        title=labels["weight"],
        axis=alt.Axis(
            values={"expr": f"largest >= {100 * linear!r} ? {ticked} : [-largest, 0, largest]"},
            labelExpr="abs(datum.value) >= 10000 ? format(datum.value, '~e') : format(datum.value, '~g')",
            labelPadding=4,
        ),
    )


def _spoken(labels: Mapping[str, str]) -> list[alt.Tooltip]:
    """Say which coefficient it is and how large."""
    return [
        alt.Tooltip("k:Q", title=labels["term"]),
        alt.Tooltip("w:Q", title=labels["weight"], format=".4g"),
    ]


def _coefficients(labels: Mapping[str, str], look: Look, weight: alt.Y) -> alt.LayerChart:
    """Draw the coefficients for the λ shown as bars; those that are exactly 0 as a 0."""
    terms = alt.X(
        "k:Q",
        scale=alt.Scale(domain=[0.4, {"expr": "degree + 0.6"}], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1, format="d", labelPadding=4, titlePadding=4),
        title=labels["term"],
    )
    now = (
        _step()
        .transform_calculate(ks="sequence(1, degree + 1)", ws="split(datum.ws, ' ')")
        .transform_flatten(["ks", "ws"])
        .transform_calculate(k="datum.ks", w="toNumber(datum.ws)")
    )
    spoken = _spoken(labels)
    return layer(
        now.transform_filter("datum.w != 0")
        .mark_rule(strokeWidth={"expr": "width / (degree + 1) * 0.7"}, color=_TONE, clip=True)
        .encode(x=terms, y=weight, y2=alt.Y2Datum(0), tooltip=spoken),
        now.transform_filter("datum.w == 0")
        .mark_text(text="0", fontWeight="bold", fontSize=look.size(11.5))
        .encode(x=terms, y=weight, tooltip=spoken),
        height=96,
    )


def _lambda_scale(lambdas: tuple[str, ...]) -> alt.Scale:
    return alt.Scale(domain=[-0.6, len(lambdas) - 0.4], nice=False)


def _lambda_axis(lambdas: tuple[str, ...], title: str | None = None) -> alt.X:
    """Give the channel of λ, whose axis names 0 and the powers of ten."""
    ticks = [i for i, word in enumerate(lambdas) if word == "0" or float(word) == 10.0 ** round(_log10(word))]
    written = {i: lambdas[i] for i in ticks}
    axis = alt.Axis(
        values=ticks, grid=False, labelExpr=f"{written}[datum.value]", labelPadding=4, titlePadding=4
    )
    return alt.X("i:Q", scale=_lambda_scale(lambdas), axis=axis, title=title)


def _stand(look: Look, x: alt.X) -> alt.Chart:
    """Draw where the λ shown stands."""
    return _step().mark_rule(strokeWidth=look.size(5), opacity=0.3, color=_TONE).encode(x=x)


def _errors_along(
    labels: Mapping[str, str],
    look: Look,
    lambdas: tuple[str, ...],
    decade_low: int,
    decade_high: int,
    *,
    title: str | None,
) -> alt.LayerChart:
    """Draw the errors for every λ, the two λ's that validation leads to, and the strip that the reader moves over."""
    x = _lambda_axis(lambdas)
    sizes, error = _error_axis(labels, decade_low, decade_high)
    steps = _data("steps")
    series = ["train", "validation", "test"]
    band = steps.mark_area(color=look.color("validation"), opacity=0.2, clip=True).encode(
        x=x, y=alt.Y("low:Q", scale=sizes), y2=alt.Y2("high:Q")
    )
    lines = (
        steps.transform_fold(series, as_=["series", "error"])
        .mark_line(strokeWidth=look.size(2), clip=True)
        .encode(x=x, y=error, **_by_series(labels, look, series))
    )
    said = [
        alt.Tooltip(f"said_{field}:N", title=labels[f"said_{field}"])
        for field in ("lambda", "train", "validation", "test", "zeros")
    ]
    return layer(
        *_validated(look, x, error, len(lambdas)),
        _rest(look, x),
        band,
        lines,
        _stand(look, _lambda_axis(lambdas, title)),
        _strips(steps, "i", alt.X("left:Q", scale=_lambda_scale(lambdas)), tooltip=said),
        height=120,
    )


def _validated(look: Look, x: alt.X, error: alt.Y, count: int) -> list[alt.Chart]:
    """Draw the λ with the smallest validation error and that of the one-standard-error rule: rule, point and words.

    The words stay inside the picture and off each other's rule: the smallest error is left of the other λ.
    """
    hue = look.color("validation")
    return [
        part
        for which, line, turn, narrow_turn in (("best", -4, 0.25, 0.4), ("one_se", -19, 0.7, 0.3))
        for note in [_data("notes").transform_filter(f"datum.kind == '{which}'")]
        for left in [f"datum.i > {count} * ({_NARROW} ? {narrow_turn} : {turn})"]
        for part in (
            note.mark_rule(strokeDash=[2, 3], color=hue).encode(
                x=x, y=alt.YValue(line - 4), y2=alt.Y2Value("height")
            ),
            note.mark_point(shape=SHAPES["validation"], size=70, filled=True, opacity=1, color=hue).encode(
                x=x, y=error
            ),
            note.mark_text(
                align={"expr": f"{left} ? 'right' : 'left'"},
                dx={"expr": f"{left} ? -4 : 4"},
                baseline="bottom",
                fontSize=look.size(11.5),
            ).encode(x=x, y=alt.YValue(line), text=alt.Text("word:N")),
        )
    ]


def _rest(look: Look, x: alt.X) -> alt.Chart:
    """Write where the rest will be that is not shown yet."""
    return (
        _data("notes")
        .transform_filter("datum.kind == 'rest'")
        .mark_text(
            baseline="middle",
            lineBreak=_BREAK,
            color=look.color("muted"),
            fontSize=alt.expr(f"width < 300 ? {look.size(9)} : {look.size(11.5)}"),
            dx=8,
        )
        .encode(x=x, y=alt.YValue(50), text=alt.Text("word:N"))
    )


def _paths(labels: Mapping[str, str], look: Look, lambdas: tuple[str, ...], weight: alt.Y) -> alt.LayerChart:
    """Draw every coefficient along λ."""
    x = _lambda_axis(lambdas, labels["lambda"])
    lines = (
        _data("paths")
        .mark_line(strokeWidth=look.size(1.5), opacity=0.75, color=_TONE, clip=True)
        .encode(x=x, y=weight, detail=alt.Detail("k:N"), tooltip=_spoken(labels))
    )
    return layer(_stand(look, x), lines, height=100)


def round_up(value: float) -> float:
    """Round the end of an axis up to 1, 2 or 5 times a power of ten, so that few pictures have to be built."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-9)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))


def _log10(word: str) -> float:
    return math.log10(float(word)) if float(word) else 0.0


def variance(
    labels: Mapping[str, str],
    look: Look,
    *,
    x_title: str,
    y_title: str,
    xs: tuple[float, ...],
    curves: int,
) -> alt.VConcatChart:
    """Draw many refits of one degree and, below, the parts of every degree's error, linked in the browser.

    Parameters
    ----------
    xs : tuple of float
        Where the curves are drawn, as shares of the interval.
    curves : int
        How many refits are drawn.

    Data
    ----
    axes : ``x_low``, ``x_high``, ``y_low``, ``y_high``, ``error_high`` in one row.
    points : ``x``, ``y`` of the sample; truth : ``x``, ``y``.
    parts : ``degree``, ``part`` (``"noise"``, ``"bias2"``, ``"variance"``), ``start``, ``end``.
    degrees : ``degree``, ``kept``, ``words``, ``total``, ``noisy``, ``low``, ``high``, ``said_*``, and, numbers with
        spaces between, ``mean`` (the mean curve at `xs`) and ``ys`` (so many curves, with a gap behind each).
    """
    chart = alt.vconcat(
        _refits(look, x_title, y_title, xs, curves), _parts(labels, look), spacing=16, autosize=FIT
    )
    return _linked(finish(chart, look), "x_low", "x_high", "y_low", "y_high", "error_high")


def _refits(look: Look, x_title: str, y_title: str, xs: tuple[float, ...], curves: int) -> alt.LayerChart:
    """Draw the refits of the degree shown, their mean, the true function and the sample, with words above."""
    x, y = _plane(x_title, y_title)
    now = _data("degrees").transform_filter(_SHOWN)
    places = ", ".join(f"{share:.6g}" for share in xs)

    def drawn(field: str, count: int) -> alt.Chart:
        """Take so many curves of a field apart into their points."""
        along = ", null, ".join([places] * count)
        return (
            now.transform_calculate(xs=f"[{along}]", ys=f"split(datum.{field}, ' ')")
            .transform_flatten(["xs", "ys"])
            .transform_calculate(x=f"datum.xs === null ? null : {_PLACED}", y="toNumber(datum.ys)")
        )

    return layer(
        _unseen_axes(),
        drawn("ys", curves)
        .mark_line(strokeWidth=1, opacity=0.45, color=look.color("train"), clip=True, **_BROKEN)
        .encode(x=x, y=y),
        _truth(look, x, y, width=2.5),
        drawn("mean", 1)
        .mark_line(strokeWidth=look.size(3), color=look.color("train"), clip=True)
        .encode(x=x, y=y),
        _data("points")
        .mark_point(shape="circle", size=_dots(30), filled=True, color=look.color("train"), clip=True)
        .encode(x=x, y=y),
        now.mark_text(align="left", baseline="bottom", fontSize=look.size(12.5), fontWeight="bold").encode(
            x=alt.XValue(0), y=alt.YValue(-6), text=alt.Text("words:N")
        ),
        height=190,
    )


_BAR = {"left": "datum.degree - 0.36", "right": "datum.degree + 0.36"}


def _parts(labels: Mapping[str, str], look: Look) -> alt.LayerChart:
    """Draw the parts of every degree's error, the error measured, and the strip that the reader moves over."""
    along = alt.Scale(domain=[-0.6, 15.6], nice=False)
    tall = alt.Scale(domain=[0, {"expr": "error_high"}], nice=False)
    left = alt.X(
        "left:Q",
        scale=along,
        axis=alt.Axis(values=list(range(16)), grid=False, labelPadding=4, titlePadding=4, format="d"),
        title=labels["degree"],
    )
    middle = alt.X("degree:Q", scale=along)
    error = alt.Y("start:Q", scale=tall, title=labels["error"], axis=alt.Axis(tickCount=5, labelPadding=4))
    hue, shape = _by_part(labels, look)
    every = _data("degrees")
    said = [
        alt.Tooltip("degree:N", title=labels["degree"]),
        *(
            alt.Tooltip(f"said_{name}:N", title=labels[f"said_{name}"])
            for name in ("bias2", "variance", "total", "noisy")
        ),
    ]
    return layer(
        _data("parts")
        .transform_calculate(**_BAR)
        .mark_rect(clip=True)
        .encode(x=left, x2=alt.X2("right:Q"), y=error, y2=alt.Y2("end:Q"), color=hue),
        *_measured(look, middle, tall, hue, shape),
        every.transform_filter("datum.total > error_high")
        .mark_text(text="▲", baseline="bottom", fontSize=look.size(10))
        .encode(x=middle, y=alt.YValue(-2)),
        every.transform_filter(_SHOWN)
        .transform_calculate(**_BAR)
        .mark_rect(fillOpacity=0, stroke=look.ink, strokeWidth=1.5)
        .encode(x=left, x2=alt.X2("right:Q"), y=alt.YValue(0), y2=alt.Y2Value("height")),
        _strips(every, "degree", left, tooltip=said),
        height=150,
    )


def _by_part(labels: Mapping[str, str], look: Look) -> tuple[alt.Color, alt.Shape]:
    """Give the channels that tell the parts and the error measured apart, with one legend for both."""
    names = ["noise", "variance", "bias2", "noisy"]
    legend = alt.Legend(
        title=None,
        labelExpr=named(labels, "part_"),
        symbolOpacity=1,
        columns=alt.ExprRef(f"{_NARROW} ? 1 : 4"),
    )
    hues = alt.Scale(domain=names, range=[look.color(c) for c in ("truth", "variance", "bias", "test")])
    forms = alt.Scale(domain=names, range=["square"] * 3 + [SHAPES["test"]])
    return (
        alt.Color("part:N", scale=hues, legend=legend),
        alt.Shape("part:N", scale=forms, legend=legend),
    )


def _measured(look: Look, x: alt.X, tall: alt.Scale, hue: alt.Color, shape: alt.Shape) -> list[alt.Chart]:
    """Draw the error measured on new points and how uncertain it is."""
    every = _data("degrees")
    span = every.mark_rule(color=look.ink, strokeWidth=1.5, clip=True).encode(
        x=x, y=alt.Y("low:Q", scale=tall), y2=alt.Y2("high:Q")
    )
    points = (
        every.transform_calculate(part="'noisy'")
        .mark_point(size=50, filled=True, opacity=1, clip=True)
        .encode(x=x, y=alt.Y("noisy:Q", scale=tall), color=hue, shape=shape)
    )
    return [span, points]


# What is bought is told apart by dash and shape: the colours have meanings of their own.
SERIES: dict[str, tuple[str, list[int], str]] = {
    "plain": ("muted", [2, 3], "square"),
    "more": ("ink", [1, 0], "circle"),
    "better": ("ink", [8, 3], "triangle-up"),
}


def bets(labels: Mapping[str, str], look: Look, *, height: int = 300) -> alt.LayerChart:
    """Draw the excess error at several n as it is, with twice the data, and with half the noise.

    Data
    ----
    bets : ``n``, ``series`` (a key of `SERIES`), ``median``, ``low``, ``high``, ``said``, ``wins``.
    notes : ``n``: as many points as coefficients.
    """
    base = _against_n(labels, look, "bets", list(SERIES))
    peak = (
        alt.Chart(alt.NamedData("notes"))
        .mark_rule(strokeDash=[2, 3], color=look.color("muted"))
        .encode(x=alt.X("n:Q"))
    )
    wins = (
        alt.Chart(alt.NamedData("bets"))
        .transform_filter("datum.wins")
        .mark_point(size=200, strokeWidth=2, color=look.ink)
        .encode(x=alt.X("n:Q"), y=alt.Y("median:Q"))
    )
    return finish(layer(peak, *base, wins), look, title=labels["title"], height=height)


def learning(labels: Mapping[str, str], look: Look, *, height: int = 300) -> alt.LayerChart:
    """Draw the excess error against the number of training points, with its band over data sets.

    Data
    ----
    curves : ``n``, ``series`` (``"plain"`` or ``"better"``), ``median``, ``low``, ``high``, ``said``.
    """
    series = ["plain", "better"]
    lines, points = _against_n(labels, look, "curves", series)
    band = (
        alt.Chart(alt.NamedData("curves"))
        .mark_area(opacity=0.18)
        .encode(
            x=lines.encoding.x,
            y=alt.Y("low:Q", scale=alt.Scale(type="log")),
            y2=alt.Y2("high:Q"),
            color=lines.encoding.color,
        )
    )
    return finish(layer(band, lines, points), look, title=labels["title"], height=height)


def _series_colours(look: Look, series: list[str]) -> alt.Scale:
    return alt.Scale(domain=series, range=[look.color(SERIES[name][0]) for name in series])


def _against_n(
    labels: Mapping[str, str], look: Look, data: str, series: list[str]
) -> tuple[alt.Chart, alt.Chart]:
    """Draw medians against n on two log scales: a line and its points, with a legend."""
    legend = alt.Legend(
        title=None,
        labelExpr=named(labels, "series_"),
        columns=alt.ExprRef("width < 330 ? 1 : 3"),
        symbolStrokeWidth=2,
        symbolOpacity=1,
    )
    chart = alt.Chart(alt.NamedData(data)).encode(
        x=alt.X(
            "n:Q",
            scale=alt.Scale(type="log", nice=False, padding=14),
            axis=alt.Axis(format="~d", tickCount=6, grid=False, titlePadding=4),
            title=labels["n"],
        ),
        y=alt.Y(
            "median:Q",
            scale=alt.Scale(type="log", nice=True),
            axis=alt.Axis(labelExpr=PLAIN, tickCount=6, labelPadding=4),
            title=labels["error"],
        ),
        color=alt.Color("series:N", scale=_series_colours(look, series), legend=legend),
    )
    dashes = alt.Scale(domain=series, range=[SERIES[name][1] for name in series])
    shapes = alt.Scale(domain=series, range=[SERIES[name][2] for name in series])
    return (
        chart.mark_line(strokeWidth=look.size(2)).encode(
            strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=legend)
        ),
        chart.mark_point(filled=True, size=60, opacity=1).encode(
            shape=alt.Shape("series:N", scale=shapes, legend=legend),
            tooltip=[
                alt.Tooltip("n:Q", title=labels["n"]),
                alt.Tooltip("said:N", title=labels["error"]),
            ],
        ),
    )


def beyond(labels: Mapping[str, str], look: Look, *, lowest: int = -3, height: int = 330) -> alt.LayerChart:
    """Draw the excess error to degree 150: the minimum-norm fit, and a ridge fit that melts its peak.

    The axis begins at 10 to the power `lowest`.

    Data
    ----
    curves : ``degree``, ``series`` (``"none"`` or ``"l2"``), ``median``, ``low``, ``high``, ``said``.
    notes : ``kind`` (``"first"``, ``"limit"``, ``"last"``), ``degree``, ``error``, ``word``.
    """
    x = alt.X(
        "degree:Q",
        scale=alt.Scale(domain=[0, 150], nice=False),
        axis=alt.Axis(grid=False, tickCount=8, titlePadding=4),
        title=labels["degree"],
    )
    log = alt.Scale(type="log", domain=[10.0**lowest, 1e16], nice=False, clamp=True)
    decades = [10.0**d for d in range(lowest, 17, 3 if lowest > -9 else 6)]
    y = alt.Y(
        "median:Q",
        scale=log,
        axis=alt.Axis(
            values=decades,
            labelExpr="datum.value >= 1e4 || datum.value < 1e-4 ? format(datum.value, '~e') : " + PLAIN,
        ),
        title=labels["error"],
    )
    series = ["none", "l2"]
    legend = alt.Legend(
        title=None,
        labelExpr=named(labels, "series_"),
        columns=alt.ExprRef(f"{_NARROW} ? 1 : 2"),
        symbolStrokeWidth=2,
        symbolOpacity=1,
        symbolType="stroke",
    )
    colour = alt.Color("series:N", scale=look.colors(series), legend=legend)
    curves = alt.Chart(alt.NamedData("curves"))
    notes = alt.Chart(alt.NamedData("notes"))
    band = curves.mark_area(opacity=0.15).encode(
        x=x, y=alt.Y("low:Q", scale=log), y2=alt.Y2("high:Q"), color=colour
    )
    lines = curves.mark_line(strokeWidth=look.size(2.5)).encode(
        x=x,
        y=y,
        color=colour,
        strokeDash=alt.StrokeDash(
            "series:N", scale=alt.Scale(domain=series, range=[[1, 0], DASHES["l2"]]), legend=legend
        ),
        tooltip=[
            alt.Tooltip("degree:Q", title=labels["degree"]),
            alt.Tooltip("said:N", title=labels["error"]),
        ],
    )
    low = f"datum.error < 1e{lowest + 2}"  # below it are the words of the axis
    limit = notes.transform_filter("datum.kind == 'limit'")
    ends = notes.transform_filter("datum.kind != 'limit'")
    words = {"fontSize": look.size(12), "baseline": "bottom"}
    return finish(
        layer(
            band,
            limit.mark_rule(strokeDash=[2, 3], color=look.color("muted")).encode(x=x),
            limit.mark_text(align="left", dx=6, **words).encode(
                x=x, y=alt.YValue(14), text=alt.Text("word:N")
            ),
            lines,
            ends.mark_point(size=110, strokeWidth=2, color=look.ink).encode(
                x=x, y=alt.Y("error:Q", scale=log)
            ),
            notes.transform_filter("datum.kind == 'first'")
            .mark_text(align="left", dx=alt.expr(f"{low} ? 34 : 8"), dy=alt.expr(f"{low} ? -8 : 26"), **words)
            .encode(x=x, y=alt.Y("error:Q", scale=log), text=alt.Text("word:N")),
            notes.transform_filter("datum.kind == 'last'")
            .mark_text(align="right", dy=-10, **words)
            .encode(x=x, y=alt.Y("error:Q", scale=log), text=alt.Text("word:N")),
        ),
        look,
        height=height,
    )


def digits(
    labels: Mapping[str, str], look: Look, *, series: tuple[str, ...], low: int, high: int, height: int = 250
) -> alt.LayerChart:
    """Draw how much a way of computing loses, against the degree, on a log scale.

    Parameters
    ----------
    series : tuple of two str
        The worse and the better way.
    low, high : int
        Powers of ten at the ends of the axis.

    Data
    ----
    curves : ``degree``, ``series``, ``value``, ``said``; now : ``degree`` chosen.
    """
    colours = alt.Scale(domain=list(series), range=[look.ink, look.ink])
    dashes = alt.Scale(domain=list(series), range=[[2, 3], [1, 0]])
    legend = alt.Legend(title=None, labelExpr=named(labels, "series_"), columns=1, symbolStrokeWidth=2)
    x = alt.X(
        "degree:Q",
        scale=alt.Scale(domain=[0, DEGREES], nice=False),
        axis=alt.Axis(grid=False, titlePadding=4),
        title=labels["degree"],
    )
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(type="log", domain=[10.0**low, 10.0**high], nice=False, clamp=True),
        axis=alt.Axis(values=[10.0**d for d in range(low, high + 1, 4)], format="~e"),
        title=labels["value"],
    )
    lines = (
        alt.Chart(alt.NamedData("curves"))
        .mark_line(strokeWidth=look.size(2.5))
        .encode(
            x=x,
            y=y,
            color=alt.Color("series:N", scale=colours, legend=legend),
            strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=legend),
            tooltip=[
                alt.Tooltip("degree:Q", title=labels["degree"]),
                alt.Tooltip("said:N", title=labels["value"]),
            ],
        )
    )
    now = (
        alt.Chart(alt.NamedData("now"))
        .mark_rule(strokeWidth=look.size(5), opacity=0.25, color=look.color("muted"))
        .encode(x=x)
    )
    return finish(layer(now, lines), look, title=labels["title"], height=height)
