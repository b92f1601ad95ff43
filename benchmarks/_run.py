"""Runs one function in this process and prints what it returns: the other side of `Measurement`."""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main(function: str, arguments: str, without: str) -> None:
    """Print the figure of the function at `function`, such as ``benchmarks.upload:sdk``."""
    for module in filter(None, without.split(",")):
        # Importing a module that is None here fails.
        sys.modules[module] = None  # type: ignore[assignment]
    module, _, name = function.partition(":")
    print(getattr(import_module(module), name)(*json.loads(arguments)))


main(*sys.argv[1:])
