"""Files and FileSets through fsspec's own calls."""

from __future__ import annotations

import errno
import gc
import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor

import fsspec
import pytest

from domo_async.emulator import Fault
from domo_async.errors import APIError, Conflict, NotFound, TransportError
from tests.support import raw_answer, raw_server


@pytest.fixture(name="place", params=["files", "Reports"])
def _place(request):
    """A file system with where its files are."""
    return request.getfixturevalue("files" if request.param == "files" else "reports"), request.param


def test_files_are_written_listed_read_and_deleted(place, tmp_path):
    fs, root = place

    fs.pipe({f"{root}/2024/a.csv": b"id\n1\n", f"{root}/2024/b.csv": b"id\n2\n", f"{root}/c.txt": b"three"})

    assert [f"{root}/2024", f"{root}/c.txt"] == fs.ls(root, detail=False)
    assert [f"{root}/2024/a.csv", f"{root}/2024/b.csv", f"{root}/c.txt"] == fs.find(root)
    assert [f"{root}/2024/a.csv", f"{root}/2024/b.csv"] == fs.glob(f"{root}/**/*.csv")
    assert [(root, ["2024"], ["c.txt"]), (f"{root}/2024", [], ["a.csv", "b.csv"])] == list(fs.walk(root))
    assert [f"{root}/2024", root] == [where for where, _, _ in fs.walk(root, topdown=False)]
    info = fs.info(f"{root}/2024/a.csv")
    assert (f"{root}/2024/a.csv", 5, "file") == (info["name"], info["size"], info["type"])
    assert "directory" == fs.info(f"{root}/2024")["type"]
    assert fs.isfile(f"{root}/c.txt")
    assert fs.isdir(f"{root}/2024")
    assert not fs.exists(f"{root}/nothing")
    assert 15 == fs.du(root)
    assert {f"{root}/2024/a.csv": b"id\n1\n", f"{root}/2024/b.csv": b"id\n2\n"} == fs.cat(f"{root}/2024/*.csv")
    assert (b"hre", b"ee", b"th") == tuple(
        fs.cat_file(f"{root}/c.txt", *ends) for ends in ((1, 4), (-2, None), (0, -3))
    )
    assert [b"th", b"re"] == fs.cat_ranges([f"{root}/c.txt"] * 2, [0, 2], [2, 4])
    fs.get(f"{root}/", str(tmp_path), recursive=True)
    assert b"id\n2\n" == (tmp_path / "2024" / "b.csv").read_bytes()
    assert fs.modified(f"{root}/c.txt").tzinfo is not None
    fs.rm(f"{root}/2024", recursive=True)
    assert [f"{root}/c.txt"] == fs.find(root)
    fs.rm_file(f"{root}/c.txt")
    assert [] == fs.ls(root)


def test_a_large_file_goes_up_and_comes_down_in_pieces(place, tmp_path):
    fs, root = place
    content = bytes(range(256)) * 50_000
    told = []

    class Told(fsspec.Callback):
        def absolute_update(self, value):
            told.append((value, self.size))

    with fs.open(f"{root}/big.bin", "wb", block_size=1 << 20) as file:
        for start in range(0, len(content), 700_000):
            file.write(content[start : start + 700_000])
    with fs.open(f"{root}/big.bin", block_size=1 << 16) as file:
        file.seek(-10, io.SEEK_END)
        assert content[-10:] == file.read()
        file.seek(1_000_000)
        assert content[1_000_000:1_000_500] == file.read(500)
    fs.get_file(f"{root}/big.bin", tmp_path / "big.bin", callback=Told())
    assert content == (tmp_path / "big.bin").read_bytes()
    assert (len(content), len(content)) == told[-1]
    fs.put(str(tmp_path / "big.bin"), f"{root}/again/")
    assert len(content) == fs.size(f"{root}/again/big.bin")


def test_written_bytes_are_there_only_after_the_file_is_closed(place):
    fs, root = place
    path = f"{root}/a.txt"

    with fs.open(path, "w") as file:
        file.write("whole\n")
        file.flush()
        assert not fs.exists(path)

    assert b"whole\n" == fs.cat(path)


LEFT_OPEN = {
    "binary never closed": {"mode": "wb"},
    "text never closed": {"mode": "w"},
    "packed never closed": {"mode": "wb", "compression": "gzip"},
    "packed text never closed": {"mode": "w", "compression": "gzip"},
}


