"""What a reader takes away from a view: its data as CSV, and a short script that prints the numbers on the screen.

The scripts are real files in pages/scripts, run by the tests as they stand and with other values. Their first lines
assign what the page's controls set; `script` puts the reader's values there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from pages.ui.text import Text

_SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


def script(name: str, **values: object) -> str:
    """Give a script with the reader's values in its assignments.

    Parameters
    ----------
    name : str
        File stem in pages/scripts.
    **values
        Names assigned at the start of a line there, each exactly once; values that `repr` writes as Python.

    Raises
    ------
    KeyError
        The script assigns no such name.
    """
    code = _read(name)
    for variable, value in values.items():
        line = re.compile(rf"^{re.escape(variable)} = .*?(?P<comment>  # .*)?$", re.MULTILINE)
        found = list(line.finditer(code))
        if len(found) != 1:
            raise KeyError(f"pages/scripts/{name}.py assigns {variable!r} not exactly once")
        start, end = found[0].span()
        code = f"{code[:start]}{variable} = {value!r}{found[0]['comment'] or ''}{code[end:]}"
    return code


def take_away(
    text: Text,
    name: str,
    data: Mapping[str, pd.DataFrame] | Callable[[], Mapping[str, pd.DataFrame]],
    code: str | Callable[[], str],
) -> None:
    """Draw the control that gives a view's data and code; nothing is written before it is opened.

    Parameters
    ----------
    name : str
        Which view: part of the control's key and of the files' names.
    data : mapping of str to DataFrame, or a function that gives one
        File stem to table.
    code : str, or a function that gives one
        What `script` gave. Functions are called only while the control is open.
    """
    popover = st.popover(
        text("take.title"), key=f"{text.lesson}_{name}_take", on_change="rerun", icon=":material/download:"
    )
    if not popover.open:
        return
    with popover:
        for stem, table in (data() if callable(data) else data).items():
            st.download_button(
                text("take.data", name=stem),
                table.to_csv(index=False).encode("utf-8-sig"),  # the mark tells Excel that it is UTF-8
                file_name=f"reglab-{stem}.csv",
                mime="text/csv",
                key=f"{text.lesson}_{name}_csv_{stem}",
                on_click="ignore",
            )
        st.markdown(text("take.code"))
        st.code(code() if callable(code) else code, language="python")
        st.caption(text("take.picture"))


@lru_cache(maxsize=32)
def _read(name: str) -> str:
    return (_SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
