"""Migrations: those that are not complete are errors, although their status is 200."""

from __future__ import annotations

import pytest
from aiohttp import web

from domo_async import JobFailed, TransportError, UnknownState
from tests.support import Handler, talking_to

CALLS = {
    "to V2": lambda area, **options: area.federated.migrate(
        "orders", 2, catalog="shop", schema=None, table="orders", **options
    ),
    "back to V1": lambda area, **options: area.federated.reverse("orders", **options),
    "to Amplifier": lambda area, **options: area.amplifier.migrate("orders", "an-integration", **options),
    "back to Federated": lambda area, **options: area.amplifier.reverse("orders", **options),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def answering(**facts: object) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        return web.json_response({"toe": "UCIIAGMUEF-G4XS4-9G8UP", "datasourceId": "orders", **facts})

    return handler


@every_call
@pytest.mark.parametrize("state", ["INCOMPLETE", "ABORTED"])
async def test_a_migration_that_is_not_complete_is_an_error_that_says_why(call, state):
    async with talking_to(answering(state=state, errorMessage="the table is gone")) as domo:
        with pytest.raises(JobFailed) as caught:
            await call(domo.migrations)

    assert (state, "the table is gone") == (caught.value.state, caught.value.reason)
    assert (
        f"the migration of orders (toe UCIIAGMUEF-G4XS4-9G8UP) ended as {state}: the table is gone"
        == caught.value.message
    )


@every_call
async def test_a_migration_that_is_not_complete_can_be_looked_at_instead(call):
    async with talking_to(answering(state="INCOMPLETE", errorMessage="the table is gone")) as domo:
        migration = await call(domo.migrations, check=False)

    assert ("INCOMPLETE", "the table is gone") == (migration.state, migration.error_message)


@every_call
async def test_a_migration_that_is_complete_is_not_an_error(call):
    async with talking_to(answering(state="COMPLETE")) as domo:
        assert "COMPLETE" == (await call(domo.migrations)).state


@every_call
async def test_an_error_without_a_message_or_a_toe_still_names_dataset_and_state(call):
    async with talking_to(answering(state="ABORTED", errorMessage=None, toe=None)) as domo:
        with pytest.raises(JobFailed, match="^the migration of orders ended as ABORTED$") as caught:
            await call(domo.migrations)

    assert caught.value.reason is None


@every_call
async def test_an_end_that_is_not_known_is_told_as_neither_good_nor_bad(call):
    async with talking_to(answering(state="SOMETHING_NEW", errorMessage="the table is gone")) as domo:
        with pytest.raises(UnknownState) as caught:
            await call(domo.migrations)

    assert ("SOMETHING_NEW", "the table is gone") == (caught.value.state, caught.value.reason)


@every_call
async def test_an_answer_without_a_state_is_not_taken_for_success(call):
    async with talking_to(answering()) as domo:
        with pytest.raises(UnknownState, match="without a state"):
            await call(domo.migrations)


@every_call
async def test_a_migration_whose_answer_is_lost_is_not_sent_again(call):
    asked = []

    async def handler(request: web.Request) -> web.StreamResponse:
        asked.append(request.method)
        assert request.transport
        request.transport.close()
        return web.Response()

    async with talking_to(handler) as domo:
        with pytest.raises(TransportError):
            await call(domo.migrations)

    assert ["POST"] == asked
