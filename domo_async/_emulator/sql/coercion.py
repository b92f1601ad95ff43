"""The types of expressions, and MySQL's implicit conversions between them.

MySQL converts text to the number that it begins with, dates to the numbers that their digits form, comparisons to 1
and 0, and text that is compared with a date to a date. DuckDB refuses most of these conversions, or casts in the other
direction. The conversion depends on types only, which are therefore inferred here, before DuckDB sees the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlglot import exp

from domo_async._emulator.errors import HTTPError

__all__ = [
    "NUMERIC",
    "TEMPORAL",
    "Type",
    "as_number",
    "as_text",
    "as_time",
    "as_timestamp",
    "call",
    "comparable",
    "condition",
    "hex_text",
    "of_domo",
    "type_of",
    "typed",
    "unified",
    "wide",
    "widest",
]


class Type(Enum):
    """The type of an expression. A TIME is text in DuckDB, as it may have more than 24 hours."""

    NULL = auto()
    BOOLEAN = auto()
    INTEGER = auto()
    DECIMAL = auto()
    DOUBLE = auto()
    TEXT = auto()
    DATE = auto()
    DATETIME = auto()
    TIME = auto()


NUMERIC = (Type.BOOLEAN, Type.INTEGER, Type.DECIMAL, Type.DOUBLE)
"""From the narrowest to the widest."""
TEMPORAL = (Type.DATE, Type.DATETIME)

_TYPE = "domo_type"
_NUMBER = "domo_number"
_OF_DOMO = {
    "STRING": Type.TEXT,
    "LONG": Type.INTEGER,
    "DOUBLE": Type.DOUBLE,
    "DECIMAL": Type.DECIMAL,
    "DATE": Type.DATE,
    "DATETIME": Type.DATETIME,
}
_CASTS = {
    exp.DType.BIGINT: Type.INTEGER,
    exp.DType.UBIGINT: Type.INTEGER,
    exp.DType.INT: Type.INTEGER,
    exp.DType.DOUBLE: Type.DOUBLE,
    exp.DType.FLOAT: Type.DOUBLE,
    exp.DType.DECIMAL: Type.DECIMAL,
    exp.DType.DATE: Type.DATE,
    exp.DType.TIMESTAMP: Type.DATETIME,
    exp.DType.VARCHAR: Type.TEXT,
}
_WHOLE = 1 << 63
# The part of a text that MySQL converts to a number.
_LEADING_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_MOMENT = re.compile(
    r"\s*(?P<year>\d{4}|\d\d)[^\w\s](?P<month>\d\d?)[^\w\s](?P<day>\d\d?)"
    r"(?:(?:T|\s+)(?P<hour>\d\d?)(?::(?P<minute>\d\d?)(?::(?P<second>\d\d?)(?:\.(?P<fraction>\d*))?)?)?)?"
    r"\s*(?P<zone>[+-]\d\d:\d\d|Z)?\s*",
    re.ASCII,
)
_DIGITS = re.compile(
    r"(?P<year>\d{4}|\d\d)(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:T?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?:\.(?P<fraction>\d*))?)?(?P<zone>)",
    re.ASCII,
)
_LATEST_SHORT_YEAR = 69


def of_domo(domo_type: str) -> Type:
    """Return the type of a column."""
    return _OF_DOMO[domo_type]


def typed(node: exp.Expr, type_: Type | None) -> exp.Expr:
    """Note the type of an expression; return the expression."""
    if type_ is not None:
        node.meta[_TYPE] = type_
    return node


def type_of(node: exp.Expr) -> Type | None:
    """Return the type of an expression; None if it is not known."""
    noted: Type | None = node.meta.get(_TYPE)
    if noted is not None:
        return noted
    match node:
        case exp.Literal():
            return _type_of_literal(node)
        case exp.Null():
            return Type.NULL
        case exp.Boolean():
            return Type.BOOLEAN
        case exp.Cast():
            return _CASTS.get(node.to.this)
        case exp.Paren() | exp.Alias() | exp.Distinct() | exp.Window() | exp.Order():
            inner = node.expressions[0] if isinstance(node, exp.Distinct) else node.this
            return type_of(inner)
    return None


def _type_of_literal(literal: exp.Literal) -> Type:
    if literal.is_string:
        return Type.TEXT
    if "e" in literal.name.lower():
        return Type.DOUBLE
    return Type.DECIMAL if "." in literal.name else Type.INTEGER


def call(name: str, *arguments: exp.Expr | int | str) -> exp.Anonymous:
    """Return a call; numbers and texts become literals."""
    expressions = [each if isinstance(each, exp.Expr) else exp.convert(each) for each in arguments]
    return exp.Anonymous(this=name, expressions=expressions)


def _cast(node: exp.Expr, type_: str) -> exp.Expr:
    return exp.Cast(this=node, to=exp.DataType.build(type_))


def wide(node: exp.Expr) -> exp.Expr:
    """Return an expression whose integers have 64 bits, as in MySQL; DuckDB's literals have 32."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit() and int(node.name) < _WHOLE:
        return _cast(node, "BIGINT")
    return node


