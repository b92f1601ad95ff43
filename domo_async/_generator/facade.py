"""The whole synchronous facade: a module for each area, one for the client, and the public package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from domo_async._generator.classes import ClassWriter, Output
from domo_async._generator.layout import HEADER, import_text, laid_out
from domo_async._generator.package import CLIENT, FLEET, Package
from domo_async._generator.source import quoted_list
from domo_async._generator.wording import OMITTED, RULES, Rule, Wording

__all__ = ["Generator"]


class Generator:
    """Generates the facade of one package.

    Args:
        root: The folder that contains the top package.
        package: The package's dotted name.
        rules: The rules for rewording docstrings.
        omitted: Parameters of the client that the facade does not have.

    Attributes:
        package: The package.
    """

    def __init__(
        self,
        root: Path,
        package: str = "domo_async",
        *,
        rules: Sequence[Rule] = RULES,
        omitted: frozenset[str] = OMITTED,
    ) -> None:
        self.package = Package(root, package)
        self._wording = Wording(rules, omitted)
        self._outputs: dict[str, Output] = {}

    @property
    def folder(self) -> Path:
        """The folder of the facade."""
        return self.package.folder / "sync"

    def generate(self) -> dict[str, str]:
        """Return the facade: texts by file name."""
        for twin in self.package.twins:
            output = self._outputs.setdefault(twin.module.output, Output(twin.module.output))
            ClassWriter(self.package, self._wording, output, twin.module, twin.node).write_twin()
        output = self._outputs[CLIENT] = Output(CLIENT)
        ClassWriter(
            self.package, self._wording, output, self.package.client, self.package.client_class()
        ).write_client()
        if (fleet := self.package.fleet) is not None:
            output = self._outputs[FLEET] = Output(FLEET)
            ClassWriter(self.package, self._wording, output, fleet, self.package.fleet_class(fleet)).write_fleet()
        self._wording.refuse_unused()
        files = {f"{output.name}.py": self._module_text(output) for output in self._outputs.values()}
        return laid_out(
            {"__init__.py": self._init_text(), **files}, (self.package.name.partition(".")[0], "domo_async")
        )

    def _module_text(self, output: Output) -> str:
        source = output.name if output.name in {CLIENT, FLEET} else f"_endpoints.{output.name.removeprefix('_')}"
        docstring = f'"""`{self.package.name}.{source}` for callers that block."""\n'
        clash = output.imports.keys() & output.classes.keys()
        if clash:
            raise SystemExit(
                f"{self.folder / output.name}.py: {quoted_list(clash)} would be imported and defined: rename one"
            )
        return "\n".join([HEADER + docstring, import_text(output.imports.values()), *output.classes.values()])

    def _init_text(self) -> str:
        names = {"Domo": CLIENT} | ({} if self.package.fleet is None else {"Fleet": FLEET})
        imports = "\n".join(f"from {self.package.name}.sync.{module} import {name}" for name, module in names.items())
        return HEADER + _INIT.format(imports=imports, names=", ".join(f'"{name}"' for name in names))


_INIT: Final = '''\
"""The same client for callers that block, also from within a running event loop, as in Jupyter.

A client runs on a thread of its own, and any number of threads can use it at once. Callbacks are called on the
client's thread, so they must not make blocking calls themselves; a `Fleet` calls what it is given on other threads, one
an instance. After a fork, make a new client.
"""

from __future__ import annotations

{imports}

__all__ = [{names}]
'''
