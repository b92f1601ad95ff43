"""`block_scanner`, `empties` and `rewriting` compiled, with the processor's instructions for many bytes at once.

Not every installation has it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from domo_async._transfer.csv import _rewrite, _survey
from domo_async._transfer.csv.block_scanner import BlockScan, BlockScanner, ScanState
from domo_async._transfer.csv.empties import EmptyFields
from domo_async._transfer.csv.rewriting import FieldRule, Rewriter, Rewritten

__all__ = ["CompiledBlockScanner", "CompiledEmptyFields", "CompiledRewriter"]


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

    def scan_file(self, file: int, start: int, end: int, state: ScanState) -> tuple[int, BlockScan]:
        """See `BlockScanner.scan_file`."""
        found = _survey.survey_file(file, start, end, *state, self._commas_due)
        return found[0], BlockScan(ScanState(*found[1:4]), *found[4:], is_ascii=False)


class CompiledEmptyFields(EmptyFields):
    """See `EmptyFields`."""

    def left_out(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """See `EmptyFields.left_out`."""
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
        """See `EmptyFields.bytes_in_file`."""
        found = _survey.count_empties(file, start, end, self._asked)
        return found if found >= 0 else None


class CompiledRewriter(Rewriter):
    """See `Rewriter`.

    What has to be looked at by a function of Python is left to Python, and so are delimiters that are not ASCII.
    """

    def __init__(
        self,
        *,
        delimiter: str = ",",
        encoding: str = "utf-8",
        order: Sequence[int | None] | None = None,
        constants: Sequence[str] = (),
        width: int | None = None,
        rules: Mapping[int, FieldRule] | None = None,
        line: int = 0,
        skip: int = 0,
        bom: bool = True,
        returns: bool | None = None,
    ) -> None:
        super().__init__(
            delimiter=delimiter,
            encoding=encoding,
            order=order,
            constants=constants,
            width=width,
            rules=rules,
            line=line,
            skip=skip,
            bom=bom,
            returns=returns,
        )
        self._compiled: bool = delimiter.isascii() and not any(rule.misfit for rule in self._rules.values())
        nulls = [
            self._rules[place].nulls if place in self._rules else ()
            for place in range(max(self._rules, default=-1) + 1)
        ]
        self._nulls = tuple(tuple(_texts(texts)) for texts in nulls)
        self._places = None if order is None else array("q", (self._place(place) for place in order)).tobytes()
        self._constant_texts = tuple(_texts(constants))

    def _place(self, place: int | None) -> int:
        """Return where a field comes from: -1 is NULL, -2 the first constant, -3 the next."""
        if place is None:
            return -1
        return place if self._width is None or place < self._width else self._width - place - 2

    def _at_once(self, text: str) -> Rewritten | None:
        """See `Rewriter._at_once`."""
        if not self._compiled:
            return None
        found = _rewrite.rewrite(
            text,
            ord(self._delimiter),
            self._grammar.returns,
            -1 if self._width is None else self._width,
            self._least,
            self._constant_texts,
            self._places,
            self._nulls,
        )
        return None if found is None else Rewritten(*found)


def _texts(texts: Iterable[str]) -> Iterator[bytes]:
    # Half a character stands in no text that is compared, and is refused where it is written.
    return (text.encode("utf-8", "surrogatepass") for text in texts)
