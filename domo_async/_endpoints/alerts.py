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
    """The type of a subscriber of an alert, or of a subscription."""

    USER = "USER"
    GROUP = "GROUP"
    BUZZ = "BUZZ"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    AUTO = "AUTO"


@frozen
class AlertSubscription(Record):
    """A user, a group or another subscriber with whom an alert is shared.

    Attributes:
        subscriber_id: The identifier of the subscriber.
        type: The type of the subscriber.
    """

    subscriber_id: int | str
    type: SubscriptionType | str


@frozen(kw_only=True)
class AlertSubscriber(Model):
    """A subscription to an alert.

    Attributes:
        id: The number of the subscription.
        subscriber_id: The identifier of the subscriber.
        type: The type of the subscriber.
        subscribed_by: The user who created the subscription.
        current_user_member: Whether the token's owner is a member of the group.
        muted_subscriber_ids: The members of the group who have muted it.
    """

    id: NumericId | None = None
    subscriber_id: str | None = None
    type: SubscriptionType | None = None
    subscribed_by: NumericId | None = None
    current_user_member: bool | None = None
    muted_subscriber_ids: tuple[NumericId, ...] = ()


@frozen(kw_only=True)
class Alert(Model):
    """An alert. Lists return only some of the fields, unless more are requested.

    The instance sends times without a zone; they are read as UTC, which no document confirms. Lists and objects whose
    content is not documented are left as the instance sends them.

    Attributes:
        id: The alert's number.
        name: The alert's name.
        type: The type of condition, such as ``ANY_ROW``.
        category: The category, such as ``DATA``.
        resource_type: The type of the watched resource, such as ``DATASET``.
        resource_id: The identifier of the watched resource.
        resource_name: The name of the watched resource.
        created_at: The time of creation.
        created_by: The user who created it.
        modified_at: The time of the last change.
        modified_by: The user who made the last change.
        owner: The owner.
        rule: The condition, in words.
        trigger_frequency: The frequency of notifications, in words.
        triggered: Whether it was triggered.
        active: Whether it is active.
        enabled: Whether it is enabled.
        contextual: Whether it depends on the current user.
        current_user_subscribed: Whether the token's owner is subscribed.
        actions: The actions.
        configurations: The settings.
        filter_groups: The policies that apply.
        subscriptions: The subscriptions.
        error: The alert's error.
        description: The description.
        filters: The filters on the data.
        filter_rules: The filters in words.
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
    """Return the alert from an answer, whose form no document shows: a whole alert, or only its number."""
    if isinstance(answer, dict) and "id" in answer:
        return structure(answer, Alert)
    if isinstance(answer, int | str) and not isinstance(answer, bool) and str(answer).strip().isdecimal():
        return Alert(id=int(answer))
    return None


def _fields(names: Sequence[str] | None) -> Sequence[str] | None:
    """Return the fields to request; the number is always among them, as an alert needs it."""
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

        `GET /api/social/v4/alerts` (Alerts API, "Get alerts"). Lists are sent separated by commas, which Domo's
        documentation does not say.

        Args:
            all: Whether to return all alerts at once.
            card_id: The card.
            current_user_subscriptions: Whether to return only alerts that the token's owner is subscribed to.
            data_set_id: The dataset.
            disabled: Whether to return only disabled alerts.
            fields: The fields to return, in the instance's spelling, such as ``["name", "resourceId"]``; ``["all"]``
                for all.
            owner_id: The owner.
            page_id: The page.
            sort_by: The field to sort by, in the instance's spelling; ``createdAt`` is the instance's default.
            subscriber_id: The subscriber.
            subscription_types: The types of subscriptions.
            suggested: Whether to return only alerts that are suggested to the token's owner.
            triggered: Whether to return only alerts that were triggered.
            offset: The number of alerts to skip.
            limit: The maximum number of alerts to return.
            page_size: The number of alerts per request.

        Raises:
            ConfigError: `fields` or `subscription_types` is empty, or a number is out of range.
        """
        types = None if subscription_types is None else require_list(subscription_types, "subscription_types")

        def read(alerts: tuple[Alert, ...]) -> PageData[Alert]:
            # If all alerts were requested, an answer with more than a page is the complete list.
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
            fields: The fields to return, in the instance's spelling; all by default.

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
        """Create an alert. The request is not repeated, unless the instance surely did not process it.

        `POST /api/social/v4/alerts`. Seen on instances, not in Domo's documentation.

        Args:
            name: The alert's name.
            type: The type of condition, such as ``ANY_ROW`` or ``SUMMARY_NUMBER``.
            resource_type: The type of the resource to watch: ``DATASET``, ``CARD`` …
            resource_id: The identifier of the resource to watch.
            configurations: The settings, each as JSON with ``name`` and ``value``, such as
                ``{"name": "OPERATION", "value": "ROWS_ADDED"}``.
            category: The category, such as ``DATA``.
            description: The description.
            rule: The condition, in words.
            trigger_frequency: The frequency of notifications, in words.
            filters: The filters on the data, each as JSON.
            filter_rules: The filters in words.
            filter_groups: The policies that apply, each as JSON.
            subscriptions: The subscriptions.
            enabled: Whether it is enabled.
            owner: The owner.

        Returns:
            The alert with the fields that the instance returns; None if the answer is empty.
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
        """Change the given properties of an alert.

        `PATCH /api/social/v4/alerts/{alert_id}`. Seen on instances with an owner, not in Domo's documentation; that it
        accepts the other properties is unconfirmed.

        Args:
            alert_id: The alert.
            owner: The new owner.
            name: The new name.
            description: The description.
            enabled: Whether it is enabled.
            configurations: The settings, each as JSON with ``name`` and ``value``.
            filters: The filters on the data, each as JSON.
            filter_groups: The policies that apply, each as JSON.

        Returns:
            The alert with the fields that the instance returns; None if the answer is empty.

        Raises:
            ConfigError: No change is given.
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
        """Return the subscriptions of an alert.

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
        """Subscribe a user, a group or another subscriber to an alert.

        `POST /api/social/v4/alerts/{alert_id}/subscriptions` (Alerts API, "Subscribe user to an alert"); Domo's
        documentation does not show the answer.

        Args:
            alert_id: The alert.
            subscriber_id: The identifier of the subscriber.
            type: The type of the subscriber.

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
        """Remove a subscription from an alert.

        `DELETE /api/social/v4/alerts/{alert_id}/subscriptions` (Alerts API, "Unsubscribe user from an alert"); Domo's
        documentation does not show the answer, and names another method than its example.

        Args:
            alert_id: The alert.
            subscriber_id: The identifier of the subscriber.
            type: The type of the subscriber.

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

        ```python
        await domo.alerts.share(
            alert_id, user_message="Please watch this", alert_subscriptions=[AlertSubscription(27, "USER")]
        )
        ```

        Args:
            alert_id: The alert.
            user_message: The message.
            alert_subscriptions: The subscribers to share it with.
            send_email: Whether to send the message by e-mail, too.
            meta_data: Further metadata, which Domo's documentation does not describe.

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
