"""The translation of each function and operator of Domo's SQL to DuckDB's.

Functions and other constructs of the language that are not named here are refused. Emulator-defined, as no source
describes Domo's behaviour: texts are compared case-sensitively (also by ``LIKE`` and ``REGEXP``), ``/`` and ``AVG``
give a DOUBLE, not a DECIMAL with four more digits, and formats of dates must be literals in the query.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from sqlglot import exp

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.sql.coercion import (
    NUMERIC,
    Type,
    as_number,
    as_text,
    as_time,
    as_timestamp,
    call,
    comparable,
    condition,
    hex_text,
    type_of,
    typed,
    unified,
    wide,
    widest,
)

__all__ = ["is_aggregate", "is_known", "rewritten"]

Rule: TypeAlias = Callable[[exp.Anonymous], exp.Expr]

_TEXTS = exp.DataType.build("VARCHAR[]", dialect="duckdb")
_DATE = re.compile(r"\s*(\d{4}|\d\d)[^\w\s:]\d\d?[^\w\s:]\d\d?\s*|\d{6}|\d{8}", re.ASCII)
_ANY = 1_000
_LONGEST_FORMAT = 100
_DECIMAL_DIGITS = 38


def _arguments(function: exp.Anonymous, least: int, most: int | None = None) -> list[exp.Expr]:
    """Return a call's arguments.

    Raises:
        HTTPError: 400, if there are too few or too many.
    """
    found: list[exp.Expr] = function.expressions
    if not least <= len(found) <= (most or least):
        wanted = f"at least {least}" if most == _ANY else str(least) if not most else f"{least} to {most}"
        raise HTTPError(400, f"{function.name.upper()} takes {wanted} arguments, not {len(found)}")
    return found


def _to(
    target: str,
    least: int = 1,
    most: int | None = None,
    *,
    result: Type | None = None,
    each: Callable[[exp.Expr], exp.Expr] | Sequence[Callable[[exp.Expr], exp.Expr]] | None = None,
) -> Rule:
    """Return the rule that translates a function to `target`.

    Args:
        target: The function or macro of DuckDB.
        least: The least number of arguments.
        most: The greatest number of arguments; None for `least`.
        result: The type of the result.
        each: The conversion of all arguments, or the conversions of the first ones.
    """

    def rule(function: exp.Anonymous) -> exp.Expr:
        arguments = _arguments(function, least, most)
        if each is not None:
            ways = [each] * len(arguments) if callable(each) else [*each, *[_as_it_is] * len(arguments)]
            arguments = [way(argument) for way, argument in zip(ways, arguments, strict=False)]
        return typed(call(target, *arguments), result)

    return rule


def _as_it_is(node: exp.Expr) -> exp.Expr:
    return node


def _inside(way: Callable[[exp.Expr], exp.Expr]) -> Callable[[exp.Expr], exp.Expr]:
    """Return a conversion for an argument that may begin with DISTINCT, which it keeps."""

    def made(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Distinct) and len(node.expressions) == 1:
            return exp.Distinct(expressions=[way(node.expressions[0])])
        return way(node)

    return made


def _aggregate(target: str, result: Type | None = None) -> Rule:
    """Return the rule of an aggregate of numbers; its type is `result`, or that of the numbers by default."""

    def rule(function: exp.Anonymous) -> exp.Expr:
        argument = _inside(as_number)(_arguments(function, 1)[0])
        return typed(call(target, argument), result or type_of(argument))

    return rule


def _like_its_argument(target: str, least: int = 1, most: int | None = None, *, number: bool = False) -> Rule:
    """Return the rule of a function whose result has the type of its first argument."""

    def rule(function: exp.Anonymous) -> exp.Expr:
        first, *others = _arguments(function, least, most)
        first = _inside(as_number)(first) if number or type_of(first) is Type.BOOLEAN else first
        return typed(call(target, wide(first), *others), type_of(first))

    return rule


def _plain_text(node: exp.Expr, what: str) -> str:
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise HTTPError(400, f"{what} must be a quoted text in the query")
    return str(node.this)


def _is_date(node: exp.Expr) -> bool:
    """Return whether adding days to this gives a DATE, as for a literal text without a time."""
    type_ = type_of(node)
    if type_ is Type.TEXT:
        return isinstance(node, exp.Literal) and _DATE.fullmatch(node.name) is not None
    return type_ is Type.DATE


def _date(node: exp.Expr) -> exp.Expr:
    return typed(call("domo_date", as_timestamp(node)), Type.DATE)


# Formats of dates: MySQL's codes, and the codes of DuckDB's strftime() for them.
_PRINTED = {
    **{code: f"%{code}" for code in "abdfHIjmpSwYy"},
    "c": "%-m",
    "e": "%-d",
    "h": "%I",
    "i": "%M",
    "k": "%-H",
    "l": "%-I",
    "M": "%B",
    "r": "%I:%M:%S %p",
    "s": "%S",
    "T": "%H:%M:%S",
    "W": "%A",
    "%": "%%",
}
_WEEKS = {"U": 0, "u": 1, "V": 2, "v": 3}
_WEEK_YEARS = {"X": 2, "x": 3}


def _codes(pattern: str) -> list[tuple[str, str]]:
    """Return a format's pieces: ("code", "Y") and ("text", "-")."""
    pieces = re.findall(r"%(.)|([^%]+|%$)", pattern, re.DOTALL)
    if len(pieces) > _LONGEST_FORMAT:
        raise HTTPError(400, f"A format has at most {_LONGEST_FORMAT} pieces")
    return [("code", code) if code else ("text", text) for code, text in pieces]


def _date_format(function: exp.Anonymous) -> exp.Expr:
    date, pattern = _arguments(function, 2)
    if type_of(date) is Type.TIME:
        date = typed(call("domo_today_at", as_time(date)), Type.DATETIME)
    return _formatted(as_timestamp(date), _plain_text(pattern, "The format"))


def _time_format(function: exp.Anonymous) -> exp.Expr:
    time, pattern = _arguments(function, 2)
    within_a_day = typed(call("domo_today_at", as_time(time)), Type.DATETIME)
    parts: list[exp.Expr] = []
    # Only the hours can exceed those of a day.
    for plain, hours in re.findall(r"((?:%[^Hk]|[^%]|%$)*)(%[Hk])?", _plain_text(pattern, "The format"), re.DOTALL):
        parts += [_formatted(within_a_day.copy(), plain)] if plain else []
        parts += [call(f"domo_hours_{hours[1].lower()}", as_time(time.copy()))] if hours else []
    return _joined(parts or [exp.Literal.string("")])


def _formatted(date: exp.Expr, pattern: str) -> exp.Expr:
    parts: list[exp.Expr] = []
    plain = ""
    for type_, piece in _codes(pattern):
        special = _special_code(date, piece) if type_ == "code" else None
        if special is None:
            plain += _PRINTED.get(piece, piece) if type_ == "code" else piece.replace("%", "%%")
            continue
        parts += [call("domo_strftime", date.copy(), plain)] if plain else []
        parts.append(special)
        plain = ""
    if plain:
        parts.append(call("domo_strftime", date.copy(), plain))
    return _joined(parts or [call("left", call("domo_text", date), 0)])


