"""Cards: creation, description, and the data that they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.people import free_id
from domo_async._emulator.access.sharing import Sight, described_owners, owners_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, Text
from domo_async._emulator.http.web import millis, query_values
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.services.pictures import Bar
from domo_async._emulator.sql import quoted_name, quoted_text, rendering, translate
from domo_async._emulator.sql.translation import Translation
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

__all__ = [
    "AGGREGATIONS",
    "EPOCH",
    "MOST_BARS",
    "TABLE",
    "Shown",
    "card_counts",
    "create",
    "dataset_of_card",
    "describe",
    "describe_owners",
    "number_text",
    "parts_of",
    "show",
]

EPOCH = 1_700_000_000_000
TABLE = "badge_basic_table"
AGGREGATIONS = ("COUNT", "SUM", "AVG", "MIN", "MAX")
_MOST_ROWS = 1000
MOST_BARS = 20
_OPERATORS = {"EQUALS": "=", "NOT_EQUALS": "<>", "LESS_THAN": "<", "GREATER_THAN": ">"}


def create(
    instance: Instance,
    *,
    title: str,
    dataset_id: str,
    description: str = "",
    owner_id: int = OWNER_ID,
    chart_type: str = "badge_vert_bar",
    page_ids: Sequence[int] = (),
    group_by: str | None = None,
    value: str | None = None,
    aggregation: str = "COUNT",
    id: int | None = None,
    at: int | None = None,
) -> Record:
    """Create a card; return its record.

    Args:
        instance: The instance.
        title: Its title.
        dataset_id: The dataset that it shows.
        description: Its description.
        owner_id: Its owner.
        chart_type: The type of chart; ``badge_basic_table`` is a table.
        page_ids: The pages that it is on.
        group_by: The column to group by, with one number for each value; None for a single number.
        value: The column to aggregate; None to count rows.
        aggregation: The aggregate function: COUNT, SUM, AVG, MIN or MAX.
        id: Its id; None for the next free one.
        at: The time of creation in milliseconds; None for now.
    """
    card_id = free_id(instance, "cards", 100_000_001) if id is None else id
    now = millis() if at is None else at
    return instance.records["cards"].put(
        card_id,
        {
            "id": card_id,
            "urn": str(card_id),
            "title": title,
            "description": description,
            "type": "kpi",
            "chartType": chart_type,
            "ownerId": owner_id,
            "datasourceId": dataset_id,
            "pageIds": list(page_ids),
            "definition": {"groupBy": group_by, "value": value, "aggregation": aggregation},
            "views": 0,
            "created": now,
            "modified": now,
        },
    )


def card_counts(instance: Instance) -> dict[str, dict[str, int]]:
    """Return, for each dataset with cards, the number of its cards and of their views."""
    counts: dict[str, dict[str, int]] = {}
    for card in instance.records["cards"]:
        count = counts.setdefault(card["datasourceId"], {"cardCount": 0, "cardViewCount": 0})
        count["cardCount"] += 1
        count["cardViewCount"] += card.get("views", 0)
    return counts


def parts_of(request: web.Request) -> set[str]:
    """Return the parts that a request asks for."""
    return set(query_values(request, "parts"))


def _source(dataset: Dataset) -> dict[str, Any]:
    """Return the description of a card's dataset."""
    return {
        "dataSourceId": dataset.id,
        "dataSourceName": dataset.name,
        "displayType": dataset.provider_type,
        "dataType": dataset.provider_type,
        "providerType": dataset.provider_type,
        "isSampleData": False,
        "lastUpdated": millis(dataset.updated),
        "adc": False,
        "phase": None,
        "state": "SUCCESS",
    }


def describe(instance: Instance, seen: Sight, card: Record, parts: set[str]) -> dict[str, Any]:
    """Return a card in the form of the undocumented routes; some keys are included only on request."""
    dataset = dataset_of_card(instance, card)
    optional: dict[str, Any] = {
        "metadata": {"chartType": card.get("chartType", TABLE), "currentMethod": "POPNONE"},
        "owners": describe_owners(instance, card),
        "datasources": [] if dataset is None else [_source(dataset)],
        "properties": {},
        "certification": {},
        "drillPathURNs": [],
        "domoapp": None,
    }
    return {
        "id": card["id"],
        "urn": str(card["id"]),
        "type": card.get("type", "kpi"),
        "title": card["title"],
        "description": card.get("description", ""),
        "ownerId": card["ownerId"],
        "access": seen.card(card),
        "active": True,
        "locked": False,
        "creatorId": card["ownerId"],
        "isCurrentUserOwner": {"type": "USER", "id": seen.user_id} in owners_of(card),
        "allowTableDrill": True,
        "created": card.get("created", EPOCH) // 1000,
        "badgeUpdated": card.get("modified", EPOCH),
        **{key: value for key, value in optional.items() if key in parts},
    }


