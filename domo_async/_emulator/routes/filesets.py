"""FileSets, their files and directories.

Statuses are those of instances: 201 for things that were made, 204 for things that were deleted. Emulator-defined, as
Domo's documentation does not say it or contradicts itself: the answer to an update is the new state, although the
sample shows the old name; the download route itself sends a file's content, without a redirect; a file replaces the
file with the same path and keeps its id; directories are made when files need them, and stay when they are empty;
``fileType`` is ``TEXT``, ``DIRECTORY`` or, for all other files, ``FILE``; a FileSet is indexed unless the request says
otherwise; a link to a file works only for users who are logged in. Admins count as owners of all FileSets; other users
have the permissions that they were given.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from weakref import WeakKeyDictionary
from zipfile import ZIP_DEFLATED, ZipFile

from aiohttp import web

from domo_async._emulator.access.people import entities_of, is_admin, user_name
from domo_async._emulator.context import caller_of, instance_of, records_of, storage_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, OneOf, Text, WholeNumber
from domo_async._emulator.http.web import (
    answer,
    iso,
    json_object,
    millis,
    query_flag,
    read_body,
    takes_body_as_it_comes,
    whole_number,
)
from domo_async._emulator.persistence.blobs import FILES, Arrival, Blobs, blobs_of, content_response
from domo_async._emulator.search.filtering import selected
from domo_async._emulator.search.mongo import parse_time
from domo_async._emulator.search.ranking import ranked, words
from domo_async._emulator.services.file_forms import FileForm
from domo_async._emulator.services.trees import (
    DIRECTORY,
    check_free,
    file_at,
    files_of,
    guessed_type,
    is_text,
    lies_in,
    make_directories,
    new_file,
    parent_of,
    path_of,
    random_id,
    with_content,
)
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Collection, Record

routes: web.RouteTableDef = web.RouteTableDef()

FILESETS = "filesets"

_BASE = "/api/files/v1/filesets"
_SET = _BASE + "/{fileset_id}"
_PAGE = 100
_MATCHES = 1
_READ_FOR_QUERIES = 1 << 20
_CACHED_TEXTS = 5_000
_LEVELS = ("NONE", "READ", "EDIT", "OWNER")
_KINDS = ("USER", "GROUP")
_FILESET_FIELDS = (
    *("id", "name", "description", "aiEnabled", "indexStatus", "batchType", "connector", "created", "createdBy"),
    *("updated", "updatedBy", "owner", "accountId", "permission", "size", "fileCount"),
)
_FILE_FIELDS = (
    *("id", "path", "name", "fileType", "contentType", "size", "hash", "hashAlgorithm", "created", "createdBy"),
    *("connectorKey", "indexStatus", "indexReason"),
)
_FLAGS = ("aiEnabled", "pdpEnabled")
_PATH = Object({"path": Text()})
_QUERY = Object({"query": Text(), "topK": WholeNumber(default=_MATCHES)})
_SHARES = "fileset_share_links"
_UPLOADS = "fileset_uploads"
_CHUNK = 1 << 20
_MOST_ZIPPED = 1000
_DOCUMENTS = frozenset({"pdf", "msword", "rtf"})

_WORDS: WeakKeyDictionary[Instance, dict[str, Counter[str]]] = WeakKeyDictionary()


@routes.post(_BASE + "/search")
async def search(request: web.Request) -> web.Response:
    """Find those FileSets that the caller may read, page by page."""
    limit = whole_number(request.query.get("limit"), "limit", _PAGE)
    offset = whole_number(request.query.get("offset"), "offset", 0)
    described = [
        _describe(request, fileset)
        for fileset in records_of(request, FILESETS)
        if _permission(request, fileset) != "NONE"
    ]
    found = selected(described, await json_object(request), _FILESET_FIELDS)
    return answer(
        {
            "fileSets": found[offset : offset + limit],
            "pageContext": _page_context(offset, limit, len(found)),
        }
    )


@routes.post(_BASE)
async def create(request: web.Request) -> web.Response:
    """Create a FileSet, which is the caller's."""
    body = await read_body(request, Object({"name": Text()}))
    fileset = new_fileset(body["name"], caller_of(request)["id"], **_settings(body))
    return answer(_describe(request, records_of(request, FILESETS).put(fileset["id"], fileset)), status=201)


@routes.get(_SET)
async def get(request: web.Request) -> web.Response:
    """Describe a FileSet."""
    return answer(_describe(request, _fileset_of(request, "READ")))


