"""Pictures of the outliers lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import altair as alt

from pages.charts.handles import DATA, Handle, hold, on
from pages.charts.theme import DASHES, FIT, SHAPES, Look, finish, layer, named, with_params

FITS = ("l1", "l2", "huber")
CROSS = "M-.7,-.7L.7,.7M-.7,.7L.7,-.7"
Span = tuple[float, float]


def plane(
    labels: Mapping[str, str],
    look: Look,
    *,
    x_span: Span,
    y_span: Span,
    half: Span,
    reach: Span,
    sampled: bool = False,
    whole: bool = False,
    height: int = 250,
) -> alt.LayerChart:
    """Draw points, lines and one outlier that can be dragged; the numbers of the lines above it.

    Data
    ----
    handles : one row ``outlier_x``, ``outlier_y``: where the handle stands.
    fits : one row per position of the outlier: its ``key``, ``x``, ``y``, and for each line ``<line>_start`` and
        ``<line>_end`` (its height at the ends of `x_span`), ``_slope``, ``_loss``, ``_share``; also
        ``l1_low``, ``l1_high``, the range of the optimal slopes, and ``all``, 1 where every point was fitted.
        A line without a slope is not drawn.
    bands : ``key`` of a position, ``x``, ``low``, ``high``: between these run all optimal L1 lines.
    points : ``x``, ``y``, ``number``, ``kind`` ("fine" or "wrong"), without the outlier.
    home : one row: ``x``, ``y``, where the data have the outlier, and ``first_x``, ``first_y``, the position whose key
        is 0; keys count upwards, ``rows`` of them, then to the right.
    truth : two rows ``x``, ``y``, or none.

    Parameters
    ----------
    x_span, y_span : (float, float)
        What the axes show.
    half : (float, float)
        Half the distance of two positions, across and up.
    reach : (float, float)
        Half the width and height of the handle.
    sampled : bool
        Whether to say what was fitted: all points, or a sample of them.
    whole : bool
        Whether x are whole numbers without separators (years).
    """
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=list(x_span), nice=False, zero=False),
        axis=_axis(x_span, whole=whole),
        title=labels["x"],
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=list(y_span), nice=False, zero=False),
        axis=_axis(y_span),
        title=labels["y"],
    )
    handle = Handle("outlier", look.color("outlier"), x_span, y_span, reach)
    across, up = (
        f"round(({handle.at(axis)} - data('home')[0].first_{axis}) / {2 * step!r})"
        for axis, step in zip("xy", half, strict=True)
    )
    spot = alt.param(name="spot", expr=f"{across} * data('home')[0].rows + {up}")
    now = _row("spot")

    band = (
        alt.Chart(alt.NamedData("bands"))
        .transform_filter("datum.key == spot")
        .mark_area(color=look.color("l1"), opacity=0.22, clip=True)
        .encode(x=x, y=alt.Y("low:Q", title=labels["y"]), y2=alt.Y2("high:Q"))
    )
    truth = (
        alt.Chart(alt.NamedData("truth"))
        .mark_line(
            color=look.color("truth"), strokeDash=DASHES["truth"], strokeWidth=look.size(1.8), clip=True
        )
        .encode(x=x, y=y)
    )
    wrong = "datum.kind == 'wrong'"
    dots = (
        alt.Chart(alt.NamedData("points"))
        .mark_point(size=look.size(52), opacity=0.95, strokeWidth=1.8)
        .encode(
            x=x,
            y=y,
            color=alt.condition(wrong, alt.value(look.color("outlier")), alt.value(look.color("train"))),
            shape=alt.condition(wrong, alt.value(CROSS), alt.value("circle")),
            tooltip=[
                alt.Tooltip("number:Q", title=labels["number"]),
                alt.Tooltip("x:Q", title=labels["x"], format="d" if whole else ".4~g"),
                alt.Tooltip("y:Q", title=labels["y"], format=",.4~g"),
            ],
        )
    )  # fmt: skip
    home = (
        alt.Chart(alt.NamedData("home"))
        .mark_point(size=look.size(260), color=look.color("outlier"), strokeWidth=1.3, opacity=0.8)
        .encode(x=x, y=y)
    )
    lines = _by_line(now, labels)
    moved = now.mark_point(filled=True, size=look.size(120), opacity=1, color=look.color("outlier")).encode(
        x=x, y=y, tooltip=alt.TooltipValue(labels["outlier"])
    )
    said = []
    if sampled:
        said = [
            now.mark_text(align="left", color=look.color("muted"), fontSize=look.size(12)).encode(
                x=alt.XValue(8), y=alt.YValue(12),
                text=alt.condition("datum.all > 0", alt.value(labels["all"]), alt.value(labels["sample"])),
            )
        ]  # fmt: skip
    picture = layer(band, dots, _lines(look, lines, x_span), truth, home, moved, *said)
    # Above the picture but in it: Streamlit draws panels anew whenever the window changes.
    above = round(look.size(19 * (len(FITS) + 1))) + 6
    numbers = _numbers(labels, look, lines, (-above, -6))
    whole_picture = hold(with_params(on(picture, numbers, handles=[handle]), spot), [handle])
    whole_picture.autosize = FIT
    return finish(whole_picture, replace(look, height=look.height and look.height - above), height=height)


def _row(key: str) -> Any:
    """Give the row of ``fits`` with a key; a look-up costs nothing for the rows that it does not give."""
    each = [f"{fit}_{what}" for fit in FITS for what in ("start", "end", "slope", "loss", "share")]
    fits = alt.LookupData(
        data=alt.NamedData("fits"), key="key", fields=["x", "y", "all", "l1_low", "l1_high", *each]
    )
    return (
        alt.Chart(alt.NamedData(DATA)).transform_calculate(key=key).transform_lookup(lookup="key", from_=fits)
    )


def _by_line(now: Any, labels: Mapping[str, str]) -> Any:
    """Turn the row of the outlier's place into a row per line, with its words."""
    sums = named({fit: labels[f"{fit}_sum"] for fit in FITS}).replace("datum.label", "datum.line")
    loss = _written("datum[datum.line + '_loss']", 4)
    several = "datum.line == 'l1' && datum.l1_low < datum.l1_high"
    return (
        now.transform_fold([f"{fit}_slope" for fit in FITS], as_=["key", "slope"])
        .transform_filter("isValid(datum.slope)")
        .transform_calculate(line="replace(datum.key, '_slope', '')")
        .transform_calculate(
            start="datum[datum.line + '_start']",
            end="datum[datum.line + '_end']",
            share="datum[datum.line + '_share']",
            name=named({fit: labels[fit] for fit in FITS}).replace("datum.label", "datum.line"),
            slope_words=f"{several} ? {_written('datum.l1_low', 3)} + '–' + {_written('datum.l1_high', 3)}"
            f" : {_written('datum.slope', 3)}",
            loss_words=f"{sums} + ' ' + {loss}",
            share_words="format(datum[datum.line + '_share'], '.2~p')",
        )
    )


