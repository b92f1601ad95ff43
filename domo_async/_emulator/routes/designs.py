"""The designs of apps, their versions and files: what the tools for apps publish.

Domo's documentation does not have these routes; the answers have the keys that were seen on instances.
Emulator-defined: only its owners and admins see a design and may change it; a released version cannot be changed; the
uploaded ``manifest.json`` has the mappings of a version; the files of a version come as a ZIP archive.
"""

from __future__ import annotations

import base64
import io
import re
import uuid
import zipfile
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from domo_async._emulator.access.people import is_admin
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Object, Text
from domo_async._emulator.http.web import BODY, answer, iso, json_object, page_of, query_flag, query_values, read_body
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["manifest_of", "routes"]

routes: web.RouteTableDef = web.RouteTableDef()

DESIGNS = "app_designs"
INSTANCES = "app_instances"
ASSETS = "app_assets"

_BASE = "/api/apps/v1/designs"
_DESIGN = _BASE + "/{design_id}"
_VERSION = _DESIGN + "/versions/{version}"
_MANIFEST = "manifest.json"
_THUMBNAIL = "thumbnail.png"
_MAPPINGS = {
    "accountsMapping": (),
    "actionsMapping": (),
    "collectionsMapping": ("collections",),
    "databasesMapping": (),
    "datasetsMapping": ("mapping",),
    "packagesMapping": ("packageMapping",),
    "workflowsMapping": ("workflowMapping",),
}
_UNWIRED = (
    *("accountsMapping", "actionsMapping", "collectionsMapping", "databasesMapping"),
    *("datasetsMapping", "packageMapping", "workflowMapping"),
)


@routes.get(_BASE)
async def list_designs(request: web.Request) -> web.Response:
    """List the caller's designs, or all of them for an admin who asks for it."""
    everybodys = query_flag(request, "checkAdminAuthority")
    caller = caller_of(request)
    if everybodys and not is_admin(caller):
        raise HTTPError(403, "Only an admin may see the designs of others")
    wanted = request.query.get("search", "").lower()
    found = [
        design
        for design in records_of(request, DESIGNS)
        if (everybodys or caller["id"] in design["owners"])
        and (query_flag(request, "deleted") or design["deletedDate"] is None)
        and wanted in design["name"].lower()
    ]
    with_versions = "versions" in request.query.get("parts", "versions")
    described = [_describe(request, each, with_versions=with_versions) for each in found]
    return answer(list(page_of(request, described, limit=len(described))))


@routes.post(_BASE)
async def create(request: web.Request) -> web.Response:
    """Create a design from a manifest."""
    manifest = await read_body(request, Object({"name": Text(), "version": Text()}))
    caller, time = caller_of(request), iso()
    name, version = manifest["name"], manifest["version"]
    design = records_of(request, DESIGNS).put(
        design_id := str(uuid.uuid4()),
        {
            "id": design_id,
            "name": name,
            "description": str(manifest.get("description") or ""),
            "owners": [caller["id"]],
            "createdBy": caller["id"],
            "createdDate": time,
            "updatedBy": caller["id"],
            "updatedDate": time,
            "deletedDate": None,
            "latestVersion": version,
            "versions": {version: _version(manifest, caller["id"], time)},
        },
    )
    return answer(_describe(request, design))


@routes.get(_BASE + "/count")
async def count(request: web.Request) -> web.Response:
    """Count the designs that the caller may see."""
    caller = caller_of(request)
    designs = records_of(request, DESIGNS)
    return answer(sum(_may(caller, design) and design["deletedDate"] is None for design in designs))


@routes.get(_DESIGN)
async def get(request: web.Request) -> web.Response:
    """Describe a design."""
    return answer(_describe(request, _design_of(request)))


@routes.put(_DESIGN)
async def update(request: web.Request) -> web.Response:
    """Change the name and the description of a design."""
    design = _design_of(request)
    body = await read_body(request, Object({"name": Text(default=design["name"])}))
    description = str(body.get("description", design["description"]) or "")
    changed = _change(request, design, name=body["name"], description=description)
    return answer(_describe(request, changed, with_versions=False))


