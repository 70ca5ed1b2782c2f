"""Pictures of the training lesson."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np

from pages.charts.theme import FIT, Look, finish, layer, named

# Ten hues for the classes of the replay's pictures; dark enough for light points and light for dark ones.
CLASSES = (
    "#4a90d9", "#e08a3c", "#54a868", "#c8527a", "#8b6bc4",
    "#a0803a", "#3fa8b0", "#b0553a", "#7d8894", "#9aa83a",
)  # fmt: skip
PARTS = ("data", "l1", "l2")
_INKS = {"data": "train", "l1": "l1", "l2": "l2"}
_IN_A_ROW = alt.expr("width < 300 ? 1 : 3")  # entries of a legend


def ledger(
    labels: Mapping[str, str], look: Look, *, ceiling: float, last: int, height: int = 290
) -> alt.LayerChart:
    """Draw one network's losses against epochs: training as data plus penalty stacked, the others as lines.

    Several stand side by side, so their one legend (`ledger_key`) is not drawn in each.

    Data
    ----
    parts : ``epoch``, ``part`` (data, l1, l2), ``value``, ``order``.
    lines : ``epoch``, ``set`` (validation, test), ``median``, ``low``, ``high``.
    moments : ``epoch``, ``data``, ``l1``, ``l2``, ``total``, ``validation``, ``test``, for the hover, and ``left``
        and ``right``: from where to where a pointer means that epoch.
    marks : ``epoch``, ``kind`` (best, changed).
    """
    x = alt.X("epoch:Q", title=labels["epoch"], scale=alt.Scale(domain=[0, last], nice=False))
    scale = alt.Scale(domain=[0, ceiling], clamp=True)
    colors = alt.Scale(domain=list(PARTS), range=[look.color(_INKS[part]) for part in PARTS])
    stacked = (
        alt.Chart(alt.NamedData("parts"))
        .mark_area(opacity=0.55, clip=True)
        .encode(
            x=x,
            y=alt.Y("value:Q", stack="zero", scale=scale, title=labels["loss"]),
            color=alt.Color("part:N", scale=colors, legend=None),
            order=alt.Order("order:O"),
        )
    )
    sets = ("validation", "test")
    lines = alt.Chart(alt.NamedData("lines"))
    band = lines.mark_area(opacity=0.2, clip=True).encode(
        x=x,
        y=alt.Y("low:Q", scale=scale, title=labels["loss"]),
        y2=alt.Y2("high:Q"),
        fill=alt.Fill("set:N", scale=look.colors(sets), legend=None),
    )
    curves = lines.mark_line(strokeWidth=look.size(2.2), clip=True).encode(
        x=x,
        y=alt.Y("median:Q", scale=scale),
        stroke=alt.Stroke("set:N", scale=look.colors(sets), legend=None),
        strokeDash=alt.StrokeDash("set:N", scale=look.dashes(sets), legend=None),
    )
    marks = alt.Chart(alt.NamedData("marks"))
    rules = [
        marks.transform_filter(f"datum.kind == '{kind}'")
        .mark_rule(color=look.ink, strokeWidth=width, strokeDash=dash)
        .encode(x=x, tooltip=[alt.Tooltip("epoch:Q", title=labels[kind])])
        for kind, width, dash in (("best", 1.6, [1, 0]), ("changed", 1.2, [2, 3]))
    ]
    rules.append(
        marks.transform_filter("datum.kind == 'gone'")
        .mark_text(text="✕", color=look.ink, fontSize=look.size(20), fontWeight="bold")
        .encode(x=x, y=alt.YValue(14), tooltip=[alt.Tooltip("epoch:Q", title=labels["gone"])])
    )
    # Strips, not the nearest point: for that Vega draws a cell and a line for every epoch.
    hover = alt.selection_point(
        name="hover", fields=["epoch"], on="pointermove", clear="pointerout", empty=False
    )
    words = [alt.Tooltip("epoch:Q", title=labels["epoch"])] + [
        alt.Tooltip(f"{name}:Q", title=labels[name], format=".4f")
        for name in ("total", "data", "l1", "l2", "validation", "test")
    ]
    moments = alt.Chart(alt.NamedData("moments"))
    cursor = moments.transform_filter(hover).mark_rule(color=look.color("muted")).encode(x=x)
    strips = (
        moments.mark_rect(opacity=0, clip=True)
        .encode(
            x=alt.X("left:Q", title=labels["epoch"]),
            x2=alt.X2("right:Q"),
            y=alt.YValue(0),
            y2=alt.Y2Value("height"),
            tooltip=words,
        )
        .add_params(hover)
    )
    apart = {"scale": {"color": "independent", "stroke": "independent"}}
    chart = layer(stacked, band, curves, cursor, strips, *rules, resolve=apart)
    return finish(chart, look, height=height)


def ledger_key(look: Look, *, changed: bool) -> list[tuple[str, str, str]]:
    """Give what `ledger` draws: label, shape (area, dotted, dashed, rule, change) and colour.

    Parameters
    ----------
    changed : bool
        Whether settings were changed on the way.
    """
    return [
        *((part, "area", look.color(_INKS[part])) for part in PARTS),
        ("validation", "dotted", look.color("validation")),
        ("test", "dashed", look.color("test")),
        ("best", "rule", look.ink),
        *([("changed", "change", look.ink)] if changed else []),
    ]


def confusion(labels: Mapping[str, str], look: Look, *, classes: int, height: int = 240) -> alt.LayerChart:
    """Draw a confusion matrix: share of each true class as shade, rows as numbers.

    Data
    ----
    cells : ``truth``, ``guess`` (class numbers), ``rows``, ``share`` (of the true class, 0 to 1).
    """
    domain = list(range(classes))
    cells = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X(
            "guess:O", scale=alt.Scale(domain=domain), title=labels["guess"], axis=alt.Axis(labelAngle=0)
        ),
        y=alt.Y("truth:O", scale=alt.Scale(domain=domain), title=labels["truth"]),
    )
    shade = cells.mark_rect(stroke=look.color("grid")).encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.04, 0.75]), legend=None),
        color=alt.condition(
            "datum.truth == datum.guess", alt.value(look.color("positive")), alt.value(look.color("negative"))
        ),
        tooltip=[
            alt.Tooltip("truth:O", title=labels["truth"]),
            alt.Tooltip("guess:O", title=labels["guess"]),
            alt.Tooltip("rows:Q", title=labels["count"]),
        ],
    )
    size = look.size(15 if classes <= 4 else 10)
    return finish(
        layer(shade, cells.mark_text(fontSize=size).encode(text=alt.Text("rows:Q"))), look, height=height
    )


def predictions(labels: Mapping[str, str], look: Look, *, reach: float, height: int = 215) -> alt.LayerChart:
    """Draw predicted against true values with the diagonal.

    Data
    ----
    rows : ``truth``, ``guess``.
    diagonal : two such rows, at the ends.
    """
    span = alt.Scale(domain=[-reach, reach], nice=False)
    x = alt.X("truth:Q", scale=span, title=labels["value"])
    y = alt.Y("guess:Q", scale=span, title=labels["predicted"])
    points = (
        alt.Chart(alt.NamedData("rows"))
        .mark_point(filled=True, size=28, opacity=0.6, color=look.color("test"), clip=True)
        .encode(
            x=x, y=y, tooltip=[alt.Tooltip("truth:Q", format=".3f"), alt.Tooltip("guess:Q", format=".3f")]
        )
    )
    diagonal = (
        alt.Chart(alt.NamedData("diagonal"))
        .mark_line(color=look.color("muted"), strokeDash=[4, 3])
        .encode(x=x, y=y)
    )
    return finish(layer(diagonal, points), look, height=height)


def _words(labels: Mapping[str, str], prefix: str, field: str) -> str:
    """Give the Vega expression that turns a field's code into words, for text marks."""
    return named(labels, prefix).replace("datum.label", f"datum.{field}")


