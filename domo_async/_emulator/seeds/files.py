"""The files of the demo world: data files, FileSets, and documents of App DB."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

from domo_async._emulator.http.web import (
    iso,
)
from domo_async._emulator.routes import files
from domo_async._emulator.routes.appdb import add_collection, add_document
from domo_async._emulator.routes.files import HOUR
from domo_async._emulator.routes.filesets import FILESETS, new_fileset
from domo_async._emulator.services.trees import (
    add_file,
)
from domo_async._emulator.state.instance import Instance

__all__ = ["seed_appdb", "seed_files", "seed_filesets"]

_BEGIN = 1_735_689_600_000
_FILE_SUBJECTS = ("Invoice", "Contract", "Budget", "Minutes", "Forecast", "Price list", "Org chart", "Roadmap")
_FORMATS = (("txt", "text/plain"), ("csv", "text/csv"), ("md", "text/markdown"), ("json", "application/json"))


def seed_files(instance: Instance, rng: Random) -> None:
    """Make a hundred files, some of several revisions."""
    people = [user["id"] for user in instance.records["users"]]
    for number in range(1, 101):
        subject, (suffix, content_type) = rng.choice(_FILE_SUBJECTS), rng.choice(_FORMATS)
        line = f"{subject} {number}\n".encode()
        files.add_file(
            instance,
            [line * rng.randint(1, 20) for _ in range(rng.choice((1, 1, 1, 2, 3)))],
            name=f"{subject} {number}.{suffix}",
            owner=rng.choice(people),
            content_type=content_type,
            public=rng.random() < 0.7,
            created=_BEGIN + rng.randrange(300 * 24) * HOUR,
        )


_TOPICS = ("Vacation", "Expenses", "Security", "Onboarding", "Travel", "Pricing", "Support", "Quality", "Sales", "Tax")
_SENTENCES = (
    "The {topic} policy was approved in {year}.",
    "Every team reports its {topic} figures by the end of the quarter.",
    "Questions about {topic} go to the office in {city}.",
    "{city} has rules of its own for {topic}, which came into force in {year}.",
)
_CITIES = ("Salt Lake City", "London", "Tokyo", "Sydney", "Berlin")


def seed_filesets(instance: Instance, rng: Random) -> None:
    """Make twenty FileSets with two hundred short texts."""
    records = instance.records
    people = [user["id"] for user in records["users"]]
    for number in range(20):
        topic = _TOPICS[number % len(_TOPICS)]
        created = f"2025-{rng.randint(1, 10):02}-{rng.randint(1, 28):02}T08:{rng.randrange(60):02}:00.000Z"
        fileset = new_fileset(
            f"{topic} {2024 + number // len(_TOPICS)}",
            rng.choice(people),
            description=f"What there is to know about {topic}",
            created=created,
            fileset_id=_uuid(rng),
        )
        records[FILESETS].put(fileset["id"], fileset)
        for index in range(10):
            path = f"{rng.randint(2020, 2025)}/{rng.choice(_TOPICS).lower()}-{index}.txt"
            add_file(records, fileset, path, _prose(topic, rng), created=created, new_id=partial(_uuid, rng))


def _prose(topic: str, rng: Random) -> bytes:
    year, city = rng.randint(2020, 2025), rng.choice(_CITIES)
    sentences = rng.choices(_SENTENCES, k=rng.randint(2, 6))
    return "\n".join(sentence.format(topic=topic.lower(), year=year, city=city) for sentence in sentences).encode()


def _uuid(rng: Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


_DAWN = datetime(2025, 1, 1, tzinfo=UTC)
_STATES = ("new", "open", "waiting", "done")
_TAGS = ("urgent", "customer", "internal", "legal", "finance")
_WORDS = ("contract", "invoice", "delivery", "visit", "repair", "order", "offer", "complaint")


def seed_appdb(instance: Instance, rng: Random) -> None:
    """Make three collections with five hundred documents."""
    records = instance.records
    people = [user["id"] for user in records["users"]]
    datastore_id = _uuid(rng)
    for name, count in (("Tasks", 250), ("Comments", 150), ("Settings", 100)):
        collection = add_collection(
            records,
            datastore_id,
            name,
            rng.choice(people),
            created=iso(_DAWN),
            collection_id=_uuid(rng),
        )
        for number in range(1, count + 1):
            created = _DAWN + timedelta(minutes=rng.randrange(300 * 24 * 60))
            content = {
                "number": number,
                "title": f"{rng.choice(_WORDS).title()} {number}",
                "state": rng.choice(_STATES),
                "tags": rng.sample(_TAGS, rng.randrange(3)),
                "effort": rng.randint(1, 40) / 2,
                "assignee": {"userId": str(rng.choice(people))},
                "due": iso(created + timedelta(days=rng.randint(1, 60))),
            }
            add_document(records, collection, content, rng.choice(people), created=iso(created), document_id=_uuid(rng))