def _special_code(date: exp.Expr, code: str) -> exp.Expr | None:
    """Return the expression of a code that strftime() does not have."""
    if code == "D":
        return call("domo_ordinal", call("day", date.copy()))
    if code in _WEEKS:
        return call("domo_two_digits", call("domo_week", date.copy(), _WEEKS[code]))
    if code in _WEEK_YEARS:
        return call("left", call("domo_text", call("domo_yearweek", date.copy(), _WEEK_YEARS[code])), 4)
    return None


# The codes of STR_TO_DATE: the name of the part that each reads, and the pattern of its text.
_PARTS: Mapping[str, tuple[str, str]] = {
    "Y": ("year", r"\d{1,4}"),
    "y": ("short_year", r"\d{1,2}"),
    **dict.fromkeys("mc", ("month", r"\d{1,2}")),
    **dict.fromkeys("bM", ("month_name", r"[A-Za-z]+")),
    **dict.fromkeys("de", ("day", r"\d{1,2}")),
    "D": ("day", r"\d{1,2}(?:st|nd|rd|th)"),
    "j": ("day_of_year", r"\d{1,3}"),
    **dict.fromkeys("Hk", ("hour", r"\d{1,2}")),
    **dict.fromkeys("hIl", ("hour_of_half", r"\d{1,2}")),
    "i": ("minute", r"\d{1,2}"),
    **dict.fromkeys("sS", ("second", r"\d{1,2}")),
    "f": ("fraction", r"\d{1,6}"),
    "p": ("half", r"[AaPp][Mm]"),
    **dict.fromkeys("aW", ("", r"[A-Za-z]+")),
    "w": ("", r"\d"),
}
_SEVERAL = {"T": "%H:%i:%s", "r": "%h:%i:%s %p"}
_TIMES = ("minute", "second", "fraction")
_DATES = ("year", "short_year", "month", "month_name", "day", "day_of_year")


def _str_to_date(function: exp.Anonymous) -> exp.Expr:
    """Parse a text by a format; the rest of the text is ignored, as in MySQL."""
    text, pattern = _arguments(function, 2)
    written = _plain_text(pattern, "The format")
    for code, meant in _SEVERAL.items():
        written = written.replace(f"%{code}", meant)
    groups: dict[str, int] = {}
    read = r"^\s*"
    for type_, piece in _codes(written):
        if type_ == "text":
            read += "".join(r"\s*" if character.isspace() else re.escape(character) for character in piece)
        elif piece == "%":
            read += "%"
        elif piece not in _PARTS:
            raise HTTPError(400, f"STR_TO_DATE does not know %{piece}")
        else:
            name, digits = _PARTS[piece]
            groups[name] = len(groups) + 1
            read += rf"\s*({digits})"
    return _date_and_time({name: call("regexp_extract", as_text(text.copy()), read, n) for name, n in groups.items()})


def _date_and_time(parts: dict[str, exp.Expr]) -> exp.Expr:
    """Return the date, the time or both, made of the parts."""
    nothing = exp.Literal.string("")
    date = call("domo_date_of_parts", *(parts.get(name, nothing).copy() for name in _DATES))
    hour = parts.get("hour", nothing)
    if "hour_of_half" in parts:
        hour = call("domo_hour_of_half", parts["hour_of_half"], parts.get("half", nothing))
    time = call("domo_time_of_parts", hour, *(parts.get(name, nothing) for name in ("minute", "second", "fraction")))
    has_date, has_time = (any(name in parts for name in names) for names in (_DATES, ("hour", "hour_of_half", *_TIMES)))
    if not has_time:
        return typed(date, Type.DATE)
    if not has_date:
        return typed(call("domo_time", time), Type.TIME)
    return typed(call("domo_at", date, time), Type.DATETIME)


def _from_unixtime(function: exp.Anonymous) -> exp.Expr:
    seconds, *pattern = _arguments(function, 1, 2)
    time = typed(call("domo_from_unixtime", as_number(seconds)), Type.DATETIME)
    return _formatted(time, _plain_text(pattern[0], "The format")) if pattern else time


# Intervals: the macro that adds them, and the number of its units in one interval.
_UNITS: Mapping[str, tuple[str, float]] = {
    "MICROSECOND": ("domo_add_seconds", 0.000001),
    "SECOND": ("domo_add_seconds", 1),
    "MINUTE": ("domo_add_seconds", 60),
    "HOUR": ("domo_add_seconds", 3600),
    "DAY": ("domo_add_days", 1),
    "WEEK": ("domo_add_days", 7),
    "MONTH": ("domo_add_months", 1),
    "QUARTER": ("domo_add_months", 3),
    "YEAR": ("domo_add_months", 12),
}
_SMALLER = ("DAY", "HOUR", "MINUTE", "SECOND", "MICROSECOND")
_MIXED_UNITS = frozenset({"YEAR_MONTH", *map("_".join, itertools.combinations(_SMALLER, 2))})
_IN_SECONDS = {"DAY": 86_400.0, "HOUR": 3600.0, "MINUTE": 60.0, "SECOND": 1.0, "MICROSECOND": 0.000001}
_MICROSECONDS = {"MICROSECOND": 1, "SECOND": 10**6, "MINUTE": 60 * 10**6, "HOUR": 3600 * 10**6} | {
    "DAY": 86_400 * 10**6,
    "WEEK": 7 * 86_400 * 10**6,
}


def _moved(date: exp.Expr, amount: exp.Expr, unit: str, sign: int) -> exp.Expr:
    """Return a date moved by an amount of a unit."""
    if unit in _MIXED_UNITS:
        macro, total = _mixed(_plain_text(amount, f"An interval of {unit}"), unit)
        return _moved_by(macro, date, exp.convert(total * sign))
    if unit not in _UNITS:
        raise HTTPError(400, f"Unknown unit of an interval: {unit}")
    macro, factor = _UNITS[unit]
    number: exp.Expr = exp.Cast(this=as_number(amount), to=exp.DataType.build("DOUBLE"))
    if "SECOND" not in unit:
        if isinstance(amount, exp.Literal) and re.fullmatch(r"-?\d+\.\d+", amount.name):
            # The parser converts numbers to texts here.
            amount = exp.Literal.number(amount.name)
        number = exp.Cast(this=_whole(amount, "domo_signed"), to=exp.DataType.build("DOUBLE"))
    return _moved_by(macro, date, exp.Mul(this=number, expression=exp.convert(factor * sign)))


def _moved_by(macro: str, date: exp.Expr, number: exp.Expr) -> exp.Expr:
    if type_of(date) is Type.TIME and macro == "domo_add_seconds":
        microseconds = call("domo_in_microseconds", number)
        return typed(call("domo_time", exp.Add(this=as_time(date), expression=microseconds)), Type.TIME)
    time = typed(call(macro, as_timestamp(date), number), Type.DATETIME)
    return _date(time) if macro != "domo_add_seconds" and _is_date(date) else time


