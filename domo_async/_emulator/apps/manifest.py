"""An app's ``manifest.json``, which maps aliases to datasets, collections, workflows and functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from domo_async.errors import ConfigError

__all__ = ["DatasetAlias", "Manifest"]

_DATASETS = ("datasetsMapping", "mapping")
_COLLECTIONS = ("collectionsMapping", "collections")
_WORKFLOWS = ("workflowsMapping", "workflowMapping")
_PACKAGES = ("packagesMapping", "packageMapping")


@frozen
class DatasetAlias:
    """A dataset of an app.

    Attributes:
        alias: The app's name for the dataset.
        dataset_id: The dataset's id; empty if none is wired.
        columns: The columns' names by the app's names for them; empty if all columns go by their own names.
    """

    alias: str
    dataset_id: str
    columns: Mapping[str, str]


@frozen
class Manifest:
    """A manifest. Its lists are read under the names that manifests have had over time, with and without ``s``.

    Attributes:
        id: The id of the app's design, or the app's name if it was never published.
        datasets: The datasets by alias.
        collections: The collections of App DB by name, as the manifest describes them.
        workflows: The models of workflows by alias; None for an alias without one.
        packages: The functions of Code Engine by alias, as the manifest describes them.
        directory: The folder that the app's files are in.
    """

    id: str
    datasets: Mapping[str, DatasetAlias]
    collections: Mapping[str, Mapping[str, Any]]
    workflows: Mapping[str, str | None]
    packages: Mapping[str, Mapping[str, Any]]
    directory: Path | None = field(default=None)

    @classmethod
    def read(cls, given: Path | str | Mapping[str, Any]) -> Manifest:
        """Return the manifest of a file, whose folder holds the app's files, or of parsed JSON.

        Raises:
            ConfigError: The file cannot be read, or its content is not a manifest.
        """
        if isinstance(given, Mapping):
            return cls.of(given)
        path = Path(given)
        path = path / "manifest.json" if path.is_dir() else path
        try:
            content = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ConfigError(f"the app's manifest {path} cannot be read: {error.strerror or error}") from error
        except ValueError as error:
            raise ConfigError(f"the app's manifest {path} is not JSON: {error}") from error
        return cls.of(content, directory=path.resolve().parent)

    @classmethod
    def of(cls, content: object, *, directory: Path | None = None) -> Manifest:
        """Return the manifest of parsed JSON.

        Raises:
            ConfigError: The JSON is not a manifest.
        """
        if not isinstance(content, Mapping):
            raise ConfigError("the app's manifest must be a JSON object")
        packages = _listed(content, _PACKAGES, "alias")
        return cls(
            id=str(content.get("id") or content.get("name") or "app"),
            datasets={alias: _dataset(alias, each) for alias, each in _listed(content, _DATASETS, "alias").items()},
            collections=_listed(content, _COLLECTIONS, "name"),
            workflows={alias: _model_id(each) for alias, each in _listed(content, _WORKFLOWS, "alias").items()},
            packages=packages,
            directory=directory,
        )


def _listed(content: Mapping[str, Any], keys: Sequence[str], name: str) -> dict[str, Mapping[str, Any]]:
    """Return the objects of a list in the manifest by their names.

    Raises:
        ConfigError: The list is not a list of objects that have names.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for key in keys:
        given = content.get(key) or []
        if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
            raise ConfigError(f"the app's manifest: {key} must be a list of objects")
        for each in given:
            called = each.get(name)
            if not isinstance(called, str) or not called:
                raise ConfigError(f"the app's manifest: each object of {key} must have {name}, a string")
            found.setdefault(called, each)
    return found


def _dataset(alias: str, given: Mapping[str, Any]) -> DatasetAlias:
    fields = given.get("fields") or []
    if not isinstance(fields, list) or not all(isinstance(each, Mapping) for each in fields):
        raise ConfigError(f"the app's manifest: the fields of {alias} must be a list of objects")
    columns = {
        str(each.get("alias") or each.get("columnName")): str(each.get("columnName") or each.get("alias"))
        for each in fields
        if each.get("alias") or each.get("columnName")
    }
    return DatasetAlias(alias, str(given.get("dataSetId") or ""), columns)


def _model_id(given: Mapping[str, Any]) -> str | None:
    model_id = given.get("modelId") or given.get("workflowId")
    return None if model_id is None else str(model_id)
