"""The hooks of MkDocs' build: they add the generated pages, and put them into the navigation."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from domo_async._docs.commands import command_pages
from domo_async._docs.reference import reference_pages

__all__ = ["on_config", "on_files"]

_PAGES: dict[str, str] = {}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the reference to the navigation."""
    _PAGES.update(reference_pages() | command_pages())
    areas = [path for path in _PAGES if "/areas/" in path]
    commands = [path for path in _PAGES if "/commands/" in path]
    others = [path for path in _PAGES if path not in {*areas, *commands}]
    config.nav = [*(config.nav or []), {"Reference": [*others, {"Areas": areas}, {"Command line": commands}]}]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for path, content in _PAGES.items():
        files.append(File.generated(config, path, content=content))
    return files
