"""A reader's CSV file, read defensively: what cannot be used is refused or dropped, and said.

What is read
------------
UTF-8 (with or without a byte-order mark), UTF-16 *with* its mark (what Excel calls "Unicode text") and
CP949, which contains EUC-KR.  Cells are separated by commas, semicolons or tabs and quoted after RFC 4180.
A file has at most 5 MB, 20,000 rows and 200 columns.  Nothing is fetched, unpacked or executed: a formula
is text, a renamed archive is refused by its first bytes.

Numbers
-------
``1234.5``, ``-1e-3``, ``1,234.5`` and, where a column's other cells show a decimal comma, ``1.234,5``.
A column whose every comma could be either (``1,234``) is read as the rest of the table is; if that decides
nothing, the comma is decimal in a file separated by semicolons and a thousands separator otherwise; a point
is decimal.  Either reading is said in a note.  ``inf``, and sizes above 1e100, are not used: their squares
cannot be added up.

Everything said is a code and its parameters, listed in :data:`reglib.errors.ERROR_CODES` and
:data:`NOTE_CODES`.
Parameters may hold a reader's own text (``column``, ``example``): escape it before showing it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reglib._checks import LARGEST, Floats
from reglib.errors import TableError

MAX_BYTES = 5 * 2**20
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CLASSES = 20
MIN_ROWS = 10
_MAX_RECORDS = 10 * MAX_ROWS  # spreadsheets save thousands of empty rows; more than this is no table
_MAX_NAME = 80
_RARE = 3  # rows that a class must have

# code -> names of its parameters; every note of a Table, Pair or Features is one of these.
NOTE_CODES: dict[str, tuple[str, ...]] = {
    "encoding": ("encoding",),  # read as "cp949" or "utf-16", not UTF-8
    "no_header": (),
    "names_filled": ("columns",),
    "name_repeated": ("column", "renamed"),
    "name_cleaned": ("renamed",),  # shortened, or without control characters
    "rows_empty": ("rows",),
    "columns_empty": ("columns",),
    "decimal_comma": ("columns",),
    "thousands": ("columns",),
    "cells_not_numeric": ("column", "cells", "line", "example"),
    "cells_too_large": ("column", "cells", "limit"),
    "rows_incomplete": ("rows", "total"),
    "columns_not_numeric": ("columns",),
    "columns_too_large": ("columns", "limit"),
    "columns_constant": ("columns",),
    "columns_mostly_missing": ("columns",),
    "class_rare": ("column", "label", "rows"),
}

Note = tuple[str, dict[str, object]]
Kind = Literal["number", "text", "date", "empty"]
Task = Literal["regression", "binary", "multiclass"]

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"PAR1", "parquet"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MISSING = frozenset(
    ("", "-", "--", ".", "?", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil", "결측", "없음")
)
_INFINITE = re.compile(r"[+-]?(inf|infinity|∞)", re.IGNORECASE)
_EXPONENT = r"(?:[eE][+-]?\d{1,6})?"
# Each of these takes time in proportion to its cell: no digit can be matched in two ways.
_PLAIN = re.compile(rf"[+-]?(?:\d+(?:\.\d*)?|\.\d+){_EXPONENT}", re.ASCII)
_COMMA_DECIMAL = re.compile(rf"[+-]?(?:\d+,\d*|,\d+){_EXPONENT}", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?", re.ASCII)
_SPACE_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d*)?", re.ASCII)
_DATE = re.compile(
    r"\d{4}\s*[-/.년]\s*\d{1,2}\s*[-/.월]\s*\d{1,2}\D?.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b.*|\d{1,2}:\d{2}(:\d{2})?.*"
)


# --- what a reader's table looks like to a page ---------------------------------------------------


@dataclass(frozen=True, eq=False)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        As the reader wrote it, trimmed, printable, at most 80 characters, unlike every other name.
    kind : {"number", "text", "date", "empty"}
        "number" where at least four of five filled cells are numbers.
    numbers : ndarray of shape (n,) or None
        nan where a cell is missing or unusable; None unless ``kind`` is "number".
    levels : tuple of str
        The distinct filled cells, sorted (as numbers, if they are), if there are at most 20; else empty.
    codes : ndarray of int, shape (n,) or None
        Index into ``levels``, −1 where missing; None without levels.
    distinct : int
        Number of distinct filled cells.
    looks_like_classes : bool
        2 to 20 levels, each twice on average, and, if numbers, at most 10 whole ones.
    too_large : bool
        Whether it would be a column of numbers if those beyond the limit counted.
    example, example_line : str, int
        The first filled cell that is no number (of a column that is too large: the first beyond the limit), and its
        line in the file; "" and 0 if there is none.
    """

    name: str
    kind: Kind
    numbers: Floats | None
    levels: tuple[str, ...]
    codes: NDArray[np.int16] | None
    distinct: int
    looks_like_classes: bool
    too_large: bool
    example: str
    example_line: int


