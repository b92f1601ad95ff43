"""Parts go up, a commit makes them a data version, wholly or not at all."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import suppress

import aiohttp
import pytest

from tests.emulator.plain_client import DATASETS, PlainClient, canonical_csv, plain_client, until

SALES = {"id": "LONG", "region": "STRING", "amount": "DOUBLE"}


async def test_uploaded_rows_are_queried_and_exported_byte_for_byte(plain: PlainClient) -> None:
    first, second = b'1,"West, far",0.1\n2,,100.0\n', b'3,"",1e+16\n4,"say ""hi""\n",-5e-324\n'
    dataset = await plain.create(SALES)
    await plain.upload(dataset, first, second)

    assert await plain.rows(dataset) == [
        [1, "West, far", 0.1],
        [2, None, 100.0],
        [3, "", 1e16],
        [4, 'say "hi"\n', -5e-324],
    ]
    assert await plain.export(dataset) == first + second
    assert await plain.export(dataset, header=True) == b"id,region,amount\n" + first + second
    assert (await plain.metadata(dataset))["rowCount"] == 4


async def test_parts_count_in_the_order_of_their_numbers_whenever_they_arrive(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset)
    for number in (3, 11, 1, 2, 10, 4, 9, 5, 8, 6, 7):
        await plain.put(upload, number, f"{number}\n".encode())
    await plain.commit(upload)

    assert await plain.rows(dataset) == [[number] for number in range(1, 12)]


async def test_the_order_of_rows_survives_a_big_upload(plain: PlainClient) -> None:
    parts = [
        b"".join(b'%d,"line\n%d",x\n' % (n, n) for n in range(start, start + 60_000))
        for start in range(0, 300_000, 60_000)
    ]
    dataset = await plain.create({"n": "LONG", "s": "STRING", "x": "STRING"})
    await plain.upload(dataset, *parts)

    assert await plain.export(dataset) == b"".join(parts)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
async def test_any_line_end_and_none_at_the_end_of_a_part_will_do(end: bytes, plain: PlainClient) -> None:
    dataset = await plain.create({"a": "STRING", "b": "STRING"})
    await plain.upload(dataset, b'1,"x\r\ny"\r\n2,"\r"' + end, b"3,z" + end, b"", b'4,"\n\n"' + end)

    assert await plain.rows(dataset) == [["1", "x\r\ny"], ["2", "\r"], ["3", "z"], ["4", "\n\n"]]


async def test_line_ends_may_be_mixed_and_cut_by_any_buffer(plain: PlainClient) -> None:
    dataset = await plain.create({"a": "STRING", "b": "STRING"})
    rows = [["x" * (n % 977), "\r\n" if n % 3 else "q,"] for n in range(20_000)]
    body = b"".join(canonical_csv([row])[:-1] + (b"\r\n", b"\n")[n % 2] for n, row in enumerate(rows))
    await plain.upload(dataset, body)

    assert await plain.export(dataset) == canonical_csv(rows)


async def test_a_part_sent_again_takes_the_place_of_the_former(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset, b"1\n2\n", b"3\n")
    await plain.put(upload, 1, b"7\n")
    await plain.commit(upload)

    assert await plain.rows(dataset) == [[7], [3]]


async def test_a_part_cut_off_in_the_middle_leaves_the_former_one(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset, b"1\n2\n")
    await _send_half_a_part(plain, f"{upload}/parts/1")
    await plain.commit(upload)

    assert await plain.rows(dataset) == [[1], [2]]


async def _send_half_a_part(plain: PlainClient, path: str) -> None:
    host = plain.emulator.url.removeprefix("http://")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    head = f"PUT {path} HTTP/1.1\r\nHost: {host}\r\nX-DOMO-Developer-Token: {plain.emulator.token}\r\n"
    writer.write(f"{head}Content-Length: 1000\r\n\r\n8\n9\n".encode())
    await writer.drain()
    writer.write_eof()
    with suppress(ConnectionError):
        await reader.read()
    writer.close()
    await until(lambda: len(plain.emulator.log.matching(f"PUT {path}")) == 2)


async def test_a_gzipped_part_is_taken(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset)
    await plain.put(upload, 1, gzip.compress(b"1\n2\n"), encoding="gzip")
    await plain.commit(upload)

    assert await plain.rows(dataset) == [[1], [2]]


async def test_broken_gzip_is_a_bad_request_and_no_part(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset)
    await plain.put(upload, 1, b"this is not gzip", status=400, encoding="gzip")
    await plain.commit(upload)

    assert await plain.rows(dataset) == []


async def test_gaps_between_parts_are_fine_but_too_many_are_refused_in_domos_words(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset)
    for number in (10, 5, 1):
        await plain.put(upload, number, b"%d\n" % number)
    await plain.commit(upload)
    far = await plain.open(dataset, b"1\n")
    await plain.put(far, 100_000, b"2\n")
    answer = await plain.commit(far, status=400)

    assert answer["message"].startswith("Too many non-consecutive part ids. Make consecutive")
    assert await plain.rows(dataset) == [[1], [5], [10]]


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5"])
async def test_parts_are_numbered_from_one(number: str, plain: PlainClient) -> None:
    upload = await plain.open(await plain.create({"n": "LONG"}))

    await plain.call("PUT", f"{upload}/parts/{number}", data=b"1\n", status=400)


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        (b'5,"a\nb",1.5\n6,x\n', "Part 2, line 3: 2 columns, but the schema has 3"),
        (b"5,a,1.5,9\n", "Part 2, line 1: 4 columns, but the schema has 3"),
        (b"5,a,1.5\n\n6,b,1\n", "Part 2, line 2: 1 column, but the schema has 3"),
        (b'5,"a\nb",1\n6,c,many\n', """Part 2, line 3, column 3 "amount": 'many' is not a DOUBLE"""),
        (b"5,a,1\n1.5,b,1\n", """Part 2, line 2, column 1 "id": '1.5' is not a LONG"""),
        (b"99999999999999999999,a,1\n", "column 1"),
        (b'"",a,1\n', """column 1 "id": '' is not a LONG"""),
        (b"5,a,nan\n", "column 3"),
        (b'5,"a,1\n', "Part 2, line 1"),
        (b'5,"a"b,1\n', "Part 2, line 1"),
        (b"5,\xff,1\n", "not valid UTF-8"),
    ],
)
async def test_csv_that_does_not_fit_is_named_and_changes_nothing(bad: bytes, where: str, plain: PlainClient) -> None:
    dataset = await plain.create(SALES)
    await plain.upload(dataset, b"1,before,1\n")
    upload = await plain.open(dataset, b"4,a,1\n", bad)
    answer = await plain.commit(upload, status=400)

    assert where in answer["message"]
    assert "/" not in answer["message"]
    assert await plain.rows(dataset) == [[1, "before", 1.0]]
    assert len(await plain.call("GET", f"/api/data/v2/datasources/{dataset}/dataversions")) == 1
    await plain.put(upload, 2, b"5,b,1\n")
    await plain.commit(upload)
    assert await plain.rows(dataset) == [[4, "a", 1.0], [5, "b", 1.0]]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("LONG", b"1e3"),
        ("LONG", b"one"),
        ("DOUBLE", b"inf"),
        ("DOUBLE", b"1e400"),
        ("DOUBLE", b"-1E+309"),
        ("DOUBLE", b"9" * 309),
        ("DOUBLE", b"1.5.5"),
        ("DECIMAL", b"1e3"),
        ("DECIMAL", b"1,5"),
        ("DECIMAL", b"1" * 39),
        ("DECIMAL", b"0." + b"0" * 38 + b"1"),
        ("DATE", b"2020-02-30"),
        ("DATE", b"2020-01-01T00:00:00"),
        ("DATE", b"infinity"),
        ("DATETIME", b"2020-01-01T25:00:00"),
        ("DATETIME", b"2020-01-01T10:00:00+02:00"),
        ("DATETIME", b"2020-01-01 10:00-05"),
        ("DATETIME", b"yesterday"),
    ],
)
async def test_a_value_of_another_type_is_refused(kind: str, value: bytes, plain: PlainClient) -> None:
    dataset = await plain.create({"x": kind})

    await plain.upload(dataset, value + b"\n", status=400)


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        ("LONG", b"-9223372036854775808", -9223372036854775808),
        ("DOUBLE", b"1.7976931348623157e308", 1.7976931348623157e308),
        ("DOUBLE", b"0." + b"0" * 330 + b"1", 0.0),
        ("DATETIME", b"2019-03-19 18:49:02", "2019-03-19T18:49:02"),
        ("DATETIME", b"2019-03-19T18:49:02.250Z", "2019-03-19T18:49:02.25"),
        ("DATETIME", b"2019-03-19T18:49:02+00:00", "2019-03-19T18:49:02"),
        ("DATETIME", b"2019-03-19", "2019-03-19T00:00:00"),
        ("DATE", b"0001-01-01", "0001-01-01"),
    ],
)
async def test_a_value_is_seen_as_domo_writes_it(kind: str, value: bytes, seen: object, plain: PlainClient) -> None:
    dataset = await plain.create({"x": kind})
    await plain.upload(dataset, value + b"\n")

    assert await plain.rows(dataset) == [[seen]]


async def test_append_adds_and_replace_replaces(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"1\n")
    await plain.upload(dataset, b"2\n", action="APPEND")
    assert await plain.rows(dataset) == [[1], [2]]

    await plain.upload(dataset, b"3\n")
    assert await plain.rows(dataset) == [[3]]


async def test_replace_without_parts_empties_the_dataset(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"1\n")
    await plain.upload(dataset)

    assert await plain.rows(dataset) == []
    assert (await plain.metadata(dataset))["rowCount"] == 0


async def test_a_second_commit_is_a_conflict(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset, b"1\n")
    statuses = await asyncio.gather(*(_commit_status(plain, upload) for _ in range(4)))

    assert sorted(statuses) == [200, 409, 409, 409]
    await plain.commit(upload, status=409)
    await plain.put(upload, 1, b"2\n", status=409)
    assert await plain.rows(dataset) == [[1]]


async def _commit_status(plain: PlainClient, upload: str) -> int:
    async with plain.session.put(f"{upload}/commit", json={"action": "REPLACE", "index": True}) as response:
        return response.status


@pytest.mark.parametrize("body", [{"index": True}, {"action": "UPSERT", "index": True}, {"action": "DELETE"}])
async def test_a_commit_must_say_what_to_do(body: dict[str, object], plain: PlainClient) -> None:
    upload = await plain.open(await plain.create({"n": "LONG"}), b"1\n")

    await plain.call("PUT", f"{upload}/commit", json=body, status=400)


async def test_an_upload_belongs_to_its_dataset(plain: PlainClient) -> None:
    mine, other = await plain.create({"n": "LONG"}), await plain.create({"n": "LONG"})
    upload = await plain.open(mine, b"1\n")

    await plain.commit(upload.replace(mine, other), status=404)
    await plain.commit(f"{DATASETS}/{mine}/uploads/999", status=404)


async def test_a_deleted_dataset_takes_its_uploads_along(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset, b"1\n")
    await plain.call("DELETE", f"{DATASETS}/{dataset}")

    await plain.commit(upload, status=404)
    await plain.query(dataset, status=404)


async def test_queries_never_see_half_a_commit(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    await plain.upload(dataset, b"1\n" * 1000)
    uploads = [await plain.open(dataset, b"%d\n" % n * 1000) for n in range(2, 12)]

    async def watch() -> set[tuple[int, int, int]]:
        sql = "SELECT COUNT(*), MIN(n), MAX(n) FROM table"
        return {tuple((await plain.rows(dataset, sql))[0]) for _ in range(40)}

    watching = [asyncio.create_task(watch()) for _ in range(3)]
    for upload in uploads:
        await plain.commit(upload)
    seen = set[tuple[int, int, int]]().union(*await asyncio.gather(*watching))

    assert seen <= {(1000, n, n) for n in range(1, 12)}


async def test_uploads_side_by_side_keep_their_own_data(plain: PlainClient) -> None:
    datasets = [await plain.create({"n": "LONG"}) for _ in range(6)]

    async def replace_often(dataset: str, own: int) -> None:
        for n in range(8):
            await plain.upload(dataset, b"%d\n" % (own + n) * 200)
            assert await plain.rows(dataset, "SELECT COUNT(*), MIN(n), MAX(n) FROM table") == [[200, own + n, own + n]]

    await asyncio.gather(*(replace_often(dataset, 100 * n) for n, dataset in enumerate(datasets)))


async def test_a_part_that_is_still_arriving_at_the_commit_comes_too_late(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG"})
    upload = await plain.open(dataset, b"1\n")
    begun, committed = asyncio.Event(), asyncio.Event()

    async def slow_part() -> AsyncIterator[bytes]:
        yield b"2\n"
        begun.set()
        await committed.wait()
        yield b"3\n"

    late = asyncio.create_task(_put_status(plain, f"{upload}/parts/1", slow_part()))
    await begun.wait()
    await plain.commit(upload)
    committed.set()

    assert await late == 409
    assert await plain.rows(dataset) == [[1]]


async def _put_status(plain: PlainClient, path: str, body: AsyncIterator[bytes]) -> int:
    async with plain.session.put(path, data=body) as response:
        return response.status


async def test_a_client_that_goes_away_during_an_export_does_no_harm(plain: PlainClient) -> None:
    dataset = await plain.create({"n": "LONG", "s": "STRING"})
    await plain.upload(dataset, b"1,some text that fills the buffers of the socket\n" * 300_000)
    async with plain.session.post(
        f"/api/query/v1/execute/export/{dataset}",
        json={"sql": "SELECT * FROM table"},
        headers={"Accept": "text/csv"},
    ) as response:
        await response.content.read(1000)
        response.close()

    assert await plain.rows(dataset, "SELECT COUNT(*) FROM table") == [[300_000]]


async def test_an_export_of_an_impossible_query_is_an_error_and_no_csv(plain: PlainClient) -> None:
    dataset = await plain.create({"s": "STRING"})
    await plain.upload(dataset, b"x\n")
    async with plain.session.post(
        f"/api/query/v1/execute/export/{dataset}",
        json={"sql": "SELECT 9223372036854775807 + LENGTH(s) FROM table"},
        headers={"Accept": "text/csv"},
    ) as response:
        assert response.status == 400
        assert response.content_type == "application/json"


async def test_bandwidth_is_kept_a_connection() -> None:
    part = b"1\n" * 50_000
    async with plain_client(bandwidth=1_000_000) as plain:
        upload = await plain.open(await plain.create({"n": "LONG"}))
        async with aiohttp.ClientSession(plain.emulator.url, headers=plain.session.headers) as other:
            await asyncio.gather(
                plain.put(upload, 1, part), plain.put(upload, 2, part), other.put(f"{upload}/parts/3", data=part)
            )
        records = plain.emulator.log.matching("PUT *parts*")

    assert len({record.connection for record in records}) == 3
    assert all(record.finished - record.started >= 0.09 for record in records)
    assert max(r.finished for r in records) - min(r.started for r in records) < 0.25
