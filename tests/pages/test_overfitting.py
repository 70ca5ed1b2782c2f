"""The overfitting page: its numbers against numpy.polynomial, its controls, its links."""

from __future__ import annotations

import io
import itertools
import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.polynomial import Polynomial
from streamlit.proto.WidgetStates_pb2 import WidgetState

from pages.charts.overfitting import GRID, PANEL_STEP, ROLES
from pages.sections.overfitting import panels
from pages.ui.text import axis_title
from reglib import datasets, resampling

FITS = "overfitting_fits"


def chart(app, place: int = 0):
    return app.get("vega_lite_chart")[place].proto


def tables(proto) -> dict[str, pd.DataFrame]:
    """Read what a chart sends to the browser."""
    return {
        item.name: pa.ipc.open_stream(io.BytesIO(item.data.data)).read_pandas() for item in proto.datasets
    }


def panel(sent: dict[str, pd.DataFrame], table: str, role: str) -> pd.DataFrame:
    """Give what one of the three panels shows: ``fit``, ``truth``, ``train`` or ``unseen``."""
    place = PANEL_STEP * ROLES.index(role)
    if (table, role) == ("fit", "middle"):
        (curve,) = sent["degrees"].query("kept")["ys"]
        return pd.DataFrame({"x": GRID + place, "y": [float(y) for y in curve.split()]})
    rows = sent["outer" if table == "fit" else table].dropna()
    rows = rows[(rows["x"] > place - 1e-6) & (rows["x"] < place + 1 + 1e-6)]
    return rows[::2] if table == "train" else rows  # a dot is a segment of length 0


def assert_numbers(sent: dict[str, pd.DataFrame]) -> None:
    """Every number is finite; only a row that breaks a path has no y."""
    for name, table in sent.items():
        if name in ("outer", "truth", "train"):
            table = table.assign(y=table["y"].fillna(0.0))
        assert np.isfinite(table.select_dtypes("number").to_numpy(dtype=float)).all(), name


def heads(sent: dict[str, pd.DataFrame]) -> dict[str, tuple[str, str]]:
    """Give title and numbers above each panel."""
    outer = sent["words"].query("kind == 'head'").sort_values("x")[["word", "more"]].to_numpy()
    kept = sent["degrees"].query("kept")[["title", "numbers"]].to_numpy()
    return dict(zip(("low", "high", "middle"), map(tuple, [*outer, *kept]), strict=True))


def words(app) -> str:
    return "\n".join(item.value for item in app.markdown)


def sample(n: int = 20, noise: float = 0.3, seed: int = 0, name: str = "sine"):
    """The page's own default data, and many fresh points that the page does not have."""
    train = datasets.make_curve(name, n, noise=noise, seed=seed)
    return train, train.fresh(20_000, 987_654_321)


def reference(degree: int, x, y) -> Polynomial:
    return Polynomial.fit(x, y, degree, domain=[-1, 1])


def test_C04_the_three_panels_show_the_least_squares_fits_of_the_same_points(open_page) -> None:
    data, _ = sample()
    sent = tables(chart(open_page("overfitting")))
    for place, (role, degree) in enumerate(zip(ROLES, (1, 4, 15), strict=True)):
        points = panel(sent, "train", role)
        assert np.allclose(points["x"] * 2 - 1 - 2 * PANEL_STEP * place, data.x, atol=1e-6)
        assert np.allclose(points["y"], data.y, atol=1e-6)
        curve = panel(sent, "fit", role).astype(float)
        assert np.allclose(curve["x"], GRID + PANEL_STEP * place, atol=1e-5)
        inside = np.abs(expected := reference(degree, data.x, data.y)(2 * GRID - 1)) < 40
        assert inside.sum() > 0.7 * len(GRID)
        assert np.allclose(curve["y"][inside], expected[inside], atol=1e-3, rtol=1e-3)
        assert np.allclose(panel(sent, "truth", role)["y"], np.sin(np.pi * (2 * GRID - 1)), atol=1e-6)


def test_C04_every_panel_names_its_degree_and_both_errors(open_page) -> None:
    data, _ = sample()
    shown = heads(tables(chart(open_page("overfitting", lang="en"))))
    for role, degree in (("low", 1), ("middle", 4), ("high", 15)):
        title, numbers = shown[role]
        assert f"degree {degree}" in title
        error = np.mean((reference(degree, data.x, data.y)(data.x) - data.y) ** 2)
        assert f"train {error:.3g}" in numbers


def test_the_curve_of_every_degree_waits_in_the_browser(open_page) -> None:
    data, _ = sample()
    curves = tables(chart(open_page("overfitting")))["degrees"].set_index("degree")
    assert list(curves.index) == list(range(20))
    for degree in (0, 3, 8):
        y = np.array(curves.loc[degree, "ys"].split(), dtype=float)
        expected = reference(degree, data.x, data.y)(2 * GRID - 1)
        assert np.allclose(y, expected, rtol=1e-3, atol=1e-4)


def test_C01_the_training_error_keeps_falling_while_the_test_error_turns(open_page) -> None:
    data, fresh = sample()
    errors = tables(chart(open_page("overfitting")))["degrees"].set_index("degree")
    assert (np.diff(errors["train"]) <= 1e-12).all()
    best = int(errors["test"].idxmin())
    assert 2 <= best <= 8
    assert errors["test"][15] > 100 * errors["test"][best]
    assert errors["test"][0] > 4 * errors["test"][best]
    for degree in range(13):  # beyond that one fresh point in a wild corner decides
        fit = reference(degree, data.x, data.y)
        assert errors["train"][degree] == pytest.approx(np.mean((fit(data.x) - data.y) ** 2), rel=1e-8)
        squares = (fit(fresh.x) - fresh.y) ** 2
        spread = 4 * squares.std() * np.sqrt(1 / len(squares) + 1 / 2000)
        assert errors["test"][degree] == pytest.approx(squares.mean(), abs=spread)


