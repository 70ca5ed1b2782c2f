"""The scripts that readers take away run, and print what the page computes."""

from __future__ import annotations

import html
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
from pages.sections.outliers import warmup
from pages.sections.overfitting import basis, beyond, more, penalty, variance
from pages.sections.overfitting.panels import short
from pages.sections.training import taken as training_taken
from pages.sections.training.views import _files
from pages.ui import takeaway
from pages.ui.takeaway import script
from pages.ui.text import Text
from reglib.outliers import breakdown
from reglib.race import Run, Setup, prepare
from reglib.sweep import SweepRun

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "pages" / "scripts").glob("[a-z]*.py"))


def output(code: str, folder: Path = ROOT) -> str:
    """Run a script as a reader would and give what it prints."""
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
    return done.stdout


def run(code: str, folder: Path = ROOT) -> dict[str, float]:
    """Run a script and give the numbers it prints, by the words before them."""
    return numbers(output(code, folder))


def described(app: AppTest) -> list[str]:
    """Give what a screen reader is told of the pictures: their names, and what is said beside them."""
    beside = [html.unescape(item.proto.body) for item in app.get("html")]
    return [re.sub(r"<[^>]*>", "", body) for body in beside if "reglab-said" in body] + [
        chart.proto.alt for chart in app.get("vega_lite_chart")
    ]


def numbers(printed: str) -> dict[str, float]:
    found = re.findall(r"^(.*?) (-?[\d.]+(?:e[+-]?\d+)?)$", printed, flags=re.MULTILINE)
    assert found, printed
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


ROUTES = {
    "as_it_opens": {},
    "a_detour_half_walked": {"extra": 20, "seed": 7, "walked": 17, "count": 12},
    "an_odd_detour_is_refused": {"extra": 3, "walked": 2},
    "only_one_route": {"goal_y": 4, "walked": 8},
    "fewer_routes_than_asked_for": {"goal_x": -4, "goal_y": 5, "count": 12},
    "from_corner_to_corner": {"start_x": -10, "start_y": -2, "goal_x": 10, "goal_y": 12, "walked": 34},
    "the_same_place": {"goal_x": -5, "goal_y": 4},
    "round_and_back": {"goal_x": -5, "goal_y": 4, "extra": 6, "walked": 3},
}


@pytest.mark.parametrize("state", ROUTES)
def test_the_routes_script_prints_what_the_page_shows(open_page, state: str) -> None:
    link = {f"distance_{name}": value for name, value in ROUTES[state].items()}
    app = open_page("distance", lang="en", distance_routes="true", **link)
    app.session_state["distance_routes_take"] = True
    app.run()
    assert not app.exception
    printed = output(next(item.value for item in app.code if "walk = " in item.value))
    found = numbers(printed)
    walked = link.get("distance_walked", 0)
    said = {
        "drawn": int(found["of them drawn"]), "routes": int(found["shortest routes"]), "walked": walked,
        "total": int(found["blocks of the walk"]), "shortest": int(found["blocks of a shortest route"]),
    }  # fmt: skip
    text = Text("en", "distance")
    assert text("routes_map.alt", **said) in described(app)
    told = "detour" if said["total"] > said["shortest"] else "counted" if said["routes"] > 1 else "only_one"
    words = [item.value for item in app.markdown]
    assert (text.prose(told, **said) in words) == bool(said["total"])
    walk = frame(app, "routes_map", "route")
    here = walk[walk["step"] == walked].iloc[0]
    assert (found["east after the blocks walked"], found["north after the blocks walked"]) == (
        here["x"],
        here["y"],
    )
    drawn = frame(app, "routes_map", "routes")
    ways = {f"route {1 + route}": way for route, way in drawn.groupby("route")} | {"walk": walk}
    assert re.findall(r"^(.*):(?: ([ENSW]*))?$", printed, re.MULTILINE) == [
        (name, headings(way)) for name, way in ways.items()
    ]


def headings(way: pd.DataFrame) -> str:
    """Write a way as headings, block by block."""
    steps = way.sort_values("step")[["x", "y"]].diff().dropna().astype(int)
    return "".join(
        {(1, 0): "E", (-1, 0): "W", (0, 1): "N", (0, -1): "S"}[step]
        for step in steps.itertuples(index=False, name=None)
    )


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
    drops = next(said for said in described(app) if "falls by" in said)
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


