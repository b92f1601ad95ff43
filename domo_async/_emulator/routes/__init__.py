"""The routes, one module an area. A new area is a new module, named here.

A module has ``routes``. If a new instance has records of its area, it has a function ``begin``, and if a search finds
them, a function ``search_documents``; both are named here, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from aiohttp import web

from domo_async._emulator.access import people
from domo_async._emulator.routes import (
    access_tokens,
    accounts,
    activity_log,
    ai,
    alerts,
    app_login,
    appdb,
    applications,
    apps,
    beast_modes,
    cards,
    certifications,
    code_engine,
    data_apps,
    data_providers,
    dataflows,
    dataset_access,
    dataset_bulk,
    datasets,
    designs,
    files,
    filesets,
    groups,
    lineage,
    migrations,
    pages,
    partitions,
    policies,
    publications,
    queries,
    reports,
    roles,
    s3_exports,
    search,
    sessions,
    sharing,
    streams,
    task_center,
    uploads,
    users,
    versions,
    workflows,
)
from domo_async._emulator.services import datasets as dataset_services
from domo_async._emulator.state.instance import Instance

AREAS = (
    sessions,
    app_login,
    roles,
    users,
    groups,
    access_tokens,
    activity_log,
    certifications,
    datasets,
    dataset_access,
    policies,
    uploads,
    versions,
    partitions,
    queries,
    dataflows,
    accounts,
    streams,
    dataset_bulk,
    data_providers,
    lineage,
    task_center,
    workflows,
    apps,
    designs,
    pages,
    cards,
    beast_modes,
    alerts,
    sharing,
    ai,
    applications,
    code_engine,
    data_apps,
    migrations,
    publications,
    reports,
    s3_exports,
    files,
    filesets,
    appdb,
    search,
)
BEGINNINGS = (people.begin, roles.begin, applications.begin, migrations.begin)
"""The functions that add the records of a new instance, in their order."""

SEARCHED = (
    users.search_documents,
    groups.search_documents,
    dataset_services.search_documents,
    dataflows.search_documents,
    accounts.search_documents,
    workflows.search_documents,
    pages.search_documents,
    cards.search_documents,
    beast_modes.search_documents,
    alerts.search_documents,
    sharing.search_documents,
    files.search_documents,
    filesets.search_documents,
)
"""The functions that yield the documents for the search, in their order."""


def register(app: web.Application, *, exact: bool) -> None:
    """Add the routes of all areas to `app`.

    Args:
        app: The application.
        exact: Whether a slash at the end of a path makes it another one, as it does not on instances.
    """
    for resource in _resources(exact=exact):
        app.router.register_resource(resource)


def begin(instance: Instance) -> None:
    """Give an instance the records that all areas need, if it does not have them yet."""
    for add_records in BEGINNINGS:
        add_records(instance)
    instance.searchables[:] = SEARCHED


@cache
def _resources(*, exact: bool) -> tuple[web.AbstractResource, ...]:
    """Return the routed resources, which the instances of a process share: making them takes most of a start."""
    router = web.UrlDispatcher()
    for area in AREAS:
        router.add_routes(area.routes if exact else _with_either_end(area.routes))
    return tuple(router.resources())


def _with_either_end(routes: Iterable[web.AbstractRouteDef]) -> Iterator[web.RouteDef]:
    """Yield the routes of instances both with and without a slash at the end of their paths."""
    known = [route for route in routes if isinstance(route, web.RouteDef)]
    paths = {(route.method, route.path) for route in known}
    for route in known:
        yield route
        twin = route.path.rstrip("/") if route.path.endswith("/") else f"{route.path}/"
        if (route.method, twin) not in paths and not route.path.startswith("/emulator/"):
            yield web.RouteDef(route.method, twin, route.handler, route.kwargs)
