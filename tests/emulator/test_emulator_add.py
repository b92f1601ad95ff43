"""What tests put into an instance is what its routes then tell."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from domo_async import ConfigError, NotFound
from domo_async.emulator import Emulator
from domo_async.sync import Domo

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def domo(emulator: Emulator) -> Iterator[Domo]:
    with emulator.sync_client() as domo:
        yield domo


def test_people_are_found_by_the_routes(emulator: Emulator, domo: Domo) -> None:
    ada = emulator.add.user(display_name="Ada Lovelace", role_id=2, attributes={"department": "Engines"})
    other = emulator.add.user(display_name="Ada Lovelace")
    inner = emulator.add.group(user_ids=[ada.id], owner_id=ada.id)
    outer = emulator.add.group(name="Everyone", type="open", group_ids=[inner.id])
    role = emulator.add.role(name="Reader", authorities=["page.view"])

    told = domo.users.get(ada.id)
    assert ("Ada Lovelace", "ada.lovelace@example.com", 2) == (told.display_name, told.email_address, told.role_id)
    assert "ada.lovelace2@example.com" == other.email_address
    assert {"Everyone", inner.name} <= {group.name for group in domo.groups.list()}
    assert [ada.id] == [member.user_id for member in domo.groups.members(inner.id)]
    assert "Group 1" == inner.name
    assert "Everyone" == outer.name
    assert "Reader" == domo.roles.get(role.id).name
    assert ("page.view",) == domo.roles.authorities(role.id)


def test_a_client_acts_as_the_user_whose_token_it_has(emulator: Emulator) -> None:
    ada = emulator.add.user()
    token = emulator.add.access_token(owner_id=ada.id).token
    expired = emulator.add.access_token(owner_id=ada.id, expires=datetime(2020, 1, 1, tzinfo=UTC))

    with emulator.sync_client(token=token) as theirs:
        assert ada.id == theirs.users.me().id
        assert ada.email_address == theirs.users.me().email_address
    assert expired.token.get_secret_value() not in repr(expired)


def test_rows_are_read_as_they_were_given(emulator: Emulator, domo: Domo) -> None:
    rows: list[dict[str, object]] = [
        {"id": 1, "name": 'say "hi",\nthere', "at": datetime(2025, 1, 2, 3, 4, 5), "day": date(2025, 1, 2)},
        {"id": 2, "name": "", "price": Decimal("1.50"), "weight": 2.5},
        {"id": 3},
    ]
    made = emulator.add.dataset(rows=rows, tags=["mine"])

    kinds = {"id": "LONG", "name": "STRING", "at": "DATETIME", "day": "DATE", "price": "DECIMAL", "weight": "DOUBLE"}
    assert kinds == made.columns
    assert 3 == made.rows == domo.datasets.get(made.id).row_count
    table = domo.datasets.query(made.id, "SELECT * FROM table ORDER BY id")
    assert [{**dict.fromkeys(kinds), **row} for row in rows] == table.to_dicts()


@pytest.mark.parametrize(
    "rows",
    [
        b"1,West\n2,\n",
        "1,West\n2,\n",
        [(1, "West"), (2, None)],
        ({"id": n, "name": ["West", None][n - 1]} for n in (1, 2)),
    ],
    ids=["bytes", "text", "sequences", "generator"],
)
def test_rows_come_in_several_forms(emulator: Emulator, domo: Domo, rows: object) -> None:
    made = emulator.add.dataset(columns={"id": "LONG", "name": "STRING"}, rows=rows)  # type: ignore[arg-type]

    assert ((1, "West"), (2, None)) == domo.datasets.query(made.id, "SELECT * FROM table").rows


def test_data_are_found_by_the_routes(emulator: Emulator, domo: Domo) -> None:
    source, target = emulator.add.dataset(), emulator.add.dataset(name="Target", upsert_key=["id"])
    account = emulator.add.account(configurations={"password": "hush", "bucket": "b"})
    stream = emulator.add.stream(account_id=account.id, schedule={"type": "MANUAL"}, configuration={"bucket": "b"})
    flow = emulator.add.dataflow(input_ids=[source.id], output_ids=[target.id])

    assert ["id"] == [each.name for each in domo.datasets.schemas.latest(target.id).columns if each.upsert_key]
    assert account.name == domo.accounts.get(account.id).display_name
    source_of = domo.streams.get(stream.id).data_source
    assert source_of is not None
    assert stream.dataset_id == source_of.id
    assert stream.name == domo.datasets.get(stream.dataset_id).name
    assert [source.id] == [each.data_source_id for each in domo.dataflows.get(flow.id).inputs]
    assert "SUCCESS" == domo.streams.run(stream.id, wait=True).current_state


def test_content_is_found_by_the_routes(emulator: Emulator, domo: Domo) -> None:
    data = emulator.add.dataset(columns={"region": "STRING", "n": "LONG"}, rows=[("West", 1), ("West", 2)])
    page = emulator.add.page(title="Sales")
    below = emulator.add.page(parent_id=page.id)
    card = emulator.add.card(dataset_id=data.id, page_ids=[page.id], group_by="region", value="n", aggregation="SUM")
    mode = emulator.add.beast_mode(dataset_id=data.id, expression="SUM(`n`)", card_ids=[card.id])
    alert = emulator.add.alert(resource_type="CARD", resource_id=card.id, triggered=True)
    alone = emulator.add.card()
    app = emulator.add.app()
    report = emulator.add.report(page_id=page.id, recipient_ids=[1])

    assert [card.id] == [each.id for each in domo.datasets.cards(data.id)]
    assert [card.id] == [each.id for each in domo.pages.cards(page.id)]
    assert page.id == domo.pages.details(below.id).parent_page_id
    assert "SUM(`n`)" == domo.beast_modes.get(mode.id).expression
    assert domo.alerts.get(alert.id).triggered
    assert alone.dataset_id == domo.datasets.get(alone.dataset_id).id
    assert "App 1" == app.name
    assert ("Report 1", page.id) == (domo.reports.get(report.id).title, domo.reports.get(report.id).page_id)
    assert emulator.add.report().id > report.id


def test_work_is_found_by_the_routes(emulator: Emulator, domo: Domo) -> None:
    ada = emulator.add.user()
    queue = emulator.add.queue(name="Refunds")
    task = emulator.add.task(queue_id=queue.id, inputs={"amount": 3}, outputs={"ok": "boolean"}, assignee_id=ada.id)
    workflow = emulator.add.workflow(queue_id=queue.id, task_outputs={"ok": "boolean"}, versions=["1.0.0", "2.0.0"])
    run = emulator.add.workflow_run(workflow_id=workflow.id)
    alone = emulator.add.workflow_run()

    assert "Refunds" == domo.task_center.queues.get(queue.id).name
    first, second = domo.task_center.tasks.list(queue_id=[queue.id])
    assert (task.id, ada.id, {"amount": 3}) == (first.id, first.assigned_to, first.input_variables)
    assert first.contract is not None
    assert ["boolean"] == [each.type for each in first.contract.output]
    assert second.source_info is not None
    started = domo.workflows.start(workflow.id, message_name=workflow.message, version=workflow.version, data={})
    assert workflow.id == started.model_id
    assert "IN_PROGRESS" == domo.workflows.get_execution(run.id).status
    assert "COMPLETED" == domo.workflows.get_execution(alone.id).status


def test_files_are_found_by_the_routes(emulator: Emulator, domo: Domo) -> None:
    file = emulator.add.file(name="a.csv", content=b"1,2\n")
    fileset = emulator.add.fileset(files={"2025/a.txt": b"hello"})
    collection = emulator.add.collection(name="Orders", documents=[{"n": 1}, {"n": 2}])

    assert b"1,2\n" == domo.files.download(file.id)
    assert fileset.name == domo.filesets.get(fileset.id).name
    assert 2 == len(list(domo.appdb.documents.list(collection.id)))


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("user", {"email_address": "owner@example.com"}, "Another user has the email address"),
        ("user", {"role_id": 99}, "The role 99 does not exist"),
        ("group", {"user_ids": [99]}, "The user 99 does not exist"),
        ("group", {"type": "secret"}, "closed"),
        ("role", {"authorities": ["nonsense"]}, "dataset.edit"),
        ("access_token", {"owner_id": 99}, "The user 99 does not exist"),
        ("dataset", {"columns": {"a": "TEXT"}}, "Unknown column type: TEXT"),
        ("dataset", {"columns": {"a": "LONG"}, "rows": [("x",)]}, "emulator.add.dataset: "),
        ("dataset", {"columns": {"a": "LONG"}, "rows": [(1, 2)]}, "Row 1"),
        ("dataset", {"columns": {"a": "LONG"}, "rows": [{"b": 1}]}, "Row 1"),
        ("dataset", {"upsert_key": ["nothing"]}, "nothing"),
        ("stream", {"account_id": 99}, "The account 99 does not exist"),
        ("dataflow", {"input_ids": ["none"]}, "none"),
        ("page", {"parent_id": 99}, "The page 99 does not exist"),
        ("card", {"dataset_id": "none"}, "none"),
        ("card", {"group_by": "nothing"}, "use one of id, name"),
        ("card", {"aggregation": "MEDIAN"}, "COUNT, SUM"),
        ("alert", {"resource_type": "PAGE"}, "resource_id"),
        ("task", {"queue_id": "none"}, "The queue none does not exist"),
        ("workflow_run", {"workflow_id": "none"}, "none"),
        ("account", {"owner_id": 99}, "The user 99 does not exist"),
        ("report", {"schedule": {"frequency": "SOMETIMES"}}, "emulator.add.report: "),
        ("fileset", {"files": {"a": b"", "a/b": b""}}, "cannot be a file"),
        ("file", {"owner_id": 99}, "The user 99 does not exist"),
        ("collection", {"documents": [{"a": object()}]}, "cannot be saved"),
        ("user", {"attributes": {"a": object()}}, "cannot be saved"),
        ("task", {"inputs": {"a": object()}}, "cannot be saved"),
        ("workflow_run", {"data": {"a": object()}}, "cannot be saved"),
        ("stream", {"configuration": {"a": object()}}, "cannot be saved"),
        ("card", {"title": "\ud800"}, "cannot be saved"),
        ("alert", {"name": "\ud800"}, "cannot be saved"),
        ("file", {"name": "\ud800"}, "cannot be saved"),
        ("collection", {"name": "\ud800"}, "cannot be saved"),
        ("dataset", {"rows": [{"a": 1}], "tags": ["\ud800"]}, "cannot be saved"),
        ("dataset", {"rows": [{"a": "\ud800"}]}, "not valid Unicode"),
        ("dataset", {"rows": "\ud800,\n"}, "not valid Unicode"),
        ("dataset", {"rows": [5]}, "Row 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_additions_that_the_routes_refuse_are_refused_and_add_nothing(
    emulator: Emulator, kind: str, given: dict[str, object], said: str
) -> None:
    def held() -> dict[str, int]:
        instance = emulator._instance
        records = {each.name: len(each) for each in instance.records if each.name != "counters"}
        return {**records, "datasets": len(instance.datasets())}

    before = held()
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")) as caught:
        getattr(emulator.add, kind)(**given)

    assert {**dict.fromkeys(held(), 0), **before} == held()
    assert str(caught.value).startswith(f"emulator.add.{kind}: ")


def test_adding_leaves_no_trace_but_what_it_adds(emulator: Emulator, domo: Domo) -> None:
    emulator.log.clear()
    found = len(emulator._instance.records["activity_log"])
    group = emulator.add.group(name="Found by search")

    assert 0 == len(emulator.log)
    assert found == len(emulator._instance.records["activity_log"])
    assert [group.id] == [hit.database_id for hit in domo.search.iterate("Found by search", entities=["group"])]


def test_a_test_sees_what_was_sent_and_answered(emulator: Emulator, domo: Domo) -> None:
    domo.groups.create(name="Sent", type="open")
    bodies = emulator.log.exchange(emulator.log[-1].number)

    assert bodies is not None
    assert {"name": "Sent", "type": "open"} == json.loads(bodies.request_body)
    assert ("application/json", {"id"}) == (bodies.response_type, json.loads(bodies.response_body).keys())
    assert "Sent" not in repr(bodies)


def test_additions_before_the_start_are_there_after_it_and_after_a_reset() -> None:
    emulator = Emulator()
    orders = emulator.add.dataset(rows=[{"id": 1}])
    token = emulator.add.access_token(owner_id=emulator.add.user().id).token
    with emulator, emulator.sync_client() as domo, emulator.sync_client(token=token) as theirs:
        later = emulator.add.dataset()
        emulator.reset()

        assert ((1,),) == domo.datasets.query(orders.id, "SELECT id FROM table").rows
        assert 1001 == theirs.users.me().id
        with pytest.raises(NotFound):
            domo.datasets.get(later.id)
    with emulator, emulator.sync_client() as domo:
        assert [] == list(domo.datasets.list())


async def test_it_works_in_a_running_loop_and_from_other_threads() -> None:
    async with Emulator() as emulator, emulator.client() as domo:
        made = [emulator.add.user()]
        thread = threading.Thread(target=lambda: made.append(emulator.add.user()))
        thread.start()
        names = [(await domo.users.get(made[0].id)).display_name]
        while thread.is_alive():
            await domo.users.me()
        names.append((await domo.users.get(made[1].id)).display_name)

    assert ["User 1", "User 2"] == names


def test_a_refused_addition_changes_nothing(emulator: Emulator, domo: Domo) -> None:
    page = emulator.add.page(title="Before")
    data = emulator.add.dataset(rows=[{"id": 1}])
    with pytest.raises(ConfigError):
        emulator.add.task(inputs={"a": object()})

    assert "Before" == domo.pages.details(page.id).title
    assert ((1,),) == domo.datasets.query(data.id, "SELECT id FROM table").rows
    assert page.id < emulator.add.page().id


def test_threads_may_add_before_the_start_at_the_same_time(tmp_path: Path) -> None:
    emulator, together = Emulator(data=tmp_path / "data"), threading.Barrier(8)

    def add(_: int) -> int:
        together.wait()
        return emulator.add.user().id

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(add, range(8)))

    with emulator, emulator.sync_client() as domo:
        assert sorted(made) == sorted(user.id for user in domo.users.list() if user.id != 1)
    assert 8 == len(set(made))


def test_additions_to_a_kept_instance_are_kept(tmp_path: Path) -> None:
    first = Emulator(data=tmp_path / "data")
    early = first.add.dataset(name="Early", rows=[{"id": 1}])
    with first:
        late = first.add.dataset(name="Late", rows=[{"id": 2}])

    again = Emulator(data=tmp_path / "data")
    third = again.add.dataset(name="Third")
    with again, again.sync_client() as domo:
        assert {early.id, late.id, third.id} == {each.id for each in domo.datasets.list()}
        domo.datasets.create("Gone after the reset", {"id": "LONG"})
        again.reset()
        assert {early.id, late.id, third.id} == {each.id for each in domo.datasets.list()}
        assert ((2,),) == domo.datasets.query(late.id, "SELECT id FROM table").rows


def test_an_instance_that_never_starts_gives_all_back(tmp_path: Path) -> None:
    emulator = Emulator(data=tmp_path / "data")
    emulator.add.dataset(rows=[{"id": 1}])
    del emulator
    gc.collect()

    with Emulator(data=tmp_path / "data"):  # its lock is free
        pass
