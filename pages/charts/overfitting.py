"""Pictures of the overfitting lesson."""

from __future__ import annotations

import math
from collections.abc import Mapping

import altair as alt
import numpy as np

from pages.charts.theme import DASHES, FIT, SHAPES, Look, finish, layer, named, with_params

ROLES = ("low", "middle", "high")
PANEL_STEP = 1.06  # the panels share one coordinate system: panel i spans i·PANEL_STEP to i·PANEL_STEP + 1
DEGREES = 40
# Where curves are drawn, as a share of the interval: denser at its ends, where a high degree turns fastest.
# Few points, joined by a natural spline: every row costs the browser as much as a mark.
GRID = (1 - np.cos(np.linspace(0, np.pi, 73))) / 2
_SMOOTH = {"interpolate": "natural"}
PLAIN = "datum.value >= 1000 ? format(datum.value, ',') : format(datum.value, '~g')"
_HOVERING = "isDefined(hover.degree)"
_SHOWN = f"{_HOVERING} ? datum.degree == hover.degree[0] : datum.kept"
_BREAKS = "break-paths-show-domains"
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
    y_scale = alt.Scale(domain=_span("y"), nice=False, zero=False)
    across = alt.Scale(domain=[0, 2 * PANEL_STEP + 1], nice=False, zero=False)
    x = alt.X("x:Q", scale=across, axis=None)
    y = alt.Y(
        "y:Q",
        scale=y_scale,
        title=y_title,
        axis=alt.Axis(grid=False, tickCount=5, domain=False, labelPadding=4),
    )

    def data(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name))

    frames = (
        alt.Chart(alt.sequence(len(ROLES), as_="role"))
        .transform_calculate(x=f"datum.role * {PANEL_STEP}", x2=f"datum.role * {PANEL_STEP} + 1")
        .mark_rect(fillOpacity=0, strokeWidth=1)
        .encode(
            x=x,
            x2=alt.X2("x2:Q"),
            y=alt.YValue(0),
            y2=alt.Y2Value(panel_height),
            stroke=alt.condition(
                f"datum.role == {_MIDDLE}", alt.value(look.color("muted")), alt.value(look.color("grid"))
            ),
        )
    )
    line = {"strokeWidth": look.size(2.5), "clip": True, "color": look.color("train"), **_SMOOTH}
    broken = {"order": False, "invalid": _BREAKS}
    truth = (
        data("truth")
        .mark_line(
            **{**line, "color": look.color("truth"), "strokeWidth": look.size(2)},
            **broken,
            strokeDash=DASHES["truth"],
        )
        .encode(x=x, y=y)
    )
    drops = (
        data("drops")
        .transform_filter(f"datum.role != {_MIDDLE} || !{_HOVERING}")
        .transform_fold(["y", "fit", "nothing"], as_=["part", "end"])
        .mark_line(color=look.color("test"), strokeWidth=1, opacity=0.55, clip=True, **broken)
        .encode(x=x, y=alt.Y("end:Q", scale=y_scale))
    )
    unseen = (
        data("unseen")
        .mark_point(
            shape=SHAPES["test"], size=_dots(26), color=look.color("test"), strokeWidth=1.5, clip=True
        )
        .encode(x=x, y=y)
    )
    # All points are one path of dots (segments of length 0 with round ends): an element each would be slow.
    train = (
        data("train")
        .mark_line(
            **broken,
            strokeCap="round",
            strokeWidth={"expr": f"{_NARROW} ? 4 : 6"},
            opacity=0.9,
            color=look.color("train"),
            clip=True,
        )
        .encode(x=x, y=y)
    )
    outer = data("outer").mark_line(**line, **broken).encode(x=x, y=y)
    # One row for each degree: only the one shown is taken apart into its points.
    middle = (
        data("degrees")
        .transform_filter(_SHOWN)
        .transform_calculate(
            xs=f"{_grid(_MIDDLE * PANEL_STEP, _MIDDLE * PANEL_STEP + 1)}", ys="split(datum.ys, ' ')"
        )
        .transform_flatten(["xs", "ys"])
        .transform_calculate(x="datum.xs", y="toNumber(datum.ys)")
        .mark_line(**line)
        .encode(x=x, y=y)
    )
    ticks = (
        data("axes")
        .mark_text(
            align={"expr": "datum.align"},
            baseline="top",
            fontSize=look.size(11),
            color=look.color("muted"),
        )
        .encode(x=x, y=alt.YValue(panel_height + 5), text=alt.Text("word:N"))
    )
    shown = data("degrees").transform_filter(_SHOWN)
    centre = alt.X(datum=_MIDDLE * PANEL_STEP + 0.5, scale=across)
    words = [
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
    top = layer(
        frames,
        truth,
        drops,
        unseen,
        train,
        outer,
        middle,
        ticks,
        *words,
        height=panel_height,
    )
    bottom = _errors(labels, look, decade_low, decade_high, known)
    bottom.height = curve_height
    chart = alt.vconcat(top, bottom, spacing=18, autosize=FIT)
    chart = finish(chart, look)
    chart.config.view = alt.ViewConfig(stroke=None)
    chart = with_params(chart, alt.param("highest", expr="length(data('degrees')) - 1"))
    return _linked(chart, "y_low", "y_high")


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


def _span(axis: str) -> list[dict[str, str]]:
    """Give the ends of an axis that follows the table ``axes``."""
    return [{"expr": f"{axis}_low"}, {"expr": f"{axis}_high"}]


def _grid(low: float = 0.0, high: float = 1.0) -> list[float]:
    return [float(f"{low + (high - low) * share:.6g}") for share in GRID]


def _unseen_axes() -> alt.Chart:
    """Give a mark that shows nothing: without one the browser would not get the table."""
    return alt.Chart(alt.NamedData("axes")).mark_rule(opacity=0).encode(y=alt.YValue(0))


_PLACED = "x_low + (x_high - x_low) * datum.xs"  # from a share of the interval


def _words(kind: str) -> alt.Chart:
    return alt.Chart(alt.NamedData("words")).transform_filter(f"datum.kind == '{kind}'")


def _dots(size: int) -> dict[str, str]:
    return {"expr": f"{_NARROW} ? {size // 2} : {size}"}


def _errors(
    labels: Mapping[str, str], look: Look, decade_low: int, decade_high: int, known: bool
) -> alt.LayerChart:
    """Draw the errors of every degree, the noise floor, and the strip that the reader moves over."""
    along = alt.Scale(domain=[-0.6, DEGREES + 0.6], nice=False)
    x = alt.X(
        "degree:Q",
        scale=along,
        axis=alt.Axis(values=list(range(0, DEGREES + 1, 5)), grid=False, labelPadding=4, titlePadding=4),
        title=labels["degree"],
    )
    decades = list(range(decade_low, decade_high + 1))
    size = alt.Scale(type="log", domain=[10.0**decade_low, 10.0**decade_high], nice=False)
    y = alt.Y(
        "error:Q",
        scale=size,
        axis=alt.Axis(values=[10.0**d for d in decades], labelExpr=PLAIN, gridOpacity=0.8, labelPadding=4),
        title=labels["error"],
    )

    def data(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name))

    series = ["train", "test", "truth"] if known else ["train", "test"]
    legend = alt.Legend(
        title=None,
        labelExpr=named(labels, "series_"),
        symbolStrokeWidth=2,
        symbolSize=120,
        columns=alt.ExprRef(f"{_NARROW} ? 1 : 3"),
    )
    colour = alt.Color("series:N", scale=look.colors(series), legend=legend)
    lines = (
        data("degrees")
        .transform_fold(["train", "test"], as_=["series", "error"])
        .mark_line(strokeWidth=look.size(2.5), clip=True)
        .encode(
            x=x,
            y=y,
            color=colour,
            strokeDash=alt.StrokeDash("series:N", scale=look.dashes(series), legend=legend),
        )
    )

    small = {"fontSize": look.size(11.5)}
    at = alt.X("x:Q", scale=along)
    notes = [
        _words("limit")
        .mark_rect(color=look.color("grid"), opacity=0.5)
        .encode(x=at, x2=alt.X2Datum(DEGREES + 0.6), y=alt.YValue(0), y2=alt.Y2Value("height")),
        _words("limit")
        .mark_text(
            align="left",
            baseline="middle",
            dx=8,
            dy={"expr": f"{_NARROW} ? -13 : 0"},
            lineBreak=_BREAK,
            **small,
        )
        .encode(x=at, y=y, text=alt.Text("word:N")),
        _words("side").mark_rule(strokeDash=[2, 3], strokeWidth=1, color=look.color("muted")).encode(x=at),
        _words("side")
        .mark_text(align="left", baseline="top", dx=3, **small)
        .encode(x=at, y=alt.YValue(3), text=alt.Text("word:N")),
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
        .encode(x=at, y=y),
        _words("best")
        .mark_text(align="center", baseline="bottom", **small)
        .encode(x=at, y=alt.YValue(-4), text=alt.Text("word:N")),
    ]
    shown = data("degrees").transform_filter(_SHOWN)
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
        **small,
    ).encode(x=x, y=alt.YValue("height"), text=alt.Text("gap:N"))
    # Not of the table of degrees: other fits would make every strip anew.
    strips = (
        alt.Chart(alt.sequence(0, DEGREES + 1, as_="degree"))
        .transform_filter("datum.degree <= highest")
        .transform_calculate(left="datum.degree - 0.5", right="datum.degree + 0.5")
        .mark_rect(opacity=0, cursor="pointer")
        .encode(
            x=alt.X("left:Q", scale=along), x2=alt.X2("right:Q"), y=alt.YValue(0), y2=alt.Y2Value("height")
        )
        .add_params(*_hover_and_keep("degree"))
    )
    return layer(*notes, lines, gap, difference, strips)


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
    shown = "isDefined(hover.i) ? datum.i == hover.i[0] : datum.kept"
    colour = {"expr": "tone"}
    small = {"fontSize": look.size(11.5)}

    def data(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name))

    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=_span("x"), nice=False, zero=False),
        axis=alt.Axis(grid=False, tickCount=7, labelPadding=4, titlePadding=4),
        title=x_title,
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=_span("y"), nice=False, zero=False),
        title=y_title,
        axis=alt.Axis(tickCount=5, labelPadding=4),
    )
    series = ["train", "validation", "test"]
    legend = alt.Legend(
        title=None,
        labelExpr=named(labels, "series_"),
        symbolStrokeWidth=2,
        columns=alt.ExprRef(f"{_NARROW} ? 1 : 3"),
    )
    hue = alt.Color("series:N", scale=look.colors(series), legend=legend)
    fit = layer(
        _unseen_axes(),
        data("truth")
        .mark_line(strokeWidth=look.size(2), strokeDash=DASHES["truth"], color=look.color("truth"), clip=True)
        .encode(x=x, y=y),
        *(
            data("points")
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
        ),
        data("steps")
        .transform_filter(shown)
        .transform_calculate(xs=f"{_grid()}", ys="split(datum.ys, ' ')")
        .transform_flatten(["xs", "ys"])
        .transform_calculate(x=_PLACED, y="toNumber(datum.ys)")
        .mark_line(strokeWidth=look.size(2.5), color=colour, clip=True, **_SMOOTH)
        .encode(x=x, y=y),
        *(
            data("steps")
            .transform_filter(shown)
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
        ),
        height=190,
    )

    # A wild fit has coefficients thousands of times those of a tame one; both have to be seen.
    ends = [{"expr": "-largest"}, {"expr": "largest"}]
    weights = alt.Scale(type="symlog", constant=linear, domain=ends, nice=False)
    ticked = f"[-largest, {-10 * linear!r}, 0, {10 * linear!r}, largest]"
    terms = alt.X(
        "k:Q",
        scale=alt.Scale(domain=[0.4, {"expr": "degree + 0.6"}], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1, format="d", labelPadding=4, titlePadding=4),
        title=labels["term"],
    )
    weight = alt.Y(
        "w:Q",
        scale=weights,
        title=labels["weight"],
        axis=alt.Axis(
            values={"expr": f"largest >= {100 * linear!r} ? {ticked} : [-largest, 0, largest]"},
            labelExpr="abs(datum.value) >= 10000 ? format(datum.value, '~e') : format(datum.value, '~g')",
            labelPadding=4,
        ),
    )
    now = (
        data("steps")
        .transform_filter(shown)
        .transform_calculate(ks="sequence(1, degree + 1)", ws="split(datum.ws, ' ')")
        .transform_flatten(["ks", "ws"])
        .transform_calculate(k="datum.ks", w="toNumber(datum.ws)")
    )
    spoken = [
        alt.Tooltip("k:Q", title=labels["term"]),
        alt.Tooltip("w:Q", title=labels["weight"], format=".4g"),
    ]
    bars = layer(
        now.transform_filter("datum.w != 0")
        .mark_rule(strokeWidth={"expr": "width / (degree + 1) * 0.7"}, color=colour, clip=True)
        .encode(x=terms, y=weight, y2=alt.Y2Datum(0), tooltip=spoken),
        now.transform_filter("datum.w == 0")
        .mark_text(text="0", fontWeight="bold", **small)
        .encode(x=terms, y=weight, tooltip=spoken),
        height=96,
    )

    ticks = [i for i, word in enumerate(lambdas) if word == "0" or float(word) == 10.0 ** round(_log10(word))]
    along = alt.Scale(domain=[-0.6, len(lambdas) - 0.4], nice=False)
    written = {i: lambdas[i] for i in ticks}

    def path_axis(title: str | None) -> alt.X:
        axis = alt.Axis(
            values=ticks, grid=False, labelExpr=f"{written}[datum.value]", labelPadding=4, titlePadding=4
        )
        return alt.X("i:Q", scale=along, axis=axis, title=title)

    decades = [10.0**d for d in range(decade_low, decade_high + 1)]
    sizes = alt.Scale(type="log", domain=[decades[0], decades[-1]], nice=False)
    error = alt.Y(
        "error:Q",
        scale=sizes,
        title=labels["error"],
        axis=alt.Axis(values=decades, labelExpr=PLAIN, labelPadding=4),
    )
    folded = data("steps").transform_fold(series, as_=["series", "error"])

    def rule(title: str | None) -> alt.Chart:
        line = (
            data("steps")
            .transform_filter(shown)
            .mark_rule(strokeWidth=look.size(5), opacity=0.3, color=colour)
        )
        return line.encode(x=path_axis(title))

    # The words stay inside the picture and off each other's rule: the smallest error is left of the other λ.
    marks = [
        part
        for which, line, turn, narrow_turn in (("best", -4, 0.25, 0.4), ("one_se", -19, 0.7, 0.3))
        for note in [data("notes").transform_filter(f"datum.kind == '{which}'")]
        for left in [f"datum.i > {len(lambdas)} * ({_NARROW} ? {narrow_turn} : {turn})"]
        for part in (
            note.mark_rule(strokeDash=[2, 3], color=look.color("validation")).encode(
                x=path_axis(None), y=alt.YValue(line - 4), y2=alt.Y2Value("height")
            ),
            note.mark_point(
                shape=SHAPES["validation"], size=70, filled=True, opacity=1, color=look.color("validation")
            ).encode(x=path_axis(None), y=error),
            note.mark_text(
                align={"expr": f"{left} ? 'right' : 'left'"},
                dx={"expr": f"{left} ? -4 : 4"},
                baseline="bottom",
                **small,
            ).encode(x=path_axis(None), y=alt.YValue(line), text=alt.Text("word:N")),
        )
    ]
    rest = (
        data("notes")
        .transform_filter("datum.kind == 'rest'")
        .mark_text(
            baseline="middle",
            lineBreak=_BREAK,
            color=look.color("muted"),
            fontSize=alt.expr(f"width < 300 ? {look.size(9)} : {look.size(11.5)}"),
            dx=8,
        )
        .encode(x=path_axis(None), y=alt.YValue(50), text=alt.Text("word:N"))
    )
    band = (
        data("steps")
        .mark_area(color=look.color("validation"), opacity=0.2, clip=True)
        .encode(x=path_axis(None), y=alt.Y("low:Q", scale=sizes), y2=alt.Y2("high:Q"))
    )
    lines = folded.mark_line(strokeWidth=look.size(2), clip=True).encode(
        x=path_axis(None),
        y=error,
        color=hue,
        strokeDash=alt.StrokeDash("series:N", scale=look.dashes(series), legend=legend),
    )
    strips = (
        data("steps")
        .transform_calculate(left="datum.i - 0.5", right="datum.i + 0.5")
        .mark_rect(opacity=0, cursor="pointer")
        .encode(
            x=alt.X("left:Q", scale=along),
            x2=alt.X2("right:Q"),
            y=alt.YValue(0),
            y2=alt.Y2Value("height"),
            tooltip=[
                alt.Tooltip(f"said_{field}:N", title=labels[f"said_{field}"])
                for field in ("lambda", "train", "validation", "test", "zeros")
            ],
        )
        .add_params(*_hover_and_keep("i"))
    )
    large = look.scale > 1  # to an audience, the curve and its errors are enough
    under = rule(labels["lambda"] if large else None)
    errors = layer(*marks, rest, band, lines, under, strips, height=120)
    paths = layer(
        rule(labels["lambda"]),
        data("paths")
        .mark_line(strokeWidth=look.size(1.5), opacity=0.75, color=colour, clip=True)
        .encode(x=path_axis(labels["lambda"]), y=weight, detail=alt.Detail("k:N"), tooltip=spoken),
        height=100,
    )
    panels = (fit, errors) if large else (fit, bars, errors, paths)
    chart = alt.vconcat(*panels, spacing=24, autosize=FIT)
    tones = {kind: look.color(kind) for kind in ("l1", "l2", "elastic")}
    chart = with_params(chart, alt.param("tone", expr=f"{tones}[length({_AXES}) ? {_AXES}[0].kind : 'l2']"))
    return _linked(finish(chart, look), "degree", "largest", "x_low", "x_high", "y_low", "y_high")


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
    shown = _SHOWN
    xs_text = ", ".join(f"{x:.6g}" for x in xs)

    def data(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name))

    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=_span("x"), nice=False, zero=False),
        axis=alt.Axis(grid=False, tickCount=7, labelPadding=4, titlePadding=4),
        title=x_title,
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=_span("y"), nice=False, zero=False),
        title=y_title,
        axis=alt.Axis(tickCount=5, labelPadding=4),
    )
    now = data("degrees").transform_filter(shown)

    def drawn(field: str, count: int) -> alt.Chart:
        along = ", null, ".join([xs_text] * count)
        return (
            now.transform_calculate(xs=f"[{along}]", ys=f"split(datum.{field}, ' ')")
            .transform_flatten(["xs", "ys"])
            .transform_calculate(x=f"datum.xs === null ? null : {_PLACED}", y="toNumber(datum.ys)")
        )

    top = layer(
        _unseen_axes(),
        drawn("ys", curves)
        .mark_line(
            strokeWidth=1, opacity=0.45, color=look.color("train"), clip=True, order=False, invalid=_BREAKS
        )
        .encode(x=x, y=y),
        data("truth")
        .mark_line(
            strokeWidth=look.size(2.5), strokeDash=DASHES["truth"], color=look.color("truth"), clip=True
        )
        .encode(x=x, y=y),
        drawn("mean", 1)
        .mark_line(strokeWidth=look.size(3), color=look.color("train"), clip=True)
        .encode(x=x, y=y),
        data("points")
        .mark_point(shape="circle", size=_dots(30), filled=True, color=look.color("train"), clip=True)
        .encode(x=x, y=y),
        now.mark_text(align="left", baseline="bottom", fontSize=look.size(12.5), fontWeight="bold").encode(
            x=alt.XValue(0), y=alt.YValue(-6), text=alt.Text("words:N")
        ),
        height=190,
    )

    names = ["noise", "variance", "bias2", "noisy"]
    legend = alt.Legend(
        title=None,
        labelExpr=named(labels, "part_"),
        symbolOpacity=1,
        columns=alt.ExprRef(f"{_NARROW} ? 1 : 4"),
    )
    hues = alt.Color(
        "part:N",
        scale=alt.Scale(domain=names, range=[look.color(c) for c in ("truth", "variance", "bias", "test")]),
        legend=legend,
    )
    forms = alt.Scale(domain=names, range=["square"] * 3 + [SHAPES["test"]])
    along = alt.Scale(domain=[-0.6, 15.6], nice=False)
    tall = alt.Scale(domain=[0, {"expr": "error_high"}], nice=False)
    left = alt.X(
        "left:Q",
        scale=along,
        axis=alt.Axis(values=list(range(16)), grid=False, labelPadding=4, titlePadding=4, format="d"),
        title=labels["degree"],
    )
    error = alt.Y("start:Q", scale=tall, title=labels["error"], axis=alt.Axis(tickCount=5, labelPadding=4))
    beside = {"left": "datum.degree - 0.36", "right": "datum.degree + 0.36"}
    middle = alt.X("degree:Q", scale=along)
    every = data("degrees")
    strips = (
        every.transform_calculate(left="datum.degree - 0.5", right="datum.degree + 0.5")
        .mark_rect(opacity=0, cursor="pointer")
        .encode(
            x=left,
            x2=alt.X2("right:Q"),
            y=alt.YValue(0),
            y2=alt.Y2Value("height"),
            tooltip=[
                alt.Tooltip("degree:N", title=labels["degree"]),
                *(
                    alt.Tooltip(f"said_{name}:N", title=labels[f"said_{name}"])
                    for name in ("bias2", "variance", "total", "noisy")
                ),
            ],
        )
        .add_params(*_hover_and_keep("degree"))
    )
    bottom = layer(
        data("parts")
        .transform_calculate(**beside)
        .mark_rect(clip=True)
        .encode(
            x=left,
            x2=alt.X2("right:Q"),
            y=error,
            y2=alt.Y2("end:Q"),
            color=hues,
        ),
        every.mark_rule(color=look.ink, strokeWidth=1.5, clip=True).encode(
            x=middle, y=alt.Y("low:Q", scale=tall), y2=alt.Y2("high:Q")
        ),
        every.transform_calculate(part="'noisy'")
        .mark_point(size=50, filled=True, opacity=1, clip=True)
        .encode(
            x=middle,
            y=alt.Y("noisy:Q", scale=tall),
            color=hues,
            shape=alt.Shape("part:N", scale=forms, legend=legend),
        ),
        every.transform_filter("datum.total > error_high")
        .mark_text(text="▲", baseline="bottom", fontSize=look.size(10))
        .encode(x=middle, y=alt.YValue(-2)),
        every.transform_filter(shown)
        .transform_calculate(**beside)
        .mark_rect(fillOpacity=0, stroke=look.ink, strokeWidth=1.5)
        .encode(x=left, x2=alt.X2("right:Q"), y=alt.YValue(0), y2=alt.Y2Value("height")),
        strips,
        height=150,
    )
    chart = alt.vconcat(top, bottom, spacing=16, autosize=FIT)
    return _linked(finish(chart, look), "x_low", "x_high", "y_low", "y_high", "error_high")


def _hover_and_keep(field: str) -> tuple[alt.Parameter, alt.Parameter]:
    """Give the two selections of a strip: ``hover`` follows the pointer, ``keep`` is a click."""
    return (
        alt.selection_point("hover", fields=[field], on="pointermove", clear="pointerout", empty=False),
        alt.selection_point("keep", fields=[field], on="click", clear=False, toggle=False, empty=False),
    )


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
