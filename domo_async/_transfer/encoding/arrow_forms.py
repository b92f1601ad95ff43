"""Conversion of Arrow arrays to the form that Arrow's CSV writer writes as Domo reads it.

The writer quotes text, leaves NULL empty, and writes numbers and times unchanged; so a form converts types and checks
values, one column at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias, cast

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from domo_async._transfer.columns import ColumnSpec, ColumnType
from domo_async._transfer.encoding.arrow_types import family_of, leaves
from domo_async._transfer.encoding.arrow_zones import PER_SECOND, local_form
from domo_async._transfer.encoding.cells import CellRules
from domo_async._transfer.encoding.nested import json_text
from domo_async._transfer.encoding.texts import (
    EXACT_FLOATS,
    LITERALS,
    Span,
    UnencodableArray,
    kept_by_double,
    span_text,
)
from domo_async.errors import SourceError

__all__ = ["Form", "form", "is_done_in_writing", "same"]

Values: TypeAlias = Any
"""An array; the stubs' types are too narrow for functions that take any array."""
Form: TypeAlias = Callable[[Values], Values]

_EPOCH = date(1970, 1, 1)
_DAYS = ((date.min - _EPOCH).days, (date.max - _EPOCH).days)
_ALL_EXACT_IN_DOUBLE = 1 << 53
_ALWAYS_IN_DOUBLE = 15
"""The significant digits that every DOUBLE keeps."""
_WRITTEN_PLAINLY = 6
"""Small decimals of a greater scale are written with an exponent."""


def form(arrow_type: pa.DataType, column: ColumnSpec, rules: CellRules) -> Form:
    """Return the function that converts plain arrays of a type to the form for a column.

    Raises:
        SourceError: Values of the type have a zone or are nested, and the rules do not say what to do.
        ConfigError: Arrow does not know the rules' zone.
    """
    match family_of(arrow_type), column.type:
        case "nested", _:
            return _json_form(arrow_type, column, rules)
        case "timestamp", _:
            return _composed(_local_form(_plain_type(arrow_type), column, rules), _moments(column.type))
        case found, target:
            if target in _FORMS:
                return _FORMS[target].get(found, same)
            return _TEXTS.get(found, _text)


def is_done_in_writing(form: Form, arrow_type: pa.DataType) -> bool:
    """Return whether the compiled writer converts and checks the values of a type as a form does."""
    return str(arrow_type) in _DONE_IN_WRITING.get(form, ())


def _composed(first: Form, second: Form) -> Form:
    return lambda values: second(first(values))


def _plain_type(arrow_type: Any) -> Any:
    while not types.is_timestamp(arrow_type):
        arrow_type = arrow_type.storage_type if isinstance(arrow_type, pa.BaseExtensionType) else arrow_type.value_type
    return arrow_type


def same(values: Values) -> Values:
    """Return values that need no conversion."""
    return values


def _text(values: Values) -> Values:
    return values.cast(pa.string())


def _json_form(arrow_type: pa.DataType, column: ColumnSpec, rules: CellRules) -> Form:
    if rules.nested == "refuse":
        raise SourceError(
            f'column "{column.name}" is {arrow_type}, and Domo\'s columns are not nested; nested="json" writes JSON'
        )
    return _nested_text


def _each(values: Values, text: Callable[[Any], str]) -> Values:
    return pa.array([None if value is None else text(value) for value in values.to_pylist()], pa.string())


def _nested_text(values: Values) -> Values:
    for inner in leaves(values):
        # Python's times do not have nanoseconds, and Arrow drops them silently.
        if types.is_time(inner.type):
            _of_day(inner)
            if inner.type == pa.time64("ns") and not inner.cast(pa.time64("us"), safe=False).cast(inner.type).equals(
                inner
            ):
                raise UnencodableArray("a time of day within it has nanoseconds, which JSON would lose")
    return _each(values, json_text)


# Numbers


def _finite(values: Values) -> Values:
    if types.is_float16(values.type):
        values = values.cast(pa.float32())
    # Both results ignore NULL; for an array of only NULL they are None.
    if pc.all(pc.is_finite(values)).as_py() is False:
        values = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
        if pc.any(pc.is_inf(values)).as_py():
            raise UnencodableArray
    return _widened(values) if types.is_float32(values.type) else values


