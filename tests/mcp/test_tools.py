"""The tools, called by the SDK's own client."""

from __future__ import annotations

import json

import pytest
from mcp import MCPError
from mcp_types import INVALID_PARAMS, TextResourceContents

from domo_async import ConfigError, DomoError, Retries, Settings
from domo_async._doctor.reads import is_safe
from domo_async._mcp import WriteKind
from domo_async._mcp.kinds import Guard
from domo_async._mcp.server import DomoServer
from domo_async.emulator import Fault
from tests.mcp.serving import answer, connected, refusal, texts

ORDERS = [{"id": 1, "name": "a"}, {"id": 2, "name": None}, {"id": 3, "name": ""}]


async def test_each_tool_that_reads_answers_and_changes_nothing(emulator):
    dataset = emulator.add.dataset(name="Sales Orders", rows=ORDERS)
    user, group = emulator.add.user(display_name="Ada King"), emulator.add.group(name="Buyers")
    emulator.add.group(name="Sellers")
    workflow = emulator.add.workflow(name="Refunds")
    run = emulator.add.workflow_run(workflow_id=workflow.id)
    flow = emulator.add.dataflow(name="Clean", input_ids=[dataset.id])
    stream = emulator.add.stream()
    emulator.log.clear()

    async with connected(emulator) as client:
        hits = await answer(client, "search", text="sales*", entities=["dataset"])
        datasets = await answer(client, "list_datasets", name_contains="sales")
        found = await answer(client, "get_dataset", dataset_id=dataset.id)
        schema = await answer(client, "get_dataset_schema", dataset_id=dataset.id, limit=1, offset=1)
        rows = await answer(
            client,
            "query_dataset",
            dataset_id=dataset.id,
            sql="SELECT id, name FROM table WHERE id IN :ids ORDER BY id",
            params={"ids": [1, 2, 3]},
        )
        sample = await answer(client, "sample_dataset", dataset_id=dataset.id, columns=["id"], limit=1)
        lineage = await answer(client, "trace_lineage", entity_type="dataset", entity_id=dataset.id)
        me = await answer(client, "whoami")
        users = await answer(client, "list_users", text="Ada")
        one = await answer(client, "get_user", user_id=user.id)
        groups = await answer(client, "list_groups", text="Buyers")
        members = await answer(client, "get_group", group_id=group.id)
        workflows = await answer(client, "list_workflows", name_contains="refund")
        versions = await answer(client, "get_workflow", workflow_id=workflow.id)
        runs = await answer(client, "list_workflow_runs", workflow_id=workflow.id)
        status = await answer(client, "get_workflow_run", run_id=run.id)
        flows = await answer(client, "list_dataflows", name_contains="clean")
        clean = await answer(client, "get_dataflow", dataflow_id=flow.id)
        flow_runs = await answer(client, "list_dataflow_runs", dataflow_id=flow.id)
        connector_runs = await answer(client, "list_connector_runs", stream_id=stream.id)
        activity = await answer(client, "list_activity", object_id=dataset.id, limit=1)
        tools = {tool.name for tool in (await client.list_tools()).tools}

    assert [(dataset.id, "Sales Orders", 1)] == [(hit["id"], hit["name"], hits["total"]) for hit in hits["hits"]]
    assert [(dataset.id, 3)] == [(each["id"], each["rows"]) for each in datasets["datasets"]]
    assert [{"name": "id", "type": "LONG"}, {"name": "name", "type": "STRING"}] == found["schema"] == rows["columns"]
    assert ([found["schema"][1]], 2, False) == (schema["columns"], schema["total"], schema["more"])
    assert [[1, "a"], [2, None], [3, ""]] == rows["rows"]
    assert (1, True, 1) == (sample["count"], sample["more"], sample["next_offset"])
    made = next(thing for thing in lineage["things"] if thing["type"] == "DATAFLOW")
    assert (1, [f"DATA_SOURCE {dataset.id}"]) == (made["depth"], made["made_from"])
    assert [user.id] == [each["id"] for each in users["users"]] == [one["user"]["id"]]
    assert [group.id] == [each["id"] for each in groups["groups"]] == [members["group"]["id"]]
    assert (emulator.url, 1) == (me["instance"], me["user"]["id"])
    assert [workflow.id] == [each["id"] for each in workflows["workflows"]]
    assert [{"1.0.0"}] == [{each["version"]} for each in versions["versions"]]
    assert [run.id] == [each["id"] for each in runs["runs"]] == [status["run"]["id"]]
    assert status["run"]["status"] in {"IN_PROGRESS", "COMPLETED"}
    assert [flow.id] == [each["id"] for each in flows["dataflows"]]
    assert [dataset.id] == [each["dataset_id"] for each in clean["inputs"]]
    assert ([], []) == (flow_runs["runs"], connector_runs["runs"])
    assert ["DATA_SOURCE"] == [event["object_type"] for event in activity["events"]]
    assert 21 == len(tools)
    assert all(is_safe(request.method, template_of(request.path)) for request in emulator.log)