def _written(value: str, digits: int) -> str:
    """Give the Vega expression for a number in words, as pages.ui.text.significant writes it."""
    plain = f"{value} == 0 || abs({value}) >= 1e-5 && abs({value}) < 1e9"
    return f"({plain} ? format({value}, ',.{digits}r') : format({value}, '.{digits - 1}~e'))"


def _axis(span: Span, *, whole: bool = False) -> alt.Axis:
    """Give an axis: years without a separator, very large numbers by their power of ten if that tells them apart."""
    large = max(map(abs, span)) >= 1e7 and span[1] - span[0] > 0.1 * max(map(abs, span))
    return alt.Axis(format="d") if whole else alt.Axis(format=".3~e") if large else alt.Axis()


def _styles(look: Look, field: str = "line") -> dict[str, Any]:
    """Give the colours and dashes of the lines, without a legend: the numbers above the picture are one."""
    return {
        "color": alt.Color(f"{field}:N", scale=look.colors(FITS), legend=None),
        "strokeDash": alt.StrokeDash(f"{field}:N", scale=look.dashes(FITS), legend=None),
    }


def _lines(look: Look, lines: Any, x_span: Span) -> alt.Chart:
    """Draw each line from end to end of the x axis."""
    scale = {"domain": list(x_span), "nice": False, "zero": False}
    return lines.mark_rule(strokeWidth=look.size(2.6), clip=True).encode(
        x=alt.XDatum(x_span[0], scale=scale),
        x2=alt.X2Datum(x_span[1]),
        y=alt.Y("start:Q"),
        y2=alt.Y2("end:Q"),
        **_styles(look),
    )


