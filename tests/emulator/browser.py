"""A headless Chromium, driven over its DevTools protocol: no more than the tests of the console need."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from attrs import define, field

__all__ = ["Page", "Snapshot", "chromium", "opened", "running"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PATIENCE = 60.0
_KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "End": 35, "Home": 36}
_OBSERVE = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def chromium() -> str | None:
    """Return where a Chromium is installed: ``CHROMIUM`` in the environment, or one on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def running(executable: str) -> Iterator[str]:
    """Run a browser; yields the address of its DevTools."""
    with tempfile.TemporaryDirectory(prefix="domo-browser-", ignore_cleanup_errors=True) as profile:
        arguments = [
            executable,
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-sync",
            # The sandbox refuses to work for root, who has containers to run tests in.
            *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
            "about:blank",
        ]
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield _address(Path(profile) / "DevToolsActivePort", process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(file: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, f"the browser ended with {process.returncode}"
        lines = file.read_text().split() if file.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise AssertionError("the browser does not start")


@define
class Snapshot:
    """What assistive technology is told of one element."""

    role: str
    name: str


@define(eq=False)
class Page:
    """A tab of its own, with nothing kept from others.

    Attributes:
        errors: What scripts threw, and what the browser complains about: refused by the policy, not found.
        sent: The addresses that were asked for, with the headers and bodies that were sent.
    """

    _socket: aiohttp.ClientWebSocketResponse
    _session: str = ""
    _context: str = ""
    errors: list[str] = field(factory=list)
    sent: list[dict[str, Any]] = field(factory=list)
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1))
    _waiting: dict[int, asyncio.Future[Any]] = field(factory=dict)

    async def command(self, method: str, **params: Any) -> Any:
        """Send a command, and return its result."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self._socket.send_json(message | ({"sessionId": self._session} if self._session else {}))
        return await asyncio.wait_for(answer, _PATIENCE)

    async def listen(self) -> None:
        """Take what the browser sends, until it is closed."""
        async for message in self._socket:
            content = json.loads(message.data)
            waiting = self._waiting.pop(content.get("id", 0), None)
            if waiting is None:
                self._note(content.get("method"), content.get("params", {}))
            elif waiting.done():
                continue
            elif "error" in content:
                waiting.set_exception(AssertionError(content["error"]["message"]))
            else:
                waiting.set_result(content["result"])

    def _note(self, method: str | None, params: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}".strip())
        elif method == "Network.requestWillBeSent":
            self.sent.append(params["request"])

    async def begin(self) -> None:
        """Open the tab."""
        self._context = (await self.command("Target.createBrowserContext"))["browserContextId"]
        target = await self.command("Target.createTarget", url="about:blank", browserContextId=self._context)
        attached = await self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            await self.command(f"{domain}.enable")
        await self.command("Page.addScriptToEvaluateOnNewDocument", source=_OBSERVE)
        await self.size(1280, 900)

    async def end(self) -> None:
        """Close the tab: left open, it would go on to ask at an address that may be another test's by then."""
        self._session = ""
        await self.command("Target.disposeBrowserContext", browserContextId=self._context)

    async def size(self, width: int, height: int) -> None:
        """Set the size of the window."""
        await self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def scheme(self, scheme: str) -> None:
        """Prefer ``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self.command("Emulation.setEmulatedMedia", features=features)

    async def without_scripts(self) -> None:
        """Let pages run no scripts."""
        await self.command("Emulation.setScriptExecutionDisabled", value=True)

    async def open(self, url: str) -> None:
        """Go to an address, and wait until its page is there."""
        await self.command("Page.navigate", url=url)
        await self.until(f"location.href.split('#')[0] === {json.dumps(url.split('#', maxsplit=1)[0])}")
        await self.until("document.readyState === 'complete'")

    async def look(self, expression: str) -> Any:
        """Return what an expression gives."""
        answer = await self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, f"{expression}: {answer['exceptionDetails']}"
        return answer["result"].get("value")

    async def _holds(self, expression: str) -> bool:
        try:
            return bool(await self.look(f"(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()"))
        except AssertionError as error:
            # The question was on its way when the page made room for the next one.
            if str(error) != "Inspected target navigated or closed":
                raise
            return False

    async def until(self, expression: str) -> None:
        """Wait until an expression gives something."""
        end = time.monotonic() + _PATIENCE
        while not await self._holds(expression):
            if time.monotonic() > end:
                shown = str(await self.look("document.body.innerText"))
                raise AssertionError(f"never: {expression}\n{shown[:500]}")
            await asyncio.sleep(0.02)

    async def text(self, selector: str) -> str:
        """Return the text that is seen in an element."""
        return str(await self.look(f"document.querySelector({json.dumps(selector)}).innerText"))

    async def type(self, text: str) -> None:
        """Write where the focus is."""
        await self.command("Input.insertText", text=text)

    async def press(self, key: str, *, times: int = 1, shift: bool = False, control: bool = False) -> None:
        """Press a key."""
        modifiers = 8 * shift + 2 * control
        typed = {"Enter": "\r", " ": " "}.get(key, "")
        common = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": _KEYS[key]}
        for _ in range(times):
            kind = "keyDown" if typed and not control else "rawKeyDown"
            await self.command(
                "Input.dispatchKeyEvent", type=kind, modifiers=modifiers, text=typed if not control else "", **common
            )
            await self.command("Input.dispatchKeyEvent", type="keyUp", modifiers=modifiers, **common)

    async def click(self, selector: str) -> None:
        """Click in the middle of an element."""
        box = await self.look(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center',"
            " behavior: 'instant'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.command("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    async def tab_to(self, expression: str, *, most: int = 60) -> None:
        """Press Tab until the focus is at an element of which `expression` about ``at`` holds."""
        for _ in range(most):
            await self.press("Tab")
            if await self.look(f"((at) => {expression})(document.activeElement)"):
                return
        raise AssertionError(f"Tab never comes to {expression}")

    async def told(self) -> list[Snapshot]:
        """Return what assistive technology is told of the page, in its order."""
        nodes = (await self.command("Accessibility.getFullAXTree"))["nodes"]
        return [
            Snapshot(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored")
        ]

    async def picture(self) -> bytes:
        """Return a picture of the whole page, as PNG."""
        shot = await self.command("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Page]:
    """Open a tab of a running browser."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(address, max_msg_size=0) as socket,
    ):
        page = Page(socket)
        listening = asyncio.create_task(page.listen())
        try:
            await page.begin()
            try:
                yield page
            finally:
                await page.end()
        finally:
            listening.cancel()
            await asyncio.wait([listening])
