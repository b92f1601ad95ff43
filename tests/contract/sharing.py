"""Sharing content, which the documents leave out."""

from __future__ import annotations

from domo_async._endpoints.sharing import Recipient, Resource
from tests.contract.row import Row, Sent

ROWS = [
    Row(
        "extra: Content Sharing, Share Resource",
        lambda domo: domo.sharing.share(
            resources=[Resource(7), Resource("1234", "badge")],
            recipients=[Recipient(27), Recipient(28, "group")],
            message="Look",
            send_email=False,
        ),
        Sent(
            "POST",
            "/api/content/v1/share",
            query={"sendEmail": "false"},
            json={
                "resources": [{"id": 7, "type": "page"}, {"id": "1234", "type": "badge"}],
                "recipients": [{"id": 27, "type": "user"}, {"id": 28, "type": "group"}],
                "message": "Look",
            },
        ),
    ),
    Row(
        "extra: Content Sharing, Share Resource",
        lambda domo: domo.sharing.share(resources=[Resource("abc", "dataset")], recipients=[Recipient(27)]),
        Sent(
            "POST",
            "/api/content/v1/share",
            json={"resources": [{"id": "abc", "type": "dataset"}], "recipients": [{"id": 27, "type": "user"}]},
        ),
        note="without what is optional",
    ),
    Row(
        "extra: Content Sharing, Share App Studio App",
        lambda domo: domo.sharing.share_apps(
            data_app_ids=[5, "6"], recipients=[Recipient(27)], message="Look", send_email=True
        ),
        Sent(
            "POST",
            "/api/content/v1/dataapps/share",
            query={"sendEmail": "true"},
            json={"dataAppIds": ["5", "6"], "recipients": [{"id": 27, "type": "user"}], "message": "Look"},
        ),
    ),
    Row(
        "seen: Sharing, Revoke in bulk",
        lambda domo: domo.sharing.revoke(
            resources=[Resource(number) for number in range(60)] + [Resource(5, "badge")],
            recipient=Recipient(27, "group"),
        ),
        (
            Sent(
                "DELETE",
                "/api/content/v1/share/bulk/page/group/27",
                query={"resourceIds": ",".join(map(str, range(50)))},
            ),
            Sent(
                "DELETE",
                "/api/content/v1/share/bulk/page/group/27",
                query={"resourceIds": ",".join(map(str, range(50, 60)))},
            ),
            Sent("DELETE", "/api/content/v1/share/bulk/badge/group/27", query={"resourceIds": "5"}),
        ),
    ),
]