@pytest.mark.parametrize("p", ["0.25", "0.9", "1", "2", "∞"])
def test_the_script_of_one_ball_prints_why_it_is_a_norms_or_not(open_page, p: str) -> None:
    app = open_page("distance", lang="en", distance_ball="true", distance_ball_p=p)
    app.session_state["distance_shape_take"] = True
    app.run()
    assert not app.exception
    code = next(item.value for item in app.code if "exponent" in item.value)
    printed = output(code)
    words = " ".join(item.value for item in app.markdown)
    assert f"has size {numbers(printed)['size of (1, 1)']:,.4g}." in " ".join(described(app))
    convex = float(p.replace("∞", "inf")) >= 1
    assert f"a norm {convex}" in printed
    if not convex:
        halfway = run(code)["size of the point halfway between them"]
        assert f"{halfway:.4g}" in words


@pytest.mark.parametrize("seed", [0, 7])
def test_the_script_of_the_random_problems_prints_the_shares_on_the_page(open_page, seed: int) -> None:
    app = open_page("distance", lang="en", distance_ball="true", distance_problems=seed)
    app.session_state["distance_problems_take"] = True
    app.run()
    printed = run(next(item.value for item in app.code if "zero_shares" in item.value))
    words = " ".join(item.value for item in app.markdown)
    for kind in ("L1", "L2"):
        zeros = printed[f"{kind.lower()} problems with an exact 0"]
        assert f"{kind} **{zeros:,.0f}** ({printed[f'{kind.lower()} share']:.1%})" in words


@pytest.mark.parametrize("r", [-4.0, 0.0, 0.75, 3.0])
def test_the_script_of_the_losses_prints_what_the_page_shows(open_page, r: float) -> None:
    app = open_page("outliers", lang="en", outliers_gradient="true", outliers_r=r)
    app.session_state["outliers_losses_take"] = True
    app.run()
    code = next(item.value for item in app.code if "residual_loss" in item.value)
    assert f"residual = {r!r}" in code
    printed = run(code)
    shown = Text("en", "outliers")(
        "gradient.seen", r=r,
        **{f"{fit}_{what}": printed[f"{name} {word}"]
           for fit, name in (("l1", "absolute"), ("l2", "squared"), ("huber", "huber"))
           for what, word in (("value", "value"), ("pull", "derivative"))},
    )  # fmt: skip
    assert shown in " ".join(item.value for item in app.markdown)


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


def test_the_script_of_the_first_page_prints_what_its_pictures_say(open_page) -> None:
    app = open_page("home", lang="en")
    app.session_state["home_view_take"] = True
    app.run()
    printed = run(app.code[0].value)
    low, best, high = ({int(w.split()[1]): n for w, n in printed.items() if w.startswith("degree")}).items()
    said = [item.value for item in app.caption]
    assert (
        f"L1 {printed['L1']:.0f} · L2 {printed['L2']:g} · {printed['shortest routes']:,.0f} shortest routes"
        in said
    )
    assert (
        f"Slope (millions a year): L2 {printed['L2 slope']:.2f} · L1 {printed['lowest L1 slope']:.2f}–"
        f"{printed['highest L1 slope']:.2f}" in said
    )
    assert (
        f"Test error: {low[1]:.3g} (degree {low[0]}) · {best[1]:.3g} ({best[0]}) · {high[1]:.3g} ({high[0]})"
        in said
    )
    zero, left = printed["l1 steps to exactly 0"], printed["l2 weight after 60 steps"]
    assert f"L1: exactly 0 after {zero:.0f} steps · L2: {left:.3f} left after 60" in said


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
    table = app.table[0].value
    codes = app.session_state["training_shown"].race.penalties
    found = {}
    for code, row in zip(codes, table.to_dict("records"), strict=True):
        found[f"{code} test loss"], found[f"{code} test score"] = re.findall(
            r"[^ ()]+", row["Test loss (R²)" if "Test loss (R²)" in row else "Test loss (accuracy)"]
        )
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
    assert re.search(
        r"segments = \[\n    Segment\(Setup\(.*\), 12\),\n    Segment\(Setup\(.*\), 52\),\n\]\n", code
    )
    assert_training_prints(app, code)