def test_C05_fresh_points_hang_on_the_curve_that_never_saw_them(open_page) -> None:
    data, _ = sample()
    sent = tables(chart(open_page("overfitting")))
    unseen = panel(sent, "unseen", "low")
    x = unseen["x"] * 2 - 1
    assert not np.isin(x.round(9), data.x.round(9)).any()
    assert np.allclose(panel(sent, "drops", "low")["fit"], reference(1, data.x, data.y)(x))


def test_the_noise_floor_is_drawn_and_said_where_the_noise_is_known(open_page) -> None:
    app = open_page("overfitting", overfitting_noise=0.5)
    notes = tables(chart(app))["words"].set_index("kind")
    assert notes.loc["floor", "error"] == pytest.approx(0.25)
    assert "0.25" in notes.loc["floor", "word"]
    assert "0.25" in words(app)
    real = open_page("overfitting", overfitting_source="diabetes")
    assert "floor" not in set(tables(chart(real))["words"]["kind"])


@pytest.mark.parametrize(("n", "limit"), [(12, 11), (40, 39), (41, None), (200, None)])
def test_degrees_that_the_points_do_not_determine_are_marked(open_page, n: int, limit: int | None) -> None:
    app = open_page("overfitting", lang="en", overfitting_n=n)
    marks = tables(chart(app))["words"].query("kind == 'limit'")
    assert marks["x"].tolist() == ([] if limit is None else [limit + 0.5])
    assert (f"degree {limit}" in words(app)) == (limit is not None)


@pytest.mark.parametrize(
    ("curve", "exact"), [("sine", True), ("cubic", True), ("runge", False), ("step", False)]
)
def test_without_noise_rounding_errors_are_not_called_overfitting(open_page, curve: str, exact: bool) -> None:
    app = open_page("overfitting", lang="en", overfitting_noise=0.0, overfitting_source=curve)
    assert ("nothing to overfit" in words(app)) == exact
    assert ("that is overfitting" in words(app)) != exact


def test_no_degree_is_called_exact_whose_unseen_points_are_missed(open_page) -> None:
    link = {"overfitting_noise": 0.0, "overfitting_n": 41, "overfitting_seed": 4}
    app = open_page(
        "overfitting", lang="en", **link
    )  # degree 40 through these points amplifies rounding errors
    errors = tables(chart(app))["degrees"]["test"]
    assert errors.min() < 1e-12 < 0.1 < errors.iloc[-1]
    assert "nothing to overfit" not in words(app)


def test_another_lambda_on_the_axis_is_other_data_in_the_same_picture(open_page) -> None:
    app = open_page("overfitting", overfitting_lambda="true", overfitting_l1="0.022")
    before = chart(app, 1)
    app.get("button_group")[[g.key for g in app.get("button_group")].index("overfitting_along")].set_value(
        "l1"
    ).run()
    after = chart(app, 1)
    assert (after.spec, after.alt) == (before.spec, before.alt)
    kinds = [tables(drawn)["axes"]["kind"].tolist() for drawn in (before, after)]
    assert kinds == [["elastic"], ["l1"]]


def test_a_narrow_interval_is_used_and_a_narrower_one_is_not_without_a_word(open_page) -> None:
    narrow = open_page("overfitting", lang="en", overfitting_interval=[0.2, 0.3])
    assert tables(chart(narrow))["axes"]["word"].tolist()[::2][:2] == ["0.2", "0.3"]
    none = open_page("overfitting", lang="en", overfitting_interval=[0.5, 0.5])
    assert any("narrower than 0.1" in item.value for item in none.caption)


@pytest.mark.parametrize(("lang", "said"), [("en", "sixteen digits"), ("ko", "열여섯 자리")])
def test_degrees_lost_to_rounding_are_not_blamed_on_the_number_of_points(
    open_page, lang: str, said: str
) -> None:
    rows = "\n".join(f"{x},{x % 7}" for x in [*range(1, 60), 100_000])
    app = own(open_page("overfitting", lang=lang, overfitting_source="own"), f"x,y\n{rows}\n")
    assert not app.exception
    assert said in words(app)
    assert "different values of x" not in words(app)
    assert "서로 다른 x가" not in words(app)


def test_equal_x_determine_fewer_degrees_than_there_are_points(open_page) -> None:
    app = open_page("overfitting", lang="en", overfitting_source="diabetes")
    assert "with only 17 different values of x" in words(app)


def test_a_typed_degree_goes_into_the_middle_panel_and_only_data_travel(open_page) -> None:
    app = open_page("overfitting")
    before, sent = chart(app).spec, tables(chart(app))
    app.number_input(key="overfitting_degree").set_value(9).run()
    after = tables(chart(app))
    assert chart(app).spec == before
    assert after["degrees"].query("kept")["degree"].tolist() == [9]
    for role, same in (("low", True), ("middle", False), ("high", True)):
        old, new = (panel(t, "fit", role)["y"].to_numpy() for t in (sent, after))
        assert np.array_equal(old, new) == same


@pytest.mark.parametrize(
    "control", [("n", 21), ("degree", 13), ("noise", 0.9), ("seed", 4), ("interval", (-2.0, 0.8))]
)
def test_a_control_changes_only_the_data_of_the_picture(open_page, control) -> None:
    app = open_page("overfitting", overfitting_n=40)
    before, sent = chart(app), tables(chart(app))
    key, value = f"overfitting_{control[0]}", control[1]
    (app.slider if control[0] in ("n", "noise", "interval") else app.number_input)(key=key).set_value(
        value
    ).run()
    # Another alt text would draw the picture anew as well: Streamlit makes it part of the specification.
    assert (chart(app).spec, chart(app).alt) == (before.spec, before.alt)
    assert not all(table.equals(sent[name]) for name, table in tables(chart(app)).items())


