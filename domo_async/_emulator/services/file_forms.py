"""The form that uploads a file to a FileSet."""

from __future__ import annotations

import json

from aiohttp import BodyPartReader, web
from attrs import define

from domo_async._emulator.errors import HTTPError
from domo_async._emulator.http.web import CONNECTIONS, in_time, readable
from domo_async._emulator.persistence.blobs import Arrival
from domo_async._emulator.services.trees import guessed_type, path_of

__all__ = ["FileForm"]

_CHUNK = 256 << 10
_LARGEST_FORM_FIELD = 64 << 10


@define
class FileForm:
    """The form of an upload. The value of its second field may be in the query string instead.

    Attributes:
        said: The value of the second field.
        field: The name of the field that holds the content.
        name: The content's file name.
        content_type: The content's media type.
    """

    said: str
    field: str = "file"
    name: str | None = None
    content_type: str = ""

    async def read(self, request: web.Request, arrival: Arrival) -> None:
        """Read the fields, the file's content into `arrival`."""
        connection = request.app[CONNECTIONS].of(request)
        reader = await request.multipart()
        while (part := await in_time(request, reader.next())) is not None:
            if not isinstance(part, BodyPartReader):
                raise HTTPError(400, "Nested forms are not supported")
            if part.name == "createFileRequest":
                self.said = (await _field_text(request, part)) or self.said
            elif part.name == self.field and self.name is None:
                self.name = _file_name(part.filename)
                self.content_type = readable(part.headers.get("Content-Type") or guessed_type(self.name))
                while chunk := await in_time(request, part.read_chunk(_CHUNK)):
                    arrival.write(chunk)
                    await connection.pay(len(chunk))

    def directory(self) -> str:
        """Return the path of the directory for the file."""
        try:
            said = json.loads(self.said or "{}")
        except ValueError as error:
            raise HTTPError(400, "createFileRequest must be JSON") from error
        if not isinstance(said, dict):
            raise HTTPError(400, 'createFileRequest must be an object such as {"directoryPath": ""}')
        return path_of(said.get("directoryPath") or "")


async def _field_text(request: web.Request, part: BodyPartReader) -> str:
    content = b""
    while chunk := await in_time(request, part.read_chunk(_CHUNK)):
        content += chunk
        if len(content) > _LARGEST_FORM_FIELD:
            raise HTTPError(400, f"The field {part.name} is too long")
    return content.decode(errors="replace")


def _file_name(said: str | None) -> str:
    # Browsers escape a quote in a form's file name in this way.
    name = readable(said or "").replace("%22", '"').rpartition("/")[2]
    if name in ("", ".", ".."):
        raise HTTPError(400, "The file needs a name")
    return name
