"""The training page through app.py: what it says is what reglib computes, in both languages."""

from __future__ import annotations

import io
import itertools
import json
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pages.sections.training.settings import STORIES
from reglib.race import Race, Run, Setup, prepare


def compute(setup: Setup) -> Race:
    run = Run(setup, prepare(setup))
    while not run.done:
        run.advance(60)
    return run.result()


def race(app: AppTest) -> Race:
    return app.session_state["training_shown"].race


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.warning])


def player(app: AppTest) -> dict:
    return json.loads(app.get("bidi_component")[0].proto.json)


def pause_at(app: AppTest, frame: int, **also: object) -> AppTest:
    """Pause the player, as the browser does."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    states = app._tree.get_widget_states()
    found = WidgetState()
    found.id = app.get("bidi_component")[0].proto.id
    found.json_value = json.dumps({"at": {"id": player(app)["id"], "frame": frame, **also}})
    states.widgets.append(found)
    return app._run(states)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_first_visit_shows_a_trained_race_and_its_numbers(open_page, lang: str) -> None:
    app = open_page("training", lang=lang)
    assert not app.exception
    expected = compute(Setup())
    recording = player(app)
    said = recording["labels"]["alt"]
    for penalty, panel in zip(("none", "l1", "l2"), recording["panels"], strict=True):
        member = expected.member(penalty)
        assert f"{expected.loss['test'][-1, member]:.3f}" in said
        assert panel["test"] == pytest.approx(expected.loss["test"][:, member], abs=1e-4)
        assert panel["train"] == pytest.approx(expected.loss["train"][:, member], abs=1e-4)
        assert panel["score"][-1] == f"{expected.score['test'][-1, member]:.1%}"
    assert str(int(expected.zeros[-1, 1].sum())) in said
    assert [panel["zeros"][-1] for panel in recording["panels"]] == expected.zeros[-1].sum(axis=1).tolist()
    assert "1,000" in words(app)  # the split is stated
    assert recording["frames"] == 61


def test_C01_what_early_stopping_would_have_kept_is_said_and_marked(open_page) -> None:
    app = open_page("training", lang="en")
    expected = compute(Setup())
    for penalty, name in (("none", "No penalty"), ("l1", "L1"), ("l2", "L2")):
        member = expected.member(penalty)
        best = int(expected.loss["validation"][:, member].argmin())
        loss = expected.loss["test"][best, member]
        assert f"{name} epoch {expected.epochs[best]} ({loss:.3f})" in words(app)
        assert player(app)["panels"][member]["best"] == best


def test_the_settings_are_in_the_link(open_page) -> None:
    app = open_page(
        "training",
        training_data="xor",
        training_n=50,
        training_noise=0.2,
        training_l1="0.02",
        training_l2="0.1",
        training_layers=1,
        training_units=5,
        training_activation="relu",
        training_learning_rate="0.05",
        training_momentum="0.5",
        training_batch=10,
        training_epochs=40,
        training_seed=3,
        training_seeds=2,
        training_elastic="true",
    )
    assert not app.exception
    assert race(app).setup == Setup(
        data="xor", n=50, noise=0.2, l1=0.02, l2=0.1, layers=1, units=5, activation="relu",
        learning_rate=0.05, momentum=0.5, batch=10, epochs=40, seed=3, seeds=2,
        penalties=("none", "l1", "l2", "elastic"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "bad", [{"training_data": "own"}, {"training_n": "-5"}, {"training_l1": "0.123"}, {"training_view": "x"}]
)
def test_a_bad_link_falls_back_quietly(open_page, bad: dict[str, str]) -> None:
    app = open_page("training", **bad)
    assert not app.exception
    assert race(app).setup == Setup()


@pytest.mark.parametrize("story", sorted(STORIES))
def test_every_story_trains_with_one_click(open_page, story: str) -> None:
    app = open_page("training", training_epochs=10)
    app.selectbox(key="_training_story").select(story).run()
    assert not app.exception
    assert app.selectbox(key="_training_story").value == story
    setup = race(app).setup
    for name, value in STORIES[story].items():
        if name == "elastic":
            assert ("elastic" in setup.penalties) == value
        else:
            assert getattr(setup, name) == value
    assert race(app).complete


def story(name: str, **changed: object) -> Race:
    """Run a story from eight starts."""
    values = {**STORIES[name], **changed}
    penalties = ("none", "l1", "l2", "elastic") if values.pop("elastic", False) else ("none", "l1", "l2")
    return compute(Setup(**values, penalties=penalties, seeds=8))  # type: ignore[arg-type]


def last(found: Race, values: np.ndarray, penalty: str) -> np.ndarray:
    """Give the eight last values under a penalty, from low to high."""
    return np.sort(found.of(values, penalty)[-1])


def test_C01_hardly_any_penalty_overfits_from_every_start() -> None:
    found = story("overfit")
    test = found.of(found.loss["test"], "none")
    assert last(found, found.loss["train"], "none")[-1] < 0.05
    assert (test[-1] > 2 * test[found.best("none")]).all()
    for penalty in ("l1", "l2"):  # so weak a penalty is no help
        assert np.median(last(found, found.loss["train"], penalty)) < 0.05
        median, low, _ = found.middle(found.loss["test"], penalty)
        assert low[-1] > 1.5 * median[found.best(penalty)]


def test_C25_l2_keeps_the_test_loss_that_no_penalty_loses() -> None:
    found = story("shrink")
    test = {penalty: last(found, found.loss["test"], penalty) for penalty in ("none", "l2")}
    assert test["l2"][-1] < 0.6 * test["none"][0]  # the worst start beats the best one
    assert np.median(last(found, found.sum_squares, "l2")) < 0.2 * np.median(
        last(found, found.sum_squares, "none")
    )


def test_C25_l1_zeroes_95_percent_of_the_weights_at_no_lower_accuracy() -> None:
    found = story("prune")
    zeros = np.sort(found.of(found.zeros.sum(axis=2), "l1")[-1]) / found.weights()
    assert np.median(zeros) >= 0.95
    assert zeros[0] >= 0.93
    score = {penalty: last(found, found.score["test"], penalty) for penalty in ("none", "l1")}
    assert score["l1"][0] >= score["none"][-1] - 0.005
    assert not found.of(found.zeros, "l2").any()


def test_C31_elastic_net_has_zeros_and_small_weights_at_once() -> None:
    found = story("both")
    zeros = {p: np.median(last(found, found.zeros.sum(axis=2), p)) for p in ("l1", "l2", "elastic")}
    squares = {p: np.median(last(found, found.sum_squares, p)) for p in ("l1", "l2", "elastic")}
    assert zeros["l2"] == 0 < zeros["elastic"]
    assert squares["elastic"] < squares["l1"]
    assert np.median(last(found, found.loss["test"], "elastic")) < 0.6 * np.median(
        last(found, found.loss["test"], "none")
    )


def test_C30_too_much_penalty_gives_every_input_the_same_answer() -> None:
    found = story("collapse")
    for penalty in ("l1", "l2"):
        assert last(found, found.loss["test"], penalty) == pytest.approx(np.log(2), abs=0.005)
    assert last(found, found.loss["train"], "none")[-1] < 0.2


def test_C30_a_warm_up_saves_what_the_same_penalty_collapses_from_the_start() -> None:
    warm, cold = story("warm"), story("warm", warmup=0)
    for penalty in ("l1", "l2"):
        assert last(cold, cold.loss["test"], penalty) == pytest.approx(np.log(2), abs=0.005)
        assert last(warm, warm.score["test"], penalty)[0] > 0.85


def test_every_start_diverges_at_too_high_a_rate_and_none_at_a_tenth_of_it() -> None:
    assert all(stop is not None for stop in story("diverge").stops)
    assert all(stop is None for stop in story("diverge", learning_rate=0.1).stops)


def test_changed_settings_train_only_when_asked(open_page) -> None:
    app = open_page("training", training_epochs=20)
    before = race(app)
    app.select_slider(key="training_l1").set_value(0.05).run()
    assert race(app) is before
    app.button(key="training_train").click().run()
    assert race(app).setup == Setup(epochs=20, l1=0.05)


def test_warm_up_then_regularize_takes_two_clicks(open_page) -> None:
    app = open_page("training", training_epochs=30, training_data="circles", training_noise=0.1)
    app.button(key="training_warm").click().run()
    warm = race(app)
    assert warm.epochs[-1] == 50
    assert (warm.l1_penalty == 0).all()
    app.button(key="training_continue").click().run()
    after = race(app)
    assert after.epochs[-1] == 80
    assert [epoch for epoch, _ in after.stretches] == [0, 50]
    assert after.l1_penalty[-1, after.member("l1")] > 0
    assert (after.loss["test"][: len(warm.epochs)] == warm.loss["test"]).all()


def test_rewind_continues_from_where_the_player_is_paused(open_page) -> None:
    app = open_page("training", training_epochs=30, lang="en")
    pause_at(app, 10)
    assert "At epoch 10 " in player(app)["labels"]["alt"]
    assert "10" in app.button(key="training_continue").label
    app.select_slider(key="training_l2").set_value(0.1)
    app.button(key="training_continue").click()
    pause_at(app, 10)
    after = race(app)
    assert [epoch for epoch, _ in after.stretches] == [0, 10]
    assert after.setup == Setup(epochs=30, l2=0.1)
    assert after.epochs[-1] == 40
    assert player(app)["changes"] == [10]


def test_pictures_are_sent_once_and_again_only_to_a_browser_that_has_lost_them(open_page) -> None:
    app = open_page("training", training_epochs=30)
    assert player(app)["maps"]
    pause_at(app, 10)
    assert not {"maps", "weights"} & set(player(app))
    assert player(app)["paused"] == 10
    pause_at(app, 12, missing=True)
    assert player(app)["maps"]
    assert player(app)["paused"] == 12
    app.button(key="training_train").click().run()  # the same once more is seen from its end, as any run
    assert player(app)["maps"]
    assert player(app)["paused"] == 30


def test_the_paused_epoch_is_that_of_the_other_views_and_kept_for_the_way_back(open_page) -> None:
    app = open_page("training", training_epochs=30, lang="en")
    pause_at(app, 10)
    for view in ("scores", "ledger", "scores"):
        app.session_state["training_view"] = view
        app.run()
        assert app.button(key="training_continue").label == "Continue from epoch 10"
    assert "at epoch 10" in words(app)
    found = race(app)
    for penalty in ("none", "l1", "l2"):
        score = found.score["test"][10, found.member(penalty)]
        assert f"Test accuracy **{score:.1%}**" in words(app)
    app.session_state["training_view"] = "replay"
    app.run()
    assert player(app)["paused"] == 10


def test_only_changing_between_views_draws_more_than_the_one_chosen(open_page) -> None:
    def drawn() -> tuple[int, int, int]:
        return len(app.get("bidi_component")), len(app.get("vega_lite_chart")), len(app.table)

    app = open_page("training", training_epochs=30, lang="en")
    assert drawn() == (1, 0, 0)
    app.session_state["training_view"] = "ledger"
    app.run()
    assert drawn() == (1, 3 + 3, 1)
    pause_at(app, 10)
    assert drawn() == (0, 3, 0)


@pytest.mark.parametrize(
    ("lang", "said"), [("ko", "벌점이 한 번도 걸리지 않습니다"), ("en", "no penalty would ever act")]
)
def test_a_warm_up_as_long_as_training_is_refused_beside_its_field_too(
    open_page, lang: str, said: str
) -> None:
    app = open_page(
        "training",
        lang=lang,
        training_epochs=30,
        training_warmup=60,
        training_strength="true",
        training_C30="constant",
    )
    assert not app.exception
    assert [said in error.value for error in app.error] == [
        True,
        True,
    ]  # in the menu, and where the race would be
    assert "training_shown" not in app.session_state
    app.number_input(key="training_warmup").set_value(10)
    app.run()
    app.button(key="training_train").click().run()
    assert not app.error
    assert race(app).setup.warmup == 10


def test_a_sweep_with_too_few_epochs_for_the_warm_up_says_so(open_page, monkeypatch) -> None:
    app = open_page("training", training_epochs=30, training_warmup=20)
    monkeypatch.setattr("reglib.sweep.epoch_seconds", lambda *_: 0.5)
    app.session_state["training_strength"] = True
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert "20" in app.error[0].value


@pytest.mark.parametrize(
    ("view", "said"), [("replay", "numbers and curves"), ("ledger", "the bands"), ("scores", "The headings")]
)
def test_each_view_says_what_is_of_the_first_seed_and_what_a_median(open_page, view: str, said: str) -> None:
    app = open_page("training", lang="en", training_epochs=10, training_seeds=3, training_view=view)
    assert said in words(app)
    assert "3 seeds" in words(app)


@pytest.mark.parametrize(
    ("lang", "said"), [("ko", "내 표는 저장되지 않아"), ("en", "which is not kept: these are the moons")]
)
def test_a_link_to_a_table_that_is_not_there_says_what_is_shown_instead(
    open_page, lang: str, said: str
) -> None:
    app = open_page("training", lang=lang, training_data="own", training_epochs=5)
    assert said in words(app)
    assert race(app).setup.data == "moons"
    app.run()
    assert said in words(app)
    assert said not in words(open_page("training", lang=lang, training_epochs=5))


def test_the_curves_and_their_minimum_are_of_all_epochs_though_pictures_are_of_some(open_page) -> None:
    app = open_page("training", training_epochs=60, training_units=64, training_layers=4, training_n=40)
    found, sent = race(app), player(app)
    assert len(sent["epochs"]) < len(sent["curve_epochs"]) == len(found.epochs)
    for panel, penalty in zip(sent["panels"], found.penalties, strict=True):
        losses = found.middle(found.loss["test"], penalty)[0]
        assert panel["curves"]["test"] == pytest.approx(losses, abs=1e-4)
        assert panel["best"] == found.best(penalty)
        at = [sent["curve_epochs"].index(epoch) for epoch in sent["epochs"]]
        assert panel["test"] == [panel["curves"]["test"][k] for k in at]


def test_a_diverged_network_has_no_score_and_its_sums_are_not_rows_of_digits(open_page) -> None:
    story = {"training_data": "diabetes", "training_learning_rate": "1", "training_epochs": 60}
    app = open_page("training", lang="en", **story, training_view="scores")
    assert words(app).count("diverged") >= 3
    assert not app.get("vega_lite_chart")
    sums = app.table[0].value["Σw²"]
    assert all(len(value) < 16 for value in sums)
    assert "Test loss (R²)" in app.table[0].value


def test_C30_what_a_collapsed_sweep_comes_to_is_said_with_where_it_begins(open_page) -> None:
    app = open_page(
        "training", lang="en", training_strength="true", training_sweep_penalty="l1", training_C30="constant"
    )
    found = re.search(r"From λ = ([\d.]+) on, the networks answer every input", app.success[0].value)
    assert found
    assert 0.01 < float(found[1]) <= 1


def test_a_run_cut_short_says_so_and_not_that_it_was_stopped(open_page, monkeypatch) -> None:
    monkeypatch.setattr("reglib.race.epoch_seconds", lambda *_: 1.0)
    app = open_page("training", lang="en", training_epochs=100)
    assert "too long at once: 5 epochs were trained" in words(app)
    assert "Stopped at epoch" not in words(app)


def test_a_continued_run_is_in_the_link_and_gives_the_same_numbers_in_a_new_visit(open_page) -> None:
    app = open_page("training", training_epochs=30, training_units=5, lang="en")
    assert "training_run" not in app.query_params
    app.select_slider(key="training_l2").set_value(0.1)
    pause_at(app, 10)
    app.button(key="training_continue").click()
    pause_at(app, 10)
    first = race(app)
    code = app.query_params["training_run"]
    assert first.epochs[-1] == 40

    again = open_page(
        "training", training_epochs=30, training_units=5, training_l2=0.1, training_run=code, lang="ko",
        training_weights="true",
    )  # fmt: skip
    assert "training_shown" not in again.session_state  # long work waits for the button
    assert any("훈련 결과가 있어야" in caption.value for caption in again.caption)
    assert "40 에폭" in again.info[0].value
    again.button(key="training_link").click().run()
    second = race(again)
    assert second.setup == first.setup
    for part in ("train", "validation", "test"):
        assert (second.loss[part] == first.loss[part]).all()
    assert (second.zeros == first.zeros).all()
    assert not any("바뀌었습니다" in caption.value or "있어야" in caption.value for caption in again.caption)

    again.button(key="training_train").click().run()
    assert race(again).epochs[-1] == 30
    assert "training_run" not in again.query_params


def test_a_warmed_up_run_is_in_the_link_too(open_page) -> None:
    app = open_page("training", training_epochs=30)
    app.button(key="training_warm").click().run()
    assert app.query_params["training_run"] == "50_50_0_0_0_0.1_0.9"


@pytest.mark.parametrize(
    "code", ["x", "10_5_0_0_0_0.1_0.9", "1_1_0_7_0_0.1_0.9", "~".join(["9_9_0_0_0_1_0"] * 30)]
)
def test_a_bad_run_in_a_link_is_left_out_quietly(open_page, code: str) -> None:
    app = open_page("training", training_epochs=10, training_run=code)
    assert not app.exception
    assert race(app).setup == Setup(epochs=10)
    assert "training_run" not in app.query_params


def test_another_network_cannot_be_continued(open_page) -> None:
    app = open_page("training", training_epochs=10)
    app.number_input(key="training_units").set_value(5).run()
    assert app.button(key="training_continue").disabled


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_diverged_network_gets_a_sentence_with_its_numbers(open_page, lang: str) -> None:
    app = open_page(
        "training", lang=lang, training_l2="0.5", training_learning_rate="10", training_activation="relu"
    )
    assert not app.exception
    sentences = [warning.value for warning in app.warning]
    assert any("3.8" in sentence and "5" in sentence for sentence in sentences)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("view", ["ledger", "scores"])
@pytest.mark.parametrize("data", ["moons", "digits", "diabetes"])
def test_every_view_draws_every_task(open_page, lang: str, view: str, data: str) -> None:
    app = open_page("training", lang=lang, training_view=view, training_data=data, training_epochs=10)
    assert not app.exception
    charts = app.get("vega_lite_chart")
    assert len(charts) == 3
    if view == "ledger":
        found = race(app)
        for k, element in enumerate(charts):
            assert f"{found.loss['train'][-1, k]:.3f}" in element.proto.alt
            assert f"{found.l1_penalty[-1, k] + found.l2_penalty[-1, k]:.3f}" in element.proto.alt


def test_several_seeds_show_medians(open_page) -> None:
    app = open_page("training", lang="en", training_seeds=5, training_epochs=60)
    expected = compute(replace(Setup(), seeds=5, epochs=60))
    for penalty in ("none", "l1", "l2"):
        median, low, high = expected.middle(expected.loss["test"], penalty)
        panel = player(app)["panels"][("none", "l1", "l2").index(penalty)]
        assert f"{median[-1]:.3f}" in player(app)["labels"]["alt"]
        assert panel["test"] == pytest.approx(median, abs=1e-4)
        assert panel["bands"]["test"]["low"] == pytest.approx(low, abs=1e-4)
        assert panel["bands"]["test"]["high"] == pytest.approx(high, abs=1e-4)
    assert "medians of 5 seeds" in words(app)


# --- section 1: how one step works ----------------------------------------------------------------


def latex(app: AppTest) -> list[str]:
    return [element.value for element in app.latex]


def step_rows(formula: str) -> list[tuple[str, list[float], float]]:
    """Give each line of a step: its symbols, the numbers put in (their product is meant) and its value."""
    rows = []
    for line in formula.replace(r"\\", "\n").replace(r"\;", "").replace(r"\,", "").splitlines():
        if "&" not in line:
            continue
        cells = line.replace("{-}", "-").replace(r"\end{alignedat}", "").split("&")
        symbols, numbers, value = cells[-3].strip(), cells[-2], cells[-1]
        factors = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", numbers)]
        rows.append((symbols, factors, float(value)))
    return rows


@pytest.mark.parametrize("which", ["positive", "negative"])
@pytest.mark.parametrize(("network", "strength"), [(0, "l2"), (1, "l1")])
def test_C21_C22_the_numbers_of_a_step_are_in_its_formula_and_add_up(
    open_page, which: str, network: int, strength: str
) -> None:
    app = open_page(
        "training", lang="en", training_step="true", training_epochs=40, training_l2="0.1", training_l1="0.005",
        training_step_which=which,
    )  # fmt: skip
    assert not app.exception
    before, *moves, after = step_rows(latex(app)[network])
    assert [row[0] for row in (before, *moves[:2], after)] == ["w", "+mv", r"-\eta g", "w^{+}"]
    assert before[2] + sum(value for _, _, value in moves) == pytest.approx(after[2], abs=3e-5)
    for _, factors, value in moves:
        assert np.prod(factors) == pytest.approx(value, abs=1e-5)
    pull = 0.1 * 0.1 * before[2] if strength == "l2" else 0.1 * 0.005 * np.sign(before[2])
    assert moves[2][2] == pytest.approx(-pull, abs=1e-5)
    assert "1 − 0.1 × 0.1 = 0.99:" in words(app)  # 1 − ηλ2


def test_C22_the_l1_step_adds_to_a_negative_weight(open_page) -> None:
    setup = Setup(epochs=40, l1=0.001)
    found = compute(setup)
    weights = found.replay[40].weights[0][found.member("l1")]
    source, target = np.argwhere(weights < -0.05)[0]
    app = open_page(
        "training", lang="en", training_step="true", training_epochs=40, training_l1="0.001",
        training_step_which="own", training_step_from=source + 1, training_step_to=target + 1,
    )  # fmt: skip
    assert "0.1 × 0.001 = 0.0001 is **added**" in words(app)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("claim", "right", "wrong"), [("C22", "up", "down"), ("C23", "none", "some")])
def test_the_predictions_are_decided_by_computation(open_page, lang, claim, right, wrong) -> None:
    for guess, box in ((right, "success"), (wrong, "info")):
        app = open_page(
            "training", lang=lang, training_step="true", training_epochs=10, **{f"training_{claim}": guess}
        )
        assert not app.exception
        assert len(getattr(app, box)) == 1


@pytest.mark.parametrize(
    ("strength", "zone"), [("0.4", "Smooth"), ("1.5", "Stable"), ("2.0", "On the edge"), ("2.3", "Divergent")]
)
def test_C21_the_gauge_says_its_zone(open_page, strength: str, zone: str) -> None:
    app = open_page(
        "training", lang="en", training_step="true", training_epochs=10, training_step_strength=strength
    )
    assert f"**{zone}**" in words(app)
    assert app.metric[0].value == f"{1 - float(strength):+.2f}"
    assert "ηλ2 = 0.001; it would diverge from 2(1 + momentum) = 3.8" in words(app)


@pytest.mark.parametrize(("lang", "said"), [("en", "half its square"), ("ko", "제곱의 절반")])
def test_C20_the_l2_penalty_is_half_the_square_in_words_and_in_the_ledger(
    open_page, lang: str, said: str
) -> None:
    app = open_page("training", lang=lang, training_epochs=20, training_step="true", training_view="ledger")
    assert said in words(app)
    found = race(app)
    member = found.member("l2")
    square = sum(float((w[found.penalties.index("l2")] ** 2).sum()) for w in found.replay[20].weights)
    assert found.l2_penalty[20, member] == pytest.approx(0.01 / 2 * square, rel=1e-6)


def test_C23_three_ways_are_shown_with_their_zeros_and_killed_weights(open_page) -> None:
    from reglib.l1_steps import compare

    app = open_page("training", lang="en", training_step="true", training_epochs=10, training_C23="none")
    found = compare(0.25, 0.1, seed=0)
    table = app.table[0].value
    assert table["Weights exactly 0"].tolist() == [
        f"{found.zeros[r]:.0f} / 10" for r in ("subgradient", "freeze", "proximal")
    ]
    assert table["Starts that killed a needed weight"].tolist()[1] == f"{found.killed['freeze']} / 100"


@pytest.mark.parametrize(
    ("which", "said"),
    [("positive", "is **subtracted**"), ("negative", "is **added**"), ("zero", "is exactly 0")],
)
def test_C22_each_example_is_a_weight_of_its_kind_in_a_pruned_network(
    open_page, which: str, said: str
) -> None:
    app = open_page(
        "training", lang="en", training_step="true", training_l1="0.01", training_step_which=which
    )
    rows = step_rows(latex(app)[1])
    before, after = rows[0][2], rows[-1][2]
    if which == "zero":
        assert before == after == 0
    else:
        assert (before > 0.05) == (which == "positive")
        assert "sign" in latex(app)[1]
    assert said in words(app)


def test_C22_a_network_without_such_a_weight_says_so(open_page) -> None:
    app = open_page("training", lang="en", training_step="true", training_l1="1", training_epochs=20)
    assert "no positive weight" in words(app)


PREDICTIONS = {  # section, what decides, and further settings that it needs
    "C23": ("step", ["Weights exactly 0", "jitters"], {}),
    "C26": ("weights", ["Σ|w| held by the largest 10 %"], {}),
    "C27": ("weights", ["ReLU 0."], {}),
    "C30": ("strength", ["0.693", "collapsed to a constant"], {"sweep_penalty": "l1"}),
    "C29": ("strength", ["CSR "], {"sweep_penalty": "l1"}),
    "C28": ("inputs", ["worst perimeter", "came back"], {}),
    "C26b": ("inputs", ["lasso dropped", "was dropped in"], {}),
}


@pytest.mark.parametrize("claim", sorted(PREDICTIONS))
def test_what_decides_a_prediction_is_shown_only_after_the_guess(open_page, claim: str) -> None:
    from pages.ui.text import Text

    section, decisive, settings = PREDICTIONS[claim]
    given = {f"training_{name}": value for name, value in settings.items()}
    options = list(Text("en", "training").labels(f"quiz.{claim}.options"))
    seen = []
    for guess in (None, options[0]):
        if guess:
            given[f"training_{claim}"] = guess
        app = open_page("training", lang="en", **{f"training_{section}": "true"}, **given)
        assert not app.exception
        if claim == "C29":  # the download below names its size, which decides nothing
            seen.append(" ".join(c.proto.alt for c in app.get("vega_lite_chart")))
            continue
        tables = " ".join(frame.value.to_csv() for frame in app.table)
        boxes = " ".join(box.value for box in [*app.success, *app.info])
        alts = [chart.proto.alt for chart in app.get("vega_lite_chart")]
        said = [item.proto.body for item in app.get("html") if "reglab-said" in item.proto.body]
        seen.append("\n".join([words(app), tables, boxes, *alts, *said]))
    assert not [word for word in decisive if word in seen[0]]
    assert [word for word in decisive if word in seen[1]]


def test_a_weight_that_the_network_does_not_have_is_its_last(open_page) -> None:
    app = open_page(
        "training", training_step="true", training_epochs=10, training_step_which="own",
        training_step_layer=9, training_step_from=99,
    )  # fmt: skip
    assert not app.exception


# --- section 2: inside the network ----------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "linear"])
def test_C25_norms_zeros_and_C26_concentration_are_those_of_the_paused_epoch(
    open_page, lang, activation
) -> None:
    from reglib import linearity

    app = open_page(
        "training", lang=lang, training_weights="true", training_epochs=60, training_activation=activation,
        training_C26="l2",
    )  # fmt: skip
    assert not app.exception
    found = compute(Setup(epochs=60, activation=activation))
    held = linearity.concentration(found.replay[60])
    table = app.table[0].value
    assert table["Σ|w|"].tolist() == [f"{value:,.2f}" for value in found.sum_abs[-1]]
    assert table["Σw²"].tolist() == [f"{value:,.2f}" for value in found.sum_squares[-1]]
    assert table.iloc[:, 3].tolist() == [f"{value:.0%}" for value in held]
    zeros = found.zeros[-1, 1]
    assert table.iloc[1, 4] == f"{zeros[0]}/16, {zeros[1]}/64, {zeros[2]}/8"


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "L1, L2: the weights have collapsed"), ("ko", "L1, L2: 가중치가 거의 0으로")]
)
def test_C26_nothing_is_decided_about_networks_that_have_collapsed(open_page, lang: str, said: str) -> None:
    strong = {"training_l1": 0.1, "training_l2": 0.3, "training_C26": "l1"}
    app = open_page("training", lang=lang, training_weights="true", **strong)
    assert not app.success
    assert [box.value for box in app.info if said in box.value]


def test_C26_at_the_start_the_networks_are_the_same_and_nothing_is_decided(open_page) -> None:
    app = open_page("training", lang="en", training_weights="true", training_epochs=30, training_C26="l1")
    pause_at(app, 0)
    assert not app.success
    assert [box.value for box in app.info if "At epoch 0" in box.value]


def test_C27_the_answer_is_about_a_tenth_as_the_question_is(open_page) -> None:
    app = open_page(
        "training", lang="en", training_weights="true", training_weights_factor="0.1", training_C27="same"
    )
    tanh = re.search(r"R² is ([\d.]+) for tanh", words(app))
    assert tanh
    assert f"For tanh it rises to {tanh[1]}." in app.success[0].value


def test_C27_linear_share_and_stand_in_are_said(open_page) -> None:
    from reglib import linearity

    app = open_page("training", lang="en", training_weights="true", training_epochs=60)
    problem = prepare(Setup(epochs=60))
    networks = compute(Setup(epochs=60)).replay[60]
    for share, r2 in zip(
        linearity.linear_share(networks, problem.X["test"]),
        linearity.linear_r2(networks, problem.X["test"]),
        strict=True,
    ):
        assert f"{share:.0%} of the z" in words(app)
        assert f"stand-in is {r2:.3f}" in words(app)
    hidden = networks.preactivations(problem.X["test"])[:-1]
    z = [np.concatenate([layer[k].ravel() for layer in hidden]) for k in range(3)]
    highest = max((np.histogram(part, np.linspace(-6, 6, 49))[0] / len(part)).max() for part in z)
    tops = [
        json.loads(chart.proto.spec)["layer"][0]["layer"][1]["encoding"]["y"]["scale"]["domain"][1]
        for chart in app.get("vega_lite_chart")
        if chart.proto.alt.startswith("Pre-activations")
    ]
    assert len(tops) == 3
    assert highest <= tops[0] == tops[1] == tops[2] <= highest + 0.1


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("claim", "right", "wrong"), [("C26", "l1", "l2"), ("C27", "same", "more")])
def test_what_the_network_shows_decides_the_predictions(open_page, lang, claim, right, wrong) -> None:
    for guess, box in ((right, "success"), (wrong, "info")):
        app = open_page("training", lang=lang, training_weights="true", **{f"training_{claim}": guess})
        assert not app.exception
        assert len(getattr(app, box)) == 1


@pytest.mark.parametrize(
    ("settings", "images"),
    [
        ({"units": 17}, 3),
        ({"data": "digits", "n": 100}, 3),
        ({"layers": 4, "units": 3}, 0),
        ({"data": "breast_cancer"}, 0),
    ],
)
def test_large_networks_are_shown_as_matrices_and_others_unit_by_unit(open_page, settings, images) -> None:
    given = {f"training_{name}": value for name, value in settings.items()}
    app = open_page("training", training_weights="true", training_epochs=5, **given)
    assert not app.exception
    assert len(app.get("image")) == images


# --- section 3: how much λ ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sweep_of_l1():
    from pages.sections.training.strength import SEEDS, STRENGTHS
    from reglib.sweep import SweepRun

    setup = Setup()
    run = SweepRun(setup, prepare(setup), "l1", STRENGTHS, SEEDS)
    while not run.done:
        run.advance(60)
    return run.result()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_C30_the_sweep_says_what_is_too_weak_right_and_too_strong(open_page, lang, sweep_of_l1) -> None:
    app = open_page(
        "training", lang=lang, training_strength="true", training_sweep_penalty="l1", training_C30="constant"
    )
    assert not app.exception
    test = np.median(sweep_of_l1.loss["test"], axis=1)
    for value in (test[0], test[sweep_of_l1.best], test[-1]):
        assert f"{value:.3f}" in words(app)
    assert f"{sweep_of_l1.strengths[sweep_of_l1.best]:g}" in words(app)
    assert len(app.success) == 1
    assert len(sweep_of_l1.strengths) >= 15
    assert sweep_of_l1.loss["test"].shape[1] >= 8


def test_C29_half_zeros_do_not_pay_in_csr(open_page, sweep_of_l1) -> None:
    app = open_page(
        "training", lang="en", training_strength="true", training_sweep_penalty="l1", training_C29="dense"
    )
    # 2-8-8-1: 88 weights, 44 of them 0: 44 values and columns of 8 B, 3 + 9 + 9 row pointers, 17 intercepts of 4 B.
    assert sweep_of_l1.bytes["dense"][0, 0] == 4 * (88 + 17)
    assert len(app.success) == 1
    assert (
        f"44 of the 88 weights 0, dense takes 420 bytes and CSR {8 * 44 + 4 * 21 + 4 * 17:,}."
        in app.success[0].value
    )
    assert "more than 54 zeros" in app.success[0].value  # 8·(88 − z) + 152 < 420 from z = 55 on


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
def test_a_strength_of_the_sweep_trains_the_race(open_page, penalty) -> None:
    app = open_page("training", training_strength="true", training_sweep_penalty=penalty, training_epochs=20)
    app.selectbox(key="_training_sweep_load").set_value(0.05).run()
    app.button(key="training_sweep_go").click().run()
    assert not app.exception
    setup = race(app).setup
    assert (setup.l1 == 0.05) == (penalty != "l2")
    assert (setup.l2 == 0.05) == (penalty != "l1")
    assert ("elastic" in setup.penalties) == (penalty == "elastic")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_sweep_that_diverged_decides_nothing_and_says_what_to_change(open_page, lang) -> None:
    app = open_page(
        "training", lang=lang, training_strength="true", training_weights="true", training_data="diabetes",
        training_learning_rate="1", training_epochs=20, training_C30="constant",
    )  # fmt: skip
    assert not app.exception
    assert any("128" in warning.value and "η" in warning.value for warning in app.warning)
    assert not app.success
    assert not app.info
    assert not re.search(r"\d{9}", words(app))
    gone = "(발산)" if lang == "ko" else "(diverged)"
    assert any(f"**L1 {gone}**" == element.value for element in app.markdown)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_warm_up_map_says_how_many_collapse_and_loads_a_cell(open_page, lang) -> None:
    from pages.sections.training import strength
    from reglib.sweep import WarmupRun

    setup = Setup(data="circles", noise=0.1)
    run = WarmupRun(
        setup, prepare(setup), "l2", strength.MAP_STRENGTHS, strength.MAP_WARMUPS, strength.MAP_SEEDS
    )
    while not run.done:
        run.advance(60)
    found = run.result()
    cold, warm = ((found.verdict[:, j] == "collapsed").sum() for j in (0, 3))
    assert warm < cold
    app = open_page("training", lang=lang, training_strength="true", training_epochs=20)
    assert f"**{cold}" in words(app)
    assert f"**{warm}" in words(app)
    app.button(key="training_map_go").click().run()
    assert race(app).setup == Setup(data="circles", noise=0.1, l1=0.0, l2=0.03, warmup=50)


def test_the_pruned_model_is_offered_with_its_sizes_and_code(open_page) -> None:
    from reglib import storage

    app = open_page("training", lang="en", training_strength="true")
    networks = compute(Setup()).replay[60]
    model, sizes = storage.prune(networks, 1), storage.sizes(networks)
    assert app.code[0].value.strip() == storage.loader(model).strip()
    for value in (sizes.dense[1], sizes.csr[1], sizes.pruned[1]):
        assert f"{value:,} bytes" in words(app)


# --- section 4: which inputs survive --------------------------------------------------------------


@pytest.fixture(scope="module")
def cancer():
    from pages.sections.training.inputs import STRENGTHS
    from reglib.race import MOST_ROWS
    from reglib.survivors import lasso_survivors

    return lasso_survivors(prepare(Setup(data="breast_cancer", n=MOST_ROWS)), STRENGTHS)


def test_C28_the_map_shows_no_input_coming_back_before_the_guess(open_page) -> None:
    def columns(**asked: str) -> dict[str, set[str]]:
        app = open_page("training", lang="en", training_inputs="true", training_epochs=5, **asked)
        proto = next(c.proto for c in app.get("vega_lite_chart") if c.proto.alt.startswith("Map of the"))
        cells = pa.ipc.open_stream(
            next(d.data.data for d in proto.datasets if d.name == "cells")
        ).read_pandas()
        return {strength: set(rows["name"]) for strength, rows in cells.groupby("strength")}

    shown, whole = columns(), columns(training_C28="back")
    in_order = [shown[strength] for strength in sorted(shown, key=float)]
    assert len(in_order) >= 5
    assert all(after <= before for before, after in itertools.pairwise(in_order))
    assert shown.keys() < whole.keys()
    assert all(whole[strength] == names for strength, names in shown.items())


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_C28_survivors_are_counted_and_those_that_came_back_are_named(open_page, lang, cancer) -> None:
    app = open_page("training", lang=lang, training_inputs="true", training_epochs=5, training_C28="back")
    assert not app.exception
    used = (cancer.weights != 0).sum(axis=1)
    i = list(cancer.strengths).index(0.05)
    assert str(used[i]) in words(app)
    assert f"{cancer.accuracy[i]:.1%}" in words(app)
    assert "worst perimeter" in words(app)
    assert len(app.success) == 1


def test_C26_near_copies_are_dropped_by_lasso_and_never_by_ridge(open_page) -> None:
    from reglib.survivors import CopyRun

    run = CopyRun(0.25, seed=0)
    while not run.done:
        run.advance(60)
    found = run.result()
    assert found.refits == 200
    app = open_page("training", lang="en", training_inputs="true", training_epochs=5, training_C26b="often")
    assert (
        f"dropped A in **{found.lasso[0]:.0%}** and B in **{found.lasso[1]:.0%}**; ridge in **0%**"
        in words(app)
    )
    assert len(app.success) == 1


def test_pixels_follow_lambda(open_page) -> None:
    from pages.sections.training.inputs import PIXEL_STRENGTHS
    from reglib.race import MOST_ROWS
    from reglib.survivors import pixel_survivors

    found = pixel_survivors(prepare(Setup(data="digits", n=MOST_ROWS)), PIXEL_STRENGTHS)
    app = open_page(
        "training", lang="en", training_inputs="true", training_epochs=5, training_pixels_l1="0.1"
    )
    alive = (found.weights[list(PIXEL_STRENGTHS).index(0.1)] != 0).sum()
    assert f"**{alive}** of 64 pixels" in words(app)


# --- section 5: the reader's data -----------------------------------------------------------------


def csv(columns: dict[str, list]) -> bytes:
    rows = [
        ",".join(columns),
        *(",".join(str(v) for v in row) for row in zip(*columns.values(), strict=True)),
    ]
    return "\n".join(rows).encode()


def upload(app: AppTest, data: bytes, name: str = "my.csv") -> AppTest:
    app.file_uploader[0].upload(name, data, "text/csv").run()
    return app


def table(n: int = 60, columns: int = 3) -> dict[str, list]:
    rng = np.random.default_rng(0)
    return {f"c{j}": rng.standard_normal(n).round(3).tolist() for j in range(columns)}


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("kind", ["binary", "labels", "whole", "regression"])
def test_a_readers_table_is_recognised_said_and_raced(open_page, lang, kind) -> None:
    columns = table()
    target = {
        "binary": ["yes", "no"] * 30,
        "labels": ["a", "b", "c"] * 20,
        "whole": [1, 2, 3, 4] * 15,
        "regression": [x + 0.1 for x in columns["c0"]],
    }[kind]
    app = upload(
        open_page("training", lang=lang, training_own="true", training_epochs=20),
        csv({**columns, "target": target}),
    )
    assert not app.exception
    said = {
        "binary": ("두 부류", "two classes"), "labels": ("여러 부류", "several classes"),
        "whole": ("여러 부류", "several classes"), "regression": ("회귀", "regression"),
    }[kind]  # fmt: skip
    assert said[lang == "en"] in words(app)
    app.button(key="training_own_race").click().run()
    assert not app.exception
    assert race(app).setup.data == "own"
    assert race(app).setup.n == 60
    assert app.session_state["training_shown"].problem.rows("train") == 36
    for view in ("ledger", "scores"):
        app.session_state["training_view"] = view
        app.run()
        assert not app.exception


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    "columns",
    [
        {"a": [1.5, 2.5, 3.5], "b": [1, 0, 1]},  # three rows
        {**table(), "target": ["same"] * 60},  # one class
        {**table(), "target": [7.5] * 60},  # a constant
        {"a": [1.0] * 60, "b": [2.0] * 60, "target": [0, 1] * 30},  # constant features
        {"name": [f"n{i}" for i in range(60)], "target": [0, 1] * 30},  # no numbers
        {**table(), "target": [f"n{i}" for i in range(60)]},  # too many classes
        {**table(12), "target": list("aabbccddeeff")},  # classes of two rows
    ],
    ids=[
        "three_rows",
        "one_class",
        "constant",
        "constant_features",
        "no_numbers",
        "too_many_classes",
        "rare",
    ],
)
def test_an_unusable_table_gets_one_sentence(open_page, lang, columns) -> None:
    app = upload(open_page("training", lang=lang, training_own="true", training_epochs=5), csv(columns))
    assert not app.exception
    assert len(app.error) == 1
    assert "[[" not in app.error[0].value
    assert "_training_table" not in app.session_state  # the menu of data offers none


def test_two_hundred_columns_and_hostile_names_are_raced(open_page) -> None:
    columns = table(40, 198)
    columns = {f"<b>{name}</b>|$x$": values for name, values in columns.items()}
    app = open_page("training", training_own="true", training_epochs=5, training_weights="true")
    upload(app, csv({**columns, "*t*": ["[a](b)", "`c`"] * 20}))
    assert not app.exception
    app.button(key="training_own_race").click().run()
    assert not app.exception
    assert race(app).setup.data == "own"
    app.session_state["training_view"] = "scores"
    app.run()
    assert not app.exception
    assert "[a](b)" not in words(app)


def test_the_target_offered_first_is_the_last_filled_column_of_each_new_file(open_page) -> None:
    app = upload(
        open_page("training", training_own="true", training_epochs=5),
        csv({**table(), "t": [0, 1] * 30, "": [""] * 60}),
    )
    assert app.selectbox(key="training_own_target").value == 3
    assert not app.error
    app.selectbox(key="training_own_target").select(0).run()
    upload(app, csv(table(40, 3)), "other.csv")
    assert app.selectbox(key="training_own_target").value == 2
    assert not app.exception


def test_removing_the_file_goes_back_to_the_built_in_data(open_page) -> None:
    app = upload(
        open_page("training", training_own="true", training_epochs=5), csv({**table(), "t": [0, 1] * 30})
    )
    app.button(key="training_own_race").click().run()
    app.button(key="training_upload_remove").click().run()
    app.run()
    assert not app.exception
    assert race(app).setup.data == "moons"


def noisy(slope: float) -> bytes:
    """Give a table whose target follows its columns, or with slope 0 does not; the columns are always the same."""
    columns = table(100, 2)
    y = slope * np.array(columns["c0"]) + np.random.default_rng(1).normal(size=100)
    return csv({**columns, "y": y.round(3).tolist()})


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_another_table_with_the_same_columns_is_another_race_and_another_sweep(open_page, lang) -> None:
    changed = {"ko": "설정이나 데이터가 바뀌었", "en": "Settings or data have changed"}[lang]
    app = open_page(
        "training", lang=lang, training_own="true", training_epochs=5, training_strength="true",
        training_sweep_penalty="l1", training_map_penalty="l2",
    )  # fmt: skip
    upload(app, noisy(2.0), "first.csv")
    app.button(key="training_own_race").click().run()
    first = app.session_state["_training_sweep"][1]
    assert changed not in words(app)
    assert not app.button(key="training_continue").disabled
    upload(app, noisy(0.0), "second.csv")
    assert changed in words(app)
    assert app.button(key="training_continue").disabled
    app.button(key="training_own_race").click().run()
    assert not app.exception
    second = app.session_state["_training_sweep"][1]
    assert not np.allclose(first.loss["test"], second.loss["test"])
    fresh = open_page(
        "training", lang=lang, training_own="true", training_epochs=5, training_strength="true",
        training_sweep_penalty="l1", training_map_penalty="l2",
    )  # fmt: skip
    upload(fresh, noisy(0.0), "second.csv").button(key="training_own_race").click().run()
    assert np.array_equal(fresh.session_state["_training_sweep"][1].loss["test"], second.loss["test"])


def test_another_target_of_the_same_table_is_a_change(open_page) -> None:
    app = upload(
        open_page("training", lang="en", training_own="true", training_epochs=5),
        csv({**table(), "t": [0, 1] * 30}),
    )
    app.button(key="training_own_race").click().run()
    assert "Settings or data have changed" not in words(app)
    app.selectbox(key="training_own_target").select(0).run()
    assert "Settings or data have changed" in words(app)
    assert app.button(key="training_continue").disabled
    app.selectbox(key="training_own_target").select(3).run()
    assert "Settings or data have changed" not in words(app)
    assert not app.button(key="training_continue").disabled


def test_a_regression_on_the_readers_table_is_scored_by_R2_also_below_0(open_page) -> None:
    app = open_page(
        "training", lang="en", training_own="true", training_epochs=5, training_strength="true",
        training_sweep_penalty="l1", training_map_penalty="l2",
    )  # fmt: skip
    upload(app, noisy(0.0)).button(key="training_own_race").click().run()
    found = app.session_state["_training_sweep"][1]
    assert np.median(found.score["test"], axis=1).min() < 0
    specs = [json.loads(c.proto.spec) for c in app.get("vega_lite_chart")]
    scales = [
        layer["encoding"]["y"]["scale"] for spec in specs for layer in spec.get("layer", [])
        if layer.get("encoding", {}).get("y", {}).get("title") == "Test R²"
    ]  # fmt: skip
    assert scales
    assert -1 <= scales[0]["domain"][0] <= max(-1, np.quantile(found.score["test"], 0.25, axis=1).min())
    assert "Test accuracy" not in [
        layer.get("encoding", {}).get("y", {}).get("title")
        for spec in specs
        for layer in spec.get("layer", [])
    ]


def test_the_gauge_names_the_race_only_where_it_is_marked(open_page) -> None:
    for momentum, names in (("0.9", ["here"]), ("0", ["here", "race"])):
        app = open_page(
            "training", lang="en", training_step="true", training_epochs=5, training_momentum=momentum
        )
        (chart,) = [c for c in app.get("vega_lite_chart") if '"zones"' in c.proto.spec]
        shapes = [
            layer["encoding"]["shape"]
            for layer in json.loads(chart.proto.spec)["layer"]
            if "shape" in layer["encoding"]
        ]
        assert shapes[0]["scale"]["domain"] == names


def test_no_picture_of_the_sweep_goes_beyond_what_is_shown_before_the_guess(open_page) -> None:
    for guess, highest in (({}, 0.05), ({"training_C30": "best"}, 1.0)):
        app = open_page(
            "training", lang="en", training_strength="true", training_sweep_penalty="l1", training_C29="dense",
            training_epochs=5, training_map_penalty="l2", **guess,
        )  # fmt: skip
        sent = [
            pa.ipc.open_stream(io.BytesIO(data.data.data)).read_all().to_pandas()
            for chart in app.get("vega_lite_chart")
            for data in chart.proto.datasets
            if data.name == "lines"
        ]
        along = [table for table in sent if "strength" in table]
        assert len(along) == 5
        best = app.session_state["_training_sweep"][1]
        best = best.strengths[best.best]
        assert {float(table["strength"].max()) for table in along} == {max(highest, best)}


def test_a_target_or_a_file_that_cannot_be_used_leaves_the_race_as_it_is(open_page) -> None:
    columns = {**table(), "k": [7] * 60, "t": [0, 1] * 30}
    app = upload(open_page("training", lang="en", training_own="true", training_epochs=5), csv(columns))
    app.button(key="training_own_race").click().run()
    shown = app.session_state["training_shown"]
    app.selectbox(key="training_own_target").select(3).run()
    assert len(app.error) == 1
    assert app.session_state["training_shown"] is shown
    app.selectbox(key="training_own_target").select(4).run()
    assert app.session_state["training_shown"] is shown
    assert "Settings or data have changed" not in words(app)
    upload(app, b"PK\x03\x04zip", "bad.csv")
    assert len(app.error) == 1
    assert app.session_state["training_shown"] is shown
    app.button(key="training_train").click().run()
    assert race(app).setup.data == "own"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_decided_claim_is_told_in_the_language_in_which_it_is_read(open_page, lang, sweep_of_l1) -> None:
    other = {"ko": "en", "en": "ko"}[lang]
    app = open_page(
        "training", lang=lang, training_strength="true", training_sweep_penalty="l1", training_C29="dense"
    )
    app.query_params["lang"], app.query_params["home_court"] = other, "true"
    app.switch_page("app.py").run()
    told = "\n".join(item.proto.body for item in app.get("html"))
    assert {"ko": "54개보다 많아야", "en": "more than 54 zeros"}[other] in told
    assert {"ko": "54개보다 많아야", "en": "more than 54 zeros"}[lang] not in told