def _mixed(written: str, unit: str) -> tuple[str, float]:
    """Parse an interval such as ``'1 10:30'`` of DAY_MINUTE."""
    sign = -1 if written.strip().startswith("-") else 1
    numbers = [float(each) for each in re.findall(r"\d+", written)]
    first, last = unit.split("_")
    if unit == "YEAR_MONTH":
        years, months = [0.0, 0.0, *numbers][-2:]
        return "domo_add_months", sign * (years * 12 + months)
    units = _SMALLER[_SMALLER.index(first) : _SMALLER.index(last) + 1]
    # If there are fewer numbers than units, the greatest units are missing.
    pairs = zip(reversed(numbers), reversed(units), strict=False)
    return "domo_add_seconds", sign * sum(number * _IN_SECONDS[each] for number, each in pairs)


def _unit_of(node: exp.Expr) -> str:
    return node.name.upper().removeprefix("SQL_TSI_")


def _date_arithmetic(sign: int) -> Rule:
    def rule(function: exp.Anonymous) -> exp.Expr:
        date, amount = _arguments(function, 2)
        if isinstance(amount, exp.Interval):
            return _by_interval(date, amount, sign)
        return _moved(date, amount, "DAY", sign)

    return rule


def _by_interval(date: exp.Expr, interval: exp.Interval, sign: int) -> exp.Expr:
    if interval.this is None or interval.args.get("unit") is None:
        raise HTTPError(400, "An INTERVAL takes a number and a unit")
    return _moved(date, interval.this, _unit_of(interval.args["unit"]), sign)


def _timestampadd(function: exp.Anonymous) -> exp.Expr:
    unit, amount, date = _arguments(function, 3)
    return _moved(date, amount, _unit_of(unit), 1)


def _timestampdiff(function: exp.Anonymous) -> exp.Expr:
    unit, *times = _arguments(function, 3)
    name = _unit_of(unit)
    begin, end = map(as_timestamp, times)
    if name in ("MONTH", "QUARTER", "YEAR"):
        count, size = call("domo_months_between", begin, end), int(_UNITS[name][1])
    elif name in _MICROSECONDS:
        count, size = call("domo_microseconds_between", begin, end), _MICROSECONDS[name]
    else:
        raise HTTPError(400, f"Unknown unit: {name}")
    return typed(call("domo_whole_quotient", count, size), Type.INTEGER)


# Texts.


def _joined(parts: list[exp.Expr]) -> exp.Expr:
    """Return the concatenation of texts; NULL if one of them is NULL."""
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=whole, expression=part)
    return typed(exp.Paren(this=whole), Type.TEXT)


def _texts(values: list[exp.Expr]) -> list[exp.Expr]:
    return [as_text(value) for value in values]


def _concat(function: exp.Anonymous) -> exp.Expr:
    return _joined(_texts(_arguments(function, 1, _ANY)))


def _concat_ws(function: exp.Anonymous) -> exp.Expr:
    return typed(call("concat_ws", *_texts(_arguments(function, 2, _ANY))), Type.TEXT)


def _field(function: exp.Anonymous) -> exp.Expr:
    wanted, *values = _arguments(function, 2, _ANY)
    position = exp.Case(ifs=[], default=wide(exp.convert(0)))
    for number, value in enumerate(values, 1):
        position.append("ifs", exp.If(this=_equal(wanted.copy(), value), true=wide(exp.convert(number))))
    return typed(position, Type.INTEGER)


