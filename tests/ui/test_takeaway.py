"""The scripts that readers take away run, and print what the page computes."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pages.sections.distance.norm import plain
from pages.sections.overfitting import beyond, more, penalty, variance
from pages.sections.overfitting.panels import short
from pages.sections.training.views import _files
from pages.ui import takeaway
from pages.ui.takeaway import script
from pages.ui.text import Text

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "pages" / "scripts").glob("[a-z]*.py"))


def run(code: str, folder: Path = ROOT) -> dict[str, float]:
    """Run a script as a reader would and give the numbers it prints, by the words before them."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=code,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        cwd=folder,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^(.*?) (-?[\d.]+(?:e[+-]?\d+)?)$", done.stdout, flags=re.MULTILINE)
    assert found, done.stdout
    return {words: float(number) for words, number in found}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs_as_it_stands_and_fits_on_a_screen(name: str) -> None:
    code = script(name)
    assert len(code.splitlines()) <= 40
    assert run(code)


def test_a_value_that_a_script_does_not_take_raises() -> None:
    with pytest.raises(KeyError):
        script("distance", no_such_name=1)


def test_values_go_in_as_python_writes_them() -> None:
    code = script("distance", start=(0, 0), goal=(1, -2))
    assert "start = (0, 0)\n" in code
    assert "goal = (1, -2)\n" in code


@pytest.mark.parametrize("goal", [(3, 10), (-7, 4), (-5, 4), (0, -2)])
def test_the_distance_script_prints_what_the_page_shows(open_page, goal: tuple[int, int]) -> None:
    printed = run(script("distance", start=(-5, 4), goal=goal))
    app = open_page("distance", distance_goal_x=goal[0], distance_goal_y=goal[1])
    words = " ".join(item.value for item in app.markdown) + " ".join(
        chart.proto.alt for chart in app.get("vega_lite_chart")
    )
    digits = words.replace(",", "")
    assert f"{printed['L1']:.0f}" in digits
    assert f"{printed['L2']:.2f}".rstrip("0").rstrip(".") in digits
    assert f"{printed['shortest routes']:.0f}" in digits


NORMS = {
    "as_it_opens": {},
    "typed": {"distance_y_true": "1.5\n-2\n0.25", "distance_y_pred": "4\n4\n-7", "distance_p": 0.5},
}


@pytest.mark.parametrize("state", NORMS)
def test_the_norm_script_prints_what_the_page_shows(open_page, state: str) -> None:
    app = open_page("distance", lang="en", distance_norm="true", **NORMS[state])
    app.session_state["distance_norm_take"] = True
    app.run()
    printed = run(next(item.value for item in app.code if "y_pred" in item.value))
    shown = {name: plain(value) for name, value in printed.items()}
    words = " ".join(item.value for item in app.markdown)
    assert f"**{shown['L1']}** | **{shown['L2']}** | {shown['Linf']} | {shown['Lp']} |" in words
    for name in ("MAE", "MSE", "RMSE"):
        assert f"{name} = {shown[name]}" in words
    drops = next(c.proto.alt for c in app.get("vega_lite_chart") if "falls by" in c.proto.alt)
    for name in ("sum", "sum of squares"):
        assert f"{printed[f'without the largest, the {name} falls by']:.1%}" in drops


@pytest.mark.parametrize(
    "state", [{}, {"distance_lam": 0.35, "distance_rho": -0.6, "distance_c1": -1.0, "distance_c2": 1.5}]
)
def test_the_ball_script_prints_what_the_page_shows(open_page, state: dict[str, float]) -> None:
    app = open_page("distance", lang="en", distance_ball="true", **state)
    app.session_state["distance_ball_take"] = True
    app.run()
    printed = run(next(item.value for item in app.code if "touching" in item.value))
    words = " ".join(item.value for item in app.markdown)
    for kind in ("l1", "l2"):
        first, second, zeros, size = (
            printed[f"{kind} {what}"]
            for what in ("first weight", "second weight", "weights exactly 0", "size")
        )
        assert rf"$({first:.3g},\ {second:.3g})$, weights exactly 0: **{zeros:.0f}**" in words
        assert f"={size:.3g}$" in words


