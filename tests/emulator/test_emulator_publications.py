"""The embedded instance's publications."""

from __future__ import annotations

import pytest

from domo_async import Domo, Forbidden, NotFound
from domo_async._endpoints.publications import PublishedContent
from tests.emulator.others import colleague


async def test_a_publication_is_made_listed_and_told(domo: Domo) -> None:
    made = await domo.publications.create(
        name="Sales",
        domain="acme.domo.com",
        content=[PublishedContent(7), PublishedContent("abc", "DATASET")],
        subscriber_domains=["shop.domo.com"],
    )

    (found,) = await domo.publications.list(search="sal").all()
    told = await domo.publications.get(made)

    assert (made, 1, 1, 0, 1) == (found.id, found.pages, found.data_sets, found.cards, found.subscribers)
    assert ("Sales", ["shop.domo.com"]) == (told.name, [each.domain for each in told.subscribers])
    with pytest.raises(NotFound):
        await domo.publications.get("none")
    async with colleague(domo) as ada:
        with pytest.raises(Forbidden):
            await ada.domo.publications.create(
                name="Mine", domain="acme", content=[PublishedContent(7)], subscriber_domains=["shop.domo.com"]
            )
