"""The context of a request: the instance, its storage, the caller, and the dataset that the path names."""

from __future__ import annotations

from aiohttp import web

from domo_async._emulator.http.web import CALLER
from domo_async._emulator.rows.storage import Storage
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Collection, Record

__all__ = [
    "INSTANCE",
    "STORAGE",
    "caller_of",
    "collect_garbage",
    "dataset_of",
    "instance_of",
    "records_of",
    "storage_of",
]

INSTANCE = web.AppKey("instance", Instance)
STORAGE = web.AppKey("storage", Storage)


def instance_of(request: web.Request) -> Instance:
    """Return the instance that the request is for."""
    return request.app[INSTANCE]


def storage_of(request: web.Request) -> Storage:
    """Return the storage of the instance that the request is for."""
    return request.app[STORAGE]


def records_of(request: web.Request, name: str) -> Collection:
    """Return a collection of the instance that the request is for."""
    return instance_of(request).records[name]


def caller_of(request: web.Request) -> Record:
    """Return the user whom the request comes from."""
    return instance_of(request).records["users"].get(request[CALLER])


def dataset_of(request: web.Request) -> Dataset:
    """Return the dataset that the path names.

    Raises:
        HTTPError: 404, if the dataset does not exist.
    """
    return instance_of(request).dataset(request.match_info["dataset_id"])


async def collect_garbage(request: web.Request) -> None:
    """Drop the tables that the last change left without a reference, once that change is saved."""
    storage_of(request).expect_garbage()