@routes.post(_SET)
async def update(request: web.Request) -> web.Response:
    """Change the keys of a FileSet that the body has and that are not null; answer the new state."""
    fileset = _fileset_of(request, "EDIT")
    body = await read_body(request, _UPDATE)
    changes = {key: body[key] for key in ("name", "description", *_FLAGS) if body.get(key) is not None}
    if not changes:
        raise HTTPError(400, f"Required: one of name, description, {', '.join(_FLAGS)}")
    if "pdpEnabled" in changes:
        _fileset_of(request, "OWNER")
    return answer(_describe(request, _touch(request, fileset, **changes)))


@routes.delete(_SET)
async def delete(request: web.Request) -> web.Response:
    """Delete a FileSet with all its files."""
    fileset = _fileset_of(request, "OWNER")
    files = list(_files(request, fileset))
    records_of(request, FILESETS).remove(fileset["id"])
    for link in _links(request, fileset):
        records_of(request, _SHARES).remove(link["token"])
    return _without(request, fileset, files)


@routes.post(_SET + "/ownership")
async def set_owner(request: web.Request) -> web.Response:
    """Give a FileSet to another user; the former owner keeps the permission of an owner."""
    fileset = _fileset_of(request, "OWNER")
    user_id = (await json_object(request)).get("userId")
    user = _user(request, user_id)
    if user["id"] == fileset["owner"]:
        return answer(_access_json(fileset))
    access = _merged(
        fileset["access"], [_access("USER", fileset["owner"], "OWNER"), _access("USER", user["id"], "NONE")]
    )
    return answer(_access_json(_touch(request, fileset, owner=user["id"], access=access)))


@routes.get(_SET + "/access")
async def get_access(request: web.Request) -> web.Response:
    """Return the permissions of users and groups for a FileSet."""
    return answer(_access_json(_fileset_of(request, "READ")))


@routes.post(_SET + "/access")
async def set_access(request: web.Request) -> web.Response:
    """Set the permissions of users and groups for a FileSet, ``NONE`` for none; others keep theirs."""
    fileset = _fileset_of(request, "OWNER")
    body = await read_body(request, Object({"fileSetAccess": Array(_ACCESS, message=_ACCESS.message)}))
    changes = [_said_access(request, entry) for entry in body["fileSetAccess"]]
    if any((entry["entityType"], entry["entityId"]) == ("USER", fileset["owner"]) for entry in changes):
        raise HTTPError(400, "The owner's permissions change only with the ownership")
    return answer(_access_json(_touch(request, fileset, access=_merged(fileset["access"], changes))))


@routes.post(_SET + "/query")
async def query(request: web.Request) -> web.Response:
    """Find the files that fit a question best by the words in them and in their paths.

    Without an index it is refused, which is emulator-defined; a filter on metadata is accepted and ignored.
    """
    fileset = _fileset_of(request, "READ")
    if not _is_indexed(fileset):
        raise HTTPError(400, f"AI is not enabled for the FileSet {fileset['id']}")
    body = await read_body(request, _QUERY)
    directory = path_of(body.get("directoryPath") or body.get("pathPrefixFilter") or "")
    files = {
        file["id"]: file
        for file in _files(request, fileset)
        if file["fileType"] != DIRECTORY and lies_in(file, directory)
    }
    found = ranked(body["query"], await _words(request, list(files.values())))
    return answer(
        {
            "matches": [
                {"id": file_id, "node": _node(files[file_id]), "score": score}
                for file_id, score in found[: body["topK"]]
            ]
        }
    )


@routes.post(_SET + "/files/search")
async def search_files(request: web.Request) -> web.Response:
    """Find files and directories, by default in the order of creation; each page has the cursor of the next."""
    fileset = _fileset_of(request, "READ")
    limit = whole_number(request.query.get("limit"), "limit", _PAGE)
    if not limit:
        raise HTTPError(400, "limit must be at least 1")
    directory, directly = path_of(request.query.get("directoryPath", "")), query_flag(request, "immediateChildren")
    inside = [
        _describe_file(request, fileset, file)
        for file in _files(request, fileset)
        if lies_in(file, directory) and not (directly and parent_of(file["path"]) != directory)
    ]
    found = selected(inside, await json_object(request), _FILE_FIELDS)
    start = _start(request.query.get("next"), found)
    page = found[start : start + limit]
    end = start + limit
    # The last page repeats the cursor of its request.
    following = _cursor(page[-1]["id"], found[end]["id"], end) if end < len(found) else request.query.get("next")
    return answer({"files": page, "pageContext": {"next": following}})


