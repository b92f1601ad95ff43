"""The option ``--query``, which selects a part of a command's JSON by JMESPath."""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Any, TypeAlias

import typer
from attrs import define

from domo_async._cli.common.options import hidden_options

__all__ = ["QueryMismatch", "QueryOption", "json_query", "take_query_option"]


class QueryMismatch(typer.BadParameter):
    """The expression does not fit the JSON, or gives something that is not JSON.

    Attributes:
        value: The JSON.
    """

    def __init__(self, error: Exception, value: object) -> None:
        super().__init__(f"it does not fit the JSON: {error}", param_hint="--query")
        self.value = value


@define
class _JsonQuery:
    """The part of the JSON that is asked for.

    Attributes:
        expression: The expression; None for all.
    """

    expression: Any = None

    def begin(self) -> None:
        """Ask for all, until an option does not."""
        self.expression = None

    def take(self, given: str | None) -> str | None:
        """Ask for what an option says.

        Raises:
            typer.BadParameter: It is not JMESPath, or the library for it is missing.
        """
        if given is not None:
            try:
                import jmespath  # noqa: PLC0415 - most commands are given none
            except ImportError:
                raise typer.BadParameter('it needs: pip install "domo-async[cli]"', param_hint="--query") from None
            try:
                self.expression = jmespath.compile(given)
            except (ValueError, RecursionError) as error:
                raise typer.BadParameter(f"not JMESPath: {error}", param_hint="--query") from None
        return given

    def text(self, value: object, *, indent: int | None) -> str:
        """Return what is asked for of decoded JSON: a text alone as it is, all else as JSON.

        Raises:
            QueryMismatch: The expression does not fit it.
        """
        try:
            found = self.expression.search(value)
            return found if isinstance(found, str) else json.dumps(found, indent=indent, ensure_ascii=False)
        # JMESPath's own errors are ValueErrors; its functions and slices let others through, and `&name` is not JSON.
        except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
            raise QueryMismatch(error, value) from None


json_query: _JsonQuery = _JsonQuery()

QueryOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--query",
        metavar="JMESPATH",
        is_eager=True,
        callback=json_query.take,
        help="Print only this of the JSON, such as '[].id'; a text alone is printed without quotes.",
    ),
]


def take_query_option(command: Any) -> None:
    """Give a command that prints JSON the option; whoever gives it gets JSON."""
    as_json = next((option for option in command.params if "--json" in option.opts), None)
    if as_json is not None:
        as_json.callback = lambda _context, _option, wanted: wanted or json_query.expression is not None
        command.params += _options()


@cache
def _options() -> list[Any]:
    def none(_query: QueryOption = None) -> None:
        """Take the option."""

    return hidden_options(none)
