"""Conversion to and from Arrow; the only module that uses pyarrow's schemas and tables directly. pyarrow is optional.

Columns are named by position while they are parsed, because a result may have two columns of the same name. DECIMAL is
read as text, which keeps all digits; `with_decimals` converts it to numbers of a scale that fits all values.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

import orjson

from domo_async._transfer.csv.format import BYTE_ORDER_MARK, NULL, arrow_read_options, ends_with_line
from domo_async.errors import ConfigError, DecodeError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "MOST_DIGITS",
    "array_of",
    "arrow_schema",
    "csv_batch",
    "decimals",
    "digits_of",
    "is_loaded",
    "json_rows_table",
    "memory_pool",
    "narrowest",
    "needs_arrow",
    "retyped",
    "widened",
    "wider",
    "with_decimals",
]

MOST_DIGITS = 38
SCALE = 18
"""Digits after the point of a DECIMAL whose scale has to be set before all values are known."""
WIDE_DIGITS, WIDE_SCALE = 76, 38
"""The digits of a DECIMAL with values that do not fit 38 digits: up to 38 before the point, and 38 after it."""

_ESCAPES = {b'\\"': b'""', b"\\/": b"/", b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t", b"\\b": b"\b", b"\\f": b"\f"}
_CODED = re.compile(rb"(?:\\u[0-9a-fA-F]{4})+")
_BETWEEN = b"],["
_PAIR = b"\x01"
_LONG = 1 << 63


def is_loaded() -> bool:
    """Return whether pyarrow is already imported, so that using it costs nothing."""
    return sys.modules.get("pyarrow") is not None


def needs_arrow(what: str) -> Any:
    """Return the module pyarrow.

    Args:
        what: The feature that needs pyarrow, as the error names it.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: ICN001, PLC0415 - optional, and slow to import
    except ImportError:
        raise ConfigError(f'{what} needs pyarrow: pip install "domo-async[arrow]"') from None
    return pyarrow


def memory_pool() -> Any:
    """Return the memory pool for large results, and for buffers that one thread allocates and another one frees.

    Arrow's default allocator, mimalloc, gets far more memory from the system than it asks for. The system clears that
    memory first, which takes half of the time of a large result. mimalloc also returns late what another thread frees.
    """
    pyarrow = needs_arrow("Arrow data")
    has_jemalloc = "jemalloc" in pyarrow.supported_memory_backends()
    return pyarrow.jemalloc_memory_pool() if has_jemalloc else pyarrow.default_memory_pool()


def arrow_schema(names: Sequence[str], column_types: Sequence[str], *, text: bool = False) -> pa.Schema:
    """Return the schema for columns of Domo's types; columns of other types are text.

    Args:
        names: The columns' names.
        column_types: Their types, such as ``LONG``.
        text: Whether DECIMAL stays text.
    """
    pyarrow = needs_arrow("Arrow data")
    types = _types(pyarrow)
    if not text:
        types["DECIMAL"] = pyarrow.decimal128(MOST_DIGITS, SCALE)
    fields = [
        (name, types.get(column_type, pyarrow.string())) for name, column_type in zip(names, column_types, strict=True)
    ]
    schema: pa.Schema = pyarrow.schema([pyarrow.field(name, column_type) for name, column_type in fields])
    return schema


def _types(pyarrow: Any) -> dict[str, Any]:
    return {
        "LONG": pyarrow.int64(),
        "DOUBLE": pyarrow.float64(),
        "DATE": pyarrow.date32(),
        "DATETIME": pyarrow.timestamp("us"),
    }


def csv_batch(
    content: bytes | memoryview, names: Sequence[str], column_types: Sequence[str], *, text: bool = False
) -> pa.RecordBatch:
    """Return whole records of CSV, without a header, as a batch; an unquoted empty field is NULL.

    A DECIMAL is decimal128(38, 18), or decimal256(76, 38) if a value does not fit that. A LONG with values beyond 64
    bits is also a decimal, with no digits after the point.

    Args:
        content: The records.
        names: The columns' names.
        column_types: Their types.
        text: Whether DECIMAL stays text.

    Raises:
        DecodeError: The content does not fit the columns.
    """
    pyarrow = needs_arrow("Arrow data")
    table = _parse_great(pyarrow, content, column_types)
    if not text:
        table = with_decimals(table, column_types, scale=SCALE)
    columns = [column.combine_chunks(memory_pool()) for column in table.columns]
    arrays = [column.chunk(0) if isinstance(column, pyarrow.ChunkedArray) else column for column in columns]  # pyright: ignore[reportAttributeAccessIssue]
    batch: pa.RecordBatch = pyarrow.RecordBatch.from_arrays(arrays, names=list(names))
    return batch


