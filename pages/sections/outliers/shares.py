"""Shares: what each point contributes to Σ|r| and Σr², and what removing it does, with and without the root."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import outliers as charts
from pages.sections.outliers.main import WRITTEN
from pages.sections.outliers.points import Points
from pages.ui import chart, controls, predict
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib.linear import fit_l1, fit_l2
from reglib.losses import ResidualSummary, summarise
from reglib.outliers import best_constants

EXAMPLE = "1, 1, 1, 10"
MOST = 60  # points that the address takes
EDITABLE = 1_000  # points that the table takes
SHOWN = 30  # points with a pair of bars, the largest shares first where there are more
LARGEST = 1e9  # in the address
LARGEST_CELL = 1e15

Rows = list[tuple[float, ...]]


def show(text: Text, points: Points) -> None:
    st.markdown(text.prose("shares"))
    source = controls.choice(
        text("shares.source"), text.labels("shares_sources"), key="outliers_from", default="example"
    )
    question = st.container(border=True)
    left, right = st.columns([2, 3])
    with left:
        rows = _residuals(text) if source == "example" else _points(text, points)
    if source == "example":
        l1 = l2 = summarise([row[0] for row in rows])
    else:
        x, y = np.array(rows).T
        l1, l2 = (summarise(y - fit(x, y).predict(x)) for fit in (fit_l1, fit_l2))
    # The picture's points as they are have their outlier; else it is the point that counts most.
    outlier = points.index if source == "picture" and rows == _given(points) else int(np.argmax(l2.share_sq))
    with right:
        _bars(text, l1, l2, outlier)
    said = {
        "point": outlier + 1, "abs": l1.share_abs[outlier], "sq": l2.share_sq[outlier], "root": l2.drop_root[outlier],
    }  # fmt: skip
    seen = "shares.seen_largest" if outlier == np.argmax(l2.share_sq) else "shares.seen"
    st.markdown(text(seen if l2.sum_sq > 0 else "shares.seen_nothing", **said))
    _removed(text, l1, l2, outlier)
    _take(text, source, rows, l1, l2, outlier)
    with question:
        guess = predict.ask(text, "C15")
        if guess is not None:
            plain, rooted = best_constants(l2.residuals)
            near = 1e-6 * float(np.ptp(l2.residuals))
            answer = "same" if math.isclose(plain, rooted, rel_tol=1e-6, abs_tol=near) else "differs"
            # The residuals of the L2 line sum to 0 but for rounding.
            plain, rooted = (0.0 if abs(constant) < 1e-3 * near else constant for constant in (plain, rooted))
            predict.reveal(text, "C15", guess, answer, plain=plain, rooted=rooted, **said)


def _residuals(text: Text) -> Rows:
    written = st.text_input(text("shares.residuals"), EXAMPLE, key="outliers_residuals", bind="query-params")
    rows = _parse(written, 1)
    if rows is None:
        st.warning(text("shares.unreadable_residuals", most=MOST))
        rows = _parse(EXAMPLE, 1) or []
    return _table(text, "outliers_residuals", [text("shares.residual")], rows, MOST)


def _points(text: Text, points: Points) -> Rows:
    """Give the picture's points as the reader's table has them.

    A reader's own never go into the address, nor do more than fit there: those edits last as long as the visit, and
    until the picture's points change.
    """
    given = _given(points)
    names = points.names or tuple(text.labels(f"plane_{points.data}").values())
    key = f"outliers_{points.data}_table"
    if len(given) > EDITABLE:
        st.caption(text("shares.not_editable", most=EDITABLE))
        return given
    if len(given) > MOST or points.private:
        kept = st.session_state.setdefault(f"_{key}", {"given": given, "rows": given})
        if kept["given"] != given:
            kept.update(given=given, rows=given)
        st.caption(text("shares.not_in_link", most=MOST))
        return _table(text, f"_{key}", names, kept["rows"], EDITABLE)
    written = st.text_input(
        text("shares.written"), "", key=key, bind="query-params", help=text("shares.written_help")
    )
    rows = _parse(written, 2) if written.strip() else given
    if rows is None or len({row[0] for row in rows}) < 2:
        st.warning(text("shares.unreadable", most=MOST))
        rows = given
    return _table(text, key, names, rows, MOST)


def _given(points: Points) -> Rows:
    x, y = points.moved
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _table(text: Text, key: str, names: Sequence[str], rows: Rows, most: int) -> Rows:
    """Let points be changed, added and removed.

    The text field of that key (and with it the address) then says the same; without a field the rows are kept in
    the visit's state under the key.
    """
    shown = pd.DataFrame(rows, columns=[f"c{i}" for i in range(len(names))], index=range(1, len(rows) + 1))
    turn = st.session_state.setdefault(f"_{key}_turn", {"rows": rows, "count": 0})
    if turn["rows"] != rows:  # written elsewhere: the table starts from there
        turn.update(rows=rows, count=turn["count"] + 1, refused=False)
    element = f"{key}_{turn['count']}"

    def edited() -> None:
        changed = _apply(rows, st.session_state[element], len(names), most)
        turn["refused"] = changed is None
        if changed is None:
            return
        if isinstance(kept := st.session_state.get(key), dict):
            kept["rows"] = changed
        else:
            st.session_state[key] = _write(changed)

    st.data_editor(
        shown.reset_index(drop=True),
        key=element,
        num_rows="dynamic",
        hide_index=True,
        height=245,
        column_config={
            f"c{i}": st.column_config.NumberColumn(
                name, required=True, min_value=-LARGEST_CELL, max_value=LARGEST_CELL
            )
            for i, name in enumerate(names)
        },
        on_change=edited,
    )
    if turn.get("refused"):
        st.warning(text("shares.refused" if len(names) == 1 else "shares.refused_points", most=most))
    st.caption(text("shares.table_help"))
    return rows


def _apply(rows: Rows, edits: dict[str, Any], width: int, most: int) -> Rows | None:
    """Give the rows after the edits; ``None`` while an added row has an empty cell, or too few points are left.

    Points without two different x have no line.
    """
    cells = [list(row) for row in rows]
    for at, changes in edits["edited_rows"].items():
        for column, value in changes.items():
            cells[int(at)][int(column[1:])] = value
    gone = set(edits["deleted_rows"])
    cells = [row for at, row in enumerate(cells) if at not in gone]
    cells += [[row.get(f"c{i}") for i in range(width)] for row in edits["added_rows"]]
    if len(cells) < 2 or len(cells) > most or any(value is None for row in cells for value in row):
        return None
    if width > 1 and len({row[0] for row in cells}) < 2:
        return None
    return [tuple(float(value) for value in row) for row in cells]


def _write(rows: Rows) -> str:
    words = [" ".join(f"{value:.10g}" for value in row) for row in rows]
    return ", ".join(words)


def _parse(written: str, width: int) -> Rows | None:
    """Read points: numbers with blanks between, points (and single numbers) with commas or semicolons between."""
    rows: Rows = []
    for point in re.split(r"[,;\n]" if width > 1 else r"[,;\s]", written[:4000]):
        if not point.strip():
            continue
        try:
            row = tuple(float(word) for word in point.split())
        except ValueError:
            return None
        if len(row) != width or not all(math.isfinite(value) and abs(value) <= LARGEST for value in row):
            return None
        rows.append(row)
    return rows if 2 <= len(rows) <= MOST else None


def _bars(text: Text, l1: ResidualSummary, l2: ResidualSummary, outlier: int) -> None:
    order = np.arange(l1.n)
    if l1.n > SHOWN:
        order = np.argsort(-l2.share_sq)[:SHOWN]
        if outlier not in order:
            order[-1] = outlier
    table = pd.concat(
        [
            pd.DataFrame(
                {"point": order + 1, "kind": kind, "share": share[order], "residual": residuals[order]}
            )
            for kind, share, residuals in (
                ("l1", l1.share_abs, l1.residuals),
                ("l2", l2.share_sq, l2.residuals),
            )
        ],
        ignore_index=True,
    )
    chart.chart(
        charts.shares,
        text.labels("shares_chart"),
        {"shares": table},
        alt=text("shares.alt", n=l1.n, point=outlier + 1, abs=l1.share_abs[outlier], sq=l2.share_sq[outlier]),
        key="outliers_shares_chart",
    )
    if l1.n > SHOWN:
        st.caption(text("shares.only_largest", shown=SHOWN, n=l1.n))


def _removed(text: Text, l1: ResidualSummary, l2: ResidualSummary, outlier: int) -> None:
    """Say what each loss is with the point and without it, the line staying where it is."""
    rows = [
        ("Σ|r|", l1.sum_abs, l1.without_abs[outlier], l1.share_abs[outlier]),
        ("Σr²", l2.sum_sq, l2.without_sq[outlier], l2.share_sq[outlier]),
        ("√Σr²", l2.root_sum_sq, l2.without_root[outlier], l2.drop_root[outlier]),
    ]
    st.table(
        pd.DataFrame(
            {
                text("shares.with_it"): [f"{row[1]:,.6g}" for row in rows],
                text("shares.without_it", point=outlier + 1): [f"{row[2]:,.6g}" for row in rows],
                text("shares.falls"): [f"{row[3]:.1%}" for row in rows],
            },
            index=pd.Index([row[0] for row in rows], name=text("shares.loss")),
        )
    )


def _take(
    text: Text, source: str, rows: Rows, l1: ResidualSummary, l2: ResidualSummary, outlier: int
) -> None:
    """Let the reader take every point's part away, and a script that finds it."""

    def table() -> pd.DataFrame:
        columns: dict[str, Any] = {"point": np.arange(1, len(rows) + 1)}
        if source == "example":
            columns["residual"] = l2.residuals + 0.0  # never −0
        else:
            columns["x"], columns["y"] = np.array(rows).T
            columns |= {"l1_residual": l1.residuals + 0.0, "l2_residual": l2.residuals + 0.0}
        return pd.DataFrame({**columns, "l1_share": l1.share_abs, "l2_share": l2.share_sq})

    def code() -> str:
        if source == "example":
            return script("outliers_residuals", residuals=tuple(row[0] for row in rows), outlier=outlier)
        return script("outliers_shares", points=rows if len(rows) <= WRITTEN else None, outlier=outlier)

    take_away(text, "shares", lambda: {"outliers-shares": table()}, code)
