from __future__ import annotations

import json
from pathlib import Path

import pytest

from domo_async.emulator import Emulator
from tests.cli.running import Cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("first", encoding="utf-8")
    (folder / "b.txt").write_text("second", encoding="utf-8")
    return folder


def test_files_go_up_and_come_back(cli: Cli, folder: Path, tmp_path: Path) -> None:
    sent = json.loads(cli("files", "up", str(folder / "a.txt"), str(folder / "b.txt"), "--json").stdout)
    ids = [str(result["id"]) for result in sent["results"]]
    down = ("files", "down", *ids, "--to", str(tmp_path / "new" / "place"))

    came = cli(*down)
    refused = cli(*down)
    forced = cli(*down, "--force", "--quiet")

    assert {"uploaded": 2} == sent["counts"]
    assert "2 downloaded\n" in came.stdout
    assert "first" == (tmp_path / "new" / "place" / "a.txt").read_text(encoding="utf-8")
    assert "second" == (tmp_path / "new" / "place" / "b.txt").read_text(encoding="utf-8")
    assert (2, True) == (refused.code, "--force replaces them" in refused.stderr)
    assert (0, "", "") == (forced.code, forced.stdout, forced.stderr)


def test_a_file_that_fails_does_not_stop_the_others(cli: Cli, folder: Path, tmp_path: Path) -> None:
    up = cli("files", "up", str(folder / "a.txt"), str(folder / "none.txt"))
    (sent,) = json.loads(cli("files", "up", str(folder / "a.txt"), "--json").stdout)["results"]
    down = cli("files", "down", str(sent["id"]), "99999", "--to", str(tmp_path / "to"), "--json")

    assert (1, 1) == (up.code, down.code)
    assert "1 uploaded, 1 failed\n" in up.stdout
    assert f"{folder / 'none.txt'}: the file" in up.stderr
    assert ["downloaded", "failed"] == [result["outcome"] for result in json.loads(down.stdout)["results"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("../../evil.txt", "evil.txt"), ("..\\evil.txt", "evil.txt"), ("a\x1bb.txt", "a_b.txt"), ("..", None)],
)
def test_a_name_from_the_instance_stays_in_the_folder(
    cli: Cli, emulator: Emulator, tmp_path: Path, name: str, expected: str | None
) -> None:
    with emulator.sync_client() as domo:
        file_id = domo.files.upload(b"content", name=name).data_file_id

    ended = cli("files", "down", str(file_id), "--to", str(tmp_path / "to"))

    assert 0 == ended.code, ended.stderr
    assert [expected or str(file_id)] == [path.name for path in (tmp_path / "to").iterdir()]
    assert ["to"] == [path.name for path in tmp_path.iterdir()]


def test_files_of_one_name_do_not_replace_each_other(cli: Cli, emulator: Emulator, tmp_path: Path) -> None:
    with emulator.sync_client() as domo:
        ids = [domo.files.upload(content, name="same.txt").data_file_id for content in (b"1", b"2")]

    assert 0 == cli("files", "down", *map(str, ids), "--to", str(tmp_path)).code
    assert {f"{file_id}-same.txt" for file_id in ids} == {path.name for path in tmp_path.iterdir()}


def test_whatever_names_come_together_each_has_a_place_of_its_own(cli: Cli, emulator: Emulator, tmp_path: Path) -> None:
    with emulator.sync_client() as domo:
        names = [
            "same.txt",
            "SAME.txt",
            "\u00e9.txt",
            "e\u0301.txt",
            "a\tb",
            "a_b",
            "漢" * 90 + ".txt",
            "漢" * 91 + ".txt",
        ]
        sent = {domo.files.upload(name.encode(), name=name).data_file_id: name.encode() for name in names}
        first = min(sent)
        awkward = f"{first}-same.txt"
        sent[domo.files.upload(awkward.encode(), name=awkward).data_file_id] = awkward.encode()

    ended = cli("files", "down", *map(str, sent), "--to", str(tmp_path / "to"), "--json")

    assert 0 == ended.code, ended.stderr
    told = json.loads(ended.stdout)["results"]
    assert sent == {each["id"]: Path(each["path"]).read_bytes() for each in told}
    assert len(sent) == len(list((tmp_path / "to").iterdir()))


def test_links_that_stand_in_the_way_of_names_from_elsewhere_are_told(
    cli: Cli, emulator: Emulator, tmp_path: Path
) -> None:
    with emulator.sync_client() as domo:
        file_id = domo.files.upload(b"new", name="x.txt").data_file_id
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "x.txt").symlink_to("mine")

    ended = cli("files", "down", str(file_id), "--to", str(tmp_path), "--force")

    assert 2 == ended.code
    assert "links stand in the way" in ended.stderr
    assert "mine" == (tmp_path / "mine").read_text()


def test_a_folder_and_a_fileset_become_alike(cli: Cli, emulator: Emulator, folder: Path, tmp_path: Path) -> None:
    with emulator.sync_client() as domo:
        fileset_id = domo.filesets.create(name="Folder").id
    push = ("filesets", "push", str(folder), fileset_id)

    dry = json.loads(cli(*push, "--dry-run", "--json").stdout)
    pushed = cli(*push)
    pulled = cli("filesets", "pull", fileset_id, str(tmp_path / "copy"))
    (folder / "a.txt").unlink()
    again = json.loads(cli(*push, "--delete", "--json").stdout)

    assert (True, {"uploaded": 2}) == (dry["dry_run"], dry["counts"])
    assert "2 uploaded\n" in pushed.stdout
    assert "2 downloaded\n" in pulled.stdout
    assert "second" == (tmp_path / "copy" / "b.txt").read_text(encoding="utf-8")
    assert {"deleted": 1, "unchanged": 1} == again["counts"]
