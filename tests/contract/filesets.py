"""FileSets: E102 to E114, and who may do what with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from domo_async._endpoints.filesets.filters import DateFilter, FieldFilter
from domo_async._endpoints.filesets.models import (
    ConnectorContext,
    Deletion,
    FileMatch,
    FileSet,
    FileSetAccess,
    FileSetFile,
    FileSetStats,
    PartUpload,
    ShareLink,
)
from tests.contract.row import Row, Sent, documented, whole

SCRATCH = TemporaryDirectory()
FILESETS = "/api/files/v1/filesets"
RULES = b"\x00first\r\nrule\r\n--\xff"
FOUND = {
    "content": {"text": "# Paid Time Off", "type": "TEXT"},
    "metadata": {"fileId": "7150e608", "path": "sample/PaidTimeOffPolicy.pdf"},
    "score": 0.41046342,
}
ONE_PAGE = {"files": json.loads(documented("E107"))["files"], "pageContext": {"next": None}}
ACCESS = {
    "fileSetId": "fs",
    "fileSetAccess": [
        {"entityId": 1, "entityType": "USER", "permission": "OWNER"},
        {"entityId": 27, "entityType": "USER", "permission": "EDIT"},
    ],
}
EAST = timezone(timedelta(hours=2))


def form(*expected: tuple[str, str | None, str, bytes]) -> Callable[[bytes], bool]:
    """Return what says whether a body is a form of these fields: name, file name, media type and content of each."""

    def judge(body: bytes) -> bool:
        boundary = body.lstrip().partition(b"\r\n")[0].removeprefix(b"--")
        head = b'Content-Type: multipart/form-data; boundary="' + boundary + b'"\r\n\r\n'
        parts = message_from_bytes(head + body, policy=HTTP).iter_parts()
        found = [
            (
                part.get_param("name", header="Content-Disposition"),
                part.get_filename(),
                part.get_content_type(),
                part.get_payload(decode=True),
            )
            for part in parts
        ]
        return found == list(expected)

    return judge


TOLD = {
    "id": "f1",
    "size": len(RULES),
    "hash": hashlib.sha256(RULES).hexdigest(),
    "hashAlgorithm": "SHA_256_HEX",
}


def stored(path: str) -> bytes:
    """Return the documents' sample answer of an upload, of the file that is sent here."""
    told = {"path": path, "name": path.rpartition("/")[2], "size": len(RULES)}
    return whole({**json.loads(documented("E106")), **told})


def _folder_with(name: str) -> Path:
    folder = Path(mkdtemp(dir=SCRATCH.name))
    (folder / name).write_bytes(RULES)
    return folder


SEEN_FILE = {
    "connectorKey": None,
    "contentType": "text/plain",
    "created": "2025-01-01T12:00:00Z",
    "createdBy": 1234,
    "downloadUrl": "https://example.com/x",
    "fileType": "TEXT",
    "hash": "text",
    "hashAlgorithm": "SHA_256_HEX",
    "id": "f1",
    "indexReason": None,
    "indexStatus": None,
    "name": "b.txt",
    "path": "a/b.txt",
    "size": 43685,
}
LINK = {
    "fileId": "f1",
    "createdBy": 27,
    "token": "a-token-of-a-link",
    "expiresAt": "2025-01-01T12:00:00Z",
    "created": "2024-01-01T12:00:00Z",
    "downloadUrl": "https://acme.domo.com/share/a-token-of-a-link",
}
STATS = {
    f"{name}Count": number
    for number, name in enumerate(
        (
            *("imageFileType", "audioFileType", "videoFileType", "textFileType", "documentFileType", "otherFileType"),
            *("notIndexed", "indexQueued", "indexInProgress", "indexComplete", "indexFailed", "indexSkipped"),
        )
    )
}

CONTENT = Sent("GET", f"{FILESETS}/fs/files/f1/download", answer=RULES, content_type="text/plain", beside=True)