def test_a_readers_table_goes_away_with_its_split_and_comes_back_to_the_same_run(open_page, tmp_path) -> None:
    """Column names are the reader's: here as nasty as they come, one of them `split`."""
    names = ['a"b', "=1+1", "split", "x,\ny"]
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(90, 3)).round(3)
    table = pd.DataFrame(rows, columns=names[:3])
    table[names[3]] = np.where(rows[:, 0] + 0.3 * rows[:, 1] > 0, "yes", "no'\\")
    app = open_page(
        "training",
        lang="en",
        training_view="scores",
        training_epochs=40,
        training_own="true",
        training_weights="true",
        training_strength="true",
    )
    app.file_uploader[0].upload("mine.csv", table.to_csv(index=False).encode(), "text/csv").run()
    app.button(key="training_own_race").click().run()
    shown = app.session_state["training_shown"]
    assert shown.problem.name == "own"
    code = taken(app)
    path = tmp_path / "mine.csv"
    _files(shown)["training"].to_csv(path, index=False, encoding="utf-8-sig")
    assert "file = 'reglab-training.csv'" in code
    assert_training_prints(app, code.replace("reglab-training.csv", str(path)))

    app.session_state["training_weights_take"] = app.session_state["training_sweep_take"] = True
    app.run()
    inside, sweep = (
        run(item.value.replace("reglab-training.csv", str(path)))
        for item in app.code
        if "linearity" in item.value or "SweepRun" in item.value
    )
    sums = next(item.value for item in app.table if "Σ|w|" in item.value and len(item.value.columns) == 4)
    assert [f"{inside[f'{name} sum of |w|']:,.2f}" for name in ("none", "l1", "l2")] == list(sums["Σ|w|"])
    assert f"Σ|w| falls from {sweep['weakest sum of |w|']:.1f} to" in alts(app)


# What the sections of the training page are tried with: few epochs, and different data and networks.
INSIDE = {
    "moons": {"epochs": 40, "l1": "0.03"},
    "digits_by_sigmoid": {"data": "digits", "n": 60, "epochs": 20, "activation": "sigmoid", "layers": 1},
    "diverged_relu": {"data": "diabetes", "learning_rate": "1", "epochs": 30, "activation": "relu", "n": 200},
    "rewound": {"epochs": 40, "l2": "0.1", "run": "12_40_0_0.005_0.01_0.1_0.9~52_40_5_0.02_0.1_0.3_0.5"},
}


def open_section(open_page, name: str, state: dict[str, object], *takes: str) -> tuple[AppTest, list[str]]:
    """Open a section of the training page with some of its controls open; give their scripts as well."""
    settings = {f"training_{key}": value for key, value in state.items()}
    app = open_page("training", lang="en", **{f"training_{name}": "true"}, **settings)
    if "run" in state:
        app.button(key="training_link").click().run()
    for take in takes:
        app.session_state[f"training_{take}_take"] = True
    app.run()
    assert not app.exception
    return app, [item.value for item in app.code if item.value.startswith('"""')]


def alts(app: AppTest) -> str:
    return "\n".join(described(app))


def words_of(app: AppTest) -> str:
    return "\n".join(item.value for item in (*app.markdown, *app.caption, *app.info, *app.success))


@pytest.mark.parametrize("name", INSIDE)
def test_the_script_of_the_inside_of_the_networks_prints_what_the_page_shows(open_page, name: str) -> None:
    state = {**INSIDE[name], "weights_factor": "0.1", "C26": "l1", "C27": "same"}
    app, (code,) = open_section(open_page, "weights", state, "weights")
    printed = run(code)
    table = next(item.value for item in app.table if "Σw²" in item.value)
    for network, row in zip(("none", "l1", "l2"), table.to_dict("records"), strict=True):
        for words, shown in (("sum of |w|", row["Σ|w|"]), ("sum of squares", row["Σw²"])):
            number = printed[f"{network} {words}"]
            assert shown == (f"{number:,.2f}" if number < 1e6 else f"{number:.1e}")
        held = printed[f"{network} sum of |w| held by the largest 10 %"]
        assert row["Σ|w| held by the largest 10 %"] == f"{held:.0%}"
        for layer, shown in enumerate(row["Exact zeros by layer"].split(", "), start=1):
            assert printed[f"{network} layer {layer} weights exactly 0"] == int(shown.split("/")[0])
        share, r2 = (
            printed[f"{network} {w}"]
            for w in ("share of z in the straight part", "R2 of the linear stand-in")
        )
        assert (
            f"{share:.0%} lie in the nearly straight part; R² of the best linear stand-in is {r2:z.3f}"
            in alts(app)
        )
    tanh, sigmoid, relu = (printed[f"{name} scaled R2"] for name in ("tanh", "sigmoid", "relu"))
    assert f"R² is {tanh:z.4f} for tanh, {sigmoid:z.4f} for sigmoid and {relu:z.4f} for ReLU" in words_of(app)