ZONES: tuple[dict[str, Any], ...] = (
    {"zone": "smooth", "low": 0.0, "high": 1.0},
    {"zone": "stable", "low": 1.0, "high": 2.0},
    {"zone": "diverges", "low": 2.0, "high": 2.6},
)


def gauge(labels: Mapping[str, str], look: Look, *, race: bool = True, height: int = 46) -> alt.LayerChart:
    """Draw the zones of ηλ2: smooth below 1, stable below 2, divergent beyond.

    Data
    ----
    zones : `ZONES`.
    marks : ``strength``, ``who`` (here, and race if `race`).
    """
    zones = alt.Chart(alt.NamedData("zones"))
    top = ZONES[-1]["high"]
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, top], nice=False), title=labels["strength"])
    colors = alt.Scale(
        domain=["smooth", "stable", "diverges"],
        range=[look.color("l2"), look.color("validation"), look.color("outlier")],
    )
    bars = zones.mark_bar(opacity=0.35, height=26).encode(
        x=x, x2=alt.X2("high:Q"), color=alt.Color("zone:N", scale=colors, legend=None)
    )
    names = (
        zones.transform_calculate(middle="(datum.low + datum.high) / 2", name=_words(labels, "zone_", "zone"))
        .mark_text(fontSize=look.size(12), color=look.ink)
        .encode(x=alt.X("middle:Q", scale=alt.Scale(domain=[0, top])), text=alt.Text("name:N"))
    )
    marks = (
        alt.Chart(alt.NamedData("marks"))
        .mark_point(filled=True, size=130, opacity=1, yOffset=-15)
        .encode(
            x=alt.X("strength:Q", scale=alt.Scale(domain=[0, top], clamp=True)),
            shape=alt.Shape(
                "who:N",
                scale=alt.Scale(domain=["here", "race"][: 1 + race], range=["triangle-down", "diamond"]),
                legend=alt.Legend(title=None, labelExpr=named(labels, "who_")),
            ),
            color=alt.ColorValue(look.ink),
        )
    )
    chart = finish(layer(bars, names, marks), look, height=height)
    # The height is the bar's own: fitted into a given one, the picture got flatter with every answer.
    chart.autosize = FIT
    return chart


