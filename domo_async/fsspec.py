"""Domo's Files and FileSets as file systems for fsspec, and so for pandas, pyarrow, dask, polars and duckdb.

Needs ``pip install "domo-async[fsspec]"``; with it, fsspec knows the protocols ``domo`` and ``domo-fileset``:

    pandas.read_csv("domo://files/orders.csv")
    frame.to_parquet("domo-fileset://Reports/2024/orders.parquet")
    fsspec.filesystem("domo", profile="prod").ls("files")

The instance and the token come from ``storage_options`` (``instance``, ``token``, ``profile``), the instance also from
the URL (``domo://files@acme/orders.csv``), and all that is not given from the environment or a profile, as
`Domo.from_env` reads them.

Written bytes are sent when the file is closed, as a whole, and not at all if an error is raised before. Refusals are
``FileNotFoundError``, ``PermissionError`` and ``FileExistsError``, other failures are ``OSError``, with the client's
error as their cause.
"""

from __future__ import annotations

from domo_async.errors import ConfigError

try:
    from domo_async._fsspec.files import DomoFileSystem
    from domo_async._fsspec.filesets import DomoFileSetFileSystem
except ModuleNotFoundError as _missing:
    if str(_missing.name).partition(".")[0] != "fsspec":
        raise
    raise ConfigError('this needs fsspec: pip install "domo-async[fsspec]"') from _missing

__all__ = ["DomoFileSetFileSystem", "DomoFileSystem"]
