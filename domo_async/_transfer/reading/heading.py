"""Comparison of the header of an instance's CSV with the requested columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from domo_async._transfer.csv.format import MARK_CHARACTER, first_record
from domo_async._transport import Download
from domo_async.errors import DecodeError

__all__ = ["HeaderFinder", "check_heading", "is_json", "refuse_page"]

_MOST_TOLD = 300
_LONGEST = 1 << 24


class HeaderFinder:
    """Finds the first record of CSV, by the parity of quotes, and compares its fields with names.

    Args:
        names: The expected columns; empty if they are not known.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._seen = 0
        self._quotes = 0
        self._end = 0

    def find(self, content: bytes, *, last: bool = False) -> int:
        """Return the offset at which the header ends; 0 if it continues after the content.

        Args:
            content: All bytes so far.
            last: Whether these are all bytes.

        Raises:
            DecodeError: The header has other columns, or does not end.
        """
        while not self._end and (seen := content.find(b"\n", self._seen) + 1):
            self._quotes += content.count(b'"', self._seen, seen)
            self._seen = seen
            if self._quotes % 2 == 0:
                self._check(content[:seen])
                self._end = seen
        if self._end:
            return self._end
        if len(content) > _LONGEST:
            raise DecodeError(f"the answer is not CSV: its first record is longer than {_LONGEST:,} bytes")
        if not last:
            return 0
        if not content:
            raise DecodeError("the answer is empty, without even a header")
        self._check(content)
        return len(content)

    def _check(self, record: bytes) -> None:
        try:
            found = first_record(record.decode())
        except UnicodeDecodeError:
            raise DecodeError("the answer is not CSV: its header is not UTF-8") from None
        if self._names:
            check_heading(found, self._names)


def check_heading(found: Sequence[str], names: Sequence[str]) -> None:
    """Compare the names of an answer's columns with the requested ones, ignoring case.

    The first name of an answer may follow a byte order mark. A U+FEFF may also be part of the name.

    Raises:
        DecodeError: The names differ.
    """
    called = [name.casefold() for name in found] or [""]  # an empty line is one field
    wanted = [name.casefold() for name in names]
    if called in (wanted, [MARK_CHARACTER + name if index == 0 else name for index, name in enumerate(wanted)]):
        return
    start = called[0].lstrip(MARK_CHARACTER + " ")[:1]
    if start in {"<", "{", "["}:
        what = "a web page" if start == "<" else "JSON"
        raise DecodeError(f"{what} arrived instead of CSV: {_listed(found)}")
    raise DecodeError(
        f"the answer has the columns {_listed(found)} instead of {_listed(names)}:"
        " the dataset may have changed in the meantime"
    )


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(names)
    return listed if len(listed) <= _MOST_TOLD else f"{listed[: _MOST_TOLD - 1]}…"


def is_json(answer: Download) -> bool:
    """Return whether an answer is JSON, which some instances send whatever format is requested."""
    return answer.content_type == "application/json" or answer.content_type.endswith("+json")


def refuse_page(answer: Download) -> None:
    """Refuse an answer whose headers say that it is a web page.

    Raises:
        DecodeError: The answer is a web page.
    """
    if answer.content_type in {"text/html", "application/xhtml+xml"}:
        raise DecodeError(
            "a web page arrived instead of CSV: the session may have ended, or a proxy or gateway answered"
        )
