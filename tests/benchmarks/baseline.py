"""The yardstick: a page with a slider and one chart, as one writes it first, on Streamlit's own settings.

Served from an empty folder, so that this project's config.toml does not reach it.
"""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

st.title("Baseline")
k = st.slider("k", 1, 100, 5)
x = np.linspace(0, 1, 200)
data = pd.DataFrame({"x": x, "y": np.sin(k * x)})
st.altair_chart(alt.Chart(data).mark_line().encode(x="x", y="y"))
