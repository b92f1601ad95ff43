"""Code Engine: packages, functions that tests lend the instance, and an echo for all others.

Emulator-defined, as Domo's documentation does not say it: the types, and how a function is found. The code of a package
is kept and never run.
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

from domo_async._emulator.access.people import user_name
from domo_async._emulator.access.rights import granted, has_right, require, require_owner
from domo_async._emulator.context import caller_of, instance_of, records_of
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.bodies import Array, Flag, Object, Text
from domo_async._emulator.http.web import answer, iso, json_body, json_object, query_values, read_body
from domo_async._emulator.job_outcomes import JobOutcome
from domo_async._emulator.services.jobs import is_over
from domo_async._emulator.state.instance import Instance
from domo_async._emulator.state.records import Record

__all__ = ["Functions", "Printed", "functions_of", "routes"]

routes: web.RouteTableDef = web.RouteTableDef()

_EXECUTIONS = "code_engine_executions"
_PACKAGES = "code_engine_packages"
_FIRST_VERSION = "1.0.0"
_RUN = Object({"inputVariables": Object(default={}), "settings": Object({"getLogs": Flag(default=False)}, default={})})
_MANIFEST_MESSAGE = "Required: manifest, an object with functions, an array of objects with a name"
_NEW_VERSION = Object(
    {
        "manifest": Object(
            {
                "functions": Array(Object(has=("name",)), message=_MANIFEST_MESSAGE),
                "configuration": Object(default={}, null=True),
            },
            message=_MANIFEST_MESSAGE,
        ),
        "version": Text(
            pattern=r"[a-zA-Z0-9.-]{1,50}", default=_FIRST_VERSION, null=True, message="version must be like 1.0.0"
        ),
    }
)
_PACKAGE = "/api/codeengine/v2/packages/{package}"
_ANY = "*"
_TYPES = ("boolean", "decimal", "number", "object", "text")


@frozen
class Printed:
    """The result of a function that also prints.

    Attributes:
        result: The result.
        stdout: The entries that it printed.
        stderr: The errors that it printed.
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
        """Lend a function; it replaces the former one of that name.

        Args:
            name: The function's name in Code Engine.
            function: The function, called with the input variables as keyword arguments. It returns JSON, or
                `Printed`; it may be a coroutine function. It runs on the server's event loop, which a slow function
                would block.
            package_id: The package; ``*`` for any.
            version: The package's version; ``*`` for any.
            returns: The type that it declares: ``text``, ``number``, ``decimal``, ``boolean`` or ``object``. None for
                none, so that whatever it gives is right.
            is_list: Whether it declares a list of these.
            allow_null: Whether it may give None although it declares a type.

        Raises:
            ValueError: The type does not exist.
        """
        if returns is not None and returns not in _TYPES:
            raise ValueError(f"returns must be one of {', '.join(_TYPES)}, not {returns!r}")
        with self._lock:
            self._lent[package_id, version, name] = _Function(function, returns, is_list, allow_null)

    def clear(self) -> None:
        """Remove all functions."""
        with self._lock:
            self._lent.clear()

    def find(self, package_id: str, version: str, name: str) -> _Function | None:
        """Return the function with the most specific match; None for the echo.

        Raises:
            HTTPError: 404, if the package's functions are known and it is none of them.
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


# Functions are not JSON: they are kept beside the records, as long as the instance.
_FUNCTIONS: WeakKeyDictionary[Instance, Functions] = WeakKeyDictionary()


def functions_of(instance: Instance) -> Functions:
    """Return the functions that an instance runs."""
    return _FUNCTIONS.setdefault(instance, Functions())


@routes.post(_PACKAGE + "/versions/{version}/functions/{function}")
async def run(request: web.Request) -> web.Response:
    """Run a function. The status is always 200; the answer has its output only if the request asks for it."""
    instance, body = instance_of(request), await read_body(request, _RUN)
    variables, get_logs = body["inputVariables"], body["settings"]["getLogs"]
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
    """Return an execution. Only Domo's OpenAPI description has this route, for executions that run."""
    record = records_of(request, _EXECUTIONS).get(request.match_info["execution"])
    if record["packageId"] != request.match_info["package"]:
        raise HTTPError(404, f"The package has no execution {record['executionId']}")
    return answer(_describe(record, runs=record["runs"] and not is_over(instance_of(request), record)))