@pytest.mark.parametrize(
    "state", [{}, {"training_ways_l1": 0.1, "training_ways_rate": 0.2, "training_ways_seed": 3}]
)
def test_the_script_of_the_three_l1_steps_prints_what_the_page_shows(
    open_page, state: dict[str, float]
) -> None:
    app = open_page("training", lang="en", training_step="true", training_C23="none", **state)
    app.session_state["training_ways_take"] = True
    app.run()
    printed = run(next(item.value for item in app.code if "l1_steps" in item.value))
    picture = next(c.proto.alt for c in app.get("vega_lite_chart") if "Three paths" in c.proto.alt)
    last = "last value of the watched weight"
    assert f"{printed['lower end of the band']:z.4f} to {printed['upper end of the band']:z.4f}" in picture
    assert f"subgradient {printed[f'subgradient {last}']:z.4f}" in picture
    assert f"proximal {printed[f'proximal {last}']:z.4f}" in picture
    assert f"the same problem: {printed['proximal weights exactly 0']:.0f}" in " ".join(
        box.value for box in (*app.info, *app.success)
    )


# --- training -------------------------------------------------------------------------------------

TRAININGS = {
    "moons": {},
    "elastic_net_on_xor": {"data": "xor", "elastic": "true", "seeds": 3, "layers": 1, "activation": "relu"},
    "digits": {"data": "digits", "n": 60, "units": 4, "batch": 0},
    "regression_with_warm_up": {"data": "diabetes", "warmup": 7, "momentum": "0.5"},
    "diverged": {"data": "diabetes", "learning_rate": "1", "n": 200},
}


def training_numbers(app: AppTest) -> dict[str, str]:
    """Give what the table of the page's third view says of every network at the paused epoch."""
    table = app.dataframe[0].value
    codes = app.session_state["training_shown"].race.penalties
    found = {}
    for code, row in zip(codes, table.to_dict("records"), strict=True):
        found[f"{code} test loss"], found[f"{code} test score"] = re.findall(r"[^ ()]+", row["Test"])
        found[f"{code} weights exactly 0"] = row["Exactly 0"].split(" / ")[0].replace(",", "")
    return found


def assert_training_prints(app: AppTest, code: str) -> None:
    printed, shown = run(code), training_numbers(app)
    assert shown
    for words, number in shown.items():
        digits = len(number.partition(".")[2].partition("e")[0])
        kind = "e" if "e" in number else "f"
        assert float(f"{printed[words]:.{digits}{kind}}") == pytest.approx(float(number), abs=0), words


def taken(app: AppTest) -> str:
    """Open the control of the main view and give its script."""
    app.session_state["training_view_take"] = True
    app.run()
    assert not app.exception
    return next(item.value for item in app.code if "from reglib.race" in item.value)


@pytest.mark.parametrize("name", sorted(TRAININGS))
def test_the_training_script_prints_what_the_page_shows(open_page, name: str) -> None:
    settings = {f"training_{key}": value for key, value in TRAININGS[name].items()}
    app = open_page("training", lang="en", training_view="scores", training_epochs=40, **settings)
    assert_training_prints(app, taken(app))


def test_the_training_script_rebuilds_a_run_that_was_rewound_and_continued(open_page) -> None:
    app = open_page(
        "training", lang="en", training_view="scores", training_epochs=40, training_l2="0.1",
        training_run="12_40_0_0.005_0.01_0.1_0.9~52_40_0_0.02_0.1_0.3_0.5",
    )  # fmt: skip
    app.button(key="training_link").click().run()
    race = app.session_state["training_shown"].race
    assert [epoch for epoch, _ in race.stretches] == [0, 12]
    code = taken(app)
    assert "segments = [(12, 40, " in code
    assert "(52, 40, " in code
    assert_training_prints(app, code)


