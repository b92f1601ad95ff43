"""App Studio apps, which the documents leave out but for sharing them."""

from __future__ import annotations

from domo_async._endpoints.data_apps import DataApp, DataAppAccess, DataAppSummary
from domo_async._endpoints.groups.models import Member
from tests.contract.row import Row, Sent, whole

APPS = "/api/content/v1/dataapps"
OWNER = {"displayName": "Ada", "id": 27, "type": "USER"}

ROWS = [
    Row(
        "extra: App Studio, Admin Summary",
        lambda domo: domo.data_apps.list(title="Portal").all(),
        Sent(
            "POST",
            f"{APPS}/adminsummary",
            query={"limit": "100", "skip": "0"},
            json={"orderBy": "title", "ascending": True, "includeTitleClause": True, "titleSearchText": "Portal"},
            answer=whole(
                {
                    "dataAppAdminSummaries": [
                        {
                            "dataAppId": 7,
                            "lastUpdated": 1735689600000,
                            "locked": False,
                            "owners": [OWNER],
                            "title": "Portal",
                            "viewCount": 3,
                        }
                    ],
                    "nextOffset": 100,
                    "totalDataAppCount": 1,
                }
            ),
        ),
        gives=DataAppSummary,
        says=lambda answer: answer["dataAppAdminSummaries"],
    ),
    Row(
        "extra: App Studio, List apps",
        lambda domo: domo.data_apps.visible(),
        Sent("GET", APPS, answer=whole([{"dataAppId": 7, "title": "Portal", "owners": [OWNER]}])),
        gives=DataApp,
    ),
    Row(
        "extra: App Studio, Get app",
        lambda domo: domo.data_apps.get(7, include_hidden_views=True, authoring=False),
        Sent(
            "GET",
            f"{APPS}/7",
            query={"includeHiddenViews": "true", "authoring": "false"},
            answer=whole(
                {
                    "dataAppId": 7,
                    "title": "Portal",
                    "description": "For all",
                    "owner": 27,
                    "owners": [OWNER],
                    "locked": False,
                    "landingViewId": 8,
                    "views": [{"viewId": 8, "title": "Start"}],
                }
            ),
        ),
        gives=DataApp,
    ),
    Row(
        "extra: App Studio, App access",
        lambda domo: domo.data_apps.access(7),
        Sent(
            "GET",
            f"{APPS}/7/access",
            query={"expandUsers": "false"},
            answer=whole(
                {
                    "users": [{"id": 27, "displayName": "Ada", "isOwner": True}],
                    "groups": [{"id": 5}],
                    "totalUserCount": 1,
                }
            ),
        ),
        gives=DataAppAccess,
    ),
    Row(
        "extra: App Studio, Add owners",
        lambda domo: domo.data_apps.add_owners(
            data_app_ids=[7], owners=[27, Member(5, "GROUP")], note="Yours", send_email=False
        ),
        Sent(
            "PUT",
            f"{APPS}/bulk/owners",
            json={
                "entityIds": ["7"],
                "owners": [{"id": 27, "type": "USER"}, {"id": 5, "type": "GROUP"}],
                "note": "Yours",
                "sendEmail": False,
            },
        ),
    ),
    Row(
        "seen: App Studio, Remove owners",
        lambda domo: domo.data_apps.remove_owners(data_app_ids=["7"], owners=[27]),
        Sent(
            "POST",
            f"{APPS}/bulk/owners/remove",
            json={"entityIds": ["7"], "owners": [{"id": "27", "type": "USER"}]},
        ),
    ),
    Row(
        "extra: App Studio, Admin Summary",
        lambda domo: domo.data_apps.list(owner_ids=[27]).all(),
        Sent(
            "POST",
            f"{APPS}/adminsummary",
            query={"limit": "100", "skip": "0"},
            json={"orderBy": "title", "ascending": True, "includeOwnerClause": True, "ownerIds": [27]},
            answer=whole({"dataAppAdminSummaries": [{"dataAppId": 7, "owners": [OWNER]}], "totalDataAppCount": 1}),
        ),
        gives=DataAppSummary,
        says=lambda answer: answer["dataAppAdminSummaries"],
        note="of one owner",
    ),
]