def test_the_numbers_of_the_picture_are_said_to_a_screen_reader(open_page) -> None:
    app = open_page("overfitting", lang="en", overfitting_degree=9)
    (status,) = (item.proto.body for item in app.get("html") if 'role="status"' in item.proto.body)
    for _, numbers in heads(tables(chart(app))).values():
        spoken = [word for word in numbers.split() if word[0].isdigit()]
        assert len(spoken) == 2
        assert all(number in status for number in spoken)


def test_a_click_on_the_error_curve_keeps_that_degree(open_page) -> None:
    app = open_page("overfitting")
    states = app._tree.get_widget_states()
    click = WidgetState()
    click.id = chart(app).id
    click.string_value = json.dumps({"selection": {"keep": [{"degree": 7}]}})
    states.widgets.append(click)
    app._run(states)
    assert not app.exception
    assert app.number_input(key="overfitting_degree").value == 7
    assert tables(chart(app))["degrees"].query("kept")["degree"].tolist() == [7]


def test_moving_over_the_curve_is_not_sent_to_the_server(open_page) -> None:
    assert list(chart(open_page("overfitting")).selection_mode) == ["keep"]


@pytest.mark.parametrize("source", [*datasets.CURVES, "diabetes"])
@pytest.mark.parametrize("n", [5, 200])
def test_every_data_set_is_drawn_from_few_points_to_many(open_page, source: str, n: int) -> None:
    app = open_page("overfitting", overfitting_source=source, overfitting_n=n, overfitting_noise=0)
    assert not app.exception
    sent = tables(chart(app))
    assert [len(panel(sent, "train", role)) for role in ROLES] == [n] * 3
    assert_numbers(sent)
    assert len(sent["degrees"]) == min(41, len(np.unique(panel(sent, "train", "low")["x"])))


@pytest.mark.parametrize(
    "bad",
    [
        {"overfitting_degree": "99"},
        {"overfitting_degree": "much"},
        {"overfitting_n": "1"},
        {"overfitting_noise": "-1"},
        {"overfitting_source": "nothing"},
        {"overfitting_seed": "x"},
    ],
)
def test_a_bad_value_in_the_link_gives_the_default_picture(open_page, bad) -> None:
    app = open_page("overfitting", **bad)
    assert not app.exception
    sent, usual = tables(chart(app)), tables(chart(open_page("overfitting")))
    for name in ("train", "unseen", "outer"):
        assert sent[name].equals(usual[name])


def test_a_link_brings_back_the_whole_state(open_page) -> None:
    link = {
        "overfitting_source": "bumps",
        "overfitting_n": 60,
        "overfitting_seed": 5,
        "overfitting_degree": 11,
    }
    for lang in ("ko", "en"):
        sent = tables(chart(open_page("overfitting", lang=lang, **link)))
        data = datasets.make_curve("bumps", 60, noise=0.3, seed=5)
        assert np.allclose(panel(sent, "train", "low")["y"], data.y, atol=1e-6)
        assert sent["degrees"].query("kept")["degree"].tolist() == [11]


def own(app, content: str):
    app.file_uploader[0].upload("mine.csv", content.encode(), "text/csv").run()
    return app


def test_the_readers_own_columns_are_fitted_and_kept_from_markup(open_page) -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(0, 10, 80)
    y = 2 * x + rng.normal(size=80)
    rows = "\n".join(f"{a:.6f},{b:.6f},{a + b:.6f}" for a, b in zip(x, y, strict=True))
    app = own(open_page("overfitting", overfitting_source="own"), f"**time**,<b>y</b>,third\n{rows}\n")
    assert not app.exception
    sent = tables(chart(app))
    train = panel(sent, "train", "low")
    assert len(train) == 20
    used = (train["x"] * (x.max() - x.min()) + x.min()).to_numpy()
    assert np.abs(used[:, None] - x).min(axis=1).max() < 1e-5
    assert set(sent["axes"].query("align == 'center'")["word"]) == {"**time**"}  # a chart shows no markup
    picked = app.selectbox(key="overfitting_column_y").set_value("c2").run()
    assert not picked.exception
    assert not np.allclose(panel(tables(chart(app)), "train", "low")["y"], train["y"])


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n" + "1,2\n" * 30,
        "a,b\n" + "".join(f"{i},7\n" for i in range(30)),
        "a,b\nx,y\nz,w\n",
        "a,b\n1,2\n3,4\n",
    ],
)
def test_a_table_that_cannot_be_fitted_is_said_and_the_page_goes_on(open_page, content: str) -> None:
    app = own(open_page("overfitting", overfitting_source="own"), content)
    assert not app.exception
    assert_numbers(tables(chart(app)))


# --- λ --------------------------------------------------------------------------------------------


def kept(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["kept"]]


def coefficients(sent: dict[str, pd.DataFrame]) -> np.ndarray:
    """Give the coefficients shown, from the paths, and check that the bars show the same."""
    step = kept(sent["steps"])
    now = sent["paths"][sent["paths"]["i"] == step["i"].item()].sort_values("k")["w"].to_numpy()
    assert np.allclose([float(w) for w in step["ws"].item().split()], now, rtol=1e-3)
    return now


