"""An app of the App Framework, developed without an instance: its page and its data come from the embedded one.

    python examples/local_app.py            asks what the page asks, and ends
    python examples/local_app.py --stay     serves the page until Ctrl-C: open the address that it prints

The manifest names a dataset of some real instance; here it is found by the name of its alias. The same on the command
line, for any app and with what a world holds: ``domo-async emulator --app app/manifest.json``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from urllib.request import Request, urlopen

from domo_async.emulator import Emulator

APP = Path(__file__).parent / "app"
ORDERS = b"North,119\nSouth,5\nNorth,7\n"


def ask(url: str, content: object = None) -> object:
    """Return the JSON that the app gets, as its page asks for it: without a token."""
    body = None if content is None else json.dumps(content).encode()
    request = Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 - it is on loopback
    with urlopen(request, timeout=10) as answer:  # noqa: S310 - an address of this machine
        return json.load(answer)


def visit(url: str) -> None:
    """Ask all that the page asks."""
    print("By region:", ask(f"{url}/data/v1/orders?fields=region,amount&groupby=region&orderby=region"))
    print("Rated:", ask(f"{url}/domo/codeengine/v2/packages/rate", {"amount": 126}))
    notes = f"{url}/domo/datastores/v1/collections/Notes/documents/"
    ask(notes, {"content": {"by": ask(f"{url}/domo/environment/v1/")["userName"]}})  # type: ignore[index]
    print("Notes:", [note["content"] for note in ask(notes)])  # type: ignore[attr-defined]


async def main() -> None:
    """Serve the app with the data and the function that its manifest names."""
    async with Emulator(app=APP) as emulator, emulator.client() as domo:
        emulator.functions.add("rate", lambda amount: "good" if amount > 100 else "poor")
        orders = await domo.datasets.create("orders", {"region": "STRING", "amount": "LONG"})
        await domo.datasets.upload(orders.id, ORDERS)
        print(f"The app is at {emulator.app_url}/")
        await asyncio.to_thread(visit, emulator.app_url)
        if "--stay" in sys.argv:
            await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
