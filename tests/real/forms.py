"""The forms in which instances are known to write one and the same value, each as a change of a whole answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

__all__ = ["FORMS", "Form"]

Form = Callable[[Any], Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = re.compile(r"^(id|ID|.*Ids?)$")
_TIME = re.compile(
    r"(^|[a-z])(created?|modified|updated?|expires|recorded|touched|deleted|due|started|completed|finished|ended|time"
    r"|executionTime|badgeUpdated|validated|lastRun|nextRun|datetime\w+)$"
    r"|(At|On|Date|Time|Since|AsOf|Modified|Updated|Created|Touched|Uploaded)$",
    re.IGNORECASE,
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
# Cells are read by the types of their columns, which stand beside them.
_CELLS = frozenset({"rows"})


def _changed(value: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    """Return a JSON value with its scalars changed; each is given with the key that it stands under, or its list."""
    match value:
        case dict():
            return {name: item if name in _CELLS else _changed(item, change, name) for name, item in value.items()}
        case list():
            return [_changed(item, change, key) for item in value]
    return change(key, value)


def _ids_as_text(key: str, value: Any) -> Any:
    return str(value) if _ID.match(key) and isinstance(value, int) and not isinstance(value, bool) else value


def _ids_as_numbers(key: str, value: Any) -> Any:
    digits = _ID.match(key) and isinstance(value, str) and re.fullmatch("[1-9][0-9]{0,17}", value)
    return int(value) if digits else value


def _flags_as_text(_: str, value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _numbers_as_text(_: str, value: Any) -> Any:
    return str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value


def _numbers_with_decimals(key: str, value: Any) -> Any:
    plain = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    return float(value) if plain and not _ID.match(key) and not _TIME.search(key) else value


def _times(write: Callable[[datetime], Any]) -> Callable[[str, Any], Any]:
    """Return the change that writes all times so."""

    def change(key: str, value: Any) -> Any:
        moment = _moment(value) if _TIME.search(key) else None
        return value if moment is None else write(moment)

    return change


def _moment(value: Any) -> datetime | None:
    """Return the time that a value tells in milliseconds or ISO 8601, if it tells one of no finer digits."""
    if isinstance(value, int) and 10**11 <= value < 10**13:
        return _EPOCH + timedelta(milliseconds=value)
    if isinstance(value, str) and _ISO.fullmatch(value):
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment if moment.microsecond % 1000 == 0 else None
    return None


def _millis(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _seconds(moment: datetime) -> int | float:
    millis = _millis(moment)
    return millis / 1000 if millis % 1000 else millis // 1000


def _compact(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S}.{moment.microsecond // 1000:03}"


def _spaced(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")


def _without_nulls(value: Any) -> Any:
    match value:
        case dict():
            return {key: _without_nulls(item) for key, item in value.items() if item is not None or key in _CELLS}
        case list():
            return [_without_nulls(item) for item in value]
    return value


def _alone(value: Any) -> Any:
    """Return an answer with the one object of a list as it is, below the answer itself."""
    match value:
        case dict():
            return {key: _alone(item[0]) if _is_alone(item) else _alone(item) for key, item in value.items()}
        case list():
            return [_alone(item) for item in value]
    return value


def _is_alone(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)


def _each(change: Callable[[str, Any], Any]) -> Form:
    return lambda value: _changed(value, change)


FORMS: Mapping[str, Form] = {
    "identifiers as text": _each(_ids_as_text),
    "identifiers as numbers": _each(_ids_as_numbers),
    "flags as text": _each(_flags_as_text),
    "numbers as text": _each(_numbers_as_text),
    "numbers with decimals": _each(_numbers_with_decimals),
    "times in milliseconds": _each(_times(_millis)),
    "times in milliseconds as text": _each(_times(lambda moment: str(_millis(moment)))),
    "times in seconds": _each(_times(_seconds)),
    "times with T and Z": _each(_times(lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"))),
    "times with T and no zone": _each(_times(lambda moment: _spaced(moment).replace(" ", "T"))),
    "times with a blank": _each(_times(_spaced)),
    "times in compact digits": _each(_times(_compact)),
    "nothing for null": _without_nulls,
    "an object for a list of one": _alone,
}