@routes.delete(_DESIGN)
async def delete(request: web.Request) -> web.Response:
    """Delete a design, which can be restored."""
    _change(request, _design_of(request), deletedDate=iso())
    return web.Response(status=204)


@routes.put(_DESIGN + "/undelete")
async def undelete(request: web.Request) -> web.Response:
    """Restore a deleted design."""
    _change(request, _design_of(request, deleted=True), deletedDate=None)
    return web.Response(status=204)


@routes.get(_DESIGN + "/has-thumbnail")
async def has_thumbnail(request: web.Request) -> web.Response:
    """Say whether a design has a picture."""
    return answer({"value": _has_thumbnail(instance_of(request), _design_of(request))})


@routes.post(_DESIGN + "/permissions/ADMIN")
async def add_owners(request: web.Request) -> web.Response:
    """Add owners to a design, by their addresses or numbers."""
    design, given = _design_of(request), await read_body(request, Array(least=1, words="an array of users"))
    owners = [*design["owners"], *(_user_id(request, each) for each in given)]
    return answer(_describe(request, _change(request, design, owners=list(dict.fromkeys(owners))), with_versions=False))


@routes.delete(_DESIGN + "/permissions/ADMIN")
async def remove_owners(request: web.Request) -> web.Response:
    """Remove owners of a design; one has to stay."""
    design = _design_of(request)
    gone = {_user_id(request, each) for each in query_values(request, "users")}
    left = [owner for owner in design["owners"] if owner not in gone]
    if not gone or not left:
        raise HTTPError(400, "Required: users, in the query, and an owner that stays")
    _change(request, design, owners=left)
    return web.Response(status=204)


@routes.get(_DESIGN + "/versions")
async def list_versions(request: web.Request) -> web.Response:
    """List the versions of a design."""
    return answer(list(_design_of(request)["versions"]))


@routes.put(_VERSION + "/release")
async def release(request: web.Request) -> web.Response:
    """Release a version, which can no longer be changed then."""
    design = _design_of(request)
    version = _version_of(request, design)
    changed = {**version, "releasedDate": iso(), "draft": False}
    _change(request, design, versions={**design["versions"], _number_of(request, design): changed})
    return web.Response(status=204)


@routes.post(_VERSION + "/assets")
async def upload(request: web.Request) -> web.Response:
    """Take a file of a version, which is made if it is not there."""
    design = _design_of(request)
    number = _number_of(request, design)
    path, content = _path_of(request), request[BODY]
    known = design["versions"].get(number)
    if known is not None and known["releasedDate"] is not None:
        raise HTTPError(400, f"Version {number} of the design was released; publish another one")
    caller, time = caller_of(request), iso()
    if path == _MANIFEST:
        manifest = await json_object(request)
        version = {**_version(manifest, caller["id"], time), **_made(known)}
        name = str(manifest.get("name") or design["name"])
    else:
        version = known or _version({}, caller["id"], time)
        name = design["name"]
    _change(request, design, name=name, latestVersion=number, versions={**design["versions"], number: version})
    kept = {"designId": design["id"], "version": number, "path": path, "content": base64.b64encode(content).decode()}
    records_of(request, ASSETS).put(f"{design['id']}/{number}/{path}", kept)
    return answer({"design": design["id"], "path": path})


@routes.get(_VERSION + "/assets")
async def download(request: web.Request) -> web.Response:
    """Send a file of a version, or all of them as an archive."""
    design = _design_of(request)
    number = _number_of(request, design)
    _version_of(request, design)
    assets = _assets(instance_of(request), design["id"], number)
    if "path" in request.query:
        path = request.query["path"]
        if path not in assets:
            raise HTTPError(404, f"Version {number} of the design has no file {path}")
        return web.Response(body=assets[path], content_type="application/octet-stream")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in assets.items():
            archive.writestr(path, content)
    # The tools make a folder of that name.
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", design["name"]).strip("-") or "app"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=packed.getvalue(), content_type="application/zip", headers=headers)


