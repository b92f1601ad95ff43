"""Data accounts: E033 to E036."""

from __future__ import annotations

from domo_async._endpoints.accounts import Account, AccountAccess
from domo_async._endpoints.search.filters import Term
from domo_async._endpoints.search.models import FieldSort, Sort
from tests.contract.row import Row, Sent, documented, whole

BASE = "/api/data/v1/accounts"
SEARCH = "/api/search/v1/query"
FOUND = {"entityType": "account", "databaseId": "479", "name": "SDK Account", "valid": True}

SEEN = {
    "id": 71,
    "userId": 27,
    "name": "spare",
    "displayName": "Spare",
    "type": "data",
    "valid": True,
    "dataProviderType": "abstract-credential-store",
    "credentialsType": "fields",
    "createdAt": 1684447092000,
    "createdBy": 27,
    "modifiedAt": 1711218386000,
    "modifiedBy": 27,
    "configurations": {},
    "accountId": 71,
    "accountTemplateId": None,
    "accountTemplateAuthorizationId": None,
    "allowExternalUse": False,
    "secretId": None,
    "secretManagerAccountId": None,
    "validationReason": "text",
    "validationStatus": "UNVERIFIED",
    "validationStatusChangedAt": 1711218386000,
}

ROWS = [
    Row(
        "E033",
        lambda domo: domo.accounts.get(479),
        Sent("GET", f"{BASE}/479", answer=documented("E033")),
        gives=Account,
    ),
    Row(
        "E033",
        lambda domo: domo.accounts.get("479"),
        Sent("GET", f"{BASE}/479", answer=documented("E033-live")),
        gives=Account,
        note="as instances answer",
    ),
    Row(
        "E034",
        lambda domo: domo.accounts.list().all(),
        Sent("GET", BASE, query={"limit": "1000", "offset": "0"}, answer=documented("E034")),
        gives=Account,
    ),
    Row(
        "E034",
        lambda domo: domo.accounts.list().all(),
        Sent("GET", BASE, query={"limit": "1000", "offset": "0"}, answer=b"[" + documented("E033-live") + b"]"),
        gives=Account,
        note="as instances answer",
    ),
    Row(
        "E035",
        lambda domo: domo.accounts.search(
            query="*sdk*",
            filters=[Term("valid", "true")],
            facet_values_to_include=["DATAPROVIDERNAME", "VALID"],
            sort_by=Sort([FieldSort("display_name_sort")]),
            combine_results=False,
            query_profile="GLOBAL",
        ).all(),
        Sent(
            "POST",
            SEARCH,
            json={
                "count": 100,
                "offset": 0,
                "combineResults": False,
                "query": "*sdk*",
                "filters": [{"filterType": "term", "field": "valid", "value": "true"}],
                "facetValuesToInclude": ["DATAPROVIDERNAME", "VALID"],
                "queryProfile": "GLOBAL",
                "entityList": [["account"]],
                "sort": {
                    "fieldSorts": [{"field": "display_name_sort", "sortOrder": "ASC"}],
                    "isRelevance": False,
                },
            },
            answer=documented("E035"),
        ),
        gives=Account,
        says=lambda answer: answer["results"],
    ),
    Row(
        "E035",
        lambda domo: domo.accounts.search(query="*sdk*", offset=20, limit=5).all(),
        Sent(
            "POST",
            SEARCH,
            json={"count": 5, "offset": 20, "query": "*sdk*", "entityList": [["account"]]},
            answer=whole(
                {
                    "facetMap": {},
                    "totalResultCount": 21,
                    "queryUuid": "d775bcda-f3f6-4c62-b0b1-d3c57a609637",
                    "hideSearchObjects": False,
                    "searchObjects": [FOUND],
                    "searchResultsMap": {"account": [FOUND]},
                }
            ),
        ),
        gives=Account,
        says=lambda answer: answer["searchObjects"],
        note="as the Search page has it",
    ),
    Row(
        "E035",
        lambda domo: domo.accounts.search(query="*sdk*", combine_results=False).all(),
        Sent(
            "POST",
            SEARCH,
            json={
                "count": 100,
                "offset": 0,
                "combineResults": False,
                "query": "*sdk*",
                "entityList": [["account"]],
            },
            answer=whole({"totalResultCount": 1, "searchObjects": [], "searchResultsMap": {"account": [FOUND]}}),
        ),
        gives=Account,
        says=lambda answer: answer["searchResultsMap"]["account"],
        note="in groups alone",
    ),
    Row(
        "E036",
        lambda domo: domo.accounts.create(display_name="New Account", account_type="Standard"),
        Sent(
            "POST",
            BASE,
            json={"displayName": "New Account", "accountType": "Standard"},
            answer=documented("E036"),
        ),
        gives=Account,
    ),
    Row(
        "E036",
        lambda domo: domo.accounts.create(
            display_name="SDK Account",
            name="sdk-account",
            data_provider_type="amazon-s3",
            configurations={"region": "us-west-2"},
        ),
        Sent(
            "POST",
            BASE,
            json={
                "displayName": "SDK Account",
                "name": "sdk-account",
                "dataProviderType": "amazon-s3",
                "configurations": {"region": "us-west-2"},
            },
            answer=documented("E033-live"),
        ),
        gives=Account,
        note="for a connector",
    ),
    Row(
        "extra: Data Accounts, Delete account",
        lambda domo: domo.accounts.delete(479),
        Sent("DELETE", f"{BASE}/479"),
    ),
    Row(
        "data service: accounts, all fields",
        lambda domo: domo.accounts.list(type="data", fields="all").all(),
        Sent(
            "GET", BASE, query={"type": "data", "fields": "all", "limit": "1000", "offset": "0"}, answer=whole([SEEN])
        ),
        gives=Account,
    ),
    Row(
        "data service: account, all fields",
        lambda domo: domo.accounts.get(71, fields="all"),
        Sent("GET", f"{BASE}/71", query={"fields": "all"}, answer=whole(SEEN)),
        gives=Account,
    ),
    Row(
        "extra: Data Accounts, Rename account",
        lambda domo: domo.accounts.rename(71, display_name="Spare ö"),
        Sent(
            "PUT",
            f"{BASE}/71/name",
            body="Spare ö".encode(),
            headers={"Content-Type": "text/plain"},
            answer=whole(SEEN),
        ),
        gives=Account,
    ),
    Row(
        "extra: Data Accounts, Account access list",
        lambda domo: domo.accounts.access(71),
        Sent(
            "GET",
            "/api/data/v2/accounts/share/71",
            answer=whole(
                {
                    "list": [
                        {"type": "USER", "id": "55874022", "accessLevel": "CAN_VIEW", "name": "Eve"},
                        {"type": "GROUP", "id": "5", "accessLevel": "CAN_EDIT", "name": "Buyers"},
                    ],
                    "totalUserCount": 1,
                }
            ),
        ),
        gives=AccountAccess,
    ),
    Row(
        "extra: Data Accounts, Share account",
        lambda domo: domo.accounts.share(71, grantee_id=5, access_level="CAN_VIEW", type="GROUP"),
        Sent(
            "PUT",
            "/api/data/v2/accounts/share/71",
            json={"type": "GROUP", "id": "5", "accessLevel": "CAN_VIEW"},
        ),
    ),
    Row(
        "extra: Data Accounts, Get account config",
        lambda domo: domo.accounts.configuration(71, data_provider_type="snowflake"),
        Sent(
            "GET",
            "/api/data/v1/providers/snowflake/account/71",
            query={"unmask": "false"},
            answer=whole({"username": "ada", "password": "****"}),
        ),
        gives=lambda found: {"username": "ada", "password": "****"} == found.get_secret_value(),
    ),
    Row(
        "extra: Data Accounts, Set account config",
        lambda domo: domo.accounts.set_configuration(
            71, data_provider_type="snowflake", configurations={"username": "ada"}
        ),
        Sent(
            "PUT",
            "/api/data/v1/providers/snowflake/account/71",
            json={"username": "ada"},
            answer=whole(SEEN),
        ),
        gives=Account,
    ),
]