def template_of(path: str) -> str:
    """Return the path of a route whose only identifier is that of a dataset at its end."""
    return path if "/execute/" not in path else f"{path.rpartition('/')[0]}/{{}}"


async def test_a_server_that_only_reads_offers_no_tool_that_does_not(emulator):
    async with connected(emulator) as client:
        tools = (await client.list_tools()).tools
        instructions = client.instructions

    for tool in tools:
        assert tool.annotations is not None
        assert (True, False) == (tool.annotations.read_only_hint, tool.annotations.destructive_hint)
        assert tool.title, tool.name
        assert tool.description, tool.name
        assert "object" == (tool.output_schema or {})["type"]
        assert all("description" in each for each in tool.input_schema["properties"].values()), tool.name
    # It takes room in each conversation.
    assert 40_000 > sum(len(tool.model_dump_json(by_alias=True, exclude_none=True)) for tool in tools)
    assert "--allow-writes" in (instructions or "")


async def test_schemas_have_no_references_and_pages_can_be_turned(emulator):
    async with connected(emulator, allowed=[*WriteKind]) as client:
        tools = (await client.list_tools()).tools

    assert [] == [tool.name for tool in tools if "$" in json.dumps([tool.input_schema, tool.output_schema])]
    offered = {tool.name for tool in tools if "next_offset" in (tool.output_schema or {})["properties"]}
    assert {tool.name for tool in tools if "offset" in tool.input_schema["properties"]} == offered


async def test_a_refused_change_names_the_flag_and_sends_nothing(emulator):
    tools = {
        "start_workflow": "workflows",
        "cancel_workflow_run": "workflows",
        "run_dataflow": "dataflows",
        "run_connector": "connectors",
        "append_rows": "datasets",
        "create_dataset": "datasets",
        "add_group_members": "groups",
        "create_user": "users",
    }
    async with connected(emulator) as client:
        refused = {tool: await refusal(client, tool) for tool in tools}
    async with connected(emulator, allowed=[kind for kind in WriteKind if kind != "users"]) as client:
        alone = await refusal(client, "create_user")

    assert {"NotAllowed"} == {error for error, _ in [*refused.values(), alone]}
    assert {tool: f"--allow-writes {kind}" for tool, kind in tools.items()} == {
        tool: message[message.index("--") :] for tool, (_, message) in refused.items()
    }
    assert 0 == len(emulator.log)


async def test_below_the_tools_a_guard_sends_what_only_reads(emulator):
    dataset = emulator.add.dataset(rows=ORDERS)
    async with emulator.client() as domo:
        reading = DomoServer(domo)._domo
        emulator.log.clear()
        for change in (
            lambda: reading.datasets.delete(dataset.id),
            lambda: reading.datasets.upload(dataset.id, [[1, "b"]]),
            lambda: reading.users.delete(1),
            lambda: reading.request("POST", "/api/data/v1/accounts", json={}),
        ):
            with pytest.raises(DomoError, match="was not sent|nothing was sent"):
                await change()
        some = domo._over(lambda transport: transport.inspected(Guard([WriteKind.DATASETS]), transport.settings))
        done = await some.datasets.upload(dataset.id, [[4, "d"]], action="APPEND")
        with pytest.raises(ConfigError, match="only reads"):
            await some.datasets.delete(dataset.id)
        with pytest.raises(ConfigError, match="--allow-writes users"):
            await some.users.update(1, display_name="Eve")

    assert 1 == done.rows
    assert set() == {request.method for request in emulator.log} & {"DELETE", "PATCH"}


