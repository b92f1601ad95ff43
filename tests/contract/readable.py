"""Whether a model says all that a JSON answer says, and says it right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domo_async import Secret
from domo_async._wire import Model
from domo_async._wire.model import model_fields, name_on_wire

__all__ = ["assert_says"]


def assert_says(value: object, answer: object, where: str = "$") -> None:
    """Fail unless each key of `answer` is a field of `value` that holds what the key does, at every depth."""
    if isinstance(value, Secret):
        value = value.get_secret_value()
    match answer:
        case Mapping() if isinstance(value, Model):
            assert not value.extras, f"{where}: no field for {', '.join(value.extras)}"
            fields = {name_on_wire(a): getattr(value, a.name) for a in model_fields(type(value))}
            for key, item in answer.items():
                assert_says(fields[key], item, f"{where}.{key}")
        case Mapping():
            assert isinstance(value, Mapping), where
            assert answer.keys() == value.keys(), where
            for key, item in answer.items():
                assert_says(value[key], item, f"{where}.{key}")
        case list():
            assert isinstance(value, Sequence), where
            assert len(answer) == len(value), where
            for number, (item, given) in enumerate(zip(answer, value, strict=True)):
                assert_says(given, item, f"{where}[{number}]")
        case _:
            assert _same(value, answer), f"{where}: {answer!r} became {value!r}"


def _same(value: object, answer: object) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is not None and abs(value - _instant(answer)) < timedelta(milliseconds=1)
    if isinstance(value, date):
        return value.isoformat() == answer
    if isinstance(answer, bool) or answer is None:
        return value is answer
    if isinstance(value, Decimal) or isinstance(answer, Decimal):
        return Decimal(str(value)) == Decimal(str(answer))
    # An identifier may be text in one document and a number in another.
    return value == answer or (isinstance(value, int) and not isinstance(value, bool) and str(value) == answer)


def _instant(answer: object) -> datetime:
    """Read an instant independently of the library, by what is plausible: no sample is older than 2001."""
    if isinstance(answer, str):
        text = answer.replace(" ", "T")
        text = text if text[-1] == "Z" or "+" in text else f"{text}Z"
        return datetime.fromisoformat(text)
    number = Decimal(str(answer))
    if number > Decimal(10) ** 13:
        digits = str(int(number))
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC) + timedelta(seconds=float(number % 1))
    return datetime.fromtimestamp(float(number / 1000 if number > Decimal(10) ** 11 else number), UTC)
