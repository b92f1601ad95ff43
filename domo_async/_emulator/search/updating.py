"""Updates of JSON documents by MongoDB's operators ``$set``, ``$unset``, ``$inc``, ``$push`` and ``$pull``."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from domo_async._emulator.errors import HTTPError

__all__ = ["updated"]

_OPERATORS = frozenset({"$set", "$unset", "$inc", "$push", "$pull"})


def updated(content: Mapping[str, Any], operation: object) -> dict[str, Any]:
    """Return the content of a document after an operation.

    Args:
        content: The document's content.
        operation: The operators, each with paths such as ``content.status`` and their values.

    Raises:
        HTTPError: 400, if the operation is invalid.
    """
    if not isinstance(operation, dict) or not operation:
        raise HTTPError(400, "Required: operation, an object with operators such as $set")
    after = {"content": deepcopy(dict(content))}
    for operator, changes in operation.items():
        if operator not in _OPERATORS or not isinstance(changes, dict):
            raise HTTPError(400, f"{operator} must be one of {', '.join(sorted(_OPERATORS))}, with an object")
        for path, value in changes.items():
            _change(after, operator, path, value)
    return after["content"]


def _change(document: dict[str, Any], operator: str, path: str, value: Any) -> None:
    root, *others = path.split(".")
    if root != "content" or not others:
        raise HTTPError(400, f"Only paths below content can be changed, not {path}")
    target = document["content"]
    for part in others[:-1]:
        target = target.setdefault(part, {})
        if not isinstance(target, dict):
            raise HTTPError(400, f"{path} does not lie in an object")
    key = others[-1]
    match operator:
        case "$set":
            target[key] = value
        case "$unset":
            target.pop(key, None)
        case "$inc":
            numbers = (target.get(key, 0), value)
            if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers):
                raise HTTPError(400, f"$inc adds a number to a number, but {path} or the value to add is not a number")
            target[key] = sum(numbers)
        case "$push":
            target[key] = [*_list(target, key, path), value]
        case _:
            target[key] = [each for each in _list(target, key, path) if each != value]


def _list(target: Mapping[str, Any], key: str, path: str) -> list[Any]:
    found = target.get(key, [])
    if not isinstance(found, list):
        raise HTTPError(400, f"{path} is not a list")
    return found
