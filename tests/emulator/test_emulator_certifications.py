"""The embedded instance's certifications."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domo_async import BadRequest, Domo, Forbidden, NotFound
from domo_async._endpoints.certifications import Certification
from tests.emulator.others import a_user, acting_as


async def test_a_certification_comes_and_goes(domo: Domo) -> None:
    dataset = (await domo.datasets.create("Orders", {"id": "LONG"})).id
    assert Certification(tag="CERTIFIED") == await domo.certifications.get("DATA_SOURCE", dataset)

    await domo.certifications.certify("DATA_SOURCE", dataset)
    found = await domo.certifications.get("DATA_SOURCE", dataset)
    assert ("CERTIFIED", "ACTIVE") == (found.tag, found.state)
    assert found.updated is not None
    assert abs(datetime.now(UTC) - found.updated) < timedelta(minutes=1)
    assert found.metadata is not None
    assert (True, "COMPANY", 1) == (
        found.metadata.admin_certified,
        found.metadata.process_type,
        found.metadata.user_id,
    )
    assert (await domo.certifications.get("CARD", 512)).state is None

    await domo.certifications.remove("DATA_SOURCE", dataset)
    await domo.certifications.remove("DATA_SOURCE", dataset)
    assert (await domo.certifications.get("DATA_SOURCE", dataset)).state is None


async def test_only_cards_and_datasets_that_are_there_can_be_certified(domo: Domo) -> None:
    with pytest.raises(NotFound):
        await domo.certifications.certify("DATA_SOURCE", "none")
    with pytest.raises(BadRequest, match="PAGE"):
        await domo.certifications.certify("PAGE", 7)


async def test_others_cannot_certify_what_is_not_theirs(domo: Domo) -> None:
    dataset = (await domo.datasets.create("Orders", {"id": "LONG"})).id
    async with acting_as(domo, await a_user(domo)) as other:
        with pytest.raises(Forbidden):
            await other.certifications.certify("DATA_SOURCE", dataset)
        with pytest.raises(Forbidden):
            await other.certifications.certify("CARD", 512)

        assert (await other.certifications.get("DATA_SOURCE", dataset)).state is None
