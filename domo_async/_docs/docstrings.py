"""Docstrings for MkDocs: examples become code, names become links, and attrs classes have signatures."""

from __future__ import annotations

import inspect
import re
import textwrap
from importlib import import_module
from typing import Any, Final

import griffe

from domo_async._docs.public import exports
from domo_async.errors import ConfigError

__all__ = ["Docstrings"]

_EXAMPLE: Final = re.compile(r"^( *)Example:\n((?:\1 +[^\n]*(?:\n|\Z)|\n(?=\1 +))+)", re.MULTILINE)
_NAME: Final = re.compile(r"(?<!`)`([A-Za-z_][\w.]*)`(?!`)")
# Where a name is public under several, the first is meant.
_MODULES: Final = ("domo_async", "domo_async.models", "domo_async.emulator", "domo_async.sync")


_ATTRS: Final = re.compile(r"(?:attrs?\.)?(?:frozen|define|mutable)\b")
_LONGEST_DEFAULT: Final = 30
_KINDS: Final = {
    inspect.Parameter.POSITIONAL_ONLY: griffe.ParameterKind.positional_only,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: griffe.ParameterKind.positional_or_keyword,
    inspect.Parameter.VAR_POSITIONAL: griffe.ParameterKind.var_positional,
    inspect.Parameter.KEYWORD_ONLY: griffe.ParameterKind.keyword_only,
    inspect.Parameter.VAR_KEYWORD: griffe.ParameterKind.var_keyword,
}


class Docstrings(griffe.Extension):
    """Prepares each docstring before it is parsed."""

    def __init__(self) -> None:
        self._public: dict[str, str] = {}
        for module in _MODULES:
            for name in exports(module):
                self._public.setdefault(name, f"{module}.{name}")

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Prepare a module, class, function or attribute."""
        if isinstance(obj, griffe.Class) and any(_ATTRS.match(str(each.value)) for each in obj.decorators):
            _add_signature(obj)
        if obj.docstring is not None:
            owner = obj if obj.is_class else obj.parent
            linked = _NAME.sub(lambda found: self._link(found, owner), obj.docstring.value)
            obj.docstring.value = _EXAMPLE.sub(_fence, linked)

    def _link(self, found: re.Match[str], owner: Any) -> str:
        name = found[1].removeprefix("domo_async.models.").removeprefix("domo_async.emulator.")
        first, _, rest = name.removeprefix("domo_async.").partition(".")
        if first in self._public:
            target = ".".join(filter(None, (self._public[first], rest)))
        elif owner is not None and owner.is_class and name in owner.members:
            target = f"{owner.path}.{name}"
        else:
            return found[0]
        return f'<autoref optional identifier="{target}"><code>{found[1]}</code></autoref>'


def _add_signature(made: griffe.Class) -> None:
    """Give a class the signature that attrs makes for it; models of answers are not made by users."""
    if "Model" in map(str, made.bases):
        return
    try:
        module = import_module(made.module.path)
    except (ImportError, ConfigError):  # it needs an extra that is not installed
        return
    found = inspect.signature(getattr(module, made.name))
    parameters = griffe.Parameters(
        griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword),
        *(
            griffe.Parameter(
                each.name,
                annotation=getattr(made.members.get(each.name), "annotation", None),
                kind=_KINDS[each.kind],
                default=None if each.default is each.empty else _told(each.default),
            )
            for each in found.parameters.values()
        ),
    )
    made.set_member("__init__", griffe.Function("__init__", parameters=parameters))


def _told(default: object) -> str:
    """Return what a signature says of a default: some are long, and some are known only when an object is made."""
    told = repr(default)
    return "..." if told == "NOTHING" or " at 0x" in told or len(told) > _LONGEST_DEFAULT else told


def _fence(found: re.Match[str]) -> str:
    code = textwrap.dedent(found[2]).strip("\n")
    if "```" in code:
        return found[0]
    language = "pycon" if code.startswith(">>>") else "python"
    fenced = "\n".join([f"```{language}", code, "```"])
    return f"{found[1]}Example:\n{textwrap.indent(fenced, found[1] + '    ')}\n\n"