def describe_owners(instance: Instance, card: Record) -> list[dict[str, Any]]:
    """Return a card's owners, with ids as texts."""
    return [{**one, "id": str(one["id"])} for one in described_owners(instance, card)]


def dataset_of_card(instance: Instance, card: Record) -> Dataset | None:
    try:
        return instance.dataset(card["datasourceId"])
    except HTTPError:
        return None


@frozen
class Shown:
    """The data that a card shows.

    Attributes:
        columns: The names of the columns.
        rows: Labels and numbers, or a single number.
        cut: Whether there are more rows.
    """

    columns: tuple[str, ...]
    rows: list[list[Any]]
    cut: bool

    def bars(self) -> list[Bar]:
        """Return the rows as bars."""
        return [
            Bar(
                "" if len(row) == 1 else str(row[0]),
                row[-1] if isinstance(row[-1], int | float) else 0,
                number_text(row[-1]),
            )
            for row in self.rows[:MOST_BARS]
        ]

    def summary(self) -> float:
        """Return the sum of all numbers."""
        return sum(row[-1] for row in self.rows if isinstance(row[-1], int | float))


async def show(
    storage: Storage, card: Record, dataset: Dataset, overrides: object = None, *, only: str | None
) -> Shown:
    """Return the data that a card shows.

    Args:
        storage: The storage of the rows.
        card: The card.
        dataset: Its dataset.
        overrides: The query overrides of the request.
        only: The condition, in DuckDB's SQL, on the rows that may be seen; None for all.

    Raises:
        HTTPError: 400, if the overrides are invalid; 409, if the card does not fit its dataset any more.
    """
    definition = card.get("definition") or {}
    query = _query(definition, _conditions(overrides, dataset))
    schema, versions = dataset.schema, dataset.visible
    with storage.lease(versions):
        try:
            translation = await storage.run(translate, query, dataset.id, columns=schema.types, only=only)
            columns, rows = await storage.run(_rows, storage, translation, schema, versions)
        except HTTPError as error:
            raise HTTPError(409, f"The card cannot be rendered as it is: {error.message}") from error
    return Shown(columns, rows[:_MOST_ROWS], cut=len(rows) > _MOST_ROWS)


def _query(definition: Mapping[str, Any], conditions: str) -> str:
    value, group = definition.get("value"), definition.get("groupBy")
    aggregation = definition.get("aggregation", "COUNT")
    if aggregation not in AGGREGATIONS:
        raise HTTPError(409, f"The card cannot be rendered as it is: {aggregation} is not an aggregation")
    number = f"{aggregation}({'*' if value is None else quoted_name(value)})"
    named = f"{number} AS {quoted_name('Count' if value is None else value)}"
    if group is None:
        return f"SELECT {named} FROM table {conditions}"  # noqa: S608 - names are quoted, and it is translated
    return (
        f"SELECT {quoted_name(group)}, {named} FROM table {conditions} "  # noqa: S608 - as above
        f"GROUP BY {quoted_name(group)} ORDER BY {quoted_name(group)} LIMIT {_MOST_ROWS + 1}"
    )


_FILTERS = Array(
    Object({"column": Text()}), message="queryOverrides must be an object; its filters, an array of objects"
)
_VALUES = Array(least=1, message="queryOverrides: a filter has values, an array")


def _conditions(overrides: object, dataset: Dataset) -> str:
    filters = (overrides.get("filters") or []) if isinstance(overrides, dict) else None if overrides else []
    filters = _FILTERS.check(filters)
    columns = {column.name for column in dataset.schema.columns}
    conditions = []
    for each in filters:
        column, values = each["column"], each.get("values")
        operand = each.get("operand", "IN")
        if column not in columns:
            raise HTTPError(400, f"queryOverrides: the column {column} does not exist")
        values = _VALUES.check(values)
        if operand in {"IN", "NOT_IN"}:
            conditions.append(f"{quoted_name(column)} {operand.replace('_', ' ')} ({', '.join(map(_literal, values))})")
        elif operand in _OPERATORS and len(values) == 1:
            conditions.append(f"{quoted_name(column)} {_OPERATORS[operand]} {_literal(values[0])}")
        else:
            raise HTTPError(
                400,
                f"queryOverrides: operand must be IN, NOT_IN or, for one value, {', '.join(_OPERATORS)}",
            )
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _literal(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    return quoted_text(str(value))


def _rows(storage: Storage, translation: Translation, *data: Any) -> tuple[tuple[str, ...], list[list[Any]]]:
    result = storage.query(translation, *data)
    try:
        result.start(rendering.json_row)
        rows: list[list[Any]] = []
        while batch := result.batch():
            rows += map(orjson.loads, batch)
        return tuple(column.name for column in result.columns), rows
    finally:
        result.close()


def number_text(value: object) -> str:
    """Return a number in a readable form, such as ``1,234.5``."""
    if not isinstance(value, int | float):
        return "" if value is None else str(value)
    return f"{value:,.2f}".rstrip("0").rstrip(".")
