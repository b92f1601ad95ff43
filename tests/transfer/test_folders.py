"""Folders up and down: only what differs is moved, and nothing leaves the folder."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from domo_async import ConfigError, ContentMismatch, DecodeError, DomoError, NotFound
from domo_async._transfer import Described, Progress
from domo_async._transfer.files.trees import (
    LocalFile,
    RemoteFile,
    _is_name,
    is_same,
    same_on_disk,
    target_for,
    usable_name,
)
from domo_async.emulator import Fault
from tests.support import talking_to

FILES = {"top.txt": b"top", "a/one.txt": b"one", "a/b/two words.txt": b"two", "a/b/ä.bin": bytes(range(256))}
NOON = datetime(2024, 6, 1, 12, tzinfo=UTC)


def fill(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told(report) -> dict[str, str]:
    return {entry.path: entry.action for entry in report.results}


@pytest.fixture
async def fileset(domo):
    return (await domo.filesets.create(name="Reports")).id


@pytest.fixture
def here(tmp_path):
    folder = tmp_path / "here"
    fill(folder, FILES)
    return folder


async def paths_of(domo, fileset) -> list[str]:
    found = await domo.filesets.files.search(fileset).all()
    return sorted(file.path for file in found if file.file_type != "DIRECTORY")


async def test_a_folder_goes_up_and_comes_down_as_it_was(domo, fileset, here, tmp_path):
    progress: list[Progress] = []

    up = await domo.filesets.push_folder(fileset, here, progress=progress.append)
    down = await domo.filesets.pull_folder(fileset, tmp_path / "there")

    assert sorted(FILES) == await paths_of(domo, fileset)
    assert FILES == held(tmp_path / "there")
    assert dict.fromkeys(FILES, "upload") == told(up)
    assert dict.fromkeys(FILES, "download") == told(down)
    assert sum(map(len, FILES.values())) == up.bytes == down.bytes == progress[-1].bytes
    assert len(FILES) == progress[-1].parts


async def test_only_what_differs_is_moved(domo, emulator, fileset, here):
    await domo.filesets.push_folder(fileset, here)
    (here / "top.txt").write_bytes(b"pot")
    (here / "new.txt").write_bytes(b"new")
    os.utime(here / "a/one.txt", (0, 0))
    emulator.log.clear()

    again = await domo.filesets.push_folder(fileset, here)

    assert {"top.txt", "new.txt"} == {entry.path for entry in again.transferred}
    assert 2 == len(emulator.log.matching("POST */files"))
    assert {"a/one.txt", "a/b/two words.txt", "a/b/ä.bin"} == {entry.path for entry in again.unchanged}

    (here / "a/one.txt").write_bytes(b"eno")
    emulator.log.clear()
    back = await domo.filesets.pull_folder(fileset, here)

    assert ["a/one.txt"] == [entry.path for entry in back.transferred]
    assert b"one" == (here / "a/one.txt").read_bytes()
    assert 1 == len(emulator.log.matching("GET */download"))


async def test_a_directory_of_the_fileset_stands_for_the_folder(domo, fileset, here, tmp_path):
    await domo.filesets.files.upload(fileset, b"other", name="other.txt")
    await domo.filesets.files.upload(fileset, b"near", name="near.txt", directory_path="x/yz")

    await domo.filesets.push_folder(fileset, here, directory_path="/x/y/", delete=True)
    await domo.filesets.pull_folder(fileset, tmp_path / "there", directory_path="x/y/a")

    assert sorted([*(f"x/y/{path}" for path in FILES), "other.txt", "x/yz/near.txt"]) == await paths_of(domo, fileset)
    assert {"one.txt", "b/two words.txt", "b/ä.bin"} == held(tmp_path / "there").keys()


@pytest.mark.parametrize("delete", [False, True])
async def test_files_that_the_other_side_lacks_are_deleted_only_if_asked_for(domo, fileset, here, tmp_path, delete):
    await domo.filesets.push_folder(fileset, here)
    (here / "a/b/ä.bin").unlink()
    there = tmp_path / "there"
    fill(there, {"mine/old.txt": b"mine"})

    up = await domo.filesets.push_folder(fileset, here, delete=delete)
    down = await domo.filesets.pull_folder(fileset, there, delete=delete)

    assert (["a/b/ä.bin"] if delete else []) == [entry.path for entry in up.deleted]
    assert delete == ("a/b/ä.bin" not in await paths_of(domo, fileset))
    assert (["mine/old.txt"] if delete else []) == [entry.path for entry in down.deleted]
    assert delete == (not (there / "mine").exists())


async def test_a_dry_run_tells_all_and_does_nothing(domo, emulator, fileset, here, tmp_path):
    await domo.filesets.files.upload(fileset, b"old", name="old.txt")
    emulator.log.clear()

    up = await domo.filesets.push_folder(fileset, here, delete=True, dry_run=True)
    down = await domo.filesets.pull_folder(fileset, tmp_path / "there", dry_run=True)

    assert {**dict.fromkeys(FILES, "upload"), "old.txt": "delete"} == told(up)
    assert (4, 1) == (len(up.transferred), len(up.deleted))
    assert {"old.txt": "download"} == told(down)
    assert not any(entry.done for entry in (*up.results, *down.results))
    assert ["old.txt"] == await paths_of(domo, fileset)
    assert not (tmp_path / "there").exists()
    assert [] == emulator.log.matching("DELETE *")


async def test_where_a_file_fails_the_others_go_on_and_nothing_is_deleted(domo, emulator, fileset, here):
    await domo.filesets.files.upload(fileset, b"old", name="old.txt")
    emulator.faults.add(Fault("POST */files", "status", status=500))

    up = await domo.filesets.push_folder(fileset, here, delete=True, concurrency=1)

    assert 1 == len(up.failed)
    assert 3 == len(up.transferred)
    assert "old.txt" in await paths_of(domo, fileset)
    with pytest.raises(Exception, match="500"):
        up.raise_for_failures()


async def test_an_empty_side_does_not_empty_the_other(domo, fileset, here, tmp_path):
    (tmp_path / "empty").mkdir()
    await domo.filesets.files.upload(fileset, b"x", name="x.txt")

    with pytest.raises(ConfigError, match="is empty.*all 1 files"):
        await domo.filesets.push_folder(fileset, tmp_path / "empty", delete=True)
    with pytest.raises(ConfigError, match="or does not exist"):
        await domo.filesets.pull_folder(fileset, here, directory_path="tpyo", delete=True)

    assert ["x.txt"] == await paths_of(domo, fileset)
    assert FILES == held(here)


async def test_empty_directories_come_down(domo, fileset, tmp_path):
    await domo.filesets.files.upload(fileset, b"x", name="x.txt", directory_path="a/b")
    await domo.filesets.files.delete_by_path(fileset, path="a/b/x.txt")

    await domo.filesets.pull_folder(fileset, tmp_path / "there", delete=True)

    assert (tmp_path / "there/a/b").is_dir()


async def test_links_are_neither_followed_nor_sent_nor_taken_for_missing(domo, fileset, here, tmp_path):
    secret = tmp_path / "secret"
    fill(secret, {"key.txt": b"secret"})
    (here / "link.txt").symlink_to(secret / "key.txt")
    (here / "links").symlink_to(secret)
    await domo.filesets.files.upload(fileset, b"kept", name="key.txt", directory_path="links")

    up = await domo.filesets.push_folder(fileset, here, delete=True)

    assert {"link.txt": "skip", "links": "skip"} == {
        path: action for path, action in told(up).items() if "link" in path
    }
    assert sorted([*FILES, "links/key.txt"]) == await paths_of(domo, fileset)

    await domo.filesets.files.upload(fileset, b"kept", name="link.txt")
    down = await domo.filesets.pull_folder(fileset, here, delete=True)

    assert {"link.txt", "links/key.txt"} == {entry.path for entry in down.failed}
    assert b"secret" == (secret / "key.txt").read_bytes()
    assert (here / "link.txt").is_symlink()


@pytest.mark.parametrize(
    "path", ["../evil.txt", "a/../../evil.txt", "/evil.txt", "a//evil.txt", "./evil.txt", "a/", ".."]
)
async def test_no_path_of_the_instance_leads_out_of_the_folder(tmp_path, path):
    folder = tmp_path / "in"

    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.json_response({"files": [{"id": "1", "path": path}, {"id": "2", "path": "good.txt", "size": 4}]})
        if request.path.endswith("download"):
            return web.Response(body=b"good")
        return web.json_response({"id": "2", "size": 4})

    async with talking_to(handler) as domo:
        done = await domo.filesets.pull_folder("fs", folder)

    assert [(path, DecodeError)] == [(entry.path, type(entry.error)) for entry in done.failed]
    assert {"good.txt": b"good"} == held(folder)
    assert ["in"] == [each.name for each in tmp_path.iterdir()]


async def test_where_a_name_is_a_file_on_one_side_and_a_folder_on_the_other_it_is_told(domo, fileset, here, tmp_path):
    await domo.filesets.push_folder(fileset, here)
    there = tmp_path / "there"
    fill(there, {"a": b"a file", "top.txt/x": b"a folder"})

    down = await domo.filesets.pull_folder(fileset, there)

    assert set(FILES) == {entry.path for entry in down.failed}
    assert {"a": b"a file", "top.txt/x": b"a folder"} == held(there)


async def test_a_name_that_is_not_a_folder_or_fileset_is_refused(domo, fileset, here, tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        await domo.filesets.push_folder(fileset, tmp_path / "absent")
    with pytest.raises(ConfigError, match="is a file"):
        await domo.filesets.pull_folder(fileset, here / "top.txt")
    with pytest.raises(ConfigError, match="does not exist"):
        await domo.filesets.pull_folder(fileset, tmp_path / "absent" / "deeper")
    with pytest.raises(ConfigError, match="route"):
        await domo.filesets.push_folder("search", here)
    with pytest.raises(NotFound):
        await domo.filesets.push_folder("00000000-0000-0000-0000-000000000000", here)


async def test_files_named_as_unfinished_downloads_are_told_and_never_deleted(domo, fileset, tmp_path):
    odd = ".x.bin.0123abcd.part"
    fill(tmp_path / "here", {odd: b"half", ".part": b"mine", "x.part": b"mine"})
    await domo.filesets.files.upload(fileset, b"theirs", name=odd)

    up = await domo.filesets.push_folder(fileset, tmp_path / "here", delete=True)
    down = await domo.filesets.pull_folder(fileset, tmp_path / "there")

    assert {odd: "skip", ".part": "upload", "x.part": "upload"} == told(up)
    assert [".part", odd, "x.part"] == await paths_of(domo, fileset)
    assert [odd] == [entry.path for entry in down.failed]
    assert {".part": b"mine", "x.part": b"mine"} == held(tmp_path / "there")


@pytest.mark.parametrize(
    ("size", "digest", "created", "up", "down"),
    [
        (4, None, NOON, True, True),
        (5, None, NOON, False, False),
        (4, None, NOON + timedelta(hours=1), True, False),
        (4, None, NOON - timedelta(hours=1), False, True),
        (4, None, None, False, False),
        (4, "ab" * 32, NOON, False, False),
        (None, None, NOON, False, False),
    ],
)
def test_files_are_compared_by_size_and_hash_or_else_by_time(tmp_path, size, digest, created, up, down):
    (tmp_path / "x").write_bytes(b"text")
    local = LocalFile(tmp_path / "x", 4, NOON)
    remote = RemoteFile("x", "1", Described(size, digest), created)

    assert (up, down) == tuple(is_same(local, remote, copy_is_remote=way) for way in (True, False))


@pytest.mark.parametrize("path", ["", "a\0b", "\0", "a/./b"])
def test_a_path_that_names_no_file_has_no_place(tmp_path, path):
    with pytest.raises(DecodeError):
        target_for(tmp_path, path)


async def test_a_bad_name_is_one_entry_and_stops_no_other(domo, fileset, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    fill(here, {"good.csv": b"1", "report2024.csv": b"without", "sub/x.csv": b"2"})
    (here / "report\\2024.csv").write_bytes(b"with backslash")
    (here / "line\nend.csv").write_bytes(b"3")
    (here / os.fsdecode(b"caf\xe9.csv")).write_bytes(b"4")
    bad = {r"caf\xe9.csv", "report\\2024.csv", "line\nend.csv"}

    for dry_run in (True, False):
        report = await domo.filesets.push_folder(fileset, here, dry_run=dry_run, delete=True)
        assert bad == {entry.path for entry in report.failed}
        assert all(isinstance(entry.error, DomoError) for entry in report.failed)
        assert 3 == len(report.transferred)

    await domo.filesets.files.upload(fileset, b"long", name="漢" * 90 + ".csv")
    await domo.filesets.files.upload(fileset, b"deep", name="x", directory_path="/".join(["d" * 200] * 25))
    fill(there, {"sub": b"a file where a folder is due", "good.csv/x": b"a folder where a file is due"})

    for dry_run in (True, False):
        report = await domo.filesets.pull_folder(fileset, there, dry_run=dry_run)
        assert ["report2024.csv"] == [entry.path for entry in report.transferred]
        assert 4 == len(report.failed)
        assert all(isinstance(entry.error, DomoError) for entry in report.failed)
    assert b"without" == (there / "report2024.csv").read_bytes()


async def test_files_stored_otherwise_than_they_were_sent_are_told():
    answers = [
        {"id": "1", "path": "reports/x.txt", "size": 3, "hash": "0" * 64, "hashAlgorithm": "SHA_256_HEX"},
        {"id": "1", "path": "reports/x.txt", "size": 2},
        {"id": "1", "path": "reports/X.txt", "size": 3},
        {
            "id": "1",
            "path": "reports/x.txt",
            "size": 3,
            "hash": "0" * 32,
            "hashAlgorithm": "MD5",
        },
        {"id": "1", "path": "/reports/x.txt", "size": 3, "hash": "f" * 32, "hashAlgorithm": "CRC"},
        {"id": "1"},
    ]

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response(answers.pop(0))

    async with talking_to(answer) as domo:
        for _ in range(3):
            with pytest.raises(ContentMismatch, match="its id is 1"):
                await domo.filesets.files.upload("fs", b"abc", name="x.txt", directory_path="/reports/")
        for _ in range(3):
            stored = await domo.filesets.files.upload("fs", b"abc", name="x.txt", directory_path="reports")
            assert "1" == stored.id


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("plain.txt", "plain.txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("NUL .tar.gz", "_NUL .tar.gz"),
        ("COM¹", "_COM¹"),
        ("lpt1.log", "_lpt1.log"),
        ("console.txt", "console.txt"),
        ("a.txt:stream", "a.txt_stream"),
        ("c:x", "c_x"),
        ("trail.", "trail_"),
        ("trail ", "trail_"),
        ('<a|b?c*d"e>', "_a_b_c_d_e_"),
        ("tab\there", "tab_here"),
        ("../../up.txt", "up.txt"),
        ("..", ""),
    ],
)
def test_names_that_windows_takes_for_something_else_are_avoided_there(name, usable):
    assert usable == usable_name(name, windows=True)
    assert _is_name(name, windows=True) == (name == usable)


def test_names_are_cut_to_what_disks_take():
    assert "x" * 251 + ".txt" == usable_name("x" * 400 + ".txt")
    assert "漢" * 83 + ".txt" == usable_name("漢" * 90 + ".txt")
    assert 255 == len(usable_name("." + "y" * 300))


def test_names_that_some_disks_cannot_tell_apart_are_found(tmp_path):
    composed, decomposed = "\u00e9.txt", "e\u0301.txt"
    paths = ["a/B.txt", "A/b.txt", composed, decomposed, "other", "\u00df", "ss"]
    expected = {"A/b.txt": "a/B.txt", decomposed: composed, "ss": "\u00df"}

    assert expected == same_on_disk(tmp_path, paths, folds=lambda _: True)
    assert {} == same_on_disk(tmp_path, paths, folds=lambda _: False)
    assert [] == list(tmp_path.iterdir())
