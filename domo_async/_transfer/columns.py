"""Columns of a dataset, as far as data that go in and out need to know them."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from domo_async._wire import OpenEnum

__all__ = ["ColumnSpec", "ColumnType", "distinct_names"]


class ColumnType(OpenEnum):
    """The types of a column. Domo has no boolean: use LONG or STRING."""

    STRING = "STRING"
    LONG = "LONG"
    DOUBLE = "DOUBLE"
    DECIMAL = "DECIMAL"
    DATE = "DATE"
    DATETIME = "DATETIME"


@frozen
class ColumnSpec:
    """A column's name and type.

    Attributes:
        name: Its name.
        type: Its type.
    """

    name: str
    type: ColumnType


def distinct_names(names: Sequence[str], *, fold: bool = False) -> list[str]:
    """Return names under which each column can be found, as a result may have several of one name.

    The first column of a name keeps it. The second of the name ``a`` becomes ``a_2``, the third ``a_3``, and so on,
    passing over what another column is called. A column without a name is called by its place, such as ``column_3``.

    Args:
        names: The columns' names as they are.
        fold: Whether names that differ in case alone are the same, as they are to Spark and to SQL.
    """
    fold_case = str.casefold if fold else str
    taken = {*map(fold_case, names)}
    seen: set[str] = set()
    last: dict[str, int] = {}
    made: list[str] = []
    for position, name in enumerate(names, 1):
        found, plain = name, name or f"column_{position}"
        if not name or fold_case(name) in seen:
            number = last.get(fold_case(plain), 1 if name else 0)
            while fold_case(found) in taken:
                number += 1
                found = plain if number == 1 else f"{plain}_{number}"
            last[fold_case(plain)] = number
        seen.add(fold_case(name))
        taken.add(fold_case(found))
        made.append(found)
    return made
