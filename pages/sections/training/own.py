"""The reader's own table in the same race."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from pages.sections.training import settings, trainer
from pages.ui import problems, upload
from pages.ui.text import Text
from reglib.datasets import Dataset
from reglib.errors import TableError
from reglib.race import MOST_ROWS
from reglib.tables import Features, Table


def show(text: Text) -> None:
    """Ask for a table and a target, say what they make, and race on them when asked."""
    st.markdown(text.prose("own", rows=MOST_ROWS))
    table = upload.own_table(text)
    if table is None:
        if upload.removed():
            _use(None)
        return
    names = table.names
    # Another file has other columns to choose among.
    if st.session_state.get("_training_own_file") != table:
        st.session_state["_training_own_file"] = table
        st.session_state["training_own_target"] = _last(table)
    target = st.selectbox(
        text("own.target"),
        range(len(names)),
        _last(table),
        format_func=names.__getitem__,
        key="training_own_target",
    )
    try:
        features = table.features(names[target])
    except TableError as error:
        problems.show(text, error)  # what has been trained on the last good one stays
        return
    upload.notes(text, features.notes)
    classes = len(features.class_names)
    counts = {"rows": len(features.y), "columns": features.X.shape[1]}
    st.markdown(text(f"own.{features.reason}", classes=classes, **counts))
    _use((table, target), partial(_dataset, table, features))
    n = int(np.clip(len(features.y), 10, MOST_ROWS))
    st.button(
        text("own.race"),
        on_click=settings.apply,
        args=({"data": "own", "n": n},),
        key="training_own_race",
        icon=":material/play_arrow:",
    )


def _use(made_of: tuple[Table, int] | None, make: Callable[[], Dataset | None] = lambda: None) -> None:
    """Offer a table with its target to the race."""
    if st.session_state.get("_training_table_of") == made_of:
        return
    st.session_state["_training_table"] = make()
    st.session_state["_training_table_of"] = made_of
    if (of := trainer.shown()) is not None and of.own is not None:
        st.rerun()  # the settings above say what has been trained, and what would be


def _last(table: Table) -> int:
    """Give the last column that holds anything: spreadsheets often end their lines with a separator."""
    filled = [j for j, column in enumerate(table.columns) if column.kind != "empty"]
    return filled[-1] if filled else len(table.columns) - 1


def _dataset(table: Table, features: Features) -> Dataset:
    return Dataset(
        name="own",
        X=features.X,
        y=features.y,
        feature_names=features.feature_names,
        target_name=features.target,
        task=features.task,
        class_names=features.class_names,
        source=table.name,
    )
