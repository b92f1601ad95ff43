"""What each function and operator of Domo's SQL becomes in DuckDB's.

Nothing that is not named here passes: neither a function nor any other construct of the language. Emulator-defined, as
no source tells how Domo does it: texts are compared with regard to case (``LIKE`` and ``REGEXP``, too), text that is to
be a number must be one, a column of texts is none without a CAST, and formats of dates must be written out in the
query.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlglot import exp

from domo_async.emulator.errors import Refusal

__all__ = ["is_known", "rewrite"]

Rule: TypeAlias = Callable[[exp.Anonymous], exp.Expr]

_TEXTS = exp.DataType.build("VARCHAR[]", dialect="duckdb")
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")
_NUMBER = re.compile(r"\d+(\.\d*)?")
_ANY = 1_000
_LONGEST_FORMAT = 100
_LARGEST = 20_000


def _call(name: str, *arguments: exp.Expr | int | str) -> exp.Anonymous:
    """Return a call; numbers and texts become literals."""
    expressions = [each if isinstance(each, exp.Expr) else exp.convert(each) for each in arguments]
    return exp.Anonymous(this=name, expressions=expressions)


def _arguments(function: exp.Anonymous, least: int, most: int | None = None) -> list[exp.Expr]:
    """Return a call's arguments.

    Raises:
        Refusal: 400, if there are too few or too many.
    """
    found: list[exp.Expr] = function.expressions
    if not least <= len(found) <= (most or least):
        wanted = f"at least {least}" if most == _ANY else str(least) if not most else f"{least} to {most}"
        raise Refusal(400, f"{function.name.upper()} takes {wanted} arguments, not {len(found)}")
    return found


def _to(target: str, least: int = 1, most: int | None = None) -> Rule:
    """Return the rule that a function is `target`, with `least` to `most` arguments."""
    return lambda function: _call(target, *_arguments(function, least, most))


def _plain_text(node: exp.Expr, what: str) -> str:
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise Refusal(400, f"{what} must be written out as a text in quotes")
    return str(node.this)


def _moment(node: exp.Expr) -> exp.Expr:
    """Return a date; text that is written out without a time is a DATE, so that what is made of it is one."""
    if isinstance(node, exp.Literal) and node.is_string and _DATE.fullmatch(node.this):
        return _call("domo_date", node)
    return node


# Formats of dates. MySQL's codes, as DuckDB's strftime() has them:
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
# … and as its strptime() has them, which needs no word on superfluous zeros.
_READ = {
    **{code: f"%{code}" for code in "abdfHIjmpSYy"},
    "c": "%m",
    "e": "%d",
    "h": "%I",
    "i": "%M",
    "k": "%H",
    "l": "%I",
    "M": "%B",
    "r": "%I:%M:%S %p",
    "s": "%S",
    "T": "%H:%M:%S",
    "W": "%A",
    "%": "%%",
}
_CODES_OF_TIMES = set("fHhIiklprSsT")


def _codes(pattern: str) -> list[tuple[str, str]]:
    """Return a format's pieces: ("code", "Y") and ("text", "-")."""
    pieces = re.findall(r"%(.)|([^%]+|%$)", pattern, re.DOTALL)
    if len(pieces) > _LONGEST_FORMAT:
        raise Refusal(400, f"A format has {_LONGEST_FORMAT} pieces at the most")
    return [("code", code) if code else ("text", text) for code, text in pieces]


def _date_format(function: exp.Anonymous) -> exp.Expr:
    date, pattern = _arguments(function, 2)
    return _formatted(date, _plain_text(pattern, "The format"))


def _formatted(date: exp.Expr, pattern: str) -> exp.Expr:
    parts: list[exp.Expr] = []
    plain = ""
    for kind, piece in _codes(pattern):
        special = _special_code(date, piece) if kind == "code" else None
        if special is None:
            plain += _PRINTED.get(piece, piece) if kind == "code" else piece.replace("%", "%%")
            continue
        parts += [_call("domo_strftime", date.copy(), plain)] if plain else []
        parts.append(special)
        plain = ""
    if plain:
        parts.append(_call("domo_strftime", date.copy(), plain))
    return _joined(parts or [_call("left", _call("domo_text", date), 0)])


