"""Ten million rows, of which an eighth has to be sent by a second attempt."""

from __future__ import annotations

import logging
import time

import pytest

from domo_async._emulator.faults import Fault

ROWS = 10_000_000


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_million_rows_land_once_each_although_a_task_fails(spark, portal, save, instance):
    columns = {"id": "LONG", "customer": "STRING", "amount": "DECIMAL", "share": "DOUBLE", "at": "DATETIME"}
    dataset = portal.datasets.create("volume", columns).id
    frame = spark.range(0, ROWS, 1, 8).selectExpr(
        "id",
        "concat('customer \"', id % 1000, '\"') AS customer",
        "CAST(id AS DECIMAL(18, 2)) / 4 AS amount",
        "id / 8 AS share",
        "timestamp_seconds(1700000000 + id) AS at",
    )
    instance.faults.add(Fault("PUT */parts/4", "text"))

    began = time.monotonic()
    save(frame, dataset)
    logging.getLogger(__name__).info("wrote %d rows in %.1f s", ROWS, time.monotonic() - began)

    found = portal.datasets.query(
        dataset,
        "SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS ids, SUM(id) AS total, COUNT(DISTINCT customer) AS customers,"
        " SUM(amount) AS amount, MAX(at) AS last FROM table",
    ).to_dicts()[0]
    total = ROWS * (ROWS - 1) // 2
    assert (ROWS, ROWS, total, 1000) == (found["n"], found["ids"], found["total"], found["customers"])
    assert total / 4 == float(str(found["amount"]))
    assert 9 == len(instance.log.matching("PUT */parts/*"))
    assert 1 == len(instance.log.matching("PUT */commit"))
