"""Apps over HTTP: one app with its files at a port of its own, as Domo's tools serve it, and apps by host name.

The port requires no token. It therefore refuses requests from pages of other sites and under other host names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from attrs import define

from domo_async._emulator.access.auth import SESSION_HEADER, TOKEN_HEADER
from domo_async._emulator.apps.manifest import Manifest
from domo_async._emulator.apps.site import AppSite, Asking, file_of, is_app_path
from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.error_responses import failed
from domo_async._emulator.http.sites import Hosts, check_name, check_site
from domo_async._emulator.http.web import CALLER
from domo_async._emulator.routes.app_login import APPS_DOMAIN
from domo_async._emulator.routes.designs import manifest_of

__all__ = ["AppPort"]

_LARGEST = 64 << 20
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@define(eq=False)
class AppNames:
    """Finds the app that a request to the instance's own port is for, by the host name; such requests have a token.

    Attributes:
        site: The handler of the apps' requests.
        app: The app that is served at a port of its own, if there is one; unknown names stand for it.
    """

    site: AppSite
    app: Manifest | None

    def handler_of(self, request: web.Request) -> Callable[[web.Request], Awaitable[web.StreamResponse]] | None:
        """Return the handler of a request to an app; None for a request to the instance.

        Raises:
            HTTPError: 404, if the app does not exist.
        """
        name, _, domain = request.host.partition(".")
        if domain.partition(":")[0].lower() != APPS_DOMAIN or not is_app_path(request.path):
            return None
        published = manifest_of(self.site.instance, name)
        manifest = self.app if published is None else Manifest.of(published)
        if manifest is None:
            raise HTTPError(404, f"The app {name} does not exist: publish its design first")
        known = (TOKEN_HEADER, SESSION_HEADER)
        headers = {key: request.headers[key] for key in known if key in request.headers}
        asking = Asking(manifest, request[CALLER], headers)
        return lambda request: self.site.handle(request, asking)


@define(eq=False)
class AppPort:
    """Serves one app.

    Attributes:
        site: The handler of the app's requests.
        asking: The app, and the user on whose behalf it calls.
        hosts: The host names that are allowed.
    """

    site: AppSite
    asking: Asking
    hosts: Hosts

    def application(self) -> web.Application:
        """Return the application that answers all requests to the port."""

        @web.middleware
        async def answered(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            try:
                response = await handler(request)
            except ConnectionError:
                raise
            except Exception as error:  # noqa: BLE001 - each error becomes an answer
                response = failed(request, error)
            response.headers.update(_HEADERS)
            return response

        app = web.Application(middlewares=[answered], client_max_size=_LARGEST)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if is_app_path(request.path):
            check_site(request, self.hosts, reading=True)
            return await self.site.handle(request, self.asking)
        check_name(request, self.hosts)
        if request.method not in {"GET", "HEAD"}:
            raise HTTPError(405, "Method not allowed")
        return web.FileResponse(file_of(self.asking.manifest.directory, request.path))