@routes.post(_SET + "/files")
@takes_body_as_it_comes
async def upload(request: web.Request) -> web.Response:
    """Take a file out of a form, or make the directory that a form without a file names."""
    fileset = _fileset_of(request, "EDIT")
    if request.content_type != "multipart/form-data":
        raise HTTPError(400, "The request's body must be multipart/form-data")
    former: Record | None = None
    with blobs_of(request).arrival() as arrival:
        form = FileForm(request.query.get("createFileRequest", ""))
        try:
            await form.read(request, arrival)
        except ValueError as error:
            raise HTTPError(400, f"The form is broken: {error}") from error
        directory = form.directory()
        if form.name is not None:
            await storage_of(request).run(arrival.force_to_disk)
        # It may have been deleted, or taken from the caller, meanwhile.
        fileset = _fileset_of(request, "EDIT")
        files, user_id = _files(request, fileset), caller_of(request)["id"]
        if form.name is None:
            if not directory:
                raise HTTPError(400, "Required: file, or the path of a directory to make")
            was_there = file_at(files, directory) is not None
            made = make_directories(files, directory, user_id)
        else:
            was_there = False
            path = str(PurePosixPath(directory, form.name))
            check_free(files, path)
            make_directories(files, directory, user_id)
            former = file_at(files, path)
            made = new_file(path, user_id, file_id=former["id"] if former else None)
            files.put(made["id"], with_content(made, form.content_type, arrival.keep()))
    _touch(request, fileset)
    described = _describe_file(request, fileset, files.get(made["id"]))
    told = answer(described, status=200 if form.name is None and was_there else 201)
    return told if former is None else blobs_of(request).forget([former["sha256"]], told)


@routes.post(_SET + "/files/multipart")
async def begin_upload(request: web.Request) -> web.Response:
    """Begin an upload in parts, which are kept until it is finished or aborted."""
    fileset, path = _fileset_of(request, "EDIT"), path_of((await read_body(request, _PATH))["path"])
    if not path or file_at(_files(request, fileset), path) is not None:
        raise HTTPError(409 if path else 400, f"There is a file or a directory at {path or '/'} already")
    file = {**new_file(path, caller_of(request)["id"]), "fileType": "OTHER"}
    upload = records_of(request, _UPLOADS).put(file["id"], {"fileSetId": fileset["id"], "file": file})
    return answer(_describe_upload(request, fileset, upload, "CREATED"), status=202)


@routes.post(_SET + "/files/multipart/{file_id}/part/{number}")
@takes_body_as_it_comes
async def upload_part(request: web.Request) -> web.Response:
    """Take a part; it replaces the former one of its number."""
    fileset = _fileset_of(request, "EDIT")
    _upload_of(request, fileset)
    number = whole_number(request.match_info["number"], "number", 0)
    if request.content_type != "multipart/form-data":
        raise HTTPError(400, "The request's body must be multipart/form-data")
    with blobs_of(request).arrival() as arrival:
        form = FileForm("", field="part")
        try:
            await form.read(request, arrival)
        except ValueError as error:
            raise HTTPError(400, f"The form is broken: {error}") from error
        if form.name is None:
            raise HTTPError(400, "Required: part")
        await storage_of(request).run(arrival.force_to_disk)
        # It may have been finished meanwhile.
        upload = _upload_of(request, fileset)
        content = arrival.keep()
        parts = _parts_of(request, upload["file"]["id"])
        former = parts.find(number)
        parts.put(number, {"number": number, "sha256": content.sha256, "size": content.size})
    told = answer(_describe_upload(request, fileset, upload, "PROCESSING"), status=202)
    return told if former is None else blobs_of(request).forget([former["sha256"]], told)


@routes.post(_SET + "/files/multipart/{file_id}/finalize")
async def finish_upload(request: web.Request) -> web.Response:
    """Put a file together of its parts, in the order of their numbers."""
    fileset = _fileset_of(request, "EDIT")
    upload, files = _upload_of(request, fileset), _files(request, fileset)
    file, blobs = upload["file"], blobs_of(request)
    parts = sorted(_parts_of(request, file["id"]), key=lambda part: part["number"])
    if not parts:
        raise HTTPError(404, f"Nothing was uploaded of {file['path']}")
    with blobs.arrival() as arrival:
        await storage_of(request).run(_put_together, blobs, [part["sha256"] for part in parts], arrival)
        # It may have been aborted meanwhile, and the path taken.
        _upload_of(request, fileset)
        if file_at(files, file["path"]) is not None:
            raise HTTPError(409, f"There is a file or a directory at {file['path']} already")
        make_directories(files, parent_of(file["path"]), caller_of(request)["id"])
        made = with_content(file, guessed_type(file["path"]), arrival.keep())
        files.put(made["id"], made)
    _touch(request, fileset)
    told = answer({"file": _describe_file(request, fileset, made), "status": "SUCCESS"}, status=201)
    return _end_upload(request, file["id"], told)