def _special_code(date: exp.Expr, code: str) -> exp.Expr | None:
    """Return what a code stands for that strftime() has no word for."""
    if code == "D":
        return _call("domo_ordinal", _call("domo_day", date.copy()))
    if code in _WEEKS:
        return _call("domo_two_digits", _call("domo_week", date.copy(), _WEEKS[code]))
    if code in _WEEK_YEARS:
        return _call("left", _call("domo_text", _call("domo_yearweek", date.copy(), _WEEK_YEARS[code])), 4)
    return None


def _str_to_date(function: exp.Anonymous) -> exp.Expr:
    text, pattern = _arguments(function, 2)
    codes = _codes(_plain_text(pattern, "The format"))
    unknown = next((code for kind, code in codes if kind == "code" and code not in _READ), None)
    if unknown is not None:
        raise Refusal(400, f"STR_TO_DATE does not know %{unknown}")
    read = "".join(_READ[piece] if kind == "code" else piece.replace("%", "%%") for kind, piece in codes)
    moment = _call("try_strptime", _call("domo_text", text), read)
    has_time = any(kind == "code" and piece in _CODES_OF_TIMES for kind, piece in codes)
    return moment if has_time else _call("domo_date", moment)


def _from_unixtime(function: exp.Anonymous) -> exp.Expr:
    seconds, *pattern = _arguments(function, 1, 2)
    moment = _call("domo_from_unixtime", seconds)
    return _formatted(moment, _plain_text(pattern[0], "The format")) if pattern else moment


# Intervals: the macro that adds them, and how many of its units one of them is.
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
    """Return a date moved by some of a unit."""
    if unit in _MIXED_UNITS:
        macro, total = _mixed(_plain_text(amount, f"An interval of {unit}"), unit)
        return _call(macro, _moment(date), exp.convert(total * sign))
    if unit not in _UNITS:
        raise Refusal(400, f"Unknown unit of an interval: {unit}")
    macro, factor = _UNITS[unit]
    number = exp.Cast(this=amount, to=exp.DataType.build("DOUBLE"))
    return _call(macro, _moment(date), exp.Mul(this=number, expression=exp.convert(factor * sign)))


def _mixed(written: str, unit: str) -> tuple[str, float]:
    """Read an interval such as ``'1 10:30'`` of DAY_MINUTE."""
    sign = -1 if written.strip().startswith("-") else 1
    numbers = [float(each) for each in re.findall(r"\d+", written)]
    first, last = unit.split("_")
    if unit == "YEAR_MONTH":
        years, months = [0.0, 0.0, *numbers][-2:]
        return "domo_add_months", sign * (years * 12 + months)
    units = _SMALLER[_SMALLER.index(first) : _SMALLER.index(last) + 1]
    # Where fewer numbers than units are given, the greatest units are missing.
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
        raise Refusal(400, "An INTERVAL takes a number and a unit")
    return _moved(date, interval.this, _unit_of(interval.args["unit"]), sign)


def _timestampadd(function: exp.Anonymous) -> exp.Expr:
    unit, amount, date = _arguments(function, 3)
    return _moved(date, amount, _unit_of(unit), 1)


def _timestampdiff(function: exp.Anonymous) -> exp.Expr:
    unit, begin, end = _arguments(function, 3)
    name = _unit_of(unit)
    if name in ("MONTH", "QUARTER", "YEAR"):
        count, size = _call("domo_months_between", begin, end), int(_UNITS[name][1])
    elif name in _MICROSECONDS:
        count, size = _call("domo_microseconds_between", begin, end), _MICROSECONDS[name]
    else:
        raise Refusal(400, f"Unknown unit: {name}")
    return _call("domo_div", count, size)