def _equal(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    left, right = comparable(left, right)
    return exp.EQ(this=left, expression=right)


def _elt(function: exp.Anonymous) -> exp.Expr:
    number, *values = _arguments(function, 2, _ANY)
    ifs = [exp.If(this=exp.convert(n), true=value) for n, value in enumerate(_texts(values), 1)]
    return typed(exp.Case(this=as_number(number), ifs=ifs), Type.TEXT)


def _regexp_like(function: exp.Anonymous) -> exp.Expr:
    text, pattern, *rest = _arguments(function, 2, 3)
    flags = _plain_text(rest[0], "The match type") if rest else ""
    if not set(flags) <= set("cimn"):
        raise HTTPError(400, f"Unknown match type: {flags}")
    if flags:
        found = call("domo_regexp_with", as_text(text), as_text(pattern), flags.replace("n", "s"))
    else:
        found = call("domo_regexp", as_text(text), as_text(pattern))
    return typed(found, Type.BOOLEAN)


def _regexp_replace(function: exp.Anonymous) -> exp.Expr:
    text, pattern, replacement = _texts(_arguments(function, 3))
    if isinstance(replacement, exp.Literal):
        # MySQL marks groups with a dollar sign, and takes a character after a backslash literally.
        named = re.sub(
            r"\\(.)|\$(\d)|\\$",
            lambda match: "\\" + match[2] if match[2] else (match[1] or "\\").replace("\\", "\\\\"),
            replacement.name,
        )
        replacement = exp.Literal.string(named)
    return typed(call("domo_regexp_replace", text, pattern, replacement), Type.TEXT)


# Numbers and choices.


def _extreme(name: str) -> Rule:
    def rule(function: exp.Anonymous) -> exp.Expr:
        values, type_ = unified(_arguments(function, 2, _ANY))
        missing: exp.Expr = exp.Is(this=values[0].copy(), expression=exp.null())
        for value in values[1:]:
            missing = exp.Or(this=missing, expression=exp.Is(this=value.copy(), expression=exp.null()))
        return typed(exp.Case(ifs=[exp.If(this=missing, true=exp.null())], default=call(name, *values)), type_)

    return rule


def _first_there(least: int, most: int) -> Rule:
    def rule(function: exp.Anonymous) -> exp.Expr:
        values, type_ = unified(_arguments(function, least, most))
        return typed(call("coalesce", *values), type_)

    return rule


def _nullif(function: exp.Anonymous) -> exp.Expr:
    value, other = _arguments(function, 2)
    if type_of(value) is Type.BOOLEAN:
        value = as_number(value)
    equal = exp.If(this=_equal(value.copy(), other), true=exp.null())
    return typed(exp.Case(ifs=[equal], default=wide(value)), type_of(value))


def _rounded(macro: str) -> Rule:
    """Return the rule of a function that rounds to digits; a DOUBLE halfway between two goes to the even one."""

    def rule(function: exp.Anonymous) -> exp.Expr:
        number, *digits = _arguments(function, 1 if macro == "round" else 2, 2)
        number = as_number(number)
        if digits and type_of(digits[0]) is Type.NULL:
            return exp.null()
        name = "domo_round_even" if macro == "round" and type_of(number) is Type.DOUBLE else f"domo_{macro}"
        places = [exp.Cast(this=as_number(each), to=exp.DataType.build("INT")) for each in digits]
        return typed(call(name, wide(number), *places), type_of(number))

    return rule


def _bits(node: exp.Expr) -> exp.Expr:
    """Return the 64 bits of a number as an unsigned number."""
    number = as_number(node)
    if type_of(number) is Type.DOUBLE:
        number = call("round_even", number, 0)
    return call("domo_bits", number)


def _count(function: exp.Anonymous) -> exp.Expr:
    (argument,) = _arguments(function, 1)
    if isinstance(argument, exp.Distinct) and len(argument.expressions) > 1:
        # Rows with NULL in one of the values do not count.
        values = argument.expressions
        there: exp.Expr = exp.Not(this=exp.Is(this=values[0].copy(), expression=exp.null()))
        for value in values[1:]:
            is_null = exp.Is(this=value.copy(), expression=exp.null())
            there = exp.And(this=there, expression=exp.Not(this=is_null))
        whole = exp.Case(ifs=[exp.If(this=there, true=exp.Tuple(expressions=values))])
        return typed(call("count", exp.Distinct(expressions=[whole])), Type.INTEGER)
    return typed(call("count", argument), Type.INTEGER)


_text_and_numbers = (as_text, as_number, as_number, as_number)


def _on_dates(target: str, least: int = 1, most: int | None = None, *, result: Type = Type.INTEGER) -> Rule:
    return _to(target, least, most, result=result, each=(as_timestamp,))


def _on_numbers(target: str, least: int = 1, most: int | None = None, *, result: Type = Type.DOUBLE) -> Rule:
    return _to(target, least, most, result=result, each=as_number)


def _on_texts(target: str, least: int = 1, most: int | None = None, *, result: Type = Type.TEXT) -> Rule:
    return _to(target, least, most, result=result, each=as_text)


def _on_text(target: str, least: int = 1, most: int | None = None, *, result: Type = Type.TEXT) -> Rule:
    """Return the rule of a function of a text and numbers."""
    return _to(target, least, most, result=result, each=_text_and_numbers)


def _on_times(target: str, least: int = 1, *, result: Type = Type.INTEGER) -> Rule:
    return _to(target, least, result=result, each=as_time)


def _date_of(function: exp.Anonymous) -> exp.Expr:
    return _date(_arguments(function, 1)[0])


def _timestamp(function: exp.Anonymous) -> exp.Expr:
    date, *time = _arguments(function, 1, 2)
    begin = as_timestamp(date)
    return _later(begin, time[0], 1) if time else typed(exp.Paren(this=begin), Type.DATETIME)


def _later(begin: exp.Expr, time: exp.Expr, sign: int) -> exp.Expr:
    return typed(call("domo_add_microseconds", begin, as_time(time), sign), Type.DATETIME)


def _add_time(sign: int) -> Rule:
    def rule(function: exp.Anonymous) -> exp.Expr:
        start, time = _arguments(function, 2)
        is_time = type_of(start) is Type.TIME or (isinstance(start, exp.Literal) and _is_time(start.name))
        if not is_time:
            return _later(as_timestamp(start), time, sign)
        operation = exp.Add if sign > 0 else exp.Sub
        return typed(call("domo_time", operation(this=as_time(start), expression=as_time(time))), Type.TIME)

    return rule


def _is_time(text: str) -> bool:
    return re.fullmatch(r"\s*-?(\d+ )?\d{1,3}(:\d\d?){1,2}(\.\d*)?\s*", text, re.ASCII) is not None


def _timediff(function: exp.Anonymous) -> exp.Expr:
    ends = _arguments(function, 2)
    are_times = all(type_of(end) is Type.TIME or (isinstance(end, exp.Literal) and _is_time(end.name)) for end in ends)
    end, begin = map(as_time, ends) if are_times else (call("epoch_us", as_timestamp(each)) for each in ends)
    return typed(call("domo_time", exp.Sub(this=end, expression=begin)), Type.TIME)


def _hex(function: exp.Anonymous) -> exp.Expr:
    (value,) = _arguments(function, 1)
    is_number = type_of(value) in NUMERIC
    return typed(call("domo_hex", _bits(value)) if is_number else call("hex", as_text(value)), Type.TEXT)


def _unix_timestamp(function: exp.Anonymous) -> exp.Expr:
    times = [as_timestamp(each) for each in _arguments(function, 0, 1)]
    if times and isinstance(function.expressions[0], exp.Literal) and "." in function.expressions[0].name:
        return typed(call("domo_unix_timestamp_exactly", *times), Type.DECIMAL)
    return typed(call("domo_unix_timestamp_of" if times else "domo_unix_timestamp", *times), Type.INTEGER)


_RULES: dict[str, Rule] = {
    # Aggregates and window functions
    "SUM": _aggregate("sum"),
    **{name: _aggregate(name.lower(), Type.DOUBLE) for name in ("AVG", "MEDIAN")},
    **{name: _like_its_argument(name.lower()) for name in ("MIN", "MAX", "ANY_VALUE", "FIRST_VALUE", "LAST_VALUE")},
    **{name: _to(name.lower(), result=Type.INTEGER, each=_inside(_bits)) for name in ("BIT_AND", "BIT_OR", "BIT_XOR")},
    "COUNT": _count,
    **dict.fromkeys(("STD", "STDDEV", "STDDEV_POP"), _aggregate("stddev_pop", Type.DOUBLE)),
    "STDDEV_SAMP": _aggregate("stddev_samp", Type.DOUBLE),
    **dict.fromkeys(("VARIANCE", "VAR_POP"), _aggregate("var_pop", Type.DOUBLE)),
    "VAR_SAMP": _aggregate("var_samp", Type.DOUBLE),
    "APPROXIMATE_COUNT_DISTINCT": _to("approx_count_distinct", result=Type.INTEGER),
    **{name: _to(name.lower(), 0, 0, result=Type.INTEGER) for name in ("ROW_NUMBER", "RANK", "DENSE_RANK")},
    **{name: _to(name.lower(), 0, 0, result=Type.DOUBLE) for name in ("PERCENT_RANK", "CUME_DIST")},
    "NTILE": _to("ntile", result=Type.INTEGER),
    **{name: _like_its_argument(name.lower(), 1, 3) for name in ("LAG", "LEAD")},
    "NTH_VALUE": _like_its_argument("nth_value", 2),
    "GROUPING": _to("grouping", result=Type.INTEGER),
    # Dates
    **dict.fromkeys(("CURDATE", "CURRENT_DATE", "UTC_DATE"), _to("domo_today", 0, 0, result=Type.DATE)),
    **dict.fromkeys(
        ("NOW", "SYSDATE", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "UTC_TIMESTAMP"),
        lambda function: typed(call("domo_now", *_arguments(function, 0, 1)[:0]), Type.DATETIME),
    ),
    **dict.fromkeys(("CURTIME", "CURRENT_TIME", "UTC_TIME"), _to("domo_now_text", 0, 0, result=Type.TIME)),
    "DATE": _date_of,
    "TIMESTAMP": _timestamp,
    "TIME": lambda function: typed(call("domo_time", as_time(_arguments(function, 1)[0])), Type.TIME),
    "YEAR": _on_dates("year"),
    "QUARTER": _on_dates("quarter"),
    "MONTH": _on_dates("month"),
    **dict.fromkeys(("DAY", "DAYOFMONTH"), _on_dates("day")),
    "HOUR": _on_times("domo_hours"),
    "MINUTE": _on_times("domo_minutes"),
    "SECOND": _on_times("domo_seconds"),
    "MICROSECOND": _on_times("domo_microseconds_of_second"),
    "DAYOFYEAR": _on_dates("dayofyear"),
    "DAYOFWEEK": _on_dates("domo_dayofweek"),
    "WEEKDAY": _on_dates("domo_weekday"),
    "WEEK": _on_dates("domo_week", 1, 2),
    "WEEKOFYEAR": _on_dates("domo_weekofyear"),
    "YEARWEEK": _on_dates("domo_yearweek", 1, 2),
    "DAYNAME": lambda function: _formatted(as_timestamp(_arguments(function, 1)[0]), "%W"),
    "MONTHNAME": lambda function: _formatted(as_timestamp(_arguments(function, 1)[0]), "%M"),
    "LAST_DAY": _on_dates("domo_last_day", result=Type.DATE),
    "DATE_FORMAT": _date_format,
    "TIME_FORMAT": _time_format,
    "STR_TO_DATE": _str_to_date,
    "DATEDIFF": _to("domo_datediff", 2, result=Type.INTEGER, each=as_timestamp),
    **dict.fromkeys(("ADDDATE", "DATE_ADD"), _date_arithmetic(1)),
    **dict.fromkeys(("SUBDATE", "DATE_SUB"), _date_arithmetic(-1)),
    "ADDTIME": _add_time(1),
    "SUBTIME": _add_time(-1),
    "TIMEDIFF": _timediff,
    "TIMESTAMPADD": _timestampadd,
    "TIMESTAMPDIFF": _timestampdiff,
    "UNIX_TIMESTAMP": _unix_timestamp,
    "FROM_UNIXTIME": _from_unixtime,
    "MAKEDATE": _on_numbers("domo_makedate", 2, result=Type.DATE),
    "MAKETIME": _on_numbers("domo_maketime", 3, result=Type.TIME),
    "CONVERT_TZ": _on_dates("domo_convert_tz", 3, result=Type.DATETIME),
    "TO_DAYS": _on_dates("domo_to_days"),
    "TO_SECONDS": _on_dates("domo_to_seconds"),
    "FROM_DAYS": _on_numbers("domo_from_days", result=Type.DATE),
    "PERIOD_ADD": _on_numbers("domo_period_add", 2, result=Type.INTEGER),
    "PERIOD_DIFF": _on_numbers("domo_period_diff", 2, result=Type.INTEGER),
    "TIME_TO_SEC": _on_times("domo_time_to_sec"),
    "SEC_TO_TIME": _on_numbers("domo_sec_to_time", result=Type.TIME),
    # Texts
    "CONCAT": _concat,
    "CONCAT_WS": _concat_ws,
    "LEFT": _on_text("domo_left", 2),
    "RIGHT": _on_text("domo_right", 2),
    "MID": _on_text("domo_substring", 3),
    "SUBSTRING_INDEX": _to("domo_substring_index", 3, result=Type.TEXT, each=(as_text, as_text, as_number)),
    "SPLIT_PART": _to("domo_split_part", 3, result=Type.TEXT, each=(as_text, as_text, as_number)),
    **dict.fromkeys(("LENGTH", "OCTET_LENGTH"), _on_texts("strlen", result=Type.INTEGER)),
    **dict.fromkeys(("CHAR_LENGTH", "CHARACTER_LENGTH"), _on_texts("length", result=Type.INTEGER)),
    "BIT_LENGTH": _on_texts("domo_bit_length", result=Type.INTEGER),
    "INSTR": _on_texts("strpos", 2, result=Type.INTEGER),
    "LOCATE": _to("domo_locate", 2, 3, result=Type.INTEGER, each=(as_text, as_text, as_number)),
    "REPLACE": _on_texts("replace", 3),
    "LTRIM": _on_texts("domo_trim_start"),
    "RTRIM": _on_texts("domo_trim_end"),
    "LPAD": _to("domo_lpad", 2, 3, result=Type.TEXT, each=(as_text, as_number, as_text)),
    "RPAD": _to("domo_rpad", 2, 3, result=Type.TEXT, each=(as_text, as_number, as_text)),
    **dict.fromkeys(("UPPER", "UCASE"), _on_texts("upper")),
    **dict.fromkeys(("LOWER", "LCASE"), _on_texts("lower")),
    "INITCAP": _on_texts("domo_initcap"),
    "REVERSE": _on_texts("reverse"),
    "REPEAT": _on_text("domo_repeat", 2),
    "SPACE": _on_numbers("domo_space", result=Type.TEXT),
    "ASCII": _on_texts("domo_ascii", result=Type.INTEGER),
    "INSERT": _to("domo_insert", 4, result=Type.TEXT, each=(as_text, as_number, as_number, as_text)),
    "FIELD": _field,
    "ELT": _elt,
    "FIND_IN_SET": _on_texts("domo_find_in_set", 2, result=Type.INTEGER),
    "STRCMP": _on_texts("domo_strcmp", 2, result=Type.INTEGER),
    "FORMAT": _on_numbers("domo_format", 2, result=Type.TEXT),
    "MD5": _on_texts("md5"),
    **dict.fromkeys(("SHA", "SHA1"), _on_texts("sha1")),
    "HEX": _hex,
    "UNHEX": _on_texts("domo_unhex"),
    "TO_BASE64": _on_texts("domo_to_base64"),
    "FROM_BASE64": _on_texts("domo_from_base64"),
    "BIN": lambda function: typed(call("bin", _bits(_arguments(function, 1)[0])), Type.TEXT),
    "REGEXP_LIKE": _regexp_like,
    "REGEXP_REPLACE": _regexp_replace,
    "REGEXP_SUBSTR": _on_texts("domo_regexp_substr", 2),
    "REGEXP_INSTR": _on_texts("domo_regexp_instr", 2, result=Type.INTEGER),
    # JSON; paths begin with a dollar sign
    "JSON_EXTRACT": _on_texts("domo_json_extract", 2),
    "JSON_UNQUOTE": _on_texts("domo_json_unquote"),
    "JSON_VALUE": _on_texts("domo_json_value", 2),
    "JSON_LENGTH": _on_texts("domo_json_length", 1, 2, result=Type.INTEGER),
    "JSON_VALID": _on_texts("domo_json_valid", result=Type.INTEGER),
    # Numbers
    **{name: _on_numbers(name.lower()) for name in ("EXP", "SIN", "COS", "TAN", "DEGREES", "RADIANS")},
    "COT": _on_numbers("domo_cot"),
    "ABS": _like_its_argument("abs", number=True),
    "SIGN": _on_numbers("sign", result=Type.INTEGER),
    **dict.fromkeys(("CEIL", "CEILING"), _like_its_argument("domo_ceil", number=True)),
    "FLOOR": _like_its_argument("domo_floor", number=True),
    "ROUND": _rounded("round"),
    "TRUNCATE": _rounded("truncate"),
    "MOD": lambda function: _remainder(*_arguments(function, 2)),
    **dict.fromkeys(("POW", "POWER"), _on_numbers("pow", 2)),
    "SQRT": _on_numbers("domo_sqrt"),
    "LN": _on_numbers("domo_ln"),
    "LOG": _on_numbers("domo_log", 1, 2),
    "LOG2": _on_numbers("domo_log2"),
    "LOG10": _on_numbers("domo_log10"),
    "ACOS": _on_numbers("domo_acos"),
    "ASIN": _on_numbers("domo_asin"),
    "ATAN": _on_numbers("domo_atan", 1, 2),
    "ATAN2": _on_numbers("domo_atan", 2),
    "PI": _to("pi", 0, 0, result=Type.DOUBLE),
    "RAND": _to("random", 0, 0, result=Type.DOUBLE),
    "BIT_COUNT": lambda function: typed(call("bit_count", _bits(_arguments(function, 1)[0])), Type.INTEGER),
    # Choices
    **dict.fromkeys(("IFNULL", "NVL"), _first_there(2, 2)),
    "COALESCE": _first_there(1, _ANY),
    "NULLIF": _nullif,
    "ISNULL": _to("domo_isnull", result=Type.BOOLEAN),
    "GREATEST": _extreme("greatest"),
    "LEAST": _extreme("least"),
}


# Constructs that are not written as a name with parentheses.


_EXTRACTS: Mapping[str, tuple[str, ...]] = {
    **{
        name: (name,) for name in ("MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
    },
    "YEAR_MONTH": ("YEAR", "MONTH"),
    **{
        f"{first}_{last}": _SMALLER[_SMALLER.index(first) : _SMALLER.index(last) + 1]
        for first, last in itertools.combinations(_SMALLER, 2)
    },
}


def _extract(node: exp.Extract) -> exp.Expr:
    unit = node.this.name.upper()
    if unit not in _EXTRACTS:
        raise HTTPError(400, f"EXTRACT does not know {unit}")
    # Several units are concatenated, as the digits of one number.
    whole: exp.Expr | None = None
    for name in _EXTRACTS[unit]:
        part = _RULES[name](call(name, node.expression.copy()))
        if whole is not None:
            size = wide(exp.convert(1_000_000 if name == "MICROSECOND" else 100))
            part = exp.Paren(this=exp.Add(this=exp.Mul(this=whole, expression=size), expression=part))
        whole = part
    return typed(whole or exp.null(), Type.INTEGER)


def _trim(node: exp.Trim) -> exp.Expr:
    side = {"LEADING": "_start", "TRAILING": "_end"}.get(str(node.args.get("position") or "").upper(), "")
    what = [as_text(node.expression)] if node.expression else []
    return typed(call(f"domo_trim{side}", as_text(node.this), *what), Type.TEXT)


def _substring(node: exp.Substring) -> exp.Expr:
    length = node.args.get("length")
    numbers = [as_number(each) for each in (node.args["start"], length) if each is not None]
    return typed(call("domo_substring", as_text(node.this), *numbers), Type.TEXT)


def _sum(sign: int) -> Callable[[exp.Binary], exp.Expr]:
    def rule(node: exp.Binary) -> exp.Expr:
        left, right = node.left, node.right
        if isinstance(right, exp.Interval):
            return _by_interval(left, right, sign)
        if isinstance(left, exp.Interval) and sign == 1:
            return _by_interval(right, left, 1)
        return _arithmetic(node)

    return rule


def _arithmetic(node: exp.Binary) -> exp.Expr:
    left, right = _operands(node.left, node.right)
    node.set("this", left)
    node.set("expression", right)
    return typed(node, Type.DOUBLE if isinstance(node, exp.Div) else widest(map(type_of, (left, right))))


def _operands(*nodes: exp.Expr) -> list[exp.Expr]:
    numbers = [as_number(node) for node in nodes]
    # A literal that is combined with decimals stays as it is, as DuckDB then knows the number of its digits.
    return numbers if Type.DECIMAL in map(type_of, numbers) else list(map(wide, numbers))


def _remainder(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    numbers = _operands(left, right)
    return typed(call("domo_mod", *map(_in_parentheses, numbers)), widest(map(type_of, numbers)))


def _in_parentheses(node: exp.Expr) -> exp.Expr:
    return typed(exp.Paren(this=node), type_of(node))


def _whole_quotient(node: exp.IntDiv) -> exp.Expr:
    numbers = _operands(node.left, node.right)
    dividend, divisor = (type_of(number) in (Type.INTEGER, Type.NULL) for number in numbers)
    macro = "domo_whole_quotient" if dividend and divisor else "domo_quotient"
    if divisor and type_of(numbers[0]) is Type.DECIMAL:
        macro = "domo_quotient_by_whole"
    return typed(call(macro, *map(_in_parentheses, numbers)), Type.INTEGER)


def _negative(node: exp.Neg) -> exp.Expr:
    number = as_number(node.this)
    node.set("this", wide(number))
    return typed(node, type_of(number))


def _like(node: exp.Like) -> exp.Expr:
    # A number or a date is compared as its text.
    node.set("this", as_text(node.this))
    node.set("expression", as_text(node.expression))
    typed(node, Type.BOOLEAN)
    pattern = node.expression
    if isinstance(node.parent, exp.Escape) or (isinstance(pattern, exp.Literal) and "\\" not in pattern.this):
        return node
    # As in MySQL, a backslash escapes the next character. The parentheses keep the expression together below NOT.
    return typed(exp.Paren(this=exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))), Type.BOOLEAN)


def _cast(node: exp.Cast) -> exp.Expr:
    type_, value = node.to, node.this
    sizes = [int(each.name) for each in type_.expressions]
    match type_.this:
        case exp.DType.DATE:
            return _date(value)
        case exp.DType.DATETIME | exp.DType.TIMESTAMP | exp.DType.TIMESTAMPTZ:
            # The literal TIMESTAMP '…' keeps its fraction.
            digits = sizes[0] if sizes else 6 if type_.this is exp.DType.TIMESTAMPTZ else 0
            return typed(call("domo_rounded_timestamp", as_timestamp(value), digits), Type.DATETIME)
        case exp.DType.TIME:
            return typed(call("domo_rounded_time", as_time(value), sizes[0] if sizes else 0), Type.TIME)
        case exp.DType.CHAR | exp.DType.VARCHAR | exp.DType.TEXT | exp.DType.NCHAR | exp.DType.BINARY:
            text = as_text(value)
            return typed(call("left", text, sizes[0]), Type.TEXT) if sizes else text
        case exp.DType.BIGINT | exp.DType.INT | exp.DType.UBIGINT:
            return _whole(value, "domo_unsigned" if type_.this is exp.DType.UBIGINT else "domo_signed")
        case exp.DType.DOUBLE | exp.DType.FLOAT:
            return typed(exp.Cast(this=as_number(value), to=exp.DataType.build("DOUBLE")), Type.DOUBLE)
        case exp.DType.DECIMAL:
            return _decimal(value, *sizes)
    raise HTTPError(400, f"Unknown type: {type_.sql(dialect='mysql')}")


def _whole(value: exp.Expr, macro: str) -> exp.Expr:
    if type_of(value) is Type.TEXT and not isinstance(value, exp.Literal):
        return typed(call(f"{macro}_text", value), Type.INTEGER)
    if type_of(value) is Type.TEXT:
        digits = re.match(r"\s*[+-]?\d+", value.name, re.ASCII)
        value = exp.Literal.number(digits[0].strip().removeprefix("+") if digits else "0")
    return typed(call(macro, as_number(value)), Type.INTEGER)


def _decimal(value: exp.Expr, width: int = 10, scale: int = 0) -> exp.Expr:
    if not scale <= width <= _DECIMAL_DIGITS:
        raise HTTPError(400, f"A DECIMAL has at most {_DECIMAL_DIGITS} digits here, including those behind the point")
    macro = "domo_leading_decimal" if type_of(value) is Type.TEXT else "domo_printed_number"
    if type_of(value) is not Type.TEXT:
        value = as_number(value)
    type_ = exp.DataType.build(f"DECIMAL({width}, {scale})")
    printed = call(macro, value)
    # A value that does not fit becomes the nearest number that does.
    whole, behind = "9" * (width - scale) or "0", "9" * scale
    largest = call("domo_largest", printed.copy(), f"{whole}.{behind}" if behind else whole)
    fitted = call("coalesce", exp.TryCast(this=printed, to=type_), exp.Cast(this=largest, to=type_.copy()))
    return typed(fitted, Type.DECIMAL)


def _compared(node: exp.Binary) -> exp.Expr:
    left, right = node.left, node.right
    if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple) and len(left.expressions) == len(right.expressions):
        for one, other in zip(list(left.expressions), list(right.expressions), strict=True):
            _set_comparable(one, other)
    else:
        left, right = comparable(left, right)
        node.set("this", left)
        node.set("expression", right)
    return typed(node, Type.BOOLEAN)


