"""MySQL's functions as macros of DuckDB, where DuckDB has none or one of the same name that does something else.

A date may be given as DATE, DATETIME or text; text that is no date gives NULL, as in MySQL. What REPEAT, SPACE, LPAD
and RPAD would make longer than 65,535 bytes is NULL, as MySQL has it beyond a length that can be set; the length is
emulator-defined.

DuckDB puts a macro's argument wherever the macro names it: one that names it twice makes a thousand of ten calls within
one another. Hence the lambda of `domo_text`, which is in almost all of them, and `unfolded_size`.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import TYPE_CHECKING

from attrs import define, field, frozen

if TYPE_CHECKING:
    import duckdb
    from sqlglot import exp

__all__ = ["Macros", "unfolded_size"]

_DEFINITIONS = r"""
domo_datetime(d) AS TRY_CAST(d AS TIMESTAMP);
domo_date(d) AS CAST(TRY_CAST(d AS TIMESTAMP) AS DATE);
domo_today() AS CAST(now() AS DATE);
domo_now() AS date_trunc('second', CAST(now() AS TIMESTAMP));
domo_now_text() AS strftime(CAST(now() AS TIMESTAMP), '%H:%M:%S');
domo_strftime(d, f) AS strftime(domo_datetime(d), f);
domo_year(d) AS year(domo_datetime(d));
domo_quarter(d) AS quarter(domo_datetime(d));
domo_month(d) AS month(domo_datetime(d));
domo_day(d) AS day(domo_datetime(d));
domo_hour(d) AS hour(domo_datetime(d));
domo_minute(d) AS minute(domo_datetime(d));
domo_second(d) AS second(domo_datetime(d));
domo_microsecond(d) AS microsecond(domo_datetime(d)) % 1000000;
domo_dayofyear(d) AS dayofyear(domo_datetime(d));
domo_dayofweek(d) AS dayofweek(domo_datetime(d)) + 1;
domo_weekday(d) AS isodow(domo_datetime(d)) - 1;
domo_last_day(d) AS last_day(domo_datetime(d));
domo_add_days(d DATE, n) AS CAST(d + to_days(CAST(n AS INTEGER)) AS DATE), (d TIMESTAMP, n) AS d + to_days(CAST(n AS
    INTEGER)), (d VARCHAR, n) AS domo_datetime(d) + to_days(CAST(n AS INTEGER));
domo_add_months(d DATE, n) AS CAST(d + to_months(CAST(n AS INTEGER)) AS DATE), (d TIMESTAMP, n) AS d +
    to_months(CAST(n AS INTEGER)), (d VARCHAR, n) AS domo_datetime(d) + to_months(CAST(n AS INTEGER));
domo_add_seconds(d, n) AS domo_datetime(d) + to_microseconds(CAST(round(CAST(n AS DOUBLE) * 1000000) AS BIGINT));
domo_datediff(a, b) AS date_diff('day', domo_date(b), domo_date(a));
domo_microseconds_between(a, b) AS epoch_us(domo_datetime(b)) - epoch_us(domo_datetime(a));
domo_whole_months(a, b) AS (year(b) - year(a)) * 12 + month(b) - month(a) - CASE WHEN day(b) < day(a) OR (day(b) =
    day(a) AND CAST(b AS TIME) < CAST(a AS TIME)) THEN 1 ELSE 0 END;
domo_months_between(a, b) AS CASE WHEN domo_datetime(b) >= domo_datetime(a) THEN domo_whole_months(domo_datetime(a),
    domo_datetime(b)) ELSE -domo_whole_months(domo_datetime(b), domo_datetime(a)) END;
domo_is_first_whole(mode) AS ((mode & 4) = 4) <> ((mode & 1) = 0);
domo_day_of_week(d, mode) AS CASE WHEN (mode & 1) = 1 THEN isodow(d) ELSE dayofweek(d) + 1 END;
domo_week_anchor(d, mode) AS d + CAST(CASE WHEN domo_is_first_whole(mode) THEN 1 ELSE 4 END - domo_day_of_week(d, mode)
    AS INTEGER);
