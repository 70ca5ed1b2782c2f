from __future__ import annotations

import csv
import gzip
import inspect
import io
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reglib import tables
from reglib.errors import ERROR_CODES, TableError
from reglib.tables import MAX_BYTES, NOTE_CODES, REASONS, read_table


def read(text: str, encoding: str = "utf-8") -> tables.Table:
    return read_table(text.encode(encoding), "data.csv")


def notes_of(thing) -> dict[str, dict[str, object]]:
    return dict(thing.notes)


def check_error(error: TableError) -> None:
    assert set(error.params) == set(ERROR_CODES[error.code])


def error_of(call) -> TableError:
    with pytest.raises(TableError) as caught:
        call()
    check_error(caught.value)
    return caught.value


def check_whole(table: tables.Table) -> None:
    """Everything a page may ask of a table gives a typed error or finite numbers."""
    assert 2 <= len(table.columns) <= tables.MAX_COLUMNS
    assert 1 <= table.n_rows <= tables.MAX_ROWS
    assert len(set(table.names)) == len(table.names)
    assert all(name and name.isprintable() and len(name) <= 90 for name in table.names)
    said = list(table.notes)
    for column in table.columns:
        if column.numbers is not None:
            assert column.numbers.shape == (table.n_rows,)
            assert not np.isinf(column.numbers).any()
            assert np.nanmax(np.abs(column.numbers)) <= 1e100
        assert len(column.levels) <= tables.MAX_CLASSES
        if column.codes is not None:
            assert column.codes.shape == (table.n_rows,)
            assert column.codes.max() == len(column.levels) - 1
    for name in (*table.names[:4], table.names[-1]):
        try:
            features = table.features(name)
        except TableError as error:
            check_error(error)
        else:
            assert np.isfinite(features.X).all()
            assert np.isfinite(features.y).all()
            assert (np.ptp(features.X, axis=0) > 0).all()
            assert features.X.shape == (len(features.y), len(features.feature_names))
            assert features.reason in REASONS
            if features.task != "regression":
                np.testing.assert_array_equal(np.unique(features.y), np.arange(len(features.class_names)))
                assert np.bincount(features.y.astype(int)).min() >= 3
            said += features.notes
        for other in (table.names[0], table.names[1]):
            try:
                pair = table.pair(other, name)
            except TableError as error:
                check_error(error)
            else:
                assert np.isfinite(pair.x).all()
                assert np.isfinite(pair.y).all()
                assert np.ptp(pair.x) > 0
                said += pair.notes
    for code, params in said:
        assert set(params) == set(NOTE_CODES[code])


# --- proper tables --------------------------------------------------------------------------------