@routes.post(_SET + "/files/multipart/{file_id}/abort")
async def abort_upload(request: web.Request) -> web.Response:
    """Give an upload up."""
    fileset = _fileset_of(request, "EDIT")
    upload = _upload_of(request, fileset)
    return _end_upload(request, upload["file"]["id"], answer(_describe_upload(request, fileset, upload, "FAILED")))


@routes.get(_SET + "/stats")
async def stats(request: web.Request) -> web.Response:
    """Count files by what their media types say; those of an indexed FileSet are indexed at once."""
    fileset = _fileset_of(request, "READ")
    files = [file for file in _files(request, fileset) if file["fileType"] != DIRECTORY]
    categories = Counter(_kind(file) for file in files)
    complete = len(files) if _is_indexed(fileset) else 0
    return answer(
        {
            **{
                f"{category}FileTypeCount": categories[category]
                for category in ("image", "audio", "video", "text", "document", "other")
            },
            "notIndexedCount": len(files) - complete,
            "indexQueuedCount": 0,
            "indexInProgressCount": 0,
            "indexCompleteCount": complete,
            "indexFailedCount": 0,
            "indexSkippedCount": 0,
        }
    )


@routes.post(_SET + "/files/reindex")
async def reindex(request: web.Request) -> web.Response:
    """Count those of the named files that are there; there is nothing to do, as all are indexed at once."""
    fileset = _fileset_of(request, "EDIT")
    body, files = await read_body(request, Object({"fileIds": Array(Text(empty=True))})), _files(request, fileset)
    return answer({"retriedFilesCount": sum(each in files for each in set(body["fileIds"]))}, status=202)


@routes.get(_SET + "/files/share")
async def list_links(request: web.Request) -> web.Response:
    """List the links to a FileSet's files, page by page."""
    fileset = _fileset_of(request, "READ")
    limit = whole_number(request.query.get("limit"), "limit", _PAGE)
    offset = whole_number(request.query.get("offset"), "offset", 0)
    links = _links(request, fileset)
    described = [_describe_link(request, link) for link in links[offset : offset + limit]]
    return answer({"shareLinks": described, "pageContext": _page_context(offset, limit, len(links))})


@routes.post(_SET + "/files/{file_id}/share")
async def share(request: web.Request) -> web.Response:
    """Make a link to a file."""
    fileset = _fileset_of(request, "EDIT")
    file, expires = _file_of(request, fileset), (await json_object(request)).get("expiresAt")
    if file["fileType"] == DIRECTORY:
        raise HTTPError(400, f"{file['path']} is a directory")
    time = parse_time(expires)
    if expires is not None and time is None:
        raise HTTPError(400, "expiresAt must be a time in ISO 8601")
    link = {
        "token": secrets.token_urlsafe(24),
        "fileSetId": fileset["id"],
        "fileId": file["id"],
        "createdBy": caller_of(request)["id"],
        "created": iso(),
        "expiresAt": None if time is None else iso(time.astimezone(UTC)),
    }
    return answer(_describe_link(request, records_of(request, _SHARES).put(link["token"], link)), status=201)


@routes.delete(_SET + "/files/share/{token}")
async def unshare(request: web.Request) -> web.Response:
    """Have a link stop working, for who made it and for owners."""
    fileset = _fileset_of(request, "READ")
    link = _link_of(request, fileset)
    if link["createdBy"] != caller_of(request)["id"]:
        _fileset_of(request, "OWNER")
    records_of(request, _SHARES).remove(link["token"])
    return web.Response(status=204)


@routes.get(_SET + "/files/share/{token}/download")
async def download_shared(request: web.Request) -> web.StreamResponse:
    """Send the content of a file by a link to it. The path is emulator-defined."""
    fileset = records_of(request, FILESETS).get(request.match_info["fileset_id"])
    link = _link_of(request, fileset)
    expires = parse_time(link["expiresAt"])
    if expires is not None and expires <= datetime.now(UTC):
        raise HTTPError(404, "The link has expired")
    return _content(request, _files(request, fileset).get(link["fileId"]))


@routes.get(_SET + "/files/download")
async def download_zip(request: web.Request) -> web.StreamResponse:
    """Send several files and directories as a ZIP."""
    fileset = _fileset_of(request, "READ")
    files = _files(request, fileset)
    chosen: list[Record] = []
    for file_id in _several(request, "fileIds"):
        if (file := files.find(file_id)) is None:
            raise HTTPError(404, f"File not found: {file_id}")
        chosen += _all_below(files, file)
    for position in _several(request, "paths"):
        chosen += _below_path(files, path_of(position))
    if not chosen:
        raise HTTPError(400, "Required: fileIds or paths, in the query")
    return await _zipped(request, list({file["id"]: file for file in chosen}.values()))


