"""Choices: the code is in the link, the label is in the reader's language, and a bad link does no harm."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest


def choosing() -> None:
    import streamlit as st

    from pages.ui import controls

    st.session_state.setdefault("lesson", "a")
    controls.page_changed(st.session_state["lesson"])
    if st.session_state["lesson"] != "a":
        st.stop()
    labels = {"one": "하나", "two": "둘", "three": "셋"}
    for kind in ("segments", "list", "radio"):
        code = controls.choice(kind, labels, key=f"a_{kind}", default="one", kind=kind)
        st.caption(f"{kind}={code}")
    st.caption(f"guess={controls.guess('?', labels, key='a_guess')}")
    st.json(controls.kept("a"))


def said(app: AppTest) -> dict[str, str]:
    return dict(caption.value.split("=") for caption in app.caption)


def opened(**params: str) -> AppTest:
    app = AppTest.from_function(choosing)
    for key, value in params.items():
        app.query_params[key] = value
    return app.run()


KINDS = ("segments", "list", "radio")


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_chooses_by_code(kind: str) -> None:
    assert said(opened(**{f"a_{kind}": "two"}))[kind] == "two"


@pytest.mark.parametrize("bad", ["", "둘", "nonsense", "None", "ONE"])
def test_a_link_that_names_no_option_leaves_the_default(bad: str) -> None:
    app = opened(**{f"a_{kind}": bad for kind in KINDS}, a_guess=bad)
    assert not app.exception
    assert said(app) == {"segments": "one", "list": "one", "radio": "one", "guess": "None"}


def test_the_default_stays_out_of_the_link_and_another_code_goes_in() -> None:
    app = opened()
    assert not app.query_params
    app.radio[0].set_value("three").run()
    assert app.query_params == {"a_radio": "three"}
    assert said(app)["radio"] == "three"


def test_going_back_to_the_default_says_so_in_the_link_only_if_the_link_said_otherwise() -> None:
    app = opened(a_list="two")
    app.selectbox[0].set_value("one").run()
    assert app.query_params in ({"a_list": "one"}, {})
    assert said(opened(**{k: str(v) for k, v in app.query_params.items()}))["list"] == "one"


def test_a_click_that_follows_another_at_once_wins_over_the_address_of_before() -> None:
    app = opened()
    app.radio[0].set_value("two").run()
    for then, url in (
        ("three", {"a_radio": "three"}),
        ("one", {"a_radio": "one"}),
        ("two", {"a_radio": "two"}),
    ):
        app.query_params.clear()  # the browser has not heard of the address that was written
        app.radio[0].set_value(then).run()
        assert said(app)["radio"] == then
        assert app.query_params == url
    app.query_params.clear()
    app.selectbox[0].set_value("two").run()  # nor has it at another control's click
    assert said(app)["radio"] == said(app)["list"] == "two"
    time.sleep(0.6)
    app.query_params.clear()  # now it is the Back button
    assert said(app.run())["radio"] == "one"


def test_a_guess_withdrawn_at_once_leaves_the_link() -> None:
    app = opened()
    app.get("button_group")[1].set_value("three").run()
    app.query_params.clear()
    app.get("button_group")[1].set_value(None).run()
    assert said(app)["guess"] == "None"
    assert not app.query_params


def test_the_back_button_wins_over_what_was_chosen() -> None:
    app = opened(a_segments="two")
    app.query_params["a_segments"] = "three"  # the browser went back to another address of this page
    assert said(app.run())["segments"] == "three"
    del app.query_params["a_segments"]
    assert said(app.run())["segments"] == "one"


@pytest.mark.parametrize("by_our_link", [True, False])
def test_a_choice_survives_a_visit_to_another_page_by_our_own_links(by_our_link: bool) -> None:
    app = opened(a_radio="two")
    app.session_state["lesson"] = "b"
    app.run()
    carried = dict(app.session_state["_choices_kept"])
    assert carried == {"a_radio": "two"}
    app.query_params.clear()
    if by_our_link:
        app.query_params.update(carried)
    app.session_state["lesson"] = "a"
    assert said(app.run())["radio"] == ("two" if by_our_link else "one")


def test_a_guess_is_none_until_made_and_then_in_the_link() -> None:
    app = opened()
    assert said(app)["guess"] == "None"
    app.get("button_group")[1].set_value("three").run()
    assert said(app)["guess"] == "three"
    assert app.query_params == {"a_guess": "three"}


def test_only_codes_other_than_the_default_are_kept_for_links_to_the_page() -> None:
    app = opened(a_list="two")
    assert '"a_list"' in app.json[0].value
    assert '"a_radio"' not in app.json[0].value


@pytest.mark.parametrize("steady", [True, False])
def test_only_a_choice_that_may_be_in_a_menu_is_set_by_every_run(steady: bool) -> None:
    def page(steady: bool) -> None:
        import streamlit as st

        from pages.ui import controls

        controls.page_changed("a")
        words = {"one": st.session_state.get("word", "하나"), "two": "둘"}
        controls.choice("?", words, key="a_list", default="one", kind="list", steady=steady)

    app = AppTest.from_function(page, args=(steady,))
    sent = [app.run().selectbox[0].proto.set_value for _ in range(4)]
    assert sent == [True, True, not steady, not steady]
    app.session_state["word"] = "one"  # in another language
    assert app.run().selectbox[0].proto.set_value
    app.selectbox[0].set_value("two").run()
    assert app.selectbox[0].proto.set_value  # an earlier value may still be on its way
    assert app.run().query_params == {"a_list": "two"}