ROWS = [
    Row(
        "openapi: Documents, Create a new Document Collection",
        lambda domo: domo.filesets.create(name="P", ai_enabled=False, connector="DOMO"),
        Sent(
            "POST",
            FILESETS,
            json={"name": "P", "aiEnabled": False, "connector": "DOMO"},
            answer=whole({"id": "fs", "name": "P", "aiEnabled": False, "pdpEnabled": False, "owner": "27"}),
            status=201,
        ),
        gives=FileSet,
    ),
    Row(
        "openapi: Documents, Update an existing Document Collection",
        lambda domo: domo.filesets.update("fs", ai_enabled=True, pdp_enabled=False),
        Sent(
            "POST",
            f"{FILESETS}/fs",
            json={"aiEnabled": True, "pdpEnabled": False},
            answer=whole({"id": "fs", "aiEnabled": True}),
        ),
        gives=FileSet,
    ),
    Row(
        "openapi: Documents, List Document Collections",
        lambda domo: domo.filesets.search(
            date_filters=[
                DateFilter("created", datetime(2025, 5, 12, 23, 30, tzinfo=UTC)),
                DateFilter("updated", end=datetime(2025, 5, 13, tzinfo=UTC)),
            ]
        ).all(),
        Sent(
            "POST",
            f"{FILESETS}/search",
            query={"limit": "100", "offset": "0"},
            json={
                "dateFilters": [
                    {"field": "created", "start": "2025-05-12T23:30:00.000Z", "not": False},
                    {"field": "updated", "end": "2025-05-13T00:00:00.000Z", "not": False},
                ]
            },
            answer=whole({"fileSets": [{"id": "fs"}], "pageContext": {"count": 1, "totalCount": 1, "offset": 0}}),
        ),
        gives=FileSet,
        says=lambda answer: answer["fileSets"],
        note="with one bound each",
    ),
    Row(
        "openapi: Documents, Query Document Collection",
        lambda domo: domo.filesets.files.query(
            "fs", query="benefit", metadata_filter={"key": "fileType", "operator": "EQUALS", "value": "TEXT"}
        ),
        Sent(
            "POST",
            f"{FILESETS}/fs/query",
            json={
                "query": "benefit",
                "metadataFilter": {"key": "fileType", "operator": "EQUALS", "value": "TEXT"},
            },
            answer=whole({"matches": [FOUND]}),
        ),
        gives=FileMatch,
        says=lambda answer: answer["matches"],
    ),
    Row(
        "openapi: Documents, Get Document Collection Statistics",
        lambda domo: domo.filesets.stats("fs"),
        Sent("GET", f"{FILESETS}/fs/stats", answer=whole(STATS)),
        gives=FileSetStats,
    ),
    Row(
        "openapi: Documents, Create a new File or Directory",
        lambda domo: domo.filesets.files.make_directory("fs", path="a/b"),
        Sent(
            "POST",
            f"{FILESETS}/fs/files",
            body=form(("createFileRequest", None, "application/json", b'{"directoryPath":"a/b"}')),
            answer=whole(
                {
                    "created": "2025-01-01T12:00:00Z",
                    "createdBy": 1234,
                    "fileType": "DIRECTORY",
                    "id": "d1",
                    "name": "b",
                    "path": "a/b",
                    "size": None,
                }
            ),
            status=201,
        ),
        gives=FileSetFile,
    ),
    Row(
        "openapi: Documents, Initiate a split file upload",
        lambda domo: domo.filesets.files.begin_upload("fs", path="a/b.txt"),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/multipart",
            json={"path": "a/b.txt"},
            answer=whole({"file": {**SEEN_FILE, "size": None, "hash": None}, "status": "CREATED"}),
            status=202,
        ),
        gives=PartUpload,
    ),
    Row(
        "openapi: Documents, Submit a part of a file for upload",
        lambda domo: domo.filesets.files.upload_part("fs", "f1", 0, RULES),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/multipart/f1/part/0",
            body=form(("part", "part", "application/octet-stream", RULES)),
            answer=whole({"file": SEEN_FILE, "status": "PROCESSING"}),
            status=202,
        ),
        gives=PartUpload,
    ),
    Row(
        "openapi: Documents, Finalize a split file upload",
        lambda domo: domo.filesets.files.finish_upload("fs", "f1"),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/multipart/f1/finalize",
            answer=whole({"file": SEEN_FILE, "status": "SUCCESS"}),
            status=201,
        ),
        gives=PartUpload,
    ),
    Row(
        "openapi: Documents, Abort a split file upload",
        lambda domo: domo.filesets.files.abort_upload("fs", "f1"),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/multipart/f1/abort",
            answer=whole({"file": SEEN_FILE, "status": "FAILED"}),
        ),
        gives=PartUpload,
    ),
    Row(
        "openapi: Documents, Update a File or Directory",
        lambda domo: domo.filesets.files.move("fs", "f1", path="a/b.txt"),
        Sent("POST", f"{FILESETS}/fs/files/f1", json={"path": "a/b.txt"}, answer=whole(SEEN_FILE)),
        gives=FileSetFile,
    ),
    Row(
        "openapi: Documents, Update a File or Directory by Path",
        lambda domo: domo.filesets.files.move_by_path("fs", path="old.txt", new_path="a/b.txt"),
        Sent(
            "POST", f"{FILESETS}/fs/path", query={"path": "old.txt"}, json={"path": "a/b.txt"}, answer=whole(SEEN_FILE)
        ),
        gives=FileSetFile,
    ),
    Row(
        "openapi: Documents, Reindex Files",
        lambda domo: domo.filesets.files.reindex("fs", ["f1", "f2"]),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/reindex",
            json={"fileIds": ["f1", "f2"]},
            answer=whole({"retriedFilesCount": 2}),
            status=202,
        ),
        gives=lambda count: count == 2,
    ),
    Row(
        "openapi: Documents, Create a Shareable File Download Link",
        lambda domo: domo.filesets.files.share("fs", "f1", expires_at=datetime(2025, 1, 1, 12, tzinfo=UTC)),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/f1/share",
            json={"expiresAt": "2025-01-01T12:00:00.000Z"},
            answer=whole(LINK),
            status=201,
        ),
        gives=ShareLink,
    ),
    Row(
        "openapi: Documents, Create a Shareable File Download Link",
        lambda domo: domo.filesets.files.share("fs", "f1"),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/f1/share",
            json={"expiresAt": None},
            answer=whole({**LINK, "expiresAt": None}),
            status=201,
        ),
        gives=ShareLink,
        note="for ever",
    ),
    Row(
        "openapi: Documents, List Shareable File Download Links",
        lambda domo: domo.filesets.files.share_links("fs").all(),
        Sent(
            "GET",
            f"{FILESETS}/fs/files/share",
            query={"limit": "100", "offset": "0"},
            answer=whole({"shareLinks": [LINK], "pageContext": {"count": 1, "totalCount": 1, "offset": 0}}),
        ),
        gives=ShareLink,
        says=lambda answer: answer["shareLinks"],
    ),
    Row(
        "openapi: Documents, Revoke a Shareable File Download Link",
        lambda domo: domo.filesets.files.unshare("fs", "a-token"),
        Sent("DELETE", f"{FILESETS}/fs/files/share/a-token", status=204),
    ),
    Row(
        "openapi: Documents, Download a File by Path",
        lambda domo: domo.filesets.files.download_by_path("fs", path="a/b.txt"),
        Sent("GET", f"{FILESETS}/fs/path/download", query={"path": "a/b.txt"}, answer=RULES, content_type="text/plain"),
        gives=lambda content: content == RULES,
    ),
    Row(
        "openapi: Documents, Download Files by ID or path",
        lambda domo: domo.filesets.files.download_zip("fs", file_ids=["f1", "f2"], paths=["/"]),
        Sent(
            "GET",
            f"{FILESETS}/fs/files/download",
            query={"fileIds": "f1,f2", "paths": "/"},
            answer=RULES,
            content_type="application/zip",
        ),
        gives=lambda content: content == RULES,
    ),
    Row(
        "E102",
        lambda domo: domo.filesets.files.get_by_path("fs", path="a folder/ä&b.txt"),
        Sent("GET", f"{FILESETS}/fs/path", query={"path": "a folder/ä&b.txt"}, answer=documented("E102")),
        gives=FileSetFile,
    ),
    Row(
        "E103",
        lambda domo: domo.filesets.files.get("fs", "f1"),
        Sent("GET", f"{FILESETS}/fs/files/f1", answer=documented("E103")),
        gives=FileSetFile,
    ),
    Row(
        "E104",
        lambda domo: domo.filesets.files.download("fs", "f1"),
        (
            Sent("GET", f"{FILESETS}/fs/files/f1", answer=whole(TOLD)),
            CONTENT,
        ),
        gives=lambda content: content == RULES,
    ),
    Row(
        "E104",
        lambda domo: domo.filesets.files.download_range("fs", "f1", start=1, stop=5),
        Sent(
            "GET",
            f"{FILESETS}/fs/files/f1/download",
            headers={"Range": "bytes=1-4"},
            answer=RULES,
            content_type="text/plain",
        ),
        gives=lambda found: (RULES[1:5], False) == (found.content, found.partial),
        note="a range",
    ),
    Row(
        "E104",
        lambda domo: domo.filesets.files.download_many("fs", {"f1": Path(mkdtemp(dir=SCRATCH.name), "rules.txt")}),
        (
            Sent("GET", f"{FILESETS}/fs/files/f1", answer=whole(TOLD)),
            CONTENT,
        ),
        gives=lambda found: [("f1", len(RULES), True)] == [(e.item, e.result.bytes, e.result.verified) for e in found],
        note="several",
    ),
    Row(
        "E106",
        lambda domo: domo.filesets.files.upload_many("fs", {"rules.txt": RULES}, directory_path="a"),
        Sent(
            "POST",
            f"{FILESETS}/fs/files",
            body=lambda body: RULES in body and b'{"directoryPath":"a"}' in body,
            answer=whole({"id": "f1"}),
        ),
        gives=lambda found: [("rules.txt", "f1")] == [(entry.item, entry.result.id) for entry in found],
        note="several",
    ),
    Row(
        "E106,E107",
        lambda domo: domo.filesets.push_folder("fs", _folder_with("rules.txt"), directory_path="a", delete=True),
        (
            Sent(
                "POST",
                f"{FILESETS}/fs/files/search",
                query={"directoryPath": "a", "limit": "100"},
                json={},
                answer=whole({"files": [{"id": "f2", "path": "a/old.txt"}]}),
            ),
            Sent(
                "POST",
                f"{FILESETS}/fs/files",
                body=lambda body: RULES in body and b'{"directoryPath":"a"}' in body,
                answer=whole({"id": "f1"}),
            ),
            Sent("DELETE", f"{FILESETS}/fs/files/f2", status=204),
        ),
        gives=lambda done: {"rules.txt": "upload", "old.txt": "delete"} == {e.path: e.action for e in done},
        note="a folder",
    ),
    Row(
        "E104,E107",
        lambda domo: domo.filesets.pull_folder("fs", mkdtemp(dir=SCRATCH.name)),
        (
            Sent(
                "POST",
                f"{FILESETS}/fs/files/search",
                query={"limit": "100"},
                json={},
                answer=whole({"files": [{**TOLD, "path": "a/rules.txt"}]}),
            ),
            Sent("GET", f"{FILESETS}/fs/files/f1", answer=whole(TOLD)),
            CONTENT,
        ),
        gives=lambda done: [("a/rules.txt", len(RULES))] == [(entry.path, entry.size) for entry in done.transferred],
        note="a folder",
    ),
    Row(
        "E105",
        lambda domo: domo.filesets.files.query(
            "fs", query="quarterly sales data", directory_path="reports/quarterly", top_k=5
        ),
        Sent(
            "POST",
            f"{FILESETS}/fs/query",
            json={
                "query": "quarterly sales data",
                "directoryPath": "reports/quarterly",
                "pathPrefixFilter": "reports/quarterly",
                "topK": 5,
            },
            answer=documented("E105"),
        ),
        gives=FileMatch,
        says=lambda answer: answer["matches"],
    ),
    Row(
        "E105",
        lambda domo: domo.filesets.files.query("fs", query="benefit"),
        Sent("POST", f"{FILESETS}/fs/query", json={"query": "benefit"}, answer=whole({"matches": [FOUND]})),
        gives=FileMatch,
        says=lambda answer: answer["matches"],
        note="of a newer instance",
    ),
    Row(
        "E106",
        lambda domo: domo.filesets.files.upload("fs", RULES, name="rules.txt"),
        Sent(
            "POST",
            f"{FILESETS}/fs/files",
            body=form(
                ("file", "rules.txt", "text/plain", RULES),
                ("createFileRequest", None, "application/json", b'{"directoryPath":""}'),
            ),
            answer=stored("rules.txt"),
            status=201,
        ),
        gives=FileSetFile,
    ),
    Row(
        "E106",
        lambda domo: domo.filesets.files.upload(
            "fs", RULES, name="rules", directory_path="a/b", content_type="application/x-rules"
        ),
        Sent(
            "POST",
            f"{FILESETS}/fs/files",
            body=form(
                ("file", "rules", "application/x-rules", RULES),
                ("createFileRequest", None, "application/json", b'{"directoryPath":"a/b"}'),
            ),
            answer=stored("a/b/rules"),
            status=201,
        ),
        gives=FileSetFile,
        note="into a directory, of a newer instance",
    ),
    Row(
        "E107",
        lambda domo: domo.filesets.files.search("fs").all(),
        (
            Sent("POST", f"{FILESETS}/fs/files/search", query={"limit": "100"}, json={}, answer=documented("E107")),
            Sent(
                "POST",
                f"{FILESETS}/fs/files/search",
                query={"limit": "100", "next": "eyJpZCI6IjEyMzQ1Njc4OTAifQ=="},
                json={},
                answer=whole({"files": [], "pageContext": {"next": None}}),
            ),
        ),
        gives=FileSetFile,
        says=lambda _: ONE_PAGE["files"],
    ),
    Row(
        "E107",
        lambda domo: domo.filesets.files.search(
            "fs",
            directory_path="reports",
            immediate_children=True,
            page_size=20,
            sort_by="name",
            ascending=False,
            filters=[FieldFilter("name", [".pdf"], "LIKE"), FieldFilter("hash", operator="IS_NULL", negated=True)],
            date_filters=[
                DateFilter(
                    "created",
                    datetime(2024, 6, 1, 2, tzinfo=EAST),
                    datetime(2024, 6, 30, 12, 30, 1, 999_900, tzinfo=UTC),
                    negated=True,
                )
            ],
        ).all(),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/search",
            query={"directoryPath": "reports", "immediateChildren": "true", "limit": "20"},
            json={
                "fieldSort": [{"field": "name", "order": "DESC"}],
                "filters": [
                    {"field": "name", "value": [".pdf"], "operator": "LIKE", "not": False},
                    {"field": "hash", "value": [], "operator": "IS_NULL", "not": True},
                ],
                "dateFilters": [
                    {
                        "field": "created",
                        "start": "2024-06-01T00:00:00.000Z",
                        "end": "2024-06-30T12:30:01.999Z",
                        "not": True,
                    }
                ],
            },
            answer=whole(ONE_PAGE),
        ),
        gives=FileSetFile,
        says=lambda answer: answer["files"],
        note="with filters",
    ),
    Row(
        "E107",
        lambda domo: domo.filesets.files.search("fs").all(),
        Sent(
            "POST",
            f"{FILESETS}/fs/files/search",
            query={"limit": "100"},
            json={},
            answer=whole({"files": ONE_PAGE["files"]}),
        ),
        gives=FileSetFile,
        says=lambda answer: answer["files"],
        note="without a page's context",
    ),
    Row(
        "E108",
        lambda domo: domo.filesets.files.delete_by_path("fs", path="rules.txt"),
        Sent("DELETE", f"{FILESETS}/fs/path", query={"path": "rules.txt"}, status=204),
        gives=lambda deletion: deletion == Deletion(),
    ),
    Row(
        "E108",
        lambda domo: domo.filesets.files.delete_by_path("fs", path="rules.txt"),
        Sent(
            "DELETE",
            f"{FILESETS}/fs/path",
            query={"path": "rules.txt"},
            answer=whole({"status": "success", "message": "File deleted successfully."}),
        ),
        gives=Deletion,
        note="of an older instance",
    ),
    Row(
        "E109",
        lambda domo: domo.filesets.files.delete("fs", "f1"),
        Sent("DELETE", f"{FILESETS}/fs/files/f1", status=204),
        gives=lambda deletion: deletion == Deletion(),
    ),
    Row(
        "E109",
        lambda domo: domo.filesets.files.delete("fs", "f1"),
        Sent(
            "DELETE",
            f"{FILESETS}/fs/files/f1",
            answer=whole({"status": "success", "message": "File deleted successfully."}),
        ),
        gives=Deletion,
        note="of an older instance",
    ),
    Row(
        "E110",
        lambda domo: domo.filesets.search(page_size=50).all(),
        Sent("POST", f"{FILESETS}/search", query={"limit": "50", "offset": "0"}, json={}, answer=documented("E110")),
        gives=FileSet,
        says=lambda answer: answer["fileSets"],
    ),
    Row(
        "E110",
        lambda domo: domo.filesets.search(
            filters=[FieldFilter("name", ["Marketing"], "LIKE")],
            date_filters=[
                DateFilter("created", datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 6, 30, tzinfo=UTC)),
            ],
            sort_by="name",
            offset=3,
            limit=2,
        ).all(),
        Sent(
            "POST",
            f"{FILESETS}/search",
            query={"limit": "2", "offset": "3"},
            json={
                "fieldSort": [{"field": "name", "order": "ASC"}],
                "filters": [{"field": "name", "value": ["Marketing"], "operator": "LIKE", "not": False}],
                "dateFilters": [
                    {
                        "field": "created",
                        "start": "2024-06-01T00:00:00.000Z",
                        "end": "2024-06-30T00:00:00.000Z",
                        "not": False,
                    }
                ],
            },
            answer=documented("E110"),
        ),
        gives=FileSet,
        says=lambda answer: answer["fileSets"],
        note="with filters",
    ),
    Row(
        "E111",
        lambda domo: domo.filesets.create(
            name="Sample FileSet", description="A sample FileSet for demonstration purposes."
        ),
        Sent(
            "POST",
            FILESETS,
            json={"name": "Sample FileSet", "description": "A sample FileSet for demonstration purposes."},
            answer=documented("E111"),
            status=201,
        ),
        gives=FileSet,
    ),
    Row(
        "E111",
        lambda domo: domo.filesets.create(
            name="Bucket", account_id=12345, connector_context=ConnectorContext("S3", "bucket/path")
        ),
        Sent(
            "POST",
            FILESETS,
            json={
                "name": "Bucket",
                "accountId": 12345,
                "connectorContext": {"connector": "S3", "relativePath": "bucket/path"},
            },
            answer=whole(
                {
                    "id": "b",
                    "name": "Bucket",
                    "accountId": 12345,
                    "connectorContext": {"connector": "S3", "relativePath": "bucket/path"},
                }
            ),
            status=201,
        ),
        gives=FileSet,
        note="elsewhere, of a newer instance",
    ),
    Row(
        "E112",
        lambda domo: domo.filesets.get("fs"),
        Sent("GET", f"{FILESETS}/fs", answer=documented("E112")),
        gives=FileSet,
    ),
    Row(
        "E112",
        lambda domo: domo.filesets.get("fs"),
        Sent("GET", f"{FILESETS}/fs", answer=documented("E112b")),
        gives=FileSet,
        note="all that is known",
    ),
    Row(
        "E113",
        lambda domo: domo.filesets.update("fs", name="Updated FileSet Name", description="Updated description."),
        Sent(
            "POST",
            f"{FILESETS}/fs",
            json={"name": "Updated FileSet Name", "description": "Updated description."},
            answer=documented("E113"),
        ),
        gives=FileSet,
    ),
    Row(
        "E114",
        lambda domo: domo.filesets.delete("fs"),
        Sent("DELETE", f"{FILESETS}/fs", status=204),
        gives=lambda deletion: deletion == Deletion(),
    ),
    Row(
        "E114",
        lambda domo: domo.filesets.delete("fs"),
        Sent(
            "DELETE",
            f"{FILESETS}/fs",
            answer=whole({"status": "success", "message": "FileSet deleted successfully."}),
        ),
        gives=Deletion,
        note="of an older instance",
    ),
    Row(
        "extra: FileSets, Update FileSet Ownership",
        lambda domo: domo.filesets.set_owner("fs", 27),
        Sent("POST", f"{FILESETS}/fs/ownership", json={"userId": 27}, answer=whole(ACCESS)),
        gives=FileSetAccess,
        says=lambda answer: answer["fileSetAccess"],
    ),
    Row(
        "extra: FileSets, Get FileSet Access",
        lambda domo: domo.filesets.get_access("fs"),
        Sent("GET", f"{FILESETS}/fs/access", answer=whole(ACCESS)),
        gives=FileSetAccess,
        says=lambda answer: answer["fileSetAccess"],
    ),
    Row(
        "extra: FileSets, Update FileSet Access",
        lambda domo: domo.filesets.set_access(
            "fs", access=[FileSetAccess("USER", 27, "EDIT"), FileSetAccess("GROUP", 7, "NONE")]
        ),
        Sent(
            "POST",
            f"{FILESETS}/fs/access",
            json={
                "fileSetAccess": [
                    {"entityType": "USER", "entityId": 27, "permission": "EDIT"},
                    {"entityType": "GROUP", "entityId": 7, "permission": "NONE"},
                ]
            },
            answer=whole(ACCESS),
        ),
        gives=FileSetAccess,
        says=lambda answer: answer["fileSetAccess"],
    ),
]
