"""Untrusted regular expressions, which DuckDB matches with RE2, in time that is linear in the length of the texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from domo_async._emulator.errors import HTTPError

if TYPE_CHECKING:
    import duckdb

__all__ = ["matching"]

_LONGEST = 4_096
_FLAGS = frozenset("imsxu")
_SPACED = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\s+|#[^\n]*", re.DOTALL)
_MATCHING = "SELECT t FROM (SELECT unnest(CAST($texts AS VARCHAR[])) AS t) WHERE regexp_matches(t, $pattern)"


def matching(cursor: duckdb.DuckDBPyConnection, pattern: str, options: str, texts: Sequence[str]) -> frozenset[str]:
    """Return the texts in which a pattern matches somewhere.

    Args:
        cursor: The cursor that runs the match.
        pattern: The pattern, without backreferences and lookarounds, which cannot be matched in linear time.
        options: Letters out of ``imsxu``, as in MongoDB.
        texts: The texts.

    Raises:
        HTTPError: 400, if the pattern or the options are invalid.
    """
    import duckdb  # noqa: PLC0415 - slow

    if not _FLAGS.issuperset(options):
        raise HTTPError(400, "$regex must be a string, and $options letters out of imsxu")
    if len(pattern) > _LONGEST:
        raise HTTPError(400, f"$regex: the pattern is longer than {_LONGEST} characters")
    if "x" in options:
        pattern = _SPACED.sub(r"\1", pattern)
    if flags := "".join(sorted(set(options) - set("ux"))):
        pattern = f"(?{flags}){pattern}"
    try:
        found = cursor.execute(_MATCHING, {"texts": list(texts), "pattern": pattern}).fetchall()
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        reason = str(error).partition("Error: ")[2].splitlines()
        raise HTTPError(400, f"$regex: {reason[0] if reason else error}") from error
    return frozenset(text for (text,) in found)
