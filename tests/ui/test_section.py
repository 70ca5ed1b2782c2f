"""A section is closed until asked for, open by link, and only computed while open."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages.ui.section import is_open, section
    from pages.ui.text import Text

    class Titled(Text):
        def __call__(self, key: str, /, **values: object) -> str:
            return "제목" if key == "paths.title" else super().__call__(key, **values)

    before = is_open("outliers", "paths")
    if (box := section(Titled("ko", "outliers"), "paths")).open:
        with box:
            st.write("computed")
    st.caption(f"{before == box.open}")


@pytest.mark.parametrize(
    ("link", "computed"),
    [({}, 0), ({"outliers_paths": "true"}, 1), ({"outliers_paths": "TRUE"}, 1), ({"outliers_paths": "☃"}, 0)],
)
def test_a_section_computes_only_while_open(link: dict[str, str], computed: int) -> None:
    app = AppTest.from_function(page)
    for key, value in link.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert app.expander[0].label == "제목"
    assert len(app.markdown) == computed
    assert app.caption[0].value == "True"  # said before it was drawn, as other parts of a page need it
