"""Sending of an upload's parts, each of which is retried on its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial

from attrs import define, frozen

from domo_async._clock import Clock
from domo_async._concurrency import task_group
from domo_async._telemetry import tell
from domo_async._telemetry.events import PART_RESENT, PART_SENT
from domo_async._transfer.part import Part
from domo_async._transfer.progress import Reporter
from domo_async._transfer.uploading.backend import UploadBackend
from domo_async._transfer.uploading.compression import Compressor
from domo_async._transfer.uploading.concurrency import AdaptiveConcurrency, Slots
from domo_async._transfer.uploading.journal import Journal, PartRecord, digest
from domo_async._transport import Body
from domo_async.errors import ConfigError, DomoError, SourceError

__all__ = ["Count", "Sender", "SourceChanged"]

_CSV = "text/csv"


class SourceChanged(SourceError):
    """A part differs from the one that an earlier run sent."""


@frozen
class Count:
    """The totals of several parts."""

    rows: int = 0
    bytes: int = 0
    parts: int = 0

    def plus(self, part: Part) -> Count:
        """Return the count with one more part."""
        return Count(self.rows + part.records, self.bytes + part.length, self.parts + 1)


@define
class Sender:
    """Sends the parts of one upload."""

    _backend: UploadBackend
    _upload_id: int
    _slots: Slots
    _concurrency: AdaptiveConcurrency
    _compressor: Compressor
    _journal: Journal | None
    _reporter: Reporter
    _clock: Clock
    _failed: Callable[[int, DomoError], Awaitable[DomoError]]

    async def send_all(self, parts: AsyncIterator[Part], beside: Callable[[], Awaitable[None]]) -> Count:
        """Send every part, a bounded number at once, or raise.

        Args:
            parts: The parts; the next one is not created before there is room for it, because it may be held in memory.
            beside: Work to do at the same time.
        """
        count = Count()
        async with task_group() as tasks:
            tasks.create_task(_awaited(beside))
            while (part := await self._next(parts)) is not None:
                count = count.plus(part)
                task = tasks.create_task(self._send_unless_there(count.parts, part))
                # A task that is cancelled before it begins could not release its slot itself.
                task.add_done_callback(partial(self._leave, part.held))
        return count

    async def _next(self, parts: AsyncIterator[Part]) -> Part | None:
        """Return the next part, with a slot, once there is room for it."""
        await self._slots.enter()
        part = None
        try:
            part = await anext(parts, None)
        finally:
            if part is None:
                self._slots.leave(0)
        if part is not None:
            self._slots.hold(part.held)
        return part

    def _leave(self, held: int, _: asyncio.Task[None]) -> None:
        self._slots.leave(held)

    async def _send_unless_there(self, number: int, part: Part) -> None:
        """Send a part, unless an earlier run did.

        The first part is always sent: its answer shows whether the instance still knows the upload.
        """
        record = None
        if self._journal is not None:
            record = PartRecord(part.records, part.length, await asyncio.to_thread(digest, part))
            known = self._journal.parts.get(number)
            if known is not None and known != record:
                raise SourceChanged(f"part {number} has changed")
            if known is not None and number > 1:
                self._reporter.moved(part.length)
                self._reporter.part_done(part.records)
                return
            await asyncio.to_thread(self._journal.sending, number)
        await self._send(number, part)
        if self._journal is not None and record is not None:
            await asyncio.to_thread(self._journal.arrived, number, record)
        self._reporter.part_done(part.records)

    async def _send(self, number: int, part: Part) -> None:
        packed = await self._compressor.packed(part, self._concurrency.rate)
        moved = tries = 0

        def slices() -> Iterator[bytes]:
            nonlocal moved, tries
            tries += 1
            if tries > 1:
                self._concurrency.struggled()
                self._reporter.retried()
                tell(PART_RESENT, upload_id=self._upload_id, part=number, attempt=tries)
            self._reporter.moved(-moved)
            moved = 0
            if packed is not None:
                yield packed
                moved = part.length
                self._reporter.moved(moved)
                return
            for piece in part.open():
                yield piece
                moved += len(piece)
                self._reporter.moved(len(piece))

        self._concurrency.began(self._clock.monotonic())
        body = Body(_CSV, part.length, slices) if packed is None else Body(_CSV, len(packed), slices, "gzip")
        try:
            await self._backend.put_part(self._upload_id, number, body)
        except (SourceError, ConfigError):
            raise  # the source's or the caller's own fault
        except DomoError as error:
            raise await self._failed(number, error) from error
        self._concurrency.done(part.length, self._clock.monotonic())
        tell(PART_SENT, upload_id=self._upload_id, part=number, rows=part.records, bytes=part.length)


async def _awaited(work: Callable[[], Awaitable[None]]) -> None:
    await work()
