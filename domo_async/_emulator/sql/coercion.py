"""The types of expressions, and how MySQL makes values of one type into those of another by itself.

MySQL takes text for the number that it begins with, dates for the numbers that their digits spell, comparisons for 1
and 0, and text beside a date for a date. DuckDB refuses most of that, or casts the other way round. Which of it is
meant depends on types alone, so that they are found out here, before DuckDB sees the query.
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
    "as_moment",
    "as_number",
    "as_text",
    "as_time",
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
    """The type of an expression. A TIME is text in DuckDB, as it may have more hours than a day."""

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
# What MySQL reads of a text that is to be a number.
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


def of_domo(kind: str) -> Type:
    """Return the type of a column."""
    return _OF_DOMO[kind]


def typed(node: exp.Expr, kind: Type | None) -> exp.Expr:
    """Note the type of an expression; return the expression."""
    if kind is not None:
        node.meta[_TYPE] = kind
    return node


def type_of(node: exp.Expr) -> Type | None:
    """Return the type of an expression, None if it is not known."""
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


def _cast(node: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=node, to=exp.DataType.build(kind))


def wide(node: exp.Expr) -> exp.Expr:
    """Return an expression whose whole numbers have 64 bits, as MySQL's have; DuckDB gives literals 32."""
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit() and int(node.name) < _WHOLE:
        return _cast(node, "BIGINT")
    return node


def as_number(node: exp.Expr) -> exp.Expr:
    """Return an expression as what it is in a calculation."""
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
    """Return what ``x'4D'`` is: a text, but a number where a number has to be.

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
    """Return an expression as what it is in a text."""
    match type_of(node):
        case Type.TEXT | Type.TIME:
            return node
        case Type.INTEGER | Type.DATE | Type.DATETIME:
            return _cast(node, "VARCHAR")
        case Type.BOOLEAN:
            return _cast(_cast(node, "BIGINT"), "VARCHAR")
    return typed(call("domo_text", node), Type.TEXT)


def as_moment(node: exp.Expr) -> exp.Expr:
    """Return an expression as a TIMESTAMP, NULL where it is not a date."""
    match type_of(node):
        case Type.DATETIME:
            return node
        case Type.DATE:
            return _cast(node, "TIMESTAMP")
        case Type.TEXT if _is_text(node):
            moment = _moment(node.name)
            return _cast(exp.Literal.string(moment.isoformat(" ")) if moment else exp.null(), "TIMESTAMP")
    return typed(call("domo_datetime", node), Type.DATETIME)


def as_time(node: exp.Expr) -> exp.Expr:
    """Return an expression as the microseconds of a time, which may be negative or longer than a day."""
    macro = "domo_time_of_day" if type_of(node) in TEMPORAL else "domo_microseconds"
    return typed(call(macro, node), Type.INTEGER)


def _moment(text: str) -> datetime | None:
    """Read a text that is written out in a query as MySQL reads dates."""
    match = _DIGITS.fullmatch(text.strip()) or _MOMENT.match(text)
    if match is None or (match.end() < len(text) and text[match.end()].isdigit()):
        return None
    year = int(match["year"])
    if len(match["year"]) < len("2024"):
        year += 2000 if year <= _LATEST_SHORT_YEAR else 1900
    month, day, hour, minute, second = (int(match[each] or 0) for each in ("month", "day", "hour", "minute", "second"))
    fraction = round(int((match["fraction"] or "0")[:7].ljust(7, "0")) / 10)
    try:
        moment = datetime(year, month, day, hour, minute, second) + timedelta(microseconds=fraction)  # noqa: DTZ001 - Domo's have no zone
        return moment - _offset(match["zone"])
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timedelta:
    if not zone or zone == "Z":
        return timedelta()
    amount = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return -amount if zone.startswith("-") else amount


def condition(node: exp.Expr) -> exp.Expr:
    """Return an expression as what it is where it decides something: numbers other than 0 are true."""
    kind = type_of(node)
    if kind in (None, Type.BOOLEAN, Type.NULL):
        return node
    return typed(exp.NEQ(this=as_number(node), expression=exp.Literal.number(0)), Type.BOOLEAN)


def unified(nodes: Sequence[exp.Expr]) -> tuple[list[exp.Expr], Type | None]:
    """Return expressions of which one becomes the result, as the type that they have together, and that type."""
    kinds = {kind for kind in map(type_of, nodes) if kind is not Type.NULL}
    if None in kinds:
        return list(nodes), None
    if not kinds:
        return list(nodes), Type.NULL
    if len(kinds) == 1:
        (kind,) = kinds
        return list(map(wide, nodes)), kind
    if kinds <= set(NUMERIC):
        return [as_number(wide(node)) for node in nodes], widest(kinds)
    if kinds <= set(TEMPORAL):
        return list(nodes), Type.DATETIME
    return [node if type_of(node) is Type.NULL else as_text(node) for node in nodes], Type.TEXT


def widest(kinds: Iterable[Type | None]) -> Type | None:
    """Return the type of numbers of several types in one calculation; None if it is not known."""
    there = [kind for kind in kinds if kind is not Type.NULL]
    if Type.DOUBLE in there:
        return Type.DOUBLE
    known = [kind for kind in there if kind is not None]
    if len(known) < len(there):
        return None
    return max(known, key=NUMERIC.index, default=Type.NULL)


def comparable(left: exp.Expr, right: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """Return two expressions as MySQL compares them: dates with dates, numbers with numbers, or texts with texts.

    Raises:
        HTTPError: 400, if one is a date, and the other a text in the query that is not.
    """
    kinds = type_of(left), type_of(right)
    if None in kinds or Type.NULL in kinds or kinds == (Type.TEXT, Type.TEXT):
        return left, right
    if Type.TIME in kinds:
        if set(kinds) & {Type.INTEGER, Type.DECIMAL, Type.DOUBLE}:
            return as_number(left), as_number(right)
        return as_time(left), as_time(right)
    if any(kind in TEMPORAL for kind in kinds):
        return _beside_date(left, right), _beside_date(right, left)
    if kinds == (Type.BOOLEAN, Type.BOOLEAN):
        return left, right
    return _beside_number(left, right), _beside_number(right, left)


def _beside_date(node: exp.Expr, other: exp.Expr) -> exp.Expr:
    if type_of(node) in TEMPORAL:
        return node
    if not _is_text(node):
        return as_moment(node)
    moment = _moment(node.name)
    if moment is None:
        kind = type_of(other)
        raise HTTPError(400, f"Incorrect {kind.name if kind else 'DATE'} value: '{node.name}'")
    return as_moment(node)


def _beside_number(node: exp.Expr, other: exp.Expr) -> exp.Expr:
    if not _is_text(node) or node.meta.get(_NUMBER) is not None:
        return as_number(node)
    number = exp.Literal.number(_leading_number(node))
    # As the exact number that it spells, it finds whole numbers and decimals that a DOUBLE would miss.
    return number if type_of(other) in (Type.INTEGER, Type.DECIMAL) else _cast(number, "DOUBLE")