RECORDS = [["키", "몸무게", "반"], ["170.5", "65", "가"], ["160", "-50.25", "나"], ["1e2", "7", "가"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_encoding_separator_and_line_end_gives_the_same_table(separator, encoding, end, last):
    text = end.join(separator.join(row) for row in RECORDS) + end * last
    table = read(text, encoding)
    assert table.names == ("키", "몸무게", "반")
    assert table.numeric_names == ("키", "몸무게")
    np.testing.assert_array_equal(table.numeric("키"), [170.5, 160, 100])
    np.testing.assert_array_equal(table.numeric("몸무게"), [65, -50.25, 7])
    assert table.column("반").levels == ("가", "나")
    assert table.separator == separator
    assert ("encoding" in notes_of(table)) == (encoding in ("cp949", "utf-16"))
    assert table.n_rows == 3


@given(
    cells=st.integers(2, 5).flatmap(
        lambda width: st.lists(
            st.lists(
                st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
                min_size=width,
                max_size=width,
            ),
            min_size=1,
            max_size=8,
        )
    ),
    separator=st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_quoted_cells_of_any_text_come_back_as_written(cells, separator):
    header = [f"name {j}" for j in range(len(cells[0]))]
    file = io.StringIO()
    csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([header, *cells])
    kept = [[cell.strip() for cell in row] for row in cells]
    kept = [row for row in kept if any(row)]
    if not kept:
        assert error_of(lambda: read(file.getvalue())).code == "no_rows"
        return
    table = read(file.getvalue())
    assert table.names == tuple(header)
    assert table.n_rows == len(kept)
    for j, column in enumerate(table.columns):
        filled = {row[j] for row in kept if row[j].lower() not in tables._MISSING}
        if column.kind in ("text", "date"):
            assert column.distinct == len(filled)
        elif column.kind == "empty":
            assert not filled
    check_whole(table)


@given(
    values=st.lists(st.floats(-1e99, 1e99, allow_nan=False), min_size=3, max_size=30),
    separator=st.sampled_from([",", ";", "\t"]),
)
def test_floats_written_by_python_come_back_exactly(values, separator):
    text = f"a{separator}b\n" + "".join(f"{v!r}{separator}{k}\n" for k, v in enumerate(values))
    np.testing.assert_array_equal(read(text).numeric("a"), values)


def test_excels_separator_hint_is_followed_and_lines_keep_their_numbers():
    table = read("sep=;\na,b;c\n1;2\n3;4\n")
    assert table.names == ("a,b", "c")
    assert error_of(lambda: read("sep=;\na;b\n1;2\n3\n")).params == {"line": 4, "cells": 1, "expected": 2}


@pytest.mark.parametrize(
    ("text", "column", "values"),
    [
        ("a;b\n1,5;x\n2,25;x\n", "a", [1.5, 2.25]),
        ("a;b\n1.234,5;x\n2,25;x\n", "a", [1234.5, 2.25]),
        ("a;b\n1.234;2,5\n2.000;2,5\n", "a", [1234, 2000]),  # the table's other columns decide
        ("a;b\n1,234;x\n2,000;x\n", "a", [1.234, 2.0]),  # nothing decides: semicolons
        ("a;b\n1.234;x\n2.000;x\n", "a", [1.234, 2.0]),  # nothing decides: a point is decimal
        ("a;b\n1,234;2.5\n2,000;2.5\n", "a", [1234, 2000]),
        ('a,b\n"1,234",x\n"2,000",x\n', "a", [1234, 2000]),
        ('a,b\n"1,234.5",x\n"2,345,678",x\n', "a", [1234.5, 2345678]),
        ('a,b\n"3,5",x\n"2,25",x\n', "a", [3.5, 2.25]),
        ("a\tb\n1 234,5\tx\n2 000,25\tx\n", "a", [1234.5, 2000.25]),
        ("a\tb\n1\u202f234\tx\n12\u00a0000\tx\n", "a", [1234, 12000]),
        ("a,b\n\u22125,x\n+.5,x\n", "a", [-5, 0.5]),
        ("a,b\n5.,x\n-1E+3,x\n", "a", [5, -1000]),
        ("a,b\n 7 ,x\n  8,x\n", "a", [7, 8]),
    ],
)
def test_numbers_are_read_as_their_column_writes_them(text, column, values):
    np.testing.assert_array_equal(read(text).numeric(column), values)


def test_decimal_commas_and_thousands_are_said():
    assert notes_of(read("a;b\n1,5;1\n2,5;2\n"))["decimal_comma"] == {"columns": ("a",)}
    assert notes_of(read('a,b\n"1,500",1\n"2,500",2\n'))["thousands"] == {"columns": ("a",)}
    assert notes_of(read("a,b\n1.5,1\n2.5,2\n")) == {}


@pytest.mark.parametrize(
    "cell", ["１２", "1_000", "0x1F", "1e", "--5", "5-", "=1+1", "$5", "12%", "1/2", "1,2,3", "٣"]
)
def test_what_only_resembles_a_number_is_text(cell):
    table = read(f'a,b\n"{cell}",1\n"{cell}",2\n')
    error = error_of(lambda: table.numeric("a"))
    assert error.code == "column_not_numeric"
    assert error.params == {"column": "a", "line": 2, "example": cell}


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e308", "-1e101", "1e999999", "9" * 300, "∞"])
def test_infinite_and_huge_numbers_are_left_out_and_said(cell):
    table = read("a,b\n" + "1,1\n" * 9 + f"{cell},1\n")
    assert np.isnan(table.numeric("a")[-1])
    assert notes_of(table)["cells_too_large"] == {"column": "a", "cells": 1, "limit": 1e100}


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "#N/A", "NaN", "null", "None", "-", "?", "결측"])
def test_missing_cells_are_gaps_not_numbers_and_not_a_class(cell):
    table = read("a,b,c\n" + "1,x,1\n2,y,1\n" * 8 + f"{cell},{cell},1\n3,x,1\n")
    assert np.isnan(table.numeric("a")[-2])
    assert table.column("b").levels == ("x", "y")
    assert table.column("b").codes[-2] == -1
    pair = read("a,b\n" + "1,4\n2,5\n" * 8 + f'"{cell}",3\n').pair("a", "b")
    assert notes_of(pair)["rows_incomplete"] == {"rows": 1, "total": 17}
    np.testing.assert_array_equal(pair.rows, np.arange(16))


def test_a_few_words_in_a_column_of_numbers_are_dropped_and_said():
    table = read("a,b\n" + "1,1\n2,2\n" * 4 + "about 5,1\nmany,2\n")
    note = notes_of(table)["cells_not_numeric"]
    assert note == {"column": "a", "cells": 2, "line": 10, "example": "about 5"}
    assert table.column("a").kind == "number"
    assert read("a,b\n1,1\ntwo,1\nthree,1\n").column("a").kind == "text"


@pytest.mark.parametrize(
    "day",
    [
        "2020-01-0{}",
        "2020/1/{}",
        "2020.01.0{}",
        "0{}.01.2020",
        "1/{}/20",
        "2020년 1월 {}일",
        "2020-01-0{}T10:00:00Z",
        "1{}:30",
    ],
)
def test_dates_are_recognised_and_never_numbers(day):
    table = read("day,b\n" + "".join(f"{day.format(k)},{k}\n" for k in range(1, 8)))
    assert table.column("day").kind == "date"
    assert error_of(lambda: table.pair("day", "b")).code == "column_not_numeric"


def test_names_are_filled_told_apart_cleaned_and_said():
    long = "x" * 500
    table = read(f'a,,a,"two\nlines",{long},a (2), \n1,2,3,4,5,6,7\n')
    assert table.names == ("a", "#2", "a (3)", "two lines", "x" * 79 + "…", "a (2)", "#7")
    said = notes_of(table)
    assert said["names_filled"] == {"columns": ("#2", "#7")}
    assert said["name_repeated"] == {"column": "a", "renamed": "a (3)"}
    assert [p["renamed"] for code, p in table.notes if code == "name_cleaned"] == [
        "two lines",
        "x" * 79 + "…",
    ]


def test_a_first_row_of_numbers_is_data():
    table = read("1,2\n3,4\n")
    assert table.names == ("#1", "#2")
    np.testing.assert_array_equal(table.numeric("#1"), [1, 3])
    assert notes_of(table) == {"no_header": {}}


def test_empty_rows_and_columns_are_dropped_and_said():
    table = read("a,b,\n1,2,\n,,\n\n3,4,\n\n")
    np.testing.assert_array_equal(table.numeric("a"), [1, 3])
    said = notes_of(table)
    assert said["rows_empty"] == {"rows": 3}
    assert said["columns_empty"] == {"columns": ("#3",)}
    assert error_of(lambda: table.numeric("#3")).code == "column_empty"


# --- what a column and a target are ---------------------------------------------------------------


def rows_of(n, *columns):
    return "".join(",".join(str(column(k)) for column in columns) + "\n" for k in range(n))


@pytest.mark.parametrize(
    ("cell", "task", "reason", "classes"),
    [
        (lambda k: k * 0.37 % 5, "regression", "many_values", ()),
        (lambda k: k, "regression", "many_values", ()),
        (lambda k: "yes" if k % 3 else "no", "binary", "two_values", ("no", "yes")),
        (lambda k: k % 2, "binary", "two_values", ("0", "1")),
        (lambda k: ["1", "1.0", "2"][k % 3], "binary", "two_values", ("1", "2")),
        (lambda k: "abc"[k % 3], "multiclass", "few_labels", ("a", "b", "c")),
        (lambda k: k % 10, "multiclass", "few_whole_numbers", tuple("0123456789")),
        (lambda k: k % 11, "regression", "many_values", ()),
        (lambda k: [0.5, 1.5, 2.5][k % 3], "regression", "many_values", ()),
    ],
)
def test_the_task_is_recognised_and_the_reason_given(cell, task, reason, classes):
    features = read("x,y\n" + rows_of(60, lambda k: k % 7, cell)).features("y")
    assert (features.task, features.reason, features.class_names) == (task, reason, classes)
    assert features.X.shape == (60, 1)
    if task == "regression":
        np.testing.assert_allclose(features.y, [cell(k) for k in range(60)])
    else:
        got = [features.class_names[int(label)] for label in features.y]
        assert got == [{"1.0": "1"}.get(str(cell(k)), str(cell(k))) for k in range(60)]


@pytest.mark.parametrize(
    ("text", "target", "code", "params"),
    [
        ("x,y\n1,2\n2,3\n3,5\n", "y", "column_too_short", {"column": "y", "rows": 3, "need": 10}),
        (
            "x,y\n" + rows_of(30, lambda k: k, lambda k: "same"),
            "y",
            "target_one_class",
            {"column": "y", "label": "same"},
        ),
        ("x,y\n" + rows_of(30, lambda k: k, lambda k: 7), "y", "column_constant", {"column": "y"}),
        (
            "x,y\n" + rows_of(30, lambda k: k, lambda k: f"name {k}"),
            "y",
            "target_too_many_classes",
            {"column": "y", "classes": 30, "limit": 20},
        ),
        (
            "x,y\n" + rows_of(4, lambda k: k, lambda k: k % 2),
            "y",
            "column_too_short",
            {"column": "y", "rows": 4, "need": 10},
        ),
        (
            "x,y\n" + rows_of(14, lambda k: k, lambda k: "abcdefg"[k % 7]),
            "y",
            "classes_too_rare",
            {"column": "y", "each": 3, "rows": 0, "need": 10},
        ),
        ("x,y\n1,2\n", "y", "column_too_short", {"column": "y", "rows": 1, "need": 10}),
        (
            "x,y\n" + rows_of(30, lambda k: f"{k + 1}e301", lambda k: k),
            "y",
            "column_too_large",
            {"column": "x", "line": 2, "example": "1e301", "limit": 1e100},
        ),
        ("x,y\n" + rows_of(30, lambda k: 1, lambda k: k), "y", "no_features", {"column": "y"}),
        ("x,y\n" + rows_of(30, lambda k: "abc"[k % 3], lambda k: k), "y", "no_features", {"column": "y"}),
        ("x,y\n" + rows_of(30, lambda k: k, lambda k: ""), "y", "column_empty", {"column": "y"}),
        ("x,y\n" + rows_of(30, lambda k: k, lambda k: k), "z", "column_unknown", {"column": "z"}),
        (
            "x,y\n" + rows_of(30, lambda k: k, lambda k: "a" if k else "b"),
            "y",
            "target_one_class",
            {"column": "y", "label": "a"},
        ),
    ],
)
def test_a_target_that_cannot_be_learned_is_named(text, target, code, params):
    error = error_of(lambda: read(text).features(target))
    assert (error.code, error.params) == (code, params)


def test_features_leave_out_what_cannot_be_used_and_say_it():
    table = read(
        "good,word,day,same,holes,y\n"
        + rows_of(
            40,
            lambda k: k if k != 5 else "",
            lambda k: "ab"[k % 2],
            lambda k: f"2020-01-{k % 28 + 1}",
            lambda k: 3,
            lambda k: k if k % 3 == 0 else "",
            lambda k: "once" if k == 7 else "pq"[k % 2],
        )
    )
    features = table.features("y")
    assert features.feature_names == ("good",)
    assert features.class_names == ("p", "q")
    assert features.task == "binary"
    assert set(features.rows) == set(range(40)) - {5, 7}
    assert notes_of(features) == {
        "columns_not_numeric": {"columns": ("word", "day")},
        "columns_mostly_missing": {"columns": ("holes",)},
        "rows_incomplete": {"rows": 1, "total": 40},
        "class_rare": {"column": "y", "label": "once", "rows": 1},
        "columns_constant": {"columns": ("same",)},
    }


@pytest.mark.parametrize(
    ("x", "y", "code", "column"),
    [
        ("a", "a", "columns_same", "a"),
        ("same", "a", "column_constant", "same"),
        ("a", "word", "column_not_numeric", "word"),
        ("a", "none", "column_unknown", "none"),
        ("a", "holes", "column_too_short", "holes"),
        ("holes", "a", "column_too_short", "holes"),
    ],
)
def test_a_pair_that_cannot_be_drawn_is_named(x, y, code, column):
    table = read(
        "a,same,word,holes\n"
        + rows_of(9, lambda k: k, lambda k: 4, lambda k: "w", lambda k: k if k < 2 else "")
    )
    error = error_of(lambda: table.pair(x, y))
    assert (error.code, error.params["column"]) == (code, column)


# --- hostile files --------------------------------------------------------------------------------


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", content)
    return file.getvalue()


GOOD = "x,y\n" + rows_of(20, lambda k: k, lambda k: k * k)
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "file_empty"),
    "only a mark": (b"\xef\xbb\xbf", "file_empty"),
    "only a utf-16 mark": (b"\xff\xfe", "file_empty"),
    "blanks": (b" \n\t \r\n ", "file_empty"),
    "only separators": (b",,,\n,,,\n", "file_empty"),
    "one word": (b"hello", "one_column"),
    "one number": (b"5", "one_column"),
    "one column": (b"a\n1\n2\n", "one_column"),
    "separated by blanks": (b"a b\n1 2\n3 4\n", "one_column"),
    "separated by bars": (b"a|b\n1|2\n", "one_column"),
    "header only": (b"a,b\n", "no_rows"),
    "header and empty rows": (b"a,b\n,\n\n", "no_rows"),
    "5 MB + 1": (b"a,b\n" + b"1" * (MAX_BYTES - 3), "file_too_large"),
    "zip": (zipped(GOOD.encode()), "not_text"),
    "zip bomb": (zipped(b"0" * 50_000_000), "not_text"),
    "gzip bomb": (gzip.compress(b"0" * 10_000_000), "not_text"),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "not_text"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "not_text"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(50), "not_text"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not_text"),
    "parquet": (b"PAR1\x15\x04", "not_text"),
    "nul bytes": (b"a,b\n1,\x002\n", "not_text"),
    "all bytes": (bytes(range(256)) * 20, "not_text"),
    "escape codes": (b"a,b\n\x1b[31m1,2\n", "not_text"),
    "utf-16 without its mark": ("a,b\n1,2\n".encode("utf-16-le"), "not_text"),
    "utf-32": ("a,b\n1,2\n".encode("utf-32"), "not_text"),
    "half a utf-16 character": ("a,b\n1,2\n".encode("utf-16") + b"\x00", "encoding_unknown"),
    "latin-1": ("café,b\n1,2\n".encode("latin-1"), "encoding_unknown"),
    "latin-1 on line 3": ("a,b\n1,2\né,3\n".encode("latin-1"), "encoding_unknown"),
    "cut utf-8": ("이름,값\n가,1\n나".encode()[:-1], "encoding_unknown"),
    "short row": (b"a,b,c\n1,2,3\n4,5\n", "row_ragged"),
    "long row": (b"a,b\n1,2\n3,4,5\n", "row_ragged"),
    "decimal commas in a comma file": (b"a,b\n1,5,2,5\n", "row_ragged"),
    "open quote": (b'a,b\n1,"2\n3,4\n', "line_unreadable"),
    "text after a quote": (b'a,b\n"1"2,3\n', "line_unreadable"),
    "endless cell": (b"a,b\n1," + b"x" * 200_000 + b"\n", "line_unreadable"),
    "endless open quote": (b'a,b\n1,"' + b"x,\n" * 200_000, "line_unreadable"),
    "201 columns": (
        b",".join(b"c%d" % k for k in range(201)) + b"\n" + b"1," * 200 + b"1\n",
        "too_many_columns",
    ),
    "a million columns": (b"," * 1_000_000 + b"\n1,2\n", "too_many_columns"),
    "a million named columns": (b"ab;" * 1_000_000, "too_many_columns"),
    "a million tabs": (b"x\t" * 1_000_000, "too_many_columns"),
    "a million columns in line 3": (b"a,b\n1,2\n" + b"3," * 1_000_000, "too_many_columns"),
    "a million quoted columns": (b'"a",' * 1_000_000, "too_many_columns"),
    "20,001 rows": (b"a,b\n" + b"1,2\n" * 20_001, "too_many_rows"),
    "a million rows": (b"a,b\n" + b"1,2\n" * 1_000_000, "too_many_rows"),
    "two million empty rows": (b"a,b\n" + b",\n" * 2_000_000, "too_many_rows"),
    "five million line ends": (b"a,b" + b"\n" * 5_000_000 + b"1,2", "too_many_rows"),
    "html": (b"<!DOCTYPE html>\n<html><body>no</body></html>\n", "one_column"),
    "json": (b'[{"a": 1}]', "one_column"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_unusable_file_is_refused_for_its_reason(name):
    data, code = REFUSED[name]
    assert error_of(lambda: read_table(data, name)).code == code


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("short row", {"line": 3, "cells": 2, "expected": 3}),
        ("long row", {"line": 3, "cells": 3, "expected": 2}),
        ("latin-1 on line 3", {"line": 3}),
        ("open quote", {"line": 2}),
        ("a million columns in line 3", {"line": 3, "limit": 200}),
        ("zip bomb", {"kind": "zip"}),
        ("one column", {"column": "a"}),
    ],
)
def test_a_refusal_names_the_line_and_the_limit(name, params):
    assert error_of(lambda: read_table(REFUSED[name][0], name)).params == params


