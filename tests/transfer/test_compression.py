"""How parts travel: compressed where that is worth it, more at once where that is faster."""

from __future__ import annotations

import math
import sys
import zlib

import pytest

from domo_async import Settings
from domo_async._transfer import Progress
from domo_async._transfer.part import held_part
from domo_async._transfer.uploading.compression import Compressor
from domo_async.emulator import Emulator, Fault
from tests.support import SkippingClock

PART = "PUT *parts/*"
COLUMNS = {"id": "LONG", "name": "STRING"}
CONTENT = b"".join(b'%d,"the same name, again and again"\n' % row for row in range(20_000))


async def test_compressed_parts_are_fewer_bytes_and_the_same_rows(domo, emulator):
    dataset = await domo.datasets.create("Test", COLUMNS)
    emulator.faults.add(Fault("PUT *parts/2", "status", status=500))
    told: list[Progress] = []

    done = await domo.datasets.upload(dataset.id, CONTENT, part_size=100_000, compress=True, progress=told.append)

    assert emulator.log.totals(PART, status=200).request_bytes < len(CONTENT) / 3
    assert (20_000, len(CONTENT)) == (done.rows, done.bytes)
    assert len(CONTENT) == told[-1].bytes
    assert [(20_000, 19_999)] == list(await domo.datasets.query(dataset.id, "SELECT COUNT(*), MAX(id) FROM table"))


async def test_where_the_wire_is_slow_parts_are_compressed_by_themselves(emulator, clock):
    # So slow that a busy machine compresses faster.
    emulator.faults.add(Fault(PART, "delay", delay=0.15, count=None))
    async with emulator.client(settings=Settings(clock=clock)) as domo:
        dataset = await domo.datasets.create("Test", COLUMNS)
        await domo.datasets.upload(dataset.id, CONTENT, part_size=50_000, compress="auto", concurrency=2)

    sent = [record.request_bytes for record in emulator.log.matching(PART)]
    assert sent[0] > 40_000, "the first parts go as they are"
    assert max(sent[-5:-1]) < 25_000, "the last ones are compressed"
    assert 20_000 == (await rows_of(emulator, dataset.id))


async def rows_of(emulator, dataset_id):
    async with emulator.client() as domo:
        return (await domo.datasets.get(dataset_id)).row_count


@pytest.mark.parametrize(("wire", "content"), [(1e15, CONTENT), (None, CONTENT), (1.0, bytes(range(256)))])
async def test_parts_that_are_not_worth_it_are_not_compressed(wire, content):
    compressor = Compressor("auto")

    await compressor.packed(held_part(content, 1), wire)

    assert None is await compressor.packed(held_part(content, 1), wire)


@pytest.mark.parametrize("isal", [True, False])
async def test_zlib_does_it_where_isal_is_missing(monkeypatch, isal):
    if not isal:
        monkeypatch.setitem(sys.modules, "isal", None)

    packed = await Compressor(True).packed(held_part(CONTENT, 20_000), None)

    assert packed is not None
    assert CONTENT == zlib.decompress(packed, 31)


class QuickeningClock(SkippingClock):
    """A clock on which the more parts have arrived the less time passes from one to the next."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._emulator = emulator

    def monotonic(self) -> float:
        return math.log2(1 + len(self._emulator.log.matching(PART)))


async def test_more_parts_go_at_once_while_that_is_faster(emulator):
    emulator.faults.add(Fault(PART, "delay", delay=0.1, count=None))
    async with emulator.client(settings=Settings(clock=QuickeningClock(emulator))) as domo:
        dataset = await domo.datasets.create("Test", COLUMNS)
        await domo.datasets.upload(dataset.id, CONTENT, part_size=10_000)

    assert 8 < emulator.log.peak_concurrency(PART) <= 32


async def test_fewer_parts_go_at_once_when_the_instance_struggles(emulator, clock):
    emulator.faults.add(Fault("PUT *parts/1", "status", status=503))
    emulator.faults.add(Fault(PART, "delay", delay=0.02, count=None))
    async with emulator.client(settings=Settings(clock=clock)) as domo:
        dataset = await domo.datasets.create("Test", COLUMNS)
        done = await domo.datasets.upload(dataset.id, CONTENT, part_size=10_000)

    records = emulator.log.matching(PART)
    late = [record for record in records if int(record.path.rpartition("/")[2]) > 24]
    at_once = [sum(one.started < other.finished and other.started < one.finished for other in late) for one in late]
    assert 1 == done.retries
    assert max(at_once[8:-8]) <= 2 * 4, "each of four meets at most the end of one and the beginning of another"
