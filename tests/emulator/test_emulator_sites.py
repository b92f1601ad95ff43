"""The requests of pages of browsers that may change something."""

from __future__ import annotations

import pytest

from domo_async import ConfigError
from domo_async.emulator import Emulator
from tests.emulator.plain_client import PlainClient, plain_client

LOGIN = "/api/content/v2/authentication"


def login(plain: PlainClient) -> dict[str, str]:
    return {"method": "password", "emailAddress": "owner@example.com", "password": plain.emulator.token}


@pytest.mark.parametrize("path", [LOGIN, "/", "/api/content/v2/groups", "/emulator/reset"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:80"},
        {"Host": "evil.example:80", "Origin": "http://evil.example:80"},
        {"Host": "169.254.169.254"},
    ],
    ids=str,
)
async def test_a_page_of_another_site_changes_nothing(plain: PlainClient, path: str, headers: dict[str, str]):
    refused = await plain.call("POST", path, json=login(plain), headers=headers, status=403)

    assert 403 == refused["status"]


async def test_pages_of_its_own_and_programs_may(plain: PlainClient):
    own = plain.emulator.url
    port = own.rpartition(":")[2]
    for headers in (
        {},
        {"Origin": own},
        {"Origin": own, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"},
        {"Host": "LOCALHOST"},
        {"Host": f"domo.localhost:{port}"},
        {"Host": f"[::1]:{port}"},
    ):
        assert (await plain.call("POST", LOGIN, json=login(plain), headers=headers))["success"]
    await plain.call("GET", "/api/content/v2/users/me", headers={"Origin": "https://other.example"})


async def test_an_instance_for_others_may_be_called_by_addresses_and_the_names_that_are_allowed():
    async with plain_client(host="0.0.0.0", plain_http=True, allowed_hosts=["Domo"]) as plain:  # noqa: S104 - for a moment
        for host in ("domo:8080", "DOMO", "localhost:1", "172.18.0.3:8080", "[::1]:80"):
            headers = {"Host": host, "Origin": f"http://{host}"}
            assert (await plain.call("POST", LOGIN, json=login(plain), headers=headers))["success"]
        await plain.call("POST", LOGIN, json=login(plain), headers={"Origin": "http://evil.example"}, status=403)
        headers = {"Host": "evil.example", "Origin": "http://evil.example"}
        refused = await plain.call("POST", LOGIN, json=login(plain), headers=headers, status=403)

        assert "--allowed-host evil.example" in refused["message"]
        assert plain.emulator.url.startswith("http://127.0.0.1:")
        async with plain.emulator.client() as domo:
            assert 1 == (await domo.users.me()).id


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "domo"])  # noqa: S104 - none is listened on
def test_an_instance_is_open_to_others_only_where_that_is_said(host: str):
    with pytest.raises(ConfigError, match="plain_http=True"):
        Emulator(host=host)
    Emulator(host=host, tls=True)
    Emulator(host=host, plain_http=True)


async def test_whoever_waits_for_it_needs_no_token(plain: PlainClient):
    nobody = {"X-DOMO-Developer-Token": "", "Host": "any.example"}

    assert {"status": "UP"} == await plain.call("GET", "/emulator/health", headers=nobody)
    assert not plain.emulator.log.matching("*health*")
    await plain.call("GET", "/emulator/state", headers=nobody, status=401)