@pytest.mark.parametrize(
    "way", ["binary", "text", "packed", "OpenFile", "finally", *LEFT_OPEN, "OpenFile never closed"]
)
def test_written_bytes_are_discarded_when_an_error_is_raised(place, options, way, caplog):
    fs, root = place
    path = f"{root}/a.txt"
    fs.pipe_file(path, b"old")

    def write_half():
        if way == "binary":
            with fs.open(path, "wb") as file:
                file.write(b"half")
                raise LookupError
        if way == "text":
            with fs.open(path, "w") as file:
                file.write("half")
                raise LookupError
        if way == "packed":
            with fs.open(path, "wb", compression="gzip") as file:
                file.write(b"half")
                raise LookupError
        if way == "OpenFile":
            with fsspec.open(fs.unstrip_protocol(path), "wt", **options) as file:
                file.write("half")
                raise LookupError
        if way == "finally":
            file = fs.open(path, "wb")
            try:
                file.write(b"half")
                raise LookupError
            finally:
                file.close()
        if way == "OpenFile never closed":
            file = fsspec.open(fs.unstrip_protocol(path), "wt", **options).open()
        else:
            file = fs.open(path, **LEFT_OPEN[way])
        file.write(b"half" if LEFT_OPEN.get(way, {}).get("mode") == "wb" else "half")
        del file
        gc.collect()
        raise LookupError

    with pytest.raises(LookupError):
        write_half()

    assert b"old" == fs.cat(path)
    told = [record.cause for record in caplog.records if record.event == "file_discarded"]
    assert ["LookupError"] * ("never closed" not in way) == told


def test_a_file_written_while_an_earlier_error_is_handled_is_written(place):
    fs, root = place

    try:
        raise LookupError  # noqa: TRY301 - what a user's block may raise
    except LookupError:
        with fs.open(f"{root}/error.txt", "wb") as file:
            file.write(b"told")

    assert b"told" == fs.cat(f"{root}/error.txt")


@pytest.mark.parametrize("compression", [None, "gzip", "xz"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "latin-1"])
def test_text_is_written_in_any_encoding(files, compression, encoding):
    with files.open("files/a.txt", "w", encoding=encoding, compression=compression, newline="\r\n") as file:
        file.write("é\n")
        file.write("1")

    with files.open("files/a.txt", "rb", compression=compression) as file:
        assert "é\r\n1".encode(encoding) == file.read()


def test_a_file_is_written_at_any_position(place):
    fs, root = place

    with fs.open(f"{root}/a.zip", "wb") as file, zipfile.ZipFile(file, "w") as archive, archive.open("a", "w") as entry:
        entry.write(b"zip")
    with fs.open(f"{root}/big.bin", "wb") as file:
        for _ in range(6):
            file.write(bytearray(b"a" * (1 << 20)))
        assert (3, 2, 5) == (file.seek(3), file.write(memoryview(b"bc")), file.tell())
        file.seek(1, io.SEEK_END)
        file.write(b"d")

    with fs.open(f"{root}/a.zip") as file, zipfile.ZipFile(file) as archive:
        assert b"zip" == archive.read("a")
    big = fs.cat(f"{root}/big.bin")
    assert ((6 << 20) + 2, b"aabca", b"a\0d") == (len(big), big[1:6], big[-3:])


def test_compressed_files_are_committed_when_closed(place):
    fs, root = place

    with fs.open(f"{root}/a.txt.gz", "wt", compression="infer") as file:
        file.write("text")

    assert b"\x1f\x8b" == fs.cat(f"{root}/a.txt.gz")[:2]
    with fs.open(f"{root}/a.txt.gz", "rt", compression="infer") as file:
        assert "text" == file.read()


def test_a_transaction_commits_all_or_discards_all(place):
    fs, root = place

    def half():
        with fs.transaction:
            fs.pipe_file(f"{root}/kept.txt", b"")  # what is not an open file is written at once
            with fs.open(f"{root}/a.txt", "wb") as file:
                file.write(b"a")
            raise LookupError

    with pytest.raises(LookupError):
        half()
    with fs.transaction:
        with fs.open(f"{root}/b.txt", "wb") as file:
            file.write(b"b")
        assert not fs.exists(f"{root}/b.txt")

    assert [f"{root}/b.txt", f"{root}/kept.txt"] == fs.find(root)