def retyped(table: pa.Table, names: Sequence[str], column_types: Sequence[str], *, text: bool) -> pa.Table:
    """Convert a table, such as a query's result, to the types that `csv_batch` returns.

    Raises:
        DecodeError: A value does not fit its column's type.
        ConfigError: A DECIMAL has more digits than Arrow's decimals hold.
    """
    pyarrow = needs_arrow("Arrow data")
    schema = arrow_schema(names, column_types, text=True)
    for index, column_type in enumerate(column_types):
        if column_type == "LONG" and pyarrow.types.is_decimal(table.column(index).type):
            schema = schema.set(index, schema.field(index).with_type(table.column(index).type))
    try:
        plain = table.rename_columns(list(names)).cast(schema)
    except pyarrow.ArrowException as error:
        raise DecodeError(f"the rows do not fit their columns: {error}", path="$.rows") from None
    return plain if text else with_decimals(plain, column_types, scale=SCALE)


def _parse_great(pyarrow: Any, content: Any, column_types: Sequence[str]) -> pa.Table:
    """Read records whose LONG values may exceed 64 bits."""
    pc: Any = import_module("pyarrow.compute")

    try:
        return _parse(pyarrow, content, column_types, null=NULL)
    except DecodeError:
        if "LONG" not in column_types:
            raise
        table = _parse(
            pyarrow,
            content,
            ["STRING" if column_type == "LONG" else column_type for column_type in column_types],
            null=NULL,
        )
        for index, column_type in enumerate(column_types):
            if column_type == "LONG":
                texts = table.column(index)
                if pc.all(pc.match_substring_regex(texts, "^-?[0-9]+$")).as_py() is False:
                    raise
                try:
                    numbers = texts.cast(pyarrow.int64())
                except pyarrow.ArrowInvalid:
                    numbers = _exact(pyarrow, texts)
                table = table.set_column(index, table.field(index).with_type(numbers.type), numbers)
        return table


def _parse(pyarrow: Any, content: Any, column_types: Sequence[str], *, null: str) -> pa.Table:
    import pyarrow.csv as arrow_csv  # noqa: PLC0415 - optional

    labels = [str(index) for index in range(len(column_types))]
    schema = arrow_schema(labels, column_types, text=True)
    if content[:3] == BYTE_ORDER_MARK:
        # pyarrow takes a leading U+FEFF for a byte order mark, which cannot stand in the middle of an answer.
        content = BYTE_ORDER_MARK + content
    if not null and not ends_with_line(content):
        content = b"".join([content, b"\n"])
    try:
        parsed = arrow_csv.read_csv(
            pyarrow.py_buffer(content),
            # One thread, because a caller expects to use one; and blocks large enough for any record.
            read_options=arrow_csv.ReadOptions(
                column_names=labels, use_threads=False, block_size=max(1 << 20, min(len(content) + 1, 1 << 30))
            ),
            **arrow_read_options(schema, null=null),
            memory_pool=memory_pool(),
        )
    except pyarrow.ArrowInvalid as error:
        raise DecodeError(f"the rows do not fit their columns: {error}", path="$.rows") from None
    return parsed


def json_rows_table(answer: bytes, start: int, end: int, column_types: Sequence[str]) -> pa.Table | None:
    """Return the rows of a query's answer, the JSON ``[[…],[…]]`` without its outer brackets, as a table.

    JSON arrays of plain values are nearly CSV, and pyarrow reads CSV as fast as others read JSON, without creating an
    object for each cell. If an answer cannot be read safely in this way, None is returned.

    Args:
        answer: The answer.
        start: The offset at which its rows begin, after ``[[``.
        end: The offset at which they end, before ``]]``.
        column_types: The columns' types.
    """
    pyarrow = needs_arrow("Arrow data")
    # Compact JSON does not contain these, not even within strings. If JSON is not compact, a blank could pass for a
    # value.
    if any(blank in answer for blank in (b"\n", b"\r", b"\t")):
        return None
    if answer.find(b"\\", start, end) >= 0:
        # The stand-in for a backslash may itself occur in a string, literally or as an escape.
        if _PAIR in answer or b"\\u0001" in answer:
            return None
        try:
            answer = _unescaped(answer[start:end])
        except ValueError:
            return None
        start, end = 0, len(answer)
    # The whole answer is converted: copying the rows out of it first would take as long again.
    lines = answer.replace(_BETWEEN, b"\n")
    saved = len(_BETWEEN) - 1
    before, after = answer.count(_BETWEEN, 0, start), answer.count(_BETWEEN, end)
    ends = (len(answer) - len(lines)) // saved - before - after
    rows = memoryview(lines)[start - saved * before : end - saved * (before + ends)]
    try:
        table = _parse(pyarrow, rows, column_types, null="null")
    except DecodeError:
        return None
    # A string that contains the marker of a record's end yields fewer records than there are markers.
    if table.num_rows != ends + 1 or _has_outer_blanks(pyarrow, table) or not _is_finite(pyarrow, table):
        return None
    return table


