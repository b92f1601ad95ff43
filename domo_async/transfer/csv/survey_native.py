"""`survey` compiled, with the processor's instructions for many bytes at once. Not every installation has it."""

from __future__ import annotations

from domo_async.transfer.csv import _survey
from domo_async.transfer.csv.survey import Mark, Survey, Surveyor

__all__ = ["NativeSurveyor"]


class NativeSurveyor(Surveyor):
    """See `domo_async.transfer.csv.survey.Surveyor`."""

    def __init__(self, width: int | None) -> None:
        super().__init__(width)
        self._each = -1 if width is None else width - 1

    def well_formed(self, block: bytes) -> int:
        """See `domo_async.transfer.csv.survey.Surveyor.well_formed`."""
        return _survey.well_formed(block)

    def count(self, block: bytes, *, in_quotes: bool) -> tuple[int, bool]:
        """See `domo_async.transfer.csv.survey.Surveyor.count`."""
        return _survey.count(block, in_quotes)

    def survey(self, block: bytes, mark: Mark) -> Survey | None:
        """See `domo_async.transfer.csv.survey.Surveyor.survey`."""
        found = _survey.survey(block, *mark, self._each)
        if found is None:
            return None
        in_quotes, commas, ends, last_end, lines, is_ascii = found
        return Survey(Mark(in_quotes, block[-1], commas), ends, last_end, lines, is_ascii)
