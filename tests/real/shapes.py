"""What real instances are seen to answer, route by route: which keys, and of what kinds.

A file in ``shapes/`` tells of the routes of one service. A shape is a word for a scalar, ``[shape]`` for a list or an
object of shapes; a key that ends in ``?`` need not be there, and any value may be null. What an instance was seen to
answer itself wins over Domo's types of its data service, and these over a collection of requests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

__all__ = ["EXCEPTIONS", "SHAPES", "Route", "misses", "sample", "shape_of"]

_MILLIS = 1_734_458_216_000
# What each word stands for: the classes of the JSON values, and one of them.
_WORDS: Mapping[str, tuple[tuple[type, ...], Any]] = {
    "text": ((str,), "text"),
    "digits": ((str,), "17"),
    "time": ((str,), "2024-12-17T17:56:56Z"),
    "number": ((int, float), 17),
    "millis": ((int,), _MILLIS),
    "seconds": ((int,), _MILLIS // 1000),
    "flag": ((bool,), True),
    "any": ((), None),
}


@frozen
class Route:
    """A route, with its answer.

    Attributes:
        name: Its method and path; ``{}`` stands for what varies, ``{n}`` for a number.
        source: Who knows.
        answer: The answer's shape.
    """

    name: str
    source: str
    answer: Any

    def fits(self, method: str, path: str) -> bool:
        """Return whether a request goes to this route."""
        wanted, pattern = self.name.split(" ")
        return (
            method == wanted
            and re.fullmatch(re.escape(pattern).replace(r"\{\}", "[^/]+").replace(r"\{n\}", "[0-9]+"), path) is not None
        )


SHAPES = [
    Route(name, told["source"], told["answer"])
    for file in sorted((Path(__file__).parent / "shapes").glob("*.json"))
    for name, told in json.loads(file.read_text(encoding="utf8")).items()
]
# Where the embedded instance answers otherwise: the route, what is otherwise, and why.
EXCEPTIONS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "shapes" / "exceptions.tsv").read_text(encoding="utf8").splitlines()
]


def shape_of(method: str, path: str) -> Route | None:
    """Return the route of a request, the one with the fewest parts that vary, if its answers are known."""
    found = [route for route in SHAPES if route.fits(method, path.rstrip("/"))]
    return min(found, key=lambda route: route.name.count("{"), default=None)


def misses(shape: Any, value: Any, where: str = "$") -> Iterator[str]:
    """Yield where a value is not of a shape: keys that are not there, and values of another kind."""
    if value is None:
        return
    match shape:
        case dict() if isinstance(value, dict):
            for name, inner in shape.items():
                key = name.removesuffix("?")
                if key in value:
                    yield from misses(inner, value[key], f"{where}.{key}")
                elif key == name:
                    yield f"{where}.{key} is not there"
        case [inner] if isinstance(value, list):
            yield from dict.fromkeys(miss for item in value for miss in misses(inner, item, f"{where}[]"))
        case [] if isinstance(value, list):
            return
        case str():
            kinds, _ = _WORDS[shape]
            right = not kinds or (isinstance(value, kinds) and isinstance(value, bool) is (bool in kinds))
            if not right:
                yield f"{where} is not {shape}"
        case _:
            yield f"{where} is not {'an object' if isinstance(shape, dict) else 'a list'}"


def sample(shape: Any, key: str = "") -> Any:
    """Return an invented value of a shape, with all its keys; lists have one item, and say so."""
    match shape:
        case dict():
            return {(key := name.removesuffix("?")): sample(inner, key) for name, inner in shape.items()}
        case list():
            return [sample(inner) for inner in shape if inner != "any"]
    return 1 if shape == "number" and re.match("total|count$", key) else _WORDS[shape][1]
