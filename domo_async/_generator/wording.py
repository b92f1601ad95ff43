"""Rewording of docstrings for the blocking facade, and the parameters that it does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from domo_async._generator.source import Module, quoted_list

__all__ = ["OMITTED", "RULES", "Rule", "Wording"]


@frozen
class Rule:
    """A rule for rewording docstrings. A rule that never matches is an error.

    Attributes:
        pattern: A regular expression.
        replacement: The replacement.
    """

    pattern: str
    replacement: str


RULES: Final = (
    Rule(r"\basync (with|for) ", r"\1 "),
    Rule(r"\bawait (?=[\w.]+\()", ""),
    Rule(r"\bto be awaited\b", "for callers that block"),
)
# Parameters that only a caller with an event loop can use. Unused entries are an error too.
OMITTED: Final = frozenset({"session"})
# Words that must not remain in a docstring.
_ASYNC_TALK: Final = re.compile(r"\bawait(?:ed|able|ing)?\b|\basync (?:def|with|for)\b", re.IGNORECASE)


class Wording:
    """Rewords docstrings, and records which rules matched.

    Args:
        rules: The rules for rewording docstrings.
        omitted: Parameters of the client that the facade does not have.
    """

    def __init__(self, rules: Sequence[Rule], omitted: frozenset[str]) -> None:
        self._rules = rules
        self._omitted = omitted
        self._unused: set[Rule | str] = {*rules, *omitted}

    def refuse_unused(self) -> None:
        """End the run if a rule never matched."""
        if self._unused:
            raise SystemExit(f"{__file__}: {quoted_list(map(str, self._unused))} found nothing to do: remove it")

    def rewritten(self, module: Module, node: ast.expr) -> str:
        """Return a docstring reworded for the facade."""
        text = module.segment(node)
        for rule in self._rules:
            text, count = re.subn(rule.pattern, rule.replacement, text)
            if count:
                self._unused.discard(rule)
        if left := _ASYNC_TALK.search(text):
            raise module.error(node, f"{left[0]!r} makes no sense in the facade: reword it, or add a rule to RULES")
        return text

    def is_omitted(self, parameter: str) -> bool:
        """Return whether the facade's client omits a parameter."""
        if parameter not in self._omitted:
            return False
        self._unused.discard(parameter)
        return True
