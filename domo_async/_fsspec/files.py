"""Domo's Files as a file system."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

from domo_async._endpoints.files.models import File, FileParts
from domo_async._fsspec.base import DomoFiles, Info
from domo_async._fsspec.content import Content
from domo_async._fsspec.errors import AmbiguousName, is_directory, not_found
from domo_async._fsspec.names import Item, Listing, check_new_name, id_in, shown_name

__all__ = ["DomoFileSystem"]

_ROOT = "files"


class DomoFileSystem(DomoFiles):
    """Domo's Files: ``domo://files/report.csv``, or ``domo://files@acme/report.csv`` with the instance.

    A file is at its name. Slashes in names make directories, as in object stores: there are no others. Domo's files may
    have equal names: such files, and those whose names would lead elsewhere, are at ``files/~ID~NAME``, as listings
    show them; ``files/~ID`` means the file of that id, too. Writing to the name of a file adds a revision to that file;
    a new file is private, and if several have the name, nothing is written. Domo cannot rename a file, so `mv` is
    refused unless it replaces the content of another file.

    Looking a name up takes a list of all files, since no route finds a file by its name; ids need none. Keep the list
    with ``use_listings_cache=True``.

    For the arguments see `DomoFiles`.
    """

    protocol: ClassVar[str] = "domo"
    _asked: asyncio.Future[list[File]] | None = None

    def _root_of(self, path: str) -> tuple[str, str]:
        root, _, name = path.partition("/")
        if root and root != _ROOT:
            raise not_found(path, f"files are below domo://{_ROOT}/")
        return root, name

    async def _roots(self) -> dict[str, Info]:
        return {_ROOT: {"name": _ROOT, "size": 0, "type": "directory"}}

    async def _all(self) -> list[File]:
        """Return all files; lookups at the same time share one request."""
        if _ROOT in self.dircache:
            return cast("list[File]", self.dircache[_ROOT])
        asked = self._asked
        if asked is None or asked.done() or asked.get_loop() is not asyncio.get_running_loop():
            asked = self._asked = asyncio.ensure_future(self._request_all())
            # Where all who waited were cancelled, nobody takes its error.
            asked.add_done_callback(lambda task: task.cancelled() or task.exception())
        files = await asyncio.shield(asked)
        if asked is self._asked:
            self.dircache[_ROOT] = files
        return files

    async def _request_all(self) -> list[File]:
        return list(await (await self.domo()).files.list().all())

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget listings, also one that is on its way: it may lack what was written."""
        self._asked = None
        super().invalidate_cache(path)

    async def _below(self, path: str, depth: int | None, *, directories: bool) -> dict[str, Info]:
        self._root_of(path)
        listing = Listing(_ROOT, map(_item, await self._all()))
        return listing.below(path, depth, directories=directories)

    async def _described(self, path: str) -> Info:
        _, name = self._root_of(path)
        if not name:
            return (await self._roots())[_ROOT]
        by_id = id_in(name)
        if by_id is not None and by_id[0].isdigit():
            return await self._by_id(path, *by_id)
        files = await self._all()
        found = [file for file in files if file.name == name]
        if len(found) == 1 and (found[0].current_revision is None or found[0].current_revision.size_bytes is None):
            found = [await (await self.domo()).files.get(found[0].data_file_id, expand=list(FileParts))]
        if len(found) == 1:
            return _told(path, found[0])
        if found:
            above = path.rpartition("/")[0]
            raise AmbiguousName(path, [f"{above}/~{file.data_file_id}" for file in found])
        listing = Listing(_ROOT, map(_item, files))
        if path in listing.directories:
            return listing.directories[path]
        raise not_found(path)

    async def _by_id(self, path: str, file_id: str, name: str | None) -> Info:
        file = await (await self.domo()).files.get(file_id, expand=list(FileParts))
        # The text beside the id may be less than the whole name: see Listing.
        if name is not None and not shown_name(file.name or "").endswith(name):
            raise not_found(path, f"file {file_id} has another name")
        return _told(path, file)

    async def _content(self, info: Mapping[str, object]) -> Content:
        files = (await self.domo()).files
        file_id, revision = cast("str", info["id"]), cast("int | None", info["revision"])

        async def read(start: int, stop: int) -> Any:
            return await files.download_range(file_id, start=start, stop=stop, revision_id=revision)

        return Content(
            path=str(info["name"]),
            size=cast("int | None", info["size"]),
            fixed=revision is not None,
            range=read,
            save=partial(files.download, file_id, revision_id=revision),
        )

    async def _bytes(self, info: Mapping[str, object]) -> bytes:
        return await (await self.domo()).files.download(cast("str", info["id"]))

    async def _save(self, info: Mapping[str, object], target: Any, progress: Any = None) -> None:
        await (await self.domo()).files.download(cast("str", info["id"]), target, progress=progress)

    def _check_new(self, path: str) -> None:
        root, name = self._root_of(path)
        if not root or not name:
            raise is_directory(path)
        by_id = id_in(name)
        if by_id is None or not by_id[0].isdigit():
            check_new_name(name)

    async def _send(self, path: str, content: bytes | Path, progress: Any) -> None:
        files = (await self.domo()).files
        _, name = self._root_of(path)
        self.invalidate_cache()  # the present files decide whether one is added
        try:
            info = await self._described(path)
        except FileNotFoundError:
            if id_in(name) is not None:
                raise
            info = {"type": "directory"}
        if info["type"] == "file":
            await files.upload_revision(cast("str", info["id"]), content, progress=progress)
        else:
            await files.upload(content, name=name, progress=progress)

    async def _delete(self, info: Mapping[str, object]) -> None:
        await (await self.domo()).files.delete(cast("str", info["id"]))

    async def _cp_file(self, path1: str, path2: str, **options: object) -> None:
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        try:
            there = await self._info(target)
            info = await self._info(source)
        except FileNotFoundError:
            there = info = {"type": ""}
        if {there["type"], info["type"]} != {"file"}:
            await super()._cp_file(path1, path2, **options)
            return
        await (await self.domo()).files.copy(cast("str", info["id"]), cast("str", there["id"]))
        self.invalidate_cache(target)

    async def _mkdir(self, path: str, create_parents: bool = True, **_: object) -> None:
        self._root_of(self._strip_protocol(path))

    async def _makedirs(self, path: str, exist_ok: bool = False) -> None:
        self._root_of(self._strip_protocol(path))

    async def _rmdir(self, path: str) -> None:
        path = self._strip_protocol(path)
        if await self._listed(path, 1, directories=True):
            raise OSError(errno.ENOTEMPTY, "the directory is not empty", path)

    async def _mv(self, path1: str, path2: str) -> None:
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if source == target:
            return
        if not (await self._isfile(source) and await self._isfile(target)):
            raise NotImplementedError(
                "Domo cannot rename a file: copy it with cp and delete it with rm. The copy has an id of its own, and"
                " neither the permissions nor the revisions of the original. A file that exists can be replaced by mv"
            )
        await self._cp_file(source, target)
        await self._rm_file(source)


def _facts(file: File) -> dict[str, object]:
    revision = file.current_revision
    modified = file.datetime_created if revision is None else revision.datetime_uploaded
    return {
        "size": None if revision is None else revision.size_bytes,
        "id": file.data_file_id,
        "title": file.name,
        "revision": None if revision is None else revision.data_file_revision_id,
        "content_type": None if revision is None else revision.content_type,
        "sha256": None if revision is None else revision.sha256_hash_value,
        "created": file.datetime_created,
        "modified": modified,
        "mtime": modified,  # pyarrow's name
    }


def _item(file: File) -> Item:
    return Item(str(file.data_file_id), file.name or "", _facts(file))


def _told(path: str, file: File) -> Info:
    return {"name": path, "type": "file", **_facts(file)}
