"""The walls of the house: each room imports only rooms below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import domo_async

pytestmark = pytest.mark.xdist_group("architecture")  # so that the modules are read once

ROOT = Path(domo_async.__file__).parent
# From the ground up. Rooms of one floor do not know each other.
FLOORS = [
    {"_redaction"},
    {"errors", "_clock", "_defaults", "_display", "_generator", "_locking", "_version"},
    {"_passing", "_tracebacks"},
    {"_telemetry"},
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
    {"_airflow", "_dbapi", "_dlt", "_emulator", "_fsspec", "_mcp", "_notebook", "_spark"},
    {"airflow", "dbapi", "dlt", "emulator", "fsspec", "spark"},
    {"_cli", "_sqlalchemy", "pytest_plugin"},
    {"_docs"},
    {"__main__", "_release"},
]
# What users import; every other module has an underscore, or lies in a package that has one.
PUBLIC = {
    "domo_async",
    "errors",
    "models",
    "sync",
    "dbapi",
    "emulator",
    "fsspec",
    "spark",
    "dlt",
    "airflow",
    "pytest_plugin",
    "__main__",
}
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The same within the rooms. ANY stands for all that are not named, which may know one another.
ANY = "any other"
INNER_FLOORS = {
    "_bulk": [{"report", "resolve_unknown"}, {"executor"}, {"reconcile"}, {"_bulk"}],
    "_cli": [
        {"common", "demo_data", "rows"},
        {"areas", "forms", "manual"},
        {"showing"},
        {"making"},
        {"tree"},
        {ANY},
        {"app"},
        {"_cli"},
    ],
    "_dbapi": [
        {"_dbapi", "address", "errors", "types"},
        {"buffer", "statements"},
        {"catalog"},
        {"information_schema"},
        {"local"},
        {"session"},
        {"aio", "connection"},
    ],
    "_dlt": [{"_dlt", "configuration", "failures", "hints", "tables", "types"}, {"jobs"}, {"client"}, {"factory"}],
    "_docs": [{"_docs", "commands", "public"}, {"docstrings", "reference"}, {"hooks"}],
    "_doctor": [{"reads", "report"}, {"shapes"}, {"examining"}, {"_doctor"}],
    "_emulator": [
        {"errors", "faults", "job_outcomes", "leniency", "private_files"},
        {"sql", "state", "tls"},
        {"http", "rows"},
        {"context", "search"},
        {"access", "persistence"},
        {"services"},
        {"routes"},
        {"gate", "seeds"},
        {"apps", "console", "control"},
        {"server"},
        {"_emulator", "defined"},
    ],
    "_endpoints": [
        {"_endpoints", "_known", "_lineage_graph", "_login", "_operations", "_workflow_runs"},
        {"_area"},
        {ANY},
        {"_lineage_names"},
        {"_offboarding", "lineage"},
    ],
    "_fsspec": [{"_fsspec", "access", "errors", "names"}, {"content"}, {"file"}, {"base"}, {"files", "filesets"}],
    "_generator": [
        {"source"},
        {"layout", "package", "wording"},
        {"classes", "models", "routes"},
        {"facade"},
        {"_generator"},
    ],
    "_mcp": [
        {"kinds", "limits", "values"},
        {"_mcp", "presenting"},
        {"tools"},
        {"automation", "content", "datasets", "people"},
        {"server"},
        {"http", "stdio"},
    ],
    "_profiles": [{"profile", "tokens"}, {"config_file"}, {"access", "editing"}, {"_profiles"}],
    "_spark": [
        {"_spark", "columns", "filters", "options"},
        {"committing", "ranges"},
        {"writer"},
        {"reader"},
        {"source"},
    ],
    "_telemetry": [{"events"}, {"signals"}, {"switch"}, {"_telemetry"}],
    "_transfer": [
        {"columns", "csv", "gzipping", "progress", "results", "seekable", "threads"},
        {"arrow", "atomic_write", "encoding", "part"},
        {"file_writer", "sources"},
        {"files", "reading", "uploading"},
        {"loading"},
        {"_transfer"},
    ],
    "_transport": [
        {"certificates", "deadlines", "pager", "proxies", "redirects", "retry", "url"},
        {"request"},
        {"codings", "exchange", "hooks", "responses"},
        {"failures", "rate_limits"},
        {"connection"},
        {"session"},
        {"_transport"},
    ],
    "_wire": [
        {"enums", "errors", "record", "unset"},
        {"identifiers", "model", "timestamps"},
        {"typeinfo"},
        {"encode", "fast_paths"},
        {"layouts"},
        {"codegen", "json"},
        {"hooks"},
        {"decode", "portable"},
        {"_wire"},
    ],
}
# The emulator hands out clients, but needs none itself. IPython finds its extension by the package's name.
LAZY = {("domo_async", "_notebook"), ("_emulator", "domo_async"), ("_emulator", "sync")}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ("domo_async" if parts == ("__init__",) else parts[0]), path


@cache
def statements(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """Return the imports of a module, wherever in it and whatever for."""
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]


def imported(path: Path) -> Iterator[str]:
    for node in statements(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
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


def test_each_room_imports_only_rooms_below_it():
    edges = {
        (str(path.relative_to(ROOT)), module): (room, other)
        for room, path in modules()
        for module in imported(path)
        if (other := room_of(module)) is not None and other != room and (room, other) not in LAZY
    }

    assert {} == {edge: rooms for edge, rooms in edges.items() if FLOOR_OF[rooms[1]] >= FLOOR_OF[rooms[0]]}


@cache
def module_graph() -> dict[str, set[str]]:
    """Return the modules that each module imports, wherever in it and whatever for, without the package's name."""
    paths = {
        ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in ROOT.rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for module, path in paths.items():
        found: set[str] = set()
        for node in statements(path):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            else:
                submodules = (f"{node.module}.{alias.name}" for alias in node.names)
                found.update(each if each in paths else str(node.module) for each in submodules)
        graph[module] = found & paths.keys()
    return {
        shortened(module): {shortened(each) for each in imports if (room_of(module), room_of(each)) not in LAZY}
        for module, imports in graph.items()
    }


def shortened(module: str) -> str:
    return module.removeprefix("domo_async.")


def collapsed(graph: dict[str, set[str]], depth: int) -> dict[str, set[str]]:
    """Return the graph of what names have in common up to a depth: of packages, and of packages in these."""

    def package(module: str) -> str:
        return ".".join(module.split(".")[:depth])

    packages: dict[str, set[str]] = {}
    for module, imports in graph.items():
        packages.setdefault(package(module), set()).update(package(each) for each in imports)
    return {each: imports - {each} for each, imports in packages.items()}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return the sets of names that can be reached from one another."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(name: str, edges: dict[str, set[str]], done: list[str]) -> None:
        seen.add(name)
        for other in sorted(edges.get(name, ())):
            if other not in seen:
                visit(other, edges, done)
        done.append(name)

    for name in graph:
        if name not in seen:
            visit(name, graph, order)
    backwards: dict[str, set[str]] = {}
    for name, others in graph.items():
        for other in others:
            backwards.setdefault(other, set()).add(name)
    seen.clear()
    found: list[set[str]] = []
    for name in reversed(order):
        if name not in seen:
            component: list[str] = []
            visit(name, backwards, component)
            found += [set(component)] if len(component) > 1 else []
    return found


def test_no_modules_and_no_packages_import_one_another_in_a_circle():
    graph = module_graph()
    levels = [collapsed(graph, depth) for depth in range(1, 1 + max(name.count(".") + 1 for name in graph))]

    found = {name for level in levels for circle in circles(level) for name in circle}

    assert set() == found


def test_the_search_for_circles_finds_one():
    graph = {"a.b": {"a.c"}, "a.c": {"d.e"}, "d.e": set(), "d.f": {"a.b"}}

    assert [] == circles(graph)
    assert [{"a", "d"}] == circles(collapsed(graph, 1))
    assert [{"a.b", "a.c", "d.e"}] == circles({**graph, "d.e": {"a.b"}})


@pytest.mark.parametrize("room", INNER_FLOORS)
def test_within_a_room_all_import_only_what_is_below_them(room):
    floor_of = {name: floor for floor, names in enumerate(INNER_FLOORS[room]) for name in names}

    def inner(module: str) -> str:
        name = module.split(".")[1] if "." in module else module
        return name if name in floor_of else ANY

    edges = {
        (module, other): (inner(module), inner(other))
        for module, imports in module_graph().items()
        for other in imports
        if module.split(".")[0] == other.split(".")[0] == room and inner(module) != inner(other)
    }

    assert ANY in floor_of or ANY not in {inner(module) for module in module_graph() if module.split(".")[0] == room}
    assert {} == {edge: names for edge, names in edges.items() if floor_of[names[1]] >= floor_of[names[0]]}


def test_no_route_of_the_embedded_instance_imports_another():
    package = "_emulator.routes"
    areas = {name: imports for name, imports in module_graph().items() if name.startswith(f"{package}.")}

    assert {} == {name: other for name, imports in areas.items() for other in imports if other.startswith(package)}


def test_every_module_is_public_by_design_or_has_an_underscore():
    rooms = {room for room, _ in modules()}

    assert PUBLIC == {room for room in rooms if not room.startswith("_") or room == "__main__"}


def test_http_is_known_to_the_transport_alone():
    knowing = {room for room, path in modules() for module in imported(path) if module.split(".")[0] == "aiohttp"}

    # The client only names the type of a session that a caller brings along.
    assert {"_transport", "_client", "_emulator"} >= knowing


@pytest.mark.parametrize("module", ["domo_async", "domo_async.sync"])
def test_importing_is_light(module):
    heavy = {
        *("duckdb", "sqlalchemy", "sqlglot", "pyarrow", "rich", "typer", "numpy", "pandas", "polars"),
        "domo_async._emulator",
    }
    code = f"import sys, {module}; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()

    assert not heavy & set(loaded)