@routes.get("/api/codeengine/v2/packages")
async def list_packages(request: web.Request) -> web.Response:
    """List the packages that the caller may see, without their versions, which is emulator-defined."""
    packages = records_of(request, _PACKAGES)
    seen = [package for package in packages if has_right(request, package["owner"], package["permissions"])]
    return answer([_describe_package(package, versions=False) for package in seen])


@routes.post("/api/codeengine/v2/packages")
async def create_package(request: web.Request) -> web.Response:
    """Make a package; or a version of the named package, in place of one that is not released."""
    body, packages = await read_body(request, _NEW_VERSION), records_of(request, _PACKAGES)
    version = _version_of(request, body)
    if not body.get("id"):
        named = Object({"name": Text(), "language": Text()}).check(body)
        package = new_package(named["name"], caller_of(request)["id"], version, language=named["language"])
        return answer(_describe_package(packages.put(package["id"], package)))
    package = packages.get(body["id"])
    require(request, package["owner"], package["permissions"], "WRITE")
    former = _find(package, version["version"])
    if former is not None and former["released"] is not None:
        raise HTTPError(409, f"Version {version['version']} is released already")
    others = [each for each in package["versions"] if each["version"] != version["version"]]
    return answer(_describe_package(packages.update(package["id"], versions=[*others, version], updatedOn=iso())))


@routes.get(_PACKAGE)
async def get_package(request: web.Request) -> web.Response:
    """Return a package, with its versions if ``parts`` has them."""
    versions = "versions" in query_values(request, "parts")
    return answer(_describe_package(_package_of(request), versions=versions))


@routes.put(_PACKAGE)
async def set_package_owner(request: web.Request) -> web.Response:
    """Give a package to another user."""
    package, owner = _package_of(request), (await json_object(request)).get("owner")
    require_owner(request, package["owner"])
    user = records_of(request, "users").get(owner)
    changed = records_of(request, _PACKAGES).update(package["id"], owner=str(user["id"]), updatedOn=iso())
    return answer(_describe_package(changed))


@routes.delete(_PACKAGE)
async def delete_package(request: web.Request) -> web.Response:
    """Delete a package; the answer is the number of packages."""
    package = _package_of(request)
    require(request, package["owner"], package["permissions"], "DELETE")
    records_of(request, _PACKAGES).remove(package["id"])
    return answer(1)


@routes.get(_PACKAGE + "/permissions")
async def get_permissions(request: web.Request) -> web.Response:
    """Return who may do what, by type; the owner may do everything."""
    instance, package = instance_of(request), _package_of(request)
    owner = {"id": package["owner"], "name": user_name(instance, package["owner"]), "permissions": ["ADMIN"]}
    held = {
        grantee_type: [{"id": key, **each} for key, each in grants.items()]
        for grantee_type, grants in package["permissions"].items()
    }
    return answer({"GROUP": held.get("GROUP", []), "USER": [owner, *held.get("USER", [])]})


@routes.post(_PACKAGE + "/permissions")
async def set_permissions(request: web.Request) -> web.Response:
    """Replace all permissions with those of the body."""
    package, entries = _package_of(request), await json_body(request)
    require(request, package["owner"], package["permissions"], "SHARE")
    records_of(request, _PACKAGES).update(package["id"], permissions=granted({}, entries))
    return web.Response()