def _series(
    labels: Mapping[str, str],
    look: Look,
    field: str,
    meanings: Mapping[str, str],
    dashes: Mapping[str, list[int]] = DASHES,
) -> tuple[alt.Color, alt.StrokeDash]:
    """Give colour and dash of several curves, with one legend for both; `meanings` maps codes to colours."""
    codes = list(meanings)
    legend = alt.Legend(
        title=None,
        labelExpr=named({code: labels[code] for code in codes}),
        orient="top",
        columns=2,
        symbolType="stroke",
        symbolSize=look.size(900),
        symbolStrokeWidth=look.size(2.6),
    )
    colours = alt.Scale(domain=codes, range=[look.color(meanings[code]) for code in codes])
    return (
        alt.Color(f"{field}:N", scale=colours, legend=legend),
        alt.StrokeDash(
            f"{field}:N", legend=legend,
            scale=alt.Scale(domain=codes, range=[dashes.get(code) or dashes[meanings[code]] for code in codes]),
        ),
    )  # fmt: skip


def _numbers(labels: Mapping[str, str], look: Look, lines: Any, level: Span) -> alt.LayerChart:
    """Draw a table between two heights: line, slope, loss, the outlier's share of it as a bar."""
    rows = ["head", *FITS]
    # The horizontal axis is the share; the other columns stand left of its zero, and begin left of the picture's
    # own axis, where the labels of the other one are.
    columns = {"fit": -3.0, "slope": -2.2, "loss": -1.42, "share": 0.0}
    across = alt.Scale(domain=[columns["fit"], 1], nice=False, range=[-46, {"expr": "width"}])
    y = alt.Y("line:N", scale=alt.Scale(domain=rows, range=list(level)), axis=None)
    small, large = look.size(11), look.size(13)
    words: dict[str, Any] = {
        "align": "left",
        "baseline": "middle",
        "fontSize": {"expr": f"width < 420 ? {small} : {large}"},
    }

    def at(place: float) -> Any:
        return alt.XDatum(place, type="quantitative", scale=across, axis=None)

    head = alt.Data(
        values=[{"line": "head", "at": at, "words": labels[name]} for name, at in columns.items()]
    )
    cells = {
        "name": -2.74,
        "slope_words": columns["slope"],
        "loss_words": columns["loss"],
        "share_words": 0.015,
    }
    places = ", ".join(f"{name}: {at}" for name, at in cells.items())
    layers = [
        alt.Chart(head)
        .mark_text(**words, color=look.color("muted"))
        .encode(x=alt.X("at:Q", scale=across, axis=None), y=y, text=alt.Text("words:N")),
        lines.mark_rule(strokeWidth=look.size(3)).encode(
            x=at(-3.0), x2=alt.X2Datum(-2.78), y=y, **_styles(look)
        ),
        lines.mark_bar(opacity=0.35, height=look.size(14)).encode(
            x=alt.X("share:Q", scale=across, axis=None),
            x2=alt.X2Datum(0),
            y=y,
            color=_styles(look)["color"],
        ),
        # All the cells in one layer: the browser takes less time for each drawing anew.
        lines.transform_fold(list(cells), as_=["cell", "words"])
        .transform_calculate(at=f"{{{places}}}[datum.cell]")
        .mark_text(**words)
        .encode(x=alt.X("at:Q", scale=across, axis=None), y=y, text=alt.Text("words:N")),
    ]
    return layer(*layers)