def shrink(
    labels: Mapping[str, str], look: Look, *, steps: int, reach: float, height: int = 170
) -> alt.LayerChart:
    """Draw what the L2 penalty alone does to a weight that starts at 1.

    Data
    ----
    path : ``step``, ``w`` (clipped to ±reach).
    """
    x = alt.X("step:Q", scale=alt.Scale(domain=[0, steps], nice=False), title=labels["step"])
    y = alt.Y("w:Q", scale=alt.Scale(domain=[-reach, reach], nice=False), title=labels["weight"])
    path = alt.Chart(alt.NamedData("path")).encode(
        x=x, y=y, tooltip=[alt.Tooltip("step:Q"), alt.Tooltip("w:Q", format=".4f")]
    )
    line = path.mark_line(color=look.color("l2"), strokeWidth=look.size(2))
    dots = path.mark_point(color=look.color("l2"), filled=True, size=36, opacity=1)
    return finish(layer(line, dots), look, height=height)


RULES = ("subgradient", "freeze", "proximal")


def near_zero(
    labels: Mapping[str, str], look: Look, *, reach: float, first: int, steps: int, height: int = 300
) -> alt.LayerChart:
    """Draw one weight near 0 under the three L1 steps, with the band in which the subgradient step jitters.

    Data
    ----
    paths : ``step``, ``w``, ``rule``.
    band : one row with ``low``, ``high``, ``zero``.
    """
    y_scale = alt.Scale(domain=[-reach, reach], nice=False)
    x = alt.X("step:Q", scale=alt.Scale(domain=[first, first + steps], nice=False), title=labels["step"])
    band = (
        alt.Chart(alt.NamedData("band"))
        .mark_rect(color=look.color("l1"), opacity=0.14)
        .encode(y=alt.Y("low:Q", scale=y_scale, title=labels["weight"]), y2=alt.Y2("high:Q"))
    )
    zero = alt.Chart(alt.NamedData("band")).mark_rule(color=look.color("muted")).encode(y=alt.Y("zero:Q"))
    colors = alt.Scale(domain=list(RULES), range=[look.color(c) for c in ("l1", "none", "truth")])
    dashes = alt.Scale(domain=list(RULES), range=[[1, 0], [6, 3], [2, 2]])
    legend = alt.Legend(title=None, labelExpr=named(labels), symbolStrokeWidth=3, columns=_IN_A_ROW)
    lines = (
        alt.Chart(alt.NamedData("paths"))
        .mark_line(clip=True, strokeWidth=look.size(2))
        .encode(
            x=x,
            y=alt.Y("w:Q", scale=y_scale),
            color=alt.Color("rule:N", scale=colors, legend=legend),
            strokeDash=alt.StrokeDash("rule:N", scale=dashes, legend=legend),
            tooltip=[alt.Tooltip("step:Q", title=labels["step"]), alt.Tooltip("w:Q", format=".5f")],
        )
    )
    return finish(layer(band, zero, lines), look, title=labels["title"], height=height)


# --- inside the network ---------------------------------------------------------------------------


def diverging(look: Look) -> np.ndarray:
    """Give 256 colours from negative over the background to positive, shape (256, 3)."""
    low, middle, high = (
        np.array([int(look.color(name)[k : k + 2], 16) for k in (1, 3, 5)])
        for name in ("negative", "background", "positive")
    )
    share = np.arange(256)[:, None] / 127.5 - 1
    mixed = middle + np.where(share < 0, (low - middle) * -share, (high - middle) * share)
    return np.asarray(np.rint(mixed).astype(np.uint8))


def picture(pixels: np.ndarray) -> str:
    """Write RGB pixels, shape (rows, columns, 3), as a PNG in a data address, for an image mark."""
    rows, columns = pixels.shape[:2]
    lines = np.zeros(
        (rows, 1 + 3 * columns), np.uint8
    )  # each line of a PNG starts with its filter, here none
    lines[:, 1:] = pixels.reshape(rows, -1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines.tobytes())) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode("ascii")


def weights(
    labels: Mapping[str, str], look: Look, *, penalty: str, reach: float, top: int, height: int = 200
) -> alt.LayerChart:
    """Draw a histogram of weights with a bar of its own for those that are exactly 0.

    Data
    ----
    bars : ``low``, ``high``, ``count``; weights that are not 0.
    zero : one row with ``count`` and ``words``.
    """
    scale = alt.Scale(domain=[-reach, reach], nice=False)
    y = alt.Y("count:Q", scale=alt.Scale(domain=[0, top], clamp=True), title=labels["count"])
    bars = (
        alt.Chart(alt.NamedData("bars"))
        .mark_rect(color=look.color(penalty), opacity=0.65)
        .encode(
            x=alt.X("low:Q", scale=scale, title=labels["weight"]),
            x2=alt.X2("high:Q"),
            y=y,
            y2=alt.Y2Datum(0),
            tooltip=[
                alt.Tooltip("low:Q", format=".3f"),
                alt.Tooltip("high:Q", format=".3f"),
                alt.Tooltip("count:Q", title=labels["count"]),
            ],
        )
    )
    zero = alt.Chart(alt.NamedData("zero")).encode(x=alt.X("at:Q", scale=scale), y=y)
    spike = zero.mark_bar(size=7, color=look.ink).encode(
        tooltip=[alt.Tooltip("count:Q", title=labels["zeros"])]
    )
    words = zero.mark_text(
        align="left", dx=9, dy=9, fontSize=look.size(12), fontWeight="bold", lineBreak="\n"
    ).encode(y=alt.YValue(0), text=alt.Text("words:N"))
    return finish(layer(bars, spike, words), look, height=height)


