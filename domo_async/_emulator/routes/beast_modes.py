"""Beast Modes: calculated fields.

Domo's documentation does not say how one is made; `create` makes one, as does the route that other clients use. DuckDB
decides on the linked dataset whether a formula is valid, and which type its result has.

Emulator-defined: everybody may change an unlocked Beast Mode; only its owner and admins may change a locked one, and
lock, unlock or hand over one. A formula that cannot be parsed is a ``SYNTAX_ERROR``, one with a column that the dataset
does not have an ``ILLEGAL_REFERENCE``, one that does not fit its columns ``INVALID``; only ``strict=true`` refuses to
save them. Without a dataset, a formula that can be parsed is valid.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.people import free_id, is_admin, user_name
from domo_async._emulator.context import caller_of, instance_of, records_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Field, Flag, Object, OneOf, Text, WholeNumber
from domo_async._emulator.http.web import answer, millis, query_flag, read_body
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.sql import quoted_name, rendering, translate
from domo_async._emulator.state.datasets import Schema
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import OWNER_ID, Record

if TYPE_CHECKING:
    from domo_async._emulator.sql.formulas import Formula

routes: web.RouteTableDef = web.RouteTableDef()

_LARGEST_PAGE = 5000
_VALID, _ILLEGAL = "VALID", "ILLEGAL_REFERENCE"
_FLAGS = ("locked", "global", "archived", "hidden", "variable")
_SORTS = {"id", "name", "owner", "created", "lastModified"}
_NESTED = re.compile(r"DOMO_BEAST_MODE\(\s*(\d+)\s*\)", re.IGNORECASE)
_LONGEST = 32_000
_SORT_WORDS = f"an object with ascending and a field of {', '.join(sorted(_SORTS))}"
_SORT: dict[str, Field[Any]] = {
    "field": OneOf(_SORTS, message=f"Required: sort, {_SORT_WORDS}"),
    "ascending": Flag(default=True),
}
_CONDITION = Object({"field": Text(), "idList": Array(optional=True, null=True)})
_SEARCH = Object(
    {
        "limit": WholeNumber(least=1, most=_LARGEST_PAGE, message=f"limit must be 1 to {_LARGEST_PAGE}"),
        "offset": WholeNumber(default=0),
        "name": Text(default="", empty=True, null=True),
        "filters": Array(_CONDITION, words="an array of objects with a field"),
        "sort": Object(_SORT, words=_SORT_WORDS),
    }
)
_CHANGES: dict[str, Field[Any]] = {
    "name": Text(optional=True),
    "expression": Text(optional=True),
    **{key: Flag(optional=True) for key in _FLAGS},
    "links": Array(
        Object(
            {
                "resource": Object(
                    {
                        "type": OneOf(("DATA_SOURCE", "CARD"), message="A link's resource is a DATA_SOURCE or a CARD"),
                        "id": Text(),
                    },
                    message="A link must be an object with a resource",
                ),
                "visible": Flag(default=False),
                "active": Flag(default=False),
            }
        ),
        optional=True,
    ),
}
_COLUMN = re.compile(r"'(?:[^'\\]|\\.|'')*'|(`(?:[^`]|``)+`)")

Link: TypeAlias = dict[str, Any]


def create(
    instance: Instance,
    *,
    name: str,
    expression: str,
    dataset_id: str | None = None,
    card_ids: Iterable[int] = (),
    owner_id: int = OWNER_ID,
    locked: bool = False,
    id: int | None = None,
    legacy_id: str | None = None,
    at: int | None = None,
) -> Record:
    """Make a Beast Mode of a dataset, which some cards show; returns its record.

    Args:
        instance: The instance.
        name: Its name.
        expression: The formula.
        dataset_id: The dataset; None for a Beast Mode that can be used everywhere.
        card_ids: The cards that show it.
        owner_id: Its owner.
        locked: Whether it is locked.
        id: Its number; None for the next one.
        legacy_id: Its other identifier; None for a new one.
        at: When it was made, in milliseconds; None for now.
    """
    links = [] if dataset_id is None else [_link("DATA_SOURCE", dataset_id, visible=True, active=False)]
    links += [_link("CARD", f"dr:{card}", visible=False, active=True) for card in card_ids]
    now = millis() if at is None else at
    record = {
        **_record(instance, name=name, expression=expression, owner_id=owner_id, id=id),
        "links": links,
        "created": now,
        "lastModified": now,
        "locked": locked,
        "global": dataset_id is None,
    }
    if legacy_id is not None:
        record["legacyId"] = legacy_id
    return instance.records["beast_modes"].put(record["id"], record)


def _record(instance: Instance, *, name: str, expression: str, owner_id: int, id: int | None = None) -> Record:
    now = millis()
    return {
        "id": free_id(instance, "beast_modes", 1) if id is None else id,
        "name": name,
        "owner": owner_id,
        "expression": expression,
        "links": [],
        "legacyId": f"calculation_{uuid.uuid4()}",
        "created": now,
        "lastModified": now,
        **dict.fromkeys(_FLAGS, False),
    }


def _link(resource_type: str, resource_id: object, *, visible: bool, active: bool) -> Link:
    return {"resource": {"type": resource_type, "id": str(resource_id)}, "visible": visible, "active": active}


# -- routes -----------------------------------------------------------------------------------------------


@routes.get("/api/query/v1/functions/statistics")
async def statistics(request: web.Request) -> web.Response:
    """Count the Beast Modes, variables left out (emulator-defined)."""
    found = [each for each in await _described(request) if not each["variable"]]

    def count(wanted: Callable[[Record], bool]) -> int:
        return sum(map(wanted, found))

    return answer(
        {
            "total": len(found),
            "onDatasets": count(lambda each: _is_on(each, "DATA_SOURCE")),
            "onCards": count(lambda each: _is_on(each, "CARD")),
            "inVisualizations": count(lambda each: any(link["active"] for link in each["links"])),
            "locked": count(lambda each: each["locked"]),
            "invalid": count(lambda each: each["status"] != _VALID),
            "invalidLink": count(lambda each: any(link["valid"] != _VALID for link in each["links"])),
            "archived": count(lambda each: each["archived"]),
        }
    )


@routes.post("/api/query/v1/functions/search")
async def search(request: web.Request) -> web.Response:
    """Search Beast Modes by the words of their names and by filters, all of which must hold.

    Emulator-defined: what filters other than ``notvariable`` mean. A filter with an `idList` asks for one of these
    values; one without, for any.
    """
    body = await read_body(request, _SEARCH)
    limit, offset, name, sort = (body[key] for key in ("limit", "offset", "name", "sort"))
    tests = [_test(each) for each in body["filters"]]
    found = [
        each
        for each in await _described(request)
        if name.lower() in each["name"].lower() and all(test(each) for test in tests)
    ]
    key = sort["field"]
    found.sort(
        key=lambda each: each[key].lower() if key == "name" else each[key],
        reverse=not sort["ascending"],
    )
    return answer(
        {
            "totalHits": len(found),
            "results": [_found(each) for each in found[offset : offset + limit]],
            "hasMore": offset + limit < len(found),
            "degraded": False,
        }
    )


@routes.post("/api/query/v1/functions/template")
async def create_beast_mode(request: web.Request) -> web.Response:
    """Make a Beast Mode. Domo's documentation does not have this route; other clients use it."""
    body = await read_body(request, Object({**_CHANGES, "name": Text(), "expression": Text()}))
    changes = _changes(request, body)
    if not changes.get("global") and sum(link["visible"] for link in changes.get("links", ())) != 1:
        raise HTTPError(400, "Non global functions must have one and only one visible link")
    instance = instance_of(request)
    record = _record(instance, name=body["name"], expression=body["expression"], owner_id=caller_of(request)["id"])
    record |= changes
    described = await _checked(request, record)
    instance.records["beast_modes"].put(record["id"], record)
    return answer(described)