def _set_comparable(one: exp.Expr, other: exp.Expr) -> None:
    for node, new in zip((one, other), comparable(one.copy(), other.copy()), strict=True):
        node.replace(new)


def _among(node: exp.In) -> exp.Expr:
    values = node.expressions
    query = node.args.get("query")
    if query is not None and type_of(query) in NUMERIC and type_of(node.this) in (Type.TEXT, Type.BOOLEAN):
        node.set("this", as_number(node.this))
    if values and isinstance(node.this, exp.Tuple):
        equals = [_compared(exp.EQ(this=node.this.copy(), expression=value.copy())) for value in values]
        return typed(exp.Paren(this=exp.or_(*equals, wrap=False)), Type.BOOLEAN)
    pairs = [comparable(node.this.copy(), value.copy()) for value in values]
    if len({left for left, _ in pairs}) > 1:
        # A value that is compared with numbers and with texts is converted for each comparison.
        equals = [exp.EQ(this=left, expression=right) for left, right in pairs]
        return typed(exp.Paren(this=exp.or_(*equals, wrap=False)), Type.BOOLEAN)
    if pairs:
        node.set("this", pairs[0][0])
        node.set("expressions", [right for _, right in pairs])
    return typed(node, Type.BOOLEAN)


def _between(node: exp.Between) -> exp.Expr:
    value, low, high = node.this, node.args["low"], node.args["high"]
    (above, low), (below, high) = comparable(value.copy(), low), comparable(value.copy(), high)
    if above != below:
        bounds = exp.And(this=exp.GTE(this=above, expression=low), expression=exp.LTE(this=below, expression=high))
        return typed(exp.Paren(this=bounds), Type.BOOLEAN)
    for name, new in (("this", above), ("low", low), ("high", high)):
        node.set(name, new)
    return typed(node, Type.BOOLEAN)


