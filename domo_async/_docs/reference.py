"""The pages of the reference that say what the code says: public names, areas, routes and settings."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from domo_async import AppAccess, Domo
from domo_async._cli.common.network import VARIABLES
from domo_async._docs.public import PACKAGE, exports, public_modules

__all__ = ["reference_pages"]

# The pages of the package's own names, by the modules that they come from. The rest is on the last one.
_OWN: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "clients": ("Clients", frozenset({"_client", "_fleet"})),
    "settings": ("Settings", frozenset({"_settings", "_redaction", "_telemetry"})),
    "lists": ("Lists", frozenset({"_transport", "_frames", "_wire"})),
    "results": ("Results and reports", frozenset()),
}
_SECTION: Final = re.compile(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_COMMENT: Final = re.compile(r"\A<!--.*?-->\n", re.DOTALL)
# Each has pages of its own.
_APART: Final = {"domo_async", "domo_async.models"}


def reference_pages() -> dict[str, str]:
    """Return the Markdown of each page, by its path below ``pages``."""
    return {
        **_own_pages(),
        **{f"reference/{module.rpartition('.')[2]}.md": _module_page(module) for module in _other_modules()},
        **_area_pages(),
        "reference/routes.md": f"---\nhide: [navigation]\n---\n\n{_packaged('ROUTES.md')}",  # its tables are wide
        "reference/telemetry.md": _packaged("TELEMETRY.md"),
        "reference/emulated.md": _packaged("_emulator/EMULATED.md"),
    }


def _other_modules() -> Iterator[str]:
    return (module for module in public_modules() if module not in _APART)


def _packaged(path: str) -> str:
    return _COMMENT.sub("", (PACKAGE / path).read_text(encoding="utf-8"))


def _entries(module: str, names: Iterator[str] | list[str]) -> str:
    return "\n".join(f"::: {module}.{name}\n" for name in names)


def _own_pages() -> dict[str, str]:
    names_of_page: dict[str, list[str]] = {page: [] for page in _OWN}
    for name, origin in exports("domo_async").items():
        room = origin.split(".")[1]
        if room != "errors":
            matching = (page for page, (_, rooms) in _OWN.items() if room in rooms)
            names_of_page[next(matching, [*_OWN][-1])].append(name)
    pages = {
        f"reference/{page}.md": f"# {_OWN[page][0]}\n\nImported from `domo_async`.\n\n{_entries('domo_async', names)}"
        for page, names in names_of_page.items()
    }
    pages["reference/settings.md"] += f"\n## Environment variables\n\n{_environment()}"
    return pages


def _environment() -> str:
    rows = (f"| {', '.join(f'`{each}`' for each in names.split(', '))} | {told} |" for names, told in VARIABLES.items())
    return "\n".join(["| variable | meaning |", "|---|---|", *rows, ""])


def _module_page(module: str) -> str:
    about = f"::: {module}\n    options:\n      members: false\n      show_root_heading: false\n"
    return f"# {module}\n\n{about}\n{_entries(module, list(exports(module)))}"


def _area_pages() -> dict[str, str]:
    routes = dict(_SECTION.findall(_packaged("ROUTES.md")))
    models: dict[str, list[str]] = {}
    for name, origin in exports("domo_async.models").items():
        models.setdefault(origin.split(".")[2], []).append(name)
    # It is only asked what it has.
    app = AppAccess(url="https://acme.domoapps.prod1.domo.com", session_token="none")  # noqa: S106 - sends nothing
    client = Domo("acme", token="none", app=app)  # noqa: S106 - as above
    pages: dict[str, str] = {}
    listed = []
    for name, area in _areas_of(client):
        module = type(area).__module__.split(".")[2]
        below = [(f"{name}.{path}", each) for path, each in _areas_of(area)]
        pages[f"reference/areas/{name}.md"] = _area_page(
            [(name, area), *below], routes.get(name, ""), models.pop(module, [])
        )
        listed.append(f"| [`domo.{name}`]({name}.md) | {_first_line(type(area))} |")
    for module, names in models.items():  # shared by several areas
        title = module.strip("_")
        pages[f"reference/areas/{title}.md"] = f"# Models: {title}\n\n{_entries('domo_async.models', names)}"
        listed.append(f"| [{title}]({title}.md) | Models that several areas share. |")
    table = "\n".join(["| area | what it is about |", "|---|---|", *listed])
    return {"reference/areas/index.md": f"# Areas\n\n{_AREAS}\n\n{table}\n", **pages}


_AREAS: Final = """\
A client has one attribute for each area of Domo's API. The methods of `domo_async.Domo` are awaited; those of
`domo_async.sync.Domo` have the same names and arguments, and block. [All routes](../routes.md) are listed with the
methods that call them."""


# The modules below an area are not for users.
_AREA_OPTIONS: Final = {"merge_init_into_class": False, "show_bases": False, "show_symbol_type_heading": False}


def _areas_of(owner: object) -> Iterator[tuple[str, object]]:
    for name in sorted(dir(type(owner))):
        if not name.startswith("_"):
            found = getattr(owner, name, None)
            if type(found).__module__.startswith("domo_async._endpoints"):
                yield name, found


def _area_page(areas: list[tuple[str, object]], routes: str, models: list[str]) -> str:
    parts = [f"# domo.{areas[0][0]}\n"]
    if routes:
        parts += ['??? note "Routes"\n', _indented(routes)]
    for path, area in areas:
        type_ = type(area)
        options = {"heading": f"domo.{path}", "toc_label": f"domo.{path}", **_AREA_OPTIONS}
        parts += [f"::: {type_.__module__}.{type_.__qualname__}\n    options: {json.dumps(options)}\n"]
    if models:
        parts += ["## Models\n\nImported from `domo_async.models`.\n", _entries("domo_async.models", models)]
    return "\n".join(parts)


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())


def _first_line(type_: type) -> str:
    return (inspect.getdoc(type_) or "").partition("\n")[0]