@routes.get("/api/query/v1/functions/template/{beast_mode_id}")
async def get(request: web.Request) -> web.Response:
    """Return a Beast Mode."""
    record = records_of(request, "beast_modes").get(request.match_info["beast_mode_id"])
    return answer(await _describe(request, record))


@routes.post("/api/query/v1/functions/list/id")
async def get_several(request: web.Request) -> web.Response:
    """Return Beast Modes by their numbers; those that do not exist are left out (emulator-defined)."""
    body = await read_body(request, Object({"ids": Array(words="an array of numbers")}))
    found = (records_of(request, "beast_modes").find(each) for each in body["ids"])
    return answer({str(record["id"]): await _describe(request, record) for record in found if record is not None})


@routes.post("/api/query/v1/functions/bulk/template")
async def update_several(request: web.Request) -> web.Response:
    """Change Beast Modes, all or none; the emulator reads only ``update``, and the answer is empty."""
    updates = Array(Object(_CHANGES), least=1, words="an array of objects with id")
    body = await read_body(request, Object({"update": updates}))
    records = records_of(request, "beast_modes")
    made = []
    for each in body["update"]:
        record = records.get(each.get("id"))
        made.append((record["id"], await _allowed_changes(request, record, each)))
    for number, _ in made:
        records.get(number)  # another request may have deleted it meanwhile
    for number, changes in made:
        records.update(number, **changes)
    return web.Response()


