"""What stands at the path of a target: files, links, pipes, devices, and what cannot be written."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyarrow.parquet
import pytest

from domo_async import BadRequest, ConfigError, Domo, DomoError, TargetError
from domo_async._transfer import atomic_write as atomic_writing
from domo_async._transfer.atomic_write import atomic_write

CSV = b"id,name\n1,plain\n2,\n"
WriteTo = Callable[[Path], Awaitable[object]]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and modes are those of POSIX")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def write_content(path: Path) -> None:
    async with atomic_write(path) as partial:
        partial.write_bytes(CSV)


@pytest.fixture(params=["export", "download", "block"])
async def write(request, domo: Domo) -> WriteTo:
    """Each of what writes `CSV` to a path."""
    if request.param == "export":
        dataset = await domo.datasets.create("Test", {"id": "LONG", "name": "STRING"})
        await domo.datasets.upload(dataset.id, CSV)
        return lambda path: domo.datasets.export(dataset.id, path)
    if request.param == "download":
        file = await domo.files.upload(CSV, name="x.csv")
        return lambda path: domo.files.download(file.data_file_id, path)
    return write_content


async def test_a_link_stays_a_link_and_what_it_leads_to_is_written(write, tmp_path):
    for name, there in [("old.csv", b"old"), ("new.csv", None)]:
        target, link = tmp_path / "in" / name, tmp_path / f"link-{name}"
        target.parent.mkdir(exist_ok=True)
        if there is not None:
            target.write_bytes(there)
        link.symlink_to(Path("in", name))

        await write(link)

        assert link.is_symlink()
        assert CSV == target.read_bytes()
    assert ["new.csv", "old.csv"] == sorted(path.name for path in (tmp_path / "in").iterdir())


async def test_mode_links_and_attributes_of_a_file_stay(write, tmp_path):
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b"old" * 100)
    path.chmod(0o640)
    if hasattr(os, "setxattr"):
        os.setxattr(path, "user.origin", b"here")

    await write(path)

    assert 0o640 == stat.S_IMODE(path.stat().st_mode)
    assert CSV == path.read_bytes()
    if hasattr(os, "getxattr"):
        assert b"here" == os.getxattr(path, "user.origin")

    path.write_bytes(b"old" * 100)
    os.link(path, other)
    await write(path)

    assert path.samefile(other)
    assert CSV == other.read_bytes()
    assert ["a.csv", "b.csv"] == names_in(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
async def test_the_owner_of_a_file_stays(write, tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_bytes(b"old")
    os.chown(path, 12345, 23456)
    path.chmod(0o664)

    await write(path)

    found = path.stat()
    assert (12345, 23456, 0o664) == (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode))
    assert CSV == path.read_bytes()


async def test_where_nothing_can_be_made_beside_a_file_it_is_written_all_the_same(write, tmp_path, monkeypatch):
    path = tmp_path / "only.csv"
    path.write_bytes(b"old")
    inode = path.stat().st_ino
    opened = os.open

    def refusing(name, flags, *mode, **more):
        if os.fspath(name).startswith(str(tmp_path)) and flags & os.O_EXCL:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(name, flags, *mode, **more)

    monkeypatch.setattr(os, "open", refusing)
    await write(path)

    assert CSV == path.read_bytes()
    assert inode == path.stat().st_ino


async def test_a_pipe_is_written_to(write, tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    read = asyncio.create_task(asyncio.to_thread(pipe.read_bytes))

    await write(pipe)

    assert CSV == await read
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert ["pipe.csv"] == names_in(tmp_path)


async def test_a_pipe_that_nobody_reads_can_be_given_up(write, tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    writing = asyncio.ensure_future(write(pipe))
    await asyncio.sleep(0)

    writing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await writing


async def test_whoever_reads_a_pipe_learns_of_the_end_if_nothing_comes(domo, tmp_path):
    dataset = await domo.datasets.create("Test", {"id": "LONG"})
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    read = asyncio.create_task(asyncio.to_thread(pipe.read_bytes))

    with pytest.raises(BadRequest):
        await domo.datasets.export(dataset.id, pipe, sql="SELECT nothing FROM table")

    assert b"" == await read


async def test_whoever_stops_reading_a_pipe_is_told_of(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    with pytest.raises(TargetError, match=r"pipe\.csv: Broken pipe"):
        async with atomic_write(pipe) as partial:
            partial.write_bytes(CSV)
            os.close(reader)


@pytest.mark.parametrize("link", [False, True])
async def test_an_open_descriptor_is_written_to_where_it_stands(write, tmp_path, link):
    out = tmp_path / "out.csv"
    with out.open("wb", buffering=0) as file:
        file.write(b"before\n")
        path = Path(f"/dev/fd/{file.fileno()}")
        if link:
            path = tmp_path / "link"
            path.symlink_to(f"/dev/fd/{file.fileno()}")

        await write(path)
        file.write(b"after\n")

    assert b"before\n" + CSV + b"after\n" == out.read_bytes()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full")
async def test_devices_are_written_to_and_what_they_refuse_is_told(write, tmp_path):
    devices = [Path(os.devnull), Path("/dev/full")]

    await write(devices[0])
    with pytest.raises(TargetError, match=r"cannot write /dev/full: No space"):
        await write(devices[1])

    assert all(stat.S_ISCHR(device.stat().st_mode) for device in devices)


async def test_tables_go_through_pipes_and_links_too(domo, tmp_path):
    dataset = await domo.datasets.create("Test", {"id": "LONG", "name": "STRING"})
    await domo.datasets.upload(dataset.id, CSV)
    pipe, link, copy = tmp_path / "pipe.parquet", tmp_path / "link.parquet", tmp_path / "copy.parquet"
    os.mkfifo(pipe)
    link.symlink_to("real.parquet")
    read = asyncio.create_task(asyncio.to_thread(pipe.read_bytes))

    await domo.datasets.export(dataset.id, pipe)
    await domo.datasets.export(dataset.id, link)
    copy.write_bytes(await read)

    assert [1, 2] == pyarrow.parquet.read_table(copy)["id"].to_pylist()
    assert [1, 2] == pyarrow.parquet.read_table(tmp_path / "real.parquet")["id"].to_pylist()


@pytest.mark.parametrize("name", ["n" * 251 + ".csv", "é" * 125 + ".csv", "漢" * 83 + ".csv", "-rf", ".csv", "a\nb"])
async def test_any_name_that_the_disk_takes_can_be_written(write, tmp_path, name):
    await write(tmp_path / name)

    assert [name] == names_in(tmp_path)
    assert CSV == (tmp_path / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("n" * 300, "name too long"),
        ("missing/x.csv", "does not exist"),
        ("folder", "is a folder"),
        ("file/x.csv", "does not exist|Not a directory"),
        ("loop", "symbolic links"),
        ("to-folder", "is a folder"),
        ("a\0b", "cannot be the name"),
        ("a\ud800b", "cannot be the name"),
    ],
)
async def test_paths_that_cannot_be_written_are_refused_and_left_alone(write, tmp_path, name, why):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "to-folder").symlink_to("folder")
    before = names_in(tmp_path)

    with pytest.raises(ConfigError, match=f"(?i){why}"):
        await write(tmp_path / name)

    assert before == names_in(tmp_path)


async def test_a_full_disk_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b"old")
    os.link(path, other)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(TargetError, match=r"a\.csv: No space left"):
        await write_content(path)

    assert b"old" == path.read_bytes() == other.read_bytes()
    assert ["a.csv", "b.csv"] == names_in(tmp_path)


async def test_a_file_that_could_only_be_overwritten_in_part_is_told_and_nothing_is_lost(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    os.link(path, tmp_path / "b.csv")

    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(atomic_writing, "_copy", broken)
    with pytest.raises(TargetError, match=r"in part: Input/output error; .* is whole"):
        await write_content(path)

    (kept,) = tmp_path.glob(".a.csv.*.kept")
    assert CSV == kept.read_bytes()


async def test_files_that_cannot_be_replaced_are_overwritten(tmp_path, monkeypatch):
    path = tmp_path / "mounted.csv"
    path.write_bytes(b"old")
    inode = path.stat().st_ino

    def busy(*_):
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)
    await write_content(path)

    assert CSV == path.read_bytes()
    assert inode == path.stat().st_ino


async def test_errors_of_the_block_stay_what_they_are(tmp_path):
    for error in (TimeoutError(), DomoError("no"), ValueError("odd")):
        with pytest.raises(type(error)) as caught:
            async with atomic_write(tmp_path / "x"):
                raise error
        assert error is caught.value
    assert [] == names_in(tmp_path)
