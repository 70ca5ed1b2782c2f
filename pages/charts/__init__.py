"""Data to chart: no Streamlit and no computation here, only marks, scales and colours."""
