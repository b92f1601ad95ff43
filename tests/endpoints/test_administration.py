"""What administrators look over: the log in files by day, what nobody uses, and who may see which dataset."""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from domo_async import ConfigError, Domo, ResponseEvent, Settings, TargetError
from domo_async._emulator.routes import pages
from domo_async._emulator.services import cards
from domo_async._emulator.services.activity import put
from domo_async._endpoints.activity_log.area import ActivityFileFormat
from domo_async._endpoints.activity_log.stale import StaleReport
from domo_async._endpoints.datasets.audit import AccessAudit
from domo_async._endpoints.datasets.grants import Grant
from domo_async._endpoints.datasets.policies import PolicyFilter
from domo_async.emulator import Emulator, Fault
from tests.emulator.others import a_user
from tests.support import SkippingClock


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
async def domo(emulator: Emulator) -> AsyncIterator[Domo]:
    async with emulator.client(settings=Settings(clock=SkippingClock())) as domo:
        yield domo


def used(emulator: Emulator, kind: str, number: object, ago: timedelta, *, action: str = "VIEWED") -> None:
    moment = int((datetime.now(UTC) - ago).timestamp() * 1000)
    put(emulator._instance, user_id=1, action=action, type=kind, noun="x", object_id=str(number), time=moment)


# -- the log in files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_each_finished_day_is_written_once_and_the_current_one_anew(
    emulator: Emulator, domo: Domo, tmp_path: Path, form: str
) -> None:
    today = datetime.now(UTC).date()
    for number in range(2_500):  # more than two pages
        used(emulator, "CARD", number, timedelta(days=2, seconds=number / 100))
    days = [today - timedelta(days=back) for back in (3, 2, 1, 0)]

    dry = await domo.activity_log.export(tmp_path, days[0], format=form, dry_run=True)  # type: ignore[arg-type]
    assert [] == files(tmp_path)
    outdated = tmp_path / f"activity-{days[1]}.partial.{form}"  # of when that day was not over yet
    outdated.touch()
    first = await domo.activity_log.export(tmp_path, days[0], format=form)  # type: ignore[arg-type]
    kept = {path: path.stat().st_mtime_ns for path in files(tmp_path) if "partial" not in path.name}
    again = await domo.activity_log.export(tmp_path, datetime.now(UTC) - timedelta(days=3), format=form)  # type: ignore[arg-type]

    assert [row.outcome for row in dry] == [row.outcome for row in first] == ["created"] * 4
    assert ["unchanged", "unchanged", "unchanged", "updated"] == [row.outcome for row in again]
    names = [f"activity-{day}{'.partial' if day == today else ''}.{form}" for day in days]
    assert names == sorted(path.name for path in files(tmp_path))
    assert kept == {path: path.stat().st_mtime_ns for path in kept}
    assert 2_500 == sum(entries(tmp_path / name) for name in names[:3])
    assert [entries(Path(row.input.path)) for row in first][:3] == [row.value for row in first][:3]


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def entries(file: Path) -> int:
    if file.suffix == ".parquet":
        return pq.read_table(file).num_rows
    with file.open(encoding="utf-8", newline="") as lines:
        return len(list(csv.DictReader(lines)))


async def test_a_day_that_fails_leaves_no_file_and_is_written_the_next_time(
    emulator: Emulator, domo: Domo, tmp_path: Path
) -> None:
    day = datetime.now(UTC).date() - timedelta(days=2)
    emulator.faults.add(Fault("GET */user-audits*", "status", status=403, count=1))

    failed = await domo.activity_log.export(tmp_path, day, day + timedelta(days=1), format="csv", concurrency=1)
    done = await domo.activity_log.export(tmp_path, day, day + timedelta(days=1), format="csv")

    assert ["failed", "created"] == [row.outcome for row in failed]
    assert ["created", "unchanged"] == [row.outcome for row in done]


async def test_a_span_or_zone_that_makes_no_sense_is_refused_before_anything_is_read(
    emulator: Emulator, domo: Domo, tmp_path: Path
) -> None:
    today = datetime.now(UTC).date()
    for since, more, problem in (
        (today + timedelta(days=3), {}, "has no day"),
        (today, {"grace": -1}, "grace must be at least 0"),
        (today, {"grace": float("inf")}, "grace must be"),
        (today, {"concurrency": 0}, "concurrency must be"),
        (today, {"timezone": "Mars/Base"}, "is not known"),
        (today, {"format": "xls"}, "format must be"),
        (datetime(2026, 1, 1), {}, "no time zone"),
    ):
        with pytest.raises(ConfigError, match=problem):
            await domo.activity_log.export(tmp_path / "new", since, **more)
    assert not (tmp_path / "new").exists()
    assert 0 == len(emulator.log)


