"""The versions of `block_scanner` and `empties` that use NumPy 2, for installations without the compiled ones.

They work on bitmasks: a bit for each byte of a block, in words of 64 bits, with the first byte in the lowest bit of the
first word.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy import bitwise_count, uint64
from numpy.typing import NDArray

from domo_async._transfer.csv.block_scanner import BEFORE_QUOTE, BlockScan, BlockScanner, ScanState
from domo_async._transfer.csv.empties import EmptyFields

__all__ = ["VectorizedBlockScanner", "VectorizedEmptyFields"]

_QUOTE, _COMMA, _RETURN, _FEED = b'",\r\n'
_WORD = 64
_ONE, _HIGHEST = uint64(1), uint64(_WORD - 1)
_DISTANCES = tuple(uint64(1 << power) for power in range(6))
# Takes the place of quotes that are left out: it does not occur in UTF-8.
_MARK = b"\xff"

Bits: TypeAlias = NDArray[uint64]


class VectorizedBlockScanner(BlockScanner):
    """See `BlockScanner`."""

    def __init__(self, width: int | None) -> None:
        super().__init__(width)
        self._commas_due = None if width is None else width - 1

    def scan(self, block: bytes, state: ScanState) -> BlockScan | None:
        """See `BlockScanner.scan`."""
        if not state.in_quotes and state.last == _RETURN and block[0] != _FEED:
            return None
        find = _Finder(block)
        commas, feeds = find(_COMMA), find(_FEED)
        returns = find(_RETURN) if b"\r" in block else None
        lines = None
        in_quotes = pairs = False
        if state.in_quotes or state.last == _QUOTE or b'"' in block:
            lines = _count(feeds)
            quotes = find(_QUOTE)
            inside = _inside(quotes, state.in_quotes)
            edges = quotes | commas | feeds
            if _any(quotes & inside & ~_behind(edges, state.last in BEFORE_QUOTE)):
                return None
            behind = _behind(quotes & ~inside, not state.in_quotes and state.last == _QUOTE)
            if _any_there(behind & ~(edges if returns is None else edges | returns), len(block)):
                return None
            pairs = _any(_empties(quotes, inside, state))
            in_quotes = bool(inside[-1] >> _HIGHEST)
            outside = ~inside
            commas &= outside
            feeds &= outside
            if returns is not None:
                returns &= outside
        if returns is not None and _any_there(_behind(returns, before=False) & ~feeds, len(block)):
            return None
        last_commas = self._last_commas(commas, feeds, state.commas)
        if last_commas is None:
            return None
        ends = _count(feeds)
        last_end = _last(feeds) if ends else -1
        return BlockScan(
            ScanState(in_quotes, block[-1], last_commas),
            ends,
            last_end,
            ends if lines is None else lines,
            block.count(b"\n", last_end + 1),
            pairs,
            block.isascii(),
        )

    def _last_commas(self, commas: Bits, feeds: Bits, before: int) -> int | None:
        """Return the delimiters after the last line end, or None if a record has too many or too few."""
        each = self._commas_due
        if each is None:
            return 0
        in_words = bitwise_count(commas)
        if not each and not before and not _any(in_words):
            return 0
        # How many delimiters a word has before its first line end, if all records up to there have as many as is due.
        more = bitwise_count(feeds) * np.int64(each) - in_words
        due = np.cumsum(more)
        last = before - int(due[-1])
        due -= more
        due += each - before
        # All bits of a word up to its lowest line end.
        record = feeds ^ (feeds - 1)
        wrong = bitwise_count(commas & record) != due
        wrong &= feeds != 0
        while not _any(wrong):
            feeds = feeds & ~record
            some = np.flatnonzero(feeds)
            if not some.size:
                return last
            feeds, commas, due = feeds[some], commas[some], due[some] + each
            record = feeds ^ (feeds - 1)
            wrong = bitwise_count(commas & record) != due
        return None


class VectorizedEmptyFields(EmptyFields):
    """See `EmptyFields`."""

    _least = 1 << 19

    def _left_out(self, text: bytes) -> tuple[bytes, int]:
        find = _Finder(text)
        quotes = find(_QUOTE)
        inside = _inside(quotes, in_quotes=False)
        outside = ~inside
        feeds = find(_FEED) & outside
        end = _last(feeds) + 1 if _any(feeds) else 0
        closing = _empties(quotes, inside, ScanState())
        words = np.flatnonzero(closing)
        if not words.size:
            return text[:end], end
        places = self._asked_places(closing, find(_COMMA) & outside, feeds, words)
        if not places.size:
            return text[:end], end
        marked = find.text.copy()
        marked[places] = marked[places - 1] = _MARK[0]
        # What is faster depends on how many there are.
        few = places.size << 6 < len(text)
        whole = marked[:end].tobytes()
        return whole.replace(_MARK, b"") if few else whole.translate(None, _MARK), end

    def _asked_places(self, closing: Bits, commas: Bits, feeds: Bits, words: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the positions of closing quotes, some in each of the given words, that are in columns asked for."""
        asked = np.zeros(len(self.asked) + 1, np.bool_)
        asked[:-1] = np.frombuffer(self.asked, np.uint8)
        in_words = bitwise_count(commas)
        before = np.cumsum(in_words, dtype=np.int64) - in_words
        # The delimiters up to the last line end of each word, and from them, of all words up to it.
        ended = np.where(feeds, before + bitwise_count(commas & _up_to_highest(feeds)), 0)
        begun = np.empty_like(ended)
        begun[0] = 0
        np.maximum.accumulate(ended[:-1], out=begun[1:])
        column = (before - begun)[words]
        closing, commas, feeds = closing[words], commas[words], feeds[words]
        places: list[NDArray[np.intp]] = []
        while words.size:
            below = ~closing & (closing - 1)
            ends = feeds & below
            here = bitwise_count(commas & below & ~_up_to_highest(ends))
            found = asked[np.minimum(np.where(ends, 0, column) + here, len(self.asked))]
            places.append((words * _WORD + bitwise_count(below))[found])
            closing = closing & (closing - 1)
            some = np.flatnonzero(closing)
            words, column, closing, commas, feeds = words[some], column[some], closing[some], commas[some], feeds[some]
        return np.concatenate(places)


