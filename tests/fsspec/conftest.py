"""An embedded instance for fsspec's own event loop, and file systems for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fsspec
import pytest

from domo_async.emulator import Emulator
from domo_async.fsspec import DomoFileSetFileSystem, DomoFileSystem
from domo_async.sync import Domo


@pytest.fixture(scope="module", name="instance")
def _instance() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module", name="options")
def _options(instance: Emulator) -> dict[str, Any]:
    return {"instance": instance.url, "token": instance.token}


@pytest.fixture(scope="module", name="blocking")
def _blocking(instance: Emulator) -> Iterator[Domo]:
    with instance.sync_client() as domo:
        yield domo


@pytest.fixture(autouse=True, scope="module")
def _closed() -> Iterator[None]:
    yield
    for kind in (DomoFileSystem, DomoFileSetFileSystem):
        for fs in list(kind._cache.values()):
            if not fs.asynchronous:
                fs.close()
        kind.clear_instance_cache()


@pytest.fixture(name="files")
def _files(blocking: Domo, options: dict[str, Any]) -> Any:
    """The file system of Files, without files."""
    for file in blocking.files.list():
        blocking.files.delete(file.data_file_id)
    return fsspec.filesystem("domo", **options)


@pytest.fixture(name="reports")
def _reports(blocking: Domo, options: dict[str, Any]) -> Any:
    """The file system of FileSets, with an empty FileSet of the name Reports alone."""
    for fileset in blocking.filesets.search():
        blocking.filesets.delete(fileset.id)
    blocking.filesets.create(name="Reports")
    made = fsspec.filesystem("domo-fileset", **options)
    made.invalidate_cache()
    return made
