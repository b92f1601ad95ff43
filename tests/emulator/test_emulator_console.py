"""The console: what its routes answer to whom, and what people can do with its page in a browser."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import domo_async._emulator.console
from domo_async.emulator import Emulator, Fault
from tests.emulator import browser
from tests.emulator.browser import Page
from tests.emulator.plain_client import DATASETS, PlainClient, plain_client

COLUMNS = {"Id": "LONG", "Region": "STRING"}
ROWS = b"1,West\n2,<b>East</b>\n3,\n"
NASTY = "<script>window.bad = 1</script>\"'&"
PARTS = "/emulator/console/parts"
QUERY = "/emulator/console/query"


@pytest.fixture
async def shown() -> AsyncIterator[PlainClient]:
    """An instance with two datasets, the one called Orders with three rows."""
    async with plain_client() as plain:
        await plain.upload(await plain.create(COLUMNS, "Orders"), ROWS)
        await plain.create(COLUMNS, NASTY)
        plain.emulator.log.clear()
        yield plain


async def part(plain: PlainClient, name: str, query: str = "") -> str:
    """Return a part of the page."""
    return str((await plain.call("GET", f"{PARTS}?{query}"))[name]["html"])


# The routes.


@pytest.mark.parametrize("path", ["/", "/emulator/console/console.js", "/emulator/console/console.css"])
async def test_the_page_is_public_but_strict_and_holds_nothing(shown: PlainClient, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{shown.emulator.url}{path}") as response:
        text = await response.text()

    assert response.status == 200
    assert shown.emulator.token not in text
    assert "Orders" not in text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_the_page_asks_for_nothing_from_elsewhere_and_has_no_script_or_style_in_it() -> None:
    package = Path(domo_async._emulator.console.__file__).parent
    page = (package / "console.html").read_text()

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?! src)", page) == []
    for file in ("console.html", "console.css", "console.js"):
        assert re.findall(r"https?:|@import|url\(", (package / file).read_text()) == []


@pytest.mark.parametrize(("method", "path"), [("GET", PARTS), ("POST", QUERY), ("DELETE", f"{PARTS[:-5]}faults/1")])
async def test_the_data_are_for_the_owners_token_alone(shown: PlainClient, method: str, path: str) -> None:
    await shown.call(method, path, headers={"X-DOMO-Developer-Token": "wrong"}, status=401)
    shown.emulator._instance.records["users"].put(77, {"id": 77, "displayName": "Another", "roleId": 2})
    made = {"name": "theirs", "ownerId": 77, "expires": 4_000_000_000_000}
    token = (await shown.call("POST", "/api/data/v1/accesstokens", json=made))["token"]
    body = await shown.call(method, path, headers={"X-DOMO-Developer-Token": token}, status=403)

    assert (body["status"], body["path"]) == (403, path)


async def test_only_what_is_new_is_sent(shown: PlainClient) -> None:
    first = await shown.call("GET", PARTS)
    have = "&".join(f"have={name}.{each['version']}" for name, each in first.items())

    assert await shown.call("GET", f"{PARTS}?{have}") == {}
    await shown.call("GET", "/api/nothing", status=404)
    assert (await shown.call("GET", f"{PARTS}?{have}")).keys() == {"requests", "requests_foot"}


async def test_the_console_leaves_no_trace_and_no_fault_happens_to_it(shown: PlainClient) -> None:
    shown.emulator.faults.add(Fault("*", "status", count=None))
    await shown.call("GET", "/")
    await shown.call("GET", PARTS)

    assert (len(shown.emulator.log), shown.emulator.faults.fired) == (0, 0)


async def test_names_like_html_are_shown_as_names(shown: PlainClient) -> None:
    datasets = await part(shown, "datasets")

    assert "<script" not in datasets
    assert "&lt;script&gt;window.bad = 1&lt;/script&gt;&quot;&#x27;&amp;" in datasets


async def test_datasets_are_found_by_their_names(shown: PlainClient) -> None:
    assert "Orders" not in await part(shown, "datasets", "find=script")
    assert "Orders" in await part(shown, "datasets", "find=ORD")
    assert await part(shown, "datasets_foot", "find=ORD") == "1 dataset."


async def test_requests_are_shown_newest_first_with_what_they_were(shown: PlainClient) -> None:
    await shown.call("GET", f"{DATASETS}?nameLike=%3Cb%3E")
    await shown.call("GET", "/api/nothing", status=404)
    requests = await part(shown, "requests")

    assert requests.index("/api/nothing") < requests.index(f"{DATASETS}?nameLike=&lt;b&gt;")
    assert ">404<" in requests
    assert ">GET<" in requests


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("filter=get+/api/data", {DATASETS}),
        ("filter=get*no*ing", {"/api/nothing"}),
        ("filter=nothing*get", set()),
        ("status=4", {"/api/nothing"}),
        ("status=bad", {"/api/nothing", "/api/dropped"}),
        ("status=none", {"/api/dropped"}),
        ("status=2&filter=nothing", set()),
        ("status=unknown", {DATASETS, "/api/nothing", "/api/dropped"}),
    ],
)
async def test_requests_are_filtered(shown: PlainClient, query: str, paths: set[str]) -> None:
    shown.emulator.faults.add(Fault("* /api/dropped", "drop_before"))
    await shown.call("GET", DATASETS)
    await shown.call("GET", "/api/nothing", status=404)
    with pytest.raises(aiohttp.ClientError):
        await shown.call("GET", "/api/dropped")
    requests = await part(shown, "requests", query)

    assert {path for path in (DATASETS, "/api/nothing", "/api/dropped") if path in requests} == paths


async def test_the_windows_of_rate_limits_are_shown(shown: PlainClient) -> None:
    await shown.call("POST", "/api/search/v1/query", json={"count": 1, "entityList": [["dataset"]], "query": "*"})

    assert "1 of 120 in 60 s" in await part(shown, "limits")


async def test_a_fault_is_switched_off_and_on_and_removed(shown: PlainClient) -> None:
    await shown.call(
        "POST", "/emulator/faults", json={"route": "GET *", "kind": "status", "status": 503, "count": None}
    )
    number = shown.emulator.faults.armed()[0].number
    fault = f"/emulator/console/faults/{number}"
    await shown.call("GET", DATASETS, status=503)
    await shown.call("POST", fault, json={"on": False})
    await shown.call("GET", DATASETS)

    assert 'aria-checked="false"' in await part(shown, "faults")
    await shown.call("POST", fault, json={"on": True})
    await shown.call("GET", DATASETS, status=503)
    await shown.call("DELETE", fault)
    await shown.call("GET", DATASETS)
    await shown.call("DELETE", fault, status=404)
    await shown.call("POST", fault, json={"on": True}, status=404)
    await shown.call("DELETE", "/emulator/console/faults/x", status=404)


async def test_sql_gives_rows_and_errors_as_domo_prints_them(shown: PlainClient) -> None:
    orders = (await shown.call("GET", f"{DATASETS}?nameLike=Orders"))["dataSources"][0]["id"]
    good = await shown.call("POST", QUERY, json={"dataset": orders, "sql": "SELECT * FROM table"})
    bad = await shown.call("POST", QUERY, json={"dataset": orders, "sql": "SELECT nope FROM table"})
    gone = await shown.call("POST", QUERY, json={"dataset": "gone", "sql": "SELECT 1"})

    assert (good["said"], good["failed"]) == ("Orders: 3 rows", False)
    assert "&lt;b&gt;East&lt;/b&gt;" in good["html"]
    assert bad["failed"]
    assert "400 Bad Request" in bad["html"]
    assert "&quot;toe&quot;" in bad["html"]
    assert "ib:4100" in bad["html"]
    assert "404 Not Found" in gone["html"]


async def test_no_more_than_the_first_rows_are_sent() -> None:
    async with plain_client() as plain:
        dataset = await plain.create({"n": "LONG"})
        await plain.upload(dataset, b"".join(b"%d\n" % n for n in range(5000)))
        answer = await plain.call("POST", QUERY, json={"dataset": dataset, "sql": "SELECT n FROM table"})

    assert answer["said"] == "Orders: the first 100 rows"
    assert answer["html"].count("<td") == 100


async def test_without_a_script_a_form_shows_it_all(shown: PlainClient) -> None:
    orders = (await shown.call("GET", f"{DATASETS}?nameLike=Orders"))["dataSources"][0]["id"]
    async with aiohttp.ClientSession(shown.emulator.url) as http:
        form = {
            "token": shown.emulator.token,
            "chosen": orders,
            "run": "1",
            "sql": "SELECT COUNT(*) AS many FROM table",
        }
        async with http.post("/", data=form) as response:
            page = await response.text()
        async with http.post("/", data={"token": "wrong"}) as refused:
            nothing = await refused.text()

    assert (response.status, refused.status) == (200, 401)
    assert "many" in page
    assert "owner@example.com" in page
    assert "/api/data/v3/datasources?nameLike=Orders" in page
    assert "This is not the token" in nothing
    assert "owner@example.com" not in nothing


async def bodies(plain: PlainClient, pattern: str) -> str:
    """Return what is shown of the last request that fits."""
    return await part(plain, "exchange", f"seen={plain.emulator.log.matching(pattern)[-1].number}")


async def test_the_bodies_of_a_request_are_shown(shown: PlainClient) -> None:
    made = await shown.create(COLUMNS, "Later <b>")
    await shown.upload(made, b"7,North\n")
    await shown.call("GET", "/api/nothing", status=404)
    number = shown.emulator.log.matching("GET /api/nothing")[-1].number

    assert f'name="request" value="{number}"' in await part(shown, "requests")
    assert 'aria-current="true"' in await part(shown, "requests", f"seen={number}")
    told = await bodies(shown, "POST */v2/datasources")
    assert "Later &lt;b&gt;" in told
    assert "&quot;dataSourceId&quot;" in told
    assert "7,North" in await bodies(shown, "PUT *parts/1")
    assert "It is empty." in await bodies(shown, "GET /api/nothing")
    assert "404" in await bodies(shown, "GET /api/nothing")
    assert "Choose a request" in await part(shown, "exchange")
    assert "not kept" in await part(shown, "exchange", "seen=999999")


async def test_no_secret_is_in_the_bodies_that_are_shown(shown: PlainClient) -> None:
    token = shown.emulator.token
    login = {"method": "password", "emailAddress": "owner@example.com", "password": token}
    session = (await shown.call("POST", "/api/content/v2/authentication", json=login))["sessionToken"]
    made = {"name": "theirs", "ownerId": 1, "expires": 4_000_000_000_000}
    theirs = (await shown.call("POST", "/api/data/v1/accesstokens", json=made))["token"]
    settings = {"username": "me", "Zugang": "hush-hush"}
    account = {"name": "a", "displayName": "a", "dataProviderType": "s3", "configurations": settings}
    number = (await shown.call("POST", "/api/data/v1/accounts", json=account))["id"]
    await shown.call("PUT", f"/api/data/v1/providers/s3/account/{number}", json=settings)
    await shown.call("GET", f"/api/nothing/{theirs}?x={token}", status=404)
    await shown.call("POST", f"/api/content/v2/groups?x={token}", json={"name": f"it is {token}", "type": "open"})

    told = [await part(shown, "exchange", f"seen={record.number}") for record in shown.emulator.log]
    told.append(await part(shown, "requests"))
    assert not [each for each in told for secret in (token, session, theirs, "hush-hush") if secret in each]
    assert "owner@example.com" in "".join(told)
    assert "&quot;me&quot;" in "".join(told)


async def test_of_long_bodies_the_beginning_is_shown_and_of_many_the_last(shown: PlainClient) -> None:
    made = await shown.create(COLUMNS, "Long")
    await shown.upload(made, b"1,abcdefgh\n" * 100_000)
    long = {"note": "x" * 100_000, "password": "hush"}
    await shown.call("POST", "/api/content/v2/groups", json=long, status=400)
    first = shown.emulator.log[0].number

    told = await bodies(shown, "PUT *parts/1")
    assert len(told) < 30_000
    assert "Its beginning is shown, of 1100 kB." in told
    assert "too long to find secrets in" in await bodies(shown, "POST */groups")
    for _ in range(1_000):
        await shown.call("GET", "/api/content/v2/users/me")
    assert "not kept any more" in await part(shown, "exchange", f"seen={first}")
    assert "owner@example.com" in await bodies(shown, "GET */me")


async def test_a_dataset_is_shown_with_its_id_columns_and_versions(shown: PlainClient) -> None:
    made = shown.emulator.add.dataset(columns={"Key": "LONG", "Name": "STRING"}, upsert_key=["Key"], rows=[(1, "a")])
    told = await part(shown, "details", f"chosen={made.id}")

    assert made.id in told
    assert re.search(r"Key</th><td>LONG</td><td>key</td>.*Name</th><td>STRING</td><td></td>", told, re.DOTALL)
    assert re.search(r"REPLACE</td>.*>1</td>.*visible", told, re.DOTALL)
    assert made.id in await part(shown, "datasets")
    assert "stand here" in await part(shown, "details", "chosen=gone")


async def test_acts_of_people_and_jobs_are_shown() -> None:
    async with plain_client() as plain:
        add = plain.emulator.add
        ada = add.user(display_name="Ada")
        data = add.dataset(name="Orders")
        card = add.card(title="Sales", dataset_id=data.id, owner_id=ada.id)
        task = add.task(title="Look", queue_id=add.queue(name="Refunds").id, assignee_id=ada.id)
        run = add.workflow_run(workflow_id=add.workflow(name="Approve").id)
        stream = add.stream(name="Filled")
        flow = add.dataflow(name="Joined")
        await plain.call("POST", f"/api/data/v1/streams/{stream.id}/executions", json={}, status=201)
        await plain.call("POST", f"/api/dataprocessing/v1/dataflows/{flow.id}/executions", json={})
        told = {name: each["html"] for name, each in (await plain.call("GET", PARTS)).items()}

    assert all(word in told["cards"] for word in ("Sales", "Orders", "Ada", str(card.id)))
    assert all(word in told["tasks"] for word in ("Look", "Refunds", "OPEN", "Ada", task.id))
    assert all(word in told["jobs"] for word in ("Approve", "COMPLETED", run.id, "Filled", "Joined", "SUCCESS"))
    assert ("1 card.", "1 task.", "3 jobs.") == (told["cards_foot"], told["tasks_foot"], told["jobs_foot"])
    assert "Emulator Owner" in told["activity"]


async def test_lists_are_turned_page_by_page() -> None:
    async with plain_client() as plain:
        for number in range(450):
            plain.emulator.add.group(name=f"Group {number:03}")
        first, second, last = [await plain.call("GET", f"{PARTS}?pages=groups:{page}") for page in (0, 1, 99)]

    assert ["Group 000", "Group 200", "Group 400"] == [
        re.findall(r"Group \d+", each["groups"]["html"])[0] for each in (first, second, last)
    ]
    assert "201 to 400 of 450 groups." in second["groups_foot"]["html"]
    assert ["groups:0", "groups:2"] == re.findall(r'value="([^"]+)"', second["groups_foot"]["html"])
    assert ["groups:1"] == re.findall(r'value="([^"]+)"', last["groups_foot"]["html"])


async def test_empty_lists_say_how_to_fill_them() -> None:
    async with plain_client() as plain:
        told = {name: each["html"] for name, each in (await plain.call("GET", PARTS)).items()}
        none = await part(plain, "datasets", "find=%3Cx%3E")

    for name in ("datasets", "requests", "faults", "groups", "cards", "tasks", "jobs", "activity"):
        assert re.search(r"domo-async|emulator\.", told[name]), name
    assert "No dataset has &#x27;&lt;x&gt;&#x27; in its name." in none


async def test_without_a_script_pages_are_turned_and_bodies_seen(shown: PlainClient) -> None:
    for _ in range(250):
        shown.emulator.add.group()
    await shown.call("GET", "/api/nothing?a=1", status=404)
    number = str(shown.emulator.log[-1].number)
    async with aiohttp.ClientSession(shown.emulator.url) as http:
        form = {"token": shown.emulator.token, "go": "groups:1", "pages": "users:3,groups:0", "request": number}
        async with http.post("/", data=form) as response:
            page = await response.text()

    assert "201 to 250 of 250 groups." in page
    assert 'name="pages" value="users:3,groups:1"' in page
    assert f'name="seen" value="{number}"' in page
    assert "/api/nothing?a=1 \N{RIGHTWARDS ARROW} 404" in page


# The page, in a browser.


@pytest.fixture(scope="session")
def devtools() -> Iterator[str]:
    """A running browser."""
    executable = browser.chromium()
    if executable is None:
        missing = "no Chromium is installed (Debian's package is chromium), and CHROMIUM names none"
        if os.environ.get("CI"):  # where nobody reads what was skipped
            pytest.fail(missing)
        pytest.skip(missing)
    with browser.running(executable) as address:
        yield address


@pytest.fixture
async def page(devtools: str) -> AsyncIterator[Page]:
    """A tab of one's own."""
    async with browser.opened(devtools) as page:
        yield page


