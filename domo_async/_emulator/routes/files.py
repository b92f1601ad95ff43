"""Files, their revisions and permissions.

Emulator-defined: what ``expand`` adds besides the revisions; ``existing``, which is always false; and the permissions.
The owner and admins may do everything. Another user needs an entry with a ``grant`` that names the permission
(``READ``, ``WRITE``, ``DELETE``, ``SHARE``; ``ADMIN`` includes all). Everybody may read a file with public access.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from aiohttp import web
from attrs import frozen

from domo_async._emulator.access.people import entities_of, free_id, is_admin, user_name
from domo_async._emulator.context import caller_of, instance_of, records_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, OneOf, Scalar, Text
from domo_async._emulator.http.web import (
    answer,
    body_chunks,
    millis,
    query_flag,
    read_body,
    readable,
    takes_body_as_it_comes,
)
from domo_async._emulator.persistence.blobs import REVISIONS, Content, blobs_of, content_response, hold
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

routes: web.RouteTableDef = web.RouteTableDef()

FILES = "data_files"

_BASE = "/api/data/v1/data-files"
_FILE = _BASE + "/{file_id}"
_APP_FILE = "/domo/data-files/v1/{file_id}"
_BYTES = "application/octet-stream"
_FIRST_ID = 1000
_PARTS = ("revisions", "metadata")
_KINDS = ("USER", "GROUP")

HOUR = 3_600_000


@frozen
class _Upload:
    """An upload: its content, its time and its duration in milliseconds."""

    content: Content
    content_type: str
    uploaded: int
    took: int


@routes.post(_BASE)
@takes_body_as_it_comes
async def upload(request: web.Request) -> web.Response:
    """Take the bytes of a new file; everyone gets access unless the query says otherwise."""
    name = request.query.get("name")
    if not name:
        raise HTTPError(400, "Required: name, in the query")
    public = query_flag(request, "public") if "public" in request.query else True
    description = request.query.get("description", "")

    def new_file() -> Record:
        file_id = _next_file(instance_of(request))
        return _file(file_id, name, caller_of(request)["id"], public=public, description=description)

    revision = await _receive(request, new_file)
    return answer({"dataFileId": revision["dataFileId"]})


@routes.get(_BASE + "/details")
async def list_files(request: web.Request) -> web.Response:
    """List the files that the caller may read."""
    instance, parts = instance_of(request), _expanded(request)
    owner, wanted = request.query.get("userId"), ",".join(request.query.getall("dataFileIds", [])) or None
    ids = None if wanted is None else {part.strip() for part in wanted.split(",")}
    return answer(
        [
            _describe(instance, file, parts, current=True)
            for file in instance.records[FILES]
            if owner in (None, str(file["responsibleUserId"]))
            and (ids is None or str(file["dataFileId"]) in ids)
            and _may(request, file, "READ")
        ]
    )


@routes.post(_BASE + "/copy/{source_id}/revisions/current/{target_id}")
async def copy(request: web.Request) -> web.Response:
    """Make a file's current content that of another, as a new revision; the source stays as it is."""
    source = _file_of(request, "READ", "source_id")
    target = _file_of(request, "WRITE", "target_id")
    instance = instance_of(request)
    revision = _copy(instance, _current(instance, source), target["dataFileId"], caller_of(request)["id"])
    _add(instance, target, revision)
    return answer({"revisionId": revision["dataFileRevisionId"]})


@routes.get(_FILE + "/details")
async def get(request: web.Request) -> web.Response:
    """Describe a file; the answer has its current revision if the request expands anything."""
    parts = _expanded(request)
    return answer(_describe(instance_of(request), _file_of(request, "READ"), parts, current=bool(parts)))


@routes.get(_FILE + "/revisions/details")
async def list_revisions(request: web.Request) -> web.Response:
    """Describe all revisions, the oldest first."""
    parts, file = _expanded(request), _file_of(request, "READ")
    return answer([_revision_json(each, file, parts) for each in _revisions(instance_of(request), file)])


