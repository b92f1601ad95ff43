"""Code Engine: functions run on the instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from types import NoneType
from typing import Any

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._endpoints._permissions import Permission, Right, sent_permissions
from domo_async._frames import ItemTuple
from domo_async._transport import Pager, url
from domo_async._waiting import States, Verdict, check_known, job_failed, wait_for
from domo_async._wire import UNSET, IsoStamp, Model, NumericId, OpenEnum, Unset, either, payload
from domo_async.errors import WaitTimeout

__all__ = [
    "CodeEngine",
    "CodeFunction",
    "CodeLanguage",
    "CodePackage",
    "CodePackagePermission",
    "CodePackageVersion",
    "CodePackages",
    "CodeVariable",
    "ExecutionError",
    "ExecutionLog",
    "ExecutionSettings",
    "ExecutionStatus",
    "FunctionExecution",
]


class ExecutionStatus(OpenEnum):
    """How an execution stands. The values are those of Domo's OpenAPI description; Domo's documentation names none.

    ``SUCCESS``: the function gave what it declares. ``FAILED``: it broke off with an error. ``RESULT_TYPE_FAILURE``: it
    gave something else than it declares. ``OUTPUT_UNDEFINED``: it gave nothing. ``RUNNING``: it has not ended, which is
    documented for later looks alone. ``UNDEFINED``: the instance could not tell how it went.
    """

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    RESULT_TYPE_FAILURE = "RESULT_TYPE_FAILURE"
    RUNNING = "RUNNING"
    OUTPUT_UNDEFINED = "OUTPUT_UNDEFINED"
    UNDEFINED = "UNDEFINED"


@frozen(kw_only=True)
class ExecutionSettings(Model):
    """How an execution was asked for.

    Attributes:
        get_logs: Whether what the function prints was to be kept.
    """

    get_logs: bool | None = None


@frozen(kw_only=True)
class ExecutionLog(Model):
    """What a function printed.

    Attributes:
        log: The entries, often lines of text.
    """

    log: tuple[object, ...] = ()


@frozen(kw_only=True)
class ExecutionError(Model):
    """What was wrong with an execution.

    Attributes:
        error_messages: What there is to say about it.
        result: What the function gave.
        expected_type: The type that the function declares.
        actual_type: The type of what it gave.
        expected_is_list: Whether the function declares a list.
        actual_is_list: Whether it gave one.
        expected_allow_null: Whether the function may give nothing.
    """

    error_messages: tuple[str, ...] = ()
    result: Any = None
    expected_type: str | None = None
    actual_type: str | None = None
    expected_is_list: bool | None = None
    actual_is_list: bool | None = None
    expected_allow_null: bool | None = None

    @property
    def reason(self) -> str | None:
        """What was wrong in one line, where the instance tells."""
        if self.error_messages:
            return "; ".join(self.error_messages)
        if self.expected_type is None or self.actual_type is None:
            return None
        expected = _kind(self.expected_type, is_list=self.expected_is_list)
        return f"it gave {_kind(self.actual_type, is_list=self.actual_is_list)} where it declares {expected}"


def _kind(name: str, *, is_list: bool | None) -> str:
    return f"a list of {name}" if is_list else name


@frozen(kw_only=True)
class FunctionExecution(Model):
    """A function that was run.

    Attributes:
        execution_id: The identifier of this run.
        package_id: The package.
        version: The package's version.
        function_name: The function.
        status: How it stands.
        settings: How it was asked for.
        started_on: When it began.
        started_by: Who ran it.
        completed_on: When it ended.
        result: What the function gave.
        stdout: What it printed, if that was asked for.
        stderr: What it printed of errors, if that was asked for.
        error_information: What was wrong.
    """

    execution_id: str | None = None
    package_id: str | None = None
    version: str | None = None
    function_name: str | None = None
    status: ExecutionStatus | None = None
    settings: ExecutionSettings | None = None
    # Domo's documentation calls them dates, without their form: what a function did must not be lost over that.
    started_on: IsoStamp | None = None
    started_by: str | None = None
    completed_on: IsoStamp | None = None
    result: Any = None
    stdout: ExecutionLog | None = None
    stderr: ExecutionLog | None = None
    error_information: ExecutionError | None = None


class CodeLanguage(OpenEnum):
    """What a package is written in; Domo's OpenAPI description writes ``JavaScript`` and ``Python``."""

    JAVASCRIPT = "JAVASCRIPT"
    PYTHON = "PYTHON"