@pytest.mark.parametrize(
    ("l1", "l2", "model"),
    [("0", "0", "Ridge"), ("0", "0.022", "Ridge"), ("0.022", "0", "Lasso"), ("0.022", "0.01", "ElasticNet")],
)
@pytest.mark.parametrize("source", ["sine", "diabetes"])
def test_C31_the_code_shown_gives_the_coefficients_of_the_picture(open_page, l1, l2, model, source) -> None:
    app = open_page(
        "overfitting", overfitting_lambda="true", overfitting_l1=l1, overfitting_l2=l2, overfitting_source=source,
        overfitting_lambda_degree=9, overfitting_n=30, overfitting_translator="true",
    )  # fmt: skip
    assert not app.exception
    (code,) = (block.value for block in app.code)
    assert f"import {model}\n" in code
    first = panel(tables(chart(app)), "train", "low")
    sent = tables(chart(app, 1))
    points = sent["points"].query("series == 'train'")
    assert np.allclose(points["y"], first["y"], rtol=1e-6)
    space: dict[str, object] = {
        "x": points["x"].to_numpy(),
        "y": points["y"].to_numpy(),
        "print": lambda *_: None,
    }
    exec(code, space)
    theirs = space["model"][-1].coef_
    ours = coefficients(sent)
    assert np.allclose(ours, theirs, rtol=1e-5, atol=1e-5 * np.abs(theirs).max())


def test_an_open_section_follows_the_data_of_the_main_view(open_page) -> None:
    app = open_page("overfitting", overfitting_lambda="true")
    app.slider(key="overfitting_n").set_value(33).run()
    assert (tables(chart(app, 1))["points"]["series"] == "train").sum() == 33


def test_C06_one_slider_takes_the_fit_from_wild_to_right_to_flat(open_page) -> None:
    app = open_page("overfitting", overfitting_lambda="true")
    data, fresh = sample()
    spread = {}
    for word in ("0", "0.15", "1000"):
        app.select_slider(key="overfitting_l2").set_value(word).run()
        sent = tables(chart(app, 1))
        curve = [float(y) for y in kept(sent["steps"])["ys"].item().split()]
        grid = np.linspace(-1, 1, 401)
        values = np.interp(grid, 2 * GRID - 1, curve)
        spread[word] = np.ptp(values)
        error = np.mean((np.interp(fresh.x, 2 * GRID - 1, curve) - fresh.y) ** 2)
        assert error == pytest.approx(kept(sent["steps"])["test"].item(), rel=0.25)
        if word == "1000":
            assert values == pytest.approx(data.y.mean(), abs=0.02)
        elif word == "0.15":
            assert error < 0.25
        else:
            assert error > 10
    assert spread["0"] > 3 * spread["0.15"] > 30 * spread["1000"]


def test_C30_the_marked_lambda_is_what_cross_validation_by_hand_chooses(open_page) -> None:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    app = open_page(
        "overfitting", overfitting_lambda="true", overfitting_lambda_degree=10, overfitting_C30="constant"
    )
    data, _ = sample()
    sent = tables(chart(app, 1))
    lambdas = [float(word) for word in sent["steps"]["said_lambda"]]
    X = np.polynomial.legendre.legvander(data.x, 10)[:, 1:]
    fold = np.random.default_rng(0).permutation(np.arange(20) % 5)
    errors = np.ones((5, len(lambdas)))
    for held in range(5):
        out = fold == held
        for j, value in enumerate(lambdas[1:], start=1):  # scale by hand: only the training rows are seen
            model = make_pipeline(StandardScaler(), Ridge(alpha=16 * value)).fit(X[~out], data.y[~out])
            errors[held, j] = np.mean((model.predict(X[out]) - data.y[out]) ** 2)
    mean, se = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(5)
    drawn = sent["steps"]
    inside = (mean > 1e-4) & (mean < 1e3)
    inside[0] = False
    assert np.allclose(drawn["validation"][inside], mean[inside], rtol=1e-5)
    assert np.allclose(drawn["high"][inside], (mean + se)[inside], rtol=1e-5)
    best = 1 + int(np.argmin(mean[1:]))
    within = max(j for j in range(1, len(lambdas)) if mean[j] <= mean[best] + se[best])
    notes = sent["notes"].set_index("kind")["i"]
    assert (notes["best"], notes["one_se"]) == (best, within)
    app.button(key="overfitting_use_best").click().run()
    assert float(app.select_slider(key="overfitting_l2").value) == lambdas[best]
    assert f"{mean[best]:.3g}" == kept(tables(chart(app, 1))["steps"])["said_validation"].item()


def test_C30_the_reader_predicts_what_too_much_does_and_the_computation_decides(open_page) -> None:
    asked = open_page("overfitting", lang="en", overfitting_lambda="true")
    assert not [*asked.info, *asked.success]
    wrong = open_page("overfitting", lang="en", overfitting_lambda="true", overfitting_C30="best")
    assert "level line" in wrong.info[0].value
    right = open_page("overfitting", lang="en", overfitting_lambda="true", overfitting_C30="constant")
    assert "As you predicted" in right.success[0].value
    data, fresh = sample()
    flat = np.mean((fresh.y - data.y.mean()) ** 2)
    assert float(right.success[0].value.split(" at the far end")[0].split()[-1]) == pytest.approx(
        flat, rel=0.05
    )


@pytest.mark.parametrize("guess", ["constant", "best"])
def test_C30_where_validation_chooses_a_level_line_too_both_answers_are_right(open_page, guess: str) -> None:
    asked = {"overfitting_source": "runge", "overfitting_along": "l1", "overfitting_C30": guess}
    app = open_page("overfitting", lang="en", overfitting_lambda="true", **asked)
    assert len(app.success) == 1, [box.value for box in app.info]
    none = open_page(
        "overfitting", lang="en", overfitting_lambda="true", **{**asked, "overfitting_C30": "none"}
    )
    assert "level line" in none.info[0].value


