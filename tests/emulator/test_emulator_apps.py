"""Apps of the App Framework on the embedded instance: at a port of their own, and by a name with a token."""

from __future__ import annotations

import io
import json
import ssl
import zipfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from domo_async import ConfigError, ConnectError, Domo
from domo_async._emulator.apps.data_query import DataQuery
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.routes.beast_modes import create as create_beast_mode
from domo_async._emulator.services.workflows import add_model
from domo_async.emulator import Emulator, Fault

ROWS = b'North,1,2025-01-03\nSouth,2,2025-02-03\n"a,b\'s",5,2025-02-20\n'
MANIFEST: Mapping[str, Any] = {
    "id": "1234-app",
    "name": "Shop",
    "version": "1.0.0",
    "size": {"width": 1, "height": 1},
    "mapping": [
        {
            "alias": "sales",
            "dataSetId": "of another instance",
            "fields": [
                {"alias": "region", "columnName": "Region Name"},
                {"alias": "amt", "columnName": "amount"},
                {"alias": "day", "columnName": "day"},
            ],
        },
        {"alias": "absent", "dataSetId": "absent"},
    ],
    "collections": [{"name": "Users", "schema": {"columns": [{"name": "user", "type": "STRING"}]}}],
    "workflowMapping": [{"alias": "refund", "modelId": "model-1"}],
    "packageMapping": [{"alias": "double", "parameters": [{"alias": "n", "name": "number"}]}],
}


class Asked:
    """Asks as an app's page does."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __call__(
        self,
        path: str,
        body: object = None,
        *,
        status: int = 200,
        method: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return what is answered, JSON or text, with the status that is expected."""
        method = method or ("GET" if body is None else "POST")
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        async with self._session.request(method, path, data=data, headers=headers) as answer:
            content = await answer.read()
            assert status == answer.status, content
            return json.loads(content) if answer.content_type == "application/json" else content.decode()


@pytest.fixture(scope="module")
async def emulator(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Emulator]:
    folder = tmp_path_factory.mktemp("app")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / "index.html").write_text("<h1>Shop</h1>")
    (folder / ".env").write_text("hidden")
    (folder.parent / "outside.txt").write_text("outside")
    async with Emulator(app=folder) as emulator, emulator.client() as domo:
        dataset = await domo.datasets.create("sales", {"Region Name": "STRING", "amount": "LONG", "day": "DATE"})
        await domo.datasets.upload(dataset.id, ROWS)
        emulator.functions.add("double", lambda number: 2 * number)
        for name, formula in (("twice", "`amount` * 2"), ("total", "SUM(`amount`)")):
            create_beast_mode(
                emulator._instance, name=name, expression=formula, dataset_id=dataset.id, card_ids=[], owner_id=1
            )
        add_model(emulator._instance, name="Refunds", owner=1, model_id="model-1")
        yield emulator


