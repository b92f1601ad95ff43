"""The query string of ``/data/v1/{alias}``, converted to Domo's SQL.

Names may be quoted, as Domo's library for such queries writes them.

Emulator-defined, as Domo's documentation does not say it: a period to date and a rolling period end now, in UTC; a
rolling period begins the given number of units earlier; weeks begin on Mondays; weeks are called ``2025-W07``, months
``2025-02`` and quarters ``2025-Q1``; results grained by date are ordered by it; ``calendar=fiscal`` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from attrs import evolve, field, frozen

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.sql import quoted_name, quoted_text

__all__ = ["DataQuery"]

_NUMERIC = frozenset({"LONG", "DOUBLE", "DECIMAL"})
_AGGREGATES = {
    "avg": "AVG({})",
    "count": "COUNT({})",
    "max": "MAX({})",
    "min": "MIN({})",
    "sum": "SUM({})",
    "unique": "COUNT(DISTINCT {})",
}
_GRAINS = {
    "day": ("Date", "DATE({})"),
    "week": ("CalendarWeek", "DATE_FORMAT({}, '%x-W%v')"),
    "month": ("CalendarMonth", "DATE_FORMAT({}, '%Y-%m')"),
    "quarter": ("CalendarQuarter", "CONCAT(YEAR({0}), '-Q', QUARTER({0}))"),
    "year": ("Year", "YEAR({})"),
}
_KNOWN = frozenset({*_AGGREGATES, *("calendar", "dategrain", "fields", "filter", "groupby")}) | frozenset(
    {"limit", "offset", "orderby", "usebeastmode"}
)
_SIGNS = {"==": "=", "=": "=", "!=": "<>", "<=": "<=", ">=": ">=", "<": "<", ">": ">"}
_OPERATOR = re.compile(
    r"\s*(<=|>=|!=|==|=|<|>|!~|~|(?:!contains|contains|!in|in|todate|last)(?=[\s(\[]|$))\s*", re.IGNORECASE
)
_LAST = re.compile(r"(\d{1,6})\s+(hour|day|week|month|quarter|year)s?", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MOST = 1_000_000


@frozen
class DataQuery:
    """A query of an app.

    Attributes:
        columns: The names and types of the dataset's columns.
        aliases: The columns' names by the app's names for them; empty if all columns go by their own names.
        now: The current time.
        formulas: The formulas of Beast Modes by name, which are available if the query says that it uses any.
    """

    columns: Mapping[str, str]
    aliases: Mapping[str, str]
    now: datetime
    formulas: Mapping[str, str] = field(factory=dict)

    def sql(self, query: Mapping[str, str]) -> str:
        """Return the SQL for a query string.

        Raises:
            HTTPError: 400, if the query string is invalid.
        """
        given = {key.lower(): value for key, value in query.items()}
        if unknown := given.keys() - _KNOWN:
            raise HTTPError(400, f"Unknown query operators: {', '.join(sorted(unknown))}")
        if self.formulas and given.get("usebeastmode", "").lower() != "true":
            return evolve(self, formulas={}).sql(query)
        if given.get("calendar", "standard").lower() != "standard":
            raise HTTPError(400, "Only calendar=standard is supported")
        aggregates = self._aggregates(given)
        groups = [self._called(_unquoted(name)) for name in _split(given.get("groupby", ""))]
        grain = self._grain(given.get("dategrain"))
        selected = self._selected(given, aggregates, groups, grain)
        parts = [f"SELECT {', '.join(selected)} FROM table"]  # noqa: S608 - names are quoted, values are literals
        if conditions := [self._condition(each) for each in _split(given.get("filter", ""))]:
            parts.append(f"WHERE {' AND '.join(conditions)}")
        grouped = [self._column(name) for name in groups] + ([] if grain is None else [grain[1]])
        if grouped:
            parts.append(f"GROUP BY {', '.join(grouped)}")
        orders = [self._order(each) for each in _split(given.get("orderby", ""))]
        if orders := orders or ([] if grain is None else [grain[1]]):
            parts.append(f"ORDER BY {', '.join(orders)}")
        limit, offset = (_whole(given.get(key), key) for key in ("limit", "offset"))
        if limit is not None or offset is not None:
            parts.append(f"LIMIT {_MOST if limit is None else limit} OFFSET {offset or 0}")
        return " ".join(parts)

    def _selected(
        self,
        given: Mapping[str, str],
        aggregates: Mapping[str, str],
        groups: Sequence[str],
        grain: tuple[str, str, str] | None,
    ) -> list[str]:
        """Return the selected expressions, each under the name that the app gets."""
        fields = [self._called(_unquoted(name)) for name in _split(given.get("fields", ""))] or list(
            self.aliases or self.columns
        )
        if aggregates and not groups and grain is None:
            fields = list(aggregates)
        elif groups or grain is not None:
            # By default numbers are summed, and distinct values of other columns are counted; not with Beast Modes.
            plain = given.get("usebeastmode", "").lower() == "true"
            aggregates = {**({} if plain else {name: self._usual(name) for name in fields}), **aggregates}
            fields = list(dict.fromkeys([*(name for name in groups if name not in fields), *fields, *aggregates]))
        if grain is not None:
            fields = [name for name in fields if name not in {grain[0], grain[2]}]
        selected = [] if grain is None else [f"{grain[1]} AS {quoted_name(grain[0])}"]
        for name in fields:
            how = "{}" if name in groups else aggregates.get(name, "{}")
            selected.append(f"{how.format(self._column(name))} AS {quoted_name(name)}")
        return selected

    def _usual(self, name: str) -> str:
        numeric = self._is_numeric(name)
        return _AGGREGATES["sum" if numeric else "unique"]

    def _aggregates(self, given: Mapping[str, str]) -> dict[str, str]:
        return {
            self._called(_unquoted(name)): how
            for key, how in _AGGREGATES.items()
            for name in _split(given.get(key, ""))
        }

    def _grain(self, given: str | None) -> tuple[str, str, str] | None:
        """Return the new column's name, its expression, and the column that it stands for."""
        if not given:
            return None
        name, _, unit = given.rpartition(" by ")
        if unit.strip().lower() not in _GRAINS:
            raise HTTPError(400, f"dategrain must be a date and one of {', '.join(_GRAINS)}, such as 'date by month'")
        called = self._called(_unquoted(name.strip()))
        column, how = _GRAINS[unit.strip().lower()]
        return column, how.format(self._column(called)), called

    def _condition(self, text: str) -> str:
        """Return a filter as SQL. A column's name may hold any characters, so that the longest match counts."""
        names = sorted({*self.aliases, *self.columns, *self.formulas}, key=len, reverse=True)
        for name in names:
            for written in (f"'{name}'", f'"{name}"', name):
                if text.startswith(written) and (found := _OPERATOR.match(text, len(written))) is not None:
                    return self._compared(self._called(name), found[1].lower(), text[found.end() :].strip())
        raise HTTPError(400, f"Cannot parse the filter: {text}")

    def _compared(self, name: str, operator: str, value: str) -> str:
        column, numeric = self._column(name), self._is_numeric(name)
        if operator in _SIGNS:
            if self._source(name) in self.formulas:
                # The type of a Beast Mode is not known; digits are a number, unless they are quoted.
                numeric = _NUMBER.fullmatch(value) is not None
            return f"{column} {_SIGNS[operator]} {_literal(_unquoted(value), numeric=numeric)}"
        if operator in {"~", "contains", "!~", "!contains"}:
            pattern = _escaped(_unquoted(value))
            negated = "NOT " if operator.startswith("!") else ""
            return f"{column} {negated}LIKE {quoted_text(f'%{pattern}%')}"
        if operator in {"in", "!in"}:
            values = ", ".join(_literal(each, numeric=numeric) for each in _values(value))
            return f"{column} {'NOT ' if operator.startswith('!') else ''}IN ({values})"
        unit = value.strip().lower()
        if operator == "last" and unit in _GRAINS:
            # The whole preceding period.
            end = self._begin_of(unit, self.now.date())
            begin = self._begin_of(unit, end - timedelta(days=1))
            return f"({column} >= {quoted_text(begin.isoformat())} AND {column} < {quoted_text(end.isoformat())})"
        since = self._begin_of(unit, self.now.date()).isoformat() if operator == "todate" else self._last(value)
        return f"({column} >= {quoted_text(since)} AND {column} <= {quoted_text(f'{self.now:%Y-%m-%d %H:%M:%S}')})"

    @staticmethod
    def _begin_of(unit: str, day: date) -> date:
        """Return the first day of the period that a day is in."""
        if unit == "day":
            return day
        if unit == "week":
            return day - timedelta(days=day.weekday())
        if unit in _MONTHS:
            return date(day.year, (day.month - 1) // _MONTHS[unit] * _MONTHS[unit] + 1, 1)
        raise HTTPError(400, f"todate takes one of {', '.join(_GRAINS)}")

    def _last(self, value: str) -> str:
        found = _LAST.fullmatch(value.strip())
        if found is None:
            raise HTTPError(400, "last takes a number of hours, days, weeks, months, quarters or years")
        count, unit = int(found[1]), found[2].lower()
        try:
            if unit == "hour":
                return f"{self.now - timedelta(hours=count):%Y-%m-%d %H:%M:%S}"
            if unit in {"day", "week"}:
                return (self.now.date() - timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
            months = self.now.year * 12 + self.now.month - 1 - count * _MONTHS[unit]
            year, month = divmod(months, 12)
            first = date(year, month + 1, 1)
        except (OverflowError, ValueError) as error:
            raise HTTPError(400, f"{value} is too long ago") from error
        last_day = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)).day
        return first.replace(day=min(self.now.day, last_day)).isoformat()

    def _order(self, text: str) -> str:
        name, _, direction = text.rpartition(" ")
        if direction.lower() in {"ascending", "descending"}:
            called = self._called(_unquoted(name.strip()))
        else:
            called, direction = self._called(_unquoted(text)), "ascending"
        return f"{self._column(called)} {'DESC' if direction.lower() == 'descending' else 'ASC'}"

    def _called(self, name: str) -> str:
        """Return the name by which the app gets a column: its alias, if it has one."""
        if name in self.aliases or (name in {*self.columns, *self.formulas} and not self.aliases):
            return name
        alias = next((alias for alias, column in self.aliases.items() if column == name), None)
        if alias is None and name not in {*self.columns, *self.formulas}:
            raise HTTPError(400, f"The column {name} does not exist")
        return alias or name

    def _source(self, name: str) -> str:
        source = self.aliases.get(name, name)
        if source not in self.columns and source not in self.formulas:
            raise HTTPError(400, f"The manifest maps {name} to the column {source}, which the dataset does not have")
        return source

    def _is_numeric(self, name: str) -> bool:
        return self.columns.get(self._source(name)) in _NUMERIC

    def _column(self, name: str) -> str:
        source = self._source(name)
        return quoted_name(source) if source in self.columns else f"({self.formulas[source]})"


