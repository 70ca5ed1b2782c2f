"""The outliers lesson through app.py: what a reader sets, sees and reads."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LinearRegression, QuantileRegressor
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from reglib import datasets
from reglib.linear import fit_huber, fit_l1, fit_l2, huber_delta
from reglib.losses import summarise

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_search_for_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each AppTest the search of all installed packages for components: it is most of an opening's cost."""
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **_: None)


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Open the lesson as a link does, without home before it (tests/pages/test_every_page.py does that)."""

    def opener(stem: str, *, lang: str = "ko", **params: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.switch_page(f"pages/{stem}.py")
        for key, value in {"lang": lang, **params}.items():
            app.query_params[key] = str(value)
        return app.run()

    return opener


def table(app, name: str, dataset: str):
    """Read one data set of a chart as the browser gets it; a chart without a selection has no name there."""
    charts = [
        (chart.proto.id, d.data.data)
        for chart in app.get("vega_lite_chart")
        for d in chart.proto.datasets
        if d.name == dataset
    ]
    (found,) = [data for key, data in charts if name in key] or [data for key, data in charts if not key]
    return pa.ipc.open_stream(io.BytesIO(found)).read_all().to_pandas()


def row_at(fits, x: float, y: float):
    found = fits[np.isclose(fits["x"], x, atol=1e-4) & np.isclose(fits["y"], y, atol=1e-4)]
    assert len(found) == 1
    return found.iloc[0]


def said(app) -> str:
    return "\n".join(
        item.value for kind in ("markdown", "caption", "success", "info") for item in app.get(kind)
    )


def read_aloud(app) -> str:
    """Give what a screen reader is told about the pictures when their numbers change."""
    return "\n".join(h.proto.body for h in app.get("html") if "reglab-said" in h.proto.body)


def test_C14_every_position_of_the_outlier_has_the_exact_fits(open_page) -> None:
    fits = table(open_page("outliers"), "plane_line", "fits")
    line = datasets.make_line(20, slope=0.5, intercept=1.0, noise=0.6, seed=6)
    x, y = line.x.round(1), line.y.round(1)
    delta = huber_delta(x, y, 1.4)
    assert 1000 < len(fits) <= 41 * 33
    for at in np.random.default_rng(0).choice(len(fits), 25, replace=False):
        row = fits.iloc[at]
        x[18], y[18] = round(float(row["x"]), 4), round(float(row["y"]), 4)  # ties break at 1e-8
        ols = LinearRegression().fit(x[:, None], y)
        assert row["l2_slope"] == pytest.approx(ols.coef_[0], abs=1e-4)
        lad = QuantileRegressor(alpha=0, solver="highs").fit(x[:, None], y)
        cost = np.abs(y - lad.predict(x[:, None])).sum()
        assert row["l1_loss"] == pytest.approx(cost, rel=1e-4)
        assert row["l1_low"] - 1e-4 <= lad.coef_[0] <= row["l1_high"] + 1e-4
        assert row["huber_slope"] == pytest.approx(fit_huber(x, y, delta).slope, abs=1e-4)
        for fit, share in ((fit_l1, "share_abs"), (fit_l2, "share_sq")):
            parts = summarise(y - fit(x, y).predict(x))
            assert row[f"{fit.__name__[4:]}_share"] == pytest.approx(getattr(parts, share)[18], abs=1e-4)


def test_C14_the_default_outlier_moves_the_L2_line_and_leaves_the_L1_line(open_page) -> None:
    fits = table(open_page("outliers"), "plane_line", "fits")
    home, away = row_at(fits, 9.8, 5.8), row_at(fits, 9.8, -5.2)
    assert away["l1_slope"] == home["l1_slope"]
    assert away["l2_slope"] < 0.6 * home["l2_slope"]
    assert away["l2_share"] > away["l1_share"] > 0.5


def test_C14_the_telephone_calls_have_the_known_slopes(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="phone")
    words = said(app)
    assert re.search(r"1\.157 to 1\.622", words)
    row = row_at(table(app, "plane_phone", "fits"), 1969, 212)
    assert row["l1_loss"] == pytest.approx(844, abs=0.01)
    assert row["l2_slope"] == pytest.approx(5.04, abs=0.01)
    band = table(app, "plane_phone", "bands")
    here = band[band["key"] == row["key"]]
    optimal = fit_l1(*(getattr(datasets.telephone_calls(), axis) for axis in "xy"))
    low, high = optimal.band(here["x"].to_numpy(dtype=float))
    assert np.allclose(here["low"], low, atol=0.02)
    assert np.allclose(here["high"], high, atol=0.02)
    assert (table(app, "plane_phone", "points")["kind"] == "wrong").sum() == 5  # the sixth is the outlier


def test_typed_numbers_move_the_outlier(open_page) -> None:
    app = open_page("outliers", lang="en")
    app.number_input(key="outliers_line_y").set_value(-0.2).run()
    assert "(9.8, -0.2)" in said(app)
    assert not app.exception


@pytest.mark.parametrize("data", ["line", "phone", "diabetes"])
def test_C14_the_outlier_starts_at_its_own_place_so_that_the_reader_predicts_first(open_page, data) -> None:
    app = open_page("outliers", lang="en", outliers_data=data)
    assert "has not been moved from its own place" in said(app)
    assert "→" not in said(app)
    assert not app.success
    assert not app.info


def test_years_are_written_as_years(open_page) -> None:
    for lang in ("ko", "en"):
        app = open_page(
            "outliers", lang=lang, outliers_data="phone", outliers_leverage="true", outliers_C19="no",
            outliers_phone_far=2089, outliers_phone_y=132, outliers_shares="true", outliers_from="picture",
        )  # fmt: skip
        words = said(app) + read_aloud(app)
        assert "1969" in read_aloud(app)
        assert re.search(r"\b1969\b", words)
        assert not re.search(r"\b[12],\d{3}\b", words)
        for chart in app.get("vega_lite_chart"):
            for axis in re.findall(r'"x": \{"axis": (\{[^}]*\}|null), "field": "x"', chart.proto.spec):
                if axis != "null" and ("leverage" in chart.proto.id or "plane" in chart.proto.id):
                    assert '"format": "d"' in axis
        fits = table(app, "leverage_phone", "fits")
        assert (fits["x"] == fits["x"].round()).all()
        assert app.number_input(key="outliers_phone_far").proto.format == "%g"


def test_any_point_can_be_the_outlier_and_starts_at_its_own_place(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="phone")
    app.number_input(key="outliers_phone_point").set_value(3).run()
    assert app.number_input(key="outliers_phone_x").value == 1952
    assert app.number_input(key="outliers_phone_y").value == 4.7
    assert not app.exception
    assert "has not been moved" in said(app)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("data", ["line", "phone", "diabetes", "own"])
def test_every_data_set_opens(open_page, data: str, lang: str) -> None:
    app = open_page("outliers", lang=lang, outliers_data=data)
    assert not app.exception
    assert not app.error


def test_a_large_data_set_is_fitted_whole_where_the_outlier_stands_and_by_a_sample_elsewhere(
    open_page,
) -> None:
    app = open_page("outliers", outliers_data="diabetes", outliers_diabetes_y=-94)
    fits = table(app, "plane_diabetes", "fits")
    data = datasets.diabetes()
    x, y = data.column("bmi").copy(), np.array(data.y, dtype=float)
    y[256] = -94
    row = row_at(fits, 41.3, -94)
    assert row["all"] == 1
    assert fits["all"].sum() == 1
    assert row["l2_slope"] == pytest.approx(fit_l2(x, y).slope, rel=1e-4)
    assert row["l1_slope"] == pytest.approx(fit_l1(x, y).slope, rel=1e-4)
    assert row["l1_share"] == pytest.approx(summarise(y - fit_l1(x, y).predict(x)).share_abs[256], rel=1e-3)
    elsewhere = row_at(fits, 41.3, 346)
    assert elsewhere["l2_slope"] != pytest.approx(fit_l2(data.column("bmi"), data.y).slope, rel=1e-4)


def test_a_point_on_the_line_has_no_share_of_the_loss_also_in_a_large_data_set(open_page) -> None:
    app = open_page("outliers", outliers_data="diabetes", outliers_diabetes_x=54, outliers_diabetes_y=490)
    fits = table(app, "plane_diabetes", "fits")
    row = fits[fits["all"] == 1].iloc[0]
    assert row["l1_share"] == 0  # a rounding error of 2e-18 was written with all its zeros
    assert row["l2_share"] > 1e-4


def test_C14_spoiling_a_third_of_the_points_moves_L2_more_than_L1(open_page) -> None:
    home = row_at(table(open_page("outliers", outliers_line_y=5.8), "plane_line", "fits"), 9.8, 5.8)
    spoilt = open_page("outliers", outliers_line_y=5.8, outliers_corrupt=30)
    assert (table(spoilt, "plane_line", "points")["kind"] == "wrong").sum() == 6  # 30 % of the other 19
    row = row_at(table(spoilt, "plane_line", "fits"), 9.8, 5.8)
    assert abs(row["l1_slope"] - home["l1_slope"]) < abs(row["l2_slope"] - home["l2_slope"])


def test_the_message_to_the_browser_stays_small(open_page) -> None:
    app = open_page("outliers")
    (chart,) = [c for c in app.get("vega_lite_chart") if "plane_line" in c.proto.id]
    assert chart.proto.ByteSize() < 160_000


def test_switching_huber_off_sends_nothing_of_it(open_page) -> None:
    app = open_page("outliers", outliers_huber="false")
    assert not [name for name in table(app, "plane_line", "fits") if name.startswith("huber")]


@pytest.mark.parametrize("key", ["outliers_line_x", "outliers_line_y"])
@pytest.mark.parametrize("bad", ["1e9", "abc", "nan", "-1e300", ""])
def test_a_bad_place_in_a_link_falls_back_quietly(open_page, key: str, bad: str) -> None:
    app = open_page("outliers", **{key: bad})
    assert not app.exception
    assert not app.error
    fresh = open_page("outliers")
    assert app.number_input(key=key).value == fresh.number_input(key=key).value


def test_a_place_between_positions_goes_to_the_nearest(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_line_y=-0.31)
    assert "(9.8, -0.2)" in said(app)
    app.number_input(key="outliers_line_y").set_value(2.31).run()
    assert app.number_input(key="outliers_line_y").value == pytest.approx(2.3)


# --- predictions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "section", "right", "wrong"),
    [
        ("C14", None, "l2", "l1"),
        ("C17", None, "l1", "l2"),
        ("C15", "shares", "same", "differs"),
        ("C19", "leverage", "no", "yes"),
        ("C18", "gradient", "l2", "l1"),
        ("C16", "stable", "l1", "l2"),
    ],
)
def test_a_prediction_is_decided_by_the_computation(
    open_page, claim: str, section: str | None, right: str, wrong: str
) -> None:
    opened = {f"outliers_{section}": "true"} if section else {}
    assert not open_page("outliers", **opened).success
    for guess, right_box in ((right, True), (wrong, False)):
        app = open_page("outliers", lang="en", **opened, **{f"outliers_{claim}": guess})
        assert not app.exception
        (box,) = app.success if right_box else app.info
        assert box.value.startswith(
            "**As you predicted" if right_box else "**The computation decides otherwise"
        )


@pytest.mark.parametrize("data", ["line", "phone", "diabetes"])
def test_C17_it_is_L1_that_ignores_the_outlier_on_every_data_set(open_page, data: str) -> None:
    app = open_page("outliers", lang="en", outliers_data=data, outliers_C17="l1")
    assert app.success


def test_a_guess_is_decided_by_the_points_that_are_shown_now(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_C14="l2")
    for data, height in (("phone", -58), ("line", -7.2)):
        app.selectbox(key="outliers_data").set_value(data).run()
        assert f"Moving the point to y = {height:g}" in app.success[0].value


def test_C14_the_prediction_moves_the_point_to_where_it_was_decided(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_C14="l2")
    app.button(key="_outliers_try_C14").click().run()
    height = app.number_input(key="outliers_line_y").value
    assert height == app.number_input(key="outliers_line_y").min
    assert f"to y = {height:g} changes the L1 slope by" in app.success[0].value


# --- warm-up ----------------------------------------------------------------------------------------


def test_the_mean_follows_one_value_and_the_median_stays(open_page) -> None:
    values = np.array([3, 4, 4.5, 5, 5.5, 6, 7, 8, 25])
    app = open_page("outliers", lang="en", outliers_warmup="true", outliers_value=25)
    assert f"the mean is **{values.mean():.2f}** and the median **{np.median(values):.2f}**" in said(app)
    places = table(app, "location", "places")
    assert np.ptp(places["mean"]) > 4
    assert np.ptp(places["median"]) <= 0.5


@pytest.mark.parametrize(("n", "half"), [(20, "50.0%"), (21, "52.4%"), (50, "50.0%")])
def test_the_mean_breaks_down_with_one_point_and_the_median_with_half(open_page, n: int, half: str) -> None:
    app = open_page("outliers", lang="en", outliers_warmup="true", outliers_n=n, outliers_repeats=100)
    words = f"the breakdown point of the mean is **{1 / n:.1%}**, that of the median **{half}**"
    assert words in said(app)


def test_a_stopped_simulation_keeps_what_it_has_and_goes_on(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_warmup="true", outliers_repeats=200)
    state = app.session_state["_outliers_breakdown"]
    state["parts"], state["stopped"] = state["parts"][:2], True
    app.run()
    assert "Tried on 100 samples" in said(app)
    app.button(key="_outliers_go_on").click().run()
    assert "Tried on 200 samples" in said(app)


# --- shares -----------------------------------------------------------------------------------------


def test_C13_C15_the_example_has_the_posts_norms_and_removing_its_outlier_lowers_them(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_shares="true")
    losses = app.table[0].value
    assert losses.iloc[:, 0].tolist() == ["13", "103", "10.1489"]
    assert losses.iloc[:, 1].tolist() == ["3", "3", "1.73205"]
    assert losses.iloc[:, 2].tolist() == ["76.9%", "97.1%", "82.9%"]
    assert "**76.9%** of Σ|r| and **97.1%** of Σr²" in said(app)
    bars = table(app, "shares_chart", "shares")
    assert bars[bars["kind"] == "l1"]["share"].tolist() == pytest.approx([1 / 13] * 3 + [10 / 13])
    assert bars[bars["kind"] == "l2"]["share"].tolist() == pytest.approx([1 / 103] * 3 + [100 / 103])


def test_residuals_can_be_written_and_bad_ones_are_said(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_shares="true", outliers_residuals="3; -4")
    assert app.table[0].value.iloc[:, 0].tolist() == ["7", "25", "5"]
    for bad in ("1, x", "1", "1e999, 2", "nan, 1", ",".join(["1"] * 61)):
        app = open_page("outliers", lang="en", outliers_shares="true", outliers_residuals=bad)
        assert not app.exception
        assert "cannot be read" in app.warning[0].value
        assert app.table[0].value.iloc[0, 0] == "13"


def edit(app: AppTest, table: str, **edits: object) -> None:
    """Edit a table as the browser reports it."""
    (editor,) = [one for one in app.dataframe if table in one.proto.id]
    whole = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **edits}
    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=editor.proto.id, string_value=json.dumps(whole)))
    app._run(states)


def test_points_are_changed_added_and_removed_in_the_table(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_shares="true")
    edit(app, "outliers_residuals", added_rows=[{"c0": 2}])
    assert app.text_input(key="outliers_residuals").value == "1, 1, 1, 10, 2"
    edit(app, "outliers_residuals", deleted_rows=[3])
    assert app.text_input(key="outliers_residuals").value == "1, 1, 1, 2"
    edit(app, "outliers_residuals", edited_rows={"0": {"c0": -3}})
    assert app.text_input(key="outliers_residuals").value == "-3, 1, 1, 2"
    assert app.table[0].value.iloc[:2, 0].tolist() == ["7", "15"]


def test_the_pictures_points_have_shares_of_their_own_lines(open_page) -> None:
    app = open_page(
        "outliers", lang="en", outliers_shares="true", outliers_from="picture", outliers_line_y=-5.2
    )
    line = datasets.make_line(20, slope=0.5, intercept=1.0, noise=0.6, seed=6)
    x, y = line.x.round(1), line.y.round(1)
    y[18] = -5.2
    assert "The outlier, point 19, makes up" in said(
        open_page("outliers", lang="en", outliers_shares="true", outliers_from="picture")
    )
    assert "Point 19 has the largest share: it makes up" in said(app), "once it is moved"
    bars = table(app, "shares_chart", "shares")
    for kind, fit, name in (("l1", fit_l1, "share_abs"), ("l2", fit_l2, "share_sq")):
        expected = getattr(summarise(y - fit(x, y).predict(x)), name)
        assert bars[bars["kind"] == kind]["share"].to_numpy() == pytest.approx(expected)


def test_a_readers_own_points_are_not_written_into_the_address(open_page) -> None:
    app = open_page(
        "outliers", lang="en", outliers_data="own", outliers_shares="true", outliers_from="picture"
    )
    app.file_uploader[0].upload("mine.csv", b"a,b\n1,2\n2,4\n3,5\n4,90\n", "text/csv").run()
    assert not app.exception
    assert "outliers_own_table" not in {item.key for item in app.text_input}
    assert "not in the link" in said(app)
    edit(app, "outliers_own_table", deleted_rows=[3])
    assert not app.exception
    assert len(table(app, "shares_chart", "shares")) == 6
    assert not [key for key in app.query_params if "table" in key]


def test_points_of_a_large_data_set_are_edited_in_the_table_too(open_page) -> None:
    app = open_page(
        "outliers", lang="en", outliers_data="diabetes", outliers_shares="true", outliers_from="picture"
    )
    assert "Of 442 points, 30 are drawn" in said(app)
    edit(app, "outliers_diabetes_table", deleted_rows=[256], added_rows=[{"c0": 30, "c1": 2000}])
    assert not app.exception
    assert "Point 442 has the largest share" in said(app)
    data = datasets.diabetes()
    x = np.append(np.delete(data.column("bmi"), 256), 30.0)
    y = np.append(np.delete(data.y, 256), 2000.0)
    share = summarise(y - fit_l2(x, y).predict(x)).share_sq[-1]
    assert f"**{share:.1%}** of Σr²" in said(app)


# --- leverage ---------------------------------------------------------------------------------------


def test_C19_an_outlier_far_in_x_carries_every_line_away_but_not_on_the_true_line(open_page) -> None:
    app = open_page("outliers", outliers_leverage="true", outliers_line_y=-5.2)
    fits = table(app, "leverage_line", "fits")
    near, far = fits[np.isclose(fits["x"], 9.8)].iloc[0], fits.iloc[-1]
    for fit in ("l1", "l2", "huber"):
        assert far[f"{fit}_slope"] < 0 < near[f"{fit}_slope"]
    assert far["huber_slope"] == pytest.approx(far["l1_slope"], abs=0.05), "Huber is no better than L1"
    along = table(
        open_page("outliers", outliers_leverage="true", outliers_far_mode="along"), "leverage_line", "fits"
    )
    for fit in ("l1", "l2", "huber"):
        assert along[f"{fit}_slope"].iloc[-1] == pytest.approx(0.5, abs=0.01)
    assert (along["x"] < 10).any()


def test_C19_every_leverage_fit_is_the_exact_one(open_page) -> None:
    app = open_page("outliers", outliers_leverage="true", outliers_line_y=-5.2)
    fits = table(app, "leverage_line", "fits")
    line = datasets.make_line(20, slope=0.5, intercept=1.0, noise=0.6, seed=6)
    x, y = line.x.round(1), line.y.round(1)
    y[18] = -5.2
    for row in fits.iloc[::7].itertuples():
        x[18] = round(float(row.x), 4)
        assert row.l2_slope == pytest.approx(np.polyfit(x, y, 1)[0], abs=1e-4)
        lad = QuantileRegressor(alpha=0, solver="highs").fit(x[:, None], y)
        assert row.l1_loss == pytest.approx(np.abs(y - lad.predict(x[:, None])).sum(), rel=1e-4)


def test_C19_with_442_points_the_leverage_fits_are_those_of_all_of_them(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="diabetes", outliers_leverage="true")
    data = datasets.diabetes()
    x, y = data.column("bmi").copy(), np.array(data.y, dtype=float)
    fits = table(app, "leverage_diabetes", "fits")
    (home,) = [row for row in fits.itertuples() if abs(row.x - x[256]) < 1e-3]
    assert home.l1_slope == pytest.approx(fit_l1(x, y).slope, rel=1e-5)
    assert home.l2_slope == pytest.approx(fit_l2(x, y).slope, rel=1e-5)
    assert f"L1 **{fit_l1(x, y).slope:,.3g}** · L2 **{fit_l2(x, y).slope:,.3g}**" in said(app)
    far = fits.iloc[-1]
    x[256] = far["x"]
    assert far["l1_slope"] == pytest.approx(fit_l1(x, y).slope, rel=1e-5)


def test_C19_a_table_too_long_for_the_way_is_said_to_be_a_sample(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="own", outliers_leverage="true", outliers_C19="no")
    rng = np.random.default_rng(0)
    app.file_uploader[0].upload("mine.csv", numbers_csv(*rng.normal(size=(2, 1001))), "text/csv").run()
    assert not app.exception
    assert "fitted to 60 of the 1,001" in said(app)


def test_the_leverage_curves_say_that_they_wait_for_the_guess(open_page) -> None:
    for lang, words in (("ko", "위에서 예상하면 기울기 곡선이"), ("en", "Predict above: then the curves")):
        assert words in said(open_page("outliers", lang=lang, outliers_leverage="true"))
        assert words not in said(
            open_page("outliers", lang=lang, outliers_leverage="true", outliers_C19="no")
        )


@pytest.mark.parametrize("written", ["1 1 1 10", "1, 1 1;10"])
def test_residuals_may_have_blanks_between_and_what_cannot_be_read_is_about_residuals(
    open_page, written
) -> None:
    asked = {"lang": "en", "outliers_shares": "true"}
    app = open_page("outliers", **asked, outliers_residuals=written)
    assert not app.warning
    assert app.table[0].value.iloc[0, 0] == "13"
    app = open_page("outliers", **asked, outliers_residuals="1, x")
    assert "x and y" not in app.warning[0].value
    assert "2 to 60 numbers" in app.warning[0].value


def test_residuals_that_are_all_0_have_no_largest_share(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_shares="true", outliers_residuals="0, 0, 0")
    assert "no loss to have a share of" in said(app)
    assert "largest share" not in said(app)


def test_a_readers_columns_are_the_titles_of_the_axes_and_long_numbers_are_not_cut(open_page) -> None:
    rows = "\n".join(f"{20240101 + i},{1e13 + 1e11 * (i * 7 % 11)}" for i in range(20))
    app = open_page(
        "outliers", lang="en", outliers_data="own", outliers_leverage="true", outliers_shares="true"
    )
    app.file_uploader[0].upload("won.csv", f"date (day),<b>won</b>\n{rows}\n".encode(), "text/csv").run()
    assert not app.exception
    picture = next(c.proto.spec for c in app.get("vega_lite_chart") if "plane_own" in c.proto.id)
    assert '"date (day)"' in picture
    assert '"<b>won</b>"' in picture  # Vega shows it as it is
    assert '".3~e"' in picture
    x = app.number_input(key="outliers_own_x").value
    assert f"x = {x:.0f}" in said(app).replace(",", "")


def test_C19_the_sentence_starts_from_where_the_outlier_stands_in_y(open_page) -> None:
    asked = {"lang": "en", "outliers_leverage": "true", "outliers_line_y": -5.2}
    assert "not gone sideways yet (x = 9.8, y = -5.2). Slopes: L1 **0.522** · L2 **0.253**" in said(
        open_page("outliers", **asked)
    )
    words = said(open_page("outliers", **asked, outliers_line_far=58.8))
    assert "kept at y = -5.2 and moved sideways from x = 9.8 to x = 58.8" in words
    assert "L1 0.522 → **-0.151** · L2 0.253 → **-0.119** · Huber 0.497 → **-0.137**" in words
    words = said(open_page("outliers", **asked, outliers_line_far=58.8, outliers_far_mode="along"))
    assert "along the true line from x = 9.8 to x = 58.8" in words


@pytest.mark.parametrize("data", ["line", "phone", "diabetes"])
def test_C19_the_verdict_is_the_largest_change_over_the_whole_way(open_page, data: str) -> None:
    app = open_page("outliers", lang="en", outliers_data=data, outliers_leverage="true", outliers_C19="no")
    (verdict,) = app.success
    fits = table(app, f"leverage_{data}", "fits")
    line = {
        "line": lambda: datasets.make_line(20, slope=0.5, intercept=1.0, noise=0.6, seed=6),
        "phone": datasets.telephone_calls,
        "diabetes": datasets.diabetes,
    }[data]()
    x = np.array(line.column("bmi") if data == "diabetes" else line.x, dtype=float).round(1)
    y = np.array(line.y, dtype=float).round(1)
    index = {"line": 18, "phone": 19, "diabetes": 256}[data]
    delta = huber_delta(x, y, 1.4)
    rows = table(app, f"plane_{data}", "fits")
    changes = {}
    for fit in (fit_l1, lambda a, b: fit_huber(a, b, delta)):
        home, largest = fit(x, y).slope, 0.0
        for height in (rows["y"].min(), rows["y"].max()):
            for place in fits["x"].astype(float):
                px, py = x.copy(), y.copy()
                px[index], py[index] = place, height
                largest = max(largest, abs(fit(px, py).slope - home))
        changes[len(changes)] = largest
    for change in changes.values():
        assert f"{change:,.3g}" in verdict.value
    ratio = changes[1] / changes[0]
    kind = "is no better" if abs(ratio - 1) <= 0.1 else "less than" if ratio < 1 else "even more"
    assert kind in verdict.value


def test_C19_before_the_guess_the_curves_go_no_farther_than_the_outlier(open_page) -> None:
    for guess, shown in (({}, 0), ({"outliers_C19": "yes"}, 1), ({"present": 12}, 1)):
        slopes = table(open_page("outliers", outliers_leverage="true", **guess), "leverage_line", "slopes")
        assert set(slopes["shown"]) == {shown}


# --- loss and gradient ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("r", "pull"),
    [
        (3.0, "**1** for |r|, **3** for ½r² and **1**"),
        (-0.5, "**-1** for |r|, **-0.5** for ½r² and **-0.5**"),
    ],
)
def test_C18_the_pull_of_each_loss_is_its_derivative(open_page, r: float, pull: str) -> None:
    app = open_page("outliers", lang="en", outliers_gradient="true", outliers_r=r)
    assert pull in said(app)
    curves = table(app, "outliers_losses", "curves")
    for fit in ("l1", "l2", "huber"):
        one = curves[curves["fit"] == fit]
        slope = np.gradient(one["value"], one["r"])
        smooth = np.abs(one["r"]) > 0.1
        assert slope[1:-1][smooth[1:-1]] == pytest.approx(one["derivative"][1:-1][smooth[1:-1]], abs=0.03)


@pytest.mark.parametrize("rate", [0.2, 0.5, 1.2])
def test_C18_with_a_fixed_step_L2_settles_and_L1_keeps_hopping_until_the_step_decays(open_page, rate) -> None:
    app = open_page(
        "outliers", outliers_gradient="true", outliers_rate=rate, outliers_steps=400, outliers_C18="l2",
        outliers_line_y=-5.2,
    )  # fmt: skip
    steps = table(app, "outliers_descent", "steps")
    late = {run: group[group["step"] > 350]["length"] for run, group in steps.groupby("run")}
    assert len(late.get("l2", [])) == 0 or late["l2"].max() < 1e-9
    assert late["l1"].min() > 1e-3
    assert late["decay"].max() < 0.2 * late["l1"].max()
    runs = table(app, "outliers_descent", "runs")
    last = runs[runs["step"] > 350].groupby("run")["off"]
    assert np.abs(last.get_group("l2")).max() < 1e-6
    assert np.ptp(last.get_group("l1")) > 5 * np.ptp(last.get_group("decay"))


def test_a_learning_rate_that_is_too_high_is_said_to_diverge(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_gradient="true", outliers_rate=2.3, outliers_C18="l2")
    assert not app.exception
    assert "too high for L2" in app.warning[0].value


def test_C18_before_the_guess_only_the_first_steps_are_drawn_and_nothing_is_said(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_gradient="true")
    assert table(app, "outliers_descent", "runs")["step"].max() == 8
    assert table(app, "outliers_descent", "steps")["step"].max() == 8
    assert "Length of step" not in said(app)
    frame = table(app, "outliers_descent", "frame")
    app = open_page("outliers", lang="en", outliers_gradient="true", outliers_C18="l1")
    assert table(app, "outliers_descent", "runs")["step"].max() == 150
    assert "Length of step 150" in said(app)
    assert table(app, "outliers_descent", "frame").equals(frame), "the axes stay as they were"


# --- stable -----------------------------------------------------------------------------------------


def test_C16_on_the_square_every_line_between_the_corners_costs_two(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_stable="true")
    assert "equally good, with loss 2." in said(app)
    corners = table(app, "outliers_set", "vertices")
    found = {tuple(row) for row in corners[["slope", "intercept"]].round(9).to_numpy()}
    assert found == {(0, 0), (1, 0), (0, 1), (-1, 1)}
    band = table(app, "outliers_square", "band")
    inside = band[(band["x"] >= 0) & (band["x"] <= 1)]
    assert (inside["low"].min(), inside["high"].max()) == pytest.approx((0, 1), abs=1e-9)


@pytest.mark.parametrize(("nudge", "l1", "l2"), [(-0.05, "-0.952", "-0.024"), (0.05, "+1.000", "+0.026")])
def test_C16_a_nudge_makes_the_L1_slope_jump_and_the_L2_slope_move_on(
    open_page, nudge, l1: str, l2: str
) -> None:
    asked = {"lang": "en", "outliers_stable": "true", "outliers_nudge": nudge}
    assert len(table(open_page("outliers", **asked), "outliers_jump", "slopes")) == 0, "not before the guess"
    app = open_page("outliers", **asked, outliers_C16="l1")
    assert f"slope **{l1}**" in said(app)
    assert f"The L2 slope is **{l2}**" in said(app)
    slopes = table(app, "outliers_jump", "slopes")
    jump = {fit: group["slope"].diff().abs().max() for fit, group in slopes.groupby("fit")}
    assert jump["l1"] > 0.9
    assert jump["l2"] < 0.01


# --- a reader's own table ---------------------------------------------------------------------------


def numbers_csv(x, y) -> bytes:
    return ("a,b\n" + "\n".join(f"{p!r},{q!r}" for p, q in zip(x.tolist(), y.tolist(), strict=True))).encode()


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "content",
    [
        numbers_csv(RNG.normal(size=20) * 1e99, RNG.normal(size=20) * 1e99),
        numbers_csv(RNG.normal(size=20) * 1e-300, RNG.normal(size=20) * 1e-300),
        numbers_csv(1.7e9 + RNG.uniform(0, 1e3, 30), RNG.normal(size=30)),
        numbers_csv(1e16 + 2 * np.arange(10.0), 1e16 + 2 * np.arange(10.0)),
        numbers_csv(np.arange(1.0, 9.0) * 5e-324, np.arange(8.0)),
        numbers_csv(np.arange(10.0), np.full(10, 3.0)),
        numbers_csv(np.array([1.0, 1, 1, 2]), np.array([1.0, 2, 9, 3])),
        numbers_csv(RNG.normal(size=5000), RNG.standard_cauchy(5000)),
        "키,무게\n160,50\n170,60\n180,80\n175,77\n".encode("cp949"),
        b"<b>x</b>:Q,a.b[0]\n1,2\n2,3\n3,5\n4,4\n",
    ],
    ids=["huge", "tiny", "stamps", "offset", "denormal", "level", "few", "long", "cp949", "names"],
)
def test_an_odd_table_gives_a_picture_or_a_sentence(open_page, content: bytes) -> None:
    app = open_page("outliers", lang="en", outliers_data="own", outliers_leverage="true", outliers_C19="no")
    app.file_uploader[0].upload("mine.csv", content, "text/csv").run()
    assert not app.exception
    assert app.get("vega_lite_chart") or app.error
    assert not re.search(r"\b(nan|inf)\b", said(app))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\nx,1\ny,2\nz,3\n", "Column “a” does not hold numbers"),
        (b"a,b\n5,1\n5,2\n5,3\n", "All values in column “a” are the same"),
        (b"a\n1\n2\n", "only one column"),
        (b"PK\x03\x04zip", "not a table in plain text"),
        (b"a,b\n1,2\n3\n", "Line 3 has 1 cells"),
    ],
)
def test_an_unusable_table_gets_one_clear_sentence(open_page, content: bytes, words: str) -> None:
    app = open_page("outliers", lang="en", outliers_data="own")
    app.file_uploader[0].upload("mine.csv", content, "text/csv").run()
    assert not app.exception
    (error,) = app.error
    assert words in error.value


def test_the_point_farthest_from_the_L1_line_of_a_table_is_its_outlier_at_first(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="own")
    app.file_uploader[0].upload("mine.csv", b"a,b\n1,2\n2,4\n3,5\n4,90\n5,6\n", "text/csv").run()
    assert app.number_input(key="outliers_own_point").value == 4
    assert "(4, 90)" in said(app)


def test_the_columns_of_a_table_can_be_chosen(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="own")
    app.file_uploader[0].upload("mine.csv", b"a,b,c\n1,2,9\n2,4,7\n3,5,8\n4,90,1\n", "text/csv").run()
    app.selectbox(key="outliers_column_y").set_value("c2").run()
    assert not app.exception
    points = table(app, "plane_own", "points")
    assert set(points["y"]) | {float(app.number_input(key="outliers_own_y").value)} == {9, 7, 8, 1}


@pytest.mark.parametrize("size", ["2e98", "9e99"])
def test_values_beyond_which_the_outlier_could_not_be_moved_are_named(open_page, size: str) -> None:
    app = open_page("outliers", lang="en", outliers_data="own")
    rows = "\n".join(f"{i},{i % 11}e{size[-2:]}" for i in range(40))
    app.file_uploader[0].upload("mine.csv", f"a,b\n{rows}\n".encode(), "text/csv").run()
    assert not app.exception
    assert "b" in app.error[0].value
    assert "1e+98" in app.error[0].value


def test_a_nudge_changes_the_data_of_the_three_pictures_and_nothing_else(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_stable="true")
    before = [(c.proto.spec, c.proto.alt) for c in app.get("vega_lite_chart")]
    app.slider(key="outliers_nudge").set_value(0.05).run()
    assert [(c.proto.spec, c.proto.alt) for c in app.get("vega_lite_chart")] == before


def test_a_point_with_many_decimals_has_not_been_moved(open_page) -> None:
    x, y = np.random.default_rng(4).normal(size=(2, 40))
    rows = "\n".join(f"{a!r},{b!r}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    app = open_page("outliers", lang="en", outliers_data="own", outliers_leverage="true")
    app.file_uploader[0].upload("mine.csv", f"a,b\n{rows}\n".encode(), "text/csv").run()
    assert "has not been moved" in said(app)
    assert "has not gone sideways yet" in said(app)
    at = int(app.number_input(key="outliers_own_point").value) - 1
    assert app.number_input(key="outliers_own_x").value == x[at]


def test_another_point_begins_at_home_in_the_leverage_section_too(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_leverage="true", outliers_line_far=12)
    assert "has not gone sideways" not in said(app)
    app.number_input(key="outliers_line_point").set_value(5).run()
    assert "has not gone sideways yet" in said(app)
    assert app.number_input(key="outliers_line_far").value == app.number_input(key="outliers_line_x").value


def test_large_numbers_are_written_out_and_there_is_no_minus_zero(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="own")
    years = "\n".join(f"{1990 + k},{20_000_000 + 998_700 * k + 40_000 * (k % 3)}" for k in range(20))
    app.file_uploader[0].upload("mine.csv", f"a,b\n{years}\n".encode(), "text/csv").run()
    assert "e+0" not in said(app) + read_aloud(app)
    flat = "\n".join(f"{k % 2},{k % 3}" for k in range(60))
    app.file_uploader[0].upload("flat.csv", f"a,b\n{flat}\n".encode(), "text/csv").run()
    assert not re.search(r"[-−]0\b(?!\.)", said(app))


def test_a_corrected_file_of_the_same_name_and_size_begins_with_its_own_outlier(open_page) -> None:
    app = open_page("outliers", lang="en", outliers_data="own")
    for wrong in (4, 2):
        rows = "\n".join(f"{k},{90 if k == wrong else k}" for k in range(1, 9))
        app.file_uploader[0].upload("mine.csv", f"a,b\n{rows}\n".encode(), "text/csv").run()
        assert app.number_input(key="outliers_own_point").value == wrong
        assert app.number_input(key="outliers_own_y").value == 90


@pytest.mark.parametrize(("lang", "said"), [("ko", "고치기 전의 표로"), ("en", "the table as it was")])
def test_a_table_that_cannot_be_used_says_that_the_numbers_are_the_old_ones(
    open_page, lang: str, said: str
) -> None:
    from pages.sections.outliers import shares

    rows = [(1.0,), (1.0,), (1.0,), (10.0,)]
    edits = {"edited_rows": {}, "deleted_rows": [0, 1, 2], "added_rows": []}
    assert shares._apply(rows, edits, 1, 60) is None
    assert shares._apply(rows, {**edits, "deleted_rows": [0]}, 1, 60) == rows[1:]
    app = open_page("outliers", lang=lang, outliers_shares="true")
    assert not app.warning
    app.session_state["_outliers_residuals_turn"]["refused"] = True  # as such an edit leaves it
    app.run()
    assert said in app.warning[0].value
    app.text_input(key="outliers_residuals").set_value("1, 2, 3").run()
    assert not app.warning


def test_a_field_names_the_numbers_it_takes(open_page) -> None:
    app = open_page("outliers", lang="en")
    x, y = (app.number_input(key=f"outliers_line_{axis}") for axis in "xy")
    assert (x.label, x.min, x.max) == ("Outlier's x (−2.2…17.8)", -2.2, 17.8)
    assert (y.label, y.min, y.max) == ("Outlier's y (−7.2…8.8)", -7.2, 8.8)
    distance = open_page("distance", lang="ko")
    assert "(x −10…10, y −2…12)" in said(distance)
    field = distance.number_input(key="distance_goal_y")
    assert (field.min, field.max) == (-2, 12)