domo_week_of_anchor(d) AS (dayofyear(d) + 6) // 7;
domo_week_by(d, mode) AS CASE WHEN (mode & 2) = 0 THEN (dayofyear(d) - domo_day_of_week(d, mode) + CASE WHEN
    domo_is_first_whole(mode) THEN 7 ELSE 10 END) // 7 ELSE domo_week_of_anchor(domo_week_anchor(d, mode)) END;
domo_week(d) AS domo_week_by(domo_date(d), 0), (d, mode) AS domo_week_by(domo_date(d), mode);
domo_yearweek_by(d) AS year(d) * 100 + domo_week_of_anchor(d);
domo_yearweek(d) AS domo_yearweek_by(domo_week_anchor(domo_date(d), 0)),
    (d, mode) AS domo_yearweek_by(domo_week_anchor(domo_date(d), mode));
domo_weekofyear(d) AS domo_week_by(domo_date(d), 3);
domo_two_digits(n) AS lpad(CAST(n AS VARCHAR), 2, '0');
domo_ordinal(n) AS CAST(n AS VARCHAR) || CASE WHEN n % 100 BETWEEN 11 AND 13 THEN 'th' WHEN n % 10 = 1 THEN 'st' WHEN
    n % 10 = 2 THEN 'nd' WHEN n % 10 = 3 THEN 'rd' ELSE 'th' END;
domo_unix_timestamp() AS CAST(epoch(CAST(now() AS TIMESTAMP)) AS BIGINT), (d) AS CAST(floor(epoch(domo_datetime(d)))
    AS BIGINT);
domo_from_unixtime(n) AS make_timestamp(CAST(CAST(n AS DOUBLE) * 1000000 AS BIGINT));
domo_offset(z) AS CASE WHEN z = 'SYSTEM' THEN 0 WHEN regexp_full_match(z, '[+-]\d\d?:\d\d') THEN CASE WHEN left(z, 1)
    = '-' THEN -1 ELSE 1 END * (CAST(regexp_extract(z, '\d+') AS INTEGER) * 60 + CAST(right(z, 2) AS INTEGER)) END;
domo_zone(z) AS CASE WHEN domo_offset(z) IS NULL THEN z ELSE 'UTC' END;
domo_convert_tz(d, a, b) AS timezone(domo_zone(b), timezone(domo_zone(a), domo_datetime(d) -
    to_minutes(coalesce(domo_offset(a), 0)))) + to_minutes(coalesce(domo_offset(b), 0));
domo_json(j) AS CASE WHEN json_valid(domo_text(j)) THEN CAST(domo_text(j) AS JSON) END;
domo_json_extract(j, p) AS CAST(json_extract(domo_json(j), p) AS VARCHAR);
domo_json_unquote(s) AS CASE WHEN s LIKE '"%"' THEN json_extract_string(domo_json(s), '$') ELSE domo_text(s) END;
domo_json_value(j, p) AS CASE WHEN json_type(domo_json(j), p) NOT IN ('OBJECT', 'ARRAY') THEN
    json_extract_string(domo_json(j), p) END;
domo_json_length(j) AS domo_json_length_at(j, '$'), (j, p) AS domo_json_length_at(j, p);
domo_json_length_at(j, p) AS CASE json_type(domo_json(j), p) WHEN 'ARRAY' THEN json_array_length(domo_json(j), p) WHEN
    'OBJECT' THEN len(json_keys(domo_json(j), p)) ELSE CASE WHEN json_exists(domo_json(j), p) THEN 1 END END;
