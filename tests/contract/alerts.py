"""Alerts: E006 to E011."""

from __future__ import annotations

from domo_async._endpoints.alerts import Alert, AlertSubscription, SubscriptionType
from tests.contract.row import Row, Sent, documented, whole

ROWS = [
    Row(
        "E006",
        lambda domo: domo.alerts.list(all=True, page_size=5).all(),
        Sent(
            "GET",
            "/api/social/v4/alerts",
            query={"all": "true", "limit": "5", "offset": "0"},
            answer=documented("E006"),
        ),
        gives=Alert,
    ),
    Row(
        "E006",
        lambda domo: domo.alerts.list(
            card_id=1,
            current_user_subscriptions=False,
            data_set_id="58b3775b-ab03-4f54-9052-a3c5f7cbf426",
            disabled=True,
            fields=["name", "rule"],
            owner_id=2,
            page_id=3,
            sort="name",
            subscriber_id=4,
            subscription_types=[SubscriptionType.USER, "DAILY"],
            suggested=False,
            triggered=True,
            offset=10,
            limit=20,
        ).all(),
        Sent(
            "GET",
            "/api/social/v4/alerts",
            query={
                "cardId": "1",
                "currentUserSubscriptions": "false",
                "dataSetId": "58b3775b-ab03-4f54-9052-a3c5f7cbf426",
                "disabled": "true",
                "fields": "id,name,rule",
                "ownerId": "2",
                "pageId": "3",
                "sort": "name",
                "subscriberId": "4",
                "subscriptionTypes": "USER,DAILY",
                "suggested": "false",
                "triggered": "true",
                "offset": "10",
                "limit": "20",
            },
            answer=documented("E006"),
        ),
        gives=Alert,
        note="with every condition",
    ),
    Row(
        "E007",
        lambda domo: domo.alerts.get(123),
        Sent("GET", "/api/social/v4/alerts/123", answer=documented("E007")),
        gives=Alert,
    ),
    Row(
        "E007",
        lambda domo: domo.alerts.get(123, fields=["all"]),
        Sent("GET", "/api/social/v4/alerts/123", query={"fields": "all"}, answer=documented("E007")),
        gives=Alert,
        note="with all fields",
    ),
    Row(
        "E008",
        lambda domo: domo.alerts.delete(123),
        Sent("DELETE", "/api/social/v4/alerts/123"),
    ),
    Row(
        "E008",
        lambda domo: domo.alerts.delete("123"),
        Sent("DELETE", "/api/social/v4/alerts/123", answer=whole("success")),
        note="with an answer",
    ),
    Row(
        "E009",
        lambda domo: domo.alerts.subscribe(123, subscriber_id=12345, type="USER"),
        Sent("POST", "/api/social/v4/alerts/123/subscriptions", json={"subscriberId": 12345, "type": "USER"}),
    ),
    Row(
        "E010",
        lambda domo: domo.alerts.unsubscribe(123, subscriber_id=12345, type=SubscriptionType.GROUP),
        Sent("DELETE", "/api/social/v4/alerts/123/subscriptions", query={"subscriberId": "12345", "type": "GROUP"}),
    ),
    Row(
        "E011",
        lambda domo: domo.alerts.share(
            123,
            user_message="I think you'll find this alert useful",
            alert_subscriptions=[AlertSubscription(12345, "USER")],
            send_email=True,
            meta_data={},
        ),
        Sent(
            "POST",
            "/api/social/v4/alerts/123/share",
            json={
                "userMessage": "I think you'll find this alert useful",
                "alertSubscriptions": [{"subscriberId": 12345, "type": "USER"}],
                "sendEmail": True,
                "metaData": {},
            },
        ),
    ),
    Row(
        "E011",
        lambda domo: domo.alerts.share(
            123, user_message="Look", alert_subscriptions=[AlertSubscription(7, SubscriptionType.GROUP)]
        ),
        Sent(
            "POST",
            "/api/social/v4/alerts/123/share",
            json={"userMessage": "Look", "alertSubscriptions": [{"subscriberId": 7, "type": "GROUP"}]},
        ),
        note="without what is optional",
    ),
]
