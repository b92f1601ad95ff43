"""A lock on a file that goes with the process, however it ends."""

from __future__ import annotations

import sys
from typing import BinaryIO

__all__ = ["lock"]

if sys.platform == "win32":
    import msvcrt

    # Beyond all content, since Windows keeps others from reading locked bytes.
    _FAR = 1 << 30

    def lock(file: BinaryIO) -> None:
        """Keep an open file for this process until it is closed.

        Raises:
            OSError: Another one has it.
        """
        position = file.tell()
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(position)

else:
    import fcntl

    def lock(file: BinaryIO) -> None:
        """Keep an open file for this process until it is closed.

        Raises:
            OSError: Another one has it.
        """
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
