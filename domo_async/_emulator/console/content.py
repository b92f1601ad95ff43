"""The console's lists of datasets, cards, tasks, jobs and the activity log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from attrs import frozen

from domo_async._emulator.access.people import user_name
from domo_async._emulator.console.markup import Html, fill, joined
from domo_async._emulator.console.tables import PageQuery, as_size, as_text, listed, number
from domo_async._emulator.services import activity, jobs, streams, workflows
from domo_async._emulator.state.datasets import Dataset
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["content", "details"]

_MOST_VERSIONS = 50


def content(instance: Instance, wanted: PageQuery) -> dict[str, Html]:
    """Return the lists of what people and jobs do, each with what stands below it."""
    names = {dataset.id: dataset.name for dataset in instance.kept_datasets()}
    log = sorted(instance.records[activity.COLLECTION], key=lambda entry: int(entry["number"]), reverse=True)
    return {
        **listed(
            "cards",
            "card",
            list(instance.records["cards"]),
            lambda card: _card(instance, names, card),
            wanted,
            empty="No cards yet. No route makes them: add some by emulator.add.card(…), or start with --world demo.",
        ),
        **listed(
            "tasks",
            "task",
            list(instance.records["tasks"])[::-1],
            lambda task: _task(instance, task),
            wanted,
            empty="No tasks yet. emulator.add.task(…) adds one, and so does each run of a workflow that has a queue.",
        ),
        **listed(
            "jobs",
            "job",
            sorted(_jobs(instance), key=lambda job: job.begun, reverse=True),
            _job,
            wanted,
            empty="No jobs yet. Run a workflow, a stream or a dataflow: domo-async streams run ID.",
        ),
        **listed(
            "activity",
            "entry",
            log,
            _entry,
            wanted,
            empty="Nothing yet. Changes by clients are noted here: domo-async datasets create Orders id:LONG.",
            plural="entries",
        ),
    }


def details(instance: Instance, dataset_id: str) -> Html:
    """Return a dataset's id, columns and data versions."""
    dataset = instance.find_dataset(dataset_id) if dataset_id else None
    if dataset is None:
        return Html('<p class="empty">Its id, columns and data versions stand here.</p>')
    columns = [
        fill(
            '<tr><th scope="row">{name}</th><td>{type}</td><td>{key}</td></tr>',
            name=column.name,
            type=column.type,
            key="key" if column.upsert_key else "",
        )
        for column in dataset.schema.columns
    ]
    versions = sorted(dataset.versions.values(), key=lambda version: version.data_id, reverse=True)
    made = [
        fill(
            '<tr><th scope="row" class="number">{id}</th><td>{action}</td><td>{tag}</td><td class="number">{rows}</td>'
            '<td class="number">{size}</td><td>{state}</td><td class="time">{time}</td></tr>',
            id=version.data_id,
            action=version.action,
            tag=version.tag or "",
            rows=number(version.rows),
            size=as_size(version.bytes),
            state=_version_state(dataset, version),
            time=_shown_time(version.recorded),
        )
        for version in versions[:_MOST_VERSIONS]
    ]
    return fill(
        '<p class="path">{id}</p><table><caption>Schema {schema}</caption><thead><tr><th scope="col">Column</th>'
        '<th scope="col">Type</th><th scope="col">Upsert</th></tr></thead><tbody>{columns}</tbody></table>'
        '<table><caption>{versions}</caption><thead><tr><th scope="col" class="number">Version</th>'
        '<th scope="col">Action</th><th scope="col">Partition</th><th scope="col" class="number">Rows</th>'
        '<th scope="col" class="number">Bytes</th><th scope="col">State</th><th scope="col" class="time">Recorded'
        " (UTC)</th></tr></thead><tbody>{made}</tbody></table>",
        id=dataset.id,
        schema=dataset.schema.id,
        columns=joined(columns),
        versions=f"Data versions: {number(len(versions))}"
        + (f", the last {_MOST_VERSIONS} are shown" if len(versions) > _MOST_VERSIONS else ""),
        made=joined(made) or Html('<tr><td class="nothing" colspan="7">No data yet: upload some.</td></tr>'),
    )


def _version_state(dataset: Dataset, version: object) -> str:
    if version in dataset.visible:
        return "visible"
    return "waits for an index" if version in dataset.live else "replaced"


def _shown_time(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _of_millis(millis: float) -> str:
    return _shown_time(datetime.fromtimestamp(millis / 1000, UTC))


def _card(instance: Instance, names: dict[str, str], card: Record) -> Html:
    return fill(
        '<tr data-key="{id}"><th scope="row">{title}</th><td>{dataset}</td><td>{owner}</td>'
        '<td class="number">{views}</td><td class="number">{id}</td></tr>',
        id=card.get("id", ""),
        title=card.get("title") or "",
        dataset=names.get(str(card.get("datasourceId")), "none"),
        owner=user_name(instance, card.get("ownerId")),
        views=number(card.get("views", 0)),
    )


def _task(instance: Instance, task: Record) -> Html:
    queue = instance.records["queues"].find(task["queueId"]) or {}
    return fill(
        '<tr data-key="{id}"><th scope="row">{title}</th><td>{queue}</td><td>{status}</td><td>{assignee}</td>'
        '<td class="path">{id}</td></tr>',
        id=task["id"],
        title=task.get("title") or "",
        queue=queue.get("name") or task["queueId"],
        status=task["status"],
        assignee=user_name(instance, task.get("assignedTo")),
    )


@frozen
class _Job:
    type: str
    name: str
    state: str
    begun: str
    id: str


def _jobs(instance: Instance) -> Iterator[_Job]:
    records = instance.records
    for run in records["workflow_instances"]:
        state = workflows.state_of(instance, run)
        yield _Job("Workflow", run["modelName"], state, as_text(run["createdOn"]), run["id"])
    for execution in records["stream_executions"]:
        stream = records["streams"].find(execution["streamId"])
        dataset = None if stream is None else instance.find_dataset(stream["dataSourceId"])
        yield _Job(
            "Stream",
            str(execution["streamId"]) if dataset is None else dataset.name,
            streams.state_of(instance, execution),
            _of_millis(execution["startedAt"] / 1e6),
            streams.execution_key(execution),
        )
    for record in records["dataflow_executions"]:
        flow = records["dataflows"].find(record["onboardFlowId"]) or {}
        over = "endTime" not in record and jobs.is_over(instance, record["job"])
        yield _Job(
            "Dataflow",
            flow.get("name") or str(record["onboardFlowId"]),
            str(record["job"]["state"] if over else record["state"]),
            _of_millis(record["beginTime"]),
            str(record["id"]),
        )


def _job(job: _Job) -> Html:
    return fill(
        '<tr data-key="{type} {id}"><td>{type}</td><th scope="row">{name}</th><td>{state}</td>'
        '<td class="time">{begun}</td><td class="path">{id}</td></tr>',
        type=job.type,
        name=job.name,
        state=job.state,
        begun=job.begun,
        id=job.id,
    )


def _entry(entry: Record) -> Html:
    return fill(
        '<tr data-key="{number}"><td class="time">{time}</td><td>{user}</td><td>{action}</td><td>{type}</td>'
        '<td>{name}</td><td class="path">{id}</td></tr>',
        number=entry["number"],
        time=_of_millis(entry["time"]),
        user=entry.get("userName") or entry.get("userId") or "",
        action=entry["action"],
        type=entry["type"],
        name=entry.get("objectName") or "",
        id=entry.get("objectId") or "",
    )
