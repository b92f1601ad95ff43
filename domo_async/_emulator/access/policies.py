"""The rows of a dataset that a user sees, by the policies of the dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from domo_async._emulator.access.datasets import level_of
from domo_async._emulator.access.people import entities_of
from domo_async._emulator.sql import identifier, literal
from domo_async._emulator.state.datasets import Column, Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["CONTROLS", "OPEN", "OPERATORS", "POLICIES", "forget_policies", "policies_of", "visible_rows"]

CONTROLS = "data_controls"
POLICIES = "policies"
OPEN = "open"
_CASTS = {"LONG": "BIGINT", "DOUBLE": "DOUBLE", "DECIMAL": "DECIMAL(38, 10)", "DATE": "DATE", "DATETIME": "TIMESTAMP"}


def visible_rows(instance: Instance, dataset: Dataset, user: Record) -> str | None:
    """Return the SQL condition on the rows of a dataset that a user may see; None if they may see all."""
    control = instance.records[CONTROLS].find(dataset.id)
    if control is None or not control["enabled"] or level_of(instance, dataset, user) in ("CO_OWNER", "OWNER"):
        return None
    entities = entities_of(instance, user)
    about = [policy for policy in policies_of(instance, dataset) if not entities.isdisjoint(_entities(policy))]
    if any(policy["type"] == OPEN for policy in about):
        return None
    columns = {column.name: column for column in dataset.schema.columns}
    return " OR ".join(_condition(policy, columns, user) for policy in about) or "false"


def forget_policies(instance: Instance, dataset: Dataset) -> None:
    """Forget the policies of a dataset that was deleted."""
    for policy in policies_of(instance, dataset):
        instance.records[POLICIES].remove(policy["filterGroupId"])
    if dataset.id in instance.records[CONTROLS]:
        instance.records[CONTROLS].remove(dataset.id)


def policies_of(instance: Instance, dataset: Dataset) -> list[Record]:
    return [policy for policy in instance.records[POLICIES] if policy["dataSourceId"] == dataset.id]


def _entities(policy: Record) -> Iterator[tuple[str, str]]:
    yield from (("USER", str(user)) for user in policy["userIds"])
    yield from (("GROUP", str(group)) for group in policy["groupIds"])


def _condition(policy: Record, columns: dict[str, Column], user: Record) -> str:
    """Return the condition that a row matches all parameters of a policy; a removed column matches nothing."""
    conditions = [
        _parameter(_meant(each, user), columns[each["name"]]) if each["name"] in columns else "false"
        for each in policy["parameters"]
    ]
    return f"({' AND '.join(conditions) or 'true'})"


def _meant(parameter: Record, user: Record) -> Record:
    """Return a parameter with the values that it stands for when a given user asks."""
    if parameter["type"] != "DYNAMIC":
        return parameter
    return {**parameter, "values": [value for name in parameter["values"] for value in _attribute(str(name), user)]}


def _attribute(name: str, user: Record) -> list[object]:
    """Return the values of the attribute of a user that a policy names."""
    wanted = _plain(name.removeprefix("domo.policy.").removeprefix("managed_"))
    known: dict[str, list[object]] = {
        _plain(key): [value] for key, value in user.items() if isinstance(value, str | int)
    }
    known.update({_plain(pair["key"]): pair["values"] for pair in user.get("attributes", [])})
    names = (wanted, wanted.removeprefix("user"), wanted.removeprefix("employee"))
    return next((known[each] for each in names if each in known), [])


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _parameter(parameter: Record, column: Column) -> str:
    """Return the condition that any of a parameter's values matches.

    Texts are compared by `ignoreCase`. Values of other columns are converted to the column's type; a value that cannot
    be converted equals nothing.
    """
    type_ = "VARCHAR" if parameter["operator"] in _TEXTUAL else _CASTS.get(column.type, "VARCHAR")
    cell = f"CAST({identifier(column.name)} AS {type_})"
    values = [f"TRY_CAST({literal(str(value))} AS {type_})" for value in parameter["values"]]
    if type_ == "VARCHAR" and parameter["ignoreCase"]:
        cell, values = f"lower({cell})", [f"lower({value})" for value in values]
    fits = f"coalesce({OPERATORS[parameter['operator']](cell, values)}, false)"
    return f"NOT {fits}" if parameter["not"] else fits


def _any(form: str) -> Callable[[str, Sequence[str]], str]:
    return lambda cell, values: "(" + (" OR ".join(form.format(cell, value) for value in values) or "false") + ")"


_TEXTUAL = ("LIKE", "BEGINS_WITH", "ENDS_WITH", "CONTAINS")
OPERATORS: dict[str, Callable[[str, Sequence[str]], str]] = {
    "EQUALS": _any("{} = {}"),
    "LIKE": _any("{} LIKE {}"),
    "GREATER_THAN": _any("{} > {}"),
    "LESS_THAN": _any("{} < {}"),
    "GREATER_THAN_EQUAL": _any("{} >= {}"),
    "LESS_THAN_EQUAL": _any("{} <= {}"),
    "BETWEEN": lambda cell, values: f"{cell} BETWEEN {values[0]} AND {values[1]}" if len(values) == 2 else "false",
    "BEGINS_WITH": _any("starts_with({}, {})"),
    "ENDS_WITH": _any("ends_with({}, {})"),
    "CONTAINS": _any("contains({}, {})"),
}