async def sign_in(page: Page, plain: PlainClient) -> None:
    """Open the console with the token in the address."""
    await page.open(f"{plain.emulator.url}/#token={plain.emulator.token}")
    await page.until("document.querySelector('[data-part=datasets] button')")


async def choose(page: Page, name: str) -> None:
    """Choose a dataset, and wait for its first rows."""
    await page.look(
        f"[...document.querySelectorAll('[data-part=datasets] button')].find((b) => b.innerText === '{name}').click()"
    )
    await page.until("document.querySelector('[data-part=result] table, [data-part=result] .error')")


@pytest.mark.browser
async def test_the_token_is_typed_once_and_told_to_nobody(page: Page, shown: PlainClient) -> None:
    token = shown.emulator.token
    await page.open(f"{shown.emulator.url}/")
    await page.tab_to("at.id === 'token'")
    await page.type("wrong")
    await page.press("Enter")
    await page.until("document.querySelector('#sign-in-wrong').innerText")
    assert await page.look("document.activeElement.id") == "token"
    await page.type(token)
    await page.press("Enter")
    await page.until("document.body.className === 'signed-in'")
    await page.open(f"{shown.emulator.url}/")
    await page.until("document.querySelector('[data-part=datasets] button')")

    assert all(token not in request["url"] and token not in request.get("postData", "") for request in page.sent)
    assert await page.look("Object.values(sessionStorage)") == [token]
    assert await page.look("Object.values(localStorage).length + document.cookie.length") == 0
    assert token not in str(await page.look("document.documentElement.outerHTML"))
    assert all(token not in str(record) for record in shown.emulator.log)
    await page.click("#sign-out")
    assert await page.look("sessionStorage.length") == 0
    assert "Orders" not in str(await page.look("document.documentElement.outerHTML"))


