"""MySQL's functions as DuckDB macros, for functions that DuckDB lacks or that behave differently there.

Arguments are converted to the types that the macros need (see `coercion`): dates are timestamps, times of day are
microseconds, and texts are texts. A value that is not a date, or lies outside the years 1 to 9999, gives NULL, as in
MySQL. REPEAT, SPACE, LPAD and RPAD give NULL if the result would exceed 65,535 bytes, as they do in MySQL beyond a
configured length; the length is emulator-defined.

DuckDB copies a macro's argument to each use of the parameter: with two uses, ten nested calls become a thousand.
Therefore parameters are marked with ``!`` (see `_bound`), and `unfolded_size` estimates the size.
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
domo_checked(t!) AS CASE WHEN year(t) BETWEEN 1 AND 9999 THEN t END;
domo_datetime(d!) AS CASE WHEN typeof(d) IN ('DATE', 'TIMESTAMP') THEN TRY_CAST(d AS TIMESTAMP) ELSE
    domo_read_timestamp(domo_spread(CAST(d AS VARCHAR))) END;
domo_spread(s!) AS CASE WHEN NOT regexp_matches(s, '^\s*\d{6,14}') THEN s WHEN regexp_full_match(s,
    '\s*\d{6}(\.0*)?\s*') THEN regexp_replace(s, '(\d\d)(\d\d)(\d\d).*', '\1-\2-\3') WHEN regexp_full_match(s,
    '\s*\d{12}(\.\d*)?\s*') THEN regexp_replace(s, '(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)', '\1-\2-\3 \4:\5:\6') WHEN
    regexp_full_match(s, '\s*\d{8}(\.0*)?\s*') THEN regexp_replace(s, '(\d{4})(\d\d)(\d\d).*', '\1-\2-\3') WHEN
    regexp_full_match(s, '\s*\d{14}(\.\d*)?\s*') THEN regexp_replace(s, '(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)',
    '\1-\2-\3 \4:\5:\6') END;
domo_read_timestamp(s!) AS CASE WHEN regexp_matches(s, '^\s*(\d{4}|\d\d)[^\w\s]\d\d?[^\w\s]\d\d?(\D|$)') THEN
    domo_checked(TRY_CAST(domo_iso_date(s) || ' ' || domo_iso_time(s) AS TIMESTAMP) - domo_iso_offset(s)) END;
domo_iso_date(s) AS CASE WHEN regexp_matches(s, '^\s*\d{4}') THEN '' WHEN regexp_extract(s, '^\s*(\d\d)', 1) <= '69'
    THEN '20' ELSE '19' END || regexp_replace(trim(s), '^(\d+)[^\w\s](\d+)[^\w\s](\d+)(.|\n)*$', '\1-\2-\3');
domo_iso_time(s) AS regexp_extract(s || ':00:00', '[T\s](\d\d?:\d\d?:\d\d?)', 1) || CASE WHEN regexp_matches(s,
    '[T\s]\d\d?:\d') THEN '' ELSE '00:00:00' END || regexp_extract(s, '[T\s]\d\d?:\d\d?:\d\d?(\.\d{1,6})', 1);
domo_iso_offset(s) AS CASE WHEN regexp_matches(s, ':\d\d(\.\d*)?[+-]\d\d:\d\d\s*$') THEN to_minutes(CASE
    left(right(trim(s), 6), 1) WHEN '-' THEN -1 ELSE 1 END * (CAST(left(right(trim(s), 5), 2) AS INTEGER) * 60 +
    CAST(right(trim(s), 2) AS INTEGER))) ELSE to_minutes(0) END;
domo_date(t) AS CAST(t AS DATE);
domo_at(d, us) AS domo_checked(CAST(d AS TIMESTAMP) + to_microseconds(us));
domo_today() AS CAST(now() AS DATE);
domo_today_at(us!) AS CAST(CAST(now() AS DATE) AS TIMESTAMP) + to_microseconds(((us % 86400000000) + 86400000000) %
    86400000000);
domo_now() AS date_trunc('second', CAST(now() AS TIMESTAMP));
domo_now_text() AS strftime(CAST(now() AS TIMESTAMP), '%H:%M:%S');
domo_rounded_timestamp(t, n) AS domo_checked(make_timestamp(CAST(round(epoch_us(t), n - 6) AS BIGINT)));
domo_strftime(t, f) AS strftime(t, f);
domo_dayofweek(t) AS dayofweek(t) + 1;
domo_weekday(t) AS isodow(t) - 1;
domo_last_day(t) AS last_day(t);
domo_add_days(t, n!) AS domo_checked(CASE WHEN abs(n) < 4000000 THEN t + to_days(CAST(n AS INTEGER)) END);
domo_add_months(t, n!) AS domo_checked(CASE WHEN abs(n) < 120000 THEN t + to_months(CAST(n AS INTEGER)) END);
domo_in_microseconds(n!) AS CASE WHEN abs(n) < 400000000000 THEN CAST(round(CAST(n AS DOUBLE) * 1000000) AS BIGINT)
    END;
domo_add_seconds(t, n) AS domo_checked(t + to_microseconds(domo_in_microseconds(n)));
domo_add_microseconds(t, us, sign) AS domo_checked(t + to_microseconds(us * sign));
domo_datediff(a, b) AS date_diff('day', CAST(b AS DATE), CAST(a AS DATE));
domo_microseconds_between(a, b) AS epoch_us(b) - epoch_us(a);
domo_whole_months(a!, b!) AS (year(b) - year(a)) * 12 + month(b) - month(a) - CASE WHEN day(b) < day(a) OR (day(b) =
    day(a) AND CAST(b AS TIME) < CAST(a AS TIME)) THEN 1 ELSE 0 END;
domo_months_between(a!, b!) AS CASE WHEN b >= a THEN domo_whole_months(a, b) ELSE -domo_whole_months(b, a) END;
domo_is_first_whole(mode) AS ((mode & 4) = 4) <> ((mode & 1) = 0);
domo_day_of_week(d!, mode) AS CASE WHEN (mode & 1) = 1 THEN isodow(d) ELSE dayofweek(d) + 1 END;
domo_week_anchor(d!, mode) AS d + CAST(CASE WHEN domo_is_first_whole(mode) THEN 1 ELSE 4 END - domo_day_of_week(d,
    mode) AS INTEGER);
domo_week_of_anchor(d) AS (dayofyear(d) + 6) // 7;
domo_week_by(d!, mode) AS CASE WHEN (mode & 2) = 0 THEN (dayofyear(d) - domo_day_of_week(d, mode) + CASE WHEN
    domo_is_first_whole(mode) THEN 7 ELSE 10 END) // 7 ELSE domo_week_of_anchor(domo_week_anchor(d, mode)) END;
domo_week(t) AS domo_week_by(CAST(t AS DATE), 0), (t, mode) AS domo_week_by(CAST(t AS DATE), mode);
domo_yearweek_by(d!) AS year(d) * 100 + domo_week_of_anchor(d);
domo_yearweek(t) AS domo_yearweek_by(domo_week_anchor(CAST(t AS DATE), 0)), (t, mode) AS
    domo_yearweek_by(domo_week_anchor(CAST(t AS DATE), mode | 2));
domo_weekofyear(t) AS domo_week_by(CAST(t AS DATE), 3);
domo_two_digits(n!) AS CASE WHEN n > 99 THEN CAST(n AS VARCHAR) ELSE lpad(CAST(n AS VARCHAR), 2, '0') END;
domo_ordinal(n!) AS CAST(n AS VARCHAR) || CASE WHEN n % 100 BETWEEN 11 AND 13 THEN 'th' WHEN n % 10 = 1 THEN 'st' WHEN
    n % 10 = 2 THEN 'nd' WHEN n % 10 = 3 THEN 'rd' ELSE 'th' END;
domo_unix_timestamp() AS CAST(epoch(CAST(now() AS TIMESTAMP)) AS BIGINT);
domo_unix_timestamp_of(t!) AS CASE WHEN epoch(t) < 0 OR epoch(t) >= 32536771200 THEN 0 ELSE CAST(floor(epoch(t)) AS
    BIGINT) END;
domo_unix_timestamp_exactly(t!) AS CASE WHEN epoch_us(t) < 0 THEN 0 ELSE CAST(epoch_us(t) AS DECIMAL(20, 0)) *
    CAST(0.000001 AS DECIMAL(6, 6)) END;
domo_from_unixtime(n!) AS CASE WHEN n >= 0 AND n < 32536771200 THEN make_timestamp(CAST(round(CAST(n AS DOUBLE) *
    1000000) AS BIGINT)) END;
domo_offset(z) AS CASE WHEN z = 'SYSTEM' THEN 0 WHEN regexp_full_match(z, '[+-]\d\d?:\d\d') THEN CASE WHEN left(z, 1)
    = '-' THEN -1 ELSE 1 END * (CAST(regexp_extract(z, '\d+') AS INTEGER) * 60 + CAST(right(z, 2) AS INTEGER)) END;
domo_zone(z) AS CASE WHEN domo_offset(z) IS NOT NULL THEN 'UTC' WHEN lower(z) IN (SELECT lower(name) FROM
    pg_timezone_names()) THEN z END;
domo_utc_of(t, a, utc) AS CASE WHEN timezone(domo_zone(a), utc) = t THEN utc ELSE date_trunc('hour', utc) END;
domo_in_utc(t, a) AS domo_utc_of(t, a, timezone(domo_zone(a), t));
domo_convert_tz(t, a, b) AS timezone(domo_zone(b), domo_in_utc(t - to_minutes(coalesce(domo_offset(a), 0)), a)) +
    to_minutes(coalesce(domo_offset(b), 0));
domo_json(j) AS CASE WHEN json_valid(j) THEN CAST(j AS JSON) END;
domo_json_extract(j, p) AS CAST(json_extract(domo_json(j), p) AS VARCHAR);
domo_json_unquote(s!) AS CASE WHEN s LIKE '"%"' THEN json_extract_string(domo_json(s), '$') ELSE s END;
domo_json_value(j, p) AS CASE WHEN json_type(domo_json(j), p) NOT IN ('OBJECT', 'ARRAY') THEN
    json_extract_string(domo_json(j), p) END;
domo_json_length(j) AS domo_json_length_at(j, '$'), (j, p) AS domo_json_length_at(j, p);
domo_json_length_at(j, p) AS CASE json_type(domo_json(j), p) WHEN 'ARRAY' THEN json_array_length(domo_json(j), p) WHEN
    'OBJECT' THEN len(json_keys(domo_json(j), p)) ELSE CASE WHEN json_exists(domo_json(j), p) THEN 1 END END;
domo_json_valid(j) AS CASE WHEN j IS NULL THEN NULL WHEN json_valid(j) THEN 1 ELSE 0 END;
domo_makedate(y!, n!) AS CASE WHEN y BETWEEN 0 AND 9999 AND n BETWEEN 1 AND 4000000 THEN
    CAST(domo_checked(CAST(make_date( CAST(y + CASE WHEN y < 70 THEN 2000 WHEN y < 100 THEN 1900 ELSE 0 END AS
    INTEGER), 1, 1) + CAST(n - 1 AS INTEGER) AS TIMESTAMP)) AS DATE) END;
domo_to_days(t) AS date_diff('day', DATE '1970-01-01', CAST(t AS DATE)) + 719528;
domo_to_seconds(t!) AS domo_to_days(t) * 86400 + epoch_us(t - date_trunc('day', t)) // 1000000;
domo_from_days(n!) AS CASE WHEN n BETWEEN 366 AND 3652424 THEN DATE '1970-01-01' + CAST(n - 719528 AS INTEGER) END;
domo_period_whole(p!) AS CAST(p AS BIGINT) + CASE WHEN p < 7000 THEN 200000 WHEN p < 10000 THEN 190000 ELSE 0 END;
domo_period_months(p!) AS (domo_period_whole(p) // 100) * 12 + domo_period_whole(p) % 100 - 1;
domo_period_diff(a, b) AS domo_period_months(a) - domo_period_months(b);
domo_period_of(m!) AS (m // 12) * 100 + m % 12 + 1;
domo_period_add(p, n) AS domo_period_of(domo_period_months(p) + CAST(n AS BIGINT));
domo_date_of_parts(y!, yy!, m!, name!, d!, j!) AS CASE WHEN j <> '' AND y || yy <> '' THEN domo_makedate(CAST(CASE y
    WHEN '' THEN yy ELSE y END AS INTEGER), CAST(j AS INTEGER)) ELSE CAST(domo_checked(TRY_CAST(CASE WHEN y <> '' THEN
    CASE WHEN length(y) <= 2 THEN CASE WHEN CAST(y AS INTEGER) < 70 THEN '20' ELSE '19' END || lpad(y, 2, '0') ELSE
    lpad(y, 4, '0') END WHEN CAST(nullif(yy, '') AS INTEGER) < 70 THEN '20' || lpad(yy, 2, '0') WHEN yy <> '' THEN
    '19' || yy END || '-' || CASE WHEN name = '' THEN m ELSE CAST(domo_month_number(name) AS VARCHAR) END || '-' ||
    regexp_extract(d, '\d+') AS TIMESTAMP)) AS DATE) END;
domo_month_number(name) AS list_position(['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov',
    'dec'], lower(left(name, 3)));
domo_hour_of_half(h!, p!) AS CASE WHEN CAST(nullif(h, '') AS INTEGER) BETWEEN 1 AND 12 THEN CAST(CAST(h AS INTEGER) %
    12 + CASE WHEN lower(p) = 'pm' THEN 12 ELSE 0 END AS VARCHAR) END;
domo_time_of_parts(h!, m!, s!, f!) AS CASE WHEN h || m || s || f = '' THEN NULL WHEN CAST('0' || h AS INTEGER) < 24
    AND CAST('0' || m AS INTEGER) < 60 AND CAST('0' || s AS INTEGER) < 60 THEN ((CAST('0' || h AS BIGINT) * 60 +
    CAST('0' || m AS BIGINT)) * 60 + CAST('0' || s AS BIGINT)) * 1000000 + CAST(rpad(f, 6, '0') AS BIGINT) END;
domo_time_of_day(t!) AS epoch_us(CAST(t AS TIMESTAMP)) - epoch_us(date_trunc('day', CAST(t AS TIMESTAMP)));
domo_microseconds(x!) AS CASE WHEN typeof(x) IN ('DATE', 'TIMESTAMP') THEN domo_time_of_day(TRY_CAST(x AS TIMESTAMP))
    ELSE domo_read_time(CAST(x AS VARCHAR)) END;
domo_read_time(s!) AS CASE WHEN regexp_matches(s, '^\s*(\d{4}|\d\d)[^\w\s:.]\d\d?[^\w\s:.]\d\d?[T\s]+\d') THEN
    domo_time_of_day(domo_read_timestamp(s)) WHEN regexp_matches(s, '^\s*-?(\d+ +)?\d+:\d') THEN domo_time_from(s,
    '^\s*-?(?:(\d+) +)?(\d+):(\d{1,2})(?::(\d{1,2}))?(?:\.(\d{1,6}))?') WHEN regexp_matches(s, '^\s*\d{14}') THEN
    domo_time_of_day(domo_read_timestamp(domo_spread(s))) WHEN regexp_matches(s, '^\s*-?\d') THEN domo_time_from(s,
    '^\s*-?(?:(\d+) +)?(\d*?)(\d{0,2}?)(\d{1,2})(?:\.(\d{1,6})\d*)?(?:\D|$)') END;
domo_time_from(s, p) AS CASE WHEN CAST('0' || regexp_extract(s, p, 3) AS INTEGER) < 60 AND CAST('0' ||
    regexp_extract(s, p, 4) AS INTEGER) < 60 THEN CASE WHEN starts_with(trim(s), '-') THEN -1 ELSE 1 END *
    domo_clamped((((coalesce(TRY_CAST('0' || regexp_extract(s, p, 1) AS INTEGER), 9999) * 24 + coalesce(TRY_CAST('0'
    || regexp_extract(s, p, 2) AS INTEGER), 9999)) * 60 + CAST('0' || regexp_extract(s, p, 3) AS BIGINT)) * 60 +
    CAST('0' || regexp_extract(s, p, 4) AS BIGINT)) * 1000000 + CAST(rpad(regexp_extract(s, p, 5), 6, '0') AS BIGINT),
    0, 3020399000000) END;
domo_clock(us!, sign) AS sign || domo_two_digits(us // 3600000000) || ':' || domo_two_digits(us // 60000000 % 60) ||
    ':' || domo_two_digits(us // 1000000 % 60) || CASE WHEN us % 1000000 = 0 THEN '' ELSE '.' || rtrim(lpad(CAST(us %
    1000000 AS VARCHAR), 6, '0'), '0') END;
domo_time(us!) AS domo_clock(domo_clamped(abs(us), 0, 3020399000000), CASE WHEN us < 0 THEN '-' ELSE '' END);
domo_rounded_time(us, n) AS domo_time(CAST(round(us, n - 6) AS BIGINT));
domo_hours(us) AS abs(us) // 3600000000;
domo_hours_h(us!) AS CASE WHEN us < 0 THEN '-' ELSE '' END || domo_two_digits(domo_hours(us));
domo_hours_k(us!) AS CASE WHEN us < 0 THEN '-' ELSE '' END || CAST(domo_hours(us) AS VARCHAR);
domo_minutes(us) AS abs(us) // 60000000 % 60;
domo_seconds(us) AS abs(us) // 1000000 % 60;
domo_microseconds_of_second(us) AS abs(us) % 1000000;
domo_time_to_sec(us) AS CAST(trunc(us / 1000000) AS BIGINT);
domo_sec_to_time(n) AS domo_time(CAST(round(domo_clamped(CAST(n AS DOUBLE), -3020399, 3020399) * 1000000) AS BIGINT));
domo_maketime(h!, m!, s!) AS CASE WHEN m >= 0 AND m < 60 AND s >= 0 AND s < 60 THEN domo_time(CASE WHEN h < 0 THEN -1
    ELSE 1 END * (CAST(domo_clamped(abs(h), 0, 839) AS BIGINT) * 3600000000 + CAST(m AS BIGINT) * 60000000 +
    CAST(round(s * 1000000) AS BIGINT))) END;
domo_date_number(d!) AS year(d) * 10000 + month(d) * 100 + day(d);
domo_datetime_number(t) AS CAST(strftime(t, '%Y%m%d%H%M%S.%f') AS DECIMAL(20, 6));
domo_time_number(s) AS CAST(replace(CAST(s AS VARCHAR), ':', '') AS DECIMAL(20, 6));
domo_number(s!) AS CASE WHEN s IS NOT NULL THEN coalesce(TRY_CAST(regexp_extract(s,
    '^\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)', 1) AS DOUBLE), 0) END;
domo_leading_decimal(s!) AS CASE WHEN s IS NULL THEN NULL WHEN regexp_matches(s, '^\s*[+-]?\d*\.?\d+[eE]') THEN
    domo_printed_number(domo_number(s)) ELSE coalesce(nullif(regexp_extract(s, '^\s*([+-]?(\d+\.?\d*|\.\d+))', 1),
    ''), '0') END;
domo_printed_number(x) AS CAST(x AS VARCHAR);
domo_largest(s!, digits) AS CASE WHEN s IS NULL THEN NULL ELSE '' END || CASE WHEN starts_with(s, '-') THEN '-' ELSE
    '' END || digits;
domo_signed(x!) AS CAST(CASE WHEN x >= 9223372036854775807 THEN CASE WHEN typeof(x) = 'UBIGINT' THEN CAST(x AS
    HUGEINT) - 18446744073709551616 * CAST(x > 9223372036854775807 AS HUGEINT) ELSE 9223372036854775807 END WHEN x <=
    -9223372036854775808 THEN -9223372036854775808 ELSE TRY_CAST(x AS BIGINT) END AS BIGINT);
domo_unsigned(x!) AS CASE WHEN x IS NULL THEN NULL WHEN x >= 18446744073709551615 THEN CAST(18446744073709551615 AS
    UBIGINT) WHEN round(x) < 0 THEN domo_bits(x) ELSE TRY_CAST(x AS UBIGINT) END;
domo_leading_whole(s!) AS CASE WHEN s IS NOT NULL THEN coalesce(TRY_CAST(regexp_extract(s, '^\s*([+-]?\d{1,30})', 1)
    AS HUGEINT), 0) END;
domo_signed_text(s) AS domo_signed(domo_leading_whole(s));
domo_unsigned_text(s) AS domo_unsigned(domo_leading_whole(s));
domo_clamped(x!, least, most) AS CASE WHEN x < least THEN least WHEN x > most THEN most ELSE x END;
domo_bits_of(n!) AS CAST(CASE WHEN n < 0 THEN n + 18446744073709551616 ELSE n END AS UBIGINT);
domo_bits(x) AS domo_bits_of(CAST(round(domo_clamped(x, -9223372036854775808, 18446744073709551615)) AS HUGEINT));
domo_inverted(x) AS CAST(18446744073709551615 - CAST(x AS HUGEINT) AS UBIGINT);
domo_shifted_left(x, n!) AS CASE WHEN n > 63 THEN CAST(0 * x AS UBIGINT) ELSE CAST((CAST(x AS UHUGEINT) * CAST(pow(2,
    n) AS UHUGEINT)) % CAST(18446744073709551616 AS UHUGEINT) AS UBIGINT) END;
domo_shifted_right(x, n!) AS CASE WHEN n > 63 THEN CAST(0 * x AS UBIGINT) ELSE x // CAST(pow(2, n) AS UBIGINT) END;
domo_hex(x) AS upper(printf('%x', x));
domo_text(x!) AS CASE WHEN typeof(x) = 'DOUBLE' THEN regexp_replace(replace(CAST(x AS VARCHAR), 'e+', 'e'), '\.0$',
    '') WHEN typeof(x) = 'BOOLEAN' THEN CASE CAST(x AS VARCHAR) WHEN 'true' THEN '1' WHEN 'false' THEN '0' END WHEN
    typeof(x) LIKE 'DECIMAL%' THEN regexp_replace(CAST(x AS VARCHAR), '^(-?)\.', '\10.') ELSE CAST(x AS VARCHAR) END;
domo_bit_length(s) AS strlen(s) * 8;
domo_count(n!) AS CAST(CASE WHEN n < 0 THEN 0 WHEN n < 1000000000 THEN n WHEN n IS NULL THEN NULL ELSE 1000000000 END
    AS BIGINT);
domo_left(s, n!) AS CASE WHEN n IS NOT NULL THEN left(s, domo_count(n)) END;
domo_right(s, n!) AS CASE WHEN n IS NOT NULL THEN right(s, domo_count(n)) END;
domo_substring_of(s!, p!, l!) AS CASE WHEN p IS NULL OR l IS NULL THEN NULL WHEN p = 0 OR l <= 0 OR -p > length(s)
    THEN left(s, 0) WHEN p < 0 THEN substring(s, length(s) + p + 1, l) ELSE substring(s, p, l) END;
domo_position(n!) AS CAST(CASE WHEN n > 2147483647 THEN 2147483647 WHEN n < -2147483647 THEN -2147483647 ELSE n END AS
    BIGINT);
domo_substring(s, p) AS domo_substring_of(s, domo_position(p), 2147483647), (s, p, l) AS domo_substring_of(s,
    domo_position(p), domo_position(l));
domo_substring_index(s!, d, n!) AS CASE WHEN n IS NULL OR s IS NULL OR d IS NULL THEN NULL WHEN n = 0 OR d = '' THEN
    '' WHEN n > 0 THEN array_to_string(string_split(s, d)[:domo_position(n)], d) ELSE array_to_string(string_split(s,
    d)[domo_position(n):], d) END;
domo_locate_from(f!, s!, p!) AS CASE WHEN p < 1 OR p > length(s) + 1 THEN 0 WHEN strpos(substring(s, p), f) = 0 THEN 0
    WHEN p IS NOT NULL THEN strpos(substring(s, p), f) + p - 1 END;
domo_locate(f, s) AS strpos(s, f), (f, s, p) AS domo_locate_from(f, s, domo_position(p));
domo_trim(s) AS trim(s, chr(32)), (s, p) AS domo_trim_end(domo_trim_start(s, p), p);
domo_trim_start(s) AS ltrim(s, chr(32)), (s, p) AS regexp_replace(s, '^(' || regexp_escape(p) || ')+', '');
domo_trim_end(s) AS rtrim(s, chr(32)), (s, p) AS regexp_replace(s, '(' || regexp_escape(p) || ')+$', '');
domo_pad(s, n, p, padded) AS CASE WHEN n < 0 OR n > 65535 OR n IS NULL OR p IS NULL THEN NULL WHEN n <= length(s)
    THEN left(s, domo_count(n)) WHEN p = '' THEN left(s, 0) ELSE padded END;
domo_lpad(s, n) AS domo_lpad_with(s, n, chr(32)), (s, n, p) AS domo_lpad_with(s, n, p);
domo_padded_length(n!) AS CAST(CASE WHEN n BETWEEN 0 AND 65535 THEN n ELSE 0 END AS INTEGER);
domo_lpad_with(s!, n!, p!) AS domo_pad(s, n, p, lpad(s, domo_padded_length(n), CASE p WHEN '' THEN chr(32) ELSE p
    END));
domo_rpad(s, n) AS domo_rpad_with(s, n, chr(32)), (s, n, p) AS domo_rpad_with(s, n, p);
domo_rpad_with(s!, n!, p!) AS domo_pad(s, n, p, rpad(s, domo_padded_length(n), CASE p WHEN '' THEN chr(32) ELSE p
    END));
domo_repeat(s!, n!) AS CASE WHEN n * strlen(s) <= 65535 THEN repeat(s, domo_count(n)) END;
domo_space(n) AS domo_repeat(chr(32), n);
domo_ascii(s!) AS CASE WHEN s = '' THEN 0 ELSE CAST('0x' || left(hex(s), 2) AS INTEGER) END;
domo_insert(s!, p!, l!, n!) AS CASE WHEN p IS NULL OR l IS NULL OR s IS NULL OR n IS NULL THEN NULL WHEN p < 1 OR p >
    length(s) THEN s WHEN l < 0 OR p + l > length(s) THEN left(s, domo_position(p) - 1) || n ELSE left(s,
    domo_position(p) - 1) || n || substring(s, domo_position(p) + domo_position(l)) END;
domo_find_in_set(s!, list!) AS CASE WHEN s IS NULL OR list IS NULL THEN NULL WHEN list = '' THEN 0 ELSE
    coalesce(list_position(string_split(list, ','), s), 0) END;
domo_strcmp(a!, b!) AS CASE WHEN a < b THEN -1 WHEN a = b THEN 0 WHEN a > b THEN 1 END;
domo_decimals(d) AS CAST(domo_clamped(d, 0, 30) AS INTEGER);
domo_format(x!, d!) AS CASE WHEN x IS NULL OR d IS NULL THEN NULL WHEN typeof(x) = 'DOUBLE' THEN format('{:,.' ||
    CAST(domo_decimals(d) AS VARCHAR) || 'f}', round_even(CAST(x AS DOUBLE), domo_decimals(d))) ELSE
    domo_grouped(domo_fixed(CAST(x AS VARCHAR), domo_decimals(d))) END;
domo_fixed(s!, d!) AS domo_fixed_of(CAST(regexp_replace(split_part(s, '.', 1), '^-?$', '0') || left(rpad(split_part(s,
    '.', 2), CAST(d AS INTEGER), '0'), d) AS HUGEINT) + CASE WHEN substring(split_part(s, '.', 2), d + 1, 1) >= '5'
    THEN 1 ELSE 0 END * CASE WHEN starts_with(s, '-') THEN -1 ELSE 1 END, d);
domo_whole_padded(t!, d) AS lpad(t, CAST(greatest(d + 1, length(t)) AS INTEGER), '0');
domo_pointed(t!, d) AS left(t, length(t) - d) || CASE WHEN d > 0 THEN '.' || right(t, d) ELSE '' END;
domo_fixed_of(n!, d!) AS CASE WHEN n < 0 THEN '-' ELSE '' END || domo_pointed(domo_whole_padded(CAST(abs(n) AS
    VARCHAR), d), d);
domo_grouped(s!) AS CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || format('{:,}', abs(CAST(split_part(s, '.',
    1) AS HUGEINT))) || CASE WHEN contains(s, '.') THEN '.' || split_part(s, '.', 2) ELSE '' END;
domo_initcap(s) AS array_to_string([upper(left(w, 1)) || lower(substring(w, 2)) for w in string_split(s, chr(32))],
    chr(32));
domo_split_part(s, d, n) AS split_part(s, d, CAST(n AS INTEGER));
domo_unhex(s) AS CASE WHEN regexp_full_match(s, '([0-9A-Fa-f]{2})*') THEN TRY(decode(unhex(s))) END;
domo_to_base64(s) AS to_base64(encode(s));
domo_from_base64(s) AS TRY(decode(from_base64(s)));
domo_regexp(s, p) AS regexp_matches(s, p);
domo_regexp_with(s, p, flags) AS regexp_matches(s, p, flags);
domo_regexp_replace(s, p, r) AS regexp_replace(s, p, r, 'g');
domo_regexp_substr(s!, p) AS CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END;
domo_regexp_instr(s!, p) AS CASE WHEN s IS NULL OR p IS NULL THEN NULL WHEN regexp_matches(s, p) THEN
    length(regexp_extract(s, '(?s)^(.*?)(?:' || p || ')', 1)) + 1 ELSE 0 END;
domo_round(x) AS round(x), (x, d) AS round(x, d);
domo_round_even(x) AS round_even(x, 0), (x, d) AS CASE WHEN d > 300 THEN x ELSE round_even(x, d) END;
domo_truncate(x, d) AS trunc(x, d);
domo_ceil(x) AS ceil(x);
domo_floor(x) AS floor(x);
domo_mod(a, b) AS a % nullif(b, 0);
domo_whole_quotient(a, b) AS a // nullif(b, 0);
domo_quotient(a, b) AS CAST(trunc(a / nullif(b, 0)) AS BIGINT);
domo_quotient_by_whole(a, b) AS CAST(trunc(a) AS HUGEINT) // nullif(b, 0);
domo_cot(x!) AS CASE WHEN tan(x) <> 0 THEN 1 / tan(x) END;
domo_ln(x!) AS CASE WHEN x > 0 THEN ln(x) END;
domo_log2(x!) AS CASE WHEN x > 0 THEN log2(x) END;
domo_log10(x!) AS CASE WHEN x > 0 THEN log10(x) END;
domo_log(x) AS domo_ln(x), (b, x) AS CASE WHEN b > 0 AND b <> 1 THEN domo_ln(x) / ln(b) END;
domo_sqrt(x!) AS CASE WHEN x >= 0 THEN sqrt(x) END;
domo_acos(x!) AS CASE WHEN x BETWEEN -1 AND 1 THEN acos(x) END;
domo_asin(x!) AS CASE WHEN x BETWEEN -1 AND 1 THEN asin(x) END;
domo_atan(x) AS atan(x), (y, x) AS atan2(y, x);
domo_xor(a, b) AS CAST(a AS BOOLEAN) <> CAST(b AS BOOLEAN);
domo_isnull(x) AS x IS NULL;
"""


