"""A player that replays a training run in the browser: frames are sent once, and nothing while it plays.

Pictures arrive as bytes that reglib computed, weights as one signed byte each, 0 only where the weight is exactly
0. The browser looks up and mixes neighbouring frames; it computes nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

_HERE = Path(__file__)
PENCIL = (
    16  # layers up to this size are drawn as units and links, larger ones as matrices (replay.js has it too)
)
_HEAVY = ("maps", "weights")  # not sent again to a browser that has spoken of this recording


def quantise(weights: NDArray[Any], axis: tuple[int, ...]) -> NDArray[np.int8]:
    """Turn weights into signed bytes in proportion to the largest along `axis`; 0 stands for exactly 0 only."""
    top = np.abs(weights).max(axis=axis, keepdims=True)
    steps = np.rint(weights / np.where(top > 0, top, 1.0) * 127)
    return np.where(steps == 0, np.sign(weights), steps).astype(np.int8)


def encode(values: NDArray[Any]) -> str:
    """Write an array's bytes for the browser (base64)."""
    return base64.b64encode(values.tobytes()).decode("ascii")


def deflate(values: NDArray[Any]) -> str:
    """Compress an array's bytes for the browser (base64 of a zlib stream)."""
    return base64.b64encode(zlib.compress(values.tobytes(), 6)).decode("ascii")


def record(
    maps: NDArray[np.uint8],
    layers: Sequence[NDArray[Any]],
    points: NDArray[Any],
    *,
    live: bool = False,
    **rest: Any,
) -> dict[str, Any]:
    """Pack F moments of C networks for the player.

    Parameters
    ----------
    maps : ndarray of uint8, shape (F, C, G, G)
        Top row first.
    layers : sequence of ndarray, each (F, C, fan_in, fan_out)
        Weights, intercepts left out.
    points : ndarray of shape (n, 3)
        Place on the picture, 0 to 1 from the left and from the top, and the byte that gives the colour.
    live : bool
        For `watch`: of the last of the ``epochs`` alone there is a picture, and nothing is compressed, so that it
        can be drawn at once.
    **rest
        What JSON can hold: ``epochs``, ``panels``, ``tests`` (as `points`), ….

    Returns
    -------
    dict
        To be handed to `player`; its ``id`` is the same for the same content.
    """
    frames, count = maps.shape[:2]
    first = len(rest["epochs"]) - 1 if live else 0
    write = encode if live else deflate
    flat = np.concatenate([layer.reshape(frames, count, -1) for layer in layers], axis=2)
    recording: dict[str, Any] = {
        "frames": first + frames,
        "first": first,
        "side": maps.shape[2],
        "sizes": [layer.shape[2] for layer in layers] + [layers[-1].shape[3]],
        "live": live,
        "maps": write(maps),
        "weights": write(quantise(flat, (0, 2))),
        "points": np.round(points, 3).tolist(),
        **rest,
    }
    recording["id"] = hashlib.sha256(repr(sorted(recording.items())).encode()).hexdigest()[:16]
    return recording


def player(
    recording: Mapping[str, Any],
    *,
    labels: Mapping[str, str],
    colors: Mapping[str, Any],
    key: str,
    start: int | None = None,
) -> int:
    """Draw the player and give the frame at which the reader has paused it.

    Parameters
    ----------
    recording : mapping
        From `record`.
    labels : mapping of str to str
        ``play``, ``pause``, ``epoch``, ``test``, ``train``, ``score``, ``zeros``, ``tests``, ``test_title``,
        ``train_title``, ``alt``.
    colors : mapping
        ``negative``, ``middle``, ``positive``, ``ink``, ``muted``, ``grid``, ``classes``, and ``panels``: a
        colour and a dash for each network.
    key : str
        Identity of the player on its page.
    start : int, optional
        Frame at which it stands at first; the last one by default.
    """
    last: int = recording["frames"] - 1
    start = last if start is None else start
    before = (st.session_state.get(key) or {}).get("at") or {}
    known = before.get("id") == recording["id"] and not before.get("missing")
    result = _component()(
        key=key,
        data={
            **{name: value for name, value in recording.items() if not (known and name in _HEAVY)},
            "paused": before.get("frame", start) if before.get("id") == recording["id"] else start,
            "labels": dict(labels),
            "colors": dict(colors),
        },
        default={"at": {"id": recording["id"], "frame": start}},
        on_at_change=_nothing,
    )
    at = result.at or {}
    frame = at.get("frame") if at.get("id") == recording["id"] else start
    return min(max(int(frame), 0), last) if isinstance(frame, int | float) else start


def watch(recording: Mapping[str, Any], *, labels: Mapping[str, str], colors: Mapping[str, Any]) -> None:
    """Draw the last moment of a ``live`` recording as `player` does; there is nothing to operate.

    Without a key, so that it can be drawn again and again in one run of the script.
    """
    _component()(data={**recording, "labels": dict(labels), "colors": dict(colors)})


def _nothing() -> None:
    """Streamlit wants a callback; the rerun itself is the answer."""


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component(
        "reglab_replay",
        html='<div class="player"></div>',
        css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
        js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
    )
