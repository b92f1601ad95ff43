"""What the rows of tests/contract/code_engine.py are about: a function with the documented answer."""

from __future__ import annotations

from typing import Any

from domo_async._emulator.routes.code_engine import Printed, functions_of
from domo_async._emulator.state.instance import Instance


def _details(**_: Any) -> Printed:
    result = {"total": 12.5, "regions": ["North", None]}
    return Printed(result, stdout=["fetched 3 rows", {"level": "info"}])


def prepare(instance: Instance) -> None:
    """Lend the instance the function of the rows."""
    functions_of(instance).add("getExecutionDetails", _details, returns="object")
