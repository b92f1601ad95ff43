"""Paths, listings and open files, which both file systems share; their requests differ."""

# fsspec does not say its types, and pyright takes what it guesses for them.
# pyright: reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false

from __future__ import annotations

import asyncio
import errno
import os
import stat
import tempfile
import weakref
from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from glob import has_magic
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, cast

from fsspec.asyn import AsyncFileSystem
from fsspec.callbacks import DEFAULT_CALLBACK, Callback
from fsspec.compression import compr
from fsspec.core import get_compression
from fsspec.utils import stringify_path

from domo_async._client import Domo
from domo_async._fsspec.access import Access, KeepsTokens, sync
from domo_async._fsspec.content import Content, Reading
from domo_async._fsspec.errors import AmbiguousName, file_errors, is_directory
from domo_async._fsspec.file import AsyncFile, File, PackedFile
from domo_async._profiles import Given
from domo_async._redaction import Secret
from domo_async._transfer import Progress
from domo_async._transfer.threads import in_thread
from domo_async.errors import ConfigError

__all__ = ["DomoFiles", "Info"]

Info: TypeAlias = dict[str, object]
_BLOCK = 5 << 20


class DomoFiles(AsyncFileSystem, metaclass=KeepsTokens):
    """Files of an instance; see the subclasses.

    Args:
        instance: ``acme``, ``acme.domo.com`` or a URL; by default from the profile or the environment, as
            `Domo.from_env` reads them.
        token: A developer token, as text or as a `Secret`. It is in no pickle and no JSON of the file system: where a
            pickle is read in another process, that process's environment or profile has to have the token.
        profile: The name of a profile; see `Domo.from_profile`.
        asynchronous: Whether the methods that begin with an underscore are awaited on the caller's event loop.
        loop: The event loop for blocking calls; by default that of fsspec.
        batch_size: The number of files at once in calls for several files.
        use_listings_cache: Whether listings are kept, until something is written through this file system.
        listings_expiry_time: The seconds after which a kept listing is read again; by default never.
        max_paths: The number of listings that are kept.
    """

    root_marker = ""
    cachable = True
    protocol: ClassVar[str]
    _extra_tokenize_attributes = ("_credentials",)

    def __init__(
        self,
        *,
        instance: str | None = None,
        token: Secret[str] | str | None = None,
        profile: str | None = None,
        asynchronous: bool = False,
        loop: asyncio.AbstractEventLoop | None = None,
        batch_size: int | None = None,
        use_listings_cache: bool = False,
        listings_expiry_time: float | None = None,
        max_paths: int | None = None,
    ) -> None:
        token = Secret.of(token)
        super().__init__(
            asynchronous=asynchronous,
            loop=loop,
            batch_size=batch_size,
            use_listings_cache=use_listings_cache,
            listings_expiry_time=listings_expiry_time,
            max_paths=max_paths,
        )
        self._instance = instance
        self._ids: dict[str, str] = {}  # of FileSets, by what stands for them in paths
        # Of files that are being sent, by event loop and path.
        self._sending = weakref.WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str], asyncio.Lock]()
        self._access = Access(Given(profile=profile, instance=instance, token=token))
        if self._loop is not None:
            weakref.finalize(self, Access.finish, self._access, self._loop)

    # -- the instance -------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"{type(self).__name__}(instance={self._instance!r})"

    def __reduce__(self) -> tuple[object, ...]:
        token = self._access.held()
        options = self.storage_options if token is None else {**self.storage_options, "token": token}
        return _made, (type(self), options)

    @property
    def fsid(self) -> str:
        """A name for the file system and its instance."""
        return f"{self.protocol}_{self._fs_token}"

    async def domo(self) -> Domo:
        """Return the client that the file system calls."""
        return await self._access.client()

    async def aclose(self) -> None:
        """Close the connections; the next call opens others."""
        await self._access.close()

    def close(self) -> None:
        """Close the connections; the next call opens others."""
        sync(self.loop, self.aclose)

    # -- paths --------------------------------------------------------------------------------------------------------

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        text = str(stringify_path(path))
        for mark in ("://", "::"):
            text = text.removeprefix(f"{cls.protocol}{mark}")
        first, slash, rest = text.lstrip("/").partition("/")
        return f"{first.rpartition('@')[0] or first}{slash}{rest}".rstrip("/")

    @staticmethod
    def _get_kwargs_from_urls(path: str) -> dict[str, Any]:
        """Return the instance that a URL names: ``domo://files@acme/…``."""
        before, mark, instance = path.partition("://")[2].partition("/")[0].rpartition("@")
        if mark and (not before or not instance):
            raise ConfigError("a URL names the instance after an @, such as domo://files@acme/report.csv")
        return {"instance": instance} if mark else {}

    def unstrip_protocol(self, name: str) -> str:
        """Return the URL of a path, with the instance if it was given as a host."""
        path = self._strip_protocol(name)
        first, slash, rest = path.partition("/")
        host = f"@{self._instance}" if first and self._instance and "/" not in self._instance else ""
        return f"{self.protocol}://{first}{host}{slash}{rest}"

    # -- what the requests are for ------------------------------------------------------------------------------------

    @abstractmethod
    def _root_of(self, path: str) -> tuple[str, str]:
        """Return the path of the root that holds a path, and the name in it."""

    @abstractmethod
    async def _roots(self) -> dict[str, Info]:
        """Return what is told of all roots, by path."""

    @abstractmethod
    async def _below(self, path: str, depth: int | None, *, directories: bool) -> dict[str, Info]:
        """Return what is told of the files below a path of a root, by path, at most `depth` names deep."""

    @abstractmethod
    async def _described(self, path: str) -> Info:
        """Return what is told of a path.

        Raises:
            FileNotFoundError: Nothing is there.
            AmbiguousName: Several files are.
        """

    @abstractmethod
    async def _content(self, info: Mapping[str, object]) -> Content:
        """Return the content of a file."""

    @abstractmethod
    async def _bytes(self, info: Mapping[str, object]) -> bytes:
        """Return the whole content of a file, verified."""

    @abstractmethod
    async def _send(self, path: str, content: bytes | Path, progress: Any) -> None:
        """Make a content the file at a path, or the newest one of the file that is there."""

    @abstractmethod
    async def _delete(self, info: Mapping[str, object]) -> None:
        """Delete a file, or a directory with all that is in it."""

    @abstractmethod
    def _check_new(self, path: str) -> None:
        """Refuse a path that cannot be written to, without a request."""

    # -- what is there ------------------------------------------------------------------------------------------------

    async def _info(self, path: str, *, refresh: bool = False, **_: object) -> Info:
        path = self._refreshed(path, refresh)
        if not path:
            return {"name": "", "size": 0, "type": "directory"}
        with file_errors(path):
            return await self._described(path)

    def _refreshed(self, path: str, refresh: object) -> str:
        """Return a path without its protocol; forget what is kept if the caller asks for what is there now."""
        path = self._strip_protocol(path)
        if refresh:
            self.invalidate_cache(path)
        return path

    async def _exists(self, path: str, **options: Any) -> bool:
        try:
            await self._info(path, **options)
        except (FileNotFoundError, ConfigError):
            return False
        except AmbiguousName:
            return True
        return True

    async def _isfile(self, path: str) -> bool:
        try:
            return (await self._info(path))["type"] == "file"
        except (FileNotFoundError, ConfigError):
            return False
        except AmbiguousName:
            return True

    async def _isdir(self, path: str) -> bool:
        try:
            return (await self._info(path))["type"] == "directory"
        except (FileNotFoundError, ConfigError, AmbiguousName):
            return False

    async def _ls(self, path: str, detail: bool = True, *, refresh: bool = False, **_: object) -> list[Any]:
        path = self._refreshed(path, refresh)
        found = await self._listed(path, 1, directories=True)
        if not found:
            info = await self._info(path)
            if info["type"] == "file":
                found = {str(info["name"]): info}
        return [found[name] for name in sorted(found)] if detail else sorted(found)

    async def _listed(self, path: str, depth: int | None, *, directories: bool) -> dict[str, Info]:
        """Return what is below a path, and nothing where that is a file or does not exist."""
        with file_errors(path):
            if path:
                try:
                    return await self._below(path, depth, directories=directories)
                except FileNotFoundError:
                    return {}
            roots = await self._roots()
            found = dict(roots) if directories else {}
            if depth is None or depth > 1:
                for root in roots:
                    found |= await self._below(root, None if depth is None else depth - 1, directories=directories)
            return found

    async def _find(self, path: str, maxdepth: int | None = None, withdirs: bool = False, **options: Any) -> Any:
        _check_depth(maxdepth)
        path = self._refreshed(path, options.get("refresh"))
        found = await self._listed(path, maxdepth, directories=withdirs)
        if path and (withdirs or not found):
            try:
                info: Info = await self._info(path)
            except FileNotFoundError:
                info = {}
            if info and (withdirs or info["type"] == "file"):
                found[path] = info
        names = sorted(found)
        return {name: found[name] for name in names} if options.get("detail") else names

    async def _walk(
        self,
        path: str,
        maxdepth: int | None = None,
        topdown: bool = True,
        on_error: Any = "omit",
        **options: Any,
    ) -> AsyncIterator[tuple[str, Any, Any]]:
        _check_depth(maxdepth)
        path = self._refreshed(path, options.get("refresh"))
        try:
            found = await self._listed(path, maxdepth, directories=True)
            if not found:
                await self._info(path)
        except OSError as error:
            if on_error == "raise":
                raise
            if callable(on_error):
                on_error(error)
            found = {}
        tree: dict[str, tuple[dict[str, Info], dict[str, Info]]] = {path: ({}, {})}
        for name in sorted(found):
            above, _, last = name.rpartition("/")
            is_dir = found[name]["type"] == "directory"
            tree.setdefault(above, ({}, {}))[0 if is_dir else 1][last] = found[name]
            if is_dir and (maxdepth is None or _depth(path, name) < maxdepth):
                tree.setdefault(name, ({}, {}))
        for where in _ordered(tree, path, topdown=topdown):
            directories, files = tree[where]
            yield (where, directories, files) if options.get("detail") else (where, list(directories), list(files))

    async def _expand_path(
        self, path: Any, recursive: bool = False, maxdepth: int | None = None, **options: Any
    ) -> Any:
        """Return the paths for a path, a pattern or several; a file whose name looks like a pattern is that file."""
        given = [path] if isinstance(path, str | os.PathLike) else list(path)
        names = [self._strip_protocol(each) for each in given]
        literal = [name for name in names if has_magic(name) and await self._exists(name)]
        if not literal:
            return await super()._expand_path(path, recursive=recursive, maxdepth=maxdepth, **options)
        found = set(literal)
        if recursive:
            for name in literal:
                found.update(await self._find(name, maxdepth=maxdepth, withdirs=True))
        others = [name for name in names if name not in found]
        if others:
            found.update(await super()._expand_path(others, recursive=recursive, maxdepth=maxdepth, **options))
        return sorted(found)

    def created(self, path: str) -> datetime:
        """Return when a file was created."""
        return self._time(path, "created")

    def modified(self, path: str) -> datetime:
        """Return when a file's content was last replaced, or else when the file was created."""
        return self._time(path, "modified")

    def _time(self, path: str, key: str) -> datetime:
        found = self.info(path).get(key)
        if not isinstance(found, datetime):
            raise NotImplementedError(f"the instance does not report when {path!r} was {key}")
        return found

    # -- reading ------------------------------------------------------------------------------------------------------

    async def _file(self, path: str) -> Info:
        info = await self._info(path)
        if info["type"] != "file":
            raise is_directory(path)
        return info

    async def reading(self, path: str) -> Reading:
        """Return the reading of a file's content."""
        with file_errors(path):
            return await Reading.begin(await self._content(await self._file(path)))

    async def _cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: object) -> bytes:
        path = self._strip_protocol(path)
        with file_errors(path):
            info = await self._file(path)
            if start is None and end is None:
                return await self._bytes(info)
            reading = await Reading.begin(await self._content(info))
            try:
                return await reading.read(*slice(start, end).indices(reading.size)[:2])
            finally:
                reading.close()

    async def _get_file(self, rpath: str, lpath: Any, callback: Callback = DEFAULT_CALLBACK, **_: object) -> None:
        path = self._strip_protocol(rpath)
        info = await self._info(path)
        if info["type"] == "directory":
            await in_thread(_make_folder, Path(lpath))
            return
        if isinstance(lpath, str | os.PathLike):
            await in_thread(_make_folder, Path(lpath).parent)
        with file_errors(path):
            await self._save(info, lpath, _told(callback))

    @abstractmethod
    async def _save(self, info: Mapping[str, object], target: Any, progress: Any = None) -> None:
        """Download a file, complete and verified or not at all."""

    # -- writing ------------------------------------------------------------------------------------------------------

    async def store(self, path: str, content: bytes | Path, *, exclusive: bool = False, progress: Any = None) -> None:
        """Make a content the file at a path.

        Raises:
            FileExistsError: Something is there, and the content was to be a new file.
        """
        path = self._strip_protocol(path)
        self._check_new(path)
        key = (asyncio.get_running_loop(), path)
        # Two writers of a new file, each of which finds none, would make two files of one name.
        async with self._sending.setdefault(key, asyncio.Lock()):
            with file_errors(path):
                if exclusive:
                    await self.check_absent(path)
                await self._send(path, content, progress)
        self.invalidate_cache(path)

    async def check_absent(self, path: str) -> None:
        """Refuse a path at which something is.

        Raises:
            FileExistsError: Something is there.
        """
        if await self._exists(path, refresh=True):
            raise FileExistsError(errno.EEXIST, "the file exists", self._strip_protocol(path))

    async def _pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: object) -> None:
        await self.store(path, bytes(value), exclusive=mode == "create")

    async def _put_file(
        self, lpath: Any, rpath: str, callback: Callback = DEFAULT_CALLBACK, mode: str = "overwrite", **_: object
    ) -> None:
        found = await in_thread(os.stat, lpath)
        if stat.S_ISDIR(found.st_mode):
            await self._makedirs(rpath, exist_ok=True)
            return
        callback.set_size(found.st_size)
        await self.store(rpath, Path(lpath), exclusive=mode == "create", progress=_told(callback))

    async def _cp_file(self, path1: str, path2: str, **_: object) -> None:
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        info = await self._info(source)
        if info["type"] == "directory":
            await self._makedirs(target, exist_ok=True)
            return
        self._check_new(target)
        with tempfile.TemporaryDirectory(prefix="domo-async-") as folder:
            whole = Path(folder, "content")
            with file_errors(source):
                await self._save(info, whole)
            await self.store(target, whole)

    async def _rm_file(self, path: str, **_: object) -> None:
        path = self._strip_protocol(path)
        with file_errors(path):
            await self._delete(await self._file(path))
        self.invalidate_cache(path)

    async def _rm(
        self,
        path: Any,
        recursive: bool = False,
        batch_size: int | None = None,
        maxdepth: int | None = None,
        **_: object,
    ) -> None:
        given: Sequence[Any] = [path] if isinstance(path, str | os.PathLike) else list(path)
        for each in map(self._strip_protocol, given):
            if not self._root_of(each)[1]:
                raise PermissionError(errno.EPERM, "not deleted, as it would take everything: name what is in it", each)
        for each in await self._expand_path(path):
            info = await self._info(each)
            if info["type"] == "file":
                await self._rm_file(each)
            elif not recursive:
                raise is_directory(each)
            else:
                await self._rm_directory(each, maxdepth)

    async def _rm_directory(self, path: str, maxdepth: int | None) -> None:
        for info in (await self._listed(path, maxdepth, directories=False)).values():
            with file_errors(path):
                await self._delete(info)
        self.invalidate_cache(path)

    # -- open files ---------------------------------------------------------------------------------------------------

    def open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        cache_options: Any = None,
        compression: str | None = None,
        **options: Any,
    ) -> Any:
        """Open a file; written bytes are sent when it is closed, and discarded if an error is raised before.

        Args:
            path: The file.
            mode: ``rb``, ``wb``, ``xb`` for a new file, or the same for text.
            block_size: The bytes to read at once.
            cache_options: Options for the cache of what was read.
            compression: The compression, by fsspec's name; ``infer`` goes by the path.
            options: ``encoding``, ``errors`` and ``newline`` for text; ``cache_type``.
        """
        packing = get_compression(path, compression)
        if packing is None or "b" not in mode or "r" in mode:
            return super().open(path, mode, block_size, cache_options, compression, **options)
        file = super().open(path, mode, block_size, cache_options, **options)
        return PackedFile(compr[packing](file, mode="w"), cast("File", file))

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_options: Any = None,
        **options: Any,
    ) -> File:
        self._check_mode(path, mode)
        if mode == "xb":
            sync(self.loop, self.check_absent, path)
        return File(
            self,
            path,
            mode,
            block_size=block_size or _BLOCK,
            autocommit=autocommit,
            cache_options=cache_options,
            cache_type=options.get("cache_type", "readahead"),
        )

    async def open_async(self, path: str, mode: str = "rb", **options: Any) -> AsyncFile:
        """Open a file whose methods are awaited.

        Args:
            path: The file.
            mode: ``rb``, ``wb``, or ``xb`` for a new file.
            options: The options that fsspec passes on; a compression is refused.
        """
        if options.get("compression"):
            raise ValueError("open_async does not compress")
        path = self._strip_protocol(path)
        self._check_mode(path, mode)
        if mode == "xb":
            await self.check_absent(path)
        if mode == "rb":
            return AsyncFile(self, path, mode, await self.reading(path))
        return AsyncFile(self, path, mode, None)

    def _check_mode(self, path: str, mode: str) -> None:
        if mode not in {"rb", "wb", "xb"}:
            raise NotImplementedError(f"files are opened in mode rb, wb or xb, not {mode}: Domo replaces whole files")
        if mode != "rb":
            self._check_new(path)

    # -- directories --------------------------------------------------------------------------------------------------

    @abstractmethod
    async def _rmdir(self, path: str) -> None:
        """Remove an empty directory."""

    @abstractmethod
    async def _mv(self, path1: str, path2: str) -> None:
        """Move or rename a file or directory."""

    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        sync(self.loop, self._rmdir, path)

    def mv(self, path1: str, path2: str, **_: object) -> None:
        """Move or rename a file or directory."""
        sync(self.loop, self._mv, path1, path2)

    def touch(self, path: str, truncate: bool = True, **options: Any) -> None:
        """Make an empty file; a file that exists is emptied, or refused if it is to be kept."""
        if not truncate and self.exists(path):
            raise NotImplementedError(
                "Domo does not set the time of a file without new content: pass truncate=True to empty it"
            )
        with self.open(path, "wb", **options):
            pass

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget listings, all of them: a new file can be in any."""
        self.dircache.clear()
        super().invalidate_cache(path)


def _make_folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)


def _made(cls: type[DomoFiles], options: Mapping[str, Any]) -> DomoFiles:
    """Restore a file system from its pickle."""
    return cls(**options)


def _told(callback: Callback) -> Any:
    """Return the progress of a transfer as fsspec's callback takes it; None where nobody listens."""
    if callback is DEFAULT_CALLBACK:
        return None

    def tell(progress: Progress) -> None:
        if progress.total_bytes is not None:
            callback.set_size(progress.total_bytes)
        callback.absolute_update(progress.bytes)

    return tell


def _check_depth(maxdepth: int | None) -> None:
    if maxdepth is not None and maxdepth < 1:
        raise ValueError("maxdepth must be at least 1")


def _depth(root: str, path: str) -> int:
    return path.count("/", len(root) + 1) + 1 if root else path.count("/") + 1


def _ordered(tree: Mapping[str, Any], root: str, *, topdown: bool) -> list[str]:
    names = sorted(tree, key=lambda name: (name != root, name.split("/")))
    return names if topdown else [*reversed(names)]
