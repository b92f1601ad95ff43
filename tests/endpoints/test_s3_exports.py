"""Exports to S3: waited for to good and bad ends, and credentials that nobody gets to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from aiohttp import web

from domo_async import BadRequest, ConfigError, Domo, JobFailed, ServerError, TransportError, UnknownState, WaitTimeout
from domo_async._endpoints.s3_exports import AwsCredentials, ExportQuery, S3Export
from tests.support import SkippingClock, talking_to

PATH = "/api/query/v1/export/orders"
SECRETS = ("an-access-key-0123", "an-access-secret-0123", "a-session-token-0123")


class Instance:
    """An instance whose exports are told in one list after the other, and then stay as in the last.

    Args:
        *lists: What looking tells, look by look; each item is what is told of an export besides its id.
    """

    def __init__(self, *lists: Sequence[Mapping[str, object]]) -> None:
        self._lists = list(lists)
        self.asked: list[str] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        if request.method == "POST":
            return web.json_response({"exportId": "mine", "exportStatus": "none"})
        return web.json_response(self._lists.pop(0) if len(self._lists) > 1 else self._lists[0])


def told(status: str, **facts: object) -> Mapping[str, object]:
    return {"exportId": "mine", "exportStatus": status, **facts}


async def create(domo: Domo, **options: Any) -> S3Export:
    return await domo.s3_exports.create(
        "orders",
        **{
            "credentials": AwsCredentials(*SECRETS),
            "bucket": "acme-exports",
            "path": "orders",
            "region": "eu-central-1",
            "query": ExportQuery(["region"]),
            **options,
        },
    )


async def test_an_export_is_waited_for_among_others_with_pauses_that_grow():
    other = {"exportId": "another", "exportStatus": "success", "urlRowCountMap": {"https://s3/another": 1}}
    done = told("success", urlRowCountMap={"https://s3/mine": 2})
    instance = Instance([other], [other, told("none")], [told("exporting"), other], [other, done])
    clock = SkippingClock()

    async with talking_to(instance, clock=clock) as domo:
        export = await create(domo, wait=True)

    assert ("mine", "success", {"https://s3/mine": 2}) == (
        export.export_id,
        export.export_status,
        export.url_row_count_map,
    )
    assert [f"POST {PATH}", *[f"GET {PATH}"] * 4] == instance.asked
    assert [0.05, 0.075, 0.1125] == pytest.approx(clock.slept)


async def test_an_export_that_is_not_waited_for_costs_one_request():
    instance = Instance([])

    async with talking_to(instance) as domo:
        export = await create(domo)

    assert "none" == export.export_status
    assert [f"POST {PATH}"] == instance.asked


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"errorCode": "AccessDenied", "message": "the bucket is closed"}, "AccessDenied: the bucket is closed"),
        ({"errorCode": None, "message": "the bucket is closed"}, "the bucket is closed"),
        ({"errorCode": "AccessDenied"}, "AccessDenied"),
        ({"errorCode": "", "message": ""}, None),
    ],
)
async def test_an_export_that_failed_says_why(facts, reason):
    async with talking_to(Instance([told("exporting")], [told("error", **facts)])) as domo:
        with pytest.raises(JobFailed, match="export mine of dataset orders ended as error") as caught:
            await create(domo, wait=True)

    assert ("error", reason) == (caught.value.state, caught.value.reason)


async def test_an_export_in_the_newer_words_is_waited_for_to_its_end() -> None:
    async with talking_to(Instance([told("running")], [told("failed")])) as domo:
        with pytest.raises(JobFailed, match="ended as failed"):
            await create(domo, wait=True)


async def test_a_status_that_nobody_knows_is_told_at_the_first_look_without_the_credentials() -> None:
    clock = SkippingClock()

    async with talking_to(Instance([told("paused", message=f"denied to {SECRETS[1]}")]), clock=clock) as domo:
        with pytest.raises(UnknownState, match="export mine of dataset orders is in the state paused") as caught:
            await create(domo, wait=True)

    assert "paused" == caught.value.state
    assert [] == clock.slept
    assert SECRETS[1] not in f"{caught.value} {caught.value.reason}"


async def test_an_export_that_takes_too_long_tells_its_last_status():
    clock = SkippingClock()

    async with talking_to(Instance([told("none")], [told("exporting")]), clock=clock) as domo:
        with pytest.raises(WaitTimeout, match="export mine of dataset orders has not ended after 60 sec") as caught:
            await create(domo, wait=True, timeout=60)

    assert "exporting" == caught.value.state
    assert 60 == pytest.approx(sum(clock.slept), abs=1)


async def test_an_export_that_is_never_told_ends_in_a_timeout_without_a_status():
    async with talking_to(Instance([{"exportId": "another", "exportStatus": "success"}])) as domo:
        with pytest.raises(WaitTimeout) as caught:
            await domo.s3_exports.wait("orders", "mine", timeout=10)

    assert caught.value.state is None


async def test_an_export_whose_answer_is_lost_is_not_begun_again():
    asked = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.method)
        assert request.transport
        request.transport.close()
        return web.Response()

    async with talking_to(handler) as domo:
        with pytest.raises(TransportError) as caught:
            await create(domo)

    assert ["POST"] == asked
    assert [] == [secret for secret in SECRETS if secret in f"{caught.value} {caught.value!r}"]


async def test_no_credential_is_in_an_error_or_a_log(caplog):
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response({"status": 400, "message": "no such column"}, status=400)

    async with talking_to(handler) as domo:
        with caplog.at_level("DEBUG"), pytest.raises(BadRequest, match="no such column") as caught:
            await create(domo)

    said = f"{caught.value} {caught.value!r} {vars(caught.value)} {caplog.text}"

    assert [] == [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_an_instance_that_repeats_the_credentials_does_not_show_them(status):
    async def handler(request: web.Request) -> web.StreamResponse:
        sent = await request.json()
        message = f"the bucket refuses {' and '.join(SECRETS)}"
        return web.json_response({**sent, **told("none"), "errorCode": SECRETS[0], "message": message}, status=status)

    async with talking_to(handler) as domo:
        try:
            said = repr(await create(domo))
        except (BadRequest, ServerError) as error:
            said = f"{error} {error!r} {vars(error)} {error.args}"

    assert "the bucket refuses *** and ***" in said
    assert [] == [secret for secret in SECRETS if secret in said]


async def test_an_export_of_before_that_is_given_again_is_not_waited_for():
    async def handler(request: web.Request) -> web.StreamResponse:
        assert "POST" == request.method
        return web.json_response(told("success"))

    async with talking_to(handler) as domo:
        export = await create(domo, wait=True)

    assert "success" == export.export_status


async def test_an_export_that_failed_at_once_says_why():
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response(told("error", message="no such bucket"))

    async with talking_to(handler) as domo:
        with pytest.raises(JobFailed, match="no such bucket"):
            await create(domo, wait=True)


def test_credentials_do_not_show_when_they_are_printed():
    credentials = AwsCredentials(*SECRETS)

    assert [] == [secret for secret in SECRETS if secret in f"{credentials} {credentials!r} {[credentials]}"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (ExportQuery([]), "columns is empty"),
        (ExportQuery("region"), "columns takes a list"),
        (ExportQuery(["region"], order_by="region"), "order_by takes a list"),
        (ExportQuery(["region"], group_by="region"), "group_by takes a list"),
    ],
)
async def test_a_query_that_is_surely_wrong_is_not_sent(query, message):
    instance = Instance([])

    async with talking_to(instance) as domo:
        with pytest.raises(ConfigError, match=message):
            await create(domo, query=query)

    assert [] == instance.asked
