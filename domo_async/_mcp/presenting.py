"""Answers that fit into a model's window, in which everything that comes from the instance is a JSON value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from attrs import evolve, frozen
from mcp_types import CallToolResult, TextContent

from domo_async._mcp.limits import Limits
from domo_async._mcp.values import SHORTEST, Bounds, Cuts, Fields, Row, Values, as_json, given, size

__all__ = ["Presenter", "counted"]

V = TypeVar("V")
_MOST_COLUMNS = 100
_LONGEST_MESSAGE = 2000
_NOTES = 1200  # characters kept free for remarks about the answer itself


@frozen
class Presenter:
    """Makes answers of values from the instance.

    Attributes:
        limits: The limits.
        redact: Takes secrets out of a text.
    """

    limits: Limits
    redact: Callable[[str], str]

    def one(self, facts: Fields, message: str) -> CallToolResult:
        """Return an answer about one thing.

        Args:
            facts: The answer.
            message: A sentence about it, without text from the instance.
        """
        return _result(*_fitted(self._values(), facts, self._budget), message)

    def page(
        self,
        name: str,
        things: Sequence[object],
        thing: str,
        *,
        offset: int = 0,
        more: bool = False,
        total: int | None = None,
        unreadable: int = 0,
        **facts: object,
    ) -> CallToolResult:
        """Return an answer with as many of the things as fit; it says whether there are more and how to get them.

        Args:
            name: The name of the list.
            things: The things.
            thing: The word for one of them.
            offset: The number of things before them.
            more: Whether there are more after them.
            total: The total number of things, if it is known.
            unreadable: The number of things after `offset` that could not be read, and are not among them.
            facts: The other values of the answer.
        """
        values = self._values()
        answer, cuts = _fitted(values, given(**facts), self._budget // 2)
        shown = self._filled(values, name, things, self._budget - size(answer), cuts)
        if len(shown) < len(things):
            more, after = True, offset + len(shown)
        else:
            after = offset + len(shown) + unreadable
        extent = _extent(len(shown), offset, after if more else None)
        answer |= {name: shown, **extent, **given(total=total, unreadable=unreadable or None)}
        return _result(answer, cuts, _extent_text(len(shown), thing, offset, total, after if more else None))

    def part(
        self,
        name: str,
        found: Sequence[V],
        thing: str,
        form: Callable[[V], object],
        *,
        limit: int,
        offset: int,
        **facts: object,
    ) -> CallToolResult:
        """Return a page of a list that the instance gave as a whole.

        Args:
            name: The name of the list.
            found: The whole list.
            thing: The word for one of its items.
            form: Returns an item as it is answered.
            limit: The maximum number of items.
            offset: The number of items before them.
            facts: The other values of the answer.
        """
        shown = [form(each) for each in found[offset : offset + min(limit, self.limits.rows)]]
        more = offset + len(shown) < len(found)
        return self.page(name, shown, thing, offset=offset, more=more, total=len(found), unreadable=0, **facts)

    def table(
        self, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]], *, offset: int, more: bool
    ) -> CallToolResult:
        """Return an answer with as many rows as fit, and with the first columns where a row of all does not fit.

        Args:
            columns: The names and types of the columns.
            rows: The rows.
            offset: The number of rows before them.
            more: Whether there are more after them.
        """
        width = min(len(columns), _MOST_COLUMNS)
        while True:
            values = evolve(self._values(), bounds=Bounds(text=max(SHORTEST, min(200, self._budget // 8))))
            heading = [
                values.json(Fields(name=name, type=type_), f"columns[{number}]")
                for number, (name, type_) in enumerate(columns[:width])
            ]
            # A cell that is cut as much as possible may be twice as long as JSON.
            if width <= 1 or size(heading) + (2 * SHORTEST + 4) * width <= self._budget // 2:
                break
            width //= 2
        cuts = values.cuts
        shown = self._filled(
            self._values(), "rows", [Row(row[:width]) for row in rows], self._budget - size(heading), cuts
        )
        after = offset + len(shown) if more or len(shown) < len(rows) else None
        answer: dict[str, Any] = {
            "columns": heading,
            **given(columns_left_out=len(columns) - width or None),
            "rows": shown,
            **_extent(len(shown), offset, after),
        }
        message = _extent_text(len(shown), "row", offset, None, after)
        if width < len(columns):
            message += f" The first {width} of {len(columns)} columns are shown: name the ones that you need."
        return _result(answer, cuts, message)

    def text(self, facts: Fields) -> str:
        """Return an answer as the JSON of a resource."""
        return as_json(_with_cuts(*_fitted(self._values(), facts, self._budget)))

    def message(self, text: str) -> str:
        """Return a message, which may quote the instance."""
        return evolve(self._values(), bounds=Bounds(text=min(_LONGEST_MESSAGE, self.limits.characters // 4))).text(
            text, "message"
        )

    @property
    def _budget(self) -> int:
        return self.limits.characters - _NOTES

    def _values(self) -> Values:
        return Values(self.redact)

    def _filled(self, values: Values, name: str, things: Sequence[object], budget: int, cuts: Cuts) -> list[Any]:
        """Return as many things as fit, and at least the first one, however narrowly it has to be cut."""
        shown: list[Any] = []
        for thing in things[: self.limits.rows]:
            while True:
                made = evolve(values, cuts=Cuts())
                value = made.json(thing, f"{name}[{len(shown)}]")
                tighter = values.bounds.tighter()
                if shown or tighter is None or size(value) <= budget:
                    break
                values = evolve(values, bounds=tighter)
            budget -= size(value) + 1
            if budget < 0 and shown:
                break
            shown.append(value)
            cuts.take(made.cuts)
        return shown


def _fitted(values: Values, facts: Fields, budget: int) -> tuple[dict[str, Any], Cuts]:
    """Return facts as JSON values that fit, cut ever more narrowly until they do."""
    while True:
        made = evolve(values, cuts=Cuts())
        answer = {name: made.json(value, name) for name, value in facts.items()}
        tighter = values.bounds.tighter()
        if tighter is None or size(answer) <= budget:
            return answer, made.cuts
        values = evolve(values, bounds=tighter)


def _result(answer: dict[str, Any], cuts: Cuts, message: str) -> CallToolResult:
    answer = _with_cuts(answer, cuts)
    if cuts.any:
        message += " Long texts or lists are cut: `cut` has their whole lengths by their paths."
    # The second text repeats the structure, as the protocol recommends: many clients read texts alone.
    texts = [TextContent(type="text", text=message), TextContent(type="text", text=as_json(answer))]
    return CallToolResult(content=[*texts], structured_content=answer)


def _with_cuts(answer: dict[str, Any], cuts: Cuts) -> dict[str, Any]:
    return {**answer, "cut": cuts.lengths} if cuts.any else answer


def _extent(count: int, offset: int, after: int | None) -> Fields:
    return given(count=count, offset=offset, more=after is not None, next_offset=after)


def counted(count: int, thing: str) -> str:
    """Return a number of things, such as ``1 row`` or ``2 rows``."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _extent_text(count: int, thing: str, offset: int, total: int | None, after: int | None) -> str:
    """Return a sentence about which part of a list an answer has."""
    message = counted(count, thing) if total is None else f"{count} of {counted(total, thing)}"
    message += f" after the first {offset}." if offset else "."
    return message if after is None else f"{message} There is more: call again with offset={after}."
