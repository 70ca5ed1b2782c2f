"""Pictures of the distance lesson."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import altair as alt

from pages.charts.handles import DATA, Handle, hold, on
from pages.charts.theme import DASHES, FIT, SHAPES, Look, finish, layer, named, with_params

EAST = (-10, 10)  # the city's outermost streets
NORTH = (-2, 12)
REACH = 1.0  # half the side of a handle, in blocks: two blocks are wide enough for a finger on a phone
Across = Callable[[str], alt.X]  # the channels of a plane, as functions of the field
Up = Callable[[str], alt.Y]


def city(labels: Mapping[str, str], look: Look) -> alt.LayerChart:
    """Draw the city: two handles, a block route, the straight line, and what follows from them.

    A block is square at every width: the height is a signal that follows the width.

    Data
    ----
    handles : one row ``start_x``, ``start_y``, ``goal_x``, ``goal_y``: where the handles stand.
    streets : ``x0``, ``y0``, ``x1``, ``y1`` of every street, around the origin.
    moves : for every displacement its ``key``, 100 · across + up, the bend of the block route ``cx``, ``cy`` (from
        the start), the figures ``l1``, ``l2``, ``ratio``, ``routes``, and ``between``: where the ratio stands from
        1 (0) to √2 (1).
    """
    across, up = _plan(labels)
    handles = [
        Handle(name, look.color(color), _outer(EAST), _outer(NORTH), reach=(REACH, REACH), group=name)
        for name, color in (("start", "train"), ("goal", "truth"))
    ]
    # Worked out once, not for every row that needs it.
    places = [
        alt.param(name=f"at_{short}{axis}", expr=handle.at(axis, 1))
        for short, handle in zip("ab", handles, strict=True)
        for axis in "xy"
    ]
    streets = _streets(labels, look, "at_ax", "at_ay")
    fields = ["cx", "cy", "l1", "l2", "ratio", "routes", "between"]
    now = (
        alt.Chart(alt.NamedData(DATA))
        .transform_calculate(ax="at_ax", ay="at_ay", bx="at_bx", by="at_by")
        .transform_calculate(key="(datum.bx - datum.ax) * 100 + datum.by - datum.ay")
        .transform_lookup(
            lookup="key", from_=alt.LookupData(data=alt.NamedData("moves"), key="key", fields=fields)
        )
        .transform_calculate(kx="datum.ax + datum.cx", ky="datum.ay + datum.cy")
    )
    solid = {"color": look.color("l1"), "strokeWidth": look.size(4), "strokeCap": "round", "clip": True}
    dashed = {"color": look.color("l2"), "strokeWidth": look.size(3.5), "strokeDash": DASHES["l2"]}
    route = [
        now.mark_rule(**solid).encode(x=across("ax"), y=up("ay"), x2=alt.X2("kx"), y2=alt.Y2("ky")),
        now.mark_rule(**solid).encode(x=across("kx"), y=up("ky"), x2=alt.X2("bx"), y2=alt.Y2("by")),
    ]
    straight = now.mark_rule(**dashed).encode(x=across("ax"), y=up("ay"), x2=alt.X2("bx"), y2=alt.Y2("by"))
    pins = [
        now.mark_point(
            filled=True, size=look.size(130), opacity=1, shape=shape, color=look.color(color),
            stroke=look.color("background"), strokeWidth=1.5,
        ).encode(x=across(f"{which}x"), y=up(f"{which}y"))
        for which, shape, color in (("a", "circle", "train"), ("b", "diamond", "truth"))
    ]  # fmt: skip
    bold = {"baseline": "middle", "fontSize": look.size(13), "fontWeight": "bold"}
    halo = {"stroke": look.color("grid"), "strokeWidth": 4, "color": look.color("grid")}
    names = [
        now.transform_calculate(
            **{
                f"{which}_words": f"'{labels[word]} (' + format(datum.{which}x, 'd') + ', ' + "
                f"format(datum.{which}y, 'd') + ')'"
            }
        )
        .mark_text(**bold, **style, **_beside(which, look))
        .encode(x=across(f"{which}x"), y=up(f"{which}y"), text=alt.Text(f"{which}_words:N"))
        for which, word in (("a", "start"), ("b", "goal"))
        for style in (halo, {"color": look.ink})
    ]
    layers = [streets, *route, straight, *pins, *names, *_totals(now, labels, look, solid, dashed)]
    picture = with_params(on(layer(*layers, view=_blocks(look)), handles=handles), *places)
    return _square(hold(picture, handles), look, _side(NORTH) / _side(EAST))


def _beside(which: str, look: Look) -> dict[str, Any]:
    """Place a point's name at its handle, inside the map: what stands out of it makes the map smaller."""
    handle = f"width * {REACH / _side(EAST):.4f}"
    left, right = f"datum.{which}x < {EAST[0] / 2}", f"datum.{which}x > {EAST[1] / 2}"
    away = f"({handle} + {look.size(10)})"
    # The block route comes to the destination from the start's side.
    from_above = f"datum.ay > datum.by && datum.by > {NORTH[0] + REACH}" if which == "b" else "false"
    return {
        "align": alt.expr(f"{left} ? 'left' : {right} ? 'right' : 'center'"),
        "dx": alt.expr(f"{left} ? 3 - {handle} : {right} ? {handle} - 3 : 0"),
        "dy": alt.expr(f"datum.{which}y > {NORTH[1] - REACH} || {from_above} ? {away} : -{away}"),
    }


