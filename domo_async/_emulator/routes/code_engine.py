"""Code Engine: functions that tests lend the instance, and an echo for all others.

The documents name no types and tell nothing of how a function is found; all of that is emulator-defined.
"""

from __future__ import annotations

import inspect
import math
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from aiohttp import web
from attrs import field, frozen

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import answer, caller_of, flag, instance_of, iso, json_object, records_of
from domo_async._emulator.job_outcomes import JobOutcome
from domo_async._emulator.persistence.records import Record
from domo_async._emulator.services.jobs import is_over
from domo_async._emulator.state import Instance

__all__ = ["Functions", "Printed", "functions_of", "routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_EXECUTIONS = "code_engine_executions"
_PACKAGE = "/api/codeengine/v2/packages/{package}"
_ANY = "*"
_TYPES = ("boolean", "decimal", "number", "object", "text")


@frozen
class Printed:
    """What a function gives that prints as well.

    Attributes:
        result: What it gives.
        stdout: What it printed, entry by entry.
        stderr: What it printed of errors.
    """

    result: Any = None
    stdout: Sequence[Any] = ()
    stderr: Sequence[Any] = ()


@frozen
class _Function:
    call: Callable[..., Any]
    returns: str | None
    is_list: bool
    allow_null: bool


@frozen
class Functions:
    """The functions that Code Engine runs; may be used from any thread.

    A function that nobody lent gives back its input variables. In a package of which one is lent by the package's id,
    all others are unknown.
    """

    _lent: dict[tuple[str, str, str], _Function] = field(factory=dict)
    _lock: threading.Lock = field(factory=threading.Lock)

    def add(
        self,
        name: str,
        function: Callable[..., Any],
        *,
        package_id: str = _ANY,
        version: str = _ANY,
        returns: str | None = None,
        is_list: bool = False,
        allow_null: bool = False,
    ) -> None:
        """Lend a function, in place of the former one of that name.

        Args:
            name: What Code Engine calls it.
            function: What is called, with the input variables as keyword arguments. It gives JSON, or `Printed`; it
                may be a coroutine function. It runs on the server's event loop, which a slow one would hold up.
            package_id: The package; ``*`` for any.
            version: The package's version; ``*`` for any.
            returns: The type that it declares: ``text``, ``number``, ``decimal``, ``boolean`` or ``object``. None for
                none, so that whatever it gives is right.
            is_list: Whether it declares a list of these.
            allow_null: Whether it may give None although it declares a type.

        Raises:
            ValueError: There is no such type.
        """
        if returns is not None and returns not in _TYPES:
            raise ValueError(f"returns must be one of {', '.join(_TYPES)}, not {returns!r}")
        with self._lock:
            self._lent[package_id, version, name] = _Function(function, returns, is_list, allow_null)

    def clear(self) -> None:
        """Take all functions back."""
        with self._lock:
            self._lent.clear()

    def find(self, package_id: str, version: str, name: str) -> _Function | None:
        """Return the function that is meant, the one that says most of itself; None for the echo.

        Raises:
            Refusal: 404, if the package's functions are known and it is none of them.
        """
        with self._lock:
            lent = dict(self._lent)
        for package in (package_id, _ANY):
            for release in (version, _ANY):
                if (package, release, name) in lent:
                    return lent[package, release, name]
        if any(package == package_id for package, _, _ in lent):
            raise HTTPError(404, f"The package {package_id} has no function {name} in version {version}")
        return None


# Functions are no JSON: they are kept beside the records, for as long as the instance.
_FUNCTIONS: WeakKeyDictionary[Instance, Functions] = WeakKeyDictionary()


def functions_of(instance: Instance) -> Functions:
    """Return the functions that an instance runs."""
    return _FUNCTIONS.setdefault(instance, Functions())


@routes.post(_PACKAGE + "/versions/{version}/functions/{function}")
async def run(request: web.Request) -> web.Response:
    """Run a function. However it ends, the answer's status is 200; what it printed is told only if asked for."""
    instance, body = instance_of(request), await json_object(request)
    variables, settings = body.get("inputVariables", {}), body.get("settings", {})
    if not isinstance(variables, dict) or not isinstance(settings, dict):
        raise HTTPError(400, "inputVariables and settings must be objects")
    get_logs = flag(settings.get("getLogs", False), "settings.getLogs")
    package, version, name = (request.match_info[key] for key in ("package", "version", "function"))
    function = functions_of(instance).find(package, version, name)
    outcome = instance.outcomes.take("code_engine", name)
    started = iso()
    ended = await _end(function, variables, outcome)
    record = {
        "executionId": str(uuid.uuid4()),
        "packageId": package,
        "version": version,
        "functionName": name,
        "settings": {"getLogs": get_logs},
        "startedOn": started,
        "startedBy": str(caller_of(request)["id"]),
        "completedOn": iso(),
        "begun": instance.now(),
        "lasts": instance.job_delay,
        # It runs in the answer to its start; the next look finds how it went, after the delay.
        "runs": outcome is not None and outcome.state == "RUNNING",
        **ended,
    }
    records_of(request, _EXECUTIONS).put(record["executionId"], record)
    return answer(_describe(record, runs=record["runs"]))


@routes.get(_PACKAGE + "/executions/{execution}")
async def get_execution(request: web.Request) -> web.Response:
    """Return an execution. Not in the documents; Domo's OpenAPI description has it, for executions that run."""
    record = records_of(request, _EXECUTIONS).get(request.match_info["execution"])
    if record["packageId"] != request.match_info["package"]:
        raise HTTPError(404, f"The package has no execution {record['executionId']}")
    return answer(_describe(record, runs=record["runs"] and not is_over(instance_of(request), record)))


async def _end(function: _Function | None, variables: Mapping[str, Any], outcome: JobOutcome | None) -> Record:
    """Return how an execution ends."""
    if outcome is not None and outcome.state != "RUNNING":
        reason = outcome.reason or f"The function ended as {outcome.state}, as it was asked for"
        return _ended(outcome.state, Printed(stderr=[reason]), messages=[reason], function=function)
    if function is None:
        return _ended("SUCCESS", Printed(dict(variables)))
    try:
        given = function.call(**variables)
        if inspect.isawaitable(given):
            given = await given
        printed = given if isinstance(given, Printed) else Printed(given)
        # What is kept is what the client gets, whatever becomes of the function's objects.
        printed = Printed(
            *(orjson.loads(orjson.dumps(each)) for each in (printed.result, printed.stdout, printed.stderr))
        )
    except Exception as error:  # noqa: BLE001 - a function that fails is an execution that failed
        message = f"{type(error).__name__}: {error}"
        return _ended("FAILED", Printed(stderr=[message]), messages=[message], function=function)
    return _judged(function, printed)


def _judged(function: _Function, printed: Printed) -> Record:
    """Return whether a function gave what it declares."""
    result = printed.result
    if function.returns is None:
        return _ended("OUTPUT_UNDEFINED" if result is None else "SUCCESS", printed)
    if result is None:
        fits = function.allow_null
    else:
        items = result if isinstance(result, list) else [result]
        fits = isinstance(result, list) == function.is_list and all(_fits(item, function.returns) for item in items)
    if fits:
        return _ended("SUCCESS", printed, function=function)
    message = f"The function declares {_spoken(function.returns, is_list=function.is_list)}, but gave {_kind(result)}"
    return _ended("RESULT_TYPE_FAILURE", printed, messages=[message], function=function)


def _ended(status: str, printed: Printed, *, messages: Sequence[str] = (), function: _Function | None = None) -> Record:
    result, good = printed.result, status in {"SUCCESS", "OUTPUT_UNDEFINED"}
    declared = function is not None and function.returns is not None
    return {
        "status": status,
        "result": result if good else None,
        "stdout": {"log": list(printed.stdout)},
        "stderr": {"log": list(printed.stderr)},
        "errorInformation": {
            "result": None if good else result,
            "expectedType": function.returns if function is not None and declared else _type(result),
            "actualType": _type(result),
            "expectedIsList": function.is_list if function is not None and declared else isinstance(result, list),
            "actualIsList": isinstance(result, list),
            "expectedAllowNull": function is None or not declared or function.allow_null,
            "errorMessages": list(messages),
        },
    }


def _fits(value: Any, declared: str) -> bool:
    actual = _type(value)
    whole = isinstance(value, float) and math.isfinite(value) and value.is_integer()
    return actual == declared or (actual, declared) == ("number", "decimal") or (whole and declared == "number")


def _type(value: Any) -> str | None:
    """Return the type of a JSON value, of a list that of its first item; None has none."""
    if isinstance(value, list):
        return _type(value[0]) if value else "object"
    known = {bool: "boolean", int: "number", float: "decimal", str: "text", dict: "object"}
    return known.get(type(value))


def _kind(value: Any) -> str:
    return "nothing" if value is None else _spoken(str(_type(value)), is_list=isinstance(value, list))


def _spoken(name: str, *, is_list: bool) -> str:
    return f"a list of {name}" if is_list else name


def _describe(record: Record, *, runs: bool) -> dict[str, Any]:
    """Return an execution as far as it is."""
    logs = record["settings"]["getLogs"] and not runs
    return {
        "executionId": record["executionId"],
        "packageId": record["packageId"],
        "version": record["version"],
        "functionName": record["functionName"],
        "status": "RUNNING" if runs else record["status"],
        "settings": record["settings"],
        "startedOn": record["startedOn"],
        "startedBy": record["startedBy"],
        "completedOn": None if runs else record["completedOn"],
        "result": None if runs else record["result"],
        "stdout": record["stdout"] if logs else None,
        "stderr": record["stderr"] if logs else None,
        "errorInformation": None if runs else record["errorInformation"],
    }
