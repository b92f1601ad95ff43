"""Stand-ins for language models: filled templates, summaries, SQL for questions, and embeddings.

All of it is emulator-defined and deterministic. The functions are pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import shake_128
from typing import Any

from attrs import frozen

from domo_async._emulator.sql import quoted_name, quoted_text

__all__ = ["Column", "Table", "fill", "summary", "to_sql", "vector"]

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a an and are as at be but by for from had has have he her his i if in into is it its more not of on or our "
        "she so such than that the their them there they this to was we were what when which who will with you your"
    )
)


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Return a template with each ``${name}`` replaced by its value; names without a value stay as they are."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), template)


def vector(words: Sequence[str], size: int) -> list[float]:
    """Return a vector of length 1 (zeros for no words) that is close to those of inputs with the same words."""
    sums = [0.0] * size
    for word in words:
        digest = shake_128(word.encode()).digest(size)
        for index in range(size):
            sums[index] += digest[index] / 127.5 - 1
    length = sum(number * number for number in sums) ** 0.5
    return [number / length for number in sums] if length else sums


# -- summaries -------------------------------------------------------------------------------------------------


def summary(content: str, *, style: str, least: int, most: int) -> str:
    """Return the most significant sentences of a text, in their order.

    Args:
        content: The text.
        style: ``BULLETED``, ``NUMBERED`` or ``PARAGRAPH``.
        least: The fewest words to return, if the text has as many.
        most: The most words; the last sentence is cut to stay within it.
    """
    sentences = [words for line in _SENTENCE_END.split(content) if (words := line.split())]
    frequency = Counter(word for sentence in sentences for word in _meaningful(sentence))
    ranked = sorted(
        range(len(sentences)),
        key=lambda number: (-_weight(sentences[number], frequency), number),
    )
    chosen: dict[int, list[str]] = {}
    length = 0
    for number in ranked:
        room = most - length
        words = sentences[number]
        if len(words) > room and length >= least and chosen:
            continue
        chosen[number] = words if len(words) <= room else _cut(words, room)
        length += len(chosen[number])
        if length >= most:
            break
    lines = [" ".join(chosen[number]) for number in sorted(chosen) if chosen[number]]
    if style == "BULLETED":
        return "\n".join(f"- {line}" for line in lines)
    if style == "NUMBERED":
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    return " ".join(lines)


def _meaningful(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        for plain in _WORD.findall(word.lower()):
            if plain not in _STOP_WORDS:
                yield plain


def _weight(words: Sequence[str], frequency: Mapping[str, int]) -> float:
    return sum(frequency[word] for word in set(_meaningful(words))) / len(words)


def _cut(words: Sequence[str], room: int) -> list[str]:
    kept = list(words[:room])
    if kept:
        kept[-1] = kept[-1].rstrip(",;:.") + "."
    return kept


# -- questions -------------------------------------------------------------------------------------------------


@frozen
class Column:
    """A column that the SQL may use, with its Domo type."""

    name: str
    type: str

    @property
    def is_number(self) -> bool:
        """Whether its values can be summed."""
        return self.type in _NUMBERS

    @property
    def is_date(self) -> bool:
        """Whether its values are dates or times."""
        return self.type in {"DATE", "DATETIME"}


@frozen
class Table:
    """A table that the SQL may query."""

    name: str
    columns: tuple[Column, ...]
    description: str = ""


_NUMBERS = frozenset({"LONG", "DOUBLE", "DECIMAL"})
_AGGREGATES = {
    "SUM": ("total", "sum", "overall"),
    "AVG": ("average", "avg", "mean"),
    "MAX": ("maximum", "max", "highest", "largest", "biggest", "latest"),
    "MIN": ("minimum", "min", "lowest", "smallest", "earliest"),
    "COUNT": ("count", "many", "number"),
}
_AGGREGATE_OF = {word: function for function, words in _AGGREGATES.items() for word in words}
_ALIASES = {"SUM": "total", "AVG": "average", "MAX": "max", "MIN": "min", "COUNT": "count"}
_MEASURES = frozenset(
    {"sales", "sale", "revenue", "amount", "price", "cost", "value", "quantity", "profit", "turnover"}
)
_DISTINCT = frozenset({"distinct", "unique", "different"})
_GROUPING = frozenset({"by", "per", "each", "every"})
_ENDS_GROUPING = frozenset({"where", "with", "over", "above", "below", "under", "than", "in", "for", "from", "only"})
_PERIODS = {
    "year": "YEAR({})",
    "quarter": "QUARTER({})",
    "month": "DATE_FORMAT({}, '%Y-%m')",
    "day": "DATE_FORMAT({}, '%Y-%m-%d')",
}
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?|[^\W\d_]\w*")
_RANKING = {"top": "DESC", "best": "DESC", "bottom": "ASC", "worst": "ASC"}
_COMPARISONS = {
    ("at", "least"): ">=",
    ("at", "most"): "<=",
    ("more", "than"): ">",
    ("greater", "than"): ">",
    ("less", "than"): "<",
    ("fewer", "than"): "<",
    ("above",): ">",
    ("over",): ">",
    ("below",): "<",
    ("under",): "<",
}


def to_sql(question: str, tables: Sequence[Table]) -> str:
    """Return SQL that answers a question about one of the tables, by the words that match columns' names."""
    words = [_singular(word) for word in _TOKEN.findall(question)]
    table = max(tables, key=lambda each: _relevance(each, words))
    return _Reading(words, table).sql()