def _side(street_ends: tuple[int, int]) -> float:
    """Length of a side of the map, in blocks: half a handle stands beyond the outermost street."""
    return street_ends[1] - street_ends[0] + 2 * REACH


def _outer(street_ends: tuple[int, int]) -> tuple[float, float]:
    """Give the ends of a side of the map."""
    return street_ends[0] - REACH, street_ends[1] + REACH


def _plan(labels: Mapping[str, str]) -> tuple[Across, Up]:
    """Give the two channels of a map of the city, as functions of the field."""

    def channel(kind: Any, ends: tuple[int, int], title: str) -> Any:
        scale = alt.Scale(domain=list(_outer(ends)), nice=False, zero=False)
        even = [value for value in range(ends[0], ends[1] + 1) if value % 2 == 0]
        axis = alt.Axis(values=even, grid=False, labelOverlap=True, format="d")
        return lambda field: kind(field, type="quantitative", scale=scale, axis=axis, title=title)

    return channel(alt.X, EAST, labels["x"]), channel(alt.Y, NORTH, labels["y"])


def _streets(labels: Mapping[str, str], look: Look, east: str = "0", north: str = "0") -> alt.Chart:
    """Streets as bright lines over the blocks, moved by as many blocks as the two expressions say."""
    across, up = _plan(labels)
    return (
        alt.Chart(alt.NamedData("streets"))
        .transform_calculate(
            px=f"datum.x0 + {east}",
            py=f"datum.y0 + {north}",
            qx=f"datum.x1 + {east}",
            qy=f"datum.y1 + {north}",
        )
        .mark_rule(color=look.color("background"), strokeWidth=look.size(4), clip=True)
        .encode(x=across("px"), y=up("py"), x2=alt.X2("qx"), y2=alt.Y2("qy"))
    )


def _blocks(look: Look) -> alt.ViewBackground:
    return alt.ViewBackground(fill=look.color("grid"), stroke=None)


def _square(chart: Any, look: Look, ratio: float, title: str | None = None) -> Any:
    """Make the height follow the width, so that a unit is as long upwards as across at every width."""
    height = alt.param(name="height", expr=f"round(width * {ratio:.6f})")  # whole pixels: see charts.handles
    chart.autosize = FIT
    return finish(with_params(chart, height), look, title=title)


def _words_at(look: Look, beside: float, above: str | float) -> str:
    """Give the place of words about a picture: above it, or for an audience, on a wide screen, to its left.

    A picture with equal units on both axes is as high as its room; above it, words would make it smaller.
    """
    return f"(windowSize()[0] > 640 ? {beside} : {above})" if look.scale > 1 else f"({above})"


def _columns(look: Look, start: str, end: str) -> tuple[str, str]:
    """Give where words about a picture begin and end across; `start` and `end` where they stand above it."""
    return _words_at(look, -look.size(330), start), _words_at(look, -look.size(85), end)


def _level(look: Look, row: int, above: str | float) -> alt.YValue:
    """Give the height of a row of words about a picture."""
    return alt.YValue(alt.expr(_words_at(look, look.size(24 * row + 14), above)))


