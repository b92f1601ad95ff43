"""The compiled version of `rewriting`. Not every installation has it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from domo_async._transfer.csv import _rewrite
from domo_async._transfer.csv.rewriting import FieldRule, Rewriter, Rewritten

__all__ = ["CompiledRewriter"]


class CompiledRewriter(Rewriter):
    """See `Rewriter`.

    Values that a Python function has to check are left to Python, and so are delimiters that are not ASCII.
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
            self._rules[index].nulls if index in self._rules else ()
            for index in range(max(self._rules, default=-1) + 1)
        ]
        self._nulls = tuple(tuple(_texts(texts)) for texts in nulls)
        self._indices = None if order is None else array("q", (self._index(index) for index in order)).tobytes()
        self._constant_texts = tuple(_texts(constants))

    def _index(self, index: int | None) -> int:
        """Return where a field comes from: -1 is NULL, -2 the first constant, -3 the next."""
        if index is None:
            return -1
        return index if self._width is None or index < self._width else self._width - index - 2

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
            self._indices,
            self._nulls,
        )
        return None if found is None else Rewritten(*found)


def _texts(texts: Iterable[str]) -> Iterator[bytes]:
    # A lone surrogate does not occur in texts that are compared, and is refused on writing.
    return (text.encode("utf-8", "surrogatepass") for text in texts)
