"""The content of the demo world: pages, cards, Beast Modes, alerts, apps and reports."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from domo_async._emulator.access.people import free_id
from domo_async._emulator.access.sharing import (
    APP,
    PAGE,
    put_share,
)
from domo_async._emulator.http.web import millis
from domo_async._emulator.routes import alerts, beast_modes, pages
from domo_async._emulator.routes.pages import TOP
from domo_async._emulator.routes.reports import SCHEDULES, card_count, page_counts, put_run
from domo_async._emulator.routes.sharing import create_app
from domo_async._emulator.services import cards
from domo_async._emulator.services.cards import (
    EPOCH,
    TABLE,
)
from domo_async._emulator.services.jobs import ended_job
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["seed_alerts", "seed_beast_modes", "seed_cards", "seed_pages", "seed_reports", "seed_sharing"]


def seed_pages(instance: Instance, rng: Random) -> None:
    """Make 300 pages, a third of them below others."""
    users = [user["id"] for user in instance.records["users"]]
    top: list[int] = []
    for number in range(300):
        theme, scope = rng.choice(_THEMES), rng.choice(_SCOPES)
        below = top and rng.random() < 1 / 3
        page = pages.create(
            instance,
            title=f"{theme} {scope} {number + 1}",
            parent_id=rng.choice(top) if below else TOP,
            owner_id=rng.choice(users),
            at=EPOCH + rng.randrange(50_000_000_000),
        )
        if not below:
            top.append(page["id"])


_THEMES = ("Sales", "Finance", "Marketing", "Operations", "Support", "People", "Product", "Logistics")
_SCOPES = ("Overview", "Weekly", "Monthly", "Forecast", "Details", "Health", "Goals", "Regions")


def seed_cards(instance: Instance, rng: Random) -> None:
    """Make 1,500 cards of the existing datasets, on the existing pages."""
    users = [user["id"] for user in instance.records["users"]]
    pages = [page["id"] for page in instance.records["pages"]]
    datasets = instance.datasets()
    for _ in range(1_500 if datasets else 0):
        dataset = rng.choice(datasets)
        groups = [column.name for column in dataset.schema.columns if column.type in {"STRING", "DATE"}]
        values = [column.name for column in dataset.schema.columns if column.type in {"LONG", "DOUBLE", "DECIMAL"}]
        group = rng.choice(groups) if groups else None
        value = rng.choice(values) if values else None
        cards.create(
            instance,
            title=f"{value or 'Rows'} by {group}" if group else f"{value or 'Rows'} of {dataset.name}",
            dataset_id=dataset.id,
            owner_id=rng.choice(users),
            chart_type=rng.choice(("badge_vert_bar", "badge_line", "badge_pie", TABLE)),
            page_ids=[rng.choice(pages)] if pages else (),
            group_by=group,
            value=value,
            aggregation="COUNT" if value is None else rng.choice(("SUM", "AVG")),
            at=EPOCH + rng.randrange(50_000_000_000),
        )


def seed_beast_modes(instance: Instance, rng: Random) -> None:
    """Make 200 Beast Modes of the datasets that have numbers; a few of them name columns that do not exist."""
    users = [user["id"] for user in instance.records["users"]]
    cards: dict[str, list[int]] = {}
    for card in instance.records["cards"]:
        cards.setdefault(card["datasourceId"], []).append(card["id"])
    having = [
        (dataset.id, [column.name for column in dataset.schema.columns if column.type in {"LONG", "DOUBLE", "DECIMAL"}])
        for dataset in instance.datasets()
    ]
    having = [(dataset, columns) for dataset, columns in having if columns]
    for number in range(200 if having else 0):
        dataset, columns = rng.choice(having)
        column = rng.choice(columns) if rng.random() > 0.03 else "gone"
        name, formula = rng.choice(_FORMULAS)
        shown = [rng.choice(cards[dataset])] if dataset in cards and rng.random() < 0.5 else []
        beast_modes.create(
            instance,
            name=f"{name} {column} {number + 1}",
            expression=formula.format(column),
            dataset_id=dataset,
            card_ids=shown,
            owner_id=rng.choice(users),
            locked=rng.random() < 0.1,
            legacy_id=f"calculation_{uuid.UUID(int=rng.getrandbits(128), version=4)}",
            at=EPOCH + rng.randrange(50_000_000_000),
        )


_FORMULAS = (
    ("Total", "SUM(`{}`)"),
    ("Average", "AVG(`{}`)"),
    ("Double", "`{0}` * 2"),
    ("High", "CASE WHEN `{0}` > 100 THEN 'high' ELSE 'low' END"),
    ("Share of", "SUM(`{0}`) / SUM(SUM(`{0}`)) OVER ()"),
)


def seed_alerts(instance: Instance, rng: Random) -> None:
    """Make 100 alerts on datasets and cards, some of which have subscribers."""
    users = [user["id"] for user in instance.records["users"]]
    datasets = [(dataset.id, dataset.name) for dataset in instance.datasets()]
    cards = [(str(card["id"]), card["title"]) for card in instance.records["cards"]]
    for _ in range(100 if datasets else 0):
        on_card = bool(cards) and rng.random() < 0.4
        resource, named = rng.choice(cards if on_card else datasets)
        owner = rng.choice(users)
        subscribers = rng.sample(users, min(len(users), rng.randrange(4)))
        alerts.create(
            instance,
            name=f"{named} is below {rng.randrange(1, 100) * 10}" if on_card else f"Any row has changes in {named}",
            resource_id=resource,
            resource_type="CARD" if on_card else "DATASET",
            owner_id=owner,
            at=datetime.fromtimestamp(EPOCH // 1000 + rng.randrange(50_000_000), UTC),
            triggered=rng.random() < 0.2,
            enabled=rng.random() < 0.9,
            subscriptions=[{"subscriberId": user, "type": "USER", "subscribedBy": owner} for user in subscribers],
        )


def seed_sharing(instance: Instance, rng: Random) -> None:
    """Make ten apps, and share them and a tenth of all pages with some users."""
    users = [user["id"] for user in instance.records["users"]]
    apps = [
        create_app(instance, title=f"{name} App", owner_id=rng.choice(users), at=EPOCH + rng.randrange(10**10))
        for name in _APPS
    ]
    pages = [page for page in instance.records["pages"] if rng.random() < 0.1]
    for type_, things in ((APP, apps), (PAGE, pages)):
        for thing in things:
            for user in rng.sample(users, min(3, len(users))):
                put_share(instance, type_, thing["id"], "USER", user, by=thing["ownerId"], at=thing["modified"])


_APPS = (
    "Sales",
    "Finance",
    "Marketing",
    "Operations",
    "Support",
    "People",
    "Product",
    "Logistics",
    "Travel",
    "Quality",
)


def seed_reports(instance: Instance, rng: Random) -> None:
    """Schedule 200 reports, each with some past runs."""
    users = [user["id"] for user in instance.records["users"]]
    pages = [page["id"] for page in instance.records["pages"]]
    counts = page_counts(instance)
    began = datetime(2024, 1, 1, tzinfo=UTC)
    for _ in range(200):
        made = began + timedelta(minutes=rng.randrange(400_000))
        record = _made_up(instance, rng, users, pages, millis(made))
        instance.records[SCHEDULES].put(record["id"], record)
        for _ in range(rng.randrange(4)):
            ran = made + timedelta(days=7 * rng.randrange(1, 20), seconds=rng.randrange(90))
            put_run(
                instance,
                record,
                record["recipients"],
                ended_job("success" if rng.random() < 0.95 else "failure", lasts=rng.randrange(1, 120)),
                started=millis(ran),
                automated=rng.random() < 0.8,
                cards=card_count(record, counts),
            )


def _made_up(instance: Instance, rng: Random, users: Sequence[int], pages: Sequence[int], made: int) -> Record:
    topic = rng.choice(("Sales", "Pipeline", "Inventory", "Marketing", "Support", "Finance", "Hiring", "Churn"))
    region = rng.choice(("North", "South", "East", "West", "Europe", "Asia", "Online"))
    weekly = rng.random() < 0.7
    people = rng.sample(users, min(len(users), rng.randrange(1, 6)))
    return {
        "id": free_id(instance, SCHEDULES, 1),
        "title": f"{'Weekly' if weekly else 'Monthly'} {topic} {region}",
        "subject": f"{topic} in {region}" if rng.random() < 0.5 else None,
        "attachmentInclude": rng.random() < 0.3,
        "active": True,
        "pageId": rng.choice(pages) if pages else None,
        "viewId": instance.records.next_id("report_views", first=10_000),
        "cardId": None,
        "embedViewId": None,
        "schedule": {
            "frequency": "WEEKLY" if weekly else "MONTHLY",
            "daysToRun": rng.choice(("MON", "TUE", "FRI")) if weekly else str(rng.randrange(1, 29)),
            "hourOfDay": rng.randrange(5, 20),
            "minOfHour": rng.choice((0, 15, 30, 45)),
            "timezone": rng.choice(("America/New_York", "Europe/Berlin", "Asia/Tokyo", "UTC")),
            "enabled": rng.random() < 0.9,
        },
        "recipients": [{"type": "USER", "value": str(user)} for user in people],
        "ownerId": rng.choice(users),
        "unsubscribed": [],
        "created": made,
    }