def network(
    labels: Mapping[str, str],
    look: Look,
    *,
    sizes: tuple[int, ...],
    named_inputs: bool = False,
    height: int = 400,
) -> alt.LayerChart:
    """Draw a network: links as wide as |w|, none where w is 0; units with their answer and their intercept.

    Data
    ----
    links : ``x``, ``y``, ``x2``, ``y2``, ``weight``, ``width``, ``sign``, ``from``, ``to``.
    units : ``x``, ``y``, ``url`` (a small picture), ``bias``, ``width``, ``sign``, ``unit``.
    ends : ``x``, ``y``, ``unit``; inputs and outputs. Names of inputs longer than a few letters (`named_inputs`)
        stand at the left, as far as there is room.
    """
    depth = len(sizes) - 1
    left = 0.25 * depth if named_inputs else 0.35
    x = alt.X("x:Q", scale=alt.Scale(domain=[-left, depth + 0.35], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    side = min(44.0, 0.7 * height / max(sizes[1:-1], default=1))
    signs = alt.Scale(domain=["negative", "positive"], range=[look.color("negative"), look.color("positive")])
    color = alt.Stroke("sign:N", scale=signs, legend=alt.Legend(title=None, labelExpr=named(labels, "sign_")))
    width = alt.StrokeWidth("width:Q", scale=alt.Scale(domain=[0, 1], range=[0.4, 6]), legend=None)
    over = alt.selection_point(
        name="over", fields=["from", "to"], on="pointerover", clear="pointerout", empty=False
    )
    ends_of = alt.Chart(alt.NamedData("links")).encode(x=x, y=y, x2=alt.X2("x2:Q"), y2=alt.Y2("y2:Q"))
    links = ends_of.mark_rule().encode(
        stroke=color, strokeWidth=width, opacity=alt.condition(over, alt.value(1), alt.value(0.7))
    )
    # A thin link is hard to point at: each lies under a broad one that cannot be seen.
    broad = (
        ends_of.mark_rule(strokeWidth=9, opacity=0)
        .encode(
            tooltip=[
                alt.Tooltip("from:N", title=labels["from"]),
                alt.Tooltip("to:N", title=labels["to"]),
                alt.Tooltip("weight:Q", title=labels["weight"], format=".4f"),
            ],
        )
        .add_params(over)
    )
    told = [
        alt.Tooltip("unit:N", title=labels["unit"]),
        alt.Tooltip("bias:Q", title=labels["bias"], format=".4f"),
    ]
    units = alt.Chart(alt.NamedData("units")).encode(x=x, y=y, tooltip=told)
    maps = units.mark_image(width=side, height=side).encode(url=alt.Url("url:N"))
    frames = units.mark_point(shape="square", size=side**2, filled=False, opacity=1).encode(
        stroke=color, strokeWidth=alt.StrokeWidth("width:Q", scale=alt.Scale(domain=[0, 1], range=[0.4, 6]))
    )
    ends = alt.Chart(alt.NamedData("ends")).encode(
        x=x, y=y, tooltip=[alt.Tooltip("unit:N", title=labels["unit"])]
    )
    dots = ends.mark_point(filled=True, size=70 if sizes[0] <= 16 else 25, opacity=1, color=look.ink)
    first, last = (ends.transform_filter(f"datum.x == {place}") for place in (0, depth))
    room = alt.ExprRef(f"{left / (left + depth + 0.35):.3f} * width - 8")
    names = first.mark_text(
        align="right", dx=-8, fontSize=look.size(12 if sizes[0] <= 16 else 10), color=look.ink, limit=room
    )
    answers = last.mark_text(
        dy=-14, align="right", dx=8, fontSize=look.size(12), color=look.ink,
        stroke=look.color("background"), strokeWidth=3,
    )  # fmt: skip
    front = last.mark_text(dy=-14, align="right", dx=8, fontSize=look.size(12), color=look.ink)
    said = [part.encode(text=alt.Text("unit:N")) for part in (names, answers, front)]
    return finish(layer(links, broad, frames, maps, dots, *said), look, height=height)


def preactivations(
    labels: Mapping[str, str], look: Look, *, penalty: str, linear: float, top: float, height: int = 220
) -> alt.LayerChart:
    """Draw where the pre-activations lie under the activation's curve; its straight part is shaded.

    Data
    ----
    bars : ``low``, ``high``, ``share`` (0 to 1).
    curve : ``z``, ``a``.
    band : one row with ``low``, ``high`` of the straight part, or none.

    Shares reach up to `top`, the same for all the networks.
    """
    scale = alt.Scale(domain=[-6, 6], nice=False)
    band = (
        alt.Chart(alt.NamedData("band"))
        .mark_rect(color=look.color("truth"), opacity=0.14 if linear else 0)
        .encode(x=alt.X("low:Q", scale=scale, title=labels["z"]), x2=alt.X2("high:Q"))
    )
    bars = (
        alt.Chart(alt.NamedData("bars"))
        .mark_rect(color=look.color(penalty), opacity=0.6)
        .encode(
            x=alt.X("low:Q", scale=scale, title=labels["z"]),
            x2=alt.X2("high:Q"),
            y=alt.Y(
                "share:Q",
                scale=alt.Scale(domain=[0, top]),
                title=labels["share"],
                axis=alt.Axis(format="%"),
            ),
            y2=alt.Y2Datum(0),
            tooltip=[alt.Tooltip("low:Q", format=".2f"), alt.Tooltip("share:Q", format=".1%")],
        )
    )
    curve = (
        alt.Chart(alt.NamedData("curve"))
        .mark_line(color=look.ink, strokeWidth=look.size(2), clip=True)
        .encode(
            x=alt.X("z:Q", scale=scale),
            y=alt.Y("a:Q", scale=alt.Scale(domain=[-1.1, 1.1]), title=labels["a"], axis=alt.Axis(grid=False)),
        )
    )
    chart = layer(layer(band, bars), curve, resolve={"scale": {"y": "independent"}})
    return finish(chart, look, height=height)


ACTIVATION_LOOKS = {"tanh": ("truth", [1, 0]), "sigmoid": ("validation", [6, 3]), "relu": ("outlier", [2, 2])}


def stand_in(labels: Mapping[str, str], look: Look, *, height: int = 240) -> alt.LayerChart:
    """Draw R² of the best linear stand-in against the factor on all weights, for three activations.

    Data
    ----
    lines : ``factor`` (0.01 to 1), ``activation``, ``r2``.
    here : one row with ``factor``.
    """
    x = alt.X(
        "factor:Q",
        scale=alt.Scale(type="log", domain=[0.01, 1], reverse=True, nice=False),
        title=labels["factor"],
    )
    names = list(ACTIVATION_LOOKS)
    colors = alt.Scale(domain=names, range=[look.color(ACTIVATION_LOOKS[n][0]) for n in names])
    dashes = alt.Scale(domain=names, range=[ACTIVATION_LOOKS[n][1] for n in names])
    legend = alt.Legend(title=None, symbolStrokeWidth=3)
    lines = (
        alt.Chart(alt.NamedData("lines"))
        .mark_line(strokeWidth=look.size(2.4))
        .encode(
            x=x,
            y=alt.Y("r2:Q", scale=alt.Scale(domain=[0, 1]), title=labels["r2"]),
            color=alt.Color("activation:N", scale=colors, legend=legend),
            strokeDash=alt.StrokeDash("activation:N", scale=dashes, legend=legend),
            tooltip=[
                alt.Tooltip("activation:N"),
                alt.Tooltip("factor:Q", title=labels["factor"]),
                alt.Tooltip("r2:Q", title=labels["r2"], format=".4f"),
            ],
        )
    )
    here = (
        alt.Chart(alt.NamedData("here")).mark_rule(color=look.color("muted"), strokeDash=[3, 3]).encode(x=x)
    )
    return finish(layer(here, lines), look, height=height)


# --- how much λ -----------------------------------------------------------------------------------


def _strength(labels: Mapping[str, str], penalty: str) -> alt.X:
    axis = alt.Axis(values=[1e-4, 1e-3, 0.01, 0.1, 1], format="~g")
    return alt.X("strength:Q", scale=_log(), axis=axis, title=labels[f"strength_{penalty}"])


def _log() -> alt.Scale:
    return alt.Scale(type="log", domain=[8e-5, 1.3], nice=False)


def sweep(
    labels: Mapping[str, str], look: Look, *, penalty: str, ceiling: float, height: int = 320
) -> alt.LayerChart:
    """Draw validation and test loss against λ with bands over the seeds; a click picks a λ.

    Data
    ----
    lines : ``strength``, ``set`` (validation, test), ``median``, ``low``, ``high``.
    best : one row with ``strength`` and ``words``.
    collapsed : ``low``, ``high`` of the λ's that left a constant, with ``words``; may be empty.
    """
    x = _strength(labels, penalty)
    y = alt.Scale(domain=[0, ceiling], clamp=True)
    sets = ("validation", "test")
    pick = alt.selection_point(
        name="pick", fields=["strength"], nearest=True, on="click", clear=False, toggle=False, empty=False
    )
    zone = alt.Chart(alt.NamedData("collapsed"))
    gone = zone.mark_rect(color=look.color("outlier"), opacity=0.1).encode(
        x=alt.X("low:Q", scale=_log()), x2=alt.X2("high:Q")
    )
    says = zone.mark_text(align="right", baseline="top", dx=-4, color=look.ink).encode(
        x=alt.X("high:Q", scale=_log()), y=alt.YValue(4), text=alt.Text("words:N")
    )
    lines = alt.Chart(alt.NamedData("lines"))
    legend = alt.Legend(title=None, labelExpr=named(labels), symbolStrokeWidth=3)
    fill = alt.Fill("set:N", scale=look.colors(sets), legend=None)
    band = lines.mark_area(opacity=0.2, clip=True).encode(
        x=x, y=alt.Y("low:Q", scale=y, title=labels["loss"]), y2=alt.Y2("high:Q"), fill=fill
    )
    curves = lines.mark_line(strokeWidth=look.size(2.2), clip=True).encode(
        x=x,
        y=alt.Y("median:Q", scale=y),
        stroke=alt.Stroke("set:N", scale=look.colors(sets), legend=legend),
        strokeDash=alt.StrokeDash("set:N", scale=look.dashes(sets), legend=None),
    )
    dots = (
        lines.mark_point(filled=True, size=60, clip=True)
        .encode(
            x=x,
            y=alt.Y("median:Q", scale=y),
            fill=fill,
            opacity=alt.condition(pick, alt.value(1), alt.value(0.55)),
            tooltip=[
                alt.Tooltip("strength:Q", title="λ"),
                alt.Tooltip("median:Q", title=labels["loss"], format=".4f"),
            ],
        )
        .add_params(pick)
    )
    best = alt.Chart(alt.NamedData("best"))
    rule = best.mark_rule(color=look.ink, strokeWidth=1.6).encode(x=x)
    small = alt.expr(f"width < 300 ? {look.size(10)} : {look.size(11)}")
    early = "datum.strength < 0.01"  # the axis has room to the right then
    name = best.mark_text(
        align=alt.expr(f"{early} ? 'left' : 'right'"), dx=alt.expr(f"{early} ? 5 : -5"), baseline="top",
        lineBreak="\n", fontSize=small, fontWeight="bold", color=look.ink,
    ).encode(x=x, y=alt.YValue(20), text=alt.Text("words:N"))  # fmt: skip
    chart = layer(gone, band, curves, rule, name, says, dots, resolve={"scale": {"stroke": "independent"}})
    return finish(chart, look, height=height)


SERIES = {
    "zeros": ("l1", [1, 0]),
    "sum_abs": ("l1", [1, 0]),
    "sum_squares": ("l2", [8, 3]),
    "dense": ("none", [2, 2]),
    "csr": ("validation", [6, 3]),
    "pruned": ("truth", [1, 0]),
    "accuracy": ("test", [1, 0]),
}


def against(
    labels: Mapping[str, str],
    look: Look,
    *,
    penalty: str,
    series: tuple[str, ...],
    top: float,
    title: str,
    bottom: float = 0.0,
    percent: bool = False,
    height: int = 260,
) -> alt.LayerChart:
    """Draw quantities against λ with bands over the seeds.

    Data
    ----
    lines : ``strength``, ``series``, ``median``, ``low``, ``high``.
    """
    x, y = _strength(labels, penalty), alt.Scale(domain=[bottom, top], clamp=True, zero=False)
    colors = alt.Scale(domain=list(series), range=[look.color(SERIES[name][0]) for name in series])
    dashes = alt.Scale(domain=list(series), range=[SERIES[name][1] for name in series])
    axis = alt.Axis(format="%") if percent else alt.Axis()
    legend = alt.Legend(title=None, labelExpr=named(labels), symbolStrokeWidth=3, columns=_IN_A_ROW)
    if len(series) == 1:
        legend = None
    lines = alt.Chart(alt.NamedData("lines"))
    fill = alt.Fill("series:N", scale=colors, legend=None)
    band = lines.mark_area(opacity=0.2, clip=True).encode(
        x=x, y=alt.Y("low:Q", scale=y, title=labels[title], axis=axis), y2=alt.Y2("high:Q"), fill=fill
    )
    curves = lines.mark_line(strokeWidth=look.size(2.2), clip=True).encode(
        x=x,
        y=alt.Y("median:Q", scale=y),
        stroke=alt.Stroke("series:N", scale=colors, legend=legend),
        strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=None),
    )
    dots = lines.mark_point(filled=True, size=40, opacity=1, clip=True).encode(
        x=x,
        y=alt.Y("median:Q", scale=y),
        fill=fill,
        tooltip=[
            alt.Tooltip("strength:Q", title="λ"),
            alt.Tooltip("median:Q", title=labels[title], format=".1%" if percent else ",.3~f"),
        ],
    )
    apart = {"scale": {"stroke": "independent"}}
    return finish(layer(band, curves, dots, resolve=apart), look, height=height)


VERDICTS = {"trained": "l2", "shrunk": "validation", "collapsed": "outlier"}


def warmup(labels: Mapping[str, str], look: Look, *, penalty: str, height: int = 320) -> alt.LayerChart:
    """Draw which λ is survived after which warm-up; a click picks a cell.

    Data
    ----
    cells : ``strength``, ``warmup``, ``verdict``, ``recovered`` (median), ``collapsed`` (seeds), ``words``,
        and ``sign`` for where there is no room for words.
    """
    pick = alt.selection_point(
        name="pick", fields=["strength", "warmup"], on="click", clear=False, toggle=False, empty=False
    )
    colors = alt.Scale(domain=list(VERDICTS), range=[look.color(name) for name in VERDICTS.values()])
    cells = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X("strength:O", title=labels[f"strength_{penalty}"], axis=alt.Axis(labelAngle=0, format="~g")),
        y=alt.Y("warmup:O", title=labels["warmup"], sort="descending"),
    )
    rects = (
        cells.mark_rect(opacity=0.5, cursor="pointer")
        .encode(
            color=alt.Color(
                "verdict:N",
                scale=colors,
                legend=alt.Legend(title=None, labelExpr=named(labels), columns=_IN_A_ROW),
            ),
            stroke=alt.condition(pick, alt.value(look.ink), alt.value(look.color("grid"))),
            strokeWidth=alt.condition(pick, alt.value(3), alt.value(1)),
            tooltip=[
                alt.Tooltip("strength:O", title=labels[f"strength_{penalty}"]),
                alt.Tooltip("warmup:O", title=labels["warmup"]),
                alt.Tooltip("recovered:Q", title=labels["recovered"], format=".0%"),
                alt.Tooltip("collapsed:Q", title=labels["collapsed_seeds"]),
            ],
        )
        .add_params(pick)
    )
    size = look.size(12)
    words = cells.mark_text(fontSize=alt.ExprRef(f"width < 560 ? 0 : {size}")).encode(
        text=alt.Text("words:N")
    )
    signs = cells.mark_text(fontSize=alt.ExprRef(f"width < 560 ? {size} : 0")).encode(text=alt.Text("sign:N"))
    return finish(layer(rects, words, signs), look, height=height)