@pytest.mark.parametrize("which", ["positive", "zero", "own"])
@pytest.mark.parametrize("name", ["moons", "rewound"])
def test_the_script_of_one_step_prints_what_the_page_shows(open_page, name: str, which: str) -> None:
    chosen = {"step_which": which, "step_layer": 2, "step_from": 3, "step_to": 8, "step_strength": 0.75}
    app, codes = open_section(open_page, "step", {**INSIDE[name], **chosen}, "one", "gauge")
    step, gauge = (run(code) for code in codes)
    sums = [item.value for item in app.latex if "alignedat" in item.value]
    assert len(sums) == 2
    for kind, shown in zip(("l2", "l1"), sums, strict=True):
        for words in ("before", "momentum", "data", "penalty", "after"):
            assert rf"\text{{{words}}}" in shown
            assert f"{step[f'{kind} {words}']:+z.5f}" in shown
    assert app.metric[0].value == f"{gauge['factor']:+z.2f}"
    assert f"ends at {gauge['last']:.3g}" in alts(app)


@pytest.mark.parametrize(
    "state",
    [
        {"epochs": 10, "C30": "best"},
        {"epochs": 12, "C30": "best", "C29": "csr", "sweep_penalty": "l1", "data": "digits", "n": 60, "units": 5,
         "warmup": 3, "seed": 2},
        {"epochs": 10, "data": "diabetes", "learning_rate": "1", "sweep_penalty": "elastic", "n": 200},
    ],
    ids=["moons", "digits", "diverged"],
)  # fmt: skip
def test_the_script_of_the_sweep_prints_what_the_page_shows(open_page, state: dict[str, object]) -> None:
    app, (code,) = open_section(open_page, "strength", {"map_penalty": "l2", **state}, "sweep")
    printed, said = run(code), alts(app)
    chosen = {
        name.removeprefix("chosen "): value for name, value in printed.items() if name.startswith("chosen")
    }
    if "learning_rate" in state:
        assert f"{printed['diverged']:.0f} of 128 networks diverged" in "".join(
            item.value for item in app.warning
        )
    else:
        assert (
            f"{printed['weakest test loss']:z.3f} at the weakest, {chosen['test loss']:z.3f} at λ = "
            f"{chosen['strength']:g}, which validation chooses, {printed['strongest test loss']:z.3f} at the strongest"
        ) in said
    assert f"; {chosen['share exactly 0']:.0%} at the λ that validation chooses" in said
    assert f"falls from {printed['weakest sum of |w|']:.1f} to {printed['strongest sum of |w|']:.1f}" in said
    if state.get("sweep_penalty") == "l1":
        assert (
            f"dense {chosen['bytes dense']:,.0f}, CSR {chosen['bytes csr']:,.0f}, "
            f"dead units removed {chosen['bytes pruned']:,.0f}"
        ) in said
        assert f"the highest is {printed['highest test score']:z.3f}" in said
        csr, weights = printed["CSR with half of them 0"], printed["weights"]
        half = f"With {weights // 2:,.0f} of the {weights:,.0f} weights 0, dense takes {chosen['bytes dense']:,.0f}"
        assert f"{half} bytes and CSR {csr:,.0f}." in words_of(app)
        zeros, pruned = (printed[f"half zeros {name}"] for name in ("share exactly 0", "bytes pruned"))
        assert f"nearest to half ({zeros:.0%}) takes {pruned:,.0f} bytes" in words_of(app)


@pytest.mark.parametrize("name", ["moons", "digits_by_sigmoid", "rewound"])
def test_the_scripts_of_the_pruned_model_and_of_the_map_print_what_the_page_shows(
    open_page, name: str
) -> None:
    state = {**INSIDE[name], "map_penalty": "l1" if name == "rewound" else "l2"}
    app, codes = open_section(open_page, "strength", state, "pruned", "map")
    model, found = (run(code) for code in codes)
    layers = sorted({name.split()[2] for name in model if name.startswith("hidden")})
    before, after = (
        "-".join(f"{model[f'hidden layer {n} units {w}']:.0f}" for n in layers) for w in ("before", "after")
    )
    assert (
        f"shrinks from {before} hidden units to {after}, and from {model['bytes dense']:,.0f} bytes dense or "
        f"{model['bytes CSR']:,.0f} bytes CSR to {model['bytes without dead units']:,.0f} bytes"
    ) in words_of(app)
    cold, warm = (found[f"collapsed after {n} epochs of warm-up"] for n in (0, 50))
    assert f"Of 8 values of λ, {cold:.0f} collapse from a cold start and {warm:.0f} after 50 epochs" in alts(
        app
    )


