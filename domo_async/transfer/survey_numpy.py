"""`survey` with numpy (the extra `fast`): whole registers at a time where plain Python goes piece by piece."""

from __future__ import annotations

import numpy as np

from domo_async.transfer.survey import BESIDE_QUOTES, Survey

__all__ = ["count_line_feeds", "survey"]

_BESIDE = np.zeros(256, bool)
_BESIDE[list(BESIDE_QUOTES)] = True


def count_line_feeds(block: bytes) -> int:
    """See `domo_async.transfer.survey.count_line_feeds`."""
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == ord("\n")))


def survey(block: bytes, *, in_quotes: bool, previous: bytes) -> Survey:
    """See `domo_async.transfer.survey.survey`."""
    data = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    feeds = np.flatnonzero(data == ord("\n"))
    # Outside is what an even number of quotes stands before.
    feeds = feeds[(np.searchsorted(quotes, feeds) + in_quotes) % 2 == 0]
    opening, closing = quotes[in_quotes::2], quotes[not in_quotes :: 2]
    before = data[opening - 1]
    if len(opening) and opening[0] == 0:
        before[0] = previous[0]
    after = data[closing[closing < len(data) - 1] + 1]
    fits = bool(_BESIDE[before].all() and _BESIDE[after].all())
    if not in_quotes and previous == b'"':
        fits = fits and bool(_BESIDE[data[0]])
    return Survey(len(feeds), int(feeds[-1]) if len(feeds) else -1, fits, (len(quotes) + in_quotes) % 2 == 1)