def test_C30_the_picture_does_not_give_the_prediction_away(open_page) -> None:
    link = {"lang": "en", "overfitting_lambda": "true"}
    before = tables(chart(open_page("overfitting", **link), 1))
    end = before["notes"].set_index("kind").loc["one_se", "i"]
    assert before["steps"]["i"].max() == before["paths"]["i"].max() == end
    assert "Predict" in before["notes"].set_index("kind").loc["rest", "word"]
    turned = tables(chart(open_page("overfitting", **link, overfitting_l2="10"), 1))
    assert kept(turned["steps"])["said_lambda"].tolist() == ["10"]  # who turns λ up sees what comes of it
    assert turned["steps"]["said_lambda"].iloc[-1] == "10"
    after = tables(chart(open_page("overfitting", **link, overfitting_C30="best"), 1))
    assert after["steps"]["said_lambda"].iloc[-1] == "1000"
    assert "rest" not in set(after["notes"]["kind"])


@pytest.mark.parametrize("source", ["sine", "diabetes"])
def test_C31_validation_decides_between_l1_l2_and_both(open_page, source: str) -> None:
    link = {
        "lang": "en",
        "overfitting_source": source,
        "overfitting_lambda": "true",
        "overfitting_C30": "best",
    }
    least = {}
    for along in ("l1", "l2"):  # the other one is 0: each alone
        app = open_page("overfitting", **link, overfitting_along=along)
        assert not [box for box in [*app.info, *app.success] if "L2 alone" in box.value]
        least[along] = tables(chart(app, 1))["steps"]["validation"].min()
    shown = open_page("overfitting", **link, overfitting_C31="l2")
    (verdict,) = (box.value for box in [*shown.info, *shown.success] if "L2 alone" in box.value)
    numbers = [float(number.replace(",", "")) for number in re.findall(r"([\d.,]+) with", verdict)]
    said = dict(zip(("l2", "l1", "elastic"), numbers, strict=True))
    for kind, error in least.items():
        assert said[kind] == pytest.approx(error, rel=6e-3)
    assert ("As you predicted" in verdict) == (min(said, key=said.__getitem__) == "l2")


def test_C31_penalties_that_are_all_best_without_strength_are_equal(open_page) -> None:
    link = {"overfitting_noise": 0.0, "overfitting_lambda": "true", "overfitting_C30": "constant"}
    for guess in ("l2", "l1"):
        app = open_page("overfitting", lang="en", **link, overfitting_C31=guess)
        assert [box for box in app.success if "L2 alone" in box.value], guess


def test_C30_the_error_without_this_penalty_is_not_called_one_without_any(open_page) -> None:
    link = {"overfitting_along": "l1", "overfitting_l2": "0.01", "overfitting_C30": "constant"}
    app = open_page("overfitting", lang="en", overfitting_lambda="true", **link)
    (box,) = (box.value for box in [*app.info, *app.success] if "λ has to be tuned" in box.value)
    unpenalised = tables(chart(app, 1))["steps"]["said_test"].iloc[0]
    assert f"the error is {unpenalised} at λ1 = 0" in box


def test_C31_exact_zeros_come_from_l1_alone_and_are_marked(open_page) -> None:
    for link, some in (({"overfitting_l2": "0.1"}, False), ({"overfitting_l1": "0.1"}, True)):
        app = open_page(
            "overfitting", overfitting_lambda="true", overfitting_along=next(iter(link))[-2:], **link
        )
        sent = tables(chart(app, 1))
        zeros = int((coefficients(sent) == 0).sum())
        assert (zeros > 0) == some
        assert kept(sent["steps"])["ws"].item().split().count("0") == zeros  # what the browser marks
        assert kept(sent["steps"])["said_zeros"].item() == zeros
        assert f"**{zeros}" in words(app)


def test_a_click_along_lambda_moves_the_slider(open_page) -> None:
    app = open_page("overfitting", overfitting_lambda="true")
    states = app._tree.get_widget_states()
    click = WidgetState()
    click.id = chart(app, 1).id
    click.string_value = json.dumps({"selection": {"keep": [{"i": 19}]}})
    states.widgets.append(click)
    app._run(states)
    assert not app.exception
    assert app.select_slider(key="overfitting_l2").value == "0.001"


def test_the_way_from_lambda_leads_to_the_ball(open_page) -> None:
    app = open_page("overfitting", lang="en", overfitting_lambda="true")
    links = [link.proto for link in app.get("page_link")]
    assert any("distance_ball" in str(proto.query_string) and "distance" in proto.page for proto in links), (
        links
    )


# --- bias and variance ----------------------------------------------------------------------------


def test_C05_bias_and_variance_agree_with_refits_by_hand(open_page) -> None:
    app = open_page("overfitting", overfitting_variance="true", overfitting_resamples=2000)
    sent = tables(chart(app, 1))
    data, _ = sample()
    rng = np.random.default_rng(77)
    grid = np.linspace(-1, 1, 201)[:-1] + 0.005
    truth = np.sin(np.pi * grid)
    parts = sent["parts"].assign(size=lambda t: t["end"] - t["start"]).set_index(["part", "degree"])["size"]
    for degree in (1, 3, 6):
        design = np.polynomial.legendre.legvander(data.x, degree)
        y = np.sin(np.pi * data.x) + 0.3 * rng.standard_normal((4000, 20))
        refits = (
            np.linalg.lstsq(design, y.T, rcond=None)[0].T @ np.polynomial.legendre.legvander(grid, degree).T
        )
        bias2, variance = np.mean((refits.mean(axis=0) - truth) ** 2), refits.var(axis=0).mean()
        assert parts["variance", degree] == pytest.approx(variance, rel=0.15)
        assert parts["bias2", degree] == pytest.approx(bias2, rel=0.05, abs=variance / 500)
        assert parts["noise", degree] == pytest.approx(0.09)


