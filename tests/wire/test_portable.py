"""Every public class of data goes to a dictionary and to JSON, and comes back as it was."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin
from zoneinfo import ZoneInfo

import attrs
import pytest
from pydantic import TypeAdapter, ValidationError

import domo_async
from domo_async import errors, models
from domo_async._bulk import BulkReport, BulkResult, Outcome
from domo_async._doctor.report import DoctorReport
from domo_async._endpoints.datasets._answer import query_result
from domo_async._fleet import FleetResults
from domo_async._redaction import Secret
from domo_async._transfer.files.folders import FolderReport
from domo_async._transfer.results import ItemResult, ItemResults
from domo_async._transfer.uploading.options import UploadOptions
from domo_async._wire import Model, Record, Unset, dumps
from domo_async._wire.identifiers import is_numeric_id
from domo_async._wire.typeinfo import (
    NULL,
    is_anything,
    is_enum,
    is_fixed_tuple,
    is_literal,
    is_mapping,
    is_record,
    is_secret,
    is_sequence,
    is_stamp,
    is_union,
)
from domo_async.errors import ConfigError, DecodeError, FleetError, ListIncomplete, NotFound
from domo_async.models import Dataset, QueryResult, User

# What is not data: it holds connections, callbacks, bytes or what a running program counts.
NOT_DATA = {"Settings", "AppAccess", "Budget", "Telemetry", "ContentRange"}


def _classes() -> Iterator[type[Record]]:
    """Yield each public class that has fields, and all of those that calls return."""
    for found in pkgutil.walk_packages(domo_async.__path__, "domo_async."):
        if found.name.split(".")[1] in {"_wire", "_bulk", "_transfer", "_endpoints", "_doctor", "_fleet", "_settings"}:
            with suppress(ImportError):  # what is compiled is not everywhere
                importlib.import_module(found.name)
    waiting: list[type[Record]] = [Record]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        # Beside the class that attrs makes, Python lists the one that it was made of.
        has_fields = attrs.has(cls)
        if has_fields and cls is Record._classes.get(cls.__qualname__) and not cls.__qualname__.startswith("_"):
            yield cls


CLASSES = sorted({*_classes()} - {Model}, key=lambda cls: cls.__qualname__)


def made(hint: Any, depth: int = 0) -> Any:
    """Return a value of a type."""
    if is_union(hint):
        return made(next(member for member in get_args(hint) if member not in (NULL, Unset)), depth)
    if is_stamp(hint) or hint is datetime:
        return datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=timezone(timedelta(hours=2)))
    if is_numeric_id(hint):
        return 4711
    if is_secret(hint):
        return Secret(made(get_args(hint)[0], depth))
    if is_literal(hint):
        return get_args(hint)[0]
    if is_enum(hint):
        return [*hint][-1]
    if is_record(hint):
        return record(get_origin(hint) or hint, depth + 1)
    return _made_of_parts(hint, depth)


def _made_of_parts(hint: Any, depth: int) -> Any:
    parts = get_args(hint)
    if is_fixed_tuple(hint):
        return tuple(made(part, depth) for part in parts)
    if is_sequence(hint):
        items = [made(parts[0], depth)] if depth < 4 else []
        return items if get_origin(hint) is list else tuple(items)
    if is_mapping(hint):
        return {made(parts[0], depth): made(parts[1], depth)}
    if get_origin(hint) is frozenset:
        return frozenset({made(parts[0], depth)})
    if get_origin(hint) is os.PathLike:
        return "a/path"
    if is_anything(hint):
        return {"a": [1, None, "x"]}
    if isinstance(hint, TypeVar):
        return Dataset(id="d-1", name="Orders", extras={"new": 1})
    if isinstance(hint, type) and issubclass(hint, Exception):
        return NotFound(status=404, message="gone", method="GET", path="/api/x", code="X")
    if isinstance(hint, type) and issubclass(hint, tzinfo):
        return ZoneInfo("Europe/Berlin")
    values: dict[Any, Any] = {str: "täxt", int: 7, float: 1.5, bool: True, Path: Path("a/path")}
    return (values | {Decimal: Decimal("1.20"), date: date(2024, 5, 6)})[hint]


def record(cls: Any, depth: int = 0) -> Any:
    """Return one with a value for every field."""
    attrs.resolve_types(cls)
    given = {}
    for field in attrs.fields(cls):
        if field.name == "extras":
            given["extras"] = {"newKey": [1, {"a": None}]}
        elif field.init and not (depth > 3 and field.default is not attrs.NOTHING):
            given[field.alias] = _SPECIAL.get((cls.__name__, field.name), lambda f=field: made(f.type, depth))()
    return cls._of_fields(given) if cls is QueryResult else cls(**given)


# Where not every value of the type will do.
_SPECIAL: dict[tuple[str, str], Callable[[], Any]] = {
    ("UploadOptions", "progress"): lambda: True,
    ("QueryResult", "columns"): lambda: ("a",),
    ("QueryResult", "metadata"): lambda: (models.ResultColumn(type=models.ColumnType.STRING),),
    ("Retries", "statuses"): lambda: frozenset({503, 502}),
    ("QueryResult", "rows"): lambda: [["x"], [None]],
}


# What has a default, and yet some of them must be given.
_NEEDED = {("DateFilter", "start"), ("DateRange", "from_"), ("FieldFilter", "values"), ("Range", "from_")}


def without_secrets(value: Any) -> Any:
    """Return a record with what it must not tell replaced as `to_dict` does, to be compared."""
    if isinstance(value, Secret):
        return Secret("***")
    if isinstance(value, Exception):
        return type(value), str(value)
    if attrs.has(type(value)):
        return type(value), {
            field.name: without_secrets(getattr(value, field.name)) for field in attrs.fields(type(value)) if field.init
        }
    if isinstance(value, Mapping):
        return {key: without_secrets(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(map(without_secrets, value))
    return value


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__qualname__)
def test_a_record_comes_back_as_it_was_from_a_dictionary_and_from_json(cls: Any) -> None:
    whole = record(cls)

    told = whole.to_dict()

    assert without_secrets(whole) == without_secrets(cls.from_dict(told))
    assert without_secrets(whole) == without_secrets(cls.from_json(whole.to_json()))
    assert told == json.loads(json.dumps(told)) == json.loads(whole.to_json())


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__qualname__)
def test_what_is_left_out_stays_so(cls: Any) -> None:
    attrs.resolve_types(cls)
    given = {
        field.alias: _SPECIAL.get((cls.__name__, field.name), lambda f=field: made(f.type))()
        for field in attrs.fields(cls)
        if field.init and (field.default is attrs.NOTHING or (cls.__name__, field.name) in _NEEDED)
    }
    scant = cls._of_fields(given)

    told = scant.to_dict()

    assert "extras" not in told
    assert "UNSET" not in json.dumps(told)
    assert without_secrets(scant) == without_secrets(cls.from_dict(told))


def test_every_public_class_of_data_is_a_record() -> None:
    for module in (models, domo_async):
        for name in module.__all__:
            cls = getattr(module, name)
            if isinstance(cls, type) and attrs.has(cls) and name not in NOT_DATA:
                assert issubclass(cls, Record), name
    for cls in (DoctorReport, FolderReport, ItemResult, ItemResults):
        assert issubclass(cls, Record)


def test_every_report_with_rows_becomes_a_frame() -> None:
    with_rows = [cls for cls in CLASSES if hasattr(cls, "to_dicts") or cls.__name__.endswith("Report")]

    assert [] == [cls for cls in with_rows if not issubclass(cls, Model) and not hasattr(cls, "to_pandas")]


def test_the_form_is_the_one_that_is_promised() -> None:
    user = User.from_dict({"id": "7", "display_name": "Ann", "somethingNew": {"password": "s3cret", "a": 1}})

    assert {"somethingNew": {"password": "s3cret", "a": 1}} == user.extras
    told = user.to_dict()
    assert ("Ann", {"somethingNew": {"password": "***", "a": 1}}) == (told["display_name"], told["extras"])
    token = models.AccessToken(id=1, expires=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert {"id": 1, "expires": "2024-01-02T03:04:05+00:00"}.items() <= token.to_dict().items()


def test_a_querys_rows_keep_their_types() -> None:
    answer = {
        "datasource": "d-1",
        "columns": ["n", "amount", "day", "at", "text"],
        "metadata": [{"type": kind} for kind in ("LONG", "DECIMAL", "DATE", "DATETIME", "STRING")],
        "rows": [[2**60, "1.10", "2024-05-06", "2024-05-06T07:08:09", ""], [None] * 5],
        "numRows": 2,
        "numColumns": 5,
    }
    result = query_result(dumps(answer))

    again = QueryResult.from_json(result.to_json())

    assert (2**60, Decimal("1.10"), date(2024, 5, 6), datetime(2024, 5, 6, 7, 8, 9), "") == again[0]
    assert [*result] == [*again]
    assert [2**60, "1.10", "2024-05-06", "2024-05-06T07:08:09", ""] == result.to_dict()["rows"][0]


def test_a_report_keeps_classes_and_errors() -> None:
    user = User.from_dict({"id": 7, "display_name": "Ann"})
    gone = NotFound(status=404, message="no such user", method="GET", path="/api/users/7", body="{}")
    report = BulkReport((BulkResult(user, Outcome.FAILED, error=gone), BulkResult("x", Outcome.CREATED, value=user)))

    again: BulkReport[Any, Any] = BulkReport.from_json(report.to_json())

    assert (user, "x", user) == (again[0].input, again[1].input, again[1].value)
    error = again[0].error
    assert isinstance(error, NotFound)
    assert (str(gone), 404, "/api/users/7", "no such user") == (str(error), error.status, error.path, error.reason)
    assert "$type" not in user.to_dict()


def test_errors_in_errors_and_those_of_the_system_come_back() -> None:
    short = ListIncomplete("short", total=3, given=1)
    short.items = (User.from_dict({"id": 7}),)
    of_all = FleetError("failed", errors={"acme": short})
    results = FleetResults({"beta": 1}, {"acme": of_all})

    again = FleetResults.from_dict(results.to_dict()).failed["acme"]

    assert isinstance(again, FleetError)
    inner = again.errors["acme"]
    assert isinstance(inner, ListIncomplete)
    assert (3, 1) == (inner.total, inner.given)
    entry: ItemResult[str, Any] = ItemResult.from_dict(ItemResult("a", error=OSError("disk full")).to_dict())
    assert (OSError, "disk full") == (type(entry.error), str(entry.error))


@pytest.mark.parametrize("name", sorted(errors.__all__))
def test_an_error_of_each_class_comes_back_with_all_its_attributes(name: str) -> None:
    cls = getattr(errors, name)
    given = {"status": 404, "errors": {"acme": ConfigError("x")}, "names": ["a", 1], "body": '{"status": 404}'}
    needed = [
        each.name for each in signature(cls).parameters.values() if each.name in given or each.default is each.empty
    ]
    whole = cls(**{each: given.get(each, "what is told") for each in needed})

    restored = BulkReport.from_json(BulkReport((BulkResult("a", Outcome.FAILED, error=whole),)).to_json())[0].error

    assert (cls, str(whole)) == (type(restored), str(restored))
    public = {*vars(whole), *(each for base in cls.__mro__ for each in vars(base).get("__annotations__", ()))}
    assert {"message"} <= public
    for each in public - {"body"}:
        assert repr(getattr(whole, each)) == repr(getattr(restored, each)), each
    if "body" in public:
        assert "" == restored.body  # type: ignore[union-attr]
    if isinstance(restored, errors.APIError):
        assert (True, False) == (whole.refused, restored.refused)


def test_a_secret_is_masked_and_its_mask_is_never_sent() -> None:
    keys = models.AwsCredentials(access_key="AKIA", access_secret="s3cret")

    told = keys.to_json()

    assert '{"access_key":"***","access_secret":"***","session_token":null}' == told
    with pytest.raises(ConfigError, match="give the secret itself"):
        dumps({"key": models.AwsCredentials.from_json(told).access_secret})


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"id": 7, "type": "USER", "colour": 1}, "$.colour"),
        ({"type": "USER"}, "$.id"),
        ({"id": [], "type": "USER"}, "$.id"),
        ([], "$"),
    ],
)
def test_what_is_not_of_the_class_is_refused_with_its_place(data: Any, path: str) -> None:
    with pytest.raises(DecodeError) as refused:
        models.Recipient.from_dict(data)
    assert path == refused.value.path


def test_what_is_not_data_is_refused() -> None:
    with pytest.raises(ConfigError, match="function"):
        UploadOptions(progress=print).to_dict()


def test_importing_models_does_not_import_what_converts_them() -> None:
    import subprocess
    import sys

    code = "import sys, domo_async.models; print('cattrs' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "False" == ended.stdout.strip()


def test_pydantic_takes_models_as_types() -> None:
    users = TypeAdapter(list[models.User])
    ada = models.User.from_dict({"id": 27, "display_name": "Ada", "email_address": "ada@example.com", "role_id": 2})

    assert [ada] == users.validate_python([ada.to_dict()]) == users.validate_python([ada])
    assert [ada.to_dict()] == json.loads(users.dump_json([ada]))
    with pytest.raises(ValidationError, match=r"at \$\.id"):
        users.validate_python([{"id": {}}])
    assert {"type": "object", "title": "User"} == users.json_schema()["items"]
