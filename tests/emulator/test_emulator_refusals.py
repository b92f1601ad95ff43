"""Requests that are refused change nothing, and are refused for the first of their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import frozen

from domo_async import BadRequest, Domo, Forbidden, NotFound
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.support import STRICT

pytestmark = STRICT

LONG = "9" * 5000


@frozen
class Scene:
    """An instance with one of each of several things."""

    emulator: Emulator
    domo: Domo
    ids: Mapping[str, Any]

    def held(self) -> dict[str, Any]:
        """Return all records but the activity log and the counters."""
        records = self.emulator._instance.records.snapshot()
        return {name: found for name, found in records.items() if name not in {"activity_log", "counters"}}

    async def send(self, method: str, path: str, body: Any) -> Any:
        """Send a request whose path and body name things by words such as ``{dataset}``."""
        return await self.domo.request(method, path.format(**self.ids), json=self._named(body))

    def _named(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._named(key): self._named(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._named(each) for each in value]
        return self.ids[value[1:-1]] if isinstance(value, str) and value[1:-1] in self.ids else value


@pytest.fixture
async def scene(emulator: Emulator, domo: Domo) -> Scene:
    dataset = emulator.add.dataset(rows=[{"id": 1}])
    ids = {
        "dataset": dataset.id,
        "alert": emulator.add.alert(resource_id=dataset.id).id,
        "flow": emulator.add.dataflow(input_ids=[dataset.id]).id,
        "group": emulator.add.group().id,
        "mode": emulator.add.beast_mode(dataset_id=dataset.id, locked=True).id,
        "ada": emulator.add.user().id,
    }
    return Scene(emulator, domo, ids)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "POST",
            "/api/social/v4/alerts",
            {
                "name": "Few",
                "resourceType": "DATASET",
                "resourceId": "{dataset}",
                "subscriptions": [{"type": "USER", "subscriberId": 999}],
            },
        ),
        ("PUT", "/api/authorization/v1/roles/settings", {"defaultRoleId": 2, "allowlistRoleIds": [999]}),
        (
            "PUT",
            "/api/dataprocessing/v1/dataflows/permissions/share/{flow}",
            {
                "dataFlowPermissions": [],
                "dataSetPermissions": {
                    "{dataset}": {"permissions": [{"type": "USER", "id": "{ada}", "accessLevel": "CAN_VIEW"}]},
                    "none": {"permissions": [{"type": "USER", "id": "{ada}", "accessLevel": "CAN_VIEW"}]},
                },
            },
        ),
        (
            "POST",
            "/api/query/v1/functions/bulk/template",
            {"update": [{"id": "{mode}", "name": "Other"}, {"id": 999, "name": "None"}]},
        ),
    ],
    ids=["alert", "role settings", "dataflow", "beast modes"],
)
async def test_a_request_whose_last_part_is_refused_changes_nothing(
    scene: Scene, method: str, path: str, body: dict[str, Any]
) -> None:
    before = scene.held()

    with pytest.raises(NotFound):
        await scene.send(method, path, body)

    assert before == scene.held()


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        (
            "POST",
            "/api/codeengine/v2/packages",
            {"name": "a", "language": "PYTHON", "manifest": {"functions": [], "configuration": "x"}},
            "manifest.configuration must be an object",
        ),
        (
            "POST",
            "/api/social/v4/alerts/{alert}/subscriptions",
            {"type": "WEEKLY", "subscriberId": LONG},
            "subscriberId, a number",
        ),
        (
            "PUT",
            "/api/content/v2/groups/access",
            [{"groupId": "{group}", "removeMembers": [{"type": "USER", "id": LONG}]}],
            "removeMembers must be an array",
        ),
        ("POST", "/api/content/v1/pages", {"title": "Sales", "parentPageId": True}, "parentPageId, a number"),
    ],
    ids=["configuration", "subscriber", "member", "page"],
)
async def test_a_value_that_does_not_fit_is_a_bad_request(
    scene: Scene, method: str, path: str, body: Any, said: str
) -> None:
    with pytest.raises(BadRequest, match=said):
        await scene.send(method, path, body)


async def test_a_date_after_the_last_year_is_a_bad_request(scene: Scene) -> None:
    opened = await scene.send("POST", "/api/data/v3/datasources/{dataset}/uploads", {})
    path = f"/api/data/v3/datasources/{{dataset}}/uploads/{opened['uploadId']}/commit"

    with pytest.raises(BadRequest, match="recordedDate must be from 0 to"):
        await scene.send("PUT", path, {"action": "REPLACE", "recordedDate": 10**17})
    await scene.send("PUT", path, {"action": "REPLACE", "recordedDate": 10**12})


async def test_users_are_searched_by_an_empty_value(scene: Scene) -> None:
    body = {"filters": [{"filterType": "value", "field": "title", "values": [""], "operator": "NE"}]}

    found = await scene.send("POST", "/api/identity/v1/users/search", body)

    assert {1, scene.ids["ada"]} == {int(user["id"]) for user in found["users"]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/api/social/v4/alerts/{}"),
        ("POST", "/api/social/v4/alerts/{}/share"),
        ("POST", "/api/social/v4/alerts/{}/subscriptions"),
        ("PUT", "/api/query/v1/functions/template/{}"),
        ("POST", "/api/query/migration/federated/v1/to/v2/none/accounts/{}"),
    ],
)
async def test_a_thing_that_does_not_exist_is_not_found_whatever_the_body_is(
    scene: Scene, method: str, path: str
) -> None:
    with pytest.raises(NotFound):
        await scene.domo.request(method, path.format(999), json={"name": 5, "subscriberId": []})


async def test_a_stranger_is_refused_whatever_the_body_is(scene: Scene) -> None:
    async with another(scene.emulator) as stranger:
        with pytest.raises(Forbidden):
            await stranger.request("PATCH", f"/api/social/v4/alerts/{scene.ids['alert']}", json={"name": 5})
