"""The reader's own table: read once, kept in this visit's session state only, shared by the lessons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import streamlit as st

from pages.ui import controls, problems
from pages.ui.text import Text, escape
from reglib.errors import DataError, TableError
from reglib.tables import Note, Pair, Table, read_table

_KEPT = "_own_table"  # never in a cache that visitors share, never on disk
_TURN = "_own_table_turn"


def own_table(text: Text) -> Table | None:
    """Ask for a file and give its table; say what is wrong with it, or what was dropped from it.

    The table stays for the other lessons until the reader removes it or the visit ends.
    """
    turn = st.session_state.setdefault(_TURN, 0)
    file = st.file_uploader(
        text("upload.label"), key=f"{text.lesson}_upload_{turn}", help=text("upload.help"), max_upload_size=5
    )
    kept: dict[str, Any] | None = st.session_state.get(_KEPT)
    if file is not None and (kept is None or kept["id"] != file.file_id):
        kept = {"id": file.file_id, "table": None, "error": None}
        try:
            kept["table"] = read_table(file.getvalue(), file.name)
        except TableError as error:
            kept["error"] = error
        st.session_state[_KEPT] = kept
    st.caption(text("upload.private"))
    if kept is None:
        return None
    if kept["error"] is not None:
        problems.show(text, kept["error"])
        return None
    table: Table = kept["table"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            text("upload.read", name=escape(table.name), rows=table.n_rows, columns=len(table.columns)),
            width="content",
        )
        st.button(
            text("upload.remove"), key=f"{text.lesson}_upload_remove", on_click=_forget, type="tertiary"
        )
    notes(text, table.notes)
    return table


def removed() -> bool:
    """Say whether there is no file, not even one that could not be read."""
    return st.session_state.get(_KEPT) is None


def own_pair(text: Text, table: Table, *, need: int, largest: float) -> Pair:
    """Let the reader choose two columns of the table, and say what was dropped from them.

    Parameters
    ----------
    need : int
        The smallest number of rows to be content with.
    largest : float
        The largest size of a value.

    Raises
    ------
    TableError, DataError
        As `reglib.tables.Table.pair`, or ``too_large`` (name, row, limit).
    """
    codes = {f"c{place}": name for place, name in enumerate(table.names)}
    keys = {axis: f"{text.lesson}_column_{axis}" for axis in "xy"}
    file, before = st.session_state[_KEPT]["id"], st.session_state.get(f"_{text.lesson}_columns_of")
    if before not in (None, file):  # another file has other columns to choose among
        for key in keys.values():
            controls.forget(key)
    st.session_state[f"_{text.lesson}_columns_of"] = file
    # Those of numbers first, of different ones if there are two: they are what is shown before anything is chosen.
    varied = {column.name for column in table.columns if column.kind == "number" and column.distinct > 1}
    likely = varied if len(varied) > 1 else table.numeric_names
    first, second = sorted(codes, key=lambda code: codes[code] not in likely)[:2]
    with st.container(horizontal=True):
        x, y = (
            controls.choice(
                text(f"main.column_{axis}"),
                codes,
                key=keys[axis],
                default=default,
                kind="list",
            )
            for axis, default in (("x", first), ("y", second))
        )
    pair = table.pair(codes[x], codes[y], need=need)
    for name, values in ((pair.x_name, pair.x), (pair.y_name, pair.y)):
        if (large := np.abs(values) > largest).any():
            raise DataError("too_large", name=name, row=int(np.argmax(large)), limit=largest)
    notes(text, pair.notes)
    return pair


def notes(text: Text, said: Iterable[Note]) -> None:
    """Say what was dropped, renamed or decided while reading."""
    sentences = [problems.sentence(text, code, params, "notes") for code, params in said]
    if sentences:
        st.caption("\n".join(f"- {words}" for words in sentences))


def _forget() -> None:
    st.session_state.pop(_KEPT, None)
    st.session_state[_TURN] += 1  # a new uploader, without the old file
