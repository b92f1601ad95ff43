"""Files: E087 to E099, E101."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from domo_async._endpoints.files.models import (
    CreatedFile,
    CreatedRevision,
    File,
    FilePermission,
    FilePermissions,
    FileRevision,
)
from tests.contract.row import Row, Sent, documented, refusal, whole

SCRATCH = TemporaryDirectory()
FILES = "/api/data/v1/data-files"
PDF = b"%PDF-1.7 \x00\xff\r\n"
REVISION = {
    "dataFileRevisionId": 430,
    "sizeBytes": len(PDF),
    "sha256HashValue": hashlib.sha256(PDF).hexdigest().upper(),
}

ROWS = [
    Row(
        "E087",
        lambda domo: domo.files.upload(PDF, name="Sample File.pdf", description="A sample"),
        Sent(
            "POST",
            FILES,
            query={"name": "Sample File.pdf", "description": "A sample", "public": "false"},
            body=PDF,
            headers={"Content-Type": "application/pdf", "Content-Length": str(len(PDF))},
            answer=whole({"dataFileId": 401}),
        ),
        gives=CreatedFile,
    ),
    Row(
        "E087",
        lambda domo: domo.files.upload(b"", name="x", public=True, content_type="text/plain"),
        Sent(
            "POST",
            FILES,
            query={"name": "x", "public": "true"},
            headers={"Content-Type": "text/plain", "Content-Length": "0"},
            answer=whole({"dataFileId": 401}),
        ),
        gives=CreatedFile,
        note="empty, for all, of a given type",
    ),
    Row(
        "E087",
        lambda domo: domo.files.upload_many({"a.pdf": PDF}),
        Sent("POST", FILES, query={"name": "a.pdf", "public": "false"}, body=PDF, answer=whole({"dataFileId": 401})),
        gives=lambda found: [("a.pdf", CreatedFile(data_file_id=401))] == [(one.item, one.result) for one in found],
        note="several",
    ),
    Row(
        "E088",
        lambda domo: domo.files.upload_revision(401, PDF),
        Sent(
            "PUT",
            f"{FILES}/401",
            body=PDF,
            headers={"Content-Type": "application/octet-stream"},
            answer=whole({"revisionId": 430}),
        ),
        gives=CreatedRevision,
    ),
    Row(
        "E089",
        lambda domo: domo.files.list().all(),
        Sent("GET", f"{FILES}/details", answer=documented("E089")),
        gives=File,
    ),
    Row(
        "E089",
        lambda domo: domo.files.list(user_id=27, expand=["revisions", "metadata"], data_file_ids=[401, "402"]).all(),
        Sent(
            "GET",
            f"{FILES}/details",
            query={"userId": "27", "expand": "revisions,metadata", "dataFileIds": "401,402"},
            answer=documented("E089"),
        ),
        gives=File,
        note="only some, and more of them",
    ),
    Row(
        "E090",
        lambda domo: domo.files.get(90361),
        Sent("GET", f"{FILES}/90361/details", answer=documented("E090")),
        gives=File,
    ),
    Row(
        "E090",
        lambda domo: domo.files.get(90361, expand=["revisions"]),
        Sent("GET", f"{FILES}/90361/details", query={"expand": "revisions"}, answer=documented("E096")),
        gives=File,
        note="with more",
    ),
    Row(
        "E091",
        lambda domo: domo.files.get_revision(90356, 92251, expand=["metadata"]),
        Sent(
            "GET",
            f"{FILES}/90356/revisions/92251/details",
            query={"expand": "metadata"},
            answer=documented("E091"),
        ),
        gives=FileRevision,
    ),
    Row(
        "E092",
        lambda domo: domo.files.list_revisions(90356, expand=["metadata"]).all(),
        Sent("GET", f"{FILES}/90356/revisions/details", query={"expand": "metadata"}, answer=documented("E092")),
        gives=FileRevision,
    ),
    Row(
        "E093",
        lambda domo: domo.files.download(401, revision_id=430, file_name="a b.pdf"),
        (
            Sent("GET", f"{FILES}/401/revisions/430/details", answer=whole(REVISION)),
            Sent(
                "GET",
                f"{FILES}/401/revisions/430",
                query={"fileName": "a b.pdf"},
                answer=PDF,
                content_type="application/pdf",
                beside=True,
            ),
        ),
        gives=lambda content: content == PDF,
    ),
    Row(
        "seen: Files, Revision",
        lambda domo: domo.files.download(401, revision_id=430, verify=False),
        (
            Sent("GET", f"{FILES}/401/revisions/430", status=404, answer=refusal(404)),
            Sent("GET", f"{FILES}/401/revision/430", answer=PDF, content_type="application/pdf"),
        ),
        gives=lambda content: content == PDF,
        note="from an instance that knows the singular alone",
    ),
    Row(
        "seen: Files, Get Revision Metadata",
        lambda domo: domo.files.get_revision(90356, 92251, expand=["metadata"]),
        Sent(
            "GET",
            f"{FILES}/90356/revisions/92251/details",
            query={"expand": "metadata"},
            answer=whole(
                {
                    "bucket": "text",
                    "contentType": "text/plain",
                    "dataFileId": 90356,
                    "dataFileRevisionId": "92251",
                    "datetimeDeleted": None,
                    "datetimeUploaded": 1735689600000,
                    "description": "text",
                    "locationKey": "text",
                    "md5Hash": "text",
                    "metadata": {"fileName": "a.txt", "imageType": False, "sourceContentLength": 3},
                    "parts": None,
                    "scanState": "PENDING",
                    "sha256HashValue": "text",
                    "sizeBytes": 3,
                    "uploadTimeMillis": 1,
                    "uploadUserId": 27,
                }
            ),
        ),
        gives=FileRevision,
        note="with all that instances tell",
    ),
    Row(
        "E094",
        lambda domo: domo.files.download(401, file_name="b.pdf"),
        (
            Sent(
                "GET",
                f"{FILES}/401/details",
                query={"expand": "revisions,metadata"},
                answer=whole({"dataFileId": 401, "currentRevision": REVISION}),
            ),
            Sent(
                "GET",
                f"{FILES}/401",
                query={"fileName": "b.pdf"},
                answer=PDF,
                content_type="application/pdf",
                beside=True,
            ),
        ),
        gives=lambda content: content == PDF,
    ),
    Row(
        "E094",
        lambda domo: domo.files.download(401, verify=False),
        Sent("GET", f"{FILES}/401", answer=b"<html>{}</html>", content_type="text/html"),
        gives=lambda content: content == b"<html>{}</html>",
        note="that is a web page",
    ),
    Row(
        "E094",
        lambda domo: domo.files.download(401, verify=False),
        Sent("GET", f"{FILES}/401", answer=b'{"a": 1}'),
        gives=lambda content: content == b'{"a": 1}',
        note="that is JSON",
    ),
    Row(
        "E094",
        lambda domo: domo.files.download_many({401: Path(mkdtemp(dir=SCRATCH.name), "b.pdf")}, verify=False),
        Sent("GET", f"{FILES}/401", answer=PDF, content_type="application/pdf"),
        gives=lambda found: [(401, len(PDF))] == [(entry.item, entry.result.bytes) for entry in found],
        note="several",
    ),
    Row(
        "E094",
        lambda domo: domo.files.download_range(401, start=2, stop=4),
        Sent("GET", f"{FILES}/401", headers={"Range": "bytes=2-3"}, answer=PDF, content_type="application/pdf"),
        gives=lambda found: (PDF[2:4], False) == (found.content, found.partial),
        note="a range, of an instance that sends the whole content",
    ),
    Row(
        "E093",
        lambda domo: domo.files.download_range(401, start=0, stop=3, revision_id=430),
        Sent(
            "GET",
            f"{FILES}/401/revisions/430",
            headers={"Range": "bytes=0-2"},
            answer=PDF,
            content_type="application/pdf",
        ),
        gives=lambda found: (PDF[:3], len(PDF)) == (found.content, found.total),
        note="a range of a revision",
    ),
    Row(
        "E095",
        lambda domo: domo.files.copy(400, 401),
        Sent("POST", f"{FILES}/copy/400/revisions/current/401", answer=whole({"revisionId": 401})),
        gives=CreatedRevision,
    ),
    Row(
        "E096",
        lambda domo: domo.files.duplicate(90361),
        Sent("POST", f"{FILES}/90361/duplicate", answer=documented("E096")),
        gives=File,
    ),
    Row("E097", lambda domo: domo.files.delete(401), Sent("DELETE", f"{FILES}/401")),
    Row(
        "E097",
        lambda domo: domo.files.delete(401),
        Sent("DELETE", f"{FILES}/401", answer=b"true"),
        note="with an answer",
    ),
    Row("E098", lambda domo: domo.files.delete_revision(401, 430), Sent("DELETE", f"{FILES}/401/revisions/430")),
    Row(
        "E099",
        lambda domo: domo.files.get_permissions(401),
        Sent("GET", f"{FILES}/401/permissions", answer=documented("E099")),
        gives=FilePermissions,
    ),
    Row(
        "E101",
        lambda domo: domo.files.set_permissions(
            401,
            public_access=True,
            entries=[
                FilePermission("USER", 1089963280, "READ_WRITE_DELETE_SHARE_ADMIN"),
                FilePermission("GROUP", 7, "READ", "SHARE"),
            ],
        ),
        Sent(
            "PUT",
            f"{FILES}/401/permissions",
            json={
                "publicAccess": True,
                "entries": [
                    {
                        "entityType": "USER",
                        "entityId": "1089963280",
                        "grant": "READ_WRITE_DELETE_SHARE_ADMIN",
                        "pass": "NONE",
                    },
                    {"entityType": "GROUP", "entityId": "7", "grant": "READ", "pass": "SHARE"},
                ],
            },
        ),
    ),
]
