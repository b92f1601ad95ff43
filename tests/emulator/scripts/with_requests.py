"""Scripts for Domo's Product API with `requests`, as those write them who come from pydomo.

Nothing of this project is imported.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

Row = Sequence[object]

COLUMNS = [
    {"name": "id", "type": "LONG"},
    {"name": "customer", "type": "STRING"},
    {"name": "amount", "type": "DOUBLE"},
    {"name": "day", "type": "DATE"},
]


def connect(token: str) -> requests.Session:
    session = requests.Session()
    session.headers["X-DOMO-Developer-Token"] = token
    return session


def checked(response: requests.Response) -> Any:
    response.raise_for_status()
    return response.json() if response.content else None


def create_dataset(domo: requests.Session, base: str, name: str) -> str:
    body: Any = {"userDefinedType": "api", "dataSourceName": name, "schema": {"columns": COLUMNS}}
    made = checked(domo.post(f"{base}/api/data/v2/datasources", json=body))
    return str(made["dataSource"]["dataSourceId"])


def as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def upload(
    domo: requests.Session, base: str, dataset: str, rows: Sequence[Row], *, action: str, part_size: int = 100
) -> Any:
    """Send rows in parts, four at a time and from the last to the first, and commit them."""
    uploads = f"{base}/api/data/v3/datasources/{dataset}/uploads"
    upload_id = checked(domo.post(uploads, json={"action": None, "appendId": None}))["uploadId"]

    def send(number: int) -> None:
        part = rows[(number - 1) * part_size : number * part_size]
        with requests.put(
            f"{uploads}/{upload_id}/parts/{number}",
            data=as_csv(part).encode(),
            headers={**domo.headers, "Content-Type": "text/csv"},
            timeout=30,
        ) as response:
            response.raise_for_status()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(send, range(-(-len(rows) // part_size), 0, -1)))
    return checked(domo.put(f"{uploads}/{upload_id}/commit", json={"action": action, "index": False}))


def wait_for_index(domo: requests.Session, base: str, dataset: str) -> int:
    """Have all data indexed; returns how many rows there are then."""
    indexes = f"{base}/api/data/v3/datasources/{dataset}/indexes"
    key = checked(domo.post(indexes, json={"dataIds": []}))["requestKey"]
    for _ in range(500):
        found = checked(domo.get(f"{indexes}/{key}/statuses"))
        if found["progress"]["status"] == "SUCCESS":
            rows: int = found["detail"]["rowCount"]
            return rows
        assert found["progress"]["status"] in {"PENDING", "PROCESSING"}
        time.sleep(0.01)
    raise AssertionError("The index did not come to an end")


def pages_of(domo: requests.Session, base: str, dataset: str, sql: str, size: int) -> Iterator[list[dict[str, Any]]]:
    """Ask for pages until a short one, each row a dict, as `ds_query` of many a script does."""
    offset = 0
    while True:
        body = {"sql": f"{sql} LIMIT {size} OFFSET {offset}"}
        result = checked(domo.post(f"{base}/api/query/v1/execute/{dataset}", json=body))
        rows = [dict(zip(result["columns"], row, strict=True)) for row in result["rows"]]
        yield rows
        if len(rows) < size:
            return
        offset += size


def orders(first: int, count: int) -> list[Row]:
    return [(n, f'Customer "{n % 7}", Inc.', n / 4, f"2026-01-{n % 28 + 1:02}") for n in range(first, first + count)]


def replace_append_and_read_in_pages(base: str, token: str) -> None:
    with connect(token) as domo:
        dataset = create_dataset(domo, base, "Orders of a script")
        upload(domo, base, dataset, orders(0, 1_050), action="REPLACE")
        assert 1_050 == wait_for_index(domo, base, dataset)

        upload(domo, base, dataset, orders(1_050, 120), action="APPEND")
        assert 1_170 == wait_for_index(domo, base, dataset)
        pages = list(pages_of(domo, base, dataset, f"SELECT * FROM `{dataset}` ORDER BY id", 500))

        assert [500, 500, 170] == [len(page) for page in pages]
        read = [row for page in pages for row in page]
        assert [tuple(row.values()) for row in read] == orders(0, 1_170)

        upload(domo, base, dataset, orders(7, 100), action="REPLACE")
        wait_for_index(domo, base, dataset)
        (only,) = pages_of(domo, base, dataset, "SELECT COUNT(*) AS n, MIN(id) AS least FROM table", 2)

        assert [{"n": 100, "least": 7}] == only


def a_page_that_is_full_is_followed_by_an_empty_one(base: str, token: str) -> None:
    with connect(token) as domo:
        dataset = create_dataset(domo, base, "Exactly two pages")
        upload(domo, base, dataset, orders(0, 20), action="REPLACE")
        wait_for_index(domo, base, dataset)

        assert [10, 10, 0] == [len(page) for page in pages_of(domo, base, dataset, "SELECT id FROM table", 10)]


def export_as_csv(base: str, token: str) -> None:
    with connect(token) as domo:
        dataset = create_dataset(domo, base, "To a file")
        upload(domo, base, dataset, orders(0, 300), action="REPLACE")
        wait_for_index(domo, base, dataset)
        with domo.post(
            f"{base}/api/query/v1/execute/export/{dataset}?includeHeader=true",
            json={"sql": "SELECT * FROM table ORDER BY id"},
            headers={"Accept": "text/csv"},
            stream=True,
        ) as response:
            lines = list(csv.reader(line.decode() for line in response.iter_lines()))

        assert ["id", "customer", "amount", "day"] == lines[0]
        assert 300 == len(lines) - 1
        assert ["299", 'Customer "5", Inc.', "74.75", "2026-01-20"] == lines[-1]


def a_wrong_part_is_sent_again(base: str, token: str) -> None:
    with connect(token) as domo:
        dataset = create_dataset(domo, base, "A mistake")
        uploads = f"{base}/api/data/v3/datasources/{dataset}/uploads"
        opened = checked(domo.post(uploads, json={"action": None, "appendId": None}))
        path = f"{uploads}/{opened['uploadId']}"
        checked(domo.put(f"{path}/parts/1", data="1,Ada,2.5,2026-01-01\nfour,Ada,2.5,2026-01-01\n"))
        refused = domo.put(f"{path}/commit", json={"action": "REPLACE", "index": True})

        assert 400 == refused.status_code
        assert "Part 1, line 2" in refused.json()["message"]
        checked(domo.put(f"{path}/parts/1", data="1,Ada,2.5,2026-01-01\n4,Ada,2.5,2026-01-01\n"))
        checked(domo.put(f"{path}/commit", json={"action": "REPLACE", "index": True}))
        wait_for_index(domo, base, dataset)
        assert 2 == checked(domo.get(f"{base}/api/data/v3/datasources/{dataset}"))["rowCount"]


def list_and_delete_datasets(base: str, token: str) -> None:
    with connect(token) as domo:
        made = [create_dataset(domo, base, f"Listed {n}") for n in range(5)]
        found: list[str] = []
        while True:
            query: dict[str, str | int] = {"nameLike": "listed", "limit": 2, "offset": len(found)}
            page = checked(domo.get(f"{base}/api/data/v3/datasources", params=query))
            found += [each["id"] for each in page["dataSources"]]
            if len(found) >= page["_metaData"]["totalCount"]:
                break

        assert made == found
        for dataset in made:
            domo.delete(f"{base}/api/data/v3/datasources/{dataset}?deleteMethod=hard").raise_for_status()
        gone = domo.get(f"{base}/api/data/v3/datasources/{made[0]}")
        assert 404 == gone.status_code
        assert {"status", "statusReason", "message", "toe"} <= gone.json().keys()


def manage_a_group(base: str, token: str) -> None:
    with connect(token) as domo:
        users = [
            checked(
                domo.post(
                    f"{base}/api/content/v3/users",
                    json={"displayName": name, "detail": {"email": f"{name}@scripts.test".lower()}, "roleId": 4},
                )
            )["id"]
            for name in ("Ada", "Grace", "Edsger")
        ]
        groups = f"{base}/api/content/v2/groups"
        group = checked(domo.post(groups, json={"name": "Readers", "type": "open", "description": "Who reads"}))["id"]
        for user in users[:2]:
            assert checked(domo.put(f"{groups}/{group}/user/{user}")) is True
        assert checked(
            domo.put(
                f"{groups}/access", json=[{"groupId": group, "addMembers": [{"type": "USER", "id": str(users[2])}]}]
            )
        )
        assert checked(domo.delete(f"{groups}/{group}/removeuser/{users[0]}")) is True
        members = checked(domo.get(f"{groups}/users", params={"group": group}))["groupUserList"]

        assert ["Grace", "Edsger"] == [member["displayName"] for member in members]
        listed = checked(domo.get(f"{groups}/grouplist", params={"search": "reader"}))
        assert [("Readers", 2)] == [(each["name"], each["memberCount"]) for each in listed]
        assert checked(domo.delete(groups, json=[group])) is True
        assert [] == checked(domo.get(f"{groups}/grouplist", params={"search": "reader"}))


def edit_and_delete_a_user(base: str, token: str) -> None:
    with connect(token) as domo:
        body: Any = {"displayName": "Alan", "detail": {"email": "alan@scripts.test"}, "roleId": 4}
        user = checked(domo.post(f"{base}/api/content/v3/users", json=body))["id"]
        path = f"{base}/api/identity/v1/users/{user}"
        changes = [{"key": "displayName", "values": ["Alan T."]}, {"key": "title", "values": ["Reader"]}]
        checked(domo.patch(path, json={"attributes": changes}))
        (told,) = checked(domo.get(path, params={"parts": "DETAILED"}))["users"]

        assert "Alan T." == told["displayName"]
        search: Any = {"filters": [{"filterType": "text", "text": "alan t"}], "showCount": True}
        found = checked(domo.post(f"{base}/api/identity/v1/users/search", json=search))
        assert 1 == found["count"]
        domo.delete(path).raise_for_status()
        assert 404 == domo.get(path).status_code


def run_a_stream(base: str, token: str) -> None:
    with connect(token) as domo:
        streams = f"{base}/api/data/v1/streams"
        body: Any = {
            "transport": {"type": "CONNECTOR", "description": "com.domo.connector.example", "version": "1"},
            "configuration": [{"name": "query", "value": "everything", "type": "string", "category": "METADATA"}],
            "account": None,
            "updateMethod": "REPLACE",
            "dataProvider": {"key": "example"},
            "dataSource": {"name": "From a connector", "description": ""},
        }
        stream = checked(domo.post(streams, json=body))["id"]
        started = domo.post(f"{streams}/{stream}/executions", json={"runType": "MANUAL"})

        assert 201 == started.status_code
        execution = started.json()
        for _ in range(500):
            if execution["currentState"] != "ACTIVE":
                break
            time.sleep(0.01)
            execution = checked(domo.get(f"{streams}/{stream}/executions/{execution['executionId']}"))
        assert "SUCCESS" == execution["currentState"]
        (run,) = checked(domo.get(f"{streams}/{stream}/history/aggregate"))
        assert (1, "SUCCESS") == (run["executionId"], run["currentState"])


def a_wrong_token_is_refused(base: str, token: str) -> None:
    with connect(f"not {token}") as domo:
        assert 401 == domo.get(f"{base}/api/data/v3/datasources").status_code


ALL: tuple[Callable[[str, str], None], ...] = (
    replace_append_and_read_in_pages,
    a_page_that_is_full_is_followed_by_an_empty_one,
    export_as_csv,
    a_wrong_part_is_sent_again,
    list_and_delete_datasets,
    manage_a_group,
    edit_and_delete_a_user,
    run_a_stream,
    a_wrong_token_is_refused,
)