def location(
    labels: Mapping[str, str], look: Look, *, span: Span, half: float, reach: float, height: int = 190
) -> alt.LayerChart:
    """Draw values on a line, one of them to be dragged, with their mean and median.

    Data
    ----
    handles : one row ``outlier_x``, ``outlier_y``: where the handle stands.
    places : ``position``, ``mean``, ``median`` for every position of the value that moves.
    values : ``x``, the values that stay.
    """
    x = alt.X(
        "x:Q", scale=alt.Scale(domain=list(span), nice=False, zero=False), title=labels["x"],
        axis=alt.Axis(tickCount=9),
    )  # fmt: skip
    flat: dict[str, Any] = {"scale": alt.Scale(domain=[-1, 1]), "axis": None}
    y = alt.Y("y:Q", **flat)
    handle = Handle("outlier", look.color("outlier"), span, (-1.0, 1.0), (reach, 1.0))
    middle = alt.param(name="middle", expr=handle.at("x"))
    now = alt.Chart(alt.NamedData("places")).transform_filter(f"abs(datum.position - middle) <= {half!r}")
    layers = []
    for name, meaning, up in (("mean", "l2", True), ("median", "l1", False)):
        where = {"x": alt.X(f"{name}:Q", scale=alt.Scale(domain=list(span), nice=False, zero=False))}
        layers += [
            now.mark_rule(
                color=look.color(meaning), strokeDash=DASHES[meaning], strokeWidth=look.size(3)
            ).encode(**where),
            now.transform_calculate(words=f"'{labels[name]} ' + format(datum.{name}, ',.2f')")
            .mark_text(
                align="left" if up else "right",
                dx=6 if up else -6,
                baseline="top" if up else "bottom",
                fontSize=look.size(13),
                fontWeight="bold",
            )
            .encode(
                **where,
                y=alt.YDatum(0.95 if up else -0.95, type="quantitative", **flat),
                text=alt.Text("words:N"),
            ),
        ]
    dots = (
        alt.Chart(alt.NamedData("values"))
        .transform_calculate(y="0")
        .mark_point(size=look.size(60), color=look.color("train"), strokeWidth=1.8, opacity=1)
        .encode(x=x, y=y, tooltip=alt.Tooltip("x:Q", title=labels["x"], format=",.4~f"))
    )
    moved = now.mark_point(filled=True, size=look.size(120), opacity=1, color=look.color("outlier")).encode(
        x=alt.X("position:Q"), y=alt.YDatum(0, type="quantitative", **flat)
    )
    picture = with_params(on(layer(*layers, dots, moved), handles=[handle]), middle)
    return finish(hold(picture, [handle]), look, height=height)


