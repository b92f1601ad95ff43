"""The routes, one module an area. A new area is a new module, named here.

A module has ``routes``, and may have:

- ``begin(instance)``: what a new instance has of it, if there is none of it yet;
- ``search_documents(instance)``: yields the documents that a search can find of it;
- ``populate(instance, chance)``: what the ``demo`` world has of it, made by the random numbers of `chance` alone.
"""

from __future__ import annotations

from aiohttp import web

from domo_async.emulator import people
from domo_async.emulator.routes import datasets, partitions, queries, search, sessions, uploads, versions
from domo_async.emulator.state import Instance

AREAS = (sessions, datasets, uploads, versions, partitions, queries, search)


def register(app: web.Application, instance: Instance) -> None:
    """Add the routes of all areas to `app`, and what they need to the instance."""
    people.begin(instance)
    instance.searchables.clear()
    for area in AREAS:
        app.add_routes(area.routes)
        if begin := getattr(area, "begin", None):
            begin(instance)
        if documents := getattr(area, "search_documents", None):
            instance.searchables.append(documents)
