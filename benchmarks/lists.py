"""Long lists into models, against msgspec into Structs of the same fields; the results kept, the collector as it is."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import orjson

from benchmarks._harness import Measurement, Options, Row, at_most, in_pairs
from domo_async._endpoints.activity_log.models import Activity
from domo_async._endpoints.search.models import SearchHit
from domo_async._endpoints.users.models import User
from domo_async._wire import decode

_RECORDS = 100_000
_FACTS = ("department", "title", "phone", "timeZone", "locale", "employeeId", "hireDate", "costCentre")


class UserAttributeStruct(msgspec.Struct, rename="camel"):
    key: str
    values: list[Any]


class UserStruct(msgspec.Struct, rename="camel"):
    id: int
    display_name: str | None = None
    user_name: str | None = None
    email_address: str | None = None
    role_id: int | None = None
    attributes: list[UserAttributeStruct] = []
    name: str | None = None
    location: str | None = None
    manager: str | None = None
    phone_number: str | None = None
    title: str | None = None


class ActivityStruct(msgspec.Struct, rename="camel"):
    time: int
    user_name: str | None = None
    user_id: str | None = None
    user_type: str | None = None
    action_type: str | None = None
    object_type: str | None = None
    additional_comment: str | None = None
    event_text: str | None = None


class TimedActivityStruct(ActivityStruct, rename="camel"):
    """The same, with a datetime, to which msgspec does not convert milliseconds."""

    def __post_init__(self) -> None:
        self.time: Any = datetime.fromtimestamp(self.time / 1000, UTC)


class HitStruct(msgspec.Struct, rename="camel"):
    entity_type: str | None = None
    database_id: str | int | None = None
    uuid: str | None = None
    name: str | None = None
    title: str | None = None
    display_name: str | None = None
    description: str | None = None
    owned_by_id: str | int | None = None
    owned_by_name: str | None = None
    create_date: Any = None
    last_modified: Any = None


class TimedHitStruct(HitStruct, rename="camel"):
    """The same, with datetimes."""

    def __post_init__(self) -> None:
        self.create_date = datetime.fromtimestamp(self.create_date / 1000, UTC)
        self.last_modified = datetime.fromtimestamp(self.last_modified / 1000, UTC)


def benchmark(options: Options) -> Iterator[Row]:
    """Decode users in one list, and pages of users, of the activity log and of search hits."""
    cases: Sequence[tuple[str, Callable[[int], object], type, type, int]] = (
        ("users in one list", _user, User, UserStruct, _RECORDS),
        ("users, 500 a page", _user, User, UserStruct, 500),
        ("activity, 1000 a page", _activity, Activity, TimedActivityStruct, 1000),
        ("activity, 1000 a page, its times left as numbers by msgspec", _activity, Activity, ActivityStruct, 1000),
        ("search hits, 100 a page", _hit, SearchHit, TimedHitStruct, 100),
        ("search hits, 100 a page, their times left as numbers", _hit, SearchHit, HitStruct, 100),
    )
    for what, make, model, struct, size in cases:
        bodies = _pages(make, size)
        into: Any = tuple[model, ...]  # type: ignore[valid-type]
        decoder = msgspec.json.Decoder(list[struct])  # type: ignore[valid-type]
        decode(b"[]", into)
        yield in_pairs(
            f"100 000 {what} / msgspec",
            "s",
            lambda bodies=bodies, into=into: _seconds(lambda body: decode(body, into), bodies),  # type: ignore[misc]
            lambda bodies=bodies, decoder=decoder: _seconds(decoder.decode, bodies),  # type: ignore[misc]
            runs=options.runs,
            target=at_most(4.0),
        )
    for name, (_, _, size) in _MODELS.items():
        yield in_pairs(
            f"100 000 {name}, {size} a page, without compiled code / with compiled code",
            "s",
            Measurement(decoding, name, without=["domo_async._wire._decoding"]),
            Measurement(decoding, name),
            runs=options.runs,
        )


def decoding(name: str) -> float:
    """Decode pages of one model; return the seconds."""
    make, model, size = _MODELS[name]
    into: Any = tuple[model, ...]  # type: ignore[valid-type]
    decode(b"[]", into)
    return _seconds(lambda body: decode(body, into), _pages(make, size))


def _pages(make: Callable[[int], object], size: int) -> list[bytes]:
    return [orjson.dumps([make(number) for number in range(first, first + size)]) for first in range(0, _RECORDS, size)]


def _seconds(read: Callable[[bytes], object], bodies: Sequence[bytes]) -> float:
    """Return the seconds to decode all pages while keeping the results."""
    gc.collect()
    started = time.perf_counter()
    kept = [read(body) for body in bodies]
    spent = time.perf_counter() - started
    del kept
    return spent


def _user(number: int) -> object:
    return {
        "id": 1_000_000 + number,
        "displayName": f"User {number}",
        "userName": f"user{number}@example.com",
        "emailAddress": f"user{number}@example.com",
        "roleId": number % 9,
        "attributes": [{"key": key, "values": [f"{key} {number % 1000}"]} for key in _FACTS],
    }


def _activity(number: int) -> object:
    return {
        "userName": f"User {number % 97}",
        "userId": str(number % 97),
        "userType": "USER",
        "actionType": "VIEWED",
        "objectType": "PAGE",
        "additionalComment": f"User {number % 97} viewed page 'Sales {number}'.",
        "time": 1_654_205_894_927 + number * 137,
        "eventText": "Viewed page",
    }


def _hit(number: int) -> object:
    return {
        "entityType": "dataset",
        "databaseId": f"4c6a9a1e-{number:012}",
        "uuid": None,
        "name": f"Orders {number}",
        "description": "What was ordered, by region and day, without what was sent back.",
        "ownedById": number % 97,
        "ownedByName": f"User {number % 97}",
        "createDate": 1_654_205_894_927 + number,
        "lastModified": 1_654_305_894_927 + number,
        "winnerText": "orders",
        "useGraph": False,
        "score": 1.5,
    }


_MODELS: Mapping[str, tuple[Callable[[int], object], type, int]] = {
    "users": (_user, User, 500),
    "activity": (_activity, Activity, 1000),
    "search hits": (_hit, SearchHit, 100),
}