def breakdown(labels: Mapping[str, str], look: Look, *, height: int = 330) -> alt.LayerChart:
    """Draw how far mean and median are carried when more and more points are moved.

    Data
    ----
    shifts : ``share``, ``kind`` ("mean" or "median"), ``low``, ``middle``, ``high`` (in standard deviations,
        above 0).
    """
    base = alt.Chart(alt.NamedData("shifts"))
    x = alt.X(
        "share:Q",
        axis=alt.Axis(format=".0%", tickCount=5),
        scale=alt.Scale(domain=[0, 1]),
        title=labels["share"],
    )
    y = alt.Y(
        "middle:Q", scale=alt.Scale(type="log", domain=[1e-3, 1e7], clamp=True), title=labels["shift"],
        axis=alt.Axis(values=[1e-3, 1e-1, 1e1, 1e3, 1e5, 1e7], format=",~g"),
    )  # fmt: skip
    colour, dash = _series(labels, look, "kind", {"mean": "l2", "median": "l1"})
    bands = [
        base.transform_filter(f"datum.kind == '{kind}'")
        .mark_area(opacity=0.2, color=look.color(meaning))
        .encode(x=x, y=alt.Y("low:Q", scale=y.to_dict()["scale"]), y2=alt.Y2("high:Q"))
        for kind, meaning in (("mean", "l2"), ("median", "l1"))
    ]
    line = base.mark_line(strokeWidth=look.size(2.6)).encode(
        x=x, y=y, color=colour, strokeDash=dash,
        tooltip=[
            alt.Tooltip("share:Q", format=".0%", title=labels["share"]),
            alt.Tooltip("middle:Q", format=",.3~r", title=labels["shift"]),
        ],
    )  # fmt: skip
    return finish(layer(*bands, line), look, title=labels["title"], height=height)


def shares(labels: Mapping[str, str], look: Look, *, height: int = 330) -> alt.Chart:
    """Draw each point's share of Σ|r| and of Σr² as two bars.

    Data
    ----
    shares : ``point`` (its number), ``kind`` ("l1" or "l2"), ``share``, ``residual``.
    """
    kinds = ["l1", "l2"]
    names = named({kind: labels[kind] for kind in kinds})
    chart = (
        alt.Chart(alt.NamedData("shares"))
        .mark_bar()
        .encode(
            x=alt.X(
                "point:O", sort=None, title=labels["point"], axis=alt.Axis(labelAngle=0, labelOverlap=True)
            ),
            xOffset=alt.XOffset("kind:N", scale=alt.Scale(domain=kinds)),
            y=alt.Y(
                "share:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"), title=labels["share"]
            ),
            color=alt.Color(
                "kind:N",
                scale=look.colors(kinds),
                legend=alt.Legend(title=None, labelExpr=names, orient="top"),
            ),
            # One full, one hollow: not by colour alone.
            fillOpacity=alt.condition("datum.kind == 'l1'", alt.value(0.9), alt.value(0.25)),
            stroke=alt.Stroke("kind:N", scale=look.colors(kinds), legend=None),
            tooltip=[
                alt.Tooltip("point:O", title=labels["point"]),
                alt.Tooltip("residual:Q", format=",.4~r", title=labels["residual"]),
                alt.Tooltip("share:Q", format=".1%", title=labels["share"]),
            ],
        )
    )
    return finish(chart, look, title=labels["title"], height=height)


