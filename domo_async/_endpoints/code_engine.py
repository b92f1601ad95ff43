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
    """The status of an execution. The values are those of Domo's OpenAPI description; Domo's documentation lists none.

    ``SUCCESS``: the function returned a value of its declared type. ``FAILED``: it raised an error.
    ``RESULT_TYPE_FAILURE``: it returned a value of another type. ``OUTPUT_UNDEFINED``: it returned nothing.
    ``RUNNING``: it has not ended, which is documented only for later reads. ``UNDEFINED``: the instance could not
    determine the outcome.
    """

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    RESULT_TYPE_FAILURE = "RESULT_TYPE_FAILURE"
    RUNNING = "RUNNING"
    OUTPUT_UNDEFINED = "OUTPUT_UNDEFINED"
    UNDEFINED = "UNDEFINED"


@frozen(kw_only=True)
class ExecutionSettings(Model):
    """The settings of an execution.

    Attributes:
        get_logs: Whether to keep the function's output.
    """

    get_logs: bool | None = None


@frozen(kw_only=True)
class ExecutionLog(Model):
    """The printed output of a function.

    Attributes:
        log: The entries, often lines of text.
    """

    log: tuple[object, ...] = ()


@frozen(kw_only=True)
class ExecutionError(Model):
    """The errors of an execution.

    Attributes:
        error_messages: The error messages.
        result: The result of the function.
        expected_type: The declared type of the result.
        actual_type: The actual type of the result.
        expected_is_list: Whether the function declares a list.
        actual_is_list: Whether it returned a list.
        expected_allow_null: Whether the function may return nothing.
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
        """The error in one line, if the instance returned one."""
        if self.error_messages:
            return "; ".join(self.error_messages)
        if self.expected_type is None or self.actual_type is None:
            return None
        expected = _kind(self.expected_type, is_list=self.expected_is_list)
        return f"it returned {_kind(self.actual_type, is_list=self.actual_is_list)} but declares {expected}"


def _kind(name: str, *, is_list: bool | None) -> str:
    return f"a list of {name}" if is_list else name


@frozen(kw_only=True)
class FunctionExecution(Model):
    """An execution of a function.

    Attributes:
        execution_id: Its identifier.
        package_id: The package.
        version: The package's version.
        function_name: The function.
        status: Its status.
        settings: Its settings.
        started_on: When it began.
        started_by: The user who ran it.
        completed_on: When it ended.
        result: The result of the function.
        stdout: The standard output, if requested.
        stderr: The standard error output, if requested.
        error_information: The errors.
    """

    execution_id: str | None = None
    package_id: str | None = None
    version: str | None = None
    function_name: str | None = None
    status: ExecutionStatus | None = None
    settings: ExecutionSettings | None = None
    # Domo's documentation calls them dates, without their form: a bad date must not lose the function's result.
    started_on: IsoStamp | None = None
    started_by: str | None = None
    completed_on: IsoStamp | None = None
    result: Any = None
    stdout: ExecutionLog | None = None
    stderr: ExecutionLog | None = None
    error_information: ExecutionError | None = None


class CodeLanguage(OpenEnum):
    """The language of a package; Domo's OpenAPI description writes ``JavaScript`` and ``Python``."""

    JAVASCRIPT = "JAVASCRIPT"
    PYTHON = "PYTHON"


@frozen(kw_only=True)
class CodeVariable(Model):
    """A parameter or the result of a function.

    Attributes:
        name: Its name.
        display_name: The display name.
        type: Its type, such as ``text``, ``number`` or ``dataset``.
        is_list: Whether it is a list of these.
        nullable: Whether it may be null.
        children: The fields of an object.
        entity_sub_type: The subtype of the object that it refers to.
        value: Its value, if it is fixed.
        default_values: Its default value.
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
        display_name: The display name.
        description: The description.
        is_private: Whether only functions of the package can call it.
        inputs: Its parameters.
        output: Its result.
        has_return: Whether it returns a value.
        example: An example of its use.
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
        code: Its source, if requested.
        functions: Its functions, if requested.
        configuration: The accounts and packages that it uses, as JSON.
        account_alias_configuration: The accounts that it uses, each as JSON.
        created_by: The user who created it.
        created_on: When it was created.
        updated_by: The user who changed it last.
        updated_on: When it was last changed.
        released: When it was released; None while it is a draft.
        released_on: The same, under the name in Domo's OpenAPI description.
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
        language: The language of its functions.
        environment: Its runtime environment, such as ``LAMBDA``.
        availability: Its availability: ``GLOBAL`` or ``PRIVATE``.
        package_source: Its source, such as ``CUSTOM``.
        owner: The owner.
        users: Its users, each as JSON; Domo's sample shows an empty list.
        versions: Its versions, if requested.
        deployed_version: The version that is in use.
        working_version: The version that is being edited.
        thumbnail: Its picture.
        created_on: When it was created.
        updated_on: When it was last changed.
        released_on: When a version was last released.
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
    """The permissions of a user or a group on a package, as the instance returns them.

    Attributes:
        id: The user, or the group.
        name: Its name.
        permissions: All its permissions.
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
        # Domo's documentation does not say whether there is one.
        return Verdict(None, ended=True)
    reason = execution.error_information.reason if execution.error_information else None
    return _STATES.judge(execution.status, reason=reason)


