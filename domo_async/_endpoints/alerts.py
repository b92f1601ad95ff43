"""Alerts and their subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from attrs import frozen

from domo_async._endpoints._area import Area, require_changes, require_list
from domo_async._frames import ItemTuple
from domo_async._transport import QUERY, PageData, Pager, url
from domo_async._wire import UNSET, Model, NumericId, OpenEnum, Record, SpacedStamp, Unset, payload, structure

__all__ = ["Alert", "AlertSubscriber", "AlertSubscription", "Alerts", "SubscriptionType"]


class SubscriptionType(OpenEnum):
    """What is subscribed to an alert, or how."""

    USER = "USER"
    GROUP = "GROUP"
    BUZZ = "BUZZ"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    AUTO = "AUTO"


@frozen
class AlertSubscription(Record):
    """Somebody whom an alert is shared with.

    Attributes:
        subscriber_id: The identifier of the user, the group or other holder of access.
        type: Which of these.
    """

    subscriber_id: int | str
    type: SubscriptionType | str


@frozen(kw_only=True)
class AlertSubscriber(Model):
    """Who is told of an alert, as the instance tells it.

    Attributes:
        id: The number of the subscription.
        subscriber_id: The identifier of the user, the group or other holder of access.
        type: Which of these.
        subscribed_by: Who subscribed it.
        current_user_member: Whether the token's owner is one of the group.
        muted_subscriber_ids: Those of the group that do not want to be told.
    """

    id: NumericId | None = None
    subscriber_id: str | None = None
    type: SubscriptionType | None = None
    subscribed_by: NumericId | None = None
    current_user_member: bool | None = None
    muted_subscriber_ids: tuple[NumericId, ...] = ()


@frozen(kw_only=True)
class Alert(Model):
    """An alert. Lists give only some of this, unless they are asked for more.

    The instance writes times without a zone; they are read as UTC, which no document confirms. Where no document
    shows what is in a list or an object, it is left as it came.

    Attributes:
        id: Its number.
        name: Its name.
        type: What it looks for, such as ``ANY_ROW``.
        category: What it is about, such as ``DATA``.
        resource_type: What it watches, such as ``DATASET``.
        resource_id: Which one.
        resource_name: What that is called.
        created_at: When it was made.
        created_by: Who made it.
        modified_at: When it was last changed.
        modified_by: Who did that.
        owner: Whose it is.
        rule: What it looks for, in words.
        trigger_frequency: How often it goes off, in words.
        triggered: Whether it has gone off.
        active: Whether it is in force.
        enabled: Whether it is switched on.
        contextual: Whether it depends on who looks.
        current_user_subscribed: Whether the token's owner is subscribed.
        actions: What it does.
        configurations: Its settings.
        filter_groups: What it is limited to.
        subscriptions: Who is told.
        error: What is wrong with it.
        description: What it is for.
        filters: What the data are limited to.
        filter_rules: The same in words.
    """

    id: NumericId
    name: str | None = None
    type: str | None = None
    category: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    created_at: SpacedStamp | None = None
    created_by: NumericId | None = None
    modified_at: SpacedStamp | None = None
    modified_by: NumericId | None = None
    owner: NumericId | None = None
    rule: str | None = None
    trigger_frequency: str | None = None
    triggered: bool | None = None
    active: bool | None = None
    enabled: bool | None = None
    contextual: bool | None = None
    current_user_subscribed: bool | None = None
    actions: tuple[Mapping[str, object], ...] = ()
    configurations: tuple[Mapping[str, object], ...] = ()
    filter_groups: tuple[Mapping[str, object], ...] = ()
    subscriptions: tuple[Mapping[str, object], ...] = ()
    error: Mapping[str, object] | None = None
    description: str | None = None
    filters: tuple[Mapping[str, object], ...] = ()
    filter_rules: tuple[str, ...] = ()


def _made(answer: object) -> Alert | None:
    """Return the alert that an answer tells of, which no document shows: as it is, or by its number alone."""
    if isinstance(answer, dict) and "id" in answer:
        return structure(answer, Alert)
    if isinstance(answer, int | str) and not isinstance(answer, bool) and str(answer).strip().isdecimal():
        return Alert(id=int(answer))
    return None


def _fields(names: Sequence[str] | None) -> Sequence[str] | None:
    """Return the keys to ask for; no alert can be told without its number."""
    if names is None:
        return None
    chosen = require_list(names, "fields")
    return chosen if {"all", "id"} & set(chosen) else ["id", *chosen]


class Alerts(Area):
    """Alerts and their subscriptions."""

    def list(
        self,
        *,
        all: bool | None = None,
        card_id: int | str | None = None,
        current_user_subscriptions: bool | None = None,
        data_set_id: str | None = None,
        disabled: bool | None = None,
        fields: Sequence[str] | None = None,
        owner_id: int | str | None = None,
        page_id: int | str | None = None,
        sort_by: str | None = None,
        subscriber_id: int | str | None = None,
        subscription_types: Sequence[SubscriptionType | str] | None = None,
        suggested: bool | None = None,
        triggered: bool | None = None,
        offset: int = 0,
        limit: int | None = None,
        page_size: int = 100,
    ) -> Pager[Alert]:
        """Iterate over alerts.

        `GET /api/social/v4/alerts` (Alerts API, "Get alerts"). Lists go out with commas between their items, which
        Domo's documentation does not say.

        Args:
            all: Whether to get all alerts at once.
            card_id: Only those on this card.
            current_user_subscriptions: Whether to give only those that the token's owner is subscribed to.
            data_set_id: Only those on this dataset.
            disabled: Whether to give only those that are switched off.
            fields: The keys to give, as the instance writes them, such as ``["name", "resourceId"]``; ``["all"]`` for
                every one.
            owner_id: Only those of this user.
            page_id: Only those on this page.
            sort_by: The key to sort by; the instance takes ``createdAt`` by itself.
            subscriber_id: Only those that this user is subscribed to.
            subscription_types: Only those with such subscriptions.
            suggested: Whether to give only those that are suggested to the token's owner.
            triggered: Whether to give only those that have gone off.
            offset: The number of alerts to skip.
            limit: The most alerts to give in all.
            page_size: The number of alerts per request.

        Raises:
            ConfigError: `fields` or `subscription_types` is empty, or a number is out of its range.
        """
        types = None if subscription_types is None else require_list(subscription_types, "subscription_types")

        def read(alerts: tuple[Alert, ...]) -> PageData[Alert]:
            # More than was asked for, where all are to come at once, is all of them.
            return PageData(alerts, more=False if all and len(alerts) > page_size else None)

        return self._http.pages(
            "GET",
            url("/api/social/v4/alerts"),
            QUERY,
            params={
                "all": all,
                "cardId": card_id,
                "currentUserSubscriptions": current_user_subscriptions,
                "dataSetId": data_set_id,
                "disabled": disabled,
                "fields": _fields(fields),
                "ownerId": owner_id,
                "pageId": page_id,
                "sort": sort_by,
                "subscriberId": subscriber_id,
                "subscriptionTypes": types,
                "suggested": suggested,
                "triggered": triggered,
            },
            key=attrgetter("id"),
            into=ItemTuple[Alert],
            read=read,
            offset=offset,
            limit=limit,
            page_size=page_size,
            assured=100,
        )

    async def get(self, alert_id: int | str, /, *, fields: Sequence[str] | None = None) -> Alert:
        """Return an alert.

        `GET /api/social/v4/alerts/{alert_id}` (Alerts API, "Get an alert").

        Args:
            alert_id: The alert.
            fields: The keys to give, as the instance writes them; all of them by default.

        Raises:
            ConfigError: `fields` is empty.
            NotFound: The alert does not exist.
        """
        return await self._http.request(
            "GET", url("/api/social/v4/alerts/{}", alert_id), params={"fields": _fields(fields)}, into=Alert
        )

    async def create(
        self,
        *,
        name: str,
        type: str,
        resource_type: str,
        resource_id: str,
        configurations: Sequence[Mapping[str, object]] = (),
        category: str | Unset = UNSET,
        description: str | Unset = UNSET,
        rule: str | Unset = UNSET,
        trigger_frequency: str | Unset = UNSET,
        filters: Sequence[Mapping[str, object]] | Unset = UNSET,
        filter_rules: Sequence[str] | Unset = UNSET,
        filter_groups: Sequence[Mapping[str, object]] | Unset = UNSET,
        subscriptions: Sequence[AlertSubscription] | Unset = UNSET,
        enabled: bool | Unset = UNSET,
        owner: int | str | Unset = UNSET,
    ) -> Alert | None:
        """Make an alert. Is not sent twice, unless the instance surely did not take it.

        `POST /api/social/v4/alerts`. Seen on instances, not in Domo's documentation.

        Args:
            name: Its name.
            type: What it looks for, such as ``ANY_ROW`` or ``SUMMARY_NUMBER``.
            resource_type: What it watches: ``DATASET``, ``CARD`` …
            resource_id: Which one.
            configurations: Its settings, each as JSON with ``name`` and ``value``, such as
                ``{"name": "OPERATION", "value": "ROWS_ADDED"}``.
            category: What it is about, such as ``DATA``.
            description: What it is for.
            rule: What it looks for, in words.
            trigger_frequency: How often it goes off, in words.
            filters: What the data are limited to, each as JSON.
            filter_rules: The same in words.
            filter_groups: The policies that it goes by, each as JSON.
            subscriptions: Who is told.
            enabled: Whether it is switched on.
            owner: Whose it is.

        Returns:
            The alert, as far as the instance tells of it; None where it says nothing.
        """
        answer = await self._http.request(
            "POST",
            url("/api/social/v4/alerts"),
            json=payload(
                name=name,
                type=type,
                resource_type=resource_type,
                resource_id=resource_id,
                configurations=list(configurations),
                category=category,
                description=description,
                rule=rule,
                trigger_frequency=trigger_frequency,
                filters=filters,
                filter_rules=filter_rules,
                filter_groups=filter_groups,
                subscriptions=subscriptions,
                enabled=enabled,
                owner=owner,
            ),
            into=object,
            empty=None,
            undocumented=True,
        )
        return _made(answer)

    async def update(
        self,
        alert_id: int | str,
        /,
        *,
        owner: int | str | Unset = UNSET,
        name: str | Unset = UNSET,
        description: str | Unset = UNSET,
        enabled: bool | Unset = UNSET,
        configurations: Sequence[Mapping[str, object]] | Unset = UNSET,
        filters: Sequence[Mapping[str, object]] | Unset = UNSET,
        filter_groups: Sequence[Mapping[str, object]] | Unset = UNSET,
    ) -> Alert | None:
        """Change what is given of an alert.

        `PATCH /api/social/v4/alerts/{alert_id}`. Seen on instances with an owner, not in Domo's documentation; that it
        takes all else that is here is unconfirmed.

        Args:
            alert_id: The alert.
            owner: Whose it is to be.
            name: Its name.
            description: What it is for.
            enabled: Whether it is switched on.
            configurations: Its settings, each as JSON with ``name`` and ``value``.
            filters: What the data are limited to, each as JSON.
            filter_groups: The policies that it goes by, each as JSON.

        Returns:
            The alert, as far as the instance tells of it; None where it says nothing.

        Raises:
            ConfigError: Nothing is given to change.
            NotFound: The alert does not exist.
        """
        changes = require_changes(
            payload(
                owner=owner,
                name=name,
                description=description,
                enabled=enabled,
                configurations=configurations,
                filters=filters,
                filter_groups=filter_groups,
            )
        )
        answer = await self._http.request(
            "PATCH",
            url("/api/social/v4/alerts/{}", alert_id),
            json={"id": alert_id, **changes},
            into=object,
            empty=None,
            undocumented=True,
            idempotent=True,
        )
        return _made(answer)

    async def delete(self, alert_id: int | str, /) -> None:
        """Delete an alert.

        `DELETE /api/social/v4/alerts/{alert_id}` (Alerts API, "Delete an alert"); Domo's documentation does not show
        the answer.

        Args:
            alert_id: The alert.

        Raises:
            NotFound: The alert does not exist.
        """
        await self._http.request("DELETE", url("/api/social/v4/alerts/{}", alert_id))

    async def subscriptions(self, alert_id: int | str, /) -> ItemTuple[AlertSubscriber]:
        """Return who is told of an alert.

        `GET /api/social/v4/alerts/{alert_id}/subscriptions`. Seen on instances, not in Domo's documentation.

        Args:
            alert_id: The alert.

        Raises:
            NotFound: The alert does not exist.
        """
        return await self._http.request(
            "GET", url("/api/social/v4/alerts/{}/subscriptions", alert_id), into=ItemTuple[AlertSubscriber]
        )

    async def subscribe(
        self, alert_id: int | str, /, *, subscriber_id: int | str, type: SubscriptionType | str
    ) -> None:
        """Subscribe somebody to an alert.

        `POST /api/social/v4/alerts/{alert_id}/subscriptions` (Alerts API, "Subscribe user to an alert"); Domo's
        documentation does not show the answer.

        Args:
            alert_id: The alert.
            subscriber_id: The identifier of the user, the group or other holder of access.
            type: Which of these.

        Raises:
            NotFound: The alert does not exist.
        """
        await self._http.request(
            "POST",
            url("/api/social/v4/alerts/{}/subscriptions", alert_id),
            json=payload(subscriber_id=subscriber_id, type=type),
        )

    async def unsubscribe(
        self, alert_id: int | str, /, *, subscriber_id: int | str, type: SubscriptionType | str
    ) -> None:
        """End somebody's subscription to an alert.

        `DELETE /api/social/v4/alerts/{alert_id}/subscriptions` (Alerts API, "Unsubscribe user from an alert"); Domo's
        documentation does not show the answer, and names another method than its example.

        Args:
            alert_id: The alert.
            subscriber_id: The identifier of the user, the group or other holder of access.
            type: Which of these.

        Raises:
            NotFound: The alert does not exist.
        """
        await self._http.request(
            "DELETE",
            url("/api/social/v4/alerts/{}/subscriptions", alert_id),
            params={"subscriberId": subscriber_id, "type": type},
        )

    async def share(
        self,
        alert_id: int | str,
        /,
        *,
        user_message: str,
        alert_subscriptions: Sequence[AlertSubscription],
        send_email: bool | Unset = UNSET,
        meta_data: Mapping[str, object] | Unset = UNSET,
    ) -> None:
        """Share an alert, with a message.

        `POST /api/social/v4/alerts/{alert_id}/share` (Alerts API, "Share an alert"); Domo's documentation does not show
        the answer.

        Args:
            alert_id: The alert.
            user_message: What to say about it.
            alert_subscriptions: Whom to share it with.
            send_email: Whether to send the message by mail, too.
            meta_data: Further facts; Domo's documentation does not say which.

        Raises:
            ConfigError: `alert_subscriptions` is empty.
            NotFound: The alert does not exist.
        """
        await self._http.request(
            "POST",
            url("/api/social/v4/alerts/{}/share", alert_id),
            json=payload(
                user_message=user_message,
                alert_subscriptions=require_list(alert_subscriptions, "alert_subscriptions"),
                send_email=send_email,
                meta_data=meta_data,
            ),
        )