def test_the_parts_add_up_and_the_measured_error_lies_within_its_monte_carlo_error(open_page) -> None:
    sent = tables(chart(open_page("overfitting", overfitting_variance="true"), 1))
    rows = sent["degrees"]
    se = (rows["high"] - rows["low"]) / 4
    assert (np.abs(rows["noisy"] - rows["total"]) < 4.5 * se).all()
    top = sent["parts"].groupby("degree")["end"].max()
    assert np.allclose(top, rows.set_index("degree")["total"])


def test_C30_the_corrected_sentence_says_how_level_the_curve_is(open_page) -> None:
    app = open_page("overfitting", lang="en", overfitting_lambda="true", overfitting_C30="constant")
    share = re.search(r"where the curve spans ([\d.]+)% of the height", app.success[0].value)
    assert share
    assert float(share[1]) <= 5


def test_the_true_step_has_no_waves(open_page) -> None:
    app = open_page("overfitting", overfitting_source="step", overfitting_noise=0.0)
    truth = tables(chart(app))["truth"]["y"].dropna()
    assert set(np.round(truth, 6)) == {-1.0, 1.0}
    fits = json.loads(chart(app).spec)["vconcat"][0]["layer"]
    (drawn,) = [unit["mark"] for unit in fits if unit.get("data", {}).get("name") == "truth"]
    assert "interpolate" not in drawn  # a smooth curve through a step would overshoot


@pytest.mark.parametrize(("source", "there"), [("sine", True), ("diabetes", False)])
def test_beyond_n_is_pointed_to_only_where_it_can_be_shown(open_page, source: str, there: bool) -> None:
    app = open_page("overfitting", lang="en", overfitting_source=source)
    assert "different values of x" in words(app)
    assert ("“Beyond n” below" in words(app)) == there


def test_the_standard_error_that_is_said_is_that_of_the_difference_from_the_sum() -> None:
    """Over many seeds the difference varies as much as the page says, the measured error itself 20 times as much."""
    data, _ = sample()
    runs = [
        resampling.bias_variance(
            data.curve, data.x, [9], noise=0.3, interval=data.interval, seed=seed, resamples=500
        )
        for seed in range(40)
    ]
    noisy = np.array([float(run.noisy_error[0]) for run in runs])
    off = noisy - np.array([float(run.bias2[0] + run.variance[0] + run.noise) for run in runs])
    said = float(np.mean([run.noisy_error_se[0] for run in runs]))
    assert 0.7 * said < off.std() < 1.4 * said
    assert noisy.std() > 10 * said


def test_C05_refits_of_a_high_degree_wander_and_those_of_a_low_one_do_not(open_page) -> None:
    sent = tables(chart(open_page("overfitting", overfitting_variance="true"), 1))
    wander = {}
    for degree in (1, 9):
        curves = sent["degrees"].set_index("degree")["ys"][degree].split("  ")
        refits = np.array([[float(y) for y in curve.split()] for curve in curves])
        assert refits.shape == (12, len(sent["truth"]))
        wander[degree] = refits.std(axis=0)[5:-10].mean()
    assert wander[9] > 3 * wander[1]


# --- more or better data --------------------------------------------------------------------------


def test_C02_C03_the_answer_to_the_bet_flips_between_few_points_and_many(open_page) -> None:
    app = open_page("overfitting", lang="en", overfitting_more="true", overfitting_C02="better")
    assert app.button(key="overfitting_more_run").disabled, "both bets come before the simulation"
    app = open_page(
        "overfitting", lang="en", overfitting_more="true", overfitting_C02="better", overfitting_C03="better"
    )
    assert len(app.get("vega_lite_chart")) == 1
    app.button(key="overfitting_more_run").click().run()
    assert not app.exception
    bets = tables(chart(app, 1))["bets"]
    winners = bets[bets["wins"]].set_index("n")["series"]
    assert winners[9] == "more"
    assert winners[160] == "better"
    assert "twice the data" in app.info[0].value
    assert "half the noise" in app.success[0].value
    # By hand, for many points: excess error ≈ σ²(d + 1)/n, so that 2n halves it and σ/2 quarters it.
    far = bets.query("n == 160").set_index("series")["median"]
    assert far["plain"] == pytest.approx(0.09 * 8 / 160, rel=0.3)
    assert far["more"] / far["plain"] == pytest.approx(1 / 2, rel=0.25)
    assert far["better"] / far["plain"] == pytest.approx(1 / 4, rel=0.25)


@pytest.mark.parametrize(
    ("lang", "seen"), [("en", "does not simply flip once"), ("ko", "한 번만 뒤집히는 것은 아닙니다")]
)
def test_C02_bets_that_both_sides_win_in_turn_are_not_said_to_flip_once(
    open_page, lang: str, seen: str
) -> None:
    asked = {
        "source": "cubic",
        "noise": 1.0,
        "more": "true",
        "more_degree": 1,
        "C02": "more",
        "C03": "better",
    }
    app = open_page("overfitting", lang=lang, **{f"overfitting_{key}": value for key, value in asked.items()})
    app.button(key="overfitting_more_run").click().run()
    bets = tables(chart(app, 1))["bets"]
    winners = bets[bets["wins"]].sort_values("n")
    changes = (winners["series"].to_numpy()[1:] != winners["series"].to_numpy()[:-1]).sum()
    assert changes > 1
    assert seen in words(app)
    for side in ("better", "more"):
        assert ", ".join(str(n) for n in winners["n"][winners["series"] == side]) in words(app)


def test_C02_more_data_help_along_the_whole_learning_curve(open_page) -> None:
    bets = {"overfitting_C02": "more", "overfitting_C03": "more"}
    app = open_page("overfitting", overfitting_more="true", overfitting_more_degree=5, **bets)
    app.button(key="overfitting_more_run").click().run()
    curves = tables(chart(app, 2))["curves"]
    assert curves["n"].min() == 12
    for _, curve in curves.groupby("series"):
        assert (np.diff(curve.sort_values("n")["median"]) < 0).all()
        assert ((curve["low"] <= curve["median"]) & (curve["median"] <= curve["high"])).all()