@routes.get(_SET + "/path/download")
async def download_by_path(request: web.Request) -> web.StreamResponse:
    """Send the content of the file at a path; of a directory all files as a ZIP, of ``/`` those of the FileSet."""
    fileset = _fileset_of(request, "READ")
    files, path = _files(request, fileset), path_of(request.query.get("path", ""))
    if "path" not in request.query:
        raise HTTPError(400, "Required: path, in the query")
    file = file_at(files, path)
    if file is not None and file["fileType"] != DIRECTORY:
        return _content(request, file)
    return await _zipped(request, _below_path(files, path))


@routes.post(_SET + "/path")
async def move_by_path(request: web.Request) -> web.Response:
    """Move what lies at a path."""
    fileset = _fileset_of(request, "EDIT")
    return await _move(request, fileset, _named(_files(request, fileset), request))


@routes.post(_SET + "/files/{file_id}")
async def move(request: web.Request) -> web.Response:
    """Move a file or directory."""
    fileset = _fileset_of(request, "EDIT")
    return await _move(request, fileset, _file_of(request, fileset))


@routes.get(_SET + "/path")
async def get_by_path(request: web.Request) -> web.Response:
    """Describe what lies at a path; without ``downloadUrl``, as its page shows."""
    fileset = _fileset_of(request, "READ")
    file = _named(_files(request, fileset), request)
    return answer({**_describe_file(request, fileset, file), "downloadUrl": None})


@routes.delete(_SET + "/path")
async def delete_by_path(request: web.Request) -> web.Response:
    """Delete what lies at a path; a directory with all that lies in it."""
    fileset = _fileset_of(request, "EDIT")
    return _delete(request, fileset, _named(_files(request, fileset), request))


@routes.get(_SET + "/files/{file_id}")
async def get_file(request: web.Request) -> web.Response:
    """Describe a file or directory."""
    fileset = _fileset_of(request, "READ")
    return answer(_describe_file(request, fileset, _file_of(request, fileset)))


@routes.delete(_SET + "/files/{file_id}")
async def delete_file(request: web.Request) -> web.Response:
    """Delete a file; a directory with all that lies in it."""
    fileset = _fileset_of(request, "EDIT")
    return _delete(request, fileset, _file_of(request, fileset))


@routes.get(_SET + "/files/{file_id}/download")
async def download(request: web.Request) -> web.StreamResponse:
    """Send the content of a file."""
    file = _file_of(request, _fileset_of(request, "READ"))
    if file["fileType"] == DIRECTORY:
        raise HTTPError(400, f"{file['path']} is a directory")
    return _content(request, file)


def _fileset_of(request: web.Request, level: str) -> Record:
    """Return the FileSet that the path names, with which the caller may do so much."""
    fileset_id = request.match_info["fileset_id"]
    fileset = records_of(request, FILESETS).find(fileset_id)
    if fileset is None:
        raise HTTPError(404, f"FileSet not found: {fileset_id}")
    permission = _permission(request, fileset)
    if _LEVELS.index(permission) < _LEVELS.index(level):
        raise HTTPError(403, f"Your permission on the FileSet {fileset_id} is {permission}, not {level}")
    return fileset


def _permission(request: web.Request, fileset: Record) -> str:
    user = caller_of(request)
    if is_admin(user) or user["id"] == fileset["owner"]:
        return "OWNER"
    entities = entities_of(instance_of(request), user)
    given = [
        entry["permission"] for entry in fileset["access"] if (entry["entityType"], str(entry["entityId"])) in entities
    ]
    return max(given, key=_LEVELS.index, default="NONE")


def _files(request: web.Request, fileset: Record) -> Collection:
    return files_of(instance_of(request).records, fileset["id"])


def _file_of(request: web.Request, fileset: Record) -> Record:
    file_id = request.match_info["file_id"]
    file = _files(request, fileset).find(file_id)
    if file is None:
        raise HTTPError(404, f"File not found: {file_id}")
    return file


def _named(files: Collection, request: web.Request) -> Record:
    """Return the file that the query names by its path."""
    path = path_of(request.query.get("path", ""))
    if not path:
        raise HTTPError(400, "Required: path, in the query")
    file = file_at(files, path)
    if file is None:
        raise HTTPError(404, f"File not found: {path}")
    return file


def _delete(request: web.Request, fileset: Record, file: Record) -> web.Response:
    below = [each for each in _files(request, fileset) if lies_in(each, file["path"])]
    _touch(request, fileset)
    return _without(request, fileset, [file, *below])


