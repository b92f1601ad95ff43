import asyncio
from typing import Any

from fsspec.spec import AbstractBufferedFile, AbstractFileSystem

class AsyncFileSystem(AbstractFileSystem):
    _loop: asyncio.AbstractEventLoop | None
    async def _expand_path(self, path: Any, *args: Any, **kwargs: Any) -> Any: ...

class AbstractAsyncStreamedFile(AbstractBufferedFile): ...

def __getattr__(name: str) -> Any: ...