def test_a_new_file_is_not_written_over_another(place):
    fs, root = place
    fs.pipe_file(f"{root}/a.txt", b"old")

    with pytest.raises(FileExistsError):
        fs.pipe_file(f"{root}/a.txt", b"new", mode="create")
    with pytest.raises(FileExistsError):
        fs.open(f"{root}/a.txt", "xb")
    made = fs.open(f"{root}/b.txt", "xb")
    made.write(b"late")
    fs.pipe_file(f"{root}/b.txt", b"first")
    with pytest.raises(FileExistsError):
        made.close()
    assert b"first" == fs.cat(f"{root}/b.txt")
    with pytest.raises(NotImplementedError, match="pass truncate=True"):
        fs.touch(f"{root}/a.txt", truncate=False)
    with pytest.raises(NotImplementedError, match="rb, wb or xb, not ab"):
        fs.open(f"{root}/a.txt", "ab")

    assert b"old" == fs.cat(f"{root}/a.txt")


def test_refusals_are_the_errors_of_files_with_the_client_s_as_their_cause(place):
    fs, root = place
    fs.pipe_file(f"{root}/dir/a.txt", b"")

    for call in (fs.info, fs.cat_file, fs.rm, fs.open, fs.created):
        with pytest.raises(FileNotFoundError) as caught:
            call(f"{root}/nothing.csv")
        assert (errno.ENOENT, f"{root}/nothing.csv") == (caught.value.errno, caught.value.filename)
    for call in (fs.cat_file, fs.rm, fs.open):
        with pytest.raises(IsADirectoryError):
            call(f"{root}/dir")
    with pytest.raises(PermissionError):
        fs.rm(root, recursive=True)
    with pytest.raises(FileNotFoundError):
        fs.put("/does/not/exist.csv", f"{root}/")
    for name in ("..", "a//b", "a/../b", "a\x00b", "a\\b"):
        with pytest.raises(ValueError, match="cannot be the name"):
            fs.open(f"{root}/{name}/c", "wb")


def test_other_failures_are_errors_of_files_too(place, instance):
    fs, root = place
    fs.pipe_file(f"{root}/a.bin", b"x" * 10)
    with fs.open(f"{root}/a.bin", cache_type="none") as file:
        assert b"x" == file.read(1)
        fs.rm(f"{root}/a.bin")
        with pytest.raises(FileNotFoundError) as caught:
            file.read(1)
    assert isinstance(caught.value.__cause__, NotFound)

    refused, broken_off = Fault("POST *files", "status", status=418), Fault("POST *files", "truncate")
    for fault, cause in ((refused, APIError), (broken_off, TransportError)):
        instance.faults.add(fault)
        with pytest.raises(OSError, match=r"a\.bin") as failed:
            fs.pipe_file(f"{root}/a.bin", b"y")
        assert isinstance(failed.value.__cause__, cause)
        instance.faults.clear()


def test_an_id_that_does_not_exist_is_not_found_with_the_instance_s_answer(place):
    fs, root = place
    unknown = "~9999" if root == "files" else "~00000000-0000-0000-0000-000000000000"

    with pytest.raises(FileNotFoundError) as caught:
        fs.cat(f"{root}/{unknown}")

    assert isinstance(caught.value.__cause__, NotFound)


def test_a_refused_token_is_a_permission_error(instance):
    for protocol, path in (("domo", "files"), ("domo-fileset", "")):
        fs = fsspec.filesystem(protocol, instance=instance.url, token="wrong")

        with pytest.raises(PermissionError) as caught:
            fs.find(path)

        assert isinstance(caught.value.__cause__, APIError)
        fs.close()


