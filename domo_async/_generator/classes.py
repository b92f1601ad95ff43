"""Writes the twin of one class: the same signatures and docstrings, each body one call.

They are copied from the source text, so that every version of Python generates the same. Unsupported code ends the run
with an error that names the line and the remedy.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from attrs import define, evolve, field, frozen

from domo_async._generator.package import CLIENT, Package
from domo_async._generator.source import (
    Function,
    Import,
    Module,
    is_public,
    is_quoted,
    name_of,
    names_in,
    own_nodes,
    quoted_list,
)
from domo_async._generator.wording import Wording

__all__ = ["ClassWriter", "Output"]

_MACHINERY: Final = "domo_async.sync"
# Comments for tools.
_DIRECTIVE: Final = re.compile(r"# ?(?:noqa|type:|pyright:)")
# Paginated lists, each of which has a twin in the facade.
_PAGERS: Final = frozenset({"CursorPager", "Pager"})
# Types that a method must not return, because they belong to the event loop's side, which the caller cannot use.
_ASYNC_TYPES: Final = frozenset(
    {
        "AbstractAsyncContextManager",
        "AsyncContextManager",
        "AsyncGenerator",
        "AsyncIterable",
        "AsyncIterator",
        "Awaitable",
        "Coroutine",
        "Self",
        *_PAGERS,
    }
)


@frozen
class Parameter:
    """The declaration of a parameter, and the expression that passes it on."""

    name: str
    declared: str
    passed: str
    comment: str = ""


@frozen
class Signature:
    """The header of a function: everything between `def` and the docstring."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    comment: str = ""

    @property
    def arguments(self) -> str:
        """The arguments to pass on, without `self`, `cls` and the markers."""
        return ", ".join(parameter.passed for parameter in self.parameters if parameter.passed)

    def header(self, body: str = "") -> str:
        """Return the source text, with each parameter on its own line if one has a comment."""
        if any(parameter.comment for parameter in self.parameters):
            between = "".join(f"\n{parameter.declared},{parameter.comment}" for parameter in self.parameters) + "\n"
        else:
            between = ", ".join(parameter.declared for parameter in self.parameters)
        return f"    def {self.name}({between}) -> {self.returns}:{body}{self.comment}\n"


@define
class Output:
    """A module of the facade that is being written."""

    name: str
    classes: dict[str, str] = field(factory=dict)
    imports: dict[str, Import] = field(factory=dict)

    def add_import(self, bound: Import, module: Module, node: ast.AST) -> None:
        """Import a name, unless it is already bound to something else."""
        known = self.imports.setdefault(bound.bound, bound)
        if known != bound:
            raise module.error(
                node, f"{bound.bound!r} already means {known.module}.{known.name} in {self.name}: rename one"
            )
        if known.typing_only and not bound.typing_only:
            self.imports[bound.bound] = bound