@routes.delete(_VERSION + "/assets")
async def delete_asset(request: web.Request) -> web.Response:
    """Delete a file of a version."""
    design, path = _design_of(request), _path_of(request)
    records_of(request, ASSETS).remove(f"{design['id']}/{_number_of(request, design)}/{path}")
    return answer({"path": path, "status": "deleted"})


_INSTANCE = Object({"designId": Text()})


@routes.post("/api/apps/v1/instances")
async def create_instance(request: web.Request) -> web.Response:
    """Make an instance of a design, which gives an app its name."""
    body = await read_body(request, _INSTANCE)
    design = _design(request, body["designId"])
    record = _new_instance(
        request, design, str(body.get("id") or uuid.uuid4()), temporary=query_flag(request, "temporary")
    )
    return answer({"instance": record})


@routes.post("/domoapps/apps/v2/contexts")
async def create_context(request: web.Request) -> web.Response:
    """Make an instance of a design, by the other route; the answer is an array."""
    body = await read_body(request, _INSTANCE)
    design = _design(request, body["designId"])
    record = _new_instance(request, design, str(uuid.uuid4()), temporary=False)
    return answer([{**record, "mapping": body.get("mapping") or []}])


def manifest_of(instance: Instance, app_id: str) -> Mapping[str, Any] | None:
    """Return the manifest of the app that has a name.

    Emulator-defined: where there is no such app, as for the tools' proxy, which makes up a name, the design that was
    changed last is meant.
    """
    record = instance.records[INSTANCES].find(app_id)
    designs = [each for each in instance.records[DESIGNS] if each["deletedDate"] is None]
    design = None if record is None else instance.records[DESIGNS].find(record["designId"])
    design = design or max(designs, key=lambda each: each["updatedDate"], default=None)
    if design is None:
        return None
    version = design["versions"][design["latestVersion"]]
    return {"id": design["id"], "name": design["name"], **{key: version[key] for key in _MAPPINGS}}


def _new_instance(request: web.Request, design: Record, instance_id: str, *, temporary: bool) -> Record:
    caller, time = str(caller_of(request)["id"]), iso()
    return records_of(request, INSTANCES).put(
        instance_id,
        {
            "id": instance_id,
            "designId": design["id"],
            "designVersion": design["latestVersion"],
            "owner": caller,
            "createdBy": caller,
            "createdDate": time,
            "updatedBy": caller,
            "updatedDate": time,
            "temporary": temporary,
            "disabled": False,
            # The manifest's mappings apply, as nobody wires the instance.
            **dict.fromkeys(_UNWIRED),
        },
    )


def _version(manifest: Mapping[str, Any], user_id: int, time: str) -> Record:
    size = manifest.get("size")
    mappings: dict[str, list[Any]] = {
        key: next((manifest[name] for name in (key, *others) if isinstance(manifest.get(name), list)), [])
        for key, others in _MAPPINGS.items()
    }
    return {
        "id": str(uuid.uuid4()),
        **mappings,
        "size": size if isinstance(size, dict) else {"width": 1, "height": 1},
        "fullpage": manifest.get("fullpage") is True,
        "scopes": manifest["scopes"] if isinstance(manifest.get("scopes"), list) else [],
        "flags": {},
        "draft": True,
        "publicAssetsEnabled": True,
        "releasedDate": None,
        "deletedDate": None,
        "createdBy": str(user_id),
        "createdDate": time,
        "updatedBy": str(user_id),
        "updatedDate": time,
    }


def _made(known: Record | None) -> Record:
    """Return what stays of a version that is uploaded again."""
    return {} if known is None else {key: known[key] for key in ("id", "createdBy", "createdDate")}


