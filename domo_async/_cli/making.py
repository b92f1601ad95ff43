"""Commands that are made of the client's methods: signatures and docstrings give their options and help."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, cast, get_args, get_type_hints

import typer
from attrs import frozen

from domo_async import Domo, Pager, Unset
from domo_async._cli.common.asking import agreed
from domo_async._cli.common.connection import InstanceOption, TokenFileOption, call
from domo_async._cli.common.exits import EXIT_CODES, DebugOption, ExitCode, readable_errors
from domo_async._cli.common.listing import ColumnsOption, CsvOption, JsonOption, form_of
from domo_async._cli.common.output import err, one_line
from domo_async._cli.common.streams import OutputFailed, give_up_output
from domo_async._cli.forms import TEXT_OR_FILE, TO_COME, form_of_type, is_a
from domo_async._cli.rows import Noun, Row
from domo_async._cli.showing import Presentation, secret_file, show, wanted_columns

__all__ = ["command_of", "method_of"]

_SKIPPED = frozenset({"page_size", "progress"})
# Times that are to come.
_AHEAD = frozenset({"expires"})
_ARGS = re.compile(r"^Args:\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_ARG = re.compile(r"^    (\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_QUOTED = re.compile(r"``(.*?)``|`(.*?)`")
_PYTHON = re.compile(r"\b(?:None|True|False|[A-Z][a-z]\w*\.[a-z]\w+)\b")
_WORDS = {"None": "none", "True": "yes", "False": "no"}


@frozen(kw_only=True)
class _Parameter:
    """A parameter of a method, as it is given on the command line."""

    name: str
    placed: bool
    type: Any
    option: Any
    default: Any
    read: Callable[[Any], Any] | None = None


@cache
def _client() -> Domo:
    # It is only asked what it can do.
    return Domo("example", token="none")  # noqa: S106 - sends nothing


def method_of(row: Row, client: Domo | None = None) -> Callable[..., Any]:
    """Return the method that a command calls."""
    found: Any = client or _client()
    for name in row.method.split("."):
        found = getattr(found, name)
    return cast(Callable[..., Any], found)


def command_of(noun: Noun, row: Row) -> Any:
    """Return the command that a row stands for."""
    method = method_of(row)
    about = inspect.getdoc(method) or ""
    parameters = _parameters(method, about, row)
    reads = _is_read(method)
    pages = is_a(Pager, _hints(method)["return"])
    lists = pages or is_a(tuple, _hints(method)["return"])
    cut = lists and not row.one and all(each.name != "limit" for each in parameters)
    named_first = [each.name for each in parameters if each.placed or each.name.endswith(("_id", "_ids"))]

    def run(**given: Any) -> None:
        as_json, as_csv, instance, token_file, debug = (given.pop(name, None) for name in _COMMON)
        yes, output = given.pop("yes", False), given.pop("output", None)
        most = given.pop("limit", None) if cut else None
        form = form_of(as_json=as_json, as_csv=bool(as_csv))
        presentation = Presentation(
            form=form,
            row=row,
            noun=noun,
            columns=wanted_columns(given.pop("shown_columns", None), row.columns, _item_type(method), form),
            about={name: given[name] for name in named_first if given[name] is not None},
        )
        with readable_errors(debug=debug):
            placed, named = _arguments(parameters, given)
            if row.deletes and not yes and not given.get("dry_run") and given.get("remove") is not False:
                agreed(
                    row.deletes.format(**{key: _shown(value) for key, value in given.items()}), otherwise="give --yes"
                )

        async def work(domo: Domo) -> Any:
            answer = method_of(row, domo)(*placed, **named)
            if isinstance(answer, Awaitable):
                value = await answer
                return value if most is None else value[:most]
            return await (answer.all() if most is None else _first(answer, most))

        async def kept(domo: Domo) -> Any:
            with secret_file(output) as write:
                value = await work(domo)
                try:
                    write(getattr(value, row.secret))
                except (OSError, OutputFailed) as error:
                    if isinstance(error, OutputFailed):
                        give_up_output()
                    lost = f"{noun.thing} {value.id} was created, but cannot be written: {error}. Revoke it."
                    err.print(one_line(lost), markup=False, soft_wrap=True)
                    raise typer.Exit(ExitCode.AFTER_COMMIT) from None
            return value

        value = call(kept if row.secret else work, instance, token_file, debug=debug, changed=not reads)
        if output != "-":
            show(None if row.discards else value, presentation)

    signature = [_signed(each.name, each.type, each.option, each.default) for each in parameters]
    signature += _further(row, lists=lists, cut=cut)
    run.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in signature}
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command(row.name, help=row.summary or _summary(about), epilog=EXIT_CODES)(run)
    return typer.main.get_command(app)


def _item_type(method: Callable[..., Any]) -> Any:
    """Return the type of what a method lists."""
    return next(iter(get_args(_hints(method)["return"])), None)


_COMMON = ("as_json", "as_csv", "instance", "token_file", "debug")


async def _first(pager: Pager[Any], most: int) -> list[Any]:
    """Return the first items of a list; the pages that follow are not requested."""
    items: list[Any] = []
    async with aclosing(pager.pages()) as pages:
        async for page in pages:
            items += page
            if len(items) >= most:
                break
    return items[:most]


def _further(row: Row, *, lists: bool, cut: bool) -> list[inspect.Parameter]:
    """Return the options that are not parameters of the method.

    Args:
        row: The command.
        lists: Whether it gives a list.
        cut: Whether the list is to be cut here, as the method does not take a limit.
    """
    options: list[tuple[str, Any, Any, Any]] = []
    if row.secret:
        option = typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=f"Where the {row.secret} goes; - for standard output, and nothing else.",
        )
        options.append(("output", str, option, ...))
    if cut:
        options.append(
            (
                "limit",
                int | None,
                typer.Option(metavar="NUMBER", min=0, help="The maximum number of items to list."),
                None,
            )
        )
    if row.deletes:
        options.append(("yes", bool, typer.Option("--yes", "-y", help="Do not ask first."), False))
    common: list[tuple[str, Any]] = [("as_json", JsonOption)]
    common += [("as_csv", CsvOption), ("shown_columns", ColumnsOption)] if lists else []
    common += [("instance", InstanceOption), ("token_file", TokenFileOption), ("debug", DebugOption)]
    return [
        *(_signed(*option) for option in options),
        *(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=type_,
                default=None if name in {"instance", "shown_columns", "token_file"} else False,
            )
            for name, type_ in common
        ),
    ]


def _signed(name: str, type_: Any, option: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[type_, option],
        default=inspect.Parameter.empty if default is ... else default,
    )


def _hints(method: Callable[..., Any]) -> dict[str, Any]:
    function = inspect.unwrap(method)
    return get_type_hints(getattr(function, "__func__", function))


def _is_read(method: Callable[..., Any]) -> bool:
    from domo_async._doctor.reads import only_reads  # noqa: PLC0415 - keeps --help fast

    return only_reads(method)


def _summary(about: str) -> str:
    """Return a docstring's first line, as the command line has it."""
    line = about.partition("\n\n")[0].replace("\n", " ")
    if line.startswith("Iterate over "):  # one thing, or over others
        line = "List " + line.removeprefix("Iterate over ").replace(" over ", " ")
    line = re.sub(r"^Return", "Show", line)
    return _PYTHON.sub(_in_plain_words, _plain(line))