def _split(text: str) -> list[str]:
    """Return the parts of a list that are separated by commas outside of quotes and brackets."""
    return [part for part in map(str.strip, _parts(text)) if part]


def _parts(text: str) -> Iterator[str]:
    depth, quote, begin = 0, "", 0
    for index, character in enumerate(text):
        if quote:
            if character == quote and text[index - 1] != "\\":
                quote = ""
        elif character in "\"'":
            quote = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == "," and depth <= 0:
            yield text[begin:index]
            begin = index + 1
    yield text[begin:]


def _values(text: str) -> list[str]:
    try:
        values: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        values = [_unquoted(each) for each in _split(text.strip().strip("[]()"))]
    if not isinstance(values, list) or not values:
        raise HTTPError(400, 'in takes an array of values, such as ["a","b"]')
    return [str(each) for each in values]


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].replace(f"\\{text[0]}", text[0])
    return text


def _literal(value: str, *, numeric: bool) -> str:
    if not numeric:
        return quoted_text(value)
    if not _NUMBER.fullmatch(value.strip()):
        raise HTTPError(400, f"{value!r} is not a number")
    return value.strip()


def _escaped(value: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", value)


def _whole(value: str | None, key: str) -> int | None:
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 12:
        raise HTTPError(400, f"{key} must be a whole number of at least 0")
    return int(value)