@pytest.mark.parametrize(
    "state",
    [{}, {"inputs_l1": "0.2", "pixels_l1": "0.1", "copies_l": "0.5", "copies_seed": 7}],
    ids=["first", "set"],
)
def test_the_scripts_of_the_inputs_that_survive_print_what_the_page_shows(
    open_page, state: dict[str, object]
) -> None:
    guesses = {"C28": "back", "C26b": "often"}
    app, codes = open_section(open_page, "inputs", {**state, **guesses}, "inputs", "pixels", "copies")
    inputs, pixels, copies = (run(code) for code in codes)
    said, pictures = words_of(app), alts(app)
    assert (
        f"{inputs['survive at the weakest']:.0f} at the weakest, {inputs['survive at the strongest']:.0f} at the "
        f"strongest; {inputs['dropped and came back']:.0f} were dropped and came back"
    ) in pictures
    assert (
        f"**{inputs['survive']:.0f} of 30** inputs survive, with a test accuracy of {inputs['test accuracy']:.1%}"
        in said
    )
    assert f"{inputs['wrong by the gradient at 0']:.0f} would be chosen wrongly" in said
    assert inputs["gradient with the others at their best beyond λ1"] == inputs["survive"]
    assert (
        f"**{pixels['pixels']:.0f}** of 64 pixels are enough for a test accuracy of **{pixels['test accuracy']:.1%}**"
    ) in said
    assert (
        f"fall from {pixels['pixels at the weakest']:.0f} to {pixels['pixels at the strongest']:.0f}"
        in pictures
    )
    assert (
        f"lasso dropped A in **{copies['lasso drops A']:.0%}** and B in **{copies['lasso drops B']:.0%}**"
    ) in said
    spread = [copies[f"{model} standard deviation of the weight of A"] for model in ("lasso", "ridge")]
    assert f"standard deviation of {spread[0]:.2f} under lasso and {spread[1]:.2f} under ridge" in said
    assert f"one of them {copies['lasso drops A or B']:.0%}" in pictures


def test_what_decides_a_prediction_is_in_no_table_before_the_guess() -> None:
    setup = Setup(epochs=1, n=10)
    job = SweepRun(setup, prepare(setup), "l1", (0.001, 0.1), seeds=2)
    job.advance(60)
    before, after = (
        training_taken.sweep(job.result(), last, csr=csr) for last, csr in ((0.01, False), (1.0, True))
    )
    assert before["test_loss"].isna().tolist() == [False, False, True, True]
    assert "csr_bytes" not in before
    assert after["test_loss"].notna().all()
    assert list(after["csr_bytes"]) == job.result().bytes["csr"].ravel().tolist()


def test_every_weight_of_every_network_is_in_the_table() -> None:
    setup = Setup(epochs=2, n=10, layers=1, units=3)
    job = Run(setup, prepare(setup))
    job.advance(60)
    networks = job.result().replay[2]
    rows = training_taken.weights(networks, setup.penalties).set_index(["penalty", "layer", "from", "to"])[
        "weight"
    ]
    assert len(rows) == 3 * (3 * 3 + 4)
    assert rows["l1", 1, 2, 3] == networks.weights[0][1, 1, 2]
    assert rows["l2", 2, 0, 1] == networks.biases[1][2, 0]


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


SHARES = {
    "as_it_opens": {},
    "ties": {"outliers_residuals": "2, -2, 2, -2"},
    "nothing_but_zeros": {"outliers_residuals": "0, 0"},
    "unreadable": {"outliers_residuals": "one"},
    "as_large_as_they_come": {"outliers_residuals": "1e9, -1e-9, 1"},
    "line": {"outliers_from": "picture"},
    "dragged": {"outliers_from": "picture", "outliers_line_y": -5.2},
    "on_one_line": {"outliers_from": "picture", "outliers_line_table": "0 1, 1 2, 2 3"},
    "two_points": {"outliers_from": "picture", "outliers_line_table": "0 1, 3 -8"},
    "phone": {"outliers_data": "phone", "outliers_from": "picture"},
    "diabetes": {"outliers_data": "diabetes", "outliers_from": "picture", "outliers_diabetes_y": -94},
}