@pytest.fixture(scope="module")
async def asked(emulator: Emulator) -> AsyncIterator[Asked]:
    async with aiohttp.ClientSession(emulator.app_url) as session:
        yield Asked(session)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", [("North", 1, "2025-01-03"), ("South", 2, "2025-02-03"), ("a,b's", 5, "2025-02-20")]),
        ("?fields=amt,region&orderby=amt descending&limit=1&offset=1", [(2, "South")]),
        ("?fields=region,amt&groupby=region&orderby=region", [("North", 1), ("South", 2), ("a,b's", 5)]),
        ("?fields=day,region,amt&dategrain=day by month", [("2025-01", 1, 1), ("2025-02", 2, 7)]),
        ("?fields=amt&dategrain=day by quarter", [("2025-Q1", 8)]),
        ("?fields=amt&dategrain=day by week&avg=amt", [("2025-W01", 1), ("2025-W06", 2), ("2025-W08", 5)]),
        ("?sum=amt&unique=region", [(8, 3)]),
        ("?max=amt&min=day", [(5, "2025-01-03")]),
        ("?fields=amt&filter=amt >= 2, amt != 5", [(2,)]),
        ('?fields=amt&filter=region in ["North","a,b\'s"], amt<5', [(1,)]),
        ("?fields=amt&filter=region !in ['North','South']", [(5,)]),
        ("?fields=amt&filter=region contains \"b's\"", [(5,)]),
        ("?fields=amt&filter=region !~ o", [(5,)]),
        ("?fields=amt&filter=region = 'South'", [(2,)]),
        # As Domo's library writes it.
        ("?fields=region, amt&filter='amt' > 1&groupby='region'&orderby='region'", [("South", 2), ("a,b's", 5)]),
        ("?fields=amt&orderby='region' descending&limit=1", [(5,)]),
        ("?fields=amt&filter=Region Name == South", [(2,)]),
        ("?useBeastMode=true&fields=twice,amt&filter=twice >= 4&orderby=amt", [(4, 2), (10, 5)]),
        ("?useBeastMode=true&fields=region,total&groupby=region&orderby=region&limit=1", [("North", 1)]),
        ("?useBeastMode=true&fields=twice&sum=twice", [(16,)]),
        ("?fields=amt&filter=day todate year", []),
        ("?fields=amt&filter=day last 2 hours", []),
    ],
)  # fmt: skip
async def test_data_are_asked_by_alias(asked: Asked, query: str, rows: list[tuple[object, ...]]) -> None:
    assert rows == [tuple(row.values()) for row in await asked(f"/data/v1/sales{query}")]


async def test_data_come_in_the_form_that_is_wanted(asked: Asked) -> None:
    detailed = await asked("/data/v2/sales?fields=amt&limit=2", headers={"Accept": "application/json"})
    plain = await asked("/data/v1/sales?fields=region,amt", headers={"Accept": "text/csv"})
    counted = await asked(
        "/sql/v1/sales", b"SELECT sales.day, COUNT(*) n FROM sales GROUP BY sales.day ORDER BY 1 LIMIT 1"
    )
    renamed = await asked("/sql/v1/sales", b"SELECT s.amount FROM `sales` AS s WHERE s.day = '2025-01-03'")

    assert (["amt"], [[1], [2]], 2) == (detailed["columns"], detailed["rows"], detailed["numRows"])
    assert 'region,amt\nNorth,1\nSouth,2\n"a,b\'s",5\n' == plain
    assert (["day", "n"], [["2025-01-03", 1]]) == (counted["columns"], counted["rows"])
    assert [[1]] == renamed["rows"]


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/data/v1/unknown", 404, "maps no dataset to the alias unknown"),
        ("/data/v1/absent", 404, "the dataset absent, which does not exist"),
        ("/data/v1/sales?fields=other", 400, "The column other does not exist"),
        ("/data/v1/sales?fields=twice", 400, "The column twice does not exist"),
        ("/data/v1/sales?filter=other > 1", 400, "Cannot parse the filter"),
        ("/data/v1/sales?filter=amt > x", 400, "is not a number"),
        ("/data/v1/sales?filter=day last few days", 400, "last takes a number"),
        ("/data/v1/sales?filter=day last 999999 years", 400, "too long ago"),
        ("/data/v1/sales?dategrain=day by decade", 400, "dategrain must be"),
        ("/data/v1/sales?calendar=fiscal", 400, "calendar=standard"),
        ("/data/v1/sales?grupby=region", 400, "Unknown query operators: grupby"),
        ("/data/v1/sales?limit=-1", 400, "at least 0"),
        ("/domo/datastores/v1/collections/Others/documents", 404, "collection Others does not exist"),
        ("/domo/workflow/v1/models/other/overall", 404, "does not name the workflow other"),
        ("/domo/codeengine/v2/packages/double", 405, "not allowed"),
        ("/domo/users/v1/99", 404, "99"),
        ("/domo/nothing/v1", 404, "No such route"),
        ("/sql/v1/sales", 405, "not allowed"),
    ],
)
async def test_wrong_requests_of_an_app_are_errors(asked: Asked, path: str, status: int, told: str) -> None:
    assert told in (await asked(path, status=status))["message"]