def _relevance(table: Table, words: Sequence[str]) -> tuple[int, int]:
    columns = sum(bool(_mentions(words, column)) for column in table.columns)
    names = (table.name, table.description, *(column.name for column in table.columns))
    return columns, len({part for name in names for part in _parts(name)} & set(words))


@frozen
class _Mention:
    """A mention of a column in a question: the column, and the positions at which its name begins and ends."""

    column: Column
    begin: int
    end: int


class _Reading:
    """The interpretation of a question about a table."""

    def __init__(self, words: Sequence[str], table: Table) -> None:
        self._words = words
        self._table = table
        self._mentions = _all_mentions(words, table)
        self._filters, filtered = self._read_filters()
        self._mentions = [mention for mention in self._mentions if mention not in filtered]
        self._ranking = next((number for number, word in enumerate(words) if word in _RANKING), None)
        self._groups = self._read_groups()

    def sql(self) -> str:
        keys = [key for key, _ in self._groups]
        selected = [key if alias is None else f"{key} AS {quoted_name(alias)}" for key, alias in self._groups]
        function = self._function()
        if function is None and not keys:
            return self._rows()
        measure, alias = self._measure(function or "SUM")
        parts = [f"SELECT {', '.join([*selected, f'{measure} AS {quoted_name(alias)}'])}", *self._source()]
        if keys:
            parts.append(f"GROUP BY {', '.join(keys)}")
        if keys and self._ranking is not None:
            parts.append(f"ORDER BY {measure} {_RANKING[self._words[self._ranking]]} LIMIT {self._how_many()}")
        elif any(alias in _PERIODS for _, alias in self._groups):
            parts.append(f"ORDER BY {', '.join(keys)}")
        return " ".join(parts)

    def _rows(self) -> str:
        """Return the SQL of rows as they are."""
        named = ", ".join(dict.fromkeys(quoted_name(mention.column.name) for mention in self._mentions)) or "*"
        distinct = "DISTINCT " if _DISTINCT & set(self._words) and named != "*" else ""
        parts = [f"SELECT {distinct}{named}", *self._source()]
        if self._ranking is not None:
            numbers = [mention.column for mention in self._mentions if mention.column.is_number]
            if numbers:
                parts.append(f"ORDER BY {quoted_name(numbers[-1].name)} {_RANKING[self._words[self._ranking]]}")
            parts.append(f"LIMIT {self._how_many()}")
        return " ".join(parts)

    def _source(self) -> Iterator[str]:
        yield f"FROM {quoted_name(self._table.name)}"
        if self._filters:
            yield f"WHERE {' AND '.join(self._filters)}"

    def _how_many(self) -> str:
        after = self._words[self._ranking + 1] if self._ranking is not None and self._has(self._ranking + 1) else ""
        return after if after.isdecimal() else "10"

    def _has(self, index: int) -> bool:
        return index < len(self._words)

    def _function(self) -> str | None:
        named = next((_AGGREGATE_OF[word] for word in self._words if word in _AGGREGATE_OF), None)
        if named is not None or self._groups:
            return named
        # A word such as "sales" asks for a sum only if it is not the name of a column.
        return "SUM" if _MEASURES & set(self._words) and not self._mentions else None

    def _measure(self, function: str) -> tuple[str, str]:
        """Return the expression of the measure, and its name."""
        grouped = {key for key, _ in self._groups}
        left = [mention.column for mention in self._mentions if quoted_name(mention.column.name) not in grouped]
        if function == "COUNT":
            if left and _DISTINCT & set(self._words):
                return f"COUNT(DISTINCT {quoted_name(left[0].name)})", f"count_{_alias(left[0].name)}"
            return "COUNT(*)", "count"
        usable = [column for column in left if column.is_number]
        if function in {"MAX", "MIN"} and not usable:
            usable = left
        column = next(iter(usable), None) or self._usual_measure(grouped)
        if column is None:
            return "COUNT(*)", "count"
        spoken = next((word for word in self._words if word in _MEASURES), "")
        name = "sales" if spoken == "sale" else spoken or _alias(column.name)
        return f"{function}({quoted_name(column.name)})", f"{_ALIASES[function]}_{name}"

    def _usual_measure(self, grouped: set[str]) -> Column | None:
        numbers = [
            column for column in self._table.columns if column.is_number and quoted_name(column.name) not in grouped
        ]
        usual = (column for column in numbers if _MEASURES & set(_parts(column.name)))
        likely = (column for column in numbers if "id" not in _parts(column.name))
        return next(usual, None) or next(likely, None)

    def _read_groups(self) -> list[tuple[str, str | None]]:
        """Return the expressions to group by, each with its name if it is not a column."""
        groups: dict[str, str | None] = {}
        starts = {mention.begin: mention for mention in self._mentions}
        grouping = False
        for index, word in enumerate(self._words):
            mention = starts.get(index)
            if word in _GROUPING:
                grouping = True
            elif word in _ENDS_GROUPING or word in _AGGREGATE_OF:
                grouping = False
            elif grouping and mention is not None and not self._is_measure(mention):
                groups[quoted_name(mention.column.name)] = None
            elif grouping and mention is None and word in _PERIODS:
                date = next((column for column in self._table.columns if column.is_date), None)
                if date is not None:
                    groups[_PERIODS[word].format(quoted_name(date.name))] = word
        if not groups and self._ranking is not None:
            ranked = next((each for each in self._mentions if each.begin > self._ranking), None)
            measured = any(mention.column.is_number for mention in self._mentions if mention is not ranked)
            if ranked is not None and not ranked.column.is_number and (measured or self._speaks_of_measures()):
                groups[quoted_name(ranked.column.name)] = None
        return list(groups.items())

    def _speaks_of_measures(self) -> bool:
        return bool(_MEASURES & set(self._words))

    def _is_measure(self, mention: _Mention) -> bool:
        """Return whether a mention after "by" is the measure of a ranking."""
        return self._ranking is not None and mention.column.is_number

    def _read_filters(self) -> tuple[list[str], list[_Mention]]:
        """Return the conditions (a column, a comparison, a value), and the mentions that they use."""
        filters, used = [], []
        for mention in self._mentions:
            rest = self._words[mention.end :]
            while rest and rest[0] in {"is", "are", "of", "was", "=", "equal", "to"}:
                rest = rest[1:]
            if rest and rest[0][0] in "'\"" and not mention.column.is_number:
                filters.append(f"{quoted_name(mention.column.name)} = {quoted_text(rest[0][1:-1])}")
                used.append(mention)
                continue
            for spoken, operator in _COMPARISONS.items():
                size = len(spoken)
                compared = tuple(rest[:size]) == spoken and len(rest) > size
                if compared and mention.column.is_number and rest[size][0].isdigit():
                    filters.append(f"{quoted_name(mention.column.name)} {operator} {rest[size]}")
                    used.append(mention)
        return filters, used