def _unescaped(text: bytes) -> bytes:
    """Return JSON's strings with CSV's escapes; CSV only has doubled quotes."""
    text = text.replace(b"\\\\", _PAIR)
    for escape, character in _ESCAPES.items():
        text = text.replace(escape, character)
    if b"\\" in text:
        text = _CODED.sub(_decoded, text)
    return text.replace(_PAIR, b"\\")


def _decoded(found: re.Match[bytes]) -> bytes:
    characters: str = orjson.loads(b'"' + found[0] + b'"')
    return characters.encode().replace(b'"', b'""')


def _has_outer_blanks(pyarrow: Any, table: pa.Table) -> bool:
    """Return whether a text begins or ends with a blank, which may have stood next to the value instead of in it."""
    import pyarrow.compute as pc  # noqa: PLC0415 - optional

    return any(
        pc.any(test(column, " ")).as_py()
        for column in table.columns
        if column.type == pyarrow.string()
        for test in (pc.starts_with, pc.ends_with)
    )


def _is_finite(pyarrow: Any, table: pa.Table) -> bool:
    """Return whether all numbers are finite: pyarrow also reads NaN and 1e400, which JSON does not have."""
    import pyarrow.compute as pc  # noqa: PLC0415 - optional

    doubles = [column for column in table.columns if column.type == pyarrow.float64()]
    return all(pc.all(pc.is_finite(column)).as_py() is not False for column in doubles)


def array_of(values: Sequence[Any], column_type: str) -> Any:
    """Return cells as an array: LONG beyond 64 bits and DECIMAL become decimals with all digits.

    Raises:
        ConfigError: A value has more digits than Arrow's decimals hold.
        DecodeError: A value does not fit its type.
    """
    pyarrow = needs_arrow("Arrow data")
    if column_type == "DECIMAL":
        return _exact(pyarrow, pyarrow.array([None if value is None else str(value) for value in values], "string"))
    if column_type == "LONG" and any(value is not None and not -_LONG <= value < _LONG for value in values):
        return _exact(pyarrow, pyarrow.array([None if value is None else str(value) for value in values], "string"))
    return pyarrow.array(values, _types(pyarrow).get(column_type, pyarrow.string()))


def with_decimals(table: pa.Table, column_types: Sequence[str], *, scale: int | None = None) -> pa.Table:
    """Convert a table's DECIMAL columns from text to numbers.

    Args:
        table: The table.
        column_types: The columns' types.
        scale: The digits after the point, unless a value does not fit 38 digits with that scale; then the column has 38
            digits before the point and 38 after it. By default as many as the values have.

    Raises:
        ConfigError: A value has more digits than Arrow's decimals hold.
        DecodeError: A value is not a number.
    """
    pyarrow = needs_arrow("Arrow data")
    for index, decimal_type in enumerate(column_types):
        if decimal_type == "DECIMAL" and table.column(index).type == pyarrow.string():
            numbers = _exact(pyarrow, table.column(index), scale)
            table = table.set_column(index, table.field(index).with_type(numbers.type), numbers)
    return table


def decimals(texts: Any, decimal_type: pa.Decimal128Type[Any, Any]) -> Any:
    """Convert text to decimals of a type.

    Raises:
        DecodeError: A value is not a number, or has more digits than the type.
    """
    pyarrow = needs_arrow("Arrow data")
    if _casts(texts, decimal_type.precision, decimal_type.scale):
        return texts.cast(decimal_type)
    try:
        return pyarrow.array(_numbers(texts), decimal_type)
    except pyarrow.ArrowException as error:
        raise DecodeError(f"a DECIMAL does not fit {decimal_type}: {error}", path="$.rows") from None


def _exact(pyarrow: Any, texts: Any, scale: int | None = None) -> Any:
    """Convert text to decimals of the given scale, or of the scale that the values have."""
    wanted = _scale_of(texts) if scale is None else scale
    if _casts(texts, MOST_DIGITS, wanted):
        return texts.cast(pyarrow.decimal128(MOST_DIGITS, wanted))
    # There are exponents, or more than 38 digits.
    numbers = _numbers(texts)
    before, after = digits_of(numbers)
    if scale is None:
        decimal_type = _decimal_type(pyarrow, before, after, after)
    else:
        fits = before <= MOST_DIGITS - scale and after <= scale
        decimal_type = pyarrow.decimal128(MOST_DIGITS, scale) if fits else pyarrow.decimal256(WIDE_DIGITS, WIDE_SCALE)
    if before > decimal_type.precision - decimal_type.scale or after > decimal_type.scale:
        raise ConfigError(
            f"a DECIMAL with {before} digits before the point, or one with {after} after it, has no place in"
            f" Arrow's {decimal_type}; cast it in SQL, or read it with `query`"
        )
    return pyarrow.array(numbers, decimal_type)


