"""What models, results and reports have in common: they go to JSON and back under the names that Python has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

__all__ = ["Record"]


class Record:
    """Data that can be handed on: as a dictionary, as JSON, and as a table in notebooks.

    The form is stable: keys are the fields' names in Python; times are ISO 8601 with their offset from UTC; enums are
    their values; a `Decimal` is text, with all its digits; what is `UNSET`, and empty `extras`, are left out; what is
    secret is ``***``. An error has its class under ``$type``, then its message and facts. So has a record that stands
    where its field does not tell which class it is, such as the input of a `BulkResult`.
    """

    __slots__ = ()

    _classes: ClassVar[dict[str, type[Record]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__module__.startswith("domo_async."):
            Record._classes[cls.__qualname__] = cls

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON has, which any other library takes; see `from_dict`.

        Raises:
            ConfigError: It holds something that is not data, such as a function.
        """
        from domo_async._wire import portable  # noqa: PLC0415 - cattrs is slow to import, and many never need it

        return portable.to_dict(self)

    def to_json(self) -> str:
        """Return what `to_dict` returns as JSON text.

        Raises:
            ConfigError: It holds something that JSON does not have, such as NaN.
        """
        from domo_async._wire import portable  # noqa: PLC0415 - as above

        return portable.to_json(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Return what `to_dict` made a dictionary of.

        What was secret is not in the dictionary, so that it is not in what is returned either: it is a `Secret` of
        ``***``, which is never sent. A model keeps further keys in its `extras`.

        Raises:
            DecodeError: It is not of this class: a key is missing, unknown or has a value that does not fit; `path`
                says where.
        """
        from domo_async._wire import portable  # noqa: PLC0415 - as above

        return portable.from_dict(data, cls)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what `to_json` made text of; see `from_dict`.

        Raises:
            DecodeError: It is not JSON, or not of this class.
        """
        from domo_async._wire import portable  # noqa: PLC0415 - as above

        return portable.from_json(text, cls)

    @classmethod
    def _of_fields(cls, fields: dict[str, Any]) -> Self:
        """Return a record of fields that were read; a class whose fields depend on each other has its own."""
        return cls(**fields)