@pytest.mark.browser
async def test_a_token_in_the_address_is_taken_out_of_it(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)

    assert await page.look("location.href") == f"{shown.emulator.url}/"
    assert all(shown.emulator.token not in request["url"] for request in page.sent)
    assert page.errors == []


@pytest.mark.browser
async def test_a_name_that_is_a_script_is_text(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)
    await page.look(
        "[...document.querySelectorAll('[data-part=datasets] button')].find((b) => b.innerText.includes('bad')).click()"
    )
    await page.until("document.querySelector('[data-part=result] table')")

    assert NASTY in await page.text("[data-part=datasets]")
    assert NASTY in await page.text("[data-part=about]")
    assert await page.look("window.bad === undefined")
    assert page.errors == []


@pytest.mark.browser
async def test_a_dataset_is_looked_into_by_keyboard_alone(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)
    await page.tab_to("at.innerText === 'Orders'")
    await page.press("Enter")
    await page.until("document.querySelector('[data-part=result] table')")
    assert await page.text("#said") == "Orders: 3 rows"
    await page.tab_to("at.id === 'sql'")
    await page.look("document.activeElement.select()")
    await page.type("SELECT nope FROM table")
    await page.press("Enter", control=True)
    await page.until("document.querySelector('[data-part=result] .error')")

    assert "Invalid column(s) referenced: nope" in await page.text("[data-part=result]")
    assert "400 Bad Request" in await page.text("[data-part=result]")
    await page.look("document.activeElement.select()")
    await page.type("SELECT Region FROM table WHERE Id = 2")
    await page.press("Tab")
    await page.press("Enter")
    await page.until("document.querySelector('[data-part=result] td')")
    assert await page.text("[data-part=result] td") == "<b>East</b>"


