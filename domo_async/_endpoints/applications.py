"""Remote DomoStats and other executor applications, and their jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from attrs import frozen

from domo_async._endpoints._area import Area, require_changes
from domo_async._transport import OFFSET_ONLY, PageData, Pager, url
from domo_async._wire import UNSET, EpochMillis, Model, NumericId, Unset, either, payload, structure, without_nulls

__all__ = [
    "Application",
    "ApplicationJob",
    "Applications",
    "ExecutionPayload",
    "JobResources",
    "JobUpdate",
    "QueuedJobs",
    "ResourceAmount",
]


@frozen(kw_only=True)
class ResourceAmount(Model):
    """An amount of memory for a job.

    Attributes:
        memory: The memory, such as ``256M``.
        missing_memory_value: Whether `memory` is not set.
    """

    memory: str | None = None
    missing_memory_value: bool | None = None


@frozen(kw_only=True)
class JobResources(Model):
    """The resources of a job.

    Attributes:
        requests: The amount that it is guaranteed.
        limits: The maximum that it may use.
        missing_memory_request_value: Whether `requests` is not set.
        missing_memory_limit_value: Whether `limits` is not set.
    """

    requests: ResourceAmount | None = None
    limits: ResourceAmount | None = None
    missing_memory_request_value: bool | None = None
    missing_memory_limit_value: bool | None = None


@frozen(kw_only=True)
class Application(Model):
    """An application that runs jobs. Domo's sample is a dataset by mistake; this is the form that instances return.

    Attributes:
        application_id: Its identifier.
        customer_id: The instance that it belongs to.
        name: Its name.
        description: The description.
        version: Its version.
        execution_class: The class that executes its jobs.
        authorities: The authorities that a user needs to use it.
        created: When it was created.
        updated: When it was last changed.
        image_location: The location of the program's image.
        internal_authorities: The authorities that Domo's own staff needs to use it.
        k8s: Whether it runs on Kubernetes.
        resources: The resources of its jobs.
        strict_validation: Whether jobs are validated strictly.
        verify_ownership: Whether the ownership of a job is verified.
    """

    application_id: str | None = None
    customer_id: str | None = None
    name: str | None = None
    description: str | None = None
    version: str | int | None = None
    execution_class: str | None = None
    authorities: tuple[str, ...] = ()
    created: EpochMillis | None = None
    updated: EpochMillis | None = None
    image_location: str | None = None
    internal_authorities: tuple[str, ...] = ()
    k8s: bool | None = None
    resources: JobResources | None = None
    strict_validation: bool | None = None
    verify_ownership: bool | None = None


@frozen(kw_only=True)
class ExecutionPayload(Model):
    """The task of a job of the Remote DomoStats application; the keys of other applications' jobs are in `extras`.

    Attributes:
        remote_instance: The instance to report on, such as ``acme.domo.com``.
        subscriber_job_id: The job's counterpart on that instance.
        policies: The dataset of each report, such as ``{"AccessTokens": "85f65936-…"}``.
        metrics_dataset_id: The dataset that receives the metrics of the runs.
    """

    remote_instance: str | None = None
    subscriber_job_id: str | None = None
    policies: Mapping[str, str] | None = None
    metrics_dataset_id: str | None = None


@frozen(kw_only=True)
class ApplicationJob(Model):
    """A job of an application. Domo's sample is a dataset by mistake; this is the form that instances return.

    Attributes:
        job_id: Its identifier.
        application_id: Its application.
        customer_id: The instance that it belongs to.
        job_name: Its name.
        job_description: The description.
        user_id: The owner.
        execution_timeout: Minutes after which a run is ended; the unit is not documented, 1440 is common.
        job_status: Its status, such as ``idle``.
        execution_payload: Its task.
        execution_response: The response of its last run.
        accounts: The data accounts that it uses.
        execution_class: The class that executes it.
        resources: Its resources.
        triggers: Its triggers, each as JSON; Domo's sample shows an empty list.
        created: When it was created.
        updated: When it was last changed.
        status_changed: When its status last changed.
        execution_id: The run, if `Applications.run_job` returned this job.
        execution_state: The state that it keeps between runs.
        share_state: The permissions on it, as JSON.
        compress_payload: Whether its payload is compressed.
    """

    job_id: str | None = None
    application_id: str | None = None
    customer_id: str | None = None
    job_name: str | None = None
    job_description: str | None = None
    user_id: NumericId | None = None
    execution_timeout: int | None = None
    job_status: str | None = None
    execution_payload: ExecutionPayload | None = None
    execution_response: Mapping[str, object] | None = None
    accounts: tuple[NumericId, ...] = ()
    execution_class: str | None = None
    resources: JobResources | None = None
    triggers: tuple[Mapping[str, object], ...] = ()
    created: EpochMillis | None = None
    updated: EpochMillis | None = None
    status_changed: EpochMillis | None = None
    execution_id: str | None = None
    execution_state: Mapping[str, object] | None = None
    share_state: Mapping[str, object] | None = None
    compress_payload: bool | None = None


@frozen(kw_only=True)
class JobUpdate(Model):
    """The instance's answer to a change of a job.

    Attributes:
        status: The result, such as ``OK``.
        code: The result as a number, such as 200.
        message: The message of the instance.
    """

    status: str | None = None
    code: int | None = None
    message: str | None = None


@frozen(kw_only=True)
class QueuedJobs(Model):
    """The jobs that were started.

    Attributes:
        requested_by: The user who requested it.
        queued_jobs: The jobs that will run, each with its `ApplicationJob.execution_id`.
    """

    requested_by: NumericId | None = None
    queued_jobs: tuple[ApplicationJob, ...] = ()


@frozen(kw_only=True)
class _JobList(Model):
    jobs: tuple[ApplicationJob, ...] | None = None


# Domo's documentation shows a single object, instances answer with a list.
_APPLICATIONS = either(Application, tuple[Application, ...])
# Instances answer with an envelope; a plain list is accepted, too. Domo's documentation shows a single object, whose
# keys become extras of an envelope without jobs.
_JOBS = either(_JobList, tuple[ApplicationJob, ...])


def _applications(answer: Application | tuple[Application, ...]) -> tuple[Application, ...]:
    return (answer,) if isinstance(answer, Application) else answer


def _jobs(answer: _JobList | tuple[ApplicationJob, ...]) -> PageData[ApplicationJob]:
    if not isinstance(answer, _JobList):
        return PageData(answer)
    if answer.jobs is None and answer.extras:
        return PageData((structure(dict(answer.extras), ApplicationJob),), more=False)
    return PageData(answer.jobs or ())


class Applications(Area):
    """Remote DomoStats and other executor applications, and their jobs."""

    def list(self) -> Pager[Application]:
        """Iterate over all applications.

        `GET /api/executor/v1/applications` (Remote Domostats API, "Get Applications"); no pages are documented, so one
        answer has all applications.
        """
        return self._http.whole_list(
            "GET", url("/api/executor/v1/applications"), into=_APPLICATIONS, read=_applications
        )

    def jobs(self, application_id: str, /, *, offset: int = 0, limit: int | None = None) -> Pager[ApplicationJob]:
        """Iterate over the jobs of an application that the token's owner may see.

        `GET /api/executor/v2/applications/{application_id}/jobs` (Remote Domostats API, "Get List of Jobs"). Domo's
        documentation has an offset but no page size, so pages are read until one is empty.

        Example:
            async for job in domo.applications.jobs(application_id):
                print(job.job_id, job.job_status)

        Args:
            application_id: The application.
            offset: The number of jobs to skip.
            limit: The most jobs to return, or None for all.

        Raises:
            ConfigError: A number is out of range.
            NotFound: The application does not exist.
        """
        return self._http.pages(
            "GET",
            url("/api/executor/v2/applications/{}/jobs", application_id),
            OFFSET_ONLY,
            key=attrgetter("job_id"),
            into=_JOBS,
            read=_jobs,
            page_size=1,
            offset=offset,
            limit=limit,
        )

    async def get(self, application_id: str, /) -> Application:
        """Return an application.

        `GET /api/executor/v1/applications/{application_id}`. Seen on instances, not in Domo's documentation.

        Args:
            application_id: The application.

        Raises:
            NotFound: The application does not exist.
        """
        return await self._http.request(
            "GET", url("/api/executor/v1/applications/{}", application_id), into=Application
        )

    async def get_job(self, application_id: str, job_id: str, /) -> ApplicationJob:
        """Return a job.

        `GET /api/executor/v1/applications/{application_id}/jobs/{job_id}`. Seen on instances, not in Domo's
        documentation.

        Args:
            application_id: The application.
            job_id: The job.

        Raises:
            NotFound: The job does not exist.
        """
        return await self._http.request(
            "GET", url("/api/executor/v1/applications/{}/jobs/{}", application_id, job_id), into=ApplicationJob
        )

    async def create_job(self, application_id: str, /, *, definition: Mapping[str, object]) -> ApplicationJob:
        """Create a job.

        `POST /api/executor/v1/applications/{application_id}/jobs`. Domo's documentation does not have it; instances
        accept it. No answer is known, so the answer is read as a job as far as possible.

        Args:
            application_id: The application.
            definition: The job, as JSON: ``jobName``, ``executionTimeout``, ``executionPayload``, ``accounts`` …

        Raises:
            NotFound: The application does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/executor/v1/applications/{}/jobs", application_id),
            json=dict(definition),
            into=ApplicationJob,
            empty=ApplicationJob(),
            undocumented=True,
        )

    async def run_job(self, application_id: str, job_id: str, /) -> QueuedJobs:
        """Run a job.

        `POST /api/executor/v1/applications/{application_id}/jobs/{job_id}/executions`. Seen on instances, not in Domo's
        documentation.

        Args:
            application_id: The application.
            job_id: The job.

        Raises:
            NotFound: The job does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/executor/v1/applications/{}/jobs/{}/executions", application_id, job_id),
            json={},
            into=QueuedJobs,
            empty=QueuedJobs(),
        )

    async def update_job(
        self,
        application_id: str,
        job_id: str,
        /,
        *,
        job_name: str | Unset = UNSET,
        execution_timeout: int | Unset = UNSET,
        execution_payload: ExecutionPayload | Mapping[str, object] | Unset = UNSET,
        execution_response: Mapping[str, object] | Unset = UNSET,
        accounts: Sequence[int] | Unset = UNSET,
        resources: JobResources | Unset = UNSET,
        triggers: Sequence[Mapping[str, object]] | Unset = UNSET,
    ) -> JobUpdate:
        """Change a job.

        `PUT /api/executor/v1/applications/{application_id}/jobs/{job_id}` (Remote Domostats API, "Update the Job").
        Domo's documentation does not say whether the instance keeps fields that are not sent; its example sends all of
        them.

        Args:
            application_id: The application.
            job_id: The job.
            job_name: Its name.
            execution_timeout: The time after which a run is ended; Domo's example has 720, presumably minutes.
            execution_payload: The task: one of Remote DomoStats, or any JSON that the application takes.
            execution_response: The response of its last run; Domo's example sends an empty one.
            accounts: The data accounts that it uses; an empty list removes all.
            resources: Its resources.
            triggers: Its triggers; an empty list removes all.

        Raises:
            ConfigError: No change was given.
            NotFound: The job does not exist.
        """
        changes = payload(
            job_name=job_name,
            execution_timeout=execution_timeout,
            execution_payload=without_nulls(execution_payload)
            if isinstance(execution_payload, Model)
            else execution_payload,
            execution_response=execution_response,
            accounts=accounts,
            resources=resources if isinstance(resources, Unset) else without_nulls(resources),
            triggers=triggers,
        )
        path = url("/api/executor/v1/applications/{}/jobs/{}", application_id, job_id)
        body = {"jobId": job_id, **require_changes(changes)}
        return await self._http.request("PUT", path, json=body, into=JobUpdate, empty=JobUpdate())