async def test_days_begin_where_the_zone_says(emulator: Emulator, domo: Domo, tmp_path: Path) -> None:
    put(
        emulator._instance,
        user_id=1,
        action="VIEWED",
        type="CARD",
        noun="card",
        object_id="7",
        time=int(datetime(2026, 3, 2, 4, 0, tzinfo=UTC).timestamp() * 1000),
    )

    denver = await domo.activity_log.export(
        tmp_path, date(2026, 3, 1), date(2026, 3, 2), format="csv", timezone="America/Denver"
    )

    assert [1, 0] == [row.value for row in denver]


@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_a_cancelled_export_leaves_whole_files_alone_and_goes_on_the_next_time(
    emulator: Emulator, tmp_path: Path, form: ActivityFileFormat
) -> None:
    days = [datetime.now(UTC).date() - timedelta(days=back) for back in (3, 2)]
    for number in range(2_500):  # more than two pages
        used(emulator, "CARD", number, timedelta(days=2, seconds=number / 100))

    def stop(_: ResponseEvent) -> None:
        if 3 == len(emulator.log.matching("GET /api/audit/v1/user-audits")):  # amid the second day
            exporting.cancel()

    async with emulator.client(settings=Settings(clock=SkippingClock(), after_response=(stop,))) as domo:
        exporting = asyncio.ensure_future(domo.activity_log.export(tmp_path, *days, format=form, concurrency=1))
        with pytest.raises(asyncio.CancelledError):
            await exporting
        left = [path.name for path in files(tmp_path)]
        again = await domo.activity_log.export(tmp_path, *days, format=form)

    assert [f"activity-{days[0]}.{form}"] == left
    assert ["unchanged", "created"] == [row.outcome for row in again]
    assert again[1].value == entries(tmp_path / f"activity-{days[1]}.{form}")


async def test_a_file_system_that_refuses_is_told_in_an_error_of_the_library(domo: Domo, tmp_path: Path) -> None:
    (tmp_path / "activity-2026-03-01.partial.csv").mkdir()  # where the file of a day that was not over is looked for

    (row,) = await domo.activity_log.export(tmp_path, date(2026, 3, 1), date(2026, 3, 1), format="csv")

    assert "activity-2026-03-01.partial.csv cannot be deleted" in str(row.error)
    for folder in ("a\0b", tmp_path / "file" / "x"):
        (tmp_path / "file").touch()
        with pytest.raises(TargetError, match="cannot be created"):
            await domo.activity_log.export(folder, date(2026, 3, 1), date(2026, 3, 1), format="csv")


# -- what nobody uses -----------------------------------------------------------------------------------------


async def test_unused_content_is_listed_the_longest_unused_first(emulator: Emulator, domo: Domo) -> None:
    instance = emulator._instance
    old = int((datetime.now(UTC) - timedelta(days=400)).timestamp() * 1000)
    dataset = await domo.datasets.create("Orders", {"n": "LONG"})
    made = [
        cards.create(instance, title=title, dataset_id=dataset.id, at=at)["id"]
        for title, at in (("Busy", old), ("Idle", old), ("Never", old), ("New", None))
    ]
    page = pages.create(instance, title="Sales", at=old)["id"]
    used(emulator, "CARD", made[0], timedelta(days=3))
    used(emulator, "CARD", made[1], timedelta(days=200))
    used(emulator, "CARD", made[1], timedelta(days=300))
    used(emulator, "PAGE", page, timedelta(days=100), action="UPDATED")

    report = await domo.activity_log.stale(days=90)
    cards_alone = await domo.activity_log.stale(days=90, kinds=["card"])
    viewed = await domo.activity_log.stale(days=90, kinds=["page"], event_type=["VIEWED"])

    assert [("card", "Never"), ("card", "Idle"), ("page", "Sales")] == [(each.kind, each.name) for each in report.items]
    never, idle, _ = report.items
    assert (None, "VIEWED", "Emulator Owner") == (never.last_used, idle.last_action, idle.last_user)
    assert 200 == (datetime.now(UTC) - (idle.last_used or datetime.now(UTC))).days
    assert {"card": 4, "page": 1, "dataset": 1} == report.looked_at
    assert any(re.search("items without a logged use since [-0-9]+: 1;", note) for note in report.notes)
    assert any("not which data cards and dataflows read" in note for note in report.notes)
    assert ["Never", "Idle"] == [each.name for each in cards_alone.items]
    assert [None] == [each.last_used for each in viewed.items]
    assert report == StaleReport.from_dict(report.to_dict())
    for wrong in ({"days": 0}, {"kinds": ["cat"]}, {"days": 10, "look_back": 5}):
        with pytest.raises(ConfigError):
            await domo.activity_log.stale(**wrong)


