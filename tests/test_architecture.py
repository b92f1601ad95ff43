"""The walls of the house: each room imports only rooms below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import domo_async

ROOT = Path(domo_async.__file__).parent
# From the ground up. Rooms of one floor do not know each other.
FLOORS = [
    {"errors", "_clock", "_defaults", "_display", "_generator", "_locking", "_redaction", "_version"},
    {"_telemetry", "_tracebacks"},
    {"_callbacks", "_concurrency", "_wire"},
    {"_frames", "_settings", "_waiting"},
    {"_profiles", "_results", "_transport"},
    {"_bulk", "_transfer"},
    {"_endpoints"},
    {"_doctor"},
    {"_client", "models"},
    {"_fleet"},
    {"domo_async"},
    {"sync"},
    {"_emulator", "_notebook", "_spark"},
    {"emulator", "spark"},
    {"_cli", "pytest_plugin"},
    {"__main__"},
]
# What users import; every other module has an underscore, or lies in a package that has one.
PUBLIC = {"domo_async", "errors", "models", "sync", "emulator", "spark", "pytest_plugin", "__main__"}
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The emulator hands out clients, but needs none itself. IPython finds its extension by the package's name.
LAZY = {("domo_async", "_notebook"), ("_emulator", "domo_async"), ("_emulator", "sync")}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ("domo_async" if parts == ("__init__",) else parts[0]), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield str(node.module)
            if node.module == "domo_async":
                yield from (f"domo_async.{alias.name}" for alias in node.names)


def room_of(module: str) -> str | None:
    first, _, rest = module.partition(".")
    if first != "domo_async":
        return None
    room = rest.partition(".")[0]
    return room if room in FLOOR_OF else "domo_async"


@pytest.mark.parametrize(
    ("room", "path"), [pytest.param(*found, id=str(found[1].relative_to(ROOT))) for found in modules()]
)
def test_each_room_imports_only_rooms_below_it(room, path):
    for module in imported(path):
        other = room_of(module)
        if other is None or other == room or (room, other) in LAZY:
            continue
        assert FLOOR_OF[other] < FLOOR_OF[room], f"{path} imports {module}"


@pytest.mark.parametrize("room", ["_generator", "_wire", "sync"])
def test_no_modules_of_a_room_import_each_other_in_a_circle(room):
    files = {f"domo_async.{room}.{path.stem}": path for path in (ROOT / room).glob("*.py") if path.stem != "__init__"}
    known = {name: {module for module in imported(path) if module in files} for name, path in files.items()}

    TopologicalSorter(known).prepare()  # which raises, typing imports included


def test_every_module_is_public_by_design_or_has_an_underscore():
    rooms = {room for room, _ in modules()}

    assert PUBLIC == {room for room in rooms if not room.startswith("_") or room == "__main__"}


def test_http_is_known_to_the_transport_alone():
    knowing = {room for room, path in modules() for module in imported(path) if module.split(".")[0] == "aiohttp"}

    # The client only names the type of a session that a caller brings along.
    assert {"_transport", "_client", "_emulator"} >= knowing


@pytest.mark.parametrize("module", ["domo_async", "domo_async.sync"])
def test_importing_is_light(module):
    heavy = {"duckdb", "sqlglot", "pyarrow", "rich", "typer", "numpy", "pandas", "polars", "domo_async._emulator"}
    code = f"import sys, {module}; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()

    assert not heavy & set(loaded)