def _widened(values: Values) -> Values:
    """Convert 32-bit floats so that they are written as short as their precision allows, and integers exactly."""
    exact = pc.greater_equal(pc.abs(values), pa.scalar(EXACT_FLOATS, pa.float32()))
    if not pc.any(exact).as_py():
        return values
    return pc.if_else(exact, values.cast(pa.float64()), values.cast(pa.string()).cast(pa.float64()))


def _whole_floats(values: Values) -> Values:
    return _finite(values).cast(pa.int64())


def _whole(values: Values) -> Values:
    return values.cast(pa.int64())


def _exact_in_double(values: Values) -> Values:
    found: dict[str, Any] = cast("Any", pc.min_max(values)).as_py()
    if found["min"] is None or max(-found["min"], found["max"]) <= _ALL_EXACT_IN_DOUBLE:
        return values
    if any(value is not None and int(float(value)) != value for value in values.to_pylist()):
        raise UnencodableArray
    return values


def _decimals_in_double(values: Values) -> Values:
    if values.type.precision > _ALWAYS_IN_DOUBLE and not all(
        value is None or kept_by_double(value) for value in values.to_pylist()
    ):
        raise UnencodableArray
    return values


def _bits(values: Values) -> Values:
    return values.cast(pa.int8())


def _plain_decimals(values: Values) -> Values:
    if 0 <= values.type.scale <= _WRITTEN_PLAINLY:
        return values
    return _decimal_text(values)


def _decimal_text(values: Values) -> Values:
    return _without_exponents(values.cast(pa.string()), "E")


def _float_as_decimal(values: Values) -> Values:
    return _without_exponents(_finite(values).cast(pa.string()), "e")


def _float_text(values: Values) -> Values:
    # The digits are the same, but Python and Arrow place points and exponents differently.
    return _each(_finite(values).cast(pa.string()), lambda text: float.__repr__(float(text)))


def _without_exponents(texts: Values, mark: str) -> Values:
    mask: Values = pc.match_substring(texts, mark)
    if not pc.any(mask).as_py():
        return texts
    mask = mask.fill_null(False)
    plain = [format(Decimal(text), "f") for text in texts.filter(mask).to_pylist()]
    return pc.replace_with_mask(texts, mask, pa.array(plain, texts.type))


# Times


def _days(values: Values) -> Values:
    return _within(values.cast(pa.date32()), *_DAYS, pa.int32())


def _midnights(values: Values) -> Values:
    return _days(values).cast(pa.timestamp("s"))


def _within(values: Values, least: int, most: int, integers: pa.DataType) -> Values:
    # The maxima of dates beyond Python's range cannot be converted to Python's dates.
    found: dict[str, Any] = cast("Any", pc.min_max(values.view(integers))).as_py()
    if found["min"] is not None and (found["min"] < least or found["max"] > most):
        raise UnencodableArray
    return values


def _in_calendar(values: Values) -> Values:
    if (unit := values.type.unit) == "ns":
        return values
    per_day = PER_SECOND[unit] * 86_400
    return _within(values, _DAYS[0] * per_day, (_DAYS[1] + 1) * per_day - 1, pa.int64())


def _local_form(arrow_type: Any, column: ColumnSpec, rules: CellRules) -> Form:
    if arrow_type.tz is None:
        return _in_calendar
    if rules.zone is None:
        raise SourceError(
            f'column "{column.name}" is {arrow_type}, and Domo\'s DATETIME has no zone: give zone=… to convert it'
        )
    to_local = local_form(arrow_type.unit, rules.zone)
    return lambda values: _in_calendar(to_local(_in_calendar(values)))


def _moments(target: ColumnType) -> Form:
    return {ColumnType.DATETIME: _as_short_as_can_be, ColumnType.DATE: _only_midnights}.get(target, _moment_text)