def _without(request: web.Request, fileset: Record, files: Sequence[Record]) -> web.Response:
    """Remove files, with the links to them."""
    gone = {file["id"] for file in files}
    for link in _links(request, fileset):
        if link["fileId"] in gone:
            records_of(request, _SHARES).remove(link["token"])
    collection = _files(request, fileset)
    for file in files:
        collection.remove(file["id"])
    garbage = [file["sha256"] for file in files if file["sha256"]]
    return blobs_of(request).forget(garbage, web.Response(status=204))


async def _move(request: web.Request, fileset: Record, file: Record) -> web.Response:
    """Move a file, or a directory with all that lies in it, to the path of the body."""
    files, path = _files(request, fileset), path_of((await read_body(request, _PATH))["path"])
    if not path or lies_in({"path": f"{path}/"}, file["path"]):
        raise HTTPError(400, f"{file['path']} cannot be moved to {path or '/'}")
    if path != file["path"] and file_at(files, path) is not None:
        raise HTTPError(409, f"There is a file or a directory at {path} already")
    below = [each for each in files if lies_in(each, file["path"])] if file["fileType"] == DIRECTORY else []
    make_directories(files, parent_of(path), caller_of(request)["id"])
    for each in (file, *below):
        files.update(each["id"], path=path + each["path"][len(file["path"]) :])
    _touch(request, fileset)
    return answer(_describe_file(request, fileset, files.get(file["id"])))


def _content(request: web.Request, file: Record) -> web.StreamResponse:
    """Return the answer that sends a file's content."""
    return content_response(
        request,
        file["sha256"],
        size=file["size"],
        content_type=file["contentType"],
        name=PurePosixPath(file["path"]).name,
    )


def _all_below(files: Collection, file: Record) -> list[Record]:
    """Return a file, or the files of a directory, however deep."""
    if file["fileType"] != DIRECTORY:
        return [file]
    return [each for each in files if each["fileType"] != DIRECTORY and lies_in(each, file["path"])]


def _below_path(files: Collection, path: str) -> list[Record]:
    """Return the file at a path, or all files of the directory there."""
    if not path:
        return [file for file in files if file["fileType"] != DIRECTORY]
    file = file_at(files, path)
    if file is None:
        raise HTTPError(404, f"File not found: {path}")
    return _all_below(files, file)


async def _zipped(request: web.Request, files: Sequence[Record]) -> web.Response:
    """Return the answer that sends files as a ZIP."""
    if len(files) > _MOST_ZIPPED:
        raise HTTPError(400, f"At most {_MOST_ZIPPED} files can be downloaded at once")
    content = await storage_of(request).run(_zip, blobs_of(request), list(files))
    return web.Response(body=content, content_type="application/zip")


