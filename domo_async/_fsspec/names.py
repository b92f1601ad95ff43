"""Paths for files whose names need not be unique, or fit for a path.

A file is at its name. Where that does not do, it is at ``~ID~NAME``: because another file has the same name, or because
the name would lead elsewhere (``..``), is empty, or holds control characters, which are replaced by underscores.
``~ID`` alone means the file of that id, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from attrs import field, frozen

from domo_async.errors import ConfigError

__all__ = ["Item", "Listing", "check_new_name", "id_in", "parent_of", "shown_name"]

_BY_ID = re.compile(r"~([0-9A-Za-z][0-9A-Za-z-]*)(?:~(.*))?", re.DOTALL)
_ODD = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def id_in(path: str) -> tuple[str, str | None] | None:
    """Return the id in a path's last name, and the name that stands beside it; None if that is not by id."""
    found = _BY_ID.fullmatch(path.rpartition("/")[2])
    return None if found is None else (found[1], found[2])


def parent_of(path: str) -> str:
    """Return the path without its last name."""
    return path.rpartition("/")[0]


def _is_odd(character: str) -> bool:
    return character == "\\" or unicodedata.category(character) in _ODD


def _is_plain(name: str) -> bool:
    return name not in {"", ".", ".."} and not _BY_ID.fullmatch(name) and not any(map(_is_odd, name))


def shown_name(name: str) -> str:
    """Return a name in a form in which it leads nowhere and hides nothing."""
    return "".join("_" if _is_odd(character) or character == "/" else character for character in name)


def check_new_name(name: str) -> None:
    """Refuse a name under which a new file could not be found again.

    Raises:
        ConfigError: It is such a name.
    """
    if not all(map(_is_plain, name.split("/"))):
        raise ConfigError(
            f"{name!r} cannot be the name of a file here: it has an empty part, '.' or '..', a backslash or a control"
            " character, or begins like ~ID"
        )


@frozen
class Item:
    """A file or directory of the instance.

    Attributes:
        id: Its id.
        name: Its name, with the names of its directories.
        facts: Further facts about it.
        directory: Whether it is a directory.
    """

    id: str
    name: str
    facts: Mapping[str, object] = field(factory=dict)
    directory: bool = False


class Listing:
    """Files and directories by their paths, each path once.

    Args:
        root: The path before their names.
        items: The files and directories.

    Attributes:
        files: The facts about the files, by path.
        directories: The facts about the directories, by path; those that only names of files show included.
    """

    def __init__(self, root: str, items: Iterable[Item]) -> None:
        self._root = root
        self.files: dict[str, dict[str, object]] = {}
        self.directories: dict[str, dict[str, object]] = {}
        plain, odd = list[Item](), list[Item]()
        for item in items:
            (plain if all(map(_is_plain, item.name.split("/"))) else odd).append(item)
        above = {parent for item in plain for parent in _parents(item.name)}
        above |= {parent for item in odd if not item.directory for parent in _parents(_by_id(item))}
        for name in above:
            self._tell(name, {}, directory=True)
        for item in plain:
            if item.directory:
                self._tell(item.name, {"id": item.id, **item.facts}, directory=True)
                above.add(item.name)
        taken = Counter(item.name for item in plain if not item.directory)
        for item in plain:
            if not item.directory:
                alone = taken[item.name] == 1 and item.name not in above
                self._tell(item.name if alone else _by_id(item), {"id": item.id, **item.facts})
        for item in odd:
            if not item.directory:
                self._tell(_by_id(item), {"id": item.id, **item.facts})

    def _tell(self, name: str, facts: Mapping[str, object], *, directory: bool = False) -> None:
        path = f"{self._root}/{name}"
        if directory:
            self.directories[path] = {"name": path, "size": 0, "type": "directory", **facts}
        else:
            self.files[path] = {"name": path, "size": None, "type": "file", **facts}

    def below(self, path: str, depth: int | None = None, *, directories: bool = False) -> dict[str, dict[str, object]]:
        """Return the files below a path, and its directories if asked for, down to a depth."""
        prefix = f"{path}/"
        found = {**(self.directories if directories else {}), **self.files}
        return {
            name: facts
            for name, facts in found.items()
            if name.startswith(prefix) and (depth is None or name.count("/", len(prefix)) < depth)
        }


def _parents(name: str) -> Iterator[str]:
    return (str(parent) for parent in PurePosixPath(name).parents if str(parent) != ".")


def _by_id(item: Item) -> str:
    names = item.name.split("/")
    kept = 0
    while kept < len(names) - 1 and _is_plain(names[kept]):
        kept += 1
    last = shown_name("/".join(names[kept:]))
    # The instance's ids do not lead elsewhere either.
    id_ = shown_name(item.id)
    return "/".join([*names[:kept], f"~{id_}~{last}" if last else f"~{id_}"])