def test_a_readers_table_goes_away_with_its_split_and_comes_back_to_the_same_run(open_page, tmp_path) -> None:
    """Column names are the reader's: here as nasty as they come, one of them `split`."""
    names = ['a"b', "=1+1", "split", "x,\ny"]
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(90, 3)).round(3)
    table = pd.DataFrame(rows, columns=names[:3])
    table[names[3]] = np.where(rows[:, 0] + 0.3 * rows[:, 1] > 0, "yes", "no'\\")
    app = open_page("training", lang="en", training_view="scores", training_epochs=40, training_own="true")
    app.file_uploader[0].upload("mine.csv", table.to_csv(index=False).encode(), "text/csv").run()
    app.button(key="training_own_race").click().run()
    shown = app.session_state["training_shown"]
    assert shown.problem.name == "own"
    code = taken(app)
    path = tmp_path / "mine.csv"
    _files(shown)["training"].to_csv(path, index=False, encoding="utf-8-sig")
    assert "file = 'reglab-training.csv'" in code
    assert_training_prints(app, code.replace("reglab-training.csv", str(path)))


# --- outliers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"outliers_line_y": -5.2, "outliers_k": 0.6},
        {"outliers_data": "phone"},
        {
            "outliers_data": "phone",
            "outliers_corrupt": 20,
            "outliers_phone_point": 3,
            "outliers_phone_y": 132,
        },
        {"outliers_data": "diabetes", "outliers_diabetes_y": -94},
    ],
    ids=["home", "dragged", "phone", "spoilt", "diabetes"],
)
def test_the_outliers_script_prints_what_the_page_shows(open_page, asked: dict[str, object]) -> None:
    app = open_page("outliers", lang="en", outliers_leverage="true", outliers_line_far=50.8, **asked)
    data = asked.get("outliers_data", "line")
    place = [app.number_input(key=f"outliers_{data}_{axis}").value for axis in "xy"]
    fits = frame(app, f"plane_{data}", "fits")
    nearest = (abs(fits["x"] - place[0]) + abs(fits["y"] - place[1])).argmin()
    assert_printed(run(code_of(open_taken(app, "view"))), fits.iloc[nearest])
    far = frame(app, f"leverage_{data}", "fits")
    far = far[abs(far["x"] - app.number_input(key=f"outliers_{data}_far").value) < 1e-3]
    assert_printed(run(code_of(open_taken(app, "leverage"))), far.iloc[0])


@pytest.mark.parametrize("nudge", [-0.05, 0.0, 0.1])
def test_the_stable_script_prints_what_the_page_shows(open_page, nudge: float) -> None:
    app = open_page("outliers", lang="en", outliers_stable="true", outliers_nudge=nudge)
    printed = run(code_of(open_taken(app, "stable")))
    words = " ".join(item.value for item in app.markdown)
    assert (
        f"**{printed['L2 slope']:+.3f}**" in words or f"its slope is **{printed['L2 slope']:.3f}**" in words
    )
    if nudge:
        assert f"slope **{printed['L1 slope']:+.3f}**, loss {printed['L1 loss']:.3f}" in words
    else:
        assert (
            f"with loss {printed['L1 loss']:.0f}. In the plane of slope and intercept they fill a region with "
            f"{printed['corners of the set of optimal lines']:.0f} corners; their slopes run from "
            f"{printed['L1 lowest optimal slope']:+.0f} to {printed['L1 highest optimal slope']:+.0f}"
        ) in words


def test_a_long_table_is_read_by_the_outliers_script_from_the_file_beside_it(open_page, tmp_path) -> None:
    app = open_page("outliers", lang="en", outliers_data="own")
    rng = np.random.default_rng(0)
    rows = "\n".join(f"{a!r},{b!r}" for a, b in rng.normal(size=(600, 2)).tolist())
    app.file_uploader[0].upload("mine.csv", f"=cmd(),b\n{rows}\n".encode(), "text/csv").run()
    open_taken(app, "view")
    assert "points = None" in code_of(app)
    assert "cmd" not in code_of(app)
    x, y = rng_points = np.random.default_rng(0).normal(size=(600, 2)).T
    table = pd.DataFrame({"x": x, "y": y, "outlier": False})
    table.to_csv(tmp_path / "reglab-outliers.csv", index=False, encoding="utf-8-sig")
    printed = run(code_of(app), tmp_path)
    assert printed["L2 slope"] == pytest.approx(np.polyfit(*rng_points, 1)[0])
    slope = frame(app, "plane_own", "fits").query("all == 1")["l2_slope"].iloc[0]
    assert printed["L2 slope"] == pytest.approx(slope, rel=1e-4)


