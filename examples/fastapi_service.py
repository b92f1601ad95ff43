"""A service that starts a workflow for each order: `uvicorn --app-dir examples fastapi_service:app`, DOMO_… are set.

domo-async workflows start MODEL --message-name 'Start Orders' --version 1.0.0 -d n:=4711  # as POST /MODEL/4711 does
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from domo_async import Domo
from domo_async.models import WorkflowInstance


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep the client and its connections while the service runs."""
    async with Domo.from_env() as app.state.domo:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/{model}/{order}")
async def start(model: str, order: int) -> WorkflowInstance:
    """Start the workflow."""
    domo: Domo = app.state.domo
    return await domo.workflows.start(model, message_name="Start Orders", version="1.0.0", data={"n": order})
