"""Every model of every area, against values in every form in which instances give them."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_origin

import attrs
import pytest

import domo_async._endpoints
from domo_async._wire import Model, decode
from domo_async._wire.fast_paths import without_null
from domo_async._wire.identifiers import is_numeric_id
from domo_async._wire.model import model_fields, name_on_wire
from domo_async._wire.typeinfo import (
    NULL,
    is_anything,
    is_enum,
    is_literal,
    is_mapping,
    is_model,
    is_secret,
    is_sequence,
    is_stamp,
    is_union,
)
from tests.wire.layouts import layouts_of, needs_layouts


def _models(kind: type[Model]) -> Iterator[type[Model]]:
    for each in kind.__subclasses__():
        module = importlib.import_module(each.__module__)
        # attrs makes a class with slots anew; the first one may still be about.
        if each.__module__.startswith("domo_async.") and getattr(module, each.__qualname__, None) is each:
            yield each
        yield from _models(each)


for found in pkgutil.walk_packages(domo_async._endpoints.__path__, "domo_async._endpoints."):
    importlib.import_module(found.name)
MODELS = sorted(set(_models(Model)), key=lambda each: (each.__module__, each.__qualname__))
# What is read in a way of its own, not field by field.
OF_THEIR_OWN = {"QueryResult"}
PLAIN = [each for each in MODELS if each.__qualname__ not in OF_THEIR_OWN]
# What must be there beside identifiers, as there is nothing to give without it.
NEEDED = {
    "Authority.authority": "Authorities are known by it.",
    "CodeFunction.name": "Functions are called by it.",
    "CodePackageVersion.version": "Versions are known by it.",
    "PartUpload.file": "It holds the identifier.",
    "ShareLink.token": "It is the link.",
    "Activity.time": "An entry of the log is told from others by when it was.",
    "EventType.type": "It is all that it says.",
    "ObjectType.type": "It is all that it says.",
    "Column.name": "Columns are known by it.",
    "Column.type": "Rows are read and written by it; one column less would shift all others.",
    "ColumnPosition.column_name": "Columns are known by it.",
    "ColumnPosition.column_position": "It is all that it says of the column.",
    "ConfigurationItem.name": "Settings are known by it.",
    "UserAttribute.key": "Attributes are known by it.",
    "DatasetTag.key": "Tags are known by it.",
    "FieldSort.field": "It is sent, too.",
    "ConnectorContext.connector": "It is sent, too.",
    "FilePermission.entity_type": "With whose number it says whose the permission is.",
    "FilePermission.grant": "It is sent, too, and must not say less than it was.",
    "FileSetAccess.entity_type": "With whose number it says whose the permission is.",
    "FileSetAccess.permission": "It is sent, too, and must not say less than it was.",
    "GeneratedText.output": "It is all that was asked for.",
    "LatestSchema.schema": "It is all that was asked for.",
    "CreateAnswer.data_source": "It holds the identifier.",
    "NewAccessToken.token": "It is shown this once.",
    "ResultColumn.type": "Rows are read by it.",
    "ScheduleRecipient.value": "It says who the recipient is.",
    "SearchAnswer.total_result_count": "Without it nobody knows whether the hits are all that there are.",
    "StreamTransport.type": "It is sent, too.",
    "WorkflowVersion.version": "Versions are known by it.",
}
# Lists that must be there, or they would pass for empty ones.
ENVELOPES = re.compile(r"_\w+\.\w+")


def is_needed(model: type[Model], each: attrs.Attribute[Any]) -> bool:
    """Return whether an answer without a field is none."""
    name = f"{model.__qualname__}.{each.name}"
    if each.default is not attrs.NOTHING:
        return False
    return bool(re.search(r"(^|_)ids?$", each.name) or name in NEEDED or ENVELOPES.fullmatch(name))


MILLIS = 1_734_458_216_000
ODD = {"nobody": ["expects", "this"]}


def types_in(annotation: Any) -> Iterator[Any]:
    """Yield the types that a field's type is made of."""
    yield annotation
    if not (is_numeric_id(annotation) or is_literal(annotation)):
        for part in get_args(annotation):
            yield from types_in(part)


