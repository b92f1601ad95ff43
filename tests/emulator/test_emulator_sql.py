"""SQL that means what it means in MySQL, and reaches nothing but the dataset."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import duckdb
import orjson
import pytest

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.sql import Macros, rendering, translate
from domo_async._emulator.sql.translation import SOURCE
from tests.emulator.plain_client import PlainClient, plain_client

ROW = """SELECT 'Ünicode, text' AS s, 7 AS n, 2.5 AS d, CAST(2.5 AS DOUBLE) AS f, NULL AS nothing,
    DATE '2024-02-29' AS day, TIMESTAMP '2024-02-29 15:04:05.678' AS at, 'a' AS "we`ird \"\"na'me" """

COLUMN_TYPES = {
    "s": "STRING",
    "n": "LONG",
    "d": "DECIMAL",
    "f": "DOUBLE",
    "nothing": "LONG",
    "day": "DATE",
    "at": "DATETIME",
    "we`ird \"na'me": "STRING",
}

TABLE: list[tuple[Any, ...]] = [
    # DATE_FORMAT, with each code of MySQL's
    ("DATE_FORMAT(at, '%a %b %c %D %d %e')", "Thu Feb 2 29th 29 29"),
    ("DATE_FORMAT(at, '%f %H %h %I %i %j %k %l')", "678000 15 03 03 04 060 15 3"),
    ("DATE_FORMAT(at, '%M %m %p %r %S %s %T')", "February 02 PM 03:04:05 PM 05 05 15:04:05"),
    ("DATE_FORMAT(at, '%U %u %V %v %W %w %X %x %Y %y %% %n')", "08 09 08 09 Thursday 4 2024 2024 2024 24 % n"),
    ("DATE_FORMAT('2023-01-01', '%U %u %V %v %X %x')", "01 00 01 52 2023 2022"),
    ("DATE_FORMAT(day, '%Y-%m-%d')", "2024-02-29"),
    ("DATE_FORMAT('2024-05-01', '%D'), DATE_FORMAT('2024-05-12', '%D')", "1st", "12th"),
    ("DATE_FORMAT('2024-05-22', '%D'), DATE_FORMAT('2024-05-23', '%D')", "22nd", "23rd"),
    ("DATE_FORMAT(NULL, '%Y')", None),
    ("DATE_FORMAT('no date', '%Y')", None),
    # STR_TO_DATE
    ("STR_TO_DATE('03/15/2021', '%m/%d/%Y')", "2021-03-15"),
    ("STR_TO_DATE('3/5/2021', '%c/%e/%Y')", "2021-03-05"),
    ("STR_TO_DATE('May 1, 2013', '%M %d, %Y')", "2013-05-01"),
    ("STR_TO_DATE('2021-03-15 10:30:00', '%Y-%m-%d %H:%i:%s')", "2021-03-15T10:30:00"),
    ("STR_TO_DATE('2021-03-15 10:30 PM', '%Y-%m-%d %h:%i %p')", "2021-03-15T22:30:00"),
    ("STR_TO_DATE('abc', '%Y-%m-%d')", None),
    # Differences
    ("DATEDIFF('2007-12-31 23:59:59', '2007-12-30')", 1),
    ("DATEDIFF(day, at)", 0),
    ("TIMESTAMPDIFF(MONTH, '2003-02-01', '2003-05-01')", 3),
    ("TIMESTAMPDIFF(MONTH, '2020-01-31', '2020-02-29')", 0),
    ("TIMESTAMPDIFF(YEAR, '2002-05-01', '2001-01-01')", -1),
    ("TIMESTAMPDIFF(MINUTE, '2003-02-01', '2003-05-01 12:05:55')", 128_885),
    ("TIMESTAMPDIFF(QUARTER, '2020-01-01', '2021-01-01')", 4),
    ("TIMESTAMPDIFF(DAY, '2020-01-02', '2020-01-01 00:00:01')", 0),
    ("PERIOD_DIFF(200802, 200703)", 11),
    ("PERIOD_ADD(200801, 2)", 200_803),
    # Sums
    ("DATE_ADD('2018-05-01', INTERVAL 1 DAY)", "2018-05-02"),
    ("DATE_ADD('2024-01-31', INTERVAL 1 MONTH)", "2024-02-29"),
    ("DATE_ADD('2020-12-31 23:59:59', INTERVAL 1 SECOND)", "2021-01-01T00:00:00"),
    ("DATE_ADD('2100-12-31 23:59:59', INTERVAL '1:1' MINUTE_SECOND)", "2101-01-01T00:01:00"),
    ("DATE_ADD('1900-01-01 00:00:00', INTERVAL '-1 10' DAY_HOUR)", "1899-12-30T14:00:00"),
    ("DATE_ADD('2020-01-15', INTERVAL '1-2' YEAR_MONTH)", "2021-03-15"),
    ("DATE_ADD(day, INTERVAL 1 YEAR)", "2025-02-28"),
    ("DATE_ADD(day, INTERVAL 90 MINUTE)", "2024-02-29T01:30:00"),
    ("DATE_ADD(day, INTERVAL n DAY)", "2024-03-07"),
    ("DATE_SUB('2018-05-01', INTERVAL 1 YEAR)", "2017-05-01"),
    ("DATE_SUB(at, INTERVAL 1 WEEK)", "2024-02-22T15:04:05.678"),
    ("ADDDATE('2008-01-02', 31), SUBDATE('2008-01-02', 31)", "2008-02-02", "2007-12-02"),
    ("ADDDATE('2008-01-02', INTERVAL 1 QUARTER)", "2008-04-02"),
    ("SUBDATE(day, INTERVAL -1 DAY)", "2024-03-01"),
    ("day + INTERVAL 1 DAY, INTERVAL 1 DAY + day", "2024-03-01", "2024-03-01"),
    ("day - INTERVAL 1 MONTH", "2024-01-29"),
    ("day + INTERVAL (n - 6) DAY", "2024-03-01"),
    ("TIMESTAMPADD(WEEK, 1, '2003-01-02')", "2003-01-09"),
    ("LAST_DAY('2003-02-05'), LAST_DAY(at)", "2003-02-28", "2024-02-29"),
    # Parts of dates
    ("YEAR(at), QUARTER(at), MONTH(at), DAY(at), DAYOFMONTH(at)", 2024, 1, 2, 29, 29),
    ("HOUR(at), MINUTE(at), SECOND(at), MICROSECOND(at)", 15, 4, 5, 678_000),
    ("DAYOFWEEK('2007-02-03'), WEEKDAY('2007-02-03'), DAYOFYEAR('2007-02-03')", 7, 5, 34),
    ("MONTHNAME('2008-02-03'), DAYNAME('2007-02-03')", "February", "Saturday"),
    ("WEEK('2008-02-20'), WEEK('2008-02-20', 0), WEEK('2008-02-20', 1)", 7, 7, 8),
    ("WEEK('2008-12-31', 1), WEEK('2000-01-01', 0), WEEK('2000-01-01', 2)", 53, 0, 52),
    ("WEEK('2023-01-01', 3), WEEK('2023-01-01', 4), WEEK('2023-01-01', 5), WEEK('2023-01-01', 6)", 52, 1, 0, 1),
    ("WEEK('2023-01-01', 7), WEEK('2024-12-30', 3), WEEK('2024-12-30', 1), WEEK('2021-01-03', 1)", 52, 1, 53, 0),
    ("WEEKOFYEAR('2008-02-20')", 8),
    ("YEARWEEK('1987-01-01'), YEARWEEK('1987-01-01', 3), YEARWEEK('2024-12-30', 1)", 198_652, 198_701, 202_501),
    ("EXTRACT(YEAR FROM at), EXTRACT(MONTH FROM '2019-07-02')", 2024, 7),
    ("DATE('2003-12-31 01:02:03'), DATE(at), TIME(at)", "2003-12-31", "2024-02-29", "15:04:05.678"),
    ("MAKEDATE(2011, 32), TO_DAYS('2007-10-07'), FROM_DAYS(733321)", "2011-02-01", 733_321, "2007-10-07"),
    ("UNIX_TIMESTAMP('2015-11-13 10:20:19')", 1_447_410_019),
    ("FROM_UNIXTIME(1447430881)", "2015-11-13T16:08:01"),
    ("FROM_UNIXTIME(1447430881, '%Y %D %M %h:%i:%s')", "2015 13th November 04:08:01"),
    ("TIME_TO_SEC('22:23:00'), SEC_TO_TIME(2378)", 80_580, "00:39:38"),
    ("CURDATE() = CURRENT_DATE(), CURRENT_DATE = DATE(NOW())", 1, 1),
    ("ABS(TIMESTAMPDIFF(SECOND, NOW(), CURRENT_TIMESTAMP())) < 60, CURRENT_TIMESTAMP <= SYSDATE()", 1, 1),
    ("UNIX_TIMESTAMP() - UNIX_TIMESTAMP(NOW()) < 60", 1),
    ("CONVERT_TZ('2026-07-01 12:00:00', 'UTC', 'America/New_York')", "2026-07-01T08:00:00"),
    ("CONVERT_TZ('2026-01-15 12:00:00', 'Europe/Berlin', '-08:00')", "2026-01-15T03:00:00"),
    ("CONVERT_TZ('2026-07-01', '+00:00', '+05:30'), CONVERT_TZ('none', 'UTC', 'UTC')", "2026-07-01T05:30:00", None),
    ("CONVERT_TZ(at, 'SYSTEM', 'Asia/Tokyo'), CONVERT_TZ(NULL, 'UTC', 'UTC')", "2024-03-01T00:04:05.678", None),
    # JSON
    ("""JSON_EXTRACT('{"a": {"b": [1, "x"]}}', '$.a.b[1]'), JSON_EXTRACT('{"a": [1, 2]}', '$.a')""", '"x"', "[1,2]"),
    ("""JSON_EXTRACT('{"a": 1}', '$.b'), JSON_EXTRACT('no json', '$.a'), JSON_EXTRACT(NULL, '$')""", None, None, None),
    ("""JSON_UNQUOTE(JSON_EXTRACT('{"a": "ü"}', '$.a')), JSON_UNQUOTE('plain')""", "ü", "plain"),
    ("""JSON_VALUE('{"a": "x"}', '$.a'), JSON_VALUE('{"a": 2.5}', '$.a')""", "x", "2.5"),
    ("""JSON_VALUE('{"a": [1]}', '$.a'), JSON_VALUE('{"a": 1}', '$.b')""", None, None),
    ("""JSON_LENGTH('[1, 2, 3]'), JSON_LENGTH('{"a": 1, "b": [1, 2]}'), JSON_LENGTH('3')""", 3, 2, 1),
    ("""JSON_LENGTH('{"a": [1, 2]}', '$.a'), JSON_LENGTH('{"a": 1}', '$.b')""", 2, None),
    ("""JSON_VALID('{"a": 1}'), JSON_VALID('{a}'), JSON_VALID(NULL)""", 1, 0, None),
    # What becomes what by itself
    ("'5' + 1, 10 - '2.5', '2' * '3', '7' / 2", 6, 7.5, 6, 3.5),
    ("n = '7', n IN ('6', '7'), n BETWEEN '1' AND '9', n > '3'", 1, 1, 1, 1),
    ("n LIKE '7%', day LIKE '2024-%', f LIKE '2.5', n NOT LIKE '%8', NULL LIKE 'x'", 1, 1, 1, 1, None),
    ("IF(n, 'y', 'n'), n AND 1, NOT n", "y", 1, 0),
    ("day > '2024-01-01', at BETWEEN '2024-02-29' AND '2024-03-01'", 1, 1),
    # NULL and choices
    ("IFNULL(NULL, 10), IFNULL(1, 0), NULLIF(1, 1), NULLIF(1, 2)", 10, 1, None, 1),
    ("COALESCE(NULL, nothing, 1), ISNULL(nothing), nothing IS NULL", 1, 1, 1),
    ("IF(1 > 2, 2, 3), IF(n, 'yes', 'no'), IF(NULL, 1, 2)", 3, "yes", 2),
    (
        "CASE WHEN n > 5 THEN 'big' ELSE 'small' END, CASE n WHEN 7 THEN 'seven' END, CASE n WHEN 8 THEN 1 END",
        "big",
        "seven",
        None,
    ),
    ("GREATEST(2, 0), GREATEST(1, NULL), LEAST(34.0, 3.0, 5.0), LEAST(NULL, 1)", 2, None, 3, None),
    ("nothing <=> NULL, 1 <=> NULL, 1 XOR 1, NOT 0", 1, 0, 0, 1),
    ("3 IN (1, NULL), 1 IN (1, NULL)", None, 1),
    ("FIELD('Bb', 'Aa', 'Bb', 'Cc'), FIELD('x', 'y'), ELT(2, 'a', 'b'), ELT(3, 'a', 'b')", 2, 0, "b", None),
    # Texts
    ("CONCAT('My', 'S', 'QL'), CONCAT('My', NULL, 'QL'), CONCAT(14.3, n, day)", "MySQL", None, "14.372024-02-29"),
    ("CONCAT(f * 2, '!'), CONCAT(at, '')", "5!", "2024-02-29 15:04:05.678"),
    ("CONCAT_WS(',', 'First', NULL, 'Last'), CONCAT_WS(NULL, 'a', 'b')", "First,Last", None),
    ("SUBSTRING_INDEX('www.mysql.com', '.', 2), SUBSTRING_INDEX('www.mysql.com', '.', -2)", "www.mysql", "mysql.com"),
    ("SUBSTRING_INDEX('a.b', '.', 5), SUBSTRING_INDEX('a.b', '.', 0)", "a.b", ""),
    ("SUBSTRING('Quadratically', 5), SUBSTRING('Quadratically', 5, 6)", "ratically", "ratica"),
    ("SUBSTRING('Sakila', -3), SUBSTRING('Sakila', -5, 3), SUBSTRING('Sakila' FROM -4 FOR 2)", "ila", "aki", "ki"),
    ("SUBSTRING('abc', 0), SUBSTRING('abc', 9), SUBSTRING('abc', -9, 2), MID('abc', 2, 1)", "", "", "", "b"),
    ("LEFT('foobarbar', 5), RIGHT('foobarbar', 4), LEFT('abc', -1), RIGHT('abc', 9)", "fooba", "rbar", "", "abc"),
    ("LENGTH('text'), LENGTH('Ü'), CHAR_LENGTH('Ü'), CHARACTER_LENGTH(s)", 4, 2, 1, 13),
    ("INSTR('foobarbar', 'bar'), INSTR('xbar', 'foobar'), INSTR('abc', NULL)", 4, 0, None),
    (
        "LOCATE('bar', 'foobarbar'), LOCATE('bar', 'foobarbar', 5), LOCATE('x', 'a', 9), POSITION('b' IN 'ab')",
        4,
        7,
        0,
        2,
    ),
    ("REPLACE('www.mysql.com', 'w', 'Ww'), REPLACE('a', '', 'x')", "WwWwWw.mysql.com", "a"),
    ("TRIM('  bar   '), TRIM(LEADING 'x' FROM 'xxxbarxxx'), TRIM(BOTH 'x' FROM 'xxxbarxxx')", "bar", "barxxx", "bar"),
    ("TRIM(TRAILING 'xyz' FROM 'barxxyz'), TRIM('x' FROM 'xax'), LTRIM('  a '), RTRIM(' a ')", "barx", "a", "a ", " a"),
    (
        "LPAD('hi', 4, '??'), LPAD('hi', 1, '??'), RPAD('hi', 5, '?!'), LPAD('x', -1, 'y'), LPAD(n, 3)",
        "??hi",
        "h",
        "hi?!?",
        None,
        "  7",
    ),
    ("UPPER('hej Ü'), UCASE('a'), LOWER('QUADRATICALLY'), LCASE('B')", "HEJ Ü", "A", "quadratically", "b"),
    ("REVERSE('abc'), REPEAT('ab', 2), REPEAT('a', -1), SPACE(2)", "cba", "abab", "", "  "),
    ("ASCII('2'), CHAR(77, 121), INSERT('Quadratic', 3, 4, 'What')", 50, "My", "QuWhattic"),
    ("FIND_IN_SET('b', 'a,b,c'), FIND_IN_SET('x', 'a,b'), STRCMP('a', 'b')", 2, 0, -1),
    ("FORMAT(12332.1234, 2), FORMAT(12332.2, 0)", "12,332.12", "12,332"),
    ("SPLIT_PART('a-b-c', '-', 2), SPLIT_PART('a', '-', 2), INITCAP('the END')", "b", "", "The End"),
    ("'it''s', \"dq\", 'back\\\\slash', 'new\\nline'", "it's", "dq", "back\\slash", "new\nline"),
    ("MD5('testing')", "ae2b1fca515949e5d54fb22b8ed95575"),
    # Patterns
    ("'David!' LIKE 'David_', 'David!' LIKE '%D%v%', 'David' LIKE 'david'", 1, 1, 0),
    ("'50%' LIKE '50\\\\%', '500' LIKE '50\\\\%', 'a|%' LIKE 'a||%' ESCAPE '|', 'ab' NOT LIKE 'a%'", 1, 0, 1, 0),
    ("'fo\\nfo' REGEXP '^fo', 'Ban' REGEXP '^Ba*n', 'x' NOT REGEXP 'y', 'new*' RLIKE 'new.'", 1, 1, 1, 1),
    ("REGEXP_LIKE('Michael!', '.*'), REGEXP_LIKE('abc', 'ABC'), REGEXP_LIKE('abc', 'ABC', 'i')", 1, 0, 1),
    (
        "REGEXP_REPLACE('a b c', 'b', 'X'), REGEXP_SUBSTR('abc def', '[a-z]+'), REGEXP_SUBSTR('1', '[a-z]')",
        "a X c",
        "abc",
        None,
    ),
    # Numbers
    ("ROUND(-1.58), ROUND(1.298, 1), ROUND(1.298, 0), ROUND(23.298, -1)", -2, 1.3, 1, 20),
    ("ROUND(2.5), ROUND(-2.5), ROUND(f), ROUND(-f), ROUND(25, -1)", 3, -3, 2, -2, 30),
    ("TRUNCATE(1.223, 1), TRUNCATE(1.999, 0), TRUNCATE(-1.999, 1), TRUNCATE(122, -2)", 1.2, 1, -1.9, 100),
    ("MOD(234, 10), 253 % 7, MOD(29, 9), -7 MOD 2, MOD(34.5, 3), 5 % 0, MOD(5, 0)", 4, 1, 2, -1, 1.5, None, None),
    ("1 / 0, 7 / 2, 6 / 3, 102 / (1 - 1), n / 0.0", None, 3.5, 2, None, None),
    ("5 DIV 2, -5 DIV 2, 7.9 DIV 2, 5 DIV 0, 9007199254740993 DIV 1", 2, -2, 3, None, 9_007_199_254_740_993),
    ("POWER(2, 3), POW(2, -2), SQRT(4), SQRT(-1), EXP(0)", 8, 0.25, 2, None, 1),
    ("LN(1), LOG(1), LOG(2, 65536), LOG2(8), LOG10(100), LN(0), LOG(-2)", 0, 0, 16, 3, 2, None, None),
    ("ABS(-32), SIGN(-32), CEILING(1.23), CEIL(-1.23), FLOOR(-1.23)", 32, -1, 2, -1, -2),
    ("ACOS(2), PI() > 3.14, DEGREES(PI()), ATAN(1) = ATAN2(1, 1), RAND() < 1", None, 1, 180, 1, 1),
    ("1 + 1, 3 - 5, 2 * 3.5, -n, 5 & 3, 5 | 3, 1 << 2", 2, -2, 7, -7, 1, 7, 4),
    ("CAST('12' AS SIGNED), CAST(n AS CHAR), CAST('2.345' AS DECIMAL(10, 2)), CAST(2.6 AS DECIMAL)", 12, "7", 2.35, 3),
    (
        "CAST('2020-01-02' AS DATE), CAST('x' AS DATE), CAST('2020-01-02' AS DATETIME), CONVERT(n, CHAR(1))",
        "2020-01-02",
        None,
        "2020-01-02T00:00:00",
        "7",
    ),
    ("DATE '2020-01-02', TIMESTAMP '2020-01-02 03:04:05'", "2020-01-02", "2020-01-02T03:04:05"),
    # Aggregates and windows
    (
        "COUNT(*), COUNT(nothing), COUNT(DISTINCT n, s), COUNT(DISTINCT n, nothing), SUM(n > 5), AVG(n)",
        1,
        0,
        1,
        0,
        1,
        7,
    ),
    ("STD(n), VAR_POP(n), STDDEV_SAMP(n), MIN(s), MAX(day)", 0, 0, None, "Ünicode, text", "2024-02-29"),
    ("GROUP_CONCAT(n), GROUP_CONCAT(DISTINCT n ORDER BY n DESC SEPARATOR ';')", "7", "7"),
    ("ROW_NUMBER() OVER (ORDER BY n), SUM(n) OVER (PARTITION BY s), LAG(n) OVER (ORDER BY n)", 1, 7, None),
    ("`we``ird \"na'me`, t.`n`, `N`", "a", 7, 7),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    yield connection
    connection.close()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_an_expression_is_what_it_is_in_mysql(row: tuple[Any, ...], engine: duckdb.DuckDBPyConnection) -> None:
    sql, *expected = row
    translated = translate(f"SELECT {sql} FROM table t", "some-id", columns=COLUMN_TYPES).sql
    source = f"WITH {SOURCE} AS ({ROW})"
    Macros().make(engine, translated)
    kinds = [kind for _, kind, *_ in engine.execute(f"DESCRIBE {source} {translated}").fetchall()]
    cells = [(f"x{number}", str(kind)) for number, kind in enumerate(kinds)]
    names = ", ".join(name for name, _ in cells)

    told = engine.execute(f"{source} SELECT {rendering.json_row(cells)} FROM ({translated}) r({names})").fetchall()

    assert expected == orjson.loads(told[0][0])


REFUSED = [
    # Files, the network, the engine's own tables and settings
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    "SELECT * FROM read_blob('/etc/*')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM `/etc/passwd`",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM duckdb_tables()",
    "SELECT * FROM duckdb_functions()",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM range(10)",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('v1')",
    "SELECT * FROM JSON_TABLE('[]', '$' COLUMNS(x INT PATH '$')) j",
    "SELECT * FROM table, LATERAL (SELECT 1) x",
    "SELECT * FROM table TABLESAMPLE (10 PERCENT)",
    "SELECT * FROM table PIVOT (SUM(n) FOR s IN ('a'))",
    "SELECT * FROM UNNEST(ARRAY[1])",
    "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM table",
    "SELECT n FROM table WHERE n IN (SELECT 1 FROM duckdb_settings())",
    "SELECT n FROM table UNION SELECT name FROM duckdb_secrets()",
    "WITH x AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM x",
    "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT * FROM x",
    "SELECT getenv('HOME') FROM table",
    "SELECT getvariable('x') FROM table",
    "SELECT current_setting('temp_directory') FROM table",
    "SELECT read_text('/etc/passwd') FROM table",
    "SELECT LOAD_FILE('/etc/passwd') FROM table",
    "SELECT DATABASE(), VERSION(), USER() FROM table",
    "SELECT CURRENT_USER FROM table",
    "SELECT SLEEP(10) FROM table",
    "SELECT domo_now() FROM table",
    "SELECT domo_text(n) FROM table",
    "SELECT nextval('x') FROM table",
    "SELECT write_log('x') FROM table",
    "SELECT @@version FROM table",
    "SELECT @x FROM table",
    "SELECT @x := 1 FROM table",
    "SELECT ? FROM table",
    "SELECT n->'$.x' FROM table",
    "SELECT n INTO OUTFILE '/tmp/x' FROM table",
    "SELECT n FROM table FOR UPDATE",
    "SELECT INTERVAL 1 DAY FROM table",
    "SELECT n COLLATE nocase FROM table",
    # Other statements, and more than one
    "COPY table TO '/tmp/x'",
    "ATTACH '/tmp/x.db'",
    "PRAGMA version",
    "CREATE MACRO f(x) AS x",
    "CREATE VIEW x AS SELECT 1",
    "SET memory_limit = '1GB'",
    "RESET ALL",
    "LOAD httpfs",
    "EXPORT DATABASE '/tmp/x'",
    "CHECKPOINT",
    "SHOW TABLES",
    "DESCRIBE table",
    "SUMMARIZE table",
    "USE memory",
    "BEGIN",
    "VALUES ROW(1)",
    "SELECT n FROM table; DROP TABLE v1",
    "SELECT n FROM table /* */; SELECT 1",
    "SELECT n FROM table -- \n; SELECT 1",
    "SELECT n FROM table # hidden\n; COPY table TO '/tmp/x'",
    "SELECT n FROM table;;SELECT 1",
    "",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_statements_that_reach_further_than_the_dataset_are_refused(sql: str) -> None:
    with pytest.raises(HTTPError) as refused:
        translate(sql, "some-id", columns=COLUMN_TYPES)

    assert 400 == refused.value.status


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n -- */ ; SELECT content FROM read_text('/etc/passwd') /*\nFROM table",
        "SELECT n /* ; DROP TABLE v1 */ FROM table",
        "SELECT '; DROP TABLE v1' AS `x; DROP TABLE v1 --` FROM table",
        "SELECT /*!50000 evil() */ n FROM table",
    ],
)
def test_comments_and_texts_carry_nothing_along(sql: str, engine: duckdb.DuckDBPyConnection) -> None:
    translated = translate(sql, "some-id", columns=COLUMN_TYPES).sql

    assert "/*" not in translated
    assert 1 == len(duckdb.extract_statements(translated))
    assert 1 == len(engine.execute(f"WITH {SOURCE} AS ({ROW}) {translated}").fetchall())


@pytest.fixture
async def instance() -> AsyncIterator[PlainClient]:
    async with plain_client() as plain:
        yield plain


COLUMNS = {"Order Id": "LONG", "user": "STRING", "on": "DATE", "amount": "DOUBLE"}
ROWS = b"1,Ada,2024-01-31,10.5\n2,Bob,2024-02-29,20\n3,Ada,,\n"


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT user FROM table WHERE `Order Id` = 2", [["Bob"]]),
        ("SELECT `Order Id` FROM `Web Orders` LIMIT 1, 2", [[2], [3]]),
        ("SELECT `Order Id` FROM `{id}` LIMIT 1 OFFSET 2", [[3]]),
        ("SELECT `Order Id` FROM `web orders` `w` ORDER BY `w`.amount", [[3], [1], [2]]),
        ("SELECT `Order Id` FROM dataset ORDER BY amount DESC", [[2], [1], [3]]),
        ("SELECT UPPER(user) who, SUM(amount) FROM dataset0 GROUP BY who HAVING COUNT(*) > 1", [["ADA", 10.5]]),
        (
            "SELECT YEAR(`on`) y, MONTH(`on`) m, COUNT(*) FROM table GROUP BY 1, 2 ORDER BY y, m",
            [[None, None, 1], [2024, 1, 1], [2024, 2, 1]],
        ),
        ("SELECT `on` + INTERVAL 1 MONTH FROM table ORDER BY 1", [[None], ["2024-02-29"], ["2024-03-29"]]),
        ("SELECT DISTINCT user FROM table WHERE user LIKE 'A%'", [["Ada"]]),
        (
            "SELECT user, RANK() OVER (PARTITION BY user ORDER BY `Order Id`) r FROM table ORDER BY r DESC LIMIT 1",
            [["Ada", 2]],
        ),
        ("SELECT COUNT(*) FROM table a JOIN table b ON a.user = b.user", [[5]]),
    ],
)
async def test_a_dataset_is_asked_by_all_its_names(sql: str, rows: list[list[Any]], instance: PlainClient) -> None:
    dataset = await instance.create(COLUMNS, "Web Orders")
    await instance.upload(dataset, ROWS)

    assert rows == await instance.rows(dataset, sql.format(id=dataset))


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT x FROM table", "Invalid column(s) referenced: x"),
        ("SELECT t.`a b` FROM table t", "Invalid column(s) referenced: a b"),
        ("SELECT EVIL(1) FROM table", "Unknown function: EVIL"),
        ("SELECT LEFT(user) FROM table", "LEFT takes 2 arguments, not 1"),
        ("SELECT DATE_FORMAT(`on`, user) FROM table", "The format must be a quoted text in the query"),
        ("SELECT * FROM elsewhere", "Unknown table: elsewhere"),
    ],
)
async def test_an_error_says_what_is_wrong(sql: str, says: str, instance: PlainClient) -> None:
    dataset = await instance.create(COLUMNS)

    assert says == (await instance.query(dataset, sql, status=400))["message"]


async def test_several_clients_ask_at_the_same_time(instance: PlainClient) -> None:
    dataset = await instance.create(COLUMNS)
    await instance.upload(dataset, ROWS)
    sqls = [f"SELECT SUM(`Order Id`) + {n} FROM table" for n in range(50)]

    answers = await asyncio.gather(*(instance.rows(dataset, sql) for sql in sqls))

    assert [[[6 + n]] for n in range(50)] == answers


async def test_more_rows_than_a_result_may_have_are_refused_but_exported() -> None:
    async with plain_client(result_limit=2) as instance:
        dataset = await instance.create(COLUMNS)
        await instance.upload(dataset, ROWS)

        told = await instance.query(dataset, status=400)
        assert "more than 2 rows" in told["message"]
        assert 2 == len(await instance.rows(dataset, "SELECT * FROM table LIMIT 2"))
        assert 3 == (await instance.export(dataset)).count(b"\n")