# --- which inputs survive -------------------------------------------------------------------------


def survival(
    labels: Mapping[str, str],
    look: Look,
    *,
    names: tuple[str, ...],
    strengths: tuple[str, ...],
    height: int = 640,
) -> alt.LayerChart:
    """Draw which inputs have a weight at which λ1; a ring marks those that had been dropped and came back.

    Data
    ----
    cells : ``name``, ``strength`` (words), ``weight``, ``size`` (0 to 1), ``back``; used inputs only.
    """
    cells = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X(
            "strength:O",
            scale=alt.Scale(domain=list(strengths)),
            sort=None,
            title=labels["strength"],
            axis=alt.Axis(labelAngle=0),
        ),
        y=alt.Y(
            "name:N",
            scale=alt.Scale(domain=list(names)),
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=220, labelOverlap=False, labelFlush=False, labelFontSize=look.size(11)),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=labels["input"]),
            alt.Tooltip("strength:O", title=labels["strength"]),
            alt.Tooltip("weight:Q", title=labels["weight"], format=".4f"),
        ],
    )
    rects = cells.mark_rect(color=look.color("l1"), stroke=look.color("background")).encode(
        opacity=alt.Opacity(
            "size:Q", scale=alt.Scale(type="sqrt", domain=[0, 1], range=[0.25, 1]), legend=None
        )
    )
    rings = (
        cells.transform_filter("datum.back")
        .mark_point(size=90, strokeWidth=2.5, opacity=1, color=look.ink)
        .encode()
    )
    return finish(layer(rects, rings), look, height=height)


