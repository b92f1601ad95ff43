"""An extension of IPython: SQL in a cell of its own.

%load_ext domo_async

%%domo 1f3a… -o sales
SELECT region, SUM(amount) AS total FROM table WHERE year = :year AND region = :order.region GROUP BY region
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from domo_async._frames import Items, needed
from domo_async._profiles import Given, resolve
from domo_async._transfer import placeholders, tokens
from domo_async._wire import Record
from domo_async.errors import ConfigError, DomoError
from domo_async.sync import Domo

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from domo_async.models import QueryResult

__all__ = ["load", "unload"]

_NAME: Final = "DomoMagics"
_TOKEN: Final = re.compile(r"\s*(\S+)")
_BRACED: Final = re.compile(r"\$(\w+)|\{(\S+)\}")
_TAKES: Final = frozenset({"-o", "--output", "--instance", "--client"})
_FORMS: Final[dict[str, Callable[[QueryResult], object]]] = {
    "--pandas": lambda result: result.to_pandas(),
    "--polars": lambda result: result.to_polars(),
    "--arrow": lambda result: result.to_arrow(),
}
_NEEDED: Final = {"--pandas": "pandas", "--polars": "polars", "--arrow": "pyarrow"}
_HELP: Final = """\
Run SQL on a dataset.

    %%domo DATASET [-o NAME] [--pandas | --polars | --arrow] [--instance NAME | --client VARIABLE]
    SELECT … FROM table WHERE year = :year

    %domo DATASET SELECT … FROM table

DATASET is an identifier, or a variable that holds one or a `Dataset`; {orders[0].id} is an expression. In the SQL,
:year is the value of the variable `year`, :order.region that of its attribute, or of its key if `order` is a
dictionary. Values are bound, so they never become SQL; a list becomes (a, b, c). Expressions in braces and $names are
not replaced in the SQL: assign the value to a variable and write :name. Without -o the result is shown; with it, it
becomes a variable. The client is that of the environment (DOMO_INSTANCE, DOMO_DEVELOPER_TOKEN) or the default profile,
or a `domo_async.sync.Domo` in a variable.
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%domo: {message}; %domo? tells more")


def _parser() -> _Parser:
    parser = _Parser(prog="%domo", add_help=False, allow_abbrev=False)
    parser.add_argument("-o", "--output")
    parser.add_argument("--instance")
    parser.add_argument("--client")
    forms = parser.add_mutually_exclusive_group()
    for form in _FORMS:
        forms.add_argument(form, dest="form", action="store_const", const=form)
    return parser


def _taken_apart(line: str) -> tuple[argparse.Namespace, str, str]:
    """Return the options, the dataset and what follows them on the line, as it stands there."""
    options: list[str] = []
    dataset = ""
    while found := _TOKEN.match(line):
        word = found[1]
        is_option = word in _TAKES or word in _FORMS or (word.startswith("-") and not dataset)
        if not is_option and dataset:
            break
        line = line[found.end() :]
        if not is_option:
            dataset = word
            continue
        options.append(word)
        if word in _TAKES and (value := _TOKEN.match(line)):
            options.append(value[1])
            line = line[value.end() :]
    return _parser().parse_args(options), dataset, line.strip()


