"""The training page in a real browser: train, replay, rewind, continue, stop; keyboard, phone, closing the tab."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

PLAYER = ".player"


def frame(page) -> int:
    return int(page.locator(PLAYER).get_attribute("data-frame"))


def ready(page) -> None:
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('.player[data-draws]'))"
        " || document.querySelector('.player[data-draws]')"
    )


def messages(page) -> list[bytes]:
    """Collect what the page sends to the server from now on."""
    sent: list[bytes] = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda payload: sent.append(payload)))
    return sent


def test_the_race_replays_at_fifty_frames_a_second_and_sends_nothing(visit) -> None:
    visitor = visit()
    sent = messages(visitor.page)
    page = visitor.open("training")
    ready(page)
    page.wait_for_timeout(500)
    page.get_by_role("button", name="재생").last.click()
    page.wait_for_timeout(300)
    before, start, count = (
        int(page.locator(PLAYER).get_attribute("data-draws")),
        time.perf_counter(),
        len(sent),
    )
    page.wait_for_timeout(2500)
    draws = int(page.locator(PLAYER).get_attribute("data-draws")) - before
    rate = draws / (time.perf_counter() - start)
    assert 0 < frame(page) < 60
    assert len(sent) == count
    assert rate >= 40, rate  # 57 on an idle machine; this one may be shared
    page.get_by_role("button", name="멈춤").click()
    visitor.settle()
    assert len(sent) > count
    visitor.assert_fine()


def test_scrubbing_and_arrow_keys_move_the_frame_and_the_numbers_follow(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training", training_epochs=60)
    ready(page)
    slider = page.locator(PLAYER).locator("input[type=range]")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert frame(page) == 40
    page.wait_for_timeout(600)
    visitor.settle()
    assert "At epoch 40 " in page.locator(PLAYER).get_attribute("aria-label")
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("ArrowRight")
    assert frame(page) == 41
    curve = page.locator(f"{PLAYER} .losses canvas").first
    box = curve.bounding_box()
    curve.hover(position={"x": box["width"] / 2, "y": 40})
    assert re.match(
        r"epoch \d+: No penalty 0\.\d{3}, L1 0\.\d{3}, L2 0\.\d{3}$", curve.get_attribute("title")
    )
    assert frame(page) == 41  # pointing moves nothing, pressing does
    curve.click(position={"x": box["width"] / 2, "y": 40})
    assert 20 < frame(page) < 40
    visitor.settle()
    page.get_by_role("button", name=f"Continue from epoch {frame(page)}").wait_for()
    rows = page.locator(f"{PLAYER} .map canvas").nth(1)
    before = rows.evaluate("e => e.toDataURL()")
    page.get_by_role("button", name="Show test rows").click()
    assert rows.evaluate("e => e.toDataURL()") != before
    assert page.get_by_role("button", name="Show test rows").get_attribute("aria-pressed") == "true"
    visitor.assert_fine()


def test_rewind_and_continue_with_another_penalty(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training", training_epochs=60)
    ready(page)
    slider = page.locator(PLAYER).locator("input[type=range]")
    slider.fill("25")
    page.wait_for_timeout(700)
    visitor.settle()
    page.get_by_role("button", name="Continue from epoch 25").click()
    visitor.settle()
    page.wait_for_timeout(400)
    assert "epoch 85 / 85" in page.locator(f"{PLAYER} output").inner_text()
    page.get_by_text("Loss ledger", exact=True).click()
    visitor.settle()
    books = page.locator("[class*=st-key-picture_training_ledger_] svg.marks")
    books.nth(2).wait_for()
    assert books.count() == 3
    strip = books.nth(1).locator(".mark-rect path").nth(5)  # every fifth epoch is recorded
    box = strip.bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 60)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    epoch = page.locator("#vg-tooltip-element tr", has_text="Epoch")
    expect(epoch).to_have_text(re.compile(r"Epoch\s*5$"))
    visitor.assert_fine()


SEEN = """() => [...document.querySelectorAll('[class*="st-key-training_seen_"]')]
  .filter(e => getComputedStyle(e).visibility === 'visible' && e.getBoundingClientRect().height > 99)
  .map(e => [...e.classList].find(c => c.startsWith('st-key-')).slice('st-key-training_seen_'.length))"""


@pytest.mark.parametrize("width", [1280, 390])
def test_a_view_seen_before_shows_without_an_answer(visit, width: int) -> None:
    visitor = visit(locale="en-US", viewport={"width": width, "height": 844})
    page = visitor.open("training", training_epochs=30)
    ready(page)
    buttons = dict(
        zip(("replay", "ledger", "scores"), page.locator(".st-key-training_view button").all(), strict=True)
    )
    assert page.evaluate(SEEN) == ["replay"]
    for view in ("ledger", "scores"):
        buttons[view].click()
        page.locator(f"[class*=picture_training_{view}_] svg.marks").nth(2).wait_for()
        visitor.settle()
        assert page.evaluate(SEEN) == [view]
    drawn = page.locator("svg.marks, canvas")
    drawn.evaluate_all("all => all.forEach(e => e.setAttribute('data-kept', ''))")
    for view in ("replay", "ledger", "scores", "replay"):
        buttons[view].click()
        assert page.evaluate(SEEN) == [view]  # before the server can have answered
        visitor.settle()
        assert page.evaluate(SEEN) == [view]
    assert all(drawn.evaluate_all("all => all.map(e => 'kept' in e.dataset)"))  # nothing was drawn again
    visitor.assert_fine()


def test_leaving_the_replay_while_it_plays_pauses_it_and_the_scores_are_of_that_epoch(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training")
    ready(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(500)
    page.get_by_text("Scores", exact=True).click()
    said = page.locator("[data-testid=stCaptionContainer]", has_text="at epoch")
    expect(said).not_to_contain_text("at epoch 300")
    visitor.settle()
    assert page.evaluate(SEEN) == ["scores"]
    stands = re.search(r"at epoch (\d+)", said.inner_text())
    page.get_by_text("Replay", exact=True).click()
    visitor.settle()
    assert stands
    expect(page.locator(f"{PLAYER} output")).to_have_text(re.compile(rf"epoch {stands[1]} /"))
    visitor.assert_fine()


def test_a_table_breaks_no_korean_word_on_a_phone(visit) -> None:
    page = visit(viewport={"width": 390, "height": 844}).open("training", lang="ko", training_view="scores")
    head = page.locator("[data-testid=stTable] th p", has_text="신경망").first
    box = head.bounding_box()
    assert box["height"] < 1.8 * head.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"), box


def test_the_gauge_keeps_its_size_from_answer_to_answer(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training", training_step="true", training_epochs=10)
    plot = page.locator(".st-key-picture_training_step_gauge svg.marks .background").first
    before = plot.get_attribute("d")
    for _ in range(3):
        page.locator(".st-key-training_step_strength input").first.press("ArrowRight")
        visitor.settle()
        assert plot.get_attribute("d") == before
    visitor.assert_fine()


def test_stop_keeps_what_is_there(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.page
    page.goto(f"{visitor.server}/training?lang=en&training_epochs=5000&training_units=64&training_layers=4")
    watched = page.locator(f"{PLAYER}.live[data-draws]")
    watched.first.wait_for(timeout=30_000)  # the pictures of now, while it trains
    said = watched.last.locator("output").inner_text()
    assert re.match(r"epoch \d+ / \d+", said)
    page.locator(".st-key-training_race_stop button").click(timeout=30_000)
    page.locator(f"{PLAYER}:not(.live)").wait_for()
    ready(page)
    visitor.settle()
    found = re.search(r"Stopped at epoch (\d+)", visitor.text())
    assert found
    assert int(found[1]) < 5000
    visitor.assert_fine()


def test_what_a_menu_shows_is_what_is_trained_however_late_it_is_opened(visit) -> None:
    visitor = visit()
    page = visitor.open("training", lang="en", training_data="circles", training_epochs=10)
    for view in ("Loss ledger", "Scores", "Replay"):
        page.get_by_text(view, exact=True).click()
        visitor.settle()
    page.get_by_role("button", name="Data").click()
    expect(page.locator(".st-key-training_data input").first).to_have_value("Circles")
    page.keyboard.press("Escape")
    page.get_by_text("Scores", exact=True).click()
    visitor.settle()
    assert "training_data=circles" in page.url
    visitor.assert_fine()


def test_a_link_to_other_settings_trains_them_in_the_same_visit(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training", training_epochs=30, lang="en")
    ready(page)
    page.evaluate(
        """() => { history.pushState({}, '', '/training?lang=en&training_epochs=45');
                   window.dispatchEvent(new PopStateEvent('popstate', {state: {}})); }"""
    )
    page.wait_for_timeout(500)
    visitor.settle()
    assert "At epoch 45 " in page.locator(PLAYER).get_attribute("aria-label")
    visitor.assert_fine()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_everything_of_the_main_view_is_on_a_laptop_screen(visit, lang: str) -> None:
    visitor = visit(viewport={"width": 1366, "height": 650})
    page = visitor.open("training", lang=lang, training_elastic="true")
    ready(page)
    words = "[data-testid=stCaptionContainer] p:text-matches('조기 종료라면|Early stopping would')"
    button = ".st-key-training_warm"
    for view, places in (
        ("replay", (f"{PLAYER} output", f"{PLAYER} canvas >> nth=-1", words, button)),
        ("ledger", ("[class*=picture_training_ledger_] svg.marks >> nth=-1", words, button)),
        (
            "scores",
            ("[class*=picture_training_scores_] svg.marks >> nth=-1", "[data-testid=stTable]", button),
        ),
    ):
        if view != "replay":
            page.locator(".st-key-training_view button").nth(
                ("replay", "ledger", "scores").index(view)
            ).click()
            page.locator(f"[class*=picture_training_{view}_] svg.marks").nth(3).wait_for()
            visitor.settle()
        for place in places:
            box = page.locator(place).bounding_box()
            assert box["y"] + box["height"] <= 650, (view, place)
            assert box["x"] + box["width"] <= 1366, (view, place)
    page = visitor.open(
        "training", lang=lang, training_data="diabetes", training_learning_rate=1, training_epochs=60
    )
    ready(page)
    assert page.locator("[data-testid=stAlert]").count() == 1  # it diverges, and what to change is said above
    for place in (f"{PLAYER} output", button):
        box = page.locator(place).bounding_box()
        assert box["y"] + box["height"] <= 650, place


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_every_picture_is_whole(visit, dark: bool) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, color_scheme="dark" if dark else "light")
    page = visitor.open("training", training_elastic="true", training_epochs=30)
    ready(page)
    boxes = page.locator(f"{PLAYER} canvas").evaluate_all(
        "all => all.map(e => { const b = e.getBoundingClientRect(); return [b.left, b.right, b.height]; })"
    )
    assert len(boxes) == 4 * 3 + 2
    assert all(left >= 0 and right <= 390 and height > 50 for left, right, height in boxes)
    visitor.assert_fine()


SECTIONS = {f"training_{name}": "true" for name in ("step", "weights", "strength", "inputs", "own")}


@pytest.mark.parametrize(("lang", "dark"), [("ko", False), ("en", True)])
def test_all_sections_fit_a_phone_in_both_languages_and_themes(visit, lang: str, dark: bool) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, color_scheme="dark" if dark else "light")
    page = visitor.open("training", lang=lang, **SECTIONS, training_sweep_penalty="l1")
    ready(page)
    page.wait_for_timeout(1500)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    assert page.locator("svg.marks, canvas.marks").count() >= 20
    wide = page.locator("svg.marks, canvas.marks").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().right > 391).length"
    )
    assert wide == 0
    visitor.assert_fine()


def test_a_click_on_a_strength_or_a_cell_trains_the_race_with_it(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training", training_strength="true", training_epochs=60)
    ready(page)
    picture = page.locator(".st-key-picture_training_sweep_chart svg.marks")
    picture.scroll_into_view_if_needed()
    dots = picture.locator(".mark-symbol path")
    dots.nth(9).wait_for()
    box = dots.nth(9).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("training_l2="))
    visitor.settle()
    assert re.search(r"training_l2=([\d.]+)", page.url)
    assert "Settings have changed" not in visitor.text()
    cells = page.locator(".st-key-picture_training_map_chart svg.marks .mark-rect path")
    cells.nth(19).scroll_into_view_if_needed()
    box = cells.nth(19).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("training_data=circles"))
    page.get_by_text("The race at the top is now the circles").wait_for()
    visitor.settle()
    visitor.assert_fine()


def test_a_readers_file_is_raced(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training", training_own="true", training_epochs=30)
    ready(page)
    rows = "\n".join(f"{i * 37 % 11},{i * 53 % 7},{'yes' if i * 37 % 11 > 5 else 'no'}" for i in range(80))
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": f"a,b,answer\n{rows}".encode()}
    )
    page.get_by_text("classification into two classes").wait_for()
    page.locator(".st-key-training_own_race button").click()
    page.get_by_text("48 rows to train").wait_for()
    visitor.settle()
    visitor.assert_fine()


def test_the_panels_of_the_player_can_be_used_by_keyboard_alone(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("training", training_epochs=60)
    ready(page)
    button = page.get_by_role("button", name="Play")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    visitor.settle()
    assert 0 < frame(page) < 60
    page.keyboard.press("Tab")
    before = frame(page)
    page.keyboard.press("ArrowLeft")
    assert frame(page) == before - 1
    visitor.assert_fine()