def entry(labels: Mapping[str, str], look: Look, *, reach: float, height: int = 640) -> alt.LayerChart:
    """Draw |gradient| of every input, held at 0 with the others at their best, against the line at λ1.

    Data
    ----
    rows : ``name``, ``gradient``, ``at_zero``, ``kept`` (in, out), ``weight``.
    line : one row with ``l1``.
    """
    # The square root gives room to gradients about λ1, which are small beside those at w = 0.
    scale = alt.Scale(type="sqrt", domain=[0, reach], nice=False)
    x = alt.X("gradient:Q", scale=scale, title=labels["gradient_axis"])
    y = alt.Y(
        "name:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=220, labelOverlap=False, labelFlush=False, labelFontSize=look.size(11)),
    )
    colors = alt.Scale(domain=["in", "out"], range=[look.color("l1"), look.color("none")])
    rows = alt.Chart(alt.NamedData("rows"))
    bars = rows.mark_bar(opacity=0.75).encode(
        x=x,
        y=y,
        color=alt.Color("kept:N", scale=colors, legend=alt.Legend(title=None, labelExpr=named(labels))),
        tooltip=[
            alt.Tooltip("name:N", title=labels["input"]),
            alt.Tooltip("gradient:Q", title=labels["gradient"], format=".4f"),
            alt.Tooltip("at_zero:Q", title=labels["at_zero"], format=".4f"),
            alt.Tooltip("weight:Q", title=labels["weight"], format=".4f"),
        ],
    )
    naive = rows.mark_tick(color=look.color("muted"), thickness=2).encode(
        x=alt.X("at_zero:Q", scale=scale, title=labels["gradient_axis"]), y=y
    )
    line = alt.Chart(alt.NamedData("line")).encode(x=alt.X("l1:Q", scale=scale))
    rule = line.mark_rule(color=look.ink, strokeWidth=2)
    name = line.mark_text(
        align="left",
        baseline="bottom",
        dx=6,
        dy=-6,
        fontSize=look.size(13),
        fontWeight="bold",
        color=look.ink,
    ).encode(y=alt.YValue(alt.ExprRef("height")), text=alt.TextValue("λ1"))
    return finish(layer(bars, naive, rule, name), look, height=height)