@magics_class
class DomoMagics(Magics):
    """``%domo`` and ``%%domo``."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._session = shell
        self._clients: dict[str, Domo] = {}

    @no_var_expand  # which would put values into the SQL as they are
    @line_cell_magic
    def domo(self, line: str, cell: str | None = None) -> object:
        """Replaced by the text that is shown as help."""
        options, dataset, rest = _taken_apart(line)
        sql = rest if cell is None else cell
        if not dataset or not sql.strip() or (rest and cell is not None):
            raise UsageError("say %domo DATASET SELECT …, or %%domo DATASET and the SQL below; %domo? tells more")
        if options.output is not None and not options.output.isidentifier():
            raise UsageError(f"-o takes the name of a variable, not {options.output!r}")
        try:
            if options.form is not None:
                needed(_NEEDED[options.form])
            result = self._client(options).datasets.query(self._dataset(dataset), sql, self._values(sql))
            made = result if options.form is None else _FORMS[options.form](result)
        except DomoError as error:
            # As IPython asks for: the whole of the message, and none of the frames, which are of machinery alone.
            error_text = f"{type(error).__name__}: {error}"
            error._render_traceback_ = lambda: [error_text]  # type: ignore[attr-defined]
            raise
        if options.output is None:
            return made
        self._session.user_ns[options.output] = made
        return None

    domo.__doc__ = _HELP

    def close(self) -> None:
        """Close the clients that were made."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _client(self, options: argparse.Namespace) -> Domo:
        if options.client is not None:
            client = self._session.user_ns.get(options.client)
            if not isinstance(client, Domo):
                raise ConfigError(
                    f"--client takes a variable that holds a domo_async.sync.Domo; {options.client} does not"
                )
            return client
        name = options.instance or ""
        if name not in self._clients:
            access = resolve(Given(instance=options.instance))
            self._clients[name] = Domo(access.instance, token=access.token, settings=access.settings)
        return self._clients[name]

    def _dataset(self, name: str) -> str:
        # As other magics have variables: $orders, {orders}, {orders.id}.
        if braced := _BRACED.fullmatch(name):
            name = braced[1] or braced[2]
            if not name.isidentifier():
                evaluate: Any = self._session.ev
                name = str(evaluate(name))
        value = self._session.user_ns.get(name, name)
        value = getattr(value, "id", value)
        return value if isinstance(value, str) else name

    def _values(self, sql: str) -> dict[str, object] | None:
        self._refuse_expansions(sql)
        return {name: self._value(name) for name in placeholders(sql)} or None

    def _value(self, dotted: str) -> object:
        """Return the value of a variable, or of an attribute or a key of one."""
        name, *path = dotted.split(".")
        if name not in self._session.user_ns:
            raise ConfigError(f"the SQL names :{dotted}, but the variable {name} does not exist")
        value: object = self._session.user_ns[name]
        for step in path:
            try:
                value = value[step] if isinstance(value, Mapping) else getattr(value, step)
            except (AttributeError, KeyError):
                raise ConfigError(f"the SQL names :{dotted}, but a {type(value).__name__} has no {step!r}") from None
        return value

    def _refuse_expansions(self, sql: str) -> None:
        """Refuse what other magics replace by text, which could become SQL."""
        for piece in tokens(sql):
            variable = piece.text[1:] if piece.type == "word" and piece.text.startswith("$") else None
            if (piece.type == "other" and piece.text == "{") or variable in self._session.user_ns:
                written = sql[piece.start :].partition("}")[0] + "}" if variable is None else piece.text
                raise ConfigError(
                    f"{written[:40]} in the SQL is not replaced by a value: write :name for a variable, or"
                    " :name.attribute"
                )


def _html_of_records(items: Iterable[object]) -> str | None:
    """Return a table for a list of models, and None, for which IPython shows it as usual, for any other."""
    listed = [*items]
    return Items(listed)._repr_html_() if listed and all(isinstance(item, Record) for item in listed) else None


def _formatter(shell: InteractiveShell) -> Any:
    display: Any = shell.display_formatter
    return display.formatters["text/html"]


def load(shell: InteractiveShell) -> None:
    """Add the magics, and show lists of models as tables."""
    shell.register_magics(DomoMagics(shell))
    formatter = _formatter(shell)
    for type_ in (list, tuple):
        formatter.for_type(type_, _html_of_records)


def unload(shell: InteractiveShell) -> None:
    """Take away what `load` added, and close the clients."""
    manager: Any = shell.magics_manager
    magics = manager.registry.pop(_NAME, None)
    if magics is not None:
        magics.close()
    for kinds in manager.magics.values():
        kinds.pop("domo", None)
    formatter = _formatter(shell)
    for type_ in (list, tuple):
        with suppress(KeyError):
            formatter.pop(type_)