def _decimal_type(pyarrow: Any, before: int, after: int, scale: int) -> Any:
    """Return the smallest type for the digits before and after the point, with `scale` digits after it if they fit."""
    if before + after <= MOST_DIGITS:
        return pyarrow.decimal128(MOST_DIGITS, max(after, min(scale, MOST_DIGITS - before)))
    return pyarrow.decimal256(WIDE_DIGITS, min(after, WIDE_DIGITS))


def _casts(texts: Any, digits: int, scale: int) -> bool:
    """Return whether Arrow casts text to decimals of a type without loss: it silently changes longer numbers."""
    pc: Any = import_module("pyarrow.compute")

    before = digits - scale
    whole = rf"(?:0+|0*[1-9][0-9]{{0,{before - 1}}})" if before else "0+"
    plain = rf"^[+-]?(?:{whole}(?:\.[0-9]{{0,{scale}}})?{rf'|[.][0-9]{{1,{scale}}}' if scale else ''})$"
    return pc.all(pc.match_substring_regex(texts, plain)).as_py() is not False


def _numbers(texts: Any) -> list[Decimal | None]:
    """Convert text to numbers without superfluous zeros, which might not fit Arrow's type."""
    numbers: list[Decimal | None] = []
    for text in texts.to_pylist():
        try:
            # If a number is not finite, its exponent is a letter.
            numbers.append(None if text is None else _without_zeros(Decimal(text)))
        except (ArithmeticError, ValueError):
            raise DecodeError(f"{(text or '')[:80]!r} is not a DECIMAL", path="$.rows") from None
    return numbers


def _without_zeros(number: Decimal) -> Decimal:
    sign, digits, exponent = number.as_tuple()
    exponent, kept = int(exponent), len(digits)
    while exponent < 0 < kept and digits[kept - 1] == 0:
        kept, exponent = kept - 1, exponent + 1
    return Decimal((sign, digits[:kept] or (0,), exponent if kept else 0))


def digits_of(numbers: Iterable[Decimal | None]) -> tuple[int, int]:
    """Return the largest number of digits before the point, and after it."""
    before = after = 0
    for number in numbers:
        if number:
            _, digits, exponent = number.as_tuple()
            after = max(after, -int(exponent))
            before = max(before, len(digits) + int(exponent))
    return before, after


def _scale_of(texts: Any) -> int:
    """Return the largest number of digits after the point."""
    pc: Any = import_module("pyarrow.compute")

    points = pc.find_substring(texts, ".")
    digits = pc.if_else(pc.less(points, 0), 0, pc.subtract(pc.subtract(pc.binary_length(texts), points), 1))
    return min(MOST_DIGITS, pc.max(digits).as_py() or 0)


def wider(one: pa.Schema, other: pa.Schema) -> pa.Schema:
    """Return the schema that holds the rows of two schemas, which differ in the width of numbers."""
    pyarrow = needs_arrow("Arrow data")
    if one == other:
        return one
    made: pa.Schema = pyarrow.schema(
        [
            mine if mine.type != its.type and mine.type.bit_width > its.type.bit_width else its
            for mine, its in zip(one, other, strict=True)
        ]
    )
    return made


def widened(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Convert a batch to a schema with wider numbers."""
    return batch if batch.schema == schema else batch.cast(schema)


def narrowest(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Schema:
    """Return a schema whose decimals are only as wide as the rows need, because few programs support over 38 digits.

    Args:
        batches: Batches with all rows.
        schema: Their schema.
    """
    pyarrow = needs_arrow("Arrow data")
    wide = [index for index, field in enumerate(schema) if pyarrow.types.is_decimal256(field.type)]
    needed: dict[int, tuple[int, int]] = dict.fromkeys(wide, (0, 0))
    for batch in batches:
        for index in wide:
            before, after = digits_of(
                _without_zeros(number) for number in batch.column(index).to_pylist() if number is not None
            )
            needed[index] = max(before, needed[index][0]), max(after, needed[index][1])
    for index, (before, after) in needed.items():
        if before + after <= MOST_DIGITS:
            schema = schema.set(index, schema.field(index).with_type(_decimal_type(pyarrow, before, after, SCALE)))
    return schema
