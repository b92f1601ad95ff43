"""Uploads from S3 and Google Cloud Storage, by the file systems that fsspec has for them."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from typing import Any

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domo_async import ConfigError, DomoError, SourceError, UploadError
from domo_async.emulator import Fault
from tests.cli.running import Cli
from tests.clouds.conftest import BUCKET, asking_as
from tests.support import needs

CSV = b"id,name\n" + b"".join(b"%d,n%d\n" % (number, number) for number in range(3000))
LARGE = b"id,name\n" + b"".join(b"%d,%01000d\n" % (number, number) for number in range(20_000))


def parquet(rows: int, *, width: int = 1) -> bytes:
    out = io.BytesIO()
    table = pa.table({"id": range(rows), "name": [str(number) * width for number in range(rows)]})
    pq.write_table(table, out, row_group_size=500, use_dictionary=False, compression="none")
    return out.getvalue()


def rows_of(domo, dataset_id):
    return domo.datasets.query(dataset_id, "SELECT COUNT(*), SUM(id) FROM table").rows[0]


KINDS = {"a.csv": CSV, "a.csv.gz": gzip.compress(CSV), "a.parquet": parquet(3000)}


def test_each_kind_of_object_is_read(domo, orders, store):
    for name, content in KINDS.items():
        store.put(name, content)

        done = domo.datasets.upload(orders, store.url(name))

        assert (3000, (store.url(name),)) == (done.rows, done.files)
        assert (3000, 4498500) == rows_of(domo, orders)


def test_patterns_and_folders_are_one_upload(domo, store):
    for month in (1, 2):
        store.put(f"monthly/month={month}/a.csv", b"id,name\n%d,x\n" % month)
    files = (store.url("monthly/month=1/a.csv"), store.url("monthly/month=2/a.csv"))

    for place in ("monthly", "monthly/", "monthly/*/a.csv"):
        made = domo.datasets.create_from(store.url(place), "Months")
        assert files == made.upload.files
        assert {"id": "LONG", "name": "STRING", "month": "LONG"} == made.columns


def test_any_character_may_be_in_a_name(domo, orders, store, tmp_path):
    options: Any = {"action": "APPEND", "resume": tmp_path / "journal"}
    for number, name in enumerate(["odd/part#1.csv", "odd/part#2 %20?ü.csv"]):
        store.put(name, b"id,name\n%d,x\n" % number)
        assert (store.url(name),) == domo.datasets.upload(orders, store.url(name), **options).files
    store.put("odd/part#3?.jsonl", b'{"id": 3, "name": "x"}\n')
    assert 1 == domo.datasets.upload(orders, store.url("odd/part#3?.jsonl"), **options).rows

    again = domo.datasets.upload(orders, store.url("odd/*.csv"), **options)

    assert again.replayed
    assert (3, 4) == rows_of(domo, orders)


@pytest.mark.parametrize("change", ["other rows", "fewer rows", "deleted"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_object_that_is_changed_while_it_is_read_commits_nothing(domo, orders, store, kind, change):
    name = f"changing.{kind}"
    large = LARGE if kind == "csv" else parquet(20_000, width=200)
    fewer = LARGE[: LARGE.rindex(b"\n", 0, -1) + 1] if kind == "csv" else parquet(19_000, width=200)
    store.put(name, large)
    done: list[object] = []

    def look(_):
        if not done:
            changed = fewer if change == "fewer rows" else large.replace(b"1", b"2")
            done.append(store.delete(name) if change == "deleted" else store.put(name, changed))

    with pytest.raises(SourceError, match=r"was written to or replaced|does not exist|NoSuchKey") as refused:
        domo.datasets.upload(orders, store.url(name), progress=look, part_size=1 << 20, concurrency=1)

    assert done
    assert store.url(name) in str(refused.value)
    assert (0, None) == rows_of(domo, orders)


def test_what_does_not_exist_is_named(domo, orders, store):
    for url in (store.url("nothing.csv"), store.url("nothing/*.csv"), f"{store.scheme}://nobody-has-this/a.csv"):
        with pytest.raises(SourceError, match=r"does not exist|no file matches") as refused:
            domo.datasets.upload(orders, url)
        assert url in str(refused.value)


def test_a_journal_knows_an_object_without_reading_it(domo, orders, store, tmp_path):
    options: Any = {"action": "APPEND", "resume": tmp_path / "journal"}
    store.put("nightly.csv", CSV)

    assert [False, True] == [domo.datasets.upload(orders, store.url("nightly.csv"), **options).replayed for _ in "12"]
    store.put("later.csv", b"id,name\n5,x\n")
    done = domo.datasets.upload(orders, [store.url("nightly.csv"), store.url("later.csv")], **options)
    assert ((store.url("nightly.csv"),), (store.url("later.csv"),), 1) == (done.left_out, done.files, done.rows)
    store.put("later.csv", b"id,name\n5,x\n6,y\n")
    with pytest.raises(ConfigError, match="begins with the rows"):
        domo.datasets.upload(orders, store.url("later.csv"), **options)

    assert 3001 == rows_of(domo, orders)[0]


def test_an_upload_that_failed_goes_on_with_the_parts_that_are_missing(domo, orders, store, emulator, tmp_path):
    options: Any = {"resume": tmp_path / "journal", "part_size": 1 << 20, "concurrency": 1}
    store.put("failing.csv", LARGE)
    emulator.faults.add(Fault("PUT *parts/4", "status", status=400))
    with pytest.raises(UploadError, match="400"):
        domo.datasets.upload(orders, store.url("failing.csv"), **options)
    emulator.faults.clear()
    store.put("failing.csv", CSV)
    with pytest.raises(ConfigError, match="another source"):
        domo.datasets.upload(orders, store.url("failing.csv"), **options)
    store.put("failing.csv", LARGE)
    emulator.log.clear()

    done = domo.datasets.upload(orders, store.url("failing.csv"), **options)

    # The first is sent again to learn whether the instance still knows the upload.
    sent = [int(record.path.rpartition("/")[2]) for record in emulator.log.matching("PUT *parts/*")]
    assert [1, *range(4, done.parts + 1)] == sent
    assert (20_000, sum(range(20_000))) == rows_of(domo, orders)


async def test_an_upload_is_awaited_in_a_running_loop_and_blocks_there_too(domo, orders, store, emulator):
    store.put("a.csv", CSV)

    async with emulator.client() as awaited:
        assert 3000 == (await awaited.datasets.upload(orders, store.url("a.csv"))).rows
    assert 3000 == domo.datasets.upload(orders, store.url("a.csv")).rows


def test_the_command_line_takes_urls(domo, orders, store, emulator):
    cli = Cli(emulator)
    store.put("a.csv", CSV)

    assert 0 == cli("datasets", "upload", store.url("a.csv"), "-d", orders).code
    missing = cli("datasets", "upload", store.url("nothing.csv"), "-d", orders)

    assert (3000, 4498500) == rows_of(domo, orders)
    assert 0 != missing.code
    assert f"the file {store.url('nothing.csv')} does not exist" in " ".join(missing.stderr.split())


@pytest.mark.parametrize("who", ["nobody", "a stranger", "a wrong secret"])
@pytest.mark.parametrize("name", ["secret.csv", "secret/", "*.csv"])
def test_without_rights_it_is_said_how_to_give_credentials_and_no_secret(domo, orders, s3, watch, who, name):
    s3.client.put_object(Bucket=BUCKET, Key="secret.csv", Body=CSV)
    wrong = (s3.reader[0], "of-nobody-in-the-world")
    user = {"nobody": None, "a stranger": s3.stranger, "a wrong secret": wrong}[who]
    watch.tokens |= {wrong[1], s3.stranger[1]}

    with asking_as(s3, user), pytest.raises(SourceError, match=r"fsspec\.open.*anon=True") as refused:
        domo.datasets.upload(orders, f"s3://{BUCKET}/{name}")

    assert f"cannot read s3://{BUCKET}/{name}" in str(refused.value)
    assert (0, None) == rows_of(domo, orders)


def test_options_give_credentials_and_are_in_no_message(domo, orders, s3, watch):
    s3.client.put_object(Bucket=BUCKET, Key="mine.csv", Body=CSV)
    key, secret = s3.reader
    watch.tokens |= {secret, "of-nobody-in-the-world"}
    wrong: Any = {"key": key, "secret": "of-nobody-in-the-world", "endpoint_url": s3.url}

    with asking_as(s3, None):
        opened = fsspec.open(f"s3://{BUCKET}/mine.csv", key=key, secret=secret, endpoint_url=s3.url)
        assert 3000 == domo.datasets.upload(orders, opened).rows
        for source in (
            fsspec.open(f"s3://{BUCKET}/mine.csv", **wrong),
            fsspec.open(f"s3://{BUCKET}/mine.csv", **{**wrong, "endpoint_url": "http://127.0.0.1:1"}),
            f"s3://{key}:of-nobody-in-the-world@{BUCKET}/mine.csv",
        ):
            with pytest.raises(DomoError, match=f"cannot read s3://{BUCKET}/mine.csv") as refused:
                domo.datasets.upload(orders, source)
            assert key not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r}"


def test_a_public_object_needs_no_credentials(domo, orders, s3):
    s3.client.put_object(Bucket=BUCKET, Key="public.csv", Body=CSV, ACL="public-read")

    with asking_as(s3, None), s3.open_to_all():
        with pytest.raises(SourceError, match="anon=True"):
            domo.datasets.upload(orders, f"s3://{BUCKET}/public.csv")
        assert 3000 == domo.datasets.upload(orders, fsspec.open(f"s3://{BUCKET}/public.csv", anon=True)).rows


def test_pandas_tells_of_a_wrong_token_although_it_tries_anonymously(emulator):
    needs("botocore", extra="clouds")

    with pytest.raises(PermissionError):
        pd.read_csv("domo://files/a.csv", storage_options={"instance": emulator.url, "token": "of-nobody-at-all"})


UPLOADING = """
import resource, sys
from domo_async.sync import Domo

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

url, token, dataset_id, small, large = sys.argv[1:]
with Domo(url, token=token) as domo:
    domo.datasets.upload(dataset_id, small)
    before = peak()
    print(domo.datasets.upload(dataset_id, large).rows, peak() - before)
"""


def test_a_large_object_does_not_take_much_memory(domo, orders, s3, emulator):
    count = 128_000
    s3.client.put_object(Bucket=BUCKET, Key="small.csv", Body=CSV)
    s3.client.put_object(
        Bucket=BUCKET, Key="large.csv", Body=b"id,name\n" + b"".join(b"%d,%01000d\n" % (n, n) for n in range(count))
    )
    urls = [f"s3://{BUCKET}/{name}.csv" for name in ("small", "large")]

    with asking_as(s3, s3.reader):
        done = subprocess.run(
            [sys.executable, "-c", UPLOADING, emulator.url, emulator.token, orders, *urls],
            env=os.environ,
            capture_output=True,
            text=True,
            check=True,
        )

    rows, mebibytes = map(int, done.stdout.split())
    assert count == rows
    assert 90 > mebibytes  # of 123; parts on their way alone are 40