@dataclass(frozen=True, eq=False)
class Pair:
    """The rows in which two columns both hold a number.

    Attributes
    ----------
    x, y : ndarray of shape (m,)
    x_name, y_name : str
    rows : ndarray of int, shape (m,)
        Their places among the table's rows, from 0.
    notes : tuple of (code, parameters)
    """

    x: Floats
    y: Floats
    x_name: str
    y_name: str
    rows: NDArray[np.int64]
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Features:
    """A target and every column that can explain it.

    Attributes
    ----------
    X : ndarray of shape (m, p)
    y : ndarray of shape (m,)
        Numbers for a regression, else class numbers 0 … k − 1.
    feature_names : tuple of str, length p
    target : str
    task : {"regression", "binary", "multiclass"}
    reason : {"two_values", "few_labels", "few_whole_numbers", "many_values"}
        Why that task was recognised.
    class_names : tuple of str
        Empty for a regression.
    rows : ndarray of int, shape (m,)
        Their places among the table's rows, from 0.
    notes : tuple of (code, parameters)
    """

    X: Floats
    y: Floats
    feature_names: tuple[str, ...]
    target: str
    task: Task
    reason: str
    class_names: tuple[str, ...]
    rows: NDArray[np.int64]
    notes: tuple[Note, ...]


# What `Features.reason` may be, for a page to word.
REASONS = ("two_values", "few_labels", "few_whole_numbers", "many_values")