# Texts.


def _joined(parts: list[exp.Expr]) -> exp.Expr:
    """Return texts one after the other, NULL if one of them is."""
    whole = parts[0]
    for part in parts[1:]:
        whole = exp.DPipe(this=whole, expression=part)
    return exp.Paren(this=whole)


def _texts(values: list[exp.Expr]) -> list[exp.Expr]:
    return [_call("domo_text", value) for value in values]


def _concat(function: exp.Anonymous) -> exp.Expr:
    return _joined(_texts(_arguments(function, 1, _ANY)))


def _concat_ws(function: exp.Anonymous) -> exp.Expr:
    return _call("concat_ws", *_texts(_arguments(function, 2, _ANY)))


def _field(function: exp.Anonymous) -> exp.Expr:
    wanted, *values = _arguments(function, 2, _ANY)
    position = exp.Case(this=wanted, ifs=[], default=exp.convert(0))
    for number, value in enumerate(values, 1):
        position.append("ifs", exp.If(this=value, true=exp.convert(number)))
    return position


def _elt(function: exp.Anonymous) -> exp.Expr:
    number, *values = _arguments(function, 2, _ANY)
    ifs = [exp.If(this=exp.convert(n), true=value) for n, value in enumerate(_texts(values), 1)]
    return exp.Case(this=number, ifs=ifs)


def _regexp_like(function: exp.Anonymous) -> exp.Expr:
    arguments = _arguments(function, 2, 3)
    if len(arguments) == 2:
        return _call("domo_regexp", *arguments)
    flags = _plain_text(arguments[2], "The match type")
    if not set(flags) <= set("cimn"):
        raise Refusal(400, f"Unknown match type: {flags}")
    return _call("domo_regexp_with", *arguments[:2], flags.replace("n", "s"))


# Numbers and choices.


def _extreme(name: str) -> Rule:
    def rule(function: exp.Anonymous) -> exp.Expr:
        values = _arguments(function, 2, _ANY)
        missing: exp.Expr = exp.Is(this=values[0].copy(), expression=exp.null())
        for value in values[1:]:
            missing = exp.Or(this=missing, expression=exp.Is(this=value.copy(), expression=exp.null()))
        return exp.Case(ifs=[exp.If(this=missing, true=exp.null())], default=_call(name, *values))

    return rule


def _count(function: exp.Anonymous) -> exp.Expr:
    (argument,) = _arguments(function, 1)
    if isinstance(argument, exp.Distinct) and len(argument.expressions) > 1:
        # Rows in which one of the values is NULL do not count.
        values = argument.expressions
        there: exp.Expr = exp.Not(this=exp.Is(this=values[0].copy(), expression=exp.null()))
        for value in values[1:]:
            is_null = exp.Is(this=value.copy(), expression=exp.null())
            there = exp.And(this=there, expression=exp.Not(this=is_null))
        whole = exp.Case(ifs=[exp.If(this=there, true=exp.Tuple(expressions=values))])
        return _call("count", exp.Distinct(expressions=[whole]))
    return _call("count", argument)