def _plain(text: str) -> str:
    return _QUOTED.sub(lambda match: match[1] or match[2], " ".join(text.split()))


def _helps(about: str) -> dict[str, str]:
    """Return the texts of a docstring about each parameter."""
    found = _ARGS.search(about)
    texts = {name: _plain(text) for name, text in _ARG.findall(found[1])} if found else {}
    return {
        name: _PYTHON.sub(_in_plain_words, text.replace(", or None for all", "; all by default"))
        for name, text in texts.items()
    }


def _in_plain_words(match: re.Match[str]) -> str:
    """Return how the command line has a word of Python: a value, or a field of a class."""
    word = match[0]
    plain = _WORDS.get(word, word.rpartition(".")[2])
    begins = not match.start() or match.string[: match.start()].endswith(". ")
    return plain.capitalize() if begins and word in _WORDS else plain


def _parameters(method: Callable[..., Any], about: str, row: Row) -> list[_Parameter]:
    hints = _hints(method)
    helps = _helps(about)
    made = []
    for parameter in inspect.signature(method).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD or parameter.name in _SKIPPED | row.without:
            continue
        name = parameter.name
        called = row.options.get(name, name)
        made.append(_given(parameter, hints[name], helps.get(name, ""), called, from_file=name in row.files))
    return made


def _given(parameter: inspect.Parameter, hint: Any, help_text: str, called: str, *, from_file: bool) -> _Parameter:
    """Return how a parameter is given: an argument if it has a place, else an option."""
    form = TO_COME if parameter.name in _AHEAD else TEXT_OR_FILE if from_file else form_of_type(hint)
    needed = parameter.default is parameter.empty
    placed = parameter.kind is not parameter.KEYWORD_ONLY
    info: dict[str, Any] = {"help": " ".join(filter(None, (help_text, form.help)))}
    if form.parse is not None:
        info |= {"parser": form.parse}
    type_ = form.type
    if placed:
        metavar = called.upper() + ("..." if form.repeated else "")
        option = typer.Argument(metavar=metavar if needed else f"[{metavar}]", **info)
        type_ = list[form.type] if form.repeated else form.type  # type: ignore[name-defined]
    else:
        flag = f"--{called.replace('_', '-')}"
        if form.type is bool and parameter.default is not False:
            flag = f"{flag}/--no-{called.replace('_', '-')}"
        if form.type is not bool:
            info["metavar"] = form.metavar
            type_ = list[form.type] if form.repeated else form.type  # type: ignore[name-defined]
        info["help"] = f"{info['help']}{_default(parameter.default)}"
        option = typer.Option(flag, **info)
    default = ... if needed else False if type_ is bool and parameter.default is False else None
    return _Parameter(
        name=parameter.name,
        placed=placed,
        type=type_ if default is ... or default is False else Union[type_, None],  # noqa: UP007 - made at run time
        option=option,
        default=default,
        read=_or_none(form.read) if needed and type(None) in get_args(hint) and form.type is str else form.read,
    )


def _or_none(read: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """Return a reader that takes the word none for None."""
    return lambda given: None if given.casefold() == "none" else given if read is None else read(given)


def _default(value: Any) -> str:
    """Return the sentence of the help about the default."""
    if isinstance(value, bool | Unset | Mapping) or value in {None, inspect.Parameter.empty, ()}:
        return ""
    plain = value.value if isinstance(value, Enum) else value
    return f" By default {plain:g}." if isinstance(plain, float) else f" By default {plain}."


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _arguments(parameters: Sequence[_Parameter], given: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of the method; it has its own defaults for options that were not given."""
    placed, named = [], {}
    for parameter in parameters:
        value = given[parameter.name]
        if value is None or (value is False and parameter.default is False):
            continue
        read = value if parameter.read is None else parameter.read(value)
        if parameter.placed:
            placed.append(read)
        else:
            named[parameter.name] = read
    return placed, named