def _case(node: exp.Case) -> exp.Expr:
    value, ifs = node.this, node.args["ifs"]
    for each in ifs:
        each.set("this", _equal(value.copy(), each.this) if value else condition(each.this))
    node.set("this", None)
    default = node.args.get("default")
    results, type_ = unified([each.args["true"] for each in ifs] + ([default] if default else []))
    for each, result in zip(ifs, results, strict=False):
        each.set("true", result)
    if default:
        node.set("default", results[-1])
    return typed(node, type_)


def _if(node: exp.If) -> exp.Expr:
    if isinstance(node.parent, exp.Case):
        return node
    results, type_ = unified([node.args["true"], node.args.get("false") or exp.null()])
    decided = exp.If(this=condition(node.this), true=results[0])
    return typed(exp.Case(ifs=[decided], default=results[1]), type_)


def _decided(node: exp.Expr) -> exp.Expr:
    """Convert both operands to conditions."""
    for name in ("this", "expression"):
        side = node.args.get(name)
        if side is not None:
            node.set(name, condition(side))
    return typed(node, Type.BOOLEAN)


def _is(node: exp.Is) -> exp.Expr:
    if isinstance(node.expression, exp.Boolean):
        node.set("this", condition(node.this))
    return typed(node, Type.BOOLEAN)


