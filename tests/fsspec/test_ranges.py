"""Contents read by ranges, of instances that serve them well, badly or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from typing import Any

import fsspec
import pytest
from aiohttp import web

from domo_async.errors import ConfigError, IncompleteAnswer
from tests.support import serving, talking_to

CONTENT = bytes(range(256)) * 400
FILESET = "11111111-2222-3333-4444-555555555555"


class Instance:
    """Gives one file, in Files and in a FileSet, by ranges or not."""

    def __init__(self, *, ranges=True, tagged=True, told=True, of_range=None):
        self.content = CONTENT
        self.ranges, self.tagged, self.told, self.of_range = ranges, tagged, told, of_range
        self.asked = []

    async def __call__(self, request):
        digest = hashlib.sha256(self.content).hexdigest()
        if request.path.endswith("/details"):
            revision: dict[str, Any] = {
                "dataFileRevisionId": 7,
                "sizeBytes": len(self.content),
                "sha256HashValue": digest,
            }
            if "/revisions/" in request.path:
                return web.json_response(revision)
            return web.json_response(
                {"dataFileId": 401, "name": "a.bin", "currentRevision": revision if self.told else None}
            )
        if request.path.endswith(f"/filesets/{FILESET}"):
            return web.json_response({"id": FILESET, "name": "F"})
        if request.path.endswith(("/path", "/files/f1")):
            told = {
                "id": "f1",
                "path": "a.bin",
                "size": len(self.content),
                "hash": digest,
                "hashAlgorithm": "SHA_256_HEX",
            }
            return web.json_response(told)
        wanted = request.headers.get("Range")
        self.asked.append((request.path.rpartition("data-files")[2], wanted))
        headers = {"ETag": f'"{digest}"'} if self.tagged else {}
        if wanted is None or not self.ranges:
            return web.Response(body=self.content, headers=headers)
        first, last = map(int, wanted.removeprefix("bytes=").split("-"))
        last = min(last, len(self.content) - 1)
        part = self.of_range or f"bytes {first}-{last}/{len(self.content)}"
        return web.Response(status=206, body=self.content[first : last + 1], headers={**headers, "Content-Range": part})


async def pieces_of(instance, protocol, path):
    async with serving(instance) as origin:
        fs = fsspec.filesystem(protocol, asynchronous=True, instance=origin, token="t", skip_instance_cache=True)
        try:
            async with await fs.open_async(path) as file:
                return [
                    file.seek(start) and await file.read(stop - start)
                    for start, stop in ((100, 200), (50_000, 50_500), (len(CONTENT) - 5, len(CONTENT) + 9))
                ]
        finally:
            await fs.aclose()


PIECES = [CONTENT[100:200], CONTENT[50_000:50_500], CONTENT[-5:]]


async def test_a_revision_is_read_by_ranges_so_that_a_newer_one_does_not_matter():
    instance = Instance(tagged=False)

    assert PIECES == await pieces_of(instance, "domo", "files/~401")

    asked = ["bytes=100-199", "bytes=50000-50499", f"bytes={len(CONTENT) - 5}-{len(CONTENT) - 1}"]
    assert [("/401/revisions/7", wanted) for wanted in asked] == instance.asked


@pytest.mark.parametrize(
    ("protocol", "path", "how"),
    [
        pytest.param("domo", "files/~401", {"ranges": False}, id="a file, no ranges"),
        pytest.param("domo", "files/~401", {"told": False}, id="a file of unknown size"),
        pytest.param("domo-fileset", f"{FILESET}/a.bin", {"ranges": False}, id="a FileSet's file, no ranges"),
        pytest.param("domo-fileset", f"{FILESET}/a.bin", {"tagged": False}, id="a FileSet's file, no ETag"),
    ],
)
async def test_a_file_that_cannot_be_read_by_ranges_is_read_once_to_a_temporary_file(
    protocol, path, how, tmp_path, monkeypatch
):
    instance = Instance(**how)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    assert PIECES == await pieces_of(instance, protocol, path)

    assert len(instance.asked) <= 2
    assert None is instance.asked[-1][1]
    assert [] == list(tmp_path.iterdir())


async def test_a_file_that_is_replaced_while_it_is_read_is_not_mixed():
    instance = Instance()
    async with serving(instance) as origin:
        fs = fsspec.filesystem("domo-fileset", asynchronous=True, instance=origin, token="t", skip_instance_cache=True)
        async with await fs.open_async(f"{FILESET}/a.bin") as file:
            await file.read(10)
            instance.content = CONTENT[::-1]
            with pytest.raises(OSError, match="replaced while it was read"):
                await file.read(10)
        await fs.aclose()


async def test_a_range_of_an_instance_that_sends_something_else_is_refused():
    for wrong in ("bytes 5-9/100", "bytes 0-9/x", "lines 0-9/100"):
        async with talking_to(Instance(of_range=wrong)) as domo:
            with pytest.raises(IncompleteAnswer, match="another part"):
                await domo.files.download_range(401, start=0, stop=10)


async def test_a_range_ends_with_the_content():
    async with talking_to(Instance()) as domo:
        end = await domo.files.download_range(401, start=len(CONTENT) - 3, stop=len(CONTENT) + 100)
        assert (CONTENT[-3:], len(CONTENT), True) == (end.content, end.total, end.partial)
        for start, stop in ((-1, 5), (5, 5), (6, 5)):
            with pytest.raises(ConfigError, match="a range goes from"):
                await domo.files.download_range(401, start=start, stop=stop)


async def test_paths_of_a_fileset_that_would_lead_elsewhere_stay_in_the_folder(tmp_path):
    paths = ["../up.txt", "a/../../up.txt", "/etc/up.txt", "a\\..\\up.txt", "a/x\x1b[2J", "a/ok.txt", "same", "same"]

    async def answer(request):
        if request.path.endswith("/files/search"):
            files = [{"id": f"f{number}", "path": path, "size": 1} for number, path in enumerate(paths)]
            return web.json_response({"files": [*files, {"id": "d", "path": "a", "fileType": "DIRECTORY"}]})
        if request.path.endswith("/download"):
            return web.Response(body=b"x")
        if "/files/f" in request.path:
            number = request.path.rpartition("/f")[2]
            return web.json_response({"id": f"f{number}", "path": paths[int(number)], "size": 1})
        if request.path.endswith("/path"):
            path = request.query["path"]
            if path == "a":
                return web.json_response({"id": "d", "path": "a", "fileType": "DIRECTORY"})
            known = [each.lstrip("/") for each in paths]
            if path not in known:
                return web.json_response({"message": "no"}, status=404)
            return web.json_response({"id": f"f{known.index(path)}", "path": path, "size": 1})
        return web.json_response({"id": FILESET, "name": "F"})

    async with serving(answer) as origin:
        fs = fsspec.filesystem("domo-fileset", asynchronous=True, instance=origin, token="t", skip_instance_cache=True)
        target = tmp_path / "deep" / "down"
        await fs._get(f"{FILESET}/", f"{target}/", recursive=True)
        await fs.aclose()

    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert (len(paths), set()) == (len(found), {path for path in found if target not in path.parents})
    assert all(path.name.isprintable() for path in found)