@routes.get(_PACKAGE + "/versions/{version}")
async def get_version(request: web.Request) -> web.Response:
    """Return a version of a package, with what ``parts`` asks for: code, functions, private functions."""
    package = _package_of(request)
    version, parts = _known_version(request, package), query_values(request, "parts")
    functions = [
        function
        for function in version["functions"]
        if ("privateFunctions" if function.get("isPrivate") else "functions") in parts
    ]
    payload = {key: version[key] for key in ("configuration", "createdBy", "description", "version")}
    return answer(
        {
            **payload,
            **({"code": version["code"]} if "code" in parts else {}),
            "createdOn": package["createdOn"],
            "functions": functions,
            "packageId": package["id"],
            "updatedBy": version["createdBy"],
            "updatedOn": package["updatedOn"],
        }
    )


@routes.post(_PACKAGE + "/versions/{version}/release")
async def release(request: web.Request) -> web.Response:
    """Release a version."""
    package = _package_of(request)
    require(request, package["owner"], package["permissions"], "WRITE")
    version = _known_version(request, package)
    if version["released"] is not None:
        raise HTTPError(409, f"Version {version['version']} is released already")
    versions = [
        {**each, "released": iso()} if each["version"] == version["version"] else each for each in package["versions"]
    ]
    return answer(_describe_package(records_of(request, _PACKAGES).update(package["id"], versions=versions)))


def new_package(
    name: str, owner: object, version: Record, *, language: str = "JAVASCRIPT", package_id: str | None = None
) -> Record:
    """Return a new package, which is not kept yet."""
    now = iso()
    return {
        "id": package_id or str(uuid.uuid4()),
        "name": name,
        "description": version["description"],
        "language": language,
        "owner": str(owner),
        "createdOn": now,
        "updatedOn": now,
        "versions": [version],
        "permissions": {},
    }


def _version_of(request: web.Request, body: Mapping[str, Any]) -> Record:
    """Return the version that a body describes."""
    return {
        "version": body["version"],
        "description": str(body.get("description") or ""),
        "code": str(body.get("code") or ""),
        "functions": body["manifest"]["functions"],
        "configuration": {
            "accountsMapping": [],
            "externalPackageMapping": {},
            "mlModel": [],
            **body["manifest"]["configuration"],
        },
        "createdBy": str(caller_of(request)["id"]),
        "released": None,
    }


def _package_of(request: web.Request) -> Record:
    """Return the package that the path names, if the caller may see it."""
    package = records_of(request, _PACKAGES).get(request.match_info["package"])
    require(request, package["owner"], package["permissions"])
    return package


def _find(package: Record, number: str) -> Record | None:
    return next((version for version in package["versions"] if version["version"] == number), None)


def _known_version(request: web.Request, package: Record) -> Record:
    version = _find(package, request.match_info["version"])
    if version is None:
        raise HTTPError(404, f"The package {package['id']} has no version {request.match_info['version']}")
    return version


def _describe_package(package: Record, *, versions: bool = True) -> dict[str, Any]:
    keys = ("createdOn", "description", "id", "language", "name", "owner", "updatedOn")
    payload = {key: package[key] for key in keys}
    listed = [
        {
            **{key: version[key] for key in ("configuration", "createdBy", "description", "released", "version")},
            "functions": [],
        }
        for version in package["versions"]
    ]
    return {
        **payload,
        "availability": "PRIVATE",
        "environment": "LAMBDA",
        "packageSource": "CUSTOM",
        "users": [],
        **({"versions": listed} if versions else {}),
    }


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
        # A copy is kept, as the function may change its objects later.
        printed = Printed(
            *(orjson.loads(orjson.dumps(each)) for each in (printed.result, printed.stdout, printed.stderr))
        )
    except Exception as error:  # noqa: BLE001 - a function that fails is an execution that failed
        message = f"{type(error).__name__}: {error}"
        return _ended("FAILED", Printed(stderr=[message]), messages=[message], function=function)
    return _judged(function, printed)


def _judged(function: _Function, printed: Printed) -> Record:
    """Return the end of a function, which may not have returned the type that it declares."""
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
    """Return an execution in its current state."""
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