def _bitwise(node: exp.Binary) -> exp.Expr:
    operands = [_bits(node.left), _bits(node.right)]
    if isinstance(node, exp.BitwiseLeftShift):
        return typed(call("domo_shifted_left", *operands), Type.INTEGER)
    if isinstance(node, exp.BitwiseRightShift):
        return typed(call("domo_shifted_right", *operands), Type.INTEGER)
    if isinstance(node, exp.BitwiseXor):
        return typed(call("xor", *operands), Type.INTEGER)
    node.set("this", operands[0])
    node.set("expression", operands[1])
    return typed(node, Type.INTEGER)


def _inverted(node: exp.BitwiseNot) -> exp.Expr:
    return typed(call("domo_inverted", _bits(node.this)), Type.INTEGER)


def _bit_string(node: exp.BitString) -> exp.Expr:
    number = int(node.name or "0", 2)
    return hex_text(f"{number:x}" if number else "")


def _group_concat(node: exp.GroupConcat) -> exp.Expr:
    separator = node.args.get("separator") or exp.Literal.string(",")
    values = node.this
    order = values if isinstance(values, exp.Order) else None
    inner = order.this if order else values
    if isinstance(inner, exp.Distinct) and order and len(inner.expressions) == 1:
        # DuckDB orders distinct values only by themselves, so that they are converted to text afterwards.
        gathered = call("list", exp.Order(this=inner, expressions=order.expressions))
        texts = exp.Cast(this=gathered, to=_TEXTS)
        return typed(call("array_to_string", texts, separator), Type.TEXT)
    if isinstance(inner, exp.Distinct):
        inner = exp.Distinct(expressions=[_joined(_texts(inner.expressions))])
    else:
        inner = as_text(inner)
    ordered = exp.Order(this=separator, expressions=order.expressions) if order else separator
    return typed(call("string_agg", inner, ordered), Type.TEXT)