def as_number(node: exp.Expr) -> exp.Expr:
    """Return an expression converted to a number, for a calculation."""
    match type_of(node):
        case Type.BOOLEAN:
            return _cast(node, "BIGINT")
        case Type.TEXT:
            return _text_as_number(node)
        case Type.DATE:
            return typed(call("domo_date_number", node), Type.INTEGER)
        case Type.DATETIME:
            return typed(call("domo_datetime_number", node), Type.DECIMAL)
        case Type.TIME:
            return typed(call("domo_time_number", node), Type.DECIMAL)
    return node


def _text_as_number(node: exp.Expr) -> exp.Expr:
    value = node.meta.get(_NUMBER)
    if value is not None:
        return exp.Literal.number(value)
    return _cast(exp.Literal.number(_leading_number(node)), "DOUBLE") if _is_text(node) else _read_number(node)


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and bool(node.is_string)


def _leading_number(literal: exp.Expr) -> str:
    match = _LEADING_NUMBER.match(literal.name)
    return match[1].removeprefix("+") if match else "0"


def _read_number(node: exp.Expr) -> exp.Expr:
    return typed(call("domo_number", node), Type.DOUBLE)


def hex_text(digits: str) -> exp.Expr:
    """Return the literal ``x'4D'``: a text, or a number in a numeric context.

    Raises:
        HTTPError: 400, if it is not text in UTF-8.
    """
    try:
        text = bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)).decode()
    except ValueError as error:
        raise HTTPError(400, f"x'{digits}' is not text in UTF-8") from error
    literal = exp.Literal.string(text)
    literal.meta[_NUMBER] = str(int(digits or "0", 16))
    return literal


def as_text(node: exp.Expr) -> exp.Expr:
    """Return an expression converted to text."""
    match type_of(node):
        case Type.TEXT | Type.TIME:
            return node
        case Type.INTEGER | Type.DATE | Type.DATETIME:
            return _cast(node, "VARCHAR")
        case Type.BOOLEAN:
            return _cast(_cast(node, "BIGINT"), "VARCHAR")
    return typed(call("domo_text", node), Type.TEXT)


def as_timestamp(node: exp.Expr) -> exp.Expr:
    """Return an expression converted to a TIMESTAMP; NULL if the value is not a date."""
    match type_of(node):
        case Type.DATETIME:
            return node
        case Type.DATE:
            return _cast(node, "TIMESTAMP")
        case Type.TEXT if _is_text(node):
            time = _parse_timestamp(node.name)
            return _cast(exp.Literal.string(time.isoformat(" ")) if time else exp.null(), "TIMESTAMP")
    return typed(call("domo_datetime", node), Type.DATETIME)


def as_time(node: exp.Expr) -> exp.Expr:
    """Return an expression converted to the microseconds of a time, which may be negative or longer than a day."""
    macro = "domo_time_of_day" if type_of(node) in TEMPORAL else "domo_microseconds"
    return typed(call(macro, node), Type.INTEGER)


