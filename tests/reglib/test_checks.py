"""The checks of arguments that all modules share."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from reglib import _checks
from reglib.errors import DataError, ParameterError


@pytest.mark.parametrize(
    "value", [0, 1, 0.5, True, np.float32(0.5), np.array(1), Fraction(1, 2), Decimal("0.5")]
)
def test_any_real_number_in_the_range_comes_back_as_a_float(value: float) -> None:
    checked = _checks.number("x", value, 0, 1)
    assert type(checked) is float
    assert checked == value


@pytest.mark.parametrize("value", ["1", b"1", None, [1, 2], 1j, "one"])
def test_what_is_no_number_is_refused_text_with_digits_too(value: object) -> None:
    for check in (_checks.number, _checks.whole, _checks.numbers):
        if check is _checks.numbers and value in (None, [1, 2]):
            continue
        with pytest.raises(ParameterError) as caught:
            check("x", value, 0, 9)  # type: ignore[arg-type]
        assert caught.value.code == "not_a_number"
        assert caught.value.params == {"name": "x", "value": value}


@pytest.mark.parametrize("value", [-1e-300, 1.0000001, math.nan, math.inf, -math.inf, 10**400])
def test_nan_infinity_and_endless_whole_numbers_are_out_of_every_range(value: float) -> None:
    with pytest.raises(ParameterError) as caught:
        _checks.number("x", value, 0, 1)
    assert caught.value.code == "out_of_range"
    assert {k: v for k, v in caught.value.params.items() if k != "value"} == {
        "name": "x",
        "low": 0,
        "high": 1,
    }
    with pytest.raises(ParameterError, match="out_of_range"):
        _checks.whole("x", value, 0, 1)  # type: ignore[arg-type]


def test_nan_is_not_even_between_the_infinities_and_infinity_is() -> None:
    assert _checks.number("p", math.inf, 0, math.inf) == math.inf
    with pytest.raises(ParameterError, match="out_of_range"):
        _checks.number("p", math.nan, -math.inf, math.inf)


def test_the_lower_end_belongs_to_the_range_unless_said_otherwise() -> None:
    assert _checks.number("x", 0, 0, 1) == 0
    with pytest.raises(ParameterError, match="out_of_range"):
        _checks.number("x", 0, 0, 1, above=True)
    assert _checks.number("x", 5e-324, 0, 1, above=True) > 0


def test_of_many_values_the_first_wrong_one_is_named() -> None:
    given = np.array([[0.5, 1.0], [7.0, math.nan]])
    with pytest.raises(ParameterError) as caught:
        _checks.numbers("l1", given, 0, 1)
    assert caught.value.params == {"name": "l1", "value": 7.0, "low": 0, "high": 1}
    assert _checks.numbers("l1", 0.5, 0, 1).shape == ()
    assert _checks.numbers("l1", [[0.5, 1]], 0, 1).shape == (1, 2)


def test_3_0_is_whole_and_3_5_is_not() -> None:
    assert _checks.whole("n", 3.0, 1, 9) == 3  # type: ignore[arg-type]
    assert type(_checks.whole("n", np.int64(3), 1, 9)) is int  # type: ignore[arg-type]
    with pytest.raises(ParameterError) as caught:
        _checks.whole("n", 3.5, 1, 9)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.params) == ("not_an_integer", {"name": "n", "value": 3.5})


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_every_seed_seeds_both_of_numpys_generators(seed: int) -> None:
    np.random.default_rng(_checks.seed(seed))
    np.random.RandomState(_checks.seed(seed))


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5, "0", math.nan])
def test_other_seeds_are_refused(seed: int) -> None:
    with pytest.raises(ParameterError):
        _checks.seed(seed)


@pytest.mark.parametrize(
    "value", [(1, 1), (1, 0), (1, 1 + 1e-12), (0, 1e101), (0, math.nan), 3, (1, 2, 3), ("0", "1")]
)
def test_an_interval_runs_from_low_to_high_and_has_room_between(value: tuple[float, float]) -> None:
    with pytest.raises(ParameterError):
        _checks.interval(value)
    assert _checks.interval((-1, 2)) == (-1.0, 2.0)


def test_an_array_is_new_so_that_nothing_reaches_the_callers_numbers() -> None:
    given = np.ones(3)
    checked = _checks.array("x", given, 1)
    checked[0] = 5
    assert given[0] == 1
    given.setflags(write=False)
    _checks.array("x", given, 1)[0] = 5


@pytest.mark.parametrize(
    ("values", "options", "code", "params"),
    [
        (["1", "2"], {}, "not_numbers", {}),
        (np.array([1, "2"], dtype=object), {}, "not_numbers", {}),
        ([1j], {}, "not_numbers", {}),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), {}, "not_numbers", {}),
        ([[1, 2], [3]], {}, "not_numbers", {}),
        ([10**400], {}, "not_numbers", {}),
        ([1, None], {}, "not_finite", {"row": 1}),
        (5, {}, "wrong_shape", {"shape": (), "expected": "(n,)"}),
        ([[1]], {}, "wrong_shape", {"shape": (1, 1), "expected": "(n,)"}),
        ([1], {"ndim": 2}, "wrong_shape", {"shape": (1,), "expected": "(n, p)"}),
        (np.ones((3, 0)), {"ndim": 2}, "wrong_shape", {"shape": (3, 0), "expected": "(n, p)"}),
        ([[1]], {"ndim": 2, "columns": 2}, "wrong_shape", {"shape": (1, 1), "expected": "(n, 2)"}),
        (5, {"ndim": None, "columns": 2}, "wrong_shape", {"shape": (), "expected": "(…, 2)"}),
        ([1, 2], {"rows": 3}, "wrong_length", {"rows": 2, "need": 3}),
        ([], {}, "too_few_rows", {"rows": 0, "need": 1}),
        ([1, 2], {"need": 3}, "too_few_rows", {"rows": 2, "need": 3}),
        ([1, math.nan, math.inf], {}, "not_finite", {"row": 1}),
        ([[0, 1], [2, -math.inf]], {"ndim": 2}, "not_finite", {"row": 1}),
        ([1, -1e101], {}, "too_large", {"row": 1, "limit": 1e100}),
        ([1, 2, 3], {"limit": 2}, "too_large", {"row": 2, "limit": 2}),
    ],
)
def test_data_that_cannot_be_used_are_named_with_their_row(
    values: object, options: dict[str, object], code: str, params: dict[str, object]
) -> None:
    with pytest.raises(DataError) as caught:
        _checks.array("x", values, **{"ndim": 1, **options})  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.params) == (code, {"name": "x", **params})


def test_all_of_float64_passes_where_no_limit_is_set_and_no_row_where_none_is_needed() -> None:
    assert _checks.array("x", [1.7e308], 1, limit=math.inf)[0] == 1.7e308
    assert _checks.array("x", [], 1, need=0).shape == (0,)
    assert _checks.array("X", np.ones((2, 3, 2)), None, columns=2).shape == (2, 3, 2)