@pytest.mark.browser
async def test_requests_appear_as_they_come_and_the_focus_stays(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)
    await page.tab_to("at.innerText === 'Orders'")
    await shown.call("GET", "/api/first", status=404)
    await page.until("document.querySelector('[data-part=requests]').innerText.includes('/api/first')")
    await shown.create(COLUMNS, "Newer")
    await page.until("document.querySelector('[data-part=datasets]').innerText.includes('Newer')")

    assert "POST\t/api/data/v2/datasources\t200" in await page.text("[data-part=requests] tr")
    assert await page.look("document.activeElement.innerText") == "Orders"


@pytest.mark.browser
async def test_a_request_is_looked_into_and_lists_are_turned(page: Page, shown: PlainClient) -> None:
    for number in range(201):
        shown.emulator.add.group(name=f"Group {number:03}")
    await sign_in(page, shown)
    await shown.call("POST", "/api/content/v2/groups", json={"name": "Seen", "type": "closed"})
    await page.until("document.querySelector('[data-part=requests]').innerText.includes('/v2/groups')")
    await page.click("[data-part=requests] button")
    await page.until("document.querySelector('[data-part=exchange] pre')")
    await page.click("[data-part=groups_foot] button")
    await page.until("document.querySelector('[data-part=groups]').innerText.includes('Group 200')")

    assert '"name": "Seen"' in await page.text("[data-part=exchange]")
    assert "201 to 202 of 202 groups." in await page.text("[data-part=groups_foot]")
    assert page.errors == []