async def test_sql_reaches_nothing_but_the_dataset_of_its_alias(asked: Asked) -> None:
    for sql in (
        b"SELECT * FROM other",
        b"SELECT 1 FROM sales; DROP TABLE sales",
        b"SELECT * FROM sales JOIN other ON 1=1",
    ):
        assert 400 == (await asked("/sql/v1/sales", sql, status=400))["status"]


async def test_people_and_groups(asked: Asked, emulator: Emulator) -> None:
    async with emulator.client() as domo:
        group = await domo.groups.create(name="Sellers", type="open")
        await domo.groups.add_members(group.id, members=[1])
    environment = await asked("/domo/environment/v1/")
    (short,) = await asked("/domo/users/v1?limit=1")
    detailed = await asked(f"/domo/users/v1/{environment['userId']}?includeDetails=true")
    groups = await asked("/domo/groups/v1")
    assert ">EO</text>" in await asked(short["avatarKey"])

    assert ("Emulator Owner", "owner@example.com") == (environment["userName"], environment["userEmail"])
    assert {"id", "displayName", "avatarKey", "role"} == set(short)
    assert ("Admin", "owner@example.com") == (detailed["role"], detailed["detail"]["email"])
    assert groups == [await asked(f"/domo/groups/v1/{groups[0]['id']}")]
    assert ("Sellers", []) == (groups[0]["name"], groups[0]["userIds"])
    assert groups == await asked("/domo/groups/v1/user/1")


async def test_documents_lie_in_the_collections_of_the_manifest(asked: Asked) -> None:
    documents = "/domo/datastores/v1/collections/Users/documents"

    (listed,) = await asked("/domo/datastores/v1/collections/")
    made = await asked(f"{documents}/", {"content": {"user": "Bill"}}, status=201)
    await asked(f"{documents}/bulk", [{"content": {"user": "Ted"}}], status=201)
    await asked(f"{documents}/{made['id']}", {"content": {"user": "Bill S."}}, method="PUT")
    found = await asked(f"{documents}/query", {"content.user": {"$regex": "B"}})
    counted = await asked(f"{documents}/query?groupby=content.user&count=n", {})
    await asked(f"{documents}/{made['id']}", method="DELETE", status=204)
    other = await asked("/domo/datastores/v1/collections", {"name": "Others"})

    assert ("Users", listed["datastoreId"]) == (listed["name"], other["datastoreId"])
    assert [{"user": "Bill S."}] == [each["content"] for each in found]
    assert {("Bill S.", 1), ("Ted", 1)} == {(each["user"], each["n"]) for each in counted}
    assert [{"user": "Ted"}] == [each["content"] for each in await asked(documents)]
    assert [] == await asked("/domo/datastores/v1/collections/Others/documents")


async def test_functions_workflows_files_and_the_ai_are_asked_by_the_manifests_names(asked: Asked) -> None:
    started = await asked("/domo/workflow/v1/models/refund/start", {"order": 1})
    failed = await asked("/domo/codeengine/v2/packages/double", {"n": [], "other": 1}, status=400)
    uploaded = await asked("/domo/data-files/v1?name=a.txt", b"content")
    told = await asked("/domo/ai/v1/text/generation", {"input": "Hello"})

    assert ("model-1", "Refunds") == (started["modelId"], started["modelName"])
    assert started["id"] == (await asked(f"/domo/workflow/v1/models/refund/instance/{started['id']}"))["id"]
    assert 42 == await asked("/domo/codeengine/v2/packages/double", {"n": 21})
    assert "The function double failed: TypeError" in failed["message"]
    assert "content" == await asked(f"/domo/data-files/v1/{uploaded['dataFileId']}")
    assert ("Hello", 1) == (told["prompt"], len(told["choices"]))