async def test_the_log_is_read_no_further_back_than_it_takes(emulator: Emulator, domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", {"n": "LONG"})
    card = cards.create(emulator._instance, title="Busy", dataset_id=dataset.id)["id"]
    used(emulator, "CARD", card, timedelta(days=1))
    for number in range(5_000):
        used(emulator, "CARD", number, timedelta(days=30, minutes=number))
    emulator.log.clear()

    await domo.activity_log.stale(kinds=["card"])

    assert [] == [task for task in asyncio.all_tasks() if "ActivityReader" in str(task.get_coro())]
    assert len(emulator.log) < 10


# -- who may see which dataset --------------------------------------------------------------------------------


async def test_everybody_who_may_see_a_dataset_is_told_with_the_way_and_the_rows(
    emulator: Emulator, domo: Domo
) -> None:
    ada, bo, cy, di = [await a_user(domo, name) for name in ("Ada", "Bo", "Cy", "Di")]
    dataset = await domo.datasets.create("Orders", {"region": "STRING"})
    other = await domo.datasets.create("Open to all", {"n": "LONG"})
    buyers = (await domo.groups.create(name="Buyers", type="closed")).id
    await domo.groups.add_members(buyers, members=[bo, cy])
    await domo.datasets.set_owner(dataset.id, user_id=ada)
    grants = [Grant(buyers, "CAN_VIEW", "GROUP"), Grant(bo, "CAN_EDIT"), Grant(di, "CAN_SHARE")]
    await domo.datasets.access.share(dataset.id, permissions=grants, send_email=False)
    await domo.datasets.policies.create(
        dataset.id, name="North", filters=[PolicyFilter("region", ["North"])], users=[cy]
    )

    audit = await domo.datasets.access.audit([dataset.id, other.id])

    told = {
        (row.user_name, str(row.route), row.via, row.level and str(row.level), str(row.rows), row.policies)
        for row in audit.rows
        if row.dataset_id == dataset.id and row.user_name != "Emulator Owner"
    }
    assert {
        ("Ada", "owner", None, "OWNER", "all", ()),
        ("Bo", "group", "Buyers", "CAN_VIEW", "none", ()),
        ("Bo", "share", None, "CAN_EDIT", "none", ()),
        ("Cy", "group", "Buyers", "CAN_VIEW", "some", ("North",)),
        ("Di", "share", None, "CAN_SHARE", "none", ()),
    } == told
    assert ("role", "Admin") in {(str(row.route), row.via) for row in audit.rows if row.user_name == "Emulator Owner"}
    assert {"all"} == {str(row.rows) for row in audit.rows if row.dataset_id == other.id}
    assert (2, ()) == (audit.datasets, audit.problems)
    assert "North" in {row["policies"] for row in audit.to_dicts()}
    assert audit == AccessAudit.from_dict(audit.to_dict())


async def test_an_audit_tells_which_parts_it_cannot_read_and_has_the_rest(emulator: Emulator, domo: Domo) -> None:
    dataset = await domo.datasets.create("Orders", {"region": "STRING"})
    emulator.faults.add(Fault("GET *filter-groups*", "status", status=403))
    emulator.faults.add(Fault("GET *authorization/v1/roles*", "status", status=403))

    audit = await domo.datasets.access.audit()

    assert [("Emulator Owner", "owner", "unknown")] == [(row.user_name, row.route, row.rows) for row in audit.rows]
    assert [f"policies of {dataset.id}", "roles"] == [problem.split(":")[0] for problem in audit.problems]


async def test_the_rows_that_a_user_sees_are_unknown_if_a_group_of_a_policy_cannot_be_read(
    emulator: Emulator, domo: Domo
) -> None:
    ada, bo = [await a_user(domo, name) for name in ("Ada", "Bo")]
    dataset = await domo.datasets.create("Orders", {"region": "STRING"})
    north = (await domo.groups.create(name="North", type="closed")).id
    await domo.groups.add_members(north, members=[ada])
    grants = [Grant(ada, "CAN_VIEW"), Grant(bo, "CAN_VIEW")]
    await domo.datasets.access.share(dataset.id, permissions=grants, send_email=False)
    await domo.datasets.policies.create(
        dataset.id, name="North", filters=[PolicyFilter("region", ["North"])], groups=[north]
    )

    whole = await domo.datasets.access.audit([dataset.id, "gone"], roles=False)
    emulator.faults.add(Fault("GET *content/v2/groups/*", "status", status=403))
    lacking = await domo.datasets.access.audit([dataset.id], roles=False)
    without = await domo.datasets.access.audit([dataset.id], roles=False, policies=False)

    assert {"Ada": "some", "Bo": "none", "Emulator Owner": "all"} == {row.user_name: row.rows for row in whole.rows}
    assert (1, ("dataset gone: the instance does not return it",)) == (whole.datasets, whole.problems)
    assert {"Ada": "unknown", "Bo": "unknown", "Emulator Owner": "all"} == {
        row.user_name: row.rows for row in lacking.rows
    }
    assert [f"group {north}"] == [problem.split(":")[0] for problem in lacking.problems]
    assert {"unknown"} == {str(row.rows) for row in without.rows}