# --- beyond n, and the basis ----------------------------------------------------------------------


def test_the_error_peaks_at_n_minus_1_comes_down_and_a_penalty_melts_the_peak(open_page) -> None:
    app = open_page("overfitting", lang="en", overfitting_beyond="true", overfitting_beyond_n=15)
    app.button(key="overfitting_beyond_run").click().run()
    assert not app.exception
    curves = tables(chart(app, 1))["curves"].pivot(index="degree", columns="series", values="median")
    assert curves["none"].idxmax() == 14
    first = curves["none"][:15].min()
    assert curves["none"][14] > 1e6 * curves["none"][150] > 1e6 * first
    assert curves["l2"].max() < 1e-3 * curves["none"].max()
    assert f"{first:.3g}" in words(app)
    app.select_slider(key="overfitting_melt").set_value("0.01").run()
    stronger = tables(chart(app, 1))["curves"].query("series == 'l2'")["median"]
    assert stronger.max() < curves["l2"].max()


def test_other_settings_start_the_long_work_afresh(open_page) -> None:
    app = open_page("overfitting", overfitting_beyond="true")
    app.button(key="overfitting_beyond_run").click().run()
    assert len(app.get("vega_lite_chart")) == 2
    app.slider(key="overfitting_beyond_n").set_value(12).run()
    assert len(app.get("vega_lite_chart")) == 1


def test_powers_lose_the_digits_that_the_page_says(open_page) -> None:
    app = open_page("overfitting", lang="en", overfitting_basis="true", overfitting_basis_degree=12)
    data = datasets.make_curve("sine", 100, noise=0.3, seed=0)
    cond = np.linalg.cond(np.vander(data.x, 13))
    sent = tables(chart(app, 1))["curves"].set_index(["series", "degree"])["value"]
    assert sent["monomials", 12] == pytest.approx(cond, rel=1e-3)
    assert sent["orthonormal"].max() < 1e4
    assert f"about **{np.log10(cond):.0f} digits**" in words(app)
    assert np.isfinite(tables(chart(app, 2))["curves"]["value"]).all()


@pytest.mark.parametrize("section", ["lambda", "variance", "more", "beyond", "basis"])
@pytest.mark.parametrize(
    "data",
    [
        {"overfitting_source": "diabetes"},
        {"overfitting_n": 5, "overfitting_source": "step"},
        {"overfitting_noise": 0, "overfitting_n": 200, "overfitting_source": "runge"},
    ],
    ids=lambda data: str(data.get("overfitting_source")),
)
def test_every_section_opens_on_every_kind_of_data(open_page, section: str, data) -> None:
    lang = "en" if "overfitting_n" in data else "ko"
    guesses = {
        "overfitting_C02": "more",
        "overfitting_C03": "better",
        "overfitting_C30": "best",
        "overfitting_C31": "l1",
        "overfitting_translator": "true",
    }
    app = open_page("overfitting", lang=lang, **{f"overfitting_{section}": "true"}, **data, **guesses)
    if section in ("more", "beyond") and (
        buttons := [b for b in app.button if b.key and b.key.endswith("_run")]
    ):
        buttons[0].click().run()
    assert not app.exception
    said = words(app)
    assert "nan" not in said.split()
    assert "inf" not in said.split()
    for picture in app.get("vega_lite_chart"):
        assert_numbers(tables(picture.proto))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("a,b\n" + "x,y\n" * 12, "a"),
        ("day,v\n" + "".join(f"2020-01-{k:02d},{k}\n" for k in range(1, 29)), "day"),
        ("a,b\n" + "".join(f"{k}e99,{k}e98\n" for k in range(11, 40)), "a"),
        ("a,b\n" + "".join(f"{k},{k % 5}e97\n" for k in range(11, 40)), "b"),
    ],
    ids=["text", "date", "too_large", "large"],
)
def test_columns_that_cannot_be_used_are_named_and_what_is_shown_instead_is_said(
    open_page, lang: str, content: str, named: str
) -> None:
    app = own(open_page("overfitting", lang=lang, overfitting_source="own"), content)
    assert not app.exception
    (error,) = app.error
    assert re.search(rf"[“‘]{named}[”’]", error.value)
    assert any({"ko": "당뇨병", "en": "diabetes"}[lang] in caption.value for caption in app.caption)


@pytest.mark.parametrize(("lang", "said"), [("ko", "값이 모두 같아서"), ("en", "are the same")])
def test_a_constant_column_is_not_offered_first_and_refused_when_chosen(
    open_page, lang: str, said: str
) -> None:
    rows = "\n".join(f"{x},5,{x % 7}" for x in range(30))
    app = own(
        open_page("overfitting", lang=lang, overfitting_source="own", overfitting_lambda="true"),
        f"x,k,y\n{rows}\n",
    )
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="overfitting_column_y").value == "c2"
    app.selectbox(key="overfitting_column_y").set_value("c1").run()
    assert not app.exception
    assert said in app.error[0].value
    assert "k" in app.error[0].value


def test_values_that_hardly_differ_have_an_axis(open_page) -> None:
    rows = "\n".join(f"{x},{1e-20 * (x % 7)}" for x in range(30))
    app = own(open_page("overfitting", overfitting_source="own", overfitting_lambda="true"), f"x,y\n{rows}\n")
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(("lang", "said"), [("ko", "과적합할 것이 없습니다"), ("en", "nothing to overfit")])
def test_own_points_on_a_curve_are_drawn_down_to_their_error_and_have_no_true_function(
    open_page, lang, said
) -> None:
    rows = "\n".join(f"{x},{x * x}" for x in range(30))
    app = own(open_page("overfitting", lang=lang, overfitting_source="own"), f"x,y\n{rows}\n")
    assert said in words(app)
    assert "true function" not in words(app)
    assert "참 함수" not in words(app)
    best = tables(chart(app))["degrees"]["test"].min()
    assert best < 1e-12


