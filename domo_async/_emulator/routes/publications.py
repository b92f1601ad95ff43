"""Publications, which are kept and listed, and do not reach another instance.

Only admins may make them (emulator-defined).
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import must_be_admin
from domo_async._emulator.context import caller_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, Text
from domo_async._emulator.http.web import answer, iso, page_of, read_body
from domo_async._emulator.services.activity import about
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

_PUBLICATION = Object(
    {
        "id": Text(),
        "name": Text(),
        "content": Array(Object(), words="an array of objects with domoObjectId and type"),
        "subscriberDomain": Array(words="an array of domains"),
    }
)

_COUNTED = {"cards": "CARD", "dataApps": "DATA_APP", "dataSets": "DATASET", "pages": "PAGE"}


@routes.get("/api/publish/v2/publication/summaries")
async def list_publications(request: web.Request) -> web.Response:
    """List the publications, all of them unless a limit is asked for (emulator-defined)."""
    wanted = request.query.get("searchTerm", "").lower()
    found = [each for each in records_of(request, "publications") if wanted in each["name"].lower()]
    return answer([_summarise(each) for each in page_of(request, found, limit=len(found))])


@routes.get("/api/publish/v2/publication/{publication_id}")
async def get(request: web.Request) -> web.Response:
    """Give a publication."""
    return answer(_describe(records_of(request, "publications").get(request.match_info["publication_id"])))


@routes.post("/api/publish/v2/publication")
async def create(request: web.Request) -> web.Response:
    """Make a publication; the identifier is the caller's."""
    must_be_admin(request, "publish")
    body = await read_body(request, _PUBLICATION)
    number = body["id"]
    if number in records_of(request, "publications"):
        raise HTTPError(409, f"There is a publication {number} already")
    record = {
        "id": number,
        "name": body["name"],
        "description": str(body.get("description") or ""),
        "domain": str(body.get("domain") or ""),
        "content": body["content"],
        "subscriberDomain": [str(each) for each in body["subscriberDomain"]],
        "userId": caller_of(request)["id"],
        "created": iso(),
    }
    records_of(request, "publications").put(number, record)
    about(request, number, record["name"])
    return answer(body, status=202)


def _summarise(publication: Record) -> dict[str, Any]:
    types = [str(each.get("type")) for each in publication["content"]]
    return {
        "id": publication["id"],
        "name": publication["name"],
        "description": publication["description"],
        "userId": publication["userId"],
        **{key: types.count(content_type) for key, content_type in _COUNTED.items()},
        "subscribers": len(publication["subscriberDomain"]),
        "totalSubscribers": len(publication["subscriberDomain"]),
        "invalidSubscribers": 0,
        "refreshing": False,
        "executionType": "CREATE",
        "executionStatusDescription": "",
        "executionStartTime": publication["created"],
        "executionEndTime": publication["created"],
        "isV2": True,
        "v2": True,
    }


def _describe(publication: Record) -> dict[str, Any]:
    return {
        "id": publication["id"],
        "name": publication["name"],
        "description": publication["description"],
        "customerId": publication["domain"],
        "userId": publication["userId"],
        "type": "CONTENT",
        "isPublic": False,
        "public": False,
        "created": publication["created"],
        "content": None,
        "children": publication["content"],
        "subscribers": [
            {
                "id": f"{publication['id']}-{number}",
                "domain": domain,
                "customerId": domain,
                "publicationId": publication["id"],
                "created": publication["created"],
            }
            for number, domain in enumerate(publication["subscriberDomain"], 1)
        ],
        "isV2": True,
        "v2": True,
    }