@routes.get(_FILE + "/revisions/{revision_id}/details")
async def get_revision(request: web.Request) -> web.Response:
    """Describe a revision."""
    parts, file = _expanded(request), _file_of(request, "READ")
    return answer(_revision_json(_revision_of(request, file), file, parts))


# Its page writes the singular in the path, all others the plural.
@routes.get(_FILE + "/revision/{revision_id}")
@routes.get(_FILE + "/revisions/{revision_id}")
async def download_revision(request: web.Request) -> web.StreamResponse:
    """Send the content of a revision."""
    file = _file_of(request, "READ")
    return _download(request, file, _revision_of(request, file))


@routes.delete(_FILE + "/revisions/{revision_id}")
async def delete_revision(request: web.Request) -> web.Response:
    """Delete a revision; the newest one left is the current one. The last one stays (emulator-defined)."""
    file = _file_of(request, "DELETE")
    revision = _revision_of(request, file)
    left = [number for number in file["revisionIds"] if number != revision["dataFileRevisionId"]]
    if not left:
        raise HTTPError(400, "The only revision of a file cannot be deleted; delete the file")
    records_of(request, REVISIONS).remove(revision["dataFileRevisionId"])
    records_of(request, FILES).update(file["dataFileId"], revisionIds=left)
    return blobs_of(request).forget([revision["sha256"]], web.Response())


@routes.post(_FILE + "/duplicate")
async def duplicate(request: web.Request) -> web.Response:
    """Make a new file of a file's current content: the caller's, and public if the other is (emulator-defined)."""
    file = _file_of(request, "READ")
    instance, user = instance_of(request), caller_of(request)
    twin = _file(
        _next_file(instance),
        file["name"],
        user["id"],
        public=file["publicAccess"],
        description=file["description"],
    )
    twin = _add(instance, twin, _copy(instance, _current(instance, file), twin["dataFileId"], user["id"]))
    return answer(_describe(instance, twin, (), current=True))


@routes.get(_FILE + "/permissions")
@routes.get(_APP_FILE + "/permissions")
async def get_permissions(request: web.Request) -> web.Response:
    """Tell who may do what with a file."""
    file = _file_of(request, "READ")
    return answer({"publicAccess": file["publicAccess"], "entries": file["entries"]})


_ENTRY_MESSAGE = "An entry needs entityType, USER or GROUP, and entityId"
_ENTRY = Object(
    {
        "entityType": OneOf(_KINDS, message=_ENTRY_MESSAGE),
        "entityId": Scalar(message=_ENTRY_MESSAGE),
        "grant": Text(empty=True, message="An entry needs grant, such as READ_WRITE_DELETE_SHARE_ADMIN"),
    }
)
_PERMISSIONS = Object({"publicAccess": Flag(optional=True), "entries": Array(_ENTRY, optional=True)})


@routes.put(_FILE + "/permissions")
@routes.put(_APP_FILE + "/permissions")
async def set_permissions(request: web.Request) -> web.Response:
    """Replace the permissions of a file; keys that are left out stay (emulator-defined)."""
    file = _file_of(request, "SHARE")
    body = await read_body(request, _PERMISSIONS)
    changes = {key: body[key] for key in ("publicAccess", "entries") if key in body}
    if "entries" in changes:
        changes["entries"] = [
            {"pass": "NONE", **entry, "entityId": str(entry["entityId"])} for entry in changes["entries"]
        ]
    records_of(request, FILES).update(file["dataFileId"], **changes)
    return web.Response()


@routes.get(_FILE)
async def download(request: web.Request) -> web.StreamResponse:
    """Send the current content of a file."""
    file = _file_of(request, "READ")
    return _download(request, file, _current(instance_of(request), file))


@routes.put(_FILE)
@takes_body_as_it_comes
async def upload_revision(request: web.Request) -> web.Response:
    """Take the bytes of a new revision, which is the current one from now on."""
    _file_of(request, "WRITE")
    # It may have been deleted, or taken from the caller, while the bytes came.
    revision = await _receive(request, lambda: _file_of(request, "WRITE"))
    return answer({"revisionId": revision["dataFileRevisionId"]})