def _describe(request: web.Request, design: Record, *, with_versions: bool = True) -> dict[str, Any]:
    people, owner = records_of(request, "users"), design["owners"][0]
    versions = [
        {**version, "version": number, "designId": design["id"], "trusted": False}
        for number, version in design["versions"].items()
    ]
    return {
        "id": design["id"],
        "name": design["name"],
        "description": design["description"],
        "latestVersion": design["latestVersion"],
        "owner": str(owner),
        "owners": [_person(people.find(each), each) for each in design["owners"]],
        "creator": _person(people.find(design["createdBy"]), design["createdBy"]),
        "createdBy": str(design["createdBy"]),
        "createdDate": design["createdDate"],
        "updatedBy": str(design["updatedBy"]),
        "updatedDate": design["updatedDate"],
        "deletedDate": design["deletedDate"],
        "hasThumbnail": _has_thumbnail(instance_of(request), design),
        "trusted": False,
        "instances": [each for each in records_of(request, INSTANCES) if each["designId"] == design["id"]],
        "referencingCards": [],
        "versions": versions if with_versions else [],
    }


def _person(user: Record | None, user_id: int) -> dict[str, Any]:
    user = {} if user is None else user
    return {
        "id": user_id,
        "displayName": user.get("displayName", str(user_id)),
        "avatarKey": None,
        "detail": {"email": user.get("emailAddress")},
        "role": None,
        "roleId": user.get("roleId"),
    }


def _has_thumbnail(instance: Instance, design: Record) -> bool:
    return f"{design['id']}/{design['latestVersion']}/{_THUMBNAIL}" in instance.records[ASSETS]


def _assets(instance: Instance, design_id: str, version: str) -> dict[str, bytes]:
    return {
        each["path"]: base64.b64decode(each["content"])
        for each in instance.records[ASSETS]
        if (each["designId"], each["version"]) == (design_id, version)
    }


def _change(request: web.Request, design: Record, **changes: Any) -> Record:
    time, caller = iso(), caller_of(request)["id"]
    return records_of(request, DESIGNS).update(design["id"], updatedDate=time, updatedBy=caller, **changes)


def _design_of(request: web.Request, *, deleted: bool = False) -> Record:
    return _design(request, request.match_info["design_id"], deleted=deleted)


def _design(request: web.Request, design_id: str, *, deleted: bool = False) -> Record:
    """Return a design that the caller may do everything with.

    Raises:
        HTTPError: 404 in the words that the tools look for, or 403.
    """
    design = records_of(request, DESIGNS).find(design_id)
    if design is None:
        raise HTTPError(404, f"No design found with the id {design_id}")
    if not _may(caller_of(request), design):
        raise HTTPError(403, f"You do not have access to the design {design_id}")
    if design["deletedDate"] is not None and not deleted:
        raise HTTPError(404, "Design has been deleted")
    return design


def _version_of(request: web.Request, design: Record) -> Record:
    number = _number_of(request, design)
    version: Record | None = design["versions"].get(number)
    if version is None:
        raise HTTPError(404, f"The design has no version {number}")
    return version


def _number_of(request: web.Request, design: Record) -> str:
    """Return the version in the path; the tools also ask for ``latest``."""
    number = request.match_info["version"]
    return str(design["latestVersion"]) if number == "latest" else number


def _path_of(request: web.Request) -> str:
    path = request.query.get("path", "").strip("/")
    if not path or any(part in {"", ".", ".."} for part in path.split("/")) or "\\" in path:
        raise HTTPError(400, "Required: path, in the query, that of a file within the app")
    return path


def _may(caller: Record, design: Record) -> bool:
    return is_admin(caller) or caller["id"] in design["owners"]


def _user_id(request: web.Request, given: object) -> int:
    """Return the user with an address or a number."""
    wanted = str(given.get("id") if isinstance(given, dict) else given).strip().lower()
    for user in records_of(request, "users"):
        if wanted in {str(user["id"]), str(user["emailAddress"]).lower()}:
            return int(user["id"])
    raise HTTPError(404, f"The user {wanted} does not exist")
