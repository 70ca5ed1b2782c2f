"""Computations that are kept: for all visitors, or for one visit if its data are the reader's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import streamlit as st


class _Given:
    """An argument of a computation, an array by its content."""

    __slots__ = ("content", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.content = value.tobytes() if isinstance(value, np.ndarray) else value

    def __hash__(self) -> int:
        return hash(self.content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Given) and bool(self.content == other.content)


class Cached:
    """A computation whose latest results are kept.

    Everyone gets the same object, which nobody may change; so a frame is serialised for the browser only once.
    Not `st.cache_resource`: turning a few arrays into its keys took a third of an answer.
    """

    def __init__(self, function: Callable[..., Any], entries: int = 32) -> None:
        self._function = function
        self._shared = self._kept(entries)
        self._one_at_a_time = Lock()  # a class that opens the page at once computes once

    def _kept(self, entries: int) -> Callable[..., Any]:
        return lru_cache(entries)(lambda *given: self._function(*(one.value for one in given)))

    def __call__(self, private: bool, /, *args: Any) -> Any:
        given = map(_Given, args)
        if private:
            mine: dict[Any, Any] = st.session_state.setdefault("_outliers_kept", {})
            if self not in mine:
                mine[self] = self._kept(4)
            return mine[self](*given)
        with self._one_at_a_time:
            return self._shared(*given)
