from collections.abc import Callable, Mapping
from typing import Any, Self, TypeAlias

Path: TypeAlias = tuple[int, Any]
Keyed: TypeAlias = (
    tuple[str, object, Callable[[Any, Any], Any], Any, Mapping[type, Path]] | tuple[str, None, None, None, None]
)
Unkeyed: TypeAlias = tuple[object, Path]

class Layout:
    def __new__(
        cls, model: type, keyed: tuple[Keyed, ...], unkeyed: tuple[Unkeyed, ...], extras: Unkeyed, /
    ) -> Self: ...

def has_long_number(body: bytes, digits: int, /) -> bool: ...
def make(layouts: list[Layout], value: dict[str, Any], /) -> Any: ...