def leverage(
    labels: Mapping[str, str],
    look: Look,
    *,
    x_span: Span,
    y_span: Span,
    half: float,
    reach: float,
    whole: bool = False,
    height: int = 210,
) -> alt.VConcatChart:
    """Draw the outlier moved in x alone: lines above, their slopes against its place below, the same x axis.

    Data
    ----
    fits : as in `plane`, one row per x of the outlier.
    slopes : ``x``, ``fit``, ``slope``, ``home`` (the outlier's own x), and ``shown``: 1 for all of the curves, 0
        for what lies between the outlier's home and its place.
    frame : two rows ``x``, ``slope``: the room that the curves need.
    points : ``x``, ``y`` of the others.
    path : ``x``, ``y``: where the outlier can go; the first position has the key 0.
    """
    scale = alt.Scale(domain=list(x_span), nice=False, zero=False)
    axis = _axis(x_span, whole=whole)
    x = alt.X("x:Q", scale=scale, axis=axis, title=labels["x"])
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=list(y_span), nice=False, zero=False),
        axis=_axis(y_span),
        title=labels["y"],
    )
    tall = (y_span[1] - y_span[0]) / 2
    handle = Handle("outlier", look.color("outlier"), x_span, y_span, (reach, tall), group="outlier")
    middle = alt.param(name="middle", expr=handle.at("x"))
    now = _row(f"round((middle - data('path')[0].x) / {2 * half!r})")
    lines = _by_line(now, labels)
    path = alt.Chart(alt.NamedData("path")).mark_line(
        color=look.color("outlier"), strokeDash=[2, 4], strokeWidth=1.2, opacity=0.8
    )
    dots = alt.Chart(alt.NamedData("points")).mark_point(
        color=look.color("train"), size=look.size(46), strokeWidth=1.6, opacity=0.95
    )
    moved = now.mark_point(filled=True, size=look.size(120), opacity=1, color=look.color("outlier"))
    untitled = alt.X("x:Q", scale=scale, axis=axis, title=None)
    picture = layer(
        path.encode(x=untitled, y=y),
        dots.encode(x=untitled, y=y),
        _lines(look, lines, x_span),
        moved.encode(x=untitled, y=y),
    )
    picture = on(picture, handles=[handle])
    picture.height, picture.width = height, "container"

    ends = [f"{end}(middle, datum.home)" for end in ("min", "max")]
    curves = (
        alt.Chart(alt.NamedData("slopes"))
        .transform_filter(
            f"datum.shown > 0 || datum.x >= {ends[0]} - {half!r} && datum.x <= {ends[1]} + {half!r}"
        )
        .mark_line(strokeWidth=look.size(2.4), clip=True)
        .encode(
            x=x,
            y=alt.Y("slope:Q", title=labels["slope"]),
            **_styles(look, "fit"),
            tooltip=[
                alt.Tooltip("x:Q", title=labels["x"], format="d" if whole else ".4~g"),
                alt.Tooltip("slope:Q", title=labels["slope"], format=",.3~r"),
            ],
        )
    )
    here = now.mark_rule(color=look.color("outlier"), strokeWidth=1.2).encode(x=alt.X("x:Q", scale=scale))
    tips = lines.mark_point(filled=True, size=look.size(60), opacity=1).encode(
        x=alt.X("x:Q", scale=scale), y=alt.Y("slope:Q"), color=_styles(look)["color"]
    )
    frame = (
        alt.Chart(alt.NamedData("frame"))
        .mark_point(opacity=0)
        .encode(x=x, y=alt.Y("slope:Q", title=labels["slope"]))
    )
    below = layer(frame, curves, here, tips, height=120, width="container")
    rows = 19 * (len(FITS) + 1)
    numbers = _numbers(labels, look, lines, (0, rows))
    numbers.height, numbers.width, numbers.view = rows, "container", alt.ViewConfig(stroke=None)
    both = alt.vconcat(numbers, picture, below, spacing=6, autosize=FIT)
    return finish(hold(with_params(both, middle), [handle]), look)


def losses(labels: Mapping[str, str], look: Look, *, reach: float, height: int = 190) -> alt.VConcatChart:
    """Draw value and derivative of the three losses against the residual.

    Data
    ----
    curves : ``r``, ``fit``, ``value``, ``derivative``.
    here : the same columns at the residual that the reader chose.
    """
    x = alt.X("r:Q", scale=alt.Scale(domain=[-reach, reach], nice=False), title=labels["r"])
    colour, dash = _series(labels, look, "fit", {fit: fit for fit in FITS})

    def panel(field: str) -> alt.LayerChart:
        y = alt.Y(f"{field}:Q", title=labels[field])
        curve = (
            alt.Chart(alt.NamedData("curves"))
            .mark_line(strokeWidth=look.size(2.6))
            .encode(x=x, y=y, color=colour, strokeDash=dash)
        )
        here = alt.Chart(alt.NamedData("here"))
        rule = here.mark_rule(color=look.color("outlier"), strokeWidth=1.2).encode(x=x)
        dots = [
            here.transform_filter(f"datum.fit == '{fit}'")
            .mark_point(filled=True, size=look.size(70), opacity=1, color=look.color(fit))
            .encode(x=x, y=y, tooltip=alt.Tooltip(f"{field}:Q", title=labels[field], format=".4~f"))
            for fit in FITS
        ]
        return layer(curve, rule, *dots, height=height, width="container")

    both = alt.vconcat(panel("value"), panel("derivative"), spacing=8, autosize=FIT)
    return finish(both, look)


