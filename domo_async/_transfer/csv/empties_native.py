"""`empties` compiled, with the processor's instructions for many bytes at once. Not every installation has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domo_async._transfer.csv import _survey
from domo_async._transfer.csv.empties import EmptyFields

__all__ = ["NativeEmptyFields"]


class NativeEmptyFields(EmptyFields):
    """See `domo_async._transfer.csv.empties.EmptyFields`."""

    def left_out(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """See `domo_async._transfer.csv.empties.EmptyFields.left_out`."""
        held, in_quotes, after_quote, column = b"", False, False, 0
        for block in blocks:
            joined = held + block if held else block
            copied, taken, in_quotes, after_quote, column = _survey.without_empties(
                joined, self._asked, in_quotes, after_quote, column
            )
            held = joined[taken:]
            if copied:
                yield copied
        if held:
            yield held

    def bytes_in_file(self, file: int, start: int, end: int) -> int | None:
        """See `domo_async._transfer.csv.empties.EmptyFields.bytes_in_file`."""
        found = _survey.count_empties(file, start, end, self._asked)
        return found if found >= 0 else None