def test_files_of_equal_names_are_at_their_ids(files, blocking, tmp_path):
    first = blocking.files.upload(b"1", name="same.csv").data_file_id
    second = blocking.files.upload(b"22", name="same.csv").data_file_id
    blocking.files.upload(b"3", name="other.csv")

    with pytest.raises(OSError, match=f"2 of this name exist; give one of files/~{first}, files/~{second}"):
        files.cat("files/same.csv")
    with pytest.raises(OSError, match="2 of this name exist"), files.open("files/same.csv", "wb") as file:
        file.write(b"?")

    assert files.exists("files/same.csv")
    named = [f"files/~{first}~same.csv", f"files/~{second}~same.csv"]
    assert ["files/other.csv", *named] == files.glob("files/*.csv")
    assert {named[0]: b"1", named[1]: b"22"} == files.cat(named)
    assert b"22" == files.cat(f"files/~{second}")
    files.pipe_file(named[1], b"new")
    assert b"new" == files.cat(f"domo://files/~{second}")
    with pytest.raises(FileNotFoundError):
        files.cat(f"files/~{second}~other.csv")
    files.rm(named[0])
    assert b"new" == files.cat("files/same.csv")
    assert 2 == len(blocking.files.list_revisions(second).all())


HOSTILE = [
    "../../up.csv",
    "/etc/up.csv",
    "a/../../up.csv",
    "..",
    ".",
    "a//up.csv",
    "a\\..\\up.csv",
    "x\x1b[2J.csv",
    "~7~up.csv",
]


def test_names_that_would_lead_elsewhere_stay_in_the_folder(files, blocking, tmp_path):
    for number, name in enumerate(HOSTILE):
        blocking.files.upload(b"%d" % number, name=name)
    blocking.files.upload(b"[]", name="a[1]*.csv")
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)

    files.get("files/", str(folder), recursive=True)

    assert len(HOSTILE) + 1 == len(files.find("files"))
    assert sorted([*(b"%d" % number for number in range(len(HOSTILE))), b"[]"]) == sorted(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )
    assert [folder] == list((tmp_path / "deep").iterdir())
    assert all(path.name.isprintable() for path in folder.rglob("*"))
    assert b"[]" == files.cat("files/a[1]*.csv")
    files.rm("files/a[1]*.csv")
    assert len(HOSTILE) == len(files.find("files"))
    files.rm("files/*", recursive=True)
    assert [] == files.find("files")


def test_a_file_whose_name_is_also_a_directory_is_listed_beside_it(files):
    files.pipe({"files/a": b"1", "files/a/b": b"2"})

    assert {b"1", b"2"} == set(files.cat(files.find("files")).values())


def test_domo_cannot_rename_files_but_copies_them(files, blocking):
    files.pipe_file("files/a.txt", b"a")
    files.pipe_file("files/b.txt", b"b")
    kept = files.info("files/b.txt")["id"]

    for target in ("files/c.txt", "files/none/c.txt"):
        with pytest.raises(NotImplementedError, match="Domo cannot rename a file"):
            files.mv("files/a.txt", target)
    files.cp("files/a.txt", "files/b.txt")
    files.cp("files/a.txt", "files/c.txt")

    assert (b"a", kept) == (files.cat("files/b.txt"), files.info("files/b.txt")["id"])
    assert b"a" == files.cat("files/c.txt")
    assert not blocking.files.get_permissions(kept).public_access
    files.pipe_file("files/b.txt", b"b")
    files.mv("files/c.txt", "files/b.txt")
    assert (b"a", kept, False) == (
        files.cat("files/b.txt"),
        files.info("files/b.txt")["id"],
        files.exists("files/c.txt"),
    )


def test_filesets_have_directories_and_move_files(reports, blocking):
    reports.makedirs("Reports/2024/q1")
    reports.pipe_file("Reports/2024/q1/a.txt", b"a")
    kept = reports.info("Reports/2024/q1/a.txt")["id"]

    reports.mv("Reports/2024/q1/a.txt", "Reports/2024/b.txt")
    assert (b"a", kept) == (reports.cat("Reports/2024/b.txt"), reports.info("Reports/2024/b.txt")["id"])
    reports.pipe_file("Reports/2024/c.txt", b"c")
    reports.mv("Reports/2024/c.txt", "Reports/2024/b.txt")
    assert ["Reports/2024/b.txt"] == [path for path in reports.find("Reports/2024") if path.endswith(".txt")]
    assert b"c" == reports.cat("Reports/2024/b.txt")
    reports.pipe_file("Reports/2024/c.txt", b"a")
    with pytest.raises(FileExistsError) as caught:
        reports.mv("Reports/2024/q1", "Reports/2024/c.txt")
    assert isinstance(caught.value.__cause__, Conflict)
    with pytest.raises(FileExistsError):
        reports.mkdir("Reports/2024")
    with pytest.raises(OSError, match="not empty"):
        reports.rmdir("Reports/2024")
    reports.rmdir("Reports/2024/q1")
    reports.cp("Reports/2024/*.txt", "Reports/copies/")
    assert {b"a", b"c"} == set(reports.cat("Reports/copies/*").values())
    reports.rm("Reports/2024", recursive=True)
    assert ["Reports/copies/b.txt", "Reports/copies/c.txt"] == reports.find("Reports")


def test_filesets_are_found_by_name_and_by_id(reports, blocking):
    reports.pipe_file("Reports/a.txt", b"a")
    (fileset,) = blocking.filesets.search().all()
    twins = {blocking.filesets.create(name="Twins").id for _ in range(2)}

    assert b"a" == reports.cat(f"{fileset.id}/a.txt")
    assert {"Reports", *twins} == set(reports.ls("", detail=False))
    with pytest.raises(OSError, match="2 of this name exist"):
        reports.ls("Twins")
    with pytest.raises(FileNotFoundError, match="no such FileSet"):
        reports.pipe_file("Nothing/a.txt", b"")
    assert ["Reports/a.txt"] == reports.find("")


def test_a_listing_is_kept_when_asked_until_something_is_written(files, options, instance):
    fs = fsspec.filesystem("domo", **options, use_listings_cache=True)
    fs.pipe({f"files/{number}.txt": b"x" for number in range(3)})

    def lists():
        return sum(entry.path.endswith("/data-files/details") for entry in instance.log)

    fs.find("files")
    before = lists()
    assert [b"x"] * 3 == list(fs.cat("files/*.txt").values())
    assert before == lists()
    fs.pipe_file("files/3.txt", b"x")
    assert 4 == len(fs.find("files"))


def test_a_kept_listing_is_read_again_when_asked(place, options):
    fs, root = place
    keeping = fsspec.filesystem(fs.protocol, **options, use_listings_cache=True)
    for call in (keeping.ls, keeping.find, keeping.info, lambda path, **kw: list(keeping.walk(path, **kw))):
        keeping.ls(root)
        fs.pipe_file(f"{root}/new.txt", b"")
        call(root, refresh=True)
        assert [f"{root}/new.txt"] == keeping.ls(root, detail=False)
        fs.rm(f"{root}/new.txt")
        keeping.invalidate_cache()


def test_writers_of_one_new_file_make_one_file(place):
    fs, root = place

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: fs.pipe_file(f"{root}/same.txt", b"%d" % number), range(4)))

    assert [f"{root}/same.txt"] == fs.find(root)


def test_lookups_at_the_same_time_share_a_listing(files, instance):
    files.pipe({f"files/{number}.txt": b"%d" % number for number in range(20)})
    before = sum(entry.path.endswith("/data-files/details") for entry in instance.log)

    assert 20 == len(files.cat([f"files/{number}.txt" for number in range(20)]))

    assert 2 >= sum(entry.path.endswith("/data-files/details") for entry in instance.log) - before


async def test_ids_of_an_instance_that_lies_lead_nowhere():
    good, path = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "/api/files/v1/filesets"
    ids = ["x/../../../../up", "..", "/abs", "a\\..\\b"]

    def answer(_, target):
        if target.endswith(good):
            return raw_answer(json.dumps({"id": good, "name": "Good"}))
        if target.startswith(f"{path}/search"):
            return raw_answer(json.dumps({"fileSets": [{"id": id_, "name": "same"} for id_ in ids]}))
        return raw_answer(json.dumps({"files": [{"id": id_, "path": "../a", "fileType": "FILE"} for id_ in ids]}))

    async with raw_server(answer) as server:
        options = {"asynchronous": True, "skip_instance_cache": True}
        fs = fsspec.filesystem("domo-fileset", instance=server.url, token="a-token", **options)
        found, roots = await fs._find(good), await fs._ls("", detail=False)
        await fs.aclose()

    assert (4, 4) == (len(found), len(roots))
    parts = [part for name in (*found, *roots) for part in name.replace("\\", "/").split("/")]
    assert not {"", ".", ".."} & {*parts}