class CodePackages(Area):
    """Packages of functions. Domo's OpenAPI description has most of these routes; `list` and `create` were seen."""

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
            versions: Whether to return its versions as well.

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
            parts: The parts to return in addition to the basic fields: ``functions``, ``code``, ``privateFunctions``;
                all by default.

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
        """Create a package, or a version of an existing one. The request is not sent twice.

        `POST /api/codeengine/v2/packages`. Seen on instances, not in Domo's documentation.

        Args:
            name: Its name.
            code: The source of the functions.
            language: The language of the source.
            functions: The functions, each as JSON: ``name``, ``displayName``, ``inputs``, ``output`` …
            description: The description.
            environment: The runtime environment.
            configuration: The accounts and packages that it uses, as JSON; none by default.
            package_id: The package to create a version of; by default a new package is created.
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
        """Release a version of a package, which others can then call.

        `POST /api/codeengine/v2/packages/{package_id}/versions/{version}/release` (Domo's OpenAPI description, "Release
        a version").

        Args:
            package_id: The package.
            version: The version.

        Returns:
            The package; None if the instance does not return it.

        Raises:
            Conflict: The version was already released.
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
            owner: The new owner.

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
        """Return the permissions on a package, by type: ``USER``, ``GROUP``.

        `GET /api/codeengine/v2/packages/{package_id}/permissions`. Domo's OpenAPI description calls the types ``users``
        and ``groups``; these are the types that instances are seen to answer.

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
        """Set the permissions on a package. Domo's OpenAPI description says that all others lose theirs.

        `POST /api/codeengine/v2/packages/{package_id}/permissions`. Seen on instances, in this form.

        Args:
            package_id: The package.
            permissions: The users and groups, each with all permissions.

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
    """Code Engine: functions run on the instance, and the packages that contain them."""

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
        """Run a function and return the execution with its result.

        `POST /api/codeengine/v2/packages/{package_id}/versions/{version}/functions/{function_name}` (Code Engine API,
        "Run Function"). The instance answers with a success status even if the function failed, so the execution's own
        status is checked. The library never retries the request.

        Example:
            execution = await domo.code_engine.run(package_id, "1.0.1", "total", input_variables={"region": "West"})
            print(execution.result)

        Args:
            package_id: The package.
            version: The package's version, such as ``1.0.1``.
            function_name: The function.
            input_variables: The arguments of the function by name; ``{}`` for none.
            get_logs: Whether to return the function's output.
            check: Whether to raise unless the function certainly succeeded: the status is ``SUCCESS``, or
                ``OUTPUT_UNDEFINED`` for a function that returns nothing. False returns every execution as it is.

        Raises:
            JobFailed: The function failed, or the instance could not determine the outcome; the error has the status
                and the reason.
            UnknownState: The meaning of the status is unknown.
            WaitTimeout: The instance answered before the function had ended; it continues to run.
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
                f"the function {function_name} has not ended; it continues as execution {execution.execution_id}",
                state=verdict.state,
            )
        return execution

    async def get_execution(self, package_id: str, execution_id: str, /) -> FunctionExecution:
        """Return an execution.

        `GET /api/codeengine/v2/packages/{package_id}/executions/{execution_id}` (Domo's OpenAPI description, "Get
        execution by ID").

        Args:
            package_id: The package.
            execution_id: The execution, as `run` returns it.

        Raises:
            NotFound: The execution does not exist, or no longer exists.
        """
        return await self._http.request(
            "GET", url("/api/codeengine/v2/packages/{}/executions/{}", package_id, execution_id), into=FunctionExecution
        )

    async def wait(self, package_id: str, execution_id: str, /, *, timeout: float = 600.0) -> FunctionExecution:
        """Wait until an execution has succeeded, and return it.

        `GET /api/codeengine/v2/packages/{package_id}/executions/{execution_id}` (Domo's OpenAPI description, "Get
        execution by ID"), repeatedly.

        Args:
            package_id: The package.
            execution_id: The execution, as `run` returns it.
            timeout: The most seconds to wait.

        Raises:
            JobFailed: The function failed, or the instance could not determine the outcome.
            UnknownState: The meaning of the status is unknown.
            WaitTimeout: It has not ended; it continues to run.
            NotFound: The execution does not exist, or no longer exists.
        """
        return await wait_for(
            partial(self.get_execution, package_id, execution_id),
            _judge,
            what=f"execution {execution_id}",
            clock=self._http.settings.clock,
            timeout=timeout,
        )
