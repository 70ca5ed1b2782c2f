"""Controls whose value is in the URL, the same in every language, and survives page switches and reload.

Numbers, toggles and choices named alike in both languages are plain Streamlit widgets with
``bind="query-params"``. `choice` is for options whose labels are translated: Streamlit would write the translated
label into the link, so it writes the code itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

import streamlit as st

_IN_URL = "_choices_in_url"  # what each choice last found or wrote in the URL, to notice the Back button
_PAGE = "_choices_page"  # the lesson whose choices were drawn last
_GIVEN = "_choices_given"  # what the options of each choice are called, and in how many runs it was set so
_KEPT = "_choices_kept"  # codes other than the default; Streamlit forgets a widget's value with its page

Kind = Literal["segments", "list", "radio"]


def page_changed(lesson: str) -> None:
    """Tell the choices which lesson is being drawn; the shell calls this once at the top of a run.

    The shell's own links carry a lesson's codes, so on arrival a code that the URL does not name is forgotten.
    """
    if st.session_state.get(_PAGE) != lesson:
        st.session_state[_PAGE] = lesson
        st.session_state[_IN_URL], st.session_state[_GIVEN] = {}, {}
        for key in kept(lesson):
            if key not in st.query_params:
                kept().pop(key)
                st.session_state.pop(key, None)


def resolve(key: str, options: Collection[str], default: str | None, words: Iterable[str] = ()) -> str | None:
    """Find a choice's current code (URL first, then this visit's, then the default) and keep both in step.

    A URL that differs from what this page last saw there is the reader's doing (a link, Back, Forward), so it
    wins; a code that is not an option counts as none. `words` is what a widget calls the options.
    """
    seen: dict[str, str | None] = st.session_state.setdefault(_IN_URL, {})
    in_url = st.query_params.get(key)
    code: str | None = st.session_state.get(key, kept().get(key))
    if in_url in options and (key not in seen or in_url != seen[key]):
        code = in_url
    elif key in seen and in_url is None and seen[key] is not None:
        code = default
    if code not in options:
        code = default
    put(key, code, words)
    seen[key] = in_url
    return code


def put(key: str, value: object, words: Iterable[str]) -> None:
    """Give a choice its value before it is drawn.

    Only if it has to be: what is set, the browser draws anew. It has to be when the words for the options are
    others than before, as by these Streamlit knows which option the reader has chosen, and in the first two runs
    of a page: a click may cut a run short before the browser has heard of what it set.
    """
    given: dict[str, tuple[tuple[str, ...], int]] = st.session_state.setdefault(_GIVEN, {})
    called = tuple(words)
    before, runs = given.get(key, (called, 0))
    same = key in st.session_state and st.session_state[key] == value and before == called
    if not same or runs < 2:
        st.session_state[key] = value
        given[key] = (called, runs + 1 if same else 1)


def kept(lesson: str | None = None) -> dict[str, str]:
    """Give the codes that differ from their default, of every lesson or (for a link to it) of one."""
    codes: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    return codes if lesson is None else {k: v for k, v in codes.items() if k.startswith(f"{lesson}_")}


def write(key: str, code: str | None, default: str | None) -> None:
    """Put a choice into the URL unless it is the default; every write is a step in the browser's history."""
    in_url = st.query_params.get(key)
    if code is None and in_url is not None:
        del st.query_params[key]
    elif code is not None and code != in_url and not (code == default and in_url is None):
        st.query_params[key] = code
    st.session_state[_IN_URL][key] = st.query_params.get(key)
    if code is None or code == default:
        kept().pop(key, None)
    else:
        kept()[key] = code


def choice(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    default: str,
    kind: Kind = "segments",
    help: str | None = None,
    on_change: Callable[[], None] | None = None,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
    disabled: bool = False,
) -> str:
    """Draw a choice among ``{code: translated label}`` and give the chosen code.

    Parameters
    ----------
    label : str
        Its name in the reader's language.
    options : mapping of str to str
        Codes (they go into links) and what the reader sees.
    key : str
        Session and URL name, ``<lesson>_<name>``.
    default : str
        The code that stays out of the URL.
    kind : {"segments", "list", "radio"}
        Which Streamlit widget draws it.
    """
    resolve(key, options, default, options.values())
    common: dict[str, Any] = {
        "label": label,
        "options": list(options),
        "key": key,
        "format_func": options.__getitem__,
        "help": help,
        "on_change": on_change,
        "label_visibility": label_visibility,
        "disabled": disabled,
    }
    if kind == "segments":
        code = st.segmented_control(**common, required=True)
    elif kind == "radio":
        code = st.radio(**common)
    else:
        code = st.selectbox(**common)
    write(key, code, default)
    return str(code)


def guess(label: str, options: Mapping[str, str], *, key: str) -> str | None:
    """Draw a choice that has no default: ``None`` until the reader has picked one."""
    resolve(key, options, None, options.values())
    code: str | None = st.pills(label, list(options), key=key, format_func=options.__getitem__)
    write(key, code, None)
    return code
