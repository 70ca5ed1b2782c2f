"""Entry point: `streamlit run app.py`. The home page lives in pages/home.py."""

from pages.ui import shell

shell.run()