@pytest.mark.parametrize(
    ("state", "head"),
    [
        ({"n": 200}, "Hardly worse"),
        ({"source": "cubic", "noise": 0.0, "n": 40}, "Hardly worse"),
        ({}, "Too wild"),
    ],
)
def test_a_high_degree_is_called_too_wild_only_where_it_is_worse(open_page, state, head) -> None:
    app = open_page("overfitting", lang="en", **{f"overfitting_{key}": value for key, value in state.items()})
    assert heads(tables(chart(app)))["high"][0].startswith(head)
    assert ("fails on inputs" in words(app)) == (not state)


@pytest.mark.parametrize(("lang", "said"), [("ko", "가운데에는 9차를"), ("en", "no degree above 9")])
def test_a_degree_that_the_points_do_not_determine_is_not_drawn_without_a_word(open_page, lang, said) -> None:
    asked = {"overfitting_n": 10, "overfitting_noise": 1.0, "overfitting_degree": 40}
    assert said in words(open_page("overfitting", lang=lang, **asked))


def test_fewer_rows_than_asked_for_are_said(open_page) -> None:
    rows = "\n".join(f"{x},{x % 5}" for x in range(16))
    app = own(open_page("overfitting", lang="en", overfitting_source="own"), f"x,y\n{rows}\n")
    assert any("Of the 16 rows, 12 are fitted" in item.value for item in app.caption)


def test_no_shared_cache_keeps_a_readers_column_names(open_page) -> None:
    from pages.ui import chart as shared

    shared.specification.cache_clear()
    rows = "\n".join(f"{x},{x % 7}" for x in range(30))
    for page in ("overfitting", "outliers"):
        state = {f"{page}_{'source' if page == 'overfitting' else 'data'}": "own", f"{page}_lambda": "true"}
        app = own(
            open_page(page, **state, outliers_leverage="true", outliers_shares="true"),
            f"SECRET age,SECRET load\n{rows}\n",
        )
        assert "SECRET load" in "".join(c.proto.spec for c in app.get("vega_lite_chart"))
    import gc

    held = gc.get_referents(*gc.get_referents(shared.specification))
    deep = repr(held) + repr([gc.get_referents(item) for item in held])
    assert "SECRET" not in deep


def test_the_columns_chosen_are_still_chosen_after_a_visit_to_another_page(open_page) -> None:
    rows = "\n".join(
        ",".join(f"{v:.3f}" for v in row) for row in np.random.default_rng(0).normal(size=(40, 4))
    )
    app = own(open_page("overfitting", overfitting_source="own"), f"a,b,c,d\n{rows}\n")
    app.selectbox(key="overfitting_column_x").set_value("c3").run()
    before = panel(tables(chart(app)), "train", "low")
    app.switch_page("pages/outliers.py").run()
    app.switch_page("pages/overfitting.py").run()
    assert app.selectbox(key="overfitting_column_x").value == "c3"
    assert panel(tables(chart(app)), "train", "low").equals(before)


@pytest.mark.parametrize(("name", "cut"), [("길" * 40, "길" * 13 + "…"), ("w" * 40, "w" * 27 + "…")])
def test_a_long_column_name_is_cut_to_the_width_of_a_panel(name: str, cut: str) -> None:
    assert axis_title(name) == cut


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (999.6, "1,000"),
        (999.4, "999"),
        (9.96e6, "1.0×10⁷"),
        (999_999.4, "1.0×10⁶"),
        (0.0009996, "0.001"),
        (0.000994, "9.9×10⁻⁴"),
        (-9.96e-5, "-1.0×10⁻⁴"),
        (0.0, "0"),
    ],
)
def test_an_error_is_rounded_before_its_style_is_chosen(value: float, words: str) -> None:
    assert panels.short(value) == words


def test_a_stopped_simulation_says_how_many_samples_it_is_about(open_page, monkeypatch) -> None:
    whole = resampling.beyond_n
    monkeypatch.setattr(resampling, "beyond_n", lambda *args, **kw: itertools.islice(whole(*args, **kw), 5))
    app = open_page("overfitting", lang="en", overfitting_beyond="true", overfitting_beyond_n=12)
    app.button(key="overfitting_beyond_run").click().run()
    said = " ".join(item.value for item in app.markdown)
    assert "over 5 data sets" in said
    app.session_state["overfitting_beyond_take"] = True
    assert "repeats = 5 " in app.run().code[-1].value


@pytest.mark.parametrize("page", ["overfitting", "outliers"])
def test_another_file_begins_with_its_own_first_columns(open_page, page: str) -> None:
    source = {"overfitting": {"overfitting_source": "own"}, "outliers": {"outliers_data": "own"}}[page]
    numbers = "".join(f"{k},{k * k},{k % 7}\n" for k in range(40))
    app = own(open_page(page, lang="en", **source), f"a,b,c\n{numbers}")
    app.selectbox(key=f"{page}_column_x").set_value("c2").run()
    assert "c2" in app.query_params[f"{page}_column_x"]
    words = "".join(f"{k % 5},{k * k},word\n" for k in range(40))
    app.file_uploader[0].upload("other.csv", f"a,b,c\n{words}".encode(), "text/csv").run()
    assert not app.exception
    assert not app.error
    assert [app.selectbox(key=f"{page}_column_{axis}").value for axis in "xy"] == ["c0", "c1"]
    assert f"{page}_column_x" not in app.query_params