def _zip(blobs: Blobs, files: Sequence[Record]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for file in files:
            with blobs.open(file["sha256"]) as content, archive.open(file["path"], "w") as entry:
                shutil.copyfileobj(content, entry)
    return packed.getvalue()


def _several(request: web.Request, key: str) -> list[str]:
    """Return what stands in the query under a key: several times, or with commas between."""
    return [part for value in request.query.getall(key, []) for part in value.split(",") if part]


def _kind(file: Record) -> str:
    """Return the type by which statistics count a file."""
    media, _, form = str(file["contentType"]).partition(";")[0].partition("/")
    if is_text(file["contentType"]):
        return "text"
    return media if media in {"image", "audio", "video"} else "document" if form in _DOCUMENTS else "other"


def _is_indexed(fileset: Record) -> bool:
    return bool(fileset.get("aiEnabled", True))


def _page_context(offset: int, limit: int, total: int) -> dict[str, int]:
    return {"count": max(0, min(limit, total - offset)), "totalCount": total, "offset": offset}


def _upload_of(request: web.Request, fileset: Record) -> Record:
    """Return the upload in parts that the path names."""
    upload = records_of(request, _UPLOADS).find(request.match_info["file_id"])
    if upload is None or upload["fileSetId"] != fileset["id"]:
        raise HTTPError(404, "The upload does not exist, or has ended")
    return upload


def _parts_of(request: web.Request, file_id: str) -> Collection:
    # Its contents are held by the name that those of files have.
    return records_of(request, f"{FILES}/upload-{file_id}")


def _put_together(blobs: Blobs, hashes: Sequence[str], arrival: Arrival) -> None:
    for sha256 in hashes:
        with blobs.open(sha256) as content:
            while chunk := content.read(_CHUNK):
                arrival.write(chunk)
    arrival.force_to_disk()


def _end_upload(request: web.Request, file_id: str, told: web.Response) -> web.Response:
    """Forget an upload with its parts."""
    parts = _parts_of(request, file_id)
    garbage = [part["sha256"] for part in parts]
    for key in parts.keys():  # noqa: SIM118 - it iterates over records
        parts.remove(key)
    records_of(request, _UPLOADS).remove(file_id)
    return blobs_of(request).forget(garbage, told)


def _describe_upload(request: web.Request, fileset: Record, upload: Record, status: str) -> dict[str, Any]:
    file = {**_describe_file(request, fileset, upload["file"]), "downloadUrl": None}
    return {"file": file, "status": status}


def _links(request: web.Request, fileset: Record) -> list[Record]:
    return [link for link in records_of(request, _SHARES) if link["fileSetId"] == fileset["id"]]


def _link_of(request: web.Request, fileset: Record) -> Record:
    """Return the link that the path names."""
    link = records_of(request, _SHARES).find(request.match_info["token"])
    if link is None or link["fileSetId"] != fileset["id"]:
        raise HTTPError(404, "The link does not exist")
    return link


def _describe_link(request: web.Request, link: Record) -> dict[str, Any]:
    path = f"{_BASE}/{link['fileSetId']}/files/share/{link['token']}/download"
    told = {key: link[key] for key in ("fileId", "createdBy", "token", "expiresAt", "created")}
    return {**told, "downloadUrl": f"{request.url.origin()}{path}"}


async def _words(request: web.Request, files: Sequence[Record]) -> Mapping[str, Counter[str]]:
    """Return the words of files and of their paths, by the files' ids."""
    known = _WORDS.setdefault(instance_of(request), {})
    unread = {file["sha256"] for file in files if is_text(file["contentType"])} - known.keys()
    if unread:
        fresh = await storage_of(request).run(_read_words, blobs_of(request), sorted(unread))
        if len(known) + len(fresh) > _CACHED_TEXTS:
            known.clear()
        known.update(fresh)
    return {file["id"]: words(file["path"].replace("_", " ")) + known.get(file["sha256"], Counter()) for file in files}


def _read_words(blobs: Blobs, hashes: Sequence[str]) -> dict[str, Counter[str]]:
    found = {}
    for sha256 in hashes:
        try:
            found[sha256] = words(blobs.beginning(sha256, _READ_FOR_QUERIES).decode(errors="replace"))
        except HTTPError:
            # It was deleted meanwhile.
            found[sha256] = Counter()
    return found


def _cursor(file_id: str, following: str, index: int) -> str:
    position = {"id": file_id, "next": following, "index": index}
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _start(cursor: str | None, found: Sequence[Mapping[str, Any]]) -> int:
    """Return the start of a cursor's page: behind the last file of the page before, or at the next one."""
    if not cursor:
        return 0
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor))
        file_id, following, index = position["id"], position.get("next"), int(position.get("index", 0))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise HTTPError(400, "next must be the cursor of the page before") from error
    positions = {file["id"]: number for number, file in enumerate(found)}
    if file_id in positions:
        return positions[file_id] + 1
    # Where both are gone, what follows has moved up by one at least.
    return positions.get(following, max(index - 1, 0))


_ACCESS_MESSAGE = "Access is entityId, entityType (USER, GROUP) and permission (OWNER, EDIT, READ, NONE)"
_ACCESS = Object(
    {
        "entityType": OneOf(_KINDS, message=_ACCESS_MESSAGE),
        "permission": OneOf(_LEVELS, message=_ACCESS_MESSAGE),
        "entityId": WholeNumber(),
    },
    message=_ACCESS_MESSAGE,
)
_UPDATE = Object({"name": Text(optional=True, null=True), **{key: Flag(optional=True, null=True) for key in _FLAGS}})
_SETTINGS = Object(
    {
        "connectorContext": Object(
            has=("connector",), optional=True, null=True, message="connectorContext needs connector"
        ),
        "accountId": WholeNumber(default=0),
        "aiEnabled": Flag(default=True, null=True),
    }
)


