"""Home: the two corrected sentences, live pictures, the list of what the post gets wrong, and material for a class."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from pages.sections.home import court
from pages.ui import links
from pages.ui.text import Text
from reglib import datasets, polynomial
from reglib.race import Run, Setup, prepare

TESTS = Path(__file__).parent.parent
CLAIMS = dict(
    re.findall(r"^\| (C\d\d) \|.*?\| (✗?) *\|", (TESTS / "claims.md").read_text(encoding="utf-8"), re.M)
)
WRONG = {claim for claim, mark in CLAIMS.items() if mark}


def html(app) -> str:
    return " ".join(item.proto.body for item in app.get("html"))


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_C32_both_sentences_link_to_the_state_that_shows_them(open_page, lang: str) -> None:
    app = open_page("home", lang=lang)
    body = html(app)
    assert f"overfitting?lang={lang}&amp;overfitting_lambda=true" in body
    assert f"training?lang={lang}&amp;training_weights=true" in body
    assert len(app.get("vega_lite_chart")) == 4


def test_the_cards_show_the_posts_numbers(open_page) -> None:
    captions = " ".join(item.value for item in open_page("home", lang="en").caption)
    for number in ("14", "10", "3,003", "5.04", "20 steps"):
        assert number in captions


def test_every_line_of_the_small_pictures_is_named_beside_it() -> None:
    from pages.sections.home.cards import cards

    names = {lesson: " ".join(card.data["names"]["name"]) for lesson, card in cards().items()}
    assert names["distance"] == "L1  14 L2  10"
    assert names["outliers"] == names["training"] == "L1 L2"
    best = cards()["overfitting"].numbers["best"]
    assert names["overfitting"] == f"1 15 {best}"


def test_the_list_has_every_wrong_statement_and_most_are_decided_by_a_page() -> None:
    assert set(court.PLACES) == WRONG
    assert sum(court.decided_on_a_page(Text("ko", "home"), claim) for claim in WRONG) >= 8


def test_every_claim_is_tested_and_every_id_in_a_test_is_a_claim() -> None:
    named = set()
    for path in TESTS.rglob("test_*.py"):
        named |= set(re.findall(r"(?<![A-Za-z0-9])C\d\d(?=[_\"\]b])", path.read_text(encoding="utf-8")))
    assert named == set(CLAIMS) == {f"C{number:02}" for number in range(1, 33)}


def test_a_correction_is_written_once() -> None:
    for lang in ("ko", "en"):
        text = Text(lang, "home")
        for claim in WRONG:
            if court.decided_on_a_page(text, claim):
                with pytest.raises(KeyError):
                    text(f"court.{claim}.says")
            else:
                assert text(f"court.{claim}.corrected")
                assert text(f"court.{claim}.source")


@pytest.mark.parametrize("claim", sorted(WRONG))
def test_a_link_of_the_list_opens_its_section_and_asks_its_question(open_page, claim: str) -> None:
    lesson, section = court.PLACES[claim]
    app = open_page(lesson, **{key: links.written(value) for key, value in court.state(claim).items()})
    assert not app.exception
    assert not section or app.session_state[f"{lesson}_{section}"] is True
    if court.decided_on_a_page(Text("ko", "home"), claim):
        question = Text("ko", lesson)(f"quiz.{claim}.question")
        assert question in [group.label for group in app.get("button_group")]


@pytest.mark.parametrize("guess", ["l1", "l2"])
def test_the_first_guess_counts_and_is_listed(open_page, guess: str) -> None:
    app = open_page("outliers", lang="en", outliers_C17=guess)
    app.switch_page("app.py")
    app.query_params["home_court"] = "true"
    app.query_params["lang"] = "en"
    app.run()
    intro = next(item.value for item in app.markdown if "Predicted and checked" in item.value)
    done, right = re.search(r"checked: (\d+) of .*first guess: (\d+)", intro).groups()
    assert (int(done), int(right)) == (1, int(guess == "l1"))
    assert "It is the other way round. With the outlier at y = " in html(app)
    assert "There is no outlier here" not in html(app)  # C16, not predicted yet


@pytest.mark.parametrize("lesson", ["distance", "outliers", "overfitting", "training"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_lesson_has_a_path_of_15_minutes_and_three_exercises(open_page, lesson: str, lang: str) -> None:
    path = Text(lang, "home").prose(f"path_{lesson}")
    assert sum(int(minutes) for minutes in re.findall(r"\*\*(\d+)(?:분| minutes)", path)) == 15
    closed = open_page("home", lang=lang, home_class="true", home_lesson=lesson)
    answers = [Text(lang, "home").prose(f"answer_{lesson}_{n}") for n in (1, 2, 3)]
    shown = [item.value for item in closed.info]
    assert not set(answers) & set(shown)
    closed.toggle(key=f"home_answer_{lesson}_2").set_value(True).run()
    assert answers[1] in [item.value for item in closed.info]


def test_the_answers_with_numbers_are_right() -> None:
    problem = prepare(Setup())
    run = Run(Setup(), problem)
    while not run.done:
        run.advance(1.0)
    race = run.result()
    best, test = race.best("none"), race.loss["test"][:, race.member("none")]
    points = datasets.make_curve("sine", 20, noise=0.3, seed=0)
    fits = polynomial.fit_degrees(points.x, points.y, 19, interval=points.interval)
    (degree, *_) = np.flatnonzero(fits.train_error < 1e-20)
    for lang in ("ko", "en"):
        text = Text(lang, "home")
        for number in (f"{race.epochs[best]:.0f}", f"{test[best]:.3f}", f"{test[-1]:.3f}", "300"):
            assert number in text.prose("answer_training_1")
        assert str(degree) in text.prose("answer_overfitting_1")


def test_every_lesson_is_on_the_first_page_and_can_be_shared() -> None:
    files = {path.stem for path in (Path(links.__file__).parent.parent).glob("*.py")} - {"__init__"}
    assert set(links.HEIGHTS) == files
    assert set(links.LESSONS) == files - {"home"}