def open_taken(app: AppTest, name: str) -> AppTest:
    """Open a view's take-away."""
    app.session_state[f"outliers_{name}_take"] = True
    return app.run()


def code_of(app: AppTest) -> str:
    return app.code[-1].value


def frame(app: AppTest, chart: str, name: str) -> pd.DataFrame:
    """Read one data set of a chart as the browser gets it."""
    (found,) = [
        data.data.data
        for one in app.get("vega_lite_chart")
        for data in one.proto.datasets
        if data.name == name and chart in one.proto.id
    ]
    return pa.ipc.open_stream(io.BytesIO(found)).read_all().to_pandas()


def assert_printed(printed: dict[str, float], row: pd.Series) -> None:
    for fit, words in (("l1", "L1"), ("l2", "L2"), ("huber", "Huber")):
        assert printed[f"{words} slope"] == pytest.approx(row[f"{fit}_slope"], rel=1e-4, abs=1e-5)
        assert printed[f"{words} loss"] == pytest.approx(row[f"{fit}_loss"], rel=1e-4)
        share = printed[f"outlier's share of the {words} loss"]
        assert share == pytest.approx(row[f"{fit}_share"], abs=1e-4)
    assert printed["L1 lowest optimal slope"] == pytest.approx(row["l1_low"], rel=1e-4, abs=1e-5)
    assert printed["L1 highest optimal slope"] == pytest.approx(row["l1_high"], rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(
    "state", [{}, {"outliers_data": "phone", "outliers_rate": 0.2, "outliers_steps": 60}]
)
def test_the_descent_script_prints_what_the_page_shows(open_page, state: dict[str, object]) -> None:
    app = open_page("outliers", lang="en", outliers_gradient="true", outliers_C18="l2", **state)
    printed = run(code_of(open_taken(app, "gradient")))
    words = " ".join(item.value for item in app.markdown)
    for name in ("L2", "L1", "L1 with a decaying rate", "Huber"):
        length = printed[f"{name} last step"]
        assert f"{name} **{f'{length:.2g}' if length >= 1e-6 else '< 10⁻⁶'}**" in words


# --- overfitting ----------------------------------------------------------------------------------


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[dict[str, pd.DataFrame], str]]:
    """What every view of the overfitting page hands to `take_away`: its data and its script."""
    given: dict[str, tuple[dict[str, pd.DataFrame], str]] = {}
    for module in (takeaway, penalty, variance, more, beyond):
        monkeypatch.setattr(
            module, "take_away", lambda text, name, data, code: given.update({name: (data, code)})
        )
    return given


CURVED = {
    "default": {},
    "bumps": {"source": "bumps", "n": 60, "noise": 0.5, "seed": 3, "degree": 11, "interval": (-1.0, 0.5)},
}
SET = {"l1": "0.0046", "l2": "0.1", "along": "l1", "variance_degree": 5, "more_degree": 4, "beyond_n": 12}


