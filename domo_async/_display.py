"""Rows and fields for people to look at: in a terminal, and in a notebook. Pure."""

from __future__ import annotations

import html
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["first_few", "html_fields", "html_table", "text_table", "with_notes"]

_FEW = 5
_WIDEST = 32
_LONGEST = 300  # of a cell, in a notebook
_MOST_COLUMNS = 50
_MOST_FIELDS = 100
_RULE = "\0"  # of which no shown cell consists
_NUMBERS = {"LONG", "DOUBLE", "DECIMAL"}


def with_notes(error: BaseException) -> str:
    """Return the message of an error and its notes, in one line."""
    return "; ".join([str(error), *getattr(error, "__notes__", ())])


def first_few(items: Sequence[object], most: int) -> str:
    """Return the first of some items in one line, and the number of the others."""
    more = f" and {len(items) - most:,} more" if len(items) > most else ""
    return ", ".join(map(str, items[:most])) + more


def text_table(names: Sequence[str], kinds: Sequence[str], rows: Sequence[Sequence[Any]], width: int) -> str:
    """Return the first and last rows in columns, with the columns that fit into the width, and a line with the shape.

    NULL is shown as NULL; text that is empty, begins or ends with a blank or says NULL itself is put in quotes.
    """
    head, tail = _ends(rows)
    lines = [[_shown(name, cut=True) for name in names], list(map(str, kinds)), [_RULE] * len(names)]
    lines += [[_shown(cell, cut=True) for cell in row] for row in head]
    if tail:
        lines.append(["…"] * len(names))
        lines += [[_shown(cell, cut=True) for cell in row] for row in tail]
    columns = [
        _aligned(cells, right=type_ in _NUMBERS) for cells, type_ in zip(zip(*lines, strict=True), kinds, strict=True)
    ]
    shown = _fitting(columns, width)
    body = ["  ".join(cells).rstrip() for cells in zip(*columns[:shown], strict=True)]
    hidden = len(columns) - shown
    more = f", the last {hidden} not shown" if hidden else ""
    return "\n".join([*body, f"[{_shape(len(rows), len(names))}{more}]"])


def html_table(
    names: Sequence[str], kinds: Sequence[str] | None, rows: Sequence[Sequence[Any]], *, count: int | None = None
) -> str:
    """Return the first and last rows as a table in HTML, with the first columns if there are many.

    Args:
        names: The columns' names.
        kinds: Their types, if they are to be shown.
        rows: The rows, all of them or the first and last ones.
        count: How many rows there are, where these are not all.
    """
    count = len(rows) if count is None else count
    head, tail = _ends(rows, count)
    shown = min(len(names), _MOST_COLUMNS)
    types = [""] * len(names) if kinds is None else [f"<br><small>{_text(str(type_))}</small>" for type_ in kinds]
    columns = [f"<th>{_text(name)}{type_}</th>" for name, type_ in zip(names[:shown], types[:shown], strict=True)]
    gap = [f'<tr><td colspan="{max(1, shown)}">…</td></tr>'] if tail else []
    body = [*(_html_row(row[:shown]) for row in head), *gap, *(_html_row(row[:shown]) for row in tail)]
    hidden = len(names) - shown
    more = f", the last {hidden:,} not shown" if hidden else ""
    return (
        f"<table><thead><tr>{''.join(columns)}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        f"<p>{_shape(count, len(names))}{more}</p>"
    )


def html_fields(title: str, fields: Mapping[str, Any]) -> str:
    """Return fields with their values, which are JSON's, as a table in HTML with a line for each."""
    rows = [
        f'<tr><th style="text-align:left">{_text(name)}</th><td style="text-align:left">{_html_cell(value)}</td></tr>'
        for name, value in list(fields.items())[:_MOST_FIELDS]
    ]
    hidden = len(fields) - len(rows)
    more = f"<p>{hidden:,} more fields are not shown</p>" if hidden else ""
    return f"<table><caption>{_text(title)}</caption><tbody>{''.join(rows)}</tbody></table>{more}"


def _html_row(row: Iterable[Any]) -> str:
    return f"<tr>{''.join(f'<td>{_html_cell(cell)}</td>' for cell in row)}</tr>"


def _html_cell(cell: Any) -> str:
    if cell is None:
        return "<i>NULL</i>"
    return _text(json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, dict | list) else cell)


def _text(cell: object) -> str:
    text = _shown(cell if not isinstance(cell, str) or len(cell) <= _LONGEST else cell[: _LONGEST - 1] + "…")
    return html.escape(text)


def _ends(
    rows: Sequence[Sequence[Any]], count: int | None = None
) -> tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]]]:
    if (len(rows) if count is None else count) <= 2 * _FEW:
        return rows, ()
    return rows[:_FEW], rows[-_FEW:]


def _shape(rows: int, columns: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'} × {columns} column{'' if columns == 1 else 's'}"  # noqa: RUF001 - a multiplication sign, as frames show their size


def _shown(cell: object, *, cut: bool = False) -> str:
    if cell is None:
        return "NULL"
    text = str(cell)
    if isinstance(cell, str):
        if cut and len(text) > _WIDEST:
            text = text[: _WIDEST - 1] + "…"
        # A control character could play tricks with the terminal.
        text = "".join(
            character if character.isprintable() else character.encode("unicode_escape", "backslashreplace").decode()
            for character in text
        )
        if text in {"", "NULL"} or text != text.strip():
            text = f'"{text}"'
    return text


def _aligned(cells: Sequence[str], *, right: bool) -> list[str]:
    widest = max(map(_width, cells))
    padded = []
    for cell in cells:
        blanks = " " * (widest - _width(cell))
        padded.append("-" * widest if cell == _RULE else blanks + cell if right else cell + blanks)
    return padded


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _fitting(columns: Sequence[Sequence[str]], width: int) -> int:
    """Return how many of the first columns fit, at least one."""
    used = count = 0
    for column in columns:
        used += _width(column[0]) + (2 if count else 0)
        if used > width and count:
            break
        count += 1
    return count
