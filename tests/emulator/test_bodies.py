"""Schemas of requests' bodies."""

from __future__ import annotations

from typing import Any

import pytest

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import (
    Array,
    Field,
    Flag,
    Identifier,
    Number,
    Object,
    OneOf,
    Scalar,
    Text,
    WholeNumber,
)

SHARING = Object(
    {
        "recipients": Array(Object({"type": OneOf(("USER", "GROUP")), "id": Identifier()}), least=1),
        "message": Text(optional=True, null=True),
        "sendEmail": Flag(default=False),
        "copies": WholeNumber(optional=True, least=1),
        "page": Object({"limit": WholeNumber(default=50, least=1, most=100)}, default={}),
    }
)
ADA = {"type": "USER", "id": "27"}


def test_a_body_that_fits_has_defaults_and_keeps_the_keys_that_a_schema_does_not_name() -> None:
    body = {"recipients": [{**ADA, "name": "Ada"}], "message": None, "sendEmail": "TRUE", "color": "red"}
    expected = {
        "recipients": [{**ADA, "name": "Ada"}],
        "sendEmail": True,
        "color": "red",
        "page": {"limit": 50},
    }
    assert expected == SHARING.check(body)
    assert body["sendEmail"] == "TRUE", "the request's own body is not changed"


def test_a_default_is_not_shared_by_requests() -> None:
    schema = Object({"tags": Array(Text(), default=[])})
    schema.check({})["tags"].append("sales")
    assert {"tags": []} == schema.check({})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "The request's body must be a JSON object"),
        ({}, "Required: recipients, an array of objects"),
        ({"recipients": []}, "Required: recipients, an array of objects"),
        ({"recipients": [ADA, 27]}, "Required: recipients, an array of objects"),
        ({"recipients": [{"id": 27}]}, "Required: type, one of USER, GROUP"),
        ({"recipients": [{"type": ["USER"], "id": 27}]}, "Required: type, one of USER, GROUP"),
        ({"recipients": [{**ADA, "id": True}]}, "Required: id, a number"),
        ({"recipients": [ADA], "message": 5}, "message must be a string"),
        ({"recipients": [ADA], "sendEmail": 1}, "sendEmail must be true or false"),
        ({"recipients": [ADA], "sendEmail": None}, "sendEmail must be true or false"),
        ({"recipients": [ADA], "page": []}, "page must be an object"),
        ({"recipients": [ADA], "page": {"limit": 0}}, "page.limit must be from 1 to 100"),
        ({"recipients": [ADA], "copies": 0}, "copies must be a whole number of at least 1"),
    ],
)
def test_a_body_that_does_not_fit_is_a_bad_request_that_names_the_field(body: Any, message: str) -> None:
    with pytest.raises(HTTPError) as caught:
        SHARING.check(body)
    assert (400, message) == (caught.value.status, caught.value.message)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (WholeNumber(), "12", 12),
        (WholeNumber(), "-1", None),
        (WholeNumber(), True, None),
        (WholeNumber(), 1.0, None),
        (Number(above=0), 0.5, 0.5),
        (Number(above=0), 0, None),
        (Number(), False, None),
        (OneOf(("LARGE", "SMALL"), upper=True), "large", "LARGE"),
        (OneOf(("LARGE", "SMALL")), "large", None),
        (Text(), "", None),
        (Text(empty=True), "", ""),
        (Text(pattern=r"\d+"), "12x", None),
        (Scalar(), 1.5, 1.5),
        (Scalar(), {}, None),
        (Scalar(), True, None),
        (Scalar(), "", None),
        (Scalar(empty=True), "", ""),
        (Identifier(), "27", "27"),
        (Identifier(), -1, None),
        (Identifier(), "9" * 20, None),
        (Array(least=2), [1], None),
        (Object(has=("name",)), {"name": ""}, None),
    ],
    ids=repr,
)
def test_a_value_fits_its_type_or_is_refused(schema: Field[Any], value: Any, expected: Any) -> None:
    if expected is None:
        with pytest.raises(HTTPError):
            schema.check(value, "field")
    else:
        assert expected == schema.check(value, "field")