_RULES: dict[str, Rule] = {
    # Aggregates and window functions
    **{name: _to(name) for name in ("SUM", "AVG", "MIN", "MAX", "MEDIAN", "ANY_VALUE", "BIT_AND", "BIT_OR", "BIT_XOR")},
    "COUNT": _count,
    **dict.fromkeys(("STD", "STDDEV", "STDDEV_POP"), _to("stddev_pop")),
    "STDDEV_SAMP": _to("stddev_samp"),
    **dict.fromkeys(("VARIANCE", "VAR_POP"), _to("var_pop")),
    "VAR_SAMP": _to("var_samp"),
    "APPROXIMATE_COUNT_DISTINCT": _to("approx_count_distinct"),
    **{name: _to(name, 0, 0) for name in ("ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST")},
    **{name: _to(name) for name in ("NTILE", "FIRST_VALUE", "LAST_VALUE")},
    **{name: _to(name, 1, 3) for name in ("LAG", "LEAD")},
    "NTH_VALUE": _to("nth_value", 2),
    # Dates
    **dict.fromkeys(("CURDATE", "CURRENT_DATE", "UTC_DATE"), _to("domo_today", 0, 0)),
    **dict.fromkeys(
        ("NOW", "SYSDATE", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "UTC_TIMESTAMP"),
        lambda function: _call("domo_now", *_arguments(function, 0, 1)[:0]),
    ),
    **dict.fromkeys(("CURTIME", "CURRENT_TIME", "UTC_TIME"), _to("domo_now_text", 0, 0)),
    "DATE": _to("domo_date"),
    "TIMESTAMP": _to("domo_datetime"),
    "TIME": _to("domo_time_text"),
    "YEAR": _to("domo_year"),
    "QUARTER": _to("domo_quarter"),
    "MONTH": _to("domo_month"),
    **dict.fromkeys(("DAY", "DAYOFMONTH"), _to("domo_day")),
    "HOUR": _to("domo_hour"),
    "MINUTE": _to("domo_minute"),
    "SECOND": _to("domo_second"),
    "MICROSECOND": _to("domo_microsecond"),
    "DAYOFYEAR": _to("domo_dayofyear"),
    "DAYOFWEEK": _to("domo_dayofweek"),
    "WEEKDAY": _to("domo_weekday"),
    "WEEK": _to("domo_week", 1, 2),
    "WEEKOFYEAR": _to("domo_weekofyear"),
    "YEARWEEK": _to("domo_yearweek", 1, 2),
    "DAYNAME": lambda function: _call("domo_strftime", *_arguments(function, 1), "%A"),
    "MONTHNAME": lambda function: _call("domo_strftime", *_arguments(function, 1), "%B"),
    "LAST_DAY": _to("domo_last_day"),
    "DATE_FORMAT": _date_format,
    "STR_TO_DATE": _str_to_date,
    "DATEDIFF": _to("domo_datediff", 2),
    **dict.fromkeys(("ADDDATE", "DATE_ADD"), _date_arithmetic(1)),
    **dict.fromkeys(("SUBDATE", "DATE_SUB"), _date_arithmetic(-1)),
    "TIMESTAMPADD": _timestampadd,
    "TIMESTAMPDIFF": _timestampdiff,
    "UNIX_TIMESTAMP": _to("domo_unix_timestamp", 0, 1),
    "FROM_UNIXTIME": _from_unixtime,
    "MAKEDATE": _to("domo_makedate", 2),
    "CONVERT_TZ": _to("domo_convert_tz", 3),
    "TO_DAYS": _to("domo_to_days"),
    "FROM_DAYS": _to("domo_from_days"),
    "PERIOD_ADD": _to("domo_period_add", 2),
    "PERIOD_DIFF": _to("domo_period_diff", 2),
    "TIME_TO_SEC": _to("domo_time_to_sec"),
    "SEC_TO_TIME": _to("domo_sec_to_time"),
    # Texts
    "CONCAT": _concat,
    "CONCAT_WS": _concat_ws,
    "LEFT": _to("domo_left", 2),
    "RIGHT": _to("domo_right", 2),
    "MID": _to("domo_substring", 3),
    "SUBSTRING_INDEX": _to("domo_substring_index", 3),
    "SPLIT_PART": _to("domo_split_part", 3),
    **dict.fromkeys(("LENGTH", "OCTET_LENGTH"), _to("domo_length")),
    **dict.fromkeys(("CHAR_LENGTH", "CHARACTER_LENGTH"), _to("domo_char_length")),
    "BIT_LENGTH": _to("domo_bit_length"),
    "INSTR": _to("domo_instr", 2),
    "LOCATE": _to("domo_locate", 2, 3),
    "REPLACE": _to("domo_replace", 3),
    "LTRIM": _to("domo_trim_start"),
    "RTRIM": _to("domo_trim_end"),
    "LPAD": _to("domo_lpad", 2, 3),
    "RPAD": _to("domo_rpad", 2, 3),
    **dict.fromkeys(("UPPER", "UCASE"), _to("domo_upper")),
    **dict.fromkeys(("LOWER", "LCASE"), _to("domo_lower")),
    "INITCAP": _to("domo_initcap"),
    "REVERSE": _to("domo_reverse"),
    "REPEAT": _to("domo_repeat", 2),
    "SPACE": _to("domo_space"),
    "ASCII": _to("domo_ascii"),
    "INSERT": _to("domo_insert", 4),
    "FIELD": _field,
    "ELT": _elt,
    "FIND_IN_SET": _to("domo_find_in_set", 2),
    "STRCMP": _to("domo_strcmp", 2),
    "FORMAT": _to("domo_format", 2),
    "MD5": _to("md5"),
    "REGEXP_LIKE": _regexp_like,
    "REGEXP_REPLACE": _to("domo_regexp_replace", 3),
    "REGEXP_SUBSTR": _to("domo_regexp_substr", 2),
    # JSON; paths begin with a dollar sign
    "JSON_EXTRACT": _to("domo_json_extract", 2),
    "JSON_UNQUOTE": _to("domo_json_unquote"),
    "JSON_VALUE": _to("domo_json_value", 2),
    "JSON_LENGTH": _to("domo_json_length", 1, 2),
    "JSON_VALID": _to("domo_json_valid"),
    # Numbers
    **{name: _to(name) for name in ("ABS", "SIGN", "EXP", "SIN", "COS", "TAN", "COT", "DEGREES", "RADIANS")},
    **dict.fromkeys(("CEIL", "CEILING"), _to("ceil")),
    "FLOOR": _to("floor"),
    "ROUND": _to("domo_round", 1, 2),
    "TRUNCATE": _to("domo_truncate", 2),
    "MOD": _to("domo_mod", 2),
    **dict.fromkeys(("POW", "POWER"), _to("pow", 2)),
    "SQRT": _to("domo_sqrt"),
    "LN": _to("domo_ln"),
    "LOG": _to("domo_log", 1, 2),
    "LOG2": _to("domo_log2"),
    "LOG10": _to("domo_log10"),
    "ACOS": _to("domo_acos"),
    "ASIN": _to("domo_asin"),
    "ATAN": _to("domo_atan", 1, 2),
    "ATAN2": _to("domo_atan", 2),
    "PI": _to("pi", 0, 0),
    "RAND": _to("random", 0, 0),
    # Choices
    **dict.fromkeys(("IFNULL", "NVL"), _to("coalesce", 2)),
    "COALESCE": _to("coalesce", 1, _ANY),
    "NULLIF": _to("nullif", 2),
    "ISNULL": _to("domo_isnull"),
    "GREATEST": _extreme("greatest"),
    "LEAST": _extreme("least"),
}