class ClassWriter:
    """Writes the twin of one class into an output."""

    def __init__(self, package: Package, wording: Wording, output: Output, module: Module, node: ast.ClassDef) -> None:
        self._package = package
        self._wording = wording
        self._output = output
        self._module = module
        self._node = node
        self._aio = f"Async{node.name}"
        self._is_client = output.name == CLIENT
        self._members: list[str] = []
        self._class_docstring = self._docstring(node)

    def write_twin(self) -> None:
        """Write an area."""
        for name, functions in self._functions():
            if name == "__init__":
                self._refuse_attributes(functions[0])
            else:
                self._refuse_dunder(functions[0])
                self._write_member(functions)
        self._finish("Twin")

    def write_client(self) -> None:
        """Write the client. Members of every client are in its base class."""
        missing = {"__init__", "__repr__", "__aenter__", "__aexit__", "close"}
        for name, functions in self._functions():
            missing.discard(name)
            if name == "__init__":
                self._refuse_attributes(functions[0])
                self._write_init(functions[0])
            elif name not in {"__repr__", "__aenter__", "__aexit__", "close"}:
                self._refuse_dunder(functions[0])
                self._write_member(functions)
        if missing:
            raise self._module.error(self._node, f"the client has to define {quoted_list(missing)}")
        self._finish("ClientTwin")

    def write_fleet(self) -> None:
        """Write the fleet. Its methods are in its base class, because callables have no twin."""
        machinery = f"{_MACHINERY}._threads"
        self._module.names |= {
            "Domo": Import(f"{self._package.name}.sync.{CLIENT}", "Domo"),
            "Member": Import(machinery, "Member"),
        }
        for name, (function, *_) in self._functions():
            if name in {"__repr__", "__aenter__", "__aexit__"}:
                continue
            returns = function.returns or ast.Constant(None)
            self._import_names(returns)
            signature = self._signature(function, ast.unparse(returns))
            call = f"super().{name}" + ("" if "property" in self._decorators(function) else f"({signature.arguments})")
            header = "    @property\n" * ("property" in self._decorators(function)) + signature.header()
            if name == "__init__":
                # Tokens are wrapped here, so that no traceback shows them with this method's variables.
                self._import(Import(self._module.name, "members"))
                self._members.append(header + _indented(["instances = members(instances)", call]))
            else:
                self._add(header, function, call if signature.returns == "None" else f"return {call}")
        self._import(Import(machinery, "FleetTwin"))
        head = f"class {self._node.name}(FleetTwin):\n    {self._class_docstring}\n"
        self._output.classes[self._node.name] = "\n".join([head, *self._members])

    def _finish(self, base: str) -> None:
        if self._node.name in self._output.classes:
            raise self._error(self._node, f"{self._output.name} already has a class {self._node.name!r}: rename one")
        self._import_machinery("_facade", base)
        self._import(Import(self._module.name, self._node.name, self._aio))
        head = f"class {self._node.name}({base}[{self._aio}]):\n    {self._class_docstring}\n"
        self._output.classes[self._node.name] = "\n".join([head, *self._members]) if self._members else head

    def _functions(self) -> Iterator[tuple[str, list[Function]]]:
        """Yield the public functions of the class, each with its overloads."""
        functions: list[Function] = []
        for item in self._node.body[1:]:
            match item:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    functions.append(item)
                case ast.AnnAssign(target=ast.Name(name)) | ast.Assign(targets=[ast.Name(name)]):
                    if not name.startswith("_"):
                        raise self._error(item, f"make the attribute {name!r} a property, which the facade can mirror")
                case _:
                    raise self._error(item, f"{type(item).__name__} in a class body is not supported: move it out")
        for name, group in groupby(functions, key=lambda function: function.name):
            members = list(group)
            if not (is_public(members[0]) or name.startswith("__")):
                continue
            overloads = ["overload" in self._decorators(function) for function in members]
            if overloads != [True] * (len(members) - 1) + [False]:
                raise self._error(
                    members[-1], f"{name!r} is defined more than once and not as overloads of one function"
                )
            yield name, members

    def _write_member(self, functions: list[Function]) -> None:
        *overloads, function = functions
        match self._decorators(function), overloads, function:
            case [], _, _:
                self._write_method(overloads, function)
            case ["property"], [], ast.FunctionDef():
                self._write_property(function)
            case ["cached_property"], [], ast.FunctionDef():
                self._write_area(function)
            case ["classmethod"], [], _ if self._is_client:
                self._write_constructor(function)
            case _:
                raise self._error(function, f"{function.name!r} has decorators that the facade does not know")

    def _write_method(self, overloads: list[Function], function: Function) -> None:
        stubs = []
        for overload in overloads:
            returns, wrap = self._returned(overload)
            if wrap != self._returned(function)[1]:
                raise self._error(overload, "overloads with different types of results need different names")
            stubs.append("    @overload\n" + self._signature(overload, returns).header(" ..."))
            self._import(Import("typing", "overload"))
        returns, wrap = self._returned(function)
        signature = self._signature(function, returns)
        method = f"self._aio.{signature.name}"
        if wrap == "iterate":
            call = f"self._portal.iterate({self._deferred(method, signature.arguments)})"
        elif wrap == "view":
            call = f"self._of({method}({signature.arguments}), self._portal)"
        elif wrap in _PAGERS:
            call = f"Sync{wrap}({method}({signature.arguments}), self._portal)"
        else:
            call = f"self._portal.run({method}({signature.arguments}))"
        self._add("".join(stubs) + signature.header(), function, *self._wrapped(function), f"return {call}")

    def _wrapped(self, function: Function) -> Iterator[str]:
        """Yield the lines that wrap arguments that may be secrets, so that tracebacks do not show them."""
        for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
            if argument.annotation is not None and "Secret" in names_in(argument.annotation):
                # A body may have any type, which type checkers cannot check further.
                wrap = "of_any" if "Secret[object]" in ast.unparse(argument.annotation) else "of"
                yield f"{argument.arg} = Secret.{wrap}({argument.arg})"

    def _deferred(self, method: str, arguments: str) -> str:
        if not arguments:
            return method
        self._import(Import("functools", "partial"))
        return f"partial({method}, {arguments})"

    def _write_property(self, function: ast.FunctionDef) -> None:
        returns, wrap = self._returned(function)
        if wrap != "plain":
            raise self._error(function, "a property that returns something asynchronous: make it a method")
        header = self._signature(function, returns).header()
        self._add(f"    @property\n{header}", function, f"return self._aio.{function.name}")

    def _write_area(self, function: ast.FunctionDef) -> None:
        twin = self._package.twin_of(self._module, name_of(function.returns))
        if twin is None:
            raise self._error(function, "a cached property returns an Area; anything else is a property or a method")
        name = twin.node.name
        body = [f"return {name}(self._aio.{function.name}, self._portal)"]
        if twin.module.output != self._output.name:
            imported = self._package.sync_import(twin)
            self._import(evolve(imported, typing_only=True))
            late = [node.lineno for node in function.body if isinstance(node, ast.ImportFrom)]
            comment = "".join(f"  {self._module.comments[line]}" for line in late if line in self._module.comments)
            body = [f"from {imported.module} import {name}{comment}", "", *body]
        self._import(Import("functools", "cached_property"))
        header = self._signature(function, name).header()
        self._add(f"    @cached_property\n{header}", function, *body)

    def _write_init(self, function: Function) -> None:
        omitted = {argument.arg for argument in function.args.kwonlyargs if self._wording.is_omitted(argument.arg)}
        for parameter in omitted:
            self._omit_from_docstring(parameter)
        signature = self._signature(function, "None", omitted)
        self._import_machinery("_portal", "Portal")
        call = f"super().__init__({self._aio}({signature.arguments}), Portal())"
        self._members.append(signature.header() + _indented([*self._wrapped(function), call]))

    def _omit_from_docstring(self, parameter: str) -> None:
        entry = rf"^( +){parameter}: .*\n(?:\1 +.*\n)*"
        self._class_docstring, count = re.subn(entry, "", self._class_docstring, flags=re.MULTILINE)
        if not count:
            raise self._error(self._node, f"document {parameter!r} in the docstring's Args, from where it is left out")

    def _write_constructor(self, function: Function) -> None:
        if name_of(function.returns) != "Self":
            raise self._error(function, "a class method returns Self; anything else is a function")
        signature = self._signature(function, "Self")
        self._import(Import("typing", "Self"))
        self._import_machinery("_portal", "Portal")
        made = f"{self._aio}.{signature.name}({signature.arguments})"
        if isinstance(function, ast.AsyncFunctionDef):
            body = ["portal = Portal()", f"return cls._of(portal.run({made}), portal)"]
        else:
            body = [f"return cls._of({made}, Portal())"]
        self._add("    @classmethod\n" + signature.header(), function, *self._wrapped(function), *body)

    def _returned(self, function: Function) -> tuple[str, str]:
        """Return the facade's return annotation, and the conversion of the result."""
        annotation = function.returns
        if annotation is None:
            raise self._error(function, f"annotate what {function.name!r} returns")
        generates = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function))
        match annotation:
            case ast.Subscript(ast.Name(pager), inner) if pager in _PAGERS and isinstance(function, ast.FunctionDef):
                self._import_machinery("_facade", f"Sync{pager}")
                return f"Sync{pager}[{self._annotation(inner)}]", pager
            case ast.Subscript(ast.Name("AsyncIterator"), inner) if generates or isinstance(function, ast.FunctionDef):
                self._import(Import("collections.abc", "Iterator"))
                return f"Iterator[{self._annotation(inner)}]", "iterate"
            case ast.Name("Self") if self._is_client and isinstance(function, ast.FunctionDef):
                self._import(Import("typing", "Self"))
                return "Self", "view"
            case _:
                pass
        if generates:
            raise self._error(function, f"annotate {function.name!r}, which yields, as `-> AsyncIterator[…]`")
        if isinstance(function, ast.AsyncFunctionDef):
            return self._annotation(annotation), "run"
        if self._decorators(function) == ["property"]:
            return self._annotation(annotation), "plain"
        raise self._error(
            function,
            f"{function.name!r} is neither `async def`, nor a property, nor returns Pager or AsyncIterator",
        )

    def _annotation(self, node: ast.expr) -> str:
        """Return the text of an annotation for the facade, and import all names in it."""
        for name in names_in(node):
            if name in _ASYNC_TYPES or self._package.twin_of(self._module, name):
                raise self._error(node, f"the facade cannot return {name} in this place: change the return type")
        self._import_type(node)
        return self._module.segment(node)

    def _signature(self, function: Function, returns: str, omitted: Collection[str] = ()) -> Signature:
        comments = self._directives(function)
        last = function.returns or function
        closing = last.end_lineno if function.returns else function.lineno
        parameters = self._parameters(function, comments if closing != function.lineno else {}, omitted)
        return Signature(function.name, tuple(parameters), returns, comments.get(closing or 0, ""))

    def _parameters(
        self, function: Function, comments: Mapping[int, str], omitted: Collection[str]
    ) -> Iterator[Parameter]:
        declared = function.args
        positional = [*declared.posonlyargs, *declared.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(declared.defaults))
        for number, (argument, default) in enumerate(
            zip(positional, [*missing, *declared.defaults], strict=True), start=1
        ):
            passed = "" if number == 1 else argument.arg
            yield self._parameter(argument, default, "", passed, comments)
            if number == len(declared.posonlyargs):
                yield Parameter("/", "/", "")
        if declared.vararg is not None:
            name = declared.vararg.arg
            yield self._parameter(declared.vararg, None, "*", f"*{name}", comments)
        elif declared.kwonlyargs:
            yield Parameter("*", "*", "")
        for argument, default in zip(declared.kwonlyargs, declared.kw_defaults, strict=True):
            if argument.arg not in omitted:
                yield self._parameter(argument, default, "", f"{argument.arg}={argument.arg}", comments)
        if declared.kwarg is not None:
            name = declared.kwarg.arg
            yield self._parameter(declared.kwarg, None, "**", f"**{name}", comments)

    def _parameter(
        self,
        argument: ast.arg,
        default: ast.expr | None,
        stars: str,
        passed: str,
        comments: Mapping[int, str],
    ) -> Parameter:
        text = stars + argument.arg
        if argument.annotation is not None:
            self._import_parameter_types(argument.annotation)
            text += f": {self._module.segment(argument.annotation)}"
        if default is not None:
            self._import_names(default)
            equals = " = " if argument.annotation is not None else "="
            text += f"{equals}{self._module.segment(default)}"
        end = (default or argument).end_lineno or 0
        return Parameter(argument.arg, text, passed, comments.get(end, ""))

    def _import_parameter_types(self, node: ast.expr) -> None:
        for name in names_in(node):
            if name in _PAGERS or self._package.twin_of(self._module, name):
                raise self._error(node, f"the facade cannot pass a {name} on: take what identifies it instead")
        self._import_type(node)

    def _import_type(self, node: ast.expr) -> None:
        if is_quoted(node):
            raise self._error(node, "an annotation in quotes: remove them, annotations are not evaluated anyway")
        self._import_names(node)

    def _directives(self, function: Function) -> dict[int, str]:
        """Return the comments for tools in a function's header, by line."""
        lines = range(function.lineno, function.body[0].lineno)
        comments = {line: self._module.comments.get(line, "") for line in lines}
        return {line: f"  {comment}" for line, comment in comments.items() if _DIRECTIVE.match(comment)}

    def _add(self, header: str, function: Function, *body: str) -> None:
        self._members.append(f"{header}        {self._docstring(function)}\n{_indented(body)}")

    def _docstring(self, node: ast.ClassDef | Function) -> str:
        match node.body[0]:
            case ast.Expr(ast.Constant(str()) as constant):
                return self._wording.rewritten(self._module, constant)
        raise self._error(node, f"write a docstring for {node.name!r}")

    def _decorators(self, function: Function) -> list[str]:
        return [name_of(decorator) for decorator in function.decorator_list]

    def _refuse_dunder(self, function: Function) -> None:
        if function.name.startswith("__"):
            raise self._error(function, f"{function.name!r} has no counterpart in the facade: use a named method")

    def _refuse_attributes(self, function: Function) -> None:
        for node in ast.walk(function):
            match node:
                case ast.Attribute(ast.Name("self"), name, ast.Store()) if not name.startswith("_"):
                    raise self._error(node, f"make the attribute {name!r} a property, which the facade can mirror")
                case _:
                    pass

    def _import_machinery(self, module: str, name: str) -> None:
        self._import(Import(f"{_MACHINERY}.{module}", name))

    def _import_names(self, node: ast.expr) -> None:
        for name in names_in(node):
            bound = self._module.names.get(name)
            if bound is not None:
                self._import(bound, node)
            elif not hasattr(builtins, name):
                raise self._error(node, f"{name!r} is not bound by an import or at the top level")

    def _import(self, bound: Import, node: ast.AST | None = None) -> None:
        self._output.add_import(bound, self._module, node or self._node)

    def _error(self, node: ast.AST, problem: str) -> SystemExit:
        return self._module.error(node, problem)


def _indented(lines: Iterable[str]) -> str:
    return "".join(f"        {line}\n" if line else "\n" for line in lines)