@pytest.mark.browser
async def test_requests_are_filtered_while_the_filter_is_written(page: Page, shown: PlainClient) -> None:
    await shown.call("GET", "/api/first", status=404)
    await shown.call("GET", "/api/second", status=404)
    await sign_in(page, shown)
    await page.click("[name=filter]")
    await page.type("sec")
    await page.until("!document.querySelector('[data-part=requests]').innerText.includes('/api/first')")
    await page.press("Enter")
    await page.until("document.querySelector('[data-part=requests_foot]').innerText === '1 shown of 2 kept.'")

    assert "/api/second" in await page.text("[data-part=requests]")
    assert await page.look("document.activeElement.name") == "filter"


@pytest.mark.browser
async def test_requests_on_hold_stay_as_they_are(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)
    await page.click("#live")
    await shown.call("GET", "/api/first", status=404)
    await page.until("document.querySelector('#connection').innerText.includes('on hold')")
    held = await page.text("[data-part=requests]")
    await page.click("#live")
    await page.until("document.querySelector('[data-part=requests]').innerText.includes('/api/first')")

    assert "/api/first" not in held


@pytest.mark.browser
async def test_a_fault_is_added_switched_off_and_removed_by_keyboard(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)
    await page.tab_to("at.name === 'route'")
    await page.look("document.activeElement.select()")
    await page.type("GET /api/data/*")
    await page.tab_to("at.name === 'count'")
    await page.look("document.activeElement.value = ''")
    await page.press("Enter")
    await page.until("document.querySelector('[data-part=faults] button')")
    await shown.call("GET", DATASETS, status=503)
    await page.look("document.querySelector('[data-part=faults]').closest('.pane').focus()")
    await page.tab_to("at.name === 'switch-fault'")
    await page.press(" ")
    await page.until("document.querySelector('[aria-checked=false]')")
    await shown.call("GET", DATASETS)

    assert await page.look("document.activeElement.name") == "switch-fault"
    assert await page.text("#said") == "The fault is off."
    await page.press("Tab")
    await page.press("Enter")
    await page.until("!document.querySelector('[data-part=faults] button')")
    assert shown.emulator.faults.armed() == []