def _totals(
    now: alt.Chart, labels: Mapping[str, str], look: Look, solid: dict[str, Any], dashed: dict[str, Any]
) -> list[Any]:
    """Four figures above the map, in two columns, that follow the hand; the ratio also on a track from 1 to √2."""
    narrow = f"width < {look.size(410)}"
    marks: list[Any] = []
    shares = (("l1", 0, 0.46), ("l2", 0.54, 1), ("ratio", 0, 0.54), ("routes", 0.59, 1))  # of the width
    for index, (field, start, end) in enumerate(shares):
        left, right = _columns(look, f"{narrow} ? 0 : width * {start}", f"{narrow} ? width : width * {end}")
        row = index // 2
        y = _level(look, index, f"{narrow} ? {look.size(24 * index - 98)} : {look.size(24 * row - 50)}")
        digits = {"ratio": ".3~f", "routes": ","}.get(field, ",.2~f")
        line = now.transform_calculate(
            **{f"{field}_words": f"isValid(datum.{field}) ? format(datum.{field}, '{digits}') : '–'"}
        )
        marks.append(
            line.mark_text(
                align="left", baseline="middle", fontSize=look.size(14), color=look.ink, text=labels[field]
            ).encode(x=alt.XValue(alt.expr(f"{left} + {32 if field in DASHES else 0}")), y=y)
        )
        marks.append(
            line.mark_text(
                align="right", baseline="middle", fontSize=look.size(17), fontWeight="bold", color=look.ink
            ).encode(x=alt.XValue(alt.expr(right)), y=y, text=alt.Text(f"{field}_words:N"))
        )
        if field in ("l1", "l2"):
            style = {**(solid if field == "l1" else dashed), "clip": False}
            ends = {"x": alt.XValue(alt.expr(left)), "x2": alt.X2Value(alt.expr(f"{left} + 24"))}
            marks.append(line.mark_rule(**style).encode(**ends, y=y))
        if field == "ratio":
            marks += _track(line, look, f"{left} + {look.size(84)}", f"{right} - {look.size(84)}", y)
    return marks


def _track(line: alt.Chart, look: Look, low: str, high: str, y: Any) -> list[Any]:
    """Draw where the ratio stands between its least and its greatest value."""
    marks: list[Any] = [
        line.mark_rule(color=look.color("muted"), strokeWidth=look.size(2)).encode(
            x=alt.XValue(alt.expr(low)), x2=alt.X2Value(alt.expr(high)), y=y
        )
    ]
    for words, align, place in (("1", "right", f"{low} - 6"), ("√2", "left", f"{high} + 6")):
        marks.append(
            line.mark_text(
                align=align, baseline="middle", fontSize=look.size(13), color=look.ink, text=words
            ).encode(x=alt.XValue(alt.expr(place)), y=y)
        )
    stand = f"({low}) + datum.between * (({high}) - ({low}))"
    marks.append(
        line.transform_filter("isValid(datum.between)")
        .mark_point(filled=True, opacity=1, size=look.size(110), shape=SHAPES["l1"], color=look.color("l1"))
        .encode(x=alt.XValue(alt.expr(stand)), y=y)
    )
    return marks


def turning(labels: Mapping[str, str], look: Look, *, height: int = 138) -> alt.LayerChart:
    """Draw both totals against the angle of the axes, in units of the straight line.

    Data
    ----
    turned : ``angle`` in degrees, ``l1`` and ``l2`` as multiples of the straight line, ``now`` (bool: the angle set).
    """
    kinds = ["l1", "l2"]
    degrees = alt.Axis(values=[0, 30, 45, 60, 90], labelExpr="datum.label + '°'")
    x = alt.X("angle:Q", title=None, scale=alt.Scale(domain=[0, 90]), axis=degrees)
    y = alt.Y(
        "ratio:Q",
        title=labels["ratio"],
        scale=alt.Scale(domain=[0.95, 1.45], zero=False),
        axis=alt.Axis(values=[1, 1.2, math.sqrt(2)], labelExpr="datum.value > 1.4 ? '√2' : datum.label"),
    )
    color = alt.Color("kind:N", scale=look.colors(kinds), legend=None)
    turned = alt.Chart(alt.NamedData("turned")).transform_fold(kinds, as_=["kind", "ratio"])
    lines = turned.mark_line(strokeWidth=look.size(2.5)).encode(
        x=x, y=y, color=color, strokeDash=alt.StrokeDash("kind:N", scale=look.dashes(kinds), legend=None)
    )
    dots = (
        turned.transform_filter("datum.now")
        .mark_point(filled=True, size=look.size(90), opacity=1)
        .encode(
            x=x,
            y=y,
            color=color,
            shape=alt.Shape("kind:N", scale=look.shapes(kinds), legend=None),
            tooltip=alt.Tooltip("ratio:Q", title=labels["ratio"], format=".3f"),
        )
    )
    return finish(layer(lines, dots), look, title=labels["title"], height=height)


