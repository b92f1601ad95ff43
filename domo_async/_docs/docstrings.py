"""Docstrings as Markdown: examples become code, and names in backticks lead to where they are described."""

from __future__ import annotations

import re
import textwrap
from typing import Any, Final

import griffe

from domo_async._docs.public import exports

__all__ = ["Docstrings"]

_EXAMPLE: Final = re.compile(r"^( *)Example:\n((?:\1 +[^\n]*(?:\n|\Z)|\n(?=\1 +))+)", re.MULTILINE)
_NAME: Final = re.compile(r"(?<!`)`([A-Za-z_][\w.]*)`(?!`)")
# Where a name is public under several, the first is meant.
_MODULES: Final = ("domo_async", "domo_async.models", "domo_async.emulator", "domo_async.sync")


class Docstrings(griffe.Extension):
    """Prepares each docstring before it is parsed."""

    def __init__(self) -> None:
        self._public: dict[str, str] = {}
        for module in _MODULES:
            for name in exports(module):
                self._public.setdefault(name, f"{module}.{name}")

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Prepare the docstring of a module, class, function or attribute."""
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


def _fence(found: re.Match[str]) -> str:
    code = textwrap.dedent(found[2]).strip("\n")
    if "```" in code:
        return found[0]
    language = "pycon" if code.startswith(">>>") else "python"
    fenced = "\n".join([f"```{language}", code, "```"])
    return f"{found[1]}Example:\n{textwrap.indent(fenced, found[1] + '    ')}\n\n"