@routes.delete(_FILE)
async def delete(request: web.Request) -> web.Response:
    """Delete a file with all its revisions."""
    file = _file_of(request, "DELETE")
    revisions = _revisions(instance_of(request), file)
    records_of(request, FILES).remove(file["dataFileId"])
    for revision in revisions:
        records_of(request, REVISIONS).remove(revision["dataFileRevisionId"])
    return blobs_of(request).forget((revision["sha256"] for revision in revisions), web.Response())


async def _receive(request: web.Request, file_of: Callable[[], Record]) -> Record:
    """Take the body as a revision of the file that `file_of` gives when all has come."""
    instance = instance_of(request)
    started = instance.now()
    with blobs_of(request).arrival() as arrival:
        async for chunk in body_chunks(request):
            arrival.write(chunk)
        await storage_of(request).run(arrival.force_to_disk)
        file = file_of()
        upload = _Upload(
            arrival.keep(),
            readable(request.headers.get("Content-Type", _BYTES)),
            millis(),
            max(0, round((instance.now() - started) * 1000)),
        )
        revision = _revision(_next_revision(instance), file["dataFileId"], caller_of(request)["id"], upload)
        _add(instance, file, revision)
    return revision


def _file(file_id: int, name: str, owner: int, *, public: bool, description: str) -> Record:
    return {
        "dataFileId": file_id,
        "name": name,
        "description": description,
        "responsibleUserId": owner,
        "datetimeCreated": millis(),
        "publicAccess": public,
        "entries": [],
        "revisionIds": [],
    }


def _next_file(instance: Instance) -> int:
    return free_id(instance, FILES, _FIRST_ID)


def _next_revision(instance: Instance) -> int:
    return free_id(instance, REVISIONS, _FIRST_ID)


def _revision(number: int, file_id: int, user_id: int, upload: _Upload) -> Record:
    return {
        "dataFileRevisionId": number,
        "dataFileId": file_id,
        "contentType": upload.content_type,
        "uploadUserId": user_id,
        "sizeBytes": upload.content.size,
        "uploadTimeMillis": upload.took,
        "md5": upload.content.md5,
        "sha256": upload.content.sha256,
        "datetimeUploaded": upload.uploaded,
    }


def _copy(instance: Instance, revision: Record, file_id: int, user_id: int) -> Record:
    """Return a revision of another file with the same content."""
    return {
        **revision,
        "dataFileRevisionId": _next_revision(instance),
        "dataFileId": file_id,
        "uploadUserId": user_id,
        "uploadTimeMillis": 0,
        "datetimeUploaded": millis(),
    }


def _add(instance: Instance, file: Record, revision: Record) -> Record:
    """Keep a revision as a file's current one."""
    number = revision["dataFileRevisionId"]
    instance.records[REVISIONS].put(number, revision)
    return instance.records[FILES].put(file["dataFileId"], {**file, "revisionIds": [*file["revisionIds"], number]})


def _revisions(instance: Instance, file: Record) -> list[Record]:
    return [instance.records[REVISIONS].get(number) for number in file["revisionIds"]]


def _current(instance: Instance, file: Record) -> Record:
    return instance.records[REVISIONS].get(file["revisionIds"][-1])


def _file_of(request: web.Request, right: str, key: str = "file_id") -> Record:
    """Return the file that the path names, with which the caller may do something."""
    file_id = request.match_info[key]
    file = records_of(request, FILES).find(file_id)
    if file is None:
        raise HTTPError(404, f"File not found: {file_id}")
    if not _may(request, file, right):
        raise HTTPError(403, f"You have no {right} permission on the file {file_id}")
    return file


def _revision_of(request: web.Request, file: Record) -> Record:
    number = request.match_info["revision_id"]
    if number not in map(str, file["revisionIds"]):
        raise HTTPError(404, f"Revision not found: {number}")
    return records_of(request, REVISIONS).get(number)


def _may(request: web.Request, file: Record, right: str) -> bool:
    user = caller_of(request)
    if is_admin(user) or file["responsibleUserId"] == user["id"] or (right == "READ" and file["publicAccess"]):
        return True
    entities = entities_of(instance_of(request), user)
    return any(
        (entry["entityType"], entry["entityId"]) in entities and {right, "ADMIN"} & set(entry["grant"].split("_"))
        for entry in file["entries"]
    )


