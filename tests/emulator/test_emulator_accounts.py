"""Accounts of the embedded instance."""

from __future__ import annotations

import pytest

from domo_async import ConfigError, Domo, Forbidden, NotFound, Secret
from domo_async._endpoints.search.filters import Term
from domo_async.emulator import Emulator
from tests.emulator.others import another
from tests.emulator.plain_client import connected

S3 = {"region": "us-west-2", "secretKey": "hidden"}


async def test_an_account_can_be_made_in_the_page_s_form_and_in_that_of_other_clients(domo: Domo):
    plain = await domo.accounts.create(display_name="New Account", account_type="Standard")
    for_s3 = await domo.accounts.create(
        display_name="Bucket", name="bucket", data_provider_type="amazon-s3", configurations=S3
    )

    listed = await domo.accounts.list().all()
    assert ("New Account", "Standard", "Active", True) == (
        plain.display_name,
        plain.account_type,
        plain.status,
        plain.valid,
    )
    assert ("bucket", "amazon-s3", 1) == (for_s3.name, for_s3.data_provider_type, for_s3.user_id)
    assert [plain, for_s3] == listed
    assert for_s3.number is not None
    assert for_s3 == await domo.accounts.get(for_s3.number)


async def test_values_that_look_like_secrets_are_not_told_again(domo: Domo):
    account = await domo.accounts.create(display_name="B", name="b", data_provider_type="s3", configurations=S3)

    assert Secret({"region": "us-west-2", "secretKey": "********"}) == account.configurations


async def test_an_account_is_told_by_number_under_both_names(emulator: Emulator):
    async with connected(emulator) as plain:
        made = await plain.call(
            "POST", "/api/data/v1/accounts", json={"displayName": "New Account", "accountType": "Standard"}
        )
        listed = await plain.call("GET", "/api/data/v1/accounts/")

    assert (1, 1, "New Account", "Active") == (made["accountId"], made["id"], made["displayName"], made["status"])
    assert [made] == listed


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"displayName": "x"},
        {"displayName": "", "accountType": "Standard"},
        {"displayName": "x", "name": "x", "dataProviderType": "s3"},
        {"displayName": "x", "name": "x", "configurations": {}},
    ],
)
async def test_an_account_of_neither_form_is_a_bad_request(emulator: Emulator, body: dict[str, object]):
    async with connected(emulator) as plain:
        await plain.call("POST", "/api/data/v1/accounts", json=body, status=400)


async def test_accounts_are_found_by_name_in_the_order_asked_for(domo: Domo):
    for name in ("sdk two", "other", "sdk one"):
        await domo.accounts.create(display_name=name, name="n", data_provider_type="s3", configurations={})

    found = await domo.accounts.search(query="*sdk*", sort_by="display_name_sort", page_size=1).all()
    of_provider = await domo.accounts.search(query="*", filters=[Term("data_provider_type", "s3")]).all()

    assert [("sdk one", 3, "Active"), ("sdk two", 1, "Active")] == [
        (account.display_name, account.number, account.status) for account in found
    ]
    assert {"account"} == {account.entity_type for account in found}
    assert 3 == len(of_provider)


async def test_an_account_that_was_deleted_is_gone(domo: Domo):
    account = await domo.accounts.create(display_name="Gone", account_type="Standard")
    assert account.number is not None

    await domo.accounts.delete(account.number)

    assert [] == await domo.accounts.list().all()
    assert [] == await domo.accounts.search(query="Gone").all()
    with pytest.raises(NotFound):
        await domo.accounts.get(account.number)
    with pytest.raises(NotFound):
        await domo.accounts.delete(account.number)


async def test_an_account_is_for_its_owner_and_admins(emulator: Emulator, domo: Domo):
    account = await domo.accounts.create(display_name="Mine", account_type="Standard")
    assert account.number is not None

    async with another(emulator) as other:
        own = await other.accounts.create(display_name="Theirs", account_type="Standard")
        assert [own] == await other.accounts.list().all()
        with pytest.raises(Forbidden):
            await other.accounts.get(account.number)
        with pytest.raises(Forbidden):
            await other.accounts.delete(account.number)

    assert [account, own] == await domo.accounts.list().all()


async def test_an_account_is_renamed_shared_and_configured(domo: Domo, emulator: Emulator) -> None:
    account = await domo.accounts.create(display_name="B", name="b", data_provider_type="s3", configurations=S3)
    number = account.number
    assert number is not None

    renamed = await domo.accounts.rename(number, display_name="Spare ö")
    async with another(emulator, 1001) as ada:
        with pytest.raises(Forbidden):
            await ada.accounts.get(number)
        await domo.accounts.share(number, grantee_id=1001, access_level="CAN_VIEW")
        assert "Spare ö" == (await ada.accounts.get(number)).display_name
        assert [number] == [each.number for each in await ada.accounts.list(type="data", fields="all").all()]
        with pytest.raises(Forbidden):
            await ada.accounts.rename(number, display_name="Mine")
        access = await domo.accounts.access(number)
        await domo.accounts.share(number, grantee_id=1001, access_level="NONE")
        with pytest.raises(Forbidden):
            await ada.accounts.get(number)
    changed = await domo.accounts.set_configuration(
        number, data_provider_type="s3", configurations={"region": "eu-central-1", "secretKey": "new"}
    )
    settings = await domo.accounts.configuration(number, data_provider_type="s3")

    assert ("Spare ö", number) == (renamed.display_name, renamed.number)
    assert [("1", "OWNER"), ("1001", "CAN_VIEW")] == [(each.id, each.access_level) for each in access.entries]
    assert 2 == access.total_user_count
    assert {"region": "eu-central-1", "secretKey": "********"} == settings.get_secret_value()
    assert "eu-central-1" not in f"{settings!r} {changed!r}"
    with pytest.raises(NotFound):
        await domo.accounts.configuration(number, data_provider_type="other")
    with pytest.raises(ConfigError, match="display_name is empty"):
        await domo.accounts.rename(number, display_name=" ")