@routes.delete("/api/query/v1/functions/template/{beast_mode_id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a Beast Mode; its owner and admins may (emulator-defined)."""
    record = records_of(request, "beast_modes").get(request.match_info["beast_mode_id"])
    caller = caller_of(request)
    if caller["id"] != record["owner"] and not is_admin(caller):
        raise HTTPError(403, "Only its owner and admins may delete a Beast Mode")
    records_of(request, "beast_modes").remove(record["id"])
    return web.Response()


@routes.put("/api/query/v1/functions/template/{beast_mode_id}")
async def update(request: web.Request) -> web.Response:
    """Change whichever keys are sent."""
    record = records_of(request, "beast_modes").get(request.match_info["beast_mode_id"])
    body = await read_body(request, Object(_CHANGES))
    changes = await _allowed_changes(request, record, body)
    changed = records_of(request, "beast_modes").update(record["id"], **changes)
    return answer(await _describe(request, changed))


async def _allowed_changes(request: web.Request, record: Record, body: Mapping[str, Any]) -> Record:
    """Return the changes of a Beast Mode that a body asks for, unless it cannot be saved with them."""
    caller = caller_of(request)
    reserved = record["locked"] or body.keys() & {"locked", "owner"}
    if reserved and not (caller["id"] == record["owner"] or is_admin(caller)):
        raise HTTPError(403, "Only its owner and admins may change a locked Beast Mode, lock, unlock or hand one over")
    changes = _changes(request, body)
    if not changes:
        raise HTTPError(400, "The body has nothing to change: expression, locked, name, owner or another key")
    changes["lastModified"] = millis()
    await _checked(request, {**record, **changes})
    return changes


async def _checked(request: web.Request, record: Record) -> Record:
    """Return the description of a Beast Mode, unless it cannot be saved."""
    if len(record["expression"]) > _LONGEST:
        raise HTTPError(400, f"A formula has {_LONGEST} characters at the most")
    described = await _describe(request, record)
    if query_flag(request, "strict") and described["status"] != _VALID:
        raise HTTPError(400, f"The formula is not valid: {described['status']}")
    return described


def _changes(request: web.Request, body: Mapping[str, Any]) -> Record:
    changes: Record = {key: body[key] for key in ("name", "expression", *_FLAGS) if key in body}
    if "owner" in body:
        changes["owner"] = records_of(request, "users").get(body["owner"])["id"]
    if "links" in body:
        changes["links"] = [
            _link(link["resource"]["type"], link["resource"]["id"], visible=link["visible"], active=link["active"])
            for link in body["links"]
        ]
    return changes


# -- filters ----------------------------------------------------------------------------------------------


def _linked(resource_type: str) -> Callable[[Record], Iterable[object]]:
    def ids(each: Record) -> Iterator[str]:
        for link in each["links"]:
            if link["resource"]["type"] == resource_type:
                # A card's is made of several numbers.
                yield from (link["resource"]["id"], *link["resource"]["id"].split(":"))

    return ids


_FIELDS: dict[str, Callable[[Record], Iterable[object]]] = {
    "active": lambda each: [link["resource"]["id"] for link in each["links"] if link["active"]],
    "archived": lambda each: [True] * each["archived"],
    "beastmode": lambda each: [True] * (not each["variable"]),
    "card": _linked("CARD"),
    "column": lambda each: {position["columnName"].strip("`") for position in each["columnPositions"]},
    "dataset": _linked("DATA_SOURCE"),
    "datatype": lambda each: [each["dataType"]],
    "function": lambda each: each["functions"],
    "global": lambda each: [True] * each["global"],
    "inactive": lambda each: [True] * (not any(link["active"] for link in each["links"])),
    "legacyid": lambda each: [each["legacyId"]],
    "link": lambda each: [link["resource"]["id"] for link in each["links"]],
    "locked": lambda each: [True] * each["locked"],
    "name": lambda each: [each["name"]],
    "nested": lambda each: each["functionTemplateDependencies"],
    "owner": lambda each: [each["owner"]],
    "status": lambda each: [each["status"]],
    "variable": lambda each: [True] * each["variable"],
}


def _test(condition: dict[str, Any]) -> Callable[[Record], bool]:
    field, wanted = condition["field"], condition.get("idList")
    values = _FIELDS.get(field.removeprefix("not"))
    if values is None:
        raise HTTPError(400, f"Unknown filter: {field}; known are {', '.join(_FIELDS)}, each also after not")
    ids = None if wanted is None else set(map(str, wanted))
    negated = field.startswith("not")

    def test(each: Record) -> bool:
        has = {str(value) for value in values(each)}
        return bool(has if ids is None else has & ids) is not negated

    return test


# -- what follows from a formula --------------------------------------------------------------------------


def _read(expression: str) -> Formula:
    from domo_async._emulator.sql import formulas  # noqa: PLC0415 - slow

    return formulas.read(expression)


@frozen
class _Verdict:
    status: str
    data_type: str | None = None


_VERDICTS: WeakKeyDictionary[Instance, dict[tuple[str, Schema], _Verdict]] = WeakKeyDictionary()


def _judge(storage: Storage, expression: str, schema: Schema) -> _Verdict:
    """Have DuckDB say what a formula gives."""
    formula = _read(expression)
    if not formula.readable:
        return _Verdict("SYNTAX_ERROR")
    plain = ", ".join(quoted_name(column) for column in formula.plain)
    grouped = f"GROUP BY {plain}" if formula.aggregated and plain else ""
    try:
        sql = f"SELECT ({expression}) AS value FROM table {grouped}"  # noqa: S608 - translated
        query = translate(sql, "table", columns=schema.types)
        result = storage.query(query, schema, ())
    except HTTPError as error:
        return _Verdict(_ILLEGAL if error.code else "INVALID")
    result.close()
    return _Verdict(_VALID, rendering.domo_type(result.columns[0].type))


async def _described(request: web.Request) -> list[Record]:
    return await _describe_all(request, list(records_of(request, "beast_modes")))


async def _describe(request: web.Request, record: Record) -> Record:
    return (await _describe_all(request, [record]))[0]


async def _describe_all(request: web.Request, records: list[Record]) -> list[Record]:
    """Return Beast Modes with the results of checking their formulas; results are cached."""
    instance, storage = instance_of(request), storage_of(request)
    verdicts = _VERDICTS.setdefault(instance, {})
    schemas = {dataset.id: dataset.schema for dataset in instance.datasets()}
    known: dict[int, str | None] = {}
    work = [(record, *_unfold(instance, record["expression"], known)) for record in records]
    asked = {
        (expression, schema)
        for record, expression, _ in work
        if expression is not None
        for link in record["links"]
        if (schema := _schema(instance, link, schemas)) is not None
    }
    missing = [key for key in asked if key not in verdicts]

    def judge() -> dict[tuple[str, Schema], _Verdict]:
        return {key: _judge(storage, *key) for key in missing}

    if missing:
        verdicts |= await storage.run(judge)
    return [
        _description(
            record, expression, nested, [_schema(instance, link, schemas) for link in record["links"]], verdicts
        )
        for record, expression, nested in work
    ]


def _schema(instance: Instance, link: Link, schemas: Mapping[str, Schema]) -> Schema | None:
    """Return the schema that a formula is used on."""
    resource = link["resource"]
    if resource["type"] == "DATA_SOURCE":
        return schemas.get(resource["id"])
    cards = map(instance.records["cards"].find, reversed(resource["id"].split(":")))
    card = next((card for card in cards if card is not None), None)
    return None if card is None else schemas.get(card["datasourceId"])


def _unfold(instance: Instance, expression: str, known: dict[int, str | None]) -> tuple[str | None, list[int]]:
    """Return a formula with its nested formulas in place, and their numbers; None if one of them cannot be unfolded.

    Args:
        instance: The instance.
        expression: The formula.
        known: The formulas that are unfolded already; None for those that cannot be.
    """
    nested: list[int] = []
    parts: list[str] = []
    end = length = 0
    for match in _NESTED.finditer(expression):
        number = int(match[1])
        nested.append(number)
        if number not in known:
            record = instance.records["beast_modes"].find(number)
            # A formula that contains itself cannot be unfolded.
            known[number] = None
            known[number] = None if record is None else _unfold(instance, record["expression"], known)[0]
        unfolded = known[number]
        # Each may name the one before it twice.
        length += len(unfolded or "")
        if unfolded is None or length > _LONGEST:
            return None, nested
        parts += [expression[end : match.start()], f"({unfolded})"]
        end = match.end()
    return "".join([*parts, expression[end:]]), list(dict.fromkeys(nested))


def _description(
    record: Record,
    expression: str | None,
    nested: list[int],
    schemas: list[Schema | None],
    verdicts: Mapping[tuple[str, Schema], _Verdict],
) -> Record:
    payload = [
        _Verdict(_ILLEGAL) if expression is None or schema is None else verdicts[expression, schema]
        for schema in schemas
    ]
    formula = _read(record["expression"] if expression is None else expression)
    alone = _Verdict(_ILLEGAL if expression is None else _VALID if formula.readable else "SYNTAX_ERROR")
    best = next((each for each in payload if each.status == _VALID), payload[0] if payload else alone)
    links = [{**link, "valid": each.status} for link, each in zip(record["links"], payload, strict=True)]
    return {
        **record,
        "links": links,
        "checkSum": hashlib.sha1(record["expression"].encode(), usedforsecurity=False).hexdigest(),
        "aggregated": formula.aggregated,
        "analytic": formula.analytic,
        "nonAggregatedColumns": list(formula.plain) if formula.aggregated else [],
        "dataType": best.data_type or "STRING",
        "status": best.status,
        "cacheWindow": "day" if formula.by_the_clock else "non_dynamic",
        "columnPositions": [
            {"columnName": match[1], "columnPosition": match.start(1)}
            for match in _COLUMN.finditer(record["expression"])
            if match[1]
        ],
        "functions": list(formula.functions),
        "functionTemplateDependencies": nested,
    }


def _found(described: Record) -> Record:
    """Return a Beast Mode as the search has it."""
    keys = ("id", "name", "owner", "lastModified", "created", "global", "locked", "legacyId", "status", "links")
    active: dict[str, list[str]] = {}
    for link in described["links"]:
        if link["active"]:
            active.setdefault(link["resource"]["type"], []).append(link["resource"]["id"])
    return {**{key: described[key] for key in keys}, "archived": described["archived"], "activeLinks": active}


def _is_on(described: Record, resource_type: str) -> bool:
    return any(link["visible"] and link["resource"]["type"] == resource_type for link in described["links"])


# -- the world --------------------------------------------------------------------------------------------


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield the documents of Beast Modes that a search finds; the keys are emulator-defined."""
    for each in instance.records["beast_modes"]:
        yield {
            "entityType": "beast_mode",
            "databaseId": str(each["id"]),
            "uuid": each["legacyId"],
            "name": each["name"],
            "ownedById": str(each["owner"]),
            "ownedByName": user_name(instance, each["owner"]),
            "createDate": each["created"],
            "lastModified": each["lastModified"],
            "expression": each["expression"],
            "locked": each["locked"],
        }
