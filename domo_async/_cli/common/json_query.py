"""What of a command's JSON is asked for, in JMESPath: the option ``--query``."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, TypeAlias

import typer
from attrs import define

from domo_async._cli.common.options import hidden_options

__all__ = ["QueryOption", "json_query", "take_query_option"]


@define
class _JsonQuery:
    """What is asked for.

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
                from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - as above
            except ImportError:
                raise typer.BadParameter('it needs: pip install "domo-async[cli]"', param_hint="--query") from None
            try:
                self.expression = jmespath.compile(given)
            except JMESPathError as error:
                raise typer.BadParameter(f"not JMESPath: {error}", param_hint="--query") from None
        return given

    def of(self, value: object) -> object:
        """Return what is asked for of a value that JSON has.

        Raises:
            typer.BadParameter: The expression does not fit it.
        """
        from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - as above

        try:
            found: object = self.expression.search(value)
        except JMESPathError as error:
            raise typer.BadParameter(f"it does not fit what there is: {error}", param_hint="--query") from None
        return found


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
