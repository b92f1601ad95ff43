"""The routes, one module an area. A new area is a new module with a `routes` table, named here."""

from __future__ import annotations

from aiohttp import web

from domo_async.emulator.auth import Authentication
from domo_async.emulator.routes import datasets, partitions, queries, search, sessions, uploads, versions

_AREAS = (datasets, uploads, versions, partitions, queries, search)


def register(app: web.Application, authentication: Authentication) -> None:
    """Add the routes of all areas to `app`."""
    for area in _AREAS:
        app.add_routes(area.routes)
    app.add_routes(sessions.routes(authentication))
