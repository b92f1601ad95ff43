"""A file's content on its way up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from domo_async import ConfigError, SourceError
from domo_async._transfer import content_body, content_name
from domo_async._transfer.seekable import OnDisk
from domo_async._transport import Body

SLICE = 128 * 1024


def slices_of(body: Body) -> Iterator[bytes]:
    content = body.open()
    assert not isinstance(content, bytes)
    return content


def whole(body: Body) -> bytes:
    return b"".join(slices_of(body))


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "report.pdf"
    found.write_bytes(os.urandom(SLICE * 2 + 17))
    return found


@pytest.mark.parametrize("kind", [str, Path, Path.read_bytes, lambda path: bytearray(path.read_bytes())])
def test_content_can_be_sent_again_and_says_its_length(path, kind):
    with content_body(kind(path), "text/plain") as outgoing:
        first, second = whole(outgoing.body), whole(outgoing.body)

    assert path.read_bytes() == first == second
    assert len(first) == outgoing.body.length
    assert "text/plain" == outgoing.body.content_type


def test_a_file_is_read_in_slices_as_it_is_sent(path):
    with content_body(path) as outgoing:
        sizes = [len(piece) for piece in slices_of(outgoing.body)]

    assert [SLICE, SLICE, 17] == sizes


def test_two_tries_at_once_do_not_mix(path):
    with content_body(path) as outgoing:
        pairs = list(zip(slices_of(outgoing.body), slices_of(outgoing.body), strict=True))

    assert path.read_bytes() == b"".join(first for first, _ in pairs) == b"".join(second for _, second in pairs)


def test_an_empty_file_is_an_empty_body(tmp_path):
    (tmp_path / "empty").touch()

    with content_body(tmp_path / "empty") as outgoing:
        assert b"" == whole(outgoing.body)
        assert 0 == outgoing.body.length


@pytest.mark.parametrize("change", ["longer", "shorter", "other"])
def test_of_a_file_that_changes_meanwhile_the_last_slice_is_not_sent(path, change):
    content = path.read_bytes()
    sent = []

    with content_body(path) as outgoing:
        slices = slices_of(outgoing.body)
        sent.append(next(slices))
        path.write_bytes({"longer": content + b"x", "shorter": content[:-1], "other": content[::-1]}[change])
        os.utime(path, ns=(1, 1))
        with pytest.raises(SourceError, match="report.pdf was written to|became shorter"):
            sent.extend(slices)

    assert sum(map(len, sent)) < outgoing.body.length


def test_a_file_put_in_the_place_of_another_does_not_mix_with_it(path):
    content = path.read_bytes()
    other = path.with_name("other")
    other.write_bytes(b"x" * len(content))

    with content_body(path) as outgoing:
        slices = slices_of(outgoing.body)
        first = next(slices)
        other.replace(path)
        with pytest.raises(SourceError, match="replaced while it was uploaded"):
            next(slices)

    assert content.startswith(first)


@pytest.mark.parametrize("name", ["absent.pdf", "", "absent/report.pdf", "report.pdf/x", "a\0b"])
def test_a_path_that_is_not_a_file_is_refused_at_once(path, name):
    with pytest.raises(SourceError, match="does not exist"), content_body(path.parent / name):
        pytest.fail("a body was made")


def test_a_file_that_may_not_be_read_is_refused_at_once(path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(SourceError, match="cannot read .*report.pdf: Permission denied"), content_body(path):
        pytest.fail("a body was made")


def test_a_disk_that_fails_meanwhile_is_told(path, monkeypatch):
    def fail(*_):
        raise OSError(5, "Input/output error")

    with content_body(path) as outgoing:
        monkeypatch.setattr(os, "pread", fail)
        with pytest.raises(SourceError, match="Input/output error"):
            whole(outgoing.body)


def test_who_reads_on_after_the_end_never_gets_another_files_bytes(path):
    file = OnDisk(path)
    file.close()
    # It has the number that the closed file had.
    number = os.open(path.parent / "other", os.O_RDWR | os.O_CREAT)
    os.write(number, b"x")

    with pytest.raises(SourceError, match="cannot read"):
        file.read(0, 1)
    os.close(number)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", "application/pdf"),
        ("REPORT.PDF", "application/pdf"),
        ("table.csv", "text/csv"),
        ("table.csv.gz", "application/gzip"),
        ("all.tgz", "application/gzip"),
        ("table.csv.Z", "application/octet-stream"),
        ("unknown", "application/octet-stream"),
        ("strange.qqqq", "application/octet-stream"),
    ],
)
def test_the_media_type_is_that_of_the_suffix(tmp_path, name, expected):
    (tmp_path / name).touch()

    with content_body(tmp_path / name) as of_path, content_body(b"", name=name) as of_name:
        assert expected == of_path.body.content_type
        assert expected == of_name.body.content_type


def test_the_path_knows_the_media_type_better_than_the_name(path):
    with content_body(path, name="Report of 2024.txt") as outgoing:
        assert "application/pdf" == outgoing.body.content_type


@pytest.mark.parametrize("wrong", ["text/plain\r\nX-Other: 1", "text/plain\n"])
def test_a_media_type_cannot_bring_other_headers_along(wrong):
    with pytest.raises(ConfigError, match="media type"), content_body(b"", wrong):
        pytest.fail("a body was made")


@pytest.mark.parametrize("wrong", [7, None, ["a"], iter([b"a"])])
def test_other_things_are_refused(wrong):
    with pytest.raises(ConfigError, match="path or bytes"), content_body(wrong):
        pytest.fail("a body was made")


def test_a_name_is_the_given_one_or_the_paths():
    assert "report.pdf" == content_name("/a/report.pdf", None)
    assert "other" == content_name(Path("/a/report.pdf"), "other")
    assert "other" == content_name(b"", "other")
    with pytest.raises(ConfigError, match="name="):
        content_name(b"", None)
    with pytest.raises(ConfigError, match="empty"):
        content_name("/a/report.pdf", " ")
