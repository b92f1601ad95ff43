"""Binding of values to placeholders in SQL, so that no value can be read as SQL. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeAlias

from domo_async._transfer.columns import ColumnType
from domo_async._transfer.csv.format import value_of
from domo_async._transfer.encoding.cells import CellRules, Cells
from domo_async._transfer.encoding.texts import UnencodableValue
from domo_async._transfer.encoding.values import python_value
from domo_async._transfer.reading.sql_text import Token, quoted_text, tokens
from domo_async.errors import ConfigError

__all__ = ["Params", "bind", "placeholders"]

Params: TypeAlias = Sequence[object] | Mapping[str, object]
"""Values for ``?`` in order, or by name for ``:name``. A list as a value becomes ``(a, b, c)``."""

_AMBIGUOUS = re.compile(r"\\['\"]")
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_NULL = "NULL"
# Values get the text that an upload would write to a STRING column.
_AS_TEXT = Cells(ColumnType.STRING, CellRules())


def bind(sql: str, params: Params | None) -> str:
    """Return SQL with its placeholders replaced by values; if `params` is None, the SQL is unchanged.

    Placeholders are ``?`` if the values are a sequence, and ``:name`` if they are a mapping, where names may have dots,
    as in ``:sales.id``; within a text, a comment or a name in backticks they are not placeholders. A value is written
    as in a row that is uploaded: missing values are NULL, and infinity is refused. Texts are written with doubled
    quotes and doubled backslashes, as MySQL reads them. Whether Domo's dialect takes a backslash for more than itself
    is not documented: if it does not, one in a value would be read as two, but no value can be read as SQL either way.

    Raises:
        ConfigError: Values and placeholders do not match, or a value cannot be written in SQL.
    """
    if params is None:
        return sql
    if isinstance(params, str | bytes) or not isinstance(params, Sequence | Mapping):
        raise ConfigError(f"give params as a list for ? or a mapping for :name, not a {type(params).__name__}")
    pieces = list(tokens(sql))
    _check(pieces)
    return "".join(_named(pieces, params) if isinstance(params, Mapping) else _counted(pieces, params))


def placeholders(sql: str) -> list[str]:
    """Return the names of the placeholders in SQL, each once, in order of appearance."""
    pieces = list(tokens(sql))
    found = (_name_at(pieces, index) for index in range(len(pieces)))
    return list(dict.fromkeys(name for name, _ in found if name is not None))


def _counted(pieces: Sequence[Token], values: Sequence[object]) -> Iterator[str]:
    count = 0
    for index, token in enumerate(pieces):
        if token.type == "other" and token.text == "?":
            _check_alone(pieces, index, index)
            if count < len(values):
                yield _literal(values[count], f"value {count + 1}")
            count += 1
        else:
            yield token.text
    if count != len(values):
        raise ConfigError(f"the SQL has {count} placeholders ?, but there are {len(values)} values")


def _named(pieces: Sequence[Token], values: Mapping[str, object]) -> Iterator[str]:
    unused = {*values}
    index = 0
    while index < len(pieces):
        token = pieces[index]
        name, length = _name_at(pieces, index)
        if name is None:
            yield token.text
            index += 1
            continue
        if name not in values:
            raise ConfigError(f"the SQL has the placeholder :{name}, but params does not have that value")
        _check_alone(pieces, index, index + length - 1)
        unused.discard(name)
        yield _literal(values[name], f":{name}")
        index += length
    if unused:
        raise ConfigError(f"the SQL does not use {', '.join(f':{name}' for name in sorted(map(str, unused)))}")


def _name_at(pieces: Sequence[Token], index: int) -> tuple[str | None, int]:
    """Return the name of the placeholder that begins here, or None, and the number of its tokens.

    Two colons do not begin a placeholder.
    """
    before = pieces[index - 1].text if index else ""
    if pieces[index].text != ":" or before == ":" or not _is_name(pieces, index + 1):
        return None, 0
    end = index + 2
    while end < len(pieces) and pieces[end].text == "." and _is_name(pieces, end + 1):
        end += 2
    return "".join(piece.text for piece in pieces[index + 1 : end]), end - index


def _is_name(pieces: Sequence[Token], index: int) -> bool:
    return index < len(pieces) and pieces[index].type == "word" and bool(_NAME.match(pieces[index].text))


def _check(pieces: Sequence[Token]) -> None:
    """Refuse SQL that dialects read differently: a placeholder may be inside a text for one and outside for another."""
    for token, following in pairwise([*pieces, Token("other", "", 0)]):
        if token.type == "text" and _AMBIGUOUS.search(token.text):
            problem = f"in {token.text[:40]!r} a backslash stands before a quote: double the quote, or bind the text"
        elif token.type == "comment" and "/*" in token.text[2:]:
            problem = f"one comment stands within another: {token.text[:40]!r}"
        elif token.text == following.text == "-":
            problem = "two dashes in a row: put a blank between them, or after them for a comment"
        else:
            continue
        raise ConfigError(f"values cannot be bound safely to this SQL: {problem}")


def _check_alone(pieces: Sequence[Token], first: int, last: int) -> None:
    """Refuse a placeholder that touches other words or texts."""
    beside = [*pieces[max(0, first - 1) : first], *pieces[last + 1 : last + 2]]
    if any(token.type in {"word", "text", "name"} for token in beside):
        raise ConfigError(f"put blanks around the placeholder in {''.join(token.text for token in beside)[:40]!r}")


def _literal(value: object, what: str) -> str:
    values = _values(value)
    if values is not None:
        return _list(values, what)
    try:
        return _scalar(value)
    except (UnencodableValue, ConfigError) as error:
        raise ConfigError(f"{what}: {error}") from None


def _values(value: Any) -> Sequence[object] | None:
    """Return the items of a list of any type, including numpy's and pandas'; None for other values."""
    if isinstance(value, list | tuple | range | AbstractSet):
        return list(value)
    return list(value) if getattr(value, "ndim", 0) == 1 and hasattr(value, "tolist") else None


def _list(values: Sequence[object], what: str) -> str:
    if not values:
        raise ConfigError(f"{what} is an empty list, which SQL does not have")
    written = [_literal(value, what) for value in values if _values(value) is None]
    if len(written) < len(values):
        raise ConfigError(f"{what} is a list of lists")
    if _NULL in written:
        raise ConfigError(f"{what} holds None, which IN never finds: remove it and add IS NULL")
    return f"({', '.join(written)})"


def _scalar(value: object) -> str:
    plain = python_value(value)
    if plain is None:
        return _NULL
    if isinstance(plain, bool):
        return "1" if plain else "0"
    if isinstance(plain, datetime) and plain.tzinfo is not None:
        raise ConfigError("Domo's DATETIME has no zone; give the time without one, in the zone you mean")
    if isinstance(plain, Mapping):
        raise ConfigError(f"a {type(value).__name__} cannot be written in SQL")
    text = value_of(_AS_TEXT.write(plain)) or ""
    # A second minus would turn the rest into a comment.
    return (f"({text})" if text.startswith("-") else text) if isinstance(plain, int | float | Decimal) else _text(text)


def _text(value: str) -> str:
    if "\0" in value:
        raise ConfigError("text with a NUL character cannot be written in SQL")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ConfigError("text with a lone surrogate cannot be encoded as UTF-8")
    return quoted_text(value)