# What is written in other ways than by a name and parentheses.


def _extract(node: exp.Extract) -> exp.Expr:
    unit = node.this.name.upper()
    if unit not in ("MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"):
        raise Refusal(400, f"EXTRACT does not know {unit}")
    return _RULES[unit](_call(unit, node.expression))


def _trim(node: exp.Trim) -> exp.Expr:
    side = {"LEADING": "_start", "TRAILING": "_end"}.get(str(node.args.get("position") or "").upper(), "")
    what = [node.expression] if node.expression else []
    return _call(f"domo_trim{side}", node.this, *what)


def _substring(node: exp.Substring) -> exp.Expr:
    length = node.args.get("length")
    return _call("domo_substring", node.this, node.args["start"], *([] if length is None else [length]))


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
    """Let texts that are written out in a calculation be the numbers that they spell."""
    for side in (node.left, node.right):
        if isinstance(side, exp.Literal) and side.is_string and _NUMBER.fullmatch(side.this):
            side.replace(exp.Literal.number(side.this))
    return node


def _like(node: exp.Like) -> exp.Expr:
    if not isinstance(node.this, exp.Literal):
        # A number or a date is compared as it is printed.
        node.this.replace(_call("domo_text", node.this.copy()))
    pattern = node.expression
    if isinstance(node.parent, exp.Escape) or (isinstance(pattern, exp.Literal) and "\\" not in pattern.this):
        return node
    # As in MySQL, a backslash takes the meaning of what follows away. The parentheses keep it together below NOT.
    return exp.Paren(this=exp.Escape(this=node.copy(), expression=exp.Literal.string("\\")))