def _as_short_as_can_be(values: Values) -> Values:
    """Convert points in time to the coarsest lossless unit, because the unit determines the digits written."""
    for unit in ("s", "ms", "us"):
        try:
            return values.cast(pa.timestamp(unit))
        except pa.ArrowInvalid:
            if values.type.unit == unit:
                break
    return values


def _only_midnights(values: Values) -> Values:
    days = values.cast(pa.date32())
    if not days.cast(values.type).equals(values):
        raise UnencodableArray
    return days


def _moment_text(values: Values) -> Values:
    return _without_zeros(values.cast(pa.timestamp("ns" if values.type.unit == "ns" else "us")).cast(pa.string()))


def _of_day(values: Values) -> Values:
    integers = pa.int32() if types.is_time32(values.type) else pa.int64()
    return _within(values, 0, 86_400 * PER_SECOND[values.type.unit] - 1, integers)


def _time_text(values: Values) -> Values:
    values = _of_day(values)
    return _without_zeros(values.cast(pa.time64("ns" if str(values.type) == "time64[ns]" else "us")).cast(pa.string()))


def _without_zeros(texts: Values) -> Values:
    """Return times with zero, six or nine digits of the second, as Python and pandas write them."""
    micro = pc.replace_substring_regex(texts, pattern=r"(\.[0-9]{6})000$", replacement=r"\1")
    return pc.replace_substring_regex(micro, pattern=r"\.0{6}$", replacement="")


def _span_texts(values: Values) -> Values:
    nanoseconds = PER_SECOND["ns"] // PER_SECOND[values.type.unit]
    return _each(values.cast(pa.int64()), lambda count: span_text(_span(count * nanoseconds)))


def _span(nanoseconds: int) -> Span:
    microseconds, rest = divmod(nanoseconds, 1000)
    span = Span(microseconds=microseconds)
    span.nanoseconds = rest
    return span


# Text


def _literals(column_type: ColumnType, check: Form) -> Form:
    """Return a form that accepts text of a type's syntax whose value passes `check`."""
    pattern = f"^(?:{LITERALS[column_type]})$"

    def checked(values: Values) -> Values:
        if pc.all(pc.match_substring_regex(values, pattern=pattern)).as_py() is False:
            raise UnencodableArray
        return check(values)

    return checked


def _read_doubles(texts: Values) -> Values:
    values = texts.cast(pa.float64())
    if pc.any(pc.is_inf(values)).as_py():
        raise UnencodableArray
    return values


def _read_days(texts: Values) -> Values:
    return _days(texts.cast(pa.date32()))


def _read_moments(texts: Values) -> Values:
    _in_calendar(pc.utf8_slice_codeunits(texts, 0, 19).cast(pa.timestamp("s")))
    return texts


# By the column's type, and then by the values' family; values that are not listed are written unchanged.
_FORMS: dict[ColumnType, dict[str, Form]] = {
    ColumnType.LONG: {
        "bool": _bits,
        "int": _whole,
        "float": _whole_floats,
        "decimal": _whole,
        "string": _literals(ColumnType.LONG, _whole),
    },
    ColumnType.DOUBLE: {
        "int": _exact_in_double,
        "decimal": _decimals_in_double,
        "float": _finite,
        "string": _literals(ColumnType.DOUBLE, _read_doubles),
    },
    ColumnType.DECIMAL: {
        "float": _float_as_decimal,
        "decimal": _plain_decimals,
        "string": _literals(ColumnType.DECIMAL, same),
    },
    ColumnType.DATE: {"date": _days, "string": _literals(ColumnType.DATE, _read_days)},
    ColumnType.DATETIME: {"date": _midnights, "string": _literals(ColumnType.DATETIME, _read_moments)},
}
# For STRING, and for types that this release does not know.
_TEXTS: dict[str, Form] = {
    "null": same,
    "string": same,
    "float": _float_text,
    "decimal": _decimal_text,
    "time": _time_text,
    "duration": _span_texts,
    "uuid": partial(_each, text=str),
    "date": lambda values: _days(values).cast(pa.string()),
}
_DONE_IN_WRITING: dict[Form, set[str]] = {
    same: {"string", "large_string", "string_view"},
    _finite: {"double"},
    _days: {"date32[day]"},
}