@pytest.mark.browser
async def test_the_first_tab_is_a_way_past_the_head(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)
    await page.press("Tab")
    assert await page.text(":focus") == "Skip to the content"
    assert await page.look("document.activeElement.getBoundingClientRect().top >= 0")
    await page.press("Enter")
    await page.press("Tab")

    assert await page.look("document.activeElement.name") == "find"
    assert "none" not in str(await page.look("getComputedStyle(document.activeElement).outlineStyle"))


@pytest.mark.browser
async def test_all_that_can_be_used_has_a_name_and_only_the_answer_to_a_deed_is_announced(
    page: Page, shown: PlainClient
) -> None:
    shown.emulator.faults.add(Fault("PUT *parts*", "slow", count=None))
    await sign_in(page, shown)
    await choose(page, "Orders")
    told = await page.told()
    roles = {
        "button",
        "textbox",
        "searchbox",
        "combobox",
        "checkbox",
        "switch",
        "spinbutton",
        "link",
        "meter",
        "region",
    }
    used = [each for each in told if each.role in roles]

    assert {"button", "textbox", "combobox", "switch", "region", "meter"} <= {each.role for each in used}
    assert [each for each in used if not each.name.strip()] == []
    assert await page.look(
        "[...document.querySelectorAll('[aria-live],[role=log],[role=status]')].map((e) => e.id)"
    ) == ["said"]


