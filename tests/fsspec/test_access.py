"""Whose token a file system uses, and where it never is."""

from __future__ import annotations

import asyncio
import gc
import json
import pickle

import fsspec
import pytest
from fsspec.config import conf

from domo_async import ConfigError, Secret


@pytest.mark.parametrize("wrap", [str, Secret], ids=["text", "Secret"])
def test_the_token_is_in_nothing_that_fsspec_keeps_shows_or_sends(files, instance, options, wrap):
    token = options["token"]
    fs = fsspec.filesystem("domo", instance=instance.url, token=wrap(token), skip_instance_cache=True)
    fs.pipe_file("files/a.txt", b"a")
    opened = fsspec.open("domo://files/a.txt", instance=instance.url, token=wrap(token))

    with fs.open("files/a.txt") as file:
        said = [
            *(repr(fs), str(fs), fs._fs_token, fs.to_json(), fs.to_json(include_password=True), str(fs.to_dict())),
            *(repr(fs.storage_options), repr(fs.storage_args), repr(opened), fs.fsid, repr(vars(fs)), repr(file)),
            *(repr(pickle.dumps(each)) for each in (fs, opened, file)),
            fs.unstrip_protocol("files/a.txt"),
        ]

    assert [] == [text for text in said if token in text]
    assert instance.url == json.loads(fs.to_json())["instance"]
    fs.close()


def test_a_pickle_has_the_token_in_the_process_that_made_it_alone(files, options, monkeypatch):
    files.pipe_file("files/a.txt", b"a")
    opened = fsspec.open("domo://files/a.txt", **options)

    assert files is pickle.loads(pickle.dumps(files))
    with pickle.loads(pickle.dumps(opened)) as file:
        assert b"a" == file.read()
    kept = pickle.dumps(files)
    monkeypatch.setattr("domo_async._fsspec.access._held", {})  # as in another process
    elsewhere = pickle.loads(kept)
    assert elsewhere is not files
    with pytest.raises(ConfigError, match="no token"):
        elsewhere.ls("files")


def test_a_pickle_of_a_given_token_stays_with_its_instance(monkeypatch):
    monkeypatch.setenv("DOMO_INSTANCE", "acme")
    kept = pickle.dumps(fsspec.filesystem("domo", token="only here", skip_instance_cache=True))

    monkeypatch.setattr("domo_async._fsspec.access._held", {})
    monkeypatch.setenv("DOMO_INSTANCE", "other")

    assert "acme" == pickle.loads(kept).storage_options["instance"]


def test_other_tokens_and_other_environments_are_other_file_systems(instance, options, monkeypatch):
    mine = fsspec.filesystem("domo", **options)

    assert mine is fsspec.filesystem("domo", **options)
    assert mine is fsspec.filesystem("domo", **{**options, "token": Secret(options["token"])})
    assert mine is not fsspec.filesystem("domo", instance=instance.url, token="another")
    plain = fsspec.filesystem("domo")
    monkeypatch.setenv("DOMO_INSTANCE", "acme")
    assert plain is not fsspec.filesystem("domo")


def test_the_environment_and_fsspec_s_configuration_are_used(files, instance, options, monkeypatch):
    files.pipe_file("files/a.txt", b"a")
    monkeypatch.setenv("DOMO_BASE_URL", instance.url)
    monkeypatch.setenv("DOMO_DEVELOPER_TOKEN", options["token"])

    with fsspec.open("domo://files/a.txt") as file:
        assert b"a" == file.read()
    monkeypatch.delenv("DOMO_DEVELOPER_TOKEN")
    with pytest.raises(ConfigError, match="no token"):
        fsspec.filesystem("domo").ls("files")
    monkeypatch.setitem(conf, "domo", {"token": options["token"]})
    fs = fsspec.filesystem("domo")
    assert ["files/a.txt"] == fs.ls("files", detail=False)
    assert options["token"] not in repr(fs.storage_options)


def test_a_url_may_name_the_instance(options):
    fs, path = fsspec.url_to_fs("domo://files@acme.domo.com/2024/a.csv", token="x")

    assert ("acme.domo.com", "files/2024/a.csv") == (fs.storage_options["instance"], path)
    assert "domo://files@acme.domo.com/2024/a.csv" == fs.unstrip_protocol(path)
    assert "domo-fileset://Reports/a" == fsspec.filesystem("domo-fileset", **options).unstrip_protocol("Reports/a")


def test_options_that_do_not_exist_and_positions_are_refused_without_their_values():
    with pytest.raises(TypeError, match="tokn") as caught:
        fsspec.filesystem("domo", tokn="a-secret")
    assert "a-secret" not in str(caught.value)
    with pytest.raises(TypeError, match="by name") as caught:
        fsspec.get_filesystem_class("domo")("acme", "a-secret")
    assert "a-secret" not in str(caught.value)


async def test_methods_and_files_can_be_awaited(files, options):
    fs = fsspec.filesystem("domo", asynchronous=True, **options)

    async with await fs.open_async("files/a.txt", "wb") as file:
        await file.write(b"text ")
        await file.write(b"of two")
    with pytest.raises(LookupError):
        async with await fs.open_async("files/b.txt", "wb") as file:
            await file.write(b"half")
            raise LookupError
    async with await fs.open_async("files/a.txt") as file:
        file.seek(5)
        assert (b"of", b" two", b"") == (await file.read(2), await file.read(), await file.read())
    assert ["files/a.txt"] == [entry["name"] for entry in await fs._ls("files")]
    assert b"text" == await fs._cat_file("files/a.txt", 0, 4)
    assert [("files", [], ["a.txt"])] == [each async for each in fs._walk("files")]
    await fs.aclose()
    assert await fs._exists("files/a.txt")
    await fs.aclose()


async def test_event_loops_at_the_same_time_share_a_file_system(files, options):
    files.pipe_file("files/a.txt", b"a")
    fs = fsspec.filesystem("domo", asynchronous=True, **options, skip_instance_cache=True)

    async def elsewhere():
        try:
            return await fs._cat_file("files/a.txt")
        finally:
            await fs.aclose()

    assert b"a" == await fs._cat_file("files/a.txt")
    for _ in range(2):
        assert b"a" == await asyncio.to_thread(asyncio.run, elsewhere())
    assert b"a" == await fs._cat_file("files/a.txt")
    await fs.aclose()


def test_a_file_system_that_nobody_holds_is_closed(options):
    fs = fsspec.filesystem("domo", **options, skip_instance_cache=True)
    fs.ls("files")
    access = fs._access

    del fs
    gc.collect()

    assert access._domo is None