def _all_mentions(words: Sequence[str], table: Table) -> list[_Mention]:
    """Return the mentioned columns, in the order of the question; longer names take precedence over parts of them."""
    found = [mention for column in table.columns for mention in _mentions(words, column)]
    found.sort(key=lambda mention: (mention.begin - mention.end, mention.begin))
    kept: list[_Mention] = []
    for mention in found:
        if all(mention.end <= other.begin or other.end <= mention.begin for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.begin)


def _mentions(words: Sequence[str], column: Column) -> list[_Mention]:
    name = _parts(column.name)
    size = len(name)
    if not size:
        return []
    starts = (index for index in range(len(words) - size + 1) if list(words[index : index + size]) == name)
    return [_Mention(column, start, start + size) for start in starts]


def _parts(name: str) -> list[str]:
    """Return the words of a name such as ``Order Id``, ``order_id`` or ``orderId``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [_singular(word) for word in _WORD.findall(spaced)]


def _singular(word: str) -> str:
    if word[0] in "'\"":
        return word
    plain = word.lower()
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    if (len(plain) > 3 or plain == "ids") and plain.endswith("s") and not plain.endswith(("ss", "us", "is")):
        return plain[:-1]
    return plain


def _alias(name: str) -> str:
    return "_".join(word.lower() for word in _WORD.findall(name)) or "value"