@dataclass(frozen=True, eq=False)
class Table:
    r"""A reader's table after reading.

    Attributes
    ----------
    name : str
        Name of the file.
    columns : tuple of Column
    n_rows : int
        Rows below the header that hold anything.
    separator : {",", ";", "\t"}
    encoding : {"utf-8", "utf-16", "cp949"}
    notes : tuple of (code, parameters)
        What was dropped, renamed or decided: see :data:`NOTE_CODES`.
    """

    name: str
    columns: tuple[Column, ...]
    n_rows: int
    separator: str
    encoding: str
    notes: tuple[Note, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def numeric_names(self) -> tuple[str, ...]:
        """Names of the columns that hold numbers."""
        return tuple(column.name for column in self.columns if column.kind == "number")

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the columns that look like classes."""
        return tuple(column.name for column in self.columns if column.looks_like_classes)

    def column(self, name: str) -> Column:
        """Return a column.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        Column

        Raises
        ------
        TableError
            ``column_unknown`` (column).
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise TableError("column_unknown", column=name)

    def numeric(self, name: str) -> Floats:
        """Return a column's numbers.

        Parameters
        ----------
        name : str
            One of `numeric_names`.

        Returns
        -------
        ndarray of shape (n_rows,)
            Read-only; nan where a cell is missing or unusable.

        Raises
        ------
        TableError
            ``column_unknown`` (column), ``column_empty`` (column), ``column_not_numeric`` (column, line, example)
            or ``column_too_large`` (the same and limit).
        """
        column = self.column(name)
        if column.kind == "empty":
            raise TableError("column_empty", column=name)
        if column.numbers is None:
            line, example = column.example_line, column.example
            if column.too_large:
                raise TableError("column_too_large", column=name, line=line, example=example, limit=LARGEST)
            raise TableError("column_not_numeric", column=name, line=line, example=example)
        return column.numbers

    def pair(self, x: str, y: str, *, need: int = 3) -> Pair:
        """Return the rows in which columns ``x`` and ``y`` both hold a number.

        Parameters
        ----------
        x, y : str
            Names of two different columns.
        need : int
            The smallest number of rows to be content with, at least 1.

        Returns
        -------
        Pair
            Of m ≥ need rows, in the order of the file.

        Raises
        ------
        TableError
            ``columns_same`` (column); those of :meth:`numeric`; ``column_too_short`` (column, rows, need), the
            column being the one with more gaps; ``column_constant`` (column) if all x are equal.
        """
        if x == y:
            raise TableError("columns_same", column=x)
        first, second = self.numeric(x), self.numeric(y)
        complete = np.isfinite(first) & np.isfinite(second)
        rows = np.flatnonzero(complete)
        if len(rows) < need:
            scarcer = x if np.isnan(first).sum() > np.isnan(second).sum() else y
            raise TableError("column_too_short", column=scarcer, rows=len(rows), need=need)
        if np.ptp(first[rows]) == 0:
            raise TableError("column_constant", column=x)
        notes: list[Note] = []
        if len(rows) < self.n_rows:
            notes.append(("rows_incomplete", {"rows": self.n_rows - len(rows), "total": self.n_rows}))
        return Pair(first[rows], second[rows], x, y, rows, tuple(notes))

    def features(self, target: str) -> Features:
        """Return ``target`` as y, every other usable numeric column as X, and the task recognised.

        Two distinct values make a binary task; three to twenty labels, or three to ten whole numbers that
        each occur twice on average, a multiclass task; other numbers a regression.  Columns that hold no
        numbers, are constant, or miss more than half of their cells are left out; then rows with a gap are;
        then classes with fewer than three rows.  All of this is said in the notes.

        Parameters
        ----------
        target : str
            Name of a column.

        Returns
        -------
        Features
            At least 10 rows and one feature, all cells finite.

        Raises
        ------
        TableError
            ``column_unknown``, ``column_empty`` (column); ``target_one_class`` (column, label);
            ``target_too_many_classes`` (column, classes, limit); ``column_constant`` (column) for a
            regression target of one value; ``column_too_short`` (column, rows, need), need being 10;
            ``classes_too_rare`` (column, each, rows, need), where fewer rows are left without the classes of fewer
            than ``each`` rows; ``no_features`` (column); ``column_too_large``, as `numeric`, where that is why.
        """
        column = self.column(target)
        if column.kind == "empty":
            raise TableError("column_empty", column=target)
        if self.n_rows < MIN_ROWS:
            raise TableError("column_too_short", column=target, rows=self.n_rows, need=MIN_ROWS)
        task, reason = _recognise(column)
        notes: list[Note] = []

        others = [c for c in self.columns if c.name != target]
        unread = [c for c in others if c.kind in ("text", "date")]
        _note_columns(notes, "columns_not_numeric", [c for c in unread if not c.too_large])
        _note_columns(notes, "columns_too_large", [c for c in unread if c.too_large], limit=LARGEST)
        known = [(c, c.numbers) for c in others if c.numbers is not None]
        sparse = [c for c, numbers in known if np.isnan(numbers).mean() > 0.5]
        _note_columns(notes, "columns_mostly_missing", sparse)
        known = [(c, numbers) for c, numbers in known if c not in sparse]

        if task == "regression":
            assert column.numbers is not None  # only a column of numbers is recognised as a regression
            y = column.numbers
        else:
            assert column.codes is not None  # only a column with levels is recognised as classes
            y = np.where(column.codes < 0, np.nan, column.codes.astype(np.float64))
        complete = np.isfinite(y)
        for _, numbers in known:
            complete &= np.isfinite(numbers)
        rows = np.flatnonzero(complete)
        if len(rows) < self.n_rows:
            notes.append(("rows_incomplete", {"rows": self.n_rows - len(rows), "total": self.n_rows}))

        if len(rows) < MIN_ROWS:
            raise TableError("column_too_short", column=target, rows=len(rows), need=MIN_ROWS)
        names: tuple[str, ...] = ()
        if task != "regression":
            rows, y, names = _drop_rare_classes(column, y, rows, notes)
            task = "binary" if len(names) <= 2 else "multiclass"
        if len(rows) < MIN_ROWS:
            raise TableError("classes_too_rare", column=target, each=_RARE, rows=len(rows), need=MIN_ROWS)
        if task != "regression" and len(names) == 1:
            raise TableError("target_one_class", column=target, label=names[0])
        if task == "regression" and np.ptp(y[rows]) == 0:
            raise TableError("column_constant", column=target)

        constant = [c for c, numbers in known if np.ptp(numbers[rows]) == 0]
        _note_columns(notes, "columns_constant", constant)
        known = [(c, numbers) for c, numbers in known if c not in constant]
        if not known and (large := next((c for c in unread if c.too_large), None)):
            self.numeric(large.name)  # says which value of it is too large
        if not known:
            raise TableError("no_features", column=target)
        return Features(
            X=np.column_stack([numbers[rows] for _, numbers in known]),
            y=y[rows],
            feature_names=tuple(c.name for c, _ in known),
            target=target,
            task=task,
            reason=reason,
            class_names=names,
            rows=rows,
            notes=tuple(notes),
        )


def _note_columns(notes: list[Note], code: str, columns: list[Column], **more: object) -> None:
    if columns:
        notes.append((code, {"columns": tuple(column.name for column in columns), **more}))


def _recognise(column: Column) -> tuple[Task, str]:
    """Task that a target column asks for, and why."""
    if column.distinct == 1 and column.kind == "number":
        raise TableError("column_constant", column=column.name)
    if column.distinct == 1:
        raise TableError("target_one_class", column=column.name, label=column.levels[0])
    if column.distinct == 2:
        return "binary", "two_values"
    if column.kind == "number":
        if column.looks_like_classes:
            return "multiclass", "few_whole_numbers"
        return "regression", "many_values"
    if not column.levels:
        raise TableError(
            "target_too_many_classes", column=column.name, classes=column.distinct, limit=MAX_CLASSES
        )
    return "multiclass", "few_labels"


def _drop_rare_classes(
    column: Column, y: Floats, rows: NDArray[np.int64], notes: list[Note]
) -> tuple[NDArray[np.int64], Floats, tuple[str, ...]]:
    """Leave out classes with fewer than three of the rows, and number the others 0 … k − 1."""
    counts = np.bincount(y[rows].astype(np.int64), minlength=len(column.levels))
    kept = np.flatnonzero(counts >= _RARE)
    for level in np.flatnonzero((counts < _RARE) & (counts > 0)):
        label = column.levels[level]
        notes.append(("class_rare", {"column": column.name, "label": label, "rows": int(counts[level])}))
    rows = rows[np.isin(y[rows], kept)]
    renumbered = np.full(y.shape, np.nan)
    renumbered[rows] = np.searchsorted(kept, y[rows])
    return rows, renumbered, tuple(column.levels[level] for level in kept)


# --- from bytes to cells --------------------------------------------------------------------------


def read_table(data: bytes, name: str) -> Table:
    """Read a reader's file.

    Parameters
    ----------
    data : bytes
        The whole file, at most 5 MB (5·2²⁰ bytes).
    name : str
        Its name, for showing only.

    Returns
    -------
    Table
        With at least two columns and one row.

    Raises
    ------
    TableError
        ``file_too_large`` (size, limit), ``file_empty``, ``not_text`` (kind), ``encoding_unknown`` (line),
        ``line_unreadable`` (line), ``row_ragged`` (line, cells, expected), ``too_many_columns``
        (line, limit), ``too_many_rows`` (limit), ``no_rows``, ``one_column`` (column).

    Notes
    -----
    Size and first bytes are looked at before anything is decoded, and each line's number of separators
    before it is taken apart, so that a hostile file costs no more than a proper one of 5 MB.
    """
    if len(data) > MAX_BYTES:
        raise TableError("file_too_large", size=len(data), limit=MAX_BYTES)
    notes: list[Note] = []
    text, encoding = _decode(data)
    if encoding != "utf-8":
        notes.append(("encoding", {"encoding": encoding}))
    text, separator = _find_separator(text)
    header, records, lines = _read_records(text, separator, notes)
    width = len(header)
    columns: list[Column] = []
    names = _name_columns(header, notes)
    cells_by_column = [[record[j] for record in records] for j in range(width)]
    records.clear()
    votes = [_style_votes(set(cells)) for cells in cells_by_column]
    undecided = "either" if separator == ";" else "point"
    table_style = _style(sum(votes)) or undecided
    commas: list[str] = []
    thousands: list[str] = []
    empty: list[str] = []
    for j, column_name in enumerate(names):
        cells, cells_by_column[j] = cells_by_column[j], []  # lets each column's text go once it is read
        distinct = set(cells)
        style = _style(votes[j]) or table_style
        read = {cell: _number(cell, style) for cell in distinct}
        column = _make_column(column_name, cells, read, lines, notes)
        columns.append(column)
        if column.kind == "empty":
            empty.append(column_name)
        if column.kind == "number":
            numbers = [cell for cell, value in read.items() if isinstance(value, float)]
            if style != "point" and any("," in cell for cell in numbers):
                commas.append(column_name)
            grouped = {"point": _COMMA_GROUPS, "comma": _POINT_GROUPS, "either": _SPACE_GROUPS}[style]
            if any(grouped.fullmatch(c) or _SPACE_GROUPS.fullmatch(c) for c in numbers):
                thousands.append(column_name)
    for code, concerned in (("columns_empty", empty), ("decimal_comma", commas), ("thousands", thousands)):
        if concerned:
            notes.append((code, {"columns": tuple(concerned)}))
    return Table(name, tuple(columns), len(lines), separator, encoding, tuple(notes))


def _decode(data: bytes) -> tuple[str, str]:
    for start, kind in _MAGIC:
        if data.startswith(start):
            raise TableError("not_text", kind=kind)
    encodings = ["utf-8-sig", "cp949"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise TableError("not_text", kind="binary")
    line = 1
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = max(line, data.count(b"\n", 0, error.start) + 1)
            continue
        text = text.rstrip("\x1a")  # the end mark of old DOS programs
        if not text.strip():
            raise TableError("file_empty")
        if _CONTROL.search(text):
            raise TableError("not_text", kind="binary")
        return text, "utf-8" if encoding == "utf-8-sig" else encoding
    raise TableError("encoding_unknown", line=line)


def _find_separator(text: str) -> tuple[str, str]:
    """Text without Excel's ``sep=`` line, and the separator under which its first lines agree best."""
    hint = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    if hint:
        # An empty line stands in for the hint, so that line numbers stay those of the file.
        return "\n" + text[hint.end() :], hint[1]
    sample = text[: 2**16].lstrip("\r\n").splitlines()[:50]
    if len(text) > 2**16 and len(sample) > 1:
        sample.pop()  # cut short
    best, best_score = ",", (0.0, 0)
    for separator in (",", ";", "\t"):
        try:
            rows = [row for row in csv.reader(sample, delimiter=separator, skipinitialspace=True) if row]
        except csv.Error:
            continue
        if rows and len(rows[0]) > 1:
            score = (sum(len(row) == len(rows[0]) for row in rows) / len(rows), len(rows[0]))
            if score > best_score:
                best, best_score = separator, score
    return text, best


def _read_records(
    text: str, separator: str, notes: list[Note]
) -> tuple[list[str], list[list[str]], NDArray[np.int32]]:
    """Header, rows that hold anything, and the line in which each of these starts."""
    known: dict[str, str] = {}  # equal cells share one string, most of a usual table's memory
    header: list[str] | None = None
    header_line = 1
    records: list[list[str]] = []
    lines: list[int] = []
    blank = seen = 0
    start = 1
    reader = csv.reader(
        _guarded_lines(text, separator), delimiter=separator, skipinitialspace=True, strict=True
    )
    while True:
        try:
            record = next(reader, None)
        except csv.Error:
            raise TableError("line_unreadable", line=start) from None
        if record is None:
            break
        line, start = start, reader.line_num + 1
        seen += 1
        if len(record) > MAX_COLUMNS:
            raise TableError("too_many_columns", line=line, limit=MAX_COLUMNS)
        if seen > _MAX_RECORDS:
            raise TableError("too_many_rows", limit=MAX_ROWS)
        if len(known) < 100_000:
            record = [known.setdefault(cell, cell) for cell in map(str.strip, record)]
        else:
            record = [known.get(cell, cell) for cell in map(str.strip, record)]
        if not any(record):
            blank += header is not None
            continue
        if header is None:
            header, header_line = record, line
            continue
        if len(record) != len(header):
            raise TableError("row_ragged", line=line, cells=len(record), expected=len(header))
        if len(records) == MAX_ROWS:
            raise TableError("too_many_rows", limit=MAX_ROWS)
        records.append(record)
        lines.append(line)
    if header is None:
        raise TableError("file_empty")
    if len(header) == 1:
        raise TableError("one_column", column=_clean_name(header[0]))
    # A first row of nothing but numbers is data: real column names are words.
    if all(_PLAIN.fullmatch(cell) or cell == "" for cell in header) and any(header):
        records.insert(0, header)
        lines.insert(0, header_line)
        header = [""] * len(header)
        notes.append(("no_header", {}))
        if len(records) > MAX_ROWS:
            raise TableError("too_many_rows", limit=MAX_ROWS)
    if not records:
        raise TableError("no_rows")
    if blank:
        notes.append(("rows_empty", {"rows": blank}))
    return header, records, np.array(lines, dtype=np.int32)


def _guarded_lines(text: str, separator: str) -> Iterator[str]:
    """Lines of the text; one with far too many cells is refused before a list is made of them."""
    quoted = False
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if line.count(separator) >= MAX_COLUMNS:
            outside = line.split('"', 1000)[quoted::2]
            if sum(part.count(separator) for part in outside) >= MAX_COLUMNS:
                raise TableError("too_many_columns", line=number, limit=MAX_COLUMNS)
        quoted ^= line.count('"') % 2 == 1
        yield line


def _clean_name(name: str) -> str:
    printable = "".join(ch for ch in " ".join(name[:1000].split()) if ch.isprintable())
    return printable if len(printable) <= _MAX_NAME else printable[: _MAX_NAME - 1] + "…"


def _name_columns(header: list[str], notes: list[Note]) -> list[str]:
    """Names unlike each other: an empty one becomes ``#3``, a repeated one ``name (2)``."""
    cleaned = [_clean_name(raw) for raw in header]
    filled: list[str] = []
    names: list[str] = []
    reserved = set(cleaned)
    taken: set[str] = set()
    for j, (raw, name) in enumerate(zip(header, cleaned, strict=True)):
        wanted = name or f"#{j + 1}"
        unique, k = wanted, 2
        while unique in taken or (unique in reserved and unique != name):
            unique, k = f"{wanted} ({k})", k + 1
        taken.add(unique)
        names.append(unique)
        if not name:
            filled.append(unique)
        elif unique != name:
            notes.append(("name_repeated", {"column": name, "renamed": unique}))
        elif name != raw:
            notes.append(("name_cleaned", {"renamed": unique}))
    if filled and ("no_header", {}) not in notes:
        notes.append(("names_filled", {"columns": tuple(filled)}))
    return names


# --- from cells to numbers ------------------------------------------------------------------------


def _plainer(cell: str) -> str:
    """Return the cell with an ASCII minus and without spaces between thousands (1 234,5)."""
    text = cell.replace("\u2212", "-")
    return re.sub(r"\s", "", text) if _SPACE_GROUPS.fullmatch(text) else text


def _style(votes: int) -> str | None:
    return "point" if votes > 0 else "comma" if votes < 0 else None


def _style_votes(cells: set[str]) -> int:
    """Count the cells that can be read only with a decimal point, less those only with a decimal comma."""
    point = comma = 0
    for raw in cells:
        if "," not in raw and "." not in raw:
            continue
        cell = _plainer(raw)
        if "," in cell:
            if _COMMA_GROUPS.fullmatch(cell):
                point += "." in cell or cell.count(",") > 1
            elif _COMMA_DECIMAL.fullmatch(cell) or _POINT_GROUPS.fullmatch(cell):
                comma += 1
        elif "." in cell:
            if _PLAIN.fullmatch(cell) and not _POINT_GROUPS.fullmatch(cell):
                point += 1
            elif cell.count(".") > 1 and _POINT_GROUPS.fullmatch(cell):
                comma += 1
    return point - comma


def _number(cell: str, style: str) -> float | str:
    """Read a cell: a finite float, or "missing", "large" (also infinite) or "text".

    In the style "either", a comma is decimal and so is a point: 1,234 and 1.234 are the same number.
    """
    if cell.lower() in _MISSING:
        return "missing"
    text = _plainer(cell)
    if style == "point" and _COMMA_GROUPS.fullmatch(text):
        text = text.replace(",", "")
    elif style == "comma" and _POINT_GROUPS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif style != "point" and _COMMA_DECIMAL.fullmatch(text):
        text = text.replace(",", ".")
    if _INFINITE.fullmatch(text):
        return "large"
    if not _PLAIN.fullmatch(text):
        return "text"
    value = float(text)
    return value if abs(value) <= LARGEST else "large"


def _make_column(
    name: str, cells: list[str], read: dict[str, float | str], lines: NDArray[np.int32], notes: list[Note]
) -> Column:
    """Decide what a column holds; ``read`` says what each distinct cell means."""
    filled = [cell for cell, value in read.items() if value != "missing"]
    if not filled:
        return Column(name, "empty", None, (), None, 0, False, False, "", 0)
    values = [read[cell] for cell in cells]
    numbers = np.array([v if isinstance(v, float) else np.nan for v in values], dtype=np.float64)
    n_large, n_text = values.count("large"), values.count("text")
    n_numbers = int(np.isfinite(numbers).sum())
    numeric = n_numbers > 0 and n_numbers >= 4 * (n_text + n_large)
    too_large = not numeric and n_large > 0 and n_numbers + n_large >= 4 * n_text
    example, example_line = "", 0
    if n_text or n_large:
        at = values.index("large" if too_large or not n_text else "text")
        example, example_line = _clean_name(cells[at]), int(lines[at])

    kind: Kind = "number" if numeric else "text"
    if not numeric and sum(bool(_DATE.fullmatch(cell[:100])) for cell in filled) > len(filled) / 2:
        kind = "date"
    if numeric and n_text:
        note = {"column": name, "cells": n_text, "line": example_line, "example": example}
        notes.append(("cells_not_numeric", note))
    if numeric and n_large:
        notes.append(("cells_too_large", {"column": name, "cells": n_large, "limit": LARGEST}))

    if numeric:  # 1 and 1.0 are one value
        meaning: dict[str, float | str] = {c: v for c in filled if isinstance(v := read[c], float)}
    else:
        meaning = {c: c for c in filled}
    distinct = set(meaning.values())
    levels: tuple[str, ...] = ()
    codes: NDArray[np.int16] | None = None
    if 0 < len(distinct) <= MAX_CLASSES:
        spelled: dict[float | str, str] = {}
        for cell in meaning:
            value = meaning[cell]
            spelled[value] = min(spelled.get(value, cell), cell, key=lambda s: (len(s), s))
        order = sorted(distinct, key=lambda v: (v if isinstance(v, float) else 0.0, str(v)))
        levels = tuple(_clean_name(spelled[value]) or f"#{k}" for k, value in enumerate(order, start=1))
        place = {value: k for k, value in enumerate(order)}
        codes = np.array([place[meaning[c]] if c in meaning else -1 for c in cells], dtype=np.int16)
        codes.setflags(write=False)
    n_filled = n_numbers if numeric else len(cells) - values.count("missing")
    classes = len(levels) >= 2 and n_filled >= 2 * len(levels)
    if numeric and len(levels) > 2:
        whole = all(float(value) == round(float(value)) for value in distinct)
        classes = classes and whole and len(levels) <= 10
    numbers.setflags(write=False)
    return Column(
        name=name,
        kind=kind,
        numbers=numbers if numeric else None,
        levels=levels,
        codes=codes,
        distinct=len(distinct),
        looks_like_classes=classes,
        too_large=too_large,
        example=example,
        example_line=example_line,
    )
