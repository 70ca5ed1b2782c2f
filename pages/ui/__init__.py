"""Streamlit code that the lessons share."""