async def test_the_apps_own_files_are_served_and_no_others(asked: Asked) -> None:
    assert "<h1>Shop</h1>" == await asked("/")
    assert "<h1>Shop</h1>" == await asked("/index.html?userId=1")
    for path in ("/.env", "/absent.js", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/x/%2e%2e/.env"):
        assert 404 == (await asked(path, status=404))["status"]
    assert 405 == (await asked("/index.html", {}, status=405))["status"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_pages_of_other_sites_get_nothing_as_no_token_is_asked_for(asked: Asked, headers: dict[str, str]) -> None:
    await asked("/data/v1/sales", status=403, headers=headers)
    await asked("/domo/environment/v1", status=403, headers=headers)
    await asked("/domo/datastores/v1/collections/Users/documents/", {"content": {}}, status=403, headers=headers)


async def test_faults_and_the_log_of_the_instance_are_those_of_its_apps(asked: Asked, emulator: Emulator) -> None:
    emulator.log.clear()
    emulator.faults.add(Fault("POST */execute/*", "status", status=503))
    assert 503 == (await asked("/data/v1/sales", status=503))["status"]
    await asked("/data/v1/sales")

    assert 2 * ["/api/query/v1/execute"] == [each.path.rpartition("/")[0] for each in emulator.log]


def test_periods_end_now() -> None:
    query = DataQuery({"day": "DATE"}, {}, datetime(2025, 3, 31, 12, tzinfo=UTC))

    def since(value: str) -> str:
        return query.sql({"filter": f"day {value}"}).partition("WHERE (")[2].rstrip(")")

    assert "`day` >= '2025-02-28' AND `day` <= '2025-03-31 12:00:00'" == since("last 1 month")
    assert "`day` >= '2024-03-31' AND `day` <= '2025-03-31 12:00:00'" == since("last 4 quarters")
    assert "`day` >= '2025-03-31 09:00:00' AND `day` <= '2025-03-31 12:00:00'" == since("last 3 hours")
    assert "`day` >= '2025-02-01' AND `day` < '2025-03-01'" == since("last month")
    assert "`day` >= '2024-10-01' AND `day` < '2025-01-01'" == since("last quarter")
    assert "`day` >= '2025-03-31' AND `day` <= '2025-03-31 12:00:00'" == since("todate week")
    with pytest.raises(HTTPError, match="todate takes one of"):
        since("todate decade")


async def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    broken, other = tmp_path / "manifest.json", tmp_path / "other.json"
    broken.write_text("{")
    other.write_text('{"mapping": [{"dataSetId": "1"}]}')

    for given, told in (
        (broken, "is not JSON"),
        (other, "must have alias"),
        (tmp_path / "none.json", "cannot be read"),
    ):
        with pytest.raises(ConfigError, match=told):
            Emulator(app=given)
    with pytest.raises(ConfigError, match="must be a list of objects"):
        Emulator(app={"collections": {"name": "Users"}})


# -- what Domo's tools for apps ask -------------------------------------------------------------------------


async def log_in(emulator: Emulator, asked: Asked) -> str:
    """Return a refresh token, as the tools get one."""
    begun = await asked("/api/oauth2/device_authorization", b"client_id=tool&scope=domoapps")
    form = f"client_id=tool&grant_type=device_code&device_code={begun['device_code']}".encode()
    pending = await asked("/api/oauth2/token", form, status=400)
    page = begun["verification_uri"].removeprefix(emulator.url)
    assert "authorization_pending" in pending["message"]
    assert begun["user_code"] in await asked(f"{page}?user_code={begun['user_code']}")
    await asked(page, f"user_code={begun['user_code']}&token=wrong".encode(), status=401)
    await asked(page, f"user_code=WRONG&token={emulator.token}".encode(), status=404)
    await asked(page, f"user_code={begun['user_code']}&token={emulator.token}".encode())
    tokens = await asked("/api/oauth2/token", form)
    await asked("/api/oauth2/token", form, status=400)
    return str(tokens["refresh_token"])


async def test_the_tools_log_in_publish_and_ask_for_data(emulator: Emulator) -> None:
    async with aiohttp.ClientSession(emulator.url) as session, emulator.client() as domo:
        asked = Asked(session)
        refresh = await log_in(emulator, asked)
        renewed = await asked("/api/oauth2/token", f"grant_type=refresh_token&refresh_token={refresh}".encode())
        sid = (await asked("/api/oauth2/sid", headers={"Authorization": f"Bearer {renewed['access_token']}"}))["sid"]
        await asked("/api/oauth2/sid", headers={"Authorization": "Bearer wrong"}, status=401)
        await asked("/api/oauth2/token", b"grant_type=refresh_token&refresh_token=wrong", status=400)
        as_tool = {"X-Domo-Authentication": sid}
        assert {"isValid": True} == await asked("/auth/validate", headers=as_tool)

        design = await asked("/api/apps/v1/designs?path=manifest.json", MANIFEST, headers=as_tool)
        assets = f"/api/apps/v1/designs/{design['id']}/versions/1.0.0/assets"
        mapping = {**MANIFEST, "id": design["id"], "datasetsMapping": MANIFEST["mapping"]}
        await asked(f"{assets}?path=manifest.json", mapping, headers=as_tool)
        assert {"design": design["id"], "path": "js/a.js"} == await asked(
            f"{assets}?path=js/a.js", b"1", headers=as_tool
        )
        await asked(f"{assets}?path=../a.js", b"1", status=400, headers=as_tool)
        (listed,) = await asked("/api/apps/v1/designs/?checkAdminAuthority=false&deleted=false", headers=as_tool)
        described = await asked(f"/api/apps/v1/designs/{design['id']}?parts=versions", headers=as_tool)
        async with session.get(assets.replace("1.0.0", "latest"), headers={"X-Domo-Authentication": sid}) as answer:
            assert 'attachment; filename="Shop"' == answer.headers["Content-Disposition"]
            packed = zipfile.ZipFile(io.BytesIO(await answer.read()))

        assert (design["id"], "Shop", False) == (listed["id"], listed["name"], listed["hasThumbnail"])
        assert ("1.0.0", MANIFEST["mapping"]) == (
            described["latestVersion"],
            described["versions"][0]["datasetsMapping"],
        )
        assert (["manifest.json", "js/a.js"], b"1") == (packed.namelist(), packed.read("js/a.js"))

        made = await asked(
            "/api/apps/v1/instances?temporary=true", {"designId": design["id"], "id": None}, headers=as_tool
        )
        domain = (await asked("/api/content/v1/mobile/environment", headers=as_tool))["domoappsDomain"]
        name = f"{made['instance']['id']}.{domain}"
        assert 3 == len(await asked("/data/v1/sales", headers={**as_tool, "Host": name}))
        counted = await asked("/sql/v1/sales", b"SELECT COUNT(*) FROM sales", headers={**as_tool, "Host": name})
        assert [[3]] == counted["rows"]
        await asked("/domo/workflow/v1/models/refund/start", {}, headers={**as_tool, "Host": name})
        await asked("/data/v1/sales", headers={"Host": name}, status=401)
        await asked("/data/v1/sales", status=404, headers=as_tool)

        await asked(
            f"/api/apps/v1/designs/{design['id']}/versions/latest/release", method="PUT", status=204, headers=as_tool
        )
        await asked(f"{assets}?path=js/a.js", b"2", status=400, headers=as_tool)
        await asked(f"/api/apps/v1/designs/{design['id']}?force=false", method="DELETE", status=204, headers=as_tool)
        gone = await asked(f"/api/apps/v1/designs/{design['id']}", status=404, headers=as_tool)
        await asked(f"/api/apps/v1/designs/{design['id']}/undelete", method="PUT", status=204, headers=as_tool)
        absent = await asked("/api/apps/v1/designs/absent", status=404, headers=as_tool)
        assert gone["message"].startswith("Design has been deleted")
        assert absent["message"].startswith("No design found")
        assert ["1.0.0"] == await domo.request("GET", f"/api/apps/v1/designs/{design['id']}/versions")


async def test_designs_are_told_with_the_keys_that_instances_give(emulator: Emulator) -> None:
    async with emulator.client() as domo:
        made = await domo.request("POST", "/api/apps/v1/designs", json=dict(MANIFEST))
        await domo.request("POST", "/api/apps/v1/instances", json={"designId": made["id"]})
        told = await domo.request("GET", f"/api/apps/v1/designs/{made['id']}", params={"parts": "versions"})

    assert {
        *("createdBy", "createdDate", "creator", "deletedDate", "description", "hasThumbnail", "id", "instances"),
        *("latestVersion", "name", "owner", "owners", "referencingCards", "trusted", "updatedBy", "updatedDate"),
        "versions",
    } == set(told)
    assert (
        {"avatarKey", "detail", "displayName", "id", "role", "roleId"} == set(told["creator"]) == set(told["owners"][0])
    )
    assert ("1", {"email": "owner@example.com"}) == (told["owner"], told["owners"][0]["detail"])
    assert {
        *("accountsMapping", "actionsMapping", "collectionsMapping", "createdBy", "createdDate", "databasesMapping"),
        *("datasetsMapping", "designId", "designVersion", "disabled", "id", "owner", "packageMapping", "temporary"),
        *("updatedBy", "updatedDate", "workflowMapping"),
    } == set(told["instances"][0])
    assert {
        *("accountsMapping", "actionsMapping", "collectionsMapping", "createdBy", "createdDate", "databasesMapping"),
        *("datasetsMapping", "deletedDate", "designId", "draft", "flags", "fullpage", "id", "packagesMapping"),
        *("publicAssetsEnabled", "releasedDate", "scopes", "size", "trusted", "updatedBy", "updatedDate", "version"),
        "workflowsMapping",
    } == set(told["versions"][0])


async def test_a_design_is_its_owners_alone(emulator: Emulator) -> None:
    async with aiohttp.ClientSession(emulator.url) as session, emulator.client() as domo:
        asked, as_owner = Asked(session), {"X-DOMO-Developer-Token": emulator.token}
        user = await domo.users.create(display_name="Ada", email_address="ada@example.com", role_id=4)
        token = await domo.access_tokens.create(name="t", owner_id=user.id, expires=datetime(2100, 1, 1, tzinfo=UTC))
        as_other = {"X-DOMO-Developer-Token": token.token.get_secret_value()}
        design = await asked("/api/apps/v1/designs", {"name": "Mine", "version": "1.0.0"}, headers=as_owner)
        path = f"/api/apps/v1/designs/{design['id']}"

        await asked(path, status=403, headers=as_other)
        await asked("/api/apps/v1/designs?checkAdminAuthority=true", status=403, headers=as_other)
        assert [] == await asked("/api/apps/v1/designs", headers=as_other)
        await asked(f"{path}/permissions/ADMIN?format=email", ["ada@example.com"], headers=as_owner)
        shared = await asked(path, headers=as_other)
        await asked(f"{path}/permissions/ADMIN?users=ada@example.com", method="DELETE", status=204, headers=as_owner)
        await asked(path, status=403, headers=as_other)

    assert ["Emulator Owner", "Ada"] == [owner["displayName"] for owner in shared["owners"]]


async def test_tls_is_spoken_by_a_certificate_of_its_own(tmp_path: Path) -> None:
    async with Emulator(tls=True, data=tmp_path / "data"):
        pass
    async with Emulator(tls=True, data=tmp_path / "data", app={"name": "Shop"}) as emulator:
        trusting = ssl.create_default_context(cafile=str(emulator.ca_file))
        async with emulator.client() as domo, aiohttp.ClientSession() as session:
            me = await domo.users.me()
            async with session.get(f"{emulator.app_url}/domo/environment/v1", ssl=trusting) as answer:
                environment = await answer.json()
        async with Domo(emulator.url, token=emulator.token) as blind:
            with pytest.raises(ConnectError):
                await blind.users.me()

        assert emulator.url.startswith("https://")
        assert me.id == environment["userId"]
    with pytest.raises(RuntimeError):
        _ = emulator.ca_file