@frozen(kw_only=True)
class CodeVariable(Model):
    """What a function takes or gives.

    Attributes:
        name: Its name.
        display_name: Its name for people.
        type: Its type, such as ``text``, ``number`` or ``dataset``.
        is_list: Whether it is a list of these.
        nullable: Whether it may be left out.
        children: The parts of an object.
        entity_sub_type: What kind of thing it names.
        value: Its value, where it is fixed.
        default_values: Its value, where none is given.
    """

    name: str | None = None
    display_name: str | None = None
    type: str | None = None
    is_list: bool | None = None
    nullable: bool | None = None
    children: tuple[CodeVariable, ...] | None = None
    entity_sub_type: str | None = None
    value: object = None
    default_values: object = None


@frozen(kw_only=True)
class CodeFunction(Model):
    """A function of a package.

    Attributes:
        name: Its name.
        display_name: Its name for people.
        description: What it does.
        is_private: Whether only functions of the package can call it.
        inputs: What it takes.
        output: What it gives.
        has_return: Whether it gives something.
        example: How it is used.
    """

    name: str
    display_name: str | None = None
    description: str | None = None
    is_private: bool | None = None
    inputs: tuple[CodeVariable, ...] = ()
    output: CodeVariable | None = None
    has_return: bool | None = None
    example: str | None = None


@frozen(kw_only=True)
class CodePackageVersion(Model):
    """A version of a package.

    Attributes:
        version: The version, such as ``1.0.1``.
        id: Its identifier.
        package_id: The package.
        description: The description.
        code: What it does, where asked for.
        functions: Its functions, where asked for.
        configuration: The accounts and packages that it uses, as JSON.
        account_alias_configuration: The accounts that it uses, each as JSON.
        created_by: Who made it.
        created_on: When it was made.
        updated_by: Who changed it last.
        updated_on: When it last changed.
        released: When it was released; None while it is worked on.
        released_on: The same, as Domo's OpenAPI description calls it.
    """

    version: str
    id: str | None = None
    package_id: str | None = None
    description: str | None = None
    code: str | None = None
    functions: tuple[CodeFunction, ...] = ()
    configuration: Mapping[str, object] | None = None
    account_alias_configuration: tuple[Mapping[str, object], ...] = ()
    created_by: str | None = None
    created_on: IsoStamp | None = None
    updated_by: str | None = None
    updated_on: IsoStamp | None = None
    released: IsoStamp | None = None
    released_on: IsoStamp | None = None


@frozen(kw_only=True)
class CodePackage(Model):
    """A package of functions.

    Attributes:
        id: Its identifier.
        name: Its name.
        description: The description.
        language: What it is written in.
        environment: Where it runs, such as ``LAMBDA``.
        availability: Who may use it: ``GLOBAL`` or ``PRIVATE``.
        package_source: Where it is from, such as ``CUSTOM``.
        owner: The owner.
        users: Who uses it, each as JSON; the sample shows none.
        versions: Its versions, where asked for.
        deployed_version: The version that is in use.
        working_version: The version that is worked on.
        thumbnail: Its picture.
        created_on: When it was made.
        updated_on: When it last changed.
        released_on: When a version was released last.
    """

    id: str
    name: str | None = None
    description: str | None = None
    language: CodeLanguage | None = None
    environment: str | None = None
    availability: str | None = None
    package_source: str | None = None
    owner: str | None = None
    users: tuple[object, ...] = ()
    versions: tuple[CodePackageVersion, ...] = ()
    deployed_version: CodePackageVersion | None = None
    working_version: CodePackageVersion | None = None
    thumbnail: str | None = None
    created_on: IsoStamp | None = None
    updated_on: IsoStamp | None = None
    released_on: IsoStamp | None = None


@frozen(kw_only=True)
class CodePackagePermission(Model):
    """What a user or a group may do with a package, as the instance tells it.

    Attributes:
        id: The user, or the group.
        name: Its name.
        permissions: All that it may do.
    """

    id: NumericId | str
    name: str | None = None
    permissions: tuple[Right, ...] = ()


_STATES = States(
    good=[ExecutionStatus.SUCCESS, ExecutionStatus.OUTPUT_UNDEFINED],
    bad=[ExecutionStatus.FAILED, ExecutionStatus.RESULT_TYPE_FAILURE, ExecutionStatus.UNDEFINED],
    going=[ExecutionStatus.RUNNING],
)


def _judge(execution: FunctionExecution) -> Verdict:
    if execution.status is None:
        # Domo's documentation does not say that there is one.
        return Verdict(None, ended=True)
    reason = execution.error_information.reason if execution.error_information else None
    return _STATES.judge(execution.status, reason=reason)


