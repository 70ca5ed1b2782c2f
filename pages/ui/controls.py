"""Controls whose value is in the URL, the same in every language, and survives page switches and reload.

Numbers, toggles and choices named alike in both languages are plain Streamlit widgets with
``bind="query-params"``. `choice` is for options whose labels are translated: Streamlit would write the translated
label into the link, so it writes the code itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

_KNOWN = "_choices_known"  # what each choice came to and what its URL said, to notice the Back button
_LATE = 0.5  # seconds after which the browser has heard of what was written into its URL
_PAGE = "_choices_page"  # the lesson whose choices were drawn last
_GIVEN = "_choices_given"  # what `put` set last: value, words of the options, and in how many runs
_KEPT = "_choices_kept"  # codes other than the default; Streamlit forgets a widget's value with its page

Kind = Literal["segments", "list", "radio"]


def page_changed(lesson: str) -> None:
    """Tell the choices which lesson is being drawn; the shell calls this once at the top of a run.

    The shell's own links carry a lesson's codes, so on arrival a code that the URL does not name is forgotten.
    """
    if st.session_state.get(_PAGE) != lesson:
        st.session_state[_PAGE] = lesson
        st.session_state[_KNOWN], st.session_state[_GIVEN] = {}, {}
        for key in kept(lesson):
            if key not in st.query_params:
                kept().pop(key)
                st.session_state.pop(key, None)


@dataclass(frozen=True)
class _Known:
    """What is known of a choice since its page was opened.

    Parameters
    ----------
    code : str or None
        What it came to in the last run.
    url : str or None
        What the address says of it, as far as we have read or written it.
    before : frozenset of str or None
        What the address said before we wrote it.
    until : float
        Up to when the browser may still send one of those, on the monotonic clock.
    """

    code: str | None
    url: str | None
    before: frozenset[str | None] = frozenset()
    until: float = 0.0

    def late(self, in_url: str | None) -> bool:
        """Say whether an address is one that the browser had before it heard of ours."""
        return in_url != self.url and in_url in self.before and time.monotonic() < self.until


def resolve(
    key: str, options: Collection[str], default: str | None, words: Iterable[str] | None = None
) -> str | None:
    """Find a choice's current code (URL first, then this visit's, then the default) and keep both in step.

    What the reader has chosen since the last run wins. Otherwise a URL that differs from what this page last saw
    there does: it is the reader's doing (a link, Back, Forward), unless it is only late, as that of a click that
    follows another at once. A code that is not an option counts as none.

    Parameters
    ----------
    words : iterable of str, optional
        The words of a widget that `put` may leave as it is.
    """
    known: dict[str, _Known] = st.session_state.setdefault(_KNOWN, {})
    in_url = st.query_params.get(key)
    code: str | None = st.session_state.get(key, kept().get(key))
    last = known.get(key)
    if last is not None and last.late(in_url):
        in_url = last.url
    if last is None or code == last.code or code not in options:
        if in_url in options and (last is None or in_url != last.url):
            code = in_url
        elif last is not None and in_url is None and last.url is not None:
            code = default
    if code not in options:
        code = default
    if words is None:
        st.session_state[key] = code  # on every run: a link opened cold would lose it otherwise
    else:
        put(key, code, words)
    known[key] = _Known(code, in_url) if last is None else replace(last, code=code, url=in_url)
    return code


def put(key: str, value: object, words: Iterable[str]) -> None:
    """Give a choice that is always on the page its value before it is drawn, if it has to be.

    What is set, the browser draws anew. It has to be when the words for the options are others than before, as by
    these Streamlit knows which option the reader has chosen; when another value was set last, which may still be on
    its way; and in the first two runs of a page, as a click may cut a run short before the browser has heard of what
    it set. A choice inside a menu has to be set by every run: the browser draws it only once the menu is opened.
    """
    given: dict[str, tuple[object, tuple[str, ...], int]] = st.session_state.setdefault(_GIVEN, {})
    called = tuple(words)
    last, before, runs = given.get(key, (None, (), 0))
    same = key in st.session_state and st.session_state[key] == value == last and before == called
    if not same or runs < 2:
        st.session_state[key] = value
        given[key] = (value, called, runs + 1 if same else 1)


def kept(lesson: str | None = None) -> dict[str, str]:
    """Give the codes that differ from their default, of every lesson or (for a link to it) of one."""
    codes: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    return codes if lesson is None else {k: v for k, v in codes.items() if k.startswith(f"{lesson}_")}


def write(key: str, code: str | None, default: str | None) -> None:
    """Put a choice into the URL unless it is the default; every write is a step in the browser's history."""
    known: dict[str, _Known] = st.session_state.setdefault(_KNOWN, {})
    read = st.query_params.get(key)
    last = known.get(key, _Known(code, read))
    in_url = last.url if last.late(read) else read
    if code == in_url or (code == default and in_url is None):
        known[key] = replace(last, code=code, url=in_url)
    else:
        if code is not None:
            st.query_params[key] = code
        else:
            if read is None:  # late: what it has not cannot be deleted
                st.query_params[key] = ""
            del st.query_params[key]
        now = time.monotonic()
        earlier = last.before if now < last.until else frozenset()
        known[key] = _Known(code, code, earlier | {in_url, read}, now + _LATE)
    if code is None or code == default:
        kept().pop(key, None)
    else:
        kept()[key] = code


def forget(key: str) -> None:
    """Let a choice begin with its default again, before it is drawn."""
    kept().pop(key, None)
    st.session_state.pop(key, None)
    if (in_url := st.query_params.get(key)) is not None:
        del st.query_params[key]
        known: dict[str, _Known] = st.session_state.setdefault(_KNOWN, {})
        known[key] = _Known(None, None, frozenset({in_url}), time.monotonic() + _LATE)


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
    steady: bool = False,
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
    steady : bool, default False
        Whether it is always on the page, never inside a menu: then it is set only when it has to be (see `put`).
    """
    resolve(key, options, default, options.values() if steady else None)
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
    resolve(key, options, None)
    code: str | None = st.pills(label, list(options), key=key, format_func=options.__getitem__)
    write(key, code, None)
    return code
