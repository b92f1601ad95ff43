"""Pictures of cards, written atomically as PNG or PDF."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import aiofiles
from attrs import frozen

from domo_async._transfer.atomic_write import atomic_write, check_writable
from domo_async.errors import ConfigError, DecodeError

__all__ = ["PictureFile"]

_MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".pdf": b"%PDF-"}


@frozen
class PictureFile:
    """The file that a picture is written to.

    Attributes:
        path: Its path.
    """

    path: Path

    @classmethod
    def at(cls, target: str | os.PathLike[str], *, several_pages: bool) -> PictureFile:
        """Return the file at a path, after checking that it can be written.

        Args:
            target: The path; its suffix is the format.
            several_pages: Whether pages may have to be joined.

        Raises:
            ConfigError: The suffix is not supported, the path cannot be written to, or pypdf is needed and not
                installed.
        """
        path = Path(target)
        if path.suffix.lower() not in _MAGIC:
            raise ConfigError(f"{path.name} does not end in .png or .pdf; the suffix selects the format to render")
        check_writable(path)
        file = cls(path)
        if several_pages and file.is_pdf:
            _need_pypdf()
        return file

    @property
    def is_pdf(self) -> bool:
        """Whether the picture is a PDF."""
        return self.path.suffix.lower() == ".pdf"

    async def write(self, files: Sequence[bytes], *, why_none: str | None) -> None:
        """Write a picture, joining the pages of a PDF.

        Args:
            files: The picture, or its pages.
            why_none: The instance's reason if it sent none.

        Raises:
            DecodeError: The picture is missing, several pictures cannot be joined, or it has another format.
            ConfigError: Pages have to be joined, and pypdf is not installed.
        """
        magic = _MAGIC[self.path.suffix.lower()]
        if not files or (len(files) > 1 and not self.is_pdf):
            because = f": {why_none[:200]}" if why_none else ""
            raise DecodeError(f"the instance sent {len(files)} pictures instead of one{because}")
        if not all(file.startswith(magic) for file in files):
            raise DecodeError(f"the picture that the instance sent is not a {self.path.suffix[1:].upper()}")
        content = files[0] if len(files) == 1 else await asyncio.to_thread(_joined, files)
        async with atomic_write(self.path) as partial, aiofiles.open(partial, "wb") as file:
            await file.write(content)


def _need_pypdf() -> None:
    if find_spec("pypdf") is None:
        raise ConfigError('joining the pages of a PDF needs pypdf: pip install "domo-async[pdf]"')


def _joined(files: Sequence[bytes]) -> bytes:
    _need_pypdf()
    from pypdf import PdfWriter  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - optional
    from pypdf.errors import PyPdfError  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - optional

    joined = io.BytesIO()
    try:
        with PdfWriter() as writer:
            for file in files:
                writer.append(io.BytesIO(file))
            writer.write(joined)
    except PyPdfError as error:
        raise DecodeError(f"the pages of the PDF cannot be joined: {error}") from None
    return joined.getvalue()