def test_the_line_named_counts_lines_inside_quotes():
    error = error_of(lambda: read('a,b\n"two\nlines",1\n\n5\n'))
    assert error.params == {"line": 5, "cells": 1, "expected": 2}


NASTY_NAMES = [
    "a.b[0]", "x:Q", "datum['x']", "a\\.b", "**bold**", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "$\\frac{1}{2}$", "[link](javascript:alert(1))", ":red[x]",
    "=cmd|' /C calc'!A0", "@SUM(A1)", "+1+1", "-2+3", "{{7*7}}", "${7*7}", "%s%n", "{0}",
    "../../etc/passwd", "'; DROP TABLE x; --", "\u202egnp.exe", "a\u200bb", "\ufeffa", "🙂", "é",
    "e\u0301", "가나다", "a\"b", "a'b", "`code`", "#1", "__proto__", "constructor", "nan", "None",
    "index", "level_0", "a\u2028b", "&lt;b&gt;", "|x|y|", "~~x~~",
]  # fmt: skip
NASTY_CELLS = [
    "=1+1", "=cmd|'/C calc'!A0", "@x", "+x", "-x", "<b>1</b>", "$1$", "**1**", "1e400", "-1e400",
    "nan", "inf", "1,2", "1;2", "1\t2", "1\n2", '"', '""', "'", "0x10", "1e", "1_0", "１",
    "2020-01-01", "01:02", "1/2", "  ", "\u3000", "\u200b", "9" * 5000, "1" * 400 + "x", "e" * 2000,
    "1e" + "9" * 500, "." * 500, "-" * 500, ("1," * 300)[:-1], "1.2.3", "1" + ",000" * 200,
    "1" + ".000" * 200 + "x", "\u2212", "∞", "NaN", "#REF!", "#DIV/0!", "TRUE", "true",
]  # fmt: skip