def _settings(body: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a new FileSet besides its name."""
    body = _SETTINGS.check(body)
    context = body.get("connectorContext")
    return {
        "description": str(body.get("description") or ""),
        "account_id": body["accountId"],
        "context": context,
        "connector": str(body.get("connector") or (context or {}).get("connector") or "DOMO"),
        "indexed": body["aiEnabled"],
    }


def new_fileset(
    name: str,
    owner: int,
    *,
    description: str = "",
    account_id: int = 0,
    context: Mapping[str, Any] | None = None,
    connector: str = "DOMO",
    indexed: bool = True,
    created: str | None = None,
    fileset_id: str | None = None,
) -> Record:
    """Return a new FileSet, which is not kept yet."""
    created = created or iso()
    return {
        "id": fileset_id or random_id(),
        "name": name,
        "description": description,
        "connectorContext": context,
        "connector": connector,
        "aiEnabled": indexed,
        "pdpEnabled": False,
        "accountId": account_id,
        "created": created,
        "createdBy": owner,
        "updated": created,
        "updatedBy": owner,
        "owner": owner,
        "access": [],
    }


def _touch(request: web.Request, fileset: Record, **changes: Any) -> Record:
    return records_of(request, FILESETS).update(
        fileset["id"], updated=iso(), updatedBy=caller_of(request)["id"], **changes
    )


def _user(request: web.Request, user_id: object) -> Record:
    user = records_of(request, "users").find(user_id)
    if user is None:
        raise HTTPError(400, f"The user {user_id} does not exist")
    return user


def _access(category: str, entity_id: int, permission: str) -> Record:
    return {"entityId": entity_id, "entityType": category, "permission": permission}


def _said_access(request: web.Request, entry: Record) -> Record:
    entity_id = entry["entityId"]
    if entry["entityType"] == "USER":
        _user(request, entity_id)
    return _access(entry["entityType"], entity_id, entry["permission"])


def _merged(access: Sequence[Record], changes: Sequence[Record]) -> list[Record]:
    by_entity = {(entry["entityType"], entry["entityId"]): entry for entry in (*access, *changes)}
    return [entry for entry in by_entity.values() if entry["permission"] != "NONE"]


def _access_json(fileset: Record) -> dict[str, Any]:
    return {
        "fileSetId": fileset["id"],
        "fileSetAccess": [_access("USER", fileset["owner"], "OWNER"), *fileset["access"]],
    }


def _describe(request: web.Request, fileset: Record) -> dict[str, Any]:
    files = [file for file in _files(request, fileset) if file["fileType"] != DIRECTORY]
    context = fileset["connectorContext"]
    return {
        "id": fileset["id"],
        "name": fileset["name"],
        "description": fileset["description"],
        "aiEnabled": _is_indexed(fileset),
        "pdpEnabled": fileset.get("pdpEnabled", False),
        "indexStatus": None,
        "batchType": "INCREMENTAL",
        "connector": fileset.get("connector") or (context["connector"] if context else "DOMO"),
        "created": fileset["created"],
        "createdBy": fileset["createdBy"],
        "updated": fileset["updated"],
        "updatedBy": fileset["updatedBy"],
        "owner": str(fileset["owner"]),
        "accountId": fileset["accountId"],
        "connectorContext": context,
        "permission": _permission(request, fileset),
        "size": sum(file["size"] for file in files),
        "fileCount": len(files),
    }


def _describe_file(request: web.Request, fileset: Record, file: Record) -> dict[str, Any]:
    directory = file["fileType"] == DIRECTORY
    path = f"{_BASE}/{fileset['id']}/files/{file['id']}/download"
    return {
        "id": file["id"],
        "path": file["path"],
        "name": PurePosixPath(file["path"]).name,
        "fileType": file["fileType"],
        "contentType": file["contentType"],
        "size": file["size"],
        "hash": file["sha256"],
        "hashAlgorithm": None if directory else "SHA_256_HEX",
        "downloadUrl": None if directory else f"{request.url.origin()}{path}",
        "created": file["created"],
        "createdBy": file["createdBy"],
        "connectorKey": None,
        "indexStatus": None,
        "indexReason": None,
    }


def _node(file: Record) -> dict[str, Any]:
    """Describe a file as queries do, which write times in milliseconds."""
    return {
        "id": file["id"],
        "path": file["path"],
        "name": PurePosixPath(file["path"]).name,
        "fileType": file["fileType"],
        "contentType": file["contentType"],
        "size": file["size"],
        "created": millis(parse_time(file["created"])),
        "type": "TEXT",
    }


def search_documents(instance: Instance) -> Iterator[dict[str, Any]]:
    """Yield what a search finds of FileSets; that it finds them, as ``fileset``, is emulator-defined."""
    for fileset in instance.records[FILESETS]:
        yield {
            "entityType": "fileset",
            "databaseId": fileset["id"],
            "uuid": fileset["id"],
            "name": fileset["name"],
            "description": fileset["description"],
            "ownedById": str(fileset["owner"]),
            "ownedByName": user_name(instance, fileset["owner"]),
            "createDate": millis(parse_time(fileset["created"])),
            "lastModified": millis(parse_time(fileset["updated"])),
        }