_CALLED = re.compile(r"domo_\w+(?=\()", re.IGNORECASE)
_BY_NAME = {each.partition("(")[0]: each for each in _DEFINITIONS.strip().removesuffix(";").split(";\n")}


def _bound(definition: str) -> str:
    """Return a macro's definition in which each parameter marked with ``!`` is computed once.

    DuckDB copies macros and their arguments to each call, so that nested calls would otherwise grow exponentially.
    DuckDB does not have LET, but a list of one element does the same.
    """
    head, _, body = definition.partition(" AS ")
    for name in reversed(re.findall(r"(\w+)!", head)):
        # A name within a quoted text, or before a parenthesis, is not the parameter.
        pieces = re.split(rf"('[^']*')|\b{name}\b(?!\()", body)
        # The name is unique, as the arguments of a macro may contain names of other macros' parameters.
        value = f"{head.partition('(')[0]}_{name}"
        body = "".join(value if piece is None else piece for piece in pieces)
        body = f"list_transform([{name}], lambda {value}: {body})[1]"
    return f"{head.replace('!', '')} AS {body}"


@define
class Macros:
    """The macros of a database, each created for the first query that needs it; may be used from any thread."""

    _made: set[str] = field(factory=set)
    _lock: threading.Lock = field(factory=threading.Lock)

    def make(self, connection: duckdb.DuckDBPyConnection, query: str) -> None:
        """Create the macros that a query calls, if they do not exist yet."""
        if self._made.issuperset(_called(query)):
            return
        with self._lock:
            for name in _called(query):
                self._make(connection, name)

    def _make(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        if name in self._made:
            return
        # DuckDB requires that the macros it calls are created first.
        for other in _called(_BY_NAME[name]) - {name}:
            self._make(connection, other)
        connection.execute(f"CREATE OR REPLACE MACRO {_bound(_BY_NAME[name])}")
        self._made.add(name)


@frozen
class _Shape:
    """The expansion of a macro: the number of its own parts, and the number of copies of each argument."""

    size: int
    times: tuple[int, ...]

    def of(self, sizes: list[int]) -> int:
        """Return the size of a call, given the sizes of its arguments."""
        times = (*self.times, *[1] * len(sizes))
        return self.size + sum(size * count for size, count in zip(sizes, times, strict=False))


_WORD = re.compile(r"\w+")
_OVERLOAD = re.compile(r"(?:^|, )(?:domo_\w+)?\(([^()]*)\) AS ", re.DOTALL)


@cache
def _shape(name: str) -> _Shape:
    """Return the shape of a macro, the largest of all its overloads."""
    _, *forms = _OVERLOAD.split(" ".join(_BY_NAME[name].split()))
    shapes = [_shape_of(parameters, body) for parameters, body in zip(forms[::2], forms[1::2], strict=True)]
    longest = max(len(each.times) for each in shapes)
    times = [max((each.times[at] for each in shapes if at < len(each.times)), default=1) for at in range(longest)]
    return _Shape(max(each.size for each in shapes), tuple(times))


def _shape_of(parameters: str, body: str) -> _Shape:
    names = [each.split()[0] for each in parameters.split(",") if each.strip()]
    once = {name.removesuffix("!") for name in names if name.endswith("!")}
    names = [name.removesuffix("!") for name in names]
    words = _WORD.findall(body)
    # The arguments of the macros that it calls are not distinguished: the largest counts for all.
    inner = [_shape(word) for word in words if word in _BY_NAME]
    factor = max((max(each.times, default=1) for each in inner), default=1)
    return _Shape(
        len(words) + sum(each.size for each in inner),
        tuple(1 if each in once else words.count(each) * factor for each in names),
    )


def unfolded_size(query: exp.Expr) -> tuple[int, int]:
    """Return the number of parts of a translated query, and about how many DuckDB expands them to."""
    sizes: dict[int, int] = {}
    nodes = list(query.walk(bfs=True))
    for node in reversed(nodes):
        children = {key: [sizes.pop(id(each), 1) for each in _nodes(value)] for key, value in node.args.items()}
        if node.key == "anonymous" and (name := str(node.this).lower()) in _BY_NAME:
            sizes[id(node)] = _shape(name).of(children.get("expressions", []))
            continue
        # DuckDB copies the operand of a CASE for each of the values that it is compared with.
        times = len(node.args["ifs"]) if node.key == "case" else 1
        sizes[id(node)] = 1 + sum(sum(each) * (times if key == "this" else 1) for key, each in children.items())
    return len(nodes), sizes[id(query)]


def _nodes(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _called(sql: str) -> set[str]:
    return {name.lower() for name in _CALLED.findall(sql)} & _BY_NAME.keys()
