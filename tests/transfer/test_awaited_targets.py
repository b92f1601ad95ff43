"""Downloads and exports into file objects whose `write` is awaited, and uploads out of such ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiofiles
import anyio
import pytest

from domo_async import ConfigError, Domo, TargetError
from domo_async.emulator import Emulator

CONTENT = b"id,name\n" + b"".join(b"%d,name\n" % number for number in range(300_000))


@asynccontextmanager
async def opened(library: str, path: Path, mode: Any) -> AsyncIterator[Any]:
    async with aiofiles.open(path, mode) if library == "aiofiles" else await anyio.open_file(path, mode) as file:
        yield file


@pytest.fixture
async def dataset_id(domo: Domo) -> str:
    return (await domo.datasets.create_from(CONTENT, "Test")).id


@pytest.mark.parametrize("library", ["aiofiles", "anyio"])
async def test_all_of_an_export_and_of_a_download_is_written(
    domo: Domo, dataset_id: str, library: str, tmp_path: Path
) -> None:
    file_id = (await domo.files.upload(CONTENT, name="a.csv")).data_file_id
    exported, downloaded, again = tmp_path / "exported.csv", tmp_path / "downloaded.csv", tmp_path / "again.csv"

    async with opened(library, exported, "wb") as file:
        assert 300_000 == (await domo.datasets.export(dataset_id, file)).rows
    async with opened(library, downloaded, "wb") as file:
        assert len(CONTENT) == (await domo.files.download(file_id, file)).bytes
    async with opened(library, exported, "rb") as file:
        await domo.datasets.upload(dataset_id, file)
    await domo.datasets.export(dataset_id, again)

    assert [CONTENT] * 3 == [path.read_bytes() for path in (exported, downloaded, again)]


@pytest.mark.parametrize("library", ["aiofiles", "anyio"])
@pytest.mark.parametrize(("mode", "says"), [("w", "binary mode"), ("rb", "reading"), ("closed", "closed")])
async def test_targets_that_cannot_be_written_to_are_refused_before_anything_is_sent(
    domo: Domo, emulator: Emulator, library: str, mode: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "out.csv").touch()
    emulator.log.clear()

    async with opened(library, tmp_path / "out.csv", "wb" if mode == "closed" else mode) as file:
        if mode == "closed":
            await (file.close() if library == "aiofiles" else file.aclose())
        with pytest.raises(ConfigError, match=says):
            await domo.datasets.export("unknown", file)

    assert [] == emulator.log.matching("*")


async def test_the_message_of_the_system_is_told(domo: Domo, dataset_id: str) -> None:
    async with aiofiles.open("/dev/full", "wb", buffering=0) as file:
        with pytest.raises(TargetError, match="No space left"):
            await domo.datasets.export(dataset_id, file)
