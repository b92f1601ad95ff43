"""The certification of cards and datasets.

Emulator-defined: any card's id is accepted, whether or not the card exists. Admins may certify cards and datasets, and
the owner of a dataset may certify it.
"""

from __future__ import annotations

from aiohttp import web

from domo_async._emulator.access.people import is_admin
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, millis

routes: web.RouteTableDef = web.RouteTableDef()

_STATE = "/api/tags/v3/{entity_type}/{entity_id}/system/CERTIFIED/state"


@routes.get(_STATE)
async def get(request: web.Request) -> web.Response:
    """Return the state of a certification; all keys but the tag are null if there is none."""
    found = records_of(request, "certifications").find(_key(request))
    return answer({"tag": "CERTIFIED", "state": None, "metadata": None, "updated": None, **(found or {})})


@routes.put(f"{_STATE}/ACTIVE")
async def certify(request: web.Request) -> web.Response:
    """Certify, as an admin and so without a request for approval."""
    key = _key(request)
    _refuse_others(request)
    metadata = {
        "adminCertified": True,
        "approvalRequestId": None,
        "approvalTemplateTitle": None,
        "processType": "COMPANY",
        "userId": str(caller_of(request)["id"]),
    }
    records_of(request, "certifications").put(key, {"state": "ACTIVE", "metadata": metadata, "updated": millis()})
    return web.Response()


@routes.delete(_STATE)
async def remove(request: web.Request) -> web.Response:
    """End a certification, whether or not there is one (emulator-defined)."""
    key = _key(request)
    _refuse_others(request)
    certifications = records_of(request, "certifications")
    if key in certifications:
        certifications.remove(key)
    return web.Response(status=204)


def _key(request: web.Request) -> str:
    entity_type, entity_id = request.match_info["entity_type"], request.match_info["entity_id"]
    if entity_type not in {"CARD", "DATA_SOURCE"}:
        raise HTTPError(400, f"Cannot be certified: {entity_type}; CARD and DATA_SOURCE can")
    if entity_type == "DATA_SOURCE":
        instance_of(request).dataset(entity_id)
    return f"{entity_type}/{entity_id}"


def _refuse_others(request: web.Request) -> None:
    caller = caller_of(request)
    if is_admin(caller):
        return
    dataset = request.match_info["entity_type"] == "DATA_SOURCE"
    if not dataset or instance_of(request).dataset(request.match_info["entity_id"]).owner_id != caller["id"]:
        raise HTTPError(403, "Only an admin or the owner may certify")