class CodePackages(Area):
    """Packages of functions. Domo's OpenAPI description has most of these routes; `list` and `create` are seen."""

    def list(self) -> Pager[CodePackage]:
        """Iterate over the packages that the token's owner may see.

        `GET /api/codeengine/v2/packages`. Unconfirmed: Domo's documentation does not describe it; three independent
        clients use it.
        """
        return self._http.whole_list("GET", _PACKAGES, into=ItemTuple[CodePackage], read=tuple)

    async def get(self, package_id: str, /, *, versions: bool = True) -> CodePackage:
        """Return a package.

        `GET /api/codeengine/v2/packages/{package_id}` (Domo's OpenAPI description, "Get package").

        Args:
            package_id: The package.
            versions: Whether to ask for its versions as well.

        Raises:
            NotFound: The package does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/codeengine/v2/packages/{}", package_id),
            params={"parts": "versions" if versions else None},
            into=CodePackage,
        )

    async def get_version(
        self, package_id: str, version: str, /, *, parts: Sequence[str] = ("functions", "code", "privateFunctions")
    ) -> CodePackageVersion:
        """Return a version of a package.

        `GET /api/codeengine/v2/packages/{package_id}/versions/{version}` (Domo's OpenAPI description, "Get version").

        Args:
            package_id: The package.
            version: The version, such as ``1.0.1``.
            parts: What to tell of it beside its facts: ``functions``, ``code``, ``privateFunctions``; all by default.

        Raises:
            NotFound: The package or version does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/codeengine/v2/packages/{}/versions/{}", package_id, version),
            params={"parts": list(parts) or None},
            into=CodePackageVersion,
        )

    async def create(
        self,
        *,
        name: str,
        code: str,
        language: CodeLanguage | str,
        functions: Sequence[Mapping[str, object]],
        description: str = "",
        environment: str = "LAMBDA",
        configuration: Mapping[str, object] = {"accountsMapping": ()},
        package_id: str | Unset = UNSET,
        version: str | Unset = UNSET,
    ) -> CodePackage:
        """Create a package, or a version of one that is there. Is not sent twice.

        `POST /api/codeengine/v2/packages`. Seen on instances, not in Domo's documentation.

        Args:
            name: Its name.
            code: The functions' source.
            language: What that is written in.
            functions: The functions, each as JSON: ``name``, ``displayName``, ``inputs``, ``output`` …
            description: The description.
            environment: Where it runs.
            configuration: The accounts and packages that it uses, as JSON; none by default.
            package_id: The package that it is a version of; a new one by default.
            version: The version.

        Raises:
            NotFound: The package does not exist.
        """
        return await self._http.request(
            "POST",
            _PACKAGES,
            json=payload(
                id="" if isinstance(package_id, Unset) else package_id,
                name=name,
                description=description,
                code=code,
                environment=environment,
                language=language,
                version=version,
                manifest={"functions": list(functions), "configuration": configuration},
            ),
            into=CodePackage,
        )

    async def release(self, package_id: str, version: str, /) -> CodePackage | None:
        """Release a version of a package, which others can call from then on.

        `POST /api/codeengine/v2/packages/{package_id}/versions/{version}/release` (Domo's OpenAPI description, "Release
        a version").

        Args:
            package_id: The package.
            version: The version.

        Returns:
            The package; None where the instance does not tell it.

        Raises:
            Conflict: The version is released already.
            NotFound: The package or version does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/codeengine/v2/packages/{}/versions/{}/release", package_id, version),
            into=either(CodePackage, NoneType),
            empty=None,
        )

    async def set_owner(self, package_id: str, owner: int, /) -> CodePackage:
        """Give a package to another user.

        `PUT /api/codeengine/v2/packages/{package_id}`. Seen on instances, not in Domo's documentation.

        Args:
            package_id: The package.
            owner: The user whose it is to be.

        Raises:
            NotFound: The package does not exist.
        """
        return await self._http.request(
            "PUT", url("/api/codeengine/v2/packages/{}", package_id), json={"owner": owner}, into=CodePackage
        )

    async def delete(self, package_id: str, /) -> None:
        """Delete a package.

        `DELETE /api/codeengine/v2/packages/{package_id}`. Seen on instances, not in Domo's documentation.

        Args:
            package_id: The package.

        Raises:
            NotFound: The package does not exist.
        """
        await self._http.request("DELETE", url("/api/codeengine/v2/packages/{}", package_id))

    async def permissions(self, package_id: str, /) -> Mapping[str, tuple[CodePackagePermission, ...]]:
        """Return who may do what with a package, by type: ``USER``, ``GROUP``.

        `GET /api/codeengine/v2/packages/{package_id}/permissions`. Domo's OpenAPI description calls the types ``users``
        and ``groups``; these are what instances are seen to answer.

        Args:
            package_id: The package.

        Raises:
            NotFound: The package does not exist.
        """
        return await self._http.request(
            "GET",
            url("/api/codeengine/v2/packages/{}/permissions", package_id),
            into=dict[str, ItemTuple[CodePackagePermission]],
        )

    async def set_permissions(self, package_id: str, /, *, permissions: Sequence[Permission]) -> None:
        """Say who may do what with a package. Domo's OpenAPI description says that all others lose what they had.

        `POST /api/codeengine/v2/packages/{package_id}/permissions`. Seen on instances, in this form.

        Args:
            package_id: The package.
            permissions: The users and groups, each with all that is allowed.

        Raises:
            ConfigError: `permissions` is empty.
            NotFound: The package does not exist.
        """
        await self._http.request(
            "POST",
            url("/api/codeengine/v2/packages/{}/permissions", package_id),
            json=sent_permissions(permissions),
            idempotent=True,
        )


_PACKAGES = url("/api/codeengine/v2/packages")


class CodeEngine(Area):
    """Code Engine: functions run on the instance, and the packages that they are in."""

    @cached_property
    def packages(self) -> CodePackages:
        """Packages of functions."""
        return CodePackages(self._http)

    async def run(
        self,
        package_id: str,
        version: str,
        function_name: str,
        /,
        *,
        input_variables: Mapping[str, object],
        get_logs: bool | Unset = UNSET,
        check: bool = True,
    ) -> FunctionExecution:
        """Run a function and return what it gave.

        `POST /api/codeengine/v2/packages/{package_id}/versions/{version}/functions/{function_name}` (Code Engine API,
        "Run Function"). The instance answers with a good status even where the function failed, so that the execution's
        own status is looked at. It is never run twice by itself.

        Args:
            package_id: The package.
            version: The package's version, such as ``1.0.1``.
            function_name: The function.
            input_variables: What the function takes, by name; ``{}`` for nothing.
            get_logs: Whether to get what the function prints.
            check: Whether to raise unless the function surely ended well, that is as ``SUCCESS``, or as
                ``OUTPUT_UNDEFINED``, for a function that gives nothing. False returns every execution as it is.

        Raises:
            JobFailed: The function failed, or the instance could not tell how it went; carries the status and the
                reason.
            UnknownState: What the status means is not known.
            WaitTimeout: The instance answered before the function had ended, and it goes on.
            NotFound: The function does not exist.
        """
        execution = await self._http.request(
            "POST",
            url("/api/codeengine/v2/packages/{}/versions/{}/functions/{}", package_id, version, function_name),
            json=payload(
                input_variables=input_variables,
                settings=get_logs if isinstance(get_logs, Unset) else payload(get_logs=get_logs),
            ),
            into=FunctionExecution,
        )
        verdict = _judge(execution)
        if check and verdict.failed:
            raise job_failed(f"the function {function_name}", verdict)
        if check:
            check_known(f"the function {function_name}", verdict)
        if check and not verdict.ended:
            raise WaitTimeout(
                f"the function {function_name} has not ended; it goes on as execution {execution.execution_id}",
                state=verdict.state,
            )
        return execution

    async def get_execution(self, package_id: str, execution_id: str, /) -> FunctionExecution:
        """Return an execution.

        `GET /api/codeengine/v2/packages/{package_id}/executions/{execution_id}` (Domo's OpenAPI description, "Get
        execution by ID").

        Args:
            package_id: The package.
            execution_id: The execution, as `run` tells it.

        Raises:
            NotFound: The execution does not exist, or not any more.
        """
        return await self._http.request(
            "GET", url("/api/codeengine/v2/packages/{}/executions/{}", package_id, execution_id), into=FunctionExecution
        )

    async def wait(self, package_id: str, execution_id: str, /, *, timeout: float = 600.0) -> FunctionExecution:
        """Wait until an execution has ended well, and return it.

        `GET /api/codeengine/v2/packages/{package_id}/executions/{execution_id}` (Domo's OpenAPI description, "Get
        execution by ID"), again and again.

        Args:
            package_id: The package.
            execution_id: The execution, as `run` tells it.
            timeout: Seconds to wait at most.

        Raises:
            JobFailed: The function failed, or the instance could not tell how it went.
            UnknownState: What the status means is not known.
            WaitTimeout: It has not ended; it goes on.
            NotFound: The execution does not exist, or not any more.
        """
        return await wait_for(
            partial(self.get_execution, package_id, execution_id),
            _judge,
            what=f"execution {execution_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )
