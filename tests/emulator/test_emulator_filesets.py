"""FileSets of the embedded instance: paths, searches, queries, access."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import aiohttp
import pytest

from domo_async import BadRequest, Conflict, Domo, Forbidden, NotFound
from domo_async._emulator.search.filtering import selected
from domo_async._emulator.search.ranking import ranked, words
from domo_async._endpoints.filesets.filters import DateFilter, FieldFilter
from domo_async._endpoints.filesets.models import ConnectorContext, FileSetAccess, FileSetPermission
from domo_async._endpoints.search.models import FieldSort
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.emulator.plain_client import connected

LARGE = os.urandom(2_000_000)
FILESETS = "/api/files/v1/filesets"


def on_disk(emulator: Emulator) -> list[str]:
    return sorted(path.name for path in (emulator._open().storage.directory / "blobs").iterdir())


async def filled(domo: Domo, *paths: str) -> str:
    """Make a FileSet with files of these paths, each of which holds its own path."""
    fileset = await domo.filesets.create(name="Documents")
    for path in paths:
        directory, _, name = path.rpartition("/")
        await domo.filesets.files.upload(fileset.id, path.encode(), name=name, directory_path=directory)
    return fileset.id


async def test_a_fileset_goes_through_its_life(domo: Domo):
    made = await domo.filesets.create(
        name="Bucket", description="old", account_id=5, connector_context=ConnectorContext("S3", "a/b")
    )
    assert made == await domo.filesets.get(made.id)
    assert ("S3", 5, "1", FileSetPermission.OWNER, 0) == (
        made.connector,
        made.account_id,
        str(made.owner),
        made.permission,
        made.file_count,
    )

    changed = await domo.filesets.update(made.id, description="new")
    assert ("Bucket", "new") == (changed.name, changed.description)
    assert changed == await domo.filesets.get(made.id)

    assert (True, False) == (changed.ai_enabled, changed.pdp_enabled)
    switched = await domo.filesets.update(made.id, ai_enabled=False)
    assert ("new", False) == (switched.description, switched.ai_enabled)

    await domo.filesets.delete(made.id)
    with pytest.raises(NotFound):
        await domo.filesets.get(made.id)


async def test_a_file_is_put_into_its_directory_and_comes_back(emulator: Emulator, domo: Domo, tmp_path: Path):
    fileset = await filled(domo)
    sent = await domo.filesets.files.upload(
        fileset, LARGE, name='a "b" ä.bin', directory_path="/x/y/", content_type="application/x-thing"
    )
    file = await domo.filesets.files.get(fileset, sent.id)
    found = await domo.filesets.files.get_by_path(fileset, path='x/y/a "b" ä.bin')
    await domo.filesets.files.download(fileset, sent.id, tmp_path / "back")

    assert LARGE == (tmp_path / "back").read_bytes()
    assert ('x/y/a "b" ä.bin', 'a "b" ä.bin', "FILE", "application/x-thing", len(LARGE)) == (
        file.path,
        file.name,
        file.file_type,
        file.content_type,
        file.size,
    )
    assert (hashlib.sha256(LARGE).hexdigest(), "SHA_256_HEX") == (file.hash, file.hash_algorithm)
    assert f"{emulator.url}{FILESETS}/{fileset}/files/{sent.id}/download" == file.download_url
    assert (sent.id, None) == (found.id, found.download_url)
    told = await domo.filesets.get(fileset)
    assert (1, len(LARGE)) == (told.file_count, told.size)


async def test_a_file_of_the_same_path_takes_the_place_of_the_former(emulator: Emulator, domo: Domo):
    fileset = await filled(domo, "a.txt")
    (former,) = await domo.filesets.files.search(fileset).all()
    again = await domo.filesets.files.upload(fileset, b"new", name="a.txt")

    assert former.id == again.id
    assert b"new" == await domo.filesets.files.download(fileset, again.id)
    assert [hashlib.sha256(b"new").hexdigest()] == on_disk(emulator)


async def test_a_file_and_a_directory_cannot_share_a_path(domo: Domo):
    fileset = await filled(domo, "a/b.txt")

    with pytest.raises(Conflict, match="directory at a"):
        await domo.filesets.files.upload(fileset, b"x", name="a")
    with pytest.raises(Conflict, match=r"file at a/b.txt"):
        await domo.filesets.files.upload(fileset, b"x", name="c", directory_path="a/b.txt")

    await domo.filesets.files.upload(fileset, b"x", name="c", directory_path="a/file")
    await domo.filesets.files.upload(fileset, b"x", name="d", directory_path="a")
    found = [file.path async for file in domo.filesets.files.search(fileset)]
    assert ["a", "a/b.txt", "a/file", "a/file/c", "a/d"] == found


@pytest.mark.parametrize("directory", ["../x", "a/./b"])
async def test_a_path_that_leads_elsewhere_is_refused(directory: str, domo: Domo):
    fileset = await filled(domo)

    with pytest.raises(BadRequest, match="Not a path"):
        await domo.filesets.files.upload(fileset, b"x", name="c", directory_path=directory)


async def test_forms_that_make_no_sense_are_refused_and_one_without_a_file_makes_a_directory(
    emulator: Emulator, domo: Domo
):
    fileset = await filled(domo)
    url = f"{emulator.url}{FILESETS}/{fileset}/files"
    statuses: list[int] = []
    async with aiohttp.ClientSession(headers={"X-DOMO-Developer-Token": emulator.token}) as http:
        for fields in (
            {"createFileRequest": '{"directoryPath": "new/one"}'},
            {"createFileRequest": "{}"},
            {"createFileRequest": "[]"},
            {"createFileRequest": "{"},
            {"createFileRequest": "x" * 100_000},
        ):
            form = aiohttp.FormData(fields, default_to_multipart=True)
            async with http.post(url, data=form) as response:
                statuses.append(response.status)
        async with http.post(url, json={}) as response:
            statuses.append(response.status)
        broken = {"Content-Type": "multipart/form-data; boundary=x"}
        async with http.post(url, data=b"nothing of the kind", headers=broken) as response:
            statuses.append(response.status)

    assert [201, 400, 400, 400, 400, 400, 400] == statuses
    found = await domo.filesets.files.search(fileset).all()
    assert [("new", "DIRECTORY"), ("new/one", "DIRECTORY")] == [(file.path, file.file_type) for file in found]


async def test_a_directory_is_deleted_with_all_that_lies_in_it(emulator: Emulator, domo: Domo):
    fileset = await filled(domo, "a/b/1.txt", "a/2.txt", "ab/3.txt", "4.txt")

    await domo.filesets.files.delete_by_path(fileset, path="a")
    assert ["ab", "ab/3.txt", "4.txt"] == [file.path async for file in domo.filesets.files.search(fileset)]
    assert 2 == len(on_disk(emulator))

    file = await domo.filesets.files.get_by_path(fileset, path="4.txt")
    await domo.filesets.files.delete(fileset, file.id)
    for gone in (
        domo.filesets.files.get(fileset, file.id),
        domo.filesets.files.download(fileset, file.id),
        domo.filesets.files.get_by_path(fileset, path="4.txt"),
        domo.filesets.files.delete_by_path(fileset, path="a/2.txt"),
    ):
        with pytest.raises(NotFound):
            await gone
    assert 1 == (await domo.filesets.get(fileset)).file_count

    await domo.filesets.delete(fileset)
    assert [] == on_disk(emulator)


async def test_files_and_directories_are_moved(domo: Domo):
    fileset, files = await filled(domo, "a/1.txt", "a/b/2.txt", "ab.txt"), domo.filesets.files

    moved = await files.move_by_path(fileset, path="a", new_path="new/place")
    named = await files.move(fileset, (await files.get_by_path(fileset, path="ab.txt")).id, path="ac.txt")
    made = await files.make_directory(fileset, path="empty/one")

    assert ("new/place", "DIRECTORY", "ac.txt") == (moved.path, moved.file_type, named.path)
    assert {
        *("new", "new/place", "new/place/1.txt", "new/place/b", "new/place/b/2.txt", "ac.txt", "empty", "empty/one")
    } == {file.path async for file in files.search(fileset)}
    assert b"a/b/2.txt" == await files.download_by_path(fileset, path="new/place/b/2.txt")
    assert made == await files.make_directory(fileset, path="/empty/one/")
    for path in ("ac.txt", "new"):
        with pytest.raises(Conflict):
            await files.move_by_path(fileset, path="empty", new_path=path)
    with pytest.raises(BadRequest, match="cannot be moved"):
        await files.move_by_path(fileset, path="new", new_path="new/place/new")
    with pytest.raises(NotFound):
        await files.move_by_path(fileset, path="gone", new_path="x")


async def test_several_files_come_as_a_zip(domo: Domo, tmp_path: Path):
    fileset, files = await filled(domo, "a/1.txt", "a/b/2.txt", "3.txt"), domo.filesets.files
    third = await files.get_by_path(fileset, path="3.txt")

    done = await files.download_zip(fileset, tmp_path / "some.zip", file_ids=[third.id], paths=["a/b", "3.txt"])
    everything = await files.download_by_path(fileset, path="/")
    directory = await files.download_by_path(fileset, path="a")

    with ZipFile(tmp_path / "some.zip") as archive:
        assert {"3.txt": b"3.txt", "a/b/2.txt": b"a/b/2.txt"} == {
            name: archive.read(name) for name in archive.namelist()
        }
    assert done.bytes == (tmp_path / "some.zip").stat().st_size
    assert ["a/1.txt", "a/b/2.txt", "3.txt"] == ZipFile(BytesIO(everything)).namelist()
    assert ["a/1.txt", "a/b/2.txt"] == ZipFile(BytesIO(directory)).namelist()
    with pytest.raises(NotFound):
        await files.download_zip(fileset, file_ids=["gone"])
    with pytest.raises(NotFound):
        await files.download_zip(fileset, paths=["gone"])


async def test_a_link_gives_a_file_until_it_is_taken_back_or_expires(emulator: Emulator, domo: Domo):
    fileset, files = await filled(domo, "1.txt"), domo.filesets.files
    (file,) = await files.search(fileset).all()
    link = await files.share(fileset, file.id, expires_at=datetime.now(UTC) + timedelta(days=1))
    past = await files.share(fileset, file.id, expires_at=datetime(2000, 1, 1, tzinfo=UTC))

    assert [link, past] == await files.share_links(fileset).all()
    assert [past] == await files.share_links(fileset, offset=1).all()
    assert (file.id, 1) == (link.file_id, link.created_by)
    assert link.download_url is not None
    assert link.token.get_secret_value() not in repr(link)
    place = link.download_url.get_secret_value().removeprefix(emulator.url)
    async with connected(emulator) as plain:
        assert b"1.txt" == await plain.call("GET", place)
        await plain.call("GET", place.replace(link.token.get_secret_value(), past.token.get_secret_value()), status=404)
        await files.unshare(fileset, link.token)
        await plain.call("GET", place, status=404)
    with pytest.raises(NotFound):
        await files.unshare(fileset, link.token)
    await files.delete(fileset, file.id)
    assert [] == await files.share_links(fileset).all()


async def test_statistics_count_files_by_kind_and_index(domo: Domo):
    fileset, files = await filled(domo, "1.txt", "2.txt", "3.pdf", "a/4.png", "5.bin"), domo.filesets.files
    everything = await files.search(fileset).all()

    told = await domo.filesets.stats(fileset)
    again = await files.reindex(fileset, [*(file.id for file in everything if file.size), "gone"])

    assert (2, 1, 1, 0, 1) == (
        told.text_file_type_count,
        told.document_file_type_count,
        told.image_file_type_count,
        told.audio_file_type_count,
        told.other_file_type_count,
    )
    assert (0, 5, 5) == (told.not_indexed_count, told.index_complete_count, again)


async def test_the_last_page_of_several_repeats_the_cursor_that_it_was_asked_for_by(emulator: Emulator, domo: Domo):
    fileset = await filled(domo, "1", "2", "3")
    path = f"{FILESETS}/{fileset}/files/search?limit=2"
    async with connected(emulator) as plain:
        first = await plain.call("POST", path, json={})
        cursor = first["pageContext"]["next"]
        last = await plain.call("POST", f"{path}&next={cursor}", json={})
        sets = await plain.call("POST", f"{FILESETS}/search?limit=5", json={})

    assert (1, cursor) == (len(last["files"]), last["pageContext"]["next"])
    assert {"count": 1, "totalCount": 1, "offset": 0} == sets["pageContext"]
    assert 3 == len(await domo.filesets.files.search(fileset, page_size=2).all())


async def test_a_file_goes_up_in_parts_whatever_their_order(emulator: Emulator, domo: Domo):
    fileset, files = await filled(domo, "there.txt"), domo.filesets.files
    begun = await files.begin_upload(fileset, path="a/large.bin")

    for number, part in ((2, LARGE[9:]), (0, b"wrong"), (1, LARGE[5:9]), (0, LARGE[:5])):
        sent = await files.upload_part(fileset, begun.file.id, number, part)
    assert ["there.txt"] == [file.path async for file in files.search(fileset)]
    done = await files.finish_upload(fileset, begun.file.id)

    assert ("CREATED", "PROCESSING", "SUCCESS") == (begun.status, sent.status, done.status)
    assert (hashlib.sha256(LARGE).hexdigest(), len(LARGE), "a/large.bin") == (
        *(done.file.hash, done.file.size),
        done.file.path,
    )
    assert LARGE == await files.download(fileset, begun.file.id)
    assert 2 == len(on_disk(emulator))

    given_up = await files.begin_upload(fileset, path="b.bin")
    await files.upload_part(fileset, given_up.file.id, 0, b"gone")
    assert "FAILED" == (await files.abort_upload(fileset, given_up.file.id)).status
    assert 2 == len(on_disk(emulator))
    empty = await files.begin_upload(fileset, path="c.bin")
    for attempt in (
        files.upload_part(fileset, given_up.file.id, 0, b""),
        files.finish_upload(fileset, begun.file.id),
        files.finish_upload(fileset, empty.file.id),
        files.abort_upload(fileset, "no-upload"),
    ):
        with pytest.raises(NotFound):
            await attempt
    with pytest.raises(Conflict):
        await files.begin_upload(fileset, path="there.txt")


async def test_files_are_found_by_directory_page_by_page(domo: Domo):
    fileset = await filled(domo, "r/1.txt", "r/q/2.txt", "3.txt", "r/4.txt", "rr/5.txt")

    async def paths(**said: Any) -> list[str | None]:
        return [file.path async for file in domo.filesets.files.search(fileset, page_size=2, **said)]

    assert ["r", "r/1.txt", "r/q", "r/q/2.txt", "3.txt", "r/4.txt", "rr", "rr/5.txt"] == await paths()
    assert ["r/1.txt", "r/q", "r/q/2.txt", "r/4.txt"] == await paths(directory_path="/r/")
    assert ["r/1.txt", "r/q", "r/4.txt"] == await paths(directory_path="r", immediate_children=True)
    assert ["r", "3.txt", "rr"] == await paths(immediate_children=True)
    assert ["rr/5.txt", "r/4.txt", "3.txt", "r/q/2.txt", "r/1.txt"] == await paths(
        sort_by=[FieldSort("name", "DESC")], filters=[FieldFilter("name", [".txt"], "LIKE")]
    )


async def test_a_file_that_is_deleted_between_two_pages_hides_no_other(emulator: Emulator, domo: Domo):
    fileset = await filled(domo, "1", "2", "3", "4")
    path = f"{FILESETS}/{fileset}/files/search?limit=2"
    async with connected(emulator) as plain:
        first = await plain.call("POST", path, json={})
        await domo.filesets.files.delete(fileset, first["files"][1]["id"])
        second = await plain.call("POST", f"{path}&next={first['pageContext']['next']}", json={})
        await plain.call("POST", f"{path}&next=nonsense", json={}, status=400)
        await plain.call("POST", f"{path}&next={base64.b64encode(b'[1]').decode()}", json={}, status=400)

    assert ["1", "2"] == [file["path"] for file in first["files"]]
    assert ["3", "4"] == [file["path"] for file in second["files"]]
    assert first["pageContext"] == second["pageContext"]


async def test_filesets_are_found_by_what_they_are(domo: Domo):
    ids = {name: (await domo.filesets.create(name=name)).id for name in ("Marketing B", "Sales", "marketing a")}
    await domo.filesets.files.upload(ids["Sales"], b"x", name="x")
    now = datetime.now(UTC)

    async def names(*filters: FieldFilter, **said: Any) -> list[str | None]:
        return [fileset.name async for fileset in domo.filesets.search(filters=filters, page_size=1, **said)]

    assert ["Marketing B", "Sales", "marketing a"] == await names()
    assert ["marketing a", "Marketing B"] == await names(FieldFilter("name", ["MARKET"], "LIKE"), sort_by="name")
    assert ["Sales"] == await names(FieldFilter("name", ["MARKET"], "LIKE", negated=True))
    assert ["Sales"] == await names(FieldFilter("fileCount", [0], "GREATER_THAN"))
    assert ["Marketing B", "marketing a"] == await names(FieldFilter("owner", [1]), FieldFilter("fileCount", [0]))
    assert ["Sales"] == await names(offset=1, limit=1)
    assert 3 == len(await names(date_filters=[DateFilter("created", now - timedelta(days=1), now)]))
    assert [] == await names(date_filters=[DateFilter("created", now - timedelta(days=1), now, negated=True)])
    with pytest.raises(BadRequest, match="Unknown field: color"):
        await names(FieldFilter("color", ["red"]))
    with pytest.raises(BadRequest, match="Unknown operator: NEAR"):
        await names(FieldFilter("name", ["red"], "NEAR"))


ITEMS: list[dict[str, Any]] = [
    {"name": "Apple", "size": 5, "hash": None, "ai": True},
    {"name": "pear", "size": 10, "hash": "x", "ai": False},
    {"name": "100% plum", "size": None, "hash": "y", "ai": False},
]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"field": "size", "value": [5], "operator": "EQUALS"}, "A"),
        ({"field": "size", "value": ["5"], "operator": "EQUALS"}, "A"),
        ({"field": "size", "value": [5, 10], "operator": "IN"}, "Ap"),
        ({"field": "size", "value": [5], "operator": "GREATER_THAN"}, "p"),
        ({"field": "size", "value": ["9"], "operator": "GREATER_THAN"}, "p"),
        ({"field": "size", "value": [5], "operator": "GREATER_THAN_OR_EQUAL"}, "Ap"),
        ({"field": "size", "value": [10], "operator": "LESS_THAN"}, "A"),
        ({"field": "size", "value": [10], "operator": "LESS_THAN_OR_EQUAL"}, "Ap"),
        ({"field": "name", "value": ["b"], "operator": "GREATER_THAN"}, "p"),
        ({"field": "hash", "value": [], "operator": "IS_NULL"}, "A"),
        ({"field": "hash", "operator": "IS_NULL", "not": True}, "p1"),
        ({"field": "name", "value": ["P%"], "operator": "LIKE"}, "p"),
        ({"field": "name", "value": ["%p%"], "operator": "LIKE"}, "Ap1"),
        ({"field": "name", "value": ["."], "operator": "LIKE"}, ""),
        ({"field": "ai", "value": ["true"], "operator": "EQUALS"}, "A"),
        ({"operator": "OR", "filters": [{"field": "size", "value": [5]}, {"field": "name", "value": ["pear"]}]}, "Ap"),
        ({"operator": "AND", "filters": [{"field": "size", "value": [5]}, {"field": "name", "value": ["pear"]}]}, ""),
    ],
)
def test_each_operator_finds_what_it_says(said: dict[str, Any], expected: str):
    found = selected(ITEMS, {"filters": [said]}, ITEMS[0].keys())

    assert expected == "".join(item["name"][0] for item in found)


async def test_a_question_finds_the_files_with_its_words_the_best_first(domo: Domo):
    fileset = await filled(domo)
    for path, text in (
        ("hr/vacation.txt", "Vacation is thirty days. Ask for vacation in time."),
        ("hr/travel.txt", "Travel costs are paid. Vacation is not travel."),
        ("it/passwords.md", "Long passwords are good passwords."),
        ("it/vacation-photos.bin", "thirty"),
    ):
        directory, name = path.split("/")
        content_type = "application/octet-stream" if name.endswith("bin") else None
        await domo.filesets.files.upload(
            fileset, text.encode(), name=name, directory_path=directory, content_type=content_type
        )

    found = await domo.filesets.files.query(fileset, query="Thirty days of VACATION?", top_k=10)
    nodes = [match.node for match in found]
    assert ["vacation.txt", "vacation-photos.bin", "travel.txt"] == [node.name for node in nodes if node]
    assert found == tuple(sorted(found, key=lambda match: match.score or 0, reverse=True))
    assert all(match.score is not None and 0 < match.score < 1 for match in found)
    assert nodes[0] is not None
    assert nodes[0].created is not None
    assert timedelta(minutes=1) > datetime.now(UTC) - nodes[0].created

    assert 1 == len(await domo.filesets.files.query(fileset, query="vacation"))
    await domo.filesets.update(fileset, ai_enabled=False)
    with pytest.raises(BadRequest, match="AI is not enabled"):
        await domo.filesets.files.query(fileset, query="vacation")
    await domo.filesets.update(fileset, ai_enabled=True)
    (only,) = await domo.filesets.files.query(fileset, query="vacation", directory_path="it")
    assert only.node is not None
    assert "it/vacation-photos.bin" == only.node.path
    assert () == await domo.filesets.files.query(fileset, query="nothing alike")


def test_a_rare_word_counts_more_than_a_frequent_one():
    texts = {"a": words("the the the cat"), "b": words("the dog"), "c": words("the bird")}

    assert "b" == ranked("the dog", texts)[0][0]
    assert [] == list(ranked("the dog", {}))


async def test_others_may_do_what_they_were_given(emulator: Emulator, domo: Domo):
    fileset = await filled(domo, "a.txt")
    (file,) = await domo.filesets.files.search(fileset).all()

    async def permit(permission: str) -> None:
        await domo.filesets.set_access(fileset, access=[FileSetAccess("USER", 77, permission)])

    async with another(emulator) as other:
        with pytest.raises(Forbidden):
            await other.filesets.get(fileset)
        assert [] == await other.filesets.search().all()

        await permit("READ")
        assert b"a.txt" == await other.filesets.files.download(fileset, file.id)
        assert "READ" == (await other.filesets.get(fileset)).permission
        assert [fileset] == [each.id async for each in other.filesets.search()]
        with pytest.raises(Forbidden):
            await other.filesets.files.upload(fileset, b"x", name="b")

        await permit("EDIT")
        await other.filesets.files.upload(fileset, b"x", name="b")
        with pytest.raises(Forbidden):
            await other.filesets.delete(fileset)

        await permit("NONE")
        with pytest.raises(Forbidden):
            await other.filesets.files.search(fileset).all()


async def test_a_fileset_changes_hands(emulator: Emulator, domo: Domo):
    async with another(emulator) as other:
        fileset = (await other.filesets.create(name="Theirs")).id
        async with another(emulator, 78) as third:
            with pytest.raises(Forbidden):
                await third.filesets.get_access(fileset)

            access = await other.filesets.set_owner(fileset, 78)

            assert (FileSetAccess("USER", 78, "OWNER"), FileSetAccess("USER", 77, "OWNER")) == access
            assert access == await third.filesets.get_access(fileset)
            with pytest.raises(BadRequest, match="owner"):
                await third.filesets.set_access(fileset, access=[FileSetAccess("USER", 78, "READ")])
            with pytest.raises(BadRequest, match="user 999 does not exist"):
                await third.filesets.set_owner(fileset, 999)


async def test_filesets_are_there_after_a_restart(tmp_path: Path):
    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        fileset = await filled(domo, "a/b.txt")
    async with Emulator(data=tmp_path) as emulator, emulator.client() as domo:
        file = await domo.filesets.files.get_by_path(fileset, path="a/b.txt")

        assert b"a/b.txt" == await domo.filesets.files.download(fileset, file.id)


async def test_the_demo_world_has_filesets_that_answer_questions():
    async with Emulator(world="demo") as emulator, emulator.client() as domo:
        filesets = await domo.filesets.search().all()
        travel = next(fileset for fileset in filesets if fileset.name == "Travel 2024")
        matches = await domo.filesets.files.query(travel.id, query="Which travel policy was approved?")
        async with connected(emulator) as plain:
            found = await plain.call(
                "POST", "/api/search/v1/query", json={"query": "Travel", "entityList": [["fileset"]]}
            )

    assert 20 == len(filesets)
    assert 200 == sum(fileset.file_count or 0 for fileset in filesets)
    assert matches
    assert "Travel 2024" in json.dumps(found)