def descent(labels: Mapping[str, str], look: Look, *, height: int = 190) -> alt.VConcatChart:
    """Draw descents: how far the slope is from its loss's best one, and how long each step is.

    Data
    ----
    runs : ``step``, ``run`` ("l2", "l1", "decay" or "huber"), ``off`` (slope minus best slope).
    steps : ``step``, ``run``, ``length`` (above 0).
    frame : two rows ``step``, ``off``: the room that all of the runs need.
    """
    runs = {"l2": "l2", "l1": "l1", "decay": "l1", "huber": "huber"}
    colour, dash = _series(labels, look, "run", runs, {**DASHES, "decay": [2, 4]})
    x = alt.X("step:Q", title=labels["step"], scale=alt.Scale(nice=False))
    y = alt.Y("off:Q", title=labels["off"])
    frame = alt.Chart(alt.NamedData("frame")).mark_point(opacity=0)
    off = alt.Chart(alt.NamedData("runs")).mark_line(strokeWidth=look.size(1.8), clip=True)
    length = alt.Chart(alt.NamedData("steps")).mark_line(strokeWidth=look.size(1.8), clip=True)
    lengths = alt.Y(
        "length:Q",
        title=labels["length"],
        axis=alt.Axis(format=".0e", tickCount=5),
        scale=alt.Scale(type="log", domain=[1e-8, 10], clamp=True),
    )
    both = alt.vconcat(
        layer(
            frame.encode(x=x, y=y), off.encode(x=x, y=y, color=colour, strokeDash=dash),
            height=height, width="container",
        ),
        layer(
            frame.encode(x=x), length.encode(x=x, y=lengths, color=colour, strokeDash=dash),
            height=height - 40, width="container",
        ),
        spacing=8,
        autosize=FIT,
    )  # fmt: skip
    return finish(both, look)


def square(labels: Mapping[str, str], look: Look, *, height: int = 320) -> alt.LayerChart:
    """Draw the four corners, the band of all optimal L1 lines, the L1 line shown and the L2 line.

    Data
    ----
    corners : ``x``, ``y``, ``kind`` ("fine", or "moved" for the nudged one).
    band : ``x``, ``low``, ``high``.
    lines : ``x``, ``y``, ``fit``.
    """
    x = alt.X("x:Q", scale=alt.Scale(domain=[-0.35, 1.35], nice=False), title=labels["x"])
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-0.35, 1.35], nice=False), title=labels["y"])
    band = alt.Chart(alt.NamedData("band")).mark_area(color=look.color("l1"), opacity=0.25, clip=True)
    fit_colour, fit_dash = _series(labels, look, "fit", {"l1": "l1", "l2": "l2"})
    lines = (
        alt.Chart(alt.NamedData("lines"))
        .mark_line(strokeWidth=look.size(2.6), clip=True)
        .encode(x=x, y=y, color=fit_colour, strokeDash=fit_dash)
    )
    corners = [
        alt.Chart(alt.NamedData("corners"))
        .transform_filter(f"datum.kind == '{kind}'")
        .mark_point(filled=True, size=look.size(110), opacity=1, shape=shape, color=look.color(colour))
        .encode(x=x, y=y, tooltip=[alt.Tooltip(f"{axis}:Q", title=labels[axis]) for axis in ("x", "y")])
        for kind, shape, colour in (("fine", "circle", "train"), ("moved", "diamond", "outlier"))
    ]
    shaded = band.encode(x=x, y=alt.Y("low:Q", scale=y.to_dict()["scale"]), y2=alt.Y2("high:Q"))
    return finish(layer(shaded, lines, *corners), look, title=labels["data"], height=height)