class _Finder:
    """Finds a byte in a block; one array serves for all comparisons, since new memory costs more than they do."""

    def __init__(self, block: bytes) -> None:
        self.text = np.frombuffer(block, np.uint8)
        self._flags = np.empty(len(block), np.bool_)

    def __call__(self, byte: int) -> Bits:
        """Return where a byte is."""
        packed = np.packbits(np.equal(self.text, byte, out=self._flags), bitorder="little")
        if padding := -len(packed) % 8:
            packed = np.concatenate((packed, np.zeros(padding, np.uint8)))
        return packed.view("<u8")


def _inside(quotes: Bits, in_quotes: bool) -> Bits:
    """Return the bytes within quotes, opening quotes included and closing ones not."""
    inside = quotes.copy()
    for distance in _DISTANCES:
        inside ^= inside << distance
    odd = inside >> _HIGHEST
    before = np.bitwise_xor.accumulate(odd)
    before ^= odd
    if in_quotes:
        before ^= 1
    inside ^= np.negative(before)
    return inside


def _empties(quotes: Bits, inside: Bits, state: ScanState) -> Bits:
    """Return the closing quotes of quoted empty fields, and those at the block's edges that may be some."""
    after_quote = state.last == _QUOTE
    closing = quotes & ~inside & _behind(quotes & inside, state.in_quotes and after_quote)
    # Beside another quote, a pair is part of a text.
    closing &= ~(_behind(_behind(quotes, after_quote), before=False) | _ahead(quotes))
    return closing


def _behind(bits: Bits, before: bool) -> Bits:
    """Return the bytes behind the given ones.

    Args:
        bits: The given ones.
        before: Whether the byte before the block is one of them.
    """
    behind = bits << _ONE
    behind[1:] |= bits[:-1] >> _HIGHEST
    behind[0] |= before
    return behind


def _ahead(bits: Bits) -> Bits:
    """Return the bytes ahead of the given ones."""
    ahead = bits >> _ONE
    ahead[:-1] |= bits[1:] << _HIGHEST
    return ahead


def _up_to_highest(bits: Bits) -> Bits:
    """Return all bits of each word up to its highest one."""
    for distance in _DISTANCES:
        bits = bits | bits >> distance
    return bits


def _any(array: NDArray[np.generic]) -> bool:
    return bool(array.any())


def _any_there(bits: Bits, length: int) -> bool:
    """Return whether any byte of a block of this length is among them; overwrites those beyond its end."""
    if rest := length % _WORD:
        bits[-1] &= (1 << rest) - 1
    return bool(bits.any())


def _count(bits: Bits) -> int:
    return int(bitwise_count(bits).sum(dtype=np.int64))


def _last(bits: Bits) -> int:
    """Return the position of the last of the given bytes; there is one."""
    word = len(bits) - 1 - int(np.argmax(bits[::-1] != 0))
    return word * _WORD + int(bits[word]).bit_length() - 1