def _chr(node: exp.Chr) -> exp.Expr:
    codes = [exp.Cast(this=as_number(each), to=exp.DataType.build("INT")) for each in node.expressions]
    return _joined([call("chr", code) for code in codes])


def _as(target: str, result: Type) -> Callable[[exp.Expr], exp.Expr]:
    return lambda _: typed(call(target), result)


_NODES: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
    exp.Add: _sum(1),
    exp.Sub: _sum(-1),
    exp.Mul: _arithmetic,
    exp.Div: _arithmetic,
    exp.Mod: lambda node: _remainder(node.left, node.right),
    exp.IntDiv: _whole_quotient,
    exp.Neg: _negative,
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ), _compared),
    exp.In: _among,
    exp.Between: _between,
    exp.Case: _case,
    exp.If: _if,
    **dict.fromkeys((exp.And, exp.Or, exp.Not, exp.Where, exp.Having), _decided),
    exp.Xor: lambda node: typed(call("domo_xor", condition(node.left), condition(node.right)), Type.BOOLEAN),
    exp.Is: _is,
    exp.Like: _like,
    exp.Escape: lambda node: typed(node, Type.BOOLEAN),
    exp.Exists: lambda node: typed(node, Type.BOOLEAN),
    exp.RegexpLike: lambda node: typed(call("domo_regexp", as_text(node.this), as_text(node.expression)), Type.BOOLEAN),
    exp.Cast: _cast,
    exp.Extract: _extract,
    exp.Trim: _trim,
    exp.Substring: _substring,
    exp.StrPosition: lambda node: _RULES["INSTR"](call("INSTR", node.this, node.args["substr"])),
    exp.GroupConcat: _group_concat,
    exp.Chr: _chr,
    exp.Ceil: lambda node: _RULES["CEIL"](call("CEIL", node.this)),
    exp.Floor: lambda node: _RULES["FLOOR"](call("FLOOR", node.this)),
    exp.CurrentDate: _as("domo_today", Type.DATE),
    exp.CurrentTimestamp: _as("domo_now", Type.DATETIME),
    exp.CurrentTime: _as("domo_now_text", Type.TIME),
    exp.Localtime: _as("domo_now", Type.DATETIME),
    exp.Localtimestamp: _as("domo_now", Type.DATETIME),
    **dict.fromkeys((exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor), _bitwise),
    **dict.fromkeys((exp.BitwiseLeftShift, exp.BitwiseRightShift), _bitwise),
    exp.BitwiseNot: _inverted,
    exp.HexString: lambda node: hex_text(node.name),
    exp.BitString: _bit_string,
}
_AS_THEY_ARE = (
    *(exp.Select, exp.Subquery, exp.Union, exp.Except, exp.Intersect, exp.With, exp.CTE, exp.From, exp.Join),
    *(exp.Group, exp.Rollup, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Distinct, exp.Table, exp.TableAlias),
    *(exp.Column, exp.Identifier, exp.Star, exp.Alias, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.Tuple),
    *(exp.Any, exp.All, exp.Interval, exp.Var, exp.DataType, exp.DataTypeParam, exp.Window, exp.WindowSpec),
)
# The arguments that a construct may have in addition to its operands. The parser stores some clauses there as plain
# words, and a later version may store more.
_OPERANDS = frozenset({"this", "expression", "expressions"})
_OF_SELECTS = frozenset({"distinct", "joins", "where", "group", "having", "order", "limit", "offset", "with_"})
_OF_UNIONS = frozenset({"distinct", "order", "limit", "offset", "with_"})
_BESIDE: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: _OF_SELECTS | {"from_", "windows"},
    exp.Subquery: _OF_SELECTS | {"alias"},
    **dict.fromkeys((exp.Union, exp.Except, exp.Intersect), _OF_UNIONS),
    exp.CTE: frozenset({"alias"}),
    exp.Join: frozenset({"kind", "method", "on", "side", "using"}),
    exp.Table: frozenset({"alias", "catalog", "db", "joins"}),
    exp.TableAlias: frozenset({"columns"}),
    exp.Column: frozenset({"catalog", "db", "table"}),
    exp.Identifier: frozenset({"quoted"}),
    exp.Alias: frozenset({"alias"}),
    exp.Literal: frozenset({"is_string"}),
    exp.Ordered: frozenset({"desc", "nulls_first"}),
    exp.Limit: frozenset({"offset"}),
    exp.In: frozenset({"query"}),
    exp.Between: frozenset({"low", "high"}),
    exp.Like: frozenset({"negate"}),
    exp.Is: frozenset({"negate"}),
    exp.Case: frozenset({"ifs", "default"}),
    exp.If: frozenset({"true", "false"}),
    exp.Interval: frozenset({"unit"}),
    exp.Group: frozenset({"rollup"}),
    exp.Cast: frozenset({"to"}),
    exp.Trim: frozenset({"position"}),
    exp.Substring: frozenset({"start", "length"}),
    exp.StrPosition: frozenset({"substr"}),
    exp.GroupConcat: frozenset({"separator"}),
    exp.Div: frozenset({"safe", "typed"}),
    exp.Window: frozenset({"alias", "over", "partition_by", "order", "spec"}),
    exp.WindowSpec: frozenset({"kind", "start", "start_side", "end", "end_side"}),
}
_KNOWN = frozenset({*_NODES, *_AS_THEY_ARE, exp.Anonymous})


_AGGREGATES = frozenset(
    (
        *("SUM", "AVG", "MEDIAN", "MIN", "MAX", "ANY_VALUE", "BIT_AND", "BIT_OR", "BIT_XOR", "COUNT", "GROUPING"),
        *("STD", "STDDEV", "STDDEV_POP", "STDDEV_SAMP", "VARIANCE", "VAR_POP", "VAR_SAMP"),
        "APPROXIMATE_COUNT_DISTINCT",
    )
)


def is_aggregate(node: exp.Expr) -> bool:
    """Return whether a construct aggregates many rows to one value."""
    return isinstance(node, exp.GroupConcat) or (isinstance(node, exp.Anonymous) and node.name.upper() in _AGGREGATES)


def is_known(node: exp.Expr) -> bool:
    """Return whether a construct is allowed in a query, with all its arguments."""
    if isinstance(node, exp.Anonymous) and node.name.upper() not in _RULES:
        return False
    return type(node) in _KNOWN and _OPERANDS.union(_BESIDE.get(type(node), ())).issuperset(
        key for key, value in node.args.items() if value not in (None, False) and value != []
    )


def rewritten(node: exp.Expr) -> exp.Expr:
    """Return a known construct translated to DuckDB's SQL; its operands must be translated already."""
    if isinstance(node, exp.Anonymous):
        return _RULES[node.name.upper()](node)
    rule = _NODES.get(type(node))
    return node if rule is None else rule(node)