@pytest.mark.parametrize("state", CURVED)
def test_the_overfitting_scripts_print_what_the_page_shows(open_page, handed, state: str) -> None:
    chosen = {**CURVED[state], **(SET if state == "bumps" else {})}
    views = dict.fromkeys(("lambda", "variance", "more", "beyond"), "true")
    link = {f"overfitting_{key}": value for key, value in {**chosen, **views}.items() if key != "interval"}
    app = open_page("overfitting", lang="en", **link, overfitting_C02="more", overfitting_C03="more")
    if "interval" in chosen:
        app.slider(key="overfitting_interval").set_value(chosen["interval"]).run()
    for view in ("more", "beyond"):
        app.button(key=f"overfitting_{view}_run").click().run()
    assert not app.exception
    said = [item.proto.body for item in app.get("html")] + [c.proto.alt for c in app.get("vega_lite_chart")]
    text = Text("en", "overfitting")
    out = {view: run(code) for view, (_, code) in handed.items()}
    assert set(out) == {"view", *views}

    assert any(main_sentence(text, out["view"]) in words for words in said), said
    assert any(lambda_sentence(text, out["lambda"], chosen) in words for words in said), said

    parts = out["variance"]
    total = parts["bias2"] + parts["variance"] + parts["noise"]
    shown = {key: short(parts[key]) for key in ("bias2", "variance", "noise")}
    measured = {"noisy": short(parts["measured on new points"]), "se": short(parts["standard error"])}
    sentence = text(
        "variance.says", **shown, **measured, total=short(total), degree=chosen.get("variance_degree", 9),
        resamples=500, least=int(parts["best degree"]),
    )  # fmt: skip
    assert any(sentence in words for words in said), said

    verdicts = [box.value for box in (*app.info, *app.success)]
    for n in {int(words.split()[0]) for words in out["more"]}:
        plain, twice, half = (
            short(out["more"][f"{n} {what}"]) for what in ("as it is", "twice the data", "half the noise")
        )
        numbers = f"{plain} as it is, {twice} with twice the data and {half} with half the noise"
        assert any(f"{n} points" in words and numbers in words for words in verdicts), (n, verdicts)

    far = out["beyond"]
    sentence = text(
        "beyond.alt", n=chosen.get("beyond_n", 20), first=int(far["first minimum at degree"]),
        first_error=short(far["first minimum"]), peak=int(far["peak at degree"]), peak_error=short(far["peak"]),
        last=150, last_error=short(far["at degree 150"]), l2="1e-6", melted=short(far["largest with the penalty"]),
    )  # fmt: skip
    assert sentence in said


def main_sentence(text: Text, printed: dict[str, float]) -> str:
    """Say what the main view's script printed as the page says it."""
    degrees = [int(words.split()[1]) for words in printed if words.endswith("training error")]
    best = int(printed["best degree"])
    degrees += [degrees[-1]] * (3 - len(degrees))
    values: dict[str, object] = {"best": best, "best_test": short(printed["smallest test error"])}
    for role, degree in zip(("low", "middle", "high"), degrees, strict=True):
        values[role] = degree
        for kind, word in (("train", "training"), ("test", "test")):
            values[f"{role}_{kind}"] = short(printed[f"degree {degree} {word} error"])
    return text("main.says", **values)


def lambda_sentence(text: Text, printed: dict[str, float], chosen: dict[str, object]) -> str:
    """Say what the λ script printed as the page says it."""
    along = str(chosen.get("along", "l2"))
    errors = {key: short(printed[f"{word} error"]) for key, word in
              (("train", "training"), ("validation", "validation"), ("test", "test"))}  # fmt: skip
    return text(
        "lambda.says", **errors, terms=15, name={"l1": "λ1", "l2": "λ2"}[along], value=chosen.get(along, "0"),
        zeros=int(printed["exact zeros"]), best=f"{printed['best']:g}".replace("e-0", "e-"),
        one_se=f"{printed['one standard error']:g}".replace("e-0", "e-"),
    )  # fmt: skip


def test_without_a_formula_the_overfitting_scripts_read_the_downloaded_points(
    open_page, handed, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 5, 50)
    table = pd.DataFrame({'=cmd|"x"!A0': x, "**y**": np.sin(x) + 0.1 * rng.normal(size=50)})
    app = open_page("overfitting", lang="en", overfitting_source="own", overfitting_lambda="true")
    app.file_uploader[0].upload("mine.csv", table.to_csv(index=False).encode(), "text/csv").run()
    data, code = handed["view"]
    assert list(data["overfitting"]) == ["x", "y", "seen"]  # none of the reader's own words
    data["overfitting"].to_csv(tmp_path / "reglab-overfitting.csv", index=False, encoding="utf-8-sig")
    said = [item.proto.body for item in app.get("html")]
    text = Text("en", "overfitting")
    assert any(main_sentence(text, run(code, tmp_path)) in words for words in said), said
    assert any(lambda_sentence(text, run(handed["lambda"][1], tmp_path), {}) in words for words in said), said


def test_the_overfitting_scripts_can_be_opened_on_the_page(open_page) -> None:
    app = open_page("overfitting", overfitting_lambda="true")
    for view in ("view", "lambda"):
        app.session_state[f"overfitting_{view}_take"] = True
        app.run()
        assert not app.exception
        assert any("lesson 3" in block.value for block in app.code)
