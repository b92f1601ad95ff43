"""An app at a port of its own, with its files, as the local server of Domo's tools has it.

It asks for no token, and so answers nothing that a page of another site or of another name asks.
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
    """Finds the apps that the instance itself is asked for, each by a name of its own, with a token.

    Attributes:
        site: What answers their requests.
        app: The app that is served at a port of its own, if there is one; it is meant by any name that is not known.
    """

    site: AppSite
    app: Manifest | None

    def handler_of(self, request: web.Request) -> Callable[[web.Request], Awaitable[web.StreamResponse]] | None:
        """Return what answers a request to an app; None for one to the instance.

        Raises:
            HTTPError: 404, if there is no app.
        """
        name, _, domain = request.host.partition(".")
        if domain.partition(":")[0].lower() != APPS_DOMAIN or not is_app_path(request.path):
            return None
        published = manifest_of(self.site.instance, name)
        manifest = self.app if published is None else Manifest.of(published)
        if manifest is None:
            raise HTTPError(404, f"There is no app {name}: publish its design first")
        known = (TOKEN_HEADER, SESSION_HEADER)
        headers = {key: request.headers[key] for key in known if key in request.headers}
        asking = Asking(manifest, request[CALLER], headers)
        return lambda request: self.site.handle(request, asking)


@define(eq=False)
class AppPort:
    """Serves one app.

    Attributes:
        site: What answers its requests.
        asking: The app, and for whom it asks.
        hosts: By which names it may be asked.
    """

    site: AppSite
    asking: Asking
    hosts: Hosts

    def application(self) -> web.Application:
        """Return what answers all requests to the port."""

        @web.middleware
        async def answered(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            try:
                response = await handler(request)
            except ConnectionError:
                raise
            except Exception as error:  # noqa: BLE001 - each has an answer
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