def quoted(rows: list[list[str]], separator: str) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue().encode()


HOSTILE: dict[str, bytes] = {name: data for name, (data, _) in REFUSED.items()}
for _k, _name in enumerate(NASTY_NAMES):
    for _separator in (",", ";"):
        _rows = [[_name, "y", _name, ""], *([str(r), str(r * 1.5), _name, "1"] for r in range(12))]
        HOSTILE[f"name {_k} {_separator}"] = quoted(_rows, _separator)
for _k, _cell in enumerate(NASTY_CELLS):
    for _separator in (",", ";", "\t"):
        _rows = [["x", "y", "z"], *([str(r), str(r % 3), "w"] for r in range(12)), [_cell, _cell, _cell]]
        HOSTILE[f"cell {_k} {_separator!r}"] = quoted(_rows, _separator)
    HOSTILE[f"cells {_k}"] = quoted([[_cell, "y"]] + [[_cell, str(r)] for r in range(15)], ",")
for _seed in range(40):
    _rng = np.random.default_rng(_seed)
    _bytes = bytearray(GOOD.encode())
    for _at in _rng.integers(0, len(_bytes), 1 + _seed // 4):
        _bytes[_at] = _rng.integers(256)
    HOSTILE[f"damaged {_seed}"] = bytes(_bytes)
    HOSTILE[f"noise {_seed}"] = _rng.bytes(2000)
    HOSTILE[f"printable noise {_seed}"] = _rng.integers(32, 127, 2000).astype(np.uint8).tobytes()
    HOSTILE[f"marks {_seed}"] = bytes(_rng.choice(list(b'",;\t\n\r 1ax.-'), 600).astype(np.uint8))


def test_there_are_at_least_300_hostile_tables():
    assert len(set(HOSTILE.values())) >= 300


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_a_typed_error_or_a_whole_table(name):
    try:
        table = read_table(HOSTILE[name], name)
    except TableError as error:
        check_error(error)
    else:
        check_whole(table)


@given(
    st.binary(max_size=400) | st.text(alphabet='",;\t\n\r 0123456789.,-ae가', max_size=400).map(str.encode)
)
@settings(max_examples=300)
def test_any_bytes_give_a_typed_error_or_a_whole_table(data):
    try:
        table = read_table(data, "any")
    except TableError as error:
        check_error(error)
    else:
        check_whole(table)


def _full(cell, rows: int, columns: int) -> bytes:
    """As much as 5 MB hold."""
    lines = [",".join(f"c{j}" for j in range(columns))]
    size = len(lines[0])
    for i in range(rows):
        line = ",".join(cell(i, j) for j in range(columns))
        size += len(line) + 1
        if size > MAX_BYTES:
            break
        lines.append(line)
    return "\n".join(lines).encode()


LARGE = {
    "one-digit numbers": lambda: _full(lambda i, j: str((i * 7 + j) % 10), 20_000, 130),
    "distinct numbers": lambda: _full(lambda i, j: f"{i * 200 + j}.5", 20_000, 200),
    "long digits": lambda: _full(lambda i, j: "1" * 100_000 + "x", 100, 2),
    "long groups": lambda: _full(lambda i, j: "1" + ".000" * 25_000 + "x", 100, 2),
    "nothing in quotes": lambda: b"a,b\n" + b'"",""\n' * 800_000,
    "only quotes": lambda: b'"' * MAX_BYTES,
    "long blanks": lambda: b"a,b\n" + (b"1" + b" " * 100_000 + b"1,2\n") * 50,
    "long spaced groups": lambda: b"a,b\n" + (b"1" + b" 000" * 25_000 + b"x,2\n") * 50,
    "quoted lines": lambda: b'a,b\n1,"' + b"\n" * 100_000 + b'"\n',
    "a million columns": lambda: REFUSED["a million quoted columns"][0],
    "quoted columns over lines": lambda: b"\n".join([b'"a",' * 150 + b'"'] * 5000),
    "dates": lambda: _full(lambda i, j: f"2020-01-{i % 28}", 20_000, 20),
}


@pytest.mark.parametrize("name", LARGE)
def test_the_largest_files_cost_bounded_time_and_memory(name):
    data = LARGE[name]()
    assert len(data) <= MAX_BYTES
    start = time.process_time()
    try:
        table = read_table(data, name)
    except TableError as error:
        check_error(error)
        table = None
    assert time.process_time() - start < 12  # 3 s at most where nothing else runs
    if table is not None:
        assert table.n_rows > 0


@pytest.mark.parametrize("columns", [2, 200])
def test_the_largest_tables_need_bounded_memory(columns):
    code = f"""
import resource
from reglib.tables import read_table
rows, size = [",".join(f"c{{j}}" for j in range({columns}))], 0
for i in range(20_000):
    row = ",".join(f"w{{i * 200 + j:x}}" for j in range({columns}))
    size += len(row) + 1
    if size > 5_200_000:
        break
    rows.append(row)
data = "\\n".join(rows).encode()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
table = read_table(data, "x")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert float(done.stdout) < 150  # MB; 60 MB of it are the million strings themselves


def test_every_note_that_is_listed_is_taken():
    source = inspect.getsource(tables)
    for code in NOTE_CODES:
        assert source.count(f'"{code}"') >= 2, code


def test_an_upload_does_not_import_scikit_learn_or_pandas():
    assert "import sklearn" not in inspect.getsource(tables)
    assert "import pandas" not in inspect.getsource(tables)


def test_a_column_of_numbers_that_are_all_too_large_is_called_so() -> None:
    table = read("a,b,y\n" + "".join(f"{k}.5e200,{k},{k % 2}\n" for k in range(1, 21)))
    assert table.column("a").kind == "text"
    error = error_of(lambda: table.numeric("a"))
    assert error.code == "column_too_large"
    assert error.params == {"column": "a", "line": 2, "example": "1.5e200", "limit": 1e100}
    assert notes_of(table.features("y"))["columns_too_large"] == {"columns": ("a",), "limit": 1e100}
    mixed = read("a,b\n" + "x,1\n" * 9 + "1e200,1\n")
    assert error_of(lambda: mixed.numeric("a")).code == "column_not_numeric"