def optimal_set(labels: Mapping[str, str], look: Look, *, height: int = 320) -> alt.LayerChart:
    """Draw the same in the plane of slope and intercept: every optimal L1 line is a point of the shaded set.

    Data
    ----
    vertices : ``order``, ``slope``, ``intercept``: the corners of the set, closed.
    best : ``slope``, ``intercept``, ``fit``: the lines that are shown.
    """
    x = alt.X("slope:Q", scale=alt.Scale(domain=[-1.5, 1.5], nice=False), title=labels["slope"])
    y = alt.Y("intercept:Q", scale=alt.Scale(domain=[-0.4, 1.4], nice=False), title=labels["intercept"])
    shaded = (
        alt.Chart(alt.NamedData("vertices"))
        .mark_line(
            color=look.color("l1"), strokeWidth=look.size(2), fill=look.color("l1"), fillOpacity=0.25,
            interpolate="linear-closed",
        )
        .encode(x=x, y=y, order=alt.Order("order:Q"))
    )  # fmt: skip
    corners = (
        alt.Chart(alt.NamedData("vertices"))
        .mark_point(color=look.color("l1"), size=look.size(40), opacity=1)
        .encode(
            x=x,
            y=y,
            tooltip=[alt.Tooltip(f"{c}:Q", format=".3f", title=labels[c]) for c in ("slope", "intercept")],
        )
    )
    best = [
        alt.Chart(alt.NamedData("best"))
        .transform_filter(f"datum.fit == '{fit}'")
        .mark_point(filled=True, opacity=1, size=look.size(size), shape=SHAPES[fit], color=look.color(fit))
        .encode(x=x, y=y)
        for fit, size in (("l1", 260), ("l2", 70))
    ]
    return finish(layer(shaded, corners, *best), look, title=labels["set"], height=height)


def jump(labels: Mapping[str, str], look: Look, *, height: int = 320) -> alt.LayerChart:
    """Draw both slopes against the nudge: one jumps, the other moves on smoothly.

    Data
    ----
    slopes : ``nudge``, ``fit``, ``slope``, ``side`` (a line is broken where its side changes).
    ranges : ``nudge``, ``low``, ``high``: all optimal L1 slopes where there are several.
    here : ``nudge``, ``fit``, ``slope``.
    """
    fits = ["l1", "l2"]
    x = alt.X(
        "nudge:Q", scale=alt.Scale(domain=[-0.1, 0.1], nice=False), title=labels["nudge"],
        axis=alt.Axis(values=[-0.1, -0.05, 0, 0.05, 0.1]),
    )  # fmt: skip
    y = alt.Y("slope:Q", scale=alt.Scale(domain=[-1.2, 1.2], nice=False), title=labels["slope"])
    colour = alt.Color("fit:N", scale=look.colors(fits), legend=None)
    lines = (
        alt.Chart(alt.NamedData("slopes"))
        .mark_line(strokeWidth=look.size(2.6))
        .encode(
            x=x, y=y, color=colour, detail=alt.Detail("side:N"),
            strokeDash=alt.StrokeDash("fit:N", scale=look.dashes(fits), legend=None),
        )
    )  # fmt: skip
    ranges = (
        alt.Chart(alt.NamedData("ranges"))
        .mark_rule(color=look.color("l1"), strokeWidth=look.size(5), opacity=0.35)
        .encode(x=x, y=alt.Y("low:Q", scale=y.to_dict()["scale"]), y2=alt.Y2("high:Q"))
    )
    here = alt.Chart(alt.NamedData("here"))
    rule = here.mark_rule(color=look.color("muted"), strokeDash=[3, 3], strokeWidth=1.2).encode(x=x)
    dots = here.mark_point(filled=True, size=look.size(90), opacity=1).encode(
        x=x, y=y, color=colour, shape=alt.Shape("fit:N", scale=look.shapes(fits), legend=None)
    )
    return finish(layer(ranges, lines, rule, dots), look, title=labels["jump"], height=height)
