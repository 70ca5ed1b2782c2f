"""A training run as a short code for the address: what was asked for, segment by segment.

Only what may change on the way is in it; data, network and seeds are in the address as the controls that set them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pages.sections.training.settings import LAMBDAS, LONGEST, MOMENTA, RATES, plain
from reglib.race import Segment, Setup

KEY = "training_run"
_MOST = 20  # segments; a longer run is not in the link
_NUMBERS = {"l1": LAMBDAS, "l2": LAMBDAS, "learning_rate": RATES, "momentum": MOMENTA}


def write(segments: Sequence[Segment]) -> str:
    """Give the code of a run; an empty one if it is too long for a link."""
    if len(segments) > _MOST:
        return ""
    return "~".join(
        "_".join(
            [str(segment.until), str(segment.setup.epochs), str(segment.setup.warmup)]
            + [plain(getattr(segment.setup, name)) for name in _NUMBERS]
        )
        for segment in segments
    )


def read(code: str, setup: Setup) -> tuple[Segment, ...]:
    """Give the segments that a code stands for, on the data and network of `setup`; none if it is not a code."""
    segments: list[Segment] = []
    start = 0
    for part in code.split("~")[: _MOST + 1]:
        try:
            until, epochs, warmup, *rest = part.split("_")
            whole: dict[str, Any] = {"epochs": int(epochs), "warmup": int(warmup)}
            numbers: dict[str, Any] = {name: float(word) for name, word in zip(_NUMBERS, rest, strict=True)}
            end = int(until)
        except ValueError:
            return ()
        offered = all(numbers[name] in options for name, options in _NUMBERS.items())
        in_range = 1 <= whole["epochs"] <= LONGEST and 0 <= whole["warmup"] < whole["epochs"]
        if not (offered and in_range and start < end <= start + whole["epochs"]):
            return ()
        segments.append(Segment(replace(setup, **whole, **numbers), end))
        start = end
    return tuple(segments) if len(segments) <= _MOST else ()
