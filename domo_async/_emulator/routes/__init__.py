"""The routes, one module an area. A new area is a new module, named here.

A module has ``routes``, and may have:

- ``begin(instance)``: what a new instance has of it, if there is none of it yet;
- ``search_documents(instance)``: yields the documents that a search can find of it;
- ``populate(instance, rng)``: what the ``demo`` world has of it, made by the random numbers of `rng` alone.
"""

from __future__ import annotations

from aiohttp import web

from domo_async._emulator.access import people
from domo_async._emulator.routes import (
    access_tokens,
    accounts,
    activity_log,
    ai,
    alerts,
    appdb,
    applications,
    apps,
    beast_modes,
    cards,
    certifications,
    code_engine,
    dataflows,
    dataset_access,
    datasets,
    files,
    filesets,
    groups,
    migrations,
    pages,
    partitions,
    policies,
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
from domo_async._emulator.state import Instance

AREAS = (
    sessions,
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
    task_center,
    workflows,
    apps,
    pages,
    cards,
    beast_modes,
    alerts,
    sharing,
    ai,
    applications,
    code_engine,
    migrations,
    reports,
    s3_exports,
    files,
    filesets,
    appdb,
    search,
)


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
