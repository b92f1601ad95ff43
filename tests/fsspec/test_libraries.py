"""What pandas, pyarrow, dask and polars read and write there."""

from __future__ import annotations

import warnings

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # dask's own, of the versions of what it imports
    import dask.dataframe as dd

FRAME = pd.DataFrame({"id": range(1000), "name": [f"n{number}" for number in range(1000)]})


@pytest.fixture(name="url", params=["domo://files", "domo-fileset://Reports"])
def _url(request):
    request.getfixturevalue("files" if request.param == "domo://files" else "reports")
    return request.param


def test_pandas_reads_and_writes_csv_and_parquet(url, options):
    FRAME.to_csv(f"{url}/a.csv", index=False, storage_options=options)
    FRAME.to_csv(f"{url}/a.csv.gz", index=False, storage_options=options)
    FRAME.to_parquet(f"{url}/a.parquet", storage_options=options)

    for name in ("a.csv", "a.csv.gz"):
        pd.testing.assert_frame_equal(FRAME, pd.read_csv(f"{url}/{name}", storage_options=options))
    pd.testing.assert_frame_equal(FRAME, pd.read_parquet(f"{url}/a.parquet", storage_options=options))
    with pytest.raises(FileNotFoundError):
        pd.read_csv(f"{url}/b.csv", storage_options=options)


def test_pandas_that_fails_half_way_writes_nothing(url, options, request):
    class Broken:
        def __str__(self):
            raise LookupError

    frame = pd.DataFrame({"a": [*range(200_000), Broken()]})

    with pytest.raises(LookupError):
        frame.to_csv(f"{url}/half.csv", storage_options=options, chunksize=1000)
    with pytest.raises((pa.ArrowException, LookupError)):
        frame.to_parquet(f"{url}/half.parquet", storage_options=options)

    fs = request.getfixturevalue("files" if url == "domo://files" else "reports")
    assert [] == fs.find(url)


def test_pyarrow_reads_and_writes_datasets(url, options, request):
    fs = request.getfixturevalue("files" if url == "domo://files" else "reports")
    table = pa.table({"id": range(100), "year": [2023, 2024] * 50})
    root = f"{url.partition('://')[2]}/orders"

    ds.write_dataset(table, root, format="parquet", partitioning=["year"], partitioning_flavor="hive", filesystem=fs)

    found = ds.dataset(root, format="parquet", partitioning="hive", filesystem=fs)
    assert 50 == found.count_rows(filter=ds.field("year") == 2024)
    assert set(range(1, 100, 2)) == set(found.to_table(filter=ds.field("year") == 2024).column("id").to_pylist())
    pq.write_table(table, f"{root}/one.parquet", filesystem=fs)
    assert table.equals(pq.read_table(f"{root}/one.parquet", filesystem=fs))
    told = pa.fs.PyFileSystem(pa.fs.FSSpecHandler(fs)).get_file_info(f"{root}/one.parquet")  # type: ignore[abstract]
    assert (fs.size(f"{root}/one.parquet"), fs.modified(f"{root}/one.parquet")) == (told.size, told.mtime)


def test_dask_reads_and_writes_csv_and_parquet(url, options):
    frame = dd.from_pandas(FRAME, npartitions=3)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_csv(f"{url}/parts/*.csv", index=False, storage_options=options)
        frame.to_parquet(f"{url}/dask", storage_options=options)
        csv = dd.read_csv(f"{url}/parts/*.csv", storage_options=options).compute(scheduler="threads")
        parquet = dd.read_parquet(f"{url}/dask", storage_options=options).compute(scheduler="threads")

    assert FRAME["id"].tolist() == sorted(csv["id"])
    assert FRAME["name"].tolist() == parquet["name"].tolist()


def test_polars_reads_an_open_file(url, options, request):
    fs = request.getfixturevalue("files" if url == "domo://files" else "reports")
    FRAME.to_parquet(f"{url}/a.parquet", storage_options=options)

    with fs.open(f"{url}/a.parquet") as file:
        assert 1000 == pl.read_parquet(file).height


def test_duckdb_reads_and_writes_when_it_knows_the_file_system(url, options, request):
    fs = request.getfixturevalue("files" if url == "domo://files" else "reports")
    fs.pipe_file(f"{url}/a.csv", b"id\n1\n3\n")

    with duckdb.connect() as connection:
        connection.register_filesystem(fs)
        connection.sql(f"COPY (SELECT sum(id) AS total FROM read_csv('{url}/a.csv')) TO '{url}/b.parquet'")
        assert [(4,)] == connection.sql(f"SELECT total FROM read_parquet('{url}/*.parquet')").fetchall()
        connection.sql(f"COPY (SELECT 5 AS id) TO '{url}/a.csv'")
    # duckdb writes beside a file that exists, and moves the new one over it.
    assert b"id\n5\n" == fs.cat(f"{url}/a.csv")
    assert 2 == len(fs.find(url))
