"""Typed errors: a code and its parameters, so that a page can word them in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Every error of reglib is one of these: code -> names of its parameters, in every module the same.
ERROR_CODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Any argument (reglib._checks).
        "not_a_number": ("name", "value"),
        "not_an_integer": ("name", "value"),
        "out_of_range": ("name", "value", "low", "high"),
        "unknown_choice": ("name", "value", "choices"),
        # Any data (reglib._checks): rows are counted from 0.
        "not_numbers": ("name",),
        "wrong_shape": ("name", "shape", "expected"),
        "wrong_length": ("name", "rows", "need"),
        "too_few_rows": ("name", "rows", "need"),
        "not_finite": ("name", "row"),
        "too_large": ("name", "row", "limit"),
        "constant": ("name",),
        "too_many_points": ("points", "limit"),
        "too_many_positions": ("positions", "limit"),
        "too_few_rows_to_split": ("rows", "classes"),
        "outside_interval": ("name", "row", "low", "high"),
        # Norms and routes; words of a pasted vector are counted from 1.
        "empty": (),
        "word_not_a_number": ("position", "text"),
        "word_not_finite": ("position", "text"),
        "too_many_numbers": ("count", "limit"),
        "overflow": ("p",),
        "is_a_norm": ("p",),
        "not_a_multiple": ("name", "value", "factor"),
        "not_integers": ("name",),
        "route_too_long": ("blocks", "limit"),
        "odd_detour": ("extra",),
        "outside_the_map": ("start", "end", "within"),
        "map_too_small": ("within",),
        # Lines, losses and contours.
        "slope_overflow": (),
        "not_positive_definite": (),
        "not_a_class": ("value", "classes"),
        "too_few_classes": ("classes",),
        # Networks, their estimators and their races.
        "sizes_invalid": ("sizes",),
        "outputs_do_not_fit_task": ("task", "outputs"),
        "lengths_differ": ("lengths",),
        "no_data": (),
        "no_such_weight": ("layer", "source", "target"),
        "state_does_not_fit": (),
        "cannot_continue": (),
        "warmup_too_long": ("warmup", "epochs"),  # no epoch is left for the penalty
        "one_class": ("classes",),
        "unknown_class": ("value", "classes"),
        "diverged": ("reason", "epoch", "value", "limit"),
        # A reader's file (reglib.tables); lines are counted from 1.
        "file_too_large": ("size", "limit"),  # bytes
        "file_empty": (),
        "not_text": ("kind",),  # "zip" (also .xlsx), "xls", "pdf", "gzip", "image", "parquet", "binary"
        "encoding_unknown": ("line",),
        "line_unreadable": ("line",),  # a quote out of place, one that never ends, or an endless cell
        "row_ragged": ("line", "cells", "expected"),
        "too_many_columns": ("line", "limit"),
        "too_many_rows": ("limit",),
        "no_rows": (),  # a header and nothing below it
        "one_column": ("column",),  # perhaps another separator
        "column_unknown": ("column",),
        "column_not_numeric": ("column", "line", "example"),
        "column_too_large": ("column", "line", "example", "limit"),
        "column_empty": ("column",),
        "column_constant": ("column",),
        "column_too_short": ("column", "rows", "need"),
        "classes_too_rare": ("column", "each", "rows", "need"),
        "columns_same": ("column",),
        "target_one_class": ("column", "label"),
        "target_too_many_classes": ("column", "classes", "limit"),
        "no_features": ("column",),
    }
)


class ReglibError(ValueError):
    """Base of every error that reglib raises about its input.

    Parameters
    ----------
    code : str
        What is wrong, as a short snake_case name out of `ERROR_CODES`.
    **params
        What the sentence about it needs, named as there: a column, a line, a limit.

    Attributes
    ----------
    code : str
    params : dict
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}({details})")

    def __reduce__(self) -> tuple[object, ...]:
        """Keep code and parameters when pickled (caches and worker processes do that)."""
        return _rebuild, (type(self), self.code, self.params)


class ParameterError(ReglibError):
    """A parameter is out of its range."""


class DataError(ReglibError):
    """The numbers given cannot be used: wrong shape, not finite, too few."""


class TableError(ReglibError):
    """A reader's file cannot be used as a table."""


def _rebuild(kind: type[ReglibError], code: str, params: dict[str, object]) -> ReglibError:
    return kind(code, **params)
