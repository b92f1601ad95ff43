"""The SQL of the console: the first rows of a result, or Domo's error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from attrs import frozen

from domo_async._emulator.console.markup import Html, fill, joined
from domo_async._emulator.errors import HTTPError, error_body
from domo_async._emulator.rows.storage import Result, Storage
from domo_async._emulator.sql import rendering, translate
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance

__all__ = ["PREVIEW", "Answered", "answered"]

PREVIEW = "SELECT * FROM table LIMIT 20"
_SHOWN = 100
_NUMBERS = {"LONG", "DOUBLE", "DECIMAL"}


@frozen
class Answered:
    """The result of a query.

    Attributes:
        html: The rows, or the error as Domo prints it.
        about: The dataset that it was asked of.
        said: The same in a few words.
        failed: Whether it is an error.
    """

    html: Html
    about: Html
    said: str
    failed: bool = False


async def answered(instance: Instance, storage: Storage, dataset_id: str, sql: str) -> Answered:
    """Run a query; the rows that are shown are the first ones."""
    name = Html()
    try:
        dataset = instance.dataset(dataset_id)
        name = fill("on <b>{name}</b>", name=dataset.name)
        columns, rows = await _run(storage, dataset, sql)
    except HTTPError as error:
        html = _error(f"/api/query/v1/execute/{dataset_id}", error)
        return Answered(html, name, f"{error.status}: {error.message}", failed=True)
    said = _count(len(rows))
    return Answered(_table(columns, rows, said), name, f"{dataset.name}: {said}")


async def _run(storage: Storage, dataset: Dataset, sql: str) -> tuple[list[tuple[str, str]], list[list[Any]]]:
    schema, versions = dataset.schema, dataset.visible
    name = dataset.name

    def prepare() -> Result:
        return storage.query(translate(sql, dataset.id, columns=schema.types, name=name), schema, versions)

    with storage.lease(versions):
        prepared = await storage.run(prepare)
        try:
            rows = await storage.run(_first_rows, prepared)
        finally:
            prepared.close()
    return [(column.name, rendering.domo_type(column.type)) for column in prepared.columns], rows


def _count(rows: int) -> str:
    if rows > _SHOWN:
        return f"the first {_SHOWN} rows"
    return f"{rows or 'no'} row{'' if rows == 1 else 's'}"


def _error(path: str, error: HTTPError) -> Html:
    body = error_body(error.status, path, error.message, code=error.code)
    return fill(
        '<div class="error"><p><strong>{status} {reason}</strong></p><p>{message}</p><pre>{body}</pre></div>',
        status=error.status,
        reason=body["statusReason"],
        message=error.message,
        body=orjson.dumps(body, option=orjson.OPT_INDENT_2).decode(),
    )


def _first_rows(prepared: Result) -> list[list[Any]]:
    prepared.start(rendering.json_row)
    return [orjson.loads(row) for row in prepared.batch()]


def _table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], said: str) -> Html:
    classes = ["number" if type_ in _NUMBERS else "text" for _, type_ in columns]
    return fill(
        '<table class="result"><caption>{said}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>',
        said=said.capitalize(),
        heads=joined(
            fill('<th scope="col" class="{css}">{name} <small>{type}</small></th>', css=css, name=name, type=type_)
            for (name, type_), css in zip(columns, classes, strict=True)
        ),
        rows=joined(fill("<tr>{cells}</tr>", cells=joined(map(_cell, row, classes))) for row in rows[:_SHOWN]),
    )


def _cell(value: Any, css: str) -> Html:
    if value is None:
        return fill('<td class="{css} null">null</td>', css=css)
    return fill('<td class="{css}">{value}</td>', css=css, value=value)