@pytest.mark.parametrize("model", MODELS, ids=lambda each: each.__qualname__)
def test_no_identifier_is_a_plain_integer(model: type[Model]) -> None:
    """Instances give each of them as a number in one answer and as text in another."""
    ids = [each for each in model_fields(model) if re.search(r"(^|_)ids?$", each.name)]

    plain = [each.name for each in ids if int in types_in(each.type)]

    assert [] == plain


def sample(annotation: Any, form: str, depth: int = 0) -> Any:
    """Return a JSON value that a type stands for, its scalars in one of the known forms."""
    into = without_null(annotation)
    if is_union(into):
        first, *others = (each for each in get_args(into) if each is not NULL)
        # A value that may be of several kinds is of the one that it is written as.
        form = "number" if any(each in (str, int, float, bool) for each in others) else form
        into = without_null(first)
    if is_secret(into):
        return sample(get_args(into)[0], form, depth)
    if is_model(into):
        return {} if depth > 3 else sample_of(into, form, depth + 1)
    if is_sequence(into):
        items = get_args(into)
        return [sample(items[0], form, depth)] if items else []
    if is_mapping(into):
        args = get_args(into)
        return {_key(args[0]): sample(args[1], form, depth)} if args else {}
    if get_origin(into) is tuple:
        return [sample(each, form, depth) for each in get_args(into)]
    return _scalar(into, form)


def _key(into: Any) -> str:
    return str(next(iter(into)).value) if is_enum(into) else "1"


def _scalar(into: Any, form: str) -> Any:
    text = form == "text"
    if is_stamp(into) or into is date:
        return {"text": str(MILLIS), "number": MILLIS, "iso": "2024-12-17T17:56:56Z"}[form]
    if is_numeric_id(into) or into in (int, float, Decimal):
        return "17" if text else 17
    if into is bool:
        return "true" if text else True
    if into is str:
        return "17" if text else 17
    if is_literal(into):
        return get_args(into)[0]
    if isinstance(into, type) and issubclass(into, Enum):
        return next(iter(into)).value
    assert is_anything(into), into
    return "17"


def sample_of(model: type[Model], form: str, depth: int = 0) -> dict[str, Any]:
    """Return a JSON object with each key of a model."""
    return {name_on_wire(each): sample(each.type, form, depth) for each in model_fields(model)}


def read(value: Any, model: type[Model], *, strict: bool) -> Any:
    return decode(json.dumps(value).encode(), model, strict=strict)


@pytest.mark.parametrize("model", PLAIN, ids=lambda each: each.__qualname__)
def test_whichever_form_a_value_has_it_is_the_same(model: type[Model]) -> None:
    """Numbers as texts, texts as numbers, flags as texts, times in milliseconds as number and text, and as ISO."""
    expected = read(sample_of(model, "number"), model, strict=True)

    assert not expected.extras
    for form in ("text", "iso"):
        assert expected == read(sample_of(model, form), model, strict=True)


@needs_layouts
@pytest.mark.parametrize("model", PLAIN, ids=lambda each: each.__qualname__)
def test_a_layout_makes_what_the_hook_in_python_makes(model: type[Model]) -> None:
    for form in ("number", "text", "iso"):
        value = {**sample_of(model, form), "unknown": form}
        layouts = layouts_of(model, [*value])

        made = layouts.make(layouts.compiled, value)

        assert read(value, model, strict=False) == made
        assert model is type(made)
        assert {"unknown": form} == made.extras
        assert layouts.make(layouts.compiled, {"other": form}) is None


@pytest.mark.parametrize("model", PLAIN, ids=lambda each: each.__qualname__)
def test_no_odd_key_loses_the_others(model: type[Model]) -> None:
    """Missing, null, or of a shape that nobody knows, each in turn."""
    whole = sample_of(model, "number")
    expected = read(whole, model, strict=False)
    for odd in model_fields(model):
        key = name_on_wire(odd)
        if is_needed(model, odd):
            continue
        for changed in (
            {each: whole[each] for each in whole if each != key},
            {**whole, key: None},
            {**whole, key: ODD},
        ):
            answer = read(changed, model, strict=False)

            for name in (each.name for each in model_fields(model) if each is not odd):
                assert getattr(expected, name) == getattr(answer, name)