@pytest.mark.parametrize("state", SHARES)
def test_the_shares_script_prints_what_the_page_shows(open_page, state: str) -> None:
    app = open_page("outliers", lang="en", outliers_shares="true", outliers_C15="same", **SHARES[state])
    assert_shares(open_taken(app, "shares"), run(code_of(app)))


def test_the_shares_of_a_long_table_are_read_from_the_file_beside_the_script(open_page, tmp_path) -> None:
    app = open_page(
        "outliers", lang="en", outliers_data="own", outliers_shares="true", outliers_from="picture",
        outliers_C15="same",
    )  # fmt: skip
    rows = np.random.default_rng(0).normal(size=(600, 2))
    mine = pd.DataFrame(rows, columns=["a", "b"]).to_csv(index=False)
    app.file_uploader[0].upload("mine.csv", mine.encode(), "text/csv").run()
    open_taken(app, "shares")
    assert "points = None" in code_of(app)
    table = pd.DataFrame({"point": range(1, 601), "x": rows[:, 0], "y": rows[:, 1]})
    table.to_csv(tmp_path / "reglab-outliers-shares.csv", index=False, encoding="utf-8-sig")
    assert_shares(app, run(code_of(app), tmp_path))


def assert_shares(app: AppTest, printed: dict[str, float]) -> None:
    """Compare with the table of the losses, with the sentence above it, and with the prediction's answer."""
    assert not app.exception
    losses = ("sum of |r|", "sum of squares", "root of the sum of squares")
    shown = app.table[0].value
    for name, row in zip(losses, shown.to_dict("records"), strict=True):
        expected = [f"{printed[name]:,.6g}", f"{printed[f'{name} without the outlier']:,.6g}"]
        assert list(row.values()) == [*expected, f"{printed[f'{name} falls by']:.1%}"]
    words = " ".join(item.value for item in app.markdown)
    falls = [f"{printed[f'{name} falls by']:.1%}" for name in losses]
    if set(falls) == {"0.0%"}:
        assert "no loss to have a share of" in words
    else:
        assert f"Σ|r| falls by {falls[0]}, Σr² by {falls[1]}, √Σr² by {falls[2]}" in words
    answer = " ".join(box.value for box in (*app.info, *app.success))
    plain, rooted = (printed[f"constant with the least {what}"] for what in ("sum of squares", "root"))
    said = re.search(r"Σr² is smallest for (\S+), √Σr² for (\S+)\.", answer)
    assert said
    assert (float(said[1]), float(said[2])) == pytest.approx((plain, rooted), rel=1e-3, abs=1e-12)


@pytest.mark.parametrize("value", [20.0, -10.0, 5.5, 30.0])
def test_the_warm_up_script_prints_what_the_page_shows(open_page, value: float) -> None:
    app = open_page("outliers", lang="en", outliers_warmup="true", outliers_value=value, outliers_repeats=50)
    printed = run(code_of(open_taken(app, "warmup")))
    said = Text("en", "outliers")("warmup.seen", value=value, mean=printed["mean"], median=printed["median"])
    assert said in [item.value for item in app.markdown]
    kept = printed["mean of the others"], printed["median of the others"]
    others = frame(app, "location", "values")["x"]
    assert kept == pytest.approx((others.mean(), others.median()))


@pytest.mark.parametrize(("n", "wanted", "stopped"), [(20, 500, 0), (5, 75, 0), (200, 50, 0), (21, 5000, 2)])
def test_the_breakdown_script_prints_what_the_page_shows(
    open_page, n: int, wanted: int, stopped: int
) -> None:
    app = open_page("outliers", lang="en", outliers_n=n, outliers_repeats=wanted)
    app.session_state["outliers_warmup"] = True
    if stopped:  # after so many chunks
        parts = [breakdown(n, warmup.CHUNK, 0, first=warmup.CHUNK * i) for i in range(stopped)]
        app.session_state["_outliers_breakdown"] = {"asked": (n, wanted), "parts": parts, "stopped": True}
    printed = run(code_of(open_taken(app, "breakdown")))
    mean, median = (printed[f"breakdown point of the {kind}"] for kind in ("mean", "median"))
    repeats = stopped * warmup.CHUNK or wanted
    said = Text("en", "outliers")("warmup.breakdown_alt", repeats=repeats, n=n, mean=mean, median=median)
    assert said in described(app)
    shifts = frame(app, "breakdown", "shifts")
    goes = re.compile(r"with (\d+) of \d+ values moved, the (mean|median) goes")
    for words, far in printed.items():
        if found := goes.fullmatch(words):
            row = shifts[(shifts["kind"] == found[2]) & np.isclose(shifts["share"], int(found[1]) / n)]
            assert row["middle"].item() == pytest.approx(far)