CONTRASTS = """
(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const channels = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => channels(color).slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (channels(color)[3] === 255) return color;
    }
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.checkVisibility() && !e.disabled
      && ([...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.matches("input, select, textarea")))
    .map((e) => {
      const [one, other] = [light(getComputedStyle(e).color), light(behind(e))].sort((a, b) => b - a);
      return [e.outerHTML.slice(0, 80), (one + 0.05) / (other + 0.05)];
    })
    .filter(([, contrast]) => contrast < 4.5);
})()
"""


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_can_be_read(page: Page, shown: PlainClient, scheme: str) -> None:
    await shown.call("GET", "/api/first", status=404)
    shown.emulator.faults.add(Fault("GET /api/second", "status"))
    await shown.call("GET", "/api/second", status=500)
    await page.scheme(scheme)
    await sign_in(page, shown)
    await choose(page, "Orders")

    assert await page.look(CONTRASTS) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 800, 1280, 1920])
async def test_nothing_moves_or_sticks_out_at_any_width(page: Page, shown: PlainClient, width: int) -> None:
    await page.size(width, 800)
    await sign_in(page, shown)
    await shown.call("GET", f"/api/first/{'x' * 300}", status=404)
    await page.until("document.querySelector('[data-part=requests]').innerText.includes('/api/first')")
    await choose(page, "Orders")

    assert await page.look("document.documentElement.scrollWidth <= innerWidth")
    assert await page.look("window.shifts") < 0.01


@pytest.mark.browser
async def test_the_page_can_be_read_without_a_script(page: Page, shown: PlainClient) -> None:
    await page.without_scripts()
    await page.open(f"{shown.emulator.url}/")
    await page.click("#token")
    await page.type(shown.emulator.token)
    await page.press("Enter")
    await page.until("document.body.className === 'signed-in'")
    assert "Orders" in await page.text("[data-part=datasets]")
    await page.click("[data-part=datasets] tr:last-child button")
    await page.until("document.querySelector('[data-part=result] td')")

    assert "West" in await page.text("[data-part=result]")
    assert "owner@example.com" in await page.text("[data-part=users]")
    assert await page.look("getComputedStyle(document.querySelector('#fault-form')).display") == "none"
    assert page.errors == []


@pytest.mark.browser
async def test_a_lost_connection_and_its_return_are_told(page: Page, shown: PlainClient) -> None:
    await sign_in(page, shown)
    await page.command("Network.emulateNetworkConditions", **_network(offline=True))
    await page.until("document.querySelector('#connection').innerText === 'No connection'")
    await page.command("Network.emulateNetworkConditions", **_network(offline=False))
    await page.until("document.querySelector('#connection').innerText === 'Live'")


def _network(*, offline: bool) -> dict[str, Any]:
    return {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


async def test_the_page_is_shown_by_the_synchronous_emulator_too() -> None:
    with Emulator() as emulator:
        async with aiohttp.ClientSession() as http, http.get(emulator.url) as response:
            assert response.status == 200
