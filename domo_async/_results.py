"""The results of calls that change many objects: the interface that all their reports share. Pure data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar, overload

from domo_async._frames import Tabular
from domo_async._tracebacks import shorten_methods
from domo_async._wire import Record
from domo_async.errors import DomoError

__all__ = ["Results"]


class _Result(Protocol):
    """The outcome for one object."""

    @property
    def ok(self) -> bool: ...
    @property
    def begun(self) -> bool: ...
    @property
    def error(self) -> DomoError | OSError | None: ...


R_co = TypeVar("R_co", bound=_Result, covariant=True)


@shorten_methods
class Results(Tabular, Record, Sequence[R_co], Generic[R_co]):
    """The results of a call that changes many objects: a sequence in their order.

    ```python
    for result in report.failed:
        print(result.error)
    report.raise_for_failures()
    ```

    Attributes:
        results: A result for each object.
    """

    __slots__ = ()

    results: tuple[R_co, ...]

    @property
    def ok(self) -> tuple[R_co, ...]:
        """The results that succeeded, or had nothing to do."""
        return tuple(result for result in self.results if result.ok)

    @property
    def failed(self) -> tuple[R_co, ...]:
        """The results that were begun and failed."""
        return tuple(result for result in self.results if result.begun and not result.ok)

    @property
    def not_begun(self) -> tuple[R_co, ...]:
        """The results that were not begun, because another one had failed."""
        return tuple(result for result in self.results if not result.begun)

    def raise_for_failures(self) -> None:
        """Raise the error of the first object that failed; do nothing if none did."""
        for result in self.results:
            if result.error is not None:
                raise result.error

    def __len__(self) -> int:
        return len(self.results)

    def __iter__(self) -> Iterator[R_co]:
        return iter(self.results)

    @overload
    def __getitem__(self, index: int) -> R_co: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[R_co, ...]: ...
    def __getitem__(self, index: int | slice) -> R_co | tuple[R_co, ...]:
        return self.results[index]
