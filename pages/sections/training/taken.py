"""What readers take away from this lesson: tables, and what the scripts are given to train the same again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from pages.sections.training import trainer
from pages.sections.training.trainer import Shown
from reglib.mlp import Networks
from reglib.race import SETS, Problem, Setup
from reglib.sweep import Sweep


class _Code(str):
    """Python that stands in a script as it is written here."""

    __repr__ = str.__str__


def setup(of: Setup) -> _Code:
    """Write a setup with what differs from the default alone."""
    values = [(f.name, getattr(of, f.name)) for f in fields(of) if getattr(of, f.name) != f.default]
    return _Code(f"Setup({', '.join(f'{name}={value!r}' for name, value in values)})")


def data(problem: Problem) -> dict[str, Any]:
    """Give where a script finds the data: with the reader's own, in the downloaded file."""
    if problem.name != "own":
        return {}
    return {"file": "reglab-training.csv", "task, classes": (problem.task, problem.class_names)}


def run(shown: Shown) -> dict[str, Any]:
    """Give what a script needs to train the run on the screen again: data, network, and every segment."""
    race = shown.race
    each = [f"Segment({setup(segment.setup)}, {segment.until})" for segment in race.segments]
    lines = each[0] if len(each) == 1 else "".join(f"\n    {one}," for one in each) + "\n"
    return {
        **data(shown.problem),
        "paused": int(race.epochs[trainer.paused(shown)]),
        "segments": _Code(f"[{lines}]"),
    }


def own(problem: Problem) -> dict[str, pd.DataFrame]:
    """Give the file that a script reads, if the data are the reader's."""
    return {"training": rows(problem)} if problem.name == "own" else {}


def rows(problem: Problem) -> pd.DataFrame:
    """Give the rows in their own units, and which part each belongs to."""
    parts = []
    for name in SETS:
        X, y = problem.raw[name]
        part = pd.DataFrame(np.column_stack([X, y]), columns=[*problem.feature_names, problem.target_name])
        part.insert(part.shape[1], "split", name, allow_duplicates=True)
        parts.append(part)
    return pd.concat(parts)


def weights(networks: Networks, penalties: Sequence[str]) -> pd.DataFrame:
    """Give every weight; layers and units count from 1, and from unit 0 comes the intercept."""
    parts = []
    for layer, (matrix, bias) in enumerate(zip(networks.weights, networks.biases, strict=True), start=1):
        values = np.concatenate([bias[:, None], matrix], axis=1)
        k, source, target = (places.ravel() for places in np.indices(values.shape))
        ends = {"layer": layer, "from": source, "to": target + 1}
        parts.append(pd.DataFrame({"penalty": np.array(penalties)[k], **ends, "weight": values.ravel()}))
    return pd.concat(parts)


def sweep(found: Sweep, last: float, *, csr: bool) -> pd.DataFrame:
    """Give every network of a sweep; losses up to λ = `last`, and bytes (of CSR if `csr`) as far as they are drawn."""
    numbers: dict[str, Any] = {f"{part}_loss": found.loss[part].copy() for part in SETS[1:]}
    for values in numbers.values():
        values[found.strengths > last] = np.nan
    numbers |= {"zeros_share": found.zeros, "sum_abs": found.sum_abs, "sum_squares": found.sum_squares}
    if found.penalty == "l1":
        numbers["test_score"] = found.score["test"]
        kinds = ("dense", "csr", "pruned") if csr else ("dense", "pruned")
        numbers |= {f"{kind}_bytes": found.bytes[kind] for kind in kinds}
    i, seed = (places.ravel() for places in np.indices(found.zeros.shape))
    columns = {name: values.ravel() for name, values in numbers.items()}
    return pd.DataFrame({"strength": found.strengths[i], "seed": found.setup.seed + seed, **columns})
