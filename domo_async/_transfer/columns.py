"""Columns of a dataset: the names and types that uploads and results need."""

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
    """Return distinct names for columns, because a result may have several columns of the same name.

    The first column of a name keeps it. The second of the name ``a`` becomes ``a_2``, the third ``a_3``, and so on;
    names of other columns are skipped. A column without a name is named by its position, such as ``column_3``.

    Args:
        names: The columns' original names.
        fold: Whether names that differ only in case are the same, as they are in Spark and in SQL.
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