def pixels(labels: Mapping[str, str], look: Look, *, top: float, height: int = 390) -> alt.LayerChart:
    """Draw the 8 × 8 pixels of the digits by the weight they have; dropped ones are crossed out.

    Data
    ----
    cells : ``row``, ``column`` (0 to 7), ``weight`` (Σ over the classes of |w|).
    """
    domain = list(range(8))
    cells = alt.Chart(alt.NamedData("cells")).encode(
        x=alt.X(
            "column:O", scale=alt.Scale(domain=domain), title=labels["column"], axis=alt.Axis(labelAngle=0)
        ),
        y=alt.Y("row:O", scale=alt.Scale(domain=domain), title=labels["row"]),
        tooltip=[
            alt.Tooltip("row:O", title=labels["row"]),
            alt.Tooltip("column:O", title=labels["column"]),
            alt.Tooltip("weight:Q", title=labels["weight"], format=".4f"),
        ],
    )
    rects = cells.mark_rect(color=look.color("l1"), stroke=look.color("grid")).encode(
        opacity=alt.Opacity(
            "weight:Q", scale=alt.Scale(type="sqrt", domain=[0, top], range=[0, 1]), legend=None
        )
    )
    crosses = (
        cells.transform_filter("datum.weight == 0")
        .mark_point(shape="cross", angle=45, filled=True, size=60, opacity=0.8, color=look.color("muted"))
        .encode()
    )
    return finish(layer(rects, crosses), look, height=height)