def _download(request: web.Request, file: Record, revision: Record) -> web.StreamResponse:
    # The page's endpoint line writes filename, its table fileName.
    name = request.query.get("fileName") or request.query.get("filename") or file["name"]
    return content_response(
        request,
        revision["sha256"],
        size=revision["sizeBytes"],
        content_type=revision["contentType"],
        name=name,
    )


def _expanded(request: web.Request) -> tuple[str, ...]:
    given = ",".join(request.query.getall("expand", []))  # instances also take the key several times
    parts = tuple(part.strip() for part in given.split(",") if part.strip())
    strange = [part for part in parts if part not in _PARTS]
    if strange:
        raise HTTPError(400, f"expand takes revisions and metadata, not {strange[0]}")
    return parts


def _describe(instance: Instance, file: Record, parts: tuple[str, ...], *, current: bool) -> dict[str, Any]:
    revisions = _revisions(instance, file)
    described = {
        "dataFileId": file["dataFileId"],
        "name": file["name"],
        "responsibleUserId": file["responsibleUserId"],
        "currentRevision": _revision_json(revisions[-1], file, parts),
        "datetimeCreated": file["datetimeCreated"],
        "revisions": [_revision_json(each, file, parts) for each in revisions] if "revisions" in parts else [],
        "existing": False,
    }
    if not current:
        del described["currentRevision"]
    if "metadata" in parts:
        described["metadata"] = {"description": file["description"], "publicAccess": file["publicAccess"]}
    return described


def _revision_json(revision: Record, file: Record, parts: Collection[str]) -> dict[str, Any]:
    """Return a revision, with its metadata if requested; otherwise it is null, which is emulator-defined."""
    metadata = {
        "description": file["description"],
        "fileName": file["name"],
        "publicAccess": file["publicAccess"],
        "sourceContentLength": revision["sizeBytes"],
        "sourceContentType": revision["contentType"],
    }
    return {
        "bucket": "domo-files",
        "locationKey": revision["sha256"],
        "datetimeDeleted": None,
        "description": file["description"],
        "metadata": metadata if "metadata" in parts else None,
        "parts": None,
        "dataFileRevisionId": revision["dataFileRevisionId"],
        "dataFileId": revision["dataFileId"],
        "contentType": revision["contentType"],
        "uploadUserId": revision["uploadUserId"],
        "sizeBytes": revision["sizeBytes"],
        "uploadTimeMillis": revision["uploadTimeMillis"],
        "md5Hash": revision["md5"].upper(),
        "datetimeUploaded": revision["datetimeUploaded"],
        "scanState": "SAFE",
        "sha256HashValue": revision["sha256"].upper(),
    }


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of files; that it finds them, as ``file``, is emulator-defined."""
    for file in instance.records[FILES]:
        yield {
            "entityType": "file",
            "databaseId": str(file["dataFileId"]),
            "uuid": str(file["dataFileId"]),
            "name": file["name"],
            "description": file["description"],
            "ownedById": str(file["responsibleUserId"]),
            "ownedByName": user_name(instance, file["responsibleUserId"]),
            "createDate": file["datetimeCreated"],
            "lastModified": _current(instance, file)["datetimeUploaded"],
        }


def add_file(
    instance: Instance,
    contents: Sequence[bytes],
    *,
    name: str,
    owner: int,
    content_type: str = "text/plain",
    public: bool = True,
    created: int | None = None,
    file_id: int | None = None,
    revision_id: int | None = None,
) -> Record:
    """Add a file with small contents, one revision for each; the numbers go up from `revision_id` if it is given."""
    created = millis() if created is None else created
    file_id = _next_file(instance) if file_id is None else file_id
    file = {**_file(file_id, name, owner, public=public, description=""), "datetimeCreated": created}
    for index, content in enumerate(contents):
        number = _next_revision(instance) if revision_id is None else revision_id + index
        upload = _Upload(hold(instance.records, content), content_type, created + index * HOUR, 20)
        file = _add(instance, file, _revision(number, file_id, owner, upload))
    return file
