"""The compiled versions of `block_scanner` and `empties`, which use SIMD instructions.

Not every installation has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domo_async._transfer.csv import _survey
from domo_async._transfer.csv.block_scanner import BlockScan, BlockScanner, FileScan, ScanState
from domo_async._transfer.csv.empties import EmptyFields

__all__ = ["CompiledBlockScanner", "CompiledEmptyFields"]


class CompiledBlockScanner(BlockScanner):
    """See `BlockScanner`."""

    def __init__(self, width: int | None) -> None:
        super().__init__(width)
        self._commas_due = -1 if width is None else width - 1

    def well_formed(self, block: bytes) -> int:
        """See `BlockScanner.well_formed`."""
        return _survey.well_formed(block)

    def scan(self, block: bytes, state: ScanState) -> BlockScan | None:
        """See `BlockScanner.scan`."""
        found = _survey.survey(block, *state, self._commas_due)
        return None if found is None else BlockScan(ScanState(*found[:3]), *found[3:])

    def scan_file(self, file: int, start: int, end: int, asked: bytes, state: ScanState) -> FileScan:
        """See `BlockScanner.scan_file`."""
        found = _survey.survey_file(file, start, end, asked, *state, self._commas_due)
        scan = BlockScan(ScanState(*found[1:4]), *found[4:9], is_ascii=False)
        return FileScan(found[0], scan, *found[9:])


class CompiledEmptyFields(EmptyFields):
    """See `EmptyFields`."""

    def left_out(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """See `EmptyFields.left_out`."""
        held, in_quotes, after_quote, column = b"", False, False, 0
        for block in blocks:
            joined = held + block if held else block
            copied, taken, in_quotes, after_quote, column = _survey.without_empties(
                joined, self.asked, in_quotes, after_quote, column
            )
            held = joined[taken:]
            if copied:
                yield copied
        if held:
            yield held