def open_taken(app: AppTest, name: str) -> AppTest:
    """Open a view's take-away."""
    app.session_state[f"outliers_{name}_take"] = True
    return app.run()


def code_of(app: AppTest) -> str:
    return app.code[-1].value


def frame(app: AppTest, chart: str, name: str) -> pd.DataFrame:
    """Read one data set of a chart as the browser gets it; `chart` is part of its id, if it has one."""
    (found,) = [
        data.data.data
        for one in app.get("vega_lite_chart")
        for data in one.proto.datasets
        if data.name == name and chart in (one.proto.id or chart)
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


def opened(given: object) -> object:
    """Give what a control that is open calls for."""
    return given() if callable(given) else given


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[dict[str, pd.DataFrame], str]]:
    """What every view of the overfitting page hands to `take_away`: its data and its script."""
    given: dict[str, tuple[dict[str, pd.DataFrame], str]] = {}
    for module in (takeaway, penalty, variance, more, beyond, basis):
        monkeypatch.setattr(
            module, "take_away", lambda text, name, *taken: given.update({name: tuple(map(opened, taken))})
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
    measured = {
        "noisy": short(parts["measured on new points"]),
        "se": short(parts["standard error of its difference from bias2 + variance + noise"]),
    }
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
        "lambda.says", **errors, terms=15, name={"l1": "λ1", "l2": "λ2"}[along],
        **{penalty: chosen.get(penalty, "0") for penalty in ("l1", "l2")},
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


@pytest.mark.parametrize(
    "state", [{}, {"source": "bumps", "noise": 0.0, "basis_degree": 40}, {"source": "exp", "basis_degree": 0}]
)
def test_the_basis_script_prints_what_the_page_shows(open_page, handed, state: dict[str, object]) -> None:
    link = {f"overfitting_{key}": value for key, value in state.items()}
    app = open_page("overfitting", lang="en", overfitting_basis="true", **link)
    data, code = handed["basis"]
    assert list(data) == ["overfitting-basis"]
    assert_basis(app, run(code), state.get("basis_degree", 20))


def test_without_a_formula_the_basis_script_reads_the_downloaded_points(open_page, handed, tmp_path) -> None:
    """Nine points leave no higher degree than 8."""
    app = open_page(
        "overfitting", lang="en", overfitting_source="diabetes", overfitting_n=9, overfitting_basis="true"
    )
    data, code = handed["basis"]
    data["overfitting"].to_csv(tmp_path / "reglab-overfitting.csv", index=False, encoding="utf-8-sig")
    assert_basis(app, run(code, tmp_path), int(data["overfitting-basis"]["degree"].max()))


def assert_basis(app: AppTest, printed: dict[str, float], degree: int) -> None:
    """Compare with the alternative texts of both pictures."""
    text = Text("en", "overfitting")
    said = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    conditions = {
        "monomials": "condition number of the powers", "orthonormal": "condition number of the orthogonal basis"
    }  # fmt: skip
    differences = {
        "normal": "difference by normal equations", "svd": "difference by singular value decomposition"
    }  # fmt: skip
    for name, series in (("conditions", conditions), ("differences", differences)):
        shown = {key: short(printed[words]) for key, words in series.items()}
        assert text(f"basis.{name}_alt", degree=degree, **shown) in said
    digits = f"**{printed['digits lost']:.0f} digits**"
    assert any(
        digits in item.value and f"{printed['points']:.0f} points" in item.value for item in app.markdown
    )


def test_the_overfitting_scripts_can_be_opened_on_the_page(open_page) -> None:
    app = open_page("overfitting", overfitting_lambda="true", overfitting_basis="true")
    for view in ("view", "lambda", "basis"):
        app.session_state[f"overfitting_{view}_take"] = True
        app.run()
        assert not app.exception
        assert any("lesson 3" in block.value for block in app.code)