domo_json_valid(j) AS CASE WHEN j IS NULL THEN NULL WHEN json_valid(domo_text(j)) THEN 1 ELSE 0 END;
domo_makedate(y, n) AS CASE WHEN n > 0 THEN make_date(CAST(y AS INTEGER), 1, 1) + CAST(n - 1 AS INTEGER) END;
domo_to_days(d) AS date_diff('day', DATE '1970-01-01', domo_date(d)) + 719528;
domo_from_days(n) AS DATE '1970-01-01' + CAST(n - 719528 AS INTEGER);
domo_period_months(p) AS (p // 100) * 12 + p % 100 - 1;
domo_period_diff(a, b) AS domo_period_months(a) - domo_period_months(b);
domo_period_add(p, n) AS ((domo_period_months(p) + n) // 12) * 100 + (domo_period_months(p) + n) % 12 + 1;
domo_time_text(d) AS coalesce(CAST(TRY_CAST(d AS TIME) AS VARCHAR), strftime(domo_datetime(d), '%H:%M:%S'));
domo_time_to_sec(d) AS CAST(epoch(CAST(domo_time_text(d) AS TIME)) AS BIGINT);
domo_sec_to_time(n) AS lpad(CAST(n // 3600 AS VARCHAR), 2, '0') || ':' || domo_two_digits((n // 60) % 60) || ':' ||
    domo_two_digits(n % 60);
domo_text(x) AS list_transform([x], lambda v: CASE typeof(v) WHEN 'DOUBLE' THEN regexp_replace(CAST(v AS VARCHAR),
    '\.0$', '') WHEN 'BOOLEAN' THEN CASE CAST(v AS VARCHAR) WHEN 'true' THEN '1' WHEN 'false' THEN '0' END ELSE
    CAST(v AS VARCHAR) END)[1];
domo_fits(n) AS n <= 65535;
domo_length(s) AS strlen(domo_text(s));
domo_char_length(s) AS length(domo_text(s));
domo_bit_length(s) AS strlen(domo_text(s)) * 8;
domo_upper(s) AS upper(domo_text(s));
domo_lower(s) AS lower(domo_text(s));
domo_reverse(s) AS reverse(domo_text(s));
domo_left(s, n) AS left(domo_text(s), greatest(CAST(n AS BIGINT), 0));
domo_right(s, n) AS right(domo_text(s), greatest(CAST(n AS BIGINT), 0));
domo_substring_of(s, p, l) AS CASE WHEN p IS NULL OR l IS NULL THEN NULL WHEN p = 0 OR l <= 0 OR -p > length(s) THEN
    left(s, 0) WHEN p < 0 THEN substring(s, length(s) + p + 1, l) ELSE substring(s, p, l) END;
domo_substring(s, p) AS domo_substring_of(domo_text(s), CAST(p AS BIGINT), 2147483647), (s, p, l) AS
    domo_substring_of(domo_text(s), CAST(p AS BIGINT), CAST(l AS BIGINT));
domo_substring_index(s, d, n) AS CASE WHEN n IS NULL OR s IS NULL OR d IS NULL THEN NULL WHEN n = 0 OR d = '' THEN ''
    WHEN n > 0 THEN array_to_string(string_split(domo_text(s), d)[:n], d) ELSE
    array_to_string(string_split(domo_text(s), d)[n:], d) END;
domo_instr(s, f) AS strpos(domo_text(s), domo_text(f));
domo_locate_from(f, s, p) AS CASE WHEN p < 1 THEN 0 WHEN strpos(substring(s, p), f) = 0 THEN 0 ELSE
    strpos(substring(s, p), f) + p - 1 END;
domo_locate(f, s) AS strpos(domo_text(s), domo_text(f)), (f, s, p) AS domo_locate_from(domo_text(f), domo_text(s),
    CAST(p AS BIGINT));
domo_replace(s, a, b) AS replace(domo_text(s), domo_text(a), domo_text(b));
domo_trim(s) AS trim(domo_text(s), chr(32)), (s, p) AS domo_trim_end(domo_trim_start(s, p), p);
domo_trim_start(s) AS ltrim(domo_text(s), chr(32)), (s, p) AS regexp_replace(domo_text(s), '^(' || regexp_escape(p) ||
    ')+', '');
domo_trim_end(s) AS rtrim(domo_text(s), chr(32)), (s, p) AS regexp_replace(domo_text(s), '(' || regexp_escape(p) ||
    ')+$', '');
domo_pad(s, n, p, padded) AS CASE WHEN n < 0 OR NOT domo_fits(n) OR (p = '' AND n > length(s)) THEN NULL WHEN n <=
    length(s) THEN left(s, n) ELSE padded END;
domo_width(n) AS least(CAST(n AS INTEGER), 65535);
domo_lpad(s, n) AS domo_lpad_with(s, n, chr(32)), (s, n, p) AS domo_lpad_with(s, n, p);
domo_lpad_with(s, n, p) AS domo_pad(domo_text(s), CAST(n AS INTEGER), p, lpad(domo_text(s), domo_width(n), CASE p
    WHEN '' THEN chr(32) ELSE p END));
domo_rpad(s, n) AS domo_rpad_with(s, n, chr(32)), (s, n, p) AS domo_rpad_with(s, n, p);
domo_rpad_with(s, n, p) AS domo_pad(domo_text(s), CAST(n AS INTEGER), p, rpad(domo_text(s), domo_width(n), CASE p
    WHEN '' THEN chr(32) ELSE p END));
domo_repeat(s, n) AS domo_repeated(domo_text(s), greatest(CAST(n AS BIGINT), 0));
domo_repeated(s, n) AS CASE WHEN domo_fits(CAST(strlen(s) AS HUGEINT) * n) THEN repeat(s, n) END;
domo_space(n) AS domo_repeated(chr(32), greatest(CAST(n AS BIGINT), 0));
domo_ascii(s) AS ascii(domo_text(s));
domo_insert(s, p, l, n) AS CASE WHEN p < 1 OR p > length(s) THEN s ELSE left(s, p - 1) || n || substring(s, p + l) END;
domo_find_in_set(s, list) AS CASE WHEN s IS NULL OR list IS NULL THEN NULL ELSE
    coalesce(list_position(string_split(list, ','), s), 0) END;
domo_strcmp(a, b) AS CASE WHEN a < b THEN -1 WHEN a = b THEN 0 WHEN a > b THEN 1 END;
domo_format(x, d) AS CASE WHEN x IS NULL OR d IS NULL THEN NULL ELSE format('{:,.' || CAST(greatest(CAST(d AS
    INTEGER), 0) AS VARCHAR) || 'f}', round(CAST(x AS DOUBLE), CAST(d AS INTEGER))) END;
domo_initcap(s) AS array_to_string([upper(left(w, 1)) || lower(substring(w, 2)) for w in string_split(domo_text(s),
    chr(32))], chr(32));
domo_split_part(s, d, n) AS split_part(domo_text(s), d, CAST(n AS INTEGER));
domo_regexp(s, p) AS regexp_matches(domo_text(s), p);
domo_regexp_with(s, p, flags) AS regexp_matches(domo_text(s), p, flags);
domo_regexp_replace(s, p, r) AS regexp_replace(domo_text(s), p, r, 'g');
domo_regexp_substr(s, p) AS CASE WHEN regexp_matches(domo_text(s), p) THEN regexp_extract(domo_text(s), p) END;
domo_round(x) AS round(x), (x, d) AS round(x, CAST(d AS INTEGER));
domo_truncate(x, d) AS trunc(x, CAST(d AS INTEGER));
domo_mod(a, b) AS a % nullif(b, 0);
domo_div(a BIGINT, b BIGINT) AS a // nullif(b, 0), (a DOUBLE, b DOUBLE) AS CAST(trunc(a / nullif(b, 0)) AS BIGINT);
domo_ln(x) AS CASE WHEN x > 0 THEN ln(x) END;
domo_log2(x) AS CASE WHEN x > 0 THEN log2(x) END;
domo_log10(x) AS CASE WHEN x > 0 THEN log10(x) END;
domo_log(x) AS domo_ln(x), (b, x) AS CASE WHEN b > 0 AND b <> 1 THEN domo_ln(x) / ln(b) END;
domo_sqrt(x) AS CASE WHEN x >= 0 THEN sqrt(x) END;
domo_acos(x) AS CASE WHEN x BETWEEN -1 AND 1 THEN acos(x) END;
domo_asin(x) AS CASE WHEN x BETWEEN -1 AND 1 THEN asin(x) END;
domo_atan(x) AS atan(x), (y, x) AS atan2(y, x);
domo_xor(a, b) AS CAST(a AS BOOLEAN) <> CAST(b AS BOOLEAN);
domo_isnull(x) AS x IS NULL;
"""


_CALLED = re.compile(r"domo_\w+(?=\()", re.IGNORECASE)
_BY_NAME = {each.partition("(")[0]: each for each in _DEFINITIONS.strip().removesuffix(";").split(";\n")}


@define
class Macros:
    """The macros that a database has, each made when the first query wants it; may be used from any thread."""

    _made: set[str] = field(factory=set)
    _lock: threading.Lock = field(factory=threading.Lock)

    def make(self, connection: duckdb.DuckDBPyConnection, query: str) -> None:
        """Make the macros that a query calls, if they are not there yet."""
        if self._made.issuperset(_called(query)):
            return
        with self._lock:
            for name in _called(query):
                self._make(connection, name)

    def _make(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        if name in self._made:
            return
        # Those that it calls come first, as DuckDB wants it.
        for other in _called(_BY_NAME[name]) - {name}:
            self._make(connection, other)
        connection.execute(f"CREATE OR REPLACE MACRO {_BY_NAME[name]}")
        self._made.add(name)


@frozen
class _Shape:
    """What a macro makes of a call: so many parts of its own, and each argument so many times."""

    size: int
    times: tuple[int, ...]

    def of(self, sizes: list[int]) -> int:
        """Return how large a call is whose arguments are so large."""
        times = (*self.times, *[1] * len(sizes))
        return self.size + sum(size * count for size, count in zip(sizes, times, strict=False))


_WORD = re.compile(r"\w+")
_OVERLOAD = re.compile(r"(?:^|, )(?:domo_\w+)?\(([^()]*)\) AS ", re.DOTALL)


@cache
def _shape(name: str) -> _Shape:
    """Return the shape of a macro, the greatest of all its forms."""
    _, *forms = _OVERLOAD.split(" ".join(_BY_NAME[name].split()))
    shapes = [_shape_of(parameters, body) for parameters, body in zip(forms[::2], forms[1::2], strict=True)]
    longest = max(len(each.times) for each in shapes)
    times = [max((each.times[at] for each in shapes if at < len(each.times)), default=1) for at in range(longest)]
    return _Shape(max(each.size for each in shapes), tuple(times))


def _shape_of(parameters: str, body: str) -> _Shape:
    names = [each.split()[0] for each in parameters.split(",") if each.strip()]
    words = _WORD.findall(body)
    # What a macro within it makes of an argument is not looked at in detail: each counts for all.
    inner = [_shape(word) for word in words if word in _BY_NAME]
    factor = max((max(each.times, default=1) for each in inner), default=1)
    return _Shape(len(words) + sum(each.size for each in inner), tuple(words.count(each) * factor for each in names))


def unfolded_size(query: exp.Expr) -> tuple[int, int]:
    """Return how many parts a translated query has, and how many DuckDB makes of them, about."""
    sizes: dict[int, int] = {}
    nodes = list(query.walk(bfs=True))
    for node in reversed(nodes):
        children = {key: [sizes.pop(id(each), 1) for each in _nodes(value)] for key, value in node.args.items()}
        if node.key == "anonymous" and (name := str(node.this).lower()) in _BY_NAME:
            sizes[id(node)] = _shape(name).of(children.get("expressions", []))
            continue
        # DuckDB compares the operand of a CASE anew with each of its values.
        times = len(node.args["ifs"]) if node.key == "case" else 1
        sizes[id(node)] = 1 + sum(sum(each) * (times if key == "this" else 1) for key, each in children.items())
    return len(nodes), sizes[id(query)]


def _nodes(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _called(sql: str) -> set[str]:
    return {name.lower() for name in _CALLED.findall(sql)} & _BY_NAME.keys()