def alive(labels: Mapping[str, str], look: Look, *, height: int = 300) -> alt.LayerChart:
    """Draw how many pixels are used, and how accurate that is, against λ1.

    Data
    ----
    lines : ``strength``, ``alive`` (0 to 64), ``accuracy`` (0 to 1), ``here``.
    """
    lines = alt.Chart(alt.NamedData("lines"))
    scale = alt.Scale(type="log", domain=[4e-4, 0.25], nice=False)
    axis = alt.Axis(values=[0.001, 0.01, 0.1], format="~g")
    x = alt.X("strength:Q", scale=scale, axis=axis, title=labels["strength"])
    told = [
        alt.Tooltip("strength:Q", title=labels["strength"]),
        alt.Tooltip("alive:Q", title=labels["alive"]),
        alt.Tooltip("accuracy:Q", title=labels["accuracy"], format=".1%"),
    ]
    used = lines.mark_line(
        point=alt.OverlayMarkDef(color=look.color("l1")), color=look.color("l1"), strokeWidth=look.size(2.2)
    ).encode(
        x=x,
        y=alt.Y(
            "alive:Q",
            scale=alt.Scale(domain=[0, 64]),
            title=labels["alive"],
            axis=alt.Axis(titleColor=look.color("l1")),
        ),
        tooltip=told,
    )
    right = lines.mark_line(
        point=alt.OverlayMarkDef(color=look.color("test")),
        color=look.color("test"),
        strokeDash=[6, 3],
        strokeWidth=look.size(2.2),
    ).encode(
        x=x,
        y=alt.Y(
            "accuracy:Q",
            scale=alt.Scale(domain=[0, 1]),
            title=labels["accuracy"],
            axis=alt.Axis(format="%", grid=False, titleColor=look.color("test")),
        ),
        tooltip=told,
    )
    here = lines.transform_filter("datum.here").mark_rule(color=look.ink).encode(x=x)
    both = layer(layer(used, here), right, resolve={"scale": {"y": "independent"}})
    return finish(both, look, height=height)


def copies(labels: Mapping[str, str], look: Look, *, height: int = 260) -> alt.LayerChart:
    """Draw how often lasso and ridge drop each of four inputs, two of them near-copies.

    Data
    ----
    rows : ``input`` (A, B, C, D), ``model`` (lasso, ridge), ``dropped`` (0 to 1).
    """
    models = ["lasso", "ridge"]
    colors = alt.Scale(domain=models, range=[look.color("l1"), look.color("l2")])
    rows = alt.Chart(alt.NamedData("rows")).encode(
        x=alt.X(
            "input:N",
            scale=alt.Scale(domain=["A", "B", "C", "D"]),
            title=labels["input"],
            axis=alt.Axis(
                labelAngle=0, labelOverlap=False, labelExpr=f"split({named(labels, 'input_')}, ' ')"
            ),
        ),
        xOffset=alt.XOffset("model:N", scale=alt.Scale(domain=models)),
        y=alt.Y(
            "dropped:Q", scale=alt.Scale(domain=[0, 1]), title=labels["dropped"], axis=alt.Axis(format="%")
        ),
        tooltip=[
            alt.Tooltip("input:N", title=labels["input"]),
            alt.Tooltip("model:N"),
            alt.Tooltip("dropped:Q", title=labels["dropped"], format=".1%"),
        ],
    )
    bars = rows.mark_bar(opacity=0.8).encode(
        color=alt.Color(
            "model:N", scale=colors, legend=alt.Legend(title=None, labelExpr=named(labels, "model_"))
        )
    )
    words = rows.mark_text(dy=-7, fontSize=look.size(12)).encode(text=alt.Text("dropped:Q", format=".0%"))
    return finish(layer(bars, words), look, height=height)
