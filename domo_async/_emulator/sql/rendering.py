"""SQL expressions that render result cells, so that DuckDB writes rows of CSV and JSON at its own speed.

The CSV form is canonical (a file uploaded in it is exported byte for byte): LF line ends, quotes only where
RFC 4180 needs them, NULL as an unquoted empty field, the empty string as ``""``, DOUBLE as the shortest digits
that read back equal in the form of Python's ``repr`` (``100.0``, ``1e+16``), DECIMAL without trailing zeros,
DATE and DATETIME as in JSON. The form is emulator-defined; that NULL and the empty string differ is Domo's rule.
"""

from __future__ import annotations

from collections.abc import Sequence

_COMMA = ", ',', "

_DOMO_TYPES = {
    **dict.fromkeys(
        (
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
        ),
        "LONG",
    ),
    "UHUGEINT": "LONG",
    "BIGNUM": "LONG",
    # Domo does not have booleans; comparisons give 1 and 0 as in MySQL (emulator-defined).
    "BOOLEAN": "LONG",
    "FLOAT": "DOUBLE",
    "DOUBLE": "DOUBLE",
    "DATE": "DATE",
    "TIMESTAMP": "DATETIME",
    "TIMESTAMP_S": "DATETIME",
    "TIMESTAMP_MS": "DATETIME",
    "TIMESTAMP_NS": "DATETIME",
    "TIMESTAMP WITH TIME ZONE": "DATETIME",
}


def domo_type(duckdb_type: str) -> str:
    """Return the Domo type that stands for a DuckDB type in results."""
    if duckdb_type.startswith("DECIMAL"):
        return "DECIMAL"
    return _DOMO_TYPES.get(duckdb_type, "STRING")


def csv_line(cells: Sequence[tuple[str, str]]) -> str:
    """Return the SQL expression of one CSV record with its line end, for (expression, DuckDB type) pairs."""
    return f"concat({_COMMA.join(_csv_cell(*cell) for cell in cells)}, chr(10))"


def json_row(cells: Sequence[tuple[str, str]]) -> str:
    """Return the SQL expression of one JSON array, for (expression, DuckDB type) pairs."""
    return f"concat('[', {_COMMA.join(_json_cell(*cell) for cell in cells)}, ']')"


def csv_header(names: Sequence[str]) -> bytes:
    """Return the record of column names."""
    return (",".join(map(_csv_name, names)) + "\n").encode()


def _csv_name(name: str) -> str:
    if name and not any(character in name for character in '",\r\n'):
        return name
    return '"' + name.replace('"', '""') + '"'


def _csv_cell(expression: str, duckdb_type: str) -> str:
    # concat() treats NULL as the empty string, which is how NULL is written.
    type_ = domo_type(duckdb_type)
    if type_ != "STRING":
        return _plain(expression, duckdb_type)
    text = _text(expression, duckdb_type)
    # This is faster than one regular expression.
    special = " OR ".join(f"contains({text}, {character})" for character in ("','", "'\"'", "chr(10)", "chr(13)"))
    needs_quotes = f"{text} = '' OR {special}"
    return f"CASE WHEN {needs_quotes} THEN concat('\"', replace({text}, '\"', '\"\"'), '\"') ELSE {text} END"


def _json_cell(expression: str, duckdb_type: str) -> str:
    type_ = domo_type(duckdb_type)
    if type_ == "STRING":
        value = f"CAST(to_json({_text(expression, duckdb_type)}) AS VARCHAR)"
    elif type_ in ("DATE", "DATETIME"):
        value = f"'\"' || {_plain(expression, duckdb_type)} || '\"'"
    elif type_ == "DOUBLE":
        # JSON cannot represent numbers that are not finite (emulator-defined: null).
        value = f"CASE WHEN isfinite({expression}) THEN {_plain(expression, duckdb_type)} END"
    else:
        value = _plain(expression, duckdb_type)
    return f"coalesce({value}, 'null')"


def _plain(expression: str, duckdb_type: str) -> str:
    """Return the text of a number or date, NULL for NULL."""
    type_ = domo_type(duckdb_type)
    if type_ == "DATETIME":
        # DuckDB omits a fraction of zero already.
        return f"replace(CAST(CAST({expression} AS TIMESTAMP) AS VARCHAR), ' ', 'T')"
    if duckdb_type == "BOOLEAN":
        return f"CAST(CAST({expression} AS TINYINT) AS VARCHAR)"
    text = f"CAST({expression} AS VARCHAR)"
    if type_ == "DECIMAL":
        width, scale = duckdb_type[len("DECIMAL(") : -1].split(",")
        if width == scale:
            # If all digits are behind the point, DuckDB writes no zero before it.
            text = f"replace({text}, '.', '0.')"
        if scale != "0":
            return f"rtrim(rtrim({text}, '0'), '.')"
    return text


def _text(expression: str, duckdb_type: str) -> str:
    return expression if duckdb_type == "VARCHAR" else f"CAST({expression} AS VARCHAR)"