def _cast(node: exp.Cast) -> exp.Expr:
    kind = node.to
    match kind.this:
        case exp.DType.DATE:
            return _call("domo_date", node.this)
        case exp.DType.DATETIME | exp.DType.TIMESTAMP | exp.DType.TIMESTAMPTZ:
            return _call("domo_datetime", node.this)
        case exp.DType.TIME:
            return _call("domo_time_text", node.this)
        case exp.DType.CHAR | exp.DType.VARCHAR | exp.DType.TEXT | exp.DType.NCHAR | exp.DType.BINARY:
            text = _call("domo_text", node.this)
            return _call("left", text, kind.expressions[0].this) if kind.expressions else text
        case exp.DType.DECIMAL if not kind.expressions:
            return exp.Cast(this=node.this, to=exp.DataType.build("DECIMAL(38, 0)"))
        case exp.DType.BIGINT | exp.DType.UBIGINT | exp.DType.INT | exp.DType.DOUBLE | exp.DType.FLOAT:
            return node
        case exp.DType.DECIMAL:
            return node
    raise Refusal(400, f"Unknown type: {kind.sql(dialect='mysql')}")


def _group_concat(node: exp.GroupConcat) -> exp.Expr:
    separator = node.args.get("separator") or exp.Literal.string(",")
    values = node.this
    order = values if isinstance(values, exp.Order) else None
    inner = order.this if order else values
    if isinstance(inner, exp.Distinct) and order and len(inner.expressions) == 1:
        # DuckDB orders what is distinct by itself alone, which is not to be its text.
        gathered = _call("list", exp.Order(this=inner, expressions=order.expressions))
        return _call("array_to_string", exp.Cast(this=gathered, to=_TEXTS), separator)
    if isinstance(inner, exp.Distinct):
        if len(inner.expressions) > 1:
            inner = exp.Distinct(expressions=[_joined(_texts(inner.expressions))])
        else:
            inner = exp.Distinct(expressions=_texts(inner.expressions))
    else:
        inner = _call("domo_text", inner)
    ordered = exp.Order(this=separator, expressions=order.expressions) if order else separator
    return _call("string_agg", inner, ordered)


def _chr(node: exp.Chr) -> exp.Expr:
    return _joined([_call("chr", exp.Cast(this=each, to=exp.DataType.build("INT"))) for each in node.expressions])