async def test_changes_of_datasets_need_their_kind_alone(emulator):
    async with connected(emulator, allowed=[WriteKind.DATASETS]) as client:
        columns = [{"name": "id", "type": "LONG"}, {"name": "name", "type": "string"}]
        dataset_id = (await answer(client, "create_dataset", name="New", columns=columns))["dataset_id"]
        first = await answer(client, "append_rows", dataset_id=dataset_id, rows=[[1, "a"], [2, None]])
        await answer(client, "append_rows", dataset_id=dataset_id, rows=[[3, ""]])
        before = await answer(client, "query_dataset", dataset_id=dataset_id, sql="SELECT * FROM table ORDER BY id")
        await answer(client, "replace_rows", dataset_id=dataset_id, rows=[[9, "z"]])
        after = await answer(client, "query_dataset", dataset_id=dataset_id, sql="SELECT * FROM table")
        changed = await answer(client, "update_dataset", dataset_id=dataset_id, name="Newer", description="why")
        await answer(client, "set_dataset_tags", dataset_id=dataset_id, tags=["daily"])
        found = await answer(client, "get_dataset", dataset_id=dataset_id)
        hints = {tool.name: tool.annotations for tool in (await client.list_tools()).tools if tool.annotations}

    assert (2, True) == (first["rows"], first["verified"])
    assert [[1, "a"], [2, None], [3, ""]] == before["rows"]
    assert [[9, "z"]] == after["rows"]
    assert ("Newer", "why") == (changed["dataset"]["name"], changed["dataset"]["description"])
    assert ["daily"] == found["dataset"]["tags"]
    assert {"create_dataset", "append_rows", "replace_rows", "update_dataset", "set_dataset_tags"} == {
        name for name, told in hints.items() if not told.read_only_hint
    }
    assert (True, False) == (hints["replace_rows"].destructive_hint, hints["append_rows"].destructive_hint)


async def test_changes_of_other_kinds_work_where_they_are_allowed(emulator):
    user, group = emulator.add.user(), emulator.add.group()
    workflow = emulator.add.workflow(name="Refunds", queue_id=emulator.add.queue().id)
    flow = emulator.add.dataflow(input_ids=[emulator.add.dataset().id])
    stream = emulator.add.stream()
    allowed = [kind for kind in WriteKind if kind is not WriteKind.DATASETS]
    async with connected(emulator, allowed=allowed) as client:
        started = await answer(client, "start_workflow", workflow_id=workflow.id, data={"order": 4711})
        under_way = await answer(client, "get_workflow_run", run_id=started["run"]["id"])
        await answer(client, "cancel_workflow_run", run_id=started["run"]["id"])
        ended = await answer(client, "list_workflow_runs", workflow_id=workflow.id)
        await answer(client, "run_dataflow", dataflow_id=flow.id)
        flow_runs = await answer(client, "list_dataflow_runs", dataflow_id=flow.id)
        await answer(client, "run_connector", stream_id=stream.id)
        connector_runs = await answer(client, "list_connector_runs", stream_id=stream.id)
        made = await answer(client, "create_user", display_name="Bob", email_address="b@example.com", role_id=4)
        renamed = await answer(client, "update_user", user_id=made["user"]["id"], display_name="Bobby")
        await answer(client, "add_group_members", group_id=group.id, user_ids=[user.id])
        joined = await answer(client, "get_group", group_id=group.id)
        await answer(client, "remove_group_members", group_id=group.id, user_ids=[user.id])
        left = await answer(client, "get_group", group_id=group.id)

    assert "IN_PROGRESS" == under_way["run"]["status"]
    assert ["CANCEL"] == [run["status"][:6] for run in ended["runs"]]
    assert (1, 1) == (len(flow_runs["runs"]), len(connector_runs["runs"]))
    assert "Bobby" == renamed["user"]["display_name"]
    assert user.id in [member["id"] for member in joined["members"]]
    assert user.id not in [member["id"] for member in left["members"]]


