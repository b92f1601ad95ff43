"""Domo's FileSets as a file system."""

from __future__ import annotations

import errno
import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, cast

from domo_async._endpoints.filesets.filters import FieldFilter
from domo_async._endpoints.filesets.models import FileSet, FileSetFile
from domo_async._fsspec.base import DomoFiles, Info
from domo_async._fsspec.content import Content
from domo_async._fsspec.errors import AmbiguousName, file_errors, is_directory, not_found
from domo_async._fsspec.names import Item, Listing, check_new_name, id_in, parent_of, shown_name
from domo_async._transfer import ContentRange
from domo_async.errors import NotFound

__all__ = ["DomoFileSetFileSystem"]

_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIRECTORY = "DIRECTORY"


class DomoFileSetFileSystem(DomoFiles):
    """Domo's FileSets: ``domo-fileset://FILESET/reports/2024.csv``, or ``FILESET@acme`` with the instance.

    FILESET is the FileSet's id, or its name if no other one has it. Files whose names would lead elsewhere are at
    ``FILESET/~ID~NAME``, as listings show them; ``FILESET/~ID`` means the file of that id, too. A file replaces the one
    at its path. FileSets themselves are neither made nor deleted here.

    For the arguments see `DomoFiles`.
    """

    protocol: ClassVar[str] = "domo-fileset"

    def _root_of(self, path: str) -> tuple[str, str]:
        root, _, name = path.partition("/")
        return root, name

    async def _roots(self) -> dict[str, Info]:
        filesets = await (await self.domo()).filesets.search().all()
        names = Counter(fileset.name for fileset in filesets)
        found = {}
        for fileset in filesets:
            usable = fileset.name and names[fileset.name] == 1 and _is_root(fileset.name)
            by_id = fileset.id if _is_root(fileset.id) else f"~{shown_name(fileset.id)}"
            root = str(fileset.name) if usable else by_id
            found[root] = _of_fileset(root, fileset)
            self._ids[root] = fileset.id
        return found

    async def _fileset(self, path: str) -> str:
        """Return the id of the FileSet of a path."""
        root, _ = self._root_of(path)
        if root not in self._ids:
            self._ids[root] = (await self._looked_up(root)).id
        return self._ids[root]

    async def _looked_up(self, root: str) -> FileSet:
        filesets = (await self.domo()).filesets
        if _ID.fullmatch(root):
            try:
                return await filesets.get(root)
            except NotFound:
                pass  # it may be a name
        found = [
            fileset async for fileset in filesets.search(filters=[FieldFilter("name", [root])]) if fileset.name == root
        ]
        if not found:
            raise not_found(root, "no such FileSet")
        if len(found) > 1:
            raise AmbiguousName(root, [fileset.id for fileset in found])
        return found[0]

    async def _below(self, path: str, depth: int | None, *, directories: bool) -> dict[str, Info]:
        root, name = self._root_of(path)
        if not _leads_on(name):
            return {}
        key = f"{path}/" if depth == 1 else path
        if key in self.dircache:
            items = cast("list[Item]", self.dircache[key])
        else:
            fileset_id = await self._fileset(path)
            found = (await self.domo()).filesets.files.search(
                fileset_id, directory_path=name or None, immediate_children=True if depth == 1 else None
            )
            items = self.dircache[key] = [_item(fileset_id, file) async for file in found]
        return Listing(root, items).below(path, depth, directories=directories)

    async def _described(self, path: str) -> Info:
        root, name = self._root_of(path)
        if not name:
            return _of_fileset(root, await self._looked_up(root))
        fileset_id = await self._fileset(path)
        files = (await self.domo()).filesets.files
        by_id = id_in(name)
        if by_id is not None:
            file = await files.get(fileset_id, by_id[0])
            # The text beside the id may be less than the whole path: see Listing.
            if by_id[1] is not None and not shown_name(_name(file)).endswith(by_id[1]):
                raise not_found(path, f"file {by_id[0]} has another name")
        elif _leads_on(name):
            try:
                file = await files.get_by_path(fileset_id, path=name)
            except NotFound:
                # A directory may be no more than a part of the paths of files.
                if not await self._below(path, None, directories=False):
                    raise
                return {"name": path, "size": 0, "type": "directory"}
            if _name(file) != name:
                raise not_found(path, f"the instance returned {_name(file)!r} instead")
        else:
            raise not_found(path)
        type_ = "directory" if file.file_type == _DIRECTORY else "file"
        return {"name": path, "type": type_, **_facts(fileset_id, file)}

    async def _content(self, info: Mapping[str, object]) -> Content:
        files = (await self.domo()).filesets.files
        ids = _ids(info)

        async def read(start: int, stop: int) -> ContentRange:
            return await files.download_range(*ids, start=start, stop=stop)

        size = cast("int | None", info["size"])
        return Content(str(info["name"]), size, fixed=False, range=read, save=partial(files.download, *ids))

    async def _bytes(self, info: Mapping[str, object]) -> bytes:
        return await (await self.domo()).filesets.files.download(*_ids(info))

    async def _save(self, info: Mapping[str, object], target: Any, progress: Any = None) -> None:
        await (await self.domo()).filesets.files.download(*_ids(info), target, progress=progress)

    def _check_new(self, path: str) -> None:
        _, name = self._root_of(path)
        if not name:
            raise is_directory(path)
        check_new_name(parent_of(name) if id_in(name) and parent_of(name) else "_" if id_in(name) else name)

    async def _send(self, path: str, content: bytes | Path, progress: Any) -> None:
        fileset_id = await self._fileset(path)
        _, name = self._root_of(path)
        files = (await self.domo()).filesets.files
        if id_in(name) is not None:
            name = str((await self._described(path))["title"])
        above, _, last = name.rpartition("/")
        await files.upload(fileset_id, content, name=last, directory_path=above, progress=progress)

    async def _delete(self, info: Mapping[str, object]) -> None:
        await (await self.domo()).filesets.files.delete(*_ids(info))

    async def _rm_directory(self, path: str, maxdepth: int | None) -> None:
        if maxdepth is not None:
            await super()._rm_directory(path, maxdepth)
            return
        with file_errors(path):
            await self._delete(await self._info(path))
        self.invalidate_cache(path)

    async def _mkdir(self, path: str, create_parents: bool = True, **_: object) -> None:
        path = self._strip_protocol(path)
        if await self._exists(path):
            raise FileExistsError(errno.EEXIST, "the directory exists", path)
        if not create_parents and not await self._isdir(parent_of(path)):
            raise not_found(parent_of(path), "no such directory")
        await self._make_directory(path)

    async def _makedirs(self, path: str, exist_ok: bool = False) -> None:
        path = self._strip_protocol(path)
        if await self._exists(path):
            if not exist_ok or not await self._isdir(path):
                raise FileExistsError(errno.EEXIST, "something exists at the path", path)
            return
        await self._make_directory(path)

    async def _make_directory(self, path: str) -> None:
        _, name = self._root_of(path)
        with file_errors(path):
            if not name:
                raise not_found(path, "no such FileSet; domo.filesets.create makes one")
            check_new_name(name)
            await (await self.domo()).filesets.files.make_directory(await self._fileset(path), path=name)
        self.invalidate_cache(path)

    async def _rmdir(self, path: str) -> None:
        path = self._strip_protocol(path)
        _, name = self._root_of(path)
        info = await self._info(path)
        if info["type"] != "directory":
            raise NotADirectoryError(errno.ENOTDIR, "a file, not a directory", path)
        if not name:
            raise PermissionError(errno.EPERM, "FileSets are not deleted here; domo.filesets.delete does that", path)
        if await self._listed(path, 1, directories=True):
            raise OSError(errno.ENOTEMPTY, "the directory is not empty", path)
        with file_errors(path):
            await self._delete(info)
        self.invalidate_cache(path)

    async def _mv(self, path1: str, path2: str) -> None:
        target = self._strip_protocol(path2)
        sources = await self._expand_path(path1)
        into = str(path2).endswith("/") or await self._isdir(target)
        if len(sources) > 1 and not into:
            raise NotADirectoryError(errno.ENOTDIR, "several files are moved to a directory alone", target)
        for source in sources:
            to = f"{target}/{source.rpartition('/')[2]}" if into else target
            if to != source:
                await self._move(source, to)

    async def _move(self, source: str, target: str) -> None:
        self._check_new(target)
        info = await self._info(source)
        try:
            with file_errors(target):
                if await self._fileset(source) == await self._fileset(target):
                    files = (await self.domo()).filesets.files
                    await files.move(*_ids(info), path=self._root_of(target)[1])
                elif info["type"] == "file":
                    await self._move_content(source, target)
                else:
                    raise NotImplementedError(
                        "a directory is moved within its FileSet only; copy it, and delete it then"
                    )
        except FileExistsError:
            if info["type"] != "file" or not await self._isfile(target):
                raise
            await self._move_content(source, target)
        self.invalidate_cache(target)

    async def _move_content(self, source: str, target: str) -> None:
        await self._cp_file(source, target)
        await self._rm_file(source)

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget listings, and which FileSets have which names."""
        self._ids.clear()
        super().invalidate_cache(path)


def _is_root(name: str) -> bool:
    return shown_name(name) == name and "@" not in name and name not in {".", ".."} and not name.startswith("~")


def _leads_on(name: str) -> bool:
    """Return whether a path within a FileSet means what it says on any instance."""
    return not name or not {"", ".", ".."} & set(name.split("/"))


def _of_fileset(root: str, fileset: FileSet) -> Info:
    return {
        "name": root,
        "size": 0,
        "type": "directory",
        "id": fileset.id,
        "title": fileset.name,
        "created": fileset.created,
    }


def _name(file: FileSetFile) -> str:
    return (file.path or file.name or "").strip("/")


def _facts(fileset_id: str, file: FileSetFile) -> dict[str, object]:
    return {
        "size": 0 if file.file_type == _DIRECTORY else file.size,
        "id": file.id,
        "fileset": fileset_id,
        "title": _name(file),
        "content_type": file.content_type,
        "sha256": file.hash if (file.hash_algorithm or "").replace("_", "").upper().startswith("SHA256") else None,
        "created": file.created,
        "modified": file.created,
        "mtime": file.created,  # pyarrow's name
    }


def _item(fileset_id: str, file: FileSetFile) -> Item:
    facts = _facts(fileset_id, file)
    return Item(file.id, _name(file), facts, directory=file.file_type == _DIRECTORY)


def _ids(info: Mapping[str, object]) -> tuple[str, str]:
    """Return the ids of a file's FileSet and of the file."""
    if "fileset" not in info:
        raise PermissionError(errno.EPERM, "a FileSet itself is left as it is", info["name"])
    return str(info["fileset"]), str(info["id"])