def routes(labels: Mapping[str, str], look: Look) -> alt.LayerChart:
    """Draw shortest routes side by side, and one route: as far as it has been walked, and what is left of it.

    Data
    ----
    streets : as in `city`.
    routes : ``route`` (from 0), ``of`` (how many), ``step``, ``x``, ``y``.
    route : ``step`` from 0 to ``total``, ``x``, ``y``; ``row`` is 0.
    so_far : one row: ``walked``, and ``row``, which is 0.
    """
    across, up = _plan(labels)
    lanes = (
        # Neighbouring lanes of the same street, so that no route hides another.
        alt.Chart(alt.NamedData("routes"))
        .transform_calculate(
            lane_x="datum.x + 0.055 * (datum.route - (datum.of - 1) / 2)",
            lane_y="datum.y + 0.055 * (datum.route - (datum.of - 1) / 2)",
        )
        .mark_line(color=look.color("l1"), strokeWidth=look.size(1.8), opacity=0.9, strokeJoin="round")
        .encode(x=across("lane_x"), y=up("lane_y"), order=alt.Order("step:Q"), detail=alt.Detail("route:N"))
    )
    joined = alt.LookupData(data=alt.NamedData("so_far"), key="row", fields=["walked"])
    route = alt.Chart(alt.NamedData("route")).transform_lookup(lookup="row", from_=joined)
    x, y, step = across("x"), up("y"), alt.Order("step:Q")
    narrow = f"width < {look.size(380)}"

    def level(index: int) -> Any:
        """Height of an entry above the map: two in a row, or each in a row of its own."""
        rows = look.size(24 * index - 88), look.size(24 * (index // 2) - 40)
        return _level(look, index, f"{narrow} ? {rows[0]} : {rows[1]}")

    behind = {"color": look.ink, "strokeWidth": look.size(4.5), "strokeCap": "round"}
    ahead = {"color": look.ink, "strokeWidth": look.size(3), "strokeDash": [1, 5], "strokeCap": "round"}
    flight = {"color": look.color("l2"), "strokeWidth": look.size(2.5), "strokeDash": DASHES["l2"]}
    here = route.transform_filter("datum.step == datum.walked")
    ends = route.transform_filter("datum.step == 0 || datum.step == datum.total")
    end_colors = alt.condition(
        "datum.step == 0", alt.value(look.color("train")), alt.value(look.color("truth"))
    )
    end_shapes = alt.condition("datum.step == 0", alt.value("circle"), alt.value("diamond"))
    layers = [
        _streets(labels, look),
        lanes,
        ends.mark_line(**flight).encode(x=x, y=y, order=step),
        route.transform_filter("datum.step >= datum.walked").mark_line(**ahead).encode(x=x, y=y, order=step),
        route.transform_filter("datum.step <= datum.walked")
        .mark_line(strokeJoin="round", **behind)
        .encode(x=x, y=y, order=step),
        ends.mark_point(
            filled=True, opacity=1, size=look.size(150), stroke=look.color("background"), strokeWidth=1.5
        ).encode(x=x, y=y, color=end_colors, shape=end_shapes),
        here.mark_point(
            filled=True, opacity=1, size=look.size(260), shape="circle", color=look.ink,
            stroke=look.color("background"), strokeWidth=2,
        ).encode(x=x, y=y),
        here.mark_text(color=look.color("background"), fontSize=look.size(11), fontWeight="bold").encode(
            x=x, y=y, text=alt.Text("step:Q")
        ),
        here.transform_calculate(words="datum.step + ' / ' + datum.total")
        .mark_text(
            align="right", fontSize=look.size(17), fontWeight="bold", color=look.ink, baseline="middle"
        )
        .encode(x=alt.XValue(alt.expr(_columns(look, "0", "width")[1])), y=level(0), text=alt.Text("words:N")),
    ]  # fmt: skip
    lane = {"color": look.color("l1"), "strokeWidth": look.size(1.8)}
    for index, (name, style) in enumerate(
        (("walked", behind), ("ahead", ahead), ("shortest", lane), ("l2", flight))
    ):
        start, _ = _columns(look, f"{narrow} ? 0 : width * {0.4 * (index % 2)}", "")
        height = level(index)
        sample = here.mark_rule(**style).encode(
            x=alt.XValue(alt.expr(start)), x2=alt.X2Value(alt.expr(f"{start} + 24")), y=height
        )
        words = here.mark_text(
            align="left", baseline="middle", fontSize=look.size(14), color=look.ink, text=labels[name]
        ).encode(x=alt.XValue(alt.expr(f"{start} + 32")), y=height)
        layers += [sample, words]
    return _square(layer(*layers, view=_blocks(look)), look, _side(NORTH) / _side(EAST))


def residuals(labels: Mapping[str, str], look: Look, *, height: int = 310) -> alt.LayerChart:
    """Draw every residual as the bar from the prediction to the truth; the largest stands out.

    Data
    ----
    rows : ``i`` from 1, ``y_true``, ``y_pred``, ``largest`` (bool), ``few`` (bool: room for the bars' ends) and
        ``words``, the residual where there is room.
    """
    rows = alt.Chart(alt.NamedData("rows"))
    x = alt.X("i:O", title=labels["i"], axis=alt.Axis(labelOverlap=True, labelAngle=0, grid=False))

    def value(field: str) -> alt.Y:
        return alt.Y(field, type="quantitative", title=labels["y"], scale=alt.Scale(zero=False, nice=True))

    color = alt.condition("datum.largest", alt.value(look.color("outlier")), alt.value(look.color("none")))
    thick = alt.condition("datum.few || datum.largest", alt.value(look.size(4)), alt.value(1))
    told = [alt.Tooltip("i:O", title=labels["i"])] + [
        alt.Tooltip(f"{kind}:Q", title=labels[kind]) for kind in ("y_true", "y_pred")
    ]
    bars = rows.mark_rule().encode(
        x=x, y=value("y_pred"), y2=alt.Y2("y_true"), color=color, strokeWidth=thick, tooltip=told
    )
    marks = [
        rows.transform_filter("datum.few")
        .transform_calculate(label=f"'{kind}'")
        .mark_point(filled=True, opacity=1, size=look.size(70))
        .encode(
            x=x,
            y=value(kind),
            tooltip=told,
            color=alt.Color(
                "label:N",
                scale=alt.Scale(
                    domain=["y_true", "y_pred"], range=[look.color("truth"), look.color("train")]
                ),
                legend=alt.Legend(title=None, labelExpr=named(labels)),
            ),
            shape=alt.Shape(
                "label:N",
                scale=alt.Scale(domain=["y_true", "y_pred"], range=["circle", "square"]),
                legend=alt.Legend(title=None, labelExpr=named(labels)),
            ),
        )
        for kind in ("y_true", "y_pred")
    ]
    words = rows.mark_text(
        align="left", dx=8, fontSize=look.size(13), fontWeight="bold", color=look.ink
    ).encode(x=x, y=value("y_true"), text=alt.Text("words:N"))
    return finish(layer(bars, *marks, words), look, title=labels["title"], height=height)


def removal(labels: Mapping[str, str], look: Look, *, height: int = 190) -> alt.LayerChart:
    """Draw by what share each total falls without the largest residual.

    Data
    ----
    drops : ``total`` (``"abs"``, ``"sq"``, ``"root"``), ``share`` from 0 to 1.
    """
    kinds = ["abs", "sq", "root"]
    drops = alt.Chart(alt.NamedData("drops"))
    y = alt.Y("total:N", sort=kinds, title=None, axis=alt.Axis(labelExpr=named(labels), labelLimit=200))
    x = alt.X(
        "share:Q",
        title=labels["x"],
        scale=alt.Scale(domain=[0, 1.15]),
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    fill = alt.Scale(domain=kinds, range=[look.color("l1"), look.color("l2"), look.color("l2")])
    bars = drops.mark_bar(height=alt.RelativeBandSize(0.6)).encode(
        x=x,
        y=y,
        color=alt.Color("total:N", scale=fill, legend=None),
        fillOpacity=alt.condition("datum.total == 'root'", alt.value(0.45), alt.value(1)),
        tooltip=alt.Tooltip("share:Q", title=labels["x"], format=".2%"),
    )
    words = drops.mark_text(
        align="left", dx=6, fontWeight="bold", fontSize=look.size(13), color=look.ink
    ).encode(x=x, y=y, text=alt.Text("share:Q", format=".1%"))
    return finish(layer(bars, words), look, title=labels["title"], height=height)


def _alike(labels: Mapping[str, str], scale: alt.Scale, axis: alt.Axis) -> tuple[Across, Up]:
    """Give the two channels of a picture whose axes are alike, as functions of the field."""

    def across(field: str) -> alt.X:
        return alt.X(field, type="quantitative", scale=scale, axis=axis, title=labels["x"])

    def up(field: str) -> alt.Y:
        return alt.Y(field, type="quantitative", scale=scale, axis=axis, title=labels["y"])

    return across, up


def ball(labels: Mapping[str, str], look: Look, *, last: int, l1: int, l2: int) -> alt.LayerChart:
    """Draw the points of size 1 under the p-norm; the slider below the picture sets p in the browser.

    Data
    ----
    balls : ``i`` (which p), ``k`` (order), ``x``, ``y``.
    facts : ``i``, ``name`` (p as text), ``norm`` (bool), and for p < 1 ``straight``, the "length" of (1, 1).
    halfway : for every p < 1 ``i`` and a pair of unit vectors ``ux``, ``uy``, ``vx``, ``vy`` with their
        midpoint ``x``, ``y``, which lies outside the ball.

    Parameters
    ----------
    last : int
        The slider's last place.
    l1, l2 : int
        Which ones are p = 1 and p = 2, drawn for comparison.
    """
    scale = alt.Scale(domain=[-1.25, 1.25], nice=False)
    across, up = _alike(labels, scale, alt.Axis(values=[-1, -0.5, 0, 0.5, 1]))
    slider = alt.selection_point(
        name="p", fields=["i"], value=[{"i": l2}], on="never", clear=False,
        bind=alt.binding_range(min=0, max=last, step=1, name=labels["slider"]),
    )  # fmt: skip
    chosen = "datum.i == p.i[0]"
    balls, facts = alt.Chart(alt.NamedData("balls")), alt.Chart(alt.NamedData("facts"))
    shape = (
        balls.transform_filter(chosen)
        .mark_line(color=look.ink, strokeWidth=look.size(3), fill=look.ink, fillOpacity=0.08)
        .encode(x=across("x"), y=up("y"), order=alt.Order("k:Q"))
        .add_params(slider)
    )
    frames = [
        balls.transform_filter(f"datum.i == {which}")
        .mark_line(color=look.color(kind), strokeWidth=look.size(2), strokeDash=DASHES[kind])
        .encode(x=across("x"), y=up("y"), order=alt.Order("k:Q"))
        for kind, which in (("l1", l1), ("l2", l2))
    ]
    halfway = alt.Chart(alt.NamedData("halfway")).transform_filter(chosen)
    red = look.color("outlier")
    chord = halfway.mark_rule(color=red, strokeWidth=look.size(2), strokeDash=[4, 3]).encode(
        x=across("ux"), y=up("uy"), x2=alt.X2("vx"), y2=alt.Y2("vy")
    )
    middle = halfway.mark_point(
        shape=SHAPES["outlier"], filled=True, opacity=1, size=look.size(130), color=red
    ).encode(x=across("x"), y=up("y"))
    now = facts.transform_filter(chosen).transform_calculate(
        name_words="'p = ' + datum.name",
        verdict=f"datum.norm ? '{labels['norm']}' : '{labels['no_norm']} ' + format(datum.straight, ',.4~g') + ' > 2'",
    )
    words = [
        now.mark_text(
            align="left", baseline="middle", fontSize=look.size(size), fontWeight=weight, color=look.ink
        ).encode(x=alt.XValue(0), y=alt.YValue(above), text=alt.Text(f"{field}:N"))
        for field, size, weight, above in (("name_words", 18, "bold", -36), ("verdict", 13, "normal", -14))
    ]
    return _square(layer(shape, *frames, chord, middle, *words), look, 1.0)


SPAN = 3.0  # the least-squares optimum can be dragged from -SPAN to SPAN on both axes …
STEP = 0.25  # … in steps of STEP
GRIP = 0.3  # half the side of its handle


def touching(labels: Mapping[str, str], look: Look) -> alt.LayerChart:
    """Draw the two balls, the loss contours that touch them, and the paths as λ grows; the optimum is a handle.

    Data
    ----
    handles : one row ``optimum_x``, ``optimum_y``: where the handle stands.
    solved : for every place of the optimum its ``key``, ``cx``, ``cy``, and per penalty the point ``x_l1``,
        ``y_l1``, the ball's radius ``radius_l1`` and the contour's stretch ``stretch_l1`` (and ``…_l2``).
    shapes : ``shape`` (``"l1"``, ``"l2"``: unit balls; ``"contour"``), ``k`` (order), ``x``, ``y``.
    rings : more contours around an optimum at 0: ``ring``, ``k``, ``x``, ``y``.
    paths : for one place of the optimum ``key``, ``penalty``, ``k`` (order), ``x``, ``y``.
    """
    edge = SPAN + GRIP + 0.05
    axis = alt.Axis(values=list(range(-3, 4)), format="d")
    across, up = _alike(labels, alt.Scale(domain=[-edge, edge], nice=False), axis)
    handle = Handle("optimum", look.color("truth"), (-edge, edge), (-edge, edge), reach=(GRIP, GRIP))
    cx, cy = handle.at("x", STEP), handle.at("y", STEP)
    spot = alt.param(name="spot", expr=f"round({cx} / {STEP}) * 100 + round({cy} / {STEP})")
    now = alt.Chart(alt.NamedData("solved")).transform_filter("datum.key == spot")
    layers = [
        _rings(look, across, up, cx, cy),
        *_touch(look, across, up, "l1"),
        *_touch(look, across, up, "l2"),
        _cross(now, look).encode(x=across("cx"), y=up("cy")),
        *(_solution(now, labels, look, across, up, kind) for kind in ("l1", "l2")),
        # What every mark is, above the picture; beside the three points where they are.
        *_places(now, labels, look),
        *_samples(now, labels, look),
    ]
    return _square(hold(with_params(on(layer(*layers), handles=[handle]), spot), [handle]), look, 1.0)


def _rings(look: Look, across: Across, up: Up, cx: str, cy: str) -> alt.Chart:
    """Draw more contours around the optimum, which stands at (`cx`, `cy`)."""
    return (
        alt.Chart(alt.NamedData("rings"))
        .transform_calculate(px=f"datum.x + {cx}", py=f"datum.y + {cy}")
        .mark_line(color=look.color("muted"), strokeWidth=1, opacity=0.7, clip=True)
        .encode(x=across("px"), y=up("py"), order=alt.Order("k:Q"), detail=alt.Detail("ring:N"))
    )


def _touch(look: Look, across: Across, up: Up, kind: str) -> list[alt.Chart]:
    """Draw a penalty's ball, the contour that touches it, and the path as λ grows.

    Unit shapes, put where reglib says: a ball is widened to its radius, a contour stretched about the optimum.
    """
    fields = [f"{name}_{kind}" for kind in ("l1", "l2") for name in ("x", "y", "radius", "stretch")]
    joined = alt.LookupData(data=alt.NamedData("solved"), key="key", fields=["cx", "cy", *fields])
    shapes = (
        alt.Chart(alt.NamedData("shapes"))
        .transform_calculate(key="spot")
        .transform_lookup(lookup="key", from_=joined)
    )
    line = {"color": look.color(kind), "strokeDash": DASHES[kind], "clip": True}
    ball = (
        shapes.transform_filter(f"datum.shape == '{kind}'")
        .transform_calculate(
            **{axis: f"datum.{axis[-1]} * datum.radius_{kind}" for axis in ("ball_x", "ball_y")}
        )
        .mark_line(strokeWidth=look.size(2.5), fill=look.color(kind), fillOpacity=0.14, **line)
        .encode(x=across("ball_x"), y=up("ball_y"), order=alt.Order("k:Q"))
    )
    contour = (
        shapes.transform_filter("datum.shape == 'contour'")
        .transform_calculate(
            **{
                f"{kind}_{axis}": f"datum.{axis} * datum.stretch_{kind} + datum.c{axis}"
                for axis in ("x", "y")
            }
        )
        .mark_line(strokeWidth=look.size(1.5), **line)
        .encode(x=across(f"{kind}_x"), y=up(f"{kind}_y"), order=alt.Order("k:Q"))
    )
    path = (
        alt.Chart(alt.NamedData("paths"))
        .transform_filter(f"datum.penalty == '{kind}' && datum.key == spot")
        .mark_line(strokeWidth=look.size(3), opacity=0.55, **line)
        .encode(x=across("x"), y=up("y"), order=alt.Order("k:Q"))
    )
    return [ball, contour, path]


def _cross(now: alt.Chart, look: Look) -> alt.Chart:
    """Draw the optimum without a penalty, as a cross: in the picture and where the words about it are."""
    return now.mark_point(
        shape="M-.5,-.5L.5,.5M.5,-.5L-.5,.5", size=look.size(170), opacity=1, filled=False,
        stroke=look.color("truth"), strokeWidth=look.size(3.5),
    )  # fmt: skip


def _solution(
    now: alt.Chart, labels: Mapping[str, str], look: Look, across: Across, up: Up, kind: str
) -> alt.Chart:
    """Draw the optimum with a penalty."""
    return now.mark_point(
        shape=SHAPES[kind], filled=True, opacity=1, size=look.size(150), color=look.color(kind),
        stroke=look.color("background"), strokeWidth=1.5,
    ).encode(
        x=across(f"x_{kind}"),
        y=up(f"y_{kind}"),
        tooltip=[alt.Tooltip(f"{axis}_{kind}:Q", title=labels[axis], format=".4~f") for axis in ("x", "y")],
    )  # fmt: skip


def _key_row(look: Look, row: int) -> alt.YValue:
    """Give the height of a row of the words about the picture of `touching`."""
    return _level(look, row, look.size(24 * row - 110))


def _key_place(look: Look, place: float) -> Any:
    """Give a place in such a row, counted from where it begins."""
    return alt.expr(f"{_columns(look, '0', 'width')[0]} + {place}")


def _places(now: alt.Chart, labels: Mapping[str, str], look: Look) -> list[alt.Chart]:
    """Write where the three optima are, each behind its name and a sample of its mark."""
    marks: list[alt.Chart] = []
    right = alt.XValue(alt.expr(_columns(look, "0", "width")[1]))
    for row, (kind, x, y) in enumerate(
        (("l1", "x_l1", "y_l1"), ("l2", "x_l2", "y_l2"), ("optimum", "cx", "cy"))
    ):
        level = _key_row(look, row)
        marks.append(now.transform_calculate(
            **{f"{kind}_words": f"'(' + format(datum.{x}, '.2~f') + ', ' + format(datum.{y}, '.2~f') + ')'"}
        ).mark_text(
            align="right", baseline="middle", fontSize=look.size(16), fontWeight="bold", color=look.ink
        ).encode(
            x=right, y=level, text=alt.Text(f"{kind}_words:N")
        ))  # fmt: skip
        marks.append(_entry(now, labels[kind], look, _key_place(look, 32), level))
        if kind in DASHES:
            line = {"color": look.color(kind), "strokeDash": DASHES[kind], "strokeWidth": look.size(3)}
            ends = {"x": alt.XValue(_key_place(look, 0)), "x2": alt.X2Value(_key_place(look, 24))}
            marks.append(now.mark_rule(**line).encode(**ends, y=level))
    marks.append(_cross(now, look).encode(x=alt.XValue(_key_place(look, 12)), y=_key_row(look, 2)))
    return marks


def _samples(now: alt.Chart, labels: Mapping[str, str], look: Look) -> list[alt.Chart]:
    """Write what the thin contours and the broad paths are, behind samples of both."""
    marks: list[alt.Chart] = []
    samples: tuple[tuple[float, float, float, dict[str, Any]], ...] = (  # from, to, width, style
        (0, 24, 1, {"color": look.color("muted"), "opacity": 0.7}),
        (0, 12, 5, {"color": look.color("l1"), "opacity": 0.55}),
        (12, 24, 5, {"color": look.color("l2"), "opacity": 0.55}),
    )
    for (start, end, width, style), row in zip(samples, (3, 4, 4), strict=True):
        marks.append(
            now.mark_rule(strokeWidth=look.size(width), **style).encode(
                x=alt.XValue(_key_place(look, start)),
                x2=alt.X2Value(_key_place(look, end)),
                y=_key_row(look, row),
            )
        )
    for row, name in enumerate(("rings", "path"), start=3):
        marks.append(_entry(now, labels[name], look, _key_place(look, 32), _key_row(look, row)))
    return marks


def _entry(row: alt.Chart, words: str, look: Look, place: Any, level: Any) -> Any:
    """Words of a legend above or beside a picture, to the right of their sample."""
    return row.mark_text(
        align="left", baseline="middle", fontSize=look.size(14), color=look.ink, text=words
    ).encode(x=alt.XValue(place), y=level)


def corners(labels: Mapping[str, str], look: Look) -> alt.LayerChart:
    """Draw where the optima of many random problems lie on the two balls, and how many in each corner.

    Data
    ----
    optima : ``penalty``, ``x``, ``y``.
    corners : ``x``, ``y`` of the diamond's corners and ``count``, how many L1 optima are exactly there.
    """
    kinds = ["l1", "l2"]
    scale = alt.Scale(domain=[-1.35, 1.35], nice=False)
    axis = alt.Axis(values=[-1, 0, 1])
    x, y = (
        alt.X("x:Q", scale=scale, axis=axis, title=labels["x"]),
        alt.Y("y:Q", scale=scale, axis=axis, title=labels["y"]),
    )
    legend = alt.Legend(title=None, labelExpr=named(labels), symbolOpacity=1)
    points = (
        alt.Chart(alt.NamedData("optima"))
        .mark_point(filled=True, opacity=0.4, size=look.size(36))
        .encode(
            x=x,
            y=y,
            tooltip=[alt.Tooltip(f"{axis}:Q", title=labels[axis], format=".3f") for axis in ("x", "y")],
            color=alt.Color("penalty:N", scale=look.colors(kinds), legend=legend),
            shape=alt.Shape("penalty:N", scale=look.shapes(kinds), legend=legend),
        )
    )
    piles = alt.Chart(alt.NamedData("corners"))
    marks = piles.mark_point(
        shape=SHAPES["l1"], filled=True, opacity=1, size=look.size(200), color=look.color("l1")
    ).encode(x=x, y=y)
    halo = {"stroke": look.color("background"), "strokeWidth": 5}
    counts = [  # on top of the dots
        piles.mark_text(dy=-16, fontWeight="bold", fontSize=look.size(14), color=look.ink, **style).encode(
            x=x, y=y, text=alt.Text("count:Q", format=",")
        )
        for style in (halo, {})
    ]
    return _square(layer(points, marks, *counts), look, 1.0, title=labels["title"])
