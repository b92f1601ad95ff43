"""`Domo`: one instance, one transport, one attribute an area."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from domo_async._redaction import Secret, redacted
from domo_async._settings import (
    AppAccess,
    Credentials,
    Retries,
    Settings,
    Timeouts,
    instance_origin,
)
from domo_async._tracebacks import shorten_methods
from domo_async._transport import Headers, QueryValue, Transport, raw_url
from domo_async._wire import UNSET, Unset, loads
from domo_async.errors import ConfigError

if TYPE_CHECKING:
    import aiohttp

    from domo_async._doctor import DoctorReport
    from domo_async._endpoints.access_tokens import AccessTokens
    from domo_async._endpoints.accounts import Accounts
    from domo_async._endpoints.activity_log.area import ActivityLog
    from domo_async._endpoints.ai import Ai
    from domo_async._endpoints.alerts import Alerts
    from domo_async._endpoints.appdb import AppDb
    from domo_async._endpoints.applications import Applications
    from domo_async._endpoints.apps import Apps
    from domo_async._endpoints.beast_modes import BeastModes
    from domo_async._endpoints.cards import Cards
    from domo_async._endpoints.certifications import Certifications
    from domo_async._endpoints.code_engine import CodeEngine
    from domo_async._endpoints.data_apps import DataApps
    from domo_async._endpoints.data_providers import DataProviders
    from domo_async._endpoints.dataflows import Dataflows
    from domo_async._endpoints.datasets._audit_engine import AuditAccess
    from domo_async._endpoints.datasets.area import Datasets
    from domo_async._endpoints.files.area import Files
    from domo_async._endpoints.filesets.area import FileSets
    from domo_async._endpoints.groups.area import Groups
    from domo_async._endpoints.lineage import Lineage
    from domo_async._endpoints.migrations import Migrations
    from domo_async._endpoints.pages.area import Pages
    from domo_async._endpoints.publications import Publications
    from domo_async._endpoints.reports.area import Reports
    from domo_async._endpoints.roles import Roles
    from domo_async._endpoints.s3_exports import S3Exports
    from domo_async._endpoints.search.area import Search
    from domo_async._endpoints.sharing import Sharing
    from domo_async._endpoints.streams.area import Streams
    from domo_async._endpoints.task_center import TaskCenter
    from domo_async._endpoints.users._offboarding_engine import OffboardingEngine
    from domo_async._endpoints.users.area import Users
    from domo_async._endpoints.workflows import Workflows

__all__ = ["Domo"]


class Domo:
    """A Domo instance, to be awaited.

    Use it as a context manager, or call `close` in the end:

        async with Domo("acme", token="…") as domo:
            dataset = await domo.datasets.get("…")

    Args:
        instance: ``acme``, ``acme.domo.com`` or a URL.
        token: A developer token (Admin > Access tokens); it acts as the user who made it. Text or a `Secret`; no
            traceback, log line or error shows it.
        session_token: Instead of `token`, a session token.
        settings: Timeouts, retries, limits and the rest; see `Settings`.
        app: The address and session of an App Framework app, for `apps`.
        session: An aiohttp session of your own to send through; it stays yours to close. Its connections, headers,
            cookies, authentication, proxy, middlewares and traces are used for the instance, and for no other host.

    Raises:
        ConfigError: The instance, the token or another argument cannot be one.
    """

    def __init__(
        self,
        instance: str,
        *,
        token: Secret[str] | str | None = None,
        session_token: Secret[str] | str | None = None,
        settings: Settings | None = None,
        app: AppAccess | None = None,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        token, session_token = Secret.of(token), Secret.of(session_token)
        settings = _settings(settings)
        if app is not None and not isinstance(app, AppAccess):
            raise ConfigError(f"app must be AppAccess(address, session_token=…), not {type(app).__name__}")
        self._transport = Transport(
            instance_origin(instance, settings),
            Credentials.of(token=token, session_token=session_token),
            settings,
            session,
        )
        self._app = None if app is None else Transport(app.url, app.credentials(), settings, session)

    @classmethod
    def from_env(cls, *, settings: Settings | None = None, app: AppAccess | None = None) -> Self:
        """Return a client for the instance and token named by the environment, or else by a profile.

        Reads ``DOMO_DEVELOPER_TOKEN`` and ``DOMO_BASE_URL`` or else ``DOMO_INSTANCE``. The rest comes
        from the profile that ``DOMO_PROFILE`` names, or else from the ``default_profile`` of the file of profiles: see
        `from_profile`. So the order is: arguments, environment, profile. A token goes to no other instance than the one
        that stands beside it.

        Args:
            settings: Timeouts, retries, limits and the rest. Fields that have their default are left to the environment
                and the profile.
            app: The address and session of an App Framework app, for `apps`.

        Raises:
            ConfigError: Something is missing or wrong; says what.
        """
        from domo_async._profiles import Given, resolve

        access = resolve(Given(settings=_settings(settings)))
        return cls(access.instance, token=access.token, settings=access.settings, app=app)

    @classmethod
    def from_profile(cls, name: str, *, settings: Settings | None = None, app: AppAccess | None = None) -> Self:
        """Return a client for a profile: an instance with its token, and how it is reached, under a name of your own.

        Profiles are in ``~/.config/domo-async/config.toml`` (or below ``XDG_CONFIG_HOME``; on Windows, below
        ``APPDATA``), which ``domo-async login`` writes. Any of it may be missing:

            default_profile = "prod"

            [profiles.prod]
            instance = "acme"
            token_command = ["pass", "show", "domo/acme"]  # or keyring = true, or token = "…"
            proxy = "http://proxy.example.com:3128"
            no_proxy = ["localhost", ".corp.example.com"]
            ca = "~/company.pem"
            client_cert = "~/me.pem"  # with client_key and client_key_password
            timeouts = { connect = 5, read = 60, total = 120 }  # or seconds for all three

        A command has 30 seconds, and the call waits for it. A file with secrets that others may read is refused. The
        profile counts before the environment, from which all else is taken.

        Args:
            name: The profile's name.
            settings: Timeouts, retries, limits and the rest. Fields without their default count before the profile.
            app: The address and session of an App Framework app, for `apps`.

        Raises:
            ConfigError: There is no such profile, or something is missing or wrong in it; says what.
        """
        from domo_async._profiles import Given, resolve

        access = resolve(Given(profile=name, settings=_settings(settings)))
        return cls(access.instance, token=access.token, settings=access.settings, app=app)

    @classmethod
    async def login(
        cls,
        instance: str,
        email: str,
        password: Secret[str] | str,
        *,
        settings: Settings | None = None,
        app: AppAccess | None = None,
    ) -> Self:
        """Return a client with a new session token, made from a password.

        Args:
            instance: ``acme``, ``acme.domo.com`` or a URL.
            email: The user's address.
            password: The user's password, as text or as a `Secret`.
            settings: Timeouts, retries, limits and the rest.
            app: The address and session of an App Framework app, for `apps`.

        Raises:
            Unauthorized: The instance refuses the login; `code` says why, such as ``INVALID_CREDENTIALS``.
            Forbidden: The instance does not exist.
            ConfigError: The instance cannot be one.
        """
        from domo_async._endpoints._login import log_in

        password = Secret.of(password)
        settings = _settings(settings)
        origin = instance_origin(instance, settings)
        # Without a token, the instance judges by the origin of the request.
        transport = Transport(origin, Credentials("Origin", Secret(origin)), settings)
        try:
            token = await log_in(transport, email, password)
        finally:
            await transport.close()
        return cls(instance, session_token=token, settings=settings, app=app)

    def __repr__(self) -> str:
        return f"Domo({self._transport.origin!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections. The client cannot be used again."""
        try:
            if self._app is not None:
                await self._app.close()
        finally:
            await self._transport.close()

    async def _release(self) -> None:
        """Close all connections; the next call opens others, in whichever event loop it is made."""
        try:
            if self._app is not None:
                await self._app.release()
        finally:
            await self._transport.release()

    @property
    def origin(self) -> str:
        """Scheme, host and port of the instance, such as ``https://acme.domo.com``."""
        return self._transport.origin

    @property
    def settings(self) -> Settings:
        """How this client behaves."""
        return self._transport.settings

    def with_options(
        self,
        *,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        headers: Secret[Headers] | Headers | None = None,
    ) -> Self:
        """Return a view of this client that behaves otherwise in some ways, for one call or for many.

            table = await domo.with_options(timeouts=Timeouts(total=900)).datasets.query(dataset_id, sql)

        It costs next to nothing, and shares connections, slots and rate limits with this client: the two are one, and
        closing either closes both. All other options stay as they are; a view can be made of a view.

        Args:
            timeouts: See `Timeouts`.
            retries: See `Retries`; ``Retries(attempts=1)`` sends nothing twice.
            headers: What to add to the headers of each request, such as ``{"X-Request-Id": "…"}``; a value may be a
                `Secret`. They go to the instance, and to no other host that it redirects to.

        Raises:
            ConfigError: An option cannot be one; or a header is one that the client sets itself, such as that of the
                token: says what to do instead.
        """
        headers = Secret.of(headers)
        return self._over(lambda transport: transport.with_options(timeouts=timeouts, retries=retries, headers=headers))

    @cached_property
    def access_tokens(self) -> AccessTokens:
        """Access tokens: the developer tokens of the instance's users."""
        from domo_async._endpoints.access_tokens import AccessTokens

        return AccessTokens(self._transport)

    @cached_property
    def accounts(self) -> Accounts:
        """Data accounts: the credentials that connectors use."""
        from domo_async._endpoints.accounts import Accounts

        return Accounts(self._transport)

    @cached_property
    def activity_log(self) -> ActivityLog:
        """The activity log: the actions of users, with times."""
        from domo_async._endpoints.activity_log.area import ActivityLog

        return ActivityLog(self._transport)

    @cached_property
    def ai(self) -> Ai:
        """AI services: text generated, summarised and turned into SQL."""
        from domo_async._endpoints.ai import Ai

        return Ai(self._transport)

    @cached_property
    def alerts(self) -> Alerts:
        """Alerts and their subscriptions."""
        from domo_async._endpoints.alerts import Alerts

        return Alerts(self._transport)

    @cached_property
    def appdb(self) -> AppDb:
        """App DB: collections of JSON documents."""
        from domo_async._endpoints.appdb import AppDb

        return AppDb(self._transport)

    @cached_property
    def applications(self) -> Applications:
        """Remote DomoStats and other executor applications, and their jobs."""
        from domo_async._endpoints.applications import Applications

        return Applications(self._transport)

    @cached_property
    def apps(self) -> Apps:
        """The App Framework's routes; they need ``app=AppAccess(…)``.

        Raises:
            ConfigError: The client was made without it.
        """
        from domo_async._endpoints.apps import Apps

        return Apps(self._app_transport())

    @cached_property
    def beast_modes(self) -> BeastModes:
        """Beast Modes: calculated fields."""
        from domo_async._endpoints.beast_modes import BeastModes

        return BeastModes(self._transport)

    @cached_property
    def cards(self) -> Cards:
        """Cards: titles and renderings."""
        from domo_async._endpoints.cards import Cards

        return Cards(self._transport)

    @cached_property
    def certifications(self) -> Certifications:
        """The certification of cards and datasets."""
        from domo_async._endpoints.certifications import Certifications

        return Certifications(self._transport)

    @cached_property
    def code_engine(self) -> CodeEngine:
        """Code Engine: functions run on the instance."""
        from domo_async._endpoints.code_engine import CodeEngine

        return CodeEngine(self._transport)

    @cached_property
    def data_providers(self) -> DataProviders:
        """Data providers: the kinds of sources that connectors read."""
        from domo_async._endpoints.data_providers import DataProviders

        return DataProviders(self._transport)

    @cached_property
    def data_apps(self) -> DataApps:
        """App Studio apps: pages with a navigation of their own."""
        from domo_async._endpoints.data_apps import DataApps

        return DataApps(self._transport)

    @cached_property
    def dataflows(self) -> Dataflows:
        """Dataflows: made, changed and executed."""
        from domo_async._endpoints.dataflows import Dataflows

        return Dataflows(self._transport)

    @cached_property
    def datasets(self) -> Datasets:
        """Datasets: create, fill, query, export."""
        from domo_async._endpoints.datasets._audit_engine import set_audit_engine
        from domo_async._endpoints.datasets.area import Datasets

        set_audit_engine(_audit_engine)
        return Datasets(self._transport)

    @cached_property
    def files(self) -> Files:
        """Files, their revisions and permissions."""
        from domo_async._endpoints.files.area import Files

        return Files(self._transport)

    @cached_property
    def filesets(self) -> FileSets:
        """FileSets: folders of files that can be searched."""
        from domo_async._endpoints.filesets.area import FileSets

        return FileSets(self._transport)

    @cached_property
    def groups(self) -> Groups:
        """Groups and their members."""
        from domo_async._endpoints.groups.area import Groups

        return Groups(self._transport)

    @cached_property
    def lineage(self) -> Lineage:
        """Lineage: the sources of objects, and the objects that are made from them."""
        from domo_async._endpoints.lineage import Lineage

        return Lineage(self._transport)

    @cached_property
    def migrations(self) -> Migrations:
        """Federated datasets moved between integrations."""
        from domo_async._endpoints.migrations import Migrations

        return Migrations(self._transport)

    @cached_property
    def pages(self) -> Pages:
        """Pages (dashboards)."""
        from domo_async._endpoints.pages.area import Pages

        return Pages(self._transport)

    @cached_property
    def publications(self) -> Publications:
        """Publications: content that the instance gives to others."""
        from domo_async._endpoints.publications import Publications

        return Publications(self._transport)

    @cached_property
    def reports(self) -> Reports:
        """Scheduled reports and their history."""
        from domo_async._endpoints.reports.area import Reports

        return Reports(self._transport)

    @cached_property
    def roles(self) -> Roles:
        """Roles and their authorities."""
        from domo_async._endpoints.roles import Roles

        return Roles(self._transport)

    @cached_property
    def s3_exports(self) -> S3Exports:
        """Datasets exported to Amazon S3."""
        from domo_async._endpoints.s3_exports import S3Exports

        return S3Exports(self._transport)

    @cached_property
    def search(self) -> Search:
        """Search over all that the instance holds."""
        from domo_async._endpoints.search.area import Search

        return Search(self._transport)

    @cached_property
    def sharing(self) -> Sharing:
        """Sharing content: pages, cards, datasets and App Studio apps."""
        from domo_async._endpoints.sharing import Sharing

        return Sharing(self._transport)

    @cached_property
    def streams(self) -> Streams:
        """Streams: connectors that fill datasets, and their runs."""
        from domo_async._endpoints.streams.area import Streams

        return Streams(self._transport)

    @cached_property
    def task_center(self) -> TaskCenter:
        """Task Center: queues and tasks."""
        from domo_async._endpoints.task_center import TaskCenter

        return TaskCenter(self._transport)

    @cached_property
    def users(self) -> Users:
        """Users."""
        from domo_async._endpoints.users._offboarding_engine import set_offboarding_engine
        from domo_async._endpoints.users.area import Users

        set_offboarding_engine(_offboarding_engine)
        return Users(self._transport)

    @cached_property
    def workflows(self) -> Workflows:
        """Workflows: started, waited for, cancelled."""
        from domo_async._endpoints.workflows import Workflows

        return Workflows(self._transport)

    async def doctor(
        self, *, name_instance: bool = False, words: bool = False, seconds: float = 300.0, requests: int = 500
    ) -> DoctorReport:
        """Check, reading only, what this instance answers: each read route once, compared with the known forms.

        Only GET, and those searches that are asked by POST, can leave; whatever else would is refused before it is
        sent. The arguments come from earlier answers. A route that the user may not use does not stop the rest.

        The report tells routes, keys, types and counts. It holds no token, and no names, addresses, identifiers or
        values of the instance's, so that it can be attached to a bug report: `DoctorReport.to_dict`.

        Args:
            name_instance: Whether the report names the instance.
            words: Whether it names words that are new where this release knows all; some may be your company's.
            seconds: The time limit in seconds. Routes that were not reached are reported.
            requests: How many requests it may send in all, retries included.

        Raises:
            ConnectError: The instance cannot be reached.
            ConfigError: A bound is not a positive number, or Python runs with ``-OO``.
        """
        from domo_async._doctor import Bounds, Guard, Shapes, examine, patient

        bounds = Bounds(seconds=seconds, requests=requests)
        guard = Guard(Shapes(redacted, words=words), bounds.requests)
        settings = patient(self.settings)
        client = self._over(lambda transport: transport.inspected(guard, settings))
        return await examine(
            client, guard, clock=settings.clock, bounds=bounds, instance=self.origin if name_instance else None
        )

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, QueryValue] | None = None,
        json: Secret[object] | object | Unset = UNSET,
        idempotent: bool | None = None,
    ) -> Any:
        """Send any request, with the token, rate limits, retries and errors of this client.

        Args:
            method: The HTTP method, such as ``"GET"``.
            path: The path on the instance, such as ``"/api/data/v3/datasources"``, without a query.
            params: The query. None and UNSET are left out, booleans become ``true`` and ``false``, lists are joined by
                commas.
            json: The JSON body; None is sent as null. A `Secret` in it is sent as its value.
            idempotent: Whether it may be sent again after a failure in which the instance may have carried it out;
                by default GET, HEAD, PUT and DELETE may, POST and PATCH may not.

        Returns:
            The answer's JSON, or None if it is empty.

        Raises:
            ConfigError: `method`, `path`, `params` or `json` cannot be sent.
            APIError: The instance answered with an error.
            TransportError: No usable answer came.
            DecodeError: The answer is not JSON.
        """
        json = Secret.of_any(json)

        async def read(content: bytes) -> Any:
            return loads(content) if content.strip() else None

        work = self._transport.raw(
            method.upper() if isinstance(method, str) else method,
            raw_url(path),
            read=read,
            params=params,
            json=json,
            idempotent=idempotent,
        )
        return await self._transport.telemetry.operation("domo.request", work)

    def _over(self, made: Callable[[Transport], Transport]) -> Self:
        """Return a client over what is made of this one's transports."""
        client = object.__new__(type(self))
        client._transport = made(self._transport)
        client._app = None if self._app is None else made(self._app)
        return client

    def _app_transport(self) -> Transport:
        if self._app is None:
            raise ConfigError("App Framework routes have an address and a session of their own: give app=AppAccess(…)")
        return self._app


shorten_methods(Domo)


def _settings(given: Settings | None) -> Settings:
    """Return the settings to use.

    Raises:
        ConfigError: They are something else.
    """
    if given is None:
        return Settings()
    if not isinstance(given, Settings):
        raise ConfigError(f"settings must be Settings(…), not {type(given).__name__}")
    return given


def _audit_engine() -> AuditAccess:
    from domo_async._endpoints.datasets._auditing import audit_access

    return audit_access


def _offboarding_engine() -> OffboardingEngine:
    from domo_async._endpoints import _offboarding

    return _offboarding
