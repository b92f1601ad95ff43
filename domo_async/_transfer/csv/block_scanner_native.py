"""`survey` compiled, with the processor's instructions for many bytes at once. Not every installation has it."""

from __future__ import annotations

from domo_async._transfer.csv import _survey
from domo_async._transfer.csv.block_scanner import BlockScan, BlockScanner, Mark

__all__ = ["NativeBlockScanner"]


class NativeBlockScanner(BlockScanner):
    """See `domo_async._transfer.csv.block_scanner.Surveyor`."""

    def __init__(self, width: int | None) -> None:
        super().__init__(width)
        self._each = -1 if width is None else width - 1

    def well_formed(self, block: bytes) -> int:
        """See `domo_async._transfer.csv.block_scanner.Surveyor.well_formed`."""
        return _survey.well_formed(block)

    def survey(self, block: bytes, mark: Mark) -> BlockScan | None:
        """See `domo_async._transfer.csv.block_scanner.Surveyor.survey`."""
        found = _survey.survey(block, *mark, self._each)
        return None if found is None else BlockScan(Mark(*found[:3]), *found[3:])

    def survey_file(self, file: int, start: int, end: int, mark: Mark) -> tuple[int, BlockScan]:
        """See `domo_async._transfer.csv.block_scanner.Surveyor.survey_file`."""
        found = _survey.survey_file(file, start, end, *mark, self._each)
        return found[0], BlockScan(Mark(*found[1:4]), *found[4:], is_ascii=False)
