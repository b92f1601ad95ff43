"""`survey` with numpy (the extra `fast`): 64 bytes of CSV are one word, with a bit for each byte that matters."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from domo_async.transfer.csv.survey import AFTER_QUOTE, BEFORE_QUOTE, Mark, Survey, Surveyor

__all__ = ["NumpySurveyor"]

_Words: TypeAlias = NDArray[np.uint64]

_QUOTE, _COMMA, _RETURN, _FEED = b'",\r\n'
_STEPS = tuple(np.uint64(step) for step in (1, 2, 4, 8, 16, 32))
_ONE = np.uint64(1)
_TOP = np.uint64(63)
_WORD = 64
# Up to this width the sums over a block, of at most 1 MiB, fit into 32 bits.
_NARROW = 1 << 10


class NumpySurveyor(Surveyor):
    """See `domo_async.transfer.csv.survey.Surveyor`; blocks are of at most 1 MiB."""

    def __init__(self, width: int | None) -> None:
        super().__init__(width)
        self._each = None if width is None else width - 1
        self._is_it = np.empty(0, bool)

    def is_ascii(self, block: bytes) -> bool:
        """See `domo_async.transfer.csv.survey.Surveyor.is_ascii`."""
        return bool(np.frombuffer(block, np.uint8).max() < 0x80)

    def count(self, block: bytes, *, in_quotes: bool) -> tuple[int, bool]:
        """See `domo_async.transfer.csv.survey.Surveyor.count`."""
        data = np.frombuffer(block, np.uint8)
        if not in_quotes and b'"' not in block:
            return int(np.count_nonzero(data == _FEED)), False
        outside, in_quotes = _outside(self._where(data, _QUOTE), in_quotes)
        outside &= self._where(data, _FEED)
        return int(np.bitwise_count(outside).sum()), in_quotes

    def survey(self, block: bytes, mark: Mark) -> Survey | None:
        """See `domo_async.transfer.csv.survey.Surveyor.survey`."""
        if not mark.in_quotes and _is_misplaced(block[0], mark.last):
            return None
        data = np.frombuffer(block, np.uint8)
        quoted = mark.in_quotes or b'"' in block
        feeds = self._where(data, _FEED)
        commas = self._where(data, _COMMA) if quoted or self._each is not None else feeds
        returns = self._where(data, _RETURN) if b"\r" in block else None
        lines = ends = int(np.bitwise_count(feeds).sum())
        in_quotes = mark.in_quotes
        if quoted:
            quotes = self._where(data, _QUOTE)
            outside, in_quotes = _outside(quotes, in_quotes)
            edges = quotes | feeds
            edges |= commas
            if returns is not None:
                edges |= returns
                returns &= outside
            if not _all_at_edges(quotes, outside, edges, mark.last, len(block)):
                return None
            feeds &= outside
            commas &= outside
            ends = int(np.bitwise_count(feeds).sum())
        if returns is not None and not _all_followed(returns, feeds, len(block)):
            return None
        left = 0 if self._each is None else _commas_left(feeds, commas, mark.commas, self._each)
        if left is None:
            return None
        return Survey(Mark(in_quotes, block[-1], left), ends, _last(feeds) if ends else -1, lines)

    def _where(self, data: NDArray[np.uint8], byte: int) -> _Words:
        """Return a bit for each byte, set where it is this one; the first byte is the lowest bit."""
        size = -(-len(data) // _WORD) * _WORD
        if len(self._is_it) != size:
            self._is_it = np.zeros(size, bool)
        np.equal(data, byte, out=self._is_it[: len(data)])
        self._is_it[len(data) :] = False
        return np.packbits(self._is_it, bitorder="little").view(np.uint64)


def _is_misplaced(first: int, last: int) -> bool:
    """Return whether a byte outside quotes may not follow the one before it, which is in another block."""
    return (last == _QUOTE and first not in AFTER_QUOTE) or (last == _RETURN and first != _FEED)


def _outside(quotes: _Words, in_quotes: bool) -> tuple[_Words, bool]:
    """Return a bit for each byte, set where an even number of quotes stands up to it, and whether the end is quoted."""
    bits = quotes.copy()
    shifted = np.empty_like(bits)
    for step in _STEPS:
        np.left_shift(bits, step, out=shifted)
        bits ^= shifted
    # The sign spreads the last bit of a word over a whole one: what the next word has to be flipped by.
    flips = np.bitwise_xor.accumulate(bits.view(np.int64) >> np.int64(63)).view(np.uint64)
    bits[1:] ^= flips[:-1]
    if not in_quotes:
        np.invert(bits, out=bits)
    return bits, bool(flips[-1]) != in_quotes


def _all_at_edges(quotes: _Words, outside: _Words, edges: _Words, last: int, length: int) -> bool:
    """Return whether all quotes stand at the edges of fields.

    Args:
        quotes: Where quotes are.
        outside: What they leave outside; a closing quote is.
        edges: What may stand beside them. A carriage return before a quote is found to be alone.
        last: The byte before the block.
        length: The bytes of the block.
    """
    before = edges << _ONE
    before[1:] |= edges[:-1] >> _TOP
    before[0] |= np.uint64(last in BEFORE_QUOTE)
    beside = _next(edges, length)
    beside ^= before
    beside &= outside
    beside ^= before
    np.invert(beside, out=beside)
    beside &= quotes
    return not beside.any()


def _all_followed(returns: _Words, feeds: _Words, length: int) -> bool:
    """Return whether each carriage return outside quotes has a line feed after it."""
    return not (returns & ~_next(feeds, length)).any()


def _next(words: _Words, length: int) -> _Words:
    """Return a bit for each byte, set where that of the next byte is, and at the end, where it is not known yet."""
    following = words >> _ONE
    following[:-1] |= words[1:] << _TOP
    following[(length - 1) // _WORD] |= _ONE << np.uint64((length - 1) % _WORD)
    return following


def _commas_left(feeds: _Words, commas: _Words, before: int, each: int) -> int | None:
    """Return the delimiters after the last line end, or None if a record has too many or too few.

    All is well if the line end with the number n has n times `each` delimiters before it. The first line end of all
    words is looked at, then the second one of those that have one, and so on.
    """
    number = np.int32 if each < _NARROW else np.int64
    surplus = np.bitwise_count(feeds) * number(-each)
    surplus += np.bitwise_count(commas)
    total = np.add.accumulate(surplus)
    left = int(total[-1]) + before
    due = surplus
    due -= total
    due += number(each - before)
    while True:
        lowest = feeds & -feeds
        wrong = np.bitwise_count(commas & (lowest - _ONE)) != due
        wrong &= lowest != 0
        if wrong.any():
            return None
        feeds = feeds ^ lowest
        more = (feeds != 0).nonzero()[0]  # three times as fast as nonzero of the words
        if not len(more):
            return left
        feeds, commas, due = feeds[more], commas[more], due[more]
        due += number(each)


def _last(words: _Words) -> int:
    """Return the place of the last bit that is set."""
    word = len(words) - 1 - int((words != 0)[::-1].argmax())
    return word * _WORD + int(words[word]).bit_length() - 1