def _parse_timestamp(text: str) -> datetime | None:
    """Parse a literal text of a query as MySQL parses dates."""
    match = _DIGITS.fullmatch(text.strip()) or _MOMENT.match(text)
    if match is None or (match.end() < len(text) and text[match.end()].isdigit()):
        return None
    year = int(match["year"])
    if len(match["year"]) < len("2024"):
        year += 2000 if year <= _LATEST_SHORT_YEAR else 1900
    month, day, hour, minute, second = (int(match[each] or 0) for each in ("month", "day", "hour", "minute", "second"))
    fraction = round(int((match["fraction"] or "0")[:7].ljust(7, "0")) / 10)
    try:
        time = datetime(year, month, day, hour, minute, second) + timedelta(microseconds=fraction)  # noqa: DTZ001 - Domo's times are naive
        return time - _offset(match["zone"])
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone == "Z":
        return timedelta()
    amount = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return -amount if zone.startswith("-") else amount


def condition(node: exp.Expr) -> exp.Expr:
    """Return an expression converted to a condition: numbers other than 0 are true."""
    if type_of(node) in (None, Type.BOOLEAN, Type.NULL):
        return node
    return typed(exp.NEQ(this=as_number(node), expression=exp.Literal.number(0)), Type.BOOLEAN)


def unified(nodes: Sequence[exp.Expr]) -> tuple[list[exp.Expr], Type | None]:
    """Return alternative results converted to their common type, and that type."""
    types = {type_ for type_ in map(type_of, nodes) if type_ is not Type.NULL}
    if None in types:
        return list(nodes), None
    if not types:
        return list(nodes), Type.NULL
    if len(types) == 1:
        (type_,) = types
        return list(map(wide, nodes)), type_
    if types <= set(NUMERIC):
        return [as_number(wide(node)) for node in nodes], widest(types)
    if types <= set(TEMPORAL):
        return list(nodes), Type.DATETIME
    return [node if type_of(node) is Type.NULL else as_text(node) for node in nodes], Type.TEXT


def widest(types: Iterable[Type | None]) -> Type | None:
    """Return the type of a calculation with numbers of several types; None if it is not known."""
    there = [type_ for type_ in types if type_ is not Type.NULL]
    if Type.DOUBLE in there:
        return Type.DOUBLE
    known = [type_ for type_ in there if type_ is not None]
    if len(known) < len(there):
        return None
    return max(known, key=NUMERIC.index, default=Type.NULL)


def comparable(left: exp.Expr, right: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return two expressions converted as MySQL compares them: as dates, as numbers, or as texts.

    Raises:
        HTTPError: 400, if one is a date, and the other is a literal text that is not a date.
    """
    types = type_of(left), type_of(right)
    if None in types or Type.NULL in types or types == (Type.TEXT, Type.TEXT):
        return left, right
    if Type.TIME in types:
        if set(types) & {Type.INTEGER, Type.DECIMAL, Type.DOUBLE}:
            return as_number(left), as_number(right)
        return as_time(left), as_time(right)
    if any(type_ in TEMPORAL for type_ in types):
        return _beside_date(left, right), _beside_date(right, left)
    if types == (Type.BOOLEAN, Type.BOOLEAN):
        return left, right
    return _beside_number(left, right), _beside_number(right, left)


def _beside_date(node: exp.Expr, other: exp.Expr) -> exp.Expr:
    if type_of(node) in TEMPORAL:
        return node
    if not _is_text(node):
        return as_timestamp(node)
    time = _parse_timestamp(node.name)
    if time is None:
        type_ = type_of(other)
        raise HTTPError(400, f"Incorrect {type_.name if type_ else 'DATE'} value: '{node.name}'")
    return as_timestamp(node)


def _beside_number(node: exp.Expr, other: exp.Expr) -> exp.Expr:
    if not _is_text(node) or node.meta.get(_NUMBER) is not None:
        return as_number(node)
    number = exp.Literal.number(_leading_number(node))
    # As an exact number, the text equals integers and decimals that a DOUBLE would miss.
    return number if type_of(other) in (Type.INTEGER, Type.DECIMAL) else _cast(number, "DOUBLE")