async def test_the_schema_of_a_dataset_is_a_resource(emulator):
    dataset = emulator.add.dataset(rows=ORDERS)
    async with connected(emulator) as client:
        (template,) = (await client.list_resource_templates()).resource_templates
        uri = template.uri_template.replace("{dataset_id}", dataset.id)
        (content,) = (await client.read_resource(uri)).contents
        with pytest.raises(MCPError, match="404") as missing:
            await client.read_resource(uri.replace(dataset.id, "none"))

    assert isinstance(content, TextResourceContents)
    assert "application/json" == content.mime_type
    assert INVALID_PARAMS == missing.value.error.code
    assert ["id", "name"] == [column["name"] for column in json.loads(content.text)["columns"]]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_error_says_what_to_do_in_a_value(emulator, mode):
    dataset = emulator.add.dataset(rows=ORDERS)
    async with connected(emulator, mode=mode) as client:
        missing = await refusal(client, "get_dataset", dataset_id="00000000-0000-0000-0000-000000000000")
        wrong = await refusal(client, "query_dataset", dataset_id=dataset.id, sql="SELECT colour FROM table")
        two = await refusal(client, "query_dataset", dataset_id=dataset.id, sql="SELECT 1; DELETE FROM table")
        changing = await refusal(client, "query_dataset", dataset_id=dataset.id, sql="DELETE FROM table")
        misspelt = await refusal(client, "list_users", txt="Ada")
        too_few = await refusal(client, "list_users", limit=0)
        unknown = await refusal(client, "drop_everything")
        zone = await refusal(client, "list_activity", since="2026-01-31T08:00:00")

    assert "NotFound" == missing[0]
    assert ("ConfigError", "this tool runs a SELECT alone") == changing
    assert ("BadRequest", True) == (wrong[0], "colour" in wrong[1])
    assert ("ConfigError", "pass exactly one SELECT") == two
    assert ("InvalidArguments", "list_users has only these arguments: text, limit, offset") == misspelt
    assert ("InvalidArguments", "limit: Input should be greater than or equal to 1") == too_few
    assert ("UnknownTool", True) == (unknown[0], "query_dataset" in unknown[1])
    assert ("ConfigError", True) == (zone[0], "time zone" in zone[1])


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "token is not valid: calling again does not help"),
        (403, "may not do this: calling again does not help"),
        (404, "does not exist, or the user of the server's token may not see it"),
        (429, "Call again after 7 seconds"),
        (503, "call again after a minute"),
    ],
)
async def test_a_refusal_of_the_instance_says_whether_to_call_again(emulator, status, advice):
    dataset = emulator.add.dataset(columns={"id": "LONG"})
    settings = Settings(retries=Retries(attempts=1))
    emulator.faults.add(Fault("POST *uploads", "status", status=status, headers={"Retry-After": "7"}))
    async with connected(emulator, allowed=[WriteKind.DATASETS], settings=settings) as client:
        _, message = await refusal(client, "append_rows", dataset_id=dataset.id, rows=[[1]])

    assert advice in message


async def test_the_last_page_of_a_search_ends_with_the_last_hit_that_can_be_read(emulator):
    async with connected(emulator) as client:
        last = await answer(client, "search", text="*", offset=9_995)

    assert (0, False) == (last["count"], last["more"])


async def test_no_answer_tells_the_token_even_if_the_instance_does(emulator):
    dataset = emulator.add.dataset(
        name=f"of {emulator.token}", rows=[{"id": 1, "name": f"{'x' * 490}{emulator.token}"}, {"id": 2, "name": "y"}]
    )
    emulator.faults.add(
        Fault("GET */api/identity/v1/users/*", "status", status=400, body={"status": 400, "message": emulator.token})
    )
    async with connected(emulator, settings=Settings(retries=Retries(attempts=1))) as client:
        results = [
            await client.call_tool("sample_dataset", {"dataset_id": dataset.id}),
            await client.call_tool("get_dataset", {"dataset_id": dataset.id}),
            await client.call_tool("get_user", {"user_id": 1}),
        ]

    assert [False, False, True] == [result.is_error for result in results]
    for result in results:
        assert "***" in texts(result)[-1]
        assert emulator.token[:8] not in result.model_dump_json()


async def test_details_that_cannot_be_read_do_not_lose_the_object(emulator):
    dataset, run = emulator.add.dataset(name="Odd", rows=ORDERS), emulator.add.workflow_run()
    emulator.faults.add(Fault("GET */schemas/latest", "status", status=403))
    emulator.faults.add(Fault("GET */outputs", "status", status=404))
    async with connected(emulator) as client:
        found = await answer(client, "get_dataset", dataset_id=dataset.id)
        status = await answer(client, "get_workflow_run", run_id=run.id)

    assert ("Odd", [], "403") == (found["dataset"]["name"], found["schema"], found["schema_problem"][:3])
    assert (run.id, [], "404") == (status["run"]["id"], status["outputs"], status["outputs_problem"][:3])