_NODES: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
    exp.Add: _sum(1),
    exp.Sub: _sum(-1),
    exp.Mul: _arithmetic,
    exp.Div: _arithmetic,
    exp.Mod: lambda node: _call("domo_mod", exp.Paren(this=node.left), exp.Paren(this=node.right)),
    exp.IntDiv: lambda node: _call("domo_div", node.left, node.right),
    exp.Xor: lambda node: _call("domo_xor", node.left, node.right),
    exp.Like: _like,
    exp.RegexpLike: lambda node: _call("domo_regexp", node.this, node.expression),
    exp.Cast: _cast,
    exp.Extract: _extract,
    exp.Trim: _trim,
    exp.Substring: _substring,
    exp.StrPosition: lambda node: _call("domo_instr", node.this, node.args["substr"]),
    exp.GroupConcat: _group_concat,
    exp.Chr: _chr,
    exp.Ceil: lambda node: _call("ceil", node.this),
    exp.Floor: lambda node: _call("floor", node.this),
    exp.CurrentDate: lambda _: _call("domo_today"),
    exp.CurrentTimestamp: lambda _: _call("domo_now"),
    exp.CurrentTime: lambda _: _call("domo_now_text"),
    exp.Localtime: lambda _: _call("domo_now"),
    exp.Localtimestamp: lambda _: _call("domo_now"),
}
_AS_THEY_ARE = (
    *(exp.Select, exp.Subquery, exp.Union, exp.Except, exp.Intersect, exp.With, exp.CTE, exp.From, exp.Join, exp.Where),
    *(exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Distinct, exp.Table, exp.TableAlias),
    *(exp.Column, exp.Identifier, exp.Star, exp.Alias, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.Tuple),
    *(exp.Neg, exp.Not, exp.And, exp.Or, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is),
    *(exp.NullSafeEQ, exp.In, exp.Between, exp.Escape, exp.Exists, exp.Any, exp.All, exp.Case, exp.If, exp.Interval),
    *(exp.Var, exp.DataType, exp.DataTypeParam, exp.Window, exp.WindowSpec, exp.BitwiseAnd, exp.BitwiseOr),
    *(exp.BitwiseXor, exp.BitwiseNot, exp.BitwiseLeftShift, exp.BitwiseRightShift),
)
# What a construct may have beside its operands. The parser puts some of what it reads there as plain words, and a later
# version may put more.
_OPERANDS = frozenset({"this", "expression", "expressions"})
_OF_SELECTS = frozenset({"distinct", "joins", "where", "group", "having", "order", "limit", "offset", "with_"})
_OF_UNIONS = frozenset({"distinct", "order", "limit", "offset", "with_"})
_BESIDE: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: _OF_SELECTS | {"from_"},
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
    exp.Cast: frozenset({"to"}),
    exp.Trim: frozenset({"position"}),
    exp.Substring: frozenset({"start", "length"}),
    exp.StrPosition: frozenset({"substr"}),
    exp.GroupConcat: frozenset({"separator"}),
    exp.Div: frozenset({"safe", "typed"}),
    exp.Window: frozenset({"over", "partition_by", "order", "spec"}),
    exp.WindowSpec: frozenset({"kind", "start", "start_side", "end", "end_side"}),
}
_KNOWN = frozenset({*_NODES, *_AS_THEY_ARE, exp.Anonymous})


def is_known(node: exp.Expr) -> bool:
    """Return whether a construct may stand in a query, with all that it has."""
    if isinstance(node, exp.Anonymous) and node.name.upper() not in _RULES:
        return False
    return type(node) in _KNOWN and _OPERANDS.union(_BESIDE.get(type(node), ())).issuperset(
        key for key, value in node.args.items() if value not in (None, False) and value != []
    )


def _rewritten(node: exp.Expr) -> exp.Expr:
    rule = _NODES.get(type(node))
    return node if rule is None else rule(node)


def rewrite(query: exp.Expr) -> None:
    """Give a query, all of whose constructs are known, DuckDB's functions in place of MySQL's."""
    # The inner ones come first, so that the outer ones hold them as they became.
    for node in reversed(list(query.walk(bfs=True))):
        new = _RULES[node.name.upper()](node) if isinstance(node, exp.Anonymous) else _rewritten(node)
        if new is not node:
            if any(size >= _LARGEST for size, _ in enumerate(new.walk())):
                # Some rules put an argument in several places, and such arguments have such arguments.
                raise Refusal(400, "The SQL is nested too deeply: functions within functions make too much of it")
            node.replace(new)
    interval = query.find(exp.Interval)
    if interval is not None:
        raise Refusal(400, "An INTERVAL can only be added to a date or subtracted from it")
